"""Pages that compute: the directives ``explorer`` and ``live``, and what they need on the site.

``{explorer} module:NAME`` shows an explorer of the library. Its default state is computed here, by
the library itself: picture and sentence stand in the page and are all that a reader without
JavaScript, or on paper, gets. A script brings the controls; the same library, in the reader's own
browser, answers them. ``{live}`` is a piece of code to edit and run there; it is run here once, so
that no reader meets one that fails.
"""

from __future__ import annotations

import json
import posixpath
from html import escape
from importlib.util import find_spec
from io import BytesIO
from pathlib import Path
from typing import Any, ClassVar

import bundle
import covers
import neighbours
from docutils import nodes
from docutils.parsers.rst import directives
from sphinx.errors import ExtensionError
from sphinx.util import logging
from sphinx.util.docutils import SphinxDirective

LOGGER = logging.getLogger(__name__)
SCRIPTS = {"explorer": "explorer.mjs", "live": "live.mjs"}
STYLE = "live.css"
# Where a module cannot be had, the pictures of the charts are shown (live.css).
MODULE = {"type": "module", "onerror": "document.documentElement.dataset.charts = 'pictures'"}
ANSWERS = "answers"  # folder of the static files
PAGES = ("html", "dirhtml")  # builders whose pages are live; the one-page builder is for printing


class explorer(nodes.General, nodes.Element):
    """An explorer with the answer to its default state."""


class live_code(nodes.General, nodes.Element):
    """A piece of code to edit and run."""


def json_text(tree: Any) -> str:
    """Return JSON that can stand in a ``script`` element: nothing in it may end the element."""
    text = json.dumps(tree, allow_nan=False, ensure_ascii=False, separators=(",", ":"))
    return text.replace("<", "\\u003c")


class LiveDirective(SphinxDirective):
    """What both directives share."""

    def note(self, kind: str) -> None:
        """Remember which scripts the page in hand needs."""
        if not hasattr(self.env, "aimc_live"):
            self.env.aimc_live = {}
        self.env.aimc_live.setdefault(self.env.docname, set()).add(kind)


class ExplorerDirective(LiveDirective):
    """An explorer: picture, sentence and code, and room for the controls."""

    required_arguments = 1
    has_content = False
    option_spec: ClassVar[dict[str, Any]] = {"alt": directives.unchanged_required}

    def run(self) -> list[nodes.Node]:
        """Compute the default answer and draw it."""
        from aimc_course.explorers import browser_shell

        target = self.arguments[0]
        alt = " ".join(self.options.get("alt", "").split())
        if not alt:
            raise self.error("an explorer needs :alt:, words for those who do not see the picture")
        try:
            found = browser_shell.find(target)
        except (ImportError, ValueError) as error:
            raise self.error(str(error)) from None
        answer = found.answer()
        picture = BytesIO()
        found.figure().savefig(picture, format="png", metadata={"Software": None})
        self.note("explorer")
        name = f"explorer-{nodes.make_id(found.name)}"
        cache = Path(self.env.app.doctreedir).parent
        first_steps = neighbours.stored(Path(self.env.app.srcdir), cache, found, target)
        made = explorer(
            "",
            target=target,
            ids=[name],
            title=found.title,
            declaration=found.declaration(),
            answer=browser_shell.plain(answer.as_json()),
            sentence=answer.sentence,
            source_code=found.source,
            alt=alt,
            picture=picture.getvalue(),
            cover=covers.cover(answer.charts),
            stored=first_steps,
        )
        self.state.document.note_explicit_target(made)
        return [made]


class LiveCodeDirective(LiveDirective):
    """Code to edit and run in the page."""

    has_content = True

    def run(self) -> list[nodes.Node]:
        """Run the code once and keep its text."""
        from aimc_course.explorers import browser_shell

        self.assert_has_content()
        source = "\n".join(self.content)
        result = json.loads(browser_shell.run(source))
        if result["error"]:
            raise self.error(f"the code fails: {result['error']}")
        if not (result["stdout"] or result["charts"]):
            raise self.error("the code shows nothing: print something or show a chart")
        self.note("live")
        return [live_code("", source=source)]


