"""Functions of neural networks: both modes and two orders, stability far out, published values, PyTorch's values."""

import math

import numpy as np
import pytest

from derivkit import tape
from derivkit.tape import functional as F
from tests.tape_cases import check

FAR = np.array([-1e4, -800.0, -40.0, 0.0, 40.0, 800.0, 1e4])
LABELS = np.array([2, 0, 1])

CASES = [
    ("linear", F.linear, (2, 3), (3, 4), (4,)),
    ("linear without b", F.linear, (2, 3), (3, 4)),
    ("linear of a vector", F.linear, (3,), (3, 4), (4,)),
    ("linear of a block", F.linear, (2, 5, 3), (3, 4), (4,)),
    ("linear of nothing", F.linear, (0, 3), (3, 4), (4,)),
    ("relu", F.relu, (3, 2)),
    ("leaky_relu", lambda x: F.leaky_relu(x, 0.1), (3, 2)),
    ("elu", lambda x: F.elu(x, 0.7), (3, 2)),
    ("sigmoid", F.sigmoid, (3, 2)),
    ("silu", F.silu, (3, 2)),
    ("softplus", F.softplus, (3, 2)),
    ("gelu", F.gelu, (3, 2)),
    ("gelu by tanh", lambda x: F.gelu(x, "tanh"), (3, 2)),
    ("tanh", F.tanh, (3, 2)),
    ("softmax", F.softmax, (3, 4)),
    ("softmax along", lambda x: F.softmax(x, axis=0), (3, 4)),
    ("softmax of all", lambda x: F.softmax(x, axis=None), (3, 4)),
    ("softmax of axes", lambda x: F.softmax(x, axis=(0, 2)), (2, 2, 3)),
    ("log_softmax", F.log_softmax, (3, 4)),
    ("log_softmax along", lambda x: F.log_softmax(x, axis=0), (3, 4)),
    ("log_softmax of nothing", F.log_softmax, (0, 4)),
    ("logsumexp", F.logsumexp, (3, 4)),
    ("logsumexp along", lambda x: F.logsumexp(x, axis=1), (3, 4)),
    ("logsumexp of axes", lambda x: F.logsumexp(x, axis=(0, 1), keepdims=True), (3, 4, 2)),
    ("logsumexp of a number", F.logsumexp, ()),
    ("softmax_cross_entropy", lambda x: F.softmax_cross_entropy(x, LABELS), (3, 4)),
    ("softmax_cross_entropy of one row", lambda x: F.softmax_cross_entropy(x, 2), (4,)),
    ("softmax_cross_entropy of a block", lambda x: F.softmax_cross_entropy(x, [LABELS, LABELS]), (2, 3, 4)),
    ("softmax_cross_entropy of probabilities", lambda x, t: F.softmax_cross_entropy(x, t), (3, 4), ((3, 4), 0.1, 0.9)),
    ("sigmoid_cross_entropy", F.sigmoid_cross_entropy, (3, 2), ((3, 2), 0.1, 0.9)),
    ("mean_squared_error", F.mean_squared_error, (3, 2), (3, 2)),
    ("huber, inside", lambda a, b: F.huber(a, b, delta=9.0), (3, 2), (3, 2)),
    ("huber, outside", F.huber, ((3, 2), 2.0, 4.0), ((3, 2), -2.0, 0.0)),
    ("dropout", lambda x: F.dropout(x, 0.5, rng=np.random.default_rng(1), training=True), (3, 4)),
    ("layer_norm", F.layer_norm, (3, 4), (4,), (4,)),
    ("layer_norm without weights", F.layer_norm, (3, 4)),
    ("layer_norm of axes", lambda x, g, b: F.layer_norm(x, g, b, axis=(1, 2)), (2, 3, 2), (3, 2), (3, 2)),
    ("layer_norm along the first", lambda x, g, b: F.layer_norm(x, g, b, axis=0), (3, 2), (3,), (3,)),
    (
        "batch_norm in training",
        lambda x, g, b: F.batch_norm(x, g, b, np.zeros(3), np.ones(3), training=True)[0], (4, 3), (3,), (3,),
    ),
    (
        "batch_norm of images",
        lambda x, g, b: F.batch_norm(x, g, b, np.zeros(2), np.ones(2), training=True)[0], (3, 2, 2, 2), (2,), (2,),
    ),
    (
        "batch_norm in use",
        lambda x, g, b: F.batch_norm(x, g, b, np.full(3, 0.5), np.full(3, 2.0), training=False)[0], (4, 3), (3,), (3,),
    ),
    ("multigammaln", lambda a: F.multigammaln(a, 3), ((3,), 1.5, 4.0)),
]  # fmt: skip


