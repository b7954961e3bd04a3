"""Pictures of minimizations, sweeps and networks: what they hold, and that no two lines look alike without colour."""

from __future__ import annotations

import math
from collections.abc import Sequence
from types import SimpleNamespace
from typing import Any
from xml.etree import ElementTree

import numpy as np
import pytest
from matplotlib.collections import PathCollection
from matplotlib.colors import to_rgb
from matplotlib.text import Annotation, Text

import derivkit as dk
from derivkit.minimizing.function import Code
from derivkit.minimizing.result import Path
from derivkit.minimizing.sweep import sweep
from derivkit.optimize.bounds import Bounds
from derivkit.optimize.outcome import Outcome
from derivkit.optimize.settings import Settings
from derivkit.render.landscape import Landscape, landscape, profile
from derivkit.render.plots import descent, learning, rates
from derivkit.render.plots.canvas import Panel, Sheet, line_style
from derivkit.render.terminal.descent import drawn
from derivkit.render.trajectory import Trajectory, course
from derivkit.render.view import view_of
from tests.conftest import Run, document
from tests.test_terminal import bowl, way, zigzag

SVG = "{http://www.w3.org/2000/svg}"


def figure_of(*panels: Panel) -> Any:
    return Sheet("title", "subtitle", panels).figure()


def said(figure: Any) -> set[str]:
    """What a picture says."""
    return {text.get_text() for text in figure.findobj(Text)}


def named(figure: Any) -> list[str]:
    """The legend of the first panel."""
    return [text.get_text() for text in figure.axes[0].get_legend().get_texts()]


def contour_of(ways: Sequence[Trajectory], value_at: Any = bowl, **more: Any) -> Any:
    return figure_of(descent.contour(landscape(value_at, ways, 60, 60), ways, ("x", "y"), **more))


# ---- looks


def test_no_two_of_eight_lines_look_alike_without_colour() -> None:
    styles = [line_style(k) for k in range(16)]
    assert 8 == len({(style["linestyle"], style["marker"]) for style in styles[:8]})
    assert 16 == len({tuple(style.values()) for style in styles})


def test_neighbouring_colours_are_told_apart_in_grey() -> None:
    # Rec. 709 luma: what is left on a grey printer, beside dashes and marks
    luma = [float(np.dot(to_rgb(line_style(k)["color"]), [0.2126, 0.7152, 0.0722])) for k in range(2)]
    assert abs(luma[0] - luma[1]) > 0.04


# ---- over the function


def test_a_contour_shows_every_way_from_the_start_to_its_end() -> None:
    ways = [zigzag(0.1, 12), way("newton", [[2, 1], [0, 0]], [8, 0])]
    figure = contour_of(ways)
    axes = figure.axes[0]
    assert ["start", "gd", "newton"] == named(figure)
    lines = {tuple(map(float, line.get_xydata()[-1])) for line in axes.lines}
    assert {(2.0, 1.0), tuple(map(float, ways[0].x[-1])), (0.0, 0.0)} <= lines
    assert ("x", "y", "The ways over the function") == (axes.get_xlabel(), axes.get_ylabel(), axes.get_title("left"))


def test_levels_go_down_into_a_narrow_valley() -> None:
    def rosenbrock(x: np.ndarray) -> np.ndarray:
        return 100 * (x[1] - x[0] ** 2) ** 2 + (1 - x[0]) ** 2

    ends = way("newton", [[-1.2, 1], [0, 0], [1, 1]], [24.2, 1, 0])
    levels = descent._levels(landscape(rosenbrock, [ends], 200, 200).heights)
    assert sorted(levels) == levels
    assert (True, True) == (levels[0] < -1.5, levels[-1] > 2)  # in decades above the least: from the bottom up to the walls
    assert 12 <= len(levels) <= 24


def test_a_constant_has_no_levels() -> None:
    figure = contour_of([way("gd", [[0, 0], [1, 1]], [1, 1])], lambda x: 1 + 0 * x[0])
    assert [] == [each for each in figure.axes[0].collections if len(each.get_paths()) > 1]


def test_bounds_are_lines_with_shade_beyond() -> None:
    box = Bounds(np.array([0.5, -np.inf]), np.array([np.inf, np.inf]))
    figure = contour_of([zigzag(0.1, 12)], bounds=box)
    assert ["start", "bound", "gd"] == named(figure)
    assert [0.5, 0.5] in [list(map(float, line.get_xdata())) for line in figure.axes[0].lines]


