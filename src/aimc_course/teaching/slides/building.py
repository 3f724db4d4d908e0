"""Build decks with Sphinx, out of the pages of the book."""

from __future__ import annotations

import shutil
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from aimc_course.teaching.book import chapters, find_root
from aimc_course.teaching.slides.plan import Plan, read_plans
from aimc_course.teaching.slides.sources import deck_name, deck_text

__all__ = ["write_decks"]

WORKSHOP = Path("_build", "slides")
HERE = Path(__file__).parent
# What the pages of the site need and a deck does not: tools of the theme, kernels, the browser's
# Python.
LEFT_OUT = (
    "sphinx_book_theme",
    "sphinx_comments",
    "sphinx_copybutton",
    "sphinx_external_toc",
    "sphinx_jupyterbook_latex",
    "sphinx_multitoc_numbering",
    "sphinx_thebe",
    "sphinx_togglebutton",
    "jupyter_book",
    "about",
    "finder",
    "launch",
    "lite",
    "light",
    "noweb",
    "onepage",
    "previews",
)
SETTINGS = ("comments_config", "copybutton", "external_toc", "thebe", "togglebutton", "jupyterbook")
LEFT_THERE = (
    "live",
    "revealjs/css",
    "revealjs/dist/theme",
    *(f"revealjs/plugin/{name}" for name in ("highlight", "markdown", "math", "search", "zoom")),
)
FIXED = ", maximum-scale=1.0, user-scalable=no"
SCRIPT = {
    "width": 1280,
    "height": 720,
    "margin": 0,
    "center": False,
    "controls": False,
    "display": "flex",
    "hash": True,
    "slideNumber": "c/t",
    "transition": "none",
    "pdfSeparateFragments": False,
    "pdfMaxPagesPerSlide": 1,
}


def write_decks(
    out: Path,
    parts: Sequence[int] | None = None,
    *,
    root: Path | None = None,
    plans: Sequence[Plan] | None = None,
    cache: Path | None = None,
    workshop: Path | None = None,
) -> list[Path]:
    """Write decks into a folder that needs nothing else, and return their pages.

    The pages of the parts are read as the book reads them, and their cells are run, unless the
    cache of the book holds what they give.

    Parameters
    ----------
    out : Path
        Folder of the decks; files of the same names are replaced, others stay.
    parts : sequence of int, optional
        Numbers of parts; by default all that have a plan.
    root : Path, optional
        The course's root folder; by default the one around the current folder.
    plans : sequence of Plan, optional
        Plans to build instead of those of the parts.
    cache : Path, optional
        Cache of executed pages; by default that of the book.
    workshop : Path, optional
        Folder for what is made on the way, below the root; by default ``_build/slides``.

    Raises
    ------
    PlanError
        If a plan names what the book does not hold.
    ImportError
        If the tools of the book or of slides are not installed.
    RuntimeError
        If Sphinx finds an error, or anything to warn of.
    """
    root = (find_root() if root is None else root).resolve()
    if plans is None:
        plans = read_plans(root, None if parts is None else list(parts))
    try:
        import jupyter_book  # noqa: F401
        import sphinx_revealjs  # noqa: F401
    except ImportError as error:
        raise ImportError(
            "slides need the tools of the book, and sphinx-revealjs: install them with "
            "pip install -e '.[book,slides]'"
        ) from error
    made = root / WORKSHOP if workshop is None else workshop.resolve()
    if not made.is_relative_to(root):
        raise ValueError(f"workshop={workshop} must lie below {root}: Sphinx reads the decks there")
    titles = {chapter.name: chapter.title for chapter in chapters(root)}
    source = made / "source"
    source.mkdir(parents=True, exist_ok=True)
    names = []
    for plan in plans:
        file = source / f"{deck_name(plan)}.md"
        text = deck_text(plan, titles)
        if not file.is_file() or file.read_text(encoding="utf-8") != text:
            file.write_text(text, encoding="utf-8")
        names.append(file)
    pages = [f"book/{name}" for plan in plans for name in plan.chapters]
    held = root / "_build" / ".jupyter_cache" if cache is None else cache
    _run_sphinx(root, made, names, pages, held)
    return _carry_out(made / "pages", out, [file.stem for file in names])


