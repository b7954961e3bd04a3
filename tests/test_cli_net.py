"""`derivkit net`: the document's keys, the page, exit statuses, messages."""

from __future__ import annotations

from pathlib import Path
from typing import Any
from xml.etree import ElementTree

import pytest

from derivkit.networks import Network
from derivkit.networks.objective import Objective
from tests.conftest import Run, document, steady

SAMPLES = Path(__file__).parents[1] / "samples"
IRIS, CARS = str(SAMPLES / "iris.csv"), str(SAMPLES / "cars.csv")
XOR = ("net", "2-3-1", "--data", "xor", "--epochs", "5")


def test_the_document(run: Run) -> None:
    result = run(*XOR, "--row", "2", "--json")
    found = document(result)
    assert (0, "") == (result.exit_code, steady(result.stderr))
    assert ("2-3-1", 13, "y", [0, 1], ["x1", "x2"], 4) == tuple(
        found[key] for key in ("architecture", "n_weights", "target", "classes", "features", "n_rows")
    )
    assert [{"W1": [2, 3], "b1": [3]}, {"W2": [3, 1], "b2": [1]}] == [layer["shapes"] for layer in found["layers"]]
    assert ["tanh", "sigmoid"] == [layer["activation"] for layer in found["layers"]]
    assert [("x1", 0.5, 0.5), ("x2", 0.5, 0.5)] == [tuple(each.values()) for each in found["inputs"]]
    assert ("adam", 0.02, 4, 5, "budget", 5, 5) == tuple(
        found[key] for key in ("optimizer", "lr", "batch_size", "epochs", "outcome", "kept", "iterations")
    )
    assert "agree" == found["gradient_check"]["verdict"]
    assert [0, 1, 2, 3, 4, 5] == [epoch["epoch"] for epoch in found["history"]]
    assert {"epoch", "train", "validation", "test"} == set(found["history"][0])
    assert {"W1[1,1]", "W1[2,3]", "b1[3]", "W2[3,1]", "b2[1]"} <= set(found["parameters"])
    assert (None, None) == (found["overfit"], found["metrics"]["test"])
    assert {"accuracy", "log_loss", "auc", "confusion", "per_class", "calibration"} == set(found["metrics"]["train"])


def test_both_passes_are_whole_in_the_document(run: Run) -> None:
    found = document(run("net", "2-16-2", "--data", "moons", "--epochs", "1", "--batch-norm", "--json"))["passes"]
    assert ["x", "z1", "n1", "a1", "z2"] == [each["name"] for each in found["signals"]]
    assert ["W1", "gamma1", "beta1", "W2", "b2"] == [each["name"] for each in found["weights"]]
    weights = found["weights"][0]
    assert [16, 16] == list(map(len, weights["value"])) == list(map(len, weights["adjoint"]))
    x, z = found["signals"][0], found["signals"][1]
    for k in range(16):
        assert z["value"][k] == pytest.approx(sum(x["value"][i] * weights["value"][i][k] for i in range(2)))
        assert [x["value"][i] * z["adjoint"][k] for i in range(2)] == pytest.approx([weights["adjoint"][i][k] for i in range(2)])
    assert 1.0 == pytest.approx(sum(found["outputs"]))


def test_the_page_has_everything_in_order(run: Run) -> None:
    result = run("net", "4-8-3", "--data", IRIS, "--epochs", "20", "--l2", "1e-3", "--row", "1")
    assert 0 == result.exit_code
    parts = (
        "network 4-8-3 of species on", "150 rows: 120 to train on, 30 for the test", "layer  units  activation",
        "67 weights in all; inputs are standardized", "forward pass of row 1, before training", "as given", "W2[6,:]",
        "... 2 more lines", "the class is setosa", "backward pass", "∂L/∂z2", "∂L/∂W1[4,:]", "∂L/∂x",
        "gradient: agree — all 67 entries", "training by adam at a rate of 0.02, 32 rows in a step, penalty l2 = 0.001",
        "epoch  train loss  test loss", "epoch   o train   x test", "\naccuracy", "test rows",
        "trained: all 20 epochs were gone through (80 steps)",
    )  # fmt: skip
    places = [result.stdout.find(part) for part in parts]
    assert -1 not in places, parts[places.index(-1)]
    assert sorted(places) == places
    assert all(len(line) <= 80 for line in result.output.splitlines())
    assert "note: the target is species, the last column\n" == steady(result.stderr)


