"""The execution cache must not lie: a changed library changes the pages that show its numbers."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest
from served import ROOT, leave_out_lite

PAGE = """---
jupytext:
  text_representation:
    extension: .md
    format_name: myst
    format_version: 0.13
kernelspec:
  display_name: Python 3
  language: python
  name: python3
---
# A page that prints a constant of the library

```{code-cell} ipython3
import aimc
print("shown:", aimc.__version__)
```
"""
PATTERN = re.compile(r"shown: ([\w.]+)")


def make_book(folder: Path) -> tuple[str, str]:
    """Run `make book` in a copy of the project; return what its page shows and the log."""
    environment = os.environ | {"PYTHONPATH": str(folder / "src")}
    # The packages are those that the tests run with: nothing is installed again for the copy.
    installed = f"{sys.prefix}/.installed-book"
    done = subprocess.run(
        ["make", "book", f"VENV={sys.prefix}", f"--old-file={installed}"],
        cwd=folder,
        env=environment,
        capture_output=True,
        text=True,
        timeout=300,
        check=False,
    )
    assert done.returncode == 0, done.stdout[-3000:] + done.stderr[-3000:]
    html = (folder / "_build" / "html" / "book" / "page.html").read_text(encoding="utf-8")
    match = PATTERN.search(re.sub(r"<[^>]+>", "", html))
    assert match is not None
    return match[1], done.stdout + done.stderr


@pytest.mark.book
@pytest.mark.slow
def test_changed_library_changes_the_page(tmp_path: Path) -> None:
    project = tmp_path / "project"
    # The whole project but its pages, drawings and tests: a book of one page is quick to build.
    left_out = (
        ".git",
        "[a-z]*-*.py",
        ".venv",
        "_build",
        "tests",
        "__pycache__",
        "*.egg-info",
        ".*_cache",
        "*.md",
    )
    shutil.copytree(ROOT, project, ignore=shutil.ignore_patterns(*left_out))
    (project / "_toc.yml").write_text("format: jb-book\nroot: book/page\n", encoding="utf-8")
    leave_out_lite(project)
    (project / "book" / "page.md").write_text(PAGE, encoding="utf-8")
    package = project / "src" / "aimc" / "__init__.py"

    first, _ = make_book(project)
    text = package.read_text(encoding="utf-8")
    assert f'"{first}"' in text
    again, log = make_book(project)
    assert again == first
    assert "executed again" not in log

    package.write_text(text.replace(f'"{first}"', '"99.0"'), encoding="utf-8")
    changed, log = make_book(project)
    assert changed == "99.0"
    assert "executed again" in log
