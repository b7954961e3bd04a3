"""Long lines on pages: broken where a formula may be broken, so that what is copied reads back."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from derivkit.expression.parser import parse
from derivkit.render.page import Layout, Styled, plain, wrapped
from tests.conftest import Run

TERM = st.sampled_from(["x", "sin(x*y)", "2*x^3*exp(-x)", "max(x, y, 0.5)", "piecewise((x, x < 1), (y, true))", "x" * 50])
SUM = st.lists(st.tuples(st.sampled_from([" + ", " - "]), TERM), min_size=1, max_size=12).map(
    lambda terms: "".join(s + t for s, t in terms)[3:]
)


@given(SUM, st.sampled_from(["f", "∂f/∂x", " " * 9]), st.integers(24, 100))
def test_a_broken_formula_reads_back(text, label, width):
    lines = [plain(line) for line in wrapped(Styled(label, "title"), f" = {text}", Layout(width=width))]
    assert lines[0].startswith(f"{label} = ")
    pasted = "\n".join(lines).removeprefix(f"{label} = ")
    assert parse(pasted).graph == parse(text).graph
    assert " ".join(pasted.split()) == text
    for line in lines:
        assert len(line) <= width or " " not in line[len(label) + 3 :].rstrip()
        assert line.strip()


@pytest.mark.parametrize("format", ["text", "latex"])
def test_a_formula_for_copying_stays_on_one_line(format):
    text = " = " + " + ".join(f"x{k}" for k in range(50))
    assert 1 == len(wrapped(Styled("f", "title"), text, Layout(format=format)))


def test_a_very_long_formula_is_broken_quickly():
    lines = wrapped(Styled("f", "title"), " = " + " + ".join(["x"] * 300_000), Layout())
    assert 15_000 < len(lines) < 20_000


@pytest.mark.parametrize(
    "arguments",
    [
        ["functions"],
        ["diff", "(1+x)^9*(1+y)^8*sin(x*y)*exp(x)*log(x)/(1+z^2)", "--wrt", "x", "--no-check"],
        ["hessian", "exp(-x^2-y^2)*sin(x*y)/(1+x^2+y^2)", "--no-check"],
        ["check", "exp(-x^2)*sin(x)/(1+x^2) + exp(-x^3)*cos(x)/(1+x^4) + log(1 + x^2)*atan(x)", "--at", "x=1"],
    ],
)
def test_pages_are_no_wider_than_a_terminal(run: Run, arguments):
    assert 80 >= max(len(line) for line in run(*arguments).stdout.splitlines())
