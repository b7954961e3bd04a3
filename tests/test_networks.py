"""Networks: gradients against differences, a published example, PyTorch's numbers, and what training promises."""

from __future__ import annotations

import json
import math
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from derivkit import finite, tape
from derivkit.errors import DerivkitError
from derivkit.networks import Architecture, Network, Recipe, train_network
from derivkit.networks.forward import forward, loss_of, no_averages
from derivkit.networks.gradient import checked
from derivkit.networks.history import Epoch, Score, overfit
from derivkit.networks.initial import DROPOUT, generator, initial
from derivkit.networks.keeping import from_dict, to_dict
from derivkit.networks.made import MADE, made
from derivkit.networks.network import Scale
from derivkit.networks.objective import Objective, Rows
from derivkit.networks.parameters import arrays_of, layers_of, names_of, parts_of, penalized, size_of
from derivkit.networks.passes import passes
from derivkit.networks.training import Parts, train
from derivkit.optimize.methods import METHODS
from derivkit.optimize.outcome import Outcome
from derivkit.optimize.schedules import parse_schedule
from derivkit.optimize.settings import Settings

RNG = np.random.default_rng(7)
X = RNG.normal(size=(6, 2))
CLASSES = (X[:, 0] * X[:, 1] > 0).astype(int)
SEVERAL = np.arange(6) % 3
NUMBERS = np.sin(X[:, 0]) + X[:, 1]
ENDS = {"identity": (1, NUMBERS), "sigmoid": (1, CLASSES), "softmax": (3, SEVERAL)}


def network_of(output: str, **options: Any) -> tuple[Architecture, Rows]:
    width, y = ENDS[output]
    return Architecture.of(f"2-3-2-{width}", **options).with_output(output), Rows(X, y)  # type: ignore[arg-type]  # one of three


# ---- gradients


@pytest.mark.parametrize(
    ("output", "activation", "batch_norm", "dropout", "l1", "l2"),
    [
        ("identity", "tanh", False, 0.0, 0.0, 0.0),
        ("sigmoid", "tanh", False, 0.0, 0.0, 0.0),
        ("softmax", "tanh", False, 0.0, 0.0, 0.0),
        ("sigmoid", "relu", False, 0.0, 0.0, 0.0),
        ("softmax", "sigmoid", False, 0.0, 0.0, 0.0),
        ("identity", "sigmoid", True, 0.0, 0.0, 0.0),
        ("softmax", "relu", True, 0.0, 0.0, 0.0),
        ("sigmoid", "tanh", False, 0.4, 0.0, 0.0),
        ("softmax", "tanh", True, 0.4, 0.0, 0.0),
        ("identity", "tanh", False, 0.0, 0.03, 0.0),
        ("softmax", "tanh", False, 0.0, 0.0, 0.2),
        ("sigmoid", "relu", True, 0.4, 0.03, 0.2),
    ],
)
def test_every_entry_of_the_gradient_is_that_of_differences(
    output: str, activation: str, batch_norm: bool, dropout: float, l1: float, l2: float
) -> None:
    architecture, rows = network_of(output, activation=activation, batch_norm=batch_norm, dropout=dropout)
    objective, averages = Objective(architecture, l1, l2), no_averages(architecture)
    point = initial(architecture, 0) + 0.1 * np.random.default_rng(1).normal(size=size_of(architecture))
    value, gradient, _ = objective.value_and_gradient(point, averages, rows, generator(0, DROPOUT))
    assert value == pytest.approx(objective.value(point, averages, rows, generator(0, DROPOUT)), rel=1e-14)
    expected, errors = finite.gradient(lambda v: objective.value(v, averages, rows, generator(0, DROPOUT)), point)
    known = errors < 1e-6  # next to a kink of relu, differences know less
    assert known.mean() > 0.8
    assert np.allclose(expected[known], gradient[known], rtol=1e-6, atol=1e-8)
    assert "agree" == checked(objective, point, rows, 0).verdict