def visit_explorer(self: Any, node: nodes.Element) -> None:
    """Write the section that the script finds, complete without it."""
    data = node["picture"]
    file = f"{node['ids'][0]}-{bundle.short_hash(data)}.png"
    target = Path(self.builder.outdir) / self.builder.imagedir / file
    target.parent.mkdir(parents=True, exist_ok=True)
    target.write_bytes(data)
    width, height = (int.from_bytes(data[k : k + 4], "big") for k in (16, 20))  # of the PNG header
    # The answers to the first step of each control; slides and paper have no use for them.
    answers = f"{node['ids'][0]}-{bundle.short_hash(node['stored'])}.json"
    if self.builder.name in PAGES:
        place = Path(self.builder.outdir) / "_static" / ANSWERS / answers
        place.parent.mkdir(parents=True, exist_ok=True)
        place.write_bytes(node["stored"])
    static = f"{posixpath.dirname(self.builder.imgpath) or '.'}/_static"
    title = escape(node["title"])
    self.body.append(
        f'<section class="aimc-explorer" id="{node["ids"][0]}" data-target="{node["target"]}"'
        f' data-state="static" data-answers="{static}/{ANSWERS}/{answers}" aria-label="{title}">\n'
        f'<p class="aimc-explorer-title">{title}</p>\n'
        '<script type="application/json" class="aimc-explorer-declaration">'
        f"{json_text(node['declaration'])}</script>\n"
        '<script type="application/json" class="aimc-explorer-default">'
        f"{json_text(node['answer'])}</script>\n"
        '<div class="aimc-explorer-controls"></div>\n'
        f'<div class="aimc-explorer-charts"><img src="{self.builder.imgpath}/{file}"'
        f' width="{width}" height="{height}" alt="{escape(node["alt"])}" loading="lazy"></div>\n'
        f'<p class="aimc-explorer-sentence">{escape(node["sentence"])}</p>\n'
        '<div class="aimc-explorer-buttons"></div>\n'
        '<details class="aimc-explorer-code"><summary>Show the code</summary>'
        f"<pre><code>{escape(node['source_code'])}</code></pre></details>\n"
        "</section>\n"
    )
    raise nodes.SkipNode


def visit_live(self: Any, node: nodes.Element) -> None:
    self.body.append(
        '<section class="aimc-live" data-state="static">'
        f"<pre>{escape(node['source'])}</pre></section>\n"
    )
    raise nodes.SkipNode


def visit_text(self: Any, node: nodes.Element) -> None:
    """Write the words, in writers other than HTML."""
    words = node.get("source") or f"{node['title']} {node['sentence']}"
    if hasattr(self, "add_text"):
        self.new_state(0)
        self.add_text(words)
        self.end_state()
    elif hasattr(self, "body"):
        encode = getattr(self, "encode", str)
        self.body.append(f"\n\n{encode(words)}\n\n")
    raise nodes.SkipNode


def check_runtime(app: Any) -> None:
    """Fail before the long part of a build, not after it, when the runtime cannot be had.

    Raises
    ------
    ExtensionError
        If a file of the runtime is missing and no source has it.
    """
    if app.builder.name in PAGES:
        try:
            bundle.runtime()
        except RuntimeError as error:
            raise ExtensionError(f"The site cannot be live without its runtime: {error}") from None


def of_pages(app: Any, name: str) -> str:
    """Return where a script or style of the pages lies among the static files."""
    return f"{bundle.live_folder(Path(app.srcdir))}/{name}"


def rename_scripts(app: Any, exception: Exception | None) -> None:
    """Let the folder of scripts have the name that the pages know."""
    if not exception and app.builder.name in PAGES:
        bundle.rename_scripts(Path(app.srcdir), Path(app.outdir) / "_static")


def add_scripts(
    app: Any, pagename: str, templatename: str, context: dict[str, Any], doctree: Any
) -> None:
    """Give each page the scripts of what it holds."""
    kinds = getattr(app.env, "aimc_live", {}).get(pagename, set())
    if not kinds or app.builder.name not in PAGES:
        return
    app.add_css_file(of_pages(app, STYLE))
    for kind in sorted(kinds):
        app.add_js_file(of_pages(app, SCRIPTS[kind]), **MODULE)


def write_bundle(app: Any, exception: Exception | None) -> None:
    """Put runtime, library and their names on the site, if any page asks for them."""
    if exception or app.builder.name not in PAGES or not getattr(app.env, "aimc_live", {}):
        return
    config = bundle.write(Path(app.srcdir), Path(app.outdir) / "_static")
    size = sum(config["sizes"].values())
    LOGGER.info("live pages: %s, %.1f MB", config["library"], size / 1e6)


def purge(app: Any, env: Any, docname: str) -> None:
    getattr(env, "aimc_live", {}).pop(docname, None)


def merge(app: Any, env: Any, docnames: list[str], other: Any) -> None:
    if not hasattr(env, "aimc_live"):
        env.aimc_live = {}
    found = getattr(other, "aimc_live", {})
    env.aimc_live |= {docname: found[docname] for docname in docnames if docname in found}


def setup(app: Any) -> dict[str, Any]:
    if find_spec("aimc") is None or find_spec("aimc_course") is None:
        raise ExtensionError(
            "live pages need library and explorers: pip install -e . -e src/aimc_course"
        )
    text = (visit_text, None)
    for node, visit in ((explorer, visit_explorer), (live_code, visit_live)):
        app.add_node(node, html=(visit, None), latex=text, text=text, man=text, texinfo=text)
    app.add_directive("explorer", ExplorerDirective)
    app.add_directive("live", LiveCodeDirective)
    app.connect("builder-inited", check_runtime)
    app.connect("html-page-context", add_scripts)
    app.connect("env-purge-doc", purge)
    app.connect("env-merge-info", merge)
    app.connect("build-finished", rename_scripts, priority=400)  # before anything is written there
    app.connect("build-finished", write_bundle)
    return {"env_version": 1, "parallel_read_safe": True, "parallel_write_safe": True}
