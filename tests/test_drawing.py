"""Drawings of computation graphs: the geometry on random graphs, SVG and DOT read back, and the command."""

from __future__ import annotations

import os
import re
import stat
import xml.etree.ElementTree as ET
from itertools import combinations, pairwise
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.optimize import isotonic_regression

from derivkit import answers
from derivkit.expression.graph import Builder
from derivkit.expression.parser import parse
from derivkit.expression.point import parse_point
from derivkit.functions import row_named
from derivkit.render.dot import dot
from derivkit.render.figure import figure
from derivkit.render.layers import Arc, crossings, layers, rows
from derivkit.render.layout import lay_out, spread
from derivkit.render.svg import svg
from tests.conftest import Run, document

LABEL = 18.0
GOLDSTEIN_PRICE = "(1+(x+y+1)^2*(19-14*x+3*x^2-14*y+6*x*y+3*y^2))*(30+(2*x-3*y)^2*(18-32*x+12*x^2+48*y-36*x*y+27*y^2))"
EXAMPLES = [
    ("sin(x^2)*exp(y)", "x=1,y=2"),
    (GOLDSTEIN_PRICE, "x=1,y=1"),
    ("*".join(f"x{k}" for k in range(1, 9)), ",".join(f"x{k}={k}" for k in range(1, 9))),
    ("piecewise((x^2, x < 1), (max(x, 2, 0.1)*sin(x), true))", "x=3"),
    ("x", "x=1"),
    ("x*x", "x=3"),
    ("pi + 1/3", None),
]


@st.composite
def drawings(draw):
    """Boxes and arcs as an expression of several operations makes them: every node but the last is used."""
    count = draw(st.integers(1, 14))
    sizes = [(draw(st.integers(20, 160)) * 1.0, draw(st.sampled_from([28.0, 61.0]))) for _ in range(count)]
    label = st.none() | st.integers(8, 90).map(float)
    arcs = [Arc(node, draw(st.integers(node + 1, count - 1)), draw(label)) for node in range(count - 1)]
    more = draw(st.lists(st.tuples(st.integers(0, count - 1), st.integers(0, count - 1), label), max_size=8))
    return sizes, arcs + [Arc(min(a, b), max(a, b), width) for a, b, width in more if a != b]


@given(drawings(), st.sampled_from([0.0, LABEL]))
def test_nothing_overlaps(drawing, height):
    sizes, arcs = drawing
    if not height:
        arcs = [Arc(arc.source, arc.target) for arc in arcs]
    placed = lay_out(sizes, arcs, height)
    boxes = [_edges(*centre, *size) for centre, size in zip(placed.nodes, sizes, strict=True)]
    labels = [_edges(x, y, a.label, height) for (x, y), a in zip(placed.labels, arcs, strict=True) if a.label]
    for one, other in combinations(boxes + labels, 2):
        assert one[1] <= other[0] or other[1] <= one[0] or one[3] <= other[2] or other[3] <= one[2]
    for left, right, top, bottom in boxes + labels:
        assert left >= -1e-6 and right <= placed.width + 1e-6 and top >= 0 and bottom <= placed.height


@given(drawings())
def test_lines_go_down_and_cross_no_box(drawing):
    sizes, arcs = drawing
    placed = lay_out(sizes, arcs, LABEL)
    boxes = [_edges(*centre, *size) for centre, size in zip(placed.nodes, sizes, strict=True)]
    for arc in arcs:
        assert placed.nodes[arc.source][1] < placed.nodes[arc.target][1]
    for line in placed.lines:
        assert line.y <= line.leave < line.enter <= line.to_y
        for left, right, top, bottom in boxes:
            assert not (left < line.x < right and max(line.y, top) < min(line.leave, bottom))
            assert not (left < line.to_x < right and max(line.enter, top) < min(line.to_y, bottom))
            low, high = sorted((line.x, line.to_x))
            assert not (low < right and left < high and max(line.leave, top) < min(line.enter, bottom))
    assert len(arcs) == sum(line.arrow for line in placed.lines)


@given(drawings())
def test_the_same_graph_gives_the_same_drawing(drawing):
    assert lay_out(*drawing, LABEL) == lay_out(*drawing, LABEL)


