"""Serve the built site and open it in Chromium; each page and each explorer is visited once."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from explorer_visit import ExplorerRecord, Shown, visit_explorers
from page_visit import PageRecord, visit_page
from served import SITE, Visit, refuse, serve

# Nothing but this machine can be reached, so that a page that asks for more is seen to fail.
ALONE = "--host-resolver-rules=MAP * ~NOTFOUND, EXCLUDE 127.0.0.1"
LAPTOP = {"viewport": {"width": 1280, "height": 900}, "reduced_motion": "reduce"}


@pytest.hookimpl(tryfirst=True)
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Keep together what shares a visit, or a build of its own."""
    here = Path(__file__).parent
    for item in items:
        if item.path.is_relative_to(here) and not item.get_closest_marker("xdist_group"):
            name = getattr(item, "callspec", None) and item.callspec.params.get("name")
            item.add_marker(pytest.mark.xdist_group(name or item.path.stem))


@pytest.fixture(scope="session")
def site() -> Path:
    if not (SITE / "index.html").is_file():
        pytest.fail(f"there is no built site in {SITE}; run: make book")
    return SITE


@pytest.fixture(scope="session")
def base_url(site: Path) -> Iterator[str]:
    with serve(site) as address:
        yield address


@pytest.fixture(scope="session")
def chromium(playwright: Any, chromium_path: str) -> Iterator[tuple[Any, dict[str, Any]]]:
    """Playwright's Chromium, and how to start it."""
    from browser import FLAGS

    with refuse() as proxy:
        flags = [*FLAGS, ALONE, f"--proxy-server={proxy}"]
        yield playwright.chromium, {"executable_path": chromium_path, "args": flags}


@pytest.fixture(scope="session")
def browser(chromium: tuple[Any, dict[str, Any]]) -> Iterator[Any]:
    """A browser for contexts that know nothing of each other."""
    kind, how = chromium
    instance = kind.launch(**how)
    yield instance
    instance.close()


@pytest.fixture(scope="session")
def context(
    chromium: tuple[Any, dict[str, Any]], tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Any]:
    """A browser with a profile: what many pages need is fetched, and compiled, once."""
    kind, how = chromium
    shared = kind.launch_persistent_context(tmp_path_factory.mktemp("profile"), **how, **LAPTOP)
    shared.grant_permissions(["clipboard-read", "clipboard-write"])
    yield shared
    shared.close()


def once(visit: Callable[[str], Any]) -> Callable[[str], Any]:
    """Visit each page once; a visit that could not be made fails each test of the page."""
    known: dict[str, Any] = {}

    def visited(name: str) -> Any:
        if name not in known:
            try:
                known[name] = visit(name)
            except Exception as error:
                known[name] = error
        if isinstance(known[name], Exception):
            raise known[name]
        return known[name]

    return visited


def asked_for(fixture: str, request: pytest.FixtureRequest) -> set[str]:
    """Return the pages for which a chosen test asks what axe finds: axe takes long."""
    items = [item for item in request.session.items if isinstance(item, pytest.Function)]
    return {item.callspec.params["name"] for item in items if fixture in item.fixturenames}


@pytest.fixture(scope="session")
def page_record(request: pytest.FixtureRequest) -> Callable[[str], PageRecord]:
    """Return what was seen on a page."""
    get, judged = request.getfixturevalue, asked_for("page_axe", request)
    return once(lambda name: visit_page(get("context"), get("base_url"), name, axe=name in judged))


@pytest.fixture
def page_axe(page_record: Callable[[str], PageRecord], name: str) -> dict[str, list[str]]:
    """Return what axe found on a page, by theme."""
    return page_record(name).axe


@pytest.fixture(scope="session")
def explorer_record(request: pytest.FixtureRequest) -> Callable[[str], ExplorerRecord]:
    """Return what the explorers and the live cells of a page did."""
    get = request.getfixturevalue
    axe, between = asked_for("explorer_axe", request), asked_for("between", request)

    def visit(name: str) -> ExplorerRecord:
        chosen = {"axe": name in axe, "between": name in between}
        return visit_explorers(get("context"), get("base_url"), name, **chosen)

    return once(visit)


@pytest.fixture
def explorer_axe(
    explorer_record: Callable[[str], ExplorerRecord], name: str, target: str
) -> dict[str, list[str]]:
    """Return what axe found in a live explorer, by theme and width."""
    return explorer_record(name).explorers[target].axe


@pytest.fixture
def between(
    explorer_record: Callable[[str], ExplorerRecord], name: str, target: str
) -> list[Shown]:
    """Return what a live explorer showed where sliders stood between their ends too."""
    return explorer_record(name).explorers[target].moved


@pytest.fixture
def visit(browser: Any, base_url: str) -> Iterator[Visit]:
    """A page that nobody has seen before."""
    context = browser.new_context(**LAPTOP)
    yield Visit(context.new_page(), base_url)
    context.close()
