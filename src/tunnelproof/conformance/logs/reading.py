"""What the events of a log mean in a model, as data: ``tunnelproof.reading/1``. docs/conform.md has its form.

A rule matches fields of an event and says that it *is* one of some steps, or what *then* is seen, or both. The first
rule that matches counts. A value is written down, or taken from a field of the event, through a table if there is one.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path
from typing import Any

from tunnelproof.conformance.logs.record import Record
from tunnelproof.errors import Location, ModelError, TunnelproofError, near
from tunnelproof.model.language.document_reading import Reader
from tunnelproof.model.language.domains import BOOL, Value, contains
from tunnelproof.model.language.expressions import Apply, Literal, Read
from tunnelproof.model.language.json_text import Node, read_json_file
from tunnelproof.model.language.system import Step, System
from tunnelproof.model.language.typing import Type, Typing, type_of_domain

SCHEMA = "tunnelproof.reading/1"
STARTS = ("initial", "reachable")
_REMEMBERED = 100_000  # different events whose meaning is kept

Values = tuple[Value, ...]
Fields = Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Meaning:
    """What an event means: that one of the ``steps`` (numbers in `System.steps`) was taken, and what was seen then.

    Without steps it is a report of the present state. If it may be a repeated report, perhaps no step was taken.
    """

    steps: tuple[int, ...]
    seen: tuple[tuple[str, Values], ...]
    repeats: bool = False


@dataclass(frozen=True, slots=True)
class Term:
    """The values that something may have: these, or what an event's field has (the table says of which value)."""

    values: Values = ()
    field: str = ""
    table: Mapping[str, Values] | None = None

    def of(self, fields: Fields) -> Values | None:
        """Return the values for an event; ``None`` if it does not have the field, or the table not its value."""
        if not self.field:
            return self.values
        found = fields.get(self.field)
        if self.table is not None:
            return self.table.get(_as_text(found))
        return (found,) if isinstance(found, (bool, int, str)) else None


@dataclass(frozen=True, slots=True)
class Alternative:
    """Steps of an action that an event may be."""

    action: str
    outcome: Term | None
    parameters: tuple[tuple[str, Term], ...]


@dataclass(frozen=True, slots=True)
class Rule:
    """Which events it is about, by the texts of their fields, and what these mean."""

    match: tuple[tuple[str, frozenset[str]], ...]
    steps: tuple[Alternative, ...]
    seen: tuple[tuple[str, Term], ...]
    repeats: bool = False
    where: Location | None = None

    def matches(self, fields: Fields) -> bool:
        """Say whether the rule is about the event."""
        return all(_as_text(fields.get(name)) in texts for name, texts in self.match)


@dataclass(frozen=True)
class Reading:
    """What the events of a log mean.

    ``by_name``: an event without a rule is read by the name of an action. ``logged`` actions (or ``action/outcome``)
    never happen without an event, ``missed`` and ``hidden`` ones may; of others, those named by a rule are logged.
    """

    name: str
    rules: tuple[Rule, ...] = ()
    by_name: bool = False
    logged: tuple[str, ...] = ()
    missed: tuple[str, ...] = ()
    hidden: tuple[str, ...] = ()
    start: str = STARTS[0]
    provisional: str = ""


def by_name() -> Reading:
    """Return the reading of logs that speak the model's language: all actions are logged, under their names."""
    return Reading("by name", by_name=True)


