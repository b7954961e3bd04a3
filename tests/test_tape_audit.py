"""Whatever NumPy and SciPy offer in public is called with tracked tensors: it is right, or refused, and never detached in silence.

The names are found when the tests run, so that a function that a later NumPy adds is met too.
"""

import warnings

import numpy as np
import pytest
import scipy.special as sp

from derivkit import tape
from derivkit.tape.pytree import leaves
from tests.tape_cases import points

NAMESPACES = (np, np.linalg, np.fft, np.emath, np.lib.stride_tricks)
REFUSALS = (NotImplementedError, TypeError, ValueError, IndexError)

# Memory that was never written, files, text; and what reads one triangle of a matrix, where the derivative is the symmetric one.
LEFT_OUT = {
    "empty_like",
    "save",
    "savez",
    "savez_compressed",
    "savetxt",
    "array_repr",
    "array_str",
    "array2string",
    "shares_memory",
}
LEFT_OUT |= {"may_share_memory", "eigh", "eigvalsh", "cholesky", "pinv"}


def dispatched():
    """Every function that NumPy hands over to arrays of other types."""
    for namespace in NAMESPACES:
        for name in dir(namespace):
            function = getattr(namespace, name)
            if not name.startswith("_") and hasattr(function, "_implementation") and name not in LEFT_OUT:
                yield pytest.param(name, function, id=f"{namespace.__name__}.{name}")


def universal(namespace):
    for name in dir(namespace):
        if isinstance(getattr(namespace, name), np.ufunc):
            yield pytest.param(getattr(namespace, name), id=f"{namespace.__name__}.{name}")


SHAPES = ((), (4,), (3, 3), (2, 3, 3))
INDICES = np.array([1, 0, 1])
PATTERNS = [
    lambda f, x: f(x),
    lambda f, x: f(x, x),
    lambda f, x: f(x, 1),
    lambda f, x: f(x, 0.3),
    lambda f, x: f(2, x),
    lambda f, x: f(x, INDICES),
    lambda f, x: f(x, INDICES, 0),
    lambda f, x: f(INDICES, x),
    lambda f, x: f(x, x, x),
    lambda f, x: f(x, -1, 0),
    lambda f, x: f(x, 0, 1),
    lambda f, x: f(x, (2, 1)),
    lambda f, x: f([x, x]),
    lambda f, x: f([x, x, x], 0),
    lambda f, x: f(x > 0, x),
    lambda f, x: f(x > 0, x, -x),
    lambda f, x: f([x > 0], [x]),
    lambda f, x: f(x, [x > 0], [np.exp, 2.0]),
    lambda f, x: f(x, x, "same"),
    lambda f, x: f(np.sum, 0, x),
    lambda f, x: f(np.sum, x, [0]),
    lambda f, x: f(x, x, axes=1),
    lambda f, x: f(x, axis=0),
    lambda f, x: f(x, axis=-1),
    lambda f, x: f(x, 1.0, axis=0),
    lambda f, x: f(x, keepdims=True),
    lambda f, x: f(x, [0.0, 0.5, 1.0]),
    lambda f, x: f(x, INDICES, x[..., 0]),
    lambda f, x: f(x, np.array([0.0, 1.0, 2.0]), x[..., 0]),
    lambda f, x: f(x, [0.0, 1.0, 2.0], [1.0, 3.0, -1.0]),
    lambda f, x: f(x, weights=x),
    lambda f, x: f(x, where=np.arange(x.size).reshape(x.shape) % 2 == 0),
    lambda f, x: f(x, np.sum(x), x),
]


@pytest.mark.parametrize(("name", "function"), [*dispatched()])
def test_a_function_of_arrays_is_right_or_refused(name, function):
    rng = np.random.default_rng(0)
    for shape in SHAPES:
        x = points(shape, rng, 0.2, 0.9)
        for pattern in EINSUMS if name.startswith("einsum") else PATTERNS:
            audit(lambda t, pattern=pattern: pattern(function, t), x, rng)


EINSUMS = [
    lambda f, x: f("ij,jk", x, x),
    lambda f, x: f("...i,...i", x, x),
    lambda f, x: f("ii", x),
    lambda f, x: f(x, [0, 1], [1]),
]


def audit(function, x, rng):
    """A call that NumPy can do on plain arrays is refused, or has its value and its derivative."""
    with warnings.catch_warnings(), np.errstate(all="ignore"):
        warnings.simplefilter("ignore")
        try:
            expected = leaves(function(x.copy()))
            before = leaves(function(x.copy()))
        except Exception:
            return  # no way to call this function
        try:
            found = leaves(function(tape.Tensor(x, requires_grad=True)))
        except REFUSALS:
            return
        v = rng.standard_normal(x.shape)
        later = leaves(function(x + STEP * v))
        tracked = [k for k, one in enumerate(found) if isinstance(one, tape.Tensor) and one.requires_grad]
        for k, (one, other, moved) in enumerate(zip(found, expected, later, strict=True)):
            if k not in tracked and np.asarray(other).dtype.kind in "fc" and np.shape(moved) == np.shape(other):
                np.testing.assert_array_equal(moved, other, "detached: it depends on the argument")
            _same_value(one, other, before[k])
        if tracked:
            _differences(lambda t: [leaves(function(t))[k] for k in tracked], x, v, rng)


