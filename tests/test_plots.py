"""Pictures: what they hold, that equal runs give equal files, and that nothing is written where nothing can be."""

from __future__ import annotations

import re
import struct
from pathlib import Path
from statistics import NormalDist
from typing import Any
from xml.etree import ElementTree

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from matplotlib.collections import PathCollection
from scipy.stats import beta

import derivkit as dk
from derivkit.errors import FileError, UsageError
from derivkit.fitting.band import curve_of
from derivkit.models.areas import area_under_curve
from derivkit.models.diagnostics import normal_positions, part_means, roc
from derivkit.optimize.course import Course
from derivkit.render.plots.picture import sheet_of
from tests.conftest import Run, document

ROOT = Path(__file__).parents[1]
SAMPLES = ROOT / "samples"
CARS, IRIS, ORING = (str(SAMPLES / name) for name in ("cars.csv", "iris.csv", "oring.csv"))
MISRA = ("y = b1*(1 - exp(-b2*x))", str(SAMPLES / "misra1a.csv"))
PUROMYCIN = ("rate = Vmax*conc/(K + conc)", str(SAMPLES / "puromycin.csv"))
START = {"b1": 500.0, "b2": 1e-4}
GIVEN = ("--start", "b1=500,b2=1e-4")
SVG = "{http://www.w3.org/2000/svg}"


def texts(svg: bytes) -> list[str]:
    """What a picture says, in any place."""
    return [element.text or "" for element in ElementTree.fromstring(svg).iter() if element.tag in (f"{SVG}text", f"{SVG}title")]


def said(result: Any) -> set[str]:
    """What the picture of a result says, but for ticks, without drawing it: that takes long."""
    from matplotlib.text import Text

    return {text.get_text() for text in sheet_of(result).figure().findobj(Text)}


# ---- the numbers under the pictures


def test_the_rates_of_a_published_curve() -> None:
    # Fawcett (2006), figure 3: twenty instances by falling score; the curve starts (0, .1), (0, .2), (.1, .2), (.1, .3), ...
    classes = [c == "p" for c in "ppnpppnnpnpnpnnnpnpn"]
    false, true = roc(np.array(classes), -np.arange(20.0))
    assert [(0, 0), (0, 0.1), (0, 0.2), (0.1, 0.2), (0.1, 0.3)] == list(zip(false.tolist(), true.tolist(), strict=True))[:5]
    assert (1.0, 1.0) == (false[-1], true[-1])


@given(st.lists(st.tuples(st.booleans(), st.integers(0, 5)), min_size=2, max_size=40))
@settings(max_examples=60, deadline=None)
def test_the_area_under_the_curve_is_the_rank_statistic(rows: list[tuple[bool, int]]) -> None:
    truth = np.array([True, False, *(one for one, _ in rows)])
    scores = np.array([2.0, 3.0, *(score for _, score in rows)])
    assert pytest.approx(area_under_curve(truth.astype(float), scores), abs=1e-12) == np.trapezoid(*roc(truth, scores)[::-1])


def test_where_normal_residuals_are_expected() -> None:
    expected, low, high = normal_positions(25, np.arange(1, 26))
    assert NormalDist().inv_cdf(0.5 / 25) == pytest.approx(expected[0])
    assert NormalDist().inv_cdf(beta(3, 23).ppf(0.025)) == pytest.approx(low[2])
    assert NormalDist().inv_cdf(beta(3, 23).ppf(0.975)) == pytest.approx(high[2])
    assert NormalDist().inv_cdf((1 - 3 / 8) / 10.25) == pytest.approx(normal_positions(10, np.arange(1, 11))[0][0])  # Blom's


def test_means_of_parts_keep_the_mean() -> None:
    x, y = np.random.default_rng(0).normal(size=(2, 120))
    means = part_means(x, y, 10)
    assert sorted(means[0]) == list(means[0])
    assert pytest.approx([x.mean(), y.mean()]) == [part.mean() for part in means]


