"""Predictions as a CSV file."""

from __future__ import annotations

from derivkit.prediction.answers import Predictions


def csv_text(predictions: Predictions) -> str:
    """One line a row, in the rows' order, under a header; blank where there is no value; numbers at full precision.

    Examples
    --------
    >>> import numpy as np
    >>> print(csv_text(Predictions("linear", "y", np.array([0.1, np.nan]), {}, {}, None)), end="")
    prediction
    0.1
    ""
    """
    import csv
    import io

    stream = io.StringIO()
    writer = csv.writer(stream, lineterminator="\n")
    columns = predictions.columns
    writer.writerow(columns)
    writer.writerows(zip(*columns.values(), strict=True))
    return stream.getvalue()
