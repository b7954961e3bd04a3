"""A network that was trained on a table, for people and for scripts."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from derivkit.render import comparison, net
from derivkit.render.page import Layout, Page

if TYPE_CHECKING:
    from derivkit.training.mlp import TrainedNetwork

OWN = ("passes", "parameters")  # of `net`: those of a row, and the weights, which are coefficients here


def document(result: TrainedNetwork) -> dict[str, Any]:
    """The document of `train` for a network: the keys of other models, and those of `net` on training."""
    found = net.document(result.network)
    weights = found["parameters"] or dict.fromkeys(result.network.start.parameters)
    empty = {"standard_error": None, "z": None, "p_value": None, "ci95": None}
    return {
        "model": result.model,
        **{key: value for key, value in found.items() if key not in OWN},
        "coefficients": [{"name": name, "class": None, "estimate": weight, **empty} for name, weight in weights.items()],
        "distribution": "normal",
        "errors": None,
        "log_likelihood": None,
        "loss": result.loss,
        "converged": result.converged,
        "compared": comparison.entries(result.compared),
    }


def page(result: TrainedNetwork, layout: Layout) -> Page:
    """The page of `train` for a network."""
    if result.compared:
        return comparison.page(result.compared, layout, net.title(result.network), tabled=False)
    return net.trained(result.network, layout)


def notes(result: TrainedNetwork) -> Page:
    """What was assumed, for standard error."""
    return net.notes(result.network)
