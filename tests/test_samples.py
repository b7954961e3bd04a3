"""The expressions to try are in the language, and each says where it comes from."""

from itertools import pairwise
from pathlib import Path

import pytest

from derivkit.expression.parser import parse
from derivkit.expression.printer import to_text

LINES = (Path(__file__).parent.parent / "samples" / "expressions.txt").read_text(encoding="utf-8").splitlines()


@pytest.mark.parametrize("text", [line for line in LINES if not line.startswith("#")])
def test_every_sample_is_read_and_printed(text):
    graph = parse(text).graph
    assert graph.variables
    assert parse(to_text(graph)).graph == graph


def test_every_sample_has_a_title_and_a_source():
    for above, line in pairwise(LINES):
        if not line.startswith("#"):
            assert above.startswith("# ")
            assert "; " in above
