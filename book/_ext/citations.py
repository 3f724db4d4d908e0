"""Citations by author and year that print "et al." for "and others" of the bibliography, too.

The style of sphinxcontrib-bibtex shortens three names and more; an entry that names one author "and
others" has two for it. Works that would then be printed alike get a letter behind the year, in the
text and in the bibliography.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, field
from string import ascii_lowercase
from typing import Any

from pybtex.database import Entry
from pybtex.style.template import node
from sphinxcontrib.bibtex.plugin import register_plugin
from sphinxcontrib.bibtex.style.referencing import PersonStyle
from sphinxcontrib.bibtex.style.referencing.author_year import AuthorYearReferenceStyle


@node
def _counted(children: Any, data: dict[str, Any], names: Any) -> Any:
    """Format names of an entry in which "and others" counts as two."""
    entry = data["entry"]
    people = entry.persons.get("author", [])
    if people and str(people[-1]) == "others":
        more = Entry(entry.type, entry.fields, {**entry.persons, "author": [*people, people[-1]]})
        more.key = entry.key
        data = {**data, "entry": more}
    return names.format_data(data)


@dataclass
class EtAl(PersonStyle):
    """Last names, shortened as soon as others are meant."""

    def names(self, role: str, full: bool) -> Any:
        """Return the template of names."""
        return _counted(names=super().names(role, full))

    def author_or_editor_or_title(self, full: bool) -> Any:
        """Return the template of names, or of a title where nobody is named."""
        return _counted(names=super().author_or_editor_or_title(full))


@dataclass
class AuthorYear(AuthorYearReferenceStyle):
    """Author and year."""

    person: PersonStyle = field(default_factory=EtAl)


def _printed(entry: Any) -> tuple[str, ...]:
    """Return the names of an entry, as far as the text prints them, and its year."""
    people = entry.persons.get("author", [])
    names = [" ".join((*person.prelast_names, *person.last_names)) for person in people]
    if len(names) > 2 or names[1:] == ["others"]:
        names = [names[0], "et al."]
    return (*names, entry.fields.get("year", "").rstrip(ascii_lowercase))


def tell_apart(entries: Iterable[Any]) -> None:
    """Add a letter to the year of each entry that is printed like another, in their order."""
    alike = defaultdict(list)
    for entry in entries:
        alike[_printed(entry)].append(entry)
    for (*_, year), works in alike.items():
        if len(works) > 1:
            for letter, entry in zip(ascii_lowercase, works, strict=False):
                entry.fields["year"] = f"{year}{letter}"


def _tell_apart(app: Any) -> None:
    tell_apart(app.env.get_domain("cite").bibdata.data.entries.values())


def setup(app: Any) -> dict[str, Any]:
    """Add the style ``author_year_et_al``."""
    register_plugin("sphinxcontrib.bibtex.style.referencing", "author_year_et_al", AuthorYear)
    # after the bibliography has been read, which is done at the same event
    app.connect("builder-inited", _tell_apart, priority=900)
    return {"parallel_read_safe": True, "parallel_write_safe": True}
