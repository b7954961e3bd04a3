"""NumPy, and SciPy's special functions where they are needed."""

from __future__ import annotations

from collections.abc import Sequence

from derivkit.codegen.language import ATOM, NOT, Assignment, Text
from derivkit.codegen.languages.python import Python
from derivkit.codegen.program import Logic
from derivkit.codegen.source import Source
from derivkit.functions import Row

_MODULES = {"numpy": "np", "scipy.special": "special"}


class NumPy(Python):
    """NumPy: arguments are numbers or arrays that broadcast; the gradient has one more axis in front, the Hessian two."""

    name = "numpy"
    title = "NumPy"
    raises = False
    note = "Arguments are numbers or arrays that broadcast; the gradient has one axis more, in front, the Hessian two."
    nan = "np.nan"

    def native(self, row: Row) -> str:
        """What NumPy or SciPy calls it."""
        module, _, routine = row.array.partition(":")
        public = f"{_MODULES[module]}.{routine}" if module in _MODULES else ""
        return row.code.others.get(self.name, public)

    def choose(self, condition: Text, x: Text, y: Text) -> Text:
        """Element by element."""
        return Text(f"np.where({condition.text}, {x.text}, {y.text})")

    def connect(self, logic: Logic, operands: Sequence[Text]) -> Text:
        """Truth values of arrays."""
        if logic is Logic.NOT:
            return Text(f"~{operands[0].within(ATOM)}", NOT)
        symbol = {Logic.AND: " & ", Logic.OR: " | "}[logic]
        return Text(symbol.join(operand.within(ATOM) for operand in operands), NOT)

    def imports_of(self, source: Source) -> Sequence[str]:
        """NumPy, and SciPy where it is used."""
        return ["import numpy as np", *["from scipy import special"] * any("special." in text for text in _texts(source))]

    def head(self, source: Source) -> list[str]:
        """The function's head; quiet where a branch that is not taken may divide by zero."""
        quiet = ['@np.errstate(all="ignore")  # of branches that are not taken'] * any(
            "np.where(" in text for text in _texts(source)
        )
        floats = [f"    {name} = np.asarray({name}, dtype=float)" for name in source.parameters]
        return [*quiet, *super().head(source), *floats]

    def results(self, source: Source) -> list[str]:
        """The lines that return what was computed, in the shape to which the arguments broadcast."""
        if source.order == 0:
            return [f"    return {source.value}"]
        shapes = ", ".join(f"{name}.shape" for name in source.parameters)
        lines = [
            f"    value = {source.value}",
            f"    shape = np.broadcast_shapes({shapes})",
            *_stacked("gradient", source.gradient),
        ]
        if source.order == 1:
            return [*lines, "    return value, gradient"]
        flat = [text for row in source.hessian for text in row]
        size = source.size
        return [*lines, *_stacked("hessian", flat), f"    return value, gradient, hessian.reshape({size}, {size}, *shape)"]


def _stacked(name: str, texts: Sequence[str]) -> list[str]:
    return [
        f"    {name} = np.array([np.broadcast_to(entry, shape) for entry in (",
        *(f"        {text}," for text in texts),
        "    )])",
    ]


def _texts(source: Source) -> list[str]:
    """Everything that is computed."""
    bodies = [source.body, *[helper.body for helper in source.helpers]]
    return [
        text for body in bodies for text in (*body.outputs, *[one.text for one in body.statements if isinstance(one, Assignment)])
    ]
