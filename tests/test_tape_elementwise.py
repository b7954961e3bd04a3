"""The elementwise operations: every one in both modes, to two orders, and what is returned at kinks, ties and 0/0."""

import numpy as np
import pytest

from derivkit import tape
from derivkit.tape.elementwise import ELEMENTWISE, PLAIN
from derivkit.tape.operation import Elementwise
from tests.tape_cases import check

UFUNCS = [ufunc for ufunc, operation in ELEMENTWISE.items() if ufunc.__class__ is np.ufunc and isinstance(operation, Elementwise)]
NUMPYS = [ufunc for ufunc in UFUNCS if getattr(np, ufunc.__name__, None) is ufunc]

# Bounds of the arguments, where they cannot be any numbers; away from kinks and jumps by more than the differences' steps.
BOUNDS = {
    np.log: [(0.3, 3.0)], np.log2: [(0.3, 3.0)], np.log10: [(0.3, 3.0)], np.log1p: [(-0.6, 3.0)], np.sqrt: [(0.3, 3.0)],
    np.arccosh: [(1.3, 4.0)], np.arcsin: [(-0.8, 0.8)], np.arccos: [(-0.8, 0.8)], np.arctanh: [(-0.8, 0.8)], np.cbrt: [(0.3, 3.0)],
    np.tan: [(-1.2, 1.2)], np.reciprocal: [(0.5, 2.0)], np.divide: [(-2.0, 2.0), (0.5, 2.0)], np.power: [(0.5, 2.0), (-2.0, 2.0)],
    np.float_power: [(0.5, 2.0), (-2.0, 2.0)], np.floor: [(0.1, 0.9)], np.ceil: [(0.1, 0.9)], np.trunc: [(0.1, 0.9)],
    np.rint: [(0.6, 1.4)], np.floor_divide: [(2.1, 2.9), (0.95, 1.05)], np.remainder: [(2.2, 2.8), (0.95, 1.05)],
    np.fmod: [(-2.8, -2.2), (0.95, 1.05)],
}  # fmt: skip
WHOLE = {np.ldexp}
UNARY = [ufunc for ufunc in NUMPYS if ufunc.nin == 1]
BINARY = [ufunc for ufunc in NUMPYS if ufunc.nin == 2 and ufunc not in WHOLE]


def name(ufunc):
    return ufunc.__name__


def specs(ufunc, *shapes):
    bounds = BOUNDS.get(ufunc, [()] * ufunc.nin)
    return [(shape, *bound) for shape, bound in zip(shapes, bounds, strict=True)]


def float32_kept(ufunc):
    return ufunc is not np.float_power  # which always gives float64


@pytest.mark.parametrize("ufunc", UNARY, ids=name)
@pytest.mark.parametrize("shape", [(3, 2), (), (0, 2)], ids=str)
def test_functions_of_one_argument(ufunc, shape):
    check(ufunc, *specs(ufunc, shape))


@pytest.mark.parametrize("ufunc", BINARY, ids=name)
@pytest.mark.parametrize("shapes", [((2, 3), (2, 3)), ((2, 1), (3,)), ((), (2, 2)), ((1, 2), ()), ((0, 2), (2,))], ids=str)
def test_functions_of_two_arguments_broadcast(ufunc, shapes):
    check(ufunc, *specs(ufunc, *shapes), seed=2, float32=float32_kept(ufunc))  # with this seed no two arguments tie


def test_every_universal_function_of_numpy_has_a_rule_or_is_refused_by_name():
    floats = [getattr(np, key) for key in dir(np) if isinstance(getattr(np, key), np.ufunc)]
    x = tape.Tensor([[1.5, 2.5], [0.5, 1.0]], requires_grad=True)
    for ufunc in floats:
        if ufunc in ELEMENTWISE or ufunc in PLAIN:
            continue
        with np.errstate(all="ignore"):
            try:
                np.sum(ufunc(*[x] * ufunc.nin)[0] * 1.0)
            except NotImplementedError as refusal:
                assert f"numpy.{ufunc.__name__} " in str(refusal)


