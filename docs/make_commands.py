"""Writes docs/commands.md, the command reference, from what `--help` says.

Run it as `python docs/make_commands.py`; a test fails when the file is stale.
"""

from __future__ import annotations

from pathlib import Path

from typer.testing import CliRunner

from derivkit.cli.app import COMMANDS, app

TARGET = Path(__file__).with_name("commands.md")
HEAD = """# Commands

Generated from `--help` by `python docs/make_commands.py`; do not edit.

Every command takes `--json`, `--debug` and `-h`. Its result goes to standard output, warnings and errors to standard error, and its
exit status says:

| status | meaning |
| --- | --- |
| 0 | done, and every check agreed |
| 1 | the answer is no: a check disagrees, or nothing converged |
| 2 | the input cannot be used: syntax, an unknown name, a file, the data, the options |
| 3 | refused: no derivative there, outside the domain, over budget |
"""


def reference() -> str:
    """The text of the command reference."""
    parts = [HEAD, _section("derivkit", [])]
    parts += [_section(f"derivkit {name}", [name]) for name in COMMANDS]
    return "\n".join(parts)


def _section(title: str, arguments: list[str]) -> str:
    shown = CliRunner().invoke(app, [*arguments, "--help"], env={"COLUMNS": "80"}, catch_exceptions=False)
    return f"## {title}\n\n```text\n{shown.stdout.rstrip()}\n```\n"


if __name__ == "__main__":
    TARGET.write_text(reference(), encoding="utf-8")