def _run_sphinx(
    root: Path, workshop: Path, decks: Sequence[Path], pages: Sequence[str], cache: Path
) -> None:
    """Read pages and decks, write the decks alone; warnings are errors."""
    from sphinx.application import Sphinx
    from sphinx.errors import SphinxError
    from sphinx.util.docutils import docutils_namespace, patch_docutils

    settings = _settings(root, decks, pages, cache)
    with patch_docutils(None), docutils_namespace():
        try:
            app = Sphinx(
                srcdir=str(root),
                confdir=None,
                outdir=str(workshop / "pages"),
                doctreedir=str(workshop / ".doctrees"),
                buildername="revealjs",
                confoverrides=settings,
                status=None,
                warning=sys.stderr,
                warningiserror=True,
                keep_going=True,
            )
            app.set_html_assets_policy("always")  # mathematics comes out of other pages
            app.build(filenames=[str(path) for path in decks])
        except SphinxError as error:
            raise RuntimeError(str(error)) from error
        if app.statuscode:
            raise RuntimeError("the decks were built with warnings, which stand above")


def _settings(
    root: Path, decks: Sequence[Path], pages: Sequence[str], cache: Path
) -> dict[str, Any]:
    """Return the settings of the book, changed into those of decks."""
    from jupyter_book.config import get_final_config

    settings, _ = get_final_config(
        user_yaml=root / "_config.yml",
        sourcedir=root,
        use_external_toc=False,
        cli_config={"latex_individualpages": False},
    )
    wanted = [name for name in settings["extensions"] if name not in LEFT_OUT]
    settings = {key: value for key, value in settings.items() if not key.startswith(SETTINGS)}
    index = decks[0].with_name("index.md")
    names = [path.relative_to(root).with_suffix("").as_posix() for path in decks]
    toc = "\n".join(f"/{name}" for name in dict.fromkeys([*names, *pages]))
    text = f"# Slides\n\n```{{toctree}}\n:hidden:\n\n{toc}\n```\n"
    if not index.is_file() or index.read_text(encoding="utf-8") != text:
        index.write_text(text, encoding="utf-8")
    files = [f"{name}.md" for name in dict.fromkeys([*names, *pages])]
    for key in ("use_multitoc_numbering", "use_jupyterbook_latex", "html_theme", "latex_engine"):
        settings.pop(key, None)
    palette = root / "book" / "_static" / "custom.css"
    return settings | {
        "extensions": [*wanted, "decks"],
        "project": "Slides",
        "root_doc": index.relative_to(root).with_suffix("").as_posix(),
        "include_patterns": [index.relative_to(root).as_posix(), *files],
        "exclude_patterns": [".*", "_build/[!s]*", "tests", "src", "scripts", "labs"],
        "nb_execution_cache_path": str(cache),
        "nb_execution_timeout": 600,
        "html_logo": None,
        "html_static_path": [],
        "templates_path": [],
        "html_css_files": [],
        "html_js_files": [],
        "html_theme_options": {},
        "html_copy_source": False,
        "html_show_copyright": False,
        "revealjs_static_path": [str(palette), str(HERE / "slides.css"), str(HERE / "slides.js")],
        "revealjs_css_files": ["slides.css"],
        "revealjs_js_files": ["slides.js"],
        "revealjs_style_theme": "custom.css",
        "revealjs_script_conf": SCRIPT,
        "revealjs_script_plugins": [
            {"src": "revealjs/plugin/notes/notes.js", "name": "RevealNotes"}
        ],
        "suppress_warnings": [*settings.get("suppress_warnings", []), "toc.not_included"],
    }


def _carry_out(pages: Path, out: Path, names: Sequence[str]) -> list[Path]:
    """Copy decks and what they load to a folder, without what they do not."""
    out.mkdir(parents=True, exist_ok=True)
    left_out = {pages / "_static" / name for name in LEFT_THERE}

    def skipped(folder: str, entries: list[str]) -> list[str]:
        paths = [Path(folder, entry) for entry in entries]
        return [p.name for p in paths if p.suffix in {".map", ".scss"} or p in left_out]

    for folder in ("_static", "_images"):
        if (pages / folder).is_dir():
            shutil.copytree(pages / folder, out / folder, ignore=skipped, dirs_exist_ok=True)
    for name in names:
        # The theme forbids to enlarge a page, which some readers need.
        text = (pages / f"{name}.html").read_text(encoding="utf-8").replace(FIXED, "")
        (out / f"{name}.html").write_text(text, encoding="utf-8")
    return [out / f"{name}.html" for name in names]
