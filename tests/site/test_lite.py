"""Every lab runs in the reader's browser, on this site's files alone, and its checks judge."""

from __future__ import annotations

import gzip
import io
import json
import re
import time
import zipfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest
from served import ROOT, SITE, Visit  # which puts the scripts on the path

import lite_wheels  # isort: skip
from aimc_course import LABS
from aimc_course.authoring.notebooks import read_source, solution_copy

STUDENT = ROOT / "labs" / "student"
TORCH = re.compile(r"^\s*\"(?:import|from) torch\b", re.MULTILINE)
# No browser runs PyTorch: the pages of labs that need it offer other ways.
ELSEWHERE = sorted(
    path.name for path in STUDENT.glob("*.ipynb") if TORCH.search(path.read_text(encoding="utf-8"))
)
NOTEBOOKS = sorted(path.name for path in STUDENT.glob("*.ipynb") if path.name not in ELSEWHERE)
# The other solutions run on this machine: what can differ in a browser these two have in them.
# With each change the answers to two questions are typed on a phone, and the right answers to all
# are judged by the Python of the browser (portability).
SOLVED = [NOTEBOOKS[0], NOTEBOOKS[4]]
TEXT = {".css", ".html", ".ipynb", ".js", ".json", ".svg"}
LEFT = "Cannot read properties of null (reading 'id')"
PATIENCE = 120_000  # ms; a hang, not slowness, is the fault
TO_THE_END = 400_000  # ms for all cells of a lab, which two busy browsers can need together
OPEN = "lite/notebooks/index.html"
FILES = "lite/tree/index.html"  # a page with no notebook and no kernel
PHONE = {"viewport": {"width": 390, "height": 844}, "is_mobile": True, "has_touch": True}
NOTEBOOK = "() => window.jupyterapp?.shell?.currentWidget?.context?.isReady"
# These labs draw only what their readers computed: an untouched copy has nothing to show.
ANSWERS_FIRST = (
    "04-program-and-verify.ipynb",
    "05-network-on-64-cores.ipynb",
    "06-where-do-the-nanojoules-go.ipynb",
    "08-keep-a-chip-alive.ipynb",
    "09-solve-ax-b-with-a-4-bit-machine.ipynb",
    "12-kernels-for-free.ipynb",
)
# JupyterLab's own promise tells of the end of the run, whether or not a cell failed.
RUN = """() => {
  window.finished = null;
  window.jupyterapp.commands.execute('notebook:run-all-cells').then(
    () => { window.finished = 'run'; },
    (error) => { window.finished = String(error); },
  );
}"""
CELLS = "() => window.jupyterapp.shell.currentWidget.model.toJSON().cells"
SAVE = """([path, notebook]) => window.jupyterapp.serviceManager.contents.save(
  path, { type: 'notebook', format: 'json', content: notebook })"""
EDIT = """(k) => {
  const notebook = window.jupyterapp.shell.currentWidget.content;
  notebook.activeCellIndex = k;
  return notebook.scrollToItem(k).then(() => {
    notebook.mode = 'edit';
    notebook.activeCell.editor.focus();
  });
}"""
SOURCES = f"""() => ({CELLS})().map((cell) => cell.source)"""
LISTED = """async () => {
  const { contents } = window.jupyterapp.serviceManager;
  const folder = await contents.get('labs/student', { content: true });
  return folder.content.map((file) => file.path);
}"""
# What a tab puts down that is closed with a changed cell.
UNSAVED = """(k) => {
  const { context } = window.jupyterapp.shell.currentWidget;
  const notebook = context.model.toJSON();
  notebook.cells[k].source = '# of another tab';
  return { since: context.contentsModel.last_modified, notebook };
}"""
UNSAVED_AT = "`aimc-lab-unsaved:${path}`"
PUT_DOWN = f"([path, work]) => localStorage.setItem({UNSAVED_AT}, JSON.stringify(work))"
ANSWERED = "(k) => window.jupyterapp.shell.currentWidget.model.cells.get(k).outputs?.length > 0"
HAS_KERNEL = (
    "() => !!window.jupyterapp?.shell?.currentWidget?.context?.sessionContext?.session?.kernel"
)


