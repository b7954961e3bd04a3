"""From a graph to source text in other languages: value, gradient and Hessian, and a self-test."""
