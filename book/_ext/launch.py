"""Make the launch buttons open notebooks, on pages that have something to launch.

Chapters are Markdown. On Binder `postBuild` writes a notebook beside each, so the button must name
that notebook, not the Markdown file. Pages without code cells get no button.
"""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

AFTER_THEME = 900
CODE_CELL = re.compile(r"^\s*[`:]{3,}\{code-cell\}", re.MULTILINE)
GROUP = "launch-buttons"


def has_code(path: Path) -> bool:
    """Return whether the page at `path` is a notebook or has code cells."""
    return path.suffix == ".ipynb" or (
        path.suffix == ".md" and CODE_CELL.search(path.read_text(encoding="utf-8")) is not None
    )


def point_to_notebook(
    app: Any, pagename: str, templatename: str, context: dict[str, Any], doctree: Any
) -> None:
    """Rewrite or remove the launch buttons of one page."""
    buttons = context.get("header_buttons")
    if not isinstance(buttons, list) or doctree is None:
        return
    if not has_code(Path(app.env.doc2path(pagename))):
        buttons[:] = [button for button in buttons if button.get("label") != GROUP]
        return
    for group in buttons:
        if group.get("label") == GROUP:
            for button in group["buttons"]:
                button["url"] = re.sub(r"\.md$", ".ipynb", button["url"])


def setup(app: Any) -> dict[str, bool]:
    app.connect("html-page-context", point_to_notebook, priority=AFTER_THEME)
    return {"parallel_read_safe": True, "parallel_write_safe": True}