def after_the_first(names: list[str]) -> list[pytest.ParameterSet]:
    """Return the labs to run; of those after the first each does again what the first has shown."""
    return [pytest.param(n, marks=pytest.mark.weekly if k else ()) for k, n in enumerate(names)]


def held(settings: str, folder: str) -> set[str]:
    """Return the files that a wheel of the browser holds in a folder."""
    with zipfile.ZipFile(io.BytesIO(lite_wheels.project_wheel(ROOT, settings).data)) as wheel:
        return {Path(name).name for name in wheel.namelist() if str(Path(name).parent) == folder}


def shipped(folder: str) -> set[str]:
    return {path.name for path in (ROOT / "src" / folder).iterdir() if path.is_file()}


def test_weights_that_only_pytorch_can_use_are_not_on_the_site() -> None:
    torch = pytest.importorskip("torch")
    from aimc_course.studies.language_models.trained import TRAININGS, trained_decoder

    folder = "aimc_course/studies/data"
    beside = {path.name for path in lite_wheels.served(ROOT, "aimc_course")}
    left = shipped(folder) - held("src/aimc_course/pyproject.toml", folder) - beside
    assert left == {f"decoder_course_{training}.npz" for training in TRAININGS}
    assert all(isinstance(trained_decoder(one), torch.nn.Module) for one in TRAININGS)


def test_data_sets_lie_beside_the_wheel_each_under_a_name_of_its_content() -> None:
    folder = "aimc/datasets/data"
    beside = {path.name: path for path in lite_wheels.served(ROOT, "aimc")}
    inside = held("pyproject.toml", folder)
    assert shipped(folder) == (inside - {"served.json"}) | set(beside)
    assert not inside & set(beside)
    assert max((ROOT / "src" / folder / n).stat().st_size for n in inside & shipped(folder)) < 3e4
    names = {lite_wheels.served_as(path) for path in beside.values()}
    assert "keywords.npz" in beside
    assert all(re.search(r"-[0-9a-f]{8}\.", name) for name in names)


def test_a_changed_wheel_has_another_address() -> None:
    one, other = (
        lite_wheels.Wheel("a", "1", data, (), (), "a-1-py3-none-any.whl") for data in (b"1", b"2")
    )
    assert one.entry("")["file_name"] != other.entry("")["file_name"]
    assert one.entry("")["file_name"].endswith("/a-1-py3-none-any.whl")


def weight(visit: Visit, folder: str) -> float:
    """Return the bytes asked for in a folder of the site, from a host that compresses text."""
    asked = {url.removeprefix(f"{visit.base}/").partition("?")[0] for url in visit.requests}
    files = (SITE / name for name in asked if name.startswith(folder))
    held = [(file.suffix, file.read_bytes()) for file in files if file.is_file()]
    return sum(len(gzip.compress(d, 6) if s in TEXT else d) for s, d in held)


@contextmanager
def watched(visit: Visit) -> Iterator[Visit]:
    """A visit that may reach this site only, whichever page or worker asks."""
    outside: list[str] = []
    unmatched: list[str] = []

    def judge(route: Any) -> None:
        if route.request.url.startswith((visit.base, "data:", "blob:")):
            route.continue_()
        else:
            outside.append(route.request.url)
            route.abort()

    # On the context: the kernel is a worker, and chapters open in pages of their own.
    context = visit.page.context
    context.route("**/*", judge)
    context.on("request", lambda request: visit.requests.append(request.url))
    context.on(
        "console",
        lambda said: unmatched.append(said.text) if "Unsatisfied version" in said.text else None,
    )
    # A fault in which no script of ours has a part: JupyterLab's, when it is left as it saves.
    theirs: list[str] = []
    visit.page.on(
        "pageerror",
        lambda error: (
            theirs.append(str(error))
            if LEFT in error.message and error.stack and "site.js" not in error.stack
            else None
        ),
    )
    visit.page.set_default_timeout(PATIENCE)
    yield visit
    strange = {u for u in visit.requests if not u.startswith((visit.base, "data:", "blob:"))}
    assert strange | set(outside) == set()
    assert unmatched == []
    assert [error for error in visit.errors if error not in theirs] == []
    assert visit.missing == []


