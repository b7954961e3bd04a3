"""The page of the tape: both passes as a learner follows them, and sweeps that accumulate."""

from __future__ import annotations

import re

import pytest

from tests.conftest import Run, document

TERMS = "+".join(f"sin({k}*x)" for k in range(1, 200))


def test_sweeps_accumulate(run: Run):
    found = document(run("tape", "x^2", "--at", "x=3", "--backward", "2", "--json"))
    assert [{"gradient": {"x": 6.0}}, {"gradient": {"x": 12.0}}] == found["sweeps"]
    assert {"x": 12.0} == found["gradient"]
    assert 6.0 == found["nodes"][0]["adjoint"]
    shown = run("tape", "x^2", "--at", "x=3", "--backward", "2").stdout
    assert ["6", "12"] == re.findall(r"^  df/dx = (\S+)$", shown, re.MULTILINE)
    assert "zero_grad" in shown


def test_one_sweep_is_the_default(run: Run):
    found = document(run("tape", "x^2", "--at", "x=3", "--json"))
    assert [{"gradient": found["gradient"]}] == found["sweeps"]
    assert "zero_grad" not in run("tape", "x^2", "--at", "x=3").stdout


def test_sweeps_where_there_is_no_value(run: Run):
    found = document(run("tape", "log(x)", "--at", "x=-1", "--backward", "2", "--json"))
    assert [{"gradient": {"x": None}}] * 2 == found["sweeps"]


@pytest.mark.parametrize(
    ("count", "status", "message"),
    [("0", 2, "at least 1"), ("-1", 2, "at least 1"), ("101", 3, "budget"), ("two", 2, "not a whole number")],
)
def test_the_number_of_sweeps_has_bounds(run: Run, count, status, message):
    result = run("tape", "x^2", "--at", "x=3", "--backward", count)
    assert status == result.exit_code
    assert message in result.stderr


def test_every_partial_names_its_node(run: Run):
    shown = run("tape", "x/y", "--at", "x=3,y=2").stdout
    assert re.search(r"^v2    v0/v1      1.5    ∂v2/∂v0 = 0.5$", shown, re.MULTILINE)
    assert re.search(r"^ +∂v2/∂v1 = -0.75$", shown, re.MULTILINE)
    assert re.search(r"^∂f/∂v1   \+= ∂f/∂v2 \* ∂v2/∂v1  1 \* -0.75 +-0.75$", shown, re.MULTILINE)


@pytest.mark.parametrize("text", [TERMS, "exp(x)^(1/7)*gamma(x)/(1 + x^13/1234567)", "-1e-5*x^3 - sin(x*1e5)/1e7"])
def test_a_page_is_no_wider_than_a_terminal(run: Run, text):
    lines = run("tape", text, "--at", "x=0.123456789").stdout.splitlines()
    assert 80 >= max(map(len, lines))


def test_a_long_pass_is_cut_on_the_page_but_not_in_the_document(run: Run):
    lines = run("tape", TERMS, "--at", "x=1").stdout.splitlines()
    assert len(lines) < 500
    assert 2 == sum("more lines; --json has everything" in line for line in lines)
    assert 796 == len(document(run("tape", TERMS, "--at", "x=1", "--json"))["nodes"])


def test_nothing_to_send_back(run: Run):
    assert "nothing to send back" in run("tape", "2*pi").stdout
