"""What pictures of a network show, in the terminal and in files: losses by epoch, and classes over a plane."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    from derivkit.networks import NetworkResult

    Vector = NDArray[np.float64]
    Matrix = NDArray[np.float64]
    Ranks = NDArray[np.int_]


@dataclass(frozen=True, slots=True, eq=False)
class Curves:
    """Losses by epoch.

    Attributes
    ----------
    epochs, train : array, shape (n,)
    other : array, shape (n,), or None
        Of rows that were not trained on.
    part : str
        Which these are: "test" or "validation".
    kept : int or None
        The epoch whose weights were kept, where that is not the last one.
    """

    epochs: Vector
    train: Vector
    other: Vector | None
    part: str
    kept: int | None


@dataclass(frozen=True, slots=True, eq=False)
class Plane:
    """Classes over two inputs: what is needed to draw where each is given, and the rows."""

    classify: Callable[[Matrix], Ranks]
    points: Matrix
    labels: Ranks
    classes: tuple[Any, ...]
    names: tuple[str, str]


def curves(result: NetworkResult) -> Curves:
    """The losses of a training: beside those of its own rows those of the test, or else of the validation."""
    import numpy as np

    part = "test" if result.history[0].test else "validation"
    scores = [getattr(epoch, part) for epoch in result.history]
    return Curves(
        np.array([float(epoch.number) for epoch in result.history]),
        np.array([epoch.train.loss for epoch in result.history]),
        None if scores[0] is None else np.array([each.loss for each in scores]),
        part,
        None if result.kept == result.history[-1].number else result.kept,
    )


def plane_of(result: NetworkResult) -> Plane | None:
    """The plane of a network with classes and two inputs; None of others."""
    import numpy as np

    network, design = result.network, result.dealt.design
    if network is None or not network.classes or len(design.names) != 2:
        return None
    return Plane(
        network.chosen, np.asarray(design.matrix), np.asarray(design.response).astype(int), network.classes,
        (design.names[0], design.names[1]),
    )  # fmt: skip
