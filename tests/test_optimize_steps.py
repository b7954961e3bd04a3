"""Steps of the methods, one by one: against exact arithmetic, against 50 digits, and against those that PyTorch took."""

from __future__ import annotations

import json
from fractions import Fraction
from pathlib import Path

import mpmath
import numpy as np
import pytest

from derivkit.optimize import loop, methods
from derivkit.optimize.descents import BFGS, LBFGS, ConjugateGradient, adaptive
from derivkit.optimize.method import Convergence
from derivkit.optimize.schedules import Cosine
from derivkit.optimize.searches import Fixed
from derivkit.optimize.settings import Settings
from derivkit.optimize.stopping import small_gradient

RECORDED = json.loads((Path(__file__).parent / "data" / "pytorch_steps.json").read_text(encoding="utf-8"))
CURVATURES = (1, 10)  # of (x^2 + 10y^2)/2
START = (10, 1)


def bowl(x):
    return float(x @ (CURVATURES * x)) / 2, CURVATURES * x


def path(function, start, method, steps, **settings):
    """The places after every step, whatever the gradient."""
    places = []
    methods.minimize(
        function, np.array(start, dtype=float), method=method, settings=Settings(**settings), scale=1.0, tolerance=0.0,
        most_iterations=steps, watch=lambda step, place: places.append(place.x.copy()),
    )  # fmt: skip
    return np.array(places[1:])


def exactly(rule, steps=10):
    """Steps of a rule in fractions: it is told gradient and memory, and tells the change and the memory."""
    x, memory, places = [Fraction(k) for k in START], [Fraction(0)] * len(START), []
    for _ in range(steps):
        for k, curvature in enumerate(CURVATURES):
            change, memory[k] = rule(curvature * x[k], memory[k])
            x[k] += change
        places.append([float(value) for value in x])
    return np.array(places)


RATE, KEPT = Fraction(1, 16), Fraction(3, 4)  # both exact in binary
BY_HAND = {
    "gd": lambda g, b: (-RATE * g, b),
    "momentum": lambda g, b: (-RATE * (KEPT * b + g), KEPT * b + g),
    "nesterov": lambda g, b: (-RATE * (g + KEPT * (KEPT * b + g)), KEPT * b + g),
}


@pytest.mark.parametrize("method", BY_HAND)
def test_ten_steps_on_a_bowl_in_fractions(method):
    chosen = {} if method == "gd" else {"momentum": float(KEPT)}
    assert pytest.approx(exactly(BY_HAND[method]), rel=1e-14) == path(bowl, START, method, 10, rate=float(RATE), **chosen)


def test_steepest_descent_shrinks_each_curvature_by_its_own_factor():
    """x_k(t) = (1 - rate*curvature)^t x_k(0)."""
    times = np.arange(1, 11)[:, None]
    expected = (1 - 0.05 * np.array(CURVATURES)) ** times * START
    assert pytest.approx(expected, rel=1e-13) == path(bowl, START, "gd", 10, rate=0.05)


def in_fifty_digits(method, steps=10, rate="0.05"):
    """Kingma and Ba (2015), algorithm 1, and its relatives, with means as they are written there."""
    with mpmath.workdps(50):
        rate, b1, b2, eps, psi = (mpmath.mpf(text) for text in (rate, "0.9", "0.999", "1e-8", "0.004"))
        x, m, v, largest = [mpmath.mpf(k) for k in START], [mpmath.mpf(0)] * 2, [mpmath.mpf(0)] * 2, [mpmath.mpf(0)] * 2
        product, places = mpmath.mpf(1), []
        for t in range(1, steps + 1):
            now, then = (b1 * (1 - mpmath.mpf("0.96") ** (s * psi) / 2) for s in (t, t + 1))
            product *= now
            for k, curvature in enumerate(CURVATURES):
                g = curvature * x[k]
                m[k], v[k] = b1 * m[k] + (1 - b1) * g, b2 * v[k] + (1 - b2) * g**2
                largest[k] = max(largest[k], v[k])
                mean, size = m[k] / (1 - b1**t), mpmath.sqrt(v[k] / (1 - b2**t)) + eps
                if method == "amsgrad":
                    size = mpmath.sqrt(largest[k] / (1 - b2**t)) + eps
                if method == "nadam":
                    mean = then * m[k] / (1 - product * then) + (1 - now) * g / (1 - product)
                if method == "adamw":
                    x[k] *= 1 - rate * mpmath.mpf("0.01")
                x[k] -= rate * mean / size
            places.append([float(value) for value in x])
        return np.array(places)


