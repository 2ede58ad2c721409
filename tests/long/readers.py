"""Everything of ours that reads data from outside: what it is given when all is well, and how it is asked."""

from __future__ import annotations

import contextlib
import hashlib
import json
import sys
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from random import Random
from typing import Any

from tests.cli.conftest import DOOR
from tests.long.agreement import subjects
from tests.long.bombs import BOMBS
from tests.long.broken import CERTIFIER, ENDINGS, HOSTILE_OUTPUTS, ODD_WORDS, OPTIONS, OUTPUTS, SOLVERS
from tests.long.campaign import examples
from tests.long.commands import Main
from tests.long.mutations import ODD_TOKENS, at_bytes, at_structure, at_tokens
from tests.unit.model.test_document import EVERYTHING

import tunnelproof_certify
from tunnelproof.cli import main
from tunnelproof.errors import TunnelproofError
from tunnelproof.interchange.certificate_folder import CertificateFolder
from tunnelproof.interchange.expectations import expectations_document, expectations_of
from tunnelproof.interchange.model_source import ModelSource, document_text, load_model
from tunnelproof.model.language.document import read_system
from tunnelproof.model.language.expressions import Expr
from tunnelproof.model.language.formula import format_formula
from tunnelproof.properties.claims import expressions_of
from tunnelproof.properties.document import read_claims_file
from tunnelproof.properties.document import to_json as claims_text
from tunnelproof.verification.prove import prove

LEVELS = ("bytes", "tokens", "structure")
LIMITS = ("--timeout", "0.5", "--max-states", "2000")  # what stays a model is not what should take the time
SYSTEMS = 8  # random ones, for each shard


@dataclass(frozen=True)
class Attempt:
    """One input and the command that reads it. ``file`` has the fault, if some file does."""

    main: Main
    arguments: tuple[str, ...]
    changed: str
    allowed: frozenset[int]
    file: str = ""
    certifier: bool = False


class Material:
    """Valid inputs of all kinds, made from the shipped models, the tests' own and random ones, in a folder."""

    def __init__(self, folder: Path, seed: int) -> None:
        self.folder = folder
        self.sources = [self._door, ModelSource("everything", EVERYTHING, ()), load_model("smallest")]
        found: list[Any] = []
        examples(subjects(), SYSTEMS, seed, found.append)
        self.sources += [ModelSource("random", system, tuple(claims)) for system, claims in found]
        self._fresh = 0
        self._fill(folder)

    @cached_property
    def _door(self) -> ModelSource:
        path = self.folder / "door.py"
        path.write_text(DOOR, encoding="utf-8")
        return load_model(str(path))

    def _fill(self, folder: Path) -> None:
        """Write the valid files that commands are asked about."""
        folder.mkdir(exist_ok=True)
        (folder / "door.py").write_text(DOOR, encoding="utf-8")
        (folder / "door.json").write_text(self.door, encoding="utf-8")
        (folder / "expected.json").write_text(self.expectations[0], encoding="utf-8")
        (folder / "certificate.json").write_text(self.certificates[0], encoding="utf-8")

    def fresh(self) -> Path:
        """Return a new folder with the valid files."""
        self._fresh += 1
        folder = self.folder / f"fresh{self._fresh}"
        self._fill(folder)
        return folder

    def write(self, name: str, content: bytes) -> str:
        """Write a file and return its path."""
        path = self.folder / name
        path.write_bytes(content)
        return str(path)

    @cached_property
    def door(self) -> str:
        """The small model as JSON."""
        return document_text(self._door)

    @cached_property
    def models(self) -> list[str]:
        """Models as JSON; of some with formulas as text. The shipped one is large, so it is rare."""
        texts = [document_text(source) for source in self.sources]
        return [*texts[:2], *texts[3:], *(_in_words(text) for text in texts if text != texts[2])] * 3 + [texts[2]]

    @cached_property
    def formulas(self) -> list[str]:
        """Formulas as text, over all that there is to speak of."""
        exprs: list[Expr] = [e for source in self.sources for claim in source.claims for e in expressions_of(claim)]
        exprs += [derived.definition for source in self.sources for derived in source.system.derived]
        own = ["fitted and not painted", "quality = breaks implies fitted", "quality in {lasts, 'breaks'}", "true"]
        return own * 10 + [format_formula(expr) for expr in exprs]

    @cached_property
    def expectations(self) -> list[str]:
        """Pinned verdicts."""
        outcome = prove(self._door.system, self._door.claims[:3], engine="reference")
        return [json.dumps(expectations_document(expectations_of(outcome)), indent=2)]

    @cached_property
    def certificates(self) -> list[str]:
        """Certificates of all kinds of evidence, the first by an invariant; of trade-offs without those beside them."""
        texts = []
        asked = [(self._door, "smt"), *((source, "auto") for source in (self._door, *self.sources[3:5]))]
        for place, (source, engine) in enumerate(asked):
            folder = self.folder / f"certificates{place}"
            claims = source.claims if engine == "auto" else source.claims[:1]
            with contextlib.suppress(TunnelproofError):  # an assignment of a random system may leave its domain
                prove(source.system, claims, engine=engine, sink=CertificateFolder(folder, source.system))
            texts += [path.read_text(encoding="utf-8") for path in sorted(folder.iterdir())]
        return texts


