"""What a page tells others about itself, and what stands at its foot.

In its head: a description for lists of results, and title, description and picture for whoever
shares its address. The description is the sentence that says what the page is about ("This chapter
asks ..."), or the first ones. At its foot: edition and date, and what else the book can be had as,
which the workflow `book` puts beside the pages. The date is that of CITATION.cff, so that the same
sources give the same pages.

For the site as a whole: the picture, a list of all pages for search engines, and the page that a
server shows where there is none. It is shown at addresses of any depth, so all that it needs is
named from the root of the server.
"""

from __future__ import annotations

import re
from datetime import date
from functools import cache
from html import escape
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import yaml
from docutils import nodes

PAGES = ("html", "dirhtml")
CARD = "_static/card.png"
MOST = 300  # letters of a description
LEAST = 60
SENTENCE = re.compile(r"(?<=[.?!])\s+(?=[A-Z“\"])")
# Where a page says what it is about.
ABOUT = re.compile(r"(This (chapter|page|part)|This is an open course)\b")
NOT_FOUND = "404"
LOST = """\
<section id="no-page-here"><h1>There is no page here</h1>
<p>The address may have changed with an edition, or it was cut on its way to you. The
<a href="search.html">search</a> finds pages by their words, and the
<a href="book/intro.html">first page</a> lists all parts of the book.</p></section>"""
RELATIVE = re.compile(
    r'\b(href|src|srcset|action|data-content_root)="(?!https?:|mailto:|data:|[/#])(?:\./)?'
)
SITEMAP = "sitemap.xml"
HEAD_TAG = re.compile(r'<meta (?:name="(?:description|twitter:card)"|property="og:)[^>]*>')
VIEWPORT = re.compile(r'<meta name="viewport"[^>]*>\s*')
AFTER_THEME = 800
LAST = 980


@cache
def edition(root: Path) -> tuple[str, date]:
    """Return version and date of the edition."""
    about = yaml.safe_load((root / "CITATION.cff").read_text(encoding="utf-8"))
    return str(about["version"]), date.fromisoformat(str(about["date-released"]))


@cache
def deck_parts(root: Path) -> list[str]:
    """Return the numbers of the parts that have slides."""
    plans = root.glob("src/aimc_course/teaching/slides/part*.toml")
    return sorted(path.stem.removeprefix("part") for path in plans)


def first_words(doctree: nodes.document) -> str:
    """Return a page's first paragraphs, those of its first section if it has none of its own.

    They come without boxes, lists and tables, as plain text.
    """
    found: list[str] = []
    first = None
    for paragraph in doctree.findall(nodes.paragraph):
        if not isinstance(paragraph.parent, nodes.section | nodes.document):
            continue
        first = first or paragraph.parent
        if paragraph.parent is not first:
            break
        copy = paragraph.deepcopy()
        for part in list(copy.findall(nodes.math)):
            part.replace_self(nodes.Text("\0"))
        found.append(" ".join(copy.astext().split()))
    return " ".join(found)


def description(doctree: nodes.document) -> str:
    """Return one or a few whole sentences that say what a page is about."""
    # A sentence with a formula cannot be told in letters.
    sentences = [s for s in SENTENCE.split(first_words(doctree)) if "\0" not in s]
    start = next((n for n, s in enumerate(sentences) if ABOUT.match(s)), 0)
    told = ""
    for sentence in sentences[start:]:
        if told and len(told) + len(sentence) > MOST:
            break
        told = f"{told} {sentence}".strip()
        if ABOUT.match(told) and len(told) > LEAST:
            break
    if len(told) > MOST:
        told = told[:MOST].rsplit(" ", 1)[0].rstrip(",;:") + " …"
    return told


def describe(
    app: Any, pagename: str, templatename: str, context: dict[str, Any], doctree: Any
) -> None:
    """Put what a page tells about itself into its head."""
    if app.builder.name not in PAGES or doctree is None:
        return
    text = (context.get("meta") or {}).get("description") or description(doctree)
    base = app.config.html_baseurl
    title = re.sub(r"<[^>]+>", "", str(context.get("title", "")))
    told = {
        "og:title": title,
        "og:type": "website",
        "og:site_name": app.config.html_title,
        "og:url": f"{base}{app.builder.get_target_uri(pagename)}",
        "og:description": text,
        "og:image": f"{base}{CARD}",
        "og:image:alt": "A crossbar drawn as dots of many sizes, and the title of the book",
    }
    tags = [f'<meta name="description" content="{escape(text)}" />']
    # Of the title the theme has escaped what needs it.
    tags += [
        f'<meta property="{key}" content="{value if key == "og:title" else escape(value)}" />'
        for key, value in told.items()
    ]
    tags.append('<meta name="twitter:card" content="summary_large_image" />')
    context["metatags"] = context.get("metatags", "") + "\n" + "\n".join(tags)


