"""The soft maximum at infinities and NaN: what is infinite has all of the derivative, in equal shares."""

import numpy as np
import pytest

from derivkit import tape
from derivkit.tape import functional as F

INF, NAN = np.inf, np.nan
CASES = [  # a point, the gradient there, the diagonal of the second derivatives
    ([INF, 1.0, 2.0], [1, 0, 0], [0, 0, 0]),
    ([INF, 1.0, INF], [0.5, 0, 0.5], [0, 0, 0]),
    ([-INF, 0.0, 0.0], [0, 0.5, 0.5], [0, 0.25, 0.25]),
    ([-INF, -INF, -INF], [0, 0, 0], [0, 0, 0]),
    ([NAN, 1.0, 2.0], [NAN, NAN, NAN], [NAN, NAN, NAN]),
]


@pytest.mark.parametrize(("point", "slopes", "curvatures"), CASES)
@pytest.mark.parametrize("function", [F.logsumexp, np.logaddexp.reduce], ids=["logsumexp", "logaddexp.reduce"])
def test_logsumexp_of_infinities_is_that_of_the_largest(function, point, slopes, curvatures):
    x, directions = np.array(point), np.eye(3)
    np.testing.assert_array_equal(tape.grad(function)(x), slopes)
    np.testing.assert_array_equal([tape.jvp(function, (x,), (v,))[1] for v in directions], slopes)
    np.testing.assert_array_equal(np.diag(tape.hessian(function)(x)), curvatures)


def test_each_row_has_its_own_infinities():
    x = np.array([[INF, 1.0], [0.0, 0.0], [-INF, -INF]])
    _, pullback = tape.vjp(lambda x: F.logsumexp(x, axis=1), x)
    found = pullback(np.ones(3))[0]
    np.testing.assert_array_equal(found, [[1, 0], [0.5, 0.5], [0, 0]])
