"""Hostile names and texts through everything that writes: what is shown obeys nothing, what is data stays the same."""

from __future__ import annotations

import ast
import itertools
import json
import keyword
import re
import shutil
import subprocess
import tempfile
import unicodedata
from collections import Counter
from functools import cached_property
from pathlib import Path
from typing import Any
from xml.etree import ElementTree

from hypothesis import strategies as st
from tests.cli.conftest import DOOR
from tests.cli.hostile import FORBIDDEN, TEXTS, hostile_model
from tests.long.campaign import Campaign, Tally, examples
from tests.long.commands import Ended, Main
from tests.long.commands import run as run_command
from tests.peers.tools import NUSMV

import tunnelproof_certify
from tunnelproof.cli import main
from tunnelproof.conformance import as_plain_test
from tunnelproof.evidence.verdict import Verdict
from tunnelproof.interchange.export.reserved import MURPHI, PROMELA, SMV
from tunnelproof.interchange.model_source import ModelSource, load_model
from tunnelproof.model.language.document import read_system
from tunnelproof.model.language.grammar import RESERVED
from tunnelproof.model.language.wellformed import LABEL, NAME
from tunnelproof.verification.prove import prove

ROLES = ("is_open", "broken", "painted", "push", "close", "visitor", "breaks", "door", "safety.never-open", "works")
ENGINE = ("--engine", "reference")
TOOLS_EVERY, PICTURE_EVERY = 40, 4  # names
MARKS = re.compile(r"HREF|URL|href|image|shapefile|=\s*<")  # of DOT: what leads somewhere, and labels that are HTML

_LETTERS = "aZ_09éßŁΩяאبم한字ｱﾠㅤᅟªº²ǆŉİıſK𝒜𐐀\u0671\u1160\u0e33\ufdfa"
_WORDS = sorted(
    {*PROMELA.words, *MURPHI.words, *SMV.words, *keyword.kwlist, "adapter", "expected", "__import__", "init"}
)


def _labels() -> st.SearchStrategy[str]:
    """Names that the language allows: in many scripts, invisible, very long, or words that other languages keep."""
    word = st.one_of(
        st.sampled_from(_WORDS),
        st.text(_LETTERS, min_size=1, max_size=12),
        st.text(st.characters(categories=["L", "N"])),
    )
    parts = st.lists(word.filter(bool), min_size=1, max_size=4)
    label = st.builds(lambda sign, found: sign.join(found), st.sampled_from((".", "_", "-", " ")), parts)
    long = st.builds(lambda found: (found * 100)[:90], label)
    return st.one_of(label, label, long).map(lambda text: unicodedata.normalize("NFC", text)[:90])


_FRAGMENTS = (
    *(
        "\x1b[",
        "\x1b]8;;http://x\x07",
        "\r",
        "\n",
        "\x00",
        "\x08",
        "\x9b",
        "\x85",
        "\u2028",
        "\u202e",
        "\u2066",
        "\u200d",
    ),
    *("\ufeff", "\u00ad", "\U000e0001", "\ue000", "\\", "\\n", "\\x1b", '"', "'", '"""', "'''", "*/", "/*", "//", "--"),
    *("{", "}", "{0}", "${x}", "#", "%", "%n", "`", "$(x)", "<", ">", "</text>", "]]>", "<!--", "&lt;", "&#0;", "&"),
    *(
        "::set-output name=x::",
        "=cmd|'x'!A1",
        "\\l",
        "\\N",
        "};",
        '"];',
        "\nimport os\nos.abort()\n",
        "\\\n",
        "\u0301" * 50,
    ),
    *(
        "a" * 5_000,
        "\\u{202e}",
        "\\ud800",
        "\U0010ffff",
        "\ufffe",
        "\ud7ff",
        "\U0001f468\u200d\U0001f469",
        "\u0600",
        "\t",
    ),
)