def test_a_saddle_shows_along_which_direction_the_function_falls() -> None:
    saddle = way("gd", [[1, 0], [0.1, 0], [0, 0]], [1, 0.01, 0], falls=np.array([0.0, 1.0]))
    figure = contour_of([saddle], lambda x: x[0] ** 2 - x[1] ** 2)
    arrows = [arrow for arrow in figure.findobj(Annotation) if arrow.arrow_patch is not None]
    assert [(0.0, 0.0)] * 2 == [tuple(map(float, arrow.get_position())) for arrow in arrows]
    assert {(0.0, 1.0), (0.0, -1.0)} == {tuple(map(float, np.sign(arrow.xy))) for arrow in arrows}
    assert "falls from the saddle" in named(figure)


def test_holes_of_the_domain_are_hatched() -> None:
    figure = contour_of([zigzag(0.1, 12)], lambda x: np.where(x[0] > 0.5, bowl(x), np.nan))
    assert "///" == figure.axes[0].patch.get_hatch()


def test_a_function_of_one_variable_is_a_curve_with_dots() -> None:
    found = way("gd", [[2], [1], [0.5]], [4, 1, 0.25])
    figure = figure_of(descent.curve(profile(lambda x: x[0] ** 2, [found], 200), [found], "t"))
    assert ["function", "start", "gd"] == named(figure)
    low, high = figure.axes[0].get_ylim()
    assert low < 0 < 4 < high < 6


@pytest.mark.parametrize("unit", [1.0, 1e6])
def test_many_variables_are_seen_in_the_plane_of_the_ways(unit: float) -> None:
    # a way that lies in a plane is seen as it is, whatever the units
    path = np.array([[2.0, 1.0, 1.0], [1.0, -1.0, -1.0], [0.5, 0.5, 0.5], [0.0, 0.0, 0.0]]) * [unit, 1, 1]

    def value_at(x: np.ndarray) -> np.ndarray:
        return (x[0] / unit) ** 2 + x[1] ** 2 + x[2] ** 2

    found = SimpleNamespace(
        variables=("x", "y", "z"),
        compared=(),
        method="gd",
        outcome=Outcome.CONVERGED,
        path=Path(np.arange(4), path, value_at(path.T), np.ones(4)),
        value_at=value_at,
        x=path[-1],
        bounds=None,
    )
    seen = view_of(found, 60, 40)
    shares = [int(name.split("(")[1].split()[0]) for name in seen.names]
    assert (100, True) == (sum(shares), shares[0] > shares[1])
    assert pytest.approx([0.0, 0.0], abs=1e-12) == seen.ways[0].x[-1]
    assert pytest.approx(0.0, abs=0.01) == seen.ground.least
    in_plane = descent.over(seen)
    assert {f"main direction 1 ({shares[0]} %)", "gd"} <= said(figure_of(in_plane))
    assert any("main direction 1" in line for line in drawn(found))


# ---- by step


def test_values_and_gradients_by_step_have_a_line_a_method() -> None:
    ways = [zigzag(0.1, 30), zigzag(0.05, 30)]
    found = course(ways)
    figure = figure_of(descent.values(found, ways), descent.gradients(found, ways))
    assert {"Value by step", "Gradient by step", f"value above {found.least:.6g}", "gradient norm", "step"} <= said(figure)
    assert ["log", "log"] == [axes.get_yscale() for axes in figure.axes]
    assert [["gd", "gd", "exactly 0"], ["gd", "gd"]] == [
        [text.get_text() for text in axes.get_legend().get_texts()] for axes in figure.axes
    ]
    assert pytest.approx(ways[0].gradient_norm) == figure.axes[1].lines[0].get_ydata()
    (zero,) = figure.axes[0].lines[2].get_xydata()  # the least value of all
    assert (30.0, True) == (float(zero[0]), zero[1] < found.above[0][found.above[0] > 0].min())


def test_a_wide_panel_has_a_row_of_its_own() -> None:
    ways = [zigzag(0.1, 30)]
    found = course(ways)
    figure = figure_of(
        descent.contour(landscape(bowl, ways, 40, 40), ways, ("x", "y")),
        descent.values(found, ways),
        descent.gradients(found, ways),
    )
    figure.canvas.draw()
    wide, left, right = (axes.get_position() for axes in figure.axes)
    assert (True, True) == (wide.width > 1.8 * left.width, wide.y0 > left.y1)
    assert pytest.approx(left.y0) == right.y0


# ---- learning rates, networks


def test_a_sweep_marks_the_best_rate_the_bound_and_what_ran_away() -> None:
    found = sweep(
        lambda x: (float(x @ x), 2 * x), np.array([3.0]), method="gd", low=1e-2, high=2, settings=Settings(), stable=1.0, least=0.0
    )
    figure = figure_of(*rates.of_sweeps([found]))
    assert ["gd", "gd runs away", "best: 0.532", "stable below 1"] == named(figure)
    assert {"Final value by learning rate", "Steps until convergence by learning rate", "final value above 0"} <= said(figure)
    crosses = next(line for line in figure.axes[0].lines if line.get_label() == "gd runs away")
    assert [trial.lr for trial in found.trials if trial.lost] == list(crosses.get_xdata())


