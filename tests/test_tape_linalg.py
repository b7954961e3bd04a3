"""Products of arrays and linear algebra: both modes, two orders, differences; NumPy's values; singular and degenerate matrices."""

import warnings

import numpy as np
import pytest

from derivkit import tape
from tests.tape_cases import check


def regular(*shape, seed=0):
    """Random matrices far from singular ones."""
    rng = np.random.default_rng(seed)
    return 0.3 * rng.normal(size=shape) + np.linspace(1, 2, shape[-1]) * np.eye(*shape[-2:])


def symmetric(x):
    return (x + np.swapaxes(x, -1, -2)) / 2


def positive(x):
    return x @ np.swapaxes(x, -1, -2) + 0.5 * np.eye(x.shape[-1])


def fields(result):
    return tuple(result)


SHAPES = [
    ((3,), (3,)), ((2, 3), (3,)), ((3,), (3, 4)), ((2, 3), (3, 4)), ((5, 2, 3), (3, 4)), ((2, 3), (5, 3, 4)),
    ((5, 2, 3), (5, 3, 4)),
    ((5, 1, 2, 3), (6, 3, 4)), ((1, 2, 3), (5, 3, 4)), ((3,), (5, 3, 4)), ((5, 2, 3), (3,)), ((2, 0), (0, 4)), ((0, 2, 3), (3, 4)),
    ((1, 1), (1, 1)),
]  # fmt: skip
PRODUCTS = [
    *((f"matmul {a} {b}", np.matmul, a, b) for a, b in SHAPES),
    ("operator @", lambda a, b: a @ b, (2, 3), (3, 2)),
    ("array @ tensor", lambda b: np.arange(6.0).reshape(2, 3) @ b, (3, 2)),
    ("linalg.matmul", np.linalg.matmul, (2, 3), (3, 2)),
    ("vecdot", np.vecdot, (4, 3), (3,)),
    ("vecdot along", lambda a, b: np.linalg.vecdot(a, b, axis=0), (3, 4), (3, 4)),
    ("dot of numbers", np.dot, (), (2, 3)),
    ("dot of vectors", np.dot, (3,), (3,)),
    ("dot of matrices", np.dot, (2, 3), (3, 4)),
    ("dot of blocks", np.dot, (2, 3), (4, 3, 2)),
    ("dot of a vector and a block", np.dot, (3,), (4, 3, 2)),
    ("dot of a block and a vector", np.dot, (2, 4, 3), (3,)),
    ("method dot", lambda a: a.dot(np.arange(3.0)), (2, 3)),
    ("inner", np.inner, (2, 3), (4, 3)),
    ("inner of vectors", np.inner, (3,), (3,)),
    ("inner with a number", np.inner, (), (3,)),
    ("vdot", np.vdot, (2, 3), (2, 3)),
    ("outer", np.outer, (2, 2), (3,)),
    ("linalg.outer", np.linalg.outer, (2,), (3,)),
    ("tensordot", np.tensordot, (2, 3, 4), (3, 4, 2)),
    ("tensordot of one axis", lambda a, b: np.tensordot(a, b, axes=1), (2, 3), (3, 4)),
    ("tensordot of no axis", lambda a, b: np.tensordot(a, b, axes=0), (2, 3), (2,)),
    ("tensordot of named axes", lambda a, b: np.tensordot(a, b, axes=([0, -1], [1, 0])), (2, 3, 4), (4, 2, 2)),
    ("tensordot of one named axis", lambda a, b: np.linalg.tensordot(a, b, axes=(1, 0)), (2, 3), (3, 2)),
    ("kron", np.kron, (2, 3), (3, 2)),
    ("kron of unequal axes", np.kron, (2,), (3, 2)),
    ("cross", np.cross, (3,), (3,)),
    ("cross of rows", np.cross, (4, 3), (3,)),
    ("cross along", lambda a, b: np.cross(a, b, axis=0), (3, 2), (3, 2)),
    ("cross of columns and rows", lambda a, b: np.cross(a, b, axisa=0, axisb=1, axisc=0), (3, 2), (2, 3)),
    ("linalg.cross", np.linalg.cross, (2, 3), (2, 3)),
    ("multi_dot", lambda *xs: np.linalg.multi_dot(xs), (2, 3), (3, 4), (4, 2)),
    ("multi_dot of two", lambda *xs: np.linalg.multi_dot(xs), (2, 3), (3, 2)),
    ("multi_dot from vector to vector", lambda *xs: np.linalg.multi_dot(xs), (2,), (2, 3), (3, 2), (2,)),
    ("matrix_power", lambda x: np.linalg.matrix_power(x, 5), regular(3, 3)),
    ("matrix_power 1", lambda x: np.linalg.matrix_power(x, 1), (2, 2, 2)),
    ("matrix_power 0", lambda x: np.linalg.matrix_power(x, 0), (2, 2)),
    ("matrix_power -2", lambda x: np.linalg.matrix_power(x, -2), regular(2, 2)),
]  # fmt: skip
if hasattr(np, "matvec"):
    PRODUCTS += [("matvec", np.matvec, (4, 2, 3), (3,)), ("vecmat", np.vecmat, (4, 2), (4, 2, 3))]

