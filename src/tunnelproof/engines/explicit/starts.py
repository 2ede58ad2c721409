"""The initial states of many configurations at once."""

from __future__ import annotations

import numpy as np

from tunnelproof.engines.analysis.vector import VectorEvaluator
from tunnelproof.engines.contract import LimitReached
from tunnelproof.evidence.graph import Mask
from tunnelproof.evidence.rows import Codes
from tunnelproof.evidence.verdict import Reason
from tunnelproof.model.language.system import System, Variable

MOST = 1 << 26  # combinations of initial values, before the initial formulas choose among them


def initial_rows(system: System, configurations: Codes) -> Codes:
    """Return the initial pairs of the configurations, in the order of these; of one configuration least first.

    Raises `LimitReached` if there are too many.
    """
    evaluator = VectorEvaluator(system)
    rows = np.zeros((len(configurations), len(evaluator.layout.names)), dtype=np.int32)
    rows[:, : evaluator.layout.rigid] = configurations
    choices = [_choices(evaluator, variable, rows) for variable in system.variables]
    rows = rows[:, : evaluator.layout.rigid]
    of = np.arange(len(configurations))  # the configuration of each row
    for allowed in choices:
        if int(allowed.sum(axis=1)[of].sum()) > MOST:
            raise LimitReached(Reason.LIMIT, f"more than {MOST} combinations of initial values")
        place, codes = np.nonzero(allowed[of])
        rows = np.column_stack([rows[place], codes.astype(np.int32)])
        of = of[place]
    for formula in system.initially:
        rows = rows[evaluator.columns(rows).mask(formula)]
    return np.ascontiguousarray(rows, dtype=np.int32)


def _choices(evaluator: VectorEvaluator, variable: Variable, rows: Codes) -> Mask:
    """Say for each configuration and each code of the variable whether it may start with it."""
    size = len(variable.domain.values)
    if variable.start is None:
        return np.ones((len(rows), size), dtype=bool)
    allowed = np.zeros((len(rows), size), dtype=bool)
    for expr in variable.start:
        codes = evaluator.vocabulary.encode(variable.domain, evaluator.columns(rows).values(expr))
        inside = np.flatnonzero(codes >= 0)
        allowed[inside, codes[inside]] = True
    return allowed