def _in_words(text: str) -> str:
    """Return a model with its guards written as formulas."""
    document = json.loads(text)
    for action, read in zip(document["actions"], read_system(text).actions, strict=True):
        action["guard"] = {"formula": format_formula(read.guard)}
    return json.dumps(document, indent=1)


def changed(rng: Random, level: str, text: str) -> bytes:
    """Return a JSON text changed on the level."""
    if level == "bytes":
        return at_bytes(rng, text.encode("utf-8"))
    made = at_tokens(rng, text) if level == "tokens" else at_structure(rng, json.loads(text))
    return made.encode("utf-8", "surrogatepass")


# --- readers ----------------------------------------------------------------------------------------------------------


def model(rng: Random, level: str, material: Material) -> Attempt:
    """A model in JSON with its claims: what is read by every command."""
    text = rng.choice(material.models)
    if level == "structure" and rng.random() < 0.2:
        document = json.loads(text)
        rng.choice(BOMBS)(rng, document)
        content = json.dumps(document).encode()
    else:
        content = changed(rng, level, text)
    return _about_model(rng, material.write("model.json", content), content)


def claims_in_model(rng: Random, level: str, material: Material) -> Attempt:
    """The claims in a model's file."""
    document = json.loads(rng.choice([material.door, *(t for t in material.models if '"claims"' in t)]))
    claims = changed(rng, level, json.dumps(document.pop("claims"), indent=1))
    content = json.dumps(document)[:-1].encode() + b',\n"claims": ' + claims + b"}"
    return _about_model(rng, material.write("model.json", content), claims)


def _about_model(rng: Random, path: str, content: bytes) -> Attempt:
    commands: tuple[tuple[str, ...], ...] = (
        *[("show", path)] * 40,
        *[("show", path, "--output-format", "json")] * 8,
        ("lint", path, *LIMITS),
        ("export", path, "--to", rng.choice(("promela", "murphi", "smv"))),
        ("export", path, "*", "--to", rng.choice(("promela", "murphi", "smv"))),
        *[("prove", path, "--engine", "reference", *LIMITS)] * 2,
        ("prove", path, "--engine", "diagram", *LIMITS),
    )
    rare = ("prove", path, "--engine", rng.choice(("explicit", "auto", "smt")), *LIMITS)
    arguments = rare if rng.random() < 0.003 else rng.choice(commands)
    return Attempt(main, arguments, ascii(content), frozenset({0, 10, 20, 2, 3, 4}), path)


def claims_file(rng: Random, level: str, material: Material) -> Attempt:
    """A file of claims, which only programs read."""
    source = rng.choice([s for s in material.sources if s.claims and s.shown != "smallest"])
    content = changed(rng, level, claims_text(source.claims))
    path = material.write("claims.json", content)

    def read(arguments: Sequence[str]) -> int:
        try:
            read_claims_file(arguments[0], source.system)
        except TunnelproofError as fault:
            print(fault, file=sys.stderr)
            return fault.status
        return 0

    return Attempt(read, (path,), ascii(content), frozenset({0, 3}), path)


def formula(rng: Random, level: str, material: Material) -> Attempt:
    """A formula for --where."""
    text = rng.choice(material.formulas)
    if level == "bytes":
        text = at_bytes(rng, text.encode("utf-8")).decode("utf-8", "surrogateescape")
    elif level == "tokens":
        text = at_tokens(rng, text)
    else:
        link = rng.choice(
            ("not ", "(", "if ", f"({text}) and ", f"{text} implies ", "-", "min(", "x in {", "next(", "+")
        )
        times = rng.choice((2, 100, 199, 200, 201, 1_000, 50_000))
        text = link * times + text + rng.choice((")", "", " then x else y", "}")) * times
    door = str(material.folder / "door.json")
    arguments: tuple[str, ...] = ("export", door, "--to", "promela", "--where", text)
    if rng.random() < 0.1:
        arguments = ("prove", door, "reach.open", "--engine", "reference", *LIMITS, "--where", text)
    return Attempt(main, arguments, ascii(text), frozenset({0, 10, 20, 2, 4}))