@dataclass(frozen=True)
class Understanding:
    """A reading applied to a model: the meaning of each event, and what happens without one."""

    system: System
    reading: Reading
    _known: dict[tuple[object, ...], tuple[int, Meaning] | None] = field(default_factory=dict)

    def meaning(self, record: Record) -> tuple[int, Meaning] | None:
        """Return the number of the event's rule (0: read by name) and what it means; ``None`` if nothing is said."""
        fields = record.fields
        key = tuple([_key(fields.get(name)) for name in self._read])
        if key not in self._known:
            if len(self._known) >= _REMEMBERED:
                self._known.clear()
            self._known[key] = self._meaning(fields, Location(record.file, record.line))
        return self._known[key]

    @cached_property
    def silent(self) -> frozenset[int]:
        """The numbers of the steps that may be taken without an event."""
        reading = self.reading
        said = {label: label in reading.logged for label in (*reading.hidden, *reading.missed, *reading.logged)}
        named = {alternative.action for rule in reading.rules for alternative in rule.steps}

        def is_logged(step: Step) -> bool:
            if f"{step.action}/{step.outcome}" in said:
                return said[f"{step.action}/{step.outcome}"]
            return said.get(step.action, reading.by_name or step.action in named)

        return frozenset(i for i, step in enumerate(self.system.steps) if not is_logged(step))

    @property
    def actions(self) -> frozenset[str]:
        """The actions that events may be."""
        if self.reading.by_name:
            return frozenset(self.system.action_named)
        return frozenset(alternative.action for rule in self.reading.rules for alternative in rule.steps)

    @property
    def observed(self) -> frozenset[str]:
        """The names whose values events may tell."""
        if self.reading.by_name:
            return frozenset((*self.system.domains, *self.system.definitions))
        return frozenset(name for rule in self.reading.rules for name, _ in rule.seen)

    @cached_property
    def _read(self) -> tuple[str, ...]:
        """The fields on which an event's meaning depends."""
        names = {name for rule in self.reading.rules for name, _ in rule.match}
        for rule in self.reading.rules:
            terms = [term for _, term in rule.seen]
            for alternative in rule.steps:
                terms += [
                    *([alternative.outcome] if alternative.outcome else []),
                    *(t for _, t in alternative.parameters),
                ]
            names |= {term.field for term in terms if term.field}
        return (*sorted(names), *(("ev", "parameters", "outcome", "state") if self.reading.by_name else ()))

    @cached_property
    def _values(self) -> ValueCheck:
        return ValueCheck(self.system)

    def _meaning(self, fields: Fields, where: Location) -> tuple[int, Meaning] | None:
        for number, rule in enumerate(self.reading.rules, 1):
            if rule.matches(fields):
                meaning = self._by_rule(rule, fields, where)
                if meaning is not None:
                    return number, meaning
        if self.reading.by_name:
            named = self._by_name(fields, where)
            return None if named is None else (0, named)
        return None

    def _by_rule(self, rule: Rule, fields: Fields, where: Location) -> Meaning | None:
        seen = []
        for name, term in rule.seen:
            values = term.of(fields)
            if values is None:
                return None
            for value in values:
                self._values.check(name, value, where)
            seen.append((name, values))
        steps: set[int] = set()
        for alternative in rule.steps:
            found = self._steps(alternative, fields)
            if found is None:
                return None
            steps |= found
        if rule.steps and not steps:
            actions = ", ".join(alternative.action for alternative in rule.steps)
            raise _unfit(f"no step of {actions} has the parameters or outcome that the event gives", where, "")
        return Meaning(tuple(sorted(steps)), tuple(seen), rule.repeats)

    def _steps(self, alternative: Alternative, fields: Fields) -> set[int] | None:
        wanted = {name: term.of(fields) for name, term in alternative.parameters}
        outcomes = None if alternative.outcome is None else alternative.outcome.of(fields)
        if None in wanted.values() or (outcomes is None and alternative.outcome is not None):
            return None
        found = set()
        for number, step in enumerate(self.system.steps):
            if step.action == alternative.action and (outcomes is None or step.outcome in outcomes):
                chosen = dict(step.parameters)
                if all(among(chosen[name], values or ()) for name, values in wanted.items()):
                    found.add(number)
        return found

    def _by_name(self, fields: Fields, where: Location) -> Meaning | None:
        action = self.system.action_named.get(_as_text(fields.get("ev")))
        reports = fields.get("ev") in (None, "state")
        if action is None and not (reports and fields.get("state") is not None):
            return None
        seen = self._members(fields, "state", where)
        for name, value in seen.items():
            self._values.check(name, value, where)
        state = tuple((name, (value,)) for name, value in seen.items())
        if action is None:
            return Meaning((), state)
        given, outcome = self._members(fields, "parameters", where), fields.get("outcome")
        known = [parameter.name for parameter in action.parameters]
        if unknown := sorted(given.keys() - set(known)):
            raise _unfit(f"'{action.name}' has no parameter '{unknown[0]}'", where, near(unknown[0], known))
        steps = [
            number
            for number, step in enumerate(self.system.steps)
            if step.action == action.name
            and (outcome is None or step.outcome == outcome)
            and all(among(value, (given[name],)) for name, value in step.parameters if name in given)
        ]
        if not steps:
            message = f"'{action.name}' cannot have the parameters {given!r} and the outcome {outcome!r}"
            raise _unfit(message, where, near(str(outcome), (o.name for o in action.outcomes)))
        return Meaning(tuple(steps), state)

    def _members(self, fields: Fields, key: str, where: Location) -> dict[str, Value]:
        found = fields.get(key)
        if found is None:
            return {}
        if not isinstance(found, dict) or not all(isinstance(v, (bool, int, str)) for v in found.values()):
            raise _unfit(f"'{key}' must be an object of names and values", where, "")
        return found


