"""A trace written down as a Python test that needs nothing but the adapter."""

from __future__ import annotations

import keyword
from collections.abc import Mapping, Sequence

from tunnelproof.conformance.lockstep import ConformanceFailure
from tunnelproof.conformance.replaying import start_of
from tunnelproof.conformance.tracing import Start, cite, environments
from tunnelproof.errors import UsageError
from tunnelproof.model.language.domains import Value
from tunnelproof.model.language.system import Step, System
from tunnelproof.verification.runs import Run

_LINE = 100  # characters of a table that is still written on one line

_TEST = """\
def {name}(adapter):
    {title}
    configuration = {configuration}
    start = {start}
    derived = {derived}
    steps = [  # action, parameters, outcome, what changes, where the rule comes from
{steps}    ]
    expected = start | derived

    def same(one, other):
        return one == other and isinstance(one, bool) == isinstance(other, bool)

    def agree(action, source):
        seen = adapter.observe()
        wrong = {{name: (expected[name], seen[name]) for name in seen if not same(expected[name], seen[name])}}
        assert seen and not wrong, f"{{action}}: (expected, observed) = {{wrong}}; source: {{source}}"

    adapter.reset(configuration, dict(start))
    agree("at the start", "the initial state")
    for action, parameters, outcome, changes, source in steps:
        happened = adapter.do(action, parameters, outcome)
        assert happened in (None, outcome), f"{{action}}: {{happened!r}}, not {{outcome!r}}; source: {{source}}"
        expected.update(changes)
        agree(action, source)
"""


def as_plain_test(run: Run | ConformanceFailure, system: System, name: str) -> str:
    """Return the source text of a test function ``name(adapter)`` that leads an `Adapter` along the run.

    It checks what `replay` checks and imports nothing. Of a failure, it is the run that failed. Raises a
    `TunnelproofError` if the model has no such run, or if ``name`` cannot name a function.
    """
    if not name.isidentifier() or keyword.iskeyword(name):
        raise UsageError("TP074", f"{name!r} cannot name a function", hint="use a name like 'test_leak'")
    start, steps = (run.start, run.script) if isinstance(run, ConformanceFailure) else start_of(run, system, None)
    return plain_test(system, start, steps, name)


def plain_test(system: System, start: Start, steps: Sequence[Step], name: str) -> str:
    """Write down the steps from the start, which the model must have, as a function with a name fit for one."""
    known = [*(v.name for v in system.variables), *system.definitions]
    points = [{n: env[n] for n in known} for env in environments(system, start, steps)]
    rows = []
    for step, before, after in zip(steps, points, points[1:], strict=False):
        changes = _table({n: after[n] for n in known if after[n] != before[n]}, 12)
        source = cite(system.action_named[step.action].source)
        head = f"{step.action!r}, {dict(step.parameters)!r}, {step.outcome!r},"
        rows.append(f"        (\n            {head}\n            {changes},\n            {source!r},\n        ),\n")
    return _TEST.format(
        name=name,
        title=repr(f"{system.name}: " + (", ".join(map(str, steps)) or "the start")),
        configuration=_table(start.configuration, 4),
        start=_table(start.state, 4),
        derived=_table({n: points[0][n] for n in system.definitions}, 4),
        steps="".join(rows),
    )


def _table(values: Mapping[str, Value], depth: int) -> str:
    """Write a dictionary on one line, or with an entry on each line if that is too long."""
    text = repr(dict(values))
    if len(text) <= _LINE:
        return text
    indent = " " * depth
    return "{\n" + "".join(f"{indent}    {name!r}: {value!r},\n" for name, value in values.items()) + indent + "}"