def test_the_band_of_a_straight_line_is_the_closed_form() -> None:
    # Seber and Lee (2003), section 6.1.3: s^2 (1/n + (x - mean)^2 / sum of squares), Student's t with n - 2 degrees of freedom
    x = np.array([0.0, 1.0, 2.0, 3.5, 5.0, 7.0])
    y = np.array([1.0, 2.2, 2.9, 4.8, 5.7, 8.3])
    curve = curve_of(dk.fit("y = a + b*x", {"x": x.tolist(), "y": y.tolist()}))
    slope, constant = np.polyfit(x, y, 1)
    s = np.sqrt(((y - constant - slope * x) ** 2).sum() / 4)
    half = 2.7764451051977987 * s * np.sqrt(1 / 6 + (curve.x - x.mean()) ** 2 / ((x - x.mean()) ** 2).sum())
    assert pytest.approx(constant + slope * curve.x, rel=1e-9) == curve.y
    assert pytest.approx(half, rel=1e-7) == curve.high - curve.y
    assert pytest.approx(half, rel=1e-7) == curve.y - curve.low


def test_several_columns_have_no_curve_and_a_held_parameter_no_width() -> None:
    rows = {"x": [1.0, 2.0, 3.0, 4.0], "z": [1.0, 0.0, 2.0, 1.0], "y": [1.1, 2.0, 3.2, 3.9]}
    assert curve_of(dk.fit("y = a*x + b*z", rows)) is None
    bound = curve_of(dk.fit("y = a + b*x", rows, bounds={"a": (0.5, None)}))
    assert bound.x[0] == 1.0
    assert (bound.high - bound.low > 0).all()


# ---- the course


def test_the_course_leads_from_the_start_to_the_reported_loss() -> None:
    result = dk.train(str(SAMPLES / "trial.csv"), model="poisson", features=["outcome"], diagnostics=True)
    (stage,) = result.diagnostics.course
    assert list(range(len(stage))) == [step for step, _ in stage]
    assert pytest.approx(result.loss, rel=1e-12) == stage[-1][1]
    mean = 150 / 9  # of the nine counts; a constant is where training starts
    counts = np.array([18, 17, 15, 20, 10, 20, 25, 13, 12])
    factorials = sum(float(np.log(np.arange(1, n + 1)).sum()) for n in counts)
    assert pytest.approx((9 * mean - counts.sum() * np.log(mean) + factorials) / 9, rel=1e-12) == stage[0][1]


def test_the_course_of_a_fit_ends_at_half_the_sum_of_squares() -> None:
    result = dk.fit(*MISRA, start=START)
    (stage,) = result.course
    assert pytest.approx(result.rss / 2, rel=1e-12) == stage[-1][1]
    assert sorted((value for _, value in stage), reverse=True) == [value for _, value in stage]


def test_every_scale_of_the_residuals_is_a_stage() -> None:
    result = dk.train(str(SAMPLES / "stackloss.csv"), model="huber", diagnostics=True)
    stages = result.diagnostics.course
    assert len(stages) > 2
    assert "begun anew, with another scale or method" in said(result)
    told: list[int] = []
    course = Course(1.0, lambda step, value: told.append(step))
    for step in (1, 2, 1):
        course(step, 0.5)
    assert ([1, 2, 1], 2) == (told, len(course.stages))


# ---- what is drawn


@pytest.mark.parametrize(
    ("data", "options", "wanted"),
    [
        (CARS, {"model": "linear"}, ["linear regression of dist on speed", "Observed against fitted", "fitted dist", "residual"]),
        (CARS, {"model": "quantile", "test": 0.2}, ["quantile regression of dist on speed", "training rows", "test rows"]),
        (ORING, {"model": "logistic"}, ["ROC", "1, area 0.781", "Calibration", "predicted probability of distress = 1", "16"]),
        (IRIS, {"model": "softmax", "l2": 0.1, "test": 0.2}, ["ROC of each class of the test rows", "observed species"]),
        (IRIS, {"model": "softmax"}, ["Course of the minimization", "step", "objective"]),  # separated: there is no more
    ],
)
def test_a_training_is_drawn_with_the_panels_that_fit_it(data: str, options: dict[str, Any], wanted: list[str]) -> None:
    assert set() == set(wanted) - said(dk.train(data, diagnostics=True, **options))


