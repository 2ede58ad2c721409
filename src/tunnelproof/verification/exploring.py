"""The state graph of a system: listed by an engine's search, worked out and checked by the judge."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from tunnelproof.engines.clock import Clock
from tunnelproof.engines.contract import LimitReached, Limits, Progress
from tunnelproof.evidence.checking.closed_set import check_closed_set
from tunnelproof.evidence.graph import StateGraph
from tunnelproof.family.space import ConfigurationSpace
from tunnelproof.model.language.expressions import Expr
from tunnelproof.model.language.system import System
from tunnelproof.semantics.step import Values
from tunnelproof.verification.domains import check_domains
from tunnelproof.verification.prove import Quiet, open_hearing

_PAIRS = 600_000  # of the graph of several configurations, roughly
_FIRST = 64  # configurations of the first graph, when it is not known yet how large they are


class TooManyPairs(Exception):
    """More pairs of a configuration and a state are reachable than a graph may have."""


def sound_space(
    system: System, where: Expr | str | None, progress: Progress = Quiet
) -> tuple[ConfigurationSpace, str | None]:
    """Return the configurations asked about, and why it is not known that no assignment leaves its domain, if so.

    Raises `ModelError` if one does, or a configuration has no start.
    """
    hearing = open_hearing(system, (), where, "auto", Limits(), progress)
    return hearing.space, check_domains(hearing)


def explored(system: System, configurations: Sequence[Values], most: int, progress: Progress = Quiet) -> StateGraph:
    """Return the graph of what is reachable in the configurations, each with a value for every configuration variable.

    The engine lists the pairs; the judge works out the steps between them with the interpreter, and makes sure that
    none leads out. What is `reached` in the graph is therefore exactly what the model reaches. Raises `TooManyPairs`
    above ``most`` pairs, or where there is no memory for them.
    """
    from tunnelproof.engines.explicit.family import Family  # loads a compiler

    clock, family = Clock(Limits(), progress), Family(system, tuple(configurations))
    search = family.search()
    try:
        while not search.finished and search.count <= most:
            search.advance(clock)
        if search.count > most:
            raise TooManyPairs
        rows = family.rows(clock)
    except LimitReached:
        raise TooManyPairs from None
    return check_closed_set(system, tuple(configurations), rows)


def explored_in_parts(
    system: System, configurations: Sequence[Values], most: int, progress: Progress = Quiet
) -> Iterator[tuple[Sequence[Values], StateGraph | None]]:
    """Yield some neighbouring configurations at a time, with their graph, until all have had their turn.

    ``most`` bounds the pairs of one configuration: if it has more, it comes alone, without a graph.
    """
    done, size = 0, _FIRST
    while done < len(configurations):
        part = configurations[done : done + size]
        graph: StateGraph | None = None
        try:
            graph = explored(system, part, most if len(part) == 1 else min(most * len(part), 2 * _PAIRS))
        except TooManyPairs:
            if len(part) > 1:
                size = len(part) // 4 or 1
                continue
        yield part, graph
        done += len(part)
        progress(f"{done} of {len(configurations)} configurations")
        if graph is not None:
            size = max(1, min(4 * size, _PAIRS * len(part) // max(1, len(graph))))
