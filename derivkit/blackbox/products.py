"""A user's Jacobian products: each against values of the function, and against one another."""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import replace
from typing import TYPE_CHECKING, Any

from derivkit.blackbox.argument import Argument, Misfit
from derivkit.blackbox.check import default_tolerance, examined
from derivkit.blackbox.contract import Claim
from derivkit.blackbox.line import Line, Slope
from derivkit.blackbox.result import GradientVerdict
from derivkit.blackbox.sides import sides_of
from derivkit.blackbox.subject import Subject

if TYPE_CHECKING:
    from derivkit.blackbox.kinds import Array

ROUNDINGS = 64.0  # of the terms of a scalar product, that its two forms may differ by


def check_products(
    subject: Subject,
    gradient: Any,
    jvp: Callable[..., Any] | None,
    vjp: Callable[..., Any] | None,
    tolerance: float | None,
    seed: int,
) -> GradientVerdict:
    """Check `jvp(x, v)` and `vjp(x, u)` of a function with any number of outputs, and its gradient where there is one.

    With a random cotangent u, u·f is a function of one output whose gradient is `vjp(x, u)`: that is checked as any gradient. For
    a random tangent v, u·`jvp(x, v)` is its slope along v, and must equal `vjp(x, u)`·v: the dot-product test (Claerbout, Imaging
    the Earth's Interior, 1985, section 5.1).
    """
    import numpy as np

    verdict = None if gradient is None else examined(subject, gradient, tolerance, seed)
    if verdict is not None and verdict.verdict != "agree":
        return verdict
    generator = np.random.default_rng(seed)
    outputs = Argument(subject.call(subject.fun, subject.argument.vector)[0])
    cotangent = generator.choice([-1.0, 1.0], outputs.vector.size) * generator.uniform(0.5, 1.0, outputs.vector.size)
    weighted = subject.with_function(lambda x, *args, **kwargs: float(cotangent @ outputs.read(subject.fun(x, *args, **kwargs))))
    weighted.bits = min(subject.bits, outputs.bits)
    if vjp is not None:
        handed = outputs.handed(cotangent)
        found = examined(weighted, lambda x, *args, **kwargs: vjp(x, handed, *args, **kwargs), tolerance, seed)
        if found.verdict != "agree":
            return _renamed(found, "vjp")
        verdict = found
    if jvp is not None:
        asked = default_tolerance(weighted.bits) if tolerance is None else tolerance
        found = _along(weighted, jvp, vjp, outputs, cotangent, asked, generator)
        verdict = (
            found
            if verdict is None or found.verdict != "agree"
            else replace(verdict, message=f"{verdict.message}; {found.message}")
        )
    assert verdict is not None  # one of the two was given
    return replace(verdict, evaluations=weighted.evaluations + subject.evaluations)


def _renamed(found: GradientVerdict, whose: str) -> GradientVerdict:
    reason = f"wrong_{whose}" if found.reason == "wrong_gradient" else found.reason
    return replace(found, reason=reason, message=f"{whose}: {found.message}")


def _along(
    subject: Subject, jvp: Any, vjp: Any, outputs: Argument, cotangent: Array, tolerance: float, generator: Any
) -> GradientVerdict:
    """One tangent: the slope that jvp claims against the measured one, and against vjp's."""
    argument = subject.argument
    size = argument.vector.size
    tangent = argument.scale * generator.choice([-1.0, 1.0], size) * generator.uniform(0.5, 1.0, size)
    handed = argument.handed(tangent)
    tangent = argument.read(handed)
    try:
        answer, changed = subject.call(lambda x, *args, **kwargs: jvp(x, handed, *args, **kwargs), argument.vector)
        pushed = outputs.gradient(answer, subject.bits)
    except Misfit as problem:
        return GradientVerdict("disagree", problem.reason, f"jvp: {problem}".replace("the gradient", "the tangent"), size=size)
    if changed is not None:
        return GradientVerdict(
            "refused", "mutates_input", f"jvp changes its argument in place, at {argument.label(changed)}", size=size
        )
    claimed = math.fsum(cotangent * pushed)
    zero = Claim(subject.value(argument.vector), argument.vector * 0.0, argument.vector * 0.0)
    line = Line(subject, zero, slice(None), tangent, tolerance)
    measured = line.slope()
    allowed = ROUNDINGS * 2.0**-subject.bits * float(abs(cotangent * pushed).sum())
    slope = Slope(claimed, measured.measured, measured.bound + allowed, measured.step)
    resolution = slope.bound / abs(claimed) if claimed else None
    if slope.differs:
        message = f"jvp claims {claimed:.12g} along a random tangent, differences measure {slope.measured:.12g} ± {slope.bound:.0e}"
        return GradientVerdict("disagree", "wrong_jvp", message, size=size, tolerance=tolerance, resolution=resolution)
    if not slope.bound <= tolerance * math.sqrt(float(abs(cotangent * pushed) @ abs(cotangent * pushed))) and claimed:
        found = sides_of(line, 2.0**-subject.bits * abs(zero.value))
        reason = "noise" if found is None else found.kind
        said = "the slope along a random tangent cannot be measured to the tolerance" if found is None else found.describe()
        return GradientVerdict("refused", reason, f"jvp: {said}", size=size, tolerance=tolerance, resolution=resolution)
    if vjp is None:
        return GradientVerdict("agree", None, "jvp agrees with differences", size=size, tolerance=tolerance, resolution=resolution)
    pulled, _ = subject.call(lambda x, *args, **kwargs: vjp(x, outputs.handed(cotangent), *args, **kwargs), argument.vector)
    terms = argument.gradient(pulled, subject.bits) * tangent
    other = math.fsum(terms)
    if abs(other - claimed) > allowed + ROUNDINGS * 2.0**-subject.bits * float(abs(terms).sum()):
        message = f"u·jvp(x, v) = {claimed:.17g} and vjp(x, u)·v = {other:.17g} should be the same number"
        return GradientVerdict("disagree", "wrong_jvp", message, size=size, tolerance=tolerance, resolution=resolution)
    return GradientVerdict(
        "agree", None, "jvp and vjp agree with one another", size=size, tolerance=tolerance, resolution=resolution
    )