def _texts() -> st.SearchStrategy[str]:
    """Texts that try to do something: what is known to, pieces of it put together, and any characters at all."""
    pieces = st.lists(st.sampled_from((*_FRAGMENTS, *TEXTS)), min_size=1, max_size=5).map("".join)
    return st.one_of(st.sampled_from(TEXTS), pieces, pieces, st.text(st.characters(codec="utf-8")))


class Subject:
    """The small model with hostile names in all roles and a hostile text wherever any text may be."""

    def __init__(self, folder: Path, door: ModelSource, label: str, text: str, turn: int) -> None:
        self.folder, self.text, self.turn = folder, text, turn
        self.names = {role: self._fitting(role, label, place) for place, role in enumerate(ROLES)}
        self.document = _renamed(hostile_model(door, text), self.names)
        self.path = str(folder / "model.json")
        (folder / "model.json").write_text(json.dumps(self.document), encoding="utf-8")

    def _fitting(self, role: str, label: str, place: int) -> str:
        """Return a name for the role: the label as it is for one of them, with a number at the end for the others."""
        name = label if place == self.turn % len(ROLES) else f"{label}{place}x"
        if role in ("is_open", "broken", "painted", "works"):  # what expressions read has fewer signs
            name = re.sub(r"[- ]", "_", name)
            name = (
                name if NAME.fullmatch(name) and name not in RESERVED else f"v{place}_{re.sub(r'[^_a-z0-9]', '', name)}"
            )
        return name if LABEL.fullmatch(name) or NAME.fullmatch(name) else f"label{place}"

    @property
    def claim(self) -> str:
        """The claim that is refuted."""
        return self.names["safety.never-open"]

    @cached_property
    def source(self) -> ModelSource:
        """The model as it is read."""
        return load_model(self.path)


def _renamed(written: Any, names: dict[str, str]) -> Any:
    match written:
        case str():
            return names.get(written, written)
        case list():
            return [_renamed(item, names) for item in written]
        case dict():
            return {names.get(key, key): _renamed(value, names) for key, value in written.items()}
    return written


def run(trials: int, seed: int, tally: Tally) -> None:
    """Send so many names through all sinks."""
    turn = itertools.count()
    with tempfile.TemporaryDirectory(prefix="names") as folder:
        path = Path(folder, "door.py")
        path.write_text(DOOR, encoding="utf-8")
        door = load_model(str(path))
        tame = _code(Subject(Path(folder), door, "tame", "tame", 0))

        def send(drawn: tuple[str, str]) -> None:
            number = next(turn)
            place = Path(folder, str(number))
            place.mkdir()
            with tally.trial(lambda: f"label {ascii(drawn[0])}, text {ascii(drawn[1])}, turn {number}"):
                through(Subject(place, door, *drawn, number), tame, tally.counts)
            tally.counts["names"] += 1
            shutil.rmtree(place)

        examples(st.tuples(_labels(), _texts()), trials, seed, send)


def through(subject: Subject, tame: str, counts: Counter[str]) -> None:
    """Send one subject through every sink."""
    terminal(subject, counts)
    data(subject, counts)
    files(subject, counts)
    messages(subject, counts)
    exports(subject, counts)
    pictures(subject, counts)
    assert _code(subject) == tame, "the generated test has other code than a harmless model's"
    counts["generated test"] += 1


def _said(status: int, *arguments: str, command: Main = main) -> Ended:
    """Run a command, which has to end with the status and to say nothing that a terminal obeys."""
    ended = run_command(command, arguments)
    faults = list(ended.faults())
    assert not faults, (faults, arguments, ended.err)
    assert ended.status == status, (ended.status, arguments, ended.err)
    obeyed = FORBIDDEN & set((ended.out + ended.err).replace("\t", ""))
    assert not obeyed, (arguments, obeyed)
    return ended


