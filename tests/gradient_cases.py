"""Functions with gradients, right and wrong, and the verdict that each deserves; `benchmarks/gradients.py` asks others.

Truth is by construction: gradients are typed from calculus, and then spoilt.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

import numpy as np


@dataclass(frozen=True)
class Case:
    """One function, one claim, one point, and the verdict."""

    name: str
    fun: Callable[..., Any]
    gradient: Callable[..., Any]
    x: Any
    verdict: str = "agree"
    reason: str | None = None
    options: dict[str, Any] = field(default_factory=dict)

    def __str__(self) -> str:
        return self.name


def spoilt(gradient: Callable[[Any], Any], entry: int, error: float) -> Callable[[Any], Any]:
    """The gradient with one entry off by a relative error."""

    def wrong(x: Any) -> Any:
        claimed = np.array(gradient(x))
        claimed[entry] *= 1 + error
        return claimed

    return wrong


def wrong(name: str, fun: Any, gradient: Any, x: Any, **options: Any) -> Case:
    """A case that must be caught."""
    return Case(name, fun, gradient, x, "disagree", "wrong_gradient", options)


def refused(name: str, reason: str, fun: Any, gradient: Any, x: Any, **options: Any) -> Case:
    """A case about which no verdict is possible."""
    return Case(name, fun, gradient, x, "refused", reason, options)


FIVE = np.array([0.3, -1.2, 2.1, 0.7, -0.4])
MANY = np.random.default_rng(7).normal(size=100_000)
WEIGHTS = np.random.default_rng(8).uniform(0.5, 2.0, size=100_000)
SQUARE = np.array([[0.2, -0.5, 1.1], [0.9, 0.4, -0.3], [-0.8, 0.6, 0.1]])
HEAVY = int(np.argmax(WEIGHTS * MANY**2))
FACTOR = np.arange(1.0, 10.0).reshape(3, 3) / 5
SINGLE = np.random.default_rng(9).normal(size=10).astype(np.float32)
NOISE = np.random.default_rng(10)


def smooth(x: Any) -> Any:
    return np.sum(np.sin(x) * np.exp(x / 2))


def smooth_gradient(x: Any) -> Any:
    return (np.cos(x) + np.sin(x) / 2) * np.exp(x / 2)


def quadratic(x: Any) -> Any:
    return np.sum(WEIGHTS * x**2) / 2


def quadratic_gradient(x: Any) -> Any:
    return WEIGHTS * x


def layer(x: Any) -> Any:
    return np.sum(np.tanh(FACTOR @ x)) + x[0, 1] ** 2


def layer_gradient(x: Any) -> Any:
    claimed = FACTOR.T @ (1 - np.tanh(FACTOR @ x) ** 2)
    claimed[0, 1] += 2 * x[0, 1]
    return claimed


def rosenbrock(x: Any) -> Any:
    return 100 * (x[1] - x[0] ** 2) ** 2 + (1 - x[0]) ** 2


def rosenbrock_gradient(x: Any) -> Any:
    return np.array([-400 * x[0] * (x[1] - x[0] ** 2) - 2 * (1 - x[0]), 200 * (x[1] - x[0] ** 2)])


def single(x: Any) -> Any:
    return np.sum(np.sin(x) * x, dtype=np.float32)


def single_gradient(x: Any) -> Any:
    return np.cos(x) * x + np.sin(x)


def inside_single(x: Any) -> float:
    return float(single(x.astype(np.float32)))


def doubling(x: Any) -> Any:
    x *= 2
    return np.sum(x)


def rows(x: Any) -> Any:
    return np.mean((x - 1) ** 4)


def rows_gradient(x: Any) -> Any:
    return 4 * (x - 1) ** 3 / x.size


def shared_scale(x: Any) -> Any:
    return x[0] ** 2 + 1e-6 * np.sin(x[1])


def shared_scale_gradient(x: Any) -> Any:
    return np.array([2 * x[0], 1e-6 * np.cos(x[1])])


def hinge(x: Any) -> Any:
    return np.sum(np.maximum(x, 0)) + x[0] ** 2


def hinge_gradient(x: Any) -> Any:
    return (x > 0) + 2 * np.array([x[0], *np.zeros(x.size - 1)])


SMALL, LARGE, EDGE, STEEP = (
    np.array([1e-5, -3e-5, 2e-5]),
    np.array([1e6, -2.5e6]),
    np.array([1e-8, 2.0]),
    np.array([1e-4, -0.5, 2e-5]),
)
TIES = np.array([0.0, 1.0, -2.0])
THIRDS = np.where(np.arange(200) % 3 == 0, 0.0, 1.0)
TINY, HUGE = np.array([1e-300, 2e-300]), np.array([1e150, 2e150])


def huber(x: Any) -> Any:
    return np.sum(np.where(np.abs(x) < 1, x * x / 2, np.abs(x) - 0.5))


def huber_gradient(x: Any) -> Any:
    return np.clip(x, -1, 1)


def smoothstep(x: Any) -> Any:
    step = np.clip(x, 0, 1)
    return np.sum(step * step * (3 - 2 * step) + x)


def smoothstep_gradient(x: Any) -> Any:
    step = np.clip(x, 0, 1)
    return 6 * step * (1 - step) + 1


def many_kinks(x: Any) -> Any:
    return np.sum(np.abs(x)) + np.sum(x**2)


def many_kinks_gradient(x: Any) -> Any:
    return np.sign(x) + 2 * x


def left_only(x: Any) -> Any:
    return np.sum(x**2) if x[0] <= 1 else math.inf


def slanted(x: Any) -> Any:
    return x[0] * x[1] ** 2 / (x[0] ** 2 + x[1] ** 4) if x.any() else 0.0


CASES = (
    Case("smooth", smooth, smooth_gradient, FIVE),
    wrong("smooth, off by 1e-2", smooth, spoilt(smooth_gradient, 2, 1e-2), FIVE),
    wrong("smooth, off by 1e-6", smooth, spoilt(smooth_gradient, 2, 1e-6), FIVE),
    wrong("smooth, off by 1e-10", smooth, spoilt(smooth_gradient, 2, 1e-10), FIVE),
    Case("1e5 entries", quadratic, quadratic_gradient, MANY),
    wrong("1e5 entries, one off by 1e-2", quadratic, spoilt(quadratic_gradient, HEAVY, 1e-2), MANY),
    wrong("1e5 entries, one off by 1e-6", quadratic, spoilt(quadratic_gradient, HEAVY, 1e-6), MANY),
    wrong("1e5 entries, one off by 1e-10", quadratic, spoilt(quadratic_gradient, HEAVY, 1e-10), MANY),
    Case("matrix", layer, layer_gradient, SQUARE),
    wrong("matrix, transposed", layer, lambda x: layer_gradient(x).T, SQUARE),
    Case("chain", lambda x: np.sum(np.sin(3 * x)), lambda x: 3 * np.cos(3 * x), FIVE),
    wrong("chain, inner derivative lost", lambda x: np.sum(np.sin(3 * x)), lambda x: np.cos(3 * x), FIVE),
    wrong("sign reversed", smooth, lambda x: -smooth_gradient(x), FIVE),
    wrong("entries in reverse order", smooth, lambda x: smooth_gradient(x)[::-1], FIVE),
    Case("mean", rows, rows_gradient, FIVE),
    wrong("mean taken for a sum", rows, lambda x: x.size * rows_gradient(x), FIVE),
    wrong("one entry cut off", smooth, lambda x: smooth_gradient(x) * (np.arange(x.size) != 3), FIVE),
    Case("one entry without effect", lambda x: smooth(x[:4]), lambda x: smooth_gradient(x) * (np.arange(x.size) != 4), FIVE),
    Case("float32", single, single_gradient, SINGLE),
    wrong("float32, off by 1e-1", single, spoilt(single_gradient, 4, 1e-1), SINGLE),
    wrong("float32, off by 1e-3", single, spoilt(single_gradient, 4, 1e-3), SINGLE),
    Case("float32, a thousand entries", lambda x: np.sum(x * x), lambda x: 2 * x, MANY[:1000].astype(np.float32)),
    refused(
        "float32, hidden beside 1e4",
        "noise",
        lambda x: np.float32(1e4) + single(x) / 1000,
        lambda x: single_gradient(x) / 1000,
        SINGLE,
    ),
    refused("float32 inside", "noise", inside_single, single_gradient, SINGLE.astype(float)),
    Case("float32 inside, to 1e-2", inside_single, single_gradient, SINGLE.astype(float), options={"tolerance": 1e-2}),
    wrong("float32 inside, off by 1e-1", inside_single, spoilt(single_gradient, 4, 1e-1), SINGLE.astype(float)),
    refused("random", "nondeterministic", lambda x: smooth(x) + 1e-6 * NOISE.normal(), smooth_gradient, FIVE),
    Case("seeded", lambda x: smooth(x) + np.random.default_rng(0).normal(), smooth_gradient, FIVE),
    refused("kink", "kink", lambda x: np.sum(np.abs(x)), np.sign, TIES),
    refused("kink, one-sided claim", "kink", hinge, lambda x: hinge_gradient(x) + (x == 0), TIES),
    wrong("kink, no subgradient", lambda x: np.sum(np.abs(x)), lambda x: np.sign(x) + 3 * (x == 0), TIES),
    wrong("kink, wrong elsewhere", lambda x: np.sum(np.abs(x)), lambda x: np.sign(x) * np.array([1, 1.01, 1]), TIES),
    Case("kink near", lambda x: np.sum(np.abs(x - 1)), lambda x: np.sign(x - 1), np.array([1.001, 0.99999, 3])),
    wrong("kink near, taken for the other side", hinge, lambda x: hinge_gradient(x) - (x > 0) * (x < 0.01), np.array([2.0, 1e-3])),
    refused("jump", "jump", lambda x: np.sum(np.floor(x) + x**2), lambda x: 2 * x, np.array([1.0, 0.5])),
    refused("infinite slope", "infinite_slope", lambda x: np.sum(np.cbrt(x)), lambda x: 0 * x, np.array([0.0, 8.0])),
    refused(
        "edge of the domain", "outside_domain", lambda x: np.sum(x * np.sqrt(x)), lambda x: 1.5 * np.sqrt(x), np.array([0.0, 4])
    ),
    refused("outside the domain", "outside_domain", lambda x: math.log(x[0]), lambda x: 1 / x, np.array([-1.0])),
    refused("NaN", "not_finite", lambda x: np.sum(np.log(x)), lambda x: 1 / x, np.array([-1.0, 2.0])),
    Case("NaN claimed", smooth, lambda x: np.where(x > 2, np.nan, smooth_gradient(x)), FIVE, "disagree", "not_finite"),
    refused("argument changed", "mutates_input", doubling, lambda x: 2 + 0 * x, FIVE),
    refused("argument changed by the gradient", "mutates_input", smooth, lambda x: np.multiply(x, 2, out=x), FIVE),
    Case("argument copied", lambda x: doubling(x.copy()), lambda x: 2 + 0 * x, FIVE),
    Case("wrong shape", smooth, lambda x: smooth_gradient(x)[:, None], FIVE, "disagree", "wrong_shape"),
    Case("wrong length", smooth, lambda x: smooth_gradient(x)[:4], FIVE, "disagree", "wrong_shape"),
    Case("too narrow numbers", smooth, lambda x: smooth_gradient(x).astype(np.float32), FIVE, "disagree", "wrong_dtype"),
    Case("whole numbers", lambda x: np.sum(x**2), lambda x: (2 * x).astype(int), np.array([1.0, 2.0]), "disagree", "wrong_dtype"),
    Case("point of size 1e-5", lambda x: np.sum(np.sin(1e5 * x)), lambda x: 1e5 * np.cos(1e5 * x), SMALL),
    wrong("point of size 1e-5, wrong", lambda x: np.sum(np.sin(1e5 * x)), lambda x: np.cos(1e5 * x), SMALL),
    Case("point of size 1e-5, unit scale", lambda x: np.sum(np.exp(x)), np.exp, SMALL),
    Case("point of size 1e-12, unit scale", lambda x: np.sum(np.exp(x)), np.exp, np.array([1e-12])),
    Case("point of size 1e6", lambda x: np.sum(np.sin(x / 1e6) * x), lambda x: np.cos(x / 1e6) * x / 1e6 + np.sin(x / 1e6), LARGE),
    wrong("point of size 1e6, wrong", lambda x: np.sum(np.sin(x / 1e6) * x), lambda x: np.cos(x / 1e6) + np.sin(x / 1e6), LARGE),
    Case("point of size 1e6, unit scale", lambda x: np.sum(np.sin(x)), np.cos, LARGE),
    Case("logarithm near 0", lambda x: np.sum(np.log(x)), lambda x: 1 / x, EDGE),
    wrong("logarithm near 0, off by 1e-6", lambda x: np.sum(np.log(x)), spoilt(lambda x: 1 / x, 0, 1e-6), EDGE),
    Case("arcsine near 1", lambda x: np.sum(np.arcsin(x)), lambda x: 1 / np.sqrt((1 - x) * (1 + x)), np.array([0.999999, 0.3])),
    Case("steep", lambda x: np.sum(np.arctan(1e4 * x)), lambda x: 1e4 / (1 + (1e4 * x) ** 2), STEEP),
    wrong("steep, wrong", lambda x: np.sum(np.arctan(1e4 * x)), lambda x: 1e4 / (1 + 1e4 * x**2), STEEP),
    Case("steeper than the point tells", lambda x: np.sum(np.arctan(1e12 * x)), lambda x: 1e12 + 0 * x, np.array([0.0])),
    Case("function of size 1e-9", lambda x: 1e-9 * smooth(x), lambda x: 1e-9 * smooth_gradient(x), FIVE),
    wrong("function of size 1e-9, wrong", lambda x: 1e-9 * smooth(x), spoilt(lambda x: 1e-9 * smooth_gradient(x), 1, 1e-3), FIVE),
    Case("function of size 1e200", lambda x: 1e200 * smooth(x), lambda x: 1e200 * smooth_gradient(x), FIVE),
    Case("beside 1e6", lambda x: 1e6 + smooth(x), smooth_gradient, FIVE),
    wrong("beside 1e8, wrong", lambda x: 1e8 + smooth(x), spoilt(smooth_gradient, 2, 1e-2), FIVE),
    refused("hidden beside 1e8", "noise", lambda x: 1e8 + 1e-6 * smooth(x), lambda x: 1e-6 * smooth_gradient(x), FIVE),
    refused("wrong and hidden", "noise", lambda x: 1e8 + 1e-9 * smooth(x), lambda x: -1e-9 * smooth_gradient(x), FIVE),
    Case("stationary", rosenbrock, rosenbrock_gradient, np.array([1.0, 1.0])),
    wrong("stationary, wrong", rosenbrock, lambda x: rosenbrock_gradient(x) + np.array([0, 1e-3]), np.array([1.0, 1.0])),
    Case("constant", lambda x: 5.0, lambda x: 0 * x, FIVE),
    Case("small beside large", shared_scale, shared_scale_gradient, np.array([1.5, 0.4])),
    wrong("small beside large, wrong", shared_scale, spoilt(shared_scale_gradient, 1, 1e-2), np.array([1.5, 0.4])),
    Case("curvature jumps, Huber", huber, huber_gradient, np.array([1.0])),
    Case("curvature jumps, Huber, three entries", huber, huber_gradient, np.array([1.0, -1.0, 0.3])),
    wrong("curvature jumps, off by 1e-6", huber, spoilt(huber_gradient, 0, 1e-6), np.array([1.0, -1.0, 0.3])),
    Case("curvature jumps, squares of relu", lambda x: np.sum(np.maximum(x, 0) ** 2 + x), lambda x: 2 * np.maximum(x, 0) + 1, TIES),
    Case("curvature jumps, x|x|", lambda x: np.sum(x * np.abs(x) + x), lambda x: 2 * np.abs(x) + 1, np.array([0.0])),
    Case("curvature jumps, smoothstep", smoothstep, smoothstep_gradient, np.array([1.0, 0.0, 0.4])),
    Case("curvature jumps, ELU", lambda x: np.sum(np.where(x > 0, x, np.expm1(x))), lambda x: np.exp(np.minimum(x, 0)), TIES),
    Case("value rounded to 8 places", lambda x: round(float(np.sum(x**2)), 8), lambda x: 2 * x, np.array([1.0, 2.0])),
    wrong("value rounded, wrong", lambda x: round(float(np.sum(x**2)), 8), lambda x: 2.1 * x, np.array([1.0, 2.0])),
    refused("point cast to float32", "noise", lambda x: float(np.sum(np.sin(x.astype(np.float32)))), np.cos, np.arange(1.0, 4.0)),
    Case("point rounded to 6 places", lambda x: np.sum(np.round(x, 6) ** 2), lambda x: 2 * x, np.arange(1.0, 4.0)),
    Case("steps, far from their edges", lambda x: np.sum(np.floor(x)), lambda x: 0 * x, np.array([0.5, 1.3])),
    refused("underflow", "underflow", lambda x: np.sum(x**2), lambda x: 2.00002 * x, TINY),
    Case("point of size 1e150", lambda x: np.sum(x**2), lambda x: 2 * x, HUGE),
    refused("overflow", "overflow", lambda x: np.sum(x**2), lambda x: 2 * x, 1e4 * HUGE / 2),
    refused("values on the left only", "outside_domain", left_only, lambda x: 2 * x, np.array([1.0, 2.0])),
    refused("slopes that do not add up", "kink", slanted, lambda x: 0 * x, np.zeros(2)),
    refused("many kinks", "kink", many_kinks, many_kinks_gradient, THIRDS),
    wrong("many kinks, wrong elsewhere", many_kinks, lambda x: many_kinks_gradient(x) + 5 * (np.arange(200) == 5), THIRDS),
)
