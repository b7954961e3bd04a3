"""The part of `derivkit check` that checks a user's own code."""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Annotated

import typer

from derivkit.cli.status import Reply, status_of
from derivkit.errors import PointError, UsageError

if TYPE_CHECKING:
    from derivkit.blackbox.points import Place
    from derivkit.blackbox.result import GradientVerdict


@dataclass(frozen=True, slots=True)
class OwnCode:
    """The options that name a user's own function and gradient."""

    function: Annotated[
        str | None, typer.Option("--function", metavar="MODULE:NAME", help="Check your own Python function, with --gradient.")
    ] = None
    gradient: Annotated[str | None, typer.Option("--gradient", metavar="MODULE:NAME", help="Its gradient.")] = None
    command: Annotated[
        str | None,
        typer.Option("--command", metavar="PROGRAM", help="Check a program that answers points with values and gradients."),
    ] = None
    tolerance: Annotated[
        float | None, typer.Option("--tolerance", metavar="R", help="Relative error of an entry that may go unseen. Default: 1e-6.")
    ] = None
    seed: Annotated[int, typer.Option("--seed", metavar="N", help="Of the random directions.")] = 0
    seconds: Annotated[
        float | None,
        typer.Option("--seconds", metavar="S", help="Time for the check. Default: 60, and 30 for one answer of a program."),
    ] = None

    @property
    def given(self) -> bool:
        """Whether own code is to be checked at all."""
        return not self.function is self.gradient is self.command is None


def check_own_code(own: OwnCode, at: Sequence[str] | None) -> Reply:
    """Check a gradient in a module or a program at a point.

    Parameters
    ----------
    own : OwnCode
    at : sequence of str
        The point: the name of a file, or JSON.

    Returns
    -------
    Reply

    Raises
    ------
    DerivkitError
        If the options, the point or the code cannot be used.
    """
    from derivkit.blackbox.loading import aside, blaming
    from derivkit.blackbox.points import read_point
    from derivkit.render import gradient as rendered

    _require_fitting(own)
    if not at or len(at) > 1:
        raise PointError("own code is checked at one point", hint='write --at FILE.npy, .json or .csv, or --at "[1, 2, 3]"')
    place = read_point(at[0])
    title = own.command if own.command is not None else f"{own.function}, {own.gradient}"
    with aside(), blaming("the code at the point"):
        found = _in_program(own, place) if own.command is not None else _in_module(own, place)
    return Reply(
        document=lambda: {"check": rendered.document(found)},
        page=lambda layout: rendered.page(found, str(title), layout),
        status=status_of(found),
    )


def _require_fitting(own: OwnCode) -> None:
    if own.command is not None and (own.function is not None or own.gradient is not None):
        raise UsageError("--command stands beside --function or --gradient", hint="give the one or the others")
    if own.command is None and (own.function is None or own.gradient is None):
        missing = "--gradient" if own.gradient is None else "--function"
        raise UsageError(f"{missing} is missing", hint="write --function module:loss --gradient module:loss_gradient")
    if own.tolerance is not None and not own.tolerance > 0:
        raise UsageError(f"--tolerance {own.tolerance:g} is not a positive number", hint="write --tolerance 1e-6")
    if own.seconds is not None and not 0 < own.seconds < math.inf:
        raise UsageError(f"--seconds {own.seconds:g} is not a positive number", hint="write --seconds 60")


def _in_module(own: OwnCode, place: Place) -> GradientVerdict:
    from derivkit.blackbox.loading import function_named

    assert own.function is not None and own.gradient is not None  # _require_fitting has seen to it
    function = function_named(own.function, "--function")
    return _checked(function, function_named(own.gradient, "--gradient"), place, own)


def _in_program(own: OwnCode, place: Place) -> GradientVerdict:
    from derivkit.blackbox.program import SECONDS, Program

    assert own.command is not None  # the caller has seen to it
    with Program(own.command, seconds=own.seconds or SECONDS) as program:
        return _checked(program.value, program.gradient, place, own)


def _checked(function: Callable[..., object], gradient: Callable[..., object], place: Place, own: OwnCode) -> GradientVerdict:
    from derivkit.blackbox.check import SECONDS, check_gradient

    seconds = own.seconds or SECONDS
    return check_gradient(function, gradient, place.x, tolerance=own.tolerance, seed=own.seed, names=place.names, seconds=seconds)
