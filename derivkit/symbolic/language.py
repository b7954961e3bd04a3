"""From SymPy back to derivkit's language, in an order that people read: by the same column of the table, backwards."""

from __future__ import annotations

from fractions import Fraction
from typing import Any

import sympy
from sympy.functions.special.delta_functions import DiracDelta

from derivkit.errors import ConversionError
from derivkit.expression.graph import Builder, Graph
from derivkit.functions import table
from derivkit.symbolic.guards import asked, check_number, sympys_depth
from derivkit.symbolic.rules import differentiate
from derivkit.symbolic.spelling import row_spelled, rows_of_classes, rows_of_patterns, symbol

_HALF = sympy.Rational(1, 2)
_LEFT_BEHIND = (DiracDelta, sympy.Derivative, sympy.Subs)  # by SymPy's rules for steps, and by its chain rule

_NOWHERE = (sympy.nan, sympy.zoo, sympy.oo, -sympy.oo)

# Constants that SymPy makes out of the functions' values, said by those functions again.
_CONSTANTS = {
    sympy.S.EulerGamma: -sympy.polygamma(0, 1, evaluate=False),
    sympy.S.Catalan: (sympy.polygamma(1, sympy.Rational(1, 4), evaluate=False) - sympy.pi**2) / 8,
    sympy.S.GoldenRatio: (1 + sympy.sqrt(5)) / 2,
}


def from_sympy(expression: Any) -> Graph:
    """The graph of a SymPy expression.

    Jumps have derivative 0 here, as away from them: a delta function becomes 0.

    Parameters
    ----------
    expression : sympy.Expr
        Its symbols are taken for real variables.

    Returns
    -------
    Graph
        With one output, ordered as SymPy prints.

    Raises
    ------
    ConversionError
        If the expression holds something that the language cannot say; the message names it.
    BudgetError
        If it is nested too deeply.

    Examples
    --------
    >>> from derivkit.expression.printer import to_text
    >>> x = sympy.Symbol("x")
    >>> to_text(from_sympy(1/sympy.sqrt(x) - x/3))
    '1/sqrt(x) - x/3'
    """
    if not isinstance(expression, sympy.Basic | int | float | Fraction):  # above all, never text
        raise ConversionError(f"a {type(expression).__name__} is not an expression of SymPy")
    with sympys_depth():
        real = asked(sympy.sympify, expression, strict=True)
        if not isinstance(real, sympy.Expr):
            raise _unsaid(real)
        names = {s: symbol(_name(s)) for s in real.free_symbols}
        if any(s is not r for s, r in names.items()):  # replacing anything would distribute 2*(x + y)
            real = asked(real.xreplace, names)
        if real.has(*_LEFT_BEHIND):
            real = real.replace(lambda node: isinstance(node, _LEFT_BEHIND), _carried_out)
        writer = _Writer()
        return writer.builder.graph([writer.node(real)])


def _name(variable: Any) -> str:
    name = str(variable.name)
    constants = {row.name for row in table() if not row.arity}
    if not name.isidentifier() or name in constants:
        raise ConversionError(
            f"{name!r} cannot be the name of a variable", hint="use letters, digits and underscores; e and pi are constants"
        )
    return name


