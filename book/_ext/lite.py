"""Labs that run in the reader's browser: JupyterLite on the site, and the way to it from each lab.

A lab's page gets a box below its title and an entry in its launch menu. Both open the lab in
JupyterLite, which `scripts/build_lite.py` builds and this extension copies to ``lite/`` of the
site. A lab that needs PyTorch, which no browser runs, says so and names the other ways.
"""

from __future__ import annotations

import re
import shutil
import sys
from pathlib import Path
from typing import Any
from urllib.parse import quote, urlencode

import bundle
from docutils import nodes
from sphinx.errors import ExtensionError
from sphinx.util import logging
from sphinx.util.docutils import SphinxDirective

if str(bundle.SCRIPTS) not in sys.path:
    sys.path.append(str(bundle.SCRIPTS))

import build_lite

LOGGER = logging.getLogger(__name__)
PAGES = ("html", "dirhtml")
FOLDER = "lite"
AFTER_LAUNCH = 950  # the extension that puts the launch buttons right
AFTER_LIVE = 900  # the extension that writes the runtime
GROUP = "launch-buttons"
BROWSER = (
    "The lab opens as a notebook, and Python runs in this browser tab: nothing to install, no "
    "account, nothing sent anywhere. The notebook is there within seconds; Python takes 20 seconds "
    "to a minute to start, on each visit, and says how far it is. Your work is saved every ten "
    "seconds in this browser, on this device only. To keep a copy, or to hand it in, press "
)
TORCH = (
    "This lab needs PyTorch, which does not run in a browser. Run it on your own computer, or in a "
    "free notebook on somebody else's:"
)


# What the first cell of a lab says: its title, what one does, and a line with its numbers.
OPENING = re.compile(
    r"# (?P<title>[^\n]+)\n\n(?P<text>.+?)\n\n\*\*Time:\*\* about (?P<minutes>\d+) minutes, "
    r"(?P<open>\d+) of them for the open question(?P<rest>.+?)"
    r"\*\*Points:\*\* (?P<points>\d+), and (?P<more>\d+) for the open question",
    re.DOTALL,
)
CHAPTER = re.compile(r"\]\((?:\.\./)+(book/[^)]+)\.md\)")


class Labs(SphinxDirective):
    """The labs of the course, told from their own notebooks."""

    def run(self) -> list[nodes.Node]:
        root = Path(self.env.srcdir)
        folder = root / build_lite.LABS
        lines = [line for lab in sorted(folder.glob("*.ipynb")) for line in told(lab)]
        for lab in folder.glob("*.ipynb"):
            self.env.note_dependency(str(lab.relative_to(root)))
        return self.parse_text_to_nodes("\n".join(["`````{container} aimc-labs", *lines, "`````"]))


def told(lab: Path) -> list[str]:
    """Return what the page of all labs says of one, as Markdown.

    Raises
    ------
    ExtensionError
        If the lab does not open as labs do.
    """
    found = OPENING.match(next(build_lite.cells(lab, "markdown")))
    if found is None:
        raise ExtensionError(f"{lab.name} does not open with its title, its text and its numbers")
    where = "needs PyTorch" if build_lite.needs_torch(lab) else "runs in your browser"
    chapters = dict.fromkeys(CHAPTER.findall(found["rest"]))
    facts = [
        f"{found['minutes']} minutes",
        f"{found['points']} points and {found['more']} for an open question",
        where,
        *(f"{{doc}}`/{name}`" for name in chapters),
    ]
    page = f"/{build_lite.LABS}/{lab.stem}"
    about = " ".join(found["text"].split())
    title = f"**{{doc}}`{found['title']} <{page}>`**"
    parts = (title, "", about, "", " · ".join(facts))
    return ["````{container} aimc-lab", *parts, "````", ""]


def is_lab(docname: str) -> bool:
    """Return whether a page is a lab."""
    return docname.startswith(f"{build_lite.LABS}/")


def address(docname: str) -> str:
    """Return the address of a lab in JupyterLite, from the root of the site."""
    return f"{FOLDER}/notebooks/index.html?" + urlencode({"path": f"{docname}.ipynb"}, safe="/")


