"""What the tape returns where differences cannot tell: ties, bounds, jumps, zeros, infinities and NaN; and what it refuses."""

import numpy as np
import pytest

from derivkit import tape

INF, NAN = np.inf, np.nan

# Name, function, point, derivative of the sum of its values. Shares of elements that tie sum to one.
POINTS = [
    ("max of ties", np.max, [1, 3, 3, 3, 3], [0, 0.25, 0.25, 0.25, 0.25]),
    ("max of ties in one row of two", lambda x: np.max(x, axis=1), [[1, 1], [2, 3]], [[0.5, 0.5], [0, 1]]),
    ("max of infinities", np.max, [INF, 1, INF], [0.5, 0, 0.5]),
    ("max with NaN", lambda x: np.max(x, axis=1), [[1, NAN], [2, 2]], [[0, 0], [0.5, 0.5]]),
    ("max with NaN and without ties", lambda x: np.max(x, axis=1), [[1, NAN], [2, 3]], [[0, 0], [0, 1]]),
    ("max that ties with initial", lambda x: np.max(x, initial=1), [1, 1, 0], [1 / 3, 1 / 3, 0]),
    ("max below initial", lambda x: np.max(x, initial=5), [1, 1, 0], [0, 0, 0]),
    ("max where no element counts", lambda x: np.max(x, axis=0, initial=0, where=[[True, False]]), [[1, 2]], [[1, 0]]),
    ("min of ties", np.min, [1, 3, 1], [0.5, 0, 0.5]),
    ("nanmax of ties", np.nanmax, [NAN, 2, 2], [0, 0.5, 0.5]),
    ("fmax.reduce of NaN", lambda x: np.fmax.reduce(x), [NAN, NAN], [0, 0]),
    ("ptp of ties", np.ptp, [1, 1], [0, 0]),
    ("median of ties", np.median, [1, 1, 1, 1], [0, 0.5, 0.5, 0]),
    ("median of infinities", lambda x: np.median(x), [INF, 1, 2], [0, 0, 1]),
    ("median with NaN", np.median, [NAN, 1, 2], [0, 0, 0]),
    ("median with NaN in a long row", np.median, np.r_[np.arange(300), NAN], np.zeros(301)),
    ("quantile with NaN", lambda x: np.quantile(x, [0.0, 0.5]), [NAN, 1, 2], [0, 0, 0]),
    ("nanmedian with NaN", np.nanmedian, [NAN, 1, 2], [0, 0.5, 0.5]),
    ("sort of ties", lambda x: np.sort(x, kind="stable") * [1, 2, 4], [2, 1, 1], [4, 1, 2]),
    ("maximum.accumulate of ties", lambda x: np.maximum.accumulate(x), [1, 1, 0, 3], [1, 2, 0, 1]),
    ("cumprod of zeros", np.cumprod, [0, 0, 3], [1, 0, 0]),
    ("prod of zeros", np.prod, [0, 2, 3], [6, 0, 0]),
    ("clip at the bounds", lambda x: np.clip(x, 0, 1), [0, 1, 0.5, -0.1, 1.1], [1, 1, 1, 0, 0]),
    ("clip of infinities and NaN", lambda x: np.clip(x, 0, 1), [INF, -INF, NAN], [0, 0, 0]),
    ("clip by a bound at it", lambda x: np.clip([0, 1, 0.5], x, 3), 0.5, 1),
    ("nan_to_num", np.nan_to_num, [NAN, INF, -INF, 2], [0, 0, 0, 1]),
    ("round", lambda x: np.round(x), [0.5, 1.2, -0.7], [0, 0, 0]),
    ("modf of whole numbers and infinities", lambda x: np.modf(x)[0], [2, INF], [1, 1]),
    ("i0 at 0", np.i0, 0.0, 0),
    ("sinc at 0 and whole numbers", np.sinc, [0, 1, -2], [0, -1, -0.5]),
]


@pytest.mark.parametrize(("function", "x", "expected"), [pytest.param(*case[1:], id=case[0]) for case in POINTS])
def test_shares(function, x, expected):
    x = np.array(x, dtype=float)
    found = tape.grad(lambda x: np.sum(function(x)))(x)
    np.testing.assert_allclose(found, expected, rtol=1e-14, atol=1e-15)
    pushed = [tape.jvp(lambda x: np.sum(function(x)), (x,), (e.reshape(x.shape),))[1] for e in np.eye(x.size)]
    np.testing.assert_allclose(np.reshape(pushed, x.shape), expected, rtol=1e-14, atol=1e-15)


@pytest.mark.parametrize(("function", "x", "_"), [pytest.param(*case[1:], id=case[0]) for case in POINTS])
def test_values_are_numpys(function, x, _):
    x = np.array(x, dtype=float)
    np.testing.assert_allclose(tape.vjp(function, x)[0], function(x), rtol=1e-14)


def test_second_derivatives_at_removable_singularities():
    np.testing.assert_allclose(tape.hessian(np.sinc)(0.0), -(np.pi**2) / 3)  # sinc x = 1 - (pi x)^2/6 + ...
    np.testing.assert_allclose(tape.hessian(np.i0)(0.0), 0.5)  # DLMF 10.25.2
    np.testing.assert_array_equal(
        tape.hessian(lambda x: np.cumprod(x)[-1])(np.array([0.0, 0, 3])), [[0, 3, 0], [3, 0, 0], [0, 0, 0]]
    )


@pytest.mark.parametrize(
    ("function", "words"),
    [
        (lambda t: np.add.reduceat(t, [0, 1]), "numpy.add.reduceat"),
        (lambda t: np.add.at(np.zeros(3), [0, 1], t), "numpy.add.at"),
        (lambda t: np.subtract.reduce(t), "numpy.subtract.reduce"),
        (lambda t: np.max(t, initial=t[0]), "tracked initial"),
        (lambda t: np.angle(t), "arctan2"),
        (lambda t: np.quantile(t, 0.2, method="inverted_cdf"), "method 'inverted_cdf'"),
        (lambda t: np.quantile(t, 0.2, method="inverted_cdf", weights=np.ones(2)), "weights"),
        (lambda t: np.clip(t, 0, 1, casting="safe"), "numpy.clip with casting"),
        (lambda t: np.unwrap(t, period=t[0]), "tracked period"),
    ],
)
def test_what_has_no_rule_is_refused_by_name(function, words):
    with pytest.raises(NotImplementedError, match=words):
        tape.vjp(function, np.array([1.0, 2.0]))