@pytest.mark.parametrize("batch_norm", [False, True])
@pytest.mark.parametrize("output", ENDS)
def test_adjoints_of_signals_are_derivatives_by_them(output: str, batch_norm: bool) -> None:
    architecture, rows = network_of(output, batch_norm=batch_norm)
    averages = tuple((np.full(n, 0.1), np.full(n, 1.5)) for n in architecture.widths[1:-1] * batch_norm)
    vector = initial(architecture, 3)
    found = passes(architecture, vector, averages, rows.at(slice(2)))
    layers = layers_of(architecture, arrays_of(architecture, vector))

    def loss(name: str, moved: Any) -> float:
        z, _ = forward(
            architecture, layers, averages, rows.x[:2], mark=lambda seen, value: value + moved if seen == name else value
        )
        return float(loss_of(architecture, z, rows.y[:2]))

    for each in found.signals[1:]:
        expected, _ = finite.gradient(lambda moved, name=each.name: loss(name, moved), np.zeros_like(each.value))
        assert np.allclose(expected, each.adjoint, atol=1e-9), each.name
    assert [each.name for each in found.weights] == [part.title for part in parts_of(architecture)]
    objective = Objective(architecture)
    flat = np.concatenate([each.adjoint.ravel() for each in found.weights])
    if not batch_norm:
        assert np.allclose(objective.value_and_gradient(vector, averages, rows.at(slice(2)), generator(0, DROPOUT))[1], flat)


def test_a_published_example_of_backpropagation() -> None:
    """Mazur, A step by step backpropagation example (2015): two inputs, two sigmoid units, two sigmoid outputs, one step of 0.5."""
    architecture = Architecture.of("2-2-2", activation="sigmoid")
    vector = np.array([0.15, 0.25, 0.20, 0.30, 0.35, 0.35, 0.40, 0.50, 0.45, 0.55, 0.60, 0.60])
    seen: dict[str, Any] = {}

    def error(v: Any) -> Any:
        layers = layers_of(architecture, [v[part.place].reshape(part.shape) for part in parts_of(architecture)])

        def mark(name: str, value: Any) -> Any:
            seen[name] = value.numpy()
            return value

        z, _ = forward(architecture, layers, (), np.array([[0.05, 0.10]]), mark=mark)
        out = tape.functional.sigmoid(z)
        seen["out"] = out.numpy()
        return np.sum(np.square(np.array([[0.01, 0.99]]) - out)) / 2

    value, gradient = tape.value_and_grad(error)(vector)
    moved = vector - 0.5 * gradient
    assert (0.3775, 0.593269992, 0.596884378) == pytest.approx((seen["z1"][0, 0], *seen["a1"][0]), abs=5e-10)
    assert (1.105905967, 0.75136507, 0.772928465) == pytest.approx((seen["z2"][0, 0], *seen["out"][0]), abs=5e-9)
    assert 0.298371109 == pytest.approx(float(value), abs=5e-10)
    named = dict(zip(names_of(architecture), moved, strict=True))
    expected = {
        "W2[1,1]": 0.35891648, "W2[2,1]": 0.408666186, "W2[1,2]": 0.511301270, "W2[2,2]": 0.561370121,
        "W1[1,1]": 0.149780716, "W1[2,1]": 0.19956143, "W1[1,2]": 0.24975114, "W1[2,2]": 0.29950229,
    }  # fmt: skip
    assert expected == pytest.approx({name: named[name] for name in expected}, abs=5e-9)


def test_a_wrong_rule_is_found_before_the_first_step(monkeypatch: pytest.MonkeyPatch) -> None:
    right = Objective.value_and_gradient

    def wrong(self: Objective, *args: Any) -> Any:
        value, gradient, averages = right(self, *args)
        gradient[3] *= 1.001
        return value, gradient, averages

    monkeypatch.setattr(Objective, "value_and_gradient", wrong)
    found = train_network("2-3-1", "xor")
    assert ("disagree", None, None, ()) == (found.gradient_check.verdict, found.network, found.outcome, found.history)
    assert "W1[2,1]" == found.gradient_check.worst[0].name
    assert found.reason.startswith("not started: ")


# ---- parts


