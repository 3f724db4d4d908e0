"""The built pages that compute: what stands in them before any script runs, and how heavy it is."""

from __future__ import annotations

import _imp
import gzip
import hashlib
import html
import io
import json
import re
import subprocess
import sys
import tarfile
import zipfile
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import pytest
from served import PAGES, ROOT, TOC, Visit, scripts_of

from aimc_course.explorers import browser_shell as answers

USE = re.compile(r"^```\{explorer\} (?P<target>\S+)\n:alt: (?P<alt>.+)$", re.MULTILINE)
CELL = re.compile(r"^```\{live\}\n(?P<source>.*?)^```$", re.MULTILINE | re.DOTALL)
KILOBYTE, MEGABYTE = 1_000, 1_000_000
FIRST_PAGE, RUNTIME = 400 * KILOBYTE, 10 * MEGABYTE  # bytes, gzipped
LIBRARY = 320 * KILOBYTE
PART5 = 120 * KILOBYTE


def text_of(name: str) -> str:
    path = ROOT / f"{name}.md"
    return path.read_text(encoding="utf-8") if path.is_file() else ""


EXPLORERS = [(n, m["target"], m["alt"]) for n in PAGES for m in USE.finditer(text_of(n))]
CELLS = [(n, m["source"]) for n in PAGES for m in CELL.finditer(text_of(n))]
in_book = pytest.mark.parametrize(("name", "target", "alt"), EXPLORERS)


def section(site: Path, name: str, target: str) -> str:
    text = (site / f"{name}.html").read_text(encoding="utf-8")
    found = re.findall(
        rf'<section class="aimc-explorer"[^>]*data-target="{target}".*?</section>', text, re.DOTALL
    )
    assert len(found) == 1
    return str(found[0])


def part(text: str, tag: str, name: str) -> str:
    found = re.search(
        rf'<{tag}[^>]* class="aimc-explorer-{name}"[^>]*>(.*?)</{tag}>', text, re.DOTALL
    )
    found = found or re.search(
        rf'<{tag} class="aimc-explorer-{name}">(.*?)</{tag}>', text, re.DOTALL
    )
    assert found is not None, name
    return found[1]


def assert_close(one: Any, other: Any) -> None:
    """Compare trees; numbers may differ as two builds of NumPy do."""
    if isinstance(one, dict):
        assert one.keys() == other.keys()
        for key in one:
            assert_close(one[key], other[key])
    elif isinstance(one, list):
        assert len(one) == len(other)
        for a, b in zip(one, other, strict=True):
            assert_close(a, b)
    elif isinstance(one, float):
        assert one == pytest.approx(other, rel=1e-6, abs=1e-12)
    else:
        assert one == other


def test_book_has_explorers_and_live_cells() -> None:
    assert len({target for _, target, _ in EXPLORERS}) >= 4
    assert len(CELLS) >= 3


@pytest.mark.book
@in_book
def test_page_declares_what_the_library_declares(
    site: Path, name: str, target: str, alt: str
) -> None:
    text, explorer = section(site, name, target), answers.find(target)
    assert f'id="explorer-{explorer.name.replace("_", "-")}"' in text
    assert 'data-state="static"' in text
    declared = json.loads(part(text, "script", "declaration"))
    assert declared == json.loads(json.dumps(explorer.declaration()))


@pytest.mark.book
@in_book
def test_default_answer_is_the_librarys(site: Path, name: str, target: str, alt: str) -> None:
    text, answer = section(site, name, target), answers.find(target).answer()
    shown = json.loads(part(text, "script", "default"))
    assert_close(shown, answers.plain(answer.as_json()))
    assert html.unescape(part(text, "p", "sentence")) == answer.sentence


@pytest.mark.book
@in_book
def test_page_is_complete_without_script(site: Path, name: str, target: str, alt: str) -> None:
    text, explorer = section(site, name, target), answers.find(target)
    image = re.search(r'<img src="([^"]+)" width="(\d+)" height="(\d+)" alt="([^"]+)"', text)
    assert image is not None
    assert html.unescape(image[4]) == alt
    assert len(alt) > 40
    picture = (site / name).parent.joinpath(image[1]).read_bytes()
    assert picture.startswith(b"\x89PNG")
    assert hashlib.sha256(picture).hexdigest()[:8] in image[1]
    code = re.search(r"<details.*?<code>(.*?)</code>", text, re.DOTALL)
    assert code is not None
    assert html.unescape(code[1]) == explorer.source


