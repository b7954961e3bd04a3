"""A command as Typer runs it: minus signs read right, answers and errors written in one place."""

from __future__ import annotations

import inspect
import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import fields, is_dataclass
from difflib import get_close_matches
from enum import EnumType
from typing import TYPE_CHECKING, Any, get_type_hints

import typer
from typer.core import TyperCommand

from derivkit.cli.edge import present, reporting
from derivkit.cli.options import Debug, Json
from derivkit.cli.source import read_expression
from derivkit.cli.status import Reply
from derivkit.errors import UsageError
from derivkit.expression.lexer import shortened

if TYPE_CHECKING:
    from collections.abc import Iterator

EXPRESSIONS = ("expression", "expressions")  # parameters that may be - or @FILE
_LONGEST_SHOWN = 40  # characters of a value in a message
_WHOLE = re.compile(r"[+-]?[0-9]{1,4000}")  # Python converts no more digits
_ELSEWHERE = {"--var": "--wrt", "--vars": "--wrt", "--variable": "--wrt", "--point": "--at"}  # what other programs say
_OPTION = re.compile(r"--[A-Za-z][A-Za-z0-9-]+(=.*)?", re.DOTALL)


class Command(TyperCommand):
    """A command whose arguments may begin with a minus sign.

    A token is an option if the command has an option of exactly that name, or if it looks like `--name`, so that a misspelt option
    is still an error. Every other token is an argument, wherever it stands: `-x^2`, `-cos(x)`, `-1`.
    """

    examples: tuple[str, ...] = ()

    def parse_args(self, ctx: Any, args: list[str]) -> list[str]:
        """Put the options first and the arguments behind `--`, as the parser underneath wants them."""
        convert_plainly(self.get_params(ctx))
        takes_value = {
            name: not getattr(parameter, "is_flag", False)
            for parameter in self.get_params(ctx)
            if parameter.param_type_name == "option"
            for name in (*parameter.opts, *parameter.secondary_opts)
        }
        options, arguments = _sorted_out(args, takes_value)
        self._refuse_single_dash(arguments, takes_value)
        return super().parse_args(ctx, [*options, "--", *arguments])

    def _refuse_single_dash(self, arguments: Sequence[str], names: Mapping[str, bool]) -> None:
        """`-json` is the expression minus json where an expression is missing; beside one it is a misspelt option."""
        most = sum(p.nargs for p in self.params if p.param_type_name == "argument")
        slips = [name for name in (argument.partition("=")[0] for argument in arguments) if f"-{name}" in names]
        if slips and len(arguments) > max(most, 1):
            raise UsageError(f"no such option: {slips[0]}", hint=f"did you mean -{slips[0]}?")

    def collect_usage_pieces(self, ctx: Any) -> list[str]:
        """The usage line as other programs write it: no braces around what is required."""
        return [piece.replace("{", "").replace("}", "") for piece in super().collect_usage_pieces(ctx)]

    def format_epilog(self, ctx: Any, formatter: Any) -> None:
        """Write the examples, each on a line of its own."""
        formatter.write("\nExamples:\n")
        for example in self.examples:
            formatter.write(f"  {example}\n")


def _sorted_out(args: Sequence[str], takes_value: Mapping[str, bool]) -> tuple[list[str], list[str]]:
    options: list[str] = []
    arguments: list[str] = []
    rest = iter(args)
    for token in rest:
        if token == "--":
            arguments += rest
        elif token in takes_value:
            options.append(token)
            if takes_value[token]:
                options.append(_value_after(token, rest))
        elif _OPTION.fullmatch(token):
            if token.partition("=")[0] not in takes_value:
                raise _no_such_option(token.partition("=")[0], list(takes_value))
            options.append(token)
        else:
            arguments.append(token)
    return options, arguments


def _no_such_option(given: str, known: Sequence[str]) -> UsageError:
    near = [_ELSEWHERE[given]] if _ELSEWHERE.get(given) in known else get_close_matches(given, known, 1)
    return UsageError(f"no such option: {given}", hint=f"did you mean {near[0]}?" if near else "-h shows what is allowed")


def _value_after(option: str, rest: Iterator[str]) -> str:
    for value in rest:
        return value
    raise UsageError(f"option {option} requires a value", hint="-h shows what is allowed")


