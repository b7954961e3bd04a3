"""NumPy's functions that mix or move elements: every one in both modes, to two orders, against differences."""

import numpy as np
import pytest

from tests.tape_cases import check

# name, function, shapes (or arrays) of its arguments
REDUCTIONS = [
    ("sum", lambda x: np.sum(x), (3, 4)),
    ("sum over an axis", lambda x: np.sum(x, axis=1), (3, 4)),
    ("sum over axes", lambda x: np.sum(x, axis=(0, -1)), (3, 4, 2)),
    ("sum keeping the axes", lambda x: np.sum(x, axis=-1, keepdims=True) * x, (3, 4)),
    ("sum of nothing", lambda x: np.sum(x, axis=0), (0, 3)),
    ("sum of a number", lambda x: np.sum(x), ()),
]
SHAPES = [
    ("reshape", lambda x: np.reshape(x, (4, 3)), (3, 4)),
]
CASES = [*REDUCTIONS, *SHAPES]


@pytest.mark.parametrize(("function", "specs"), [pytest.param(case[1], case[2:], id=case[0]) for case in CASES])
def test_derivatives(function, specs):
    check(function, *specs)
