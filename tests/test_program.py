"""Compiled programs: values, gradients and Hessians against closed forms, the tape, and balls."""

import math
import subprocess
import sys
import threading
from fractions import Fraction

import numpy as np
import pytest
from flint import arb
from hypothesis import given, settings
from hypothesis import strategies as st

import derivkit as dk
from derivkit.codegen.native import Native
from derivkit.errors import BudgetError, MissingRuleError, PointError, UsageError
from derivkit.evaluate import node_values
from derivkit.expression.graph import Builder
from derivkit.expression.parser import parse
from derivkit.functions import BALLS, precision
from derivkit.program import blocks
from derivkit.program.blocks import LONGEST, SHARE
from derivkit.program.lower import lower
from derivkit.program.program import compile_graph
from derivkit.program.terms import Terms
from derivkit.tape.differentiate import derivatives_graph, value_and_gradient
from tests.function_points import ROWS, label, movable, typical_points


def compiled(text, order=1):
    return dk.parse(text).compile(order)


# text, point, value, gradient, from the closed form or the source named
PUBLISHED = [
    ("x^2*y + sin(x*y)", {"x": 1, "y": 2}, 2 + math.sin(2), [4 + 2 * math.cos(2), 1 + math.cos(2)]),
    ("x^2 + y^2", {"x": 1, "y": 1}, 2, [2, 2]),  # DeZero, step 24, sphere
    ("0.26*(x^2 + y^2) - 0.48*x*y", {"x": 1, "y": 1}, 0.04, [0.04, 0.04]),  # DeZero, step 24, Matyas
    (
        "(1+(x+y+1)^2*(19-14*x+3*x^2-14*y+6*x*y+3*y^2))*(30+(2*x-3*y)^2*(18-32*x+12*x^2+48*y-36*x*y+27*y^2))",
        {"x": 1, "y": 1},
        1876,
        [-5376, 8064],
    ),  # DeZero, step 24, Goldstein-Price
    ("100*(y-x^2)^2+(1-x)^2", {"x": 0, "y": 2}, 401, [-2, 400]),  # DeZero, step 28
    ("(exp(x^2))^2", {"x": 0.5}, math.exp(0.5), [3.297442541400256]),  # DeZero, step 4
    ("x^x", {"x": 0.5}, math.sqrt(0.5), [math.sqrt(0.5) * (1 + math.log(0.5))]),
    ("1/(1+exp(-x))", {"x": -800}, 0, [0]),  # sigmoid far out: not NaN
    ("log(1+exp(x))", {"x": 800}, 800, [1]),  # softplus far out: not infinite
    ("(x-10^6)^2+(y-2*10^(-6))^2+(x*y-2)^2", {"x": 1e6, "y": 2e-6}, 0, [0, 0]),  # two scales: tesseract-core 706
    ("log(x)", {"x": 0.001}, math.log(0.001), [1000]),
    ("atan(10000*x)", {"x": 0.0001}, math.atan(1), [5000]),
    ("0.1*x+0.2*x-0.3*x", {"x": 1}, 0, [0]),  # decimals are rationals
    ("sign(x)", {"x": 0.5}, 1, [0]),
    ("(sqrt(x^2+y^2))^2", {"x": 0, "y": 0}, 0, [0, 0]),  # smooth, but its formula by parts is 0/0
    ("max(x, y, z)", {"x": 1, "y": 1, "z": 0}, 1, [0.5, 0.5, 0]),  # ties share equally
    ("x^0.5 + y^(-2) + z^1.5", {"x": 4, "y": 2, "z": 4}, 10.25, [0.25, -0.25, 3]),
    ("2", {}, 2, []),
]


@pytest.mark.parametrize(("text", "at", "value", "gradient"), PUBLISHED)
def test_published_values_and_gradients(text, at, value, gradient):
    f = dk.parse(text)
    at = {name: at[name] for name in f.variables}
    assert value == pytest.approx(f.compile(0)(**at), rel=1e-14, abs=1e-15)
    for point in (at, {name: [x, x] for name, x in at.items()}) if at else (at,):
        found, slopes = f.compile()(**point)
        assert value == pytest.approx(np.max(found), rel=1e-14, abs=1e-15)
        assert gradient == pytest.approx(slopes[..., -1] if slopes.ndim == 2 else slopes, rel=1e-13, abs=1e-15)


