"""A result as a picture in a file."""

from __future__ import annotations

from pathlib import PurePath
from typing import TYPE_CHECKING

from derivkit.errors import UsageError
from derivkit.render.message import shortened
from derivkit.render.plots.canvas import Sheet
from derivkit.saving import writing

if TYPE_CHECKING:
    from derivkit.fitting.result import FitResult
    from derivkit.minimizing.result import MinimizeResult
    from derivkit.networks import NetworkResult
    from derivkit.training import TrainResult
    from derivkit.training.mlp import TrainedNetwork

    Drawable = TrainResult | TrainedNetwork | FitResult | MinimizeResult | NetworkResult

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


def sheet_of(result: Drawable) -> Sheet | None:
    """The panels that fit a result; None where there is nothing to draw.

    Raises
    ------
    UsageError
        If a training kept nothing to draw.
    """
    from derivkit.fitting.result import FitResult
    from derivkit.minimizing.result import MinimizeResult
    from derivkit.networks import NetworkResult
    from derivkit.render import fit, net, train
    from derivkit.render.plots import sheets
    from derivkit.training.mlp import TrainedNetwork

    if isinstance(result, FitResult):
        heads, panels = fit.heading(result), sheets.of_fit(result)
    elif isinstance(result, TrainedNetwork):
        return sheet_of(result.network)
    elif isinstance(result, MinimizeResult):
        heads, panels = sheets.heading_of_minimization(result), sheets.of_minimization(result)
    elif isinstance(result, NetworkResult):
        heads, panels = net.heading(result), sheets.of_network(result)
    elif result.diagnostics is None:
        raise UsageError("the training kept nothing to draw", hint="train with diagnostics=True")
    else:
        heads, panels = train.heading(result), sheets.of_training(result, result.diagnostics)
    return Sheet(*heads, panels) if panels else None


def plot(result: Drawable, path: str) -> bool:
    """Draw a result to a file: how the minimization went, what was fitted, and its residuals; of classes, how well they are told
    apart.

    Of a minimization: the function around the ways of all methods, of more than two variables in the plane of their main
    directions; values and gradients by step; what became of other learning rates.

    Parameters
    ----------
    result : TrainResult, TrainedNetwork, FitResult, MinimizeResult or NetworkResult
        A training needs `diagnostics=True`.
    path : str
        Ending in .svg or .png. On any failure the old file stays whole.

    Returns
    -------
    bool
        False where there was nothing to draw; then nothing is written.

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
    >>> dk.plot(result, "fit.gif")
    Traceback (most recent call last):
        ...
    derivkit.errors.UsageError: fit.gif: the name of a picture must end in .svg or .png
    """
    form = form_of(path)
    sheet = sheet_of(result)
    if sheet is None:
        return False
    picture = sheet.file(form)
    with writing(path) as stream:
        stream.write(picture)
    return True
