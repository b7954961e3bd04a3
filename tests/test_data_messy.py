"""Files as people have them: each is read as it was meant, or refused in one line that names column or row, and a way out."""

from __future__ import annotations

import gzip
import io
from pathlib import Path

import numpy as np
import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from derivkit.data import pieces
from derivkit.data.design import build_design
from derivkit.data.table import read_table
from derivkit.errors import DataError


def written(folder: Path, content: str | bytes) -> Path:
    path = folder / "data.csv"
    path.write_bytes(content.encode() if isinstance(content, str) else content)
    return path


def design_of(data, **options):
    return build_design(read_table(data), **{"target": "y", "features": None, "intercept": False, "classes": False, **options})


# the file, the matrix, a piece of a note or warning
READ = {
    "mixed line ends": ("a,y\n1,2\r\n3,4\r5,7\n8,1", [1, 3, 5, 8], ""),
    "a line of spaces": ("a,y\n1,2\n   \n3,4\n", [1, 3], ""),
    "spaces before numbers": ("a, y\n 1, 2\n 3, 4\n", [1, 3], ""),
    "spaces after numbers": ("a ,y\n1 ,2\n3\t,4\n", [1, 3], ""),
    "a decimal comma in quotes": ('a,y\n"1,5",2\n"2,25",3\n', [1.5, 2.25], "a is read with a decimal comma"),
    "decimal commas and whole numbers": ("a;y\n1,5;2\n2;3\n", [1.5, 2], "decimal comma"),
    "missing words among decimal commas": ("a;y\n1,5;2\nNA;3\n2,5;3,5\n", [1.5, 2.5], "1 of 3 rows dropped"),
    "missing in quotes": ('a,y\n"NA",2\n"1",3\n"",4\n2,5\n', [1, 2], "a (2)"),
    "a late missing word": ("a,y\n" + "1,2\n" * 200 + "none,3\n2,5\n", [1] * 200 + [2], "a (1)"),
    "numbers beyond 64 bits": ("a,y\n12345678901234567890,2\n1,3\n", [12345678901234567890.0, 1], ""),
    "numbers of 17 digits": ("a,y\n0.30000000000000004,2\n-2.2250738585072014e-308,3\n", [0.1 + 0.2, -(2**-1022)], ""),
    "a quoted separator": ('"a, or b",y\n1,2\n3,4\n', [1, 3], ""),
    "a byte order mark and gzip": (gzip.compress("\ufeffa,y\n1,2\n3,4\n".encode()), [1, 3], ""),
    "UTF-16, other byte order": ("\ufeffa,y\n1,2\n3,4\n".encode("utf-16-be"), [1, 3], ""),
    "tabs with empty fields": ("a\tb\ty\n1\t\t2\n\t\t\n3\t\t4\n", [1, 3], "1 of 3 rows dropped"),
}  # fmt: skip


@pytest.mark.parametrize(("content", "expected", "said"), READ.values(), ids=READ)
def test_it_is_read_as_it_was_meant(tmp_path, content, expected, said):
    columns = read_table(written(tmp_path, content)).columns
    found = design_of(written(tmp_path, content), features=columns[:1])
    assert expected == found.matrix[:, 0].tolist()
    assert said in " ".join([*found.notes, *found.warnings])


