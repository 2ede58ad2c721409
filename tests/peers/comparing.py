"""What Spin, Rumur and NuSMV say about exported models, and what they have to say by brute force."""

from __future__ import annotations

import re
import tempfile
from collections.abc import Callable
from pathlib import Path

from tests.oracle import TooLargeError, World, configurations, decide, explore
from tests.peers import tools

from tunnelproof.interchange.export import export
from tunnelproof.model.language.expressions import Apply, Expr, is_temporal, walk
from tunnelproof.model.language.system import System
from tunnelproof.properties.claims import (
    Claim,
    Ctl,
    DeadlockFree,
    Invariant,
    Ltl,
    NeverForever,
    Precedence,
    Reachable,
    Recoverable,
    Recurrence,
    Response,
    StepInvariant,
)

Counts = Callable[[Path, str], int]  # the number of states that the checker finds of a model
Says = Callable[[Path, System, Claim], "bool | None"]  # whether the checker finds the claim to hold, if it can be said

FINITE = [Invariant.kind, StepInvariant.kind, Reachable.kind, Precedence.kind, DeadlockFree.kind]
FAIR = [Response.kind, Recurrence.kind, NeverForever.kind, Ltl.kind]
SPIN_KINDS, RUMUR_KINDS = [*FINITE, *FAIR], [*FINITE, Recoverable.kind]
NUSMV_KINDS = [*FINITE, Recoverable.kind, *FAIR, Ctl.kind]

LARGEST_FOR_SPIN = 2  # operators of a formula of linear time; W counts twice


def our_states(system: System) -> int:
    """Return the number of states of all configurations together."""
    worlds = [World(system, configuration) for configuration in configurations(system)]
    return sum(len(explore(world, world.initial(), None).states) for world in worlds)


def compare_states(system: System, to: str, count: Counts) -> int:
    """Assert that the checker finds as many states in the exported model as there are, and return how many."""
    wanted = our_states(system)
    with tempfile.TemporaryDirectory() as folder:
        found = count(Path(folder), export(system, to=to).text)
    assert found == wanted, f"{found} states in {to}, {wanted} here"
    return found


def by_spin(folder: Path, system: System, claim: Claim) -> bool | None:
    """Ask Spin about one claim. It takes minutes over some large formulas: they are not asked."""
    if isinstance(claim, Ltl) and _operators(claim.formula) > LARGEST_FOR_SPIN:
        return None
    written = export(system, [claim], to="promela")
    word = re.sub("[.-]", "_", claim.id)
    if f"-N {word}" in written.text:
        return tools.spin_holds(folder, written.text, ltl=word)
    if f"-DCHECK={word}" in written.text:
        return tools.spin_holds(folder, written.text, check=word)
    assert written.notes
    return None


def by_rumur(folder: Path, system: System, claim: Claim) -> bool | None:
    """Ask Rumur about one claim."""
    written = export(system, [claim], to="murphi")
    if written.notes:
        return None
    return tools.rumur_holds(folder, written.text)


def by_nusmv(folder: Path, system: System, claim: Claim) -> bool | None:
    """Ask NuSMV about one claim."""
    written = export(system, [claim], to="smv")
    if isinstance(claim, Ctl) and written.notes:  # strong fairness, or a fair outcome
        return None
    if isinstance(claim, Recoverable) and claim.within is not None:  # it knows no prices
        assert written.notes
        return None
    verdicts = tools.nusmv_holds(folder, written.text)
    assert len(verdicts) == 1 + ("model_stays_in_domains" in written.text)
    return all(verdicts)  # the systems stay in their domains


def expected(system: System, claim: Claim, to: Says, verdicts: list[bool]) -> bool:
    """Return what the checker has to find of all configurations together, from the verdict in each."""
    if not isinstance(claim, Reachable):
        return all(verdicts)
    if to is by_rumur:
        return any(verdicts)
    fixed = all(v.start is not None and len(set(v.start)) == 1 for v in system.variables)
    return all(verdicts) if to is by_nusmv and fixed else not any(verdicts)


def compare(system: System, claim: Claim, says: Says) -> bool | None:
    """Assert that the checker's verdict is that of brute force, and return it; nothing if either has none."""
    try:
        verdicts = [answer.verdict == "proved" for answer in decide(system, claim).values()]
    except TooLargeError:
        return None
    wanted = expected(system, claim, says, verdicts)
    with tempfile.TemporaryDirectory() as folder:
        found = says(Path(folder), system, claim)
    assert found is None or found == wanted, f"{says.__name__} says {found} where {wanted} is right"
    return found


def _operators(formula: Expr) -> int:
    """Return how many connectives and temporal operators stand around the parts about one moment."""
    around = [part.op for part in walk(formula) if isinstance(part, Apply) and is_temporal(part)]
    return len(around) + around.count("W")