def test_the_vector_and_its_names() -> None:
    architecture = Architecture.of("2-3-1")
    assert 13 == size_of(architecture) == len(names_of(architecture))
    assert ["W1[1,1]", "W1[1,2]", "W1[1,3]", "W1[2,1]"] == names_of(architecture)[:4]
    assert ["b1[1]", "b1[2]", "b1[3]", "W2[1,1]", "W2[2,1]", "W2[3,1]", "b2[1]"] == names_of(architecture)[6:]
    assert [True] * 6 + [False] * 3 + [True] * 3 + [False] == penalized(architecture).tolist()
    normalized = Architecture.of("2-3-1", batch_norm=True)
    assert ["W1", "gamma1", "beta1", "W2", "b2"] == [part.title for part in parts_of(normalized)]
    assert [True] * 6 + [False] * 6 + [True] * 3 + [False] == penalized(normalized).tolist()


@given(st.lists(st.integers(1, 30), min_size=3, max_size=5), st.booleans())
@settings(max_examples=50, deadline=None)
def test_arrays_lie_in_the_vector_without_gaps(widths: list[int], batch_norm: bool) -> None:
    architecture = Architecture.of("-".join(map(str, widths)), batch_norm=batch_norm)
    vector = np.arange(float(size_of(architecture)))
    assert "-".join(map(str, widths)) == architecture.text
    assert vector.tolist() == np.concatenate([array.ravel() for array in arrays_of(architecture, vector)]).tolist()
    assert all(np.shares_memory(array, vector) for array in arrays_of(architecture, vector))


@pytest.mark.parametrize(
    ("activation", "expected"),
    [("relu", math.sqrt(2 / 400)), ("tanh", math.sqrt(2 / 700)), ("sigmoid", 4 * math.sqrt(2 / 700))],
)
def test_first_weights_have_the_published_spread(activation: str, expected: float) -> None:
    architecture = Architecture.of("400-300-1", activation=activation)
    first = arrays_of(architecture, initial(architecture, 0))
    assert expected == pytest.approx(first[0].std(), rel=0.01)
    assert not first[1].any()


def test_dropout_keeps_the_mean_and_predictions_know_nothing_of_it() -> None:
    architecture = Architecture.of("1-4000-1", activation="relu", dropout=0.3)
    layers = [{"W": np.ones((1, 4000)), "b": np.zeros(4000)}, {"W": np.ones((4000, 1)) / 4000, "b": np.zeros(1)}]
    x = np.ones((50, 1))
    trained, _ = forward(architecture, layers, (), x, rng=np.random.default_rng(0))
    assert 1.0 == pytest.approx(trained.mean(), abs=0.005)
    assert math.sqrt(0.3 / 0.7 / 4000) == pytest.approx(trained.std(), rel=0.3)
    assert np.ones((50, 1)) == pytest.approx(forward(architecture, layers, (), x)[0], rel=1e-12)


def test_batch_norm_takes_the_batch_in_training_and_averages_after() -> None:
    architecture = Architecture.of("1-1-1", activation="relu", batch_norm=True)
    layers = layers_of(architecture, arrays_of(architecture, np.array([1.0, 2.0, 3.0, 1.0, 0.0])))
    x = np.array([[0.0], [2.0], [4.0]])
    seen: dict[str, Any] = {}
    _, after = forward(
        architecture, layers, no_averages(architecture), x, rng=np.random.default_rng(0),
        mark=lambda name, value: seen.setdefault(name, value),
    )  # fmt: skip
    assert 3.0 == pytest.approx(seen["n1"].mean())  # beta
    assert 2.0 == pytest.approx(seen["n1"].std(), rel=1e-5)  # gamma
    ((mean, variance),) = after
    assert (0.2, 0.9 + 0.4) == pytest.approx((mean[0], variance[0]))  # a tenth of mean 2 and variance 4, with n - 1
    alone, _ = forward(architecture, layers, after, x[:1])
    assert (0 - 0.2) / math.sqrt(1.3 + 2e-5) * 2 + 3 == pytest.approx(alone[0, 0])