@pytest.fixture
def lab(visit: Visit) -> Iterator[Visit]:
    with watched(visit) as seen:
        yield seen


@pytest.fixture
def phone(browser: Any, base_url: str) -> Iterator[Visit]:
    """A visit with a phone whose owner prefers dark pages."""
    context = browser.new_context(**PHONE, color_scheme="dark")
    with watched(Visit(context.new_page(), base_url)) as seen:
        yield seen
    context.close()


def start(visit: Visit, path: str) -> None:
    visit.page.goto(f"{visit.base}/{OPEN}?path={path}")
    visit.page.wait_for_function(HAS_KERNEL)


def store(visit: Visit, path: str, notebook: Any) -> None:
    """Put a notebook among the reader's own files, from a page with no notebook and no kernel."""
    visit.page.goto(f"{visit.base}/{FILES}")
    visit.page.wait_for_function("() => window.jupyterapp?.shell?.currentWidget")
    visit.page.evaluate(SAVE, [path, notebook])
    visit.page.wait_for_load_state("networkidle")


def run_all(visit: Visit) -> list[dict[str, Any]]:
    """Run the open notebook to its end and return its cells."""
    visit.page.evaluate(RUN)
    visit.page.wait_for_function("() => window.finished", timeout=TO_THE_END)
    assert visit.page.evaluate("() => window.finished") == "run"
    return visit.page.evaluate(CELLS)


def outputs(cells: list[dict[str, Any]]) -> list[dict[str, Any]]:
    return [output for cell in cells for output in cell.get("outputs", [])]


def text_of(output: dict[str, Any]) -> str:
    text = output.get("data", {}).get("text/plain", output.get("text", ""))
    return text if isinstance(text, str) else "".join(text)


def score(cells: list[dict[str, Any]]) -> tuple[float, float]:
    """Return points and most points from the last summary in a run notebook."""
    found = re.findall(r"^  sum\s+(\S+) / (\S+)", "\n".join(map(text_of, outputs(cells))), re.M)
    assert found, "the lab shows no summary"
    points, most = found[-1]
    return float(points), float(most)


def faults(cells: list[dict[str, Any]]) -> list[str]:
    return [
        f"{output['ename']}: {output['evalue']}"
        for output in outputs(cells)
        if output["output_type"] == "error"
    ]


def full_marks(name: str) -> float:
    (found,) = [known for known in LABS if name == f"{known.slug}.ipynb"]
    return sum(question.points for question in found.questions)


def drawing(cells: list[dict[str, Any]]) -> int:
    """Return how many code cells draw a figure."""
    code = [cell for cell in cells if cell["cell_type"] == "code"]
    return sum("draw(" in "".join(cell["source"]) for cell in code)


def pictures(cells: list[dict[str, Any]]) -> int:
    return sum("image/png" in output.get("data", {}) for output in outputs(cells))


@pytest.mark.browser
@pytest.mark.slow
@pytest.mark.parametrize("name", after_the_first(NOTEBOOKS))
def test_the_page_opens_the_lab_and_the_untouched_copy_runs(lab: Visit, name: str) -> None:
    page = lab.open(f"labs/student/{Path(name).stem}.html")
    before = time.perf_counter()
    page.locator("a.aimc-lite-run").click()
    page.wait_for_function(HAS_KERNEL)
    cells = run_all(lab)
    # Reported (pytest -rP), not judged: it depends on the machine.
    print(f"{name}: {time.perf_counter() - before:.1f} s from click to all cells run")
    stop = page.locator("[data-jp-item-name=interrupt]")
    assert stop.count() == 0, "nothing hears it; to restart is offered beside it"
    source = json.loads((STUDENT / name).read_text(encoding="utf-8"))["cells"]
    assert ["".join(cell["source"]) for cell in cells] == ["".join(c["source"]) for c in source]
    assert faults(cells) == []
    code = [cell for cell in cells if cell["cell_type"] == "code"]
    assert all(cell["execution_count"] for cell in code)
    assert score(cells) == (0, full_marks(name))
    assert (pictures(cells) > 0) is (name not in ANSWERS_FIRST)
    shown = page.locator(".jp-MarkdownOutput img").all()
    assert all(image.evaluate("image => image.naturalWidth") for image in shown)
    print(f"{name}: {weight(lab, 'lite/') / 1e6:.1f} MB after an explorer, with its data sets")
    leads_to_a_chapter(lab)


