"""Published numbers in the text: the roles ``fact`` and ``fact-row``, and two directives.

``{fact}`A031` `` prints value, unit and citation; ``A031|bare`` leaves the citation out,
``A031|value`` the unit as well. ``{fact-row}`A031` `` prints the quantity too. The directive
``facts`` makes a table of the facts it names, ``claims`` the page of all of them, with the pages
that use each, of the published curves, of the results reproduced, and of the causes given for
simulated results. A fact that this course knows second-hand, or worked out itself, carries a mark.
"""

from __future__ import annotations

import json
import os
import re
import statistics
from collections.abc import Iterable
from importlib import resources
from pathlib import Path
from typing import Any, ClassVar

from docutils import nodes
from docutils.parsers.rst import directives, roles
from docutils.parsers.rst.languages import en as english
from sphinx import addnodes
from sphinx.util import logging
from sphinx.util.docutils import SphinxDirective, SphinxRole

from aimc import published
from aimc.published import Curve, Fact
from aimc_course.authoring.lint.references import FORMS

logger = logging.getLogger(__name__)

WORDS = {
    "primary": "in the paper",
    "primary-inferred": "in the paper, place inferred",
    "secondary": "second-hand",
    "derived": "derived here",
}
MARKS = {
    "primary-inferred": ("‡", "In the paper, but which bar or column it belongs to is inferred"),
    "secondary": ("†", "Reported second-hand: seen in an abstract or a summary, not in the paper"),
    "derived": ("∗", "Derived by this course from published numbers"),
}
STYLE = """\
a.aimc-fact, a.aimc-fact:visited { color: inherit; text-decoration: underline dotted; }
a.aimc-fact:hover, a.aimc-fact:focus { text-decoration: underline; }
abbr.aimc-mark { border: 0; text-decoration: none; cursor: help; }
.aimc-facts :is(td, th) { vertical-align: top; text-align: start; min-width: 6rem; }
.aimc-facts th.stub:not(.head) { font-weight: normal; min-width: 11rem; }
table.aimc-facts.aimc-facts tbody tr:nth-child(n) { background: transparent; }
.aimc-facts tbody tr { border-block-end: 1px solid; }
.aimc-facts :is(.aimc-id, .aimc-context) { font-size: 0.85em; }
.aimc-facts .aimc-context { display: block; min-width: 14rem; }
.aimc-facts td:nth-child(3):last-child, .aimc-facts td .aimc-context { min-width: 9.5rem; }
.aimc-facts tr:target { outline: 3px solid currentColor; outline-offset: -3px; }
"""
STYLE_FILE = "aimc-facts.css"
CAUSES = Path(__file__).parents[2] / "tests" / "causes"


class FactText(nodes.Inline, nodes.TextElement):
    """The value of a fact in running text; on the web a link to its row of the claims page."""


class FactMark(nodes.Inline, nodes.TextElement):
    """The sign of a fact that does not stand as such in a paper."""


class FactUses(nodes.Inline, nodes.TextElement):
    """Place of the links to the pages that use a fact; filled when all pages are read."""


def spoken(fact: Fact) -> str:
    """Return what a pointer over the number tells."""
    parts = [fact.quantity, fact.context]
    if fact.how:
        parts.append(f"Derived: {fact.how}")
    return ". ".join(part.rstrip(".") for part in parts if part)


def mark(fact: Fact) -> list[nodes.Node]:
    """Return the sign after a fact that is not printed as such in a paper."""
    if fact.confidence not in MARKS:
        return []
    sign, title = MARKS[fact.confidence]
    return [FactMark("", sign, title=title)]


def citation(keys: Iterable[str], env: Any, inliner: Any, lineno: int) -> list[nodes.Node]:
    """Return what the role ``cite`` makes of these keys, so that they count as cited."""
    role, _ = roles.role("cite", english, lineno, inliner.reporter)
    if role is None:
        raise RuntimeError("facts need the extension sphinxcontrib.bibtex")
    text = ",".join(keys)
    made, messages = role("cite", f":cite:`{text}`", text, lineno, inliner, {}, [])
    return [*made, *messages]


