"""What the tests of the command line share."""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from typing import Any

import pytest
from typer.testing import CliRunner, Result

from derivkit.cli.app import app

Run = Callable[..., Result]

PROGRESS = re.compile(r"^(?:step|epoch|start) \d+: .*\n", re.MULTILINE)  # told from time to time

# How far routes differ, and where most, is a matter of the last bits, which processors and libraries round differently; how long a
# training takes is one of the machine.
_ROUTE = "symbolic|tape|jets|enclosure|differences|curvature"
_MASKS = (
    (re.compile(rf"\b({_ROUTE}) (?:<?\d+(?:\.\d+)?(?:e[-+]\d+)?|inf|nan)\b"), r"\1 #"),
    (re.compile(rf"^({_ROUTE})  (?![ =≠?]*$).*$", re.MULTILINE), r"\1  #"),
    (re.compile(r"^([∂d]\S*/\S+)(?: +<?\d[\d.e+-]*){2,}$", re.MULTILINE), r"\1  #"),
    (re.compile(r"^    \de[-+]\d\d  .*$", re.MULTILINE), "    #"),
    (re.compile(r"^(  digits lost ).*$", re.MULTILINE), r"\1#"),
    (re.compile(r"^(    slope of error against step: ).*$", re.MULTILINE), r"\1#"),
    (re.compile(r'("(?:digits_lost|slopes)": )\{[^}]*\}'), r"\1#"),
    (re.compile(r'("(?:truncation|rounding)": )[^,\n]+'), r"\1#"),
    (re.compile(r'("(?:max_relative_error|error_bound)": )[^,\n]+'), r"\1#"),
    (re.compile(r'("worst_at": )\{[^}]*\}'), r"\1#"),
    (
        re.compile(
            r"^(noise of a value|visible error of an entry|Taylor remainder of order|calls of the function)  .*$", re.MULTILINE
        ),
        r"\1  #",
    ),
    (re.compile(r"^(x\[\d+\].*)  \S+$", re.MULTILINE), r"\1  #"),  # entries of a gradient: how well each is known
    (re.compile(r"± \S+"), "± #"),
    (re.compile(r"(an\s+error of )\S+( of an entry would)"), r"\1#\2"),
    (re.compile(r"(no more than )\d+(?:e[-+]\d+)?( of the)"), r"\1#\2"),
    (PROGRESS, ""),
)


def pytest_addoption(parser: pytest.Parser) -> None:
    """Add the switch that rewrites the golden outputs."""
    parser.addoption("--update-golden", action="store_true", help="rewrite tests/golden/ with what the commands print now")


@pytest.fixture
def run() -> Run:
    """Runs a command line in this process: `run("diff", "x^2")`."""

    def invoke(*arguments: str, stdin: str | bytes | None = None) -> Result:
        return CliRunner().invoke(app, list(arguments), input=stdin, env={"COLUMNS": "80"})

    return invoke


def steady(text: str) -> str:
    """A printed text with the routes' errors masked."""
    for pattern, masked in _MASKS:
        text = pattern.sub(masked, text)
    return text


def document(result: Result) -> Any:
    """The JSON document on standard output, read strictly."""

    def refuse(constant: str) -> None:
        raise AssertionError(f"{constant} is not strict JSON")

    return json.loads(result.stdout, parse_constant=refuse)