def foot(app: Any, pagename: str, templatename: str, context: dict[str, Any], doctree: Any) -> None:
    """Add edition and other forms of the book to the foot of every page."""
    if app.builder.name not in PAGES:
        return
    version, day = edition(Path(app.srcdir))
    base = app.config.html_baseurl
    slides = " ".join(
        f'<a href="{base}slides/part{part}.html" aria-label="Slides of part {part}">{part}</a>'
        for part in deck_parts(Path(app.srcdir))
    )
    context["theme_extra_footer"] = (
        f'<p class="aimc-edition">Edition {version}, '
        f'<time datetime="{day.isoformat()}">{day.day} {day:%B %Y}</time>. '
        f'Also as <a href="{base}aimc.pdf">PDF</a>, as <a href="{base}aimc.epub">EPUB</a>, as '
        f'<a href="{base}aimc-offline.zip">archive of the whole site</a> to use without a network, '
        f"and as slides of part {slides}.</p>"
        f"{context.get('theme_extra_footer', '')}"
    )


def lost_page(app: Any) -> list[tuple[str, dict[str, Any], str]]:
    """Return the page for addresses that lead nowhere."""
    return [(NOT_FOUND, {"title": "No page here", "body": LOST}, "page.html")]


def sitemap(app: Any) -> str:
    """Return the list of all pages."""
    uris = sorted(app.builder.get_target_uri(name) for name in app.env.found_docs)
    rows = "".join(
        f"<url><loc>{escape(app.config.html_baseurl + uri)}</loc></url>\n" for uri in uris
    )
    head = '<?xml version="1.0" encoding="utf-8"?>\n<urlset xmlns='
    return f'{head}"http://www.sitemaps.org/schemas/sitemap/0.9">\n{rows}</urlset>\n'


def front(folder: Path, first: str) -> str | None:
    """Return the page that leads to the first one, with what that one tells about itself.

    Whoever shows a shared address does not follow it there.
    """
    page = folder / first
    if not page.is_file():
        return None
    text = page.read_text(encoding="utf-8")
    title = re.search(r"<title>.*?</title>", text, re.DOTALL)
    tags = "\n".join([*([title[0]] if title else []), *HEAD_TAG.findall(text)])
    return (
        f'<!DOCTYPE html>\n<html lang="en"><head><meta charset="utf-8" />\n{tags}\n'
        f'<meta http-equiv="Refresh" content="0; url={first}" /></head>\n'
        f'<body><a href="{first}">To the book</a></body></html>\n'
    )


def finish(app: Any, exception: Exception | None) -> None:
    """Write what is not a page, and leave of three tags that say the same the first."""
    if exception or app.builder.name not in PAGES:
        return
    folder = Path(app.outdir)
    draw_card(folder / CARD, app.config.html_title)
    (folder / SITEMAP).write_text(sitemap(app), encoding="utf-8")
    text = front(folder, app.builder.get_target_uri(app.config.root_doc))
    if text and "index" not in app.env.found_docs:
        (folder / "index.html").write_text(text, encoding="utf-8")
    lost = folder / f"{NOT_FOUND}.html"
    if lost.is_file():
        root = urlsplit(app.config.html_baseurl).path or "/"
        text = RELATIVE.sub(rf'\1="{root}', lost.read_text(encoding="utf-8"))
        lost.write_text(text, encoding="utf-8")
    for page in folder.rglob("*.html"):
        if {"_static", "lite"} & set(page.relative_to(folder).parts[:1]):
            continue
        text = page.read_text(encoding="utf-8")
        first = VIEWPORT.search(text)
        if first is not None and VIEWPORT.search(text, first.end()):
            once = text[: first.end()] + VIEWPORT.sub("", text[first.end() :])
            page.write_text(once, encoding="utf-8")


def draw_card(path: Path, title: str) -> None:
    """Draw the picture that stands beside a shared address: 1,200 x 630 px."""
    import numpy as np
    from matplotlib.backends.backend_agg import FigureCanvasAgg
    from matplotlib.figure import Figure

    figure = Figure(figsize=(12, 6.3), dpi=100, facecolor="#14181c")
    axes = figure.add_axes((0, 0, 1, 1))
    axes.set(xlim=(0, 1200), ylim=(0, 630))
    axes.axis("off")
    rows, columns = 9, 9
    x, y = np.meshgrid(np.linspace(690, 1130, columns), np.linspace(95, 535, rows))
    axes.hlines(y[:, 0], 660, 1160, color="#56b4e9", linewidth=1.5)
    axes.vlines(x[0], 65, 565, color="#f0883e", linewidth=1.5)
    conductance = np.random.default_rng(7).uniform(0.05, 1, x.shape)
    axes.scatter(x, y, s=750 * conductance, color="#f5f7f9", zorder=3)
    words, lines = title.split(), [""]
    for word in words:
        if len(lines[-1]) + len(word) > 16 and lines[-1]:
            lines.append("")
        lines[-1] = f"{lines[-1]} {word}".strip()
    axes.text(
        70, 360, "\n".join(lines), color="#ffffff", fontsize=38, va="center", linespacing=1.25
    )
    said = "An open course: read it, run it,\nmeasure a chip of your own"
    axes.text(70, 105, said, color="#a9b4be", fontsize=20, va="center", linespacing=1.4)
    path.parent.mkdir(parents=True, exist_ok=True)
    path.unlink(missing_ok=True)
    FigureCanvasAgg(figure).print_png(path, metadata={"Software": None})


def setup(app: Any) -> dict[str, bool]:
    app.connect("html-page-context", describe)
    app.connect("html-page-context", foot, priority=AFTER_THEME)
    app.connect("html-collect-pages", lost_page)
    app.connect("build-finished", finish, priority=LAST)
    return {"parallel_read_safe": True, "parallel_write_safe": True}
