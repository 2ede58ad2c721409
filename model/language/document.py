"""The JSON form of a model, ``tunnelproof.model/1``, both ways.

A model written by `to_json` has one form: keys in a fixed order, nothing that has its default value, no
freedom left. Equal systems give equal bytes, and these are what `sha256` hashes. A model that is read may
also give defaults, and a formula ``{"formula": "x = a"}`` wherever an expression stands. The order of lists and
of effects is part of the model; where things were declared is not.

An expression is a tree: a text reads a name; ``true``, ``false`` and numbers are themselves; ``{"value":
"member"}`` is an enum member; ``["and", …]`` applies an operator; in claims ``{"taken": "action",
"outcome": "…"}``, ``{"by": "actor"}`` and ``{"next": …}`` speak of the step.
"""

from __future__ import annotations

import hashlib
import json
import os
from collections.abc import Mapping
from dataclasses import replace

from tunnelproof.errors import ModelError
from tunnelproof.model.language.document_reading import Reader
from tunnelproof.model.language.domains import BOOL, Bool, Domain, Enum, Range
from tunnelproof.model.language.expressions import TRUE, Apply, By, Expr, Literal, Next, Read, Taken
from tunnelproof.model.language.json_text import JsonText, Node, read_json, read_json_file
from tunnelproof.model.language.system import (
    Action,
    ConfigurationVariable,
    DecidedBy,
    Derived,
    Duration,
    Fairness,
    Outcome,
    Parameter,
    Source,
    System,
    Variable,
)
from tunnelproof.model.language.wellformed import check_system

SCHEMA = "tunnelproof.model/1"

Json = None | bool | int | str | list["Json"] | dict[str, "Json"]


def to_document(system: System) -> dict[str, Json]:
    """Return the model as JSON values."""
    return {
        "schema": SCHEMA,
        "name": system.name,
        **_unless("", title=system.title),
        "actors": list(system.actors),
        "configuration": [_configuration_document(v) for v in system.configuration],
        **_unless([], constraints=[expression_document(e) for e in system.constraints]),
        "variables": [_variable_document(v) for v in system.variables],
        **_unless([], derived=[_derived_document(d) for d in system.derived]),
        **_unless([], initially=[expression_document(e) for e in system.initially]),
        "actions": [_action_document(a) for a in system.actions],
    }


def to_json(system: System) -> str:
    """Return the model's canonical JSON text. Each part of the model stands on a line of its own."""
    members = [f"{_compact(key)}: {_laid_out(value)}" for key, value in to_document(system).items()]
    return "{\n" + ",\n".join(members) + "\n}\n"


def sha256(system: System) -> str:
    """Return the hash by which certificates and outcomes name the model: of its canonical JSON text."""
    return hashlib.sha256(to_json(system).encode("utf-8")).hexdigest()


def read_system(text: str, file: str = "model") -> System:
    """Read a model and check it. Raise `ModelError` with the place of the first fault."""
    return system_of(read_json(text, file))


def read_system_file(path: str | os.PathLike[str]) -> System:
    """Read a model from a regular file of at most 32 MiB and check it. Raise `ModelError` likewise."""
    return system_of(read_json_file(path))


def system_of(text: JsonText) -> System:
    """Return the model of a JSON text and check it. Its claims, if it has some, are not looked at."""
    system, reader = _Model(Reader(text)).system()
    try:
        check_system(system, reader.places)
    except ModelError as fault:
        fault.where = fault.where or reader.where(text.root)
        raise
    return system


def expression_document(expr: Expr) -> Json:
    """Return an expression as JSON values."""
    match expr:
        case Literal(str() as member):
            return {"value": member}
        case Literal():
            return expr.value
        case Read():
            return expr.name
        case Taken(action, outcome):
            return {"taken": action, **({} if outcome is None else {"outcome": outcome})}
        case By():
            return {"by": expr.actor}
        case Next():
            return {"next": expression_document(expr.body)}
        case Apply():
            return [expr.op, *[expression_document(arg) for arg in expr.args]]


