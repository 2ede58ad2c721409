"""How large a model is: the number that tells a model that has shrunk unseen from one that still does all it did."""

from __future__ import annotations

from tunnelproof.engines.contract import LimitReached, Limits, Question
from tunnelproof.engines.registry import engine_named
from tunnelproof.family.factors import LARGEST_TABLE
from tunnelproof.family.space import ConfigurationSpace
from tunnelproof.model.language.expressions import TRUE
from tunnelproof.model.language.system import System
from tunnelproof.properties.claims import Invariant
from tunnelproof.semantics.cone import unsliced

_ANY = Invariant(id="size", sentence="", holds=TRUE)
_COUNTER = "diagram"  # counts what it need not list


def reachable_pairs(system: System, space: ConfigurationSpace, seconds: float | None = None) -> int | None:
    """Return how many pairs of a configuration and a state are reachable in the configurations asked about.

    Configuration variables that nothing reads do not count. ``None`` if there are more configurations than can be
    listed, or the engine does not come to an end.
    """
    whole = unsliced(system, _ANY)
    names = [v.name for v in whole.configuration]
    if space.combinations(names) > LARGEST_TABLE:
        return None
    question = Question(whole, _ANY, space.project(names), Limits(states=1, seconds=seconds))
    try:
        finding = engine_named(_COUNTER).decide(question, lambda _: None)
    except LimitReached:
        return None
    return finding.states or None
