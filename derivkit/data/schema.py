"""How columns become numbers: what was settled on the data a model is trained on, to be done again to other data."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any, Literal

from derivkit.data.words import shown
from derivkit.errors import DataError

if TYPE_CHECKING:
    from derivkit.data.coding import Block
    from derivkit.data.part import Rows

INTERCEPT = "intercept"
Impute = Literal["mean", "median"]
Class = int | float | str


@dataclass(frozen=True, slots=True)
class Variable:
    """One feature.

    Attributes
    ----------
    name : str
        The column.
    levels : tuple of str
        Of a category, sorted; empty for a column of numbers.
    reference : str or None
        The level that has no column of its own.
    fill : float or None
        What stands in for a missing number; None where such rows are left out.
    """

    name: str
    levels: tuple[str, ...] = ()
    reference: str | None = None
    fill: float | None = None

    @property
    def kind(self) -> Literal["number", "category"]:
        """Booleans are numbers, 0 and 1."""
        return "category" if self.levels else "number"

    @property
    def coded(self) -> tuple[str, ...]:
        """The levels that have a column of their own."""
        return tuple(level for level in self.levels if level != self.reference)

    @property
    def names(self) -> tuple[str, ...]:
        """The design's columns: itself, or "species=versicolor" for every level but the reference."""
        return tuple(f"{self.name}={level}" for level in self.coded) if self.levels else (self.name,)


@dataclass(frozen=True, slots=True)
class Schema:
    """What a design is made of.

    Attributes
    ----------
    target : str
    classes : tuple of (int, float or str), or None
        Sorted; None for a numeric response.
    features : tuple of Variable
    intercept : bool
        The design's first column is the constant.
    impute : "mean", "median" or None
        Where the variables' `fill` comes from.

    Examples
    --------
    >>> schema = Schema("weight", None, (Variable("age"), Variable("sex", ("f", "m"), "f")), intercept=True)
    >>> schema.names
    ('intercept', 'age', 'sex=m')
    >>> Schema.from_dict(schema.to_dict()) == schema
    True
    """

    target: str
    classes: tuple[Class, ...] | None
    features: tuple[Variable, ...]
    intercept: bool
    impute: Impute | None = None

    @property
    def names(self) -> tuple[str, ...]:
        """The design's columns, the intercept first."""
        return (*[INTERCEPT] * self.intercept, *(name for variable in self.features for name in variable.names))

    @property
    def columns(self) -> tuple[str, ...]:
        """The table's columns that are features."""
        return tuple(variable.name for variable in self.features)

    @property
    def word_columns(self) -> frozenset[str]:
        """The table's columns that are read as words, whatever they hold: categories, and a target of words."""
        target = {self.target} if self.classes and isinstance(self.classes[-1], str) else set()
        return frozenset(target.union(variable.name for variable in self.features if variable.levels))

    def design(self, rows: Rows, *, response: bool = False) -> Block:
        """Code other data in the same way: columns are found by name, others ignored, and every row keeps its place.

        Parameters
        ----------
        rows : Rows
            A table, for example.
        response : bool
            Whether the target is coded too.

        Returns
        -------
        Block
            Rows with a missing value are NaN, and marked as not complete.

        Raises
        ------
        DataError
            If a column is absent or holds what it may not, or a category or class is not known; the message names column and row.

        Examples
        --------
        >>> from derivkit.data.table import read_table
        >>> schema = Schema("weight", None, (Variable("age"), Variable("sex", ("f", "m"), "f")), intercept=True)
        >>> block = schema.design(read_table({"sex": ["m", "f"], "age": [30, None]}))
        >>> block.matrix.tolist(), block.complete.tolist()
        ([[1.0, 30.0, 1.0], [1.0, nan, 0.0]], [True, False])
        """
        from derivkit.data.coding import design_blocks, joined

        return joined(design_blocks(self, rows, response=response))

    def filled(self, fills: Mapping[str, float]) -> Schema:
        """The schema with these values for missing numbers."""
        return replace(self, features=tuple(replace(v, fill=fills.get(v.name, v.fill)) for v in self.features))

    def to_dict(self) -> dict[str, Any]:
        """The schema in plain JSON types."""
        return {
            "target": self.target,
            "classes": None if self.classes is None else list(self.classes),
            "features": [_variable_to_dict(variable) for variable in self.features],
            "intercept": self.intercept,
            "impute": self.impute,
        }

    @classmethod
    def from_dict(cls, document: object) -> Schema:
        """The schema that `to_dict` wrote.

        Raises
        ------
        DataError
            If a key is absent or holds what it may not; the message names it.
        """
        from derivkit.data.validate import schema_fields

        fields = schema_fields(document)
        schema = cls(**{**fields, "features": tuple(Variable(**variable) for variable in fields["features"])})
        refuse_twice(schema)
        return schema


def _variable_to_dict(variable: Variable) -> dict[str, Any]:
    if variable.levels:
        return {"name": variable.name, "kind": "category", "levels": list(variable.levels), "reference": variable.reference}
    return {"name": variable.name, "kind": "number", "fill": variable.fill}


def refuse_twice(schema: Schema) -> None:
    """Refuse a schema in which two columns have one name.

    Raises
    ------
    DataError
        Naming them.
    """
    names = list(schema.names)
    for name in _twice([*schema.columns, schema.target]):
        raise DataError(f"the schema names the column {shown(name)} twice")
    for name in _twice(names):
        raise DataError(f"two columns of the design would be called {shown(name)}", hint="rename the column of the file")


def _twice(names: list[str]) -> Iterator[str]:
    seen: set[str] = set()
    for name in names:
        if name in seen:
            yield name
        seen.add(name)
