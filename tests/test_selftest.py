"""The self-test of the table: it finds what is broken, and names row, route and point."""

from __future__ import annotations

import math

import mpmath
import pytest

from derivkit.functions import ARRAYS, FLOATS, row_named
from derivkit.selftest import run as running
from derivkit.selftest.examine import difference, examine
from derivkit.selftest.places import edges, extremes, label
from derivkit.selftest.records import ROUTES, merged
from derivkit.selftest.run import rows_of, selftest
from tests.conftest import Run, document
from tests.test_sabotage import broken, off_by_a_millionth

FAST = ["sin", "tanh", "log", "sqrt", "abs", "floor", "erf", "atan2", "max", "less", "where", "gamma", "sigmoid", "asin", "power"]


@pytest.mark.parametrize("name", FAST)
def test_sound_rows_agree(name):
    tally = examine(row_named(name))
    assert () == tally.disagreements
    assert tally.numbers > 30
    assert 4 * tally.undecided < tally.numbers
    assert {"floats", "arrays"} <= set(tally.errors)


@pytest.mark.parametrize("name", ["tanh", "log", "atan"])
def test_a_broken_partial_is_named_with_its_row_and_a_point(name, run: Run):
    rule = row_named(name).partials[0]
    with broken(name, partials=(off_by_a_millionth(rule),)):
        found = run("selftest", "--function", name, "--json")
    assert 1 == found.exit_code
    first = document(found)["disagreements"][0]
    assert (f"{name}(x)", "tape") == (first["function"], first["route"])
    assert first["what"].startswith("derivative in x")
    assert {"x"} == set(first["at"])


@pytest.mark.parametrize(("column", "route"), [("scalar", "floats"), ("array", "arrays")])
def test_a_broken_value_is_named(column, route):
    with broken("tanh", **{column: "tests.test_sabotage:three"}):
        found = selftest("tanh")
    assert "disagree" == found.verdict
    assert ("tanh(x)", route, "value") in {(one.row, one.route, one.what) for one in found.disagreements}


def test_a_wrong_value_in_balls_is_found():
    with broken("tanh", ball="tests.test_sabotage:three_and_a_bit"):
        assert "disagree" == selftest("tanh").verdict


def test_a_convention_outside_the_slopes_of_both_sides_is_named():
    with broken("abs", partials=(lambda f, y, x: f.where(f.equal(x, 0), 2, f.sign(x)),)):
        (one, *_) = selftest("abs").disagreements
    assert ("abs(x)", "tape", "derivative in x", {"x": 0.0}) == (one.row, one.route, one.what, dict(one.at))


def test_the_page_names_the_culprit(run: Run):
    with broken("tanh", partials=(lambda f, y, x: 1 + y * y,)):
        shown = run("selftest", "--function", "tanh")
    assert "tanh(x), derivative in x: tape at x = " in shown.stdout
    assert "disagree" in shown.stdout.splitlines()[-1]


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        ("log", {-1e-300, 0.0, 1e-300}), ("asin", {1.0, -1.0, math.nextafter(1, 2), math.nextafter(-1, -2)}), ("abs", {0.0}),
        ("tan", {1.5707963267948966, 1.5707963267948968}), ("floor", {-1.0, 1.0}), ("exp", set()),
    ],
)  # fmt: skip
def test_edges_are_found_to_the_last_float(name, expected):
    places = {x for (x,) in edges(row_named(name))}
    assert expected <= places
    assert bool(expected) == bool(places)


def test_orders_are_whole_and_arguments_go_to_the_extremes():
    assert {0.0, 1.0, 2.0} == {n for n, _ in extremes(row_named("besselj"))}
    assert {0.0, 1.0} == {c for c, _, _ in extremes(row_named("where"))}
    assert {-1e8, 1e8, 1e-300} <= {x for (x,) in extremes(row_named("sin"))}


def test_differences_of_balls_are_the_slopes():
    slope = difference(lambda x: x**3, 0, (2.0,))
    assert 12 == pytest.approx(float(slope.mid()), rel=1e-15)


@pytest.mark.parametrize("x", [-0.9999999999999999, -1.0000000000000002, -3.0000000000000004, -0.5, -1e-8, -1000.25, 0.5])
def test_digamma_next_to_its_poles(x):
    """SciPy's loses a third of the digits' worth there: -5.5e15 for -9.0e15."""
    with mpmath.workdps(40):
        expected = float(mpmath.digamma(mpmath.mpf(x)))
    assert expected == pytest.approx(float(ARRAYS.function(row_named("digamma"))(x)), rel=1e-13)
    assert expected == pytest.approx(float(ARRAYS.function(row_named("polygamma"))(0.0, x)), rel=1e-13)
    assert expected == pytest.approx(FLOATS.function(row_named("digamma"))(x), rel=1e-13)


def test_several_processes_say_the_same(monkeypatch):
    monkeypatch.setattr(running, "FEW", 0)
    seen: list[tuple[int, int, str]] = []
    found = selftest("log", workers=2, progress=lambda *done: seen.append(done))
    alone = [examine(row) for row in rows_of("log")]
    assert merged("exponentials", alone) == found.groups[0]
    assert [(1, 2), (2, 2)] == [(done, total) for done, total, _ in seen]
    assert {label(row) for row in rows_of("log")} == {name for *_, name in seen}


def test_every_row_with_arguments_is_examined():
    assert 80 < len(rows_of())
    assert all(row.arity for row in rows_of())
    assert ["digamma"] == [row.name for row in rows_of("psi")]
    with pytest.raises(KeyError):
        rows_of("arctg")


def test_the_document_has_every_route(run: Run):
    found = document(run("selftest", "--function", "tanh", "--json"))
    assert ("agree", [], 1) == (found["verdict"], found["disagreements"], len(found["groups"]))
    assert set(ROUTES) == set(found["groups"][0]["max_relative_errors"])
    assert all(error < 1e-14 for error in found["groups"][0]["max_relative_errors"].values())


def test_an_unknown_function_is_a_usage_error(run: Run):
    found = run("selftest", "--function", "tanhh")
    assert 2 == found.exit_code
    assert "did you mean tanh?" in found.stderr
