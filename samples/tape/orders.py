"""Derivatives of derivatives: the derivatives of sin go round in four, and a product with the Hessian needs no Hessian.

sin and its derivatives at 1: 0.8415 0.5403 -0.8415 -0.5403 0.8415
d(x^2 + (dy/dx)^3)/dx at 2, with y = x^2: 100.0
a column of a Hessian of a million entries: 2.0
"""

import numpy as np

from derivkit import tape

f, values = np.sin, []
for _ in range(5):
    values.append(f"{f(1.0):.4f}")
    f = tape.grad(f)
print("sin and its derivatives at 1:", *values)


def square(x):
    return x**2


def combined(x):
    return square(x) + tape.grad(square)(x) ** 3


print("d(x^2 + (dy/dx)^3)/dx at 2, with y = x^2:", tape.grad(combined)(2.0))

unit = np.zeros(1000)
unit[7] = 1
column = tape.hvp(lambda x: np.sum(x**2) + np.prod(x[:3]), np.ones(1000), unit)
print(f"a column of a Hessian of a million entries: {column[7]}")
