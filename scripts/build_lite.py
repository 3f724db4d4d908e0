"""Build JupyterLite with the labs: notebooks that run in the reader's browser, with no server.

    python scripts/build_lite.py

makes `_build/lite/site`, which the book's build copies to `lite/` of the site. Nothing is built
when nothing has changed that goes into it. No network is needed once the runtime is in the cache
(scripts/fetch_runtime.py), and no page of the result asks another host for anything.
"""

from __future__ import annotations

import hashlib
import json
import os
import re
import shutil
import subprocess
import sys
from collections.abc import Iterator
from importlib import metadata
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parents[1]
for place in (ROOT / "scripts", ROOT / "book" / "_ext"):
    if str(place) not in sys.path:
        sys.path.append(str(place))

import compile_runtime  # noqa: E402
import fetch_runtime  # noqa: E402
import lite_wheels  # noqa: E402

SETTINGS = ROOT / "book" / "lite"
LABS = "labs/student"
KERNEL = "@jupyterlite/pyodide-kernel-extension"
EXTENSIONS = (KERNEL, "@jupyter-widgets/jupyterlab-manager")
KERNEL_SETTINGS = f"{KERNEL}:kernel"
# Versions that change what is built.
TOOLS = ("jupyterlite-core", "jupyterlite-pyodide-kernel", "jupyterlab-widgets")
# Loaded together, while the notebook opens: what the kernel would install one after the other, and
# what every lab imports in its first cell.
PRELOADED = (
    "micropip",
    "piplite",
    "ssl",
    "sqlite3",
    "ipykernel",
    "comm",
    "pyodide_kernel",
    "jedi",
    "ipython",
    "aimc-answers",
    "aimc-course",
    "aimc",
)
PICTURE = re.compile(r"!\[[^\]]*\]\(([^)\s]+)\)")
TORCH = re.compile(r"^\s*(?:import|from)\s+torch\b", re.MULTILINE)
APPS = ("notebooks", "tree")
OWN = ("site.js", "site.css")
STYLE = '<link rel="stylesheet" href="{}">'
MOVED = """<!DOCTYPE html>
<html lang="en">
  <head>
    <meta charset="utf-8" />
    <title>Labs</title>
    <script>
      location.replace(`../notebooks/index.html${location.search}`);
    </script>
  </head>
</html>
"""
STAMP = "inputs.sha256"
LOCK = "./pyodide/pyodide-lock.json"


def cells(notebook: Path, kind: str) -> Iterator[str]:
    """Yield the text of a notebook's cells of one kind."""
    for cell in json.loads(notebook.read_text(encoding="utf-8"))["cells"]:
        if cell["cell_type"] == kind:
            yield "".join(cell["source"])


def needs_torch(notebook: Path) -> bool:
    """Return whether a lab imports PyTorch, which no browser runs."""
    return any(TORCH.search(text) for text in cells(notebook, "code"))


def labs(root: Path = ROOT) -> list[Path]:
    """Return the labs that run in a browser, as students get them."""
    return [path for path in sorted((root / LABS).glob("*.ipynb")) if not needs_torch(path)]


def pictures(notebook: Path) -> Iterator[Path]:
    """Yield the files of the pictures that a notebook's text shows."""
    for text in cells(notebook, "markdown"):
        for target in PICTURE.findall(text):
            if "://" not in target:
                yield (notebook.parent / target).resolve()


def labextensions() -> Path:
    """Return the folder of JupyterLab's extensions in this environment.

    Raises
    ------
    FileNotFoundError
        If an extension that the site needs is not installed.
    """
    folder = Path(sys.prefix) / "share" / "jupyter" / "labextensions"
    for name in EXTENSIONS:
        if not (folder / name / "package.json").is_file():
            raise FileNotFoundError(f"the extension {name} is not installed; run: make venv book")
    return folder


