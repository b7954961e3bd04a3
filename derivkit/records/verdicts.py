"""What all answers have in common that are neither a yes nor a no."""

from __future__ import annotations

from typing import NoReturn


class ThreeValued:
    """An answer that is not a yes or a no: its `verdict` is one of several words, and "could not say" is among them."""

    __slots__ = ()

    def __bool__(self) -> NoReturn:
        raise TypeError("a verdict is not a yes or a no: compare verdict.verdict with 'agree', 'disagree' or 'refused'")