def note_use(env: Any, fact: Fact) -> str:
    """Remember that the page in hand uses the fact; return an anchor for the place."""
    if not hasattr(env, "aimc_fact_uses"):
        env.aimc_fact_uses = {}
    anchor = f"fact-{fact.id.lower()}-{env.new_serialno('aimc-fact')}"
    env.aimc_fact_uses.setdefault(env.docname, []).append((fact.id, anchor))
    note_data(env)
    return anchor


def note_data(env: Any) -> None:
    """Read the page again when the table of facts changes."""
    folder = resources.files("aimc.published").joinpath("tables")
    for path in sorted(Path(str(folder)).glob("*.toml")):
        env.note_dependency(os.path.relpath(path, env.srcdir))


class FactRole(SphinxRole):
    """A fact in running text."""

    def run(self) -> tuple[list[nodes.Node], list[nodes.system_message]]:
        """Read id and form, and print the fact."""
        identifier, _, form = (part.strip() for part in self.text.partition("|"))
        if form not in FORMS:
            return self._problem(f"form of a fact must be 'bare' or 'value', got {form!r}")
        try:
            fact = published.fact(identifier)
        except published.UnknownFactError as error:
            return self._problem(str(error))
        return self.render(fact, form), []

    def render(self, fact: Fact, form: str) -> list[nodes.Node]:
        """Return the nodes of the fact in one of the `FORMS`."""
        shown = fact.value if form == "value" else fact.text
        text = FactText("", shown, fact=fact.id, title=spoken(fact))
        text["ids"].append(note_use(self.env, fact))
        out: list[nodes.Node] = [text, *mark(fact)]
        if not form:
            out.append(nodes.Text(" "))
            out += citation(fact.source, self.env, self.inliner, self.lineno)
        return out

    def _problem(self, words: str) -> tuple[list[nodes.Node], list[nodes.system_message]]:
        message = self.inliner.reporter.error(words, line=self.lineno)
        return [nodes.problematic(self.rawtext, self.rawtext)], [message]


class FactRowRole(FactRole):
    """A fact with its quantity and context, as one line."""

    def render(self, fact: Fact, form: str) -> list[nodes.Node]:
        """Return the nodes of the fact in one of the `FORMS`."""
        out: list[nodes.Node] = [nodes.Text(f"{fact.quantity}: ")]
        out += super().render(fact, form)
        if fact.context:
            out.append(nodes.Text(f" ({fact.context})"))
        return out


def table(
    caption: str, name: str, heads: list[tuple[str, int]], rows: list[nodes.row]
) -> nodes.table:
    """Return a table with a caption, header cells for columns, and row headers first."""
    out = nodes.table("", nodes.title("", caption), ids=[name], classes=["aimc-facts"])
    group = nodes.tgroup(cols=len(heads))
    out += group
    for number, (_, width) in enumerate(heads):
        group += nodes.colspec(colwidth=width, **({"stub": 1} if number == 0 else {}))
    head = nodes.row("", *(cell(nodes.Text(words)) for words, _ in heads))
    group += nodes.thead("", head)
    group += nodes.tbody("", *rows)
    return out


def spread(values: list[float]) -> str:
    """Return mean and range of a few values, as ``4.2 (3.9 to 4.6)``, to three digits."""
    numbers = (statistics.fmean(values), min(values), max(values))
    mean, low, high = (f"{v:.3g}".replace("-", "−") for v in numbers)
    return mean if low == high else f"{mean} ({low} to {high})"


def cell(*children: nodes.Node) -> nodes.entry:
    return nodes.entry("", nodes.paragraph("", "", *children))


class FactTable(SphinxDirective):
    """What both directives share."""

    has_content = False

    def cells(self, fact: Fact) -> list[nodes.entry]:
        """Return the cells quantity, value, source and evidence of a fact."""
        quantity: list[nodes.Node] = [
            nodes.Text(f"{fact.quantity} "),
            nodes.inline("", fact.id, classes=["aimc-id"]),
        ]
        if fact.context:
            quantity.append(nodes.Text(" "))
            quantity.append(nodes.inline("", fact.context, classes=["aimc-context"]))
        source = self.cite(fact.source)
        if fact.locator:
            source.append(nodes.Text(f", {fact.locator}"))
        evidence = WORDS[fact.confidence] + (f": {fact.how}" if fact.how else "")
        return [
            cell(*quantity),
            cell(nodes.Text(fact.text), *mark(fact)),
            cell(*source),
            cell(nodes.Text(evidence)),
        ]

    def cite(self, keys: Iterable[str]) -> list[nodes.Node]:
        """Return the citation of these keys."""
        return citation(keys, self.env, self.state.inliner, self.lineno)


