"""Does a set of rows contain every initial state, and every successor of its own?"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence

import numpy as np

from tunnelproof.errors import EvidenceRejected
from tunnelproof.evidence.graph import StateGraph, sort_edges
from tunnelproof.evidence.rows import Codes, Layout, Numbers, Places, RowSet
from tunnelproof.model.language.domains import Value
from tunnelproof.model.language.system import Step, System
from tunnelproof.semantics.step import Values, initial_states
from tunnelproof.semantics.tabulate import Table

Configurations = Sequence[tuple[Value, ...]]


def initial_rows(
    system: System, configurations: Configurations, fixed: Mapping[str, Value] | None = None
) -> tuple[Codes, Numbers]:
    """Return the rows of the configurations' initial states in which the variables in ``fixed`` have their values,
    and the number of each row's configuration.
    """
    layout = Layout(system)
    tied = [i for i, v in enumerate(system.configuration) if v.name in system.read_at_start]
    starts: dict[Values, Codes] = {}  # most configurations start alike
    found: list[Codes] = []
    for configuration in configurations:
        key = tuple([configuration[i] for i in tied])
        if key not in starts:
            begun = initial_states(system, configuration, fixed)
            codes = [layout.encode(configuration, state)[layout.rigid :] for state in begun]
            starts[key] = np.array(codes, dtype=np.int32).reshape(len(begun), len(system.variables))
        found.append(starts[key])
    rigid = layout.encode_configurations(configurations)
    states = np.concatenate(found) if found else np.zeros((0, len(system.variables)), dtype=np.int32)
    number = np.repeat(np.arange(len(configurations)), [len(states) for states in found])
    return np.hstack([rigid[number], states]), number


def check_closed_set(system: System, configurations: Configurations, rows: Codes) -> StateGraph:
    """Return the state graph on the rows, every edge computed by the interpreter.

    Raises `EvidenceRejected` if a row is malformed, a configuration has no initial state or should have no row, an
    initial state is missing, or a step leads out of the set.
    """
    layout = Layout(system)
    sizes = np.array(layout.sizes, dtype=np.int64)
    if rows.dtype.kind != "i" or rows.shape[1:] != sizes.shape or (rows < 0).any() or (rows >= sizes).any():
        raise EvidenceRejected("TP401", "the closed set has a malformed row")
    known = RowSet(rows.astype(np.int32), layout.sizes)  # a copy: nobody else can change what has been checked
    initial = _initial_mask(known, initial_rows(system, configurations)[0])
    sources, targets, labels = edges_within(system, known, system.steps)
    graph = StateGraph(system, known.rows, initial, sources, targets, labels)
    starts = graph.grouping.any_row(initial)
    if not np.array_equal(graph.grouping.codes, layout.encode_configurations(configurations)) or not starts.all():
        raise EvidenceRejected("TP402", "the closed set is not about the configurations asked for")
    return graph


def _initial_mask(known: RowSet, rows: Codes) -> np.ndarray[tuple[int], np.dtype[np.bool_]]:
    found = known.find(rows)
    if (found < 0).any():
        raise EvidenceRejected("TP403", "the closed set lacks an initial state")
    mask = np.zeros(len(known), dtype=bool)
    mask[found] = True
    return mask


def edges_within(
    system: System, known: RowSet, steps: Iterable[Step], *, closed: bool = True
) -> tuple[Places, Places, Places]:
    """Return (sources, targets, labels) of the steps between the rows, sorted.

    Raise if one leads out of them; unless they need not be ``closed``.
    """
    wanted = frozenset(steps)
    table = Table(system, known.rows, known.columns)
    by_label: list[tuple[int, Places, Places]] = []
    for label, step in enumerate(system.steps):
        if step not in wanted:
            continue
        at, changes = table.changes(step)
        found = known.find_changed(at, changes)
        inside = found >= 0
        if closed and not inside.all():
            raise EvidenceRejected("TP404", f"step '{step}' leads out of the closed set")
        at, found = at[inside], found[inside]
        by_label.append((label, at.astype(np.int32), found.astype(np.int32)))
    return sort_edges(by_label, len(known))
