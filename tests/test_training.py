"""Training, with the truth from outside: published coefficients, NIST's certified values, closed forms, forty digits."""

import math
import subprocess
import sys
from pathlib import Path

import mpmath
import numpy as np
import pytest

from derivkit.errors import DataError, UsageError
from derivkit.functions import row_named
from derivkit.training import train

SAMPLES = Path(__file__).parent.parent / "samples"

# NIST Statistical Reference Datasets, linear least squares (public domain, itl.nist.gov/div898/strd)
NORRIS = {
    "y": [
        0.1, 338.8, 118.1, 888.0, 9.2, 228.1, 668.5, 998.5, 449.1, 778.9, 559.2, 0.3, 0.1, 778.1, 668.8, 339.3, 448.9, 10.8,
        557.7, 228.3, 998.0, 888.8, 119.6, 0.3, 0.6, 557.6, 339.3, 888.0, 998.5, 778.9, 10.2, 117.6, 228.9, 668.4, 449.2, 0.2,
    ],
    "x": [
        0.2, 337.4, 118.2, 884.6, 10.1, 226.5, 666.3, 996.3, 448.6, 777.0, 558.2, 0.4, 0.6, 775.5, 666.9, 338.0, 447.5, 11.6,
        556.0, 228.1, 995.8, 887.6, 120.2, 0.3, 0.3, 556.8, 339.1, 887.2, 999.0, 779.0, 11.1, 118.3, 229.2, 669.1, 448.9, 0.5,
    ],
}  # fmt: skip
LONGLEY = {
    "y": [60323, 61122, 60171, 61187, 63221, 63639, 64989, 63761, 66019, 67857, 68169, 66513, 68655, 69564, 69331, 70551],
    "x1": [83.0, 88.5, 88.2, 89.5, 96.2, 98.1, 99.0, 100.0, 101.2, 104.6, 108.4, 110.8, 112.6, 114.2, 115.7, 116.9],
    "x2": [
        234289, 259426, 258054, 284599, 328975, 346999, 365385, 363112, 397469, 419180, 442769, 444546, 482704, 502601, 518173,
        554894,
    ],
    "x3": [2356, 2325, 3682, 3351, 2099, 1932, 1870, 3578, 2904, 2822, 2936, 4681, 3813, 3931, 4806, 4007],
    "x4": [1590, 1456, 1616, 1650, 3099, 3594, 3547, 3350, 3048, 2857, 2798, 2637, 2552, 2514, 2572, 2827],
    "x5": [
        107608, 108632, 109773, 110929, 112075, 113270, 115094, 116219, 117388, 118734, 120445, 121950, 123366, 125368, 127852,
        130081,
    ],
    "x6": list(range(1947, 1963)),
}  # fmt: skip
# data, estimates, standard errors, R squared
CERTIFIED = [
    (
        NORRIS,
        [-0.262323073774029, 1.00211681802045],
        [0.232818234301152, 0.429796848199937e-03],
        0.999993745883712,
    ),
    (
        LONGLEY,
        [
            -3482258.63459582, 15.0618722713733, -0.358191792925910e-01, -2.02022980381683, -1.03322686717359,
            -0.511041056535807e-01, 1829.15146461355,
        ],
        [
            890420.383607373, 84.9149257747669, 0.334910077722432e-01, 0.488399681651699, 0.214274163161675, 0.226073200069370,
            455.478499142212,
        ],
        0.995479004577296,
    ),
]  # fmt: skip


def estimates(result):
    return [coefficient.estimate for coefficient in result.coefficients]


def errors(result):
    return [coefficient.standard_error for coefficient in result.coefficients]


@pytest.mark.parametrize(("data", "values", "deviations", "r_squared"), CERTIFIED, ids=["Norris", "Longley"])
def test_nists_certified_values(data, values, deviations, r_squared):
    result = train(data, model="linear", target="y")
    assert pytest.approx(values, rel=1e-9) == estimates(result)
    assert pytest.approx(deviations, rel=1e-9) == errors(result)
    assert pytest.approx(r_squared, rel=1e-12) == result.metrics["train"]["r_squared"]
    assert (True, "agree") == (result.converged, result.gradient_check.verdict)


