"""Two works of the same authors and year are told apart by a letter."""

from __future__ import annotations

from pathlib import Path

import pytest

pytestmark = pytest.mark.book
EXTENSIONS = Path(__file__).resolve().parents[2] / "book" / "_ext"

WORKS = """
@article{first, author = {Le Gallo, M. and Sebastian, A. and Cherubini, G.}, year = {2018}}
@article{alone, author = {Le Gallo, M. and Sebastian, A.}, year = {2018}}
@article{later, author = {Le Gallo, M. and others}, year = {2019}}
@article{second, author = {Le Gallo, M. and others}, year = {2018}}
"""


def test_a_letter_tells_works_apart_that_are_printed_alike(monkeypatch):
    pybtex = pytest.importorskip("pybtex.database")
    pytest.importorskip("sphinxcontrib.bibtex")
    monkeypatch.syspath_prepend(str(EXTENSIONS))
    import citations

    entries = pybtex.parse_string(WORKS, "bibtex").entries
    for _ in range(2):  # a later build begins with the letters of the one before
        citations.tell_apart(entries.values())
        years = {key: entry.fields["year"] for key, entry in entries.items()}
        assert years == {"first": "2018a", "alone": "2018", "later": "2019", "second": "2018b"}
