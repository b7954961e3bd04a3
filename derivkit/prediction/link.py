"""From linear predictors to predictions, and the loss of rows: a family's formulas, for as many classes as there are."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING, Any

from derivkit.evaluate import node_values
from derivkit.functions import ARRAYS
from derivkit.models.family import Family, parsed
from derivkit.models.softmax import loss_of
from derivkit.prediction.wording import safe_names
from derivkit.tape.differentiate import derivatives_graph

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    Vector = NDArray[np.float64]
    Matrix = NDArray[np.float64]

Class = int | float | str


@dataclass(frozen=True)
class Link:
    """What linear predictors say.

    Attributes
    ----------
    family : Family
    classes : tuple or None
    blocks : tuple of (class or None)
        What every linear predictor belongs to; a class without one has the predictor 0.

    Examples
    --------
    >>> from derivkit.models import family_named
    >>> Link(family_named("softmax"), ("a", "b", "c"), ("b", "c")).texts["b"]
    'sigmoid(eta_b - logsumexp(0, eta_c))'
    """

    family: Family
    classes: tuple[Class, ...] | None
    blocks: tuple[Class | None, ...]

    @cached_property
    def predictors(self) -> tuple[str, ...]:
        """The names of the linear predictors."""
        if len(self.blocks) == 1:
            return ("eta",)
        return tuple(safe_names(f"eta_{block}" for block in self.blocks).values())

    @cached_property
    def texts(self) -> dict[Class | None, str]:
        """Every prediction in terms of the linear predictors: under None, or under every class its probability."""
        if self.classes is None:
            return {None: self.family.prediction}
        return {label: f"sigmoid({self._log_odds(label)})" for label in self.classes}

    def _log_odds(self, label: Class) -> str:
        """Of a class against all others: log(p/(1 - p))."""
        etas = self._etas
        own, others = etas[label], [eta for each, eta in etas.items() if each != label]
        rest = others[0] if len(others) == 1 else f"logsumexp({', '.join(others)})"
        return f"-{rest}" if own == "0" else own if rest == "0" else f"{own} - {rest}"

    @cached_property
    def _etas(self) -> dict[Class, str]:
        """The linear predictor of every class; those of two classes that share one are 0 and it."""
        own: dict[Any, str] = dict(zip(self.blocks, self.predictors, strict=True))
        labels = self.classes or ()
        return dict(zip(labels, ("0", "eta"), strict=True)) if None in own else {label: own.get(label, "0") for label in labels}

    def written(self, label: Class | None, predictors: Mapping[str, str]) -> str:
        """A prediction with texts in place of the linear predictors."""
        from re import sub

        names = "|".join(sorted(predictors, key=len, reverse=True))
        text = sub(rf"\b({names})\b", lambda match: f"({predictors[match[0]]})", self.texts[label])
        return predictors.get(self.texts[label], text)

    def means(self, eta: Matrix) -> Matrix:
        """Predictions, shape (1, n), or the probabilities of classes, shape (K, n)."""
        import numpy as np

        return np.array([self._values(text, eta)[0] for text in self.texts.values()])

    def chosen(self, probabilities: Matrix) -> tuple[Class | None, ...]:
        """The most probable class of every row; of two, the last where it has more than one half. None where missing."""
        import numpy as np

        classes = self.classes or ()
        best = (probabilities[1] > 0.5).astype(int) if len(classes) == 2 else probabilities.argmax(axis=0)
        missing = np.isnan(probabilities[0]).tolist()
        return tuple(None if gone else classes[k] for k, gone in zip(best.tolist(), missing, strict=True))

    def linked(self, eta: Matrix) -> Iterator[tuple[Class | None, Vector, Matrix]]:
        """What is nearly normal, by class or under None: its values, shape (n,), and slopes by the predictors, shape (B, n)."""
        import numpy as np

        if self.classes is None:
            yield None, eta[0], np.ones((1, eta.shape[1]))
            return
        for label in self.classes:
            value, *slopes = self._values(self._log_odds(label), eta, order=1)
            yield label, value, np.array(slopes)

    def inverse(self, linked: Vector) -> Vector:
        """Predictions from what is nearly normal."""
        import numpy as np

        with np.errstate(all="ignore"):
            return np.asarray(self.family.predict(linked))

    def losses(self, eta: Matrix, response: Vector, settings: Mapping[str, float]) -> Vector:
        """The loss of every row, without its constant; for classes, the response is the number of the class."""
        import numpy as np

        if self.family.response == "classes":
            responses = [f"y_{k}" for k in range(len(self.blocks))]
            text = loss_of(self.predictors, responses, baseline=len(self.blocks) < len(self.classes or ()))
            first = len(self.classes or ()) - len(self.blocks)
            own = {name: (response == first + k).astype(float) for k, name in enumerate(responses)}
        else:
            text, own = self.family.loss, {"y": response}
        at = {**dict(zip(self.predictors, eta, strict=True)), **own, **settings}
        with np.errstate(all="ignore"):
            return np.asarray(self.family.of_rows(text, **at))

    def _values(self, text: str, eta: Matrix, order: int = 0) -> list[Vector]:
        """A formula of the linear predictors and its slopes by them, for every row."""
        import numpy as np

        graph = derivatives_graph(parsed(text), self.predictors, order)
        at = dict(zip(self.predictors, eta, strict=True))
        with ARRAYS.quiet():
            values = node_values(graph, at, ARRAYS)
        return [np.array(np.broadcast_to(values[k], eta.shape[1:]), dtype=float) for k in graph.outputs]