def test_the_o_rings_as_published():
    """Dalal, Fowlkes and Hoadley (1989), and R's glm to more digits."""
    result = train(SAMPLES / "oring.csv", model="logistic")
    assert (23, "distress", ("temperature",), (0, 1)) == (result.n_rows, result.target, result.features, result.classes)
    assert pytest.approx([15.0429, -0.2322], abs=5e-5) == estimates(result)
    assert pytest.approx([7.3786, 0.1082], abs=5e-5) == errors(result)
    assert [c.z for c in result.coefficients] == pytest.approx([2.039, -2.145], abs=5e-4)
    assert [c.p_value for c in result.coefficients] == pytest.approx([0.0415, 0.0320], abs=5e-5)
    assert pytest.approx(20.315, abs=5e-4) == -2 * result.log_likelihood
    assert "normal" == result.distribution
    assert (True, "agree") == (result.converged, result.gradient_check.verdict)


def test_the_cars_as_published():
    """R's lm(dist ~ speed, cars)."""
    result = train(SAMPLES / "cars.csv", model="linear")
    assert (50, "dist", ("speed",), None) == (result.n_rows, result.target, result.features, result.classes)
    assert pytest.approx([-17.5791, 3.9324], abs=5e-5) == estimates(result)
    assert pytest.approx([6.7584, 0.4155], abs=5e-5) == errors(result)
    assert [c.z for c in result.coefficients] == pytest.approx([-2.601, 9.464], abs=5e-4)
    assert [c.p_value for c in result.coefficients] == pytest.approx([0.0123, 1.49e-12], rel=5e-3)
    assert [c.ci95 for c in result.coefficients] == [
        pytest.approx((-31.16785, -3.99034), abs=1e-5),
        pytest.approx((3.096964, 4.767853), abs=1e-6),
    ]
    assert pytest.approx(0.6511, abs=5e-5) == result.metrics["train"]["r_squared"]
    assert pytest.approx(-206.5784, abs=1e-4) == result.log_likelihood
    assert "t" == result.distribution


def forty_digits(columns, response, l2):
    """Newton's method for penalized logistic regression with mpmath; the intercept, first, is not penalized."""
    with mpmath.workdps(40):
        x = mpmath.matrix([[mpmath.mpf(1), *map(mpmath.mpf, row)] for row in zip(*columns, strict=True)])
        n, p = x.rows, x.cols
        penalty = mpmath.diag([0, *[mpmath.mpf(l2)] * (p - 1)])
        w = mpmath.zeros(p, 1)
        for _ in range(30):
            chance = [1 / (1 + mpmath.exp(-eta)) for eta in x * w]
            gradient = x.T * mpmath.matrix([c - y for c, y in zip(chance, response, strict=True)]) / n + penalty * w
            hessian = x.T * mpmath.diag([c * (1 - c) for c in chance]) * x / n + penalty
            w -= mpmath.lu_solve(hessian, gradient)
        inverse = (n * hessian) ** -1
        return [float(v) for v in w], [float(mpmath.sqrt(inverse[k, k])) for k in range(p)]


@pytest.mark.parametrize("l2", [0.0, 0.01, 3.0])
def test_logistic_regression_to_forty_digits(l2):
    rng = np.random.default_rng(5)
    a, b = rng.standard_normal(60), 50 + 1000 * rng.standard_normal(60)
    response = (rng.random(60) < 1 / (1 + np.exp(-a + b / 1000))).astype(float)
    truth, deviations = forty_digits([a, b], response, l2)
    result = train({"a": a, "b": b, "y": response}, model="logistic", l2=l2)
    assert pytest.approx(truth, rel=1e-11) == estimates(result)
    if l2:
        assert [None, None, None] == errors(result)
        assert any("no standard errors" in warning for warning in result.warnings)
    else:
        assert pytest.approx(deviations, rel=1e-10) == errors(result)


