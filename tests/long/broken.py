"""Programs that are no models, and words that no command line should be surprised by."""

from __future__ import annotations

from tunnelproof.model.language.system import System

# Lines that are put into a model in Python; what they do is over when the module has been run.
ENDINGS = (
    *r"""
raise ValueError('x')
raise ValueError
raise SystemExit(3)
raise SystemExit
import sys; sys.exit('x')
raise KeyboardInterrupt
raise GeneratorExit
raise StopIteration
raise MemoryError
raise OSError(28)
raise BaseException('x')
raise BaseExceptionGroup('x', [KeyboardInterrupt()])
raise ExceptionGroup('x', [ValueError(1)])
raise RecursionError
raise UnicodeDecodeError('utf-8', b'x', 0, 1, 'x')
raise SyntaxError
raise SyntaxError('x', ('elsewhere', None, None, None))
raise SyntaxError('x', ('a\nb', 'x', 'y', 'z'))
raise ImportError(name='x')
raise Exception('\x1b[31m' * 1000)
raise Exception('a\nb\u202e\ud800')
raise type('X' * 1000, (OSError,), {})
raise type('X', (Exception,), {'__str__': lambda self: 1 / 0})()
raise type('X', (BaseException,), {'__str__': lambda self: 1 / 0})()
assert 0, 1
1 / 0
import no_such_module
from tunnelproof.nothing import x
from os import nothing
import door
del system
system = None
system = 3
system = 'x'
system = object()
system = type(system)
system()
system = type('X', (), {'__class__': property(lambda self: 1 / 0)})()
del claims
claims = None
claims = 3
claims = [3]
claims = [None]
claims = 'ab'
claims = [claims]
claims = (1 / 0 for _ in [1])
claims = iter(claims)
claims = {1: 2}
claims = claims[0]
claims = ()
claims = claims * 2
claims = [Invariant]
claims = type('X', (), {'__iter__': lambda self: 3})()
claims = type('X', (), {'__iter__': lambda self: 1 / 0})()
def __getattr__(name): raise ValueError(name)
(lambda f: f(f))(lambda f: f(f))
x = [0] * 10**13
x = str(10**10000)
print('hello')
print('\x1b[31m')
import sys; print('x', file=sys.stderr)
import warnings; warnings.warn('x')
import sys; sys.stdout.write('\ud800')
import sys; del sys.modules[__name__]
if is_open: pass
is_open < 3
door.action('x', when=is_open)
door.action('push', when=is_open, then={is_open: True})
door.action(None)
door.variable('y', bool, start=3)
door.variable('y', range(0, 10**18))
door.variable('y', [1, 2])
door.variable(3, bool)
door.variable('\ud800', bool)
door.variable('x' * 1000, bool)
spring.derived('works', is_open)
spring.derived('loop', name('loop'))
configuration.setting('fitted', bool)
""".strip().splitlines(),
    *(
        f"import dataclasses; system = dataclasses.replace(system, {field}={value})"
        for field in System.__annotations__
        for value in ("None", "3", "'x'", "(None,)", "[3]", "('x',)", "object()", "'\\ud800'", "(True,)")
    ),
    *(
        f"import dataclasses; claims[{place}] = dataclasses.replace(claims[{place}], {field}={value})"
        for place, fields in enumerate(
            ("id sentence source given may_be_vacuous holds when", "", "point", "", "then", "by except_", "goal")
            + ("trigger assuming", "point", "points", "claims")
        )
        for field in fields.split()
        for value in ("None", "3", "'x'", "(None,)", "[3]", "('x',)", "object()", "'\\ud800'", "{'push': 3}", "''")
    ),
    *(
        f"object.__setattr__(system.{part}[0], '{field}', {value})"
        for part, fields in (
            ("actions", "name actor guard outcomes parameters price fairness doc source where joins"),
            ("variables", "name domain start component visible_to doc where"),
            ("derived", "name definition doc source"),
            ("configuration", "name domain decided_by doc source"),
        )
        for field in fields.split()
        for value in ("None", "3", "'x'", "(None,)", "[]", "object()")
    ),
)

