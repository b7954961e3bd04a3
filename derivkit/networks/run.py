"""The steps from data to a trained network."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from derivkit.data.table import Data
from derivkit.models.metrics import Classes, Numbers
from derivkit.networks.architecture import Architecture
from derivkit.networks.network import Network
from derivkit.networks.passes import passes
from derivkit.networks.recipe import Recipe
from derivkit.networks.result import NetworkResult
from derivkit.networks.rows import Sorted, design_of, place_of, sorted_out, table_of
from derivkit.networks.training import train
from derivkit.optimize.minimum import Progress

if TYPE_CHECKING:
    from numpy.typing import NDArray


def train_network(
    architecture: str,
    data: Data,
    *,
    target: str | None = None,
    features: Sequence[str] | None = None,
    activation: str = "tanh",
    batch_norm: bool = False,
    dropout: float = 0.0,
    test: float | None = None,
    row: int | None = None,
    rows: int | None = None,
    noise: float | None = None,
    arms: int | None = None,
    progress: Progress | None = None,
    **recipe: Any,
) -> NetworkResult:
    """Write down both passes of a network, check its gradient against finite differences, and train it.

    Inputs, and a target of numbers, are standardized by the training rows: the network computes in these units.

    Parameters
    ----------
    architecture : str
        Widths from the inputs to the outputs, as "2-3-1". One output for numbers and for two classes, else one a class.
    data : path, binary stream, mapping of str to sequence, or str
        A CSV or Parquet file, columns of one length, or the name of data that are made: "xor", "spiral", "circles", "moons".
    target : str, optional
        Else a column called y, target or label, else the last one. Words, and numbers of two values, are classes.
    features : sequence of str, optional
        All other columns by default.
    activation : str
        "tanh", "relu" or "sigmoid".
    batch_norm : bool
    dropout : float
        The part of each hidden layer's units that is left out at random in a step.
    test : float, optional
        The part of the rows that is kept from the training, to test it; by default a fifth, of fewer than 20 rows none.
    row : int, optional
        Whose passes are written down, from 1; the first by default.
    rows, noise, arms
        Of data that are made: how many, how far from their places, arms of the spiral.
    progress : callable, optional
        Told the number of epochs done and the loss of the training rows.
    **recipe
        As the fields of `Recipe`: optimizer, rate, schedule, batch_size, epochs, l1, l2, clip_norm, clip_value, patience,
        validation, seed.

    Returns
    -------
    NetworkResult

    Raises
    ------
    UsageError
        If the architecture cannot be read or does not fit the data, or an option is not allowed.
    FileError, DataError
        If the data cannot be used.

    Examples
    --------
    >>> from derivkit.networks import train_network
    >>> found = train_network("2-3-1", "xor", seed=1)
    >>> found.network.predict([[0, 0], [0, 1], [1, 0], [1, 1]])
    array([0, 1, 1, 0])
    """
    wanted = Architecture.of(architecture, activation=activation, batch_norm=batch_norm, dropout=dropout)
    chosen = Recipe(**recipe)
    table = table_of(data, rows=rows, noise=noise, arms=arms, seed=chosen.seed)
    design = design_of(table, wanted, target, features)
    found = sorted_out(design, test=test, validation=chosen.validation if chosen.patience else None, seed=chosen.seed)
    start = found.untrained(wanted, chosen.seed)
    place = place_of(design, row)
    one = found.of(slice(place, place + 1))
    written = passes(start.architecture, start.weights, start.averages, start.rows(*one))
    trained = train(start, found.parts(start), chosen, progress)
    return NetworkResult(
        start=start, network=trained.network, recipe=chosen, batch_size=chosen.batch(len(found.train)),
        epochs=chosen.rounds(len(found.train)), row=int(design.rows[place]), given=tuple(one[0][0].tolist()), passes=written,
        gradient_check=trained.gradient_check, history=trained.history, kept=trained.kept, steps=trained.steps,
        outcome=trained.outcome, reason=trained.reason, metrics=_metrics(trained.network, found), schema=design.schema,
        n_rows=len(design.response), n_dropped=design.n_dropped, validation_rows=found.numbers(found.validation),
        test_rows=found.numbers(found.test), warnings=design.warnings, notes=(*design.notes, *found.notes),
    )  # fmt: skip


def _metrics(network: Network | None, found: Sorted) -> dict[str, dict[str, Any] | None]:
    """How good the network is on each part of the rows, in the user's units."""
    places = {"train": found.train, "validation": found.validation, "test": found.test}
    return {
        name: None if network is None or place is None else metrics(network, *found.of(place)) for name, place in places.items()
    }


def metrics(network: Network, x: NDArray[Any], y: NDArray[Any]) -> dict[str, Any]:
    """How good a network is on rows.

    Parameters
    ----------
    network : Network
    x : array, shape (n, inputs)
        In the user's units.
    y : array, shape (n,)
        Numbers, or positions of classes.

    Returns
    -------
    dict
        As `train` has them: r_squared, rmse, mae; of classes accuracy, log_loss, auc, confusion, per_class, calibration.
    """
    import numpy as np

    if network.classes is None:
        numbers = Numbers(intercept=True)
        numbers.add(y, network.predict(x))
        return dict(numbers.metrics())
    truth, probabilities = y.astype(int), network.predict_proba(x)
    classes = Classes(network.classes)
    with np.errstate(divide="ignore"):
        classes.add(truth, probabilities.T, -np.log(probabilities[np.arange(len(truth)), truth]))
    return classes.metrics()
