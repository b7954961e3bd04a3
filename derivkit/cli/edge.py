"""The edge of the program: where answers and errors are written, and everything that fails becomes one error and an exit status."""

from __future__ import annotations

import os
import sys
import traceback
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from typing import TYPE_CHECKING, Any, TextIO

import typer

from derivkit import __version__
from derivkit.cli.status import Reply, Status
from derivkit.errors import BudgetError, DerivkitError, FileError, Refusal, UsageError

if TYPE_CHECKING:
    from derivkit.render.page import Format


class InternalError(Refusal):
    """A mistake of derivkit's own."""

    code = "internal"


class UnwritableError(FileError):
    """Standard output takes nothing: what went wrong can only be said on standard error."""


@contextmanager
def reporting(name: str | None, options: Mapping[str, Any], *, json: bool, debug: bool = False) -> Iterator[None]:
    """Turn whatever fails inside into one error and an exit status; with `debug`, show the traceback first."""
    try:
        yield
    except (typer.Exit, KeyboardInterrupt):
        raise
    except Exception as problem:  # the edge of the program: even a bug ends in one line, and --debug shows where it is
        if debug:
            with suppress(OSError):
                traceback.print_exception(problem)
        raise typer.Exit(_report(_known(problem), name, options, json=json)) from None


def _known(problem: Exception) -> DerivkitError:
    if isinstance(problem, DerivkitError):
        return problem
    if isinstance(problem, typer.TyperException):
        return _usage_error(problem)
    if isinstance(problem, MemoryError | RecursionError):
        return BudgetError("the answer needs more memory or a deeper stack than there is")
    return InternalError(
        f"a mistake inside derivkit: {type(problem).__name__}: {problem}",
        hint="run it again with --debug and report what it prints",
    )


def _usage_error(problem: typer.TyperException) -> UsageError:
    near: Sequence[str] = getattr(problem, "possibilities", None) or ()
    message = problem.message if near else problem.format_message().rstrip(".")
    hint = f"did you mean {near[0]}?" if near else "-h shows what is allowed"
    return UsageError(message[:1].lower() + message[1:], hint=hint)


@contextmanager
def keeping(warnings: Sequence[str]) -> Iterator[None]:
    """Let an error that follows carry the warnings that came before it."""
    try:
        yield
    except DerivkitError as problem:
        for warning in warnings:
            problem.add_note(warning)
        raise


def _report(problem: DerivkitError, name: str | None, options: Mapping[str, Any], *, json: bool) -> int:
    """Write an error: as JSON to standard output, or as a few lines to standard error. Returns the exit status."""
    warnings = tuple(getattr(problem, "__notes__", ()))
    if json and not isinstance(problem, UnwritableError):
        from derivkit.render import document

        try:
            with written():
                _write_document({"error": document.error(problem)}, name, options, warnings)
            return problem.exit_status
        except UnwritableError as unwritten:
            problem = unwritten
    from derivkit.render import message, page

    try:
        page.write_error([*message.warning_page(warnings), *message.error_page(problem)])
    except OSError:  # nobody can be told
        _discard(sys.stderr)
    return problem.exit_status


def present(reply: Reply, name: str, options: Mapping[str, Any], *, json: bool) -> None:
    """Write an answer: its document, or its warnings and its page.

    Raises
    ------
    FileError
        If it cannot be written.
    """
    from derivkit.render import message, page

    with written():
        if json:
            _write_document(reply.document(), name, options, (*reply.warnings, *reply.said))
            return
        page.write_error(message.warning_page(reply.warnings))
        form: Format = options["format"].value if "format" in options else "pretty"
        page.write(reply.page(page.Layout.of(sys.stdout, form)), sys.stdout)


def _write_document(keys: Mapping[str, Any], name: str | None, options: Mapping[str, Any], warnings: Sequence[str]) -> None:
    from derivkit.render import document

    point = options.get("at")
    shown = {**options, "at": ",".join(point)} if isinstance(point, list) else options  # --at may come in parts
    head = {"command": name, "version": __version__, "input": document.given(shown), "warnings": list(warnings)}
    sys.stdout.write(document.dumps({**head, **keys}) + "\n")
    sys.stdout.flush()


def require_streams() -> None:
    """See that there is something to write to; where standard error was closed, errors are silent.

    Raises
    ------
    FileError
        If standard output was closed.
    """
    if sys.stderr is None:
        sys.stderr = open(os.devnull, "w", encoding="utf-8")  # noqa: SIM115  # for as long as the process lives
    if sys.stdout is None:
        raise UnwritableError("cannot write the result: standard output is closed")


@contextmanager
def written() -> Iterator[None]:
    """Turn a reader that went away into a quiet exit, and a full disk into an error."""
    try:
        yield
    except BrokenPipeError:
        _discard(sys.stdout)
        raise typer.Exit(Status.BROKEN_PIPE) from None
    except OSError as problem:
        _discard(sys.stdout)
        raise UnwritableError(f"cannot write the result: {problem.strerror}") from None


def _discard(stream: TextIO) -> None:
    """Let what a stream still holds go nowhere, so that closing it does not fail again."""
    with suppress(OSError):
        os.dup2(os.open(os.devnull, os.O_WRONLY), stream.fileno())
