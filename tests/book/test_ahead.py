"""Notebooks of pages run side by side before the pages are read, and are not run again."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

pytestmark = [pytest.mark.book, pytest.mark.slow]

EXTENSIONS = Path(__file__).resolve().parents[2] / "book" / "_ext"
CONFIG = f"""
import sys
sys.path.insert(0, {str(EXTENSIONS)!r})
import ahead
extensions = ["myst_nb", "ahead"]
nb_execution_mode = "cache"
nb_execution_excludepatterns = ["left.md"]
exclude_patterns = ["_build"]
ahead.os.cpu_count = lambda: 2
"""
PAGE = """---
file_format: mystnb
kernelspec:
  display_name: Python 3
  language: python
  name: python3
---
# {name}

```{{code-cell}} ipython3
{code}
```
"""
# Each waits for the other to begin: one after the other, neither would end.
MEET = """
import pathlib, time
pathlib.Path("{name}.begun").write_text("")
end = time.monotonic() + 60
while not pathlib.Path("{other}.begun").exists():
    assert time.monotonic() < end, "the other has not begun"
    time.sleep(0.05)
with open("{name}.runs", "a") as file:
    print("once", file=file)
print("{name} met {other}")
"""


def build(folder: Path, *options: str) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-m", "sphinx", "-b", "html", ".", "_build/html", *options]
    return subprocess.run(
        command, cwd=folder, capture_output=True, text=True, timeout=200, check=False
    )


@pytest.fixture
def book(tmp_path: Path) -> Path:
    (tmp_path / "conf.py").write_text(CONFIG, encoding="utf-8")
    (tmp_path / "plain.md").write_text("# Plain\n\nNo code.\n", encoding="utf-8")
    listed = "# Book\n\n```{toctree}\n:glob:\n*\n```\n"
    (tmp_path / "index.md").write_text(listed, encoding="utf-8")
    return tmp_path


def write(folder: Path, name: str, code: str) -> None:
    (folder / f"{name}.md").write_text(PAGE.format(name=name, code=code), encoding="utf-8")


def test_pages_run_side_by_side_and_once(book: Path) -> None:
    write(book, "one", MEET.format(name="one", other="two"))
    write(book, "two", MEET.format(name="two", other="one"))
    write(book, "left", "open('left.runs', 'w')")
    done = build(book, "-W")
    assert done.returncode == 0, done.stdout + done.stderr
    assert "one met two" in (book / "_build" / "html" / "one.html").read_text(encoding="utf-8")
    for name in ("one", "two"):
        assert (book / f"{name}.runs").read_text() == "once\n"
    assert not (book / "left.runs").exists()
    # Another page, all read again: what the cache holds does not run again.
    write(book, "three", "print(1 + 2)")
    assert build(book, "-W", "-a", "-E").returncode == 0
    assert (book / "one.runs").read_text() == "once\n"


def test_a_page_that_fails_is_reported_as_ever(book: Path) -> None:
    write(book, "good", "print('fine')")
    write(book, "bad", "1 / 0")
    done = build(book)
    assert "bad.md" in done.stderr
    assert "Executing notebook failed" in done.stderr
    assert "fine" in (book / "_build" / "html" / "good.html").read_text(encoding="utf-8")
    assert build(book, "-W", "-E").returncode != 0