@pytest.mark.parametrize(("function", "specs"), [pytest.param(case[1], case[2:], id=case[0]) for case in CASES])
def test_derivatives(function, specs):
    check(function, *specs, rtol=1e-6)


@pytest.mark.parametrize("function", [F.gammaln, lambda x: F.polygamma(1, x), F.lambertw])
def test_special_functions(function):
    check(function, ((3,), 0.4, 3.0), rtol=1e-6, float32=False)


@pytest.mark.parametrize("case", CASES, ids=lambda case: case[0])
def test_plain_arrays_give_plain_arrays(case):
    _, function, *shapes = case
    rng = np.random.default_rng(0)
    shapes = [shape[0] if shape and isinstance(shape[0], tuple) else shape for shape in shapes]
    assert isinstance(function(*(rng.uniform(1.5, 2.0, size=shape) for shape in shapes)), np.ndarray | np.generic)


# value, first and second derivative at the points FAR
STEP, ZERO = np.where(FAR > 0, 1.0, 0.0), np.zeros(7)
MIDDLE = FAR == 0
EXP = math.exp(-40)
FAR_OUT = [
    (F.sigmoid, np.array([0, 0, EXP, 0.5, 1, 1, 1]), [0, 0, EXP, 0.25, EXP, 0, 0], [0, 0, EXP, 0, -EXP, 0, 0]),
    (F.softplus, [0, 0, EXP, math.log(2), 40, 800, 1e4], [0, 0, EXP, 0.5, 1, 1, 1], [0, 0, EXP, 0.25, EXP, 0, 0]),
    (F.relu, FAR * STEP, STEP, ZERO),
    (F.elu, np.where(FAR > 0, FAR, np.expm1(np.minimum(FAR, 0))), [0, 0, EXP, 1, 1, 1, 1], [0, 0, EXP, 0.5, 0, 0, 0]),
    (F.tanh, np.sign(FAR), np.where(MIDDLE, 1.0, 0.0), ZERO),
    (F.gelu, FAR * STEP, np.where(MIDDLE, 0.5, STEP), np.where(MIDDLE, math.sqrt(2 / math.pi), 0)),
    (lambda x: F.gelu(x, "tanh"), FAR * STEP, np.where(MIDDLE, 0.5, STEP), np.where(MIDDLE, math.sqrt(2 / math.pi), 0)),
    (F.silu, [0, 0, -40 * EXP, 0, 40, 800, 1e4], [0, 0, -39 * EXP, 0.5, 1, 1, 1], [0, 0, -38 * EXP, 0.5, -38 * EXP, 0, 0]),
]


@pytest.mark.parametrize("case", FAR_OUT, ids=["sigmoid", "softplus", "relu", "elu", "tanh", "gelu", "gelu by tanh", "silu"])
def test_far_out(case):
    function, *expected = case
    first = tape.grad(lambda x: np.sum(function(x)))
    second = tape.grad(lambda x: np.sum(first(x)))
    for derivative, values in zip((function, first, second), expected, strict=True):
        np.testing.assert_allclose(derivative(FAR), values, rtol=1e-12, atol=1e-30)


