"""How good a network is on rows."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from derivkit.models.metrics import Classes, Numbers
from derivkit.networks.forward import loss_of, surprises
from derivkit.networks.history import Score
from derivkit.networks.network import Network
from derivkit.networks.objective import Rows

if TYPE_CHECKING:
    from numpy.typing import NDArray


def score(network: Network, rows: Rows) -> Score:
    """Loss and metric on standardized rows: quick, since every epoch asks."""
    z = network.z(rows.x)
    loss = float(loss_of(network.architecture, z, rows.y))
    if network.classes is None:
        return Score(loss, float(np.sqrt(2 * loss) * network.target.size[0]))
    chosen = z[:, 0] > 0 if z.shape[1] == 1 else z.argmax(axis=1)
    return Score(loss, float(np.mean(chosen == rows.y)))


def metrics(network: Network, x: NDArray[Any], y: NDArray[Any]) -> dict[str, Any]:
    """All metrics on rows of the user's, as `train` has them.

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
        r_squared, rmse, mae; of classes accuracy, log_loss, auc, confusion, per_class, calibration.
    """
    if network.classes is None:
        numbers = Numbers(intercept=True)
        numbers.add(y, network.predict(x))
        return dict(numbers.metrics())
    rows, classes = network.rows(x, y), Classes(network.classes)
    classes.add(rows.y, network.predict_proba(x).T, surprises(network.architecture, network.z(rows.x), rows.y))
    return classes.metrics()
