"""The table itself: complete, well formed, cheap to import."""

from __future__ import annotations

import subprocess
import sys

import pytest

from derivkit.functions import ARRAYS, BALLS, FLOATS, row_named, spellings, table
from derivkit.functions.arithmetic import resolve
from tests.function_points import ROWS, label

# every name that the language promises, with the numbers of arguments it takes
LANGUAGE = {
    1: """sin cos tan sec csc cot asin arcsin acos arccos atan arctan asec arcsec acsc arccsc acot arccot sinh cosh tanh sech csch
          coth asinh arcsinh arsinh acosh arccosh arcosh atanh arctanh artanh exp expm1 log ln log2 log10 log1p sqrt cbrt abs sign
          floor ceil heaviside sinc sigmoid softplus relu erf erfc erfinv normpdf normcdf gamma loggamma lgamma digamma psi
          factorial airyai airybi zeta lambertw Si Ci Ei li ellipk ellipe""",
    2: "atan2 log root max min hypot logsumexp polygamma beta binomial besselj bessely besseli besselk",
}
PROMISED = [(name, arity) for arity, names in LANGUAGE.items() for name in names.split()]


@pytest.mark.parametrize(("name", "arity"), PROMISED)
def test_every_promised_name_has_a_row(name, arity):
    assert arity == spellings()[name][arity].arity


def test_a_partial_that_says_log_means_the_natural_one():
    assert ("x",) == row_named("log").arguments


def test_names_are_unique_and_no_alias_hides_a_row():
    keys = [(name, row.arity) for row in table() for name in (row.name, *row.aliases)]
    assert sorted(set(keys)) == sorted(keys)


@pytest.mark.parametrize("row", table(), ids=label)
def test_row_is_well_formed(row):
    assert row.arity == len(row.partials) == len(row.typical)
    assert all((row.title, row.group, row.source, row.array, row.ball))
    assert all(low < high for low, high in row.typical)
    assert all(float(low).is_integer() and float(high).is_integer() for k in row.whole for low, high in [row.typical[k]])
    assert row.sympy or row.hidden, "a row that people can type needs a formula"


@pytest.mark.parametrize("row", table(), ids=label)
def test_every_path_of_a_row_leads_to_a_routine(row):
    for arithmetic in (FLOATS, ARRAYS, BALLS):
        assert callable(arithmetic.function(row))
    assert row.series is None or callable(resolve(row.series))


@pytest.mark.parametrize("row", [row for row in ROWS if row.sympy.startswith("= ")], ids=label)
def test_a_definition_speaks_of_nothing_but_the_arguments_and_the_table(row):
    names = "".join(c if c.isalnum() or c == "_" else " " for c in row.sympy).split()
    words = {name for name in names if not name[0].isdigit()}
    assert words <= set(row.arguments) | set(spellings()) | {"pi", "e"}


def test_the_table_costs_no_large_import():
    program = (
        "import sys; from derivkit.functions import table, spellings; table(); spellings(); "
        "print([m for m in ('numpy', 'scipy', 'sympy', 'flint', 'polars', 'rich') if m in sys.modules])"
    )
    printed = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True).stdout
    assert printed.strip() == "[]"


def test_one_float_of_an_elementary_function_needs_neither_numpy_nor_scipy():
    program = """
import sys
from derivkit.functions import FLOATS, table
GROUPS = {"exponentials", "roots", "soft steps", "trigonometric", "inverse trigonometric", "hyperbolic", "inverse hyperbolic"}
for row in table():
    if row.group in GROUPS:
        point = [(low + 3*high)/4 for low, high in row.typical]
        y = FLOATS.function(row)(*point)
        for rule in row.partials:
            FLOATS.partial(rule, y, tuple(point))
for name in ("erf", "erfc", "normpdf", "normcdf", "gamma", "loggamma", "digamma", "factorial"):
    getattr(FLOATS, name)(1.5)
for name in ("beta", "binomial", "sphericalbesselj"):
    getattr(FLOATS, name)(2.0, 1.5)
print([m for m in ("numpy", "scipy", "sympy") if m in sys.modules])
"""
    printed = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True).stdout
    assert printed.strip() == "[]"
