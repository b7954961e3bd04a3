"""Whatever the text: it is read and prints back to the same graph, or it is refused with a span inside it."""

import unicodedata

from hypothesis import given, settings
from hypothesis import strategies as st

from derivkit.errors import DerivkitError
from derivkit.expression.parser import parse
from derivkit.expression.point import parse_point
from derivkit.expression.printer import to_text
from tests.fuzz_parser import LATEX, TOKENS, check_text

PLAIN = st.lists(st.sampled_from(TOKENS), max_size=12).map("".join)
OPERANDS = st.recursive(
    st.sampled_from(["x", "y", "2", "0.5", "e", "pi", "theta_1"]),
    lambda inner: st.one_of(
        st.tuples(inner, st.sampled_from(["+", "-", "*", "/", "^", " "]), inner).map(lambda t: f"({t[0]}){t[1]}({t[2]})"),
        st.tuples(inner, st.sampled_from(["+", "-", "*", "/", "^"]), inner).map("".join),
        inner.map("-({})".format),
        inner.map("sin({})".format),
        inner.map("|{}|".format),
        inner.map("({})!".format),
        st.tuples(inner, inner).map("max({0[0]}, {0[1]})".format),
        st.tuples(inner, inner, inner).map("piecewise(({0[0]}, {0[1]} < 1), ({0[2]}, true))".format),
    ),
    max_leaves=12,
)


@given(st.text(max_size=30))
@settings(deadline=None, max_examples=400, derandomize=True)
def test_any_text_is_read_or_refused(text):
    check_text(text)


@given(PLAIN)
@settings(deadline=None, max_examples=600, derandomize=True)
def test_any_row_of_tokens_is_read_or_refused(text):
    check_text(text, latex=False)


@given(st.lists(st.sampled_from(LATEX), max_size=12).map("".join))
@settings(deadline=None, max_examples=600, derandomize=True)
def test_any_row_of_latex_tokens_is_read_or_refused(text):
    check_text(text, latex=True)


@given(OPERANDS)
@settings(deadline=None, max_examples=400, derandomize=True)
def test_printing_changes_nothing(text):
    graph = parse(text).graph
    printed = to_text(graph)
    again = parse(printed)
    assert again.graph == graph
    assert again.warnings == ()
    assert to_text(again.graph) == printed


@given(OPERANDS)
@settings(deadline=None, max_examples=200, derandomize=True)
def test_no_pair_of_parentheses_could_be_left_out(text):
    graph = parse(text).graph
    printed = to_text(graph)
    stack: list[int] = []
    for k, character in enumerate(printed):
        if character == "(":
            stack.append(k)
        elif character == ")":
            start = stack.pop()
            is_call = start > 0 and (printed[start - 1].isalnum() or "piecewise" in printed)
            is_sign = printed[start + 1 : start + 2] == "-"
            if not is_call and not is_sign:
                without = printed[:start] + printed[start + 1 : k] + printed[k + 1 :]
                assert _differs(without, graph)


def _differs(text: str, graph: object) -> bool:
    try:
        return parse(text).graph != graph
    except DerivkitError:
        return True


@given(st.text(max_size=20))
@settings(deadline=None, max_examples=300, derandomize=True)
def test_any_point_is_read_or_refused(text):
    try:
        point = parse_point(text)
    except DerivkitError as error:
        start, end = error.span or (0, 0)
        assert 0 <= start <= end <= len(text)
    else:
        assert all(name.isidentifier() for name in point)


@given(st.text(st.characters(categories=["L"]), min_size=1, max_size=3))
@settings(deadline=None, max_examples=300, derandomize=True)
def test_names_are_stored_in_one_normal_form(text):
    try:
        variables = parse(text, latex=False).graph.variables
    except DerivkitError:
        return
    assert all(name == unicodedata.normalize("NFC", name) and name.isidentifier() for name in variables)
