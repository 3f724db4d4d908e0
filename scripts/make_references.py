"""Write the library's own list of references from the book's bibliography.

`aimc.citations(obj)` names papers by key; so that it helps without the book at hand, the library
carries one line for each that it or the course's code names. Run this after a change of
book/references.bib or of a source that a fact or a study names:

    python scripts/make_references.py
"""

import re
from pathlib import Path

from pybtex.database import Entry, parse_file
from pybtex.richtext import Text

ROOT = Path(__file__).parents[1]
BIBLIOGRAPHY = ROOT / "book" / "references.bib"
SOURCE = ROOT / "src"
OUTPUT = SOURCE / "aimc" / "published" / "tables" / "references.toml"
MOST_AUTHORS = 3


def plain(latex: str) -> str:
    """Return a field without braces and accents' commands."""
    return str(Text.from_latex(latex))


def line(entry: Entry) -> str:
    """Return authors, title, place, year and DOI of an entry in one line."""
    people = entry.persons.get("author", [])
    names = [plain(" ".join(person.last_names)) for person in people]
    if len(names) > MOST_AUTHORS or "others" in names:
        names = [names[0], "et al."]
    fields = entry.fields
    place = next((fields[k] for k in ("journal", "booktitle", "howpublished") if k in fields), "")
    parts = [", ".join(names).replace(", et al.", " et al."), plain(fields["title"]), plain(place)]
    text = ". ".join(part.rstrip(".") for part in parts if part) + f" ({fields['year']})."
    link = f"doi:{fields['doi']}" if "doi" in fields else fields.get("url", "")
    return f"{text} {link}".strip()


def named() -> set[str]:
    """Return what stands in quotes in the library and the course's code."""
    files = [path for path in SOURCE.rglob("*") if path.suffix in {".py", ".toml"}]
    texts = (path.read_text(encoding="utf-8") for path in files if path != OUTPUT)
    return {word for text in texts for word in re.findall(r'"(\w+)"', text)}


def content() -> str:
    """Return the text of the reference file."""
    entries, names = parse_file(str(BIBLIOGRAPHY)).entries, named()
    known = sorted((key, entry) for key, entry in entries.items() if key in names)
    rows = [f'{key} = "{line(entry)}"'.replace("\\", "") for key, entry in known]
    head = "# Written by scripts/make_references.py from book/references.bib.\n"
    return head + "\n".join(rows) + "\n"


if __name__ == "__main__":
    OUTPUT.write_text(content(), encoding="utf-8")
    print(f"{OUTPUT.name}: {len(content().splitlines()) - 1} references")