NOTHING_STORED = """for (const name of ['localStorage', 'sessionStorage']) {
  Object.defineProperty(window, name, { get() { throw new DOMException('denied'); } });
}"""


@pytest.mark.browser
@pytest.mark.slow
def test_where_nothing_is_stored_a_lab_says_so_and_runs(lab: Visit) -> None:
    lab.page.add_init_script(NOTHING_STORED)
    page = lab.open(f"labs/student/{Path(NOTEBOOKS[0]).stem}.html")
    page.locator("a.aimc-lite-run").click()
    page.get_by_text("This browser keeps nothing for this site").wait_for()
    page.get_by_text("Python is ready.").wait_for(timeout=PATIENCE)
    lab.errors[:] = [each for each in lab.errors if each != "denied"]  # JupyterLab's own


def leads_to_a_chapter(lab: Visit) -> None:
    """Follow the first link of a lab to the book."""
    # Only what is in view is there at all, and the last cell was.
    lab.page.locator(".jp-WindowedPanel-outer").first.evaluate("panel => { panel.scrollTop = 0; }")
    link = lab.page.locator(".jp-MarkdownOutput a[data-commandlinker-args*='book/']").first
    with lab.page.context.expect_page() as opened:
        link.click()
    assert re.search(r"/book/\d-[\w-]+/[\w-]+\.html$", opened.value.url)
    opened.value.wait_for_load_state()
    assert opened.value.locator("article h1").is_visible()
    opened.value.close()


@pytest.mark.browser
@pytest.mark.slow
@pytest.mark.weekly
@pytest.mark.parametrize("name", SOLVED)
def test_the_solution_earns_all_points(lab: Visit, name: str) -> None:
    solution = solution_copy(read_source(ROOT / "labs" / name))
    for cell in solution["cells"]:  # it is opened beside the student copies
        cell["source"] = cell["source"].replace("](../../../labs/", "](../")
    path = f"labs/student/solution-{name}"
    store(lab, path, solution)
    # Opened on another page: what a reader writes stays in the browser.
    start(lab, path)
    cells = run_all(lab)
    assert faults(cells) == []
    assert score(cells) == (full_marks(name), full_marks(name))
    # Every figure is there, also those that wait for an answer.
    assert pictures(cells) == drawing(solution["cells"]) > 0


def type_and_run(visit: Visit, number: int, text: str) -> None:
    """Replace the text of a cell by the keyboard, as a reader does, and run it."""
    visit.page.evaluate(EDIT, number)
    visit.page.keyboard.press("Control+a")
    visit.page.keyboard.insert_text(text)
    visit.page.keyboard.press("Shift+Enter")
    visit.page.wait_for_function(ANSWERED, arg=number)


