"""A program at one point: Python floats, `math`, and little dispatch.

Where many steps are of one kind and do not wait for each other, one `map` runs them all; a long sum is one `sum`. Where Python's
floats raise (1/0, log(0), exp(1000)), so does this; the caller then asks the blocks, whose NumPy answers as IEEE 754 does.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from operator import itemgetter, mul
from typing import Any

from derivkit.functions import FLOATS, Row
from derivkit.functions.arithmetic import resolve
from derivkit.program.steps import Steps
from derivkit.program.terms import Terms

# A result, its function, and one or two earlier values; of one value where the second is NONE, of any number where it is ALL.
Operation = tuple[int, Callable[..., float], int, int]
NONE, ALL = -1, -2

# Operations one by one; or the slice of results of one function, and the getters of its arguments.
Run = tuple[list[Operation] | slice, Callable[..., float] | None, Callable[..., Any] | None, Callable[..., Any] | None]

LONGEST = 4  # terms up to which a sum is made of single steps
WIDE = 5  # steps of one kind from which one `map` runs them
FEW = 32  # steps up to which nothing is gained by looking for those


class Point:
    """The steps of a program, ready to be run on floats.

    Parameters
    ----------
    terms : Terms
    outputs : sequence of int
        The nodes that are asked for.
    variables : sequence of str
    """

    def __init__(self, terms: Terms, outputs: Sequence[int], variables: Sequence[str]) -> None:
        steps = Steps(terms, outputs).in_order(LONGEST)
        self.operations = len(steps.steps)
        places, self._runs = _straight(steps) if len(steps.steps) <= FEW else _in_levels(steps)
        self._values = [0.0] * steps.size
        for value, slot in steps.constants.items():
            self._values[places[slot]] = value
        self._inputs = [(k, places[steps.inputs[name]]) for k, name in enumerate(variables) if name in steps.inputs]
        self._outputs = [places[slot] for slot in steps.outputs]

    def run(self, point: Sequence[float]) -> list[float]:
        """The values of the outputs.

        Parameters
        ----------
        point : sequence of float
            In the order of the variables.

        Raises
        ------
        ArithmeticError, ValueError
            If a float cannot hold a value on the way.
        """
        values = self._values.copy()
        for k, slot in self._inputs:
            values[slot] = point[k]
        for results, function, first, second in self._runs:
            if function is None:
                for out, f, a, b in results:  # type: ignore[union-attr]  # a list of operations
                    values[out] = f(values[a], values[b]) if b >= 0 else f(values[a]) if b == NONE else f(values)
            elif second is None:
                values[results] = map(function, first(values))  # type: ignore[misc,index]  # a slice and its getters
            else:
                values[results] = map(function, first(values), second(values))  # type: ignore[misc,index]  # likewise
        return [values[slot] for slot in self._outputs]


def _operation(out: int, head: Row | tuple[float, ...], inputs: Sequence[int]) -> Operation:
    if not isinstance(head, Row):
        return out, _weighted_sum(head, itemgetter(*inputs)), NONE, ALL
    function = _function(head)
    if len(inputs) <= 2:
        return out, function, inputs[0], inputs[1] if len(inputs) == 2 else NONE
    getter = itemgetter(*inputs)
    return out, lambda values: function(*getter(values)), NONE, ALL


def _function(row: Row) -> Callable[..., float]:
    """The routine of a row that may raise; the careful one where it has no routine for floats."""
    return FLOATS.function(row) if row.scalar is None else resolve(row.scalar)


def _weighted_sum(weights: Sequence[float], getter: Callable[..., Any]) -> Callable[..., float]:
    if all(weight == 1 for weight in weights):
        return lambda values: sum(getter(values))
    return lambda values: sum(map(mul, weights, getter(values)))


def _straight(steps: Steps) -> tuple[Sequence[int], list[Run]]:
    """The steps as they stand."""
    return range(steps.size), [([_operation(*step) for step in steps.steps], None, None, None)]


def _in_levels(steps: Steps) -> tuple[Sequence[int], list[Run]]:
    """The steps sorted by how many others they wait for, and by kind, with new numbers for the values."""
    levels = [0] * steps.size
    groups: dict[tuple[int, Any], list[int]] = {}
    for k, (out, head, inputs) in enumerate(steps.steps):
        level = levels[out] = 1 + max([levels[i] for i in inputs])
        kind = (level, head if isinstance(head, Row) and len(inputs) <= 2 else None)
        if kind in groups:
            groups[kind].append(k)
        else:
            groups[kind] = [k]
    if len(groups) * 2 > len(steps.steps):
        return _straight(steps)
    return _sorted(steps, groups)


def _sorted(steps: Steps, groups: dict[tuple[int, Any], list[int]]) -> tuple[Sequence[int], list[Run]]:
    places = [-1] * steps.size
    count = 0
    for slot in (*steps.inputs.values(), *steps.constants.values()):
        places[slot] = count
        count += 1
    runs: list[Run] = []
    singles: list[Operation] = []
    for kind in sorted(groups, key=itemgetter(0)):
        group = [steps.steps[k] for k in groups[kind]]
        start = count
        for out, _, _ in group:
            places[out] = count
            count += 1
        if kind[1] is None or len(group) < WIDE:
            if not singles:
                singles = []
                runs.append((singles, None, None, None))
            singles += [_operation(places[out], head, [places[i] for i in inputs]) for out, head, inputs in group]
            continue
        singles = []
        getters = [itemgetter(*[places[inputs[j]] for _, _, inputs in group]) for j in range(len(group[0][2]))]
        runs.append((slice(start, count), _function(kind[1]), getters[0], getters[1] if len(getters) == 2 else None))
    return places, runs
