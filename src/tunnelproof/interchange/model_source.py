"""What the command line calls MODEL: the name of a shipped model, a JSON file, or a Python file.

A JSON file is data: reading it runs nothing. A Python file is a program and is run, so it is only ever read because
somebody named it. It has to define ``system`` and may define ``claims``.
"""

from __future__ import annotations

import contextlib
import importlib.util
import json
import os
import sys
import traceback
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path
from types import ModuleType

from tunnelproof.errors import Location, ModelError, TunnelproofError, near
from tunnelproof.model import catalogue
from tunnelproof.model.language.shape import check_shape
from tunnelproof.model.language.system import System
from tunnelproof.model.language.wellformed import check_system
from tunnelproof.properties.claims import Claim


@dataclass(frozen=True)
class ModelSource:
    """A model with its claims. ``shown`` is how a command has to call it."""

    shown: str
    system: System
    claims: tuple[Claim, ...]


def load_model(written: str) -> ModelSource:
    """Return the model that ``written`` means. Raise a `TunnelproofError` with the place of the first fault."""
    if written in catalogue.names():
        from tunnelproof.properties.catalogue import claims_for

        return ModelSource(written, catalogue.load(written), tuple(claims_for(written)))
    if written.endswith(".json"):
        return _from_json(written)
    if written.endswith(".py"):
        return _from_python(Path(written), written)
    known = catalogue.names()
    hint = near(written[:100], known) + "; or give a .json or .py file"
    raise ModelError("TP142", f"no shipped model is called {written[:100]!r}", hint=hint)


def document_text(source: ModelSource) -> str:
    """Return the JSON text of the model with its claims, which `load_model` reads from a file."""
    from tunnelproof.model.language.document import to_json
    from tunnelproof.properties.document import to_document

    text = to_json(source.system)
    if not source.claims:
        return text
    lines = ",\n  ".join(json.dumps(to_document(claim), ensure_ascii=False) for claim in source.claims)
    return text.removesuffix("\n}\n") + f',\n"claims": [\n  {lines}\n]\n}}\n'


def _from_json(written: str) -> ModelSource:
    from tunnelproof.model.language.document import system_of
    from tunnelproof.model.language.json_text import read_json_file
    from tunnelproof.properties.document import claims_of

    text = read_json_file(written)
    system = system_of(text)
    return ModelSource(written, system, claims_of(text, system))


def _from_python(path: Path, written: str) -> ModelSource:
    place = Location(str(path))
    _check_readable(path, place)
    system, listed = _run(path)
    if not issubclass(type(system), System):  # unlike isinstance, this asks nothing of the object
        raise ModelError(
            "TP143",
            "the file defines no 'system'" if system is None else "'system' is not a system",
            where=place,
            hint="write system = compose(…) at the top level",
        )
    assert isinstance(system, System)
    claims = _claims(listed, place)
    check_shape(system, place)
    try:
        check_system(system)
    except ModelError as fault:
        fault.where = fault.where or place
        raise
    return ModelSource(written, system, claims)


def _check_readable(path: Path, place: Location) -> None:
    try:
        if path.is_dir():
            raise ModelError("TP150", "cannot be read: it is a directory", where=place, hint="give a file")
        if not path.is_file():
            raise ModelError("TP150", "there is no such file", where=place, hint="check the path")
        path.open("rb").close()
    except OSError as fault:
        reason, hint = fault.strerror or type(fault).__name__, "check the path and your rights"
        raise ModelError("TP150", f"cannot be read: {reason}", where=place, hint=hint) from None


def _claims(listed: tuple[object, ...], place: Location) -> tuple[Claim, ...]:
    claims = []
    for claim in listed:
        if not isinstance(claim, Claim):
            raise ModelError(
                "TP144",
                f"'claims' has a {type(claim).__name__}, which is no claim",
                where=place,
                hint="write claims = [Invariant(…), …] at the top level",
            )
        claims.append(claim)
    return tuple(claims)


def _run(path: Path) -> tuple[object, tuple[object, ...]]:
    """Run the file as a module and return its system and claims; whatever it raises becomes one located fault."""
    spec = importlib.util.spec_from_file_location("model_from_command_line", path)
    assert spec is not None and spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    with _visitor(path, module):
        try:
            spec.loader.exec_module(module)
            system, claims = getattr(module, "system", None), getattr(module, "claims", ())
            return system, tuple(claims) if isinstance(claims, Iterable) else (claims,)
        except TunnelproofError as fault:
            fault.where = fault.where or _innermost(path, fault)
            raise
        except SyntaxError as fault:
            message = f"this is not Python: {fault.msg}"
            raise ModelError("TP145", message, where=_place_of(fault, path), hint="correct it") from None
        except KeyboardInterrupt:
            raise
        except BaseException as fault:
            said = _said(fault).splitlines()
            message = type(fault).__name__[:100] + (f": {said[0][:200]}" if said else "")
            where = _innermost(path, fault)
            raise ModelError("TP145", message, where=where, hint="raised while the model was read") from None


def _said(fault: BaseException) -> str:
    try:
        return str(fault)
    except Exception:  # it is somebody else's
        return ""


def _place_of(fault: SyntaxError, path: Path) -> Location:
    """Return the place that the fault names, if it is one."""
    line, column = (n if type(n) is int and n > 0 else 0 for n in (fault.lineno, fault.offset))
    return Location(fault.filename if type(fault.filename) is str else str(path), line, column)


@contextlib.contextmanager
def _visitor(path: Path, module: ModuleType) -> Iterator[None]:
    """Let the module import its neighbours, print to stderr only, and leave no compiled files behind."""
    folder, silent = str(path.resolve().parent), sys.dont_write_bytecode
    sys.modules[module.__name__] = module
    sys.path.append(folder)  # at the end: a neighbour must not stand in for a library
    sys.dont_write_bytecode = True
    try:
        with contextlib.redirect_stdout(sys.stderr):
            yield
    finally:
        sys.dont_write_bytecode = silent
        if folder in sys.path:
            sys.path.reverse()
            sys.path.remove(folder)
            sys.path.reverse()


def _innermost(path: Path, fault: BaseException) -> Location:
    """Return the last line of the user's own that led to the fault."""
    found = Location(str(path))
    beside = str(path.resolve().parent) + os.sep
    for frame, line in traceback.walk_tb(fault.__traceback__):
        file = Path(frame.f_code.co_filename)
        ours = str(frame.f_globals.get("__name__", "")).startswith("tunnelproof.")
        if not ours and file.is_file() and str(file.resolve()).startswith(beside):
            found = Location(str(path) if file.resolve() == path.resolve() else str(file), line)
    return found
