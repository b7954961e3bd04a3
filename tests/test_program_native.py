"""Programs by the C compiler: the same numbers as NumPy's blocks, whatever the point; and what is said where it cannot be."""

import itertools
import math
import stat
import tempfile
from fractions import Fraction

import numpy as np
import pytest

import derivkit as dk
from derivkit.codegen import native
from derivkit.codegen.loop import BLOCK, SHARE, loop
from derivkit.codegen.native import Native
from derivkit.errors import BudgetError, MissingRuleError, PointError, Refusal, UsageError
from derivkit.expression.graph import Builder
from derivkit.functions import row_named
from derivkit.program.program import compile_graph
from tests.function_points import SMOOTH, label, movable, typical_points

EXTREMES = (0.0, -0.0, 0.5, -0.5, 1.0, -1.0, 2.0, 3.7, -3.7, 800.0, -800.0, 1e-300, 1e200, -1e200, math.inf, -math.inf, math.nan)
ELSEWHERE = (math.nan, -math.inf, math.inf, 0.0)
# Where a formula that stands for what C lacks is not what SciPy makes of a pole or of infinity: one of `ELSEWHERE` by both.
AT_POLES = {"loggamma", "digamma", "polygamma"}  # the negative integers and -inf
AT_INFINITY = {"sinc", "sphericalbesselj"}
LACKING = {
    "beta", "binomial", "erfinv", "zeta", "zetaderivative", "lambertw", "Si", "Ci", "Ei", "li", "ellipk", "ellipe", "hyp2f1",
    "besselj", "bessely", "besseli", "besselk", "airyai", "airyaiprime", "airybi", "airybiprime",
}  # fmt: skip


def graph_of(row):
    """A row of variables; orders, and arguments without a rule, are numbers."""
    builder = Builder()
    fixed = [Fraction(round(low if k in row.whole else (low + high) / 2)) for k, (low, high) in enumerate(row.typical)]
    moving = movable(row)
    heads = [f"a{k}" if k in moving else x.numerator for k, x in enumerate(fixed)]
    return builder.graph([builder.add(row, tuple([builder.add(head) for head in heads]))])


def both(graph, columns):
    """Value, gradient and Hessian by both backends, of as high an order as C can spell; as rows."""
    for order in (2, 1, 0):
        try:
            program = compile_graph(graph, order, engine=Native)
        except Refusal:
            if not order:
                raise
            continue
        found = [one.at(columns) for one in (compile_graph(graph, order), program)]
        return [np.vstack([np.reshape(part, (-1, columns.shape[1])) for part in (one if order else (one,))]) for one in found]
    raise AssertionError("no order")


def same(right, given):
    return np.isclose(right, given, rtol=2e-9, atol=1e-14, equal_nan=True)


@pytest.mark.parametrize("row", SMOOTH, ids=label)
def test_every_row_as_by_numpy(row):
    graph, moving = graph_of(row), movable(row)
    if row.name in LACKING:
        with pytest.raises(Refusal, match="C has no") as caught:
            both(graph, np.ones((len(moving), 1)))
        assert "leave backend away" in caught.value.hint
        return
    right, given = both(graph, np.array(typical_points(row)).T[moving])
    assert same(right, given).all()
    extremes = np.array(list(itertools.product(EXTREMES, repeat=len(moving)))).T
    right, given = both(graph, extremes)
    excused = np.zeros(extremes.shape[1], dtype=bool)
    if row.name in AT_POLES:
        excused = (extremes[0] < 0) & (extremes[0] == np.floor(extremes[0]))
    elif row.name in AT_INFINITY:
        excused = np.isinf(extremes[0])
    assert same(right, given)[:, ~excused].all(), extremes[:, ~same(right, given).all(axis=0)]
    assert (np.isin(given, ELSEWHERE) | np.isnan(given))[~same(right, given)].all()


@pytest.mark.parametrize(
    "text",
    [
        "x^2*y + sin(x*y)*exp(-x)",
        "100*(y-x^2)^2 + (1-x)^2",
        "log(1+exp(x)) + 1/(1+exp(-y)) + log(exp(x)+exp(y))",
        "piecewise((sqrt(x)*exp(x), x > 1000), (x^3, true))*y",
        "piecewise((x, sqrt(x) < 0), (2*x, true)) + y",
        "piecewise((sin(x)/x, x != 0), (1, true))/y",
        "x^y + 10^400*x - 2^-1000*y",
        "max(x, y) + min(x, 2)*abs(y) + sign(x*y) - -x/-y",
        "-x - y - 3",
        "x*y - x*y + 1/x - 1/y",
    ],
)
def test_expressions_at_extremes(text):
    right, given = both(dk.parse(text).graph, np.array(list(itertools.product(EXTREMES, repeat=2))).T)
    assert same(right, given).all()


def test_arithmetic_alone_is_the_same_to_the_last_bit_and_sign():
    x = np.concatenate(
        [np.random.default_rng(0).normal(size=(2, 5000)), np.array(list(itertools.product(EXTREMES, repeat=2))).T], axis=1
    )
    for text in ("(x-y)^3*(x+2y)/(1+x^2*y)", "100*(y-x^2)^2 + (1-x)^2", "x*sqrt(y) - y/x", "-x"):
        f = dk.parse(text)
        columns = x[: len(f.variables)]
        for right, given in zip(f.compile(2).at(columns), f.compile(2, backend="c").at(columns), strict=True):
            assert np.array_equal(right, given, equal_nan=True), text
            numbers = ~np.isnan(right)
            assert np.array_equal(np.signbit(right[numbers]), np.signbit(given[numbers])), text


