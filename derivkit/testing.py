"""Helpers for tests of a user's own code."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from derivkit.blackbox.check import check_gradient


def assert_gradient(fun: Callable[..., Any], gradient: Any, x: Any, **options: Any) -> None:
    """Fail unless the gradient of a function is right, and can be seen to be.

    Parameters
    ----------
    fun, gradient, x, **options
        As for `derivkit.check_gradient`.

    Raises
    ------
    AssertionError
        If the verdict is "disagree" or "refused", with its message and the evidence.

    Examples
    --------
    >>> from derivkit.testing import assert_gradient
    >>> assert_gradient(lambda x: x[0] ** 2 * x[1], lambda x: [2 * x[0] * x[1], x[0] ** 2], [3.0, 2.0])
    >>> assert_gradient(lambda x: x[0] ** 2 * x[1], lambda x: [x[0] * x[1], x[0] ** 2], [3.0, 2.0])  # doctest: +ELLIPSIS
    Traceback (most recent call last):
    AssertionError: disagree (wrong_gradient): the gradient is wrong at x[0]: claimed 6, measured 12 ± ...
    """
    found = check_gradient(fun, gradient, x, **options)
    if found.verdict == "agree":
        return
    lines = [f"{found.verdict} ({found.reason}): {found.message}"]
    lines += [f"{entry.title}: claimed {entry.claimed!r}, measured {entry.measured!r} ± {entry.bound:.0e}" for entry in found.worst]
    if found.remainder:
        lines.append("order of the Taylor remainder: " + ", ".join(f"{order:.2f}" for order in found.remainder))
    if found.hint is not None:
        lines.append(f"hint: {found.hint}")
    raise AssertionError("\n".join(lines))
