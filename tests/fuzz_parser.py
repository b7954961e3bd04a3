"""Fuzz the parser: any text is read, and printed and read again as the same graph, or refused with a span inside it; nothing else.

python tests/fuzz_parser.py --inputs 100000 --seed 0
"""

import argparse
import random
import time

from derivkit.errors import BudgetError, ParseError
from derivkit.expression.parser import parse
from derivkit.expression.printer import to_text
from derivkit.functions import spellings

TOKENS = [
    *"+-*/^()|!,;=<>.&%[]{}_ xyabe0129",
    *("**", "<=", "==", "!=", "≤", "≠", "·", "−", "√", "∛", "π", "θ", "½", "²", "⁻¹", "₁", "x₁", "ⁿ", "⌊", "⌋", "\n", "é", "x̂"),
    *("2", "0.1", "1e-3", "1e5", ".5", "3.", "x1", "xy", "pi", "e^", "e^-", "alpha", "and", "or", "not", "true", "else", "lambda"),
    *(
        "piecewise((",
        "piecewise((x, x < 1), (2, true))",
        "), (",
        ", x > 0), (",
        "))",
        "sin^2 ",
        "sin^-1",
        "sinx",
        "f(",
        "x(",
        "(x)",
        "max(",
    ),
    *("\x00", "\u202e", "\u200b", "∞", "☃", "'", '"', "\\", "$"),
    *spellings(),
]
LATEX = [
    *(
        r"\frac",
        r"\frac{",
        r"\frac12",
        "}{",
        "{",
        "}",
        "^",
        "_",
        "^2",
        "_1",
        r"\sqrt",
        r"\sqrt[3]{",
        "]",
        r"\left(",
        r"\right)",
        r"\left|",
    ),
    *(
        r"\right|",
        r"\sin",
        r"\log_2",
        r"\log",
        r"\theta",
        r"\Gamma(",
        r"\cdot",
        r"\le",
        r"\,",
        r"\text{if}",
        r"\mathrm{ab}",
        r"\pi",
        "&",
    ),
    *(
        r"\begin{cases}",
        r"\end{cases}",
        r"\\",
        r"\operatorname{atan}",
        r"\lfloor",
        r"\rfloor",
        "x",
        "y",
        "e",
        "1",
        "2",
        "+",
        "-",
        "(",
        ")",
        "|",
    ),
    *("12", " ", ",", "<", r"\binom", r"\max", "$", r"\infty", r"\foo", "\\", "!"),
]
OPERANDS = [
    "x",
    "y_1",
    "2",
    "0.5",
    "(x)",
    "|x|",
    "x!",
    "e",
    "π",
    "sin x",
    "sin^2 x",
    "√x",
    "½",
    "max(x, y)",
    "-x",
    "x²",
    "2x",
    "gamma",
    "log(x, 2)",
]
OPERATORS = ["+", "-", "*", "/", "^", " ", "·", "−", "^-", "/-", "*(x)", "!+"]


def check_text(text: str, *, latex: bool | None = None) -> bool:
    """Check what becomes of a text; whether it was read."""
    try:
        graph = parse(text, latex=latex).graph
    except (ParseError, BudgetError) as error:
        start, end = error.span or (0, 0)
        assert 0 <= start <= end <= len(text), (text, error.span)
        assert error.message.isprintable(), (text, error.message)
        assert (error.hint or "").isprintable(), (text, error.hint)
        return False
    printed = to_text(graph)
    assert parse(printed, latex=False).graph == graph, (text, printed)
    return True


def make_text(pick: random.Random) -> tuple[str, bool]:
    """A random text and whether it is meant as LaTeX: tokens, mostly, or characters of any kind."""
    latex = pick.random() < 0.3
    if pick.random() < 0.05:
        return "".join(
            chr(pick.choice((pick.randrange(128), pick.randrange(0x3000), pick.randrange(0x110000)))) for _ in range(9)
        ), latex
    if pick.random() < 0.2:
        pairs = [pick.choice(OPERANDS) + pick.choice(OPERATORS) for _ in range(pick.randrange(5))]
        return "".join(pairs) + pick.choice(OPERANDS), False
    tokens = LATEX if latex else TOKENS
    return pick.choice(("", " ")).join(pick.choices(tokens, k=pick.randrange(1, 14))), latex


def main() -> None:
    """Run, and tell how many texts were read."""
    options = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    options.add_argument("--inputs", type=int, default=100_000)
    options.add_argument("--seed", type=int, default=0)
    chosen = options.parse_args()
    pick = random.Random(chosen.seed)
    start = time.perf_counter()
    read = 0
    for _ in range(chosen.inputs):
        text, latex = make_text(pick)
        try:
            read += check_text(text, latex=latex)
        except Exception:
            print("failed on", repr(text), "as LaTeX" if latex else "")  # noqa: T201  # a script reports
            raise
    seconds = time.perf_counter() - start
    print(f"{chosen.inputs:,} texts, {read:,} read and printed back, the others refused; {seconds:.0f} s")  # noqa: T201  # a script reports


if __name__ == "__main__":
    main()
