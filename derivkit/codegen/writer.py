"""From a program to the text of its statements in a language.

What is used once stands where it is used, unless the line would become long; what is used more often is a temporary. In a language
whose functions fail outside their domain, what only one branch of a choice needs is computed only there.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Mapping

from derivkit.codegen.chains import Chain, chains, common
from derivkit.codegen.language import COMPARISON, NEGATIVE, Assignment, Branch, Language, Statement, Text, needs_name
from derivkit.codegen.program import Logic, Program
from derivkit.codegen.source import Body
from derivkit.functions import Row, row_named

LONGEST_INLINE = 48  # characters of what stands inside of something else
PRODUCT, NEGATE, WHERE = map(row_named, ("multiply", "negate", "where"))

Call = Callable[[Row, tuple[Text, ...], Program, tuple[int, ...]], Text]


def write(program: Program, language: Language, names: Mapping[str, str], call: Call, prefix: str) -> Body:
    """Write a program.

    Parameters
    ----------
    program : Program
    language : Language
    names : mapping of str to str
        The identifiers of the variables.
    call : callable
        Writes a function of the table.
    prefix : str
        Of the names of temporaries.
    """
    return _Writer(program, language, names, call, prefix).run()


class _Writer:
    def __init__(self, program: Program, language: Language, names: Mapping[str, str], call: Call, prefix: str) -> None:
        self.program = program
        self.language = language
        self.names = names
        self.call = call
        self.prefix = prefix
        self.live = program.live()
        self.uses = self.count_uses()
        self.chains = chains(program, self.live) if language.raises else {}
        self.texts: dict[int, Text] = {}
        self.temporaries: list[str] = []
        self.top: list[Statement] = []
        self.open: list[tuple[tuple[int, bool], Branch]] = []

    def run(self) -> Body:
        """All statements, and the texts of the outputs."""
        outputs = set(self.program.outputs)
        for node in self.live:
            text = self.text(node)
            long = len(text.text) > LONGEST_INLINE and node not in outputs
            if self.has_name(node) and (self.uses[node] > 1 or long):
                text = self.assign(node, text)
            self.texts[node] = text
        return Body(self.top, [self.texts[output].text for output in self.program.outputs], self.temporaries)

    def has_name(self, node: int) -> bool:
        """Whether a node may become a temporary; truth values, signs and what is a word already stay where they are used."""
        head = self.program.heads[node]
        return isinstance(head, Row) and not head.boolean and head is not NEGATE

    def count_uses(self) -> Counter[int]:
        """How often each node will be written; what is never a temporary passes its own number on."""
        uses = Counter(self.program.outputs)
        for node in reversed(self.live):
            times = 1 if self.has_name(node) else uses[node]
            for i in self.program.inputs[node]:
                uses[i] += times
        return uses

    def assign(self, node: int, text: Text) -> Text:
        """Make a temporary of a node, in the branch in which it is needed."""
        name = f"{self.prefix}{len(self.temporaries) + 1}"
        self.temporaries.append(name)
        self.statements(self.chains.get(node, ())).append(Assignment(name, text.text))
        return Text(name)

    def statements(self, chain: Chain) -> list[Statement]:
        """The list to which a statement goes that is needed under a chain of conditions."""
        shared = len(common(tuple(literal for literal, _ in self.open), chain))
        reopened = None
        if shared < len(self.open):
            (condition, holds), branch = self.open[shared]
            if shared < len(chain) and chain[shared] == (condition, not holds) and (holds and not branch.otherwise):
                reopened = branch
        del self.open[shared:]
        for literal in chain[shared:]:
            branch = reopened or Branch(self.texts[literal[0]].text, [], [])
            if reopened is None:
                self.innermost().append(branch)
            reopened = None
            self.open.append((literal, branch))
        return self.innermost()

    def innermost(self) -> list[Statement]:
        """The list of statements that is open."""
        if not self.open:
            return self.top
        (_, holds), branch = self.open[-1]
        return branch.then if holds else branch.otherwise

    def text(self, node: int) -> Text:
        """A node in terms of the texts of its inputs."""
        head = self.program.heads[node]
        inputs = self.program.inputs[node]
        texts = [self.texts[i] for i in inputs]
        language = self.language
        if isinstance(head, bool):
            return Text(language.true if head else language.false)
        if isinstance(head, float):
            return language.number(head)
        if isinstance(head, str):
            return Text(self.names[head])
        if isinstance(head, Logic):
            return language.connect(head, texts)
        if head is WHERE:
            return language.choose(*texts)
        if head is NEGATE:
            return Text(f"-{texts[0].within(PRODUCT.operator.precedence)}", NEGATIVE)  # type: ignore[union-attr]  # it has one
        if needs_name(head):
            return self.call(head, tuple(texts), self.program, inputs)
        return self.infix(head, *texts)

    def infix(self, row: Row, x: Text, y: Text) -> Text:
        """Two operands and an operator between them, which computes from the left."""
        assert row.operator is not None
        symbol, level = row.operator.symbol, row.operator.precedence
        if row.commutative and y.level == level < x.level and not x.text[0].isdigit():
            x, y = y, x  # saves parentheses, and changes nothing
        symbol = self.language.symbols.get(symbol, symbol)
        tight = level == PRODUCT.operator.precedence and not self.language.spaces_products  # type: ignore[union-attr]  # it has one
        spaced = symbol if tight else f" {symbol} "
        left = x.within(COMPARISON + 1 if row.boolean else level)
        return Text(f"{left}{spaced}{y.within(level + 1)}", level)
