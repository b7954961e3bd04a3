"""Stable forms: the same function, with digits where the typed form loses them."""

import math

import mpmath
import pytest

from derivkit.evaluate import evaluate
from derivkit.expression.parser import parse
from derivkit.expression.printer import to_text
from derivkit.expression.stable import stabilize
from derivkit.functions.stable import STABLE_FORMS
from derivkit.tape.differentiate import value_and_gradient

CASES = [
    ("1/(1+exp(-x))", "sigmoid(x)"),
    ("exp(x)/(1+exp(x))", "sigmoid(x)"),
    ("exp(x)/(exp(x)+1)", "sigmoid(x)"),
    ("log(1+exp(x))", "softplus(x)"),
    ("log(exp(a)+exp(b)+exp(c))", "logsumexp(a, b, c)"),
    ("y*log(1+x^2)", "y*log1p(x^2)"),
    ("exp(2x)-1", "expm1(2*x)"),
    ("sqrt(x^2+y^2)", "hypot(x, y)"),
    ("sin(x)+1", "sin(x) + 1"),
]


@pytest.mark.parametrize(("typed", "stable"), CASES)
def test_unstable_forms_are_recognized(typed, stable):
    assert parse(stable).graph == stabilize(parse(typed).graph)


@pytest.mark.parametrize("pair", STABLE_FORMS, ids=lambda pair: pair[0])
def test_every_pair_is_an_identity(pair):
    before, after = (parse(text).graph for text in pair)
    for at in ({"A": 0.3, "B": 1.2, "C": -0.4, "D": 0.9}, {"A": -2.5, "B": 0.1, "C": 2.0, "D": -1.0}):
        expected = evaluate(before, at)
        if math.isfinite(expected):
            assert expected == pytest.approx(evaluate(after, at), rel=1e-12), to_text(after)


@pytest.mark.parametrize(
    ("text", "x", "value", "slope"),
    [
        ("1/(1+exp(-x))", -800.0, 0.0, 0.0),
        ("1/(1+exp(-x))", 800.0, 1.0, 0.0),
        ("log(1+exp(x))", 800.0, 800.0, 1.0),
        ("log(1+exp(x))", -800.0, 0.0, 0.0),
        ("log(exp(x)+exp(0)+exp(1))", 900.0, 900.0, 1.0),
        ("sqrt(x^2+1^2)", 1e300, 1e300, 1.0),
    ],
)
def test_extremes_survive(text, x, value, slope):
    found, gradient = value_and_gradient(stabilize(parse(text).graph), {"x": x})
    assert (value, slope) == pytest.approx((found, gradient["x"]), rel=1e-15, abs=1e-300)


@pytest.mark.parametrize("text", ["exp(x)-1", "log(1+x)", "1-cos(x)", "1-exp(x)"])
def test_digits_survive_cancellation(text):
    x = 1e-9
    truth = {
        "exp(x)-1": mpmath.expm1, "log(1+x)": mpmath.log1p,
        "1-cos(x)": lambda t: 2 * mpmath.sin(t / 2) ** 2, "1-exp(x)": lambda t: -mpmath.expm1(t),
    }[text](mpmath.mpf(x))  # fmt: skip
    assert float(truth) == pytest.approx(evaluate(stabilize(parse(text).graph), {"x": x}), rel=1e-15)
