"""The expressions to try are in the language, with their sources; the programs print what they show."""

import re
import runpy
from itertools import pairwise
from pathlib import Path
from textwrap import dedent

import pytest

from derivkit.expression.parser import parse
from derivkit.expression.printer import to_text

SAMPLES = Path(__file__).parent.parent / "samples"
PROGRAMS = sorted((SAMPLES / "tape").glob("*.py"))
LINES = (SAMPLES / "expressions.txt").read_text(encoding="utf-8").splitlines()


@pytest.mark.parametrize("text", [line for line in LINES if not line.startswith("#")])
def test_every_sample_is_read_and_printed(text):
    graph = parse(text).graph
    assert graph.variables
    assert parse(to_text(graph)).graph == graph


def test_every_sample_has_a_title_and_a_source():
    for above, line in pairwise(LINES):
        if not line.startswith("#"):
            assert above.startswith("# ")
            assert "; " in above


@pytest.mark.parametrize("program", PROGRAMS, ids=lambda path: path.stem)
def test_every_program_prints_what_its_head_shows(program: Path, capsys: pytest.CaptureFixture[str]) -> None:
    shown = runpy.run_path(str(program))["__doc__"].partition("\n\n")[2]
    assert dedent(shown).rstrip() == capsys.readouterr().out.rstrip()


def test_there_are_programs() -> None:
    assert {"slopes", "neuron", "descent", "orders", "logistic", "network"} <= {path.stem for path in PROGRAMS}


def test_the_steps_are_numbered_and_listed() -> None:
    """What their commands print is compared in `test_docs`."""
    steps = sorted(SAMPLES.glob("[0-9][0-9]-*.md"))
    listed = re.findall(r"^(\d+)\. \[(.+)\]\((.+)\)$", (SAMPLES / "README.md").read_text(encoding="utf-8"), re.MULTILINE)
    titles = [path.read_text(encoding="utf-8").partition("\n")[0] for path in steps]
    assert [path.name for path in steps] == [name for _, _, name in listed]
    assert titles == [f"# {number}. {title}" for number, title, _ in listed]
    assert list(range(1, len(steps) + 1)) == [int(number) for number, _, _ in listed]
