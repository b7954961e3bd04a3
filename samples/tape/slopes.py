"""The derivative by its definition, and by the tape: the quotient gains digits as the step shrinks, then loses them to rounding.

step 0.1     quotient 0.3890
step 1e-4    quotient 0.4199424
step 1e-8    quotient 0.4199743
step 1e-12   quotient 0.420
tape         0.419974341614
"""

import numpy as np

from derivkit import tape


def tanh(x):
    y = np.exp(-2.0 * x)
    return (1.0 - y) / (1.0 + y)


for h, digits in (("0.1", 4), ("1e-4", 7), ("1e-8", 7), ("1e-12", 3)):
    quotient = (tanh(1.0 + float(h)) - tanh(1.0)) / float(h)
    print(f"step {h:7} quotient {quotient:.{digits}f}")
print(f"tape         {tape.grad(tanh)(1.0):.12f}")