def source_document(source: Source | None) -> dict[str, Json]:
    """Return the member ``source`` of an object; none if there is no source."""
    if source is None:
        return {}
    texts = _unless("", says=source.says, version=source.version, date=source.date)
    return {"source": {"at": source.at, **texts, **_unless("unknown", confidence=source.confidence.value)}}


class _Model:
    """Reads one model."""

    def __init__(self, reader: Reader) -> None:
        required = ("schema", "name", "variables", "actions")
        optional = ("title", "actors", "configuration", "constraints", "derived", "initially", "claims")
        root = reader.text.root
        if isinstance(root.value, dict) and "schema" in root.value:
            _check_schema(reader, root.value["schema"])
        self.parts = reader.object(root, "a model", required, optional)
        self.reader = replace(reader, known=self._names())

    def system(self) -> tuple[System, Reader]:
        """Return the model as it is written, and its reader with the places of its parts."""
        parts, reader = self.parts, self.reader
        actions = tuple([self._action(node) for node in self._list("actions")])
        actors = tuple(dict.fromkeys(action.actor for action in actions))
        system = System(
            name=reader.label(parts["name"], "the model's name"),
            title=reader.string(parts["title"], "'title'") if "title" in parts else "",
            configuration=tuple([self._configuration(node) for node in self._list("configuration")]),
            constraints=tuple([reader.expression(node) for node in self._list("constraints")]),
            variables=tuple([self._variable(node) for node in self._list("variables")]),
            derived=tuple([self._derived(node) for node in self._list("derived")]),
            initially=tuple([reader.expression(node) for node in self._list("initially")]),
            actions=actions,
            actors=reader.labels(parts["actors"], "'actors'") if "actors" in parts else actors,
        )
        return reader.places.mark(system, reader.where(parts["name"])), reader

    def _list(self, key: str) -> list[Node]:
        return self.reader.items(self.parts[key], f"'{key}'") if key in self.parts else []

    def _names(self) -> frozenset[str]:
        """Return the declared names: formulas may stand before what they name."""
        found: set[str] = set()
        for key in ("configuration", "variables", "derived"):
            nodes = self.parts[key].value if key in self.parts else []
            for node in nodes if isinstance(nodes, list) else []:
                name = node.value.get("name") if isinstance(node.value, dict) else None
                if name and isinstance(name.value, str):
                    found.add(name.value)
        return frozenset(found)

    def _configuration(self, node: Node) -> ConfigurationVariable:
        reader = self.reader
        required = ("name", "domain", "decided_by")
        parts = reader.object(node, "a configuration variable", required, ("doc", "source"))
        return ConfigurationVariable(
            name=reader.name(parts["name"], "the name of a configuration variable"),
            domain=self._domain(parts["domain"]),
            decided_by=reader.choice(parts["decided_by"], "somebody who decides", DecidedBy),
            doc=self._doc(parts),
            source=reader.source(parts.get("source")),
            where=reader.where(parts["name"]),
        )

    def _variable(self, node: Node) -> Variable:
        reader = self.reader
        required = ("name", "domain", "component", "start")
        parts = reader.object(node, "a variable", required, ("visible_to", "doc"))
        start, seen = parts["start"], parts.get("visible_to")
        made = Variable(
            name=reader.name(parts["name"], "the name of a variable"),
            domain=self._domain(parts["domain"]),
            component=reader.label(parts["component"], "'component'"),
            start=None if start.value is None else reader.expressions(start, "'start'"),
            visible_to=None if seen is None or seen.value is None else reader.labels(seen, "'visible_to'"),
            doc=self._doc(parts),
            where=reader.where(parts["name"]),
        )
        return reader.places.mark(made, reader.where(start), "start")

    def _derived(self, node: Node) -> Derived:
        reader = self.reader
        parts = reader.object(node, "a derived name", ("name", "definition"), ("doc", "source"))
        return Derived(
            name=reader.name(parts["name"], "a derived name"),
            definition=reader.expression(parts["definition"]),
            doc=self._doc(parts),
            source=reader.source(parts.get("source")),
            where=reader.where(parts["name"]),
        )

    def _action(self, node: Node) -> Action:
        reader = self.reader
        required = ("name", "actor", "component", "guard", "outcomes")
        optional = ("parameters", "fairness", "each", "price", "takes", "joins", "source", "doc")
        parts = reader.object(node, "an action", required, optional)
        listed = reader.items(parts["parameters"], "'parameters'") if "parameters" in parts else []
        parameters = tuple([self._parameter(item) for item in listed])
        chosen = [parameter.name for parameter in parameters]
        outcomes = reader.items(parts["outcomes"], "'outcomes'")
        action = Action(
            name=reader.label(parts["name"], "the name of an action"),
            actor=reader.label(parts["actor"], "'actor'"),
            component=reader.label(parts["component"], "'component'"),
            guard=reader.expression(parts["guard"], chosen),
            outcomes=tuple([self._outcome(item, chosen) for item in outcomes]),
            parameters=parameters,
            duration=self._duration(parts["takes"]) if "takes" in parts else None,
            source=reader.source(parts.get("source")),
            doc=self._doc(parts),
            where=reader.where(parts["name"]),
        )
        return self._with_options(action, parts)

    def _with_options(self, action: Action, parts: Mapping[str, Node]) -> Action:
        reader = self.reader
        fairness, each, price = parts.get("fairness"), parts.get("each"), parts.get("price")
        made = replace(
            action,
            fairness=reader.choice(fairness, "a fairness", Fairness) if fairness else action.fairness,
            each=reader.flag(each, "'each'") if each else action.each,
            price=reader.whole(price, "'price'") if price else action.price,
            joins=reader.labels(parts["joins"], "'joins'") if "joins" in parts else (),
        )
        for part in ("actor", "outcomes", "each", "price", "takes"):
            if part in parts:
                reader.places.mark(made, reader.where(parts[part]), part)
        return made

    def _duration(self, node: Node) -> Duration:
        reader = self.reader
        parts = reader.object(node, "a duration", (), ("at_least", "at_most", "source"))
        lo, hi = parts.get("at_least"), parts.get("at_most")
        return Duration(
            lo=reader.whole(lo, "'at_least'") if lo else 0,
            hi=reader.whole(hi, "'at_most'") if hi else None,
            source=reader.source(parts.get("source")),
        )

    def _parameter(self, node: Node) -> Parameter:
        parts = self.reader.object(node, "a parameter", ("name", "domain"))
        name = self.reader.name(parts["name"], "the name of a parameter")
        made = Parameter(name, self._domain(parts["domain"]))
        return self.reader.places.mark(made, self.reader.where(parts["name"]))

    def _outcome(self, node: Node, chosen: list[str]) -> Outcome:
        reader = self.reader
        parts = reader.object(node, "an outcome", (), ("name", "effects", "when", "fair"))
        effects = reader.members(parts["effects"], "'effects'") if "effects" in parts else {}
        made = Outcome(
            name=self._outcome_name(parts),
            effects=tuple([(name, reader.expression(value, chosen)) for name, value in effects.items()]),
            when=reader.expression(parts["when"], chosen) if "when" in parts else TRUE,
            fair=reader.flag(parts["fair"], "'fair'") if "fair" in parts else False,
        )
        for variable, value in effects.items():
            reader.places.mark(made, reader.text.lines.at(value.key_at), f"effect on {variable}")
        return reader.places.mark(made, reader.where(parts.get("name", node)))

    def _outcome_name(self, parts: Mapping[str, Node]) -> str:
        if "name" not in parts or parts["name"].value == "":
            return ""
        return self.reader.label(parts["name"], "the name of an outcome")

    def _domain(self, node: Node) -> Domain:
        reader = self.reader
        if node.value == "bool":
            return BOOL
        if isinstance(node.value, dict) and "range" in node.value:
            bounds = reader.items(reader.object(node, "a range", ("range",))["range"], "'range'")
            if len(bounds) != 2:
                raise reader.fault(node, "TP171", "'range' must have two numbers", 'write {"range": [lo, hi]}')
            lo, hi = [reader.whole(bound, "a bound of 'range'") for bound in bounds]
            return reader.places.mark(Range(lo, hi), reader.where(node))
        if isinstance(node.value, dict) and "enum" in node.value:
            parts = reader.object(node, "an enum", ("enum",), ("name",))
            title = reader.string(parts["name"], "'name'") if "name" in parts else ""
            return reader.places.mark(Enum(title, reader.labels(parts["enum"], "'enum'")), reader.where(node))
        hint = 'write "bool", {"enum": [member, …]} or {"range": [lo, hi]}'
        raise reader.fault(node, "TP175", "this is not a domain", hint)

    def _doc(self, parts: Mapping[str, Node]) -> str:
        return self.reader.string(parts["doc"], "'doc'") if "doc" in parts else ""


