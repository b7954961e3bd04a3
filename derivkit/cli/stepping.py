"""The options of methods that go by a learning rate, and of batches of rows: what `minimize`, `train` and `net` share."""

from __future__ import annotations

from enum import StrEnum
from typing import Annotated

import typer


class Activation(StrEnum):
    """What bends hidden layers."""

    TANH = "tanh"
    RELU = "relu"
    SIGMOID = "sigmoid"


Rate = Annotated[
    float | None,
    typer.Option("--lr", metavar="R", help="The learning rate. Default: one that suits the method.", show_default=False),
]
Schedule = Annotated[
    str | None,
    typer.Option("--schedule", metavar="TEXT", help="What becomes of it: cosine:2000 step:500,0.1 warmup:10+cosine:200 ..."),
]
Momentum = Annotated[float | None, typer.Option("--momentum", metavar="M", help="How much of past gradients is kept at a step.")]
ClipNorm = Annotated[float | None, typer.Option("--clip-norm", metavar="G", help="The longest gradient that a step follows.")]
ClipValue = Annotated[float | None, typer.Option("--clip-value", metavar="G", help="The largest component that a step follows.")]
BatchSize = Annotated[
    int | None, typer.Option("--batch-size", metavar="N", help="Rows that a step looks at. Default: all; 32 of networks.")
]
Epochs = Annotated[int | None, typer.Option("--epochs", metavar="N", help="How often all rows are gone through, in batches.")]
EarlyStop = Annotated[
    int | None, typer.Option("--early-stop", metavar="N", help="Stop when other rows' loss has not fallen for N epochs.")
]
Validation = Annotated[
    float | None, typer.Option("--validation", metavar="F", help="The part of the rows that --early-stop looks at. Default: 0.2.")
]
