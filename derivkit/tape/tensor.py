"""Arrays that remember how they were made: `Tensor`, which acts inside plain NumPy code through NumPy's own protocols."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from math import prod
from typing import TYPE_CHECKING, Any, NoReturn

import numpy as np

from derivkit.tape.data import read_only, real, refuse_complex, refuse_special
from derivkit.tape.node import MODE, NO_PARAMS, Leaf, Node
from derivkit.tape.operation import Operation, Structural
from derivkit.tape.spares import computed

_PLAIN_TYPES = frozenset((np.ndarray, np.float64, np.float32, float, int, bool))
_SMALL = 1000  # elements

# One of several outputs; sweeps put the parts of a tuple together themselves.
PART = Structural("part", lambda values, key: values[key], (None,), (lambda v, y, values, key: v[key],), piece=True)


class Tensor:
    """An array that takes part in derivatives.

    NumPy's functions and operators act on it as on an array; what they do is recorded where `requires_grad` is true of an argument.

    Parameters
    ----------
    data : array_like of float
        Copied; integers and booleans become float64, float32 stays.
    requires_grad : bool
        Whether `backward` shall find derivatives with respect to this tensor.

    Attributes
    ----------
    grad : Tensor or None
        The derivative, after `backward`; each further `backward` adds to it.

    Raises
    ------
    TypeError
        If the data are complex, or no numbers.

    Examples
    --------
    >>> import numpy as np
    >>> from derivkit import tape
    >>> x = tape.Tensor([1.0, 2.0], requires_grad=True)
    >>> np.sum(x**2).backward()
    >>> x.grad
    Tensor([2., 4.])
    """

    __slots__ = ("__weakref__", "_array", "_node")

    _array: Any
    _node: Node | None

    def __init__(self, data: Any, requires_grad: bool = False) -> None:
        self._array = real(data._array if isinstance(data, Tensor) else data, copy=True)
        self._node = Leaf(self._array, mine=True) if requires_grad else None

    # What it holds.

    @property
    def data(self) -> Any:
        """The array without its history.

        Writing into it is allowed on a leaf, and changes no recording: what was recorded is kept, and the tensor gets a copy.
        Elsewhere it is read-only.
        """
        node = self._node
        if node is None or (isinstance(node, Leaf) and node.mine):
            if isinstance(self._array, np.ndarray) and not self._array.flags.writeable:
                self._assign(self._array.copy())
            return self._array
        return read_only(self._array)

    @data.setter
    def data(self, value: Any) -> None:
        if self._node is not None and not (isinstance(self._node, Leaf) and self._node.mine):
            raise TypeError("the data of a recorded result cannot be assigned; assign to the tensors that it was made of")
        if value is not self._array:
            self._assign(real(value, copy=True))

    def _assign(self, data: Any) -> None:
        self._array = data
        if self._node is not None:
            self._node.value = data

    @property
    def grad(self) -> Tensor | None:
        """The derivative that `backward` found; None before, and for tensors that are no leaves."""
        return self._node.grad if isinstance(self._node, Leaf) else None

    @grad.setter
    def grad(self, value: Any) -> None:
        if not isinstance(self._node, Leaf):
            raise TypeError("only leaves, tensors made with requires_grad=True, hold a grad")
        value = value if value is None or isinstance(value, Tensor) else Tensor(value)
        if value is not None and value.shape != self.shape:
            raise ValueError(f"the grad has shape {value.shape}, the tensor {self.shape}")
        self._node.grad = value

    def zero_grad(self) -> None:
        """Forget the derivative."""
        self.grad = None

    @property
    def requires_grad(self) -> bool:
        """Whether derivatives pass through."""
        return self._node is not None

    @property
    def is_leaf(self) -> bool:
        """Whether it was made by hand, not by an operation on tracked tensors."""
        return self._node is None or self._node.operation is None

    @property
    def shape(self) -> tuple[int, ...]:
        """Length along each axis."""
        return self._array.shape  # type: ignore[no-any-return]  # of an array

    @property
    def ndim(self) -> int:
        """Number of axes."""
        return self._array.ndim  # type: ignore[no-any-return]  # of an array

    @property
    def size(self) -> int:
        """Number of elements."""
        return self._array.size  # type: ignore[no-any-return]  # of an array

    @property
    def dtype(self) -> Any:
        """Type of the elements."""
        return self._array.dtype

    @property
    def T(self) -> Any:
        """The transpose."""
        return np.transpose(self)

    def detach(self) -> Tensor:
        """The same values without a history."""
        return wrap(read_only(self._array), None)

    def numpy(self) -> Any:
        """The values as an array of their own, without a history."""
        return np.array(self._array)

    def item(self) -> float:
        """The only element as a Python float, without a history."""
        return self._array.item()  # type: ignore[no-any-return]  # of an array

    def tolist(self) -> Any:
        """The values as nested lists of floats, without a history."""
        return self._array.tolist()

    def backward(self, gradient: Any = None, *, retain_graph: bool = True, create_graph: bool = False) -> None:
        """Add the derivatives of this tensor to the `grad` of every leaf that it was made of.

        Parameters
        ----------
        gradient : array_like, optional
            The cotangent of this tensor, in its shape; ones by default, which makes the derivatives those of its sum.
        retain_graph : bool
            Keep the recording for another `backward`; without, memory is freed as the sweep goes, once other references are gone.
        create_graph : bool
            Record the sweep itself, so that `grad` can be differentiated.

        Raises
        ------
        TypeError
            If nothing that it was made of requires a gradient.
        NotImplementedError
            If an operation has no rule.

        Examples
        --------
        >>> from derivkit import tape
        >>> x = tape.Tensor(3.0, requires_grad=True)
        >>> y = x * x
        >>> y.backward()
        >>> y.backward()
        >>> x.grad.item()
        12.0
        """
        from derivkit.tape.accumulate import accumulate

        accumulate(self, gradient, retain_graph=retain_graph, create_graph=create_graph)

    # How NumPy meets it.

    def __array__(self, dtype: Any = None, copy: bool | None = None) -> Any:
        if self._node is not None:
            raise TypeError(
                "a tracked tensor cannot become a plain array without losing its derivative; "
                "use tape.array([...]) to build an array of tensors, tape.functional for SciPy's functions that are not universal "
                "(logsumexp, softmax, polygamma), or detach() first"
            )
        return np.array(self._array, dtype=dtype) if copy else np.asarray(self._array, dtype=dtype)

    def _scalar(self, kind: str) -> Any:
        if self._node is not None:
            raise TypeError(
                f"{kind} of a tracked tensor would lose its derivative; use NumPy's functions (np.sin, not math.sin), "
                "tape.array([...]) or np.stack instead of writing into an array, or item() for a plain number"
            )
        return self._array

    def __float__(self) -> float:
        return float(self._scalar("float()"))

    def __int__(self) -> int:
        return int(self._scalar("int()"))

    def __index__(self) -> int:
        raise TypeError("a tensor holds floats and cannot be an index; use int(t.item())")

    def __complex__(self) -> NoReturn:
        raise TypeError("tensors are real: complex numbers are not supported")

    def __bool__(self) -> bool:
        return bool(self._array)

    def __len__(self) -> int:
        return len(self._array)

    def __iter__(self) -> Iterator[Any]:
        if not self.ndim:
            raise TypeError("iteration over a 0-d tensor")
        return (self[k] for k in range(len(self._array)))

    def __contains__(self, value: Any) -> bool:
        return value in self._array

    if TYPE_CHECKING:  # `operators.py` gives tensors what `protocol.py` and itself define

        def __getitem__(self, key: Any) -> Any: ...
        def __add__(self, other: Any) -> Any: ...
        def __radd__(self, other: Any) -> Any: ...
        def __sub__(self, other: Any) -> Any: ...
        def __rsub__(self, other: Any) -> Any: ...
        def __mul__(self, other: Any) -> Any: ...
        def __rmul__(self, other: Any) -> Any: ...
        def __truediv__(self, other: Any) -> Any: ...
        def __rtruediv__(self, other: Any) -> Any: ...
        def __pow__(self, other: Any) -> Any: ...
        def __rpow__(self, other: Any) -> Any: ...
        def __matmul__(self, other: Any) -> Any: ...
        def __rmatmul__(self, other: Any) -> Any: ...
        def __neg__(self) -> Any: ...

    def __setitem__(self, key: Any, value: Any) -> NoReturn:
        raise TypeError(
            "tensors cannot be written into, because their values may be recorded; build a new one: np.where(mask, new, t), "
            "np.concatenate, or tape.array([...])"
        )

    def __repr__(self) -> str:
        text = np.array2string(np.asarray(self._array), separator=", ", prefix="Tensor(")
        kind = "" if self.dtype == np.float64 else f", dtype={self.dtype}"
        return f"Tensor({text}{kind}{', requires_grad=True' if self.requires_grad else ''})"

    def __format__(self, spec: str) -> str:
        return format(self._array, spec) if spec else repr(self)

    __hash__ = object.__hash__

    def __copy__(self) -> Tensor:
        return self

    def __deepcopy__(self, memo: Any) -> Tensor:
        if self._node is not None and not isinstance(self._node, Leaf):
            raise TypeError("only leaves can be copied deeply; detach() first")
        return Tensor(self._array, requires_grad=self.requires_grad)

    def __reduce__(self) -> Any:
        if self._node is not None and not isinstance(self._node, Leaf):
            raise TypeError("only leaves can be pickled; detach() first")
        return Tensor, (np.asarray(self._array), self.requires_grad)


def wrap(data: Any, node: Node | None) -> Tensor:
    """A tensor of an array as it is, with its node."""
    tensor = _new(Tensor)
    tensor._array = data
    tensor._node = node
    return tensor


_new: Callable[[type[Tensor]], Tensor] = object.__new__


def apply(operation: Operation, args: tuple[Any, ...], params: dict[str, Any] = NO_PARAMS) -> Any:
    """Call an operation on tensors, arrays and numbers, and record it if a tracked tensor is among them.

    Returns
    -------
    Tensor
        Or a tuple of them; plain arrays if no argument is a tensor.
    """
    data: list[Any] = []
    parents: list[Node | None] = []
    tensors = tracked = False
    for arg in args:
        if isinstance(arg, Tensor):
            tensors = True
            node = arg._node
            parents.append(node)
            data.append(arg._array)
            if node is not None:
                tracked = True
                if node.operation is None and node.mine and type(node.value) is np.ndarray:  # type: ignore[attr-defined]  # a leaf
                    node.value.flags.writeable = False
        else:
            parents.append(None)
            data.append(arg if type(arg) in _PLAIN_TYPES else _constant(arg))
    arrays = tuple(data)
    value = computed(operation.function, arrays) if operation.elementwise else operation.function(*arrays, **params)
    if not tensors:
        return value
    if not operation.multiple and value.dtype.kind == "c":
        refuse_complex()
    made = Node(operation, tuple(parents), arrays, params, value) if tracked and MODE.recording else None
    return parts(value, made) if operation.multiple else wrap(value, made)


def _constant(arg: Any) -> Any:
    """What is no tensor, as an array or a NumPy number."""
    refuse_special(arg)
    return arg if isinstance(arg, np.generic) else np.asarray(arg)


def parts(values: tuple[Any, ...], node: Node | None) -> tuple[Tensor, ...]:
    """The tensors of a tuple of values, each with a node that leads to the common one."""
    if node is None:
        return tuple([wrap(value, None) for value in values])
    return tuple([wrap(value, Node(PART, (node,), (values,), {"key": k}, value)) for k, value in enumerate(values)])


def stretched(x: Any, shape: tuple[int, ...]) -> Any:
    """An array or a tensor broadcast to a shape; small arrays are filled, which is quicker than making a view."""
    if isinstance(x, Tensor) or prod(shape) > _SMALL:
        return np.broadcast_to(x, shape)
    filled = np.empty(shape, np.asarray(x).dtype)
    filled[...] = x
    return filled


def plain(value: Any) -> Any:
    """A value without its history: what a function that is constant between jumps is called with."""
    if isinstance(value, Tensor):
        return value._array
    if isinstance(value, list | tuple):
        items = [plain(item) for item in value]
        return type(value)(*items) if hasattr(value, "_fields") else type(value)(items)
    return value


def node_of(value: Any) -> Node | None:
    """The node of a tensor through which derivatives pass; None of anything else."""
    return value._node if isinstance(value, Tensor) else None


def tracked(value: Any) -> bool:
    """Whether a value is a tensor through which derivatives pass."""
    return node_of(value) is not None
