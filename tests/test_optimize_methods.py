"""Every method reaches known minima, says how it ended, and does not mind units or the order of variables."""

from __future__ import annotations

import math

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from derivkit.errors import UsageError
from derivkit.optimize import lbfgs, limits, methods, region, searches, wolfe
from derivkit.optimize.bounds import Bounds
from derivkit.optimize.descents.region import Eigenmodel
from derivkit.optimize.loop import Place
from derivkit.optimize.method import Need
from derivkit.optimize.methods import METHODS
from derivkit.optimize.outcome import Outcome
from derivkit.optimize.settings import Settings
from derivkit.optimize.squares import Local

FIRST_ORDER = [name for name, row in METHODS.items() if row.first_order]
SEARCHING = [name for name, row in METHODS.items() if row.search is not None]
GENERAL = [name for name in SEARCHING if METHODS[name].needs is not Need.SQUARES]
BETTER = [name for name in GENERAL if name != "gd"]


class Squares:
    """Half a sum of squares, with all that a method can ask for."""

    noise = 0.0

    def __init__(self, residual, jacobian, curvature):
        self.residual, self.jacobian, self.extra = residual, jacobian, curvature
        self.calls = 0
        self.squares = self

    def at(self, x):
        residual = self.residual(x)
        return Local(x, float(residual @ residual) / 2, residual, self.jacobian(x))

    def curvature(self, local):
        return None

    def __call__(self, x):
        self.calls += 1
        local = self.at(x)
        return local.value, local.gradient

    def hessian(self, x):
        jacobian = self.jacobian(x)
        return jacobian.T @ jacobian + self.extra(x)


def rosenbrock():
    """Moré, Garbow and Hillstrom, ACM Trans. Math. Softw. 7 (1981) 17, problem 1; half of their sum."""
    return Squares(
        lambda x: np.array([10 * (x[1] - x[0] ** 2), 1 - x[0]]),
        lambda x: np.array([[-20 * x[0], 10], [-1, 0]]),
        lambda x: np.array([[-200 * (x[1] - x[0] ** 2), 0], [0, 0]]),
    )


def badly_scaled():
    """Brown's badly scaled function, problem 4 there: the minimum lies at (10^6, 2*10^-6)."""
    return Squares(
        lambda x: np.array([x[0] - 1e6, x[1] - 2e-6, x[0] * x[1] - 2]),
        lambda x: np.array([[1, 0], [0, 1], [x[1], x[0]]]),
        lambda x: (x[0] * x[1] - 2) * np.array([[0, 1], [1, 0]]),
    )


def singular():
    """Powell's singular function, problem 13 there: the Hessian is singular at the minimum, 0."""
    a, b = math.sqrt(5), math.sqrt(10)
    return Squares(
        lambda x: np.array([x[0] + 10 * x[1], a * (x[2] - x[3]), (x[1] - 2 * x[2]) ** 2, b * (x[0] - x[3]) ** 2]),
        lambda x: np.array(
            [[1, 10, 0, 0], [0, 0, a, -a], [0, 2 * (x[1] - 2 * x[2]), -4 * (x[1] - 2 * x[2]), 0],
             [2 * b * (x[0] - x[3]), 0, 0, -2 * b * (x[0] - x[3])]]
        ),
        lambda x: (x[1] - 2 * x[2]) ** 2 * 2 * np.outer([0, 1, -2, 0], [0, 1, -2, 0])
        + b * (x[0] - x[3]) ** 2 * 2 * b * np.outer([1, 0, 0, -1], [1, 0, 0, -1]),
    )  # fmt: skip


@pytest.mark.parametrize("method", SEARCHING)
def test_rosenbrocks_valley(method):
    function = rosenbrock()
    found = methods.minimize(function, np.array([-1.2, 1.0]), method=method, scale=1.0, most_iterations=20_000)
    assert (Outcome.CONVERGED, found.evaluations) == (found.outcome, function.calls)
    assert pytest.approx([1, 1], abs=1e-5) == found.x
    assert method == "gd" or found.evaluations < 120