def test_made_data_are_what_they_say() -> None:
    for name in MADE:
        columns = made(name, seed=3)
        assert columns == made(name, seed=3)
        assert {0, 1} == set(columns["y"])
        assert MADE[name].rows == len(columns["y"])
    assert made("spiral", seed=1) != made("spiral", seed=2)
    assert {0, 1, 2} == set(made("spiral", arms=3)["y"])
    x1, x2, arm = (np.array(made("spiral", noise=0.0, rows=50)[key]) for key in ("x1", "x2", "y"))
    radius = np.hypot(x1, x2)
    turned = (np.arctan2(x2, x1) / (2 * np.pi) - radius - arm / 2 + 0.5) % 1 - 0.5
    assert np.zeros(50) == pytest.approx(turned, abs=1e-12)
    clouds = made("xor", rows=400, noise=0.1)
    assert 100 == sum(1 for each in zip(clouds["x1"], clouds["x2"], strict=True) if each[0] > 0.5 and each[1] > 0.5)


# ---- training


def test_xor_is_solved_by_most_seeds() -> None:
    solved = [train_network("2-3-1", "xor", seed=seed, lr=0.05, epochs=250).metrics["train"] for seed in range(8)]
    assert sum(found is not None and found["accuracy"] == 1 for found in solved) >= 7


@pytest.mark.parametrize("optimizer", ["adam", "lbfgs", "bfgs", "cg"])
def test_spirals_are_told_apart(optimizer: str) -> None:
    found = train_network("2-16-16-2", "spiral", optimizer=optimizer, seed=2, epochs=80)
    assert found.metrics["test"] is not None
    assert found.metrics["test"]["accuracy"] > 0.95
    assert 60 == len(found.test_rows)


@pytest.mark.parametrize("optimizer", [name for name, method in METHODS.items() if method.first_order])
def test_every_first_order_method_trains(optimizer: str) -> None:
    found = train_network("2-8-2", "moons", optimizer=optimizer, epochs=20)
    assert found.history[-1].train.loss < 0.6 * found.history[0].train.loss
    assert (Outcome.BUDGET, 20, 100) == (found.outcome, found.kept, found.steps)


def test_the_same_seed_gives_the_same_network() -> None:
    options: dict[str, Any] = {"dropout": 0.2, "batch_norm": True, "epochs": 5, "early_stop": 3}
    one, same, other = (train_network("2-4-2", "moons", seed=seed, **options) for seed in (1, 1, 2))
    assert one.network is not None and same.network is not None and other.network is not None
    assert one.network.parameters == same.network.parameters
    assert one.history == same.history
    assert one.network.parameters != other.network.parameters


def test_dropout_does_not_change_where_training_starts() -> None:
    one, other = (train_network("2-4-2", "moons", epochs=1, dropout=rate) for rate in (0.0, 0.5))
    assert one.start.parameters == other.start.parameters
    assert one.test_rows == other.test_rows


def test_early_stopping_keeps_the_best_weights_by_the_validation_part() -> None:
    found = train_network("2-30-30-2", "moons", noise=0.5, rows=120, early_stop=15, lr=0.05, seed=0)
    losses = [epoch.validation.loss for epoch in found.history if epoch.validation is not None]
    assert found.outcome is Outcome.CONVERGED
    assert "stopped early: the validation loss has not fallen for 15 epochs" == found.reason
    assert found.kept == int(np.argmin(losses)) == found.history[-1].number - 15
    assert found.metrics["validation"] is not None
    assert min(losses) == pytest.approx(found.metrics["validation"]["log_loss"], rel=1e-12)
    assert losses[-1] > min(losses)
    everything = {*found.validation_rows, *found.test_rows}
    assert len(everything) == len(found.validation_rows) + len(found.test_rows) == 24 + 19


def test_the_averages_are_those_of_the_epoch_that_was_kept() -> None:
    found = train_network("2-12-2", "moons", noise=0.4, batch_norm=True, early_stop=10, lr=0.05, seed=1)
    assert found.network is not None and found.kept is not None
    validation = found.history[found.kept].validation
    assert validation is not None and found.metrics["validation"] is not None
    assert validation.loss == pytest.approx(found.metrics["validation"]["log_loss"], rel=1e-12)


