"""A graded class, its page, and Chromium to look at it with."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from urllib.parse import urlsplit

import pytest
from page_server import Server, grade, hand_in, serving
from paper_class import CLASS, PROPOSAL, filled, picture

ALONE = "--host-resolver-rules=MAP * ~NOTFOUND, EXCLUDE 127.0.0.1"


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """Return a folder with a graded class: two propose something, one only explains."""
    (tmp_path / "class.csv").write_text(CLASS)
    hand_in(tmp_path, "ada", filled(explanation="Read twice.", proposal=PROPOSAL, drawn=picture()))
    hand_in(tmp_path, "max", filled(proposal="Take any device.", code="print(1)"))
    hand_in(tmp_path, "emmy", filled(explanation="Read noise changes with time."))
    grade(tmp_path)
    return tmp_path


@pytest.fixture
def served(folder: Path) -> Iterator[Server]:
    with serving(folder) as server:
        yield server


@pytest.fixture(scope="session")
def chromium(playwright, chromium_path) -> Iterator[object]:
    """Chromium, which reaches nothing but this machine."""
    from browser import FLAGS

    instance = playwright.chromium.launch(executable_path=chromium_path, args=[*FLAGS, ALONE])
    yield instance
    instance.close()


@pytest.fixture
def page(chromium, served) -> Iterator[object]:
    """A page in Chromium that fails on dialogs, and on requests to other addresses."""
    context = chromium.new_context(viewport={"width": 1280, "height": 860}, reduced_motion="reduce")
    tab = context.new_page()
    strayed: list[str] = []
    tab.on("dialog", lambda dialog: (strayed.append(dialog.message), dialog.dismiss()))
    context.on(
        "request",
        lambda r: strayed.append(r.url) if urlsplit(r.url).netloc != served.host else None,
    )
    context.on("page", lambda other: strayed.append(other.url) if other is not tab else None)
    tab.strayed = strayed
    yield tab
    context.close()
