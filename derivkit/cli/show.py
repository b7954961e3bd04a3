"""`derivkit show`."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from derivkit.cli.codegen import Target
from derivkit.cli.options import Format, FormatOption
from derivkit.cli.rows import ModelFile, refuse_over_input
from derivkit.cli.status import Reply
from derivkit.errors import UsageError
from derivkit.saving import save

if TYPE_CHECKING:
    from derivkit.codegen.source import CodeAnswer
    from derivkit.prediction import Model

EXAMPLES = (
    "derivkit show samples/model.json",
    "derivkit show samples/model.json --format latex",
    "derivkit show samples/model.json --lang c --class 1",
)

Lang = Annotated[Target | None, typer.Option("--lang", help="Write the prediction as source code in a language.")]
Label = Annotated[
    str | None, typer.Option("--class", metavar="CLASS", help="With --lang: whose probability. Default: of two classes, the last.")
]
Output = Annotated[
    str | None,
    typer.Option("-o", "--output", metavar="FILE", help="With --lang: write to a file; - is standard output.", show_default=False),
]


def show(
    model: ModelFile, format: FormatOption = Format.PRETTY, lang: Lang = None, label: Label = None, output: Output = None
) -> Reply:
    """A model from a file: its formula, as text, LaTeX or source code.

    With its coefficients, and where it comes from. The formula is in derivkit's own language. A column whose name is no variable's
    name has another one, and a level of a category has a variable that is 1 where the category has that level and 0 elsewhere; both
    are listed. With --lang, the prediction, or the probability of a class, is written as a function of these variables, with a
    self-test.
    """
    from derivkit.prediction import load
    from derivkit.render import code as coded
    from derivkit.render import show as rendered

    output = None if output == "-" else output
    refuse_over_input("-o", output, model)
    if lang is None and (label is not None or output is not None):
        raise UsageError(f"{'--class' if label is not None else '-o'} is for source code", hint="add --lang c, for example")
    loaded = load(model)
    code = None if lang is None else _code(loaded, lang, label, output)
    if code is not None and output is not None:
        save(output, code.code)
    if code is None:
        return Reply(document=lambda: rendered.document(loaded), page=lambda layout: rendered.page(loaded, layout))
    return Reply(
        document=lambda: {**rendered.document(loaded), "code": coded.document(code), "file": output},
        page=lambda layout: coded.page(code) if output is None else coded.saved(code, output),
    )


def _code(model: Model, lang: Target, label: str | None, output: str | None) -> CodeAnswer:
    """The prediction, or the probability of a class, as source code.

    Raises
    ------
    UsageError
        If there is no such class, or one of several must be named.
    """
    from derivkit.codegen.generate import generate
    from derivkit.data.words import listed

    outputs = model.outputs()
    names = [str(one.class_) for one in outputs]
    if label is not None and (outputs[0].class_ is None or label not in names):
        known = "the model has no classes" if outputs[0].class_ is None else f"the classes are {listed(names)}"
        raise UsageError(f"--class {label}: there is no such class", hint=known)
    if label is None and len(outputs) > 2:
        raise UsageError("the model has several classes: --class says whose probability to write", hint=f"--class {names[-1]}")
    chosen = outputs[-1] if label is None else outputs[names.index(label)]
    return generate(chosen.graph, lang.value, name="predict", order=0, file=output and Path(output).name)
