"""Text, graph and back: the lexer, the parser, the graph in which equal subexpressions are one node, and the printer."""
