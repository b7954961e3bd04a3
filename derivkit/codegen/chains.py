"""Under which conditions the nodes of a program are needed, and what that decides."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping

from derivkit.codegen.make import ADD, DIVIDE, MULTIPLY, NEGATE, SUBTRACT, WHERE, Maker, Signed
from derivkit.codegen.program import Head, Logic, Program
from derivkit.functions import Row

Chain = tuple[tuple[int, bool], ...]  # conditions and whether they hold, the outermost first
MOST_ROUNDS = 20


def chains(program: Program, live: list[int]) -> dict[int, Chain]:
    """For every node, the conditions under which it is needed: those that all its uses have in common.

    Parameters
    ----------
    program : Program
    live : list of int
        Its nodes in the order of a walk, from `Program.live`.
    """
    found: dict[int, Chain] = dict.fromkeys(program.outputs, ())
    literals = _Literals(program)
    for node in reversed(live):
        head, inputs, chain = program.heads[node], program.inputs[node], found[node]
        for k, i in enumerate(inputs):
            needed = _without_repeats(chain + literals.of_input(head, inputs, k))
            found[i] = needed if i not in found else common(found[i], needed)
    return found


def common(one: Chain, other: Chain) -> Chain:
    """What two chains begin with alike."""
    if one == other[: len(one)]:  # nearly always
        return one
    shared = 0
    while shared < min(len(one), len(other)) and one[shared] == other[shared]:
        shared += 1
    return one[:shared]


def _without_repeats(chain: Chain) -> Chain:
    return tuple(dict.fromkeys(chain))


class _Literals:
    """The conditions that a truth value consists of."""

    def __init__(self, program: Program) -> None:
        self.program = program
        self.known: dict[tuple[int, bool], Chain] = {}

    def of_input(self, head: Head, inputs: tuple[int, ...], k: int) -> Chain:
        """What must hold for the k-th input to be looked at."""
        if k == 0 or not (head is WHERE or isinstance(head, Logic)):
            return ()
        return self.of(inputs[0], head is Logic.AND or (head is WHERE and k == 1))

    def of(self, condition: int, holds: bool) -> Chain:
        """A condition, or its opposite, as a chain."""
        key = (condition, holds)
        if key not in self.known:
            self.known[key] = self.split(condition, holds)
        return self.known[key]

    def split(self, condition: int, holds: bool) -> Chain:
        """The parts of a condition."""
        head, inputs = self.program.heads[condition], self.program.inputs[condition]
        if head is Logic.NOT:
            return self.of(inputs[0], not holds)
        if (head is Logic.AND and holds) or (head is Logic.OR and not holds):
            return _without_repeats(self.of(inputs[0], holds) + self.of(inputs[1], holds))
        return ((condition, holds),)


def settled(program: Program) -> Program:
    """The same program without the choices that are decided wherever they are needed, and with x/y for x*(1/y).

    Examples
    --------
    >>> from derivkit.codegen.lower import lower
    >>> from derivkit.expression.parser import parse
    >>> program = lower(parse("piecewise((piecewise((x, x > 0), (2, true)), x > 0), (3, true))").graph)
    >>> [getattr(head, "name", head) for head in settled(program).heads]
    ['x', 0.0, 'greater', 3.0, 'where']
    """
    for _ in range(MOST_ROUNDS):
        again = _Settling(program).run()
        if (again.heads, again.inputs) == (program.heads, program.inputs):
            return again
        program = again
    return program


class _Settling(Maker):
    """Makes a program again, each node where it is known what holds."""

    def __init__(self, old: Program) -> None:
        super().__init__()
        self.old = old
        self.live = old.live()
        self.chains = chains(old, self.live)
        self.new: dict[int, Signed] = {}
        self.uses = Counter(i for node in self.live for i in old.inputs[node]) + Counter(old.outputs)
        self.rules = {ADD: self.sum, MULTIPLY: self.product, DIVIDE: self.quotient}

    def run(self) -> Program:
        """The new program."""
        for node in self.live:
            self.new[node] = self.again(node)
        self.program.outputs = tuple([self.materialize(self.new[output]) for output in self.old.outputs])
        return self.program

    def again(self, node: int) -> Signed:
        """A node of the old program as one of the new."""
        head, inputs = self.old.heads[node], self.old.inputs[node]
        if head is WHERE:
            condition = self.condition(inputs[0], dict(self.chains[node]), {})
            x, y = [self.materialize(self.new[i]) for i in inputs[1:]]
            return self.signed(self.where(condition, x, y), negative=False)
        arguments = [self.new[i] for i in inputs]
        if head is NEGATE:
            return -arguments[0]
        if head is SUBTRACT:
            return self.sum(arguments[0], -arguments[1])
        if head is MULTIPLY:
            for one, other in (inputs, inputs[::-1]):
                divisor = self.divisor(self.new[other])
                if divisor is not None and self.uses[other] == 1:
                    return self.quotient(self.new[one], divisor)
        if isinstance(head, Logic):
            return Signed(self.connected(head, [x.node for x in arguments]))
        if isinstance(head, Row) and head in self.rules:
            return self.rules[head](*arguments)
        return Signed(self.program.add(head, *[self.materialize(x) for x in arguments]))

    def divisor(self, x: Signed) -> Signed | None:
        """y, where a node is 1/y."""
        if self.program.heads[x.node] is not DIVIDE:
            return None
        one, y = self.program.inputs[x.node]
        return Signed(y, x.negative) if self.program.heads[one] == 1 else None

    def condition(self, node: int, known: Mapping[int, bool], made: dict[int, int]) -> int:
        """A truth value of the old program, where some are known."""
        if node not in made:
            head, inputs = self.old.heads[node], self.old.inputs[node]
            if node in known:
                made[node] = self.program.add(known[node])
            elif isinstance(head, Logic):
                made[node] = self.connected(head, [self.condition(i, known, made) for i in inputs])
            else:
                made[node] = self.new[node].node
        return made[node]

    def connected(self, head: Logic, parts: list[int]) -> int:
        """Truth values together, without what follows from what."""
        if head is Logic.NOT:
            return self.opposite(parts[0])
        return self.both(*parts) if head is Logic.AND else self.either(*parts)