@given(drawings())
def test_a_node_stands_right_above_the_first_that_uses_it(drawing):
    sizes, arcs = drawing
    found = layers(len(sizes), arcs)
    for node in range(len(sizes) - 1):
        assert found[node] + 1 == min(found[arc.target] for arc in arcs if arc.source == node)
    assert set(found) == set(range(found[-1] + 1))


@given(drawings())
def test_crossings_are_counted(drawing):
    sizes, arcs = drawing
    found = rows(len(sizes), arcs)
    count = 0
    for upper, lower in pairwise(found.order):
        lines = [(k, lower.index(end)) for k, item in enumerate(upper) for end in found.below[item]]
        count += sum((a - c) * (b - d) < 0 for (a, b), (c, d) in combinations(lines, 2))
    assert count == crossings(found)


@given(st.lists(st.integers(0, 100), min_size=1, max_size=30))
def test_trees_have_no_crossings(draws):
    count = len(draws) + 1
    arcs = [Arc(node, node + 1 + draw % (count - node - 1)) for node, draw in enumerate(draws)]
    assert 0 == crossings(rows(count, arcs))


@given(
    st.lists(
        st.tuples(st.integers(-99, 99).map(float), st.integers(1, 9).map(float), st.integers(0, 50).map(float)),
        min_size=1,
        max_size=12,
    )
)
def test_places_are_those_of_isotonic_regression(items):
    wanted, weights, widths = (np.array(column) for column in zip(*items, strict=True))
    gaps = np.cumsum(widths)
    expected = isotonic_regression(wanted - gaps, weights=weights).x + gaps
    assert expected == pytest.approx(np.array(spread(wanted, weights, gaps)), abs=1e-9)


def _edges(x, y, wide, high):
    return x - wide / 2, x + wide / 2, y - high / 2, y + high / 2


def _answer(text, at):
    return answers.graph(parse(text).graph, parse_point([at]) if at else None)


NAMESPACE = "{http://www.w3.org/2000/svg}"


@pytest.mark.parametrize(("text", "at"), EXAMPLES)
def test_an_svg_says_every_node_and_stays_inside_its_frame(text, at):
    answer = _answer(text, at)
    root = ET.fromstring(svg(figure(answer)))
    assert "img" == root.get("role")
    assert f"0 0 {root.get('width')} {root.get('height')}" == root.get("viewBox")
    said = [element.text for element in root.iter(f"{NAMESPACE}text")]
    titles = [element.text for element in root.iter(f"{NAMESPACE}title")]
    assert titles[0].startswith("f = ")
    for node in answer.nodes:
        assert f"v{node.id} = {node.text}" in said
        assert any(title.startswith(f"v{node.id} = {node.text}") for title in titles)
    if at:
        partials = [f"∂v{n.id}/∂v{i} = " for n in answer.nodes for i, p in zip(n.inputs, n.partials, strict=True) if p is not None]
        assert sorted(partials) == sorted(title[: title.index("=") + 2] for title in titles if title.startswith("∂"))
    allowed = {"svg", "title", "desc", "style", "rect", "g", "path", "text"}
    assert allowed == {element.tag.removeprefix(NAMESPACE) for element in root.iter()} | allowed
    drawing = root.find(f"{NAMESPACE}g")
    left, top = (float(number) for number in re.findall(r"[\d.]+", drawing.get("transform")))
    for box in drawing.iter(f"{NAMESPACE}rect"):
        assert left + float(box.get("x")) >= 0 and left + float(box.get("x")) + float(box.get("width")) <= float(root.get("width"))
        assert top + float(box.get("y")) + float(box.get("height")) <= float(root.get("height"))


def test_the_drawing_in_the_tutorial_is_what_is_drawn_now(request: pytest.FixtureRequest):
    path = Path(__file__).parents[1] / "docs" / "graph.svg"
    now = svg(figure(_answer(*EXAMPLES[0])))
    if request.config.getoption("--update-golden"):
        path.write_text(now, encoding="utf-8")
    assert path.read_text(encoding="utf-8") == now