def build(name: str, function: Callable[..., Reply], examples: Sequence[str]) -> TyperCommand:
    """Make a command of a function that takes options and returns a `Reply`.

    Reading `-` and `@FILE`, `--json`, `--debug`, warnings, errors and the exit status are added here, the same for all commands. A
    parameter that is a dataclass stands for one option a field.
    """
    parameters, groups = _flattened(function)

    def run(*, json: bool, debug: bool, **options: Any) -> None:
        with reporting(name, options, json=json, debug=debug):
            for key in EXPRESSIONS:
                if options.get(key) is not None:
                    given = options[key]
                    options[key] = read_expression(given) if isinstance(given, str) else [read_expression(text) for text in given]
            reply = function(**_grouped(options, groups))
            present(reply, name, options, json=json)
        raise typer.Exit(reply.status)

    shared = [_parameter("json", False, Json), _parameter("debug", False, Debug)]
    run.__signature__ = inspect.Signature([*parameters, *shared])  # type: ignore[attr-defined]  # functions may have one
    run.__annotations__ = {parameter.name: parameter.annotation for parameter in (*parameters, *shared)}
    holder = typer.Typer(add_completion=False, rich_markup_mode=None, pretty_exceptions_enable=False)
    holder.command(name, cls=Command, help=function.__doc__, context_settings={"help_option_names": ["-h", "--help"]})(run)
    command = typer.main.get_command(holder)
    assert isinstance(command, Command)
    command.examples = tuple(examples)
    for parameter in command.params:
        _name_plainly(parameter)
    return command


def _name_plainly(parameter: Any) -> None:
    """Show no type beside an argument: its name says what it is."""
    if parameter.param_type_name == "argument":
        parameter.display_type_rich = lambda ctx: None


def _flattened(function: Callable[..., Reply]) -> tuple[list[inspect.Parameter], dict[str, Any]]:
    """The parameters of a command, those of its groups among them, and the groups."""
    hints = get_type_hints(function, include_extras=True)
    groups = {key: hint for key, hint in hints.items() if key != "return" and is_dataclass(hint)}
    parameters: list[inspect.Parameter] = []
    for name, given in inspect.signature(function).parameters.items():
        if name in groups:
            inner = get_type_hints(groups[name], include_extras=True)
            parameters += [_parameter(field.name, field.default, inner[field.name]) for field in fields(groups[name])]
        else:
            parameters.append(_parameter(name, given.default, hints[name]))
    return parameters, groups


def _parameter(name: str, default: Any, hint: Any) -> inspect.Parameter:
    return inspect.Parameter(name, inspect.Parameter.KEYWORD_ONLY, default=default, annotation=hint)


def _grouped(options: Mapping[str, Any], groups: Mapping[str, Any]) -> dict[str, Any]:
    """The options as the function of a command takes them."""
    grouped = dict(options)
    for name, group in groups.items():
        grouped[name] = group(**{field.name: grouped.pop(field.name) for field in fields(group)})
    return grouped


def convert_plainly(parameters: Sequence[Any]) -> None:
    """Convert the texts of parameters without asking Pydantic, and say in our own words what is allowed.

    Typer would import Pydantic for the first value of any type: a tenth of the time that `diff` takes.
    """
    for parameter in parameters:
        _convert_plainly(parameter)


def _convert_plainly(parameter: Any) -> None:
    thorough = parameter.process_value
    wanted = parameter.type_descriptor.annotation

    def process_value(ctx: Any, value: Any) -> Any:
        if value is None:
            return thorough(ctx, value) if parameter.required else None
        if parameter.callback is not None:
            return thorough(ctx, value)
        if isinstance(wanted, type) and isinstance(value, wanted):
            return value
        if isinstance(value, list | tuple) and all(isinstance(item, str) for item in value):
            return list(value) if value or not parameter.required else thorough(ctx, value)
        return _converted(parameter.opts[0], value, wanted) if isinstance(value, str) else thorough(ctx, value)

    parameter.process_value = process_value


def _converted(option: str, given: str, wanted: Any) -> Any:
    shown = f"{option} {shortened(given, _LONGEST_SHOWN)}"
    if isinstance(wanted, EnumType):
        choices: list[Any] = list(wanted)
        allowed = [str(choice.value) for choice in choices]
        if given in allowed:
            return wanted(given)
        near = get_close_matches(given.lower(), allowed, 1)
        listed = f"{', '.join(allowed[:-1])} or {allowed[-1]}"
        raise UsageError(f"{shown}: choose {listed}", hint=f"did you mean {near[0]}?" if near else None)
    if wanted is int:
        if _WHOLE.fullmatch(given):
            return int(given)
        raise UsageError(f"{shown} is not a whole number", hint=f"write {option} 2")
    try:
        return wanted(given)
    except ValueError:
        raise UsageError(f"{shown} is not a number", hint=f"write {option} 0.5") from None


def unknown_command(name: str, known: Sequence[str]) -> UsageError:
    """The error for a command that does not exist."""
    near = get_close_matches(name, known, 1)
    hint = f"did you mean {near[0]}?" if near else f"the commands are {', '.join(known)}"
    return UsageError(f"no such command: {name}", hint=hint)
