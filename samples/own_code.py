"""Own code to check: the loss of a logistic regression on oring.csv, and two gradients of it, of which one is wrong.

derivkit check --function samples.own_code:loss --gradient samples.own_code:loss_gradient --at samples/own_code.csv
"""

from pathlib import Path

import numpy as np

DATA = np.loadtxt(Path(__file__).with_name("oring.csv"), delimiter=",", skiprows=1)
FEATURES = np.column_stack([np.ones(len(DATA)), DATA[:, 0]])
DISTRESS = DATA[:, -1]


def loss(coefficients):
    """The mean of -log-likelihood."""
    scores = FEATURES @ coefficients
    return np.mean(np.logaddexp(0.0, scores) - DISTRESS * scores)


def loss_gradient(coefficients):
    """Its gradient."""
    probabilities = 1 / (1 + np.exp(-FEATURES @ coefficients))
    return FEATURES.T @ (probabilities - DISTRESS) / len(DATA)


def sum_gradient(coefficients):
    """The gradient of the sum over the rows, where the loss is a mean."""
    return len(DATA) * loss_gradient(coefficients)
