"""What a claim promises about which runs count: the fairness constraints in force.

An action's fairness is the model's unless the claim's ``assuming`` says otherwise. A constraint speaks of positions in
``system.steps`` (labels). An action with several parameter choices is fair as a whole unless it says ``each``.
"""

from __future__ import annotations

from dataclasses import dataclass

from tunnelproof.model.language.system import Action, Fairness, System
from tunnelproof.properties.claims import Claim, Fair


@dataclass(frozen=True, slots=True)
class FairAction:
    """If a step with one of ``labels`` is enabled always (weak) or infinitely often (strong), one is taken so too."""

    name: str
    labels: frozenset[int]
    strong: bool


@dataclass(frozen=True, slots=True)
class FairOutcome:
    """If the action is taken infinitely often in states where its outcome could occur, the outcome occurs so too.

    ``pairs`` maps each label of the action to the label of the outcome under the same choice of parameters.
    """

    name: str
    pairs: tuple[tuple[int, int], ...]

    @property
    def labels(self) -> frozenset[int]:
        """The labels that count as the outcome's occurrence."""
        return frozenset(occurrence for _, occurrence in self.pairs)


Constraint = FairAction | FairOutcome


def fairness_of(system: System, claim: Claim) -> dict[str, Fairness]:
    """Return the fairness of every action that is fair under the claim."""
    assumed = dict(claim.assuming) if isinstance(claim, Fair) else {}
    found = {a.name: assumed.get(a.name, a.fairness) for a in system.actions}
    return {name: fairness for name, fairness in found.items() if fairness is not Fairness.NONE}


def constraints_of(system: System, claim: Claim) -> tuple[Constraint, ...]:
    """Return the fairness constraints under which the claim is asked, in declaration order."""
    fairness = fairness_of(system, claim)
    found: list[Constraint] = []
    for action in system.actions:
        for name, labels in _groups(action, system):
            if action.name in fairness:
                found.append(FairAction(name, frozenset(labels), fairness[action.name] is Fairness.STRONG))
            found.extend(_fair_outcomes(action, name, labels, system))
    return tuple(found)


def _groups(action: Action, system: System) -> list[tuple[str, list[int]]]:
    """Return the action's labels: together, or by choice of parameters if it is fair for each."""
    labels = [i for i, step in enumerate(system.steps) if step.action == action.name]
    if not action.each:
        return [(action.name, labels)]
    return [
        (
            f"{action.name}({', '.join(f'{n}={v}' for n, v in choice)})",
            [i for i in labels if system.steps[i].parameters == choice],
        )
        for choice in action.choices
    ]


def _fair_outcomes(action: Action, name: str, labels: list[int], system: System) -> list[FairOutcome]:
    found = []
    for outcome in action.outcomes:
        if not outcome.fair:
            continue
        occurrence = {system.steps[i].parameters: i for i in labels if system.steps[i].outcome == outcome.name}
        pairs = tuple((i, occurrence[system.steps[i].parameters]) for i in labels)
        found.append(FairOutcome(f"{name} / {outcome.name}", pairs))
    return found
