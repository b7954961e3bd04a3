"""`derivkit check` of own code: modules, programs, points from files, exit statuses, messages."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from tests.conftest import Run, document

ROOT = Path(__file__).parents[1]
MODULE = """
import sys
import numpy as np

print("importing")

def loss(x):
    print("called")
    return np.sum(x**3)

def gradient(x):
    return 3 * x**2

def wrong(x):
    return 3 * x**2 + np.array([0, 1e-3, 0])

def noisy(x):
    return 1e10 + np.sum(np.sin(x))

def noisy_gradient(x):
    return np.cos(x)

def broken(x):
    return x["missing"]

def leaving(x):
    sys.exit(0)

def tree(p):
    return np.sum(p["w"] ** 2) + p["b"][0] ** 3

def tree_gradient(p):
    return {"w": 2 * p["w"], "b": 3 * p["b"] ** 2}

number = 3
"""
PYTHON = """
import json, sys
for line in sys.stdin:
    x = json.loads(line)["x"]
    print(json.dumps({"value": sum(v**3 for v in x), "gradient": [FACTOR * v**2 for v in x]}), flush=True)
"""
SHELL = """while read -r line; do
    echo "$line" | tr -d '[]{}":,a-z' | awk '{
        for (i = 1; i <= NF; i++) { s += $i * $i; g = g (i > 1 ? ", " : "") sprintf("%.17g", 2 * $i) }
        printf "{\\"value\\": %.17g, \\"gradient\\": [%s]}\\n", s, g }'
done
"""


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The current directory, with a module and points in it."""
    (tmp_path / "mine.py").write_text(MODULE, encoding="utf-8")
    (tmp_path / "bad.py").write_text("import numpy\nx = 1 / 0\n", encoding="utf-8")
    (tmp_path / "worse.py").write_text("def f(:\n", encoding="utf-8")
    np.save(tmp_path / "x.npy", np.array([1.0, -2.0, 0.5]))
    (tmp_path / "x.json").write_text('{"x": [1, -2, 0.5]}', encoding="utf-8")
    (tmp_path / "x.csv").write_text("alpha,beta,gamma\n1,-2,0.5\n", encoding="utf-8")
    (tmp_path / "column.csv").write_text("x\n1\n-2\n0.5\n", encoding="utf-8")
    (tmp_path / "tree.json").write_text('{"w": [[1, 2], [3, 4]], "b": [2]}', encoding="utf-8")
    (tmp_path / "right.py").write_text(PYTHON.replace("FACTOR", "3"), encoding="utf-8")
    (tmp_path / "wrong.py").write_text(PYTHON.replace("FACTOR", "6"), encoding="utf-8")
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr(sys, "path", list(sys.path))
    for name in ("mine", "bad", "worse"):
        monkeypatch.delitem(sys.modules, name, raising=False)
    return tmp_path


def module(gradient: str, function: str = "loss") -> list[str]:
    return ["check", "--function", f"mine:{function}", "--gradient", f"mine:{gradient}"]


@pytest.mark.parametrize("point", ["x.npy", "x.json", "x.csv", "column.csv", "[1, -2, 0.5]", '{"x": [1, -2, 0.5]}'])
def test_points_in_every_form(folder: Path, run: Run, point: str) -> None:
    result = run(*module("gradient"), "--at", point, "--json")
    check = document(result)["check"]
    assert (0, "agree", None, 3) == (result.exit_code, check["verdict"], check["reason"], check["size"])


def test_names_come_from_the_head_of_a_file(folder: Path, run: Run) -> None:
    result = run(*module("wrong"), "--at", "x.csv", "--json")
    check = document(result)["check"]
    assert (1, "disagree", "wrong_gradient") == (result.exit_code, check["verdict"], check["reason"])
    (worst,) = check["worst"]
    assert ("x[1]", "beta") == (worst["index"], worst["name"])
    assert 12.001 == pytest.approx(worst["claimed"], rel=1e-15)
    assert 12 == pytest.approx(worst["measured"], abs=worst["bound"])
    assert ["verdict", "reason", "message", "hint", "points", "odd_one_out", "routes"] == list(check)[:7]


def test_a_gradient_under_noise_is_refused(folder: Path, run: Run) -> None:
    result = run(*module("noisy_gradient", "noisy"), "--at", "x.npy")
    assert 3 == result.exit_code
    assert "refused (noise)" in result.stdout


def test_a_coarse_tolerance(folder: Path, run: Run) -> None:
    result = run(*module("noisy_gradient", "noisy"), "--at", "x.npy", "--tolerance", "0.1", "--seed", "5")
    assert 0 == result.exit_code


def test_objects_of_arrays(folder: Path, run: Run) -> None:
    assert 0 == run(*module("tree_gradient", "tree"), "--at", "tree.json").exit_code


def test_the_page(folder: Path, run: Run) -> None:
    result = run(*module("wrong"), "--at", "x.csv")
    assert "x[1] (beta)" in result.stdout
    assert "Taylor remainder" in result.stdout
    assert all(len(line) <= 80 for line in result.stdout.splitlines())


