"""What a language puts into a file."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from derivkit.codegen.language import Statement


@dataclass(frozen=True, slots=True)
class Body:
    """Straight-line code.

    Attributes
    ----------
    statements : sequence of Statement
    outputs : sequence of str
        The texts of the results.
    temporaries : sequence of str
        Every name that the statements assign.
    """

    statements: Sequence[Statement]
    outputs: Sequence[str]
    temporaries: Sequence[str]


@dataclass(frozen=True, slots=True)
class Helper:
    """A function that the language lacks.

    Attributes
    ----------
    name, title : str
    parameters : sequence of str
    body : Body
        With one output.
    """

    name: str
    title: str
    parameters: Sequence[str]
    body: Body


@dataclass(frozen=True, slots=True)
class Case:
    """One point of a self-test.

    Attributes
    ----------
    at : tuple of float
        One number a variable.
    expected, tolerance : tuple of float
        Value, gradient, Hessian row by row, as many as the order has.
    """

    at: tuple[float, ...]
    expected: tuple[float, ...]
    tolerance: tuple[float, ...]


@dataclass(frozen=True, slots=True)
class Source:
    """A function, its helpers and its self-test.

    Attributes
    ----------
    name : str
    parameters : tuple of str
        The names of the variables in the language.
    order : int
    body : Body
        Its outputs: the value, the gradient, the Hessian row by row.
    helpers : sequence of Helper
    head : sequence of str
        Lines of the comment at the head.
    summary : str
        What the function gives.
    labels : sequence of str
        What the outputs are called.
    cases : sequence of Case
    unused : sequence of str
        Parameters that the body does not need.
    """

    name: str
    parameters: tuple[str, ...]
    order: int
    body: Body
    helpers: Sequence[Helper]
    head: Sequence[str]
    summary: str
    labels: Sequence[str]
    cases: Sequence[Case]
    unused: Sequence[str] = ()

    @property
    def size(self) -> int:
        """The number of variables."""
        return len(self.parameters)

    @property
    def value(self) -> str:
        """The text of the value."""
        return self.body.outputs[0]

    @property
    def gradient(self) -> Sequence[str]:
        """The texts of the partial derivatives."""
        return self.body.outputs[1 : 1 + self.size]

    @property
    def hessian(self) -> list[Sequence[str]]:
        """The texts of the Hessian's rows."""
        flat = self.body.outputs[1 + self.size :]
        return [flat[k * self.size : (k + 1) * self.size] for k in range(self.size)]


@dataclass(frozen=True, slots=True)
class Expected:
    """What a self-test expects at a point: `gradient` and `hessian` are None beyond the order."""

    at: Mapping[str, float]
    value: float
    gradient: tuple[float, ...] | None
    hessian: tuple[tuple[float, ...], ...] | None


@dataclass(frozen=True, slots=True)
class CodeAnswer:
    """What `codegen` answers."""

    expression: str
    language: str
    code: str
    order: int
    variables: tuple[str, ...]
    self_test: tuple[Expected, ...]
