"""From a file to numbers: messy files are read right, or refused in one line that names column and row."""

import gzip
import os

import numpy as np
import polars as pl
import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from derivkit.data.design import build_design
from derivkit.data.rank import dependencies, relations, told
from derivkit.data.table import read_table
from derivkit.data.words import is_missing, is_number, shown
from derivkit.errors import DataError, DerivkitError, FileError


def design_of(data, *, target=None, features=None, intercept=True, classes=False):
    return build_design(read_table(data), target=target, features=features, intercept=intercept, classes=classes)


def written(folder, content):
    path = folder / "data.csv"
    path.write_bytes(content.encode() if isinstance(content, str) else content)
    return path


# how it is written, the file: each holds x = 1, 2.5, -3 and y = 10, 20, 31
SAME_TABLE = [
    ("plain", "x,y\n1,10\n2.5,20\n-3,31\n"),
    ("no newline at the end", "x,y\n1,10\n2.5,20\n-3,31"),
    ("Windows line ends", "x,y\r\n1,10\r\n2.5,20\r\n-3,31\r\n"),
    ("old Macintosh line ends", "x,y\r1,10\r2.5,20\r-3,31\r"),
    ("tabs", "x\ty\n1\t10\n2.5\t20\n-3\t31\n"),
    ("bars", "x|y\n1|10\n2.5|20\n-3|31\n"),
    ("semicolons", "x;y\n1;10\n2.5;20\n-3;31\n"),
    ("semicolons and decimal commas", "x;y\n1,0;10\n2,5;20,0\n-3,0;31\n"),
    ("byte order mark", "\ufeffx,y\n1,10\n2.5,20\n-3,31\n"),
    ("UTF-16", "x,y\n1,10\n2.5,20\n-3,31\n".encode("utf-16")),
    ("quotes", '"x","y"\n"1","10"\n"2.5","20"\n"-3","31"\n'),
    ("blanks around", " x , y\n 1 , 10\n2.5 ,20 \n -3,31\n"),
    ("blank lines", "\nx,y\n1,10\n\n2.5,20\n\n\n-3,31\n\n"),
    ("exponents and plus signs", "x,y\n+1,1e1\n25e-1,2.0E+1\n-3.,31\n"),
    ("gzip", gzip.compress(b"x,y\n1,10\n2.5,20\n-3,31\n")),
    ("gzip, old line ends", gzip.compress(b"x,y\r1,10\r2.5,20\r-3,31\r")),
]


@pytest.mark.parametrize("content", [content for _, content in SAME_TABLE], ids=[name for name, _ in SAME_TABLE])
def test_the_same_table_however_it_is_written(tmp_path, content):
    found = design_of(written(tmp_path, content))
    assert ("intercept", "x") == found.names
    assert [1.0, 2.5, -3.0] == found.matrix[:, 1].tolist()
    assert [10.0, 20.0, 31.0] == found.response.tolist()
    assert 0 == found.n_dropped


def test_parquet_and_columns_in_memory_give_the_same_table(tmp_path):
    columns = {"x": [1.0, 2.5, -3.0], "y": [10, 20, 31]}
    pl.DataFrame(columns).write_parquet(tmp_path / "data.parquet")
    for data in (columns, tmp_path / "data.parquet", {"x": np.array(columns["x"]), "y": np.array(columns["y"])}):
        assert [[1.0, 1.0], [1.0, 2.5], [1.0, -3.0]] == design_of(data).matrix.tolist()


def test_latin_letters_outside_utf8_are_read_and_said(tmp_path):
    found = design_of(written(tmp_path, "größe,y\n1,2\n2,3\n4,4\n".encode("cp1252")))
    assert ("intercept", "größe") == found.names
    assert any("Windows-1252" in note for note in found.notes)


def test_a_late_byte_outside_utf8_is_read_and_said(tmp_path):
    rows = "".join(f"{k},{k * k},ab\n" for k in range(20_000))
    found = design_of(written(tmp_path, b"x,y,note\n" + rows.encode() + b"1,2,caf\xe9\n"), target="y", features=["x"])
    assert 20_001 == len(found.response)
    assert any("Windows-1252" in note for note in found.notes)


def test_a_file_without_header_gets_names_and_a_note(tmp_path):
    found = design_of(written(tmp_path, "1,10,a\n2.5,20,b\n-3,31,a\n0,1,b\n"), target="column_2")
    assert ("intercept", "column_1", "column_3=b") == found.names
    assert any("no header" in note for note in found.notes)


