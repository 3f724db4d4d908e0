"""Run and build single pages, without the rest of the book.

    python scripts/build_page.py book/2-devices/04-noise.md

References to other pages stay open and are not warned of. All other warnings, such as a source that
is not in the bibliography, are printed again at the end, with status 1, for they stop the build of
the book. The pages lie in ``_build/page``.
"""

from __future__ import annotations

import argparse
import re
import subprocess
import sys
from pathlib import Path

import yaml

ROOT = Path(__file__).resolve().parent.parent
OUT = ROOT / "_build" / "page"
ROOT_PAGE = "book/intro"
CITED = "book/bibliography"  # where citations lead
PROBLEM = re.compile(r"\b(WARNING|ERROR|CRITICAL|SEVERE): ")
# What a page may name that stands on another one; `aimc_course lint` knows the whole book.
ELSEWHERE = re.compile(
    r"undefined label|unknown document|term not in glossary|failed to create a cross reference"
    r"|reference target not found|equation not found|toctree|not included in any"
)
COLOUR = re.compile(r"\x1b\[[\d;]*m")
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
    chapters = [one for one in chapters if one["file"] != ROOT_PAGE]
    contents = {"format": "jb-book", "root": ROOT_PAGE, "chapters": chapters}
    settings = yaml.safe_load((ROOT / "_config.yml").read_text(encoding="utf-8"))
    toc, config = OUT / "_toc.yml", OUT / "_config.yml"
    toc.write_text(yaml.safe_dump(contents), encoding="utf-8")
    config.write_text(yaml.safe_dump(_absolute(settings), sort_keys=False), encoding="utf-8")
    paths = ["--path-output", str(OUT), "--toc", str(toc), "--config", str(config)]
    run = [sys.executable, "-c", BUILD, "build", str(ROOT), *paths]
    told = []
    with subprocess.Popen(
        run, cwd=ROOT, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True
    ) as building:
        for line in building.stdout or ():
            if PROBLEM.search(line) and not problems(line, names):
                continue
            print(line, end="", flush=True)
            told += problems(line, names)
    for name in names:
        print((OUT / "_build" / "html" / f"{name}.html").relative_to(ROOT))
    if told:
        print("to mend:", *dict.fromkeys(told), sep="\n  ")
    sys.exit(building.returncode or bool(told))


def problems(line: str, names: list[str]) -> list[str]:
    """Return a line of the build's output if it warns of something that these pages can mend."""
    text = COLOUR.sub("", line).strip()
    if not PROBLEM.search(text) or ELSEWHERE.search(text):
        return []
    # Of the page that holds the site together, nothing is said unless it was asked for.
    other = f"{ROOT_PAGE}.md" in text and ROOT_PAGE not in names
    return [] if other else [text]


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
