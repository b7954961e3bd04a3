"""Training by methods that go by a learning rate: over all rows, by batches of them, and stopped early."""

import json

import numpy as np
import pytest
from typer.testing import CliRunner

import derivkit as dk
from derivkit.cli.app import app
from derivkit.errors import UsageError
from derivkit.models.solve import FROM_TABLE
from derivkit.optimize.epochs import Batches, Patience
from derivkit.optimize.loop import Stuck
from derivkit.optimize.methods import METHODS
from derivkit.optimize.outcome import Outcome

CARS = {"data": "samples/cars.csv", "model": "linear", "target": "dist"}
ORING = {"data": "samples/oring.csv", "model": "logistic"}
DOWN = ("adamw", "nadam", "rmsprop")  # at a fixed rate, and pulled to zero: they come near, and say that they did not arrive


def estimates(result):
    return [c.estimate for c in result.coefficients]


@pytest.mark.parametrize("optimizer", FROM_TABLE)
def test_every_method_of_the_table_comes_near_the_same_minimum(optimizer):
    best = dk.train(**ORING)
    found = dk.train(**ORING, optimizer=optimizer, steps=20_000 if optimizer not in DOWN else 2_000)
    assert optimizer == found.optimizer
    assert (optimizer not in DOWN) == found.converged
    assert pytest.approx(best.loss, rel=1e-3) == found.loss
    assert pytest.approx(estimates(best), rel=0.05 if optimizer in DOWN else 1e-5) == estimates(found)


def test_the_usual_rate_of_steps_without_a_size_is_in_the_targets_unit():
    """Stopping distances in millimetres instead of feet: the same steps, in another unit."""
    table = {"speed": np.arange(30.0), "dist": np.arange(30.0) ** 2}
    small, large = (
        dk.train({**table, "dist": table["dist"] * unit}, model="linear", optimizer="adam", steps=40) for unit in (1.0, 2.0**20)
    )
    assert pytest.approx(np.array(estimates(small)) * 2.0**20, rel=1e-9) == np.array(estimates(large))


@pytest.mark.parametrize("optimizer", ["lbfgs", "gd", "adam", "auto"])
@pytest.mark.parametrize("unit", [2.0**-40, 2.0**40])
def test_convergence_does_not_depend_on_the_unit_of_the_target(optimizer, unit):
    """The gradient has the unit of the target, the loss that of its square."""
    table = {"speed": np.arange(30.0), "dist": np.arange(30.0) ** 2}
    best = dk.train(table, model="linear")
    found = dk.train({**table, "dist": table["dist"] * unit}, model="linear", optimizer=optimizer)
    assert found.converged
    assert pytest.approx(estimates(best), rel=1e-5) == np.array(estimates(found)) / unit


def test_one_batch_of_all_rows_is_gradient_descent():
    by_epochs = dk.train(**ORING, optimizer="gd", lr=0.5, batch_size=1000, epochs=40)
    by_steps = dk.train(**ORING, optimizer="gd", lr=0.5, steps=40)
    assert estimates(by_steps) == estimates(by_epochs)
    assert (40, 40) == (by_steps.iterations, by_epochs.iterations)


def test_the_first_steps_of_batches_are_those_on_paper():
    """Columns without an intercept whose scale is 1: w <- w - rate * mean of (w*x - y)*x over the batch."""
    x, y = np.array([1.0, -1.0, 1.0, -1.0]), np.array([2.0, -1.0, 3.0, 0.0])
    found = dk.train({"x": x, "y": y}, model="linear", intercept=False, optimizer="gd", lr=0.5, batch_size=2, epochs=3, seed=7)
    batches, w = Batches(4, 2, np.random.default_rng(7)), 0.0
    for _ in range(6):
        rows = batches.following()
        w -= 0.5 * float(np.mean((w * x[rows] - y[rows]) * x[rows]))
    assert pytest.approx([w], rel=1e-14) == estimates(found)


