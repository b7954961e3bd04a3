"""`derivkit train`."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from types import ModuleType
from typing import TYPE_CHECKING, Annotated

import typer

from derivkit.cli import picture
from derivkit.cli.picture import Plot
from derivkit.cli.progress import on_standard_error
from derivkit.cli.rows import DataFile, Save, kept, levels_of, refuse_over_input, rows_of, saved
from derivkit.cli.status import Reply, Status, status_of
from derivkit.cli.stepping import Layers, Stepping
from derivkit.errors import UsageError
from derivkit.expression.lexer import shortened

if TYPE_CHECKING:
    from derivkit.render.page import Layout, Page
    from derivkit.training import TrainResult
    from derivkit.training.mlp import TrainedNetwork

    AnyTrained = TrainResult | TrainedNetwork

EXAMPLES = (
    "derivkit train samples/oring.csv --model logistic --plot oring.svg",
    "derivkit train samples/cars.csv --model linear --target dist --features speed",
    "derivkit train samples/iris.csv --model softmax --l2 0.01 --test 0.2",
    'derivkit train samples/cars.csv --loss "log(cosh((y - eta)/10))"',
)


class Filling(StrEnum):
    """What may stand in for missing numbers."""

    MEAN = "mean"
    MEDIAN = "median"


Model = Annotated[
    str | None,
    typer.Option(
        "--model",
        metavar="NAME",
        help="linear, ridge, lasso, elasticnet, polynomial, logistic, softmax, poisson, gamma, huber, quantile or mlp.",
    ),
]
Loss = Annotated[
    str | None,
    typer.Option("--loss", metavar="EXPR", help="Your own loss of a row, in the linear predictor eta and the target y."),
]
Hidden = Annotated[str | None, typer.Option("--hidden", metavar="16,8", help="Of mlp: widths of the hidden layers. Default: 16.")]
Target = Annotated[
    str | None,
    typer.Option("--target", metavar="COLUMN", help="What to explain. Default: y, target or label, else the last column."),
]
Features = Annotated[str | None, typer.Option("--features", metavar="A,B", help="What explains it. Default: every other column.")]
L1 = Annotated[float | None, typer.Option("--l1", metavar="L", help="Add L times the sum of absolute coefficients to the loss.")]
L2 = Annotated[float | None, typer.Option("--l2", metavar="L", help="Add L/2 times the sum of squared coefficients to the loss.")]
CompareL2 = Annotated[
    str | None, typer.Option("--compare-l2", metavar="0,1e-3,1", help="A model for each of these strengths, beside one another.")
]
Degree = Annotated[int | None, typer.Option("--degree", metavar="N", help="Of a polynomial in every numeric feature. Default: 2.")]
Tau = Annotated[float | None, typer.Option("--tau", metavar="P", help="The quantile. Default: 0.5, the median.")]
Delta = Annotated[
    float | None,
    typer.Option("--delta", metavar="D", help="Where Huber's loss turns linear, in units of the residuals' scale. Default: 1.345."),
]
Fill = Annotated[
    Filling | None,
    typer.Option("--impute", help="Fill missing numbers of features. Default: drop rows that miss a value."),
]
Reference = Annotated[
    list[str] | None,
    typer.Option(
        "--reference", metavar="COLUMN=LEVEL", help="What the levels of a category are compared with. Default: the first."
    ),
]
Memory = Annotated[
    str | None, typer.Option("--memory", metavar="SIZE", help="Keep rows on the disk and memory below SIZE, as 500MB or 2GB.")
]
Intercept = Annotated[bool, typer.Option("--intercept/--no-intercept", help="Fit a constant as well.")]
Robust = Annotated[bool, typer.Option("--robust", help="Standard errors that allow for unequal variances (HC3).")]
Test = Annotated[float, typer.Option("--test", metavar="F", help="Keep this part of the rows from the fit, and test it on them.")]
Folds = Annotated[int, typer.Option("--folds", metavar="K", help="Predict each of K parts of the rows by a model of the others.")]
Seed = Annotated[int, typer.Option("--seed", metavar="S", help="Of the test's rows, the folds and the importance.")]
Importance = Annotated[bool, typer.Option("--importance", help="Tell how much the loss depends on every feature.")]
Optimizer = Annotated[
    str, typer.Option("--optimizer", metavar="NAME", help="auto, newton, lbfgs, or a method that minimize has, as adam.")
]
Steps = Annotated[int | None, typer.Option("--steps", metavar="N", help="The most iterations.")]


@dataclass(frozen=True, slots=True)
class Penalized:
    """What is minimized besides the loss."""

    l1: L1 = None
    l2: L2 = None
    compare_l2: CompareL2 = None


@dataclass(frozen=True, slots=True)
class Shape:
    """What single models take."""

    degree: Degree = None
    tau: Tau = None
    delta: Delta = None
    hidden: Hidden = None


@dataclass(frozen=True, slots=True)
class Judged:
    """How the model is judged."""

    robust: Robust = False
    test: Test = 0.0
    folds: Folds = 0
    seed: Seed = 0
    importance: Importance = False


@dataclass(frozen=True, slots=True)
class Minimized:
    """How the minimum is found."""

    optimizer: Optimizer = "auto"
    steps: Steps = None


def train(
    file: DataFile,
    model: Model = None,
    loss: Loss = None,
    target: Target = None,
    features: Features = None,
    intercept: Intercept = True,
    impute: Fill = None,
    reference: Reference = None,
    plot: Plot = None,
    memory: Memory = None,
    *,
    shape: Shape,
    layers: Layers,
    penalized: Penalized,
    judged: Judged,
    minimized: Minimized,
    stepping: Stepping,
    save: Save = None,
) -> Reply:
    """Fit a model to the rows of a file.

    The loss is an expression, differentiated as every other; its gradient is checked against finite differences on the data before
    the first step. The exit status is 1 where the gradient is wrong or the fit does not converge.
    """
    from dataclasses import asdict

    from derivkit import training
    from derivkit.expression.point import constants_in
    from derivkit.models.named import NETWORK

    picture.check(plot)
    refuse_over_input("--save", save, file)
    _refuse_of_several(penalized, {"--save": save, "--plot": plot, "--robust": judged.robust, "--importance": judged.importance})
    strengths = None if penalized.compare_l2 is None else constants_in(penalized.compare_l2, "l2")
    names = None if features is None else [name.strip() for name in features.split(",")]
    in_epochs = model == NETWORK or any((stepping.batch_size, stepping.epochs, stepping.early_stop))
    result = training.train(
        rows_of(file), model=model, loss=loss, target=target, features=names, intercept=intercept,
        impute=None if impute is None else impute.value, reference=levels_of(reference or ()), diagnostics=plot is not None,
        memory=memory, progress=on_standard_error("loss", "epoch" if in_epochs else "step"),
        **{**asdict(penalized), "compare_l2": strengths}, **{**asdict(shape), "hidden": _widths(shape.hidden)},
        **asdict(layers), **asdict(judged), **asdict(minimized), **asdict(stepping),
    )  # fmt: skip
    drawn = picture.drawn(result, plot)
    unsaved = saved(result, save)
    return Reply(
        document=lambda: {**_rendering(result).document(result), "plot": drawn, "saved": None if unsaved else save},
        page=lambda layout: [*_page(result, layout), *picture.said(drawn), *kept(save, unsaved)],
        status=_status(result),
        warnings=(*result.warnings, *picture.missing(plot, drawn), *unsaved),
    )


def _refuse_of_several(penalized: Penalized, options: Mapping[str, object]) -> None:
    """Refuse what is about one model, where several are compared.

    Raises
    ------
    UsageError
        Naming the first.
    """
    wanted = [name for name, given in options.items() if given]
    if penalized.compare_l2 is not None and wanted:
        raise UsageError(f"--compare-l2 makes several models: {wanted[0]} takes one", hint="choose a strength with --l2")


def _widths(text: str | None) -> list[int] | None:
    """The widths of hidden layers.

    Raises
    ------
    UsageError
        If one of them is not a whole number.
    """
    if text is None:
        return None
    widths = [part.strip() for part in text.split(",")]
    if not all(width.isascii() and width.isdigit() and int(width) for width in widths):
        raise UsageError(f"--hidden {shortened(text)}: a width is a whole number, 1 or more", hint="as in --hidden 16,8")
    return [int(width) for width in widths]


def _rendering(result: AnyTrained) -> ModuleType:
    """What writes the result down: documents, pages, notes."""
    from derivkit.render import mlp, train
    from derivkit.training import TrainResult

    return train if isinstance(result, TrainResult) else mlp


def _page(result: AnyTrained, layout: Layout) -> Page:
    """The page for standard output; what was assumed goes to standard error."""
    import sys

    from derivkit.render import page

    rendered = _rendering(result)
    page.write(rendered.notes(result), sys.stderr)
    found: Page = rendered.page(result, layout)
    return found


def _status(result: AnyTrained) -> Status:
    """Done, or the first reason against it among the models."""
    every = result.compared or (result,)
    checked = next((status for each in every if (status := status_of(each.gradient_check))), Status.DONE)
    return checked if checked or all(each.converged for each in every) else Status.NO
