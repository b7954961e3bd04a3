"""Rules of one's own in forward mode, and recordings that may go as they are swept."""

import numpy as np
import pytest

from derivkit import tape


def plain_product(a, b):
    return np.asarray(a) * np.asarray(b)


def pull(g, answer, a, b):
    return g * b, g * a


A, B, V, W = np.array([2.0, 3.0]), np.array([5.0, 7.0]), np.array([1.0, -1.0]), np.array([0.5, 2.0])


@pytest.mark.parametrize("forward", [True, False], ids=["a rule for tangents", "the transposed rule for cotangents"])
def test_forward_mode_of_a_custom_function(forward):
    calls = []

    def push(vs, answer, a, b):
        calls.append(len(vs))
        return vs[0] * b + a * vs[1]

    product = tape.custom(plain_product, vjp=pull, jvp=push if forward else None)
    value, tangent = tape.jvp(product, (A, B), (V, W))
    np.testing.assert_array_equal(value, [10, 21])
    np.testing.assert_array_equal(tangent, V * B + A * W)
    assert bool(calls) is forward
    assert set(calls) <= {2}  # the tangents of all arguments, zeros included


def test_a_rule_for_tangents_leaves_the_sweep_back_to_that_for_cotangents():
    product = tape.custom(plain_product, vjp=pull, jvp=lambda vs, answer, a, b: np.nan * answer)
    gradient = tape.grad(lambda a: np.sum(product(a, B)))(A)
    np.testing.assert_array_equal(gradient, B)


def test_hvp_through_both_rules():
    square = tape.custom(lambda x: x * x, vjp=lambda g, y, x: 2 * x * g, jvp=lambda vs, y, x: 2 * x * vs[0])
    np.testing.assert_array_equal(tape.hvp(lambda x: np.sum(square(x) * x), A, V), 6 * A * V)


@pytest.mark.parametrize("retain", [True, False])
def test_backward_gives_the_same_whether_the_recording_is_retained_or_not(retain):
    x = tape.Tensor(A, requires_grad=True)
    output = np.sum(np.exp(x) * x)
    for times in (1, 2):  # what still refers to the result keeps its recording
        output.backward(retain_graph=retain)
        np.testing.assert_allclose(x.grad.numpy(), times * np.exp(A) * (1 + A), rtol=1e-15)
