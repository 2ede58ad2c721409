"""Machine code from LLVM's assembly language, in this process.

LLVM's optimiser is asked for inlining only: the code comes without branches and repetitions, and more of it took three
times as long to compile without making the search faster.
"""

from __future__ import annotations

import ctypes
from collections.abc import Sequence
from functools import cache
from typing import Any

from llvmlite import binding as llvm


class Compiled:
    """The functions of one module; each keeps the module's code alive."""

    def __init__(self, code: str) -> None:
        module = llvm.parse_assembly(code)
        machine = _machine()
        passes = llvm.create_pass_builder(machine, llvm.create_pipeline_tuning_options(speed_level=0))
        passes.getModulePassManager().run(module, passes)
        self._engine = llvm.create_mcjit_compiler(module, machine)
        self._engine.finalize_object()

    def function(self, name: str, arguments: Sequence[Any], result: Any = None) -> Any:
        """Return the function as one that can be called; it runs without the interpreter's lock."""
        function = ctypes.CFUNCTYPE(result, *arguments)(self._engine.get_function_address(name))
        function.module = self  # type: ignore[attr-defined]
        return function


def _machine() -> Any:
    """Return a new description of this machine: each compiler keeps its own."""
    _initialize()
    return llvm.Target.from_default_triple().create_target_machine(
        cpu=llvm.get_host_cpu_name(), features=llvm.get_host_cpu_features().flatten(), opt=2, jit=True
    )


@cache
def _initialize() -> None:
    llvm.initialize_native_target()
    llvm.initialize_native_asmprinter()
