"""The words that the packs write claims with.

They are typed as `Any`: a claim is written with terms and holds expressions, and a dataclass field has one static type
for both. The claim turns each formula into an expression, and its formulas are type-checked against the model.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from tunnelproof.model.language import terms

name: Callable[[str], Any] = terms.name
taken: Callable[..., Any] = terms.taken
after: Callable[[Any], Any] = terms.after
either: Callable[..., Any] = terms.either
