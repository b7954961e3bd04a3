"""A trained network by itself: coded columns, layers, what they say."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING, NoReturn

from derivkit.data.schema import Schema
from derivkit.errors import Refusal
from derivkit.models import family_named
from derivkit.models.inference import Coefficient
from derivkit.prediction.answers import Class, Interval
from derivkit.prediction.link import Link
from derivkit.prediction.network_formulas import NetworkFormulas
from derivkit.prediction.origin import Origin
from derivkit.prediction.rows import OfRows
from derivkit.prediction.wording import Output

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    from derivkit.networks.network import Network

    Vector = NDArray[np.float64]
    Matrix = NDArray[np.float64]

FAMILIES = {"identity": "linear", "sigmoid": "logistic", "softmax": "softmax"}  # by the output: loss of a row, prediction, metrics


@dataclass(frozen=True)
class NetworkModel(OfRows):
    """What `train` with a network found, ready to be used and to be kept in a file.

    Attributes
    ----------
    network : Network
    schema : Schema
        How rows are coded.
    l1, l2 : float
        The penalty.
    origin : Origin
    """

    network: Network
    schema: Schema
    l1: float
    l2: float
    origin: Origin

    model = "mlp"
    covariance = None
    degrees = None
    centered = True

    @property
    def title(self) -> str:
        """What kind of model it is."""
        return f"network {self.network.architecture.text}"

    @property
    def target(self) -> str:
        """The column that is explained."""
        return self.schema.target

    @cached_property
    def link(self) -> Link:
        """From the last layer to predictions."""
        output = self.network.architecture.output
        classes = self.schema.classes or ()
        blocks = {"identity": (None,), "sigmoid": classes[-1:], "softmax": classes}[output]
        return Link(family_named(FAMILIES[output]), self.schema.classes, blocks)

    @property
    def loss_settings(self) -> Mapping[str, float]:
        """The loss of a row has no numbers of its own."""
        return {}

    @property
    def coefficients(self) -> tuple[Coefficient, ...]:
        """Every weight by its name, of standardized inputs."""
        return tuple(Coefficient(name, None, weight) for name, weight in self.network.parameters.items())

    def eta(self, matrix: Matrix) -> Matrix:
        """What the last layer gives for a design, in the target's unit; shape (outputs, n)."""
        import numpy as np

        with np.errstate(all="ignore"):  # of rows far from all others: what has no value is told of
            z = self.network.z(self.network.inputs.standardized(matrix))
            return (z if self.schema.classes else self.network.target.restored(z)).T

    @property
    def interval(self) -> Interval:
        """There is none.

        Raises
        ------
        Refusal
        """
        self._refuse()

    def ends(self, matrix: Matrix, eta: Matrix) -> dict[Class | None, tuple[Vector, Vector]]:
        """There are none.

        Raises
        ------
        Refusal
        """
        self._refuse()

    def _refuse(self) -> NoReturn:
        raise Refusal("no interval: a network has no standard errors", hint="leave --interval out")

    @cached_property
    def formulas(self) -> NetworkFormulas:
        """What the network says, as text."""
        return NetworkFormulas(self.schema, self.network, self.link)

    def legend(self) -> dict[str, str]:
        """What formulas' names stand for, where it is not the column of that name."""
        return self.formulas.legend()

    def outputs(self) -> list[Output]:
        """What the network gives, as formulas of columns: the prediction, or the probability of every class."""
        return self.formulas.outputs()
