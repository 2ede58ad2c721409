"""The steps of a system as LLVM code over packed states.

Every label's guard and successor are worked out without a branch: which labels are enabled is hard to guess for a
processor, and what two labels have in common is worked out once.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from tunnelproof.engines.explicit.block import FALSE, TRUE, Block
from tunnelproof.engines.explicit.lowering import Lowering, Members
from tunnelproof.engines.explicit.packing import Packing
from tunnelproof.evidence.points import specialise
from tunnelproof.model.language.expressions import Expr
from tunnelproof.model.language.ranges import unsafe_assignments
from tunnelproof.model.language.system import Action, Step, System

Setting = tuple[str, str]  # a name and the value that holds its new code


@dataclass(frozen=True, slots=True)
class Watch:
    """A history bit: set by a point where ``sets`` holds, else cleared by one where ``clears`` does."""

    name: str
    sets: Expr
    clears: Expr


@dataclass(frozen=True, slots=True)
class Taken:
    """What becomes of a label in the state at hand: whether it is enabled, and the words of the state after it."""

    enabled: str
    words: tuple[str, ...]


class Steps:
    """Writes code about the steps of one system from one state, which must have been loaded into ``words``."""

    def __init__(self, system: System, packing: Packing, members: Members, watch: Watch | None = None) -> None:
        self.system, self.packing = system, packing
        self._members, self._watch = members, watch
        self._unsafe = {(action.name, outcome, name) for action, outcome, name, _ in unsafe_assignments(system)}

    def state(self, block: Block, words: Sequence[str], later: Lowering | None = None) -> Lowering:
        """Return a lowering of expressions over the state in the words."""
        return Lowering(self.system, self._members, block, lambda name: self.field(block, words, name), later)

    def field(self, block: Block, words: Sequence[str], name: str) -> str:
        """Return the code that the name has in the state."""
        field = self.packing.fields[name]
        if not field.width:
            return "0"
        moved = block.value(f"lshr i64 {words[field.word]}, {field.shift}")
        return block.value(f"and i64 {moved}, {field.mask}")

    def take(self, block: Block, words: Sequence[str], now: Lowering, step: Step) -> Taken:
        """Write the guard and the effects of one label. The words mean nothing where it is not enabled."""
        action = self.system.action_named[step.action]
        outcome = next(o for o in action.outcomes if o.name == step.outcome)
        now.parameters = dict(step.parameters)
        enabled = block.both(now.of(action.guard), now.of(outcome.when))
        settings = []
        for name, expr in outcome.effects if enabled != FALSE else ():
            code = now.code(expr, self.system.domains[name])
            settings.append((name, code))
            if (action.name, outcome.name, name) in self._unsafe:
                last = len(self.system.domains[name].values) - 1
                enabled = block.both(enabled, block.value(f"icmp ule i64 {code}, {last}"))
        now.parameters = {}
        after = self._put(block, words, settings)
        return Taken(enabled, self._watched(block, words, after, step, action))

    def holds_after(self, block: Block, words: Sequence[str], taken: Taken, step: Step, formula: Expr) -> str:
        """Return whether the predicate over a step, its source and its target holds for the step of this label."""
        actor = self.system.action_named[step.action].actor
        after = self.state(block, taken.words)
        return self.state(block, words, after).of(specialise(formula, step, actor))

    def point_after(self, block: Block, taken: Taken, step: Step, formula: Expr) -> str:
        """Return whether the point predicate holds at the target of a step of this label."""
        actor = self.system.action_named[step.action].actor
        return self.state(block, taken.words).of(specialise(formula, step, actor))

    def _watched(
        self, block: Block, words: Sequence[str], after: tuple[str, ...], step: Step, action: Action
    ) -> tuple[str, ...]:
        watch = self._watch
        if watch is None:
            return after
        lowering = self.state(block, after)
        sets, clears = (lowering.of(specialise(part, step, action.actor)) for part in (watch.sets, watch.clears))
        seen = block.value(f"icmp ne i64 {self.field(block, words, watch.name)}, 0")
        bit = block.either(sets, block.both(seen, block.opposite(clears)))
        code = "1" if bit == TRUE else "0" if bit == FALSE else block.value(f"zext i1 {bit} to i64")
        return self._put(block, after, [(watch.name, code)])

    def _put(self, block: Block, words: Sequence[str], settings: Iterable[Setting]) -> tuple[str, ...]:
        """Return the words with the fields set to the codes."""
        cleared, added = [0] * len(words), [0] * len(words)
        computed: list[list[str]] = [[] for _ in words]
        for name, code in settings:
            field = self.packing.fields[name]
            cleared[field.word] |= field.mask << field.shift
            if code.lstrip("-").isdigit():
                added[field.word] |= (int(code) & field.mask) << field.shift
            else:
                computed[field.word].append(block.value(f"shl i64 {code}, {field.shift}"))
        found = []
        for word, old in enumerate(words):
            new = old
            if cleared[word]:
                new = block.value(f"and i64 {new}, {~cleared[word]}")
            if added[word]:
                new = block.value(f"or i64 {new}, {added[word]}")
            for part in computed[word]:
                new = block.value(f"or i64 {new}, {part}")
            found.append(new)
        return tuple(found)
