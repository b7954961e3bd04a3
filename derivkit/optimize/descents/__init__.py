"""Where to go from a place: against the gradient, with moments of past gradients, or by the second derivative.

A descent is a frozen description; what it remembers between steps travels through the loop.
"""

from derivkit.optimize.descents.adaptive import Adagrad, Adam, AMSGrad, NAdam, RMSProp
from derivkit.optimize.descents.conjugate import ConjugateGradient
from derivkit.optimize.descents.momentum import Gradient, Momentum, Nesterov
from derivkit.optimize.descents.newton import NOT_CONVEX, SINGULAR, Newton, NewtonAnywhere
from derivkit.optimize.descents.quasi_newton import BFGS, LBFGS
from derivkit.optimize.descents.region import TrustExact, TrustNCG
from derivkit.optimize.descents.squares import GaussNewton, LevenbergMarquardt
from derivkit.optimize.descents.transformed import Clipped, ClippedByValue, Decayed, DecayedApart
from derivkit.optimize.descents.truncated import NewtonCG

__all__ = [
    "BFGS",
    "LBFGS",
    "NOT_CONVEX",
    "SINGULAR",
    "AMSGrad",
    "Adagrad",
    "Adam",
    "Clipped",
    "ClippedByValue",
    "ConjugateGradient",
    "Decayed",
    "DecayedApart",
    "GaussNewton",
    "Gradient",
    "LevenbergMarquardt",
    "Momentum",
    "NAdam",
    "Nesterov",
    "Newton",
    "NewtonAnywhere",
    "NewtonCG",
    "RMSProp",
    "TrustExact",
    "TrustNCG",
]
