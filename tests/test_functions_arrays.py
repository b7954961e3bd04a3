"""Array routines beside those for one float: at infinities, and of single precision."""

from __future__ import annotations

import numpy as np
import pytest

from derivkit.functions import ARRAYS, FLOATS, row_named

INF, NAN = np.inf, np.nan
LIMITS = {
    "sigmoid": {-INF: 0.0, INF: 1.0, -800.0: 0.0, 800.0: 1.0, NAN: NAN},
    "softplus": {-INF: 0.0, INF: INF, -800.0: 0.0, 800.0: 800.0, NAN: NAN},
}


@pytest.mark.parametrize("name", LIMITS)
def test_soft_steps_are_right_far_out_and_at_infinities(name):
    points, expected = np.array(list(LIMITS[name])), list(LIMITS[name].values())
    np.testing.assert_array_equal(ARRAYS.function(row_named(name))(points), expected)
    np.testing.assert_array_equal([FLOATS.function(row_named(name))(float(x)) for x in points], expected)


@pytest.mark.parametrize(
    "name", ["sigmoid", "softplus", "normpdf", "sec", "csc", "cot", "sech", "csch", "coth", "asec", "acsc", "acot"]
)
def test_single_precision_stays_single_and_integers_become_double(name):
    routine = ARRAYS.function(row_named(name))
    narrow = routine(np.array([1.5, 3.0], np.float32))
    assert np.float32 == narrow.dtype
    np.testing.assert_allclose(narrow, routine(np.array([1.5, 3.0])), rtol=1e-6)
    assert np.float64 == routine(np.array([2, 3])).dtype
