"""The contract of the command line: arguments, exit statuses, JSON, errors."""

from __future__ import annotations

import io
import json
import math
import shlex
import subprocess
import sys
from pathlib import Path

import pytest

from derivkit import __version__
from derivkit.cli.app import COMMANDS
from derivkit.errors import DerivkitError
from derivkit.records import RouteReport, Verdict
from derivkit.render.message import caret, columns, error_page, printable
from derivkit.render.page import Layout, plain, write
from derivkit.render.text import verdict
from tests.conftest import Run, document

DIFF = ["diff", "--no-check", "--format", "text"]


@pytest.mark.parametrize("expression", ["-x^2", "-cos(x)", "-(x+1)", "- x", "-2*x", "-x", "--x^2", "-.5x", "-e^x", "-o", "-hx"])
@pytest.mark.parametrize("first", [True, False])
def test_an_expression_may_begin_with_a_minus_sign(run: Run, expression: str, first: bool) -> None:
    name = {"-o": "o", "-hx": "hx"}.get(expression, "x")
    options = ["--no-check", "--json", "--at", f"{name}=-1", "--wrt", name]
    result = run("diff", expression, *options) if first else run("diff", *options, expression)
    assert (0, expression) == (result.exit_code, document(result)["input"]["expression"])


@pytest.mark.parametrize("arguments", [["diff", "-h"], ["diff", "x", "-h"], ["-h"], ["diff", "--help"], []])
def test_help_stays_help(run: Run, arguments: list[str]) -> None:
    result = run(*arguments)
    assert (0, "") == (result.exit_code, result.stderr)
    assert result.stdout.startswith("Usage: derivkit")


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (["diff", "x", "--ordr", "2"], "did you mean --order?"),
        (["diff", "x", "--wtr=x"], "did you mean --wrt?"),
        (["diff", "x", "-json"], "did you mean --json?"),
        (["diff", "x", "-order=2"], "did you mean --order?"),
        (["dif", "x"], "did you mean diff?"),
        (["diff"], "missing argument"),
        (["diff", "x", "y"], "unexpected extra argument"),
        (["diff", "x", "--order"], "requires a value"),
        (["diff", "x", "--order", "two"], "--order two is not a whole number"),
        (["diff", "x", "--order", "1.5"], "--order 1.5 is not a whole number"),
        (["diff", "x", "--format", "Latex"], "choose pretty, text or latex hint: did you mean latex?"),
        (["train", "samples/cars.csv", "--model", "linear", "--l2", "much"], "--l2 much is not a number"),
        (["diff", "x", "--var", "x"], "did you mean --wrt?"),
        (["diff", "x", "--at", "x=1", "--at", "x=2"], "x is given twice"),
        (["diff", "x", "--order", "0"], "at least 1"),
        (["diff", "x", "--order", "-1"], "at least 1"),
        (["diff", "x", "--format", "word"], "pretty"),
        (["-x^2"], "before the name of a command"),
        (["diff", "x*y"], "2 variables: x, y"),
        (["diff", "7"], "no variable"),
        (["diff", "x*y", "--wrt", "x,y", "--order", "2"], "single variable"),
        (["diff", "x", "--wrt", "2x"], "not the name of a variable"),
        (["diff", "x", "--wrt", "x,"], "not the name of a variable"),
        (["diff", "x", "--wrt", "pi"], "not the name of a variable"),
        (["grad", "x", "--wrt", "x,x"], "twice"),
        (["grad", "7"], "no variable"),
        (["diff", "x", "--at", "y=1"], "y"),
        (["diff", "x*y", "--wrt", "x", "--at", "x=1"], "y"),
        (["diff", "x", "--at", "x=1,x=2"], "x"),
        (["diff", "x", "--at", "x=1/0"], "x"),
        (["diff", "x", "--at", "x"], "x"),
        (["tape", "x"], "--at"),
        (["diff", "x + sinn(x)"], "sin"),
        (["diff", "sinx"], "sin(x)"),
        (["diff", ""], "empty"),
        (["diff", "@no-such-file"], "no-such-file"),
        (["diff", "@."], "directory"),
        (["diff", "@"], "@"),
        (["functions", "arctg"], "did you mean arctan?"),
    ],
)
def test_unusable_input_is_one_short_message(run: Run, arguments: list[str], words: str) -> None:
    result = run(*arguments)
    assert 2 == result.exit_code
    assert words in " ".join(result.stderr.split())
    lines = result.stderr.splitlines()
    assert lines[0].startswith("error: ")
    assert len(lines) < 8
    assert max(map(len, lines)) <= 80

    in_json = run(*arguments, "--json")
    found = document(in_json)
    assert (2, "") == (in_json.exit_code, in_json.stderr)
    assert {"command", "version", "input", "warnings", "error"} == set(found)
    assert {"code", "message", "hint", "span"} == set(found["error"])