class FactsDirective(FactTable):
    """A table of the facts that the argument names."""

    required_arguments = 1
    final_argument_whitespace = True
    option_spec: ClassVar[dict[str, Any]] = {
        "caption": directives.unchanged,
        "name": directives.unchanged,
    }

    def run(self) -> list[nodes.Node]:
        """Return the table."""
        rows = []
        for identifier in self.arguments[0].split():
            try:
                fact = published.fact(identifier)
            except published.UnknownFactError as error:
                raise self.error(str(error)) from None
            quantity, value, source, evidence = self.cells(fact)
            # A chapter's column of text has no room for four.
            words = evidence.astext()
            source[0] += nodes.Text(" ")
            source[0] += nodes.inline("", words, classes=["aimc-context"])
            row = nodes.row("", quantity, value, source)
            row["ids"].append(note_use(self.env, fact))
            rows.append(row)
        name = nodes.make_id(self.options.get("name", "")) or (
            f"facts-{self.env.new_serialno('aimc-facts')}"
        )
        heads = [("Quantity", 45), ("Value", 20), ("Source", 35)]
        made = table(self.options.get("caption", "Published numbers"), name, heads, rows)
        if "name" in self.options:
            made["names"].append(nodes.fully_normalize_name(self.options["name"]))
        self.state.document.note_explicit_target(made)
        return [made]