@pytest.mark.parametrize("method", [name for name in SEARCHING if name != "gd"])
@pytest.mark.parametrize(
    ("function", "start", "goal", "near"),
    [(badly_scaled(), [1.0, 1.0], [1e6, 2e-6], 1e-9), (singular(), [3.0, -1.0, 0.0, 1.0], [0, 0, 0, 0], 5e-3)],
    ids=["badly scaled", "singular"],
)
def test_hard_functions(method, function, start, goal, near):
    found = methods.minimize(function, np.array(start), method=method, scale=1.0)
    assert Outcome.CONVERGED is found.outcome
    assert pytest.approx(goal, abs=near, rel=1e-9) == found.x


@pytest.mark.parametrize("method", FIRST_ORDER)
def test_first_order_methods_with_their_own_rates(method):
    """On a bowl of unit size; adamw's decay pulls towards 0, where the minimum is."""
    found = methods.minimize(lambda x: (1 + float(x @ x), 2 * x), np.array([3.0, -4.0]), method=method)
    assert (True, "the gradient vanished") == (found.converged, found.reason)
    assert pytest.approx([0, 0], abs=1e-6) == found.x


class Line:
    """A function of one variable, its slope and second derivative."""

    def __init__(self, value, slope, curvature):
        self.parts, self.calls = (value, slope, curvature), 0

    def __call__(self, x):
        self.calls += 1
        return float(self.parts[0](x[0])), np.array([float(self.parts[1](x[0]))])

    def hessian(self, x):
        with np.errstate(all="ignore"):
            return np.array([[float(self.parts[2](x[0]))]])


LOG = (np.log, lambda x: 1 / x, lambda x: -1 / x**2)
ROOT = (np.sqrt, lambda x: 0.5 / np.sqrt(x), lambda x: -0.25 / x**1.5)
ENDINGS = {
    "a line": (lambda x: x, lambda x: 1, lambda x: 0, 3.0, Outcome.UNBOUNDED),
    "a hilltop": (lambda x: -x * x, lambda x: -2 * x, lambda x: -2, 0.1, Outcome.UNBOUNDED),
    "a cube": (lambda x: x**3, lambda x: 3 * x**2, lambda x: 6 * x, -1.0, Outcome.UNBOUNDED),
    "log, to 0 exactly": (*LOG, 1.0, Outcome.UNBOUNDED),
    "a pole": (lambda x: -1 / x if x > 0 else np.nan, lambda x: 1 / x**2, lambda x: -2 / x**3, 2.0, Outcome.UNBOUNDED),
    "a root's end": (*ROOT, 1.0, Outcome.OUT_OF_DOMAIN),
    "an undefined start": (*ROOT, -1.0, Outcome.OUT_OF_DOMAIN),
    "a wrong sign": (lambda x: x * x, lambda x: -2 * x, lambda x: 2, 1.0, Outcome.STALLED),
    "an edge nearby": (lambda x: x - np.log(x), lambda x: 1 - 1 / x, lambda x: 1 / x**2, 1e-3, Outcome.CONVERGED),
    "a large unit": (lambda x: 1e30 * (x * x - 2 * x), lambda x: 2e30 * (x - 1), lambda x: 2e30, 0.0, Outcome.CONVERGED),
    "a small unit": (lambda x: 1e-100 * (x * x + 1), lambda x: 2e-100 * x, lambda x: 2e-100, 3.0, Outcome.CONVERGED),
}


@pytest.mark.parametrize("method", BETTER)
@pytest.mark.parametrize("case", ENDINGS)
def test_how_it_ends(case, method):
    *parts, start, outcome = ENDINGS[case]
    scale = 1e-100 if case == "a small unit" else 1.0
    with np.errstate(all="ignore"):
        function = Line(*parts)
        found = methods.minimize(function, np.array([start]), method=method, scale=scale, most_iterations=500)
    assert (outcome, function.calls) == (found.outcome, found.evaluations)
    assert found.reason