def test_json_before_the_command_is_an_error_in_json(run: Run) -> None:
    result = run("--json", "diff", "x")
    assert (2, "usage") == (result.exit_code, document(result)["error"]["code"])


def test_a_span_is_half_open_in_code_points_of_the_text_as_given(run: Run) -> None:
    text = "½ + α·sinn(x)"
    error = document(run("diff", text, "--json"))["error"]
    assert "sinn" == text[slice(*error["span"])]
    assert [0, 0] == document(run("diff", "", "--json"))["error"]["span"]


@pytest.mark.parametrize(
    ("arguments", "status", "verdict"),
    [
        (["diff", "x^2"], 0, "agree"),
        (["diff", "abs(x)", "--at", "x=0"], 3, "refused"),
        (["diff", "abs(x)^3", "--order", "3", "--at", "x=0"], 3, "refused"),
        (["diff", "sqrt(x)", "--at", "x=0"], 3, "refused"),
        (["diff", "sin(x)/x", "--at", "x=0"], 3, "refused"),
        (["grad", "sqrt(x^2+y^2)", "--at", "x=0,y=0"], 3, "refused"),
        (["hessian", "abs(x)*y", "--at", "x=0,y=1"], 3, "refused"),
        (["jacobian", "abs(x)", "x", "--at", "x=0"], 3, "refused"),
        (["check", "abs(x)", "--at", "x=0"], 3, "refused"),
        (["check", "x^2", "--at", "x=3"], 0, "agree"),
    ],
)
def test_the_exit_status_follows_the_verdict(run: Run, arguments: list[str], status: int, verdict: str) -> None:
    result = run(*arguments, "--json")
    found = document(result)
    assert (status, verdict) == (result.exit_code, found["check"]["verdict"])
    assert "error" not in found
    assert found["check"]["verdict"] in run(*arguments).stdout


def test_a_refused_derivative_is_a_whole_document(run: Run) -> None:
    found = document(run("diff", "abs(x)", "--at", "x=0", "--json"))
    assert {"x": 0.0} == found["at"]
    assert found["value"] is None
    assert "kink" == found["check"]["reason"]
    assert "sign(x)" == found["derivative"]["text"]


@pytest.mark.parametrize("command", ["diff", "grad", "hessian", "jacobian"])
def test_an_answer_that_was_not_checked_says_so(run: Run, command: str) -> None:
    arguments = [command, "x^2", "--at", "x=3", "--no-check"]
    shown = run(*arguments)
    assert (0, "", "not checked") == (shown.exit_code, shown.stderr, shown.stdout.splitlines()[-1])
    found = document(run(*arguments, "--json"))
    assert (None, ["not checked, as asked"]) == (found["check"], found["warnings"])


def test_a_disagreement_shows_the_error_of_every_route_that_gave_a_number() -> None:
    reports = (
        RouteReport("symbolic", 0.5, 1e-28, {"x": 1.0}),
        RouteReport("tape", 2.3e-16, 1e-11, {"x": 1.0}),
        RouteReport("jets", None, None, None, "not along a line"),
        RouteReport("differences", 0.0, 1e-21, {"x": 1.0}),
    )
    found = Verdict("disagree", "derivative", "symbolic is the odd one out", 1, "symbolic", reports, {"x": 1.0})
    lines = [plain(line) for line in verdict(found, Layout())]
    assert "disagree (derivative) — symbolic is the odd one out" == lines[1]
    assert "  relative errors: symbolic 5e-01, tape 2e-16, differences 0" == lines[2]


KEYS = {
    "diff": {"expression", "wrt", "derivative", "at", "value", "check"},
    "grad": {"expression", "gradient", "at", "function_value", "check"},
    "hessian": {"variables", "hessian", "at", "function_value", "check"},
    "jacobian": {"outputs", "variables", "jacobian", "at", "check"},
    "check": {"check"},
    "tape": {"nodes", "gradient", "function_value", "sweeps"},
    "graph": {"expression", "nodes", "edges", "at", "gradient", "function_value"},
}