def test_an_unnamed_column_gets_a_name(tmp_path):
    assert ("intercept", "column_1", "x") == design_of(written(tmp_path, ",x,y\n1,5,10\n2,7,20\n3,1,31\n")).names


@pytest.mark.parametrize("word", ["", "NA", "na", "N/A", "NaN", "null", "None", "?", " NA "])
def test_missing_words_drop_the_row_and_name_the_column(tmp_path, word):
    found = design_of(written(tmp_path, f"a,b,y\n1,2,3\n{word},5,6\n7,8,9\n1,{word},2\n3,3,3\n"))
    assert [[1.0, 2.0], [7.0, 8.0], [3.0, 3.0]] == found.matrix[:, 1:].tolist()
    assert 2 == found.n_dropped
    assert ("2 of 5 rows dropped, values missing: a (1), b (1)",) == found.warnings


def test_a_row_of_separators_is_a_row_and_a_blank_line_is_none(tmp_path):
    found = design_of(written(tmp_path, "a,y\n1,3\n\n,\n2,6\n\n"))
    assert (2, 1) == (len(found.response), found.n_dropped)


def test_missing_values_of_unused_columns_do_not_matter(tmp_path):
    found = design_of(written(tmp_path, "a,b,y\n1,,3\n2,5,6\n7,,9\n"), features=["a"])
    assert (3, 0) == (len(found.response), found.n_dropped)


def test_nan_and_none_in_memory_are_missing():
    found = design_of({"a": [1.0, float("nan"), 3.0, 4.0], "y": [1, 2, None, 5]})
    assert [[1.0, 1.0], [1.0, 4.0]] == found.matrix.tolist()


@pytest.mark.parametrize("cells", [("true", "false"), ("True", "False"), ("TRUE", "FALSE")])
def test_booleans_are_zero_and_one(tmp_path, cells):
    yes, no = cells
    found = design_of(written(tmp_path, f"a,y\n{yes},3\n{no},6\n{yes},9\n"))
    assert ("intercept", "a") == found.names
    assert [1.0, 0.0, 1.0] == found.matrix[:, 1].tolist()


def test_words_are_coded_against_the_first_sorted_level(tmp_path):
    cells = ["virginica", "setosa", "versicolor", "setosa", "virginica", "versicolor"]
    found = design_of(written(tmp_path, "species,y\n" + "".join(f"{cell},{k}\n" for k, cell in enumerate(cells))))
    assert ("intercept", "species=versicolor", "species=virginica") == found.names
    assert [[0, 1], [0, 0], [1, 0], [0, 0], [0, 1], [1, 0]] == found.matrix[:, 1:].tolist()


def test_a_level_that_only_dropped_rows_have_is_no_column(tmp_path):
    found = design_of(written(tmp_path, "s,a,y\nu,1,1\nv,2,2\nw,,3\nu,4,4\nv,5,6\n"), features=["s", "a"])
    assert ("intercept", "s=v", "a") == found.names


@pytest.mark.parametrize(
    ("header", "expected"),
    [("a,b,c", "c"), ("y,b,c", "y"), ("a,target,c", "target"), ("label,b,c", "label"), ("label,y,c", "y"), ("Y,b,c", "c")],
)
def test_the_target_by_name_or_else_the_last_column(tmp_path, header, expected):
    found = design_of(written(tmp_path, f"{header}\n1,2,3\n4,5,7\n7,9,1\n"))
    assert found.target == expected
    assert any(f"the target is {expected}" in note for note in found.notes)
    assert not design_of(written(tmp_path, f"{header}\n1,2,3\n4,5,7\n7,9,1\n"), target=expected).notes


def test_classes_are_sorted_numbers_as_numbers():
    assert (9, 10) == design_of({"a": [1.0, 2.0, 4.0], "y": [10, 9, 10]}, classes=True).classes
    assert (0.5, 2) == design_of({"a": [1.0, 2.0, 4.0], "y": [2.0, 0.5, 2.0]}, classes=True).classes
    found = design_of({"a": [1.0, 2.0, 4.0], "y": ["yes", "no", "yes"]}, classes=True)
    assert ("no", "yes") == found.classes
    assert [1.0, 0.0, 1.0] == found.response.tolist()


def test_a_decimal_comma_that_may_be_thousands_is_said(tmp_path):
    found = design_of(written(tmp_path, "x;y\n1,250;1\n2,500;2\n3,100;3\n"))
    assert [1.25, 2.5, 3.1] == found.matrix[:, 1].tolist()
    assert any("1,250 is 1.250, not thousands" in note for note in found.notes)


