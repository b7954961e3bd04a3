"""What is settled on one table is done again to another: levels, classes, what stands in for missing numbers."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import polars as pl
import pytest

from derivkit.data.design import build_design
from derivkit.data.schema import Schema, Variable
from derivkit.data.table import read_table
from derivkit.errors import DataError

TRAINING = """plot,age,sex,y
1,20,f,yes
1,30,m,no
A,40,f,no
A,50,m,yes
A,?,m,no
2,60,f,yes
A,34,m,no
"""


def written(folder: Path, text: str) -> Path:
    path = folder / "data.csv"
    path.write_text(text, encoding="utf-8")
    return path


def design_of(data, **options):
    return build_design(read_table(data), **{"target": "y", "features": None, "intercept": True, "classes": False, **options})


@pytest.fixture
def schema(tmp_path: Path) -> Schema:
    return design_of(written(tmp_path, TRAINING), classes=True, impute="median").schema


def test_a_schema_survives_json(schema):
    assert schema == Schema.from_dict(json.loads(json.dumps(schema.to_dict())))
    assert ("intercept", "plot=2", "plot=A", "age", "sex=m") == schema.names
    assert {"name": "age", "kind": "number", "fill": 37.0} == schema.to_dict()["features"][1]


def test_the_same_table_is_coded_alike(tmp_path, schema):
    design = design_of(written(tmp_path, TRAINING), classes=True, impute="median")
    block = schema.design(read_table(written(tmp_path, TRAINING)), response=True)
    assert design.matrix.tolist() == block.matrix.tolist()
    assert design.response.tolist() == block.response.tolist()
    assert block.complete.all()


def test_other_data_in_another_order_with_holes(tmp_path, schema):
    """Columns are found by name, levels that look like numbers are words, and every row keeps its place."""
    other = "y,sex,more,plot,age\nno,f,q,1,\nyes,,r,2,3\n,m,s,2,5\n"
    block = schema.design(read_table(written(tmp_path, other)))
    assert [[1, 0, 0, 37, 0], [1, 1, 0, 5, 1]] == block.matrix[[0, 2]].tolist()
    assert [1, 1, 0, 3] == block.matrix[1, :4].tolist()
    assert np.isnan(block.matrix[1, 4])
    assert ([True, False, True], None) == (block.complete.tolist(), block.response)
    block = schema.design(read_table(written(tmp_path, other)), response=True)
    assert [True, False, False] == block.complete.tolist()
    assert [0, 1] == block.response[:2].tolist()
    assert np.isnan(block.response[2])


def test_columns_in_memory_and_parquet_are_coded_alike(tmp_path, schema):
    columns = {"plot": [1, 2, 1], "age": [20, 21, None], "sex": ["f", "m", "f"]}
    pl.DataFrame(columns).write_parquet(tmp_path / "data.parquet")
    for data in (columns, tmp_path / "data.parquet"):
        assert [[1, 0, 0, 20, 0], [1, 1, 0, 21, 1], [1, 0, 0, 37, 0]] == schema.design(read_table(data)).matrix.tolist()


# a table, the message, the hint
STRANGE = [
    ("sex,plot,age\nf,1,2\nx,2,3\n", "sex holds 'x' in row 2 (line 3), a category that the model does not know", "there are f, m"),
    ("sex,plot\nf,1\n", "no column 'age'", "there are sex, plot"),
    ("sex,plot,Age\nf,1,1\n", "no column 'age'", "did you mean Age?"),
    (
        "sex,plot,age\nf,1,2\nm,2,old\nm,1,3\n",
        "age holds numbers, but 'old' in row 2 (line 3)",
        "correct the cell, or leave it blank",
    ),
    ("sex,plot,age\nf,1,young\nm,2,old\n", "age holds words, as 'young' in row 1 (line 2); the model takes numbers there", None),
    (
        "y,sex,plot,age\nmaybe,f,1,2\n",
        "y holds 'maybe' in row 1 (line 2), a class that the model does not know",
        "there are no, yes",
    ),
]


@pytest.mark.parametrize(("text", "message", "hint"), STRANGE)
def test_what_the_model_does_not_know_is_named(tmp_path, schema, text, message, hint):
    with pytest.raises(DataError) as refused:
        schema.design(read_table(written(tmp_path, text)), response=text.startswith("y"))
    assert message in refused.value.message
    assert hint == refused.value.hint


def test_an_unknown_class_among_numbers():
    schema = design_of({"a": [1.0, 2.0, 4.0], "y": [2.0, 0.5, 2.0]}, classes=True).schema
    assert [0, 1] == schema.design(read_table({"a": [1, 1], "y": [0.5, 2]}), response=True).response.tolist()
    with pytest.raises(DataError, match="y holds '3' in row 2, a class"):
        schema.design(read_table({"a": [1, 1], "y": [0.5, 3]}), response=True)


def test_a_column_without_any_value_keeps_its_rows(schema):
    block = schema.design(read_table({"plot": ["A", None], "age": [1, 2], "sex": [None, None]}))
    assert [False, False] == block.complete.tolist()


CATEGORY = {"name": "s", "kind": "category", "levels": ["u", "v"], "reference": "u"}
NUMBER = {"name": "a", "kind": "number", "fill": None}
PLAIN = {"target": "y", "classes": None, "intercept": True, "impute": None, "features": [NUMBER, CATEGORY]}

# a document, the message
NOT_SCHEMAS = [
    (None, "schema is None; it must be an object"),
    ([], "schema is []; it must be an object"),
    ({key: value for key, value in PLAIN.items() if key != "classes"}, "schema.classes is absent"),
    ({**PLAIN, "shape": 3}, "schema has a key 'shape' that is not known"),
    ({**PLAIN, "target": ""}, "schema.target is ''; it must be a text"),
    ({**PLAIN, "target": "a"}, "names the column a twice"),
    ({**PLAIN, "intercept": 1}, "schema.intercept is 1; it must be true or false"),
    ({**PLAIN, "impute": "mode"}, "schema.impute is 'mode'; it must be mean, median or null"),
    ({**PLAIN, "classes": ["b", "a"]}, "schema.classes is ['b', 'a']; it must be sorted"),
    ({**PLAIN, "classes": [1, "a"]}, "all words or all finite numbers"),
    ({**PLAIN, "classes": ["a"]}, "a list of two or more"),
    ({**PLAIN, "classes": [1, float("nan")]}, "all words or all finite numbers"),
    ({**PLAIN, "features": {}}, "schema.features is {}; it must be a list"),
    ({**PLAIN, "features": [{"name": "a", "kind": "date"}]}, "schema.features[0].kind is 'date'"),
    ({**PLAIN, "features": [{"name": "a", "kind": "number"}]}, "schema.features[0].fill is absent"),
    ({**PLAIN, "features": [{"name": "a", "kind": "number", "fill": "1"}]}, "schema.features[0].fill is '1'"),
    ({**PLAIN, "features": [{"name": "a", "kind": "number", "fill": True}]}, "schema.features[0].fill is True"),
    ({**PLAIN, "features": [{**CATEGORY, "levels": ["u"]}]}, "schema.features[0].levels"),
    ({**PLAIN, "features": [{**CATEGORY, "levels": ["v", "u"]}]}, "sorted, each level once"),
    ({**PLAIN, "features": [{**CATEGORY, "reference": "w"}]}, "one of the levels"),
    ({**PLAIN, "features": [CATEGORY, CATEGORY]}, "names the column s twice"),
]  # fmt: skip


@pytest.mark.parametrize(("document", "message"), NOT_SCHEMAS)
def test_a_document_that_is_no_schema_names_the_key(document, message):
    with pytest.raises(DataError) as refused:
        Schema.from_dict(document)
    assert message in refused.value.message


def test_a_plain_document_is_a_schema():
    assert Schema("y", None, (Variable("a"), Variable("s", ("u", "v"), "u")), intercept=True) == Schema.from_dict(PLAIN)


SPECIES = {"s": ["setosa", "virginica", "versicolor"] * 2, "a": [1.0, 2, 4, 3, 1, 2], "y": [1, 2, 3, 4, 5, 7]}


def test_a_reference_of_ones_own():
    found = design_of(SPECIES, reference={"s": "versicolor"})
    assert ("intercept", "s=setosa", "s=virginica", "a") == found.names
    assert [[1, 0], [0, 1], [0, 0]] == found.matrix[:3, 1:3].tolist()


# references, the message, the hint
WRONG_REFERENCES = [
    ({"s": "setoza"}, "the column s has no level 'setoza'", "did you mean setosa?"),
    ({"a": "1"}, "the column a holds numbers; only a category has a reference", "leave out its --reference"),
    ({"y": "1"}, "'y', which is no feature", "there are s, a"),
]


@pytest.mark.parametrize(("reference", "message", "hint"), WRONG_REFERENCES)
def test_a_reference_that_is_none(reference, message, hint):
    with pytest.raises(DataError) as refused:
        design_of(SPECIES, reference=reference)
    assert message in refused.value.message
    assert hint == refused.value.hint


HOLES = {"a": [1.0, None, 3.0, 8.0, None], "b": [True, True, None, True, False], "y": [1, 2, 3, 4, None]}


@pytest.mark.parametrize(("impute", "a", "b"), [("mean", 4.0, 1.0), ("median", 3.0, 1.0)])
def test_missing_numbers_are_filled_and_missing_targets_dropped(impute, a, b):
    """The row without a target takes no part in the means."""
    found = design_of(HOLES, intercept=False, impute=impute)
    assert [[1, 1], [a, 1], [3, b], [8, 1]] == found.matrix.tolist()
    assert ("1 of 5 rows dropped, values missing: y (1)",) == found.warnings
    assert (f"missing numbers filled with the {impute} of the training rows: a (2), b (1)",) == found.notes
    assert [a, b] == [variable.fill for variable in found.schema.features]


def test_fills_come_from_the_training_rows_only():
    found = design_of(HOLES, intercept=False, impute="mean").refilled(np.array([0, 1]))
    assert [[1, 1], [1, 1], [3, 1], [8, 1]] == found.matrix.tolist()
    assert [1.0, 1.0] == [variable.fill for variable in found.schema.features]
    again = found.refilled(np.array([True, True, True, True]))
    assert 4.0 == again.matrix[1, 0]
    with pytest.raises(DataError, match="the column a holds no value in the rows of the training"):
        found.refilled(np.array([1]))


def test_a_missing_category_is_never_made_up():
    found = design_of({"s": ["u", None, "v", "u"], "a": [1, 2, None, 3], "y": [1, 2, 3, 4]}, impute="mean")
    assert [[1, 0, 1], [1, 1, 2], [1, 0, 3]] == found.matrix.tolist()
    assert ("1 of 4 rows dropped, values missing: s (1)",) == found.warnings
    assert [1, 3, 4] == found.rows.tolist()


def test_several_classes_where_the_model_tells_them_apart():
    found = design_of({"a": [1, 2, 3, 4], "y": ["w", "u", "v", "u"]}, classes=True, several=True)
    assert ("u", "v", "w") == found.classes
    assert [2, 0, 1, 0] == found.response.tolist()