def build(pyodide: str, root: Path = ROOT, work: Path | None = None) -> Path:
    """Return the folder of the built JupyterLite; build it only when an input has changed.

    Parameters
    ----------
    pyodide : str
        The folder of the shared Pyodide, as seen from JupyterLite's own folder on the site:
        ``../_static/pyodide-…/``.
    root : Path
        The project.
    work : Path, optional
        Where to build; ``_build/lite`` of the project by default.

    Raises
    ------
    RuntimeError
        If the build fails, or a file of the runtime cannot be had.
    """
    work = root / "_build" / "lite" if work is None else work
    site, stamp = work / "site", work / STAMP
    extensions = labextensions()
    runtime = fetch_runtime.ensure("all")
    kernel = extensions / KERNEL / "static" / "pypi"
    wheels = lite_wheels.all_wheels(root, kernel, runtime)
    current = fingerprint(root, pyodide, wheels)
    if stamp.is_file() and stamp.read_text() == current and (site / "index.html").is_file():
        return site
    # All of it is removed, the builder's own notes too: over an old result it loses settings.
    shutil.rmtree(work, ignore_errors=True)
    source = work / "source"
    write_source(source, root, pyodide)
    run_builder(source, site, extensions)
    add_packages(site, root, pyodide, runtime, wheels)
    finish(site, root)
    shutil.rmtree(source)
    (site / STAMP).write_text(current)
    stamp.write_text(current)
    return site


def fingerprint(root: Path, pyodide: str, wheels: list[lite_wheels.Wheel]) -> str:
    """Return a hash of all that the result depends on."""
    sha = hashlib.sha256(pyodide.encode())
    for tool in TOOLS:
        sha.update(f"{tool} {metadata.version(tool)}\n".encode())
    for wheel in wheels:
        sha.update(json.dumps(wheel.entry("")).encode())
    files = {*labs(root), *SETTINGS.iterdir(), fetch_runtime.MANIFEST, Path(__file__)}
    files |= {picture for lab in labs(root) for picture in pictures(lab)}
    files |= {Path(lite_wheels.__file__), *lite_wheels.served(root)}
    for path in sorted(files):
        sha.update(path.name.encode() + b"\0" + path.read_bytes() + b"\0")
    return sha.hexdigest()


def write_source(source: Path, root: Path, pyodide: str) -> None:
    """Write what the builder reads: settings, and the labs with their pictures."""
    for lab in labs(root):
        for path in (lab, *pictures(lab)):
            target = source / "files" / path.relative_to(root)
            target.parent.mkdir(parents=True, exist_ok=True)
            shutil.copyfile(path, target)
    shutil.copy(SETTINGS / "overrides.json", source)
    settings = json.loads((SETTINGS / "jupyter-lite.json").read_text(encoding="utf-8"))
    kernel = settings["jupyter-config-data"]["litePluginSettings"][KERNEL_SETTINGS]
    # Without the leading "./" the kernel never starts.
    kernel["pyodideUrl"] = f"./{pyodide}pyodide.js"
    kernel["loadPyodideOptions"] = {
        "lockFileURL": LOCK,
        "packages": list(PRELOADED),
    }
    (source / "jupyter-lite.json").write_text(json.dumps(settings, indent=1), encoding="utf-8")


def run_builder(source: Path, site: Path, extensions: Path) -> None:
    """Run `jupyter lite build`."""
    settings: dict[str, Any] = json.loads(
        (SETTINGS / "jupyter_lite_config.json").read_text(encoding="utf-8")
    )
    # By name, not all that happen to be installed.
    named = [str(extensions / name) for name in EXTENSIONS]
    settings["LiteBuildConfig"]["federated_extensions"] = named
    config = source / "jupyter_lite_config.json"
    config.write_text(json.dumps(settings), encoding="utf-8")
    command = [sys.executable, "-m", "jupyterlite_core", "build", "--config", str(config)]
    command += ["--lite-dir", str(source), "--output-dir", str(site)]
    done = subprocess.run(command, cwd=source, capture_output=True, text=True, check=False)
    if done.returncode or not (site / "index.html").is_file():
        raise RuntimeError(f"jupyter lite build failed:\n{(done.stdout + done.stderr)[-3000:]}")