@pytest.mark.parametrize(
    "options",
    [
        ("2-9-9-4", "--data", "spiral", "--arms", "4", "--draw", "--batch-norm", "--dropout", "0.1"),
        ("1-5-1", "--data", CARS, "--early-stop", "3"),
        ("2-32-32-2", "--data", "moons", "--noise", "0.3", "--rows", "60", "--row", "1"),
        ("2-3-1", "--data", "xor", "--draw", "--activation", "relu", "--optimizer", "lbfgs"),
        ("2-3-1", "--data", "circles", "--clip-norm", "1", "--clip-value", "0.5", "--schedule", "cosine:20", "--l1", "1e-3"),
    ],
)
def test_every_page_is_eighty_columns_wide(run: Run, options: tuple[str, ...]) -> None:
    result = run("net", *options, "--epochs", "4")
    assert 0 == result.exit_code, result.output
    assert [] == [line for line in result.output.splitlines() if len(line) > 80]


@pytest.mark.parametrize(("widths", "shown"), [("2-14-1", True), ("2-15-1", False)])  # 57 and 61 weights
def test_passes_of_large_networks_are_written_down_where_a_row_is_named(run: Run, widths: str, shown: bool) -> None:
    options = ("net", widths, "--data", "moons", "--epochs", "1")
    assert shown == ("forward pass of row 1" in run(*options).stdout)
    assert (not shown) == ("--row 1 writes down both passes" in run(*options).stdout)
    assert "forward pass of row 3" in run(*options, "--row", "3").stdout
    passes = [document(run(*options, *named, "--json"))["passes"] for named in ((), ("--row", "1"))]
    assert passes[0] == passes[1]


def test_long_and_hostile_names_do_no_harm(run: Run, tmp_path: Path) -> None:
    path = tmp_path / "data.csv"
    rows = "\n".join(f"{k},{k * k % 7},{'a' * 60 if k % 2 else '[bold]b'}" for k in range(30))
    path.write_text(f"{'x' * 70},[red],{'target' * 12}\n{rows}\n", encoding="utf-8")
    result = run("net", "2-3-1", "--data", str(path), "--epochs", "2")
    assert 0 == result.exit_code, result.output
    assert [] == [line for line in result.stdout.splitlines() if len(line) > 80]


def test_a_map_shows_where_each_class_is_given(run: Run) -> None:
    plain, drawn = (run(*XOR, *more).stdout for more in ((), ("--draw",)))
    assert "area blank" not in plain
    assert "A 0 (area blank)" in drawn
    assert "x2\n" in drawn


def test_a_map_that_cannot_be_drawn_is_said(run: Run) -> None:
    result = run("net", "4-2-3", "--data", IRIS, "--epochs", "1", "--draw")
    assert "warning: no map was drawn: it needs classes over two inputs" in result.stderr
    assert "trained: the only epoch was gone through (4 steps)" in result.stdout
    assert "" == run(*XOR, "--draw").stderr.replace("note: the target is y, by its name\n", "").replace(
        "note: no rows are kept for a test: there are only 4\n", ""
    )


def test_a_picture(run: Run, tmp_path: Path) -> None:
    path = tmp_path / "net.svg"
    result = run("net", "2-3-2", "--data", "moons", "--epochs", "3", "--plot", str(path))
    assert 0 == result.exit_code, result.output
    assert f"picture: {path}" in result.stdout.replace("\n", "")
    said = {element.text for element in ElementTree.parse(path).iter() if element.text}
    assert {"Course of the training", "Classes over the plane", "network 2-3-2 of y on x1, x2"} <= said


