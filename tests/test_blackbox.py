"""Checking a user's own gradient: points of every kind, evidence, what is left as it was, products, random functions."""

from __future__ import annotations

import math
import random
import warnings
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import derivkit as dk
from derivkit import tape
from derivkit.blackbox.argument import Argument
from derivkit.blackbox.evidence import noise_of
from derivkit.blackbox.kinds import bits_of, rounded
from derivkit.blackbox.line import Slope
from derivkit.blackbox.words import wrong_direction
from derivkit.testing import assert_gradient
from tests.gradient_cases import FIVE, MANY, SQUARE, layer, layer_gradient, smooth, smooth_gradient, spoilt


class Tensor:
    """An array of another framework: no NumPy array, but one can be had from it, as from PyTorch's."""

    def __init__(self, numbers: Any) -> None:
        self.numbers = np.asarray(numbers)
        self.dtype = self.numbers.dtype

    def detach(self) -> Tensor:
        return self

    cpu = detach

    def numpy(self) -> Any:
        return self.numbers


def test_a_verdict_is_no_truth_value() -> None:
    with pytest.raises(TypeError, match="verdict"):
        bool(dk.check_gradient(smooth, smooth_gradient, FIVE))


def test_the_evidence_of_a_right_gradient() -> None:
    found = dk.check_gradient(smooth, smooth_gradient, FIVE)
    assert ("agree", None, (), 5, 1e-6) == (found.verdict, found.reason, found.worst, found.size, found.tolerance)
    assert found.resolution is not None and found.resolution < 1e-11
    assert found.noise is not None and 0 < found.noise < 1e-14
    assert all(abs(order - 2) < 0.3 for order in found.remainder)
    assert found.evaluations < 400


def test_the_evidence_of_a_wrong_one() -> None:
    found = dk.check_gradient(smooth, spoilt(smooth_gradient, 2, 0.5), FIVE, names=list("abcde"))
    (entry,) = found.worst
    truth = float(smooth_gradient(FIVE)[2])
    assert ("x[2]", "c") == (entry.index, entry.name)
    assert 1.5 * truth == pytest.approx(entry.claimed, rel=1e-15)
    assert abs(truth - entry.measured) <= entry.bound < 1e-10
    assert all(abs(order - 1) < 0.3 for order in found.remainder)
    assert "x[2] (c)" in found.message


def test_the_worst_entries_come_first() -> None:
    claimed = 2 * MANY[:2000]
    claimed[[17, 400, 1999]] += [0.1, 10.0, -1.0]
    found = dk.check_gradient(lambda x: np.sum(x**2), claimed, MANY[:2000])
    assert ["x[400]", "x[1999]", "x[17]"] == [entry.index for entry in found.worst]


SUMS = [
    (lambda x: np.sum(np.sin(x)), np.cos),
    (lambda x: np.sum(x**2) / 2, np.copy),
    (lambda x: np.mean(np.exp(x / 3)), lambda x: np.exp(x / 3) / 3 / x.size),
    (lambda x: np.sum(np.log1p(np.exp(-x))), lambda x: -1 / (1 + np.exp(x))),
]


@pytest.mark.parametrize(("fun", "gradient"), SUMS, ids=["sines", "squares", "exponentials", "logistic"])
@pytest.mark.parametrize("error", [1e-6, 1e-8, 1e-10])
def test_one_wrong_entry_of_many_is_named_in_few_calls(fun: Any, gradient: Any, error: float) -> None:
    point = np.random.default_rng(0).normal(size=100_000)
    found = dk.check_gradient(fun, spoilt(gradient, 7, error)(point), point)
    hidden = found.resolution is not None and error < found.resolution and "agree" == found.verdict
    assert hidden or ["x[7]"] == [entry.index for entry in found.worst], found.message
    assert found.evaluations < 1000


def test_errors_everywhere_are_followed_down_to_some() -> None:
    point = MANY[:10_000]
    found = dk.check_gradient(SUMS[0][0], np.cos(point) * (1 + 1e-5 * np.random.default_rng(1).normal(size=point.size)), point)
    assert ("disagree", 10) == (found.verdict, len(found.worst))
    assert "(at least 9 more entries are wrong)" in found.message
    assert found.evaluations < 6000