# the file, pieces of the message, a piece of the hint
UNUSABLE = {
    "thousands": ('a,y\n"1,200",2\n"3,400",3\n', ["column a", "'1,200'", "row 1 (line 2)"], "separators of thousands"),
    "thousands beside plain numbers": ('a,y\n300,2\n200,3\n"1,200",3\n', ["a holds numbers, but '1,200' in row 3"], "thousands"),
    "thousands with a decimal comma": ("a;y\n1.200,5;2\n3.400,1;3\n", ["column a", "'1.200,5'", "row 1"], "thousands"),
    "thousands by apostrophes": ("a,y\n1'200,2\n3'400,3\n", ["column a", "row 1 (line 2)"], "thousands"),
    "thousands by spaces": ("a,y\n1 200,2\n3 400,3\n", ["column a", "'1 200'"], "thousands"),
    "percent": ("a,y\n5%,2\n7%,3\n", ["column a", "'5%'", "row 1 (line 2)"], "percent"),
    "one percent": ("a,y\n5,2\n6,1\n7%,3\n", ["a holds numbers, but '7%' in row 3 (line 4)"], "percent"),
    "currency": ("a,y\n$5,2\n$7.50,3\n", ["column a", "'$5'"], "currency"),
    "currency behind": ("a,y\n5 €,2\n7.50 €,3\n", ["column a", "'5 €'"], "currency"),
    "decimal commas and points": ("a;y\n1,5;2\n2.5;3\n3,5;4\n", ["column a", "'1,5'", "row 1"], "plainly"),
    "a time": ("a,y\n10:30,2\n11:45:10,3\n", ["column a holds dates or times", "'10:30'"], "--features"),
    "a date with a month": ("a,y\n3 Jan 2020,2\n14 Feb 2020,3\n", ["column a holds dates or times"], "days since"),
    "a date in American": ('a,y\n"Jan 3, 2020",2\n"Feb 14, 2020",3\n', ["column a holds dates or times"], "days since"),
    "a short row": ("a,b,y\n1,2,3\n\n4,5\n6,7,8\n", ["row 2 (line 4)", "2 fields", "the header has 3"], "separators"),
    "a row of one field": ("a,b,y\n1,2,3\n4\n6,7,8\n", ["row 2 (line 3)", "1 field,", "has 3"], "separators"),
    "a short row beside a missing cell": ("a,b,y\n1,2,\n4,5\n6,7,8\n", ["row 2 (line 3)", "2 fields"], "separators"),
    "a short row beside quotes": ('a,b,y\n"1",2,3\n4,"5"\n', ["row 2 (line 3)", "2 fields"], "separators"),
    "a long row": ("a,b,y\n1,2,3\n4,5,6,7\n", ["row 2 (line 3)", "4 fields", "the header has 3"], "quotes"),
    "a long row without header": ("1,2,3\n4,5,6\n4,5,6,7\n", ["row 3 (line 3)", "4 fields", "the first row has 3"], "quotes"),
    "a quote that is not closed": ('a,b,y\n1,u,3\n4,"v,6\n6,w,8\n', ["row 2 (line 3)", "not closed"], "double those"),
    "a quote in the middle": ('a,b,y\n1,5" pipe,3\n4,6" pipe,6\n', ["row 1 (line 2)", "middle of a field"], "double those"),
    "letters behind a quote": ('a,b,y\n1,u,3\n4,"x"v,6\n', ["row 2 (line 3)", "middle of a field"], "double those"),
    "a space before a quote": ('a,b,y\n1, "u",3\n4, "v",6\n', ["row 1 (line 2)", "middle of a field"], "double those"),
    "a line end in a word": ('a,s,y\n1,"u\nv",3\n4,w,6\n5,w,6\n2,w,3\n', ["column s", "invisible", "row 1 (line 2)"], "remove"),
    "a field of 300,000 letters": (f"a,s,y\n1,u,3\n4,{'v' * 300_000},6\n5,u,1\n", ["column s", "300,000", "row 2"], "--features"),
    "a number of 300,000 digits": ("a,y\n1,3\n" + "4" * 300_000 + ",6\n", ["column a", "too large", "row 2 (line 3)"], "blank"),
    "a late NUL": ("a,y\n" + "1,2\n" * 20_000 + "1\0,3\n", ["column a", r"\x00", "row 20001 (line 20002)"], "correct"),
    "UTF-16 without a mark": ("a,y\n1,2\n".encode("utf-16-le"), ["binary"], "UTF-8"),
    "UTF-32": ("a,y\n1,2\n".encode("utf-32"), ["binary"], "UTF-8"),
    "a spreadsheet": (b"PK\3\4" + bytes(range(256)), ["binary"], "CSV"),
    "half a gzip file": (gzip.compress(np.random.default_rng(0).bytes(9999).hex().encode())[:-400], ["gzip"], ""),
    "a separator that is none": ("a b y\n1 2 3\n", ["no feature"], "commas"),
    "only names": ("a,b,y", ["no rows"], "below"),
}  # fmt: skip


@pytest.mark.parametrize(("content", "pieces_", "hint"), UNUSABLE.values(), ids=UNUSABLE)
def test_it_is_refused_in_one_line(tmp_path, content, pieces_, hint):
    with pytest.raises(DataError) as refused:
        design_of(written(tmp_path, content), target=None)
    for piece in pieces_:
        assert piece in refused.value.message
    assert hint in (refused.value.hint or "")
    assert refused.value.message.isprintable()
    assert len(refused.value.message) < 300


def test_repeated_words_are_no_identifiers(tmp_path):
    found = design_of(written(tmp_path, "s,y\nu,1\nu,2\nv,3\nw,4\nw,5\n"))
    assert ("s=v", "s=w") == found.names


