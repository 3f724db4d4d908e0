"""Take every reference to another server out of the pages' scripts and style sheets.

sphinx-thebe puts the address of a content network on each page, twice, although this book has no
Thebe button; other extensions may add web fonts. Readers' addresses are nobody else's business,
and a lecture hall may be offline.
"""

from __future__ import annotations

from typing import Any

LAST = 999  # after the extensions that add the files


def _is_wanted(file: Any) -> bool:
    name = str(getattr(file, "filename", file) or "")
    attributes = getattr(file, "attributes", {})
    return not (
        "THEBE_JS_URL" in str(attributes.get("body", ""))
        or "sphinx-thebe" in name
        or name.startswith(("http:", "https:", "//"))
    )


def drop_external_files(
    app: Any, pagename: str, templatename: str, context: dict[str, Any], doctree: Any
) -> None:
    """Remove external and Thebe entries from the page's lists of files."""
    for key in ("script_files", "css_files"):
        context[key] = [file for file in context.get(key, []) if _is_wanted(file)]


def setup(app: Any) -> dict[str, bool]:
    app.connect("html-page-context", drop_external_files, priority=LAST)
    return {"parallel_read_safe": True, "parallel_write_safe": True}
