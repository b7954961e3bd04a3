"""Pictures of characters: where things lie, what a legend says, that nothing is wider than it may be."""

from __future__ import annotations

import math
import subprocess
import sys
from collections.abc import Callable
from itertools import pairwise
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from derivkit.minimizing.sweep import Sweep, Trial
from derivkit.optimize.bounds import Bounds
from derivkit.optimize.outcome import Outcome
from derivkit.render.landscape import landscape, profile
from derivkit.render.message import columns
from derivkit.render.plane import Plane
from derivkit.render.terminal import descent
from derivkit.render.terminal.axis import Axis, tick
from derivkit.render.terminal.chart import Curve, Spot, chart
from derivkit.render.terminal.learning import AREAS, WRONG, decisions, losses
from derivkit.render.terminal.rates import rates
from derivkit.render.trajectory import Trajectory, course, places

GOLDEN = Path(__file__).parent / "golden" / "terminal"
FINITE = st.floats(-1e12, 1e12).map(lambda x: 0.0 if abs(x) < 1e-6 else x)


def way(name: str, places: object, value: object, **more: object) -> Trajectory:
    """A way, of places of shape (n, d)."""
    x, values = np.array(places, dtype=float), np.array(value, dtype=float)
    return Trajectory(name, np.arange(len(values), dtype=float), x, values, np.abs(values), **more)


def bowl(x: np.ndarray) -> np.ndarray:
    """x² + 4y²."""
    return x[0] ** 2 + 4 * x[1] ** 2


def zigzag(rate: float, steps: int) -> Trajectory:
    """Gradient descent on the bowl from (2, 1): x (1 - 2 rate)^k, y (1 - 8 rate)^k."""
    k = np.arange(steps + 1)
    x = np.stack([2 * (1 - 2 * rate) ** k, (1 - 8 * rate) ** k], axis=1)
    return Trajectory("gd", k.astype(float), x, bowl(x.T), np.hypot(2 * x[:, 0], 8 * x[:, 1]))


# ---- axes


@given(st.lists(FINITE, min_size=1, max_size=8), st.integers(2, 100), st.booleans())
@settings(max_examples=150, deadline=None)
def test_an_axis_keeps_the_order_and_holds_everything(values: list[float], count: int, logarithmic: bool) -> None:
    values = [abs(value) or 1.0 for value in values] if logarithmic else values
    axis = Axis.around([values], logarithmic=logarithmic)
    cells = axis.cells(sorted(values), count).tolist()
    assert sorted(cells) == cells
    assert 0 <= cells[0] <= cells[-1] <= count - 1
    if max(values) - min(values) > 1e-9 * max(map(abs, values)):
        assert (0, count - 1) == (cells[0], cells[-1])


@given(FINITE, st.floats(1e-6, 1e12), st.integers(2, 9), st.booleans())
@settings(max_examples=150, deadline=None)
def test_ticks_are_few_round_and_within_the_axis(low: float, length: float, most: int, logarithmic: bool) -> None:
    axis = Axis(1 + abs(low), (1 + abs(low)) * (1 + length), True) if logarithmic else Axis(low, low + max(length, abs(low) * 1e-6))
    found = axis.ticks(most)
    slack = 1e-6 * (axis.high - axis.low)
    assert len(found) <= most + 1
    assert all(axis.low - slack <= value <= axis.high + slack for value in found)
    steps = {f"{second - first:.0e}"[0] for first, second in pairwise(found)}
    assert logarithmic or steps <= set("125")


@pytest.mark.parametrize(
    ("value", "text"), [(0.0, "0"), (1e-300, "1e-300"), (0.001, "0.001"), (1e5, "100000"), (1e6, "1e6"), (-2.5, "-2.5")]
)
def test_how_a_tick_reads(value: float, text: str) -> None:
    assert text == tick(value)