# the file, options, pieces of the message
REFUSED = [
    ("", {}, ["is empty"]),
    ("\n\n\n", {}, ["blank lines only"]),
    ("a,b,y\n", {}, ["no rows"]),
    (b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR", {}, ["is binary"]),
    (b"\x1f\x8bnot gzip at all", {}, ["gzip"]),
    (b"PAR1 but nothing behind", {}, ["Parquet"]),
    ("a,y\n1,2\n2,inf\n3,4\n", {}, ["column y", "infinite", "row 2 (line 3)"]),
    ("a,y\n1,2\n2,3\n-Infinity,4\n", {}, ["column a", "infinite", "row 3 (line 4)"]),
    ("a,y\n1,2\n2,1e999\n3,4\n", {}, ["column y", "row 2"]),
    ("a,y\n1,2\n\n2,3\noops,4\n5,6\n", {}, ["column a", "'oops'", "row 3 (line 5)"]),
    ('a,y\n"1\n",2\n2,3\noops,4\n5,6\n', {}, ["column a", "'oops'", "row 3 (line 5)"]),
    ("a,y\n1,2\n2,3,4\n5,6\n", {}, ["row 2 (line 3)", "3 fields", "2"]),
    ("a,a,y\n1,2,3\n", {}, ["more than one column is called 'a'"]),
    ("a\x1b[31m,y\n1,2\n", {}, ["invisible character", r"a\x1b[31m"]),
    ("a\u202e,y\n1,2\n", {}, ["invisible character", r"a\u202e"]),
    ("s,y\nu\x07,2\nv,3\nv,4\nv,4\nv,5\n", {}, ["column s", "invisible character", "row 1"]),
    ("intercept,y\n1,2\n3,4\n", {}, ["column is called intercept"]),
    ("a,y\n,2\n,3\n", {}, ["column a holds no value"]),
    ("a,b,y\n1,,2\n,2,3\n", {}, ["no row", "a (1), b (1)"]),
    ("d,y\n2020-01-01,2\n2020-01-02,3\n", {}, ["column d holds dates", "2020-01-01"]),
    ("d,y\n1.2.2020,2\n2.2.2020,3\n", {}, ["column d holds dates"]),
    ("name,y\nann,2\nbob,3\ncy,4\ndee,5\n", {}, ["column name", "identifier", "4 words in 4 rows"]),
    ("s,y\nu,2\nu,3\nu,4\n", {}, ["column s is constant"]),
    ("y\n1\n2\n", {}, ["no feature"]),
    ("a,y\n1,2\n2,2\n3,2\n", {}, ["target y is the same in every row"]),
    ("a,y\n1,u\n2,v\n3,u\n", {}, ["target y holds words"]),
    ("a,y\n1,u\n2,u\n", {"classes": True}, ["one class only (u)"]),
    ("a,y\n1,0\n2,1\n3,2\n", {"classes": True}, ["3 classes (0, 1, 2)", "two"]),
    ("age,y\n1,2\n3,4\n", {"features": ["aeg"]}, ["no column 'aeg'"]),
    ("age,y\n1,2\n3,4\n", {"target": "Y"}, ["no column 'Y'"]),
    ("age,y\n1,2\n3,4\n", {"features": ["age", "age"]}, ["age is used twice"]),
    ("age,y\n1,2\n3,4\n", {"features": ["age", "y"]}, ["y is used twice"]),
    ("s,s=v,y\nu,1,2\nv,2,3\nu,4,5\nv,2,2\n", {}, ["two columns", "s=v"]),
]


@pytest.mark.parametrize(("content", "options", "pieces"), REFUSED, ids=[pieces[0] for _, _, pieces in REFUSED])
def test_a_table_that_cannot_be_used_gets_one_line(tmp_path, content, options, pieces):
    with pytest.raises(DataError) as refused:
        design_of(written(tmp_path, content), **options)
    assert 2 == refused.value.exit_status
    for piece in pieces:
        assert piece in refused.value.message
    assert "\n" not in refused.value.message
    assert refused.value.message.isprintable()


def test_a_misspelt_column_gets_the_nearest_name(tmp_path):
    with pytest.raises(DataError) as refused:
        design_of(written(tmp_path, "age,y\n1,2\n3,4\n"), features=["aeg"])
    assert "did you mean age?" == refused.value.hint


def test_paths_that_are_no_files_get_one_line(tmp_path):
    for path, piece in [
        (tmp_path / "absent.csv", "no file"),
        (tmp_path, "is a directory"),
        ("/dev/zero", "not a regular file"),
        ("a\0b", "no file"),
        ("x" * 5000, "cannot read"),
    ]:
        with pytest.raises(FileError, match=piece) as refused:
            read_table(path)
        assert len(refused.value.message) < 200
    os.mkfifo(tmp_path / "pipe")
    with pytest.raises(FileError, match="not a regular file"):
        read_table(tmp_path / "pipe")


def test_columns_that_make_no_table():
    with pytest.raises(DataError, match="do not make a table"):
        read_table({"a": [1, 2, 3], "y": [1, 2]})
    with pytest.raises(DataError, match="no rows"):
        read_table({})
    with pytest.raises(DataError, match="holds numbers, but 'u' in row 2"):
        design_of({"a": [1, "u"], "y": [1, 2]})
    with pytest.raises(DataError, match="holds List"):
        design_of({"a": [[1], [2]], "y": [1, 2]})


@given(st.one_of(st.binary(max_size=80), st.text(alphabet='ay01.,;\t\n\r"e-N?é\x00', max_size=60).map(str.encode)))
@example(b'a,y\n1,"2\n3,4\n')
@example(b'"\n')
@example(b"\xff\xfe")
@example(b"\x1f\x8b")
@settings(max_examples=150, deadline=None)
def test_any_bytes_are_a_table_or_one_clear_line(tmp_path_factory, content):
    path = tmp_path_factory.getbasetemp() / "any.csv"
    path.write_bytes(content)
    try:
        found = design_of(path)
    except DerivkitError as refused:
        assert refused.message.isprintable()
    else:
        assert np.isfinite(found.matrix).all()
        assert (len(found.response), len(found.names)) == found.matrix.shape


@given(st.floats(allow_nan=False))
def test_every_printed_float_is_read_as_a_number(value):
    assert is_number(repr(value))
    assert not is_missing(repr(value))


def test_names_are_shown_without_invisible_characters_and_cut():
    assert r"a\x1bb" == shown("a\x1bb")
    assert len(shown("x" * 1000)) < 100


def test_dependent_columns_are_named_with_their_partners():
    rng = np.random.default_rng(0)
    a, b, c, d = rng.standard_normal((4, 30))
    matrix = np.column_stack([a, b, c, a + 2 * c, d, d * 3])
    assert [("e", "a", "c"), ("g", "f")] == dependencies(matrix, ("a", "b", "c", "e", "f", "g"))
    assert [] == dependencies(matrix[:, [0, 1, 2, 4]], ("a", "b", "c", "d"))
    assert [] == dependencies(np.column_stack([a, a + 1e-7 * b]), ("a", "b"))


@pytest.mark.parametrize("intercept", [True, False])
def test_dependencies_are_told_in_the_users_units(intercept):
    """Of columns in any unit, standardized for the arithmetic: the formula is the one that made them."""
    rng = np.random.default_rng(1)
    a, b = 1e6 + 1e3 * rng.standard_normal(40), 1e-3 * rng.standard_normal(40)
    columns = {"intercept": np.ones(40), "a": a, "b": b, "c": 2 * a - 1e6 * b, "d": a, "e": -b / 4}
    if intercept:
        columns["f"] = 32 + 1.8 * a
    else:
        del columns["intercept"]
    matrix = np.column_stack(list(columns.values()))
    center = matrix.mean(axis=0) * intercept
    scale = np.where(matrix.std(axis=0) > 0, matrix.std(axis=0), 1)
    center[:intercept] = 0
    found = relations((matrix - center) / scale, tuple(columns), center=center, scale=scale, intercept=intercept)
    expected = ["c = 2*a - 1000000*b", "d = a", "e = -0.25*b", "f = 1.8*a + 32"]
    assert expected[: 3 + intercept] == [one.formula for one in found]
    assert [False, True, False] == [one.duplicate for one in found[:3]]
    assert "d is a duplicate of a" in told(found)


def test_a_constant_column_beside_the_constant():
    matrix = np.column_stack([np.ones(5), np.zeros(5)])
    [found] = relations(matrix, ("intercept", "k"), center=np.array([0.0, 7.0]), scale=np.ones(2), intercept=True)
    assert "k = 7" == found.formula


def test_many_dependencies_are_counted():
    matrix = np.column_stack([np.arange(8.0) + 1] * 6)
    found = relations(matrix, tuple("abcdef"), center=np.zeros(6), scale=np.ones(6), intercept=False)
    assert "b is a duplicate of a; c is a duplicate of a; d is a duplicate of a; and 2 more" == told(found)