def add_packages(
    site: Path, root: Path, pyodide: str, runtime: Path, wheels: list[lite_wheels.Wheel]
) -> None:
    """Put the packages and their lock on the site; what pages load too is not there twice."""
    folder = site / "pyodide"
    folder.mkdir()
    manifest, compiled = fetch_runtime.read_manifest(), compile_runtime.ensure(runtime)
    # Pyodide resolves the names of the lock from its own folder.
    up = "../" * len([part for part in pyodide.split("/") if part not in ("", "..")])
    here = f"{up}lite/pyodide/"
    places = {file.name: "" for file in manifest.of("core")}
    for file in manifest.of("lite"):
        places[file.name] = here
    own = compile_runtime.lock_of((runtime / "pyodide-lock.json").read_bytes(), compiled)
    lock = lite_wheels.lock(own, places, wheels, here)
    named = {Path(entry["file_name"]).name for entry in json.loads(lock)["packages"].values()}
    for file in manifest.of("lite"):
        if file.name in named:
            shutil.copyfile(runtime / file.name, folder / file.name)
    for wheel in wheels:
        (folder / wheel.place).parent.mkdir(exist_ok=True)
        (folder / wheel.place).write_bytes(wheel.data)
    data = site / "data"
    data.mkdir()
    for path in lite_wheels.served(root):
        shutil.copyfile(path, data / lite_wheels.served_as(path))
    # Named by its content: an old page never meets a new list.
    name = f"pyodide-lock-{short_hash(lock)}.json"
    (folder / name).write_bytes(lock)
    settings = site / "jupyter-lite.json"
    text = settings.read_text(encoding="utf-8")
    if LOCK not in text:
        raise RuntimeError(f"jupyter-lite.json is not as expected: it has no {LOCK}")
    settings.write_text(text.replace(LOCK, f"./pyodide/{name}"), encoding="utf-8")
    (folder / "LICENCES.txt").write_text(manifest.licence.lstrip(), encoding="utf-8")


def finish(site: Path, root: Path) -> None:
    """Remove what no reader needs, and put right what the builder leaves to chance."""
    # A browser that runs Python takes the first format of a font, and never asks for the others.
    fonts = [path for path in site.rglob("*.woff2") if path.is_file()]
    older = [path.with_suffix(end) for path in fonts for end in (".eot", ".svg", ".ttf", ".woff")]
    unused = [*site.rglob("*.map"), *site.glob(".jupyterlite.doit.db*"), *older]
    for path in unused:
        path.unlink(missing_ok=True)
    for app in APPS:
        dress(site / app / "index.html")
    for name in OWN:
        shutil.copy(SETTINGS / name, site / name)
    # Where labs were opened until edition 0.10: bookmarks, and pages that a browser still keeps.
    (site / "lab").mkdir(exist_ok=True)
    (site / "lab" / "index.html").write_text(MOVED, encoding="utf-8")
    # JupyterLab puts a notebook's text on the page before it looks up its pictures: for a moment
    # the browser asks for each beside the page.
    for lab in labs(root):
        for picture in pictures(lab):
            inside = Path(os.path.relpath(picture, lab.parent))
            target = (site / "notebooks" / inside).resolve()
            if target.is_relative_to(site.resolve()):
                target.parent.mkdir(parents=True, exist_ok=True)
                shutil.copyfile(picture, target)


def dress(page: Path) -> None:
    """Give a page of JupyterLite its language, its name and what is ours.

    Raises
    ------
    RuntimeError
        If the page is not as expected.
    """
    text = page.read_text(encoding="utf-8")
    ours = '<link rel="icon" href="./favicon.ico" type="image/x-icon">'
    for name in OWN:
        address = f"../{name}?v={short_hash((SETTINGS / name).read_bytes())}"
        kind = '<script src="{}" defer></script>' if name.endswith(".js") else STYLE
        ours += kind.format(address)
    for pattern, new in (
        (r"<html>", '<html lang="en">'),
        (r"<title>[^<]*</title>", "<title>Labs</title>"),
        # After the width of the screen is known, before anything of JupyterLite.
        (r'(?=<link\s+id="jupyter-lite-main")', ours),
    ):
        text, found = re.subn(pattern, new, text, count=1)
        if not found:
            raise RuntimeError(f"{page} is not as expected: it has no {pattern}")
    if text.index('name="viewport"') > text.index("<script"):
        raise RuntimeError(f"{page}: the width of the screen is unknown to its first script")
    text = text.replace("Loading JupyterLite...", "Opening the notebook ...")
    page.write_text(text, encoding="utf-8")


def short_hash(data: bytes) -> str:
    """Return eight hexadecimal digits that stand for the content."""
    return hashlib.sha256(data).hexdigest()[:8]


if __name__ == "__main__":
    import bundle

    static = ROOT / "_build" / "html" / "_static"
    static.mkdir(parents=True, exist_ok=True)
    print(build(bundle.write(ROOT, static)["pyodide"].replace("../", "../_static/", 1)))
