"""Where runs of the model may begin."""

from __future__ import annotations

from collections.abc import Mapping

from tunnelproof.conformance.tracing import Start
from tunnelproof.errors import ModelError, UsageError, near
from tunnelproof.family.space import ConfigurationSpace
from tunnelproof.model.language.domains import Value
from tunnelproof.model.language.expressions import Expr
from tunnelproof.model.language.system import System
from tunnelproof.semantics.step import initial_states
from tunnelproof.verification.selection import read_where


def space_of(system: System, where: Expr | str | None = None) -> ConfigurationSpace:
    """Return the valid configurations in which ``where`` holds."""
    space = ConfigurationSpace(system.configuration, system.constraints)
    return space if where is None else space.narrow(read_where(where, system))


def starts(system: System, configuration: Mapping[str, Value], fixed: Mapping[str, Value] | None = None) -> list[Start]:
    """Return every start in the configuration, least first; with ``fixed``, those where variables have these values.

    Raises `ModelError` if there is none.
    """
    row = tuple(configuration[v.name] for v in system.configuration)
    names = [v.name for v in system.variables]
    found = [Start(configuration, dict(zip(names, state, strict=True))) for state in initial_states(system, row, fixed)]
    if not found:
        kind = "no initial state" if fixed is None else "no such initial state as the trace has"
        message = f"there is {kind} in {_shown(configuration) or 'any configuration'}"
        raise ModelError("TP140", message, hint="see the start values and the initial formulas")
    return found


def checked_configuration(system: System, given: Mapping[str, Value]) -> dict[str, Value]:
    """Return the configuration in declaration order. Raises `UsageError` unless it is a valid one of the model."""
    names = [v.name for v in system.configuration]
    if unknown := sorted(given.keys() - set(names)):
        raise UsageError("TP072", f"'{unknown[0]}' is no configuration variable", hint=near(unknown[0], names))
    if missing := [name for name in names if name not in given]:
        raise UsageError("TP072", f"the configuration does not give '{missing[0]}'", hint="give every variable a value")
    configuration = {name: given[name] for name in names}
    if not space_of(system).contains(configuration):
        hint = "see the domains and constraints"
        raise UsageError("TP072", f"{_shown(configuration)} is no valid configuration", hint=hint)
    return configuration


def _shown(configuration: Mapping[str, Value]) -> str:
    return ", ".join(f"{name} = {value}" for name, value in configuration.items())
