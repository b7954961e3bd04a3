"""A program at many points by the machine's own C compiler: the steps as C, inside a loop, in a shared library.

The C holds nothing that a user typed: values are numbered, constants are written by `repr`, functions come from the table. The
flags keep the results of IEEE 754: nothing is reordered or fused, NaN, infinities and the signs of zeros survive. Where glibc has
its vector library (Linux on x86-64, GCC), exp, log, sin, cos, pow and others are its, right within 4 units in the last place;
elsewhere they are those of the C library, one by one. The last n % 8 points of a block are computed one by one as well, so that the
last digits may depend on where a point stands. Threads are the system's own, made and ended in C, because those of Python
take a tenth of a millisecond and more to start.

Source: Kornilov, GLIBC libmvec, https://sourceware.org/glibc/wiki/libmvec.
"""

from __future__ import annotations

import ctypes
import os
import shlex
import subprocess
from collections.abc import Sequence
from functools import cache
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from derivkit.codegen.loop import BLOCK, SHARE, loop
from derivkit.errors import BudgetError, Refusal, UsageError
from derivkit.program.blocks import cores
from derivkit.program.terms import Terms

FLAGS = (
    "-std=gnu99",
    "-O3",
    "-fno-math-errno",
    "-fno-trapping-math",
    "-ffp-contract=off",
    "-pthread",
    "-shared",
    "-fPIC",
    "f.c",
    "-o",
    "f.so",
)
VECTORS = (
    "-DVECTORS",
    "-mprefer-vector-width=512",
    "-fno-builtin-sin",
    "-fno-builtin-cos",
    "-Wl,--no-undefined",
    "-lmvec",
)  # sincos() has no vectors
ATTEMPTS = (("-march=native", *VECTORS), ("-march=native",), ())  # what an old compiler or another system does not know is left out
SECONDS = 120  # for one compilation
HINT = "leave backend away: the program then runs on NumPy"


class Native:
    """The steps of a program, compiled.

    Parameters
    ----------
    terms : Terms
    outputs : sequence of int
        The nodes that are asked for.
    variables : sequence of str

    Raises
    ------
    UsageError
        If there is no C compiler.
    Refusal
        If C lacks a function, or the compiler fails.
    """

    def __init__(self, terms: Terms, outputs: Sequence[int], variables: Sequence[str]) -> None:
        try:
            source = loop(terms, outputs, variables)
        except Refusal as refusal:
            raise Refusal(refusal.message, hint=HINT) from None
        self._routine = _compiled(source)

    def run(self, columns: Sequence[Any], results: Sequence[Any]) -> None:
        """Compute all outputs, as `program.Runner.run` says."""
        import numpy as np

        n = len(results[0])
        given = [np.ascontiguousarray(x) if x.ndim else np.full(BLOCK, x) for x in columns]
        steps = (ctypes.c_ssize_t * len(columns))(*[x.ndim for x in columns])  # 0: the same numbers for every block
        self._routine(n, min(cores(), n // SHARE), _pointers(given), steps, _pointers(results))


def _pointers(arrays: Sequence[Any]) -> Any:
    return (ctypes.c_void_p * len(arrays))(*[x.__array_interface__["data"][0] for x in arrays])


@cache
def _compiled(source: str) -> Any:
    """The routine of a source text; the library stays loaded, its file does not stay."""
    compiler = shlex.split(os.environ.get("CC", "")) or ["cc"]
    with TemporaryDirectory(prefix="derivkit-", ignore_cleanup_errors=True) as folder:  # for this user alone
        Path(folder, "f.c").write_text(source, encoding="ascii")
        said = ""
        for extra in ATTEMPTS:
            failed, said = _run([*compiler, *FLAGS, *extra, "-lm"], folder)
            if not failed:
                break
        else:
            line = next((line for line in said.splitlines() if "error" in line), said[:200]).strip()
            raise Refusal(f"the C compiler {compiler[0]} failed: {line or 'it did not say why'}", hint=HINT)
        try:
            routine = ctypes.CDLL(str(Path(folder, "f.so"))).f
        except OSError as error:
            raise Refusal(f"what the C compiler {compiler[0]} made cannot be loaded: {error}", hint=HINT) from None
    routine.argtypes = [ctypes.c_ssize_t, ctypes.c_ssize_t, ctypes.c_void_p, ctypes.c_void_p, ctypes.c_void_p]
    routine.restype = None
    return routine


def _run(command: list[str], folder: str) -> tuple[bool, str]:
    """Whether a command fails, and what it says."""
    try:
        done = subprocess.run(
            command,
            cwd=folder,
            stdin=subprocess.DEVNULL,
            capture_output=True,
            text=True,
            errors="replace",
            timeout=SECONDS,
            check=False,
        )
    except subprocess.TimeoutExpired:
        raise BudgetError(f"the C compiler {command[0]} took longer than {SECONDS} s", hint=HINT) from None
    except OSError:
        raise UsageError(f"backend c needs a C compiler, and {command[0]} cannot be run", hint=f"set CC, or {HINT}") from None
    return done.returncode != 0, done.stderr