@pytest.mark.parametrize("intercept", [True, False])
@pytest.mark.parametrize("l2", [0.0, 0.5])
def test_linear_regression_in_closed_form(l2, intercept):
    """scikit-learn's Ridge(alpha=n*l2) solves (X^T X + n*l2*I) w = X^T y, intercept not penalized."""
    rng = np.random.default_rng(11)
    x = rng.standard_normal((40, 3)) * [1, 10, 0.1] + 4
    y = x @ [1.0, -0.2, 5.0] + 3 + rng.standard_normal(40)
    design = np.column_stack([np.ones(40), x]) if intercept else x
    penalty = 40 * l2 * np.diag([0.0] * intercept + [1.0] * 3)
    truth = np.linalg.solve(design.T @ design + penalty, design.T @ y)
    result = train({"a": x[:, 0], "b": x[:, 1], "c": x[:, 2], "y": y}, model="linear", l2=l2, intercept=intercept)
    assert pytest.approx(truth, rel=1e-9) == estimates(result)
    assert [c.name for c in result.coefficients] == ["intercept"] * intercept + ["a", "b", "c"]
    residuals = y - design @ truth
    assert pytest.approx((residuals @ residuals) / 80 + truth @ penalty @ truth / 80, rel=1e-12) == result.loss
    if not l2:
        variance = residuals @ residuals / (40 - design.shape[1])
        assert pytest.approx(np.sqrt(variance * np.diag(np.linalg.inv(design.T @ design))), rel=1e-9) == errors(result)


def test_the_optimum_with_a_penalty_is_scikit_learns():
    """LogisticRegression(C=1/(n*l2)): at the optimum the summed gradient of the loss is -n*l2*w, and 0 for the intercept."""
    result = train(SAMPLES / "oring.csv", model="logistic", l2=0.1)
    x, y = np.loadtxt(SAMPLES / "oring.csv", delimiter=",", skiprows=1).T
    intercept, slope = estimates(result)
    gap = 1 / (1 + np.exp(-intercept - slope * x)) - y
    assert pytest.approx(0, abs=1e-11) == gap.sum()
    assert pytest.approx(-23 * 0.1 * slope, rel=1e-10) == (gap * x).sum()


def test_columns_of_any_unit_and_offset():
    rng = np.random.default_rng(2)
    a, b = rng.standard_normal((2, 50))
    y = a - b + rng.standard_normal(50)
    plain = train({"a": a, "b": b, "y": y}, model="linear")
    scaled = train({"a": 1e12 * a, "b": 1e-12 * b + 1e-9, "y": 1e6 * y}, model="linear")
    assert pytest.approx(estimates(plain)[1:], rel=1e-9) == np.array(estimates(scaled)[1:]) * [1e6, 1e-18]
    assert [c.z for c in scaled.coefficients[1:]] == pytest.approx([c.z for c in plain.coefficients[1:]], rel=1e-8)


def test_categories_booleans_and_dropped_rows():
    data = {
        "species": ["u", "v", "u", "v", None, "u", "v", "u"],
        "flag": [True, False, False, True, True, True, False, False],
        "y": [1.0, 3.0, 2.5, 3.5, 9.0, 1.5, 2.75, 2.0],
    }
    result = train(data, model="linear")
    assert [c.name for c in result.coefficients] == ["intercept", "species=v", "flag"]
    assert (7, 1) == (result.n_rows, result.n_dropped)
    assert ("1 of 8 rows dropped, values missing: species (1)",) == result.warnings


def test_the_probability_of_the_last_class():
    words = ["no", "yes", "no", "yes", "yes", "no"]
    a = [1.0, 2.0, 3.0, 4.0, 5.0, 2.5]
    result = train({"a": a, "answer": words}, model="logistic")
    assert ("no", "yes") == result.classes
    assert pytest.approx(forty_digits([a], [w == "yes" for w in words], 0)[0], rel=1e-11) == estimates(result)
    assert estimates(result)[1] > 0


