"""Calls of the table's functions: which row a name and its arguments mean, and what is wrong where none does."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import NoReturn

from derivkit.errors import ArityError, ParseError
from derivkit.expression.graph import Builder
from derivkit.expression.lexer import GREEK_NAMES, Words
from derivkit.expression.names import arity_text, example_call, inverse_of
from derivkit.functions import row_named, spellings

_POWER, _NEGATE = row_named("power"), row_named("negate")


@dataclass(slots=True)
class Function:
    """A function's name in a text, before its arguments are known.

    Attributes
    ----------
    name : str
    place : int
        Which word it is.
    exponent : int, optional
        The node of the exponent in `sin^2(x)`.
    subscript : int, optional
        The node of the base in a LaTeX logarithm, or of the index of a root: the second argument.
    """

    name: str
    place: int
    exponent: int | None = None
    subscript: int | None = None


def call(builder: Builder, source: Words, function: Function, arguments: Sequence[int], last: int) -> int:
    """The node of a call.

    Parameters
    ----------
    builder : Builder
    source : Words
    function : Function
    arguments : sequence of int
        Nodes.
    last : int
        The last word of the call.

    Raises
    ------
    ArityError
        If the function does not take so many arguments.
    """
    if function.subscript is not None:
        arguments = [*arguments, function.subscript]
    rows = spellings()[function.name]
    row = rows.get(len(arguments)) or (rows.get(2) if len(arguments) > 2 else None)
    if row is None or (len(arguments) > row.arity and not row.fold):
        refuse_arity(source, function, len(arguments), last)
    node = builder.add(row, tuple(arguments[: row.arity]))
    for argument in arguments[row.arity :]:
        node = builder.add(row, (node, argument))
    return node if function.exponent is None else builder.add(_POWER, (node, function.exponent))


def refuse_arity(source: Words, function: Function, given: int, last: int) -> NoReturn:
    """Raise the error of a call with a wrong number of arguments."""
    name = function.name
    hint = f"write {example_call(name)}"
    if name in GREEK_NAMES:
        hint += f"; for a product with a variable, {name}*(...)"
    message = f"{name} takes {arity_text(name)}, {given} given"
    raise source.error(ArityError, message, source.between(function.place, last), hint)


def refuse_inverse(builder: Builder, source: Words, function: Function, exponent: int, last: int) -> None:
    """Raise an error if the exponent of a function is -1, which half of the readers take for the inverse function.

    Raises
    ------
    ParseError
        If it is.
    """
    head, inputs = builder.heads[exponent], builder.inputs[exponent]
    if head is not _NEGATE or builder.heads[inputs[0]] != 1:
        return
    inverse = inverse_of(function.name)
    reciprocal = f"1/{function.name}(x) for the reciprocal"
    raise source.error(
        ParseError,
        f"{function.name}^-1 could mean the inverse function or the reciprocal",
        source.between(function.place, last),
        f"write {inverse}(x) for the inverse, {reciprocal}" if inverse else f"write {reciprocal}",
    )