EINSUMS = [
    ("i->", (3,)), ("ij->ji", (2, 3)), ("ij", (2, 3)), ("ba", (2, 3)), ("ii", (3, 3)), ("ii->i", (3, 3)), ("iij->j", (3, 3, 2)),
    ("iii->", (2, 2, 2)), ("i,i", (3,), (3,)), ("i,j", (2,), (3,)), ("ij,jk", (2, 3), (3, 2)), ("ij,jk->ki", (2, 3), (3, 2)),
    ("bij,bjk->bik", (4, 2, 3), (4, 3, 2)), ("bij,bjk->ikb", (4, 2, 3), (4, 3, 2)), ("bi,bi->b", (4, 3), (4, 3)),
    ("bi,bj->bij", (4, 3), (4, 2)), ("ij,kj->", (2, 3), (4, 3)), ("ij,k->jk", (2, 3), (4,)), ("ijk,jil->kl", (2, 3, 2), (3, 2, 4)),
    ("ii,ij->j", (3, 3), (3, 2)), ("...ij,...jk->...ik", (4, 2, 3), (3, 2)), ("i...,i...", (3, 2), (3, 2)), ("...i->...", (2, 3)),
    ("...,...", (2, 3), (3,)), ("i,ij,j->", (2,), (2, 3), (3,)), ("ab,bc,cd->ad", (2, 3), (3, 2), (2, 3)),
    ("ij,ij,ij->i", (2, 3), (2, 3), (2, 3)), ("a,b,c,d->dcba", (2,), (1,), (2,), (3,)), ("ij,jk", (2, 1), (3, 2)),
    ("i,i->i", (1,), (4,)), ("ij,jk->ik", (2, 0), (0, 2)), ("ij,j->i", (0, 3), (3,)), (",", (), ()), (",i->i", (), (3,)),
    ("Ab,bC", (2, 3), (3, 2)), ("i j , j k -> i k", (2, 3), (3, 2)), ("nij,nj,nk->ik", (7, 2, 3), (7, 3), (7, 2)),
]  # fmt: skip