class _Writer:
    """Writes SymPy's expressions into a builder, each once."""

    def __init__(self) -> None:
        self.builder = Builder()
        self.known: dict[Any, int] = {}

    def node(self, expression: Any) -> int:
        """The node of an expression."""
        found = self.known.get(expression)
        if found is None:
            found = self.known[expression] = self.write(expression)
        return found

    def write(self, expression: Any) -> int:
        if expression.is_Symbol:
            return self.builder.add(expression.name)
        if expression.is_Rational:
            check_number(expression)
            return self.rational(int(expression.p), int(expression.q))
        if expression.is_Float:
            return self.node(sympy.Rational(expression))
        if expression.is_Add:
            return self.sum(expression)
        if expression.is_Mul:
            return self.product(expression)
        if expression.is_Pow:
            return self.product(expression) if _is_denominator(expression) else self.power(expression.base, expression.exp)
        if isinstance(expression, sympy.Piecewise):
            return self.pieces(list(expression.args))
        return self.application(expression)

    def call(self, column: str, *inputs: int) -> int:
        """The node of the row with this `sympy` column."""
        return self.builder.add(row_spelled(column), inputs)

    def negative(self, node: int) -> int:
        return self.call("operator:neg", node)

    def rational(self, p: int, q: int) -> int:
        top = self.builder.add(abs(p))
        top = self.negative(top) if p < 0 else top
        return top if q == 1 else self.call("operator:truediv", top, self.builder.add(q))

    def sum(self, expression: Any) -> int:
        terms = expression.as_ordered_terms()
        if len(terms) == 2 and _is_negative(terms[0]) and not _is_negative(terms[1]):
            terms.reverse()
        total: int | None = None
        for term in terms:
            if total is None:
                total = self.node(term)
            elif _is_negative(term):
                total = self.call("operator:sub", total, self.node(-term))
            else:
                total = self.call("Add", total, self.node(term))
        assert total is not None  # a sum has terms
        return total

    def product(self, expression: Any) -> int:
        """A product as a quotient: a sign on the first factor, powers with negative exponents below."""
        number, rest = expression.as_coeff_Mul()
        if number in _NOWHERE:
            raise _unsaid(number)
        number = sympy.Rational(number)  # exactly what a rounded number is
        check_number(number)
        above: list[int] = []
        below: list[int] = []
        if abs(number.p) != 1:
            above.append(self.builder.add(abs(int(number.p))))
        if number.q != 1:
            below.append(self.builder.add(int(number.q)))
        for factor in rest.as_ordered_factors():
            if factor is sympy.S.One:
                continue
            if _is_denominator(factor):
                below.append(self.power(factor.base, -factor.exp))
            else:
                above.append(self.node(factor))
        above = above or [self.builder.add(1)]
        if number.p < 0:
            above[0] = self.negative(above[0])
        top = self.times(above)
        return self.call("operator:truediv", top, self.times(below)) if below else top

    def times(self, factors: list[int]) -> int:
        total, *rest = factors
        for factor in rest:
            total = self.call("Mul", total, factor)
        return total

    def power(self, base: Any, exponent: Any) -> int:
        if exponent == 1:
            return self.node(base)
        if exponent == _HALF:
            return self.call("sqrt", self.node(base))
        return self.call("Pow", self.node(base), self.node(exponent))

    def pieces(self, pieces: list[Any]) -> int:
        """Nested choices, from the last piece to the first."""
        value = self.builder.add(row_spelled("nan"))
        for piece, condition in reversed(pieces):
            value = self.choice(condition, self.node(piece), value)
        return value

    def choice(self, condition: Any, x: int, y: int) -> int:
        """`x` where the condition holds, else `y`; "and", "or" and "not" become choices within choices."""
        if condition is sympy.true:
            return x
        if condition is sympy.false:
            return y
        if isinstance(condition, sympy.Not):
            return self.choice(condition.args[0], y, x)
        if isinstance(condition, sympy.And | sympy.Or):
            for clause in reversed(list(sympy.ordered(condition.args))):
                if isinstance(condition, sympy.And):
                    x = self.choice(clause, x, y)
                else:
                    y = self.choice(clause, x, y)
            return x if isinstance(condition, sympy.And) else y
        row = rows_of_classes().get(condition.func)
        if row is None or not row.boolean:
            raise _unsaid(condition)
        test = self.builder.add(row, (self.node(condition.lhs), self.node(condition.rhs)))
        return self.call("Piecewise", test, x, y)

    def application(self, expression: Any) -> int:
        """A constant or a function of the table."""
        row = rows_of_classes().get(expression if expression.is_Atom else expression.func)
        arguments = expression.args
        # SymPy's step carries its value at 0 along, which the language does not write
        if isinstance(expression, sympy.Heaviside) and arguments[-1] == _HALF:
            arguments = arguments[:1]
        pattern = rows_of_patterns().get((expression.func, arguments[:-1]))
        if pattern is not None:
            return self.builder.add(pattern, (self.node(arguments[-1]),))
        if row is not None and row.fold:
            first, *others = (self.node(a) for a in arguments)
            for other in others:
                first = self.builder.add(row, (first, other))
            return first
        if row is None or row.arity != len(arguments) or row.boolean or expression is sympy.nan:
            if expression not in _CONSTANTS:
                raise _unsaid(expression)
            return self.node(_CONSTANTS[expression])
        return self.builder.add(row, tuple([self.node(a) for a in arguments]))


def _is_negative(term: Any) -> bool:
    return bool(term.as_coeff_Mul()[0].is_negative)


def _is_denominator(factor: Any) -> bool:
    return bool(factor.is_Pow and factor.exp.is_Rational and factor.exp.is_negative)


def _carried_out(node: Any) -> Any:
    """A derivative or a substitution carried out, by SymPy and by our rules; a delta function is 0 away from its place."""
    if isinstance(node, DiracDelta):
        return sympy.S.Zero
    if isinstance(node, sympy.Subs):
        return asked(node.doit)
    if not all(count.is_Integer for _, count in node.variable_count):
        return node
    inner = node.expr
    for variable, count in node.variable_count:
        for _ in range(int(count)):
            inner = differentiate(inner, variable)
    return inner


def _unsaid(expression: Any) -> ConversionError:
    if expression in _NOWHERE:
        return ConversionError("the formula has no value anywhere: it divides by zero or takes a function at its pole")
    if expression is sympy.I:
        return ConversionError("the formula holds the imaginary unit: it has no real value")
    name = str(expression) if expression.is_Atom else expression.func.__name__
    return ConversionError(f"derivkit's language has no word for SymPy's {name[:60]}")