@pytest.mark.browser
@pytest.mark.slow
@pytest.mark.parametrize("name", NOTEBOOKS[:1])
def test_on_a_phone_the_download_holds_the_answers(phone: Visit, name: str) -> None:
    solution = solution_copy(read_source(ROOT / "labs" / name))["cells"]
    student = json.loads((STUDENT / name).read_text(encoding="utf-8"))["cells"]
    answers = {
        cell["source"]
        for cell in solution
        if 'check("q1"' in cell["source"] or 'check("q2"' in cell["source"]
    }
    assert len(answers) == 2
    page = phone.open(f"labs/student/{Path(name).stem}.html")
    page.locator("a.aimc-lite-run").click()
    page.wait_for_function(HAS_KERNEL)
    for number, cell in enumerate(student):
        source = "".join(cell["source"])
        if "start(" in source:
            type_and_run(phone, number, f"{source}\nprint('begun')")
        for question in ("q1", "q2"):
            if f'check("{question}"' in source:
                (answer,) = [text for text in answers if f'check("{question}"' in text]
                type_and_run(phone, number, answer)
    # Wide enough to work in, and dark as the owner likes it.
    assert page.locator(".jp-Notebook").first.bounding_box()["width"] >= 300
    assert page.evaluate("() => document.body.dataset.jpThemeLight") == "false"
    with page.expect_download() as caught:
        page.get_by_role("button", name="Download").click()
    assert caught.value.suggested_filename == name
    found = json.loads(Path(caught.value.path()).read_text(encoding="utf-8"))
    cells = ["".join(cell["source"]) for cell in found["cells"]]
    assert answers <= set(cells)
    said = "".join(map(text_of, outputs(found["cells"])))
    assert said.count("Right") == 2, said


def open_notebook(visit: Visit, path: str) -> list[str]:
    """Open a notebook and return what stands in its cells."""
    before = time.perf_counter()
    visit.page.goto(f"{visit.base}/{OPEN}?path={path}")
    visit.page.wait_for_function(NOTEBOOK)
    print(f"{path}: the notebook after {time.perf_counter() - before:.1f} s")
    return visit.page.evaluate(SOURCES)


def write_into(visit: Visit, number: int, text: str) -> None:
    """Type at the end of a cell."""
    visit.page.evaluate(EDIT, number)
    visit.page.keyboard.press("Control+End")
    visit.page.keyboard.insert_text(text)


@pytest.mark.browser
@pytest.mark.slow
@pytest.mark.parametrize("name", NOTEBOOKS[:1])
def test_work_is_kept_until_a_fresh_copy_is_wanted(lab: Visit, name: str) -> None:
    path, first = f"labs/student/{name}", lab.page
    untouched = open_notebook(lab, path)
    number = next(k for k, text in enumerate(untouched) if "start(" in text)
    write_into(lab, number, "\n# after a while")
    first.wait_for_timeout(15_000)
    lab.page = first.context.new_page()
    lab.page.set_default_timeout(PATIENCE)
    first.close()  # without a question
    assert open_notebook(lab, path)[number].endswith("# after a while")
    # Sooner than the notebook saves by itself, but not before the page watches over it.
    lab.page.get_by_role("button", name="Fresh copy").wait_for()
    lab.page.on("dialog", lambda dialog: dialog.accept())
    write_into(lab, number, "\n# at the last moment")
    lab.page.locator(".aimc-strip a").first.click()
    lab.page.wait_for_url(f"**/labs/student/{Path(name).stem}.html")
    lab.page.locator("a.aimc-lite-run").click()
    lab.page.wait_for_function(NOTEBOOK)
    # It is taken up once the notebook stands there, and what was saved has been looked at.
    taken_up = f"(k) => ({SOURCES})()[k].endsWith('# after a while\\n# at the last moment')"
    lab.page.wait_for_function(taken_up, arg=number)
    edited = lab.page.evaluate(SOURCES)
    lab.page.reload()
    lab.page.wait_for_function(NOTEBOOK)
    assert lab.page.evaluate(SOURCES) == edited
    lab.page.get_by_role("button", name="Fresh copy").click()
    kept = lab.page.locator(".aimc-kept a")
    kept.wait_for()
    lab.page.wait_for_function(NOTEBOOK)
    assert lab.page.evaluate(SOURCES) == untouched
    kept.click()
    lab.page.wait_for_function(f"() => location.search.includes('kept') && ({NOTEBOOK})()")
    assert lab.page.evaluate(SOURCES) == edited


