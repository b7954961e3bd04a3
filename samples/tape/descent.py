"""Two ways down: gradient descent and Newton's method on Rosenbrock's function, whose lowest point is (1, 1).

gradient descent, 1000 steps of 0.001: [0.6837 0.466 ]
Newton's method: [-1.1753  1.3807] [ 0.7631 -3.175 ] [0.7634 0.5828] [1.    0.944] [1. 1.] [1. 1.] [1. 1.]
"""

import numpy as np

from derivkit import tape


def rosenbrock(x):
    return 100 * (x[1] - x[0] ** 2) ** 2 + (x[0] - 1) ** 2


slope, curvature = tape.grad(rosenbrock), tape.hessian(rosenbrock)
x = np.array([0.0, 2.0])
for _ in range(1000):
    x = x - 0.001 * slope(x)
print("gradient descent, 1000 steps of 0.001:", np.round(x, 4))
x, path = np.array([-1.2, 1.0]), []
for _ in range(7):
    x = x - np.linalg.solve(curvature(x), slope(x))
    path.append(f"{np.round(x, 4)}")
print("Newton's method:", *path)