STEP = 1e-6


def _same_value(one, other, again):
    one, other, again = (np.asarray(value.numpy() if isinstance(value, tape.Tensor) else value) for value in (one, other, again))
    if other.dtype.kind in "fiub" and np.array_equal(other, again):  # memory that was never written differs
        assert one.shape == other.shape
        known = np.isfinite(other)
        np.testing.assert_allclose(one[known], other[known], rtol=1e-9, atol=1e-12)


def _differences(function, x, v, rng):
    """The derivative along a direction against differences."""
    before, after = function(x - STEP * v), function(x + STEP * v)
    if any(np.asarray(a).dtype.kind != "f" or np.shape(a) != np.shape(b) for a, b in zip(before, after, strict=True)):
        return
    if not all(np.all(np.isfinite(y)) for y in (*before, *after)):
        return
    value, slope = tape.jvp(function, (x,), (v,))
    seeds = [rng.standard_normal(np.shape(y)) for y in value]
    (pulled,) = tape.vjp(function, x)[1](seeds)
    forward = sum(float(np.sum(seed * s)) for seed, s in zip(seeds, slope, strict=True))
    for s, a, b in zip(slope, before, after, strict=True):
        difference = (np.asarray(b) - np.asarray(a)) / (2 * STEP)
        np.testing.assert_allclose(s, difference, rtol=1e-4, atol=1e-4 * (1 + np.max(np.abs(difference), initial=0)))
    np.testing.assert_allclose(np.sum(pulled * v), forward, rtol=1e-8, atol=1e-8 * (1 + abs(forward)))


@pytest.mark.parametrize("ufunc", [*universal(np), *universal(sp)])
def test_a_universal_function_is_right_or_refused(ufunc):
    given = [np.array([0.3, 0.7])] * ufunc.nin
    for k in range(ufunc.nin):
        with warnings.catch_warnings(), np.errstate(all="ignore"):
            warnings.simplefilter("ignore")
            args = [*given[:k], tape.Tensor(given[k], requires_grad=True), *given[k + 1 :]]
            try:
                found = ufunc(*args)
            except REFUSALS:
                continue
            for leaf in leaves(found):
                assert isinstance(leaf, tape.Tensor) or leaf.dtype.kind in "bi"


@pytest.mark.parametrize("ufunc", [np.add, np.multiply, np.maximum, np.logaddexp, np.power, np.hypot])
@pytest.mark.parametrize("method", ["reduce", "accumulate", "outer", "reduceat", "at"])
def test_a_method_of_a_universal_function_is_right_or_refused(ufunc, method):
    x = np.array([0.2, 0.9, 0.5, 1.3])
    args = {"outer": lambda t: (t, t), "reduceat": lambda t: (t, [0, 2]), "at": lambda t: (t, 0, 1.0)}.get(method, lambda t: (t,))
    audit(lambda t: getattr(ufunc, method)(*args(t)), x, np.random.default_rng(0))


@pytest.mark.parametrize("name", [name for name in dir(np.ndarray) if not name.startswith("_")])
def test_an_attribute_of_arrays_is_there_or_said_to_be_elsewhere(name):
    tensor = tape.Tensor([[1.0, 2.0]], requires_grad=True)
    try:
        found = getattr(tensor, name)
    except AttributeError as problem:
        assert f"t.numpy().{name}" in str(problem)  # whether it raises differs from name to name
    else:
        assert isinstance(found, tape.Tensor | int | tuple | np.dtype | np.ndarray) or callable(found)


@pytest.mark.parametrize(
    "make",
    [
        lambda x: np.arange(x[0]),
        lambda x: np.array([x, x]),
        lambda x: np.full(3, x[0]),
        lambda x: np.fromiter(x, float),
        lambda x: np.float64(x[0]),
        lambda x: np.frompyfunc(lambda v: v, 1, 1)(x),
        lambda x: np.kaiser(4, x[0]),
        lambda x: np.ma.array(x),
        lambda x: np.polynomial.Polynomial(x),
        lambda x: np.r_[x, 1.0],
        lambda x: np.random.default_rng(0).normal(x),
        lambda x: np.vectorize(lambda v: v * 2)(x),
        lambda x: list(np.nditer(x)),
        lambda x: sp.logsumexp(x),
    ],
)
def test_what_knows_only_plain_arrays_is_refused(make):
    with pytest.raises((TypeError, ValueError, NotImplementedError)):
        make(tape.Tensor([0.5, 1.5], requires_grad=True))


def test_what_is_unknown_takes_untracked_tensors_as_arrays():
    x = tape.Tensor([1.0, 2.0])
    np.testing.assert_allclose(np.fft.rfft(x), [3.0, -1.0])
    np.testing.assert_array_equal(np.union1d(x, [3.0]), [1.0, 2.0, 3.0])
    with pytest.raises(NotImplementedError, match="union1d"):
        np.union1d([0.5], tape.Tensor([1.0], requires_grad=True))