def _check_schema(reader: Reader, node: Node) -> None:
    if reader.string(node, "'schema'") != SCHEMA:
        raise reader.fault(node, "TP170", f"this is not a model of the form {SCHEMA}", f'write "{SCHEMA}"')


def _unless(default: Json, **members: Json) -> dict[str, Json]:
    """Return the members that do not have the default value."""
    return {key: value for key, value in members.items() if value != default}


def _configuration_document(variable: ConfigurationVariable) -> Json:
    return {
        "name": variable.name,
        "domain": _domain_document(variable.domain),
        "decided_by": variable.decided_by.value,
        **_unless("", doc=variable.doc),
        **source_document(variable.source),
    }


def _variable_document(variable: Variable) -> Json:
    seen_by = variable.visible_to
    return {
        "name": variable.name,
        "domain": _domain_document(variable.domain),
        "component": variable.component,
        "start": None if variable.start is None else [expression_document(e) for e in variable.start],
        **_unless(None, visible_to=None if seen_by is None else list(seen_by)),
        **_unless("", doc=variable.doc),
    }


def _derived_document(derived: Derived) -> Json:
    return {
        "name": derived.name,
        "definition": expression_document(derived.definition),
        **_unless("", doc=derived.doc),
        **source_document(derived.source),
    }