def test_penalties_shrink_weights() -> None:
    plain, l2, l1 = (train_network("2-6-1", "moons", epochs=60, **penalty) for penalty in ({}, {"l2": 0.05}, {"l1": 0.02}))
    assert plain.network is not None and l1.network is not None and l2.network is not None
    mask = penalized(plain.architecture)
    sizes = [float(np.abs(each.network.weights[mask]).sum()) for each in (plain, l2, l1) if each.network]
    assert sizes[0] > 2 * max(sizes[1:])


def test_a_learning_rate_without_measure_is_said_to_be_so() -> None:
    found = train_network("1-4-1", {"x": [1.0, 2.0, 3.0, 4.0], "y": [1.0, 4.0, 9.0, 16.0]}, optimizer="gd", lr=1e200)
    assert (None, None, Outcome.DIVERGED) == (found.network, found.kept, found.outcome)
    assert "the loss ran away in step 1: a learning rate of 1e+200 is too large" == found.reason


def test_numbers_are_learned_and_come_back_in_their_own_units() -> None:
    x = np.linspace(0, 6, 60)
    found = train_network("1-8-1", {"x": x, "y": 1000 + 500 * np.sin(x)}, optimizer="lbfgs", epochs=60, test=0.25)
    assert found.network is not None and found.metrics["test"] is not None
    assert found.metrics["test"]["r_squared"] > 0.999
    assert 1000 + 500 * math.sin(2.0) == pytest.approx(found.network.predict([[2.0]])[0], abs=10)
    test = found.history[-1].test
    assert test is not None
    assert found.metrics["test"]["rmse"] == pytest.approx(test.metric, rel=1e-9)
    with pytest.raises(TypeError, match="numbers"):
        found.network.predict_proba([[2.0]])


def test_words_are_classes() -> None:
    columns = {"x": [0.0, 1.0, 2.0, 3.0, 4.0, 5.0], "y": ["no", "no", "no", "yes", "yes", "yes"]}
    found = train_network("1-2-1", columns, epochs=300)
    assert found.network is not None
    assert ["no", "yes"] == found.network.predict([[0.0], [5.0]]).tolist()
    probabilities = found.network.predict_proba([[0.0], [5.0]])
    assert (2, 2) == probabilities.shape
    assert np.ones(2) == pytest.approx(probabilities.sum(axis=1))


def test_one_output_and_two_tell_two_classes_apart_alike() -> None:
    """A sigmoid of z is a softmax of (-z/2, z/2)."""
    z = np.array([[-2.0], [0.5], [30.0]])
    y = np.array([0, 1, 0])
    one = loss_of(Architecture.of("2-1").with_output("sigmoid"), z, y)
    assert one == pytest.approx(loss_of(Architecture.of("2-2").with_output("softmax"), np.hstack([-z / 2, z / 2]), y))


def test_overfitting_is_told_from_the_curves() -> None:
    def history(train: list[float], test: list[float]) -> list[Epoch]:
        return [Epoch(k, Score(a, 0), test=Score(b, 0)) for k, (a, b) in enumerate(zip(train, test, strict=True))]

    assert overfit(history([3, 2, 1], [3, 2, 1])) is None
    assert overfit(history([3, 2, 2], [3, 2, 3])) is None  # the training loss fell no more
    assert overfit([Epoch(0, Score(1, 0)), Epoch(1, Score(0.5, 0))]) is None
    assert overfit(history([1, 1e-4, 5e-5], [1, 1e-4, 2e-4])) is None  # nothing beside what was learned
    found = overfit(history([3, 1, 0.5], [3, 1, 2]))
    assert found is not None
    assert (1, "test", (1, 2), (1, 0.5)) == (found.epoch, found.part, found.other, found.train)
    noisy = train_network("2-40-40-2", "moons", noise=0.6, rows=80, test=0.5, optimizer="lbfgs", epochs=100)
    assert noisy.overfit is not None and "test" == noisy.overfit.part


