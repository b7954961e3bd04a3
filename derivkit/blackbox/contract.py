"""What a function and its gradient owe before any number is compared: one answer at one point, and hands off the argument."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from derivkit.blackbox.argument import Misfit
from derivkit.blackbox.result import Concluded
from derivkit.blackbox.subject import Subject

if TYPE_CHECKING:
    from derivkit.blackbox.kinds import Array

SAME = 64.0  # roundings by which two calls may differ: sums in parallel do
JITTERS = 2  # calls of the gradient next to the point, that show its own rounding


@dataclass(frozen=True, slots=True)
class Claim:
    """What the user's code says at the point.

    Attributes
    ----------
    value : float
    gradient : ndarray of float64, shape (d,)
    wavering : ndarray of float64, shape (d,)
        How much each entry changes from one rounding of the point to another.
    """

    value: float
    gradient: Array
    wavering: Array


def claim_of(subject: Subject, gradient: Any, seed: int) -> Claim:
    """Call both at the point, twice, and see that they keep the rules.

    Parameters
    ----------
    subject : Subject
    gradient : callable or array_like
    seed : int

    Returns
    -------
    Claim

    Raises
    ------
    Concluded
        If they do not.
    """
    vector = subject.argument.vector
    value = _first_value(subject)
    claimed = _gradient_at(subject, gradient, vector)
    if callable(gradient):
        _require_same(claimed, _gradient_at(subject, gradient, vector), subject, "the gradient")
    _require_same(value, subject.value(vector), subject, "the function")
    return Claim(value, claimed, _wavering(subject, gradient, claimed, seed))


def _first_value(subject: Subject) -> float:
    vector = subject.argument.vector
    try:
        value, changed = subject.first(vector)
    except Misfit as problem:
        raise Concluded("refused", problem.reason, str(problem)) from None
    except (ValueError, ArithmeticError) as problem:
        said = f"{type(problem).__name__}: {problem}" if str(problem) else type(problem).__name__
        raise Concluded("refused", "outside_domain", f"the function has no value at the point: {said}") from None
    _require_untouched(subject, changed, "the function")
    if not math.isfinite(value):
        raise Concluded("refused", "not_finite", f"the function's value at the point is {value}")
    _require_same(value, subject.value(vector), subject, "the function")
    return value


def _gradient_at(subject: Subject, gradient: Any, vector: Array) -> Array:
    try:
        answer, changed = subject.call(gradient, vector) if callable(gradient) else (gradient, None)
        _require_untouched(subject, changed, "the gradient")
        return subject.argument.gradient(answer, subject.bits)
    except Misfit as problem:
        raise Concluded("disagree", problem.reason, str(problem)) from None


def _require_untouched(subject: Subject, changed: int | None, whose: str) -> None:
    if changed is not None:
        entry = subject.argument.label(changed)
        message = f"{whose} changes its argument in place, at {entry}: nothing that it answers holds for the point that was given"
        raise Concluded("refused", "mutates_input", message, hint="work on a copy")


def _require_same(first: Any, second: Any, subject: Subject, whose: str) -> None:
    import numpy as np

    first, second = np.atleast_1d(first), np.atleast_1d(second)
    allowed = SAME * 2.0**-subject.bits * np.abs(first).max(initial=0.0, where=np.isfinite(first))
    apart = ~((np.abs(first - second) <= allowed) | (first == second) | (np.isnan(first) & np.isnan(second)))
    if apart.any():
        k = int(np.argmax(apart))
        where = f" at {subject.argument.label(k)}" if first.size > 1 else ""
        message = f"{whose} gives {float(first[k])!r} and then {float(second[k])!r}{where} for the same point"
        raise Concluded("refused", "nondeterministic", message, hint="fix the seed inside, or switch off what is random")


def _wavering(subject: Subject, gradient: Any, claimed: Array, seed: int) -> Array:
    """The gradient's own rounding: its changes between points that differ by a rounding."""
    import numpy as np

    most = np.zeros_like(claimed)
    if not callable(gradient):
        return most
    generator = np.random.default_rng(seed)
    vector = subject.argument.vector
    for _ in range(JITTERS):
        moved = vector * (1 + 2.0 ** (1 - subject.bits) * generator.choice([-1.0, 1.0], vector.size))
        try:
            other = subject.argument.gradient(subject.call(gradient, moved)[0], subject.bits)
        except Exception:  # beside the point user code may do anything; then nothing is known of its rounding
            return most
        most = np.maximum(most, np.nan_to_num(np.abs(other - claimed), nan=0.0, posinf=0.0))
    return most
