"""A loss and its derivatives by the linear predictors, for a block of rows at a time."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from derivkit.evaluate import node_values
from derivkit.expression.graph import Graph
from derivkit.functions import ARRAYS
from derivkit.models.family import parsed
from derivkit.tape.differentiate import derivatives_graph

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray


@dataclass(frozen=True)
class Loss:
    """A formula of linear predictors and responses, and the graphs of its derivatives by the predictors.

    Attributes
    ----------
    predictors, responses : tuple of str
        Their names in the formula.
    settings : mapping of str to float
        Values of its other variables.
    graphs : tuple of Graph
        Value; value and slopes; value, slopes and the upper triangle of second derivatives.
    """

    predictors: tuple[str, ...]
    responses: tuple[str, ...]
    settings: Mapping[str, float]
    graphs: tuple[Graph, Graph, Graph]

    @classmethod
    def of(cls, formula: str, predictors: Sequence[str], responses: Sequence[str], settings: Mapping[str, float]) -> Loss:
        """The loss that a formula says, differentiated.

        Examples
        --------
        >>> import numpy as np
        >>> loss = Loss.of("(y - eta)^2/2", ["eta"], ["y"], {})
        >>> loss.at(1, np.array([[3.0, 5.0]]), np.array([[1.0, 1.0]]))
        [array([2., 8.]), array([2., 4.])]
        """
        graph = parsed(formula)
        value, first, second = (derivatives_graph(graph, tuple(predictors), order) for order in (0, 1, 2))
        return cls(tuple(predictors), tuple(responses), settings, (value, first, second))

    def at(self, order: int, eta: NDArray[Any], response: NDArray[np.float64]) -> list[NDArray[Any]]:
        """What one of the graphs says, of every row.

        Parameters
        ----------
        order : int
            0 for the value; 1 for value and slopes; 2 for second derivatives as well.
        eta : array, shape (predictors, n)
            Of floats of any size.
        response : array of float, shape (responses, n)

        Returns
        -------
        list of array, shape (n,)
            In the order of the graph's outputs.
        """
        import numpy as np

        at = {**dict(zip(self.predictors, eta, strict=True)), **dict(zip(self.responses, response, strict=True)), **self.settings}
        graph = self.graphs[order]
        with ARRAYS.quiet():
            values = node_values(graph, at, ARRAYS)
        shape = eta.shape[1:]
        found = [values[node] for node in graph.outputs]
        return [value if np.shape(value) == shape else np.broadcast_to(value, shape) for value in found]
