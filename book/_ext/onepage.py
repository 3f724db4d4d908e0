"""Let the one-page builder, from which the PDF is printed, write what the page builder can.

Sphinx takes a builder's own writers of custom nodes or, if it has none at all, those for HTML.
sphinx-exercise names the one-page builder, and so takes the fall-back away from everyone else.
"""

from __future__ import annotations

from typing import Any


def share_writers(app: Any) -> None:
    """Give the one-page builder every HTML writer that it lacks."""
    handlers = app.registry.translation_handlers
    handlers["singlehtml"] = {**handlers.get("html", {}), **handlers.get("singlehtml", {})}


def setup(app: Any) -> dict[str, bool]:
    app.connect("builder-inited", share_writers)
    return {"parallel_read_safe": True, "parallel_write_safe": True}