class ClaimsDirective(FactTable):
    """All facts, the pages that use them, and the targets of reproduction."""

    def run(self) -> list[nodes.Node]:
        """Return the sections of the page."""
        self.env.aimc_claims_page = self.env.docname
        note_data(self.env)
        out: list[nodes.Node] = [self._legend()]
        out += [self._group(letter, title) for letter, title in published.groups().items()]
        return [*out, self._curves(), self._targets(), self._causes()]

    def _legend(self) -> nodes.section:
        rows = []
        for kind, words in published.CONFIDENCES.items():
            sign = MARKS.get(kind, ("none", ""))[0]
            texts = (WORDS[kind], sign, f"{words[0].upper()}{words[1:]}.")
            rows.append(nodes.row("", *(cell(nodes.Text(text)) for text in texts)))
        heads = [("Evidence", 25), ("Mark in the text", 15), ("Meaning", 60)]
        made = table("The four kinds of evidence", "claims-evidence", heads, rows)
        return self._section("claims-legend", "What the marks mean", made)

    def _group(self, letter: str, title: str) -> nodes.section:
        rows = []
        for fact in published.facts(letter):
            uses = cell(FactUses("", "", fact=fact.id))
            rows.append(nodes.row("", *self.cells(fact), uses, ids=[fact.id.lower()]))
        heads = [("Quantity", 36), ("Value", 18), ("Source", 18), ("Evidence", 14), ("Used in", 14)]
        made = table(title, f"claims-table-{letter.lower()}", heads, rows)
        return self._section(f"claims-{letter.lower()}", title, made)

    def _curves(self) -> nodes.section:
        series: dict[tuple[str, ...], list[Curve]] = {}
        for one in published.curves():
            # Many series of one experiment share a row: they differ in the data set only.
            alike = (one.note, one.locator) if one.id.startswith("kernels-") else (one.id,)
            series.setdefault(alike, []).append(one)
        rows = []
        for first, *more in series.values():
            what = first.what if not more else f"{first.what}, and {len(more)} more of its kind"
            said = f"{what}. {first.note} " if first.note else f"{what} "
            row = nodes.row("", cell(nodes.Text(said), nodes.literal("", first.id)))
            errors = [
                f"{column.error:g} {column.unit}".strip() if column.error else f"{share:.0%}"
                for column in first.columns.values()
                if column.error or (share := column.relative_error)
            ]
            apart = list(dict.fromkeys(errors))
            read = f" to {', '.join(apart)}" if apart else ""
            row += cell(nodes.Text(f"{first.kind}; {first.how}{read} ({first.locator})"))
            row += cell(*self.cite(first.source), nodes.Text(f" {first.licence}"))
            rows.append(row)
        heads = [("Series", 50), ("Kind, and how it was got", 28), ("Source, licence", 22)]
        made = table("Published series of numbers", "claims-table-curves", heads, rows)
        return self._section("claims-curves", "Curves", made)

    def _targets(self) -> nodes.section:
        rows = []
        for target in published.targets():
            status: list[nodes.Node] = [nodes.Text(target.status)]
            if target.test:
                status += [nodes.Text(": "), nodes.literal("", target.test)]
            links: list[nodes.Node] = []
            for identifier in target.facts:
                links += [nodes.Text(", ")] if links else []
                anchor = identifier.lower()
                links.append(nodes.reference("", identifier, refid=anchor, internal=True))
            name = nodes.inline("", target.id, classes=["aimc-id"])
            row = nodes.row("", cell(nodes.Text(f"{target.what} "), name), ids=[target.id.lower()])
            row += [cell(nodes.Text(target.tolerance)), cell(*links), cell(*status)]
            rows.append(row)
        words = ("Published result", "Counts as reproduced", "Facts", "Status")
        heads = list(zip(words, (34, 24, 20, 22), strict=True))
        made = table("Reproduction targets", "claims-table-targets", heads, rows)
        return self._section("claims-targets", "Results reproduced", made)

    def _causes(self) -> nodes.section:
        rows = []
        for path in sorted(CAUSES.glob("*.json")):
            self.env.note_dependency(os.path.relpath(path, self.env.srcdir))
            for one in json.loads(path.read_text(encoding="utf-8")):
                link = addnodes.pending_xref(
                    "",
                    nodes.inline("", one["page"]),
                    refdomain="std",
                    reftype="doc",
                    refdoc=self.env.docname,
                    reftarget=f"/book/{one['page']}",
                    refexplicit=False,
                    refwarn=True,
                )
                claim = cell(nodes.Text(f"{one['claim'].rstrip('.')} ("), link, nodes.Text(")."))
                row = nodes.row("", claim, cell(nodes.Text(one["without"])))
                row += cell(nodes.Text(one["quantity"]))
                for which in (0, 1):
                    found = (f"{kind} {spread(v[which])}" for kind, v in one["values"].items())
                    row += cell(nodes.Text("; ".join(found)))
                rows.append(row)
        heads = [("Claim", 34), ("Run without the cause", 22), ("Measured", 14)]
        heads += [("With", 15), ("Without", 15)]
        caption = "Causes and their controls: mean and range over seeds, for each kind of weights"
        made = table(caption, "claims-table-causes", heads, rows)
        return self._section("claims-causes", "Causes and their controls", made)

    def _section(self, name: str, title: str, *children: nodes.Node) -> nodes.section:
        made = nodes.section("", nodes.title("", title), *children, ids=[name])
        self.state.document.note_explicit_target(made)
        for part in made.findall(nodes.table):
            self.state.document.note_explicit_target(part)
        return made


def purge(app: Any, env: Any, docname: str) -> None:
    getattr(env, "aimc_fact_uses", {}).pop(docname, None)
    if getattr(env, "aimc_claims_page", None) == docname:
        env.aimc_claims_page = None


def merge(app: Any, env: Any, docnames: list[str], other: Any) -> None:
    if not hasattr(env, "aimc_fact_uses"):
        env.aimc_fact_uses = {}
    for docname in docnames:
        if docname in getattr(other, "aimc_fact_uses", {}):
            env.aimc_fact_uses[docname] = other.aimc_fact_uses[docname]
    if getattr(other, "aimc_claims_page", None) in docnames:
        env.aimc_claims_page = other.aimc_claims_page


