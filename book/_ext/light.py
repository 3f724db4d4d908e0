"""Keep the first page small: icons without their large script and fonts.

The theme brings Font Awesome twice, as fonts and as a script of 1.5 MB that draws the same icons.
Here the script goes and the fonts are cut down to the icons that this site uses. Scripts that serve
only what a page does not have stay away from it, and pictures come when they are near the screen.
"""

from __future__ import annotations

import io
import logging
import re
from importlib.util import find_spec
from pathlib import Path
from typing import Any

LAST = 999  # after the extensions that add the files
PAGES = ("html", "dirhtml")
VENDOR = "theme/pydata_sphinx_theme/static/vendor/fontawesome"
STYLE = "css/all.min.css"
UNUSED = re.compile(
    r'\s*<script src="[^"]*/fontawesome/[^"]*\.js[^"]*"></script>'
    r'|\s*<link rel="preload"[^>]*/fontawesome/[^>]*>'
)
ICON = re.compile(r"\bfa-([a-z][a-z0-9-]*)")
RULE = re.compile(r'((?:\.fa-[a-z0-9-]+:{1,2}before,?)+)\{content:"\\([0-9a-f]+)"\}')
SOURCE = re.compile(
    r'url\(\.\./webfonts/([\w-]+)\.woff2\) format\("woff2"\),'
    r'url\(\.\./webfonts/[\w-]+\.ttf\) format\("truetype"\)'
)
ESCAPE = re.compile(r"\\([ef][0-9a-f]{3})\b", re.IGNORECASE)
SERVED = {  # what each script of an extension looks for
    "design-tabs.js": re.compile(r"\bsd-tab-"),
    "togglebutton.js": re.compile(r'class="[^"]*\b(?:toggle|tag_hide|dropdown)'),
    "clipboard.min.js": re.compile(r"<pre"),
    "copybutton.js": re.compile(r"<pre"),
}
PRIVATE = re.compile("[\ue000-\uf8ff]")


def fontawesome() -> Path:
    """Return the folder of Font Awesome in the installed theme.

    Raises
    ------
    ModuleNotFoundError
        If the theme is not installed or brings no Font Awesome.
    """
    spec = find_spec("pydata_sphinx_theme")
    if spec is not None and spec.origin is not None:
        for folder in (Path(spec.origin).parent / VENDOR).glob("*"):
            if (folder / STYLE).is_file():
                return folder
    raise ModuleNotFoundError("the theme pydata-sphinx-theme brings no Font Awesome")


def used_icons(outdir: Path, style: str) -> set[int]:
    """Return the code points of the icons that pages, scripts and style sheets name."""
    codes: dict[str, int] = {}
    for names, code in RULE.findall(style):
        for name in ICON.findall(names):
            codes[name] = int(code, 16)
    found: set[int] = set()
    static = outdir / "_static"
    texts = [path for path in outdir.rglob("*.html") if static not in path.parents]
    texts += [
        path
        for pattern in ("*.css", "*.js", "*.mjs")
        for path in static.rglob(pattern)
        if not {"vendor", "katex"} & set(path.relative_to(static).parts)
        and not path.relative_to(static).parts[0].startswith("pyodide-")
    ]
    for path in texts:
        text = path.read_text(encoding="utf-8", errors="replace")
        found |= {codes[name] for name in ICON.findall(text) if name in codes}
        found |= {int(code, 16) for code in ESCAPE.findall(text)}
        found |= {ord(letter) for letter in PRIVATE.findall(text)}
    return found


def cut_font(path: Path, icons: set[int]) -> bytes:
    """Return a font with these icons only, as WOFF."""
    from fontTools.subset import Options, Subsetter
    from fontTools.ttLib import TTFont

    logging.getLogger("fontTools").setLevel(logging.WARNING)  # it tells of every table
    # The time of the build must not show in the file.
    font = TTFont(path, recalcTimestamp=False)
    options = Options(layout_features=[], notdef_outline=False, hinting=False)
    cutter = Subsetter(options)
    cutter.populate(unicodes=icons)
    cutter.subset(font)
    font.flavor = "woff"
    buffer = io.BytesIO()
    font.save(buffer)
    return buffer.getvalue()


def lighten(app: Any, exception: Exception | None) -> None:
    """Take the script out of the written pages, and put the small fonts in place."""
    if exception or app.builder.name not in PAGES:
        return
    outdir, source = Path(app.outdir), fontawesome()
    for page in outdir.rglob("*.html"):
        if "_static" in page.relative_to(outdir).parts:
            continue
        text = page.read_text(encoding="utf-8")
        lighter = UNUSED.sub("", text)
        if lighter != text:
            page.write_text(lighter, encoding="utf-8")
    target = outdir / "_static" / "vendor" / "fontawesome" / source.name
    style = (source / STYLE).read_text(encoding="utf-8")
    icons = used_icons(outdir, style)
    # The style sheet too is removed, not overwritten: what was copied may be a link to the theme's.
    for old in [*target.glob("webfonts/*"), *target.glob("js/*"), target / STYLE]:
        old.unlink()
    for name in sorted(set(SOURCE.findall(style))):
        data = cut_font(source / "webfonts" / f"{name}.ttf", icons)
        (target / "webfonts" / f"{name}.woff").write_bytes(data)
    small = SOURCE.sub(r'url(../webfonts/\1.woff) format("woff")', style)
    (target / STYLE).write_text(small, encoding="utf-8")


def load_late(app: Any) -> None:
    """Let browsers fetch a picture when it comes near the screen."""
    if app.builder.name in PAGES:
        app.env.settings["image_loading"] = "lazy"


def drop_idle_scripts(
    app: Any, pagename: str, templatename: str, context: dict[str, Any], doctree: Any
) -> None:
    """Take from a page the scripts that would find nothing there to serve."""
    body = str(context.get("body", ""))
    idle = {script for script, served in SERVED.items() if not served.search(body)}
    context["script_files"] = [
        file
        for file in context.get("script_files", [])
        if Path(str(getattr(file, "filename", None) or "")).name not in idle
    ]


def setup(app: Any) -> dict[str, bool]:
    app.connect("builder-inited", load_late)
    app.connect("html-page-context", drop_idle_scripts, priority=LAST)
    app.connect("build-finished", lighten, priority=LAST)
    return {"parallel_read_safe": True, "parallel_write_safe": True}
