"""The mutation test of claims: no right derivative is rejected, and every wrong one is caught, with numbers that are right.

A seeded part of what `python -m benchmarks.claims` judges.
"""

from __future__ import annotations

import random
from functools import cache
from types import SimpleNamespace

import pytest

from derivkit.expression.point import parse_point
from derivkit.expression.printer import to_text
from derivkit.functions import table
from tests.fifty_digits import FUNCTIONS
from tests.mutations import UNEXPLAINED, Claim, Ruling, Truth, claims, is_honest, rule
from tests.published import Published, published

CORPUS = {entry.name: entry for entry in published()}
CHOSEN = ("relativistic_mass", "gumbel_log_density", "cloglog", "swish", "hill", "beale", "gramacy_lee")
NAMED = 0.9  # the share of slips that a diagnosis has to name
chosen = pytest.mark.parametrize("name", CHOSEN)


@cache
def rulings(name: str) -> tuple[Ruling, ...]:
    """What is said of claims about one partial derivative of an expression."""
    entry = CORPUS[name]
    return tuple(rule(claim) for claim in claims(entry, random.Random(name).choice(entry.graph.variables), right=2, wrong=1))


@chosen
def test_no_right_derivative_is_rejected(name):
    judged = [ruling for ruling in rulings(name) if not ruling.claim.kinds]
    assert 2 == len(judged)
    for ruling in judged:
        assert ("equal", None) == (ruling.verdict, ruling.honest), (ruling.claim.form, ruling.claim.text, ruling.message)


@chosen
def test_every_wrong_derivative_is_caught_with_numbers_that_are_right(name):
    judged = [ruling for ruling in rulings(name) if ruling.claim.kinds]
    assert {"sign", "factor", "small_factor", "coefficient"} <= {ruling.claim.form for ruling in judged}
    for ruling in judged:
        assert ("different", True) == (ruling.verdict, ruling.honest), (ruling.claim.form, ruling.claim.text, ruling.message)


def test_a_slip_that_is_named_is_one_that_leads_to_the_claim():
    judged = [ruling for name in CHOSEN for ruling in rulings(name) if ruling.claim.kinds and ruling.claim.form not in UNEXPLAINED]
    named = [ruling for ruling in judged if ruling.kind is not None]
    strange = [(ruling.kind, ruling.claim) for ruling in named if ruling.kind not in ruling.claim.kinds]
    assert NAMED <= (len(named) - len(strange)) / len(judged), strange


def made_up(text: str, name: str = "made up") -> Published:
    return Published(name, text, (parse_point("x=1.5"),), (), "by hand")


def test_slips_that_change_nothing_are_not_called_wrong():
    found = {claim.text for claim in Truth(made_up("exp(x) + 0*x"), "x").wrong_claims()}
    assert found
    assert not found & {"exp(x)", "exp(x) + 0"}


def test_equal_slips_stand_for_each_other():
    doubled = [claim.kinds for claim in Truth(made_up("sin(2x)"), "x").wrong_claims() if "lost_inner" in claim.kinds]
    assert doubled
    assert all({"lost_inner", "missing_constant", "factor"} <= kinds for kinds in doubled)


def test_forms_that_hold_on_one_side_only_are_not_called_right():
    truth = Truth(made_up("x*sqrt(x^2)"), "x")
    assert any(at["x"] < 0 for at in truth.points)
    assert not {"2*x", "2x"} & {claim.text for claim in truth.right_claims()}


def test_a_witness_with_a_wrong_number_is_not_believed():
    claim = Claim("cube", "x^3", "x", "3*x", frozenset({"power_off_by_one"}), "power_off_by_one", "3*x^2")
    assert is_honest(claim, SimpleNamespace(at={"x": 2.0}, claimed=6.0, actual=12.0))
    assert not is_honest(claim, SimpleNamespace(at={"x": 2.0}, claimed=6.0, actual=12.001))
    assert not is_honest(claim, SimpleNamespace(at={"x": 2.0}, claimed=6.001, actual=12.0))
    assert not is_honest(claim, SimpleNamespace(at={"x": 1.0}, claimed=3.0, actual=3.0))


def test_every_function_of_the_corpus_has_a_truth():
    known = {(row.name, row.arity) for row in table()}
    assert set(FUNCTIONS) <= known
    assert to_text(CORPUS["rosenbrock"].graph) == "100*(y - x^2)^2 + (1 - x)^2"