def test_what_user_code_prints_is_kept_apart(folder: Path) -> None:
    command = [sys.executable, "-m", "derivkit", *module("gradient"), "--at", "x.npy", "--json"]
    done = subprocess.run(command, capture_output=True, text=True, env={"PYTHONPATH": str(ROOT), "PATH": ""})
    assert "agree" == json.loads(done.stdout)["check"]["verdict"]
    assert "importing" in done.stderr
    assert "called" in done.stderr


@pytest.mark.parametrize(("program", "status", "hint"), [("right.py", 0, None), ("wrong.py", 1, "2 too many")])
def test_a_program(folder: Path, run: Run, program: str, status: int, hint: str | None) -> None:
    result = run("check", "--command", f"{sys.executable} {program}", "--at", "x.csv", "--json")
    check = document(result)["check"]
    assert status == result.exit_code, check
    assert hint is None or hint in check["hint"]


def test_a_program_in_another_language(folder: Path, run: Run) -> None:
    (folder / "squares.sh").write_text(SHELL, encoding="utf-8")
    result = run("check", "--command", "sh squares.sh", "--at", "[1.5, -2.25, 0.5]", "--json")
    assert (0, "agree") == (result.exit_code, document(result)["check"]["verdict"])


NOT_JSON = "print('hello', flush=True); import sys; sys.stdin.read()"
LATE = "import sys; sys.stdin.read()"
NO_GRADIENT = "import sys\nfor line in sys.stdin: print('{\"value\": 1}', flush=True)"
TEXT = 'import sys\nfor line in sys.stdin: print(\'{"value": 1, "gradient": ["a", 2, 3]}\', flush=True)'


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (["--function", "mine:loss", "--at", "x.npy"], "--gradient is missing"),
        (["--gradient", "mine:loss", "--at", "x.npy"], "--function is missing"),
        (["--function", "mine:loss", "--gradient", "mine:gradient"], "one point"),
        (["--function", "mine:loss", "--gradient", "mine:gradient", "--at", "x=1"], "file or a list"),
        (["--function", "mine:loss", "--gradient", "mine:gradient", "--at", "no.npy"], "cannot read no.npy"),
        (["--function", "mine:loss", "--gradient", "mine:gradient", "--at", '[1, "a"]'], "numbers"),
        (["--function", "mine:loss", "--gradient", "mine:gradient", "--at", "[1, NaN, 2]"], "x[1]"),
        (["--function", "mine:loss", "--gradient", "mine:gradient", "--at", "x.npy", "--tolerance", "-1"], "positive"),
        (["--function", "mine:loss", "--gradient", "mine:gradient", "--at", "x.npy", "--seconds", "0"], "positive"),
        (["--command", f'{sys.executable} -c "{LATE}"', "--at", "x.npy", "--seconds", "0.2"], "did not answer within 0.2 s"),
        (["--function", "mine:loss", "--gradient", "mine:gradient", "--command", "cat", "--at", "x.npy"], "--command stands"),
        (["x^2", "--function", "mine:loss", "--gradient", "mine:gradient", "--at", "x.npy"], "an expression stands"),
        (["--function", "mine", "--gradient", "mine:gradient", "--at", "x.npy"], "names no function"),
        (["--function", "mine:lost", "--gradient", "mine:gradient", "--at", "x.npy"], "mine has no lost"),
        (["--function", "mine:number", "--gradient", "mine:gradient", "--at", "x.npy"], "is a int, not a function"),
        (["--function", "nowhere:loss", "--gradient", "mine:gradient", "--at", "x.npy"], "there is no module nowhere"),
        (["--function", "bad:loss", "--gradient", "mine:gradient", "--at", "x.npy"], "bad.py, line 2"),
        (["--function", "worse:loss", "--gradient", "mine:gradient", "--at", "x.npy"], "worse.py, line 1"),
        (["--function", "mine:broken", "--gradient", "mine:gradient", "--at", "x.npy"], "(mine.py, line 2"),
        (["--function", "mine:leaving", "--gradient", "mine:gradient", "--at", "x.npy"], "SystemExit"),
        (["--command", "no-such-program", "--at", "x.npy"], "cannot run no-such-program"),
        (["--command", "", "--at", "x.npy"], "nothing to run"),
        (["--command", "'", "--at", "x.npy"], "No closing quotation"),
        (["--command", f"{sys.executable} -c pass", "--at", "x.npy"], "ended (status 0) before it answered"),
        (["--command", f'{sys.executable} -c "{NOT_JSON}"', "--at", "x.npy"], "the program answered hello"),
        (["--command", f"{sys.executable} no_gradient.py", "--at", "x.npy"], 'lacks "gradient"'),
        (["--command", f"{sys.executable} text.py", "--at", "x.npy"], "must be an array of numbers"),
        ([], "missing argument"),
    ],
)
def test_what_cannot_be_used(folder: Path, run: Run, arguments: list[str], said: str) -> None:
    (folder / "no_gradient.py").write_text(NO_GRADIENT, encoding="utf-8")
    (folder / "text.py").write_text(TEXT, encoding="utf-8")
    result = run("check", *arguments, "--json")
    assert 2 == result.exit_code, result.output
    error: dict[str, Any] = document(result)["error"]
    assert said in error["message"]
