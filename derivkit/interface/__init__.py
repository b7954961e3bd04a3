"""The Python face: expressions as objects, and the questions that are asked of them."""
