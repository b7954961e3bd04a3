"""One neuron, forward and backward: every number that backpropagation writes beside it.

forward:  z = -0.500  a = tanh(z) = -0.462  loss = 1.069
backward: dloss/da = -1.462  dloss/dz = -1.150
weights:  dloss/dw = [-1.15   1.725]  dloss/db = -1.150
after a step of 0.1: loss = 0.511
"""

import numpy as np

from derivkit import tape

x, target = np.array([1.0, -1.5]), 1.0
w, b = tape.Tensor([0.5, 1.0], requires_grad=True), tape.Tensor(0.5, requires_grad=True)


def forward():
    z = np.dot(w, x) + b
    a = np.tanh(z)
    return z, a, (a - target) ** 2 / 2


z, a, loss = forward()
loss.backward()
print(f"forward:  z = {z:.3f}  a = tanh(z) = {a:.3f}  loss = {loss:.3f}")
by_a = tape.grad(lambda a: (a - target) ** 2 / 2)(a.item())
by_z = tape.grad(lambda z: (np.tanh(z) - target) ** 2 / 2)(z.item())
print(f"backward: dloss/da = {by_a:.3f}  dloss/dz = {by_z:.3f}")
print(f"weights:  dloss/dw = {np.round(w.grad.data, 3)}  dloss/db = {b.grad:.3f}")
w.data -= 0.1 * w.grad
b.data -= 0.1 * b.grad
print(f"after a step of 0.1: loss = {forward()[2]:.3f}")
