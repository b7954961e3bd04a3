"""Logistic regression by gradient descent on a loss written as one would write it for numbers.

loss before 2.773, after a hundred steps 1.067
predicted [ True  True False  True], observed [ True  True False  True]
"""

import numpy as np

from derivkit import tape

rows = np.array([[0.52, 1.12, 0.77], [0.88, -1.08, 0.15], [0.52, 0.06, -1.30], [0.74, -2.49, 1.39]])
observed = np.array([True, True, False, True])


def probability(w):
    return 0.5 * (np.tanh(rows @ w / 2) + 1)


def loss(w):
    p = probability(w)
    return -np.sum(np.log(np.where(observed, p, 1 - p)))


w = np.zeros(3)
before = loss(w)
for _ in range(100):
    w -= 0.01 * tape.grad(loss)(w)
print(f"loss before {before:.3f}, after a hundred steps {loss(w):.3f}")
print(f"predicted {probability(w) > 0.5}, observed {observed}")
