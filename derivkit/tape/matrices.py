"""Whole Jacobians: one sweep a row, or one a column where those are fewer."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

import numpy as np

from derivkit.tape.calls import Call, filled
from derivkit.tape.forward import push_forward
from derivkit.tape.pytree import rebuild
from derivkit.tape.recorded import Trace
from derivkit.tape.reverse import pull_back
from derivkit.tape.tensor import Tensor, node_of, plain


def jacobian_of(call: Call) -> Any:
    """The derivatives of all results of a call by all its arguments."""
    call.require_arrays()
    trace = call.trace()
    values = [np.asarray(plain(result)) for result in call.results]
    rows, columns = sum(value.size for value in values), sum(np.size(data) for data in call.likes)
    blocks = (_by_columns if columns < rows else _by_rows)(call, trace, values)
    return rebuild(call.output, iter([call.shaped(block, trace.outer) for block in blocks]))


def _by_rows(call: Call, trace: Trace, values: Sequence[Any]) -> list[list[Any]]:
    """One block a result and argument, by backward sweeps."""
    blocks: list[list[Any]] = []
    for result, value in zip(call.results, values, strict=True):
        node = node_of(result)
        swept = [] if node is None else [pull_back(trace, [(node, seed)], create_graph=trace.outer) for seed in _units(value)]
        blocks.append(
            [
                _stacked([filled(found.get(argument), data) for found in swept], value.shape + np.shape(data), data)
                for argument, data in zip(call.nodes, call.likes, strict=True)
            ]
        )
    return blocks


def _by_columns(call: Call, trace: Trace, values: Sequence[Any]) -> list[list[Any]]:
    """One block a result and argument, by forward sweeps."""
    blocks: list[list[Any]] = [[] for _ in values]
    for argument, data in zip(call.nodes, call.likes, strict=True):
        swept = [push_forward(trace, {argument: unit}, create_graph=trace.outer) for unit in _units(np.asarray(data))]
        for block, result, value in zip(blocks, call.results, values, strict=True):
            columns = [filled(moved.get(node_of(result)), value) for moved in swept]  # type: ignore[arg-type]  # None finds nothing
            turned = _stacked(columns, (len(swept), *value.shape), value)
            block.append(np.reshape(np.moveaxis(turned, 0, -1), value.shape + np.shape(data)))
    return blocks


def _units(like: Any) -> Iterator[Any]:
    """One array of zeros an element, with a 1 in its place."""
    for k in range(like.size):
        unit = np.zeros(like.size, like.dtype if like.dtype.kind == "f" else float)
        unit[k] = 1
        yield unit.reshape(like.shape)[()]


def _stacked(arrays: Sequence[Any], shape: tuple[int, ...], like: Any) -> Any:
    if not arrays:  # a result that depends on nothing, or an argument without elements
        return np.zeros(shape, np.asarray(like).dtype)
    if any(isinstance(array, Tensor) for array in arrays):
        return np.reshape(np.stack(arrays), shape)
    return np.array(arrays).reshape(shape)
