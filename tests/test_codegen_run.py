"""Generated sources, compiled and run: their self-tests hold, on every machine for C, Python and NumPy, elsewhere where it can.

The expected values in the sources come from ball arithmetic, which shares nothing with the code that is run. The names of the tests
say which languages were run; the texts of the others are compared in `test_cli_golden`.
"""

from __future__ import annotations

import subprocess
from fractions import Fraction
from pathlib import Path

import pytest

from derivkit.checking.sampling import constant
from derivkit.codegen.generate import generate
from derivkit.codegen.targets import LANGUAGES
from derivkit.errors import Refusal
from derivkit.expression.graph import Builder, Graph
from derivkit.expression.parser import parse
from derivkit.functions import Row, row_named
from tests.code_runners import HERE, failures
from tests.function_points import ROWS, SMOOTH, label, movable
from tests.test_tape_random import AT, Drawing

EXPRESSIONS = (
    "x^2*sin(y) + exp(-x*y)",
    "100*(y-x^2)^2 + (1-x)^2",
    "1/2*x + x/3 - 2^-3",
    "x^3 - x^-2 + x^(1/2) - x^(-3/2) + x^17 + x^y + 2^x + e^x",
    "piecewise((sin(x)/x, x != 0), (1, true))",
    "piecewise((log(x)*x, x > 1), (x^2, x > -1), (sqrt(-x)*y, true))",
    "piecewise((piecewise((log(x), x > 2), (1/x, true)), x > 0 and y > x), (y, x == 0), (-y, x < -1 and y <= 2), (x*y, true))",
    "max(x, y, z) - min(x, y, z) + abs(x) + sign(x)*y",
    "log(1 + exp(x)) + 1/(1 + exp(-y)) + sqrt(x^2 + y^2)",
    "lambda*for + class/int + gamma(2)*gamma + t1*t2 + value*gradient + math*np + f*e_ + dp",
    "x*X + y1*Y1 + t1*T1",
    "-x*-y - (-x - y) - -(x/-y)",
    "a1+a2*a3+a4*a5+a6*a7+a8*a9+a10*a11+a12*sin(a13*a14)+a15+a16+a17+a18+a19+a20",
    "x^0 + y",
    "(x+y)*(x-y)*(x+2*y)*(x-2*y)*(x+3*y)*(x-3*y)*(sin(x)+cos(y)+exp(x*y/100))*(sin(y)+cos(x)+exp(-x*y/100))",
)
AT_POINTS = (
    ("max(x, y)", "x=1,y=1"),  # ties share equally
    ("min(x, y)*x", "x=2,y=2"),
    ("sign(x) + heaviside(x) + relu(x) + abs(x)", "x=0"),
    ("floor(x) + 10*ceil(x)", "x=-2.5"),
    ("floor(x) + 10*ceil(x)", "x=-3"),
    ("x^3 + x^-3 + root(x, 3) + root(x, 5) + cbrt(x)", "x=-8"),
    ("x^21", "x=-1.5"),
    ("xlogy(x, y)", "x=0,y=2"),
    ("sinc(x)", "x=0"),
    ("sigmoid(x) + softplus(x) + logsumexp(x, 2) + sech(x) + tanh(x)", "x=-800"),
    ("sigmoid(x)*y + sech(x) + logsumexp(x, 2)/y", "x=800,y=2"),
    ("acot(x)", "x=-1/2"),
    ("expm1(x) + log1p(x)", "x=1e-9"),
    ("gamma(x) + digamma(x) + loggamma(x)", "x=1/10"),
    ("digamma(x) + gamma(x)", "x=-10.3"),
    ("piecewise((sin(x)/x, x != 0), (1, true))", "x=0"),  # the other branch would divide by zero
    ("piecewise((1 - cos(x), x > 3), (log(x), x > 0), (sqrt(-x), true))", "x=-4"),
)


def alone(row: Row) -> Graph:
    """A row of variables; orders are numbers."""
    builder = Builder()
    inputs = [
        builder.add(1 if k in row.whole else name) if row.partials[k] is not None or k in row.whole else builder.add(Fraction(3, 2))
        for k, name in enumerate(row.arguments)
    ]
    if row.choice:
        inputs[0] = builder.add(row_named("less"), (builder.add("x"), builder.add("y")))
    return builder.graph([builder.add(row, tuple(inputs))])