@pytest.mark.parametrize("n", [0, 1, 7, BLOCK - 1, BLOCK, BLOCK + 1, 2 * SHARE - 1, 2 * SHARE, 2 * SHARE + 1])
def test_edges_of_blocks_and_of_threads(n):
    x = np.linspace(0.1, 2, n)
    value, (along_x, along_y) = dk.parse("x*sin(y) + sqrt(x)").compile(backend="c")(x=x, y=0.5)
    assert np.allclose(x * math.sin(0.5) + np.sqrt(x), value, rtol=1e-14)
    assert np.allclose(math.sin(0.5) + 0.5 / np.sqrt(x), along_x, rtol=1e-14)
    assert np.allclose(x * math.cos(0.5), along_y, rtol=1e-14)


def test_shapes_and_names_are_those_of_every_program():
    program = dk.parse("x*y^2 + z").compile(2, backend="c")
    plane = np.asfortranarray(np.arange(24.0).reshape(4, 6))[::2, ::-2]
    value, gradient, hessian = program(x=plane, y=np.arange(3), z=2)
    assert ((2, 3), (3, 2, 3), (3, 3, 2, 3)) == (value.shape, gradient.shape, hessian.shape)
    assert np.array_equal(plane * np.arange(3) ** 2 + 2, value)
    assert np.array_equal(2 * plane, hessian[1, 1])
    assert (14.0, [4, 12, 1]) == (program(x=3, y=2, z=2)[0], program(x=3, y=2, z=2)[1].tolist())
    assert program.at(np.ones((3, 2)))[0].tolist() == [2, 2]
    with pytest.raises(PointError, match="no value for z"):
        program(x=1, y=[1])
    with pytest.raises(UsageError, match="3 variables"):
        program.at([[1.0]])
    value, gradient = dk.parse("1/x").compile(backend="c")(x=0.0)
    assert (math.inf, [-math.inf]) == (value, gradient.tolist())
    assert [3.0, 3.0] == dk.parse("0*x + 3").compile(0, backend="c")(x=[1, 2]).tolist()


def test_no_user_text_reaches_the_source():
    seen = []
    compile_graph(dk.parse("volatile*system + été").graph, 1, engine=lambda *given: seen.append(loop(*given)))
    for name in ("volatile", "system", "été"):
        assert name not in seen[0].split("static void block")[1]
    right, given = both(dk.parse("volatile*f + INFINITY*main").graph, np.arange(8.0).reshape(4, 2))
    assert np.array_equal(right, given)


def test_a_source_is_compiled_once_and_leaves_no_file(monkeypatch, tmp_path):
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path))
    runs, run = [], native._run
    monkeypatch.setattr(native, "_run", lambda *given: runs.append(given) or run(*given))
    first = dk.parse("x*cos(x) + 0.123456").compile(backend="c")
    second = dk.parse("y*cos(y) + 0.123456").compile(backend="c")  # the same but for the name
    assert 1 == len(runs)
    assert [] == list(tmp_path.iterdir())
    assert first(x=[1.0])[0] == second(y=[1.0])[0]


def script(folder, text):
    path = folder / "compiler"
    path.write_text(f"#!/bin/sh\n{text}\n")
    path.chmod(path.stat().st_mode | stat.S_IXUSR)
    return str(path)


def test_an_old_compiler_is_asked_for_less(monkeypatch, tmp_path):
    refuses = 'case "$*" in *native*) echo "unknown option" >&2; exit 1;; esac\nexec cc "$@"'
    monkeypatch.setenv("CC", script(tmp_path, refuses))
    x = np.linspace(0.1, 2, 2000)
    value, _ = dk.parse("exp(x)*sin(x) + 0.0625").compile(backend="c")(x=x)
    assert np.allclose(np.exp(x) * np.sin(x) + 0.0625, value, rtol=1e-14)


@pytest.mark.parametrize(
    ("text", "error", "message"),
    [
        (None, UsageError, "needs a C compiler"),
        ("echo 'f.c:1: error: out of luck' >&2; exit 1", Refusal, "failed: f.c:1: error: out of luck"),
        ("exit 1", Refusal, "did not say why"),
        ("echo nothing > f.so", Refusal, "cannot be loaded"),
        ("exec sleep 5", BudgetError, "took longer than"),
    ],
)
def test_what_hinders_is_said_at_once(monkeypatch, tmp_path, text, error, message):
    monkeypatch.setenv("CC", str(tmp_path / "nowhere") if text is None else script(tmp_path, text))
    monkeypatch.setattr(native, "SECONDS", 0.2 if "sleep" in (text or "") else 60)
    with pytest.raises(error, match=message) as caught:
        dk.parse(f"x + 0.00{len(text or '')}1").compile(backend="c")
    assert "leave backend away" in caught.value.hint


def test_what_c_cannot_do_is_refused():
    with pytest.raises(UsageError, match="no backend 'fortran'"):
        dk.parse("x").compile(backend="fortran")
    with pytest.raises(UsageError, match="order 3"):
        dk.parse("x").compile(3, backend="c")
    with pytest.raises(MissingRuleError):
        dk.parse("besselj(n, 2)").compile(backend="c")
    assert row_named("beta").code.formula  # which overflows from 171 on
    with pytest.raises(Refusal, match="no beta that would not overflow"):
        dk.parse("beta(x, 2)").compile(backend="c")
