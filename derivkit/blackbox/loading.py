"""Functions of the user's own modules, named as `package.module:function`, and errors in them as one sentence."""

from __future__ import annotations

import importlib
import os
import sys
import traceback
from collections.abc import Callable, Iterator
from contextlib import contextmanager, redirect_stdout, suppress
from pathlib import Path
from typing import Any

from derivkit.errors import DerivkitError, UsageError


def function_named(text: str, option: str) -> Callable[..., Any]:
    """A function of a module that Python finds from the current directory.

    Parameters
    ----------
    text : str
        `package.module:function`; the function may be an attribute of something: `module:thing.method`.
    option : str
        Which asked for it, for messages.

    Returns
    -------
    callable

    Raises
    ------
    UsageError
        If there is no such module or function, or importing the module fails.
    """
    module, colon, path = text.partition(":")
    if not (module and colon and path):
        raise UsageError(f"{option} {text} names no function", hint=f"write {option} package.module:function")
    if os.getcwd() not in sys.path:
        sys.path.insert(0, os.getcwd())
    try:
        with blaming(f"importing {module}"):
            found: Any = importlib.import_module(module)
    except ModuleNotFoundError as problem:
        raise UsageError(
            f"{option} {text}: there is no module {problem.name}", hint="modules are looked for in this folder first"
        ) from None
    for part in path.split("."):
        if not hasattr(found, part):
            raise UsageError(f"{option} {text}: {module} has no {path}")
        found = getattr(found, part)
    if not callable(found):
        raise UsageError(f"{option} {text} is {_kind(found)}, not a function")
    return found  # type: ignore[no-any-return]  # whatever can be called


def _kind(found: Any) -> str:
    name = type(found).__name__
    return f"{'an' if name[0].lower() in 'aeiou' else 'a'} {name}"


@contextmanager
def blaming(what: str) -> Iterator[None]:
    """Turn an error of the user's code into one sentence with file and line.

    Raises
    ------
    UsageError
        For whatever it raises, but modules that are not found, and derivkit's own errors.
    """
    try:
        yield
    except (DerivkitError, ModuleNotFoundError, KeyboardInterrupt):
        raise
    except BaseException as problem:  # SystemExit too: user code that ends the process has answered nothing
        raise UsageError(f"{what} failed: {_said(problem)}{_where(problem)}") from None


def _said(problem: BaseException) -> str:
    text = str(problem.msg if isinstance(problem, SyntaxError) else problem).strip()  # its own text says where a second time
    return f"{type(problem).__name__}: {text}" if text else type(problem).__name__


def _where(problem: BaseException) -> str:
    if isinstance(problem, SyntaxError) and problem.filename:
        return f" ({Path(problem.filename).name}, line {problem.lineno})"
    frames = traceback.extract_tb(problem.__traceback__)
    own = [frame for frame in frames if not frame.filename.startswith(str(Path(__file__).parents[1]))]
    own = [frame for frame in own if "importlib" not in frame.filename]
    return f" ({Path(own[-1].filename).name}, line {own[-1].lineno})" if own else ""


@contextmanager
def aside() -> Iterator[None]:
    """Send what user code writes to standard output to standard error, from beneath Python as well."""
    sys.stdout.flush()
    kept = None
    with suppress(OSError):
        kept = os.dup(1)
        os.dup2(2, 1)
    try:
        with redirect_stdout(sys.stderr):
            yield
    finally:
        if kept is not None:
            os.dup2(kept, 1)
            os.close(kept)
