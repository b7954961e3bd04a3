"""The steps of training: options, table, split, check of the gradient, fit, report."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import TYPE_CHECKING, Any

from derivkit.data.schema import Impute
from derivkit.data.size import bytes_of
from derivkit.data.table import Data
from derivkit.errors import UsageError
from derivkit.models.named import NETWORK
from derivkit.models.response import check_response
from derivkit.optimize.course import Course
from derivkit.optimize.minimum import Progress
from derivkit.training.diagnostics import diagnosed
from derivkit.training.evaluation import importance_of, metrics, over_folds
from derivkit.training.options import Spec, method_of, refuse_layers, spec_of, strengths
from derivkit.training.result import TrainResult
from derivkit.training.rows import Parted, in_memory, on_disk
from derivkit.training.trainer import Trainer

if TYPE_CHECKING:
    from derivkit.training.mlp import TrainedNetwork


def train(
    data: Data,
    *,
    model: str | None = None,
    loss: str | None = None,
    hidden: Sequence[int] | None = None,
    activation: str | None = None,
    dropout: float | None = None,
    batch_norm: bool = False,
    target: str | None = None,
    features: Sequence[str] | None = None,
    l1: float | None = None,
    l2: float | None = None,
    compare_l2: Sequence[float] | None = None,
    degree: int | None = None,
    tau: float | None = None,
    delta: float | None = None,
    intercept: bool = True,
    impute: Impute | None = None,
    reference: Mapping[str, str] | None = None,
    memory: str | None = None,
    robust: bool = False,
    test: float = 0.0,
    folds: int = 0,
    seed: int = 0,
    importance: bool = False,
    optimizer: str = "auto",
    lr: float | None = None,
    schedule: str | None = None,
    momentum: float | None = None,
    clip_norm: float | None = None,
    clip_value: float | None = None,
    steps: int | None = None,
    batch_size: int | None = None,
    epochs: int | None = None,
    early_stop: int | None = None,
    validation: float | None = None,
    diagnostics: bool = False,
    progress: Progress | None = None,
) -> TrainResult | TrainedNetwork:
    """Fit a model to a table; its gradient is checked against finite differences before the first step.

    The objective is the mean loss over the rows + l1 * sum of absolute coefficients + l2/2 * sum of their squares, the intercept
    left out, columns in the user's units.

    Parameters
    ----------
    data : path, binary stream, or mapping of str to sequence
        A CSV or Parquet file, or columns of one length.
    model : str, optional
        "linear", "ridge", "lasso", "elasticnet", "polynomial", "logistic", "softmax", "poisson", "gamma", "huber" or "quantile";
        "mlp", a network of layers.
    loss : str, optional
        In place of a model: the loss of one row, an expression in the linear predictor `eta` and the response `y`.
    hidden : sequence of int, optional
        Of a network: the widths of its hidden layers; one of 16 units by default.
    activation : str, optional
        Of these: "tanh", the default, "relu" or "sigmoid".
    dropout : float, optional
        The part of each hidden layer's units that is left out at random in a step.
    batch_norm : bool
        Whether hidden layers are normalized over the rows of a batch.
    target : str, optional
        Else a column called y, target or label, else the last one.
    features : sequence of str, optional
        All other columns by default.
    l1, l2 : float, optional
        The penalty's strengths, 0 by default; ridge needs l2, lasso l1, elasticnet both.
    compare_l2 : sequence of float, optional
        In place of `l2`: a model for every strength, on the same rows, each in `compared`; the result is that of the first.
    degree : int, optional
        Of a polynomial in every numeric feature; 2 by default.
    tau : float, optional
        The quantile; 0.5 by default.
    delta : float, optional
        Where Huber's loss turns from squares to absolute values, in units of the residuals' scale; 1.345 by default.
    intercept : bool
    impute : "mean" or "median", optional
        What stands in for a missing number of a feature, of the rows of the fit; rows with missing values are dropped by default.
    reference : mapping of str to str, optional
        The level that the others of a category are compared with; the first sorted one by default.
    memory : str, optional
        As "500MB": rows are kept on the disk, in the folder for temporary files, and no more memory than this is used, however many
        there are. Estimates are the same.
    robust : bool
        Whether standard errors are HC3, right where the variance is not what the model says.
    test : float
        The part of the rows that is kept from the fit, to test it; of every class.
    folds : int
        How many parts of the rows are predicted each by a model of the others; 0 for none.
    seed : int
        Of the test rows, the folds and the importance.
    importance : bool
        Whether to tell how much the loss depends on every feature.
    optimizer : str
        "auto", "newton", "lbfgs", or another name of the table of methods, `derivkit.optimize.methods.METHODS`.
    lr, momentum, clip_norm, clip_value : float, optional
        Of methods that go by a learning rate: it, how much of past gradients is kept, the longest gradient and the largest
        component that a step follows. gd searches for its steps by default, the others have usual rates.
    schedule : str, optional
        What becomes of the rate: "cosine:2000", "step:30,0.1", ...
    steps : int, optional
        The most iterations.
    batch_size, epochs : int, optional
        Rows that a step looks at, and how often all rows are gone through; 32 and 100 where only one of both is given. All rows at
        every step by default.
    early_stop : int, optional
        Stop early: when the loss of a part of the rows, kept for that, has not fallen for so many epochs; what did best is taken.
    validation : float, optional
        That part; 0.2 by default.
    diagnostics : bool
        Whether to keep what pictures are drawn from: the objective step by step, and the rows' predictions.
    progress : callable, optional
        Told the number of steps done and the objective there.

    Returns
    -------
    TrainResult, or TrainedNetwork
        The latter of "mlp".

    Raises
    ------
    FileError
        If the file cannot be read.
    DataError
        If the table cannot be used as it is, or does not determine the coefficients.
    ParseError
        If the loss is not an expression.
    UsageError
        If there is no such model, the options do not fit together, or the memory is too little.

    Examples
    --------
    >>> from derivkit.training import train
    >>> train({"x": [1.0, 2.0, 3.0], "y": [1.0, 2.0, 6.0]}, model="linear").coefficients[1].estimate
    2.5
    """
    if not 0 <= test < 1:
        raise UsageError(f"--test {test:g}: the part of the rows for the test lies between 0 and 1", hint="--test 0.2 is a fifth")
    if folds == 1 or folds < 0:
        raise UsageError(f"--folds {folds}: at least two folds are needed", hint="--folds 5 is usual")
    if seed < 0:
        raise UsageError(f"--seed {seed}: the seed must not be negative")
    options = {
        "seed": seed, "test": test, "folds": folds, "importance": importance, "robust": robust, "optimizer": optimizer, "lr": lr,
        "steps": steps, "memory": memory, "schedule": schedule, "momentum": momentum, "clip_norm": clip_norm,
        "clip_value": clip_value, "batch_size": batch_size, "epochs": epochs, "early_stop": early_stop, "validation": validation,
    }  # fmt: skip
    given = {"l1": l1, "degree": degree, "tau": tau, "delta": delta}
    layers = {"hidden": hidden, "activation": activation, "dropout": dropout, "batch_norm": batch_norm or None}
    coding: dict[str, Any] = {
        "target": target, "features": features, "intercept": intercept, "impute": impute, "reference": reference
    }  # fmt: skip
    several = strengths(l2, compare_l2)
    if model == NETWORK:
        from derivkit.training.mlp import train_layers

        return train_layers(data, layers, several, {**given, "loss": loss}, coding, options, progress)
    refuse_layers(layers)
    specs = [
        spec_of(model, loss, {**given, "l2": strength}, intercept=intercept, robust=robust, method=method_of(options))
        for strength in several
    ]
    family, batching = specs[0].family, specs[0].method.batching
    coding |= {"classes": family.classes, "several": family.response == "classes"}
    if memory is None:
        judged = batching.validation if batching is not None and batching.patience else 0.0
        rows = in_memory(data, coding, test=test, seed=seed, validation=judged)
    else:
        whole = {
            "--folds": folds, "--importance": importance, "--plot": diagnostics, "--impute with --test": impute and test,
            "--batch-size": batching is not None,
        }  # fmt: skip
        _refuse_whole(specs[0], whole)
        rows = on_disk(data, coding, bytes_of(memory), test=test, seed=seed)
    check_response(family.response, rows.design.target, rows.design.response, rows.design.rows)
    results = tuple(_trained(spec, rows, options, progress, diagnostics=diagnostics) for spec in specs)
    return results[0] if compare_l2 is None else replace(results[0], compared=results)


def _trained(spec: Spec, rows: Parted, options: Mapping[str, Any], progress: Progress | None, *, diagnostics: bool) -> TrainResult:
    """One model of the rows, judged as it was asked for."""
    design, folds, seed = rows.design, options["folds"], options["seed"]
    trainer = Trainer(spec, design, rows.training, rows.validation)
    course = Course(trainer.start_value, progress) if diagnostics else None
    result = replace(
        trainer.run(course or progress), test_rows=rows.test_rows, validation_rows=rows.validation_rows, options=options
    )
    if course:
        result = replace(result, diagnostics=diagnosed(course, trainer.found, result.loss, rows.training, rows.test))
    if trainer.found is None:
        return result
    over = over_folds(spec, design, rows.own, folds, seed) if folds else None
    warned = (f"no figures over folds: fold {over} of {folds} has no model",) if isinstance(over, int) else ()
    return replace(
        result,
        metrics={**result.metrics, "test": None if rows.test is None else metrics(trainer.found, rows.test, design.classes)},
        folds=None if isinstance(over, int) else over,
        importance=importance_of(trainer.found, rows.test or rows.training, design, seed) if options["importance"] else (),
        warnings=(*result.warnings, *warned),
    )


def _refuse_whole(spec: Spec, asked: Mapping[str, Any]) -> None:
    """Refuse what takes all rows in memory at once."""
    wanted = [what for what, given in asked.items() if given]
    if spec.family.scaled or not spec.family.curved:
        wanted.insert(0, f"--model {spec.name}")
    if wanted:
        raise UsageError(f"{wanted[0]} takes all rows in memory at once", hint="leave it out, or leave out --memory")