@pytest.mark.parametrize("command", KEYS)
def test_a_document_has_the_keys_of_the_contract(run: Run, command: str) -> None:
    found = document(run(command, "x^2", "--at", "x=3", "--json"))
    assert (command, __version__, []) == (found["command"], found["version"], found["warnings"])
    assert "x^2" in json.dumps(found["input"])
    assert KEYS[command] <= set(found)


@pytest.mark.parametrize(
    ("text", "at", "warning", "value", "gradient"),
    [
        ("1/x", "x=0", "1/x at node v2 is infinite in floats at x = 0", "Infinity", None),
        ("log(x)", "x=-1", "log(x) at node v1 is undefined at x = -1", "NaN", None),
        ("log(-1)*x", "x=1", "log(-1) at node v2 is undefined at x = 1", "NaN", None),
        ("heaviside(log(x))", "x=-1", "log(x) at node v1 is undefined at x = -1", "NaN", None),
        ("exp(x)/exp(x)", "x=800", "exp(x) at node v1 is infinite in floats at x = 800", "NaN", None),
        ("sqrt(x)", "x=0", "the derivative of sqrt(x) at node v1 is no finite number at x = 0", 0.0, "Infinity"),
        ("sqrt(x)*1e300", "x=1e-60", "the product of the partial derivatives is no finite number", 1e270, "Infinity"),
    ],
)
def test_a_tape_names_the_node_at_which_numbers_end(
    run: Run, text: str, at: str, warning: str, value: object, gradient: object
) -> None:
    result = run("tape", text, "--at", at, "--json")
    found = document(result)
    assert 3 == result.exit_code
    assert [True] == [warning in given for given in found["warnings"]]
    assert (pytest.approx(value) if isinstance(value, float) else value) == found["function_value"]
    assert {"x": gradient} == found["gradient"]
    assert found["nodes"]
    shown = run("tape", text, "--at", at)
    assert 3 == shown.exit_code
    assert max(map(len, shown.stdout.splitlines())) <= 80
    assert shown.stderr.startswith("warning: ")
    assert "no value" in shown.stdout or gradient is not None


@pytest.mark.parametrize(
    ("text", "at", "derivative", "warned"),
    [
        ("1/(1+exp(-x))", "x=-800", 0.0, True),
        ("log(1+exp(x))", "x=800", 1.0, True),
        ("log(1+exp(x))", "x=0", 0.5, False),
        ("piecewise((log(x), x > 0), (x, true))", "x=-1", 1.0, False),
    ],
)
def test_a_tape_shows_a_stable_form_only_where_that_comes_through(
    run: Run, text: str, at: str, derivative: float, warned: bool
) -> None:
    result = run("tape", text, "--at", at, "--json")
    found = document(result)
    assert (0, {"x": derivative}) == (result.exit_code, found["gradient"])
    assert warned == any("stable form" in warning for warning in found["warnings"])


def test_numbers_are_at_full_double_precision(run: Run) -> None:
    found = document(run("diff", "exp(x)", "--at", "x=1", "--json"))
    assert math.e == found["value"]
    gradient = document(run("grad", "x^2*y^3", "--at", "x=1/3,y=pi", "--json"))["gradient"]
    assert [("x", 2 / 3 * math.pi**3), ("y", 3 / 9 * math.pi**2)] == [
        (entry["wrt"], pytest.approx(entry["value"], rel=1e-15)) for entry in gradient
    ]


def test_order_repeats_a_single_variable(run: Run) -> None:
    assert ["x", "x"] == document(run("diff", "x^3*y", "--wrt", "x", "--order", "2", "--no-check", "--json"))["wrt"]


def test_wrt_may_name_a_variable_that_the_text_lacks(run: Run) -> None:
    assert "0" == document(run("diff", "x^2", "--wrt", "z", "--json"))["derivative"]["text"]


def test_the_shown_text_is_read_back(run: Run) -> None:
    shown = document(run("diff", "x^x*atan(x)", "--json"))["derivative"]["text"]
    assert 0 == run("diff", shown).exit_code


def test_an_expression_from_standard_input_or_a_file(run: Run, tmp_path: Path) -> None:
    path = tmp_path / "f.txt"
    path.write_text("\N{ZERO WIDTH NO-BREAK SPACE}sin(x)\n", encoding="utf-8")
    from_file = run(*DIFF, f"@{path}")
    from_input = run(*DIFF, "-", stdin="sin(x)\n")
    assert from_file.stdout == from_input.stdout == run(*DIFF, "sin(x)").stdout
    assert "sin(x)" == document(run("diff", "-", "--json", stdin="sin(x)\n"))["input"]["expression"]


