"""The options of methods that go by a learning rate, and of batches of rows: what `minimize`, `train` and `net` share."""

from __future__ import annotations

from dataclasses import dataclass
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
Bend = Annotated[Activation | None, typer.Option("--activation", help="What bends the hidden layers of a network. Default: tanh.")]
Dropout = Annotated[
    float | None, typer.Option("--dropout", metavar="P", help="Leave out this part of a network's hidden units in each step.")
]
BatchNorm = Annotated[bool, typer.Option("--batch-norm", help="Normalize a network's hidden layers over the rows of each batch.")]


@dataclass(frozen=True, slots=True)
class Layers:
    """How the layers of a network are."""

    activation: Bend = None
    dropout: Dropout = None
    batch_norm: BatchNorm = False


@dataclass(frozen=True, slots=True)
class Stepping:
    """How steps are taken, and at which rows each looks."""

    lr: Rate = None
    schedule: Schedule = None
    momentum: Momentum = None
    clip_norm: ClipNorm = None
    clip_value: ClipValue = None
    batch_size: BatchSize = None
    epochs: Epochs = None
    early_stop: EarlyStop = None
    validation: Validation = None
