"""What a recorded operation is: a function of arrays and the rules by which derivatives pass through it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from sys import getrefcount
from typing import TYPE_CHECKING, Any, ClassVar, NoReturn

import numpy as np

from derivkit.tape.spares import LARGE, computed, is_spare, like

if TYPE_CHECKING:
    from derivkit.functions import Arithmetic
    from derivkit.functions.row import Partial

Rule = Callable[..., Any]
_PLAIN = (np.ndarray, np.generic, float)  # a partial may be a tensor though the cotangent is none


@dataclass(frozen=True, slots=True, eq=False)
class Elementwise:
    """A function that acts on every element alone.

    Attributes
    ----------
    name : str
    function : callable
        Of plain arrays; broadcasts.
    partials : tuple of callable or None
        One an argument, `partial(f, y, *arguments)`, as in the table's rows; None where no rule is known.
    """

    name: str
    function: Callable[..., Any]
    partials: tuple[Partial | None, ...]

    piece: ClassVar[bool] = False
    multiple: ClassVar[bool] = False
    linear: ClassVar[bool] = False
    additive: ClassVar[bool] = False
    choice: ClassVar[bool] = False
    moves: ClassVar[bool] = False
    elementwise: ClassVar[bool] = True

    def pull(self, f: Arithmetic, k: int, g: Any, y: Any, args: tuple[Any, ...], params: dict[str, Any]) -> Any:
        """The cotangent of the k-th argument from that of the value, broadcasting not undone; the tangent the other way round."""
        rule = self.partials[k]
        if rule is None:
            missing_rule(self.name, f"with respect to argument {k}")
        partial = rule(f, y, *args)
        if type(partial) is int:
            return g if partial == 1 else -g if partial == -1 else g * partial
        if type(g) is not np.ndarray or g.nbytes < LARGE or not isinstance(partial, _PLAIN):
            return g * partial
        if getrefcount(partial) == 2 and is_spare(partial) and like(g, partial):
            partial *= g
            return partial
        return computed(np.multiply, (g, partial))

    push = pull


@dataclass(frozen=True, slots=True, eq=False)
class Structural:
    """A function that mixes elements: a sum, a product of matrices, a reshape.

    Rules are written with NumPy's functions, so that they act on arrays and, where the derivative is differentiated again, on
    tensors. They need not undo broadcasting.

    Attributes
    ----------
    name : str
    function : callable
        `function(*arrays, **params)` of plain arrays.
    vjps : tuple of callable or None, or callable
        `vjp(g, y, *arrays, **params)`, one an array argument: its cotangent from that of the value. A function of any number of
        arrays has one rule, `vjp(k, g, y, *arrays, **params)`.
    jvps : tuple of callable or None, or callable, optional
        `jvp(v, y, *arrays, **params)`: the tangent of the value from that of one argument. By default the function is linear in
        each argument: the tangent is the function with that argument replaced by its tangent.
    piece : bool
        The value is the part of the first argument that the parameter `key` names; sweeps collect the cotangents of parts and put
        them in place together.
    multiple : bool
        The value is a tuple of arrays, and so are g and v.
    additive : bool
        The function is linear in all its arguments together, as concatenation is: all tangents pass through it at once.
    choice : bool
        The first argument says, element by element, which of the other two counts.
    moves : bool
        Elements only change places, so that the rules move truth values as well.
    """

    name: str
    function: Callable[..., Any]
    vjps: tuple[Rule | None, ...] | Rule
    jvps: tuple[Rule | None, ...] | Rule | None = None
    piece: bool = False
    multiple: bool = False
    additive: bool = False
    choice: bool = False
    moves: bool = False
    elementwise: ClassVar[bool] = False

    @property
    def linear(self) -> bool:
        """Whether tangents pass through the function itself."""
        return self.jvps is None

    def pull(self, f: Arithmetic, k: int, g: Any, y: Any, args: tuple[Any, ...], params: dict[str, Any]) -> Any:
        """The cotangent of the k-th argument, from that of the value."""
        return self._rule(self.vjps, k, "")(g, y, *args, **params)

    def push(self, f: Arithmetic, k: int, v: Any, y: Any, args: tuple[Any, ...], params: dict[str, Any]) -> Any:
        """The tangent of the value, from that of the k-th argument."""
        return self._rule(self.jvps, k, "in forward mode, ")(v, y, *args, **params)

    def _rule(self, rules: tuple[Rule | None, ...] | Rule | None, k: int, mode: str) -> Rule:
        if callable(rules):
            return lambda *given, **params: rules(k, *given, **params)
        rule = rules[k] if rules is not None and k < len(rules) else None
        if rule is None:
            missing_rule(self.name, f"{mode}with respect to argument {k}")
        return rule


Operation = Elementwise | Structural


def missing_rule(name: str, detail: str = "") -> NoReturn:
    """Raise the error for a derivative that nobody has written down."""
    what = f"{name} has no derivative rule {detail}".rstrip()
    raise NotImplementedError(f"{what}; give one with tape.custom(function, vjp=rule), or keep {name} off the tracked tensors")
