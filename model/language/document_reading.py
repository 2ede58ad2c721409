"""What reading models and claims from JSON shares: typed access to values, expressions, sources.

Every fault is raised as one error with the place of the value or key at fault and what to do.
"""

from __future__ import annotations

import enum
from collections.abc import Callable, Collection, Iterable
from dataclasses import dataclass, field
from typing import Any, TypeVar

from tunnelproof.errors import Location, ModelError, TunnelproofError, near
from tunnelproof.model.language.expressions import OPERATORS, TEMPORAL, Apply, By, Expr, Literal, Next, Read, Taken
from tunnelproof.model.language.formula import parse_formula
from tunnelproof.model.language.json_text import JsonText, Node
from tunnelproof.model.language.placing import Places, excerpt
from tunnelproof.model.language.system import Confidence, Source
from tunnelproof.model.language.wellformed import check_label, check_name

E = TypeVar("E", bound=enum.StrEnum)

_FORMS = 'a name, true, false, a number, {"value": …}, [operator, …], {"formula": …} or, in claims, a step'


@dataclass(frozen=True, slots=True)
class Reader:
    """Reads the values of one JSON text. ``known`` holds the names that formulas may read."""

    text: JsonText
    error: type[TunnelproofError] = ModelError
    known: frozenset[str] = frozenset()
    places: Places = field(default_factory=Places)

    def where(self, node: Node) -> Location:
        """Return where the value stands."""
        return self.text.lines.at(node.at)

    def fault(self, node: Node, code: str, message: str, hint: str) -> TunnelproofError:
        """Return the error for a fault of the value."""
        return self.error(code, message, where=self.where(node), hint=hint)

    def object(
        self, node: Node, what: str, required: Iterable[str] = (), optional: Iterable[str] = ()
    ) -> dict[str, Node]:
        """Return the members of an object that has all required keys and no others but the optional ones."""
        members = self.members(node, what)
        allowed = [*required, *optional]
        for key, value in members.items():
            if key not in allowed:
                where = self.text.lines.at(value.key_at)
                hint = near(key[:100], allowed)
                raise self.error("TP172", f"{what} cannot have the key {excerpt(key)}", where=where, hint=hint)
        for key in required:
            if key not in members:
                raise self.fault(node, "TP173", f"{what} has no '{key}'", "add that key")
        return members

    def members(self, node: Node, what: str) -> dict[str, Node]:
        """Return the members of an object that may have any keys."""
        if not isinstance(node.value, dict):
            raise self._wanted(node, what, "an object")
        return node.value

    def items(self, node: Node, what: str) -> list[Node]:
        """Return the elements of an array."""
        if not isinstance(node.value, list):
            raise self._wanted(node, what, "an array")
        return node.value

    def string(self, node: Node, what: str) -> str:
        """Return a text."""
        if not isinstance(node.value, str):
            raise self._wanted(node, what, "a text")
        return node.value

    def label(self, node: Node, what: str) -> str:
        """Return a text that may name an action, outcome, actor, component or enum member."""
        return self._checked(check_label, node, what)

    def labels(self, node: Node, what: str) -> tuple[str, ...]:
        """Return an array of labels."""
        return tuple([self.label(item, f"an element of {what}") for item in self.items(node, what)])

    def name(self, node: Node, what: str) -> str:
        """Return a text that may name something that expressions read."""
        return self._checked(check_name, node, what)

    def flag(self, node: Node, what: str) -> bool:
        """Return a truth value."""
        if not isinstance(node.value, bool):
            raise self._wanted(node, what, "true or false")
        return node.value

    def whole(self, node: Node, what: str) -> int:
        """Return a whole number."""
        if not isinstance(node.value, int) or isinstance(node.value, bool):
            raise self._wanted(node, what, "a whole number")
        return node.value

    def choice(self, node: Node, what: str, kind: type[E]) -> E:
        """Return a member of an enumeration."""
        written = self.string(node, what)
        allowed = [member.value for member in kind]
        if written not in allowed:
            raise self.fault(node, "TP174", f"{excerpt(written)} is not {what}", near(written[:100], allowed))
        return kind(written)

    def source(self, node: Node | None) -> Source | None:
        """Return a source; ``None`` if there is none."""
        if node is None:
            return None
        parts = self.object(node, "a source", ("at",), ("says", "version", "date", "confidence"))
        texts: dict[str, Any] = {}
        for key, value in parts.items():
            is_text = key != "confidence"
            what = f"'{key}' of a source" if is_text else "a confidence"
            texts[key] = self.string(value, what) if is_text else self.choice(value, what, Confidence)
        return Source(**texts)

    def expressions(self, node: Node, what: str) -> tuple[Expr, ...]:
        """Return an array of expressions."""
        return tuple([self.expression(item) for item in self.items(node, what)])

    def expression(self, node: Node, known: Collection[str] = ()) -> Expr:
        """Return an expression: a tree, or a formula. ``known`` are further names that formulas may read."""
        match node.value:
            case bool() | int():
                expr: Expr = Literal(node.value)
            case str():
                expr = Read(self.name(node, "a name"))
            case list():
                expr = self._apply(node, node.value, known)
            case dict():
                expr = self._written(node, node.value, known)
            case _:
                raise self.fault(node, "TP175", "null is not an expression", f"write {_FORMS}")
        # What a formula is made of knows its own place.
        return expr if self.places.of(expr) else self.places.mark(expr, self.where(node))

    def _apply(self, node: Node, parts: list[Node], known: Collection[str]) -> Expr:
        if not parts or not isinstance(parts[0].value, str):
            hint = 'write ["and", …], ["=", …]'
            raise self.fault(parts[0] if parts else node, "TP175", "an operator is wanted", hint)
        args: list[Expr] = []  # a loop, not a comprehension: each level of nesting should cost few calls
        for part in parts[1:]:
            args.append(self.expression(part, known))
        return Apply(self._operator(parts[0]), tuple(args))

    def _operator(self, node: Node) -> str:
        written = self.string(node, "an operator")
        if written not in OPERATORS and written not in TEMPORAL:
            hint = near(written[:100], OPERATORS)
            raise self.fault(node, "TP115", f"unknown operator {excerpt(written)}", hint)
        return written

    def _written(self, node: Node, parts: dict[str, Node], known: Collection[str]) -> Expr:
        key = next(iter(parts), "")
        match key:
            case "value":
                member = self.object(node, "an enum member", ("value",))["value"]
                return Literal(self.label(member, "an enum member"))
            case "formula":
                return self._formula(self.object(node, "a formula", ("formula",))["formula"], known)
            case "taken" | "outcome":
                step = self.object(node, "a step", ("taken",), ("outcome",))
                return Taken(self.label(step["taken"], "an action"), self._outcome(step.get("outcome")))
            case "by":
                return By(self.label(self.object(node, "a step", ("by",))["by"], "an actor"))
            case "next":
                return Next(self.expression(self.object(node, "a later state", ("next",))["next"], known))
        hint = near(key[:100], ("value", "formula", "taken", "by", "next")) if key else f"write {_FORMS}"
        raise self.fault(node, "TP175", f"an object with the key {excerpt(key)} is no expression", hint)

    def _outcome(self, node: Node | None) -> str | None:
        if node is None:
            return None
        return "" if node.value == "" else self.label(node, "an outcome")

    def _formula(self, node: Node, known: Collection[str]) -> Expr:
        return parse_formula(
            self.string(node, "a formula"),
            self.known.union(known),
            error=self.error,
            places=self.places,
            locate=self.text.inside(node),
        )

    def _checked(self, check: Callable[[str, Location], None], node: Node, what: str) -> str:
        written = self.string(node, what)
        try:
            check(written, self.where(node))
        except ModelError as fault:
            raise self.error(fault.code, fault.message, where=fault.where, hint=fault.hint) from None
        return written

    def _wanted(self, node: Node, what: str, wanted: str) -> TunnelproofError:
        message = f"{what} must be {wanted}, not {_kind(node)}"
        return self.fault(node, "TP171", message, f"write {wanted}")


def _kind(node: Node) -> str:
    match node.value:
        case None:
            return "null"
        case bool():
            return "true" if node.value else "false"
        case int():
            return "a number"
        case str():
            return "a text"
        case list():
            return "an array"
        case dict():
            return "an object"
