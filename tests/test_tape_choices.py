"""What no difference can check: products at zeros, branches that are not taken, kinks, and what is refused."""

import numpy as np
import pytest

from derivkit import tape

nan, inf = np.nan, np.inf


def leaf(data):
    return tape.Tensor(data, requires_grad=True)


def second_by_jvp(f, x):
    """The second derivative, forwards over forwards, along ones."""
    ones = np.ones_like(x)
    return tape.jvp(lambda t: tape.jvp(f, (t,), (ones,))[1], (x,), (ones,))[1]


# Products.


@pytest.mark.parametrize(
    ("x", "gradient"),
    [
        ([2.0, 3.0, 4.0], [12.0, 8.0, 6.0]),
        ([2.0, 0.0, 4.0], [0.0, 8.0, 0.0]),
        ([0.0, 0.0, 4.0], [0.0, 0.0, 0.0]),
        ([5.0], [1.0]),
    ],
)
def test_the_gradient_of_a_product_needs_no_division(x, gradient):
    np.testing.assert_array_equal(tape.grad(np.prod)(np.array(x)), gradient)


@pytest.mark.parametrize(
    ("x", "hessian"),
    [
        ([2.0, 0.0, 4.0], [[0.0, 4.0, 0.0], [4.0, 0.0, 2.0], [0.0, 2.0, 0.0]]),
        ([0.0, 0.0, 4.0], [[0.0, 4.0, 0.0], [4.0, 0.0, 0.0], [0.0, 0.0, 0.0]]),
        ([0.0, 0.0, 0.0], np.zeros((3, 3))),
    ],
)
def test_the_hessian_of_a_product_at_zeros(x, hessian):
    np.testing.assert_array_equal(tape.hessian(np.prod)(np.array(x)), hessian)


# Branches that are not taken: a step with an infinite or undefined slope there makes no NaN.

X = np.array([-1.0, 0.0, 4.0])
BRANCHES = [  # name, function, first derivative, second derivative at X
    ("sqrt", lambda x: np.where(x > 0, np.sqrt(x), 0), [0, 0, 1 / 4], [0, 0, -1 / 32]),
    ("sqrt as the other branch", lambda x: np.where(x <= 0, 0, np.sqrt(x)), [0, 0, 1 / 4], [0, 0, -1 / 32]),
    ("log", lambda x: np.where(x > 0, np.log(x), x), [1, 1, 1 / 4], [0, 0, -1 / 16]),
    ("several steps", lambda x: np.where(x > 0, np.exp(-np.log(np.sqrt(x))), 1.0), [0, 0, -1 / 16], [0, 0, 3 / 128]),
    ("a power", lambda x: np.where(x > 0, x**0.5 * 2, x), [1, 1, 1 / 2], [0, 0, -1 / 16]),
    ("a quotient", lambda x: np.where(x != 0, np.sin(x * 0) + x / x, 1.0), [0, 0, 0], [0, 0, 0]),
    ("nested", lambda x: np.where(x > -2, np.where(x > 0, np.sqrt(x), x), nan * x), [1, 1, 1 / 4], [0, 0, -1 / 32]),
    ("a choice of a choice", lambda x: np.where(x > 0, np.sqrt(np.where(x < 9, x, 1 / x)), 0), [0, 0, 1 / 4], [0, 0, -1 / 32]),
    ("used twice", lambda x: (lambda r: np.where(x > 0, r, 0) + np.where(x > 1, r, 1))(np.sqrt(x)), [0, 0, 1 / 2], [0, 0, -1 / 16]),
    ("select", lambda x: np.select([x < 0, x > 0], [-x, np.sqrt(x)]), [-1, 0, 1 / 4], [0, 0, -1 / 32]),
    ("piecewise", lambda x: np.piecewise(x, [x > 0], [np.sqrt, lambda t: 2 * t]), [2, 2, 1 / 4], [0, 0, -1 / 32]),
    ("nansum", lambda x: np.where(np.isnan(x / x), 0, x), [1, 0, 1], [0, 0, 0]),
    ("broadcast", lambda x: np.where((x > 0)[None], np.sqrt(x), np.zeros((2, 1)))[1], [0, 0, 1 / 4], [0, 0, -1 / 32]),
    ("indexed", lambda x: np.where(x > 0, np.sqrt(x[...]), 0), [0, 0, 1 / 4], [0, 0, -1 / 32]),
]


@pytest.mark.filterwarnings("ignore::RuntimeWarning")  # NumPy warns when it computes the branch that is not taken
@pytest.mark.parametrize(("f", "first", "second"), [pytest.param(*case[1:], id=case[0]) for case in BRANCHES])
def test_a_branch_not_taken_sends_nothing_back(f, first, second):
    def total(x):
        return np.sum(f(x))

    def slope(x):
        return tape.jvp(f, (x,), (np.ones_like(X),))[1]

    np.testing.assert_allclose(tape.grad(total)(X), first, rtol=1e-14)
    np.testing.assert_allclose(slope(X), first, rtol=1e-14)
    np.testing.assert_allclose(tape.hessian(total)(X), np.diag(second), rtol=1e-14)
    np.testing.assert_allclose(tape.grad(lambda x: np.sum(slope(x)))(X), second, rtol=1e-14)
    np.testing.assert_allclose(tape.hvp(total, X, np.ones_like(X)), second, rtol=1e-14)
    np.testing.assert_allclose(second_by_jvp(f, X), second, rtol=1e-14)


