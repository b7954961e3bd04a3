"""What every route and every check returns: frozen, and each number with how far it can be trusted."""

from __future__ import annotations

from derivkit.records.certificates import Bounds, Certificate, Counterexample, Enclosure
from derivkit.records.checks import Agreement, EntryReport, Evidence, Kink, RouteReport, StepError, Verdict
from derivkit.records.claims import ClaimVerdict, Diagnosis, GradientClaim, Witness
from derivkit.records.derivatives import DerivativeAnswer, Estimate, JacobianAnswer
from derivkit.records.tape import Contribution, GraphAnswer, Step, TapeAnswer, TapeNode
from derivkit.records.verdicts import ThreeValued

__all__ = [
    "Agreement",
    "Bounds",
    "Certificate",
    "ClaimVerdict",
    "Contribution",
    "Counterexample",
    "DerivativeAnswer",
    "Diagnosis",
    "Enclosure",
    "EntryReport",
    "Estimate",
    "Evidence",
    "GradientClaim",
    "GraphAnswer",
    "JacobianAnswer",
    "Kink",
    "RouteReport",
    "Step",
    "StepError",
    "TapeAnswer",
    "TapeNode",
    "ThreeValued",
    "Verdict",
    "Witness",
]
