"""Where to go from a place: against the gradient, with moments of past gradients, or by the second derivative.

A descent is a frozen description; what it remembers between steps travels through the loop.
"""

from derivkit.optimize.descents.adaptive import Adagrad, Adam, AMSGrad, NAdam, RMSProp
from derivkit.optimize.descents.momentum import Gradient, Momentum, Nesterov
from derivkit.optimize.descents.newton import NOT_CONVEX, SINGULAR, Newton
from derivkit.optimize.descents.transformed import Clipped, ClippedByValue, Decayed, DecayedApart

__all__ = [
    "NOT_CONVEX",
    "SINGULAR",
    "AMSGrad",
    "Adagrad",
    "Adam",
    "Clipped",
    "ClippedByValue",
    "Decayed",
    "DecayedApart",
    "Gradient",
    "Momentum",
    "NAdam",
    "Nesterov",
    "Newton",
    "RMSProp",
]