def test_residuals_are_those_of_the_deviance() -> None:
    result = dk.train(str(SAMPLES / "trial.csv"), model="poisson", features=["outcome"], diagnostics=True)
    residuals = result.diagnostics.train.residuals
    assert pytest.approx(5.12914, rel=1e-5) == float(residuals @ residuals)  # R's residual deviance of this table (Dobson's)
    assert "deviance residual" in said(result)


def test_a_fit_is_drawn_with_its_curve_its_band_and_its_errors() -> None:
    wanted = {"y = b1*(1 - exp(-b2*x))", "14 rows", "95 % band of the curve", "half the sum of squares above 0.0622757"}
    assert wanted <= said(dk.fit(*MISRA, start=START))
    rows = {"x <1>": [1.0, 2.0, 3.0, 4.0], "$y$": [1.0, 2.2, 2.9, 4.2], "s": [0.1, 0.2, 0.1, 0.2]}
    assert {"x <1>", "$y$", "residual / its known error"} <= said(dk.fit("`$y$` = a + b*`x <1>`", rows, sigma="s"))


def test_many_rows_are_drawn_in_part_and_that_is_said() -> None:
    rng = np.random.default_rng(0)
    x = rng.normal(size=3000)
    result = dk.train({"x": x, "y": x + rng.normal(size=3000)}, model="linear", diagnostics=True)
    assert {"all rows, 1,000 of 3,000", "means of tenths"} <= said(result)
    assert 3000 > max(len(dots.get_offsets()) for dots in sheet_of(result).figure().findobj(PathCollection))


def test_of_many_classes_some_are_named_by_their_names() -> None:
    from derivkit.networks import train_network

    letters = [chr(ord("a") + k) for k in range(20)] * 3
    result = train_network("1-2-20", {"x": list(range(60)), "y": letters}, epochs=1, test=0.0)
    assert {"a", "c", "s"} <= said(result)
    assert "2.5" not in said(result)


def test_a_test_with_one_class_has_no_curve() -> None:
    table = {"x": [0.0, 1, 2, 3, 4, 5, 6, 7], "y": [0, 0, 1, 0, 1, 0, 1, 1]}
    result = dk.train(table, model="logistic", diagnostics=True)
    result.diagnostics.train.response[:] = 1.0
    assert "every row is of one class" in said(result)


# ---- files


def test_equal_results_are_equal_files_whatever_the_settings_of_matplotlib(tmp_path: Path) -> None:
    import matplotlib as mpl

    fit, course = (lambda: dk.fit(*MISRA, start=START)), (lambda: dk.train(IRIS, model="softmax", diagnostics=True))
    for suffix, result in (("svg", fit), ("png", course)):
        first, second = tmp_path / f"first.{suffix}", tmp_path / f"second.{suffix}"
        assert dk.plot(result(), str(first))
        with mpl.rc_context({"axes.facecolor": "red", "font.size": 20, "text.parse_math": True}):
            assert dk.plot(result(), str(second))
        assert first.read_bytes() == second.read_bytes()
    assert b"\x89PNG" == first.read_bytes()[:4]
    assert (967, 633) == struct.unpack(">II", first.read_bytes()[16:24])


def test_an_svg_is_told_to_those_who_do_not_see_it() -> None:
    rows = {"速度 <km/h> & $x$": [1.0, 2.0, 3.0, 5.0], "ε_y": [1.0, 2.1, 2.8, 4.9]}
    svg = sheet_of(dk.train(rows, model="linear", diagnostics=True)).file("svg")
    root = ElementTree.fromstring(svg)
    assert "img" == root.get("role")
    assert "linear regression of ε_y on 速度 <km/h> & $x$" == root.find(f"{SVG}title").text
    panels = "Observed against fitted; Residuals against fitted; Normal quantiles of the residuals; Course of the minimization"
    assert f"4 rows, no penalty. Panels: {panels}." == root.find(f"{SVG}desc").text
    assert "fitted ε_y" in texts(svg)


