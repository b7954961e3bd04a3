"""Quantities that several rows use to say where they are defined and where they are smooth; evaluated in balls."""

from __future__ import annotations

from typing import Any

from derivkit.functions.row import Condition


def argument(f: Any, x: Any) -> Any:
    """The argument itself."""
    return x


def difference(f: Any, x: Any, y: Any) -> Any:
    """Zero where the two arguments are equal."""
    return x - y


def integers(f: Any, x: Any) -> Any:
    """Zero at the integers."""
    return 0 if is_whole(x) else f.sin(f.pi * x)


def is_whole(ball: Any) -> bool:
    """Whether a ball is certainly one integer."""
    return bool(ball.is_exact() and ball.is_integer())


def within_one(f: Any, x: Any) -> Any:
    """Positive between -1 and 1, zero at both."""
    return f.multiply(1 - x, 1 + x)  # which keeps the sign of a ball that ends at 0


def nonpositive_integers(f: Any, x: Any) -> Any:
    """Zero at 0, -1, -2, ...: the poles of the gamma function."""
    return 1 if x > 0 else integers(f, x)


def unless_whole(f: Any, n: Any, x: Any) -> Any:
    """The second argument, except where the first is an integer."""
    return 1 if is_whole(n) else x


def order(n: Any) -> int:
    """Positive where a ball is certainly one of 0, 1, 2, ..."""
    return 1 if is_whole(n) and n >= 0 else -1


WHOLE_ORDER = Condition("positive", lambda f, n, x: order(n), "n = 0, 1, 2, ...")
