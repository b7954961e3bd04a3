"""A thousand random derivatives: the true error lies under the stated bound, and the bound is not so wide that it says nothing."""

from __future__ import annotations

import math
import random
import statistics
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any

import mpmath
import pytest
from mpmath import mp, mpf

from derivkit import finite
from derivkit.records import Estimate

CASES = 1000
DIGITS = 40
ENOUGH = 0.99
Formula = Callable[[Any, Any], Any]  # written with the functions of `math` or of mpmath


def polynomial(rng: random.Random) -> tuple[Formula, float]:
    coefficients = [rng.uniform(-3, 3) for _ in range(rng.randint(2, 8))]

    def formula(m: Any, x: Any) -> Any:
        total = 0 * x
        for coefficient in coefficients:
            total = total * x + coefficient
        return total

    return formula, rng.choice([0.0, rng.uniform(-3, 3)])


def exponential(rng: random.Random) -> tuple[Formula, float]:
    scale = 10 ** rng.uniform(-6, 6)
    rate = rng.uniform(-5, 5) / scale
    return lambda m, x: m.exp(rate * x), rng.uniform(-2, 2) * scale


def wave(rng: random.Random) -> tuple[Formula, float]:
    scale = 10 ** rng.uniform(-6, 6)
    rate, phase = rng.uniform(-5, 5) / scale, rng.uniform(-1, 1)
    return lambda m, x: m.sin(rate * x + phase), rng.choice([0.0, rng.uniform(-3, 3) * scale])


def logarithm(rng: random.Random) -> tuple[Formula, float]:
    return lambda m, x: m.log(x), 10 ** rng.uniform(-8, 8)


def near_an_edge(rng: random.Random) -> tuple[Formula, float]:
    return lambda m, x: m.log(x - 1), 1 + 10 ** rng.uniform(-8, -1)


def root(rng: random.Random) -> tuple[Formula, float]:
    return lambda m, x: m.sqrt(x), 10 ** rng.uniform(-8, 8)


def power(rng: random.Random) -> tuple[Formula, float]:
    exponent = rng.uniform(-3, 3)
    return lambda m, x: x**exponent, 10 ** rng.uniform(-3, 3)


def arc(rng: random.Random) -> tuple[Formula, float]:
    return lambda m, x: m.asin(x), rng.choice([-1, 1]) * math.cos(10 ** rng.uniform(-4, 0))


def narrow_step(rng: random.Random) -> tuple[Formula, float]:
    rate = 10 ** rng.uniform(-3, 6)
    return lambda m, x: m.atan(rate * x), rng.uniform(-2, 2) / rate


def shifted_step(rng: random.Random) -> tuple[Formula, float]:
    rate, place = 10 ** rng.uniform(-3, 6), rng.uniform(-1, 1)
    return lambda m, x: m.tanh(rate * (x - place)), place + rng.uniform(-1, 1) / rate


def shifted_bell(rng: random.Random) -> tuple[Formula, float]:
    width, place = 10 ** rng.uniform(-5, 4), rng.uniform(-2, 2)
    return lambda m, x: m.exp(-(((x - place) / width) ** 2)), place + rng.uniform(-2, 2) * width


def resonance(rng: random.Random) -> tuple[Formula, float]:
    slope, width = rng.uniform(-2, 2), 10 ** rng.uniform(-4, 1)
    return lambda m, x: (1 + slope * x) / (width * width + x * x), rng.uniform(-2, 2) * width


def damped_wave(rng: random.Random) -> tuple[Formula, float]:
    rate, growth = rng.uniform(-3, 3), rng.uniform(-3, 3)
    return lambda m, x: m.sin(rate * x) * m.exp(growth * x), rng.uniform(-3, 3)


def composition(rng: random.Random) -> tuple[Formula, float]:
    rate = rng.uniform(0.5, 3)
    return lambda m, x: m.exp(m.sin(rate * x)) / (2 + m.cos(x)), rng.uniform(-5, 5)


