"""What the user asks of training, checked before a file is opened."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from derivkit.data.words import nearest_hint
from derivkit.errors import UsageError
from derivkit.models import Family, family_named
from derivkit.models.batchwise import Batching
from derivkit.models.named import MODELS, NETWORK, Named, own_family
from derivkit.models.named import OWN as OWN_LOSS
from derivkit.models.penalty import Penalty
from derivkit.models.solve import OPTIMIZERS, OWN, Method
from derivkit.optimize.epochs import require
from derivkit.optimize.methods import METHODS
from derivkit.optimize.settings import Settings

HIGHEST_DEGREE = 30
BATCHING = {"size": "batch_size", "epochs": "epochs", "patience": "early_stop", "validation": "validation"}
SETTINGS = {"rate": "lr", "momentum": "momentum", "clip_norm": "clip_norm", "clip_value": "clip_value"}
EXAMPLES = {"l1": "--l1 0.1", "l2": "--l2 0.1", "degree": "--degree 2", "tau": "--tau 0.5", "delta": "--delta 1.345"}


@dataclass(frozen=True)
class Spec:
    """A model to be fitted, whatever the data.

    Attributes
    ----------
    name, title : str
    family : Family
    penalty : Penalty
    degree : int or None
        Of a polynomial.
    settings : mapping of str to float
        Of the family, as they are used.
    intercept, robust : bool
    method : Method
    """

    name: str
    title: str
    family: Family
    penalty: Penalty
    degree: int | None
    settings: Mapping[str, float]
    intercept: bool
    robust: bool
    method: Method

    @property
    def held_back(self) -> bool:
        """Whether coefficients are not those of the least loss, on purpose: a penalty pulls at them, or training stops early."""
        return bool(self.penalty) or bool(self.method.batching and self.method.batching.patience)


def spec_of(
    model: str | None,
    loss: str | None,
    given: Mapping[str, float | None],
    *,
    intercept: bool,
    robust: bool,
    method: Method,
) -> Spec:
    """The model that the options name.

    Parameters
    ----------
    model, loss : str or None
        Exactly one of them: a name, or a user's own loss.
    given : mapping of str to float or None
        `l1`, `l2`, `degree`, `tau`, `delta`; None where not given.

    Raises
    ------
    UsageError
        If the options do not fit together.
    """
    if (model is None) == (loss is None):
        what = "either a model or a loss is needed" if model is None else "a model has its loss already"
        raise UsageError(f"{what}: give --model NAME or --loss EXPR, not both", hint=f"the models are {', '.join(MODELS)}")
    if model is not None and model not in MODELS:
        raise UsageError(f"there is no model '{model}'", hint=nearest_hint(model, list(MODELS)))
    named = OWN_LOSS if model is None else MODELS[model]
    name = model or "own"
    family = own_family(loss) if loss is not None else family_named(named.family)
    values = _checked(name, named, {key: value for key, value in given.items() if value is not None})
    penalty = Penalty(values.get("l1", 0.0), values.get("l2", 0.0))
    _check_method(method, penalty, family)
    settings = {key: values.get(key, default) for key, default in family.settings.items()}
    degree = int(values.get("degree", 2)) if "degree" in named.takes else None
    return Spec(name, named.title or family.title, family, penalty, degree, settings, intercept, robust, method)


def strengths(l2: float | None, compared: Sequence[float] | None) -> Sequence[float | None]:
    """The strengths of the penalty that are trained with.

    Raises
    ------
    UsageError
        If one strength and several are given, or one is given twice.
    """
    if compared is None:
        return [l2]
    if l2 is not None:
        raise UsageError("--l2 and --compare-l2 are both given", hint="write every strength into --compare-l2")
    if len(compared) < 2 or len(set(compared)) < len(compared):
        raise UsageError("--compare-l2 takes at least two strengths, each once", hint="as in --compare-l2 0,1e-3,1")
    return list(compared)


def _checked(name: str, named: Named, given: Mapping[str, float]) -> Mapping[str, float]:
    for key in named.needs:
        if not given.get(key):
            raise UsageError(
                f"{name} needs a penalty: --{key} says how strong", hint=f"add {EXAMPLES[key]}, or take --model linear"
            )
    for key, value in given.items():
        if key not in named.takes and value:
            takes = ", ".join(f"--{each}" for each in named.takes)
            raise UsageError(f"{name} takes no --{key}", hint=f"it takes {takes}")
        if not math.isfinite(value) or value < 0:
            raise UsageError(f"{key} must be a number that is not negative, not {value:g}")
    if not 1 <= given.get("degree", 1) <= HIGHEST_DEGREE:
        raise UsageError(f"--degree {given['degree']:g}: the degree lies between 1 and {HIGHEST_DEGREE}")
    if not 0 < given.get("tau", 0.5) < 1:
        raise UsageError(f"--tau {given['tau']:g}: the quantile lies between 0 and 1", hint="--tau 0.5 is the median")
    if not given.get("delta", 1.0) > 0:
        raise UsageError("--delta must be positive", hint="--delta 1.345 is usual")
    return given


def _check_method(method: Method, penalty: Penalty, family: Family) -> None:
    if method.optimizer not in OPTIMIZERS:
        raise UsageError(f"there is no optimizer '{method.optimizer}'", hint=nearest_hint(method.optimizer, OPTIMIZERS))
    if method.optimizer != "auto" and (penalty.l1 or not family.curved):
        why = "absolute values" if penalty.l1 else "the quantile's loss"
        raise UsageError(f"--optimizer {method.optimizer} cannot minimize {why}", hint="leave --optimizer out")
    if method.steps is not None and method.steps < 1:
        raise UsageError(f"--steps {method.steps}: at least one step is needed")
    if method.batching is not None:
        _check_batching(method, method.batching, penalty, family)
    elif method.optimizer in OWN and method.settings.given:
        options = ", ".join(flag_of(SETTINGS.get(name, name)) for name in method.settings.given)
        firsts = ", ".join(name for name in OPTIMIZERS if name in METHODS and METHODS[name].first_order)
        be = "is" if len(method.settings.given) == 1 else "are"
        raise UsageError(f"{options} {be} for methods that go by a learning rate", hint=f"choose --optimizer among {firsts}")


def _check_batching(method: Method, batching: Batching, penalty: Penalty, family: Family) -> None:
    if method.steps is not None:
        raise UsageError("--steps counts steps over all rows, and batches are counted in --epochs", hint="leave one out")
    chosen = method.chosen(0, kinked=False)
    if chosen not in METHODS or not METHODS[chosen].first_order:
        raise UsageError(
            f"{chosen} looks at all rows at every step: it takes no --batch-size, --epochs or --early-stop",
            hint="take --optimizer adam, or another that goes by a learning rate",
        )
    if penalty.l1 or not family.curved or family.scaled:
        why = "absolute values" if penalty.l1 else f"the loss of {family.name}"
        raise UsageError(f"batches of rows cannot minimize {why}", hint="leave --batch-size, --epochs and --early-stop out")
    require(size=batching.size, epochs=batching.epochs, patience=batching.patience, validation=batching.validation)


def method_of(options: Mapping[str, Any]) -> Method:
    """How to minimize, as the options say; there are batches where their size, epochs or patience is given.

    Parameters
    ----------
    options : mapping
        As `train` takes them.

    Raises
    ------
    UsageError
        If a setting or the schedule cannot be used, or they do not go together.
    """
    given = {name: options[key] for name, key in BATCHING.items() if options[key] is not None}
    if options["validation"] is not None and options["early_stop"] is None:
        raise UsageError("--validation is for --early-stop", hint="add --early-stop 10, or leave --validation out")
    if given and options["folds"]:
        raise UsageError("--folds trains by all rows at once: it goes with no --batch-size, --epochs or --early-stop")
    batching = Batching(**given, seed=options["seed"]) if given else None
    return Method(options["optimizer"], settings_of(options), options["steps"], batching)


def settings_of(options: Mapping[str, Any]) -> Settings:
    """The settings of a minimizer among the options.

    Raises
    ------
    UsageError
        If a number or the schedule cannot be used.
    """
    return Settings.of(options["schedule"], **{name: options[key] for name, key in SETTINGS.items()})


def refuse_layers(layers: Mapping[str, Any]) -> None:
    """Refuse options of networks for other models.

    Raises
    ------
    UsageError
        Naming the first.
    """
    for name, value in layers.items():
        if value is not None:
            raise UsageError(f"{flag_of(name)} is for networks", hint=f"add --model {NETWORK}, or leave {flag_of(name)} out")


def flag_of(name: str) -> str:
    """An option as the command line has it."""
    return f"--{name.replace('_', '-')}"