def test_a_wrong_direction_without_a_wrong_entry() -> None:
    slope = Slope(claimed=154.69686295, measured=154.69686954, bound=4e-11, step=0.1)
    said = "is measured as 154.69686954 ± 4e-11, claimed 154.69686295; the difference is 6.6e-06, and there is one along 1 other"
    assert said in wrong_direction(slope, 1)


@pytest.mark.parametrize(
    ("spoil", "hint"),
    [
        (lambda g: -g, "the sign is reversed"),
        (lambda g: g / 2, "a factor of 2 is missing"),
        (lambda g: 5 * g, "5 times too large"),
        (lambda g: g / 5, "5 times too small"),
        (lambda g: g[::-1], "reverse order"),
        (lambda g: g[[0, 3, 2, 1, 4]], "wrong places"),
        (lambda g: g * [1, 1, 0, 1, 1], "claimed to be 0"),
    ],
)
def test_slips_are_named(spoil: Any, hint: str) -> None:
    found = dk.check_gradient(smooth, lambda x: spoil(smooth_gradient(x)), FIVE)
    assert "disagree" == found.verdict
    assert hint in (found.hint or "")


def test_a_transposed_block_is_named() -> None:
    point = {"w": SQUARE, "c": 2.0}

    def fun(p: Any) -> Any:
        return p["c"] * layer(p["w"])

    found = dk.check_gradient(fun, lambda p: {"w": p["c"] * layer_gradient(p["w"]).T, "c": layer(p["w"])}, point)
    assert ("disagree", "w stands transposed") == (found.verdict, found.hint)
    assert found.worst[0].index.startswith("w[")


@pytest.mark.parametrize(
    ("x", "fun", "gradient"),
    [
        (3.0, lambda x: x**2, lambda x: 2 * x),
        (3, lambda x: x**2, lambda x: 2 * x),
        (np.float32(3), lambda x: x**2, lambda x: 2 * x),
        ([1.0, 2.0], lambda x: x @ x, lambda x: 2 * x),
        ([[1, 2], [3, 4]], lambda x: np.sum(x**2), lambda x: (2 * x).tolist()),
        ({"a": np.ones(2), "b": [np.array(3.0)]}, lambda p: p["a"].sum() * p["b"][0], lambda p: {"b": [2.0], "a": 3 * p["a"]}),
        ((np.ones(2), 2.0), lambda p: p[0].sum() * p[1] ** 2, lambda p: (p[1] ** 2 * np.ones(2), 2 * p[1] * p[0].sum())),
        (np.array([1, 2]), lambda x: np.sum(x**3), lambda x: 3 * x**2),
        (np.array([0.5, 2.0], np.float16), lambda x: np.sum(x * x), lambda x: 2 * x),
        (np.ones((2, 0, 3)).reshape(2, 0, 3).sum(axis=1), lambda x: np.sum(np.cos(x)), lambda x: -np.sin(x)),
    ],
    ids=["float", "int", "float32 number", "list", "nested list", "dict", "tuple", "integers", "float16", "zeros"],
)
def test_points_of_every_kind(x: Any, fun: Any, gradient: Any) -> None:
    found = dk.check_gradient(fun, gradient, x)
    assert "agree" == found.verdict, found.message


def test_values_of_other_frameworks_are_read() -> None:
    found = dk.check_gradient(lambda x: Tensor(smooth(x)), lambda x: Tensor(smooth_gradient(x)), FIVE)
    assert "agree" == found.verdict
    narrow = dk.check_gradient(
        lambda x: Tensor(np.float32(smooth(x))), lambda x: Tensor(smooth_gradient(x).astype(np.float32)), FIVE
    )
    assert ("agree", 1e-2) == (narrow.verdict, narrow.tolerance)


def test_extra_arguments_reach_both() -> None:
    found = dk.check_gradient(
        lambda x, a, b=1.0: a * b * np.sum(x**2), lambda x, a, b=1.0: 2 * a * b * x, FIVE, args=(3.0,), kwargs={"b": 2.0}
    )
    assert "agree" == found.verdict