@pytest.mark.parametrize("shift", [-1e4, 0.0, 1e4])
def test_softmax_family_far_out(shift):
    x = np.array([shift, shift, shift - 1e4])
    np.testing.assert_allclose(F.softmax(x), [0.5, 0.5, 0.0])
    np.testing.assert_allclose(F.log_softmax(x), [-math.log(2), -math.log(2), -1e4 - math.log(2)], rtol=1e-12)
    assert shift + math.log(2) == pytest.approx(F.logsumexp(x), rel=1e-15)
    half = np.array([[0.25, -0.25, 0], [-0.25, 0.25, 0], [0, 0, 0]])
    np.testing.assert_allclose(tape.grad(F.logsumexp)(x), [0.5, 0.5, 0.0])
    np.testing.assert_allclose(tape.hessian(F.logsumexp)(x), half)
    np.testing.assert_allclose(tape.jacobian(F.softmax)(x), half)
    np.testing.assert_allclose(tape.hessian(lambda x: F.softmax_cross_entropy(x, 0))(x), half)
    np.testing.assert_allclose(tape.grad(lambda x: F.softmax_cross_entropy(x, 2))(x), [0.5, 0.5, -1.0])


def test_logsumexp_of_infinities():
    assert -np.inf == F.logsumexp(np.full(3, -np.inf))
    assert np.inf == F.logsumexp(np.array([0.0, np.inf]))
    assert -np.inf == F.logsumexp(np.zeros(0))
    np.testing.assert_array_equal(tape.grad(F.logsumexp)(np.full(3, -np.inf)), np.zeros(3))
    np.testing.assert_allclose(tape.grad(F.logsumexp)(np.array([0.0, -np.inf])), [1.0, 0.0])


def test_cross_entropies_keep_their_digits_where_the_answer_is_right():
    """-log(softmax) of a sure and right answer is exp(-40), which 1 - softmax would lose."""
    assert math.log1p(EXP) == pytest.approx(float(F.softmax_cross_entropy(np.array([[40.0, 0.0]]), [0])), rel=1e-14)
    assert math.log1p(EXP) == pytest.approx(float(F.sigmoid_cross_entropy([40.0], [1.0])), rel=1e-14)
    assert 1e4 == F.sigmoid_cross_entropy([-1e4], [1.0])
    assert -1.0 == tape.grad(lambda x: F.sigmoid_cross_entropy(x, [1.0]))(np.array([-1e4]))[0]


def test_softmax_cross_entropy_of_stanfords_example():
    """CS231n, Linear classification: scores (-2.85, 0.86, 0.28), class 2, loss 1.04."""
    loss, gradient = tape.value_and_grad(F.softmax_cross_entropy)(np.array([-2.85, 0.86, 0.28]), 2)
    assert 1.04 == pytest.approx(loss, abs=5e-3)
    np.testing.assert_allclose(gradient, [0.016, 0.631, 0.353 - 1], atol=1e-3)


def test_values_of_the_activations_that_pytorch_prints():
    """torch 2, double precision, at (-1, 0.5, 2)."""
    x = np.array([-1.0, 0.5, 2.0])
    np.testing.assert_allclose(F.gelu(x), [-0.15865525393145707, 0.34573123063700656, 1.9544997361036416], rtol=1e-14)
    np.testing.assert_allclose(F.gelu(x, "tanh"), [-0.15880800939172324, 0.34571400982514394, 1.954597694087775], rtol=1e-14)
    np.testing.assert_allclose(F.elu(x), [-0.6321205588285577, 0.5, 2.0], rtol=1e-14)
    np.testing.assert_allclose(F.softplus(x), [0.31326168751822286, 0.9740769841801067, 2.1269280110429727], rtol=1e-14)


def test_dropout_keeps_the_mean_and_the_seed():
    x = np.ones((100, 100))
    one, other = (F.dropout(x, 0.25, rng=np.random.default_rng(7), training=True) for _ in range(2))
    np.testing.assert_array_equal(one, other)
    assert {0.0, 1 / 0.75} == set(np.unique(one))
    assert 1.0 == pytest.approx(one.mean(), abs=0.02)
    assert F.dropout(x, 0.25, rng=None, training=False) is x
    assert 0 == F.dropout(x, 1.0, rng=np.random.default_rng(0), training=True).sum()