# --- command lines ----------------------------------------------------------------------------------------------------

OUTPUTS = ("-o", "--output", "--write-expect", "--certificates")  # what follows is where something is written to
_CHEAP = ("--engine", "reference", "--timeout", "0.5", "--max-states", "2000")
OPTIONS = (
    ("prove", "door.json", "safety.*", *_CHEAP, "--where", "fitted", "--max-memory", "8000", "--output-format", "json"),
    ("prove", "door.json", "reach", *_CHEAP, "--color", "never", "-q", "-v", "--timings"),
    ("prove", "door.json", "reach.open", *_CHEAP, "--expect", "expected.json", "--write-expect", "new.json"),
    ("prove", "door.json", "reach.open", *_CHEAP, "--certificates", "new"),
    ("explain", "door.json", "closing.happens", *_CHEAP, "--where", "fitted or painted", "--color", "always"),
    ("graph", "door.json", "safety.never-open", *_CHEAP, "-o", "new.dot"),
    ("graph", "door.json", "closing.possible", *_CHEAP),
    *[("show", "door.json", "--output-format", "json", "--color", "always")] * 3,
    ("show",),
    ("lint", "door.json", "--timeout", "1", "--max-memory", "4000"),
    *[("export", "door.json", "*", "--to", "smv", "--where", "fitted", "--output", "new.smv")] * 3,
    ("export", "door.py", "safety", "reach.*", "--to", "promela"),
    *[("--version",), ("--help",), ("prove", "--help"), ("-h",), ()],
)
ODD_WORDS = (
    *("nan", "inf", "-inf", "1e308", "1e400", "1e-320", "-0", "0", "1_000", "٣", "0x10", " 5 ", "1" * 400, "1" * 5000),
    *(
        "--",
        "-",
        "---",
        "--=",
        "-q-q",
        "--timeout=",
        "--where=",
        "--nothing",
        "@expected.json",
        "*",
        "?",
        "[",
        "[!",
        "[a",
    ),
    *(
        "",
        " ",
        "\n",
        "\t",
        "x" * 100_000,
        "\udcff",
        "\ud800",
        "\U0010ffff",
        "é",
        "e\u0301",
        "\x1b[31m",
        "a\nb",
        "%s",
        "{0}",
    ),
    *("door.py", "door.json", "expected.json", "nothing.json", "nothing.py", ".", "..", ".json", ".py", "/dev/null"),
    *("/dev/null.json", "x/../door.json", "door.json/", "door.py/x.json", "x" * 300 + ".json", "a" * 5000 + ".py"),
    *(
        "\udcff.json",
        "\udcff.py",
        "smallest",
        "Smallest",
        "ios.",
        "all",
        "auto",
        "reference",
        "explicit,smt",
        "z3",
        "spin",
    ),
    *("json", "text", "JSON", "promela", "dot", "always", "prove", "show", "--help", "-qqqqq", "-vvv", "--color", "-o"),
)
HOSTILE_OUTPUTS = (
    *("new.dot", "new.json", "new", "", ".", "..", "nowhere/new.dot", "door.json/new.dot", "/dev/full", "/dev/null"),
    *("x" * 300 + ".dot", "a\nb.dot", "\udcff.dot", "\x1b[31m.dot", "new.DOT", ".dot", "new.txt", " .dot", "-"),
)
CERTIFIER = (
    ("certificate.json",),
    ("certificate.json", "--timeout", "5", "--solver", "no-such-program", "--solver", "true"),
    ("certificate.json", "door.json", "expected.json", "nothing", "--timeout", "0.1"),
    ("--help",),
    (),
)
# Only these are ever run as solvers.
SOLVERS = ("no-such-program", "true", "false", "", " ", "'", '"x', "\\", "echo unsat", "echo sat", "no\nsuch", "./x")
