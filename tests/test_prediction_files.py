"""Model files that were changed, cut off or never were any: one line that names the key."""

from __future__ import annotations

import copy
import json
import math
import os
import signal
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

import derivkit as dk
from derivkit.errors import DataError, FileError
from tests.trained_models import CARS, ORING, ROOT, trained


@pytest.fixture(scope="module")
def documents(tmp_path_factory: pytest.TempPathFactory) -> dict[str, dict[str, Any]]:
    folder = tmp_path_factory.mktemp("models")
    found = {}
    for name in ("linear", "polynomial", "softmax", "own"):
        trained(name).save(folder / name)
        found[name] = json.loads((folder / name).read_text())
    dk.fit("dist = a + b*speed", CARS).save(folder / "fit")
    found["fit"] = json.loads((folder / "fit").read_text())
    return found


ABSENT = object()
TAMPERED = [
    ("linear", ("format",), "something", "its format is not 'derivkit model'"),
    ("linear", ("format_version",), 2, "format_version is 2; it must be 1"),
    ("linear", ("format_version",), ABSENT, "format_version is None"),
    ("linear", ("derivkit",), 1, "derivkit is 1"),
    ("linear", ("kind",), "pickle", "kind is 'pickle'"),
    ("linear", ("model",), "forest", "model is 'forest'; it must be one of linear"),
    ("linear", ("model",), "logistic", "loss is"),
    ("linear", ("family",), "poisson", "family is 'poisson'"),
    ("linear", ("link",), "log", "link is 'log'"),
    ("linear", ("loss",), "eta", "loss is 'eta'"),
    ("linear", ("schema", "target"), 3, "schema.target is 3"),
    ("linear", ("schema", "classes"), [0, 1], "schema.classes"),
    ("linear", ("schema",), None, "schema is None; it must be an object"),
    ("softmax", ("schema", "classes"), None, "schema.classes is None"),
    ("linear", ("powers",), [], r"powers is \[\]"),
    ("polynomial", ("powers",), {"colour": 2}, "powers has a key 'colour' that is no column of numbers"),
    ("polynomial", ("powers", "dose (mg)"), 10**9, "powers.dose .* whole number from 2 to 30"),
    ("polynomial", ("powers", "dose (mg)"), 2, "coefficients .* a list of"),
    ("linear", ("coefficients",), {}, "coefficients is {}"),
    ("linear", ("coefficients", 1, "estimate"), "1", r"coefficients\[1\].estimate is '1'; it must be a finite number"),
    ("linear", ("coefficients", 1, "estimate"), None, r"coefficients\[1\].estimate is None"),
    ("linear", ("coefficients", 1, "estimate"), True, r"coefficients\[1\].estimate is True"),
    ("linear", ("coefficients", 1, "estimate"), 10**400, r"coefficients\[1\].estimate is 1000"),
    ("linear", ("coefficients", 1, "estimate"), ABSENT, r"coefficients\[1\].estimate is absent"),
    ("linear", ("coefficients", 1, "estimate"), 7.5, "formula is not what the coefficients say"),
    ("linear", ("coefficients", 1, "name"), "size", r"coefficients\[1\].name is 'size'; it must be 'dose \(mg\)'"),
    ("linear", ("coefficients", 1, "standard_error"), 0.1, r"coefficients\[1\].standard_error is 0.1"),
    ("softmax", ("coefficients", 0, "class"), "z", r"coefficients\[0\].class is 'z'"),
    ("linear", ("covariance",), [[1.0]], "covariance is"),
    ("linear", ("covariance", 0, 1), "x", r"covariance\[0\]\[1\] is 'x'"),
    ("linear", ("covariance", 0, 0), -1.0, r"covariance\[0\]\[0\] is -1.0"),
    ("linear", ("covariance", 0, 1), 5.0, r"covariance\[1\]\[0\] is .*as on the other side"),
    ("linear", ("degrees_of_freedom",), 0, "degrees_of_freedom is 0"),
    ("softmax", ("degrees_of_freedom",), 5, "degrees_of_freedom is 5; it must be null"),
    ("linear", ("dispersion",), -1, "dispersion is -1"),
    ("linear", ("scale",), 0, "scale is 0"),
    ("linear", ("settings",), {"tau": 0.5}, "settings has a key 'tau' that is not known"),
    ("linear", ("penalty", "l1"), -1, "penalty.l1 is -1"),
    ("linear", ("penalty", "l2"), ABSENT, "penalty.l2 is absent"),
    ("linear", ("origin", "n_rows"), 1.5, "origin.n_rows is 1.5"),
    ("linear", ("origin", "options"), [], "origin.options is"),
    ("linear", ("origin", "gradient_check", "verdict"), "disagree", "origin.gradient_check.verdict is 'disagree'"),
    ("linear", ("origin", "gradient_check"), ABSENT, "origin.gradient_check is absent"),
    ("linear", ("covariance",), ABSENT, "covariance is absent"),
    ("linear", ("code",), "import os", "the file has a key 'code' that is not known"),
    ("own", ("loss",), "eta + z", "loss: the loss is one row's"),
    ("own", ("loss",), "eta +", "loss: "),
    ("own", ("loss",), 1, "loss is 1"),
    ("fit", ("formula",), "dist = a + b*", "formula: "),
    ("fit", ("formula",), "dist = a + b*speed + c", "parameters is"),
    ("fit", ("formula",), 0, "formula is 0"),
    ("fit", ("columns",), {"dist": "dist"}, "parameters is"),
    ("fit", ("columns",), {"speed": "speed"}, "columns.dist is absent"),
    ("fit", ("columns", "x"), "x", "columns has a key 'x' that the formula lacks"),
    ("fit", ("columns", "speed"), 1, "columns.speed is 1"),
    ("fit", ("parameters", 0, "estimate"), "nan", r"parameters\[0\].estimate is 'nan'"),
    ("fit", ("fixed",), {"q": 1}, "fixed has a key 'q'"),
    ("fit", ("fixed",), 1, "fixed is 1"),
    ("fit", ("at_bound",), ["q"], "at_bound is"),
    ("fit", ("at_bound",), ["a"], r"covariance\[0\]\[0\] is .* null"),
    ("fit", ("loss",), "abs", "loss is 'abs'; it must be one of linear"),
    ("fit", ("loss_scale",), None, "loss_scale is None"),
    ("fit", ("degrees_of_freedom",), "48", "degrees_of_freedom is '48'"),
]