@pytest.mark.browser
@pytest.mark.slow
@pytest.mark.parametrize("name", NOTEBOOKS[:1])
def test_unsaved_work_does_not_replace_what_was_saved_later(lab: Visit, name: str) -> None:
    path = f"labs/student/{name}"
    number = next(k for k, t in enumerate(open_notebook(lab, path)) if "start(" in t)
    # Before, the page does not watch over the notebook yet.
    lab.page.get_by_role("button", name="Fresh copy").wait_for()
    older = lab.page.evaluate(UNSAVED, number)
    # A save that succeeds, whoever has asked for it, leaves nothing to take up again.
    lab.page.evaluate(PUT_DOWN, [path, older])
    write_into(lab, number, "\n# saved later")
    lab.page.evaluate("() => window.jupyterapp.shell.currentWidget.context.save()")
    assert lab.page.evaluate(f"path => localStorage.getItem({UNSAVED_AT})", path) is None
    # Put down by a tab that was ended before it could save.
    lab.page.evaluate(PUT_DOWN, [path, older])
    open_notebook(lab, path)
    kept = lab.page.locator(".aimc-kept a")
    kept.wait_for()
    assert lab.page.evaluate(SOURCES)[number] == "# of another tab"
    kept.click()
    lab.page.wait_for_function(f"() => location.search.includes('kept') && ({NOTEBOOK})()")
    assert lab.page.evaluate(SOURCES)[number].endswith("# saved later")


# Saving takes long, and the tab goes while it does.
LEFT_WHILE_SAVING = """async (k) => {
  const { context } = window.jupyterapp.shell.currentWidget;
  const { contents } = window.jupyterapp.serviceManager;
  const save = contents.save.bind(contents);
  contents.save = async (...given) => {
    const saved = await save(...given);
    await new Promise((resolve) => setTimeout(resolve, 500));
    return saved;
  };
  const write = (text) => context.model.sharedModel.getCell(k).setSource(text);
  write('# one');
  const saving = context.save();
  await new Promise((resolve) => setTimeout(resolve, 50));
  write('# two');
  await saving;
  const { dirty } = context.model;
  window.dispatchEvent(new Event('pagehide'));
  return dirty;
}"""


@pytest.mark.browser
@pytest.mark.slow
@pytest.mark.parametrize("name", NOTEBOOKS[:1])
def test_what_is_written_during_a_save_is_not_taken_for_saved(lab: Visit, name: str) -> None:
    path = f"labs/student/{name}"
    number = next(k for k, t in enumerate(open_notebook(lab, path)) if "start(" in t)
    assert lab.page.evaluate(LEFT_WHILE_SAVING, number)
    assert open_notebook(lab, path)[number] == "# two"


FULL = """() => {
  window.aimcPut = IDBObjectStore.prototype.put;
  IDBObjectStore.prototype.put = () => { throw new DOMException('full', 'QuotaExceededError'); };
}"""


@pytest.mark.browser
@pytest.mark.slow
@pytest.mark.parametrize("name", NOTEBOOKS[:1])
def test_nothing_is_lost_when_the_reader_thinks_again(lab: Visit, name: str) -> None:
    path = f"labs/student/{name}"
    untouched = open_notebook(lab, path)
    lab.page.once("dialog", lambda dialog: dialog.dismiss())
    lab.page.get_by_role("button", name="Fresh copy").click()
    assert lab.page.evaluate(SOURCES) == untouched
    assert not [file for file in lab.page.evaluate(LISTED) if "kept" in file]
    # A browser that has no room left says so, and nothing is changed.
    said: list[str] = []
    lab.page.on("dialog", lambda dialog: (said.append(dialog.message), dialog.accept()))
    lab.page.evaluate(FULL)
    lab.page.get_by_role("button", name="Fresh copy").click()
    lab.page.wait_for_timeout(2000)
    lab.page.evaluate("() => { IDBObjectStore.prototype.put = window.aimcPut; }")
    assert ["could not keep" in words for words in said] == [False, True]
    assert lab.page.evaluate(SOURCES) == untouched
    # The sign that Python starts goes away when it has.
    state = lab.page.locator(".aimc-state")
    assert re.fullmatch(r"Python starts: \d+ s, of 20 to 60 s", state.inner_text())
    lab.page.wait_for_selector(".aimc-state[data-ready]", state="attached")
    assert lab.page.locator(".aimc-strip progress").is_hidden()
    # What an explorer has not fetched already; data sets come when a cell opens them.
    assert weight(lab, "lite/") < 20e6