@pytest.mark.book
@pytest.mark.parametrize("name", sorted({name for name, _ in CELLS}))
def test_live_cells_stand_in_the_page(site: Path, name: str) -> None:
    text = (site / f"{name}.html").read_text(encoding="utf-8")
    found = re.findall(
        r'<section class="aimc-live" data-state="static"><pre>(.*?)</pre>', text, re.DOTALL
    )
    assert [html.unescape(s).strip() for s in found] == [s.strip() for n, s in CELLS if n == name]


@pytest.mark.parametrize(("name", "source"), CELLS)
def test_live_cells_run_and_show_something(name: str, source: str) -> None:
    result = json.loads(answers.run(source))
    assert result["error"] is None
    assert result["stdout"] or result["charts"]


@pytest.mark.book
def test_only_pages_that_compute_load_scripts_for_it(site: Path) -> None:
    for name in PAGES:
        text = (site / f"{name}.html").read_text(encoding="utf-8")
        for script, users in (("explorer", EXPLORERS), ("live", CELLS)):
            named = f"{scripts_of(site).name}/{script}.mjs"
            assert (named in text) == (name in {user[0] for user in users}), name


def settings(site: Path) -> dict[str, Any]:
    text = (scripts_of(site) / "config.json").read_text(encoding="utf-8")
    return dict(json.loads(text))


@pytest.mark.book
def test_names_carry_hashes_and_nothing_else_lies_about(site: Path) -> None:
    config, static = settings(site), site / "_static"
    pyodide, library = (scripts_of(site) / config[key] for key in ("pyodide", "library"))
    assert [p.resolve() for p in static.glob("pyodide-*")] == [pyodide.resolve()]
    part5 = scripts_of(site) / config["part5"]["file"]
    held = {library.resolve(), part5.resolve()}
    assert {p.resolve() for p in static.glob("aimc-*.zip")} == held
    assert re.fullmatch(r"pyodide-[0-9a-f]{8}", pyodide.resolve().name)
    digest = hashlib.sha256(library.read_bytes()).hexdigest()[:8]
    assert library.name == f"aimc-{digest}.zip"
    sys.path.insert(0, str(ROOT / "book" / "_ext"))
    import bundle

    assert scripts_of(site).name == bundle.live_folder(ROOT), "the site has other scripts"
    assert not (static / "live").exists()


@pytest.mark.book
def test_runtime_is_the_manifests_and_asks_no_other_host(site: Path) -> None:
    from compile_runtime import names
    from fetch_runtime import ensure, read_manifest

    folder, source = scripts_of(site) / settings(site)["pyodide"], ensure("core")
    for file in read_manifest().of("core"):
        data = (folder / file.name).read_bytes()
        if file.name == "pyodide-lock.json":
            listed = json.loads(data)["packages"].values()
            assert listed
            for entry in listed:
                held = (folder / entry["file_name"]).read_bytes()
                assert entry["sha256"] == hashlib.sha256(held).hexdigest()
        elif file.name in names(source):
            assert_made_from(source / file.name, folder / file.name)
        else:
            assert file.fault(data) == ""
    assert (folder / "LICENCES.txt").is_file()
    assert (site / "_static" / "aimc-LICENSE.txt").read_bytes() == (ROOT / "LICENSE").read_bytes()


def assert_made_from(source: Path, made: Path) -> None:
    """An archive holds the source's files, or what was compiled from just these sources."""
    with zipfile.ZipFile(source) as old, zipfile.ZipFile(made) as new:
        originals = {name for name in old.namelist() if not name.endswith(("/", ".a", ".h"))}
        compiled = {name for name in new.namelist() if name.endswith(".pyc")} - originals
        assert len(compiled) > 50
        assert {n.removesuffix("c") if n in compiled else n for n in new.namelist()} == originals
        for name in new.namelist():
            data = new.read(name)
            if name in compiled:
                magic, kind, digest = data[:4], data[4:8], data[8:16]
                assert kind == bytes((1, 0, 0, 0)), "Python would look for its source"
                number = int.from_bytes(magic, "little")
                assert digest == _imp.source_hash(number, old.read(name.removesuffix("c"))), name
            else:
                assert data == old.read(name), name


@pytest.mark.book
def test_library_archive_is_this_library_and_the_same_each_time(site: Path) -> None:
    sys.path.insert(0, str(ROOT / "book" / "_ext"))
    import bundle

    data = (scripts_of(site) / settings(site)["library"]).read_bytes()
    same = bundle.archive(bundle.library_files(ROOT)) == data  # pytest would compare byte by byte
    assert same, "the site was built from other sources: build the book again"
    assert len(data) < LIBRARY
    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        assert {entry.date_time for entry in archive.infolist()} == {bundle.DATE}
        inner = io.BytesIO(archive.read(bundle.TAR))
    with tarfile.open(fileobj=inner) as tar:
        names = set(tar.getnames())
    for needed in (
        "aimc_course/explorers/browser_shell.py",
        "aimc/published/tables/a_chip.toml",
        "array_api_compat/__init__.py",
    ):
        assert needed in names
    assert not [name for name in names if "/data/" in name or "__pycache__" in name]