# text, point, Hessian from the closed form
HESSIANS = [
    ("100*(y-x^2)^2+(1-x)^2", [1.0, 1.0], [[802, -400], [-400, 200]]),
    ("x^2*y^3", [2.0, 3.0], [[54, 108], [108, 72]]),
    ("exp(x*y)", [0.0, 2.0], [[4, 1], [1, 0]]),
    ("x + 2y", [1.0, 1.0], [[0, 0], [0, 0]]),
    ("x/y", [3.0, 2.0], [[0, -0.25], [-0.25, 0.75]]),
    ("x^(-3)", [2.0], [[12 / 32]]),
    ("sin(x)*exp(x)", [0.7], [[2 * math.exp(0.7) * math.cos(0.7)]]),
    ("piecewise((sqrt(x)*exp(x), x > 1000), (x^3, true))", [-800.0], [[-4800]]),
]


@pytest.mark.parametrize(("text", "point", "expected"), HESSIANS)
def test_hessians(text, point, expected):
    program = compiled(text, 2)
    value, gradient, hessian = program.at(point)
    assert np.array(expected) == pytest.approx(hessian, rel=1e-13)
    values, gradients, hessians = program.at(np.array([point, point]).T)
    assert [value] * 2 == pytest.approx(values, rel=1e-15)
    for k in range(2):
        assert gradient == pytest.approx(gradients[..., k], rel=1e-14)
        assert hessian == pytest.approx(hessians[..., k], rel=1e-13, abs=1e-15)


@pytest.mark.parametrize("row", ROWS, ids=label)
def test_every_row_against_balls(row):
    """At one point and in blocks; with respect to the arguments that have a rule, the others being numbers."""
    points = typical_points(row)
    moving = movable(row)
    for fixed in {tuple(x for k, x in enumerate(point) if k not in moving) for point in points}:
        graph = _row_graph(row, moving, fixed)
        program = compile_graph(graph, 1)
        chosen = [p for p in points if tuple(x for k, x in enumerate(p) if k not in moving) == fixed]
        columns = np.array([[p[k] for k in moving] for p in chosen]).T.reshape(len(moving), len(chosen))
        many = program.at(columns) if moving else None
        for j, point in enumerate(chosen):
            at = {f"a{k}": point[k] for k in moving}
            with precision(300):
                value, gradient = value_and_gradient(graph, {name: arb(x) for name, x in at.items()}, BALLS)
            expected = [float(value.mid()), *(float(gradient[name].mid()) for name in program.variables)]
            one = program(**at)
            assert expected == pytest.approx([one[0], *one[1]], rel=2e-11, abs=1e-13)
            if many is not None:
                assert expected == pytest.approx([many[0][j], *many[1][:, j]], rel=2e-11, abs=1e-13)


def test_shapes_broadcast():
    program = compiled("x*y^2 + z", 2)
    x, y, z = np.arange(3.0)[:, None], np.arange(4.0), 2
    value, gradient, hessian = program(x=x, y=y, z=z)
    assert ((3, 4), (3, 3, 4), (3, 3, 3, 4)) == (value.shape, gradient.shape, hessian.shape)
    assert np.array_equal(x * y**2 + z, value)
    assert np.array_equal(np.broadcast_to(2 * x * y, (3, 4)), gradient[1])
    assert np.array_equal(np.broadcast_to(2 * y, (3, 4)), hessian[0, 1])
    assert np.array_equal(hessian[0, 1], hessian[1, 0])


@pytest.mark.parametrize(
    ("x", "shape"),
    [(np.float64(2), ()), (np.array(2.0), ()), ([2], (1,)), (np.full((1, 1), 2), (1, 1)), ([], (0,)), (np.empty((0, 3)), (0, 3))],
)
@pytest.mark.parametrize("order", [0, 1, 2])
def test_shapes_of_one_and_of_none(x, shape, order):
    found = compiled("x^3", order)(x=x)
    results = found if order else (found,)
    assert order + 1 == len(results)
    for k, (result, expected) in enumerate(zip(results, (8, 12, 12), strict=False)):
        assert (*[1] * k, *shape) == np.shape(result)
        assert np.all(result == expected)


def test_one_point_gives_a_float_and_arrays():
    value, gradient, hessian = compiled("x^2*y", 2)(x=3, y=Fraction(1, 2))
    assert (float, (2,), (2, 2)) == (type(value), gradient.shape, hessian.shape)
    assert (4.5, [3, 9], [[1, 6], [6, 0]]) == (value, gradient.tolist(), hessian.tolist())
    assert type(compiled("x", 0)(x=True)) is float


