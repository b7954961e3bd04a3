"""What a network says, as formulas in derivkit's language: one a unit, in the user's columns."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from fractions import Fraction
from functools import cached_property
from typing import TYPE_CHECKING

from derivkit.data.schema import Schema
from derivkit.expression.arithmetic import GraphArithmetic, Ref
from derivkit.expression.graph import Builder, Graph
from derivkit.expression.parser import parse
from derivkit.functions import row_named
from derivkit.networks.parameters import arrays_of, layers_of
from derivkit.prediction.formulas import Formulas
from derivkit.prediction.link import Link
from derivkit.prediction.wording import Output, number, safe_names, weighted_sum

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    from derivkit.networks.network import Network

    Vector = NDArray[np.float64]
    Matrix = NDArray[np.float64]

FAR = 1e4  # sizes from 0: farther, a column's center folded into the constant would cost more digits than that
NORMALIZED = 2e-5  # added to variances by tape.functional.batch_norm


@dataclass(frozen=True, slots=True)
class Unit:
    """A weighted sum, bent or not, of terms less their origins; the term "" is the constant."""

    name: str
    bent: bool
    weights: tuple[float, ...]
    terms: tuple[str, ...]
    origins: tuple[float, ...]

    def written(self, name: Callable[[str], str] = str, number: Callable[[float], str] = number) -> list[str]:
        """The terms as texts, their names and numbers written so."""
        return [
            f"({name(term)} {'-' if origin > 0 else '+'} {number(abs(origin))})" if origin else term and name(term)
            for term, origin in zip(self.terms, self.origins, strict=True)
        ]


@dataclass(frozen=True)
class NetworkFormulas:
    """Every unit as a weighted sum of the layer before, bent.

    Attributes
    ----------
    schema : Schema
    network : Network
    link : Link
    """

    schema: Schema
    network: Network
    link: Link

    @cached_property
    def origins(self) -> tuple[float, ...]:
        """What is taken from every column before it is weighted: its center, where that is far from 0; else 0."""
        scale = self.network.inputs
        return tuple(c if abs(c) > FAR * s else 0.0 for c, s in zip(scale.center.tolist(), scale.size.tolist(), strict=True))

    @cached_property
    def layers(self) -> list[tuple[Matrix, Vector]]:
        """Weights and biases of every layer, with all that is affine folded in: scales of the columns and the target, averages."""
        import numpy as np

        with np.errstate(all="ignore"):  # of weights that anybody may have written into a file
            return self._folded()

    def _folded(self) -> list[tuple[Matrix, Vector]]:
        import numpy as np

        network, architecture = self.network, self.network.architecture
        found = []
        for k, layer in enumerate(layers_of(architecture, arrays_of(architecture, network.weights))):
            w = np.array(layer["W"])
            b = np.array(layer["b"]) if "b" in layer else np.zeros(w.shape[1])
            if "gamma" in layer:
                mean, variance = network.averages[k]
                stretch = layer["gamma"] / np.sqrt(variance + NORMALIZED)
                w, b = w * stretch, (b - mean) * stretch + layer["beta"]
            if k == 0:
                w = w / network.inputs.size[:, None]
                b = b - (network.inputs.center - np.array(self.origins)) @ w
            if k == architecture.depth - 1 and not self.schema.classes:
                w, b = w * network.target.size, b * network.target.size + network.target.center
            found.append((w, b))
        return found

    @cached_property
    def _columns(self) -> Formulas:
        """Names and legend of the columns, as for models of linear predictors."""
        return Formulas(self.schema, {}, self.link, ())

    def legend(self) -> dict[str, str]:
        """What formulas' names stand for, where it is not the column of that name."""
        return self._columns.legend()

    def units(self, columns: Sequence[str]) -> list[Unit]:
        """Every unit, layer by layer, in these names of columns; those of the last layer are not bent."""
        hidden = [f"a{k}_{unit}" for k, (w, _) in enumerate(self.layers[:-1], 1) for unit in range(1, w.shape[1] + 1)]
        free = safe_names(hidden, columns)
        found: list[Unit] = []
        names, origins = list(columns), self.origins
        for k, (w, b) in enumerate(self.layers, 1):
            last = k == len(self.layers)
            own = list(self.link.predictors) if last else [free[f"a{k}_{unit}"] for unit in range(1, w.shape[1] + 1)]
            for unit, name in enumerate(own):
                found.append(Unit(name, not last, (float(b[unit]), *w[:, unit].tolist()), ("", *names), (0.0, *origins)))
            names, origins = own, (0.0,) * len(own)
        return found

    @property
    def columns(self) -> list[str]:
        """The names that formulas have for columns of the design."""
        return [self._columns.variables[name] for name in self.schema.names]

    def texts(self) -> dict[str, str]:
        """What the network says: every unit in terms of the layer before, then every prediction in terms of the last one."""
        found = {}
        for unit in self.units(self.columns):
            text = weighted_sum(unit.weights, unit.written())
            found[unit.name] = f"{self.network.architecture.activation}({text})" if unit.bent else text
        return {**found, **{self._columns.label(label): text for label, text in self.link.texts.items()}}

    def outputs(self) -> list[Output]:
        """What the network gives, as graphs of columns: the prediction, or the probability of every class."""
        return [Output(self._columns.label(label), label, text, self._graph(text)) for label, text in self.link.texts.items()]

    def _graph(self, text: str) -> Graph:
        """A prediction in columns: the units' graph, and that of the prediction on top of it."""
        builder = Builder()
        f = GraphArithmetic(builder)
        bend = f.build(row_named(self.network.architecture.activation))
        values = [
            f.ref(builder.add(name)) - Fraction(repr(origin)) for name, origin in zip(self.columns, self.origins, strict=True)
        ]
        for k, (w, b) in enumerate(self.layers, 1):
            values = [_sum(f, b[unit], w[:, unit], values) for unit in range(w.shape[1])]
            values = values if k == len(self.layers) else [bend(value) for value in values]
        known = dict(zip(self.link.predictors, values, strict=True))
        ids: list[int] = []
        top = parse(text).graph
        for head, inputs in zip(top.heads, top.inputs, strict=True):
            variable = isinstance(head, str) and head in known
            ids.append(known[head].id if variable else builder.add(head, tuple(ids[i] for i in inputs)))  # type: ignore[index]  # a name
        return builder.graph([ids[top.root]])


def _sum(f: GraphArithmetic, constant: float, weights: Vector, values: list[Ref]) -> Ref:
    """A weighted sum, its numbers exactly as they are written in decimals."""
    total = f.number(Fraction(repr(float(constant))))
    for weight, value in zip(weights.tolist(), values, strict=True):
        total = total + f.number(Fraction(repr(weight))) * value
    return total