def test_several_points_are_read_as_one(run: Run) -> None:
    found = document(run("grad", "x*y", "--at", "x=2", "--at", "y=3", "--json"))
    assert {"x": 2.0, "y": 3.0} == found["at"]
    assert "x=2,y=3" == found["input"]["at"]


@pytest.mark.parametrize("command", ["diff", "grad", "hessian", "jacobian", "check"])
def test_a_variable_that_does_not_occur_is_a_warning(run: Run, command: str) -> None:
    (warning,) = document(run(command, "xy", "--wrt", "x", "--json"))["warnings"]
    assert "x does not occur in the expression: the derivative is 0; xy is one variable; for a product write x*y" == warning
    assert [] == document(run(command, "x^2", "--wrt", "x", "--json"))["warnings"]


@pytest.mark.parametrize(
    "arguments", [["diff", "1/2x*y"], ["grad", "1/2x", "--at", "y=1"], ["check", "1/2x*y", "--order", "2"], ["tape", "1/2x"]]
)
def test_an_error_keeps_the_warnings_before_it(run: Run, arguments: list[str]) -> None:
    result = run(*arguments)
    assert 2 == result.exit_code
    assert result.stderr.startswith("warning: ")
    assert "\nerror: " in result.stderr
    assert ["1/2x" in warning for warning in document(run(*arguments, "--json"))["warnings"]] == [True]


def test_warnings_go_to_standard_error_and_into_the_document(run: Run) -> None:
    shown = run("diff", "1/2x")
    assert shown.stderr.startswith("warning: ")
    assert "warning" not in shown.stdout
    (warning,) = document(run("diff", "1/2x", "--json"))["warnings"]
    assert "1/2x" in warning


@pytest.mark.parametrize("text", [r"\frac{1}{x}", "$x^{-1}$"])
def test_latex_is_read_where_it_is_recognized_or_asked_for(run: Run, text: str) -> None:
    assert run(*DIFF, "1/x").stdout.splitlines()[1] == run(*DIFF, text).stdout.splitlines()[1]
    assert 0 == run(*DIFF, "--latex", r"x^{12}").exit_code


def test_formulas_as_latex(run: Run) -> None:
    assert r"\frac" in run("diff", "log(x)/x", "--format", "latex", "--no-check").stdout


def test_version(run: Run) -> None:
    assert f"derivkit {__version__}\n" == run("--version").stdout