ORDERS = [None, 1, 2, 3, 2.5, np.inf, -np.inf]
MATRIX_ORDERS = [None, "fro", "nuc", 2, -2, 1, -1, np.inf, -np.inf]
ALGEBRA = [
    ("inv", np.linalg.inv, regular(3, 3)),
    ("inv of a stack", np.linalg.inv, regular(2, 3, 3)),
    ("inv of nothing", np.linalg.inv, np.zeros((0, 2, 2))),
    ("solve for a vector", np.linalg.solve, regular(3, 3), (3,)),
    ("solve for columns", np.linalg.solve, regular(3, 3), (3, 2)),
    ("solve stacks", np.linalg.solve, regular(4, 2, 2), (4, 2, 3)),
    ("solve a stack for one vector", np.linalg.solve, regular(4, 2, 2), (2,)),
    ("solve one matrix for a stack", np.linalg.solve, regular(2, 2), (4, 2, 3)),
    ("det", np.linalg.det, regular(3, 3)),
    ("det of a stack", np.linalg.det, regular(2, 2, 3, 3)),
    ("det of a number", np.linalg.det, (1, 1)),
    ("slogdet", lambda x: np.linalg.slogdet(x).logabsdet, regular(3, 3)),
    ("slogdet of a stack", lambda x: fields(np.linalg.slogdet(x)), -regular(2, 3, 3)),
    ("cholesky", lambda x: np.linalg.cholesky(positive(x)), regular(3, 3)),
    ("cholesky of a stack", lambda x: np.linalg.cholesky(positive(x)), regular(2, 2, 2)),
    ("cholesky, upper", lambda x: np.linalg.cholesky(positive(x), upper=True), regular(3, 3)),
    ("eigvalsh", lambda x: np.linalg.eigvalsh(symmetric(x)), regular(3, 3)),
    ("eigvalsh, upper", lambda x: np.linalg.eigvalsh(symmetric(x), UPLO="U"), regular(2, 3, 3)),
    ("eigh", lambda x: fields(np.linalg.eigh(symmetric(x))), regular(3, 3)),
    ("eigh of a stack", lambda x: np.linalg.eigh(symmetric(x)).eigenvectors, regular(2, 3, 3)),
    ("svd", lambda x: fields(np.linalg.svd(x)), regular(3, 3)),
    ("svd of a tall matrix", lambda x: fields(np.linalg.svd(x, full_matrices=False)), regular(4, 2)),
    ("svd of a wide matrix", lambda x: fields(np.linalg.svd(x, full_matrices=False)), regular(2, 4)),
    ("svd of a stack", lambda x: np.linalg.svd(x, full_matrices=False).U, regular(2, 3, 2)),
    ("singular values only", lambda x: np.linalg.svd(x, compute_uv=False), regular(3, 2)),
    ("svdvals", np.linalg.svdvals, regular(2, 2, 3)),
    ("full svd of a tall matrix", lambda x: np.linalg.svd(x)[0][:, :2], regular(4, 2)),
    ("qr", lambda x: fields(np.linalg.qr(x)), regular(3, 3)),
    ("qr of a tall matrix", lambda x: fields(np.linalg.qr(x)), regular(4, 2)),
    ("qr of a wide matrix", lambda x: fields(np.linalg.qr(x)), regular(2, 4)),
    ("qr of a stack", lambda x: np.linalg.qr(x).Q, regular(2, 3, 2)),
    ("qr, R only", lambda x: np.linalg.qr(x, mode="r"), regular(3, 2)),
    ("pinv", np.linalg.pinv, regular(3, 3)),
    ("pinv of a tall matrix", np.linalg.pinv, regular(4, 2)),
    ("pinv of a wide stack", np.linalg.pinv, regular(2, 2, 3)),
    ("lstsq", lambda a, b: np.linalg.lstsq(a, b)[:2], regular(4, 2), (4,)),
    ("lstsq for columns", lambda a, b: np.linalg.lstsq(a, b, rcond=None)[0], regular(4, 2), (4, 3)),
    ("tensorinv", lambda x: np.linalg.tensorinv(x.reshape(2, 2, 4), ind=2), regular(4, 4)),
    ("tensorsolve", lambda x, b: np.linalg.tensorsolve(x.reshape(2, 2, 4), b), regular(4, 4), (2, 2)),
    ("cond", np.linalg.cond, regular(3, 3)),
    ("cond in the 1-norm", lambda x: np.linalg.cond(x, 1), regular(3, 3)),
    *((f"norm {p} of a vector", lambda x, p=p: np.linalg.norm(x, p), (5,)) for p in ORDERS),
    *((f"norm {p} along an axis", lambda x, p=p: np.linalg.norm(x, p, axis=0), (3, 2)) for p in ORDERS),
    *((f"norm {p} of a matrix", lambda x, p=p: np.linalg.norm(x, p), (3, 2)) for p in MATRIX_ORDERS),
    *(
        (f"norm {p} of axes", lambda x, p=p: np.linalg.norm(x, p, axis=(2, 0), keepdims=True), (3, 2, 4))
        for p in MATRIX_ORDERS
    ),
    ("norm of everything", np.linalg.norm, (2, 3, 2)),
    ("norm keeping axes", lambda x: np.linalg.norm(x, axis=1, keepdims=True), (2, 3)),
    ("vector_norm", lambda x: np.linalg.vector_norm(x, axis=(0, 1), ord=3), (2, 3, 2)),
    ("matrix_norm", lambda x: np.linalg.matrix_norm(x, keepdims=True), (4, 2, 3)),
]  # fmt: skip


def params(cases):
    return [pytest.param(function, specs, id=name) for name, function, *specs in cases]