def _read_dot(text):
    """Nodes with their attributes and edges of a DOT file in the form that derivkit writes, its quoted strings read back."""
    string = r'"((?:[^"\\]|\\.)*)"'
    nodes, edges = {}, []
    for line in text.splitlines()[4:-1]:
        if found := re.fullmatch(rf"  (\w+) \[label={string}, tooltip={string}, (.*)\];", line):
            nodes[found[1]] = (re.sub(r"\\(.)", lambda m: "\n" if m[1] == "n" else m[1], found[2]), found[4])
        else:
            found = re.fullmatch(rf"  (\w+) -> (\w+)(?: \[label={string}, tooltip={string}\])?;", line)
            edges.append((found[1], found[2], found[3]))
    return nodes, edges


@pytest.mark.parametrize(("text", "at"), EXAMPLES)
def test_a_dot_file_reads_back_as_the_graph(text, at):
    answer = _answer(text, at)
    nodes, edges = _read_dot(dot(figure(answer)))
    assert {f"v{n.id} = {n.text}" for n in answer.nodes} == {label.split("\n")[0] for label, _ in nodes.values()}
    ids = {name: int(label[1 : label.index(" ")]) for name, (label, _) in nodes.items()}
    assert [(i, n.id) for n in answer.nodes for i in n.inputs] == [(ids[source], ids[target]) for source, target, _ in edges]
    assert 1 == sum("peripheries=2" in shape for _, shape in nodes.values())


HOSTILE = ['a"b', "a\\", "\\n", "<script>alert(1)</script>", "a&b", "]]>", "a\u202eb", "a\x1b[2J", "x" * 300, "é"]


@pytest.mark.parametrize("name", HOSTILE)
def test_no_name_breaks_out_of_a_drawing(name):
    builder = Builder()
    graph = builder.graph([builder.add(row_named("sin"), (builder.add(name),))])
    drawn = figure(answers.graph(graph))
    picture = svg(drawn)
    said = [element.text for element in ET.fromstring(picture).iter(f"{NAMESPACE}text")]
    nodes, _ = _read_dot(dot(drawn))
    assert drawn.boxes[0].lines[0] in said
    assert drawn.boxes[0].lines[0] == nodes["v0"][0]
    assert len(drawn.boxes[0].lines[0]) < 30
    assert "<script" not in picture
    assert not set("\x1b\u202e") & set(picture + dot(drawn))


def test_a_constant_stands_beside_each_node_that_uses_it():
    boxes = [box.lines[0] for box in figure(_answer("2*x + 2*y", None)).boxes]
    assert 2 == boxes.count("v0 = 2")
    assert len(boxes) == len(set(boxes)) + 1


def test_the_command_draws(run: Run, tmp_path):
    picture, text = tmp_path / "out.svg", tmp_path / "out.DOT"
    result = run("graph", "sin(x^2)*exp(y)", "--at", "x=1,y=2", "-o", str(picture))
    assert (0, f"{picture}: a drawing of 7 nodes\n") == (result.exit_code, result.stdout)
    assert "adjoint 7.9846" in picture.read_text(encoding="utf-8")
    found = document(run("graph", "x^2", "--output", str(text), "--json"))
    assert str(text) == found["file"]
    assert text.read_text(encoding="utf-8").startswith("digraph")
    assert 0o666 & ~_umask() == stat.S_IMODE(picture.stat().st_mode)


def _umask():
    mask = os.umask(0)
    os.umask(mask)
    return mask


def test_the_document_of_a_graph(run: Run):
    found = document(run("graph", "x^2*3", "--at", "x=2", "--json"))
    assert ["x", "2", "v0^v1", "3", "v2*v3"] == [node["text"] for node in found["nodes"]]
    assert [0, 0, 1, 1, 2] == [node["layer"] for node in found["nodes"]]
    assert {"from": 0, "to": 2, "argument": 0, "partial": 4.0} == found["edges"][0]
    assert ({"x": 2.0}, {"x": 12.0}, 12.0) == (found["at"], found["gradient"], found["function_value"])
    bare = document(run("graph", "x^2*3", "--json"))
    assert [None] * 5 == [node["value"] for node in bare["nodes"]]
    assert [{}, None, None] == [bare[key] for key in ("at", "gradient", "file")]


