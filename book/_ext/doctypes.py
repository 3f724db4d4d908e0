"""Types in docstrings: every class in them is a link, and every other word is one of a short list.

"int, numpy.random.Generator or torch.Generator, optional" holds two names with a page and three
words of its grammar. A word that is neither a name that can be found nor listed here is taken for
a name, so that the build fails on a slip of the pen. Shapes, choices in braces and quoted strings
are left as they stand.
"""

from __future__ import annotations

import re
from typing import Any

from docutils import nodes
from docutils.parsers.rst.roles import GenericRole
from sphinx.ext.napoleon import NumpyDocstring

# What joins names to a sentence.
GRAMMAR = {"optional", "or", "of", "to", "and", "shape", "same", "such", "each", "two", "that"}
# Not one class each: whatever a library of arrays takes or gives, of any of the libraries.
ARRAYS = {"array", "arrays", "tensor", "ones", "zeros"}
# The plain words for what Python's own glossary explains.
GLOSSARY = {
    "callable": "callable",
    "iterable": "iterable",
    "mapping": "mapping",
    "sequence": "sequence",
    "sequences": "sequence",
}
# Several of a kind: the plural of a class that has a page.
PLURALS = {"floats": "float", "tuples": "tuple"}

TOKEN = re.compile(
    r"""(?P<kept> ``[^`]*`` | `[^`]*`               # already marked up
        | "[^"]*" | '[^']*' | \{[^{}]*\}            # values
        | \bshape\s+SIZES(?:,?\s+or\s+SIZES)*       # a shape: its letters are sizes, not classes
        | \d[\w.]* )
      | (?P<word> [A-Za-z_][\w.]* )""".replace("SIZES", r"\((?:[^()]|\([^()]*\))*\)"),
    re.VERBOSE,
)


def linked(spec: str) -> str:
    """Return the type with reStructuredText around every name in it."""

    def link(match: re.Match[str]) -> str:
        word = match["word"]
        if word is None or word in GRAMMAR or word in ARRAYS:
            return match[0]
        if word in GLOSSARY:
            return rf"\ :py:class:`{word} <glossary.{GLOSSARY[word]}>`\ "
        if word in PLURALS:
            return rf"\ :py:class:`{word} <{PLURALS[word]}>`\ "
        # A name without its module is looked up among the documented ones.
        return rf"\ :py:class:`~{word}`\ " if "." in word else rf"\ :py:class:`.{word}`\ "

    text = TOKEN.sub(link, spec)
    # Sphinx takes a text without any mark-up apart, and each of its pieces for a class.
    return text if text != spec else f":plain:`{spec}`" if spec else spec


class Docstring(NumpyDocstring):
    """A docstring in NumPy's style whose types are links."""

    def _consume_field(self, parse_type: bool = True, prefer_type: bool = False) -> Any:
        name, kind, text = super()._consume_field(parse_type, prefer_type)
        # Without types are the exceptions raised: Sphinx links these itself.
        return name, linked(kind) if parse_type else kind, text

    def _consume_fields(
        self, parse_type: bool = True, prefer_type: bool = False, multiple: bool = False
    ) -> Any:
        # "x_train, y_train : array" are two, among attributes as well.
        return super()._consume_fields(parse_type, prefer_type, multiple or not prefer_type)

    def _consume_inline_attribute(self) -> Any:
        # "Which end is driven: the left or the right." is a sentence, not a type and its text.
        return "", self.__class__(self._dedent(self._consume_to_end()), self._config).lines()


def read(app: Any, what: str, name: str, obj: Any, options: Any, lines: list[str]) -> None:
    """Turn a docstring into reStructuredText, in place of napoleon's own reader."""
    lines[:] = Docstring(list(lines), app.config, app, what, name, obj, options).lines()


def setup(app: Any) -> dict[str, bool]:
    app.setup_extension("sphinx.ext.napoleon")
    app.add_role("plain", GenericRole("plain", nodes.inline))
    app.connect("autodoc-process-docstring", read)
    return {"parallel_read_safe": True, "parallel_write_safe": True}