@pytest.mark.parametrize("case", [case for case in ENDINGS if case != "a wrong sign"])
def test_how_gradient_descent_ends(case):
    *parts, start, outcome = ENDINGS[case]
    with np.errstate(all="ignore"):
        found = methods.minimize(Line(*parts), np.array([start]), method="gd", scale=1e-100 if case == "a small unit" else 1.0)
    assert outcome is found.outcome


@pytest.mark.parametrize("method", GENERAL)
def test_rounding_of_the_value_does_not_stop_a_minimum_from_being_found(method):
    """10^6 + cos(x): decreases below 10^-10 drown, and the slopes go on."""
    function = Line(lambda x: 1e6 + np.cos(x), lambda x: -np.sin(x), lambda x: -np.cos(x))
    found = methods.minimize(function, np.array([0.1]), method=method, scale=1.0, tolerance=1e-17)
    assert (Outcome.CONVERGED, "the gradient is as small as rounding of the value lets it be") == (found.outcome, found.reason)
    assert abs(math.sin(found.x[0])) < 1e-9


def test_a_kink_is_not_taken_for_a_minimum():
    found = methods.minimize(lambda x: (float(abs(x[0] - 1 / 3)), np.where(x >= 1 / 3, 1.0, -1.0)), np.array([3.0]), method="bfgs")
    assert Outcome.STALLED is found.outcome


@pytest.mark.parametrize(
    ("method", "rate", "outcome"),
    [
        ("gd", 3.0, Outcome.DIVERGED),
        ("momentum", 5.0, Outcome.DIVERGED),
        ("nesterov", 5.0, Outcome.DIVERGED),
        ("gd", 0.5, Outcome.CONVERGED),
    ],
)
def test_rates_of_a_bowl(method, rate, outcome):
    """x^2/2 converges for rates below 2."""
    found = methods.minimize(
        lambda x: (float(x @ x) / 2, x), np.array([1.0]), method=method, settings=Settings(rate=rate), scale=1.0
    )
    assert outcome is found.outcome
    assert math.isfinite(found.value) and found.value < 1e10
    assert (outcome is Outcome.DIVERGED) == (f"a learning rate of {rate:g} is too large" in found.reason)


def test_a_rate_that_leaves_the_domain():
    with np.errstate(all="ignore"):
        found = methods.minimize(Line(*LOG), np.array([1.0]), method="adam", scale=1.0)
    assert (Outcome.OUT_OF_DOMAIN, True) == (found.outcome, "0.05 leads where the function is undefined" in found.reason)
    with np.errstate(all="ignore"):
        found = methods.minimize(lambda x: (-float(x @ x), -2 * x), np.array([1.0]), method="gd", settings=Settings(rate=9.0))
    assert Outcome.UNBOUNDED is found.outcome


def test_the_constants_are_in_their_order():
    """What the argument beside each constant rests on."""
    assert limits.RUNAWAY < limits.BOTTOMLESS
    assert 0 < searches.SUFFICIENT_DECREASE < searches.MOST_OF_IT < 0.5
    assert region.ACCEPTED < region.POOR < region.GOOD < 1
    assert wolfe.CLOSED < wolfe.MARGIN < 0.5


@pytest.mark.parametrize("method", GENERAL)
@pytest.mark.parametrize("factor", [2.0**-40, 2.0**40])
def test_the_unit_of_the_value_does_not_matter(method, factor):
    plain, root = rosenbrock(), math.sqrt(factor)
    scaled = Squares(lambda x: root * plain.residual(x), lambda x: root * plain.jacobian(x), lambda x: factor * plain.extra(x))
    ends = [
        methods.minimize(function, np.array([-1.2, 1.0]), method=method, scale=unit, most_iterations=25)
        for function, unit in ((plain, 1.0), (scaled, factor))
    ]
    assert ends[0].iterations == ends[1].iterations
    assert pytest.approx(ends[0].x.tolist(), rel=1e-9) == ends[1].x.tolist()


