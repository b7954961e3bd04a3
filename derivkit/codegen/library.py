"""Functions of the table in a language: by the language's own name, or by a helper function that is written along."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace

from derivkit.codegen.chains import settled
from derivkit.codegen.language import POWER, Language, Text, called, needs_name
from derivkit.codegen.lower import lower
from derivkit.codegen.names import Names
from derivkit.codegen.program import Program
from derivkit.codegen.source import Body, Helper
from derivkit.codegen.writer import write
from derivkit.errors import Refusal
from derivkit.expression.parser import parse
from derivkit.functions import Row

Key = tuple[Row, int | None]  # a row, and its order where the helper knows it


@dataclass(frozen=True, slots=True)
class _Wanted:
    """A helper that is to be written: its name, and the program of a formula or else an expression in the language."""

    name: str
    title: str
    arguments: tuple[str, ...]
    program: Program | None
    expression: str = ""


class Library:
    """The functions that one source text uses.

    Parameters
    ----------
    language : Language
    program : Program
        Every function in it, and in the formulas that stand for what the language lacks, is looked up at once.
    function : str
        The name of the function that is written.
    languages : iterable of Language
        To say where a missing function can be had.

    Attributes
    ----------
    names : Names
        What is taken: the language's words, what is used of its library, the function, its helpers.

    Raises
    ------
    Refusal
        If the language has no word for a function, and the table no formula.
    """

    def __init__(self, language: Language, program: Program, function: str, languages: Iterable[Language]) -> None:
        self.language = language
        self._languages = tuple(languages)
        self._natives: set[str] = set()
        self._wanted: dict[Key, _Wanted] = {}
        self._look_up(program)
        self.names = Names(language, {function, *self._natives})
        prefix = language.prefix.format(name=function)
        for key, wanted in self._wanted.items():
            self._wanted[key] = replace(wanted, name=self.names.claim(prefix + wanted.name))

    def _look_up(self, program: Program) -> None:
        for node in program.live():
            head = program.heads[node]
            if isinstance(head, Row) and needs_name(head):
                self._require(head, program, program.inputs[node])

    def _require(self, row: Row, program: Program, inputs: tuple[int, ...]) -> None:
        native = self.language.native(row)
        if called(native):
            self._natives.add(native)
        if called(native) or _is_symbol(native) or (key := _key(row, native, program, inputs)) in self._wanted:
            return
        wanted = self._make(row, key, native)
        if wanted.program is not None:
            self._look_up(wanted.program)  # what a helper calls comes before it
        self._wanted[key] = wanted

    def _make(self, row: Row, key: Key, native: str) -> _Wanted:
        order = key[1]
        if native:
            return _Wanted(row.name, row.title, row.arguments, None, native)
        if order is not None and order < len(row.code.orders):
            formula, name, arguments = row.code.orders[order], f"{row.name}{order}", row.arguments[1:]
        elif row.code.formula:
            formula, name, arguments = row.code.formula, row.name, row.arguments
        else:
            raise self._refusal(row, order)
        title = row.title if order is None else f"{row.title}, {row.arguments[0]} = {order}"
        return _Wanted(name, title, arguments, settled(lower(parse(formula).graph)))

    def _refusal(self, row: Row, order: int | None) -> Refusal:
        having = [one.title for one in self._languages if _speaks(one, row, order)]
        first = next((one.name for one in self._languages if _speaks(one, row, order)), None)
        arguments = ", ".join([row.arguments[0] if order is None else str(order), *row.arguments[1:]])
        message = f"{self.language.title} has no {row.name}({arguments})"
        if first is None:
            return Refusal(f"{message}, nor has any other language that derivkit writes")
        *others, last = having
        who = f"{', '.join(others)} and {last} have" if others else f"{last} has"
        return Refusal(f"{message}; {who}", hint=f"write --lang {first}")

    def call(self, row: Row, arguments: tuple[Text, ...], program: Program, inputs: tuple[int, ...]) -> Text:
        """A function of the table, of texts."""
        native = self.language.native(row)
        if _is_symbol(native):
            x, y = arguments
            return Text(f"{x.within(POWER + 1)}{native}{y.within(POWER + 1)}", POWER)
        if called(native):
            return self.language.call(native, arguments, native=True)
        key = _key(row, native, program, inputs)
        given = arguments if key[1] is None else arguments[1:]
        return self.language.call(self._wanted[key].name, given, native=False)

    def helpers(self) -> list[Helper]:
        """The helper functions, each after those that it calls."""
        return [self._helper(wanted) for wanted in self._wanted.values()]

    def _helper(self, wanted: _Wanted) -> Helper:
        if wanted.program is None:
            return Helper(wanted.name, wanted.title, wanted.arguments, Body([], [wanted.expression], []))
        names = Names(self.language, [*self._natives, *[one.name for one in self._wanted.values()]])
        parameters = {name: names.claim(name) for name in wanted.arguments}
        body = write(wanted.program, self.language, parameters, self.call, names.temporaries())
        return Helper(wanted.name, wanted.title, tuple(parameters.values()), body)


def _speaks(language: Language, row: Row, order: int | None = None) -> bool:
    """Whether a language has a function, or all that the row's formula needs."""
    if language.native(row):
        return True
    formula = row.code.formula if order is None else "".join(row.code.orders[order : order + 1])
    heads = parse(formula).graph.heads if formula else ()
    return bool(formula) and all(_speaks(language, head) for head in heads if isinstance(head, Row) and needs_name(head))


def _is_symbol(native: str) -> bool:
    return bool(native) and not any(character.isalnum() for character in native)


def _key(row: Row, native: str, program: Program, inputs: tuple[int, ...]) -> Key:
    """Which helper a call needs: one for each order, where the order is a whole number and the row has formulas for some."""
    if not row.code.orders or native:
        return row, None
    order = program.heads[inputs[0]]
    whole = isinstance(order, float) and order.is_integer()
    return row, int(order) if whole else None  # type: ignore[arg-type]  # a float