def expectations(rng: Random, level: str, material: Material) -> Attempt:
    """Pinned verdicts."""
    content = changed(rng, level, rng.choice(material.expectations))
    path = material.write("pinned.json", content)
    asked = ("prove", str(material.folder / "door.json"), "reach.open", "--engine", "reference", "--expect", path)
    return Attempt(main, asked, ascii(content), frozenset({0, 10, 3}), path)


def certificate(rng: Random, level: str, material: Material) -> Attempt:
    """A certificate, for the program that checks it. Half of those whose structure is changed have a fitting hash."""
    text = rng.choice(material.certificates)
    document = json.loads(text)
    if level == "structure" and rng.random() < 0.2:
        rng.choice(BOMBS)(rng, document["model"]["document"])
        text = json.dumps(document)
    content = changed(rng, level, text) if level != "structure" or rng.random() < 0.9 else text.encode()
    if level == "structure" and rng.random() < 0.5:
        content = _hashed_again(content)
    path = material.write("changed.certificate.json", content)
    return Attempt(tunnelproof_certify.main, (path,), ascii(content), frozenset({0, 10, 20, 3}), path, certifier=True)


def _hashed_again(content: bytes) -> bytes:
    try:
        document = json.loads(content)
        text = tunnelproof_certify.canonical(document["model"]["document"])
        document["model"]["sha256"] = hashlib.sha256(text.encode("utf-8")).hexdigest()
        return json.dumps(document).encode()
    except (ValueError, LookupError, TypeError, AttributeError, RecursionError):
        return content


def program(rng: Random, level: str, material: Material) -> Attempt:
    """A model in Python that is broken."""
    if level == "bytes":
        content = at_bytes(rng, DOOR.encode())
    elif level == "tokens":
        content = at_tokens(rng, DOOR).encode("utf-8", "surrogatepass")
    else:
        lines = DOOR.splitlines()
        lines.insert(rng.choice((len(lines), len(lines), rng.randrange(len(lines)))), rng.choice(ENDINGS))
        content = "\n".join(lines).encode("utf-8", "surrogatepass")
    path = material.write("model.py", content)
    attempt = _about_model(rng, path, content)
    return Attempt(attempt.main, attempt.arguments, attempt.changed, attempt.allowed | {130}, path)


def options(rng: Random, level: str, material: Material) -> Attempt:
    """What is written on the command line. Where something is written to is never made up."""
    words = _changed_words(rng, level, rng.choice(OPTIONS))
    words = [rng.choice(HOSTILE_OUTPUTS) if before in OUTPUTS else word for before, word in _pairs(words)]
    folder = material.fresh()
    return Attempt(_inside(folder, main), tuple(words), ascii(words), frozenset({0, 10, 20, 2, 3, 4, 74}))


def certifier_options(rng: Random, level: str, material: Material) -> Attempt:
    """What is written on the command line of the program that checks certificates. No solver is made up."""
    words = _changed_words(rng, level, rng.choice(CERTIFIER))
    words = [rng.choice(SOLVERS) if "--solver".startswith(before or "?") else word for before, word in _pairs(words)]
    folder = material.fresh()
    run = _inside(folder, tunnelproof_certify.main)
    return Attempt(run, tuple(words), ascii(words), frozenset({0, 10, 20, 2, 3}), certifier=True)


def _changed_words(rng: Random, level: str, written: Sequence[str]) -> list[str]:
    words = list(written)
    for _ in range(rng.choice((1, 1, 2))):
        if not words or rng.random() < 0.05:
            words.append(rng.choice(ODD_WORDS))
        place, other = rng.randrange(len(words)), rng.choice(words)
        if level == "bytes":
            text = at_bytes(rng, words[place].encode("utf-8", "surrogatepass"))
            words[place] = text.decode("utf-8", "surrogateescape")
        elif level == "tokens":
            words[place] = rng.choice((*ODD_TOKENS, *ODD_WORDS))
        elif rng.random() < 0.5:
            words.insert(place, other)
        else:
            words[place] = other
    return [word.replace("\0", "") for word in words]


def _pairs(words: Sequence[str]) -> list[tuple[str, str]]:
    """Return each word with the one before it."""
    return list(zip(("", *words), words, strict=False))


def _inside(folder: Path, command: Main) -> Main:
    def run(arguments: Sequence[str]) -> int:
        with contextlib.chdir(folder):
            return command(arguments)

    return run


Reader = Callable[[Random, str, Material], Attempt]
READERS: dict[str, tuple[Reader, int]] = {  # and how many of forty attempts
    "model": (model, 12),
    "claims in a model": (claims_in_model, 5),
    "claims file": (claims_file, 2),
    "formula": (formula, 4),
    "expectations": (expectations, 3),
    "certificate": (certificate, 6),
    "model in Python": (program, 3),
    "options": (options, 4),
    "options of the certifier": (certifier_options, 1),
}