def test_batches_on_a_falling_rate_come_near_least_squares():
    best = dk.train(**CARS)
    found = dk.train(**CARS, optimizer="gd", batch_size=10, epochs=400, schedule="inverse:0.05")
    assert pytest.approx(best.loss, rel=1e-3) == found.loss
    assert not found.converged
    assert "no minimum within 400 epochs" in found.reason
    assert "--schedule" in found.hint


def test_the_seed_decides():
    one, same, other = (estimates(dk.train(**CARS, batch_size=10, epochs=3, seed=seed)) for seed in (1, 1, 2))
    assert one == same
    assert one != other


def test_training_that_stops_early_takes_what_did_best():
    rng = np.random.default_rng(0)
    x = rng.normal(size=(60, 25))
    data = {**{f"x{k}": x[:, k] for k in range(25)}, "y": x[:, 0] + 2 * rng.normal(size=60)}
    stopped = dk.train(data, model="linear", optimizer="gd", lr=0.05, early_stop=5, batch_size=60, epochs=2000)
    assert stopped.converged
    assert stopped.reason.startswith("stopped early: the validation loss has not fallen for 5 epochs")
    assert 12 == len(stopped.validation_rows)
    judging = [row - 1 for row in stopped.validation_rows]
    own = [row for row in range(60) if row not in judging]

    def validation_loss(epochs):
        """Of the model of the same rows, after so many epochs."""
        part = {name: np.asarray(column)[own] for name, column in data.items()}
        w = np.array(estimates(dk.train(part, model="linear", optimizer="gd", lr=0.05, batch_size=60, epochs=epochs)))
        return float(np.mean((data["y"][judging] - w[0] - x[judging] @ w[1:]) ** 2) / 2)

    w = np.array(estimates(stopped))
    best = float(np.mean((data["y"][judging] - w[0] - x[judging] @ w[1:]) ** 2) / 2)
    last = stopped.iterations
    assert pytest.approx(validation_loss(last - 5), rel=1e-12) == best
    assert all(validation_loss(epochs) > best for epochs in (last - 6, last - 4, last))


def test_an_early_stop_has_no_standard_errors_and_keeps_its_rows_apart():
    found = dk.train(**ORING, early_stop=3, test=0.2)
    assert all(c.standard_error is None for c in found.coefficients)
    assert any("stops early" in warning for warning in found.warnings)
    assert not set(found.test_rows) & set(found.validation_rows)


def test_an_early_stop_is_an_answer_where_classes_are_apart():
    """No finite coefficients fit best, but those of an early stop are finite on purpose."""
    found = dk.train("samples/iris.csv", model="softmax", target="species", early_stop=3, epochs=20, batch_size=16)
    assert "separation" not in found.reason
    assert found.metrics["train"]["accuracy"] > 0.9


def test_a_rate_that_is_too_large_is_said_and_gives_no_numbers():
    for more in ({}, {"batch_size": 10, "epochs": 50}):
        found = dk.train(**CARS, optimizer="gd", lr=5.0, **more)
        assert "a learning rate of 5 is too large" in found.reason
        assert not found.converged
        assert [None, None] == estimates(found)


def test_clipping_bounds_the_way():
    """Every step is shorter than rate * norm, so 20 of them lead no further than 20 times that, in standardized units."""
    rng = np.random.default_rng(2)
    x = rng.normal(size=50)
    y = 300 * x + rng.normal(size=50)
    free = dk.train({"x": x, "y": y}, model="linear", optimizer="gd", lr=0.1, steps=20)
    held = dk.train({"x": x, "y": y}, model="linear", optimizer="gd", lr=0.1, steps=20, clip_norm=0.1)
    farthest = 20 * 0.1 * 0.1 * y.std() / x.std()
    assert abs(held.coefficients[1].estimate) <= farthest * (1 + 1e-12)
    assert abs(free.coefficients[1].estimate) > farthest