def typical(row: Row, graph: Graph) -> dict[str, Graph]:
    middle = {name: low + 0.37 * (high - low) for name, (low, high) in zip(row.arguments, row.typical, strict=True)}
    return {name: constant(Fraction(round(256 * middle[name]), 256)) for name in graph.variables}


def written(language: str) -> tuple[list[str], dict[str, str]]:
    """The sources of all rows that a language has, and what is said of the others."""
    codes, refused = [], {}
    for k, row in enumerate(row for row in ROWS if not row.boolean):
        graph = alone(row)
        order = 2 if language in ("c", "python") else 1
        for tried in range(order, -1, -1):
            try:
                codes.append(generate(graph, language, name=f"g{k}", order=tried, at=typical(row, graph)).code)
                break
            except Refusal as refusal:
                refused[label(row)] = refusal.message
    return codes, refused


@pytest.mark.parametrize("language", HERE)
def test_every_row_runs_right_or_is_refused_by_name(language: str, tmp_path: Path) -> None:
    codes, refused = written(language)
    assert "" == failures(language, codes, tmp_path)
    assert all(f"{LANGUAGES[language].title} has no " in message for message in refused.values())
    assert len(codes) > (75 if language == "numpy" else 50)


@pytest.mark.parametrize("language", HERE)
def test_expressions_run_right(language: str, tmp_path: Path) -> None:
    codes = []
    for k, text in enumerate(EXPRESSIONS):
        codes += [generate(parse(text).graph, language, name=f"g{k}{order}", order=order).code for order in (0, 1, 2)]
    assert "" == failures(language, codes, tmp_path)


@pytest.mark.parametrize("language", HERE)
def test_edges_run_right(language: str, tmp_path: Path) -> None:
    from derivkit.expression.point import parse_point

    codes = []
    for k, (text, at) in enumerate(AT_POINTS):
        if language in ("javascript", "rust", "julia") and "gamma" in text:
            continue  # they lack the function
        codes.append(generate(parse(text).graph, language, name=f"g{k}", at=parse_point(at)).code)
    negative_base = generate(parse("x^y + (-x)^3").graph, language, name="g", order=0, at=parse_point("x=-2,y=3"))
    assert "" == failures(language, [*codes, negative_base.code], tmp_path)


@pytest.mark.parametrize("language", HERE)
def test_random_expressions_run_right(language: str, tmp_path: Path) -> None:
    point = {name: constant(value) for name, value in AT.items()}
    codes = []
    for k, row in enumerate(row for row in SMOOTH if movable(row)):
        graph = Drawing(f"code/{row.name}/{row.arity}").graph(row, 3)
        try:
            codes.append(generate(graph, language, name=f"g{k}", at={name: point[name] for name in graph.variables}).code)
        except Refusal as refusal:
            assert "has no" in refusal.message or "rounding" in refusal.message
    assert "" == failures(language, codes, tmp_path)
    assert len(codes) > 25


def test_a_wrong_derivative_fails_the_self_test(tmp_path: Path) -> None:
    for language in HERE:
        code = generate(parse("x^2*sin(y)").graph, language).code
        right, wrong = ("cos(y)", "sin(y)") if "cos(y)" in code else ("y.cos()", "y.sin()")
        assert "" != failures(language, [code.replace(right, wrong)], tmp_path), language


def test_the_command_at_the_head_runs_the_self_test(tmp_path: Path) -> None:
    for language in HERE:
        target = LANGUAGES[language]
        (tmp_path / f"g.{target.extension}").write_text(generate(parse("x^2*sin(y)").graph, language, name="g").code)
        command = target.run.format(file=f"g.{target.extension}")
        done = subprocess.run(command, shell=True, cwd=tmp_path, capture_output=True, text=True)
        assert 0 == done.returncode, done.stderr
        assert "OK" in done.stdout or "1 passed" in done.stdout
