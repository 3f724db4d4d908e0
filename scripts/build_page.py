"""Run and build single pages, without the rest of the book.

    python scripts/build_page.py book/2-devices/04-noise.md

References to other pages stay open and are not warned of. The pages lie in ``_build/page``.
"""

from __future__ import annotations

import argparse
import subprocess
import sys
from pathlib import Path

import yaml

ROOT = Path(__file__).resolve().parent.parent
OUT = ROOT / "_build" / "page"
CITED = "book/bibliography"  # where citations lead
BUILD = "from jupyter_book.cli.main import main; main()"


def main() -> None:
    parser = argparse.ArgumentParser(description="Run and build single pages.")
    parser.add_argument("pages", nargs="+", type=Path, help="such as book/2-devices/04-noise.md")
    pages = parser.parse_args().pages
    for page in pages:
        if not (ROOT / page).is_file():
            parser.error(f"{page} is no page: name its file as seen from {ROOT.name}/")
    OUT.mkdir(parents=True, exist_ok=True)
    names = [page.with_suffix("").as_posix() for page in pages]
    chapters = [{"file": name} for name in dict.fromkeys([*names, CITED])]
    contents = {"format": "jb-book", "root": "book/intro", "chapters": chapters}
    settings = yaml.safe_load((ROOT / "_config.yml").read_text(encoding="utf-8"))
    toc, config = OUT / "_toc.yml", OUT / "_config.yml"
    toc.write_text(yaml.safe_dump(contents), encoding="utf-8")
    config.write_text(yaml.safe_dump(_absolute(settings), sort_keys=False), encoding="utf-8")
    paths = ["--path-output", str(OUT), "--toc", str(toc), "--config", str(config)]
    run = [sys.executable, "-c", BUILD, "build", str(ROOT), *paths]
    done = subprocess.run(run, cwd=ROOT, check=False)
    for name in names:
        print((OUT / "_build" / "html" / f"{name}.html").relative_to(ROOT))
    sys.exit(done.returncode)


def _absolute(settings: object) -> object:
    """Return settings whose paths inside the book hold from anywhere."""
    if isinstance(settings, dict):
        return {key: _absolute(value) for key, value in settings.items()}
    if isinstance(settings, list):
        return [_absolute(value) for value in settings]
    if isinstance(settings, str) and settings.startswith("book/") and "*" not in settings:
        return str(ROOT / settings)
    return settings


if __name__ == "__main__":
    main()