@pytest.mark.parametrize(("function", "specs"), params(PRODUCTS + ALGEBRA))
def test_derivatives(function, specs):
    check(function, *specs, rtol=1e-6)


@pytest.mark.parametrize("case", EINSUMS, ids=lambda case: f"{case[0]} {case[1:]}")
def test_einsum(case):
    subscripts, *specs = case
    check(lambda *xs: np.einsum(subscripts, *xs), *specs)


@pytest.mark.parametrize("seed", range(60))
def test_einsum_of_random_subscripts(seed):
    """One to four arrays, labels that repeat, axes of length 1 that stretch, any output."""
    rng = np.random.default_rng(seed)
    lengths = dict(zip("abcde", rng.integers(1, 4, size=5), strict=True))
    terms = ["".join(rng.choice(list("abcde"), size=rng.integers(0, 4))) for _ in range(rng.integers(1, 5))]
    known = sorted(set("".join(terms)))
    output = "".join(rng.permutation(known)[: rng.integers(0, len(known) + 1)])
    arrays = [rng.normal(size=[1 if term.count(x) == 1 and rng.random() < 0.1 else lengths[x] for x in term]) for term in terms]
    check(lambda *xs: np.einsum(f"{','.join(terms)}->{output}", *xs), *arrays, order=1)


def test_einsum_of_lists():
    check(lambda a, b: np.einsum(a, [0, 1], b, [1, 2], [2, 0]), (2, 3), (3, 4))
    check(lambda a, b: np.einsum(a, [3, 1], b, [1, 2]), (2, 3), (3, 4))
    check(lambda a, b: np.einsum(a, [..., 0], b, [0, ...], [..., 0]), (2, 3), (3, 2))


@pytest.mark.parametrize(
    ("subscripts", "sizes"), [("bij,bjk->bik", (6, 8, 9, 7)), ("ibj,kjb->bki", (6, 8, 9, 7)), ("aij,bjk->ik", (3, 9, 8, 7))]
)
def test_einsum_takes_the_same_values_by_matrix_products(subscripts, sizes):
    """Long enough for BLAS, with every place of the batch."""
    length = dict(zip(sorted(set(subscripts) - set(",->")), sizes * 2, strict=False))
    first, second = subscripts.partition("->")[0].split(",")
    check(lambda a, b: np.einsum(subscripts, a, b), tuple(length[x] for x in first), tuple(length[x] for x in second), order=1)


@pytest.mark.parametrize(
    ("subscripts", "shapes"),
    [
        ("ij,jk", [(2, 3), (4, 2)]),
        ("ij", [(2, 3, 4)]),
        ("i->j", [(3,)]),
        ("i->ii", [(3,)]),
        ("i,j", [(3,)]),
        ("i!->i", [(3,)]),
        ("...i...", [(3,)]),
    ],
)
def test_einsum_refuses(subscripts, shapes):
    with pytest.raises(ValueError, match="einsum"):
        np.einsum(subscripts, *(tape.Tensor(np.zeros(shape), requires_grad=True) for shape in shapes))


def test_results_have_numpys_fields():
    x = tape.Tensor(regular(3, 3), requires_grad=True)
    assert np.linalg.eigh(x).eigenvalues.requires_grad
    assert np.linalg.svd(x).Vh.requires_grad
    assert np.linalg.qr(x).R.requires_grad
    assert 1.0 == np.linalg.slogdet(x).sign.item()
    assert 3 == np.linalg.matrix_rank(x)


@pytest.mark.parametrize("rank", [2, 1, 0])
def test_det_of_singular_matrices(rank):
    """The gradient is the matrix of cofactors, which minors give without any inverse."""
    rng = np.random.default_rng(rank)
    a = rng.normal(size=(3, rank)) @ rng.normal(size=(rank, 3))
    minors = [[np.linalg.det(np.delete(np.delete(a, i, 0), j, 1)) * (-1) ** (i + j) for j in range(3)] for i in range(3)]
    np.testing.assert_allclose(tape.grad(np.linalg.det)(a), minors, atol=1e-14)
    check(np.linalg.det, a, float32=False)


