"""What commands on tables and models share: where both come from, where models go, what levels are compared with."""

from __future__ import annotations

import os
import sys
from collections.abc import Sequence
from typing import TYPE_CHECKING, Annotated, BinaryIO

import typer

from derivkit.errors import UsageError
from derivkit.expression.lexer import shortened
from derivkit.saving import require_folder

if TYPE_CHECKING:
    from derivkit.fitting.result import FitResult
    from derivkit.training import TrainResult
    from derivkit.training.mlp import TrainedNetwork

_LONGEST = 150  # characters of a name in a message

Save = Annotated[str | None, typer.Option("--save", metavar="MODEL.json", help="Keep the model in a file, for predict and show.")]
ModelFile = Annotated[
    str, typer.Argument(metavar="MODEL.json", help="A model that train or fit kept with --save.", show_default=False)
]
DataFile = Annotated[
    str,
    typer.Argument(
        metavar="FILE.csv", help="Rows of data: CSV, gzipped too, or Parquet; - for standard input.", show_default=False
    ),
]


def rows_of(argument: str) -> str | BinaryIO:
    """The path that an argument is, or standard input for "-"."""
    return sys.stdin.buffer if argument == "-" else argument


def levels_of(options: Sequence[str]) -> dict[str, str]:
    """The level by column, of options such as "species=setosa".

    Raises
    ------
    UsageError
        If an option is not of that form, or a column is given twice.
    """
    levels: dict[str, str] = {}
    for option in options:
        column, sign, level = (part.strip() for part in option.partition("="))
        if not (column and sign and level):
            raise UsageError(f"--reference {option} is not COLUMN=LEVEL", hint="as in --reference species=setosa")
        if column in levels:
            raise UsageError(f"--reference names the column {column} twice")
        levels[column] = level
    return levels


def refuse_over_input(option: str, output: str | None, *inputs: str) -> None:
    """See, before any work, that a file that is written is none of those that are read, and can be written at all.

    Raises
    ------
    UsageError
        Naming the option.
    FileError
        If there is no such folder, or nothing can be written there.
    """
    if output is None:
        return
    require_folder(output)
    for given in inputs:
        if os.path.exists(output) and os.path.exists(given) and os.path.samefile(output, given):
            raise UsageError(
                f"{option} {shortened(output, _LONGEST)} would overwrite a file that is read", hint="give another name"
            )


def kept(path: str | None, unsaved: tuple[str, ...]) -> list[str]:
    """The line of a page that says where a model was kept."""
    from derivkit.render.message import printable

    return [] if path is None or unsaved else [f"saved: {printable(path)}"]


def saved(result: TrainResult | TrainedNetwork | FitResult, path: str | None) -> tuple[str, ...]:
    """Keep a model; a warning where there is none to keep."""
    if path is None:
        return ()
    if not result.converged:
        return (f"nothing saved to {shortened(path, _LONGEST)}: there is no model",)
    result.save(path)
    return ()