def _action_document(action: Action) -> Json:
    parameters: list[Json] = [{"name": p.name, "domain": _domain_document(p.domain)} for p in action.parameters]
    return {
        "name": action.name,
        "actor": action.actor,
        "component": action.component,
        **_unless([], parameters=parameters),
        "guard": expression_document(action.guard),
        "outcomes": [_outcome_document(o) for o in action.outcomes],
        **_unless("none", fairness=action.fairness.value),
        **_unless(False, each=action.each),
        **_unless(0, price=action.price),
        **_duration_document(action.duration),
        **_unless([], joins=list(action.joins)),
        **_unless("", doc=action.doc),
        **source_document(action.source),
    }


def _duration_document(duration: Duration | None) -> dict[str, Json]:
    """Return the member ``takes`` of an action; none if it has no duration."""
    if duration is None:
        return {}
    bounds = {**_unless(0, at_least=duration.lo), **_unless(None, at_most=duration.hi)}
    return {"takes": {**bounds, **source_document(duration.source)}}


def _outcome_document(outcome: Outcome) -> Json:
    return {
        **_unless("", name=outcome.name),
        "effects": {name: expression_document(value) for name, value in outcome.effects},
        **_unless(True, when=expression_document(outcome.when)),
        **_unless(False, fair=outcome.fair),
    }


def _domain_document(domain: Domain) -> Json:
    match domain:
        case Bool():
            return "bool"
        case Enum():
            return {"enum": list(domain.members), **_unless("", name=domain.name)}
        case Range():
            return {"range": [domain.lo, domain.hi]}


def _laid_out(value: Json) -> str:
    if not isinstance(value, list) or not any(isinstance(item, (list, dict)) for item in value):
        return _compact(value)
    return "[\n  " + ",\n  ".join(_compact(item) for item in value) + "\n]"


def _compact(value: Json) -> str:
    return json.dumps(value, ensure_ascii=False)