def test_the_gradient_may_be_an_array() -> None:
    assert "agree" == dk.check_gradient(smooth, smooth_gradient(FIVE), FIVE).verdict
    assert "disagree" == dk.check_gradient(smooth, 1.001 * smooth_gradient(FIVE), FIVE).verdict


@pytest.mark.parametrize(
    ("x", "error", "said"),
    [
        ([1.0, math.nan], ValueError, r"x\[1\]"),
        ([], ValueError, "no entries"),
        ("text", TypeError, "real numbers"),
        (np.array([1j]), TypeError, "real numbers"),
    ],
)
def test_points_that_are_none(x: Any, error: type[Exception], said: str) -> None:
    with pytest.raises(error, match=said):
        dk.check_gradient(smooth, smooth_gradient, x)


def test_names_must_fit() -> None:
    with pytest.raises(ValueError, match="2 names were given for 5 entries"):
        dk.check_gradient(smooth, smooth_gradient, FIVE, names=["a", "b"])


def test_errors_of_the_code_at_the_point_are_the_callers() -> None:
    with pytest.raises(KeyError):
        dk.check_gradient(lambda x: {}["missing"], smooth_gradient, FIVE)


def test_everything_is_left_as_it_was() -> None:
    point = FIVE.copy()
    random.seed(1)
    before = np.geterr(), random.getstate(), np.random.get_state()[2], list(warnings.filters)

    def fun(x: Any) -> Any:
        np.random.random()
        random.random()
        np.seterr(all="warn")
        warnings.warn("a step left the domain", stacklevel=1)
        return smooth(x) + np.sum(np.log(x + 1.3))

    found = dk.check_gradient(fun, lambda x: smooth_gradient(x) + 1 / (x + 1.3), point)
    assert "agree" == found.verdict
    assert before == (np.geterr(), random.getstate(), np.random.get_state()[2], list(warnings.filters))
    assert FIVE.tolist() == point.tolist()


def test_the_same_seed_gives_the_same_verdict() -> None:
    assert dk.check_gradient(smooth, smooth_gradient, FIVE) == dk.check_gradient(smooth, smooth_gradient, FIVE)


def test_time_runs_out() -> None:
    found = dk.check_gradient(smooth, smooth_gradient, FIVE, seconds=0.0)
    assert ("refused", "budget") == (found.verdict, found.reason)


def test_a_kink_says_whether_the_claim_is_a_subgradient() -> None:
    found = dk.check_gradient(lambda x: abs(x), lambda x: 0.25, 0.0)
    assert "the slope is -1 on the left, 1 on the right" in found.message
    assert "the claim, 0.25, is a subgradient" in found.message
    wrong = dk.check_gradient(lambda x: max(x[0], x[1]), [1.0, 1.0], [2.0, 2.0])
    assert ("disagree", "wrong_gradient") == (wrong.verdict, wrong.reason)


def test_kinks_among_many_entries() -> None:
    point = MANY[:5000].copy()
    point[1234] = 0.0
    found = dk.check_gradient(lambda x: np.sum(np.abs(x)), np.sign, point)
    assert ("refused", "kink") == (found.verdict, found.reason)
    assert "x[1234]" in found.message


@pytest.mark.parametrize("size", [1e-12, 1e-6, 1e-3])
def test_noise_is_measured(size: float) -> None:
    """A noise that looks random, of known size: the fractional part of a steep line, uniform on (0, 1)."""

    def noisy(x: Any) -> Any:
        return float(x[0]) + size * ((float(x[0]) * 1e15 * math.pi) % 1.0)

    found = dk.check_gradient(noisy, [1.0], [0.7])
    assert found.noise is not None
    assert 0.2 < found.noise / (size / math.sqrt(12)) < 5
    assert noise_of.__doc__ is not None and "Moré and Wild" in noise_of.__doc__


MATRIX = np.random.default_rng(3).normal(size=(4, 5))


def outputs(x: Any) -> Any:
    return np.tanh(MATRIX @ x)


def jacobian(x: Any) -> Any:
    return (1 - outputs(x) ** 2)[:, None] * MATRIX


def pushed(x: Any, v: Any) -> Any:
    return jacobian(x) @ v


def pulled(x: Any, u: Any) -> Any:
    return jacobian(x).T @ u


