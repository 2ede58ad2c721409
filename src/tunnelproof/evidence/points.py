"""Where a claim's formulas hold in a state graph: in states, at points, over steps.

A point is a state together with the step that led to it: an edge's target, or an initial state without a step. Formulas
are evaluated by whoever asks: the judge passes the interpreter, an engine its own evaluator.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Protocol

import numpy as np

from tunnelproof.evidence.graph import Mask, StateGraph
from tunnelproof.evidence.rows import Codes, Numbers, Places
from tunnelproof.model.language.expressions import By, Expr, Literal, Taken, walk
from tunnelproof.model.language.expressions import replace as replace_in
from tunnelproof.model.language.system import Step, System


class Evaluator(Protocol):
    """Evaluates formulas without step atoms over many rows."""

    def states(self, formula: Expr, rows: Codes) -> Mask:
        """Return where the state predicate holds."""
        ...

    def pairs(self, formula: Expr, rows: Codes, before: Places, after: Places) -> Mask:
        """Return where the predicate holds over a state and its successor, given by their places among the rows."""
        ...


@dataclass(frozen=True, eq=False)
class Points:
    """Where a point predicate holds: in states at the start or while idling, and at edges (of their targets)."""

    still: Mask
    edges: Mask


class Formulas:
    """Evaluates the formulas of a claim over one state graph."""

    def __init__(self, graph: StateGraph, evaluator: Evaluator) -> None:
        self.graph = graph
        self._evaluator = evaluator
        self._states: dict[Expr, Mask] = {}
        self._points: dict[Expr, Points] = {}
        actors = {action.name: action.actor for action in graph.system.actions}
        self._labels = [(step, actors[step.action]) for step in graph.steps]

    def states(self, formula: Expr) -> Mask:
        """Return the nodes where a state predicate holds."""
        if formula not in self._states:
            self._states[formula] = self._evaluator.states(formula, self.graph.rows)
        return self._states[formula]

    def points(self, formula: Expr) -> Points:
        """Return where a point predicate holds."""
        if formula not in self._points:
            self._points[formula] = Points(self.states(at_rest(formula)), self._at_targets(formula))
        return self._points[formula]

    def _at_targets(self, formula: Expr) -> Mask:
        graph, variants = self.graph, self._variants(formula)
        if len(variants) == 1:  # whatever the step
            return self.states(variants[0][0])[graph.targets]
        edges = np.zeros(len(graph.labels), dtype=bool)
        for variant, labels in variants:
            chosen = graph.edges_with(labels)
            edges[chosen] = self.states(variant)[graph.targets[chosen]]
        return edges

    def steps(self, formula: Expr) -> Mask:
        """Return the edges where a step predicate holds."""
        graph = self.graph
        holds = np.zeros(len(graph.labels), dtype=bool)
        for variant, labels in self._variants(formula):
            chosen = np.flatnonzero(graph.edges_with(labels))
            before, after = graph.sources[chosen], graph.targets[chosen]
            holds[chosen] = self._evaluator.pairs(variant, graph.rows, before, after)
        return holds

    def _variants(self, formula: Expr) -> list[tuple[Expr, Numbers]]:
        """Group the labels by what becomes of the formula once the step is known."""
        groups: dict[Expr, list[int]] = {}
        for label, (step, actor) in enumerate(self._labels):
            groups.setdefault(specialise(formula, step, actor), []).append(label)
        return [(variant, np.array(labels, dtype=np.int64)) for variant, labels in groups.items()]


def specialise(formula: Expr, step: Step, actor: str) -> Expr:
    """Replace `Taken` and `By` by their truth for the given step."""
    known: dict[Expr, Expr] = {}
    for atom in walk(formula):
        if isinstance(atom, Taken):
            known[atom] = Literal(step.action == atom.action and atom.outcome in (None, step.outcome))
        elif isinstance(atom, By):
            known[atom] = Literal(actor == atom.actor)
    return replace_in(formula, known) if known else formula


def at_rest(formula: Expr) -> Expr:
    """Replace `Taken` and `By` by false: the start of a run, or idling."""
    atoms = {atom for atom in walk(formula) if isinstance(atom, (Taken, By))}
    return replace_in(formula, {atom: Literal(False) for atom in atoms}) if atoms else formula


def shared_actions(system: System, actors: tuple[str, ...] | None) -> frozenset[str]:
    """Return the names of the actions of the actors (``None``: of everybody)."""
    return frozenset(a.name for a in system.actions if actors is None or a.actor in actors)