# columns, options, the columns that are named
SEPARATED = [
    ({"a": [1, 2, 3, 4], "y": [0, 0, 1, 1]}, {}, ["a"]),
    ({"a": [1, 2, 2, 3], "y": [0, 0, 1, 1]}, {}, ["a"]),
    ({"a": [1, 2, 3, 4, 5, 2], "s": ["u", "v", "u", "v", "u", "u"], "y": [0, 1, 0, 1, 1, 1]}, {}, ["s=v"]),
    ({"a": [-1, -2, 3, 4], "y": [0, 0, 1, 1]}, {"intercept": False}, ["a"]),
    ({"a": [1e6, 2e6, 3e6, 4e6, 5e6, 6e6], "b": [1, 2, 1, 2, 1, 3], "y": [0, 0, 0, 1, 1, 1]}, {}, ["a"]),
]


@pytest.mark.parametrize(("data", "options", "named"), SEPARATED)
def test_separation_is_named_instead_of_huge_numbers(data, options, named):
    result = train(data, model="logistic", **options)
    assert not result.converged
    assert "separation" in result.reason
    assert all(name in result.reason for name in named)
    assert "--l2" in result.hint
    assert {None} == set(estimates(result))
    assert (None, None) == (result.loss, result.metrics["train"])
    penalized = train(data, model="logistic", l2=0.01, **options)
    assert penalized.converged
    assert all(math.isfinite(value) for value in estimates(penalized))


def test_nearly_separated_is_not_separated():
    """One row on the wrong side by a hair: large but finite coefficients."""
    a = [*range(40), 18.6]
    y = [0] * 20 + [1] * 20 + [1]
    result = train({"a": [float(v) for v in a], "y": y}, model="logistic")
    assert result.converged
    assert pytest.approx(forty_digits([a], y, 0)[0], rel=1e-9) == estimates(result)


# columns, the words of the message
DEGENERATE = [
    ({"a": [1, 2, 3, 4], "b": [7, 7, 7, 7], "y": [1, 2, 3, 5]}, "b is constant"),
    ({"a": [1, 2, 3, 4], "b": [2, 4, 6, 8], "y": [1, 2, 3, 5]}, "b is an exact linear combination of a"),
    (
        {"a": [0.1, 0.7, 0.3, 0.9, 0.2], "b": [5, 3, 1, 1, 2], "c": [5.1, 3.7, 1.3, 1.9, 2.2], "y": [1, 2, 3, 5, 2]},
        "c is an exact linear combination of a, b",
    ),
    ({"a": [0, 1, 2, 3], "b": [32, 33.8, 35.6, 37.4], "y": [1, 2, 3, 5]}, "b is an exact linear combination of a"),
    ({"a": [1, 2], "b": [2, 5], "y": [1, 2]}, "more columns than rows: 3 coefficients (intercept, a, b) and 2 rows"),
]


@pytest.mark.parametrize(("data", "words"), DEGENERATE)
def test_columns_that_determine_nothing_are_named(data, words):
    with pytest.raises(DataError) as refused:
        train(data, model="linear")
    assert words in refused.value.message
    result = train(data, model="linear", l2=0.1)
    assert result.converged
    assert any(words in warning for warning in result.warnings)


def test_a_constant_column_serves_as_intercept_where_there_is_none():
    a, b, y = [1.0, 2.0, 3.0, 5.0], [2.0] * 4, [1.0, 2.0, 4.0, 4.0]
    result = train({"a": a, "b": b, "y": y}, model="linear", intercept=False)
    slope, constant = np.polyfit(a, y, 1)
    assert pytest.approx([slope, constant / 2]) == estimates(result)
    with pytest.raises(DataError, match="b is zero in every row"):
        train({"a": a, "b": [0.0] * 4, "y": y}, model="linear", intercept=False)


