"""Which panels a result has."""

from __future__ import annotations

from typing import TYPE_CHECKING

from derivkit.expression.printer import to_text
from derivkit.fitting.band import Curve, curve_of
from derivkit.minimizing.words import place
from derivkit.render.networks import curves, plane_of
from derivkit.render.plots import classes, descent, learning, panels, rates
from derivkit.render.plots.canvas import BLUE, Panel, label
from derivkit.render.plots.panels import MARKS, Points, thinned
from derivkit.render.trajectory import course, trajectories_of
from derivkit.render.view import view_of

if TYPE_CHECKING:
    from matplotlib.axes import Axes

    from derivkit.fitting.result import FitResult
    from derivkit.minimizing.result import MinimizeResult
    from derivkit.networks import NetworkResult
    from derivkit.training import TrainResult
    from derivkit.training.diagnostics import Diagnostics, Seen

FINE = 200, 140  # places across and up at which a function is drawn
WEIGHTED = {"sigma": "residual / its known error", "weights": "residual × root of its weight", "none": "residual"}


def of_training(result: TrainResult, found: Diagnostics) -> list[Panel]:
    """The way of the objective; of numbers, what was fitted and residuals; of classes, curves and a table."""
    steps = [point for stage in found.course for point in stage]
    way = [panels.course(found.course, "objective", converged=result.converged)] if len(steps) > 1 else []
    if found.train is None:
        return way
    if result.classes:
        part = "train" if found.test is None else "test"
        seen, scores = found.test or found.train, result.metrics[part]
        assert scores is not None
        about = (result.classes, result.target, "" if found.test is None else " of the test rows")
        return [
            *way,
            classes.characteristic(seen, *about),
            classes.calibration(scores["calibration"], *about),
            classes.confusion(scores["confusion"], *about),
        ]
    kinds = [_points("training" if found.test else "all", found.train), *([_points("test", found.test)] if found.test else [])]
    what = "deviance residual" if found.by_deviance and result.link != "identity" else "residual"
    normal = [panels.quantiles(kinds[0].residuals, what)] if found.by_deviance else []
    return [panels.observed(kinds, result.target), panels.residuals(kinds, result.target, what), *normal, *way]


def _points(name: str, seen: Seen) -> Points:
    assert seen.residuals is not None
    return Points(name, seen.response, seen.predicted, seen.residuals)


def of_fit(result: FitResult) -> list[Panel]:
    """The data with the curve, where there is one column, else what was fitted; residuals; the way of the sum of squares."""
    steps = [point for stage in result.course for point in stage]
    what = "half the sum of squares" if result.loss == "linear" else f"sum of {result.loss} losses"
    way = [panels.course(result.course, what, converged=result.converged)] if len(steps) > 1 else []
    if result.fitted is None or result.residuals is None:
        return way
    left = _plain(to_text(result.equation.left))
    rows = [Points("all", result.response, result.fitted, result.residuals * result.weight)]
    curve = curve_of(result)
    straight, weighted = panels.observed(rows, left), WEIGHTED[result.weighting]
    judged = [panels.residuals(rows, left, weighted), panels.quantiles(rows[0].residuals, weighted)]
    if curve is None:
        return [straight, *judged, *way]
    return [data_and_curve(result, curve, left), *judged, *(way or [straight])]


def of_network(result: NetworkResult) -> list[Panel]:
    """The losses by epoch; of classes over two inputs, the plane; of classes, a table."""
    if result.network is None:
        return []
    drawn = curves(result)
    way = [learning.losses(drawn.epochs, drawn.train, drawn.other, kept=drawn.kept, tested=drawn.part)]
    plane = plane_of(result)
    if plane is not None:
        way.append(learning.decisions(plane.classify, plane.points, plane.labels, plane.classes, names=plane.names))
    if result.classes:
        part = "test" if result.metrics["test"] else "train"
        scores = result.metrics[part]
        assert scores is not None  # one of the two is there
        target, rows = result.dealt.design.target, " of the test rows" if part == "test" else ""
        way.append(classes.confusion(scores["confusion"], result.classes, target, rows))
    return way


def _plain(text: str) -> str:
    """A name without its backticks; formulas keep them."""
    return text[1:-1] if text.count("`") == 2 and text[0] == text[-1] == "`" else text


def data_and_curve(result: FitResult, curve: Curve, left: str) -> Panel:
    """The rows over their only column, the fitted curve and its band; known errors as bars."""

    def draw(axes: Axes) -> None:
        x = result.columns[curve.name]
        rows = thinned(len(x))
        if curve.low is not None and curve.high is not None:
            axes.fill_between(curve.x, curve.low, curve.high, color=BLUE, alpha=0.2, linewidth=0, label="95 % band of the curve")
        axes.plot(curve.x, curve.y, color=BLUE, linewidth=1.6, label="fitted curve")
        if result.weighting == "sigma":
            axes.errorbar(x[rows], result.response[rows], yerr=1 / result.weight[rows], fmt="none", ecolor="#444444", linewidth=0.8)
        axes.scatter(x[rows], result.response[rows], **{**MARKS[0], "edgecolors": "black"}, zorder=3, label="rows")  # type: ignore[arg-type]  # options by name
        axes.set_xlabel(label(_plain(curve.name)))
        axes.set_ylabel(label(left))
        axes.legend()

    return Panel("Data and fitted curve", draw)


def of_minimization(result: MinimizeResult) -> list[Panel]:
    """The ways over a function of one or two variables; values and gradients by step; what became of other learning rates."""
    ways = trajectories_of(result)
    swept = rates.of_sweeps(result.sweeps, [way.name for way in ways])
    if max(len(way.value) for way in ways) < 2:
        return swept
    found = course(ways)
    steps = [descent.values(found, ways), descent.gradients(found, ways)]
    seen = view_of(result, *FINE)
    over = [] if seen is None else [descent.over(seen)]
    return [*over, *steps, *swept]


def heading_of_minimization(result: MinimizeResult) -> tuple[str, str]:
    """Which methods went from where, and what they found."""
    ends = [place(result.variables, x.tolist()) for x in (result.start, result.x)]
    by = ", ".join(each.method for each in result.compared) or result.title
    return f"Minimization by {by}", f"from {ends[0]} to {result.value:.6g} at {ends[1]}"
