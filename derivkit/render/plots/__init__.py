"""Pictures of fits and trainings, by Matplotlib: what `--plot` writes."""

from __future__ import annotations

from derivkit.render.plots.picture import form_of, plot

__all__ = ["form_of", "plot"]
