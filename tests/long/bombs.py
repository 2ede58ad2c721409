"""Models that are small to write and large to think about, or nearly equal where they must differ."""

from __future__ import annotations

from collections.abc import Callable
from random import Random
from typing import Any

Document = dict[str, Any]


def doubling(rng: Random, model: Document) -> None:
    """Add derived names, each of which stands twice in the next."""
    name = rng.choice(model["variables"])["name"]
    for step in range(rng.choice((10, 16, 60))):
        body = ["=", name, name]
        model.setdefault("derived", []).append({"name": f"twice{step}", "definition": body})
        name = f"twice{step}"
    model["actions"][0]["guard"] = name


def wide(rng: Random, model: Document) -> None:
    """Add an action with a very wide formula."""
    name = model["variables"][0]["name"]
    model["actions"][0]["guard"] = ["or", *([["=", name, name]] * rng.choice((1_000, 20_000, 200_000)))]


def chain(rng: Random, model: Document) -> None:
    """Write a formula as text that is a long chain, nested on one side."""
    name = model["variables"][0]["name"]
    link = rng.choice(("not ", "(", f"{name} = {name} implies ", "-", "- ", "if ", "next(", "min(1, "))
    model["actions"][0]["guard"] = {"formula": link * rng.choice((100, 300, 10_000)) + "true"}


def huge(rng: Random, model: Document) -> None:
    """Give the largest domains that there may be, and larger ones."""
    largest = rng.choice((65_535, 65_536, 2**31 - 2, 10**18))
    for number in range(rng.choice((1, 4, 40))):
        name = f"huge{number}"
        model["variables"].append({"name": name, "domain": {"range": [0, largest]}, "component": "x", "start": [0]})
        model["actions"][0].setdefault("outcomes", [{}])[0].setdefault("effects", {})[name] = largest


def choices(rng: Random, model: Document) -> None:
    """Give an action parameters with more choices than can be listed."""
    largest = rng.choice((1, 255, 65_535))
    model["actions"][0]["parameters"] = [
        {"name": f"choice{number}", "domain": {"range": [0, largest]}} for number in range(rng.choice((2, 5, 30)))
    ]


def many(rng: Random, model: Document) -> None:
    """Declare very many variables, settings or actions."""
    count = rng.choice((100, 500, 3_000))
    kind = rng.choice(("variables", "configuration", "actions"))
    for number in range(count):
        if kind == "actions":
            model["actions"].append({**model["actions"][0], "name": f"many{number}"})
        elif kind == "configuration":
            part: Document = {"name": f"many{number}", "domain": "bool", "decided_by": "setting"}
            model.setdefault("configuration", []).append(part)
        else:
            part = {"name": f"many{number}", "domain": "bool", "component": "x", "start": [False]}
            model["variables"].append(part)
            model["actions"][0]["outcomes"][0].setdefault("effects", {})[f"many{number}"] = True


def product(rng: Random, model: Document) -> None:
    """Multiply until 64 bits are not enough, or nearly."""
    name = "factor"
    model["variables"].append({"name": name, "domain": {"range": [0, 65_535]}, "component": "x", "start": [1]})
    times = rng.choice((2, 3, 4, 5, 100))
    body: Any = name
    for _ in range(times):
        body = ["*", body, name]
    model["actions"][0]["outcomes"][0].setdefault("effects", {})[name] = ["mod", body, rng.choice((1, 7, 2**62, 0))]


def twins(rng: Random, model: Document) -> None:
    """Declare names that look the same."""
    one, other = rng.choice((("K", "\u212a"), ("ﬁ", "fi"), ("é", "e\u0301"), ("a", "A"), ("x²", "x2"), ("ß", "ss")))
    where = rng.choice(("variables", "configuration", "actions"))
    for name in (one, other):
        copy = {**(model.get(where) or model["variables"])[0], "name": name}
        model.setdefault(where, []).append(copy)


def circle(rng: Random, model: Document) -> None:
    """Define names by one another, round and round."""
    count = rng.choice((1, 2, 5_000))
    names = [f"round{number}" for number in range(count)]
    model["derived"] = [{"name": n, "definition": m} for n, m in zip(names, [*names[1:], names[0]], strict=True)]


BOMBS: tuple[Callable[[Random, Document], None], ...] = (
    doubling,
    wide,
    chain,
    huge,
    choices,
    many,
    product,
    twins,
    circle,
)
