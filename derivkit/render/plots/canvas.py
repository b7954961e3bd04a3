"""A sheet of panels as the bytes of a file: the same bytes every time, whatever the user's own settings of Matplotlib."""

from __future__ import annotations

import warnings
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from io import BytesIO
from typing import TYPE_CHECKING, Any
from xml.sax.saxutils import escape

from derivkit.render.message import printable, shortened

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

WIDE, HIGH = 4.8, 3.7  # inches of a panel
TALLER = 1.3  # than others is a wide one
HEAD = 0.7  # inches of the title above the panels
DOTS = 144  # an inch, of a PNG
LONGEST_LABEL = 44
CHARACTERS = 9  # of the title, an inch
# Okabe and Ito's colours, which all kinds of sight tell apart; marks and dashes say the same without any
BLUE, VERMILLION, GREEN, PURPLE, GREY = "#0072B2", "#D55E00", "#009E73", "#CC79A7", "#767676"
COLOURS = (BLUE, VERMILLION, GREEN, PURPLE)
DASHES = ("-", "--", "-.", ":")
SHAPES = ("o", "s", "^", "D", "v", "P", "X", "*")  # of marks
Options = dict[str, Any]  # of Matplotlib, by name
STYLE = {
    "text.parse_math": False,  # a column may be called $x$
    "svg.fonttype": "none",  # text stays text: found, selected, read aloud
    "svg.hashsalt": "derivkit",
    "axes.formatter.useoffset": False,
    "axes.grid": True,
    "axes.axisbelow": True,
    "axes.spines.top": False,
    "axes.spines.right": False,
    "axes.titlesize": 11,
    "axes.titleweight": "bold",
    "axes.titlelocation": "left",
    "grid.color": "#e4e4e4",
    "legend.frameon": False,
    "legend.fontsize": 9,
    "font.size": 10,
    "font.family": ["DejaVu Sans", "sans-serif"],
}


@dataclass(frozen=True, slots=True)
class Panel:
    """One picture of a sheet: its title, what draws it into axes, and whether it is as wide as two."""

    title: str
    draw: Callable[[Axes], None]
    wide: bool = False


@dataclass(frozen=True, slots=True)
class Sheet:
    """Panels, at most two side by side, under a title; a wide one has a row of its own."""

    title: str
    subtitle: str
    panels: Sequence[Panel]

    def file(self, form: str) -> bytes:
        """The sheet as "svg" or "png".

        Returns
        -------
        bytes
            Of a file that holds no date; an SVG begins with its title and what the panels are, for those who do not see them.
        """
        stream = BytesIO()
        # without a date and the version of Matplotlib, equal pictures are equal files
        metadata = {"Date": None, "Creator": "derivkit"} if form == "svg" else {"Software": "derivkit"}
        with _settings():
            self.figure().savefig(stream, format=form, dpi=DOTS, metadata=metadata)
        return self._told(stream.getvalue()) if form == "svg" else stream.getvalue()

    def figure(self) -> Figure:
        """The sheet as a figure of Matplotlib, without a window."""
        from matplotlib.figure import Figure
        from matplotlib.layout_engine import ConstrainedLayoutEngine

        rows = self._rows()
        across = max(len(row) + row[0].wide for row in rows)
        heights = [TALLER if row[0].wide else 1 for row in rows]
        size = (WIDE * max(across, 1.4), HIGH * sum(heights) + HEAD)
        below = (0, 0, 1, 1 - HEAD / size[1])
        with _settings():
            figure = Figure(figsize=size, layout=ConstrainedLayoutEngine(rect=below, w_pad=0.1, h_pad=0.1))
            for text, points, weight, inches in ((self.title, 13, "bold", 0.12), (self.subtitle, 10, "normal", 0.42)):
                place = (0.1 / size[0], 1 - inches / size[1])
                figure.text(*place, label(text, int(CHARACTERS * size[0])), fontsize=points, fontweight=weight, va="top")
            grid = figure.add_gridspec(len(rows), across, height_ratios=heights)
            for i, row in enumerate(rows):
                for j, panel in enumerate(row):
                    axes = figure.add_subplot(grid[i, :] if panel.wide else grid[i, j])
                    axes.set_title(panel.title)
                    panel.draw(axes)
        return figure

    def _rows(self) -> list[list[Panel]]:
        """The panels, row by row: two, or a wide one."""
        rows: list[list[Panel]] = []
        for panel in self.panels:
            if rows and len(rows[-1]) == 1 and not panel.wide and not rows[-1][0].wide:
                rows[-1].append(panel)
            else:
                rows.append([panel])
        return rows

    def _told(self, svg: bytes) -> bytes:
        """An SVG with a title and a description, which browsers and screen readers show."""
        about = f"{self.subtitle}. Panels: {'; '.join(panel.title for panel in self.panels)}."
        told = f"<title>{escape(printable(self.title))}</title>\n <desc>{escape(printable(about))}</desc>\n <metadata>"
        return svg.replace(b"<metadata>", told.encode("utf-8"), 1).replace(b"<svg ", b'<svg role="img" ', 1)


@contextmanager
def _settings() -> Iterator[None]:
    """Our style, whatever the user's own; and silence about characters that only an SVG's viewer may have."""
    import matplotlib.style
    import numpy as np

    with matplotlib.style.context(["default", STYLE]), warnings.catch_warnings(), np.errstate(all="ignore"):
        warnings.filterwarnings("ignore", message="Glyph .* missing")
        yield


def line_style(k: int) -> dict[str, Any]:
    """Colour, dashes and mark of the line of rank k: no two of the first sixteen are alike, of eight not even without colour."""
    return {"color": COLOURS[k % 4], "linestyle": DASHES[(k + k // 4) % 4], "marker": SHAPES[k % 8]}


def label(text: str, longest: int = LONGEST_LABEL) -> str:
    """A user's text as a picture may bear it: printable, and not too long."""
    return shortened(printable(text), longest)