@pytest.mark.parametrize(
    ("jvp", "vjp", "verdict", "reason"),
    [
        (pushed, pulled, "agree", None),
        (pushed, None, "agree", None),
        (None, pulled, "agree", None),
        (lambda x, v: 1.000001 * pushed(x, v), None, "disagree", "wrong_jvp"),
        (lambda x, v: MATRIX @ v, pulled, "disagree", "wrong_jvp"),
        (pushed, lambda x, u: MATRIX.T @ u, "disagree", "wrong_vjp"),
        (lambda x, v: pushed(x, v)[:3], pulled, "disagree", "wrong_shape"),
    ],
)
def test_jacobian_products(jvp: Any, vjp: Any, verdict: str, reason: str | None) -> None:
    found = dk.check_gradient(outputs, None, FIVE, jvp=jvp, vjp=vjp)
    assert (verdict, reason) == (found.verdict, found.reason), found.message


def test_products_beside_a_wrong_gradient() -> None:
    found = dk.check_gradient(smooth, -smooth_gradient(FIVE), FIVE, jvp=lambda x, v: smooth_gradient(x) @ v)
    assert ("disagree", "wrong_gradient") == (found.verdict, found.reason)


def test_the_assertion_of_pytest() -> None:
    assert_gradient(smooth, smooth_gradient, FIVE)
    with pytest.raises(AssertionError, match=r"disagree \(wrong_gradient\): the gradient is wrong at x\[2\]") as caught:
        assert_gradient(smooth, spoilt(smooth_gradient, 2, 1e-7), FIVE)
    assert "order of the Taylor remainder" in str(caught.value)
    with pytest.raises(AssertionError, match="refused"):
        assert_gradient(np.max, [1.0, 0.0], [2.0, 2.0])


def test_narrow_numbers() -> None:
    assert (53, 24, 11) == (bits_of(1.0), bits_of(np.float32(1)), bits_of(np.float16(1)))
    exact = np.array([1 / 3, -1e-30, 5e10])
    assert exact.astype(np.float32).tolist() == rounded(exact, 24).tolist()
    assert exact[:1].astype(np.float16).tolist() == rounded(exact[:1], 11).tolist()


def test_entries_are_labelled_as_they_are_reached() -> None:
    argument = Argument({"layers": [np.ones((2, 2)), np.ones(2)], "c": 1.0})
    assert ["layers[0][0, 0]", "layers[0][1, 1]", "layers[1][1]", "c"] == [argument.label(k) for k in (0, 3, 5, 6)]


INNER = (np.sin, np.tanh, lambda z: z * z, lambda z: np.exp(-z * z), lambda z: np.sqrt(1 + z * z), lambda z: np.log(1 + z * z))


@settings(max_examples=60, deadline=None)
@given(
    seed=st.integers(0, 10**6),
    size=st.sampled_from([1, 2, 5, 40]),
    inner=st.sampled_from(INNER),
    outer=st.sampled_from(INNER),
    scale=st.sampled_from([1e-5, 1e-2, 1.0, 1e3, 1e6]),
    factor=st.sampled_from([1e-9, 1.0, 1e8]),
    error=st.sampled_from([0.0, 1e-5, 1e-2, 1.0]),
)
def test_random_functions(seed: int, size: int, inner: Any, outer: Any, scale: float, factor: float, error: float) -> None:
    """No false alarm; a wrong entry is seen, or refused as hidden. The right gradients come from the tape."""
    generator = np.random.default_rng(seed)
    matrix = generator.normal(size=(size, size)) / scale / math.sqrt(size)
    shift = generator.normal(size=size)
    point = scale * generator.normal(size=size)

    def fun(x: Any) -> Any:
        return factor * np.sum(outer(inner(matrix @ x + shift) + shift))

    right = tape.grad(fun)
    if not error:
        assert "disagree" != dk.check_gradient(fun, right, point, seed=seed).verdict
        return
    entry = int(np.argmax(np.abs(right(point) * point)))
    found = dk.check_gradient(fun, spoilt(right, entry, error), point, seed=seed)
    assert "disagree" == found.verdict or ("refused", "noise") == (found.verdict, found.reason)
