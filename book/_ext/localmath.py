"""Serve MathJax from the book's own site.

The package sphinx-mathjax-offline carries MathJax 3; its own extension copies all 24 MB of it. Here
only the parts that a page can ask for are copied: the TeX input, its extensions and the fonts.
"""

from __future__ import annotations

import shutil
from importlib.util import find_spec
from pathlib import Path
from typing import Any

CARRIER = "sphinx-mathjax-offline"
ENTRY = "tex-chtml.js"
PARTS = [ENTRY, "input/tex/extensions", "output/chtml/fonts", "a11y", "sre", "ui"]


def mathjax_folder() -> Path:
    """Return the folder of MathJax inside the installed carrier package.

    Raises
    ------
    ModuleNotFoundError
        If the carrier is not installed.
    """
    spec = find_spec(CARRIER)
    if spec is None or spec.origin is None:
        raise ModuleNotFoundError(f"the book needs the package {CARRIER}")
    return Path(spec.origin).parent / "static" / "mathjax"


def copy_mathjax(app: Any, exception: Exception | None) -> None:
    """Copy MathJax into the site's static files, once."""
    target = Path(app.outdir) / "_static" / "mathjax"
    if exception or app.builder.format != "html" or (target / ENTRY).exists():
        return
    for part in PARTS:
        source = mathjax_folder() / part
        if source.is_dir():
            shutil.copytree(source, target / part, dirs_exist_ok=True)
        elif source.is_file():
            target.mkdir(parents=True, exist_ok=True)
            shutil.copy2(source, target / part)


def setup(app: Any) -> dict[str, bool]:
    app.connect("build-finished", copy_mathjax)
    app.config.mathjax_path = f"mathjax/{ENTRY}"
    return {"parallel_read_safe": True, "parallel_write_safe": True}
