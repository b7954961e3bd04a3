"""What every model can do: be kept in a file."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, cast

if TYPE_CHECKING:
    from derivkit.prediction.file import Model


class Keeping:
    """A model that can be kept in a file."""

    __slots__ = ()

    def save(self, path: str | Path) -> None:
        """Keep the model in a file of plain JSON; on any failure the old file stays whole.

        Raises
        ------
        FileError
            If the file cannot be written.
        """
        from derivkit.prediction.file import save_model

        save_model(cast("Model", self), path)