def test_batch_norm_is_pure():
    x, mean, var = np.array([[1.0, 2.0], [3.0, 6.0]]), np.zeros(2), np.ones(2)
    y, new_mean, new_var = F.batch_norm(tape.Tensor(x, requires_grad=True), np.ones(2), np.zeros(2), mean, var, training=True)
    np.testing.assert_allclose(y.numpy(), [[-1, -1], [1, 1]], atol=1e-4)
    np.testing.assert_allclose(new_mean, 0.1 * np.array([2.0, 4.0]))
    np.testing.assert_allclose(new_var, 0.9 + 0.1 * np.array([2.0, 8.0]))
    np.testing.assert_array_equal(mean, np.zeros(2))
    assert not isinstance(new_mean, tape.Tensor)
    for same, old in zip(F.batch_norm(x, np.ones(2), np.zeros(2), mean, var, training=False)[1:], (mean, var), strict=True):
        np.testing.assert_array_equal(same, old)


REFUSED = [
    (lambda: F.linear(np.ones((2, 3)), np.ones((2, 3))), r"x has shape \(2, 3\) and W shape \(2, 3\)"),
    (lambda: F.linear(np.ones(3), np.ones((3, 2)), np.ones(3)), r"b shape \(3,\)"),
    (lambda: F.linear(1.0, np.ones((3, 2))), r"x has shape \(\)"),
    (lambda: F.softmax_cross_entropy(np.ones((2, 3)), [0, 1, 2]), r"need shape \(2,\)"),
    (lambda: F.softmax_cross_entropy(np.ones((2, 3)), [0, 3]), "0 to 2, not 3"),
    (lambda: F.softmax_cross_entropy(np.ones((2, 3)), [0, 0.5]), "whole numbers"),
    (lambda: F.softmax_cross_entropy(1.0, 0), "axis of classes"),
    (lambda: F.sigmoid_cross_entropy([1.0], [1.0, 0.0]), r"\(1,\).*\(2,\)"),
    (lambda: F.mean_squared_error(np.ones((2, 1)), np.ones(2)), r"\(2, 1\).*\(2,\)"),
    (lambda: F.huber([1.0], [1.0], delta=0), "positive"),
    (lambda: F.dropout([1.0], 1.5, rng=None, training=True), "probability"),
    (lambda: F.layer_norm(np.ones((2, 3)), np.ones(2)), r"gamma has shape \(2,\)"),
    (lambda: F.batch_norm(np.ones((2, 3)), np.ones(3), np.ones(3), np.ones(2), np.ones(3), training=True), r"mean \(2,\)"),
    (lambda: F.gelu(1.0, "tan"), "'tanh'"),
    (lambda: F.multigammaln(3.0, 0), "dimension"),
]


@pytest.mark.parametrize(("call", "words"), REFUSED)
def test_wrong_arguments_are_named(call, words):
    with pytest.raises(ValueError, match=words):
        call()


def test_a_network_learns_exclusive_or():
    """Two layers, plain gradient descent, every piece from here."""
    rng = np.random.default_rng(0)
    x, labels = np.array([[0.0, 0], [0, 1], [1, 0], [1, 1]]), np.array([0, 1, 1, 0])
    weights = {"W": rng.normal(size=(2, 8)), "b": np.zeros(8), "V": rng.normal(size=(8, 2)), "c": np.zeros(2)}

    def loss(w):
        return F.softmax_cross_entropy(F.linear(F.tanh(F.linear(x, w["W"], w["b"])), w["V"], w["c"]), labels)

    for _ in range(200):
        gradient = tape.grad(loss)(weights)
        weights = {name: weight - gradient[name] for name, weight in weights.items()}
    assert loss(weights) < 0.02
