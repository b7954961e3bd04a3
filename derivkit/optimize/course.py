"""The way of a minimization: the value at every step, as it is told."""

from __future__ import annotations

from derivkit.optimize.minimum import Progress

Stage = tuple[tuple[int, float], ...]  # steps with the values there


class Course:
    """A `Progress` that remembers what it is told.

    A step that does not come after the last one begins a new stage: a minimizer that starts again, perhaps of another objective.

    Parameters
    ----------
    start : float
        The value before the first step.
    told : callable, optional
        Told everything as well.

    Examples
    --------
    >>> course = Course(3.0)
    >>> course(1, 2.0)
    >>> course(2, 1.5)
    >>> course(1, 1.0)
    >>> course.stages
    (((0, 3.0), (1, 2.0), (2, 1.5)), ((1, 1.0),))
    """

    def __init__(self, start: float, told: Progress | None = None) -> None:
        self._stages = [[(0, start)]]
        self._told = told

    def __call__(self, step: int, value: float) -> None:
        """Remember a step."""
        if step <= self._stages[-1][-1][0]:
            self._stages.append([])
        self._stages[-1].append((step, value))
        if self._told is not None:
            self._told(step, value)

    @property
    def stages(self) -> tuple[Stage, ...]:
        """What was told, stage by stage."""
        return tuple(map(tuple, self._stages))
