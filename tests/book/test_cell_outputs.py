"""What cells of code leave in a page: a chart keeps room for its picture, a table its sides."""

from __future__ import annotations

import struct
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest

pytestmark = pytest.mark.book

EXTENSIONS = Path(__file__).resolve().parents[2] / "book" / "_ext"


@pytest.fixture(autouse=True)
def extensions(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.syspath_prepend(str(EXTENSIONS))


class Renderer:
    """As much of MyST's renderer as a table needs: text becomes text."""

    document: Any = {"source": "page.md"}  # noqa: RUF012

    def __init__(self) -> None:
        self.current: Any = None

    @contextmanager
    def current_node_context(self, node: Any) -> Iterator[None]:
        self.current = node
        yield

    def nested_render_text(self, text: str, line: int, inline: bool) -> None:
        from docutils import nodes

        self.current += nodes.Text(text)


def test_room_is_kept_in_the_size_of_the_picture(tmp_path: Path) -> None:
    import cellcharts
    from docutils import nodes

    width, height = 640, 360
    head = b"\x89PNG\r\n\x1a\n" + struct.pack(">I4sII", 13, b"IHDR", width, height)
    (tmp_path / "chart.png").write_bytes(head)
    chart = cellcharts.cell_chart("", data={"charts": []})
    chart += nodes.image(uri="chart.png")
    writer = SimpleNamespace(builder=SimpleNamespace(name="html", srcdir=tmp_path), body=[])

    cellcharts.visit_html(writer, chart)
    writer.body.append('<img src="chart.png" alt="A chart." />')
    cellcharts.depart_html(writer, chart)

    picture = "".join(writer.body).split("</script>")[1]
    assert f'<img loading="lazy" width="{width}" height="{height}" src="chart.png"' in picture


def test_numbers_stand_on_the_right_of_their_column() -> None:
    import celltables
    from docutils import nodes

    data = {
        "header": ["device", "conductance"],
        "numeric": [False, True],
        "rows": [["SET", "20"], ["RESET", "0.1"]],
    }
    table = celltables.table_node(Renderer(), data, {}, 1)
    sides = {entry.astext(): entry["classes"] for entry in table.findall(nodes.entry)}
    assert sides == {
        "device": ["text-left"],
        "SET": ["text-left"],
        "RESET": ["text-left"],
        "conductance": ["text-right"],
        "20": ["text-right"],
        "0.1": ["text-right"],
    }