@pytest.mark.parametrize("values", [[], [math.nan], [math.inf], [0.0, -1.0], [1e308, -1e308], [5e-324]])
@pytest.mark.parametrize("logarithmic", [False, True])
def test_there_is_an_axis_for_any_numbers(values: list[float], logarithmic: bool) -> None:
    axis = Axis.around([values], logarithmic=logarithmic)
    assert axis.low < axis.high
    assert np.isfinite(axis.part([axis.low, axis.high])).all()


# ---- charts


def test_a_line_goes_through_its_points_without_gaps() -> None:
    rows = chart([Curve("f", np.array([0.0, 1.0]), np.array([0.0, 9.0]))], "y", "x", width=23, high=10)[1:11]
    field = [row.partition("│")[2].ljust(20) for row in rows]
    assert ("o", "o") == (field[9][0], field[0][-1])
    assert all("o" in row for row in field)
    assert all("o" in column for column in map("".join, zip(*field, strict=True)))


def test_a_line_is_interrupted_where_there_is_no_number() -> None:
    x, y = np.arange(5.0), np.array([1.0, 1.0, math.nan, 2.0, math.inf])
    rows = chart([Curve("f", x, y)], "y", "x", width=43, high=5)[1:6]
    field = [line.partition("│")[2].ljust(38) for line in rows]
    assert (["o" * 10, "o"], []) == (field[4].split() + field[0].split(), "".join(field[1:4]).split())
    assert round(3 / 4 * 37) == field[0].index("o")  # at x = 3 of 4


def test_marks_tell_lines_apart_and_meet() -> None:
    x = np.arange(3.0)
    lines = chart([Curve("a", x, x), Curve("b", x, x), Curve("c", x, 2 - x)], "y", "x", width=40, high=7)
    assert "  x   o a   x b   + c   * several" == lines[-1]
    assert "*" in lines[1]


def test_names_are_printable_and_short() -> None:
    lines = chart([Curve("a\x1b[31m" + "b" * 50, np.arange(2.0), np.arange(2.0)), Curve("c", [0.0], [1.0])], "y", "x")
    assert all(line.isprintable() and columns(line) <= 80 for line in lines)


def test_spots_lie_on_top_and_only_within_the_axes() -> None:
    spots = [Spot(0.0, 0.0, "S"), Spot(1.0, 5.0, "X"), Spot(-1.0, 0.0, "Y")]
    text = "\n".join(chart([Curve("f", np.arange(2.0), np.arange(2.0))], "y", "x", points=spots, width=30))
    assert (True, False, False) == tuple(mark in text for mark in "SXY")


@given(
    st.lists(st.lists(st.floats(width=32), min_size=1, max_size=12), min_size=1, max_size=4),
    st.booleans(),
    st.integers(30, 120),
    st.integers(3, 20),
)
@settings(max_examples=100, deadline=None)
def test_a_chart_of_any_numbers_has_its_size(numbers: list[list[float]], logarithmic: bool, width: int, high: int) -> None:
    curves = [Curve(str(k), np.arange(float(len(y))), np.array(y)) for k, y in enumerate(numbers)]
    lines = chart(curves, "y", "x", logarithmic=logarithmic, width=width, high=high, unicode=False)
    assert all(columns(line) <= width and line.isascii() for line in lines)
    assert high == sum(" |" in line for line in lines)


# ---- planes and landscapes


def test_a_plane_is_not_slim_unless_units_differ() -> None:
    assert (2.16, 1.16) == pytest.approx(
        np.subtract(*(getattr(Plane.around([[0, 0], [2, 0.1]]), end) for end in ("high", "low"))), 0.1
    )
    assert pytest.approx(1e-3 * 1.16) == np.ptp([end[1] for end in _ends([[0, 0], [2, 1e-3]])])
    assert pytest.approx(1.16) == np.ptp([end[0] for end in _ends([[3, 3], [3, 3]])])


def _ends(points: list[list[float]]) -> tuple[tuple[float, float], tuple[float, float]]:
    plane = Plane.around(points)
    return plane.low, plane.high


