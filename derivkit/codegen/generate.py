"""A function and its derivatives as a source text in another language."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from textwrap import wrap

from derivkit import __version__
from derivkit.codegen.chains import settled
from derivkit.codegen.expected import cases
from derivkit.codegen.language import Language
from derivkit.codegen.library import Library
from derivkit.codegen.lower import lower
from derivkit.codegen.names import function_name
from derivkit.codegen.source import Case, CodeAnswer, Expected, Source
from derivkit.codegen.targets import LANGUAGES
from derivkit.codegen.writer import write
from derivkit.enclose import Point
from derivkit.expression.graph import Graph
from derivkit.expression.lexer import shortened
from derivkit.expression.printer import to_text
from derivkit.expression.stable import stabilize
from derivkit.tape.differentiate import derivatives_graph, whole_hessian

WIDTH = 96
LONGEST = 1000  # characters of the formula in the comment
_PLAIN_NAME = re.compile(r"[A-Za-z0-9_][A-Za-z0-9_.-]{0,59}")  # which no shell and no comment reads as anything else
RESULTS = ("Value", "Value and gradient", "Value, gradient and Hessian")


def generate(
    graph: Graph, language: str, *, name: str = "f", order: int = 1, at: Point | None = None, file: str | None = None
) -> CodeAnswer:
    """Write a function with its derivatives.

    Parameters
    ----------
    graph : Graph
        The function, with one output.
    language : str
        A key of `LANGUAGES`.
    name : str
        Of the function that is written.
    order : int
        0 for the value, 1 for the gradient too, 2 for the Hessian too.
    at : mapping of str to Graph, optional
        The point of the self-test; by default some from the function's own domain.
    file : str, optional
        What the file will be called, for the command of the self-test; by default, and where it is no plain name, as the function.

    Returns
    -------
    CodeAnswer

    Raises
    ------
    UsageError
        If the name cannot be one.
    Refusal
        If the language lacks a function, or no point for the self-test is found.

    Examples
    --------
    >>> from derivkit.expression.parser import parse
    >>> answer = generate(parse("x^2").graph, "c", order=0)
    >>> [line for line in answer.code.splitlines() if "return x" in line]
    ['    return x*x;']
    """
    target = LANGUAGES[language]
    function = function_name(name, target)
    variables = graph.variables
    derivatives = derivatives_graph(stabilize(graph), variables, order)
    program = settled(lower(derivatives))
    program.outputs = whole_hessian(program.outputs, len(variables))
    library = Library(target, program, function, LANGUAGES.values())
    names = {variable: library.names.claim(variable) for variable in variables}
    body = write(program, target, names, library.call, library.names.temporaries())
    heads = {program.heads[node] for node in program.live()}
    source = Source(
        name=function,
        parameters=tuple(names.values()),
        order=order,
        body=body,
        helpers=library.helpers(),
        head=_head(graph, target, function, file, names),
        summary=RESULTS[order],
        labels=_labels(function, list(names.values()), order),
        cases=[
            Case(case.at, whole_hessian(case.expected, len(variables)), whole_hessian(case.tolerance, len(variables)))
            for case in cases(graph, derivatives, variables, at)
        ],
        unused=[names[one] for one in variables if one not in heads],
    )
    tests = tuple(_record(case, order, variables) for case in source.cases)
    return CodeAnswer(to_text(graph), language, target.file(source), order, variables, tests)


def _head(graph: Graph, language: Language, function: str, file: str | None, names: Mapping[str, str]) -> list[str]:
    """What is computed, by whom it was written and how it is tested; nothing in it but the printer's own characters."""
    formula = f"{function}({', '.join(names)}) = {shortened(to_text(graph), LONGEST)}"
    lines = wrap(formula, WIDTH, subsequent_indent="    ", break_on_hyphens=False)
    renamed = [f"{new} for {old}" for old, new in names.items() if new != old]
    lines += wrap(f"with {', '.join(renamed)}", WIDTH) if renamed else []
    notes = [language.note] if language.note else []
    plain = file is not None and _PLAIN_NAME.fullmatch(file)
    test = language.run.format(file=file if plain else f"{function}.{language.extension}")
    return [*lines, "", *notes, f"Written by derivkit {__version__}. Self-test: {test}"]


def _labels(function: str, variables: Sequence[str], order: int) -> list[str]:
    labels = [function]
    if order >= 1:
        labels += [f"d{function}/d{name}" for name in variables]
    if order >= 2:
        labels += [f"d2{function}/d{one}d{other}" for one in variables for other in variables]
    return labels


def _record(case: Case, order: int, variables: Sequence[str]) -> Expected:
    size = len(variables)
    flat = case.expected
    rows = tuple(flat[1 + size * (k + 1) : 1 + size * (k + 2)] for k in range(size))
    at = dict(zip(variables, case.at, strict=True))
    return Expected(at, flat[0], flat[1 : 1 + size] if order >= 1 else None, rows if order >= 2 else None)
