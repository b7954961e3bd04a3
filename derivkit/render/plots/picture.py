"""A result as a picture in a file."""

from __future__ import annotations

from pathlib import PurePath
from typing import TYPE_CHECKING

from derivkit.errors import UsageError
from derivkit.render.message import shortened
from derivkit.saving import writing

if TYPE_CHECKING:
    from derivkit.fitting.result import FitResult
    from derivkit.training import TrainResult

FORMATS = {".svg": "svg", ".png": "png"}
_LONGEST = 150  # characters of a name in a message


def form_of(path: str) -> str:
    """The format that a file's name asks for.

    Raises
    ------
    UsageError
        If its end is neither .svg nor .png.

    Examples
    --------
    >>> form_of("loss.svg")
    'svg'
    """
    suffix = PurePath(path).suffix.lower()
    if suffix not in FORMATS:
        raise UsageError(
            f"{shortened(path, _LONGEST)}: the name of a picture must end in {' or '.join(FORMATS)}", hint="as in --plot fit.svg"
        )
    return FORMATS[suffix]


def drawing(result: TrainResult | FitResult, form: str) -> bytes | None:
    """The picture of a result: one sheet with the panels that fit it; None where there is nothing to draw.

    Parameters
    ----------
    result : TrainResult or FitResult
    form : str
        "svg" or "png".
    """
    from derivkit.fitting.result import FitResult
    from derivkit.render import fit, train
    from derivkit.render.plots import sheets
    from derivkit.render.plots.canvas import sheet

    if isinstance(result, FitResult):
        panels, heads = sheets.of_fit(result), fit.heading(result)
    else:
        panels, heads = sheets.of_training(result), train.heading(result)
    return sheet(*heads, panels, form) if panels else None


def plot(result: TrainResult | FitResult, path: str) -> bool:
    """Draw a result to a file: how the minimization went, what was fitted, and its residuals; of classes, how well they are told
    apart.

    Parameters
    ----------
    result : TrainResult or FitResult
        A training needs `diagnostics=True`.
    path : str
        Ending in .svg or .png. On any failure the old file stays whole.

    Returns
    -------
    bool
        False where there was nothing to draw, since the fit did not start; then nothing is written.

    Raises
    ------
    UsageError
        If the file's name ends otherwise, or a training kept nothing to draw.
    FileError
        If the file cannot be written.

    Examples
    --------
    >>> import derivkit as dk
    >>> result = dk.fit("y = a + b*x", {"x": [0.0, 1.0, 2.0, 3.0], "y": [0.0, 1.0, 2.0, 4.0]})
    >>> dk.plot(result, "/dev/null.svg")
    Traceback (most recent call last):
        ...
    derivkit.errors.FileError: cannot write /dev/null.svg: Permission denied
    """
    form = form_of(path)
    if getattr(result, "diagnostics", True) is None:
        raise UsageError("the training kept nothing to draw", hint="train with diagnostics=True")
    picture = drawing(result, form)
    if picture is None:
        return False
    with writing(path) as stream:
        stream.write(picture)
    return True
