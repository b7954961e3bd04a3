"""The names that `--model` takes: a family, what it needs besides, and a user's own loss."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from derivkit.errors import UsageError

if TYPE_CHECKING:
    from derivkit.models.family import Family


@dataclass(frozen=True, slots=True)
class Named:
    """A model by its name.

    Attributes
    ----------
    family : str
    title : str or None
        Where it is another than the family's.
    needs, takes : tuple of str
        Options that must be given, and options of its own that may be; `takes` starts with what `needs` holds.
    """

    family: str
    title: str | None = None
    needs: tuple[str, ...] = ()
    takes: tuple[str, ...] = ("l1", "l2")


MODELS = {
    "linear": Named("linear"),
    "ridge": Named("linear", "ridge regression", needs=("l2",), takes=("l2",)),
    "lasso": Named("linear", "lasso regression", needs=("l1",), takes=("l1",)),
    "elasticnet": Named("linear", "elastic net regression", needs=("l1", "l2")),
    "polynomial": Named("linear", "polynomial regression", takes=("l2", "degree")),
    "logistic": Named("logistic"),
    "softmax": Named("softmax"),
    "poisson": Named("poisson"),
    "gamma": Named("gamma"),
    "huber": Named("huber", takes=("l1", "l2", "delta")),
    "quantile": Named("quantile", takes=("tau",)),
}
NETWORK = "mlp"  # has layers instead of a family
OWN = Named("own", takes=("l1", "l2"))  # a loss of the user's


def own_family(text: str) -> Family:
    """The family of a user's loss in `eta` and `y`.

    Raises
    ------
    ParseError
        If the text is not an expression.
    UsageError
        If it has other variables than these, or lacks eta.

    Examples
    --------
    >>> own_family("log(cosh(y - eta))").errors
    'sandwich'
    """
    from derivkit.expression.parser import parse
    from derivkit.expression.printer import to_text
    from derivkit.models.family import Family

    graph = parse(text).graph
    strange = [name for name in graph.variables if name not in ("eta", "y")]
    if strange or "eta" not in graph.variables:
        what = f"{strange[0]} is neither" if strange else "eta does not occur"
        raise UsageError(
            f"the loss is one row's, in the linear predictor eta and the response y: {what}", hint='as "(y - eta)^2/2"'
        )
    return Family(
        name="own", title="own loss", link="identity", loss=to_text(graph), prediction="eta", start="0", errors="sandwich",
        source="Huber, Robust Statistics (1981), section 6.3: the errors of any M-estimate",
    )  # fmt: skip