def test_a_vector_in_the_order_of_the_variables():
    program = compiled("x10 - x2^2", 1)
    assert ("x2", "x10") == program.variables
    assert -5 == program.at([3, 4])[0]
    assert [[-6, -2], [1, 1]] == program.at(np.array([[3, 1], [4, 4]]))[1].tolist()
    for wrong in (1.0, [1.0], np.zeros((3, 2))):
        with pytest.raises(UsageError, match="2 variables"):
            program.at(wrong)


def test_names_and_orders_are_checked():
    f = dk.parse("x*alpha")
    with pytest.raises(PointError, match="no value for alpha"):
        f.compile()(x=1)
    with pytest.raises(PointError, match="y is not a variable"):
        f.compile()(x=1, alpha=2, y=3)
    with pytest.raises(UsageError, match="order 3"):
        f.compile(3)
    with pytest.raises(MissingRuleError, match=r"besselj.*argument n"):
        compiled("besselj(n, 2)")


@pytest.mark.parametrize("engine", [None, Native])
def test_derivatives_by_some_of_the_variables(engine):
    """As a fit needs them: by the parameters, in an order of one's own, not by the data; constants have none."""
    graph = parse("a*exp(-b*t) + t").graph
    t = np.linspace(0, 3, 5)
    value, gradient, hessian = compile_graph(graph, 2, wrt=("b", "a", "c"), engine=engine)(a=2.0, b=0.5, t=t)
    decay = np.exp(-0.5 * t)
    assert np.allclose(2 * decay + t, value, rtol=1e-14)
    assert np.allclose([-2 * t * decay, decay, 0 * t], gradient, rtol=1e-14)
    assert np.allclose([2 * t**2 * decay, -t * decay, -t * decay, 0 * t], hessian[:2, :2].reshape(4, 5), rtol=1e-14)
    assert not hessian[2].any()
    one = compile_graph(graph, 2, wrt=("b",), engine=engine)(a=2.0, b=0.5, t=1.0)
    assert ((1,), (1, 1)) == (one[1].shape, one[2].shape)
    assert 2 * math.exp(-0.5) == pytest.approx(one[2][0, 0], rel=1e-14)


def test_a_program_says_what_it_is_and_stays_so():
    program = compiled("x^2*sin(y)")
    assert repr(program) == "Program(x, y, order=1, 7 operations)"
    assert repr(compiled("2", 0)) == "Program(no variables, order=0, 0 operations)"
    assert len(repr(compiled(product(100)))) < 120
    with pytest.raises(AttributeError):
        program.order = 2


def test_inputs_are_not_changed():
    x = np.linspace(0, 1, 7)
    before = x.copy()
    value, gradient = compiled("x")(x=x)
    value += 1
    gradient += 1
    assert np.array_equal(before, x)
    compiled("x^2*exp(x)", 2)(x=x)
    assert np.array_equal(before, x)


@pytest.mark.parametrize("n", [1, SHARE, 2 * SHARE - 1, 2 * SHARE, 2 * SHARE + 1, LONGEST + 1, 2 * LONGEST, 2 * LONGEST + 1])
def test_edges_of_blocks_and_of_threads(n):
    x, y = np.linspace(0.1, 2, n), np.linspace(3, 1, n)
    value, (along_x, along_y) = compiled("x*sin(y) + sqrt(x*y)/y - 1/y")(x=x, y=y)
    assert np.allclose(x * np.sin(y) + np.sqrt(x / y) - 1 / y, value, rtol=1e-14, atol=1e-14)
    assert np.allclose(np.sin(y) + 0.5 / np.sqrt(x * y), along_x, rtol=1e-14, atol=1e-14)
    assert np.allclose(x * np.cos(y) - 0.5 * np.sqrt(x / y) / y + 1 / y**2, along_y, rtol=1e-14, atol=1e-14)


@pytest.mark.parametrize("n", [255, 256, 257, 1000])
def test_a_program_of_many_registers_takes_short_blocks(n, monkeypatch):
    monkeypatch.setattr(blocks, "MEMORY", 0)
    x = np.linspace(0, 1, n)
    value, gradient = compiled("x*exp(x)")(x=x)
    assert np.allclose(x * np.exp(x), value, rtol=1e-15)
    assert np.allclose((1 + x) * np.exp(x), gradient[0], rtol=1e-15)


