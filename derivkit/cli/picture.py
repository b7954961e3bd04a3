"""`--plot`: what the commands share that can draw what they found."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

import typer

if TYPE_CHECKING:
    from derivkit.render.page import Line
    from derivkit.render.plots.picture import Drawable

Plot = Annotated[
    str | None,
    typer.Option("--plot", metavar="FILE", help="Draw the fit and its residuals to FILE.svg or FILE.png.", show_default=False),
]
NOTHING = "no picture was drawn: there is nothing to draw"


def check(path: str | None) -> None:
    """Refuse a name that is no picture's, or a place that takes none, before the work begins.

    Raises
    ------
    UsageError
        If it does not end in .svg or .png.
    FileError
        If nothing can be written there.
    """
    if path is not None:
        from derivkit.render.plots import form_of
        from derivkit.saving import require_folder

        form_of(path)
        require_folder(path)


def drawn(result: Drawable, path: str | None) -> str | None:
    """Draw a result, if there is a path and something to draw; the path, if the file was written."""
    if path is None:
        return None
    from derivkit.render.plots import plot

    return path if plot(result, path) else None


def missing(path: str | None, file: str | None) -> tuple[str, ...]:
    """The warning that a picture was asked for and not drawn."""
    return (NOTHING,) if path is not None and file is None else ()


def said(file: str | None) -> list[Line]:
    """The line of a page that names the picture."""
    from derivkit.render.message import printable

    return [] if file is None else [f"picture: {printable(file)}"]
