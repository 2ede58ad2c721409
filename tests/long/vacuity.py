"""A check that looked at nothing must say so: systems and claims made vacuous on purpose, and every engine asked
every kind of claim.
"""

from __future__ import annotations

import contextlib
import io
import itertools
import json
import tempfile
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

from hypothesis import strategies as st
from tests import oracle
from tests.long.campaign import Campaign, Tally, examples
from tests.long.processes import write_model
from tests.oracle.runs import TooLargeError
from tests.systems import KINDS, claims, systems
from tests.systems.formulas import Draw, chance, pick
from tests.systems.questions import Subject

from tunnelproof.cli import main
from tunnelproof.engines.registry import ENGINES
from tunnelproof.interchange.exit_status import ExitCode
from tunnelproof.model.language.expressions import FALSE, TRUE, Expr, conjoin, disjoin, negate
from tunnelproof.model.language.formula import format_formula
from tunnelproof.model.language.system import System
from tunnelproof.properties.claims import (
    Claim,
    Invariant,
    Precedence,
    Recoverable,
    Response,
    StepInvariant,
)

ASKED = (*ENGINES, "auto", "all")
OFTEN = (*(("reference", "diagram", "explicit", "auto") * 3), "smt", "all")  # these two take ten times as long
TRIGGERS = {
    Invariant.kind: "when",
    StepInvariant.kind: "when",
    Precedence.kind: "then",
    Response.kind: "trigger",
    Recoverable.kind: "goal",
}


@dataclass(frozen=True)
class Asked:
    """What a command is asked, how it is made vacuous, and the statuses with which that may be said."""

    how: str
    system: System
    claim: Claim
    words: tuple[str, ...] = ()
    statuses: tuple[int, ...] = ()  # none: what the oracle says decides


# --- what is drawn ----------------------------------------------------------------------------------------------------


@st.composite
def nothing_to_see(draw: Draw) -> Asked:
    """Draw a question that looks at nothing, or that may look at nothing."""
    system = draw(systems())
    claim = draw(claims(system, pick(draw, list(TRIGGERS))))
    make = pick(
        draw,
        [_trigger, _trigger, _trigger, _excused, _rare, _rare, _nobody, _nowhere, _no_claim, _no_family, _no_start],
    )
    return make(draw, system, claim)


def _never(draw: Draw, system: System) -> Expr:
    """Draw a formula that holds nowhere, and that does not look so."""
    some = Subject(draw, system).state()
    return pick(draw, [FALSE, conjoin([some, negate(some)]), conjoin([negate(some), some])])


def _trigger(draw: Draw, system: System, claim: Claim) -> Asked:
    never = _never(draw, system)
    if isinstance(claim, Recoverable):
        return Asked("every state is a goal", system, replace(claim, goal=negate(never)))
    return Asked("a trigger that cannot hold", system, replace(claim, **{TRIGGERS[claim.kind]: never}))  # type: ignore[arg-type]


def _excused(draw: Draw, system: System, claim: Claim) -> Asked:
    asked = _trigger(draw, system, claim)
    return replace(asked, how=f"{asked.how}, which is excused", claim=replace(asked.claim, may_be_vacuous="on purpose"))


def _rare(draw: Draw, system: System, claim: Claim) -> Asked:
    rare = Subject(draw, system).cube(3)
    rare = disjoin([negate(rare), TRUE]) if isinstance(claim, Recoverable) and chance(draw, 3) else rare
    changed = replace(claim, **{TRIGGERS[claim.kind]: negate(rare) if isinstance(claim, Recoverable) else rare})  # type: ignore[arg-type]
    return Asked("a trigger that seldom holds", system, changed)


def _nobody(_: Draw, system: System, claim: Claim) -> Asked:
    return Asked("actions of nobody", system, replace(claim, given=()), statuses=(ExitCode.REJECTED, -1))


def _nowhere(draw: Draw, system: System, claim: Claim) -> Asked:
    if not system.configuration:
        return Asked("no configuration asked about", system, claim, ("--where", "false"), (ExitCode.NOTHING_TO_CHECK,))
    some = Subject(draw, system)
    some.scope = {v.name: v.domain for v in system.configuration}
    never = conjoin([one := some.state(), negate(one)])
    where = ("--where", format_formula(never))
    return Asked("no configuration asked about", system, claim, where, (ExitCode.NOTHING_TO_CHECK,))


def _no_claim(draw: Draw, system: System, claim: Claim) -> Asked:
    pattern = pick(draw, ["absent", "absent.*", "*absent*", claim.id + "-"])
    return Asked("no claim of that name", system, claim, (pattern,), (ExitCode.NOTHING_TO_CHECK,))