INF, NAN = np.inf, np.nan

# function, argument, other argument or None, derivatives by both (by NumPy's own definition the value is known)
SPECIAL_POINTS = [
    (np.absolute, 0.0, None, (0.0,)),
    (np.fabs, 0.0, None, (0.0,)),
    (np.sign, 0.0, None, (0.0,)),
    (np.sqrt, 0.0, None, (INF,)),
    (np.hypot, 0.0, 0.0, (0.0, 0.0)),
    (np.hypot, 0.0, -2.0, (0.0, -1.0)),
    (np.arctan2, 0.0, 0.0, (NAN, NAN)),
    (np.maximum, 1.0, 1.0, (0.5, 0.5)),
    (np.maximum, INF, INF, (0.5, 0.5)),
    (np.maximum, INF, 1.0, (1.0, 0.0)),
    (np.maximum, NAN, 1.0, (0.0, 0.0)),
    (np.minimum, 1.0, 1.0, (0.5, 0.5)),
    (np.minimum, -INF, -INF, (0.5, 0.5)),
    (np.fmax, NAN, 1.0, (0.0, 1.0)),
    (np.fmin, 1.0, NAN, (1.0, 0.0)),
    (np.fmin, 2.0, 2.0, (0.5, 0.5)),
    (np.logaddexp, -INF, -INF, (0.5, 0.5)),
    (np.logaddexp, 0.0, -INF, (1.0, 0.0)),
    (np.logaddexp, INF, 0.0, (1.0, 0.0)),
    (np.logaddexp, -INF, 3.0, (0.0, 1.0)),
    (np.logaddexp, NAN, -INF, (NAN, NAN)),
    (np.logaddexp2, -INF, -INF, (0.5, 0.5)),
    (np.logaddexp2, 0.0, INF, (0.0, 1.0)),
    (np.copysign, 0.0, -1.0, (0.0, 0.0)),
    (np.copysign, -2.0, 1.0, (-1.0, 0.0)),
    (np.heaviside, 0.0, 0.25, (0.0, 1.0)),
    (np.power, 0.0, 0.0, (0.0, -INF)),
    (np.power, 0.0, 1.0, (1.0, 0.0)),
    (np.power, 0.0, 2.0, (0.0, 0.0)),
    (np.power, 0.0, 0.5, (INF, 0.0)),
    (np.power, -2.0, 3.0, (12.0, NAN)),
    (np.remainder, 6.0, 3.0, (1.0, -2.0)),
    (np.remainder, -1.0, 3.0, (1.0, 1.0)),
    (np.fmod, -7.0, 3.0, (1.0, 2.0)),
]


@pytest.mark.parametrize(("ufunc", "x", "y", "expected"), SPECIAL_POINTS)
def test_kinks_ties_and_edges(ufunc, x, y, expected):
    args = (x,) if y is None else (x, y)
    with np.errstate(all="ignore"):
        found = tape.grad(ufunc, argnum=tuple(range(len(args))))(*args)
        arrays = tape.grad(lambda *a: np.sum(ufunc(*a)), argnum=tuple(range(len(args))))(*[np.array([a, a]) for a in args])
    np.testing.assert_array_equal(expected, found)
    np.testing.assert_array_equal(np.array([expected, expected]).T, arrays)


def test_powers_of_zero_with_a_vector_of_exponents():
    powers = np.arange(4)
    np.testing.assert_array_equal([0, 1, 0, 0], tape.jacobian(lambda x: x**powers)(0.0))
    np.testing.assert_array_equal([0, 0, 2, 0], tape.jacobian(tape.jacobian(lambda x: x**powers))(0.0))


@pytest.mark.parametrize("exponent", [0, 1, 2, 3, -1, 0.5, 2.5])
def test_powers_with_plain_exponents(exponent):
    check(lambda x: x**exponent, ((3,), 0.5, 2.0))


def test_ldexp_scales():
    check(lambda x: np.ldexp(x, np.array([1, -2, 3])), (3,))