def test_adam_does_not_mind_the_unit_of_the_value():
    """Kingma and Ba (2015), section 2.1, but for the least size."""
    ends = [
        methods.minimize(lambda x, u=unit: (u * float(x @ x), 2 * u * x), np.array([3.0, -1.0]), method="adam", scale=unit,
                         settings=Settings(epsilon=1e-300), most_iterations=40).x.tolist()
        for unit in (1.0, 2.0**60)
    ]  # fmt: skip
    assert pytest.approx(ends[0], rel=1e-12) == ends[1]


class Affine:
    """A function of other variables: x = matrix z."""

    def __init__(self, function, matrix):
        self.function, self.matrix = function, matrix

    def __call__(self, z):
        value, gradient = self.function(self.matrix @ z)
        return value, self.matrix.T @ gradient

    def hessian(self, z):
        return self.matrix.T @ self.function.hessian(self.matrix @ z) @ self.matrix


def test_newtons_method_does_not_mind_a_change_of_variables():
    matrix, start = np.array([[3.0, 1.0], [-40.0, 7.0]]), np.array([0.9, 0.8])  # where the Hessian is positive definite
    plain = methods.minimize(rosenbrock(), start, method="newton", scale=1.0, most_iterations=3)
    other = methods.minimize(
        Affine(rosenbrock(), matrix), np.linalg.solve(matrix, start), method="newton", scale=1.0, most_iterations=3
    )
    assert pytest.approx(plain.x, rel=1e-9) == matrix @ other.x


@pytest.mark.parametrize("method", METHODS)
def test_the_order_of_variables_does_not_matter(method):
    order = np.array([2, 0, 3, 1])
    function = singular()
    turned = Squares(
        lambda z: function.residual(z[np.argsort(order)]), lambda z: function.jacobian(z[np.argsort(order)])[:, order],
        lambda z: function.extra(z[np.argsort(order)])[np.ix_(order, order)],
    )  # fmt: skip
    start = np.array([3.0, -1.0, 0.0, 1.0])
    plain = methods.minimize(function, start, method=method, scale=1.0, most_iterations=6)
    other = methods.minimize(turned, start[order], method=method, scale=1.0, most_iterations=6)
    assert pytest.approx(plain.x[order].tolist(), rel=1e-6, abs=1e-9) == other.x.tolist()


@pytest.mark.parametrize("method", [name for name, row in METHODS.items() if row.bounded])
def test_bounds_are_kept(method):
    """Rosenbrock's valley below x = 1/2: the minimum lies at (1/2, 1/4), where the bound holds the slope x - 1."""
    box, places = Bounds(np.array([-2.0, -2.0]), np.array([0.5, 2.0])), []
    found = methods.minimize(
        rosenbrock(), np.array([-1.2, 3.0]), method=method, bounds=box, scale=1.0, tolerance=1e-6, most_iterations=20_000,
        watch=lambda step, place: places.append(place),
    )  # fmt: skip
    assert all((box.nearest(place.x) == place.x).all() for place in places)
    assert pytest.approx([0.5, 0.25], abs=0.02) == found.x
    if method in ("gd", "newton", "lbfgs"):
        assert Outcome.CONVERGED is found.outcome
        assert pytest.approx([0.5, 0.25], abs=1e-6) == found.x
        assert found.gradient[0] < -0.4


def test_lbfgs_in_bounds_tells_every_step():
    told = []
    box = Bounds(np.array([-2.0, -2.0]), np.array([0.5, 2.0]))
    found = lbfgs.minimize(
        rosenbrock(), np.array([-1.2, 1.0]), bounds=box, scale=1.0, watch=lambda step, place: told.append((step, place))
    )
    assert list(range(found.iterations + 1)) == [step for step, _ in told]
    assert pytest.approx(found.x) == told[-1][1].x
    assert all(pytest.approx(rosenbrock()(place.x)[0]) == place.value for _, place in told)