def error_function(rng: random.Random) -> tuple[Formula, float]:
    rate = 10 ** rng.uniform(-2, 3)
    return lambda m, x: m.erf(rate * x), rng.uniform(-1.5, 1.5) / rate


def far_wave(rng: random.Random) -> tuple[Formula, float]:
    place, offset = 10 ** rng.uniform(2, 5), rng.uniform(-3, 3)
    return lambda m, x: m.sin(x - place) + offset, place + rng.uniform(-2, 2)


def large_offset(rng: random.Random) -> tuple[Formula, float]:
    offset = 10 ** rng.uniform(0, 6)
    return lambda m, x: offset + m.sin(x), rng.uniform(-3, 3)


def entropy(rng: random.Random) -> tuple[Formula, float]:
    return lambda m, x: x * m.log(x), 10 ** rng.uniform(-6, 3)


def hyperbolic(rng: random.Random) -> tuple[Formula, float]:
    return lambda m, x: m.cosh(x) - m.sinh(x) / 2, rng.uniform(-20, 20)


def cancelling(rng: random.Random) -> tuple[Formula, float]:
    return lambda m, x: (m.exp(x) - 1 - x) / x**2, rng.choice([-1, 1]) * 10 ** rng.uniform(-2, 1)


def two_scales(rng: random.Random) -> tuple[Formula, float]:
    rate = 10 ** rng.uniform(0, 4)
    return lambda m, x: m.sin(x) + m.exp(-x * x) * m.atan(rate * x), rng.uniform(-1, 1)


FAMILIES = [
    polynomial, exponential, wave, logarithm, near_an_edge, root, power, arc, narrow_step, shifted_step, shifted_bell, resonance,
    damped_wave, composition, error_function, far_wave, large_offset, entropy, hyperbolic, cancelling, two_scales,
]  # fmt: skip


@dataclass(frozen=True)
class Case:
    """One random derivative, its truth to 40 digits, and what was said about it."""

    name: str
    order: int
    truth: Any
    error: float
    estimate: Estimate

    @property
    def holds(self) -> bool:
        return self.error <= self.estimate.error


def draw() -> Iterator[Case]:
    rng = random.Random(20260101)
    for k in range(CASES):
        family = FAMILIES[k % len(FAMILIES)]
        formula, x = family(rng)
        order = rng.randint(1, 4)
        estimate = finite.derivative(lambda t, formula=formula: formula(math, t), x, order=order)
        with mpmath.workdps(DIGITS):
            truth = mpmath.taylor(lambda t, formula=formula: formula(mp, t), mpf(x), order)[order] * math.factorial(order)
            yield Case(family.__name__, order, truth, float(abs(estimate.value - truth)), estimate)


@pytest.fixture(scope="module")
def cases() -> list[Case]:
    return list(draw())


def test_the_bound_holds(cases: list[Case]) -> None:
    assert len(cases) == CASES
    assert statistics.mean(case.holds for case in cases) >= ENOUGH


@pytest.mark.parametrize("order", [1, 2, 3, 4])
def test_the_bound_holds_at_every_order(cases: list[Case], order: int) -> None:
    assert statistics.mean(case.holds for case in cases if case.order == order) >= 0.98


def test_where_the_bound_fails_it_fails_narrowly(cases: list[Case]) -> None:
    assert [] == [case for case in cases if not case.error <= 3 * case.estimate.error]


def test_the_bound_is_not_uselessly_wide(cases: list[Case]) -> None:
    over = [case.estimate.error / case.error for case in cases if case.error]
    assert statistics.median(over) <= 40
    known = [case for case in cases if abs(case.truth) > 1e-30]
    relative = sorted(case.estimate.error / abs(case.truth) for case in known)
    assert relative[len(relative) // 2] <= 1e-9
    assert relative[95 * len(relative) // 100] <= 1e-5


def test_the_search_is_cheap(cases: list[Case]) -> None:
    assert statistics.median(case.estimate.evaluations for case in cases) <= 80
