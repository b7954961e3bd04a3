"""Formulas as text in derivkit's language: linear predictors with readable, harmless names."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass

from derivkit.expression.graph import Graph
from derivkit.expression.names import is_variable_name
from derivkit.expression.printer import to_text

_STRANGE = re.compile(r"[^A-Za-z0-9]+")


@dataclass(frozen=True)
class Output:
    """One number that a model gives.

    Attributes
    ----------
    label : str
        What it is: the target, or "P(species = setosa)".
    class_ : int, float, str or None
        The class whose probability it is.
    text : str
        In linear predictors, if there are any; of a fit, with names for parameters.
    graph : Graph
        In columns alone.
    """

    label: str
    class_: int | float | str | None
    text: str
    graph: Graph

    @property
    def whole(self) -> str:
        """The graph as text."""
        return to_text(self.graph)


def safe_names(names: Iterable[str], taken: Iterable[str] = ()) -> dict[str, str]:
    """A variable's name for every name: itself where that can be one, else its letters and digits with underscores between.

    Parameters
    ----------
    names : iterable of str
    taken : iterable of str
        Names that are used otherwise.

    Examples
    --------
    >>> safe_names(["age", "dose (mg)", "sex=m", "e", "größe"])
    {'age': 'age', 'dose (mg)': 'dose_mg', 'sex=m': 'sex_m', 'e': 'x_e', 'größe': 'grosse'}
    """
    names, used = list(names), set(taken)
    found = {name: name for name in names if name.isascii() and is_variable_name(name) and name not in used}
    used.update(found)
    for name in names:
        if name not in found:
            found[name] = _free(name, used)
            used.add(found[name])
    return {name: found[name] for name in names}


def _free(name: str, used: set[str]) -> str:
    folded = unicodedata.normalize("NFKD", name.replace("ß", "ss")).encode("ascii", "ignore").decode()
    stem = _STRANGE.sub("_", folded).strip("_") or "x"
    stem = stem if is_variable_name(stem) else f"x_{stem}"
    if stem not in used:
        return stem
    return next(candidate for k in range(2, len(used) + 3) if (candidate := f"{stem}_{k}") not in used)


def number(value: float) -> str:
    """A number in its shortest form that reads back."""
    return repr(value).removesuffix(".0")


def weighted_sum(
    coefficients: Sequence[float], terms: Sequence[str], *, times: str = "*", written: Callable[[float], str] = number
) -> str:
    """A sum of terms, each with its coefficient; those of 0 left out. The term "" is the constant.

    Examples
    --------
    >>> weighted_sum([1.5, -2.0, 0.0, 1.0], ["", "x", "y", "x^2"])
    '1.5 - 2*x + x^2'
    """
    text = ""
    for coefficient, term in zip(coefficients, terms, strict=True):
        if not coefficient:
            continue
        sign = "-" if coefficient < 0 else "+"
        size = written(abs(coefficient))
        part = size if not term else term if size == "1" else f"{size}{times}{term}"
        text += f" {sign} {part}" if text else f"-{part}" if sign == "-" else part
    return text or "0"