# ---- PyTorch


def test_ten_steps_of_adam_are_those_of_pytorch() -> None:
    """PyTorch 2.13.0 in double precision, by `python benchmarks/network_peers.py --numbers`: all eight rows in each step."""
    architecture = Architecture.of("2-3-1").with_output("sigmoid")
    k = np.arange(1.0, 14.0)
    x = np.stack([np.sin(np.arange(8.0)), np.cos(2 * np.arange(8.0))], axis=1)
    y = np.array([0, 1, 1, 0, 1, 0, 0, 1])
    start = Network.untrained(architecture, seed=0, classes=[0, 1]).trained(np.sin(k), ())
    recipe = Recipe("adam", Settings(rate=0.05), epochs=10, l2=0.01)
    found = train(start, Parts(start.rows(x, y)), recipe)
    assert found.network is not None
    assert TORCH_WEIGHTS == pytest.approx(found.network.weights.tolist(), abs=1e-10)
    assert TORCH_LOSS == pytest.approx(found.history[-1].train.loss, abs=1e-10)


# fmt: off
TORCH_WEIGHTS = [
    0.3626718343526541, 0.40828186635039326, -0.33561373548965434, -0.3019398297626834, -0.4910010104889859, 0.18679996727506507,
    1.1205945439495069, 1.4629641145519332, -0.0056896418189050744, -0.09484618674046116, -0.5534085571438591,
    -0.21888995184738338, 0.819101779264836,
]
TORCH_LOSS = 0.7051720186628452
# fmt: on


# ---- what is refused


@pytest.mark.parametrize(
    ("text", "start", "end"),
    [("2", 0, 1), ("2-", 2, 2), ("2-x-1", 2, 3), ("2--1", 2, 2), ("2-03-1", 2, 4), ("2-3.0-1", 2, 5), ("", 0, 0)],
)
def test_an_architecture_that_is_none_gets_a_caret(text: str, start: int, end: int) -> None:
    with pytest.raises(DerivkitError) as caught:
        Architecture.of(text)
    assert (text, (start, end)) == (caught.value.text, caught.value.span)


@pytest.mark.parametrize(
    ("widths", "options", "message"),
    [
        ("3-3-1", {}, "the data have 2 inputs"),
        ("2-3-3", {}, "2 classes, and the network 3 outputs"),
        ("2-3-1", {"activation": "tnh"}, "no activation 'tnh'"),
        ("2-3-1", {"dropout": 1.0}, "between 0 and 1"),
        ("2-3-1", {"dropout": math.nan}, "between 0 and 1"),
        ("2-3-1", {"optimizer": "newton"}, "no optimizer 'newton'"),
        ("2-3-1", {"lr": 0.0}, "learning rate must be positive"),
        ("2-3-1", {"lr": math.inf}, "learning rate must be positive"),
        ("2-3-1", {"l2": -1.0}, "--l2 -1"),
        ("2-3-1", {"l1": math.nan}, "--l1 nan"),
        ("2-3-1", {"batch_size": 0}, "--batch-size 0"),
        ("2-3-1", {"epochs": 0}, "--epochs 0"),
        ("2-3-1", {"epochs": 10**9}, "at most"),
        ("2-3-1", {"early_stop": 0}, "--early-stop 0"),
        ("2-3-1", {"validation": 1.0}, "--validation 1"),
        ("2-3-1", {"seed": -1}, "--seed -1"),
        ("2-3-1", {"clip_norm": -1.0}, "clip"),
        ("2-3-1", {"schedule": "never"}, "'never'"),
        ("2-3-1", {"row": 5}, "no row 5"),
        ("2-3-1", {"test": 1.5}, "between 0 and 1"),
        ("2-3-1", {"rows": 1}, "--rows 1"),
        ("2-3-1", {"noise": -0.1}, "--noise -0.1"),
        ("2-3-1", {"noise": math.inf}, "from 0 to 1e.100"),
        ("2-3-1", {"arms": 3}, "--arms is for the spiral, and xor has none"),
        ("2-3-1", {"optimizer": "lbfgs", "lr": 0.1}, "lbfgs does not heed the learning rate"),
        ("2-3-1", {"optimizer": "lbfgs", "l1": 0.1}, "lbfgs wants a smooth loss"),
        ("2-3-1", {"optimizer": "lbfgs", "dropout": 0.1}, "--dropout for batches"),
        ("2-3-1", {"optimizer": "lbfgs", "batch_norm": True}, "--batch-norm for batches"),
        ("2-3-1", {"optimizer": "lbfgs", "batch_size": 32}, "lbfgs takes all rows"),
        ("2-3-1", {"validation": 0.3}, "--validation is for --early-stop"),
        ("2-3-1", {"test": 0.5, "early_stop": 1}, "0.2 of 2 rows leaves no row for the validation"),
        ("2-3-1", {"batch_norm": True, "batch_size": 1}, "--batch-size 1 has none"),
        ("2-1", {"batch_norm": True}, "--batch-norm is for hidden layers"),
        ("2-1", {"dropout": 0.1}, "--dropout is for hidden layers"),
        ("2-9999-9999-1", {}, "beyond the budget"),
    ],
)
def test_what_makes_no_sense_is_refused_in_a_sentence(widths: str, options: dict[str, Any], message: str) -> None:
    with pytest.raises(DerivkitError, match=message):
        train_network(widths, "xor", **options)