def _no_family(draw: Draw, system: System, claim: Claim) -> Asked:
    some = Subject(draw, system)
    some.scope = {v.name: v.domain for v in system.configuration}
    one = some.state() if some.scope else TRUE
    return Asked(
        "constraints that contradict each other",
        replace(system, constraints=(*system.constraints, one, negate(one))),
        claim,
        statuses=(ExitCode.REJECTED,),
    )


def _no_start(draw: Draw, system: System, claim: Claim) -> Asked:
    """Take the start from all configurations, or from those in which a formula holds."""
    some = Subject(draw, system)
    some.scope = {v.name: v.domain for v in system.configuration}
    one = some.state() if some.scope and chance(draw, 2) else FALSE
    without = replace(system, initially=(*system.initially, one))
    if all(oracle.World(without, c).initial() for c in oracle.configurations(without)):
        return Asked("an initial formula that excludes nothing", without, claim)
    return Asked("no initial state", without, claim, statuses=(ExitCode.REJECTED,))


# --- trials -----------------------------------------------------------------------------------------------------------


@dataclass
class Ran:
    """What a command said, in both formats."""

    status: int
    document: dict[str, Any]
    text: str
    complaint: str = field(default="")


def run(trials: int, seed: int, tally: Tally) -> None:
    """Ask so many questions: half of them made vacuous, half to see that every engine answers every kind of claim."""
    engines = itertools.cycle(OFTEN)
    with tempfile.TemporaryDirectory(prefix="vacuity-") as place:
        folder = Path(place)

        def ask_vacuous(asked: Asked) -> None:
            engine = next(engines)
            with tally.trial(lambda: _described(folder, asked, engine)):
                _vacuous(folder, asked, engine, tally.counts)

        examples(nothing_to_see(), trials // 2, seed, ask_vacuous)
        # One strategy for each cell of the matrix, so that each is asked equally often whatever is drawn.
        for number in range(trials - trials // 2):
            engine, kind = _cell(seed * (trials // 2) + number)
            drawn: list[tuple[System, Claim]] = []
            examples(_questions(kind), 2, seed * 100_003 + number, drawn.append)
            system, claim = drawn[-1]  # the first is always the simplest
            asked = Asked("", system, claim)
            with tally.trial(lambda: _described(folder, asked, engine)):  # noqa: B023
                _cell_of_the_matrix(folder, asked, engine, tally.counts)


def _cell(number: int) -> tuple[str, str]:
    return ASKED[number % len(ASKED)], KINDS[number // len(ASKED) % len(KINDS)]


@st.composite
def _questions(draw: Draw, kind: str) -> tuple[System, Claim]:
    system = draw(systems())
    return system, draw(claims(system, kind))


def _described(folder: Path, asked: Asked, engine: str) -> str:
    model = write_model(folder, asked.system, [asked.claim]).read_text("utf-8")
    return f"{asked.how}: prove MODEL --engine {engine} {' '.join(asked.words)}\n{model}"


def _ask(folder: Path, asked: Asked, engine: str) -> Ran:
    path = str(write_model(folder, asked.system, [asked.claim]))
    words = ["prove", path, *asked.words, "--engine", engine]
    statuses, texts = [], []
    complaint = io.StringIO()
    for options in (["--output-format", "json"], ["--color", "never"]):
        said = io.StringIO()
        with contextlib.redirect_stdout(said), contextlib.redirect_stderr(complaint):
            statuses.append(main([*words, *options]))
        texts.append(said.getvalue())
    assert statuses[0] == statuses[1], statuses
    assert "TP900" not in complaint.getvalue(), complaint.getvalue()
    return Ran(statuses[0], json.loads(texts[0]), texts[1], complaint.getvalue())


def _vacuous(folder: Path, asked: Asked, engine: str, counts: Counter[str]) -> None:
    """Assert that what looks at nothing is said to."""
    counts["questions made vacuous"] += 1
    if _leaves_domains(asked):
        counts["not asked: an assignment leaves its domain"] += 1
        return
    ran = _ask(folder, asked, engine)
    if asked.statuses and -1 not in asked.statuses:
        counts[f"{asked.how}: refused"] += 1
        assert ran.status in asked.statuses, ran
        assert ran.complaint.startswith(("TP", str(folder))) and ran.document["error"], ran
        return
    if ran.status == ExitCode.REJECTED:
        counts[f"{asked.how}: rejected"] += 1
        assert "TP2" in ran.complaint, ran
        return
    answers = _decided(asked)
    if answers is None:
        counts["not compared: too large for brute force"] += 1
        return
    _compare(ran, answers, asked, engine, counts)


def _leaves_domains(asked: Asked) -> bool:
    if asked.statuses and -1 not in asked.statuses:
        return False  # is refused before anything is searched
    return not all(oracle.stays_in_domains(asked.system).values())


def _decided(asked: Asked) -> list[oracle.Answer] | None:
    try:
        return list(oracle.decide(asked.system, asked.claim).values())
    except TooLargeError:
        return None


def _compare(ran: Ran, answers: Sequence[oracle.Answer], asked: Asked, engine: str, counts: Counter[str]) -> None:
    """Assert that text, document and status say in how many configurations nothing was looked at."""
    (claim,) = ran.document["claims"]
    truly = sum(answer.vacuous for answer in answers)
    said: Counter[object] = Counter()
    for cell in claim["cells"]:
        said["unknown" if cell["verdict"] == "unknown" else cell["vacuous"]] += cell["configurations"]
    if said["unknown"]:
        assert engine == "smt" and ran.status in (ExitCode.UNKNOWN, ExitCode.REFUTED) and claim["reason"], ran
        counts[f"{asked.how}: unknown"] += 1
        return
    if said[None]:  # a proof by invariant, or a step invariant whose cone has not all actions, leaves that open
        assert said[True] <= truly <= said[True] + said[None], (said, truly, ran)
        assert engine == "smt" or claim["kind"] == StepInvariant.kind, ran
        counts[
            f"vacuity left open, {'truly vacuous everywhere' if truly == len(answers) else 'not so everywhere'}"
        ] += 1
        return
    assert said[True] == truly, (said, truly, ran)
    if truly:
        assert "vacuous" in ran.text, ran
    if truly == len(answers) and not asked.claim.may_be_vacuous:
        counts[f"{asked.how}: vacuous everywhere, unknown"] += 1
        assert (claim["verdict"], claim["reason"], ran.status) == ("unknown", "vacuous", ExitCode.UNKNOWN), ran
        return
    proved = all(answer.verdict == "proved" for answer in answers)
    assert ran.status == (ExitCode.PROVED if proved else ExitCode.REFUTED), ran
    everywhere = "everywhere" if truly == len(answers) else "in some configurations" if truly else "nowhere"
    counts[f"{asked.how}: vacuous {everywhere}, {claim['verdict']}"] += 1


def _cell_of_the_matrix(folder: Path, asked: Asked, engine: str, counts: Counter[str]) -> None:
    """Assert that the engine proves what is true and refutes what is false, or says why it does not know."""
    if _leaves_domains(asked):
        counts["not asked: an assignment leaves its domain"] += 1
        return
    answers = _decided(asked)
    if answers is None:
        counts["not compared: too large for brute force"] += 1
        return
    ran = _ask(folder, asked, engine)
    (claim,) = ran.document["claims"]
    said: Counter[str] = Counter()
    for cell in claim["cells"]:
        said[cell["verdict"]] += cell["configurations"]
    if said["unknown"]:
        assert claim["reason"], ran
        counts[f"{engine}, {asked.claim.kind}: unknown with a reason"] += 1
        return
    assert said == Counter(answer.verdict for answer in answers), (said, answers, ran)
    for verdict in said:
        counts[f"{engine}, {asked.claim.kind}: {verdict}"] += 1


def unmet(counts: Counter[str]) -> list[str]:
    """Name what was never vacuous, and the engines that never proved or never refuted a kind of claim."""
    missing = [f"no {how}" for how in _HOWS if not counts[how]]
    for engine, kind in itertools.product(ASKED, KINDS):
        of = {verdict: counts[f"{engine}, {kind}: {verdict}"] for verdict in ("proved", "refuted")}
        if not counts[f"{engine}, {kind}: unknown with a reason"] or any(of.values()):
            missing += [f"{engine} never {verdict} a {kind}" for verdict, number in of.items() if not number]
    return missing


_HOWS = (
    "a trigger that cannot hold: vacuous everywhere, unknown",
    "a trigger that cannot hold, which is excused: vacuous everywhere, proved",
    "a trigger that seldom holds: vacuous everywhere, unknown",
    "a trigger that seldom holds: vacuous in some configurations, proved",
    "every state is a goal: vacuous everywhere, unknown",
    "no configuration asked about: refused",
    "no claim of that name: refused",
    "constraints that contradict each other: refused",
    "no initial state: refused",
)

CAMPAIGN = Campaign(
    name="vacuity",
    sentence="a question that looks at nothing, or an engine and a kind of claim, against brute force",
    run=run,
    trials=2_000,
    slice=60,
    shard=100,
    target="whatever looks at nothing is said to; every engine proves and refutes every kind, or says why not",
    unmet=unmet,
)
