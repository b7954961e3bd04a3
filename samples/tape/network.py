"""A network of ten hidden neurons learns a sine from a hundred noisy points: its loss goes down by gradient descent.

step     0  mean squared error 0.847
step  2500  mean squared error 0.244
step  5000  mean squared error 0.167
step  7500  mean squared error 0.078
step 10000  mean squared error 0.077
"""

import numpy as np

from derivkit import tape
from derivkit.tape import functional as F

random = np.random.RandomState(0)
x = random.rand(100, 1)
y = np.sin(2 * np.pi * x) + random.rand(100, 1)
parameters = {
    "W1": 0.01 * random.randn(1, 10),
    "b1": np.zeros(10),
    "W2": 0.01 * random.randn(10, 1),
    "b2": np.zeros(1),
}


def loss(p):
    hidden = F.sigmoid(F.linear(x, p["W1"], p["b1"]))
    return F.mean_squared_error(F.linear(hidden, p["W2"], p["b2"]), y)


slopes = tape.value_and_grad(loss)
for step in range(10001):
    value, gradient = slopes(parameters)
    if step % 2500 == 0:
        print(f"step {step:5d}  mean squared error {value:.3f}")
    parameters = {name: p - 0.2 * gradient[name] for name, p in parameters.items()}
