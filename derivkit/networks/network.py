"""A network with its numbers: what is needed to predict, in the user's units."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

from derivkit.networks.architecture import Architecture
from derivkit.networks.forward import Averages, forward, no_averages, outputs_of
from derivkit.networks.initial import initial
from derivkit.networks.objective import Rows
from derivkit.networks.parameters import arrays_of, layers_of, names_of

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import ArrayLike, NDArray

    Vector = NDArray[np.float64]
    Matrix = NDArray[np.float64]


@dataclass(frozen=True, slots=True, eq=False)
class Scale:
    """How columns are standardized: less their center, over their size."""

    center: Vector
    size: Vector

    @classmethod
    def of(cls, columns: Matrix) -> Scale:
        """By mean and standard deviation; a constant column only loses its value.

        Examples
        --------
        >>> import numpy as np
        >>> Scale.of(np.array([[1e200, 7.0], [3e200, 7.0]]))
        Scale(center=array([2.e+200, 7.e+000]), size=array([1.e+200, 1.e+000]))
        """
        import numpy as np

        low, high = columns.min(axis=0), columns.max(axis=0)
        power = np.frexp(np.maximum(-low, high))[1]
        unit = np.ldexp(columns, -power)  # exact, and no square leaves the range of doubles
        center, size = np.ldexp(unit.mean(axis=0), power), np.ldexp(unit.std(axis=0), power)
        constant = (low == high) | (size == 0)
        return cls(np.where(constant, low, center), np.where(constant, 1.0, size))

    @classmethod
    def none(cls, count: int) -> Scale:
        """Columns as they are."""
        import numpy as np

        return cls(np.zeros(count), np.ones(count))

    def standardized(self, columns: Matrix) -> Matrix:
        """In units of the network."""
        return (columns - self.center) / self.size

    def restored(self, columns: Matrix) -> Matrix:
        """In the user's units."""
        return columns * self.size + self.center


@dataclass(frozen=True, slots=True, eq=False)
class Network:
    """An architecture with weights, averages of normalized layers, and the units of inputs and target.

    Attributes
    ----------
    architecture : Architecture
    weights : array of float, shape (number of weights,)
    averages : tuple of (mean, variance)
        Of each normalized layer, shape (width,).
    inputs, target : Scale
        The target's scale is that of numbers; of classes it changes nothing.
    classes : tuple, or None
        Sorted; None for numbers.

    Examples
    --------
    >>> network = Network.untrained(Architecture.of("2-3-1"), seed=0)
    >>> network.predict([[0.0, 0.0]])
    array([0.])
    """

    architecture: Architecture
    weights: Vector
    averages: Averages
    inputs: Scale
    target: Scale
    classes: tuple[Any, ...] | None = None

    @classmethod
    def untrained(
        cls,
        architecture: Architecture,
        *,
        seed: int,
        inputs: Scale | None = None,
        target: Scale | None = None,
        classes: Sequence[Any] | None = None,
    ) -> Network:
        """A network at the start: random weights of a seed."""
        return cls(
            architecture, initial(architecture, seed), no_averages(architecture),
            inputs or Scale.none(architecture.widths[0]), target or Scale.none(1), None if classes is None else tuple(classes),
        )  # fmt: skip

    def trained(self, weights: Vector, averages: Averages) -> Network:
        """The same network with other numbers."""
        return replace(self, weights=weights, averages=averages)

    @property
    def parameters(self) -> dict[str, float]:
        """Every weight by its name: W1[2,3] leads from input 2 to unit 3 of layer 1."""
        return dict(zip(names_of(self.architecture), self.weights.tolist(), strict=True))

    def rows(self, x: Matrix, y: NDArray[Any]) -> Rows:
        """Rows of the user's as the network takes them."""
        if self.classes is not None:
            return Rows(self.inputs.standardized(x), y.astype(int))
        return Rows(self.inputs.standardized(x), self.target.standardized(y))

    def z(self, x: Matrix) -> Matrix:
        """The last layer's z of standardized rows, shape (n, outputs)."""
        layers = layers_of(self.architecture, arrays_of(self.architecture, self.weights))
        return forward(self.architecture, layers, self.averages, x)[0]  # type: ignore[no-any-return]  # an array, of an array

    def _standardized(self, x: ArrayLike) -> Matrix:
        import numpy as np

        rows, inputs = np.asarray(x, dtype=float), self.architecture.widths[0]
        if rows.ndim != 2 or rows.shape[1] != inputs:
            raise ValueError(f"rows of {inputs} inputs have shape (n, {inputs}), and x has {rows.shape}")
        return self.inputs.standardized(rows)

    def predict(self, x: ArrayLike) -> NDArray[Any]:
        """Numbers, or the likeliest classes.

        Parameters
        ----------
        x : array_like, shape (n, inputs)
            In the user's units.

        Returns
        -------
        array, shape (n,)

        Raises
        ------
        ValueError
            If x has another shape.
        """
        import numpy as np

        if self.classes is None:
            return self.target.restored(self.z(self._standardized(x)))[:, 0]
        found: NDArray[Any] = np.asarray(self.classes)[self.chosen(x)]
        return found

    def chosen(self, x: ArrayLike) -> NDArray[np.int_]:
        """The position of the likeliest class, shape (n,)."""
        import numpy as np

        places: NDArray[np.int_] = np.argmax(self.predict_proba(x), axis=1)
        return places

    def predict_proba(self, x: ArrayLike) -> Matrix:
        """The probability of every class.

        Parameters
        ----------
        x : array_like, shape (n, inputs)

        Returns
        -------
        array of float, shape (n, K)

        Raises
        ------
        TypeError
            If the network predicts numbers.
        ValueError
            If x has another shape.
        """
        import numpy as np

        if self.classes is None:
            raise TypeError("the network predicts numbers, which have no probabilities of classes")
        found = outputs_of(self.architecture, self.z(self._standardized(x)))
        return np.hstack([1 - found, found]) if self.architecture.output == "sigmoid" else np.asarray(found)