def test_what_ran_away_does_not_spoil_the_view() -> None:
    away = way("gd", [[(-3.0) ** k, 1.0] for k in range(40)], [9.0**k for k in range(40)], lost=True)
    seen = places([zigzag(0.1, 30), away])
    assert 40 > np.ptp(seen[:, 0])
    found = course([zigzag(0.1, 30), away])
    assert 8e3 >= np.nanmax(found.above[1])
    assert np.isnan(found.above[1][-1])


def test_ways_of_very_unequal_length_are_counted_in_ratios() -> None:
    assert course([zigzag(0.1, 400), zigzag(0.1, 5)]).unequal
    assert not course([zigzag(0.1, 60), zigzag(0.1, 5)]).unequal


def test_heights_are_logarithms_above_the_least() -> None:
    ground = landscape(bowl, [zigzag(0.1, 30)], 81, 41)
    expected = np.log10(ground.values - ground.least, where=ground.values > ground.least, out=np.full(ground.values.shape, -np.inf))
    assert (ground.heights >= expected).all()
    high = ground.values > 1e-3
    assert pytest.approx(expected[high]) == ground.heights[high]
    assert bowl(np.array([ground.x[7], ground.y[3]])) == ground.values[3, 7]


# ---- the way of a minimization


def test_a_way_that_is_alone_is_numbered() -> None:
    start = zigzag(0.1, 12)
    text = "\n".join(descent.contour(landscape(bowl, [start], 150, 41), [start], ("x", "y")))
    assert {"S", "1", "2", "3", "E"} <= set(text)
    assert "S start" in text
    rows = text.split("\n")
    assert text.index("E") > rows[0].find("y")
    assert next(k for k, row in enumerate(rows) if "S" in row) < next(
        k for k, row in enumerate(rows) if "E" in row
    )  # from y = 1 to 0


def test_several_ways_have_letters() -> None:
    ways = [zigzag(0.1, 12), way("newton", [[2, 1], [0, 0]], [8, 0])]
    text = "\n".join(descent.contour(landscape(bowl, ways, 150, 41), ways, ("x", "y")))
    assert "S start   a gd   b newton   capital: its end" in text
    assert {"S", "a", "A", "B"} <= set("".join(text.split("\n")[1:21]))


def test_where_a_function_is_undefined_is_marked() -> None:
    found = way("gd", [[1, 1], [0.2, 0.2]], [2, 1])
    ground = landscape(lambda x: np.where(x[0] > 0.5, bowl(x), np.nan), [found], 80, 40)
    lines = descent.contour(ground, [found], ("x", "y"))
    assert "? undefined" in lines[-1]
    assert all("?" in line for line in lines[1:21])


def test_what_lies_beyond_a_bound_is_marked() -> None:
    box = Bounds(np.array([0.5, -np.inf]), np.array([np.inf, np.inf]))
    lines = descent.contour(landscape(bowl, [zigzag(0.1, 12)], 80, 40), [zigzag(0.1, 12)], ("x", "y"), box)
    assert "# beyond a bound" in lines[-1]
    assert all(line.partition("│")[2].startswith("#") and not line.endswith("#") for line in lines[1:21])


def test_a_function_without_any_value_is_still_drawn() -> None:
    found = way("gd", [[1, 1], [2, 2]], [math.nan, math.nan])
    lines = descent.contour(landscape(lambda x: x[0] * math.nan, [found], 40, 20), [found], ("x", "y"), width=40)
    assert all(columns(line) <= 40 for line in lines)
    assert [] == descent.by_step([found])


@pytest.mark.parametrize(
    ("name", "draw"),
    [
        ("bowl", lambda ways: descent.contour(landscape(bowl, ways, 149, 41), ways, ("x", "y"))),
        ("steps", lambda ways: descent.by_step([*ways, way("newton", [[2, 1], [0, 0]], [8, 0])])),
        ("losses", lambda ways: losses(range(61), ways[0].value + 0.01, ways[0].value + 0.02 + np.arange(61) ** 2 / 1e4, kept=20)),
    ],
)
def test_pictures_of_characters_word_for_word(
    name: str, draw: Callable[[list[Trajectory]], list[str]], request: pytest.FixtureRequest
) -> None:
    path = GOLDEN / f"{name}.txt"
    now = "".join(f"{line}\n" for line in draw([zigzag(0.11, 60)]))
    if request.config.getoption("--update-golden"):
        path.write_text(now, encoding="utf-8")
    assert path.read_text(encoding="utf-8") == now