def test_standard_input_is_read_like_a_file():
    table = read_table(io.BytesIO(gzip.compress(b"a,y\n1,2\n3,x\n4,5\n6,6\n")))
    assert ("a", "y") == table.columns
    with pytest.raises(DataError, match=r"column y holds numbers, but 'x' in row 2 \(line 3\)"):
        build_design(table, target="y", features=None, intercept=True, classes=False)


@pytest.fixture
def small_pieces(monkeypatch):
    """Cuts files into pieces of 64 bytes."""
    monkeypatch.setattr(pieces, "PIECE_BYTES", 64)


ROWS = [(k, f"{'uvw'[k % 3]}", 3 * k % 7) for k in range(100)]


@pytest.mark.parametrize("end", ["\n", "\r\n", "\r"])
@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "cp1252"])
def test_pieces_do_not_show(tmp_path, small_pieces, end, encoding):
    lines = ["größe,s,y", *(f'{k},"{s}ä",{y}' for k, s, y in ROWS)]
    found = design_of(written(tmp_path, end.join([*lines, ""]).encode(encoding)))
    assert ("größe", "s=vä", "s=wä") == found.names
    assert [float(k) for k, _, _ in ROWS] == found.matrix[:, 0].tolist()
    assert [float(y) for _, _, y in ROWS] == found.response.tolist()


# what stands in which row, its line, the message
LATE = [
    ("oops,u,1", "a holds numbers, but 'oops' in row 100 (line 103)"),
    ("inf,u,1", "a holds an infinite or too large value in row 100 (line 103)"),
    ("1,u", "row 100 (line 103) has 2 fields, the header has 3"),
    ("1,u,1,1", "row 100 (line 103) has 4 fields, the header has 3"),
    ('1,"u,1', "row 100 (line 103) has a double quote that is not closed"),
    ('1,u"v"w,1', "row 100 (line 103) has a double quote in the middle of a field"),
    ("1,u\u200b,1", "s holds an invisible character in row 100 (line 103)"),
]


@pytest.mark.parametrize(("row", "message"), LATE)
def test_rows_are_counted_over_pieces(tmp_path, small_pieces, row, message):
    lines = ["a,s,y", "", *(f"{k},{s},{y}" for k, s, y in ROWS[:50]), "", '"1",u,"2"', *(f"{k},{s},{y}" for k, s, y in ROWS[50:98])]
    content = "\n".join([*lines, row, ""])
    with pytest.raises(DataError) as refused:
        design_of(written(tmp_path, content))
    assert message in refused.value.message


def test_line_ends_and_letters_cut_between_pieces(tmp_path, monkeypatch):
    content = "a,s,y\r\n" + "".join(f"{k},é{'uvw'[k % 3]},{k % 5}\r\n" for k in range(30))
    for size in range(1, 20):
        monkeypatch.setattr(pieces, "PIECE_BYTES", size)
        found = design_of(written(tmp_path, content), target="y")
        assert list(range(30)) == found.matrix[:, 0].tolist()
        assert ("a", "s=év", "s=éw") == found.names


WORDS = st.text(st.characters(min_codepoint=32, exclude_categories=["C", "Zl", "Zp"]), min_size=1, max_size=8)


@given(
    st.lists(st.floats(allow_nan=False, allow_infinity=False), min_size=2, max_size=20),
    st.sampled_from([",", ";", "\t", "|"]),
    st.sampled_from(["\n", "\r\n"]),
    st.sampled_from(["utf-8", "utf-8-sig", "utf-16"]),
    st.data(),
)
@settings(max_examples=60, deadline=None)
def test_what_is_written_is_read(tmp_path_factory, numbers, separator, end, encoding, data):
    """Numbers to the last bit, and words as they are but for blanks around them."""
    words = data.draw(st.lists(WORDS.map(lambda word: f"word {word.strip()}"), min_size=len(numbers), max_size=len(numbers)))
    path = tmp_path_factory.getbasetemp() / "round.csv"
    frame = pl.DataFrame({"number": numbers, "word": words, "last": [0.5] * len(numbers)})
    path.write_bytes(frame.write_csv(separator=separator, line_terminator=end).encode(encoding))
    table = read_table(path)
    assert ("number", "word", "last") == table.columns
    assert numbers == table.frame["number"].to_list()
    assert [word.strip() for word in words] == table.frame["word"].str.strip_chars().to_list()