def terminal(subject: Subject, counts: Counter[str]) -> None:
    """What is shown to people."""
    _said(0, "show", subject.path)
    _said(0, "explain", subject.path, subject.claim, *ENGINE)
    _said(10, "lint", subject.path)
    colour = "always" if subject.turn % 2 else "never"
    ended = run_command(main, ("prove", subject.path, subject.claim, *ENGINE, "--color", colour, "-v"))
    assert ended.status == 10, ended.err
    seen = re.sub(r"\x1b\[[0-9;]*m", "", ended.out)  # our own colours
    assert not FORBIDDEN & set(seen), FORBIDDEN & set(seen)
    assert ("\x1b" in ended.out) == (colour == "always")
    counts["terminal text"] += 4


def data(subject: Subject, counts: Counter[str]) -> None:
    """What programs read: it has the same names and texts as before."""
    shown = _said(0, "show", subject.path, "--output-format", "json").out
    again = json.loads(shown)
    assert again.get("title", "") == again["actions"][0].get("doc", "") == subject.text
    assert again["claims"][0]["sentence"] == subject.text
    assert read_system(shown) == subject.source.system
    (subject.folder / "again.json").write_text(shown, encoding="utf-8")
    assert load_model(str(subject.folder / "again.json")).claims == subject.source.claims
    outcome = json.loads(_said(10, "prove", subject.path, subject.claim, *ENGINE, "--output-format", "json").out)
    (claim,) = outcome["claims"]
    assert (claim["id"], claim["sentence"]) == (subject.claim, subject.text)
    counts["JSON"] += 2


def files(subject: Subject, counts: Counter[str]) -> None:
    """What is written to files that are named after claims, or has their names in it."""
    folder, pinned = subject.folder / "certificates", str(subject.folder / "pinned.json")
    asked = ("prove", subject.path, subject.claim, "closing", *ENGINE)
    _said(10, *asked, "--certificates", str(folder), "--write-expect", pinned)
    names = [entry.name for entry in folder.iterdir()]
    assert len(names) == 5 and all(entry.is_file() for entry in folder.iterdir()), names
    assert all(re.fullmatch(r"[a-z0-9_][a-z0-9._+-]*\.certificate\.json", name) for name in names), names
    beside = sorted(entry.name for entry in subject.folder.iterdir())
    assert beside == ["again.json", "certificates", "model.json", "pinned.json"], beside
    paths = [str(folder / name) for name in names]
    _said(0, *paths, command=tunnelproof_certify.main)
    documents = [json.loads(Path(path).read_text(encoding="ascii")) for path in paths]
    assert subject.claim in [document["claim"]["id"] for document in documents]
    assert all(document["model"]["document"].get("title", "") == subject.text for document in documents)
    _said(0, *asked, "--expect", pinned)
    counts["certificates"] += len(paths)
    counts["expectations"] += 1


def messages(subject: Subject, counts: Counter[str]) -> None:
    """What is said of something that is wrong, in one line."""
    text = subject.text.replace("\0", "")
    broken = {**subject.document, "name": subject.text + "!", "actors": [subject.text]}
    (subject.folder / "broken.json").write_text(json.dumps(broken), encoding="utf-8")
    asked = [
        ((3,), ("show", str(subject.folder / "broken.json"))),
        ((2, 3), ("show", f"x{text}"[:200])),
        ((4,), ("prove", subject.path, f"x!{text}")),
        ((2, 4), ("prove", subject.path, subject.claim, "--where", f"({text}")),
        ((2,), ("prove", subject.path, "--engine", f"x{text}")),
    ]
    for statuses, command in asked:
        ended = run_command(main, command)
        assert not list(ended.faults()) and ended.status in statuses, (command, ended)
        assert not FORBIDDEN & set(ended.err) and ended.out == "" and ended.err.count("\n") == 1, (command, ended.err)
    (subject.folder / "broken.json").unlink()
    counts["messages"] += len(asked)


