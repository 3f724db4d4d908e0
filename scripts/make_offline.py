"""Pack the built site as one archive that works without a network.

    python scripts/make_offline.py [SITE] [ARCHIVE]

SITE is `_build/html` unless named, ARCHIVE is `_build/aimc-offline.zip`. The archive is the same to
the byte whenever the site is. Notebooks to download have no outputs in it, since the pages show
them. Opened from disk, the pages can be read; a browser lets pages run Python only if they come
from a web server, which may be Python's own.
"""

from __future__ import annotations

import json
import os
import sys
import zipfile
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
SITE = ROOT / "_build" / "html"
ARCHIVE = ROOT / "_build" / "aimc-offline.zip"
DATE = (2020, 1, 1, 0, 0, 0)
README = "README.txt"
# Already compressed: packing them again costs time and saves nothing.
PACKED = {".gz", ".jpg", ".png", ".tgz", ".webp", ".whl", ".woff", ".woff2", ".zip"}
TEXT = """\
Analog In-Memory Computing for Deep Learning
============================================

This folder is the whole course site. It needs no network.

To read
    Open index.html with a double click. Text, equations, figures and quizzes are
    there; each explorer shows its picture and what is to be seen in it.

To compute as well
    Browsers let a page run Python only if it comes from a web server. Python has
    one built in. In a terminal, in this folder:

        python -m http.server --bind 127.0.0.1 8000

    (on some systems the first word is python3, on Windows py), then open

        http://127.0.0.1:8000/

    Now explorers answer and code cells run, in your browser alone. Stop the
    server with Ctrl-C.

Text and figures: CC BY 4.0. Code: Apache License 2.0.
"""


class NotBuiltError(RuntimeError):
    """There is no complete site to pack."""


def site_files(site: Path) -> list[Path]:
    """Return the files of a built site, sorted by name.

    What builders leave for themselves, and maps that lead a debugger to sources that are not on the
    site, are not among them.

    Raises
    ------
    NotBuiltError
        If the site was not built.
    """
    for needed in ("index.html", "_static", "searchindex.js"):
        if not (site / needed).exists():
            raise NotBuiltError(f"{site} holds no {needed}: build the site first, with: make book")
    files = [path for path in site.rglob("*") if path.is_file()]
    shown = [
        path
        for path in files
        if not path.name.startswith(".") and path.name != README and path.suffix != ".map"
    ]
    return sorted(shown, key=lambda path: path.relative_to(site).as_posix())


def pack(site: Path = SITE, archive: Path = ARCHIVE) -> int:
    """Write the archive and return its size in bytes.

    Parameters
    ----------
    site : Path
        The built site.
    archive : Path
        File to write; it is whole or not there.

    Raises
    ------
    NotBuiltError
        If the site was not built.
    """
    files = site_files(site)
    archive.parent.mkdir(parents=True, exist_ok=True)
    part = archive.with_name(f".{archive.name}.part")
    with zipfile.ZipFile(part, "w") as out:
        _add(out, README, TEXT.encode("utf-8"))
        for path in files:
            name = path.relative_to(site).as_posix()
            _add(out, name, _to_run(name, path.read_bytes()))
    os.replace(part, archive)
    return archive.stat().st_size


def _to_run(name: str, data: bytes) -> bytes:
    """Return a file; notebooks to download come without outputs, which their pages show."""
    if not (name.startswith("_sources/") and name.endswith(".ipynb")):
        return data
    notebook = json.loads(data)
    for cell in notebook["cells"]:
        if cell["cell_type"] == "code":
            cell |= {"outputs": [], "execution_count": None}
    return (json.dumps(notebook, indent=1, ensure_ascii=False) + "\n").encode("utf-8")


def _add(out: zipfile.ZipFile, name: str, data: bytes) -> None:
    entry = zipfile.ZipInfo(name, DATE)
    entry.create_system = 3  # or the bytes would depend on the system that packs
    entry.external_attr = 0o644 << 16
    packed = Path(name).suffix in PACKED
    entry.compress_type = zipfile.ZIP_STORED if packed else zipfile.ZIP_DEFLATED
    out.writestr(entry, data, compresslevel=None if packed else 9)


def main(arguments: list[str]) -> int:
    if len(arguments) > 2 or any(word.startswith("-") for word in arguments):
        print(__doc__)
        return 2
    named = [Path(word) for word in arguments]
    site, archive = [*named, *(SITE, ARCHIVE)[len(named) :]]
    try:
        size = pack(site, archive)
    except NotBuiltError as error:
        print(error, file=sys.stderr)
        return 1
    print(f"{archive}: {size / 1e6:.1f} MB")
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