def test_losses_mark_the_epoch_that_was_kept() -> None:
    epochs = np.arange(30)
    figure = figure_of(learning.losses(epochs, 1 / (1 + epochs), 1 / (1 + epochs) + 0.02 * epochs, kept=7, tested="validation"))
    assert ["train", "validation", "kept: epoch 7"] == named(figure)
    assert ("epoch", "loss") == (figure.axes[0].get_xlabel(), figure.axes[0].get_ylabel())


def test_a_map_of_classes_rings_rows_that_are_given_another() -> None:
    points, labels = np.array([[0.0, 0.0], [1.0, 0.0], [0.0, 1.0], [1.0, 1.0]]), np.array([0, 1, 0, 0])
    panel = learning.decisions(lambda at: (at[:, 0] > 0.5).astype(int), points, labels, ["no", "yes"], names=("u", "$v$"))
    figure = figure_of(panel)
    assert ["no", "yes", "given another class"] == named(figure)
    (rings,) = (each for each in figure.axes[0].collections if isinstance(each, PathCollection))
    assert [[1.0, 1.0]] == np.asarray(rings.get_offsets()).tolist()
    assert {"u", "$v$"} <= said(figure)


# ---- whole results


def test_a_minimization_is_drawn_whole(tmp_path: Any) -> None:
    found = dk.minimize("100(y-x^2)^2 + (1-x)^2", "x=-1.2, y=1", compare=["gd", "newton"], steps=30, sweep_lr=(1e-4, 1e-1))
    assert dk.plot(found, str(tmp_path / "way.svg"))
    root = ElementTree.fromstring((tmp_path / "way.svg").read_bytes())
    assert "Minimization by gd, newton" == root.find(f"{SVG}title").text
    about = root.find(f"{SVG}desc").text
    assert about.startswith("from x = -1.2, y = 1 to ")
    assert "Panels: The ways over the function; Value by step; Gradient by step; Final value by learning rate." in about


def test_equal_minimizations_are_equal_pictures_of_modest_size(tmp_path: Any) -> None:
    files = []
    for name in ("first.svg", "second.svg"):
        assert dk.plot(dk.minimize("100(y-x^2)^2 + (1-x)^2", "x=-1.2, y=1"), str(tmp_path / name))
        files.append((tmp_path / name).read_bytes())
    assert files[0] == files[1]
    assert 300_000 > len(files[0])


def test_code_is_drawn_like_formulas_and_may_raise_outside_its_domain() -> None:
    found = dk.minimize(lambda x: np.sum(x * np.log(x)), np.array([1.0, 0.2]))
    assert pytest.approx([math.exp(-1)] * 2) == found.x
    seen = view_of(found, 20, 20)
    assert -2 / math.e == pytest.approx(seen.ground.least, abs=1e-3)
    assert np.isnan(found.value_at(np.array([[-1.0], [1.0]]))).all()
    raising = Code(lambda x: math.log(x[0]), (1,)).value_at(np.array([[-1.0, 1.0]]))
    assert [True, False] == np.isnan(raising).tolist()


def test_the_command_draws_in_characters_and_into_files(run: Run, tmp_path: Any) -> None:
    asked = ("minimize", "x^2 + 10y^2", "--start", "x=2,y=1", "--method", "gd", "--lr", "0.04", "--steps", "30")
    plain = run(*asked)
    path = tmp_path / "way.png"
    result = run(*asked, "--draw", "--plot", str(path))
    assert result.stdout.startswith(plain.stdout)
    assert {"S start", "E end"} <= {part.strip() for part in result.stdout.split("   ")}
    assert result.stdout.endswith(f"picture: {path}\n")
    assert b"\x89PNG" == path.read_bytes()[:4]
    found = document(run(*asked, "--plot", str(path), "--json"))
    assert (str(path), []) == (found["plot"], found["sweep"])


def test_nothing_is_drawn_where_no_step_was_taken(run: Run, tmp_path: Any) -> None:
    result = run("minimize", "x^2", "--start", "x=0", "--draw", "--plot", str(tmp_path / "way.svg"))
    assert "warning: no picture was drawn: there is nothing to draw" in result.stderr
    assert (0, []) == (result.exit_code, list(tmp_path.iterdir()))


@pytest.mark.parametrize("text", ["3*x + y + z", "x^2 + y^2 + z^2"])
def test_a_straight_way_through_many_variables_lies_in_a_plane(text: str) -> None:
    """Also one that runs away: nothing moves in the second direction but rounding."""
    view = view_of(dk.minimize(text), 20, 10)
    assert view is not None and isinstance(view.ground, Landscape)
    size = np.subtract(view.ground.plane.high, view.ground.plane.low)
    assert (size > 1e-3).all()