def test_hessian_of_a_determinant_at_zero():
    """det [[a, b], [c, d]] = a d - b c."""
    expected = np.zeros((4, 4))
    expected[0, 3] = expected[3, 0] = 1
    expected[1, 2] = expected[2, 1] = -1
    np.testing.assert_allclose(tape.hessian(np.linalg.det)(np.zeros((2, 2))).reshape(4, 4), expected, atol=1e-15)


def test_logarithm_of_the_determinant_of_a_singular_matrix_has_no_finite_derivative():
    with np.errstate(all="ignore"):
        assert not np.isfinite(tape.grad(lambda x: np.linalg.slogdet(x)[1])(np.ones((2, 2)))).any()


def test_equal_eigenvalues():
    """The trace of a function of a matrix has a derivative; single eigenvectors have none."""
    x = np.diag([1.0, 1.0, 2.0])
    np.testing.assert_allclose(
        tape.grad(lambda a: np.sum(np.exp(np.linalg.eigvalsh(a))))(x), np.diag(np.exp([1, 1, 2])), atol=1e-14
    )
    np.testing.assert_allclose(tape.grad(lambda a: np.sum(np.linalg.svdvals(a)))(x), np.eye(3), atol=1e-14)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        assert not np.isfinite(tape.grad(lambda a: np.linalg.eigh(a)[1][0, 0])(x)).all()


def test_nuclear_norm_of_a_matrix_without_full_rank():
    """A subgradient: U V' (Watson 1992)."""
    x = np.outer([3.0, 4.0], [1.0, 0.0])
    gradient = tape.grad(lambda a: np.linalg.norm(a, "nuc"))(x)
    assert 5.0 == pytest.approx(np.sum(gradient * x))
    assert np.linalg.norm(gradient, 2) <= 1 + 1e-12


@pytest.mark.parametrize("p", [None, 1, 2, 3])
def test_norm_of_zero_has_derivative_zero(p):
    np.testing.assert_array_equal(tape.grad(lambda x: np.linalg.norm(x, p))(np.zeros(3)), np.zeros(3))
    np.testing.assert_array_equal(tape.jvp(lambda x: np.linalg.norm(x, p), (np.zeros(3),), (np.ones(3),))[1], 0)


def test_pseudo_inverse_of_constant_rank():
    """Golub and Pereyra's formula where the rank is neither of the lengths."""
    rng = np.random.default_rng(5)
    check(lambda a, b: np.linalg.pinv(a @ b), rng.normal(size=(4, 2)), rng.normal(size=(2, 3)), float32=False, rtol=1e-5)


REFUSED = [
    (lambda x: np.linalg.eig(x)[0], "eigh"),
    (lambda x: np.linalg.eigvals(x), "eigh"),
    (lambda x: np.linalg.qr(x, mode="complete")[0], "mode='complete'"),
    (lambda x: np.linalg.norm(x[0], 0), "count_nonzero"),
    (lambda x: np.linalg.svd(x)[0], "full_matrices=False"),
]


@pytest.mark.parametrize(("function", "hint"), REFUSED)
def test_refused(function, hint):
    x = regular(4, 2)
    with pytest.raises(NotImplementedError, match=hint):
        tape.vjp(function, x)[1](np.ones_like(function(x)))


def test_third_derivative_of_the_determinant_of_a_singular_matrix_is_refused():
    hessian_entry = tape.grad(lambda x: tape.grad(np.linalg.det)(x)[0, 0])
    with pytest.raises(NotImplementedError, match="singular"):
        tape.grad(lambda x: hessian_entry(x)[1, 1])(np.zeros((3, 3)))
    assert 1.0 == pytest.approx(tape.grad(lambda x: hessian_entry(x)[1, 1])(np.eye(3))[2, 2])


def test_gradient_of_a_gaussian_density_in_closed_form():
    """d/dS of -(log det S + x' S^-1 x)/2 is (S^-1 x x' S^-1 - S^-1)/2."""
    rng = np.random.default_rng(3)
    s, x = positive(rng.normal(size=(4, 4))), rng.normal(size=4)

    def density(s):
        half = np.linalg.solve(np.linalg.cholesky(s), x)
        return -np.sum(half**2) / 2 - np.sum(np.log(np.diagonal(np.linalg.cholesky(s))))

    inverse = np.linalg.inv(s)
    np.testing.assert_allclose(tape.grad(density)(s), (np.outer(inverse @ x, inverse @ x) - inverse) / 2, atol=1e-12)