@pytest.mark.filterwarnings("ignore::RuntimeWarning")
@pytest.mark.parametrize(
    ("f", "x", "gradient"),
    [
        (lambda x: np.where(np.array([False, False]), np.sqrt(x), 1.0), 0.0, 0.0),  # the branch is broadcast
        (lambda x: np.where(np.array([[False], [True]]), np.sqrt(x), 1.0), np.array([4.0, 1.0]), [1 / 4, 1 / 2]),
        (lambda x: np.where(np.array([[True], [True]]), 1.0, np.log(x)), np.array([0.0, 1.0]), [0.0, 0.0]),
        (lambda x: np.where(np.array([False, False]), np.sqrt(x) * np.ones(2), 1.0), 0.0, 0.0),  # within the branch
        (lambda x: np.where(np.array([False, True]), np.sqrt(x * np.array([0.0, 1.0])), 1.0), 4.0, 1 / 4),
        (lambda x: np.where(np.array([False, True]), np.broadcast_to(np.sqrt(x), 2), 1.0), 4.0, 1 / 4),
    ],
)
def test_a_branch_not_taken_that_is_broadcast(f, x, gradient):
    np.testing.assert_allclose(tape.grad(lambda x: np.sum(f(x)))(x), gradient)
    np.testing.assert_allclose(tape.jacobian(f)(x).reshape(-1, *np.shape(x)).sum(0), gradient)


MOVED = [
    ("a part", lambda x: np.where(x[1:] > 0, np.sqrt(x)[1:], 0), [0, 0, 1 / 4], [0, 0, -1 / 32]),
    ("parts", lambda x: np.where(x[[2, 1, 2]] > 0, np.sqrt(x)[[2, 1, 2]], 0), [0, 0, 1 / 2], [0, 0, -1 / 16]),
    ("reshaped", lambda x: np.where(x[:, None] > 0, np.reshape(np.sqrt(x), (3, 1)), 0), [0, 0, 1 / 4], [0, 0, -1 / 32]),
    ("turned", lambda x: np.where(x[::-1] > 0, np.flip(np.sqrt(x)), 0), [0, 0, 1 / 4], [0, 0, -1 / 32]),
    ("joined", lambda x: np.where(np.stack([x, x]) > 0, np.stack([np.sqrt(x), x]), 0), [0, 0, 5 / 4], [0, 0, -1 / 32]),
]


@pytest.mark.filterwarnings("ignore::RuntimeWarning")
@pytest.mark.parametrize(("f", "first", "second"), [pytest.param(*case[1:], id=case[0]) for case in MOVED])
def test_a_branch_not_taken_whose_elements_are_moved(f, first, second):
    def total(x):
        return np.sum(f(x))

    np.testing.assert_allclose(tape.grad(total)(X), first, rtol=1e-14)
    np.testing.assert_allclose(tape.hessian(total)(X), np.diag(second), rtol=1e-14)
    np.testing.assert_allclose(tape.jvp(total, (X,), (np.ones_like(X),))[1], np.sum(first), rtol=1e-14)


# Kinks and the ends of interpolation.


def test_interpolation_takes_the_slope_to_the_right_of_a_point_and_to_the_left_of_the_last():
    slope = tape.grad(lambda x: np.interp(x, [0.0, 1.0, 3.0], [0.0, 2.0, 0.0]))
    assert [slope(x) for x in (-1.0, 0.0, 0.5, 1.0, 2.0, 3.0, 4.0)] == [0.0, 2.0, 2.0, -1.0, -1.0, -1.0, 0.0]


def test_the_spread_of_equal_numbers_has_slope_zero():
    np.testing.assert_array_equal(tape.grad(np.std)(np.ones(3)), np.zeros(3))


# What is refused.


def test_a_pseudoinverse_that_drops_what_is_not_zero_is_refused():
    a = np.diag([2.0, 1.0, 1e-20])
    assert tape.grad(lambda a: np.sum(np.linalg.pinv(a, 1e-12)))(a)[1, 1] == -1.0
    with pytest.raises(NotImplementedError, match="drops a singular value"):
        tape.grad(lambda a: np.sum(np.linalg.pinv(a, rtol=0.6)))(a)


