"""Axes that an array does not have are refused, as NumPy refuses them."""

import numpy as np
import pytest

from derivkit import tape
from derivkit.tape import functional as F

MATRIX = tape.Tensor(np.arange(6.0).reshape(2, 3), requires_grad=True)
CUBE = tape.Tensor(np.eye(6).reshape(2, 3, 2, 3), requires_grad=True)

CASES = {
    "tensordot": lambda k: np.tensordot(MATRIX, np.ones((3, 2)), axes=([k], [0])),
    "tensordot of the other": lambda k: np.tensordot(np.ones((2, 3)), MATRIX.T, axes=([1], [k])),
    "tensordot by a count": lambda k: np.tensordot(MATRIX, np.ones((3, 2)), axes=k),
    "pad": lambda k: np.pad(MATRIX, {k: (1, 1)}),
    "tensorsolve": lambda k: np.linalg.tensorsolve(CUBE, np.ones((2, 3)), axes=(k,)),
    "layer_norm": lambda k: F.layer_norm(MATRIX, axis=k),
    "layer_norm of several": lambda k: F.layer_norm(MATRIX, axis=(0, k)),
    "softmax": lambda k: F.softmax(MATRIX, axis=k),
    "norm": lambda k: np.linalg.norm(MATRIX, axis=k),
    "sum": lambda k: np.sum(MATRIX, axis=k),
}


@pytest.mark.parametrize("case", CASES.values(), ids=CASES)
def test_an_axis_beyond_the_last_is_refused(case):
    with pytest.raises(IndexError, match="out of bounds"):
        case(5)
