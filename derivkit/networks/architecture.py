"""What a network is made of: layers and their widths, what bends between them, what comes out."""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from itertools import pairwise
from typing import Literal

from derivkit.data.words import nearest_hint
from derivkit.errors import BudgetError, UsageError

Output = Literal["identity", "sigmoid", "softmax"]

MOST_PARAMETERS = 1_000_000
EXAMPLE = "write the widths from the inputs to the outputs, as 2-3-1"
ACTIVATIONS = ("tanh", "relu", "sigmoid")
_WIDTH = re.compile(r"[1-9][0-9]{0,6}", re.ASCII)


@dataclass(frozen=True, slots=True)
class Architecture:
    """A network without its numbers.

    Attributes
    ----------
    widths : tuple of int
        Inputs, units of each hidden layer, outputs.
    activation : str
        Of the hidden layers: "tanh", "relu" or "sigmoid". By default tanh: it is smooth, so that differences can check every
        gradient, and small networks have no units that die, as those of relu do.
    output : str
        "identity" for numbers, "sigmoid" for the probability of the last of two classes, "softmax" for those of several.
    batch_norm : bool
        Whether hidden layers are normalized over the rows of a batch before they bend.
    dropout : float
        The part of each hidden layer's units that is left out at random in a step.

    Examples
    --------
    >>> Architecture.of("2-3-1").widths
    (2, 3, 1)
    """

    widths: tuple[int, ...]
    activation: str = "tanh"
    output: Output = "identity"
    batch_norm: bool = False
    dropout: float = 0.0

    @classmethod
    def of(cls, text: str, *, activation: str = "tanh", batch_norm: bool = False, dropout: float = 0.0) -> Architecture:
        """The architecture that a text such as "2-3-1" names.

        Raises
        ------
        UsageError
            If the text names none, or an option is not allowed.
        BudgetError
            If it has more than a million weights.
        """
        if activation not in ACTIVATIONS:
            raise UsageError(f"there is no activation '{activation}'", hint=nearest_hint(activation, ACTIVATIONS))
        if not 0 <= dropout < 1:
            raise UsageError(
                f"--dropout {dropout:g}: the part of units that is left out lies between 0 and 1", hint="0.2 is a fifth"
            )
        widths = _widths(text)
        if len(widths) == 2 and (batch_norm or dropout):
            what = "--batch-norm" if batch_norm else "--dropout"
            raise UsageError(f"{what} is for hidden layers, and {text} has none", hint=f"leave {what} out, or add a layer")
        return cls(widths, activation, "identity", batch_norm, dropout)

    @property
    def text(self) -> str:
        """As a person writes it."""
        return "-".join(map(str, self.widths))

    @property
    def depth(self) -> int:
        """How many layers have weights."""
        return len(self.widths) - 1

    def with_output(self, output: Output) -> Architecture:
        """The same network with another end."""
        return replace(self, output=output)

    def wrong_width(self, layer: int, message: str, right: int) -> UsageError:
        """The error of a width that does not fit the data, with a caret under it.

        Parameters
        ----------
        layer : int
            0 for the inputs, -1 for the outputs.
        message : str
        right : int
            What would fit.
        """
        place = layer % len(self.widths)
        start = len("-".join(map(str, self.widths[:place]))) + bool(place)
        fitting = list(self.widths)
        fitting[place] = right
        return UsageError(
            message, text=self.text, span=(start, start + len(str(self.widths[place]))), hint=f"write {'-'.join(map(str, fitting))}"
        )


def _widths(text: str) -> tuple[int, ...]:
    """The widths in a text.

    Raises
    ------
    UsageError
        Showing the piece that is none.
    """
    widths: list[int] = []
    start = 0
    for piece in text.split("-"):
        if not _WIDTH.fullmatch(piece):
            what = "a width is missing" if not piece else "a width is a whole number from 1 to 9,999,999"
            raise UsageError(what, text=text, span=(start, start + len(piece)), hint=EXAMPLE)
        widths.append(int(piece))
        start += len(piece) + 1
    if len(widths) < 2:
        raise UsageError("a network has inputs and outputs", text=text, span=(0, len(text)), hint=EXAMPLE)
    count = sum((fed + 1) * width for fed, width in pairwise(widths))
    if count > MOST_PARAMETERS:
        raise BudgetError(f"{count:,} weights are beyond the budget of {MOST_PARAMETERS:,}", hint="take narrower layers")
    return tuple(widths)