def test_every_command_has_help_with_an_example_that_runs(run: Run, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    from importlib import import_module

    (tmp_path / "samples").symlink_to(Path(__file__).parents[1] / "samples")
    monkeypatch.chdir(tmp_path)
    for name, summary in COMMANDS.items():
        shown = run(name, "-h").stdout
        assert summary in shown
        examples = import_module(f"derivkit.cli.{name}").EXAMPLES
        assert examples
        for example in examples:
            assert f"  {example}\n" in shown
            program, *arguments = shlex.split(example)
            assert ("derivkit", 0) == (program, run(*arguments).exit_code)


def test_a_mistake_of_our_own_is_one_line_and_a_traceback_only_with_debug(run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("derivkit.answers.diff", lambda *a, **k: 1 // 0)
    result = run("diff", "x")
    assert (3, "") == (result.exit_code, result.stdout)
    assert "ZeroDivisionError" in result.stderr
    assert "Traceback" not in result.stderr
    debugged = run("diff", "x", "--debug")
    assert (3, "") == (debugged.exit_code, debugged.stdout)
    assert "Traceback" in debugged.stderr
    assert debugged.stderr.endswith(result.stderr)


def test_debug_does_not_change_the_exit_status(run: Run) -> None:
    result = run("diff", "sin(x", "--debug")
    assert 2 == result.exit_code
    assert result.stderr.startswith("Traceback")
    assert result.stderr.endswith(run("diff", "sin(x").stderr)


@pytest.mark.parametrize("problem", [MemoryError(), RecursionError()])
def test_out_of_memory_is_a_refusal(run: Run, monkeypatch: pytest.MonkeyPatch, problem: Exception) -> None:
    def fail(*_: object, **__: object) -> None:
        raise problem

    monkeypatch.setattr("derivkit.answers.diff", fail)
    result = run("diff", "x", "--json")
    assert (3, "budget") == (result.exit_code, document(result)["error"]["code"])


def test_control_c_is_a_clean_exit(run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    def interrupt(*_: object, **__: object) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr("derivkit.answers.diff", interrupt)
    result = run("diff", "x")
    assert (130, "", "") == (result.exit_code, result.stdout, result.stderr)


def test_a_reader_that_goes_away_is_no_error() -> None:
    process = subprocess.Popen(
        [sys.executable, "-m", "derivkit", "functions"], stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True
    )
    assert process.stdout is not None and process.stderr is not None
    process.stdout.close()
    assert "" == process.stderr.read()
    process.stderr.close()
    assert 141 == process.wait()


FULL = Path("/dev/full")
OUTPUTS = [["diff", "x^2"], ["diff", "x^2", "--json"], ["diff", "x^2+$", "--json"], ["--help"], ["--version"], ["diff", "-h"]]


@pytest.mark.parametrize("arguments", OUTPUTS)
@pytest.mark.parametrize("redirection", [">&-", *([">/dev/full", ">/dev/full 2>&1"] if FULL.exists() else [])])
def test_an_output_that_cannot_be_written_is_one_line(arguments: list[str], redirection: str) -> None:
    command = f"{shlex.join([sys.executable, '-m', 'derivkit', *arguments])} {redirection}"
    result = subprocess.run(command, shell=True, capture_output=True, text=True, check=False)
    assert 2 == result.returncode
    assert len(result.stderr.splitlines()) == (0 if "2>&1" in redirection else 1)
    assert "2>&1" in redirection or "cannot write the result" in result.stderr


def test_a_closed_standard_error_is_silence() -> None:
    command = shlex.join([sys.executable, "-m", "derivkit", "diff", "1/2x+"])
    assert 2 == subprocess.run(f"{command} 2>&-", shell=True, check=False).returncode


class Terminal(io.StringIO):
    """A stream that says it is a terminal."""

    encoding = "utf-8"

    def isatty(self) -> bool:
        return True


def test_colour_only_on_a_terminal_that_allows_it(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TERM", "xterm-256color")
    page = error_page(DerivkitError("no"))
    monkeypatch.delenv("NO_COLOR", raising=False)
    coloured = Terminal()
    write(page, coloured)
    assert "\x1b[" in coloured.getvalue()
    monkeypatch.setenv("NO_COLOR", "1")
    uncoloured = Terminal()
    write(page, uncoloured)
    assert "error: no\n" == uncoloured.getvalue()


def test_a_stream_of_another_encoding_gets_what_it_can_show() -> None:
    raw = io.BytesIO()
    stream = io.TextIOWrapper(raw, encoding="ascii")
    write(["d²f"], stream)
    assert b"d\\xb2f\n" == raw.getvalue()
    assert not Layout.of(stream).unicode


@pytest.mark.parametrize(
    ("text", "span"),
    [("x + sinn(x)", (4, 8)), ("", (0, 0)), ("x +", (3, 3)), ("y" * 5000 + "%" + "z" * 5000, (5000, 5001)), ("日本語%", (3, 4))],
)
def test_the_caret_stands_under_the_span(text: str, span: tuple[int, int]) -> None:
    shown, under = caret(text, span)
    assert max(columns(shown), len(under)) <= 80
    before = shown[: under.index("^")] if shown.isascii() else None
    marked = text[slice(*span)]
    if before is not None and marked:
        assert shown[len(before) :].startswith(marked)
    assert "^" * max(1, columns(marked)) == under.strip()


def test_nothing_is_echoed_raw(run: Run) -> None:
    result = run("diff", "x\x1b[31m\u202e+1")
    assert 2 == result.exit_code
    assert printable(result.stderr.replace("\n", "")) == result.stderr.replace("\n", "")
    assert "U+001B" in result.stderr


def test_long_text_is_cut_and_windowed(run: Run) -> None:
    text = "x+" * 3000 + "sinn(x)"
    result = run("diff", text)
    assert 2 == result.exit_code
    assert len(result.stderr) < 500
    found = document(run("diff", text, "--json"))
    assert 1000 == len(found["input"]["expression"])
    assert "sinn" == text[slice(*found["error"]["span"])]


def test_an_error_page_is_short_whatever_it_says() -> None:
    page = error_page(DerivkitError("word " * 500, hint="hint " * 500, text="x" * 9000, span=(0, 9000)))
    assert len(page) < 8
    assert max(columns(plain(line)) for line in page) <= 80


def test_the_tape_says_where_a_slope_is_a_convention(run):
    result = run("tape", "abs(x)*y", "--at", "x=0,y=2")
    assert "abs(x) has a kink at x = 0" in result.stderr
    assert "convention" not in run("tape", "abs(x)*y", "--at", "x=1,y=2").stderr