def test_sines_and_cosines_of_the_same_angles():
    near_zeros = np.arange(-40, 40) * math.pi / 2 + np.array([0, 1e-12, 1e-6, 0.03])[:, None]
    x = np.concatenate([np.linspace(-100, 1e6, 5001), near_zeros.ravel(), [0.0, -0.0, 5e-324, 1e-300, 1e22, math.inf, math.nan]])
    value, (slope,) = compiled("sin(x)")(x=x)
    with np.errstate(invalid="ignore"):
        assert np.allclose(np.sin(x), value, rtol=1e-15, atol=1e-320, equal_nan=True)
        assert np.allclose(np.cos(x), slope, rtol=3e-14, atol=0, equal_nan=True)
    value, (along_x, _) = compiled("sin(x)*y")(x=0.5, y=[1.0, 2.0])
    assert [math.sin(0.5), 2 * math.sin(0.5)] == pytest.approx(value, rel=1e-15)
    assert [math.cos(0.5), 2 * math.cos(0.5)] == pytest.approx(along_x, rel=1e-15)


def test_several_callers_at_once():
    program = compiled("x^2*y + sin(x*y)*exp(-x)", 2)
    columns = [np.random.default_rng(k).uniform(0, 1, (2, 50_000 + k)) for k in range(6)]
    expected = [program.at(x) for x in columns]
    found = [None] * len(columns)

    def work(k):
        found[k] = [program.at(columns[k]) for _ in range(3)]

    threads = [threading.Thread(target=work, args=(k,)) for k in range(len(columns))]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    for right, answers in zip(expected, found, strict=True):
        for answer in answers:
            assert all(np.array_equal(a, b) for a, b in zip(right, answer, strict=True))


@pytest.mark.parametrize(
    ("text", "x", "value", "slope"),
    [
        ("1/x", 0.0, math.inf, -math.inf),
        ("log(x)", 0.0, -math.inf, math.inf),
        ("log(x)", -1.0, math.nan, -1.0),
        ("exp(x)", 1000.0, math.inf, math.inf),
        ("sqrt(x)", 0.0, 0.0, math.inf),
        ("x*x", 1e200, math.inf, 2e200),
        ("10^400*x", 1.0, math.inf, math.inf),
        ("x^(-2)", 1e-100, 1e200, -2e300),
        ("x", math.nan, math.nan, 1.0),
        ("x - x", math.inf, math.nan, 0.0),
    ],
)
def test_what_a_float_cannot_hold_is_infinite_or_nan(text, x, value, slope):
    program = compiled(text)
    for found in (program(x=x), program(x=[x])):
        assert np.array_equal([value], np.ravel(found[0]), equal_nan=True)
        assert np.allclose([slope], np.ravel(found[1]), rtol=1e-14, atol=0, equal_nan=True)


def test_constants_that_would_overflow_in_another_order():
    assert 1 == pytest.approx(compiled("10^(-200)*x*10^(-200)*y", 0)(x=1e200, y=1e200))
    assert 4 == pytest.approx(compiled("(2x/10^200)^2", 0)(x=1e200))
    assert 1 == pytest.approx(compiled("x/10^200/(y/10^200)", 0)(x=1e250, y=1e250))


@pytest.mark.parametrize("x", [-1.0, 800.0, -800.0])
def test_a_branch_not_taken_sends_nothing_back(x):
    program = compiled("piecewise((sqrt(x)*exp(x), x > 1000), (x^3, true))", 2)
    for found in (program(x=x), program(x=[x])):
        assert [x**3, 3 * x**2, 6 * x] == [np.ravel(part)[0] for part in found]


@pytest.mark.parametrize(
    "text",
    [
        "piecewise((x, sqrt(x) < 0), (2*x, true))",
        "piecewise((x^2, x < log(x)), (x, x > 5))",
        "piecewise((piecewise((x^2, x < 5), (x^3, true)), log(x) > 1), (x, true))",
    ],
)
def test_a_condition_that_is_nan_selects_nothing(text):
    value, gradient = compiled(text)(x=[-1.0, 4.0])
    assert np.isnan([value[0], gradient[0, 0]]).all()
    right, slope = value_and_gradient(parse(text).graph, {"x": 4.0})
    assert np.array_equal([right, slope["x"]], [value[1], gradient[0, 1]], equal_nan=True)


def product(n):
    return "*".join(f"x{k}" for k in range(1, n + 1))


@pytest.mark.parametrize("zeros", [0, 1, 2])
def test_speelpennings_product(zeros):
    """Its gradient costs a small multiple of it, and divides by nothing that may be 0."""
    n = 200
    rng = np.random.default_rng(1)
    x = rng.uniform(0.5, 1.5, n)
    x[rng.choice(n, zeros, replace=False)] = 0
    program = compiled(product(n))
    assert 3 * n >= program.operations
    value, gradient = program.at(x)
    assert np.prod(x) == pytest.approx(value, rel=1e-13)
    expected = [np.prod(np.delete(x, k)) for k in range(n)]
    assert expected == pytest.approx(gradient, rel=1e-13)
    assert np.allclose(expected, program.at(x[:, None])[1][:, 0], rtol=1e-13, atol=0)