def test_a_function_of_one_variable_has_its_way_on_it() -> None:
    found = way("gd", [[2], [1], [0.5], [0.25]], [4, 1, 0.25, 0.0625])
    lines = descent.curve(profile(lambda x: x[0] ** 2, [found], 200), [found], "t", width=60)
    assert {"S", "1", "2", "E", "."} <= set("".join(lines[1:21]))
    assert "t   S start   1 2 o steps   E end" == lines[-1].strip()


def test_narrow_terminals_without_unicode_are_kept() -> None:
    ways = [zigzag(0.1, 12), zigzag(0.05, 12)]
    ground = landscape(bowl, ways, 80, 40)
    for lines in (
        descent.contour(ground, ways, ("x", "y"), width=40, unicode=False),
        descent.by_step(ways, width=40, unicode=False),
    ):
        assert all(line.isascii() and len(line) <= 40 for line in lines)


# ---- networks


def test_losses_of_many_decades_have_a_logarithmic_axis() -> None:
    epochs = np.arange(50)
    assert "1e-6" in "\n".join(losses(epochs, 10.0 ** (-epochs / 8.0)))
    assert "0.9" in "\n".join(losses(epochs, 1 - epochs / 100))
    assert "x validation" in losses(epochs, epochs, epochs, tested="validation")[-1]


def test_rows_that_are_given_another_class_are_seen() -> None:
    points, labels = np.array([[0.0, 0.0], [1.0, 0.0], [0.0, 1.0], [1.0, 1.0]]), np.array([0, 1, 0, 0])
    lines = decisions(lambda at: (at[:, 0] > 0.5).astype(int), points, labels, ["no", "yes"], up=9, names=("u", "v"))
    field = "".join(line.partition("│")[2] for line in lines[1:10])
    assert (2, 1, 1) == tuple(field.count(mark) for mark in ("A", "B", WRONG))
    assert ("v", True) == (lines[0], lines[-1].strip().startswith("u   A no (area blank)   B yes (area .)"))


def test_many_classes_have_letters_as_areas() -> None:
    classes = list(range(len(AREAS) + 1))
    points = np.array([[float(k), float(k % 2)] for k in classes])
    lines = decisions(lambda at: np.clip(at[:, 0].round().astype(int), 0, classes[-1]), points, np.array(classes), classes)
    assert set("abcdefg") <= set("".join(lines[1:20]))
    assert WRONG not in "\n".join(lines)


# ---- learning rates


def test_a_sweep_is_charted_up_to_where_it_runs_away() -> None:
    ends = [Outcome.BUDGET] * 5 + [Outcome.DIVERGED] * 2
    trials = tuple(Trial("gd", 10.0 ** (k - 5), end, 10.0**-k, 100) for k, end in enumerate(ends))
    text = "\n".join(rates([Sweep("gd", "gradient descent", 100, trials, stable=0.2, least=0.0)]))
    assert {"final value above 0, log scale", ": stable below"} <= {
        part.strip() for line in text.split("\n") for part in line.split("   ")
    }
    assert [] == rates([Sweep("gd", "gradient descent", 100, trials[5:])])


def test_characters_need_neither_matplotlib_nor_sympy() -> None:
    code = (
        "import sys; from derivkit.render.terminal import descent, learning, rates; learning.losses([0, 1], [2.0, 1.0]);"
        "print([name for name in ('matplotlib', 'sympy', 'rich', 'polars') if name in sys.modules])"
    )
    assert "[]\n" == subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True).stdout