@pytest.mark.parametrize(
    ("method", "given", "message"),
    [
        ("bfgs", {"settings": Settings(rate=0.1)}, "bfgs does not heed the learning rate"),
        ("adam", {"settings": Settings(momentum=0.9)}, "adam does not heed the momentum"),
        ("gd", {"settings": Settings(weight_decay=0.1)}, "needs a learning rate"),
        ("newton", {}, "newton needs second derivatives"),
        ("trust-ncg", {}, "trust-ncg needs products of the second derivatives and a vector"),
        ("lm", {}, "lm needs residuals"),
        ("cg", {"bounds": Bounds(np.zeros(1), np.ones(1))}, "cg cannot keep bounds"),
    ],
)
def test_what_a_method_cannot_do_is_refused_by_name(method, given, message):
    with pytest.raises(UsageError, match=message) as caught:
        methods.minimize(lambda x: (float(x @ x), 2 * x), np.ones(1), method=method, **given)
    assert caught.value.hint


def test_settings_that_fit():
    chosen = Settings(rate=0.1, momentum=0.5, clip_norm=1.0)
    assert Settings(rate=0.1, clip_norm=1.0) == METHODS["adam"].fitting(chosen)
    assert Settings() == METHODS["newton"].fitting(chosen)


@settings(max_examples=80, deadline=None)
@given(st.integers(0, 2**32 - 1), st.floats(-3, 3), st.sampled_from(["definite", "indefinite", "hard"]))
def test_the_step_of_a_trust_region_is_the_least_within_it(seed, power, kind):
    """Moré and Sorensen (1983), lemma 2.1: (H + shift) s = -g with H + shift not negative, and shift 0 inside."""
    rng, radius = np.random.default_rng(seed), 10.0**power
    sizes = np.sort(rng.standard_normal(4) if kind != "definite" else rng.random(4) + 0.1)
    axes = np.linalg.qr(rng.standard_normal((4, 4)))[0]
    shares = rng.standard_normal(4)
    if kind == "hard":
        shares[0] = 0.0
    offer = Eigenmodel(1.0, sizes, axes, shares)(radius)
    step = axes.T @ offer.step
    assert offer.length <= radius * 1.002
    assert offer.promised > 0
    others = rng.standard_normal((200, 4))
    others *= radius * rng.random((200, 1)) / np.linalg.norm(others, axis=1, keepdims=True)
    assert -offer.promised <= (others @ shares + (others**2 @ sizes) / 2).min() + 0.01 * offer.promised
    assert pytest.approx(-offer.promised, rel=1e-9) == shares @ step + sizes @ step**2 / 2


def test_a_saddle_is_left_along_its_negative_curvature():
    """x^4 + y^2 - x^2 close to the saddle at 0; the minima lie at x = ±1/√2."""

    class Saddle:
        def __call__(self, x):
            return float(x[0] ** 4 - x[0] ** 2 + x[1] ** 2), np.array([4 * x[0] ** 3 - 2 * x[0], 2 * x[1]])

        def hessian(self, x):
            return np.diag([12 * x[0] ** 2 - 2, 2.0])

    for method in ("newton", "newton-cg", "trust-exact", "trust-ncg"):
        found = methods.minimize(Saddle(), np.array([1e-4, 1.0]), method=method, scale=1.0)
        assert Outcome.CONVERGED is found.outcome
        assert pytest.approx([math.sqrt(0.5), 0], abs=1e-6) == abs(found.x)


def test_the_search_lands_where_both_conditions_of_wolfe_hold():
    """Nocedal and Wright (2006), conditions 3.7, from far too short and far too long directions."""
    function = rosenbrock()
    place = Place(np.array([-1.2, 1.0]), *function(np.array([-1.2, 1.0])))
    for factor in 10.0 ** np.arange(-8, 7):
        direction = -place.gradient * factor
        there, _, pace = wolfe.Wolfe(1.0, 0.1).step(function, place, direction, None)
        slope = place.gradient @ direction
        assert there.value <= place.value + 1e-4 * pace.length * slope
        assert abs(there.gradient @ direction) <= 0.1 * abs(slope)
