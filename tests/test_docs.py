"""The documents do what they say: every command in them is run, and prints what they show."""

from __future__ import annotations

import doctest
import re
import shlex
from pathlib import Path

import pytest

from derivkit.cli.app import COMMANDS
from derivkit.optimize.method import Need
from derivkit.optimize.methods import METHODS
from tests.conftest import PROGRESS, Run, steady

ROOT = Path(__file__).parents[1]
DOCUMENTS = (
    "README.md",
    "docs/tutorial.md",
    "docs/checking.md",
    "docs/certify.md",
    "docs/health.md",
    "docs/gradients.md",
    "docs/fit.md",
    "docs/training.md",
    "docs/minimize.md",
    "docs/models.md",
    "docs/networks.md",
)
PYTHON_DOCUMENTS = (*DOCUMENTS, "docs/tape.md")
STEPS = sorted(path.relative_to(ROOT).as_posix() for path in (ROOT / "samples").glob("[0-9][0-9]-*.md"))
_CONSOLE = re.compile(r"(?<=^```console\n).*?(?=^```$)", re.DOTALL | re.MULTILINE)
_PYTHON = re.compile(r"(?<=^```python\n).*?(?=^```$)", re.DOTALL | re.MULTILINE)
_COMMAND = re.compile(r"^\$ derivkit (.*)$", re.MULTILINE)


def refreshed(text: str, run: Run) -> str:
    """A document with what its commands print now."""

    def session(block: re.Match[str]) -> str:
        commands = _COMMAND.findall(block[0])
        outputs = (PROGRESS.sub("", run(*shlex.split(command)).output) for command in commands)
        return "\n".join(f"$ derivkit {command}\n{output.rstrip()}\n" for command, output in zip(commands, outputs, strict=True))

    return _CONSOLE.sub(session, text)


@pytest.mark.parametrize("name", (*DOCUMENTS, *STEPS))
def test_commands_print_what_the_document_shows(
    name: str, run: Run, request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(ROOT)
    path = ROOT / name
    now = refreshed(path.read_text(encoding="utf-8"), run)
    assert _COMMAND.search(now)
    if request.config.getoption("--update-golden"):
        path.write_text(now, encoding="utf-8")
    assert steady(path.read_text(encoding="utf-8")) == steady(now)


@pytest.mark.parametrize("name", PYTHON_DOCUMENTS)
def test_python_answers_what_the_document_shows(name: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(ROOT)
    blocks = _PYTHON.findall((ROOT / name).read_text(encoding="utf-8"))
    session = doctest.DocTestParser().get_doctest("\n".join(blocks), {}, name, name, 0)
    assert session.examples
    assert 0 == doctest.DocTestRunner(verbose=False).run(session).failed


def test_the_table_of_methods_is_in_the_document() -> None:
    needs = {
        Need.NOTHING: "gradients",
        Need.HESSIAN: "Hessians",
        Need.PRODUCTS: "Hessians times vectors",
        Need.SQUARES: "residuals",
    }
    text = (ROOT / "docs" / "minimize.md").read_text(encoding="utf-8")
    for row in METHODS.values():
        steps = "searched for" if row.rate is None else f"at a rate, {row.rate:g}"
        steps += ", or at a rate" if row.rate is None and row.first_order else ""
        cells = [f"`{row.name}`", row.title, needs[row.needs], steps, row.convergence.value, "yes" if row.bounded else "no"]
        assert f"| {' | '.join(cells)} |\n" in text


def test_the_command_reference_is_what_help_says(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.syspath_prepend(str(ROOT / "docs"))
    from make_commands import TARGET, reference

    assert reference() == TARGET.read_text(encoding="utf-8"), "run python docs/make_commands.py"


def test_every_command_is_in_the_reference() -> None:
    text = (ROOT / "docs" / "commands.md").read_text(encoding="utf-8")
    assert [f"## derivkit {name}" for name in COMMANDS] == [line for line in text.splitlines() if line.startswith("## derivkit ")]


def test_every_module_is_on_a_floor_of_the_house() -> None:
    text = (ROOT / "docs" / "architecture.md").read_text(encoding="utf-8")
    modules = [path for path in (ROOT / "derivkit").iterdir() if not path.name.startswith("__") and path.suffix in ("", ".py")]
    assert [] == [path.name for path in modules if f"`{path.name}" not in text]


def test_continuous_integration_runs_the_commands_of_the_readme() -> None:
    readme = (ROOT / "README.md").read_text(encoding="utf-8")
    steps = (ROOT / ".ci" / "run").read_text(encoding="utf-8").splitlines()
    setting_up = re.search(r"From a checkout:\n\n((?:    .*\n)+)", readme)
    assert setting_up
    make, install = setting_up[1].split("\n")[:-1]
    assert "    python3 -m venv .venv" == make
    assert 'step "$python" -m venv "$environment"' in steps
    assert install.replace("    .venv/bin/", "step ") in steps
    assert "    .venv/bin/pytest\n" in readme
    assert "step pytest" in steps
