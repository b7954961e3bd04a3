"""The second derivatives of a function on boxes, and whether a matrix of balls is semidefinite.

Sources: positive definite by the pivots of LDL' in balls (Rump, Verification methods, Acta Numerica 19 (2010) 287, section 10.8);
semidefinite by diagonal dominance (Gershgorin, Izv. Akad. Nauk SSSR 7 (1931) 749).
"""

from __future__ import annotations

from collections.abc import Sequence
from fractions import Fraction

from flint import arb

from derivkit.certifying.box import Box
from derivkit.evaluate import node_values
from derivkit.expression.graph import Graph
from derivkit.functions import BALLS
from derivkit.tape.differentiate import derivatives_graph, whole_hessian

Matrix = list[list[arb]]


class Hessian:
    """The second derivatives of a function on boxes."""

    def __init__(self, graph: Graph, names: tuple[str, ...]) -> None:
        self.names = names
        self.graph = derivatives_graph(graph, names, 2)
        self.nodes = whole_hessian(self.graph.outputs, len(names))[1 + len(names) :]

    def on(self, box: Box) -> Matrix | None:
        """Enclosures of the second derivatives on a box; None where one is not finite."""
        values = node_values(self.graph, box.balls(), BALLS)
        entries = [values[node] for node in self.nodes]
        if not all(entry.is_finite() for entry in entries):
            return None
        size = len(self.names)
        return [entries[k * size : (k + 1) * size] for k in range(size)]

    def bent_down(self, spot: Box) -> dict[str, arb] | None:
        """The curvature at a point along a direction in which it is certainly negative."""
        matrix = self.on(spot)
        if matrix is None:
            return None
        direction = _lowest(matrix)
        size = range(len(self.names))
        curvature = sum((matrix[i][j] * direction[i] * direction[j] for i in size for j in size), arb(0))
        along = ", ".join(f"{float(part):.4g}" for part in direction)
        return {f"curvature along ({along})": curvature} if curvature < 0 else None


def semidefinite(matrix: Matrix) -> bool:
    """Whether a symmetric matrix of balls certainly has no negative eigenvalue."""
    return _dominant(matrix) or _pivots(matrix)


def _dominant(matrix: Matrix) -> bool:
    """Whether every diagonal entry is at least as large as the others of its row together."""
    return all(row[i].lower() >= sum((abs(x).upper() for j, x in enumerate(row) if j != i), arb(0)) for i, row in enumerate(matrix))


def _pivots(matrix: Matrix) -> bool:
    """Whether all pivots of LDL' are positive, or exactly 0 in a row of zeros."""
    rows = [list(row) for row in matrix]
    for k in range(len(rows)):
        if all(x.is_zero() for x in rows[k][k:]):
            continue
        if not rows[k][k] > 0:
            return False
        for i in range(k + 1, len(rows)):
            factor = rows[i][k] / rows[k][k]
            for j in range(k + 1, len(rows)):
                rows[i][j] -= factor * rows[k][j]
    return True


def _lowest(matrix: Matrix) -> Sequence[arb]:
    """The direction of the lowest curvature, roughly, in short numbers."""
    import numpy as np

    middle = np.array([[float(x.mid()) for x in row] for row in matrix])
    if not np.isfinite(middle).all():
        return [arb(0)] * len(matrix)
    vector = np.linalg.eigh(middle)[1][:, 0]
    vector = vector / vector[np.argmax(abs(vector))]
    return [arb(round(Fraction(float(part)) * 1024)) / 1024 for part in vector]
