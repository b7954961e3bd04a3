"""NumPy's functions that act on tensors: a table from each to what is called in its place."""

from __future__ import annotations

from collections.abc import Callable
from functools import cache
from importlib import import_module
from typing import Any

FACES: dict[Any, Callable[..., Any]] = {}
OUT: dict[Any, int] = {}  # where among the arguments of a function the array is that is written into
MODULES = (
    "plain", "indexing", "shapes", "joining", "padding", "diagonals", "reductions", "extremes", "running", "products", "linalg",
    "steps", "composed", "polynomials", "calculus",
)  # fmt: skip


def implements(*functions: Any) -> Callable[[Callable[..., Any]], Callable[..., Any]]:
    """Register a function in the place of NumPy's, whose arguments it takes in the same order and with the same defaults.

    None stands for a function that this NumPy does not have.
    """

    def register(face: Callable[..., Any]) -> Callable[..., Any]:
        for function in functions:
            if function is not None:
                FACES[function] = face
                code = getattr(face, "__code__", None)
                names = code.co_varnames[: code.co_argcount] if code else ()
                if "out" in names:
                    OUT[function] = names.index("out")
        return face

    return register


def face_of(function: Any) -> Callable[..., Any] | None:
    """What to call in place of a NumPy function; None if nothing is known."""
    _load()
    return FACES.get(function)


@cache
def _load() -> None:
    for name in MODULES:
        import_module(f"derivkit.tape.operations.{name}")