def test_what_is_shared_is_computed_once():
    assert compiled("sin(x*y) + sin(y*x)^2", 0).operations == 4
    assert compiled("a*x + a*x + x*a", 0).operations == 2
    assert compiled("x - (-y)", 0).operations == 1
    assert compiled("sqrt(2)*pi*x", 0).operations == 1
    assert compiled("exp(2)*0.5 + 1", 0).operations == 0
    assert compiled("x^8", 0).operations == 3


def test_a_large_derivative_is_refused():
    terms = Terms(most_nodes=100)
    with pytest.raises(BudgetError, match="more than 100 operations"):
        lower(parse(product(200)).graph, terms)


def test_depth_is_not_recursion():
    depth = 20_000
    program = compiled("sin(" * depth + "x" + ")" * depth)
    expected, slope = 0.5, 1.0
    for _ in range(depth):
        slope *= math.cos(expected)
        expected = math.sin(expected)
    value, gradient = program(x=0.5)
    assert (expected, slope) == pytest.approx((value, gradient[0]), rel=1e-9)
    assert expected == pytest.approx(program(x=[0.5])[0][0], rel=1e-12)


def test_compiling_loads_no_sympy():
    script = "import sys, derivkit as dk; dk.parse('x^2*besselj(0,y)').compile(2)(x=[1.0], y=2.0); sys.exit('sympy' in sys.modules)"
    assert 0 == subprocess.run([sys.executable, "-c", script], check=False).returncode


def expressions():
    """Texts of three variables that are smooth and of moderate size near the unit cube."""
    leaves = st.sampled_from(["x", "y", "z", "2", "0.3", "pi", "x", "y"])

    def grow(inner):
        pair = st.tuples(inner, inner)
        return st.one_of(
            pair.map(lambda p: f"({p[0]} + {p[1]})"),
            pair.map(lambda p: f"({p[0]} - {p[1]})"),
            pair.map(lambda p: f"{p[0]}*{p[1]}"),
            pair.map(lambda p: f"({p[0]})/(3 + ({p[1]})^2)"),
            st.tuples(inner, st.integers(2, 4)).map(lambda p: f"({p[0]})^{p[1]}"),
            st.tuples(st.sampled_from(["sin", "cos", "atan", "tanh", "sigmoid"]), inner).map(lambda p: f"{p[0]}({p[1]})"),
            inner.map(lambda f: f"sqrt(1 + ({f})^2)"),
            inner.map(lambda f: f"log(2 + cos({f}))"),
            inner.map(lambda f: f"-({f})"),
            pair.map(lambda p: f"piecewise(({p[0]}, x < 0.5), ({p[1]}, true))"),
        )

    return st.recursive(leaves, grow, max_leaves=12)


@settings(max_examples=150, deadline=None)
@given(expressions(), st.tuples(*[st.floats(0.1, 0.9)] * 3))
def test_random_expressions_agree_with_balls(text, point):
    graph = parse(text).graph
    at = dict(zip("xyz", point, strict=True))
    names = graph.variables
    program = compile_graph(graph, 2)
    exact = derivatives_graph(graph, names, 2)
    with precision(400):
        balls = node_values(exact, {name: arb(x) for name, x in at.items()}, BALLS)
        expected = [float(balls[o].mid()) for o in exact.outputs]
    one = program(**{name: at[name] for name in names})
    many = program(**{name: [at[name], 0.4] for name in names}) if names else one
    scale = 1e-11 * max(1, *map(abs, expected))
    upper = np.triu_indices(len(names))
    for value, gradient, hessian in (one, [part[..., 0] for part in many] if names else one):
        assert expected == pytest.approx([float(value), *gradient, *hessian[upper]], rel=1e-11, abs=scale)


def _row_graph(row, moving, fixed):
    """The row of variables a0, a1, ... and numbers."""
    builder, rest = Builder(), iter(fixed)

    inputs = []
    for k in range(row.arity):
        head = f"a{k}" if k in moving else Fraction(next(rest))
        inputs.append(builder.add(head.numerator if isinstance(head, Fraction) and head.denominator == 1 else head))
    return builder.graph([builder.add(row, tuple(inputs))])