def exports(subject: Subject, counts: Counter[str]) -> None:
    """Models for other checkers: plain text in ASCII, in which no comment or string is left by what is in it."""
    for language in ("promela", "murphi", "smv"):
        text = _said(0, "export", subject.path, "*", "--to", language).out
        assert text.isascii()
        assert "os.abort" not in _without_comments(text, language), language
        counts[language] += 1
        if subject.turn % TOOLS_EVERY == 0:
            _accepted(subject.folder, text, language, counts)


def _without_comments(text: str, language: str) -> str:
    return re.sub(r"--.*", "", text) if language != "promela" else re.sub(r"/\*.*?\*/|//.*", "", text, flags=re.DOTALL)


def _accepted(folder: Path, text: str, language: str, counts: Counter[str]) -> None:
    """Have the tool itself read the text, where it is installed."""
    tools = {
        "promela": ("spin", "-a", "m"),
        "murphi": ("rumur", "--output", "m.c", "m"),
        "smv": (NUSMV, "-quiet", "m"),
    }
    command = tools[language]
    if not command[0] or shutil.which(command[0]) is None:
        counts[f"{language}: nothing to read it with"] += 1
        return
    where = folder / language
    where.mkdir()
    (where / "m").write_text(text, encoding="ascii")
    done = subprocess.run(command, cwd=where, capture_output=True, text=True, timeout=120, check=False)
    said = done.stdout + done.stderr
    assert done.returncode == 0 and "syntax error" not in said, (language, said[:500])
    counts[f"{language}: read by {Path(command[0]).name}"] += 1


def pictures(subject: Subject, counts: Counter[str]) -> None:
    """DOT and SVG: labels alone."""
    dot = _said(0, "graph", subject.path, subject.claim, *ENGINE).out
    syntax = re.sub(r'"(?:[^"\\]|\\.)*"', "", dot, flags=re.DOTALL)  # what stands outside quotes
    assert not MARKS.search(syntax) and syntax.count("{") == syntax.count("}") == 1, syntax
    counts["DOT"] += 1
    if subject.turn % PICTURE_EVERY or shutil.which("dot") is None:
        return
    target = subject.folder / "picture.svg"
    _said(0, "graph", subject.path, subject.claim, *ENGINE, "--output", str(target))
    elements = list(ElementTree.parse(target).getroot().iter())
    tags = {element.tag.rpartition("}")[2] for element in elements}
    assert tags <= {"svg", "g", "title", "text", "polygon", "path", "ellipse", "polyline"}, tags
    attributes = {name.lower() for element in elements for name in element.attrib}
    assert not [name for name in attributes if "href" in name or name.startswith("on")]
    counts["SVG"] += 1


def _code(subject: Subject) -> str:
    """Return the generated test of the refuted claim, with everything that is a value left out."""
    source = subject.source
    claim = next(claim for claim in source.claims if claim.id == subject.claim)
    cell = prove(source.system, [claim], engine="reference")[claim.id].cell(Verdict.REFUTED)
    assert cell is not None
    tree = ast.parse(as_plain_test(cell.evidence.runs[0], source.system, "test_it"))
    for node in ast.walk(tree):
        if isinstance(node, ast.Constant):
            node.value = type(node.value).__name__
    return ast.dump(tree)


def unmet(counts: Counter[str]) -> list[str]:
    """Name the sinks that were not reached by each name."""
    missing = [] if counts["names"] >= 2_000 else [f"{counts['names']:,} names"]
    sinks = ("terminal text", "JSON", "certificates", "expectations", "messages", "promela", "murphi", "smv", "DOT")
    missing += [f"{sink}: not every name" for sink in (*sinks, "generated test") if counts[sink] < counts["names"]]
    return missing + ([] if counts["SVG"] >= counts["names"] // PICTURE_EVERY else ["no pictures: dot is missing"])


CAMPAIGN = Campaign(
    name="names",
    sentence="a hostile name and text, everywhere in a model, through everything that writes",
    run=run,
    trials=2_000,
    slice=20,
    shard=100,
    target="2,000 names through every sink; nothing obeyed, nothing changed, every file well-formed",
    unmet=unmet,
)