def test_a_perfect_fit_and_no_degrees_of_freedom_are_said():
    perfect = train({"a": [1.0, 2.0, 3.0, 4.0], "y": [3.0, 5.0, 7.0, 9.0]}, model="linear")
    assert pytest.approx([1, 2]) == estimates(perfect)
    assert any("perfect" in warning for warning in perfect.warnings)
    full = train({"a": [1.0, 2.0], "y": [3.0, 5.0]}, model="linear")
    assert pytest.approx([1, 2]) == estimates(full)
    assert [None, None] == errors(full)
    assert any("no degree of freedom" in warning for warning in full.warnings)


def test_values_beyond_doubles_are_refused():
    for factor in (1e160, 1e-160):
        with pytest.raises(DataError, match="too large or too small"):
            train({"a": [1, 2, 3], "y": [1 * factor, 3 * factor, 2 * factor]}, model="linear")


@pytest.mark.parametrize("l2", [-1.0, math.nan, math.inf])
def test_a_penalty_that_is_none_is_refused(l2):
    with pytest.raises(UsageError, match="l2"):
        train(SAMPLES / "cars.csv", model="linear", l2=l2)


def test_an_unknown_model_gets_the_nearest():
    with pytest.raises(UsageError) as refused:
        train(SAMPLES / "cars.csv", model="lineer")
    assert "did you mean linear?" == refused.value.hint


def test_a_wrong_derivative_stops_training_before_the_first_step(monkeypatch):
    row = row_named("softplus")
    right = row.partials
    steps = []
    try:
        object.__setattr__(row, "partials", (lambda f, y, x: 1.01 * f.sigmoid(x),))
        result = train(SAMPLES / "oring.csv", model="logistic", progress=lambda step, value: steps.append(step))
    finally:
        object.__setattr__(row, "partials", right)
    assert ("disagree", "tape") == (result.gradient_check.verdict, result.gradient_check.odd_one_out)
    assert (False, 0, []) == (result.converged, result.iterations, steps)
    assert "gradient" in result.reason
    assert {None} == set(estimates(result))


def test_progress_is_told():
    told = []
    result = train(SAMPLES / "oring.csv", model="logistic", progress=lambda step, value: told.append((step, value)))
    assert [step for step, _ in told] == list(range(1, result.iterations + 1))
    assert pytest.approx(result.loss) == told[-1][1]


def test_rows_may_come_in_any_order():
    rows = np.loadtxt(SAMPLES / "oring.csv", delimiter=",", skiprows=1)
    shuffled = np.random.default_rng(0).permutation(rows)
    result = train({"t": shuffled[:, 0], "y": shuffled[:, 1]}, model="logistic")
    assert pytest.approx(estimates(train(SAMPLES / "oring.csv", model="logistic")), rel=1e-12) == estimates(result)


def test_many_rows():
    rng = np.random.default_rng(1)
    x = rng.standard_normal((50_000, 3))
    y = rng.random(50_000) < 1 / (1 + np.exp(-(x @ [1.0, -2.0, 0.5]) - 0.3))
    result = train({"a": x[:, 0], "b": x[:, 1], "c": x[:, 2], "y": y}, model="logistic")
    assert pytest.approx([0.3, 1.0, -2.0, 0.5], abs=0.1) == estimates(result)
    for value, coefficient in zip([0.3, 1.0, -2.0, 0.5], result.coefficients, strict=True):
        assert abs(coefficient.estimate - value) < 4 * coefficient.standard_error


def test_training_never_loads_sympy():
    program = (
        "import sys; from derivkit.training import train;"
        f"train({str(SAMPLES / 'oring.csv')!r}, model='logistic'); train({str(SAMPLES / 'cars.csv')!r}, model='linear');"
        "print(sorted({'sympy', 'rich', 'typer', 'matplotlib'} & {name.partition('.')[0] for name in sys.modules}))"
    )
    found = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True)
    assert "[]\n" == found.stdout
