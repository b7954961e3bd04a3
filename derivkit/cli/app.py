"""The Typer application."""

from __future__ import annotations

import sys
from collections.abc import Sequence
from importlib import import_module
from typing import Annotated, Any

import typer
from typer.core import TyperGroup

from derivkit import __version__
from derivkit.cli.command import build, convert_plainly, unknown_command
from derivkit.cli.edge import reporting, require_streams, written
from derivkit.errors import UsageError

# One line a command: derivkit/cli/NAME.py holds the function NAME and its EXAMPLES, and is imported when the command runs.
COMMANDS = {
    "diff": "The derivative of an expression, of any order.",
    "grad": "All first partial derivatives of an expression.",
    "hessian": "The matrix of second partial derivatives of an expression.",
    "jacobian": "The matrix of first partial derivatives of several expressions.",
    "check": "Is a derivative right, and if not, why not?",
    "certify": "Prove or refute a claim about a function on a region.",
    "health": "How many digits a formula keeps in doubles, and a better formula.",
    "tape": "The forward and the backward pass, step by step.",
    "graph": "The computation graph: which node is made from which.",
    "codegen": "A function and its derivatives as source code.",
    "functions": "The table of functions.",
    "selftest": "Every function of the table, by all routes, over its domain.",
    "minimize": "Find a minimum of an expression, and see how it goes.",
    "net": "A network: its layers, both passes of a row, and its training.",
    "train": "Fit a model to the rows of a file.",
    "fit": "Fit a formula to the rows of a file.",
    "predict": "Predict for the rows of a file, by a model from a file.",
    "evaluate": "How good a model from a file is on the rows of a file.",
    "show": "A model from a file: its formula, as text, LaTeX or source code.",
}


class Commands(TyperGroup):
    """The commands, each loaded when it is asked for, and the edge at which every error becomes an exit status."""

    def list_commands(self, ctx: Any) -> list[str]:
        """The names, in the order in which people read them."""
        return list(COMMANDS)

    def get_command(self, ctx: Any, cmd_name: str) -> Any:
        """Load a command."""
        if cmd_name not in COMMANDS:
            raise unknown_command(cmd_name, list(COMMANDS))
        module = import_module(f"derivkit.cli.{cmd_name}")
        return build(cmd_name, getattr(module, cmd_name), module.EXAMPLES)

    def parse_args(self, ctx: Any, args: list[str]) -> list[str]:
        """Read the options before the command's name."""
        parameters = self.get_params(ctx)
        if args and args[0].startswith("-") and not any(args[0] in parameter.opts for parameter in parameters):
            raise UsageError(f"{args[0]} stands before the name of a command", hint="write derivkit diff EXPR --json, for example")
        convert_plainly(parameters)
        return super().parse_args(ctx, args)

    def format_commands(self, ctx: Any, formatter: Any) -> None:
        """Write the list of commands without loading any."""
        with formatter.section("Commands"):
            formatter.write_dl(list(COMMANDS.items()))

    def main(self, args: Sequence[str] | None = None, *, standalone_mode: bool = True, **extra: Any) -> Any:  # type: ignore[override]  # by name only
        """Run a command line; without arguments, show the help."""
        given = list(sys.argv[1:] if args is None else args)
        extra["prog_name"] = "derivkit"
        before = given[: given.index("--")] if "--" in given else given
        name = next((token for token in given if token in COMMANDS), None)
        try:
            with reporting(name, {"arguments": given}, json="--json" in before, debug="--debug" in before):
                require_streams()
                with written():  # the help and the version
                    status = super().main(given or ["--help"], standalone_mode=False, **extra)
        except typer.Exit as done:
            status = done.exit_code
        if standalone_mode:
            sys.exit(status or 0)
        return status


app = typer.Typer(
    name="derivkit",
    cls=Commands,
    add_completion=False,
    rich_markup_mode=None,  # plain help: importing Rich would take as long as Typer
    pretty_exceptions_enable=False,
    context_settings={"help_option_names": ["-h", "--help"]},
    epilog="Run derivkit COMMAND -h for the options of a command and examples.",
)


def _show_version(wanted: bool) -> None:
    if wanted:
        typer.echo(f"derivkit {__version__}")
        raise typer.Exit


@app.callback()
def derivkit(
    version: Annotated[
        bool, typer.Option("--version", callback=_show_version, is_eager=True, help="Show the version and exit.")
    ] = False,
) -> None:
    """Derivatives one can trust: a formula, numbers by several routes, and a verdict that says whether they agree."""