@pytest.mark.parametrize("method", ["adam", "adamw", "nadam", "amsgrad"])
def test_ten_steps_on_a_bowl_in_fifty_digits(method):
    assert pytest.approx(in_fifty_digits(method), rel=1e-13) == path(bowl, START, method, 10, rate=0.05)


@pytest.mark.parametrize("row", RECORDED["paths"], ids=lambda row: " ".join([row["method"], *row["settings"]]))
def test_ten_steps_are_those_of_pytorch(row):
    """benchmarks/optimizers.py compares 300, where PyTorch is installed."""
    settings = {key: tuple(value) if key == "betas" else value for key, value in row["settings"].items()}
    start = np.linspace(-1.5, 1.5, 10)
    found = path(lambda x: (0.0, np.arange(1, 11) * x + x**3), start, row["method"], 10, rate=RECORDED["rate"], **settings)
    assert np.abs(np.array(row["x"]) - found).max() < 1e-12


def test_a_broken_formula_is_noticed(monkeypatch):
    """The comparison has teeth: a size that is off by a part in 10^9 fails it."""
    right = adaptive.Adam.numbers
    monkeypatch.setattr(adaptive.Adam, "numbers", lambda self, steps, last: tuple(x * (1 + 1e-9) for x in right(self, steps, last)))
    assert pytest.approx(in_fifty_digits("adam"), rel=1e-13) != path(bowl, START, "adam", 10, rate=0.05)


def test_the_rate_follows_the_schedule():
    steps = np.diff(path(lambda x: (0.0, np.ones(1)), [0.0], "gd", 8, rate=0.5, schedule=Cosine(8)), axis=0).ravel()
    assert pytest.approx([-(1 + np.cos(np.pi * t / 8)) / 4 for t in range(1, 8)]) == steps


def test_a_long_array_is_worked_through_in_blocks_as_a_short_one_is():
    start = np.tile(np.linspace(-2, 2, 1000), 300)
    slope = lambda x: (0.0, np.sin(3 * x))  # noqa: E731  # a function of one line
    for dtype in (np.float64, np.float32):
        for method in ("momentum", "nesterov", "adagrad", "rmsprop", "adam", "amsgrad", "nadam"):
            ends = []
            for x in (start, start[:1000]):
                found = methods.minimize(slope, x.astype(dtype), method=method, scale=1.0, tolerance=0.0, most_iterations=5)
                ends.append(found.x)
            assert dtype == ends[0].dtype
            assert np.array_equal(ends[0], np.tile(ends[1], 300))


class Exact:
    """The minimum along the line of a quadratic, which is known."""

    def __init__(self, matrix):
        self.matrix = matrix

    def start(self):
        return None

    def step(self, function, place, direction, memory):
        x = place.x - direction * (place.gradient @ direction) / (direction @ self.matrix @ direction)
        return loop.Place(x, *function(x)), 1, None


def conjugate_gradients(matrix, goal, steps):
    """Hestenes and Stiefel, J. Res. Nat. Bur. Stand. 49 (1952) 409, equations 3:1, in fractions, from 0."""
    size = range(len(goal))
    times = lambda v: [sum(Fraction(int(matrix[i, j])) * v[j] for j in size) for i in size]  # noqa: E731  # a function of one line
    dot = lambda a, b: sum(p * q for p, q in zip(a, b, strict=True))  # noqa: E731  # a function of one line
    x, rest, places = [Fraction(0)] * len(goal), [Fraction(int(b)) for b in goal], []
    direction = rest
    for _ in range(steps):
        part = dot(rest, rest) / dot(direction, times(direction))
        x = [a + part * d for a, d in zip(x, direction, strict=True)]
        after = [r - part * d for r, d in zip(rest, times(direction), strict=True)]
        direction = [r + dot(after, after) / dot(rest, rest) * d for r, d in zip(after, direction, strict=True)]
        rest = after
        places.append([float(value) for value in x])
    return np.array(places)


