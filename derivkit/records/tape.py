"""What the passes through a graph are written down as."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Step:
    """One node of a graph, as people read it: `text` says it in terms of the nodes v0, v1, ... before it."""

    id: int
    operation: str
    inputs: tuple[int, ...]
    text: str


@dataclass(frozen=True, slots=True)
class TapeNode(Step):
    """One line of the tape: what was computed forward, and what came back."""

    value: float
    adjoint: float | None
    partials: tuple[float | None, ...]


@dataclass(frozen=True, slots=True)
class Contribution:
    """One step of the backward pass: what a node adds to the adjoint of one of its inputs.

    Attributes
    ----------
    target, source : int
        The input and the node.
    adjoint, partial : float
        The node's own adjoint, and its derivative with respect to the input.
    total : float
        The input's adjoint so far.
    """

    target: int
    source: int
    adjoint: float
    partial: float
    total: float


@dataclass(frozen=True, slots=True)
class TapeAnswer:
    """The whole forward and backward pass at one point.

    Attributes
    ----------
    expression : str
    at : mapping of str to float
    nodes : tuple of TapeNode
    sweeps : tuple of mapping of str to float or None
        The gradient after each backward sweep, none cleared in between; None where the function has no value.
    function_value : float
    finite : bool
        Whether the value and every derivative are numbers; where not, a warning names the node at which they stop being.
    warnings : tuple of str
    """

    expression: str
    at: Mapping[str, float]
    nodes: tuple[TapeNode, ...]
    sweeps: tuple[Mapping[str, float | None], ...]
    function_value: float
    finite: bool = True
    warnings: tuple[str, ...] = ()

    @property
    def gradient(self) -> Mapping[str, float | None]:
        """The gradient after the last sweep."""
        return self.sweeps[-1]


@dataclass(frozen=True, slots=True)
class GraphAnswer:
    """The nodes of a function; at a point, also what flows through them.

    Attributes
    ----------
    expression : str
    nodes : tuple of Step
        With a point, they are TapeNodes.
    tape : TapeAnswer or None
        Both passes at the point.
    """

    expression: str
    nodes: tuple[Step, ...]
    tape: TapeAnswer | None = None