def elsewhere(app: Any, docname: str) -> list[tuple[str, str]]:
    """Return name and address of the services that run a notebook of the repository."""
    repository = app.config.html_theme_options.get("repository_url", "")
    branch = app.config.html_theme_options.get("repository_branch", "main")
    slug = repository.removeprefix("https://github.com/").strip("/")
    path = f"{docname}.ipynb"
    return [
        ("Binder", f"https://mybinder.org/v2/gh/{slug}/{branch}?urlpath=lab/tree/{quote(path)}"),
        ("Colab", f"https://colab.research.google.com/github/{slug}/blob/{branch}/{path}"),
    ]


def box(app: Any, docname: str) -> nodes.Element:
    """Return the box that opens a lab."""
    made = nodes.container(classes=["aimc-lite"])
    source = Path(app.env.doc2path(docname))
    if build_lite.needs_torch(source):
        text = nodes.paragraph("", TORCH)
        for name, target in elsewhere(app, docname):
            text += [nodes.Text(" "), nodes.reference("", name, refuri=target, internal=False)]
        made += text
        return made
    up = "../" * docname.count("/")
    link = nodes.reference("", "Run this lab here", refuri=up + address(docname), internal=True)
    link["classes"] += ["aimc-lite-run"]
    text = nodes.paragraph("", BROWSER)
    text += [nodes.strong("", "Download"), nodes.Text(" at the top of the notebook.")]
    made += [nodes.paragraph("", "", link), text]
    return made


def add_box(app: Any, doctree: nodes.document, docname: str) -> None:
    """Put the box below the title of a lab's page."""
    if app.builder.name not in PAGES or not is_lab(docname):
        return
    title = next(iter(doctree.findall(nodes.title)), None)
    if title is None or title.parent is None:
        raise ExtensionError(f"{docname} has no title below which its box could stand")
    title.parent.insert(title.parent.index(title) + 1, box(app, docname))


def add_button(
    app: Any, pagename: str, templatename: str, context: dict[str, Any], doctree: Any
) -> None:
    """Put JupyterLite first into the launch menu of a lab's page."""
    buttons = context.get("header_buttons")
    if doctree is None or not is_lab(pagename) or not isinstance(buttons, list):
        return
    if app.builder.name not in PAGES or build_lite.needs_torch(Path(app.env.doc2path(pagename))):
        return
    for group in buttons:
        if group.get("label") == GROUP:
            group["buttons"].insert(
                0,
                {
                    "type": "link",
                    "url": "../" * pagename.count("/") + address(pagename),
                    "text": "Run here",
                    "tooltip": "Run this lab in this browser",
                    "icon": "fas fa-play",
                    "label": "run-lite",
                },
            )


def copy_site(app: Any, exception: Exception | None) -> None:
    """Bring the built JupyterLite onto the site.

    Raises
    ------
    ExtensionError
        If it cannot be built.
    """
    if exception or app.builder.name not in PAGES:
        return
    root, out = Path(app.srcdir), Path(app.outdir)
    try:
        config = bundle.write(root, out / "_static")
        folder = config["pyodide"].replace("../", "../_static/", 1)
        built = build_lite.build(folder, root)
    except (OSError, RuntimeError, ValueError) as error:
        raise ExtensionError(f"The labs cannot run in the browser: {error}") from error
    target = out / FOLDER
    stamp = target / build_lite.STAMP
    if stamp.is_file() and stamp.read_bytes() == (built / build_lite.STAMP).read_bytes():
        return
    shutil.rmtree(target, ignore_errors=True)
    shutil.copytree(built, target)
    size = sum(path.stat().st_size for path in target.rglob("*") if path.is_file())
    LOGGER.info("labs in the browser: %d, %.1f MB", len(build_lite.labs(root)), size / 1e6)


def setup(app: Any) -> dict[str, bool]:
    app.add_directive("labs", Labs)
    app.connect("doctree-resolved", add_box)
    app.connect("html-page-context", add_button, priority=AFTER_LAUNCH)
    app.connect("build-finished", copy_site, priority=AFTER_LIVE)
    return {"parallel_read_safe": True, "parallel_write_safe": True}
