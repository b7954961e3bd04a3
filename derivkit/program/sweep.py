"""The backward sweep on terms: what reaches a node through one sum or product is added up before it is multiplied on."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

from derivkit.expression.arithmetic import ADD, DIVIDE, MULTIPLY
from derivkit.functions import Row
from derivkit.program.terms import ONE, Term, Terms, Weight, is_moderate, short
from derivkit.program.values import TermArithmetic, Value
from derivkit.tape.sweep import Sweep

# What one use of a node adds to its adjoint: a weight, the adjoint of the user and the partial derivative, both as nodes.
Share = tuple[Weight, int, int]


def derivatives(terms: Terms, value: Term, wrt: Sequence[str], order: int) -> list[Term]:
    """The value and its derivatives up to an order.

    Parameters
    ----------
    terms : Terms
    value : tuple of (number, int)
    wrt : sequence of str
    order : int
        0, 1 or 2.

    Returns
    -------
    list of tuple of (number, int)
        As the outputs of `derivkit.tape.differentiate.derivatives_graph`.
    """
    found = [value]
    if order >= 1:
        found += _partials(terms, value, wrt)
    if order >= 2:
        for k, partial in enumerate(found[1:]):
            found += _partials(terms, partial, wrt[k:])
    return found


def _partials(terms: Terms, output: Term, wrt: Sequence[str]) -> list[Term]:
    sweep = TermSweep(terms, wrt)
    sweep.run(output[1], Value(terms, (output[0], ONE)))
    return [sweep.settle(terms.leaf(name)) for name in wrt]


class TermSweep(Sweep):
    """One backward sweep; the adjoint of a node is a list of shares until the sweep arrives there."""

    def __init__(self, terms: Terms, wrt: Sequence[str]) -> None:
        super().__init__(terms, _Values(terms), TermArithmetic(terms), wrt, None)
        self.terms = terms

    def send_back(self, node: int, row: Row) -> None:
        """A node's adjoint times its partial derivatives, to its inputs."""
        weight, adjoint = self.settle(node)
        if row not in _INNER:
            self.adjoints[node] = Value(self.terms, (weight, adjoint))
            super().send_back(node, row)
            self.adjoints[node] = None
            return
        active, adjoints, guard = self.active, self.adjoints, self.guards.get(node)
        for factor, user, source, partial in self.edges(node, row, adjoint):
            if not active[source]:
                continue
            share = (factor if weight == 1 else short(weight * factor), user, partial)
            if guard is not None:
                amount = self.arithmetic.where(guard, Value(self.terms, self._term(share)), 0)
                self.contribute(source, amount, guard)
                continue
            if adjoints[source] is None:
                adjoints[source] = [share]
            else:
                adjoints[source].append(share)
            if self.choices:
                self.note(source, None)
        adjoints[node] = None  # so that its memory is used again

    def edges(self, node: int, row: Row, adjoint: int) -> Iterator[tuple[Weight, int, int, int]]:
        """For every input of a sum, product or quotient: a weight, a node to multiply by, the input, its partial derivative."""
        terms = self.terms
        inputs = terms.inputs[node]
        if row is ADD:
            for source, weight in zip(inputs, terms.weights[node], strict=True):
                yield weight, adjoint, source, ONE
        elif node in terms.powers:
            base, exponent = terms.powers[node]
            yield exponent, adjoint, base, terms.power(base, exponent - 1)
        elif row is MULTIPLY:
            yield 1, adjoint, inputs[0], inputs[1]
            yield 1, adjoint, inputs[1], inputs[0]
        else:
            base, exponent = terms.powers.get(inputs[1], (inputs[1], 1))
            yield 1, terms.quotient(adjoint, inputs[1]), inputs[0], ONE
            if self.active[base]:
                yield -exponent, terms.quotient(adjoint, base), base, node

    def accumulate(self, node: int, amount: Any) -> None:
        """Add a share that is complete."""
        weight, user = amount.term
        if weight == 0:
            return
        if self.adjoints[node] is None:
            self.adjoints[node] = []
        self.adjoints[node].append((weight, user, ONE))

    def settle(self, node: int) -> Term:
        """The sum of a node's shares, those with one user factored."""
        shares = self.adjoints[node] if node < len(self.adjoints) else None
        if not shares:
            return 0, ONE
        if len(shares) == 1:
            return self._term(shares[0])
        terms = self.terms
        groups: dict[int, dict[int, Weight]] = {}
        for weight, user, partial in shares:
            group = groups.setdefault(user, {})
            group[partial] = short(group[partial] + weight) if partial in group else weight
        sums: dict[int, Weight] = groups.pop(ONE, {})
        for user, group in groups.items():
            weight, node = terms.total(group)
            node = terms.product(user, node)
            sums[node] = short(sums[node] + weight) if node in sums else weight
        return terms.total(sums)

    def _term(self, share: Share) -> Term:
        weight, user, partial = share
        node = self.terms.product(user, partial)
        return (weight, node) if is_moderate(weight) or node == ONE else (1, self.terms.node((weight, node)))


class _Values:
    """The nodes as numbers."""

    def __init__(self, terms: Terms) -> None:
        self._terms = terms

    def __getitem__(self, node: int) -> Value:
        return Value(self._terms, (1, node))


_INNER = {ADD, MULTIPLY, DIVIDE}