@pytest.mark.parametrize("descent", [ConjugateGradient(), BFGS(), LBFGS()])
def test_exact_searches_make_conjugate_gradients_of_all_three(descent):
    """Nocedal and Wright (2006), theorem 6.4: of a convex quadratic, with exact searches, the places are the same."""
    matrix, goal = np.array([[4, 1, 0], [1, 3, 1], [0, 1, 2]]), np.array([1, 2, 3])
    places = []

    def square(x):
        return float(x @ matrix @ x) / 2 - float(goal @ x), matrix @ x - goal

    loop.minimize(
        square, np.zeros(3), descent=descent, search=Exact(matrix),
        done=small_gradient(1e-13), most_iterations=3, watch=lambda step, place: places.append(place.x),
    )  # fmt: skip
    assert pytest.approx(conjugate_gradients(matrix, goal, 3), rel=1e-10) == np.array(places[1:4])
    assert pytest.approx(np.linalg.solve(matrix, goal), rel=1e-10) == places[3]


class Quartic:
    """x^4 - 2x^2."""

    def __call__(self, x):
        return float(x[0] ** 4 - 2 * x[0] ** 2), 4 * x**3 - 4 * x

    def hessian(self, x):
        return np.array([[12 * x[0] ** 2 - 4]])


@pytest.mark.parametrize("method", ["newton", "trust-exact", "newton-cg", "trust-ncg"])
def test_newton_on_the_quartic_from_two(method):
    """x - (4x^3 - 4x)/(12x^2 - 4) in fractions: 2, 16/11, 1.1510..., and 1 to the last digit within 10 iterations."""
    x, expected = Fraction(2), []
    for _ in range(6):
        x -= (4 * x**3 - 4 * x) / (12 * x**2 - 4)
        x = x.limit_denominator(10**40)
        expected.append(float(x))
    places = path(Quartic(), [2.0], method, 10).ravel()
    assert pytest.approx(1.4545454545454546, rel=1e-15) == expected[0]
    if method in ("newton", "trust-exact"):
        assert pytest.approx(expected, rel=1e-13) == places[:6]
    assert pytest.approx(1.0, abs=1e-15) == places[-1]


def test_every_method_has_a_row():
    first_order = ["gd", "momentum", "nesterov", "adagrad", "rmsprop", "adam", "adamw", "nadam", "amsgrad"]
    second_order = ["cg", "bfgs", "lbfgs", "newton", "newton-cg", "trust-exact", "trust-ncg", "gauss-newton", "lm"]
    assert [*first_order, *second_order] == list(methods.METHODS)
    for name, row in methods.METHODS.items():
        assert name == row.name
        assert row.title and row.source and row.convergence in Convergence
        assert (row.rate is None) == (row.search is not None)
        assert row.rate is None or row.first_order


def test_a_function_that_changes_is_asked_once_a_step():
    """As batches of rows are: one loss a step."""
    for name, row in methods.METHODS.items():
        if row.first_order:
            calls = []
            function = lambda x, calls=calls: (calls.append(1), (float(x @ x), 2 * x))[1]  # noqa: E731  # a function of one line
            found = methods.minimize(function, np.ones(3), method=name, settings=Settings(rate=1e-3), most_iterations=7)
            assert (7, 8, 8) == (found.iterations, found.evaluations, len(calls))


def test_a_fixed_search_needs_no_scale():
    place = loop.Place(np.ones(2), 1.0, np.ones(2))
    there, evaluations, _ = Fixed(0.5).step(lambda x: (float(x @ x), 2 * x), place, -place.gradient, None)
    assert ([0.5, 0.5], 1) == (there.x.tolist(), evaluations)