@pytest.mark.browser
def test_the_width_of_the_screen_is_known_before_any_script_runs(site: Path) -> None:
    for app in (OPEN, FILES):
        text = (site / app).read_text(encoding="utf-8")
        assert -1 < text.index('name="viewport"') < text.index("<script")


@pytest.mark.browser
def test_an_address_of_an_earlier_edition_leads_to_the_notebook(lab: Visit) -> None:
    lab.page.goto(f"{lab.base}/lite/lab/index.html?path=labs/student/{NOTEBOOKS[1]}")
    lab.page.wait_for_url(f"**/{OPEN}?path=labs/student/{NOTEBOOKS[1]}")
    lab.page.wait_for_function(NOTEBOOK)


@pytest.mark.browser
@pytest.mark.weekly  # answers are compared in test_one_python.py, widgets in test_controls.py
@pytest.mark.parametrize("name", ["explorer.ipynb"])
def test_an_explorer_answers_in_a_notebook(lab: Visit, name: str) -> None:
    text = (
        "from aimc_course.explorers.concepts.memory_wall import MEMORY_WALL\nMEMORY_WALL.interact()"
    )
    cell = {"cell_type": "code", "id": "a", "metadata": {}, "source": text}
    kernel = {"name": "python3", "display_name": "Python 3", "language": "python"}
    notebook = {
        "cells": [cell | {"execution_count": None, "outputs": []}],
        "metadata": {"kernelspec": kernel},
        "nbformat": 4,
        "nbformat_minor": 5,
    }
    store(lab, name, notebook)
    start(lab, name)
    assert faults(run_all(lab)) == []
    output = lab.page.locator(".jp-OutputArea-output.jupyter-widgets, .jp-OutputArea").first
    sentence = output.get_by_text("batch 1,")
    sentence.wait_for()
    output.locator("select").first.select_option("ResNet-9")
    output.get_by_text("ResNet-9,").wait_for()


@pytest.mark.browser
def test_every_lab_page_says_how_to_run_it(visit: Visit) -> None:
    for name in NOTEBOOKS:
        page = visit.open(f"labs/student/{Path(name).stem}.html")
        box = page.locator(".aimc-lite")
        assert box.count() == 1
        assert "press Download" in box.inner_text()
        target = box.locator("a").get_attribute("href") or ""
        assert target.endswith(f"{OPEN}?path=labs/student/{name}")
        assert page.locator(f".dropdown-launch-buttons a[href='{target}']").count() == 1


@pytest.mark.built
@pytest.mark.parametrize("definition", LABS, ids=lambda lab: lab.name)
def test_the_page_of_all_labs_tells_points_and_leads_to_each(site: Path, definition: Any) -> None:
    text = (site / "book" / "labs.html").read_text(encoding="utf-8")
    _, page, rest = text.partition(f'href="../labs/student/{definition.slug}.html"><span')
    assert page, "the page does not lead to the lab"
    found = re.search(r"(\d+) points and", rest)
    assert found is not None
    assert float(found[1]) == full_marks(f"{definition.slug}.ipynb")


@pytest.mark.browser
def test_the_page_of_a_lab_that_needs_torch_offers_other_ways(visit: Visit) -> None:
    assert ELSEWHERE
    for name in ELSEWHERE:
        page = visit.open(f"labs/student/{Path(name).stem}.html")
        box = page.locator(".aimc-lite")
        assert "does not run in a browser" in box.inner_text()
        targets = [link.get_attribute("href") or "" for link in box.locator("a").all()]
        assert len(targets) == 2
        assert all(target.startswith("https://") and name in target for target in targets)
        assert not (SITE / "lite" / "files" / "labs" / "student" / name).exists()