def test_a_spiral_has_arms() -> None:
    with pytest.raises(DerivkitError, match="--arms 1: a spiral has 2 to 20"):
        made("spiral", arms=1)


def test_one_row_teaches_nothing() -> None:
    with pytest.raises(DerivkitError, match="trained on 2 rows or more, and 1 is left"):
        train_network("1-2-1", {"x": [1.0], "y": [2.0]})


def test_options_of_made_data_are_refused_for_others() -> None:
    with pytest.raises(DerivkitError, match="--noise is for data that are made"):
        train_network("1-1", {"x": [1.0, 2.0], "y": [1.0, 3.0]}, noise=0.1)


def test_three_classes_need_three_outputs() -> None:
    with pytest.raises(DerivkitError, match="3 classes, and the network 1 output"):
        train_network("2-3-1", "spiral", arms=3)


def test_schedules_and_clipping_reach_the_optimizer() -> None:
    plain, paced, clipped = (
        train_network("2-3-1", "xor", optimizer="gd", epochs=3, **options)
        for options in ({}, {"schedule": "step:1,0.5"}, {"clip_norm": 1e-3})
    )
    assert parse_schedule("step:1,0.5") == paced.recipe.settings.schedule
    moved = [np.linalg.norm(each.network.weights - each.start.weights) for each in (plain, paced, clipped) if each.network]
    assert moved[0] > moved[1] > moved[2]
    assert 3 * 0.5 * 1e-3 >= moved[2]


def test_a_constant_column_does_no_harm() -> None:
    scale = Scale.of(np.array([[1.0, 5.0], [3.0, 5.0]]))
    assert [[-1.0, 0.0], [1.0, 0.0]] == scale.standardized(np.array([[1.0, 5.0], [3.0, 5.0]])).tolist()
    assert [[1.0, 5.0]] == scale.restored(np.array([[-1.0, 0.0]])).tolist()


def test_constant_columns_are_warned_of() -> None:
    data = {"a": [1.0, 2.0, 3.0], "b": [7.0, 7.0, 7.0], "y": [1.0, 2.0, 4.0]}
    assert ("b is constant in the training rows: nothing is learned of it, and other values mislead",) == train_network(
        "2-2-1", data, epochs=1, lr=1e-3
    ).warnings


@pytest.mark.parametrize("unit", [1e-300, 1e-200, 1e-9, 1e9, 1e200, 1e300])
def test_units_change_nothing(unit: float) -> None:
    """A network in standardized numbers is the same in any unit, up to the last digits of the columns."""
    x, y = np.arange(12.0), np.sin(np.arange(12.0))
    plain, scaled = (train_network("1-3-1", {"x": x * one, "y": y}, epochs=50).network for one in (1.0, unit))
    assert plain is not None
    assert scaled is not None
    assert plain.predict(x[:, None]).tolist() == pytest.approx(scaled.predict(x[:, None] * unit).tolist(), abs=1e-7)