def rewrite_claims(app: Any, env: Any) -> list[str]:
    """Write the claims page anew in each build: any page may have changed what it uses."""
    page = getattr(env, "aimc_claims_page", None)
    return [page] if page else []


def fill_uses(app: Any, doctree: nodes.document, docname: str) -> None:
    """Put links to the pages that use a fact in its row of the claims page."""
    places = list(doctree.findall(FactUses))
    if not places:
        return
    env = app.builder.env
    used: dict[str, dict[str, str]] = {}
    for page, uses in sorted(getattr(env, "aimc_fact_uses", {}).items()):
        for identifier, anchor in uses:
            used.setdefault(identifier, {}).setdefault(page, anchor)
    for place in places:
        links: list[nodes.Node] = []
        for page, anchor in used.get(place["fact"], {}).items():
            links += [nodes.Text(", ")] if links else []
            uri = app.builder.get_relative_uri(docname, page)
            title = env.titles[page].astext()
            number = env.toc_secnumbers.get(page, {}).get("")
            short = f"Chapter {number[0]}" if number else title
            target = f"{uri}#{anchor}"
            links.append(nodes.reference("", short, refuri=target, internal=True, reftitle=title))
        place.replace_self(links or [nodes.Text("–")])


def name_header_cells(
    app: Any, pagename: str, templatename: str, context: dict[str, Any], doctree: Any
) -> None:
    """Say which header cell heads a column and which a row; docutils does not."""
    body = context.get("body")
    if not body or "aimc-facts" not in body:
        return

    def scoped(match: re.Match[str]) -> str:
        html = re.sub(r'<th (?=class="head)', '<th scope="col" ', match[0])
        return re.sub(r'<th (?=class="stub)', '<th scope="row" ', html)

    context["body"] = re.sub(r'<table class="[^"]*aimc-facts.*?</table>', scoped, body, flags=re.S)


def write_style(app: Any) -> None:
    if app.builder.format == "html":
        folder = Path(app.outdir, "_static")
        folder.mkdir(parents=True, exist_ok=True)
        (folder / STYLE_FILE).write_text(STYLE, encoding="utf-8")


def visit_text_html(self: Any, node: FactText) -> None:
    page = getattr(self.builder.env, "aimc_claims_page", None)
    if page is None:
        self.body.append(self.starttag(node, "span", "", CLASS="aimc-fact", title=node["title"]))
        return
    uri = self.builder.get_relative_uri(self.builder.current_docname, page)
    href = f"{uri}#{node['fact'].lower()}"
    self.body.append(
        self.starttag(node, "a", "", CLASS="aimc-fact", href=href, title=node["title"])
    )


def depart_text_html(self: Any, node: FactText) -> None:
    linked = getattr(self.builder.env, "aimc_claims_page", None) is not None
    self.body.append("</a>" if linked else "</span>")


def visit_mark_html(self: Any, node: FactMark) -> None:
    self.body.append("<sup>")
    self.body.append(self.starttag(node, "abbr", "", CLASS="aimc-mark", title=node["title"]))


def depart_mark_html(self: Any, node: FactMark) -> None:
    self.body.append("</abbr></sup>")


def plain(self: Any, node: nodes.Node) -> None:
    """Other formats show the words as they are."""


def setup(app: Any) -> dict[str, Any]:
    other = dict.fromkeys(("latex", "text", "man", "texinfo"), (plain, plain))
    app.add_node(FactText, html=(visit_text_html, depart_text_html), **other)
    app.add_node(FactMark, html=(visit_mark_html, depart_mark_html), **other)
    app.add_node(FactUses, html=(plain, plain), **other)
    app.add_role("fact", FactRole())
    app.add_role("fact-row", FactRowRole())
    app.add_directive("facts", FactsDirective)
    app.add_directive("claims", ClaimsDirective)
    app.connect("builder-inited", write_style)
    app.connect("env-purge-doc", purge)
    app.connect("env-merge-info", merge)
    app.connect("env-updated", rewrite_claims)
    app.connect("doctree-resolved", fill_uses)
    app.connect("html-page-context", name_header_cells)
    app.add_css_file(STYLE_FILE)
    return {"env_version": 1, "parallel_read_safe": True, "parallel_write_safe": True}
