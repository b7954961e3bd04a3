"""What is found of claimed derivatives."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Literal

from derivkit.records.checks import Verdict
from derivkit.records.verdicts import ThreeValued


@dataclass(frozen=True, slots=True)
class Witness:
    """A point at which a claimed derivative differs from the derivative.

    Attributes
    ----------
    at : mapping of str to float
        A number for every variable, exact as it stands.
    claimed : float
        NaN where the claim has no value.
    actual : float
    difference : float
        claimed - actual, from many digits: floats may not show it.
    """

    at: Mapping[str, float]
    claimed: float
    actual: float
    difference: float


@dataclass(frozen=True, slots=True)
class Diagnosis:
    """How a wrong derivative may have come about.

    Attributes
    ----------
    kind : str
        "lost_inner", "sign", "product_rule", "quotient_rule", "power_off_by_one", "power_rule_on_exponential", "missing_constant",
        "sin_cos", "degrees_for_radians", "constant_as_variable", "constant_kept", "constant_added", "dropped_term", "factor",
        "not_differentiated", "integrated", "wrong_variable" or "wrong_order".
    message : str
    """

    kind: str
    message: str


@dataclass(frozen=True, slots=True)
class ClaimVerdict(ThreeValued):
    """Whether a claimed derivative is the derivative.

    Attributes
    ----------
    verdict : str
        "equal", "different" (with a witness) or "refused" (with the reason).
    reason : str or None
        Why it was refused: the check's own reason, "undecided", ...; "undefined" where the claim has no value.
    message : str
    wrt : tuple of str
        One name an order.
    claim, derivative : Formula
        What was claimed, and the derivative.
    proved : bool
        Whether equality was proved by an exact zero test; else it rests on agreement of enclosures at `points` points.
    points : int
        At how many points the two were compared.
    witness : Witness or None
    diagnosis : Diagnosis or None
        None where no usual slip explains the claim.
    check : Verdict
        On the derivative itself.
    taylor_orders : (float or None, float or None), or None
        At the witness, how fast the Taylor remainder falls with the claim and with the derivative; see `Evidence`.
    """

    verdict: Literal["equal", "different", "refused"]
    reason: str | None
    message: str
    wrt: tuple[str, ...]
    claim: Any
    derivative: Any
    proved: bool
    points: int
    witness: Witness | None
    diagnosis: Diagnosis | None
    check: Verdict
    taylor_orders: tuple[float | None, float | None] | None = None


@dataclass(frozen=True, slots=True)
class GradientClaim(ThreeValued):
    """Whether several claimed derivatives are the derivatives: one claim each.

    Attributes
    ----------
    entries : tuple of ClaimVerdict
        In the order in which they were claimed.
    """

    entries: tuple[ClaimVerdict, ...]

    @property
    def worst(self) -> ClaimVerdict:
        """The first entry that is different, else the first that was refused, else the first that was not proved."""
        order = ("different", "refused", "equal")
        return min(self.entries, key=lambda entry: (order.index(entry.verdict), entry.proved))

    @property
    def verdict(self) -> str:
        """The worst entry's."""
        return self.worst.verdict

    @property
    def reason(self) -> str | None:
        """The worst entry's."""
        return self.worst.reason

    @property
    def message(self) -> str:
        """The worst entry's."""
        return self.worst.message