@pytest.mark.parametrize(
    ("name", "path", "value", "message"), TAMPERED, ids=[f"{t[0]}-{'.'.join(map(str, t[1]))}-{k}" for k, t in enumerate(TAMPERED)]
)
def test_a_file_that_was_changed_is_named_with_its_key(
    documents: dict[str, Any], name: str, path: tuple[Any, ...], value: Any, message: str, tmp_path: Path
) -> None:
    document = copy.deepcopy(documents[name])
    place = document
    for key in path[:-1]:
        place = place[key]
    if value is ABSENT:
        del place[path[-1]]
    else:
        place[path[-1]] = value
    file = tmp_path / "model.json"
    file.write_text(json.dumps(document), encoding="utf-8")
    with pytest.raises(DataError, match=message) as found:
        dk.load(file)
    assert "model.json: " in found.value.message
    assert "\n" not in found.value.message


@pytest.mark.parametrize(
    ("content", "message"),
    [
        (b"", "line 1, column 1 is not JSON"),
        (b"x,y\n1,2\n", "line 1, column 1 is not JSON"),
        (b"[]", "its format is not"),
        (b'{"format": "derivkit model", "format": "derivkit model"}', "the key 'format' stands twice"),
        (b'{"format": NaN}', "NaN is not a number that JSON has"),
        (b'{"format": -Infinity}', "-Infinity is not a number"),
        (b"[" * 100_000, "nested too deeply"),
        (b'{"format": ' + b"9" * 5000 + b"}", "too many digits"),
        (b"\xff\xfe\x00", "not UTF-8"),
        (b"\x80\x04\x95cos\nsystem\n", "not UTF-8"),
    ],
)
def test_what_is_no_model_file_is_one_line(content: bytes, message: str, tmp_path: Path) -> None:
    path = tmp_path / "model.json"
    path.write_bytes(content)
    with pytest.raises(DataError, match=message):
        dk.load(path)


def test_infinite_coefficients_are_refused(documents: dict[str, Any], tmp_path: Path) -> None:
    text = json.dumps(documents["linear"]).replace('"estimate": ', '"estimate": 1e999, "was": ', 1)
    (tmp_path / "model.json").write_text(text)
    with pytest.raises(DataError, match=r"coefficients\[0\] has a key 'was'"):
        dk.load(tmp_path / "model.json")
    document = copy.deepcopy(documents["linear"])
    document["coefficients"][0]["estimate"] = math.inf
    (tmp_path / "model.json").write_text(json.dumps(document).replace("Infinity", "1e999"))
    with pytest.raises(DataError, match=r"coefficients\[0\].estimate is inf"):
        dk.load(tmp_path / "model.json")


def test_a_file_that_is_not_there_is_named(tmp_path: Path) -> None:
    with pytest.raises(FileError, match="there is no file"):
        dk.load(tmp_path / "none.json")


KILLED = """
import os, signal, sys
def kill(*_): os.kill(os.getpid(), signal.SIGKILL)
os.fsync = kill  # the new file is written, but has not taken the old one's place
from derivkit.cli.app import app
app(["train", sys.argv[1], "--model", "linear", "--save", sys.argv[2]])
"""


def test_a_killed_training_leaves_the_old_model_whole(tmp_path: Path) -> None:
    path = tmp_path / "model.json"
    dk.train(ORING, model="logistic").save(path)
    before = path.read_bytes()
    done = subprocess.run([sys.executable, "-c", KILLED, str(CARS), str(path)], cwd=ROOT, capture_output=True, env=os.environ)
    assert -signal.SIGKILL == done.returncode
    assert before == path.read_bytes()
    assert "distress" == dk.load(path).target
