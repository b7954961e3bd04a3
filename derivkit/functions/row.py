"""What one row of the table of functions holds."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any, Literal

from derivkit.errors import MissingRuleError
from derivkit.functions.slips import Slip

# A partial derivative: partial(f, y, *arguments). `f` holds the functions of the arithmetic at hand (floats, arrays,
# balls, graph nodes), so that `f.cos(x)` works in all of them; `y` is the value of the row itself.
Partial = Callable[..., Any]


@dataclass(frozen=True, slots=True)
class Condition:
    """Where a function is defined: the sign that a quantity of its arguments must have.

    `quantity(f, *arguments)` is written with other rows, as partials are, and evaluated in ball arithmetic; `hint` says what to
    use where the condition does not hold.
    """

    sign: Literal["positive", "nonnegative", "nonzero"]
    quantity: Callable[..., Any]
    text: str
    hint: str | None = None


@dataclass(frozen=True, slots=True)
class Place:
    """Where a defined function may fail to be smooth: the zeros of a quantity of its arguments.

    `elsewhere` tells what other frameworks take for the partial derivatives there, where that differs from the row's own.
    """

    kind: Literal["kink", "jump", "infinite_slope"]
    zero: Callable[..., Any]
    text: str
    elsewhere: Mapping[str, tuple[float, ...]] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Operator:
    """How a row is written between, before or after its arguments."""

    symbol: str
    precedence: int
    fix: Literal["infix", "prefix", "postfix"] = "infix"
    right: bool = False


@dataclass(frozen=True, slots=True)
class Code:
    """How programming languages say a function; what a language cannot say is refused.

    Attributes
    ----------
    name : str
        Its name in C99's library, which the other languages share; empty where C99 has none.
    others : mapping of str to str
        Language -> another name; a symbol that is written between two arguments; an expression of the row's arguments in that
        language; or empty where the language has none. Python takes `scalar` and NumPy takes `array` where it is a public routine.
    formula : str
        For languages without the function: what to compute, in derivkit's language and the row's own names of arguments.
    orders : tuple of str
        The same for a row whose first argument is an order, which the formulas do not hold: one for each of 0, 1, ...
    """

    name: str = ""
    others: Mapping[str, str] = field(default_factory=dict)
    formula: str = ""
    orders: tuple[str, ...] = ()


def spelled(name: str = "", formula: str = "", orders: tuple[str, ...] = (), **others: str) -> Code:
    """A `Code` with the languages as keywords: `spelled("log", rust="ln")`."""
    return Code(name, others, formula, orders)


@dataclass(frozen=True, slots=True, eq=False)
class Row:
    """One mathematical function.

    Attributes
    ----------
    name, aliases : str, tuple of str
        What a user types. A name with two arities has two rows (`log(x)` and `log(x, b)`).
    arguments : tuple of str
        Names of the arguments, in order; their number is the arity. None for a constant.
    title, group, source : str
        For people: what it is, the heading it stands under, and where the partials come from.
    sympy : str
        SymPy's own name; where SymPy has none, "= " and a definition in derivkit's language with the row's own names of
        arguments; "operator:name" for what Python's operator does to SymPy's expressions; "derivative:name" where the first
        argument says how often SymPy's function of the second is differentiated; empty where SymPy never meets the row
        because only partials write it.
    array : str
        "module:name" of the NumPy or SciPy routine.
    scalar : str, optional
        "module:name" of a faster routine for one float; it may raise where `array` returns inf or nan.
    ball : str
        ".name" of a method of `flint.arb`, or "module:name".
    partials : tuple of callable or None
        One an argument, `partial(f, y, *arguments)`, typed by hand from `source`; None where no rule is known.
    domain : tuple of Condition
        All must hold; empty means every real number.
    places : tuple of Place
        Where the function is defined but may have a kink, a jump or an infinite slope.
    typical : tuple of (float, float)
        An interval of ordinary values for each argument, inside the domain: samplers draw from it.
    whole : tuple of int
        Positions of the arguments that are orders: samplers draw integers there, both ends of `typical` included.
    operator : Operator, optional
        For the rows that are written with a symbol.
    fold : bool
        Written with any number of arguments, read as nested calls: `max(a, b, c)` is `max(max(a, b), c)`.
    commutative : bool
        The order of the arguments does not matter: both orders are one node.
    boolean : bool
        The value is 1 or 0, a truth value: only `piecewise` may use it.
    choice : bool
        The first argument is a truth value that decides which of the other two counts; the other may be anything, NaN included.
    curvature : str, optional
        "convex" or "concave" in all arguments together, on all of the domain, for rows whose second derivatives do not show it
        everywhere: they have kinks or infinite slopes, or are singular.
    monotone : str, optional
        "rising" or "falling" in every argument on all of the domain, for rows that jump or have infinite slopes.
    positive : bool
        Larger than 0 on all of the domain, however small.
    series : str, optional
        "module:name" of a recurrence for Taylor coefficients, where one is better than the partials'.
    hidden : bool
        Written by the parser or by a partial, never called by name in a text.
    code : Code
        How programming languages say it.
    slips : tuple of Slip
        Usual mistakes in differentiating it.
    """

    name: str
    arguments: tuple[str, ...]
    title: str
    group: str
    source: str
    sympy: str
    array: str
    ball: str
    partials: tuple[Partial | None, ...]
    scalar: str | None = None
    aliases: tuple[str, ...] = ()
    domain: tuple[Condition, ...] = ()
    places: tuple[Place, ...] = ()
    typical: tuple[tuple[float, float], ...] = ()
    whole: tuple[int, ...] = ()
    operator: Operator | None = None
    fold: bool = False
    commutative: bool = False
    boolean: bool = False
    choice: bool = False
    curvature: Literal["convex", "concave"] | None = None
    monotone: Literal["rising", "falling"] | None = None
    positive: bool = False
    series: str | None = None
    hidden: bool = False
    code: Code = Code()
    slips: tuple[Slip, ...] = ()
    arity: int = field(init=False)

    def __post_init__(self) -> None:
        object.__setattr__(self, "arity", len(self.arguments))

    def partial(self, k: int) -> Partial:
        """The partial derivative with respect to the k-th argument.

        Raises
        ------
        MissingRuleError
            If no rule is known.
        """
        rule = self.partials[k]
        if rule is None:
            name = self.arguments[k]
            raise MissingRuleError(
                f"no rule for the derivative of {self.name} with respect to its argument {name}",
                hint=f"keep {name} free of the variable",
            )
        return rule

    def __reduce__(self) -> tuple[Callable[[str, int], Row], tuple[str, int]]:
        """Pickled and copied as what it is called: rules are functions without names, and there is one table a process."""
        from derivkit.functions import row_of

        return row_of, (self.name, self.arity)

    def __repr__(self) -> str:
        return f"<row {self.name}/{self.arity}>"
