"""A file is written whole or not at all, whatever happens on the way."""

from __future__ import annotations

import os
import signal
import stat
import subprocess
import sys
from pathlib import Path

import pytest

from derivkit.errors import FileError
from derivkit.saving import save, writing

KILLED = """
import os, signal, sys
from derivkit.saving import writing
with writing(sys.argv[1]) as stream:
    stream.write(b"half of the new")
    stream.flush()
    os.kill(os.getpid(), signal.SIGKILL)
"""


def test_a_kill_leaves_the_old_file_whole(tmp_path: Path) -> None:
    path = tmp_path / "model.json"
    save(str(path), "the old one")
    done = subprocess.run([sys.executable, "-c", KILLED, str(path)], cwd=Path(__file__).parents[1])
    assert -signal.SIGKILL == done.returncode
    assert "the old one" == path.read_text()
    save(str(path), "the new one")
    assert "the new one" == path.read_text()


@pytest.mark.parametrize("problem", [ValueError("of the caller"), KeyboardInterrupt()])
def test_an_exception_leaves_the_old_file_and_nothing_else(tmp_path: Path, problem: BaseException) -> None:
    path = tmp_path / "predictions.csv"
    save(str(path), "old")
    with pytest.raises(type(problem)), writing(str(path)) as stream:
        stream.write(b"new")
        raise problem
    assert "old" == path.read_text()
    assert [path] == list(tmp_path.iterdir())


def test_a_full_disk_is_one_line(tmp_path: Path) -> None:
    with pytest.raises(FileError, match="cannot write /dev/full: No space left"):
        save("/dev/full", "text")
    path = tmp_path / "model.json"
    save(str(path), "old")
    with pytest.raises(FileError, match=r"cannot write .*: No space left"), writing(str(path)) as stream:
        stream.write(b"new")
        raise OSError(28, os.strerror(28))
    assert "old" == path.read_text()


def test_the_stream_takes_the_place_of_the_file_at_the_end(tmp_path: Path) -> None:
    path = tmp_path / "out.csv"
    path.write_text("old")
    with writing(str(path)) as stream:
        stream.write(b"new")
        stream.flush()
        assert "old" == path.read_text()
    assert "new" == path.read_text()


def test_permissions_links_and_names(tmp_path: Path) -> None:
    path, link = tmp_path / "model.json", tmp_path / "link.json"
    path.write_text("old")
    path.chmod(0o640)
    link.symlink_to(path)
    save(str(link), "new")
    assert ("new", True, 0o640) == (path.read_text(), link.is_symlink(), stat.S_IMODE(path.stat().st_mode))
    for name, message in [("", "empty"), ("a\0b", "not the name of a file"), (str(tmp_path / "no" / "folder"), "No such file")]:
        with pytest.raises(FileError, match=message):
            save(name, "text")