@pytest.mark.book
def test_a_picture_of_matplotlib_is_refused_with_the_way_out(site: Path, tmp_path: Path) -> None:
    with zipfile.ZipFile(scripts_of(site) / settings(site)["library"]) as archive:
        inner = io.BytesIO(archive.read(archive.namelist()[0]))
    with tarfile.open(fileobj=inner) as tar:
        tar.extractall(tmp_path, filter="data")
    code = (
        "import json\n"
        "from aimc_course.explorers.browser_shell import run\n"
        "cell = \"from aimc.plots import draw\\ndraw(Chart('', '', '', ()))\"\n"
        "print(json.loads(run(cell))['error'])\n"
    )
    command = [sys.executable, "-c", code]
    told = subprocess.run(command, cwd=tmp_path, env={"PYTHONPATH": str(tmp_path)},
                          capture_output=True, text=True, check=True).stdout  # fmt: skip
    assert "show(chart)" in told


@pytest.mark.book
def test_what_the_last_part_alone_needs_has_an_archive_of_its_own(site: Path) -> None:
    sys.path.insert(0, str(ROOT / "book" / "_ext"))
    import bundle

    data = (scripts_of(site) / settings(site)["part5"]["file"]).read_bytes()
    same = bundle.archive(bundle.part5_files(ROOT), bundle.PART5_TAR) == data
    assert same, "the site was built from other sources: build the book again"
    assert len(data) < PART5
    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        inner = io.BytesIO(archive.read(bundle.PART5_TAR))
    with tarfile.open(fileobj=inner) as tar:
        names = set(tar.getnames())
    for place in bundle.PART5:
        assert (place if place.endswith(".py") else f"{place}/__init__.py") in names
    assert not names & {name for name, _ in bundle.library_files(ROOT)}


def test_each_place_of_the_last_part_is_named_by_a_word_that_brings_it() -> None:
    sys.path.insert(0, str(ROOT / "book" / "_ext"))
    import bundle

    for place in bundle.PART5:
        module = place.removesuffix(".py").replace("/", ".")
        assert any(word in module for word in bundle.PART5_WORDS), module


@pytest.mark.book
def test_runtime_is_small(site: Path) -> None:
    config = settings(site)
    folder = scripts_of(site)
    files = [folder / config["library"]]
    files += [folder / config["pyodide"] / n for n in config["sizes"] if not n.startswith("aimc-")]
    assert sum(len(gzip.compress(file.read_bytes())) for file in files) < RUNTIME


@pytest.mark.browser
def test_first_page_is_small(visit: Visit, site: Path) -> None:
    page = visit.open(f"{TOC['root']}.html")
    page.wait_for_load_state("networkidle")
    paths = {urlsplit(url).path for url in visit.requests if url.startswith(visit.base)}
    sizes = {path: len(gzip.compress((site / path[1:]).read_bytes())) for path in paths}
    assert len(sizes) > 5
    heaviest = sorted(((size, path) for path, size in sizes.items()), reverse=True)[:5]
    assert sum(sizes.values()) < FIRST_PAGE, heaviest


@pytest.mark.browser
def test_nothing_of_the_runtime_is_loaded_before_it_is_needed(visit: Visit) -> None:
    page = visit.open(f"{EXPLORERS[0][0]}.html")
    page.wait_for_load_state("networkidle")
    assert visit.asked("/pyodide-", ".zip") == []


@pytest.mark.browser
def test_fonts_hold_every_icon_of_the_page(visit: Visit, site: Path) -> None:
    from fontTools.ttLib import TTFont

    page = visit.open(f"{EXPLORERS[0][0]}.html")
    letters = page.evaluate(
        """() => [...document.querySelectorAll('i, span')].flatMap((element) => {
          const icon = getComputedStyle(element, '::before');
          const private_use = icon.content.match(/[\ue000-\uf8ff]/);
          return icon.fontFamily.includes('Awesome') && private_use ? [private_use[0]] : [];
        })"""
    )
    assert len(set(letters)) > 5
    fonts = list((site / "_static" / "vendor" / "fontawesome").rglob("*.woff"))
    assert len(fonts) >= 3
    drawn = {code for font in fonts for code in TTFont(font).getBestCmap()}
    assert {hex(ord(letter)) for letter in letters} <= {hex(code) for code in drawn}
