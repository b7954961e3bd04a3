"""Whether a function of several variables is convex on a whole region: its Hessian is positive semidefinite."""

from __future__ import annotations

from collections.abc import Callable

from derivkit.certifying.box import Box
from derivkit.certifying.field import Field
from derivkit.certifying.hessian import Hessian, semidefinite
from derivkit.certifying.search import PROVED, Boxes, Budget, Finding
from derivkit.certifying.sign import Obstacle, only
from derivkit.certifying.touching import landmark


def prove_convex(field: Field, whole: Box, budget: Budget, obstacle: Obstacle, settled: Callable[[Box], bool]) -> Finding:
    """Whether a function is convex on a box.

    Parameters
    ----------
    field : Field
        Defined on the whole box.
    whole : Box
    budget : Budget
    obstacle : callable
        Says where the Hessian would be no evidence.
    settled : callable
        Whether the function is known to be convex near a box for another reason.

    Returns
    -------
    Finding
        Refuted with a point, and the curvature along a direction that is negative there.

    Raises
    ------
    Spent
        If the budget is.
    """
    hessian = Hessian(field.graph, field.names)
    boxes = Boxes(whole, budget)
    for box in boxes:
        if settled(box):
            continue
        reason = obstacle(box)
        matrix = hessian.on(box)
        if reason is None and matrix is not None and semidefinite(matrix):
            continue
        point = box.middle()
        spot = only(point)
        bent = hessian.bent_down(spot) if obstacle(spot) is None else None
        if bent is not None:
            return Finding("refuted", "witness", "", point, bent)
        boxes.cut(box, reason or ("lost" if matrix is None else "touching"))
    if boxes.stuck:
        box, reason = boxes.stuck[0]
        return Finding("undecided", reason, "", landmark(box))
    return PROVED
