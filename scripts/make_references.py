"""Write the library's own list of references from the book's bibliography.

`aimc.citations(obj)` names papers by key; so that it helps without the book at hand, the library
carries one line for each. Run this after a change of book/references.bib:

    python scripts/make_references.py
"""

from pathlib import Path

from pybtex.database import Entry, parse_file
from pybtex.richtext import Text

ROOT = Path(__file__).parents[1]
BIBLIOGRAPHY = ROOT / "book" / "references.bib"
OUTPUT = ROOT / "src" / "aimc" / "published" / "tables" / "references.toml"
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


def content() -> str:
    """Return the text of the reference file."""
    entries = parse_file(str(BIBLIOGRAPHY)).entries
    rows = [f'{key} = "{line(entry)}"'.replace("\\", "") for key, entry in sorted(entries.items())]
    head = "# Written by scripts/make_references.py from book/references.bib.\n"
    return head + "\n".join(rows) + "\n"


if __name__ == "__main__":
    OUTPUT.write_text(content(), encoding="utf-8")
    print(f"{OUTPUT.name}: {len(content().splitlines()) - 1} references")
