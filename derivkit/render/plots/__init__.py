"""Pictures of fits and trainings, by Matplotlib: what `--plot` writes."""

from __future__ import annotations

from derivkit.render.plots.picture import FORMATS, drawing, plot

__all__ = ["FORMATS", "drawing", "plot"]
