"""Numbers and places in sentences."""

from __future__ import annotations

from collections.abc import Sequence

MOST_SHOWN = 4  # components of a place in a sentence


def place(variables: Sequence[str], x: Sequence[float]) -> str:
    """A point in a sentence: `x = 1, y = 2`, cut where it is long.

    Examples
    --------
    >>> place(["x", "y"], [1.0, -0.25])
    'x = 1, y = -0.25'
    """
    pairs = [f"{name} = {float(value):.6g}" for name, value in zip(variables, x, strict=True)]
    more = [f"... ({len(pairs)} variables)"] if len(pairs) > MOST_SHOWN else []
    return ", ".join(pairs[:MOST_SHOWN] + more)


def direction(v: Sequence[float]) -> str:
    """A direction in a sentence: `(0.7071, -0.7071)`, cut where it is long.

    Examples
    --------
    >>> direction([0.6, -0.8])
    '(0.6, -0.8)'
    """
    parts = [f"{float(value) + 0.0:.4g}" for value in v[:MOST_SHOWN]]
    return f"({', '.join(parts)}{', ...' if len(v) > MOST_SHOWN else ''})"


def few(count: int, noun: str) -> str:
    """A number of things.

    Examples
    --------
    >>> few(1, "iteration"), few(1200, "iteration")
    ('1 iteration', '1,200 iterations')
    """
    return f"{count:,} {noun}{'s' * (count != 1)}"
