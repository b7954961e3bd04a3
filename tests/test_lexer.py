"""Words of plain notation: what each notation becomes, and where each word stands in the text as typed."""

import pytest

from derivkit.errors import BudgetError, ForbiddenCharacterError, ParseError
from derivkit.expression.lexer import GREEK, Words, read_words, refuse_text


def words_of(text: str) -> Words:
    return read_words(text, 0, len(text))


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("2x + sin(y_1)", "2 x + sin ( y_1 )"),
        ("1e-3x", "1e-3 x"),
        ("2e", "2 e"),
        ("2ex", "2 ex"),
        ("1.5.5", "1.5 .5"),
        ("x**2<=3", "x ** 2 <= 3"),
        ("x!=3", "x != 3"),
        ("x!==3", "x ! == 3"),
        ("x²", "x ^ ( 2 )"),
        ("x⁻¹²", "x ^ ( - 1 2 )".replace("1 2", "12")),
        ("eˣ⁺¹", "e ^ ( x + 1 )"),
        ("x₁₂", "x12"),
        ("xᵢ", "x_i"),
        ("θ₀", "theta0"),
        ("θ_0+θ1", "theta_0 + theta1"),
        ("2πr", "2 pi r"),
        ("xθ", "x theta"),
        ("x1θ", "x1 theta"),
        ("αβ", "alpha beta"),
        ("Δx", "Delta x"),
        ("ς", "sigma"),
        ("½x", "( 1 / 2 ) x"),
        ("√2", "√ 2"),
        ("a·b×c÷d−e", "a * b * c / d - e"),
        ("x≤1≥y≠z", "x <= 1 >= y != z"),
        ("⌊x⌋+⌈y⌉", "floor ( x ) + ceil ( y )"),
        ("𝑥𝟐", "x2"),
        ("größe", "größe"),
        ("x\u00a0+\u2009y", "x + y"),
        ("\u00b5", "mu"),
        ("", ""),
    ],
)
def test_notations_become_plain_words(text, expected):
    assert words_of(text).words == [*expected.split(), ""]


@pytest.mark.parametrize(
    ("text", "word", "span"),
    [
        ("  ab + cd", 2, (7, 9)),
        ("x²+y", 3, (1, 2)),
        ("x²+y", 5, (2, 3)),
        ("x²+y", 6, (3, 4)),
        ("aθ + bcd", 3, (5, 8)),
        ("½ + y", 6, (4, 5)),
        ("x + y", 3, (4, 5)),
        ("", 0, (0, 0)),
    ],
)
def test_every_word_is_found_again(text, word, span):
    assert words_of(text).span(word) == span


def test_a_part_is_read_with_spans_in_the_whole():
    text = "x; θ² + y"
    words = read_words(text, 2, len(text))
    assert words.words == ["theta", "^", "(", "2", ")", "+", "y", ""]
    assert text[slice(*words.span(0))] == "θ"
    assert text[slice(*words.span(6))] == "y"


@pytest.mark.parametrize("letter", sorted(GREEK))
def test_every_greek_letter_has_a_name(letter):
    assert words_of(letter).words == [GREEK[letter], ""]
    assert GREEK[letter].isidentifier()


@pytest.mark.parametrize("text", ["∞", "x∂", "☃", "x①", "٣", "2½", "2₁", "₁", "ª", "xᵀ"])
def test_characters_without_meaning_are_refused(text):
    with pytest.raises(ParseError) as caught:
        words_of(text)
    start, end = caught.value.span
    assert 0 <= start < end <= len(text)


@pytest.mark.parametrize(
    "bad", ["\x00", "\x1b", "\x07", "\x7f", "\x85", "\u200b", "\u202e", "\u2066", "\ufeff", "\ue000", "\udc80", "\u2028"]
)
def test_forbidden_characters_are_refused_and_never_echoed(bad):
    text = f"x + {bad}y"
    with pytest.raises(ForbiddenCharacterError) as caught:
        refuse_text(text)
    error = caught.value
    assert error.span == (4, 5)
    assert len(error.text) == len(text)
    assert bad not in error.text + error.message + (error.hint or "")
    assert f"U+{ord(bad):04X}" in error.message


def test_line_breaks_and_tabs_are_spaces():
    refuse_text("x\t+\r\ny")
    assert words_of("x\t+\r\ny").words == ["x", "+", "y", ""]


def test_a_long_text_is_over_budget():
    with pytest.raises(BudgetError, match="characters"):
        refuse_text("x" * (4 * 2**20 + 1))
    with pytest.raises(BudgetError, match="1,500,000"):
        words_of("-" * 1_500_001)


@pytest.mark.parametrize("number", ["1" * 5000, "1e4001", "1e-4001", "1e" + "9" * 5000, "0." + "0" * 5000 + "1", "1E99999999999"])
def test_a_number_of_too_many_digits_is_over_budget(number):
    with pytest.raises(BudgetError, match="4,000") as caught:
        words_of(f"x + {number}").number(2)
    assert caught.value.span == (4, 4 + len(number))
    assert len(caught.value.message) < 200
