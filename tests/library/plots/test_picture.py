"""Figures show themselves in a notebook, without pyplot."""

import subprocess
import sys

from aimc.plots import Chart, Line, draw


def test_figure_has_an_image_for_notebooks():
    figure = draw(Chart("t", "x", "y", (Line((0.0, 1.0), (0.0, 1.0)),)))
    assert figure._repr_png_().startswith(b"\x89PNG")


def test_drawing_leaves_pyplot_alone():
    lines = (
        "import sys",
        "from aimc.plots import Chart, Line, draw",
        "assert 'matplotlib' not in sys.modules",
        "draw(Chart('t', 'x', 'y', (Line((0.0, 1.0), (0.0, 1.0)),)))._repr_png_()",
        "assert 'matplotlib.pyplot' not in sys.modules",
    )
    subprocess.run([sys.executable, "-c", "\n".join(lines)], check=True, timeout=60)