def test_the_picture_in_the_documents_says_what_is_drawn_now(request: pytest.FixtureRequest) -> None:
    path = ROOT / "docs" / "fit.svg"
    now = sheet_of(dk.fit(*PUROMYCIN, start={"Vmax": 205.0, "K": 0.08})).file("svg")
    if request.config.getoption("--update-golden"):
        path.write_bytes(now)
    words = [[text for text in texts(svg) if re.search("[a-z]{2}", text)] for svg in (path.read_bytes(), now)]  # ticks may round
    assert words[0] == words[1]


def test_plot_writes_the_file_and_names_it(run: Run, tmp_path: Path) -> None:
    path = tmp_path / "loss.SVG"
    plain = run("train", CARS, "--model", "linear")
    result = run("train", CARS, "--model", "linear", "--plot", str(path))
    assert (0, f"{plain.stdout}picture: {path}\n") == (result.exit_code, result.stdout)
    assert "dist" in path.read_text(encoding="utf-8")
    found = document(run("fit", MISRA[1], MISRA[0], *GIVEN, "--plot", str(tmp_path / "fit.png"), "--json"))
    assert (str(tmp_path / "fit.png"), str(tmp_path / "fit.png")) == (found["plot"], found["input"]["plot"])
    assert document(run("fit", MISRA[1], MISRA[0], *GIVEN, "--json"))["plot"] is None


@pytest.mark.parametrize(
    ("name", "message"),
    [
        ("loss.pdf", "must end in .svg or .png"),
        ("loss", "must end in .svg or .png"),
        ("-", "must end in .svg or .png"),
        ("nowhere/loss.svg", "No such file or directory"),
        ("folder.svg", "Is a directory"),
    ],
)
def test_what_cannot_be_written_is_said_before_the_work(run: Run, tmp_path: Path, name: str, message: str) -> None:
    (tmp_path / "folder.svg").mkdir()
    result = run("train", "no such file.csv", "--model", "linear", "--plot", str(tmp_path / name))
    assert (2, "") == (result.exit_code, result.stdout)
    assert message in " ".join(result.stderr.split())
    assert ["folder.svg"] == [path.name for path in tmp_path.iterdir()]


def test_a_failure_leaves_the_old_picture(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = tmp_path / "fit.svg"
    path.write_text("the old one")
    result = dk.fit(*MISRA, start=START)
    monkeypatch.setattr("os.fsync", lambda handle: (_ for _ in ()).throw(OSError(28, "No space left on device")))
    with pytest.raises(FileError, match="No space left"):
        dk.plot(result, str(path))
    assert ("the old one", [path]) == (path.read_text(), list(tmp_path.iterdir()))


def test_a_fit_that_does_not_start_has_no_picture(run: Run, tmp_path: Path) -> None:
    data = tmp_path / "rows.csv"
    data.write_text("x,y\n" + "".join(f"{x},{x % 3}\n" for x in range(12)))
    formula = "y = a*floor(b*x) + c"
    result = run("fit", str(data), formula, "--start", "a=1,b=1.3,c=0", "--plot", str(tmp_path / "fit.svg"))
    assert 3 == result.exit_code
    assert "warning: no picture was drawn: there is nothing to draw" in result.stderr
    assert [data] == list(tmp_path.iterdir())


def test_a_training_keeps_what_is_drawn_only_if_asked() -> None:
    result = dk.train(CARS, model="linear")
    assert result.diagnostics is None
    with pytest.raises(UsageError, match="kept nothing to draw"):
        dk.plot(result, "cars.svg")
    assert result == dk.train(CARS, model="linear", diagnostics=True)
