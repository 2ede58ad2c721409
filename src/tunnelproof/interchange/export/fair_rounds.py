"""Fairness for Spin, as a variable that holds infinitely often on fair runs and on no other.

Spin takes too long over a formula that lists many conditions, so the model counts them off: it waits for the first
condition, then for the second, and so on; ``round`` is set whenever it has seen them all. (This is how a generalised
Büchi automaton becomes a plain one.) Of a condition "if infinitely often p then infinitely often q" a run may renounce
p at any time, for good: then q is no longer waited for, and if p holds again the run counts as unfair.
"""

from __future__ import annotations

from collections.abc import Iterator

from tunnelproof.interchange.export.machine import Condition
from tunnelproof.interchange.export.names import Vocabulary
from tunnelproof.interchange.export.writing import Writer
from tunnelproof.model.language.expressions import TRUE, negate


class FairRounds:
    """The variables for the conditions of one claim, or of several that have the same."""

    def __init__(self, conditions: tuple[Condition, ...], words: Vocabulary, write: Writer) -> None:
        self._conditions, self._write = conditions, write
        self.round, self._turn = words.fresh("fair round"), words.fresh("fair turn")
        strong = [i for i, condition in enumerate(conditions) if condition.given != TRUE]
        self._over = {i: words.fresh(f"over {conditions[i].says.split(' is ')[0]}") for i in strong}
        self._lost = words.fresh("unfair")

    def declarations(self) -> Iterator[str]:
        """Return the variables."""
        yield f"bool {self.round};"
        if self._conditions:
            yield f"byte {self._turn}; /* the condition of fairness that is waited for */"
        for i, word in self._over.items():
            yield f"bool {word}; /* {self._conditions[i].says}, but its condition never comes again */"
        if self._over:
            yield f"bool {self._lost};"

    def look(self) -> Iterator[str]:
        """Return what has to be done at each point."""
        if self._over:
            again = (f"({word} && {self._write(self._conditions[i].given)})" for i, word in self._over.items())
            yield f"{self._lost} = {self._lost} || {' || '.join(again)}"
        last = len(self._conditions)
        for i, condition in enumerate(self._conditions):
            met = self._write(condition.then)
            if i in self._over:
                met = f"({self._over[i]} || {met})"
            yield f"if :: {self._turn} == {i} && {met} -> {self._turn} = {i + 1} :: else fi"
        if not last:
            yield f"{self.round} = true"
            return
        alive = f" && !{self._lost}" if self._over else ""
        yield f"{self.round} = ({self._turn} == {last}{alive})"
        yield f"if :: {self.round} -> {self._turn} = 0 :: else fi"

    def renounce(self) -> Iterator[str]:
        """Return the steps by which a run gives up a condition."""
        for i, word in self._over.items():
            yield f"!{word} && {self._write(negate(self._conditions[i].given))} -> {word} = true"