def test_a_training_that_runs_away(run: Run, tmp_path: Path) -> None:
    path = tmp_path / "net.png"
    options = ("net", "1-4-1", "--data", CARS, "--optimizer", "gd", "--lr", "1e200", "--plot", str(path))
    result = run(*options)
    assert 1 == result.exit_code
    assert "not trained: the loss ran away in step 1: a learning rate of 1e+200 is too large" in result.stdout
    assert "warning: no picture was drawn" in result.stderr
    assert not path.exists()
    found = document(run(*options, "--json"))
    assert ("diverged", None, None) == (found["outcome"], found["parameters"], found["kept"])


def test_a_wrong_gradient_exits_with_one(run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    right = Objective.value_and_gradient

    def wrong(self: Objective, *args: Any) -> Any:
        value, gradient, averages = right(self, *args)
        return value, -gradient, averages

    monkeypatch.setattr(Objective, "value_and_gradient", wrong)
    result = run(*XOR)
    assert 1 == result.exit_code
    assert "gradient: disagree" in result.stdout
    assert "not trained: not started: " in result.stdout
    found = document(run(*XOR, "--json"))
    assert ("disagree", [], None) == (found["gradient_check"]["verdict"], found["history"], found["parameters"])


def test_the_document_is_enough_to_predict_by_hand(run: Run) -> None:
    """A network of the document's numbers gives the document's metrics."""
    import numpy as np

    from derivkit.networks import Architecture, train_network

    found = document(run("net", "2-3-1", "--data", "xor", "--epochs", "300", "--lr", "0.05", "--json"))
    result = train_network("2-3-1", "xor", epochs=300, lr=0.05)
    assert result.network is not None
    network = Network.untrained(
        Architecture.of("2-3-1").with_output("sigmoid"), seed=9, inputs=result.network.inputs, classes=found["classes"]
    ).trained(np.array(list(found["parameters"].values())), ())
    corners = [[0, 0], [0, 1], [1, 0], [1, 1]]
    assert result.network.predict_proba(corners).tolist() == network.predict_proba(corners).tolist()
    assert found["metrics"]["train"]["accuracy"] == np.mean(network.predict(corners) == [0, 1, 1, 0])


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (("2-3-1",), "a network needs data"),
        (("2-3-1", "--data", "xr"), "data that are made are called xor, spiral, circles, moons"),
        (("2-x-1", "--data", "xor"), "  2-x-1\n    ^\n"),
        (("4-3-1", "--data", IRIS), "  4-3-1\n      ^\nhint: write 4-3-3"),
        (("3-3-1", "--data", "xor"), "  3-3-1\n  ^\nhint: write 2-3-1"),
        (("2-3-1", "--data", "xor", "--activation", "tan"), "choose tanh, relu or sigmoid"),
        (("2-3-1", "--data", "xor", "--optimizer", "adm"), "did you mean adam?"),
        (("2-3-1", "--data", "xor", "--plot", "net.gif"), ".svg or .png"),
        (("2-3-1", "--data", "xor", "--test", "0.9"), "leaves no row"),
        (("2-3-1", "--data", CARS, "--noise", "1"), "--noise is for data that are made"),
        (("1-3-1", "--data", CARS, "--target", "dst"), "did you mean dist?"),
    ],
)
def test_what_cannot_be_used_is_said_in_a_sentence(run: Run, arguments: tuple[str, ...], message: str) -> None:
    result = run("net", *arguments)
    assert 2 == result.exit_code
    assert "" == result.stdout
    assert message in result.stderr


def test_too_large_a_network_is_refused(run: Run) -> None:
    assert 3 == run("net", "2-99999-99-1", "--data", "xor").exit_code


def test_the_momentum_is_heeded_or_refused(run: Run) -> None:
    weights = [
        document(run("net", "2-3-1", "--data", "xor", "--optimizer", "momentum", "--momentum", kept, "--epochs", "20", "--json"))[
            "parameters"
        ]
        for kept in ("0.5", "0.9")
    ]
    assert weights[0] != weights[1]
    refused = run("net", "2-3-1", "--data", "xor", "--momentum", "0.5")
    assert (2, True) == (refused.exit_code, "adam does not heed the momentum" in refused.stderr)