def test_batches_hold_every_row_once_an_epoch():
    batches = Batches(10, 3, np.random.default_rng(0))
    orders = []
    for _ in range(3):
        epoch = [batches.following() for _ in range(batches.count)]
        assert [3, 3, 3, 1] == [len(part) for part in epoch]
        orders.append(np.concatenate(epoch).tolist())
        assert list(range(10)) == sorted(orders[-1])
    assert orders[0] != orders[1]


def test_patience_counts_from_the_best():
    patience = Patience(2)
    for epoch, loss in enumerate([3.0, 2.0, 2.0, 1.5, float("nan")]):
        patience.judge(epoch, loss, epoch)
    with pytest.raises(Stuck) as stuck:
        patience.judge(5, 1.6, 5)
    assert Outcome.CONVERGED is stuck.value.outcome
    assert (3, 1.5) == (patience.kept, patience.loss)


REFUSED = [
    ({"lr": 0.1}, "--lr is for methods that go by a learning rate"),
    ({"optimizer": "lbfgs", "clip_norm": 1.0}, "--clip-norm is for methods"),
    ({"optimizer": "newton", "batch_size": 10}, "newton looks at all rows at every step"),
    ({"optimizer": "adam", "momentum": 0.5}, "adam does not heed the momentum"),
    ({"optimizer": "gd", "schedule": "cosine:10"}, "needs a learning rate"),
    ({"optimizer": "gd", "schedule": "sine:10", "lr": 1.0}, "no schedule is called 'sine'"),
    ({"optimizer": "gd", "lr": -1.0}, "the learning rate must be positive"),
    ({"batch_size": 0}, "--batch-size 0"),
    ({"epochs": 0}, "--epochs 0"),
    ({"epochs": 10**9}, "at most 1,000,000"),
    ({"early_stop": 0}, "--early-stop 0"),
    ({"validation": 0.1}, "--validation is for --early-stop"),
    ({"validation": 1.0, "early_stop": 2}, "--validation 1"),
    ({"epochs": 2, "steps": 5}, "--steps counts steps over all rows"),
    ({"epochs": 2, "folds": 3}, "--folds trains by all rows"),
    ({"epochs": 2, "l1": 0.1}, "cannot minimize absolute values"),
    ({"epochs": 2, "memory": "500MB"}, "--batch-size takes all rows in memory"),
    ({"epochs": 2, "model": "huber"}, "cannot minimize the loss of huber"),
    ({"epochs": 2, "model": "quantile"}, "cannot minimize the loss of quantile"),
    ({"optimizer": "gauss-newton"}, "there is no optimizer"),
]


@pytest.mark.parametrize(("options", "said"), REFUSED, ids=lambda value: str(value))
def test_options_that_do_not_fit_are_refused(options, said):
    with pytest.raises(UsageError) as refused:
        dk.train(**{**CARS, **options})
    assert said in refused.value.message


def test_the_command_and_its_document():
    arguments = [
        "train",
        "samples/cars.csv",
        "--model",
        "linear",
        "--target",
        "dist",
        "--batch-size",
        "10",
        "--early-stop",
        "4",
        "--json",
    ]
    found = CliRunner().invoke(app, arguments, catch_exceptions=False)
    document = json.loads(found.stdout)
    assert (0, True, "adam") == (found.exit_code, document["converged"], document["optimizer"])
    assert 10 == len(document["validation_rows"])
    assert [None, None] == [c["standard_error"] for c in document["coefficients"]]


def test_every_first_order_method_takes_batches():
    names = [name for name in FROM_TABLE if METHODS[name].first_order]
    for name in names:
        found = dk.train(**ORING, optimizer=name, batch_size=8, epochs=30)
        assert found.loss < 0.55, name
    assert {"gd", "momentum", "nesterov", "adagrad", "rmsprop", "adam", "adamw", "nadam", "amsgrad"} <= set(names)