class ValueCheck:
    """Refuses values that a name of the model cannot have."""

    def __init__(self, system: System) -> None:
        self._system = system
        self._types: dict[str, Type] = {name: type_of_domain(domain) for name, domain in system.domains.items()}
        pending = list(system.derived)
        while pending:  # derived names may stand before what they read
            later = []
            for derived in pending:
                try:
                    self._types[derived.name] = Typing(self._types).check(derived.definition, None, "")
                except ModelError:
                    later.append(derived)
            assert len(later) < len(pending)
            pending = later

    def check(self, name: str, value: object, where: Location) -> None:
        """Raise an error unless the name is known and the value is of its type, and of its domain if it has one."""
        if name not in self._types:
            raise _unfit(f"'{name}' is no variable or derived name of the model", where, near(name, self._types))
        assert isinstance(value, (bool, int, str))
        if name in self._system.domains:
            domain = self._system.domains[name]
            if not contains(domain, value):
                hint = near(str(value), map(str, domain.values[:1000]))
                raise _unfit(f"{value!r} is no value of '{name}'", where, hint)
            return
        try:
            Typing(self._types).check(Apply("=", (Read(name), Literal(value))), BOOL, "")
        except ModelError as fault:
            raise _unfit(f"{value!r} is no value of '{name}': {fault.message}", where, fault.hint) from None


def among(value: Value, values: Values) -> bool:
    """Say whether the value is one of the values: ``True`` is not ``1``."""
    return any(type(value) is type(other) and value == other for other in values)


def read_reading(path: Path, system: System) -> Reading:
    """Read a reading from a file. Raises `ModelError` with the place of the first fault."""
    return _Document(Reader(read_json_file(path)), system).reading(path.name)