@pytest.mark.parametrize("unit", [1e-200, 1e200])
def test_a_target_whose_squares_are_no_numbers_is_refused(unit: float) -> None:
    with pytest.raises(DerivkitError, match="too large or too small for double precision"):
        train_network("1-3-1", {"x": [1.0, 2.0, 3.0], "y": [unit, 2 * unit, 4 * unit]})


def test_small_differences_of_large_numbers_are_seen() -> None:
    columns = np.array([[1e15], [1e15 + 2], [1e15 + 4]])
    assert [[-math.sqrt(1.5)], [0.0], [math.sqrt(1.5)]] == [pytest.approx(row) for row in Scale.of(columns).standardized(columns)]


@pytest.mark.parametrize("n", [33, 65])
def test_a_normalized_batch_has_two_rows_at_least(n: int) -> None:
    """One row has no variance: averages would take in zeros, and predictions would be off."""
    rng = np.random.default_rng(0)
    x = rng.normal(size=(n, 1))
    found = train_network("1-3-1", {"x": x[:, 0], "y": 2 * x[:, 0]}, batch_norm=True, batch_size=32, test=0.0, lr=1e-9, epochs=100)
    assert found.network is not None
    z = found.network.inputs.standardized(x) @ found.network.weights[:3].reshape(1, 3)
    assert found.network.averages[0][1] == pytest.approx(z.var(axis=0), rel=0.1)


@pytest.mark.parametrize("x", [[0.0, 0.0], [[0.0]], [[0.0, 0.0, 0.0]], []])
def test_rows_of_another_shape_are_refused(x: Any) -> None:
    network = Network.untrained(Architecture.of("2-2-1"), seed=0)
    with pytest.raises(ValueError, match=r"rows of 2 inputs have shape \(n, 2\)"):
        network.predict(x)


# ---- keeping


@pytest.mark.parametrize("output", ENDS)
@pytest.mark.parametrize("batch_norm", [False, True])
def test_a_network_comes_back_from_json_as_it_was(output: str, batch_norm: bool) -> None:
    architecture, _ = network_of(output, batch_norm=batch_norm)
    averages = tuple((np.full(n, 0.1), np.full(n, 1.5)) for n in architecture.widths[1:-1] * batch_norm)
    classes = {"identity": None, "sigmoid": ["a", "b"], "softmax": [1, 2, 3]}[output]
    start = Network.untrained(architecture, seed=1, inputs=Scale.of(X), target=Scale.of(NUMBERS[:, None]), classes=classes)
    network = start.trained(start.weights, averages)
    again = from_dict(json.loads(json.dumps(to_dict(network))), classes=classes)
    assert network.predict(X).tolist() == again.predict(X).tolist()
    assert network.parameters == again.parameters


@pytest.mark.parametrize(
    ("key", "value"),
    [
        ("architecture", "2-3"), ("architecture", "2-x"), ("architecture", 3), ("activation", "sin"), ("output", "softmax"),
        ("output", "none"), ("batch_norm", 1), ("weights", [1.0]), ("weights", ["1"] * 13), ("weights", [math.nan] * 13),
        ("averages", [{}]), ("inputs", {"center": [0.0, 0.0], "size": [1.0, 0.0]}), ("inputs", {"center": [0.0, 0.0]}),
        ("target", None), ("more", 1),
    ],
)  # fmt: skip
def test_a_document_that_is_no_network_is_refused(key: str, value: Any) -> None:
    network = Network.untrained(Architecture.of("2-3-1").with_output("sigmoid"), seed=0, classes=[0, 1])
    assert from_dict(to_dict(network), classes=[0, 1]).parameters == network.parameters
    with pytest.raises(DerivkitError, match="network"):
        from_dict({**to_dict(network), key: value}, classes=[0, 1])