@pytest.mark.parametrize(
    ("file", "message"),
    [
        ("out.png", "must end in .svg or .dot"),
        ("out", "must end in .svg or .dot"),
        (".svg", "must end in .svg or .dot"),
        ("folder.svg", "Is a directory"),
        ("none/out.svg", "No such file or directory"),
        ("x" * 300 + ".svg", "File name too long"),
    ],
)
def test_a_file_that_cannot_be_written_is_one_line(run: Run, tmp_path, monkeypatch, file, message):
    monkeypatch.chdir(tmp_path)
    (tmp_path / "folder.svg").mkdir()
    result = run("graph", "x^2", "-o", file)
    assert 2 == result.exit_code
    assert message in " ".join(result.stderr.split())
    assert "" == result.stdout
    assert ["folder.svg"] == os.listdir()


def test_a_failure_leaves_the_old_file_whole(run: Run, tmp_path, monkeypatch):
    path = tmp_path / "out.svg"
    path.write_text("old", encoding="utf-8")

    def fail(*_):
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(os, "replace", fail)
    result = run("graph", "x^2", "-o", str(path))
    assert 2 == result.exit_code
    assert "No space left on device" in " ".join(result.stderr.split())
    assert "old" == path.read_text(encoding="utf-8")
    assert ["out.svg"] == os.listdir(tmp_path)


def test_a_link_is_followed_and_permissions_stay(run: Run, tmp_path):
    path, link = tmp_path / "real.svg", tmp_path / "link.svg"
    path.write_text("old", encoding="utf-8")
    path.chmod(0o640)
    link.symlink_to(path)
    assert 0 == run("graph", "x^2", "-o", str(link)).exit_code
    assert link.is_symlink()
    assert path.read_text(encoding="utf-8").startswith("<svg")
    assert 0o640 == stat.S_IMODE(path.stat().st_mode)


def test_a_pipe_is_written_to_and_never_replaced(run: Run, tmp_path):
    path = tmp_path / "pipe.svg"
    os.mkfifo(path)
    reader = os.open(path, os.O_RDONLY | os.O_NONBLOCK)
    try:
        assert 0 == run("graph", "x^2", "-o", str(path)).exit_code
        assert os.read(reader, 65536).startswith(b"<svg")
    finally:
        os.close(reader)
    assert stat.S_ISFIFO(path.stat().st_mode)
    assert ["pipe.svg"] == os.listdir(tmp_path)


def test_a_drawing_has_a_budget(run: Run, tmp_path):
    text = "sin(" * 2000 + "x" + ")" * 2000
    result = run("graph", text, "-o", str(tmp_path / "out.svg"))
    assert 3 == result.exit_code
    assert "2,001 nodes is beyond the budget of 2,000" in " ".join(result.stderr.split())
    assert [] == os.listdir(tmp_path)
    assert 0 == run("graph", text, "-o", str(tmp_path / "out.dot")).exit_code
    assert "more lines; --json has everything" in run("graph", text).stdout


def test_a_graph_whose_lines_are_too_many_is_refused(run: Run, tmp_path):
    terms = " + ".join(f"x{k % 60}*x{k % 59}" for k in range(960))
    result = run("graph", terms, "-o", str(tmp_path / "out.svg"))
    assert 3 == result.exit_code
    assert "too many lines" in result.stderr


def test_numbers_that_end_are_refused_but_drawn(run: Run, tmp_path):
    result = run("graph", "1/x", "--at", "x=0", "-o", str(tmp_path / "out.svg"))
    assert 3 == result.exit_code
    assert "infinite in floats" in result.stderr
    assert "value inf" in (tmp_path / "out.svg").read_text(encoding="utf-8")


def test_every_node_of_a_deep_graph_stands_in_some_tree(run: Run):
    shown = run("graph", "+".join(f"sin({k}*x)" for k in range(1, 30))).stdout
    made = re.findall(r"(v\d+) = ", shown)
    assert {f"v{k}" for k in range(len(parse("+".join(f"sin({k}*x)" for k in range(1, 30))).graph))} == set(made)
    assert all(len(line) <= 80 for line in shown.splitlines())
    assert set(re.findall(r"(v\d+) \(", shown)) <= set(made)