class _Document:
    """Reads the document of a reading for one model."""

    def __init__(self, reader: Reader, system: System) -> None:
        self.reader, self.system = reader, system
        self.values = ValueCheck(system)

    def reading(self, name: str) -> Reading:
        reader, optional = (
            self.reader,
            ("doc", "provisional", "by_name", "start", "rules", "logged", "missed", "hidden"),
        )
        parts = reader.object(reader.text.root, "a reading", ("schema",), optional)
        if reader.string(parts["schema"], "'schema'") != SCHEMA:
            hint = f'write "{SCHEMA}"'
            raise reader.fault(parts["schema"], "TP170", f"this is not a reading of the form {SCHEMA}", hint)
        rules = tuple(map(self._rule, reader.items(parts["rules"], "'rules'"))) if "rules" in parts else ()
        named = {alternative.action for rule in rules for alternative in rule.steps}
        is_by_name = "by_name" in parts and reader.flag(parts["by_name"], "'by_name'")
        if not rules and not is_by_name:
            raise reader.fault(reader.text.root, "TP183", "the reading says nothing of any event", "give it rules")
        start = reader.string(parts["start"], "'start'") if "start" in parts else STARTS[0]
        if start not in STARTS:
            raise reader.fault(parts["start"], "TP174", f"'{start[:40]}' is no start", near(start[:100], STARTS))
        lists = {key: self._labels(parts.get(key), key) for key in ("logged", "missed", "hidden")}
        self._check_lists(parts, lists, None if is_by_name else named)
        provisional = reader.string(parts["provisional"], "'provisional'") if "provisional" in parts else ""
        return Reading(name, rules, is_by_name, **lists, start=start, provisional=provisional)

    def _check_lists(
        self, parts: Mapping[str, Node], lists: Mapping[str, tuple[str, ...]], named: set[str] | None
    ) -> None:
        said: dict[str, str] = {}
        for key, labels in lists.items():
            for label, node in zip(labels, self.reader.items(parts[key], key) if labels else (), strict=True):
                action = label.partition("/")[0]
                if label in said:
                    raise self._refused(node, f"'{label}' is both {said[label]} and {key}", "keep one")
                if named is not None and key == "hidden" and action in named and label == action:
                    raise self._refused(node, f"'{label}' is hidden, but a rule has it", "call it missed")
                if named is not None and key != "hidden" and action not in named:
                    raise self._refused(node, f"no rule has '{action}'", f"add a rule; without one it is never {key}")
                said[label] = key

    def _labels(self, node: Node | None, key: str) -> tuple[str, ...]:
        if node is None:
            return ()
        known = {step.action for step in self.system.steps} | {f"{s.action}/{s.outcome}" for s in self.system.steps}
        found = []
        for item in self.reader.items(node, f"'{key}'"):
            label = self.reader.string(item, f"an element of '{key}'")
            if label not in known:
                raise self._refused(item, f"there is no action '{label[:100]}'", near(label[:100], known))
            found.append(label)
        return tuple(found)

    def _rule(self, node: Node) -> Rule:
        reader = self.reader
        parts = reader.object(node, "a rule", ("match",), ("doc", "is", "then", "repeats"))
        match = {
            name: frozenset(_as_text(item.value) for item in self._scalars(value, null=True))
            for name, value in reader.members(parts["match"], "'match'").items()
        }
        steps = tuple(map(self._alternative, reader.items(parts["is"], "'is'"))) if "is" in parts else ()
        then = reader.members(parts["then"], "'then'") if "then" in parts else {}
        seen = tuple((name, self._seen(name, value)) for name, value in then.items())
        repeats = "repeats" in parts and reader.flag(parts["repeats"], "'repeats'")
        if repeats and not steps:
            raise self._refused(parts["repeats"], "only an action can repeat nothing", "leave 'repeats' out")
        return Rule(tuple(match.items()), steps, seen, repeats, reader.where(node))

    def _seen(self, name: str, node: Node) -> Term:
        return self._term(node, lambda value, where: self.values.check(name, value, where))

    def _alternative(self, node: Node) -> Alternative:
        reader = self.reader
        parts = reader.object(node, "what an event is", ("action",), ("outcome", "parameters"))
        name = reader.string(parts["action"], "'action'")
        action = self.system.action_named.get(name)
        if action is None:
            known = near(name[:100], self.system.action_named)
            raise self._refused(parts["action"], f"there is no action '{name[:100]}'", known)
        domains = {parameter.name: parameter.domain for parameter in action.parameters}
        outcomes = [outcome.name for outcome in action.outcomes]

        def check_outcome(value: Value, where: Location) -> None:
            if value not in outcomes:
                raise _unfit(f"'{name}' has no outcome {value!r}", where, near(str(value), outcomes))

        def check_parameter(parameter: str) -> Callable[[Value, Location], None]:
            def check(value: Value, where: Location) -> None:
                if not contains(domains[parameter], value):
                    raise _unfit(f"{value!r} is no value of the parameter '{parameter}'", where, "")

            return check

        given = reader.members(parts["parameters"], "'parameters'") if "parameters" in parts else {}
        for parameter, value in given.items():
            if parameter not in domains:
                raise self._refused(value, f"'{name}' has no parameter '{parameter[:100]}'", near(parameter, domains))
        terms = tuple((parameter, self._term(value, check_parameter(parameter))) for parameter, value in given.items())
        outcome = self._term(parts["outcome"], check_outcome) if "outcome" in parts else None
        return Alternative(name, outcome, terms)

    def _term(self, node: Node, check: Callable[[Value, Location], None]) -> Term:
        reader = self.reader
        if not isinstance(node.value, dict):
            return Term(self._checked(node, check))
        parts = reader.object(node, "a value from a field", ("field",), ("table",))
        name = reader.string(parts["field"], "'field'")
        if not name:
            raise self._refused(parts["field"], "a field has a name", "write it")
        if "table" not in parts:
            return Term(field=name)
        table = reader.members(parts["table"], "'table'")
        return Term(field=name, table={text: self._checked(value, check) for text, value in table.items()})

    def _checked(self, node: Node, check: Callable[[Value, Location], None]) -> Values:
        found = []
        for item in self._scalars(node):
            assert isinstance(item.value, (bool, int, str))
            check(item.value, self.reader.where(item))
            found.append(item.value)
        return tuple(found)

    def _scalars(self, node: Node, *, null: bool = False) -> list[Node]:
        """Return a value, or the elements of a list of values."""
        found = node.value if isinstance(node.value, list) else [node]
        for item in found:
            if not isinstance(item.value, (bool, int, str)) and not (null and item.value is None):
                raise self._refused(item, "a truth value, whole number or text is wanted", "write one, or a list")
        if not found:
            raise self._refused(node, "an empty list allows nothing", "give a value")
        return found

    def _refused(self, node: Node, message: str, hint: str) -> TunnelproofError:
        return self.reader.fault(node, "TP183", message, hint)


def _unfit(message: str, where: Location, hint: str) -> ModelError:
    return ModelError("TP181", message, where=where, hint=hint)


def _as_text(value: object) -> str:
    """Return a field's value as rules compare it: a text is itself, other values are as JSON writes them."""
    return value if isinstance(value, str) else json.dumps(value, sort_keys=True)


def _key(value: object) -> object:
    return value if value is None or isinstance(value, str) else (type(value), _as_text(value))