@pytest.mark.parametrize(
    ("call", "error", "words"),
    [
        (lambda x: np.reshape(x, (4, 2)), ValueError, r"size 6 .*shape \(4,\s*2\)"),
        (lambda x: np.concatenate((x, np.zeros((2, 2)))), ValueError, "dimension"),
        (lambda x: np.concatenate((x, np.zeros(3))), ValueError, "dimension"),
        (lambda x: np.stack((x, x[0])), ValueError, "same shape"),
        (lambda x: np.concatenate(()), ValueError, "at least one array"),
        (lambda x: x + np.zeros(2), ValueError, r"\(2,3\) \(2,\)"),
        (lambda x: np.sum(x, axis=2), ValueError, "axis 2 is out of bounds"),
        (lambda x: np.mean(x, axis=(0, 0)), ValueError, "duplicate"),
        (lambda x: np.transpose(x, (0, 0)), ValueError, "repeated axis"),
        (lambda x: np.moveaxis(x, 0, 5), ValueError, "5 is out of bounds"),
        (lambda x: np.broadcast_to(x, (2, 2)), ValueError, r"\(2,\s*2\)"),
        (lambda x: np.squeeze(x, 0), ValueError, "length 1"),
        (lambda x: np.split(x, 2, axis=1), ValueError, "3 cannot be split into 2"),
        (lambda x: np.average(x, axis=0, weights=np.ones(3)), ValueError, r"(?i)shape"),
        (lambda x: np.average(x, weights=np.ones(2)), TypeError, "axis"),
        (lambda x: np.average(x, axis=0, weights=np.array([1.0, -1.0])), ZeroDivisionError, "sum to zero"),
        (lambda x: np.pad(x, -1), ValueError, "negative"),
        (lambda x: np.pad(x, 1, "nonsense"), ValueError, "nonsense"),
        (lambda x: np.repeat(x, [1, 2], axis=1), ValueError, "broadcast"),
        (lambda x: np.diag(np.zeros(1) + x[:, None]), ValueError, "1- or 2-d"),
        (lambda x: np.trace(x[0]), ValueError, "(?i)axis|dim"),
        (lambda x: x[2], IndexError, "index 2 is out of bounds"),
        (lambda x: x[0, 0, 0], IndexError, "too many indices"),
        (lambda x: x[np.array([True, False, True])], IndexError, "boolean index"),
        (lambda x: x[1.5], IndexError, "integers"),
        (lambda x: x[x], IndexError, "astype"),
        (lambda x: np.take(x, 6), IndexError, "6 is out of bounds"),
        (lambda x: np.choose([0, 2], [x[0, 0], x[0, 1]]), (IndexError, ValueError), "out of bounds|invalid entry"),
        (lambda x: np.choose([0, -1], [x[0, 0], x[0, 1]]), ValueError, "invalid entry"),
        (lambda x: np.take(x, 0, mode="nonsense"), ValueError, "nonsense"),
        (lambda x: np.insert(x, 7, 1.0), IndexError, "out of bounds"),
        (lambda x: np.diff(x, -1), ValueError, "order"),
        (lambda x: np.gradient(x, edge_order=3), ValueError, "edge_order"),
        (lambda x: np.gradient(x, [1.0, 2.0], axis=1), ValueError, "3 coordinates"),
        (lambda x: np.gradient(x, 1.0, 2.0, 3.0), TypeError, "one spacing"),
        (lambda x: np.interp(x, [0.0, 1.0], [1.0]), ValueError, "as many values as points"),
        (lambda x: np.convolve(x, [1.0]), ValueError, "two vectors"),
        (lambda x: np.geomspace(x, -x), ValueError, "same sign"),
        (lambda x: np.geomspace(0 * x, x), ValueError, "neither of them zero"),
        (lambda x: np.piecewise(x, [x > 0], [1.0, 2.0, 3.0]), ValueError, "1 or 2 functions"),
        (lambda x: np.select([x > 0], [x, x]), ValueError, "as many choices"),
    ],
)
def test_errors_say_what_is_wrong(call, error, words):
    with pytest.raises(error, match=words):
        call(leaf([[1.0, 2.0, 3.0], [4.0, 5.0, 6.0]]))


@pytest.mark.parametrize(
    "write",
    [
        lambda x: np.put(x, 0, 1.0),
        lambda x: np.place(x, x > 0, [1.0]),
        lambda x: np.putmask(x, x > 0, 1.0),
        lambda x: np.put_along_axis(x, np.array([0]), 1.0, 0),
        lambda x: np.copyto(x, 1.0),
        lambda x: np.copyto(np.zeros(2), x),
        lambda x: np.fill_diagonal(x, 1.0),
        lambda x: x.sort(),
        lambda x: x.partition(1),
        lambda x: x.fill(0.0),
        lambda x: x.put(0, 1.0),
        lambda x: x.resize((3,)),
        lambda x: x.byteswap(True),
        lambda x: np.add.at(x, 0, 1.0),
        lambda x: np.add.at(np.zeros(2), 0, x[0]),
        lambda x: np.nan_to_num(x, copy=False),
        lambda x: np.negative(x, out=np.zeros(2)),
        lambda x: np.concatenate((x, x), out=np.zeros(4)),
        lambda x: np.mean(x, None, None, np.zeros(())),
        lambda x: x.sum(0, None, np.zeros(())),
    ],
)
def test_nothing_is_written_in_place(write):
    x = leaf([2.0, 1.0])
    with pytest.raises((TypeError, NotImplementedError), match=r"write|numpy"):
        write(x)
    assert [2.0, 1.0] == x.tolist()
