"""Slides: a deck takes figures, equations, questions and conclusions out of the chapters.

The directive ``slide`` reads what `aimc_course.teaching.slides` wrote for one slide, as JSON. What
it names stays a placeholder until all pages are read; then it is copied from the chapter, so that
there is one source. References inside of it become words, since a deck has no other pages.
"""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import Any

from cellcharts import cell_chart
from decknodes import box, drop, halves, items, question
from docutils import nodes
from drawings import TARGET, inlined
from myst_nb.core.variables import format_plain_text
from myst_nb.ext.glue.crossref import read_glue_cache
from quiz import quiz
from sphinx.addnodes import pending_xref
from sphinx.errors import ExtensionError
from sphinx.transforms.post_transforms import SphinxPostTransform
from sphinx.util.docutils import SphinxDirective, SphinxRole
from sphinx_revealjs.builders import RevealjsHTMLBuilder

from aimc import published
from aimc_course.teaching.slides.charts import chart_svg

PRONOUN = {"fig": "the figure", "tab": "the table", "eq": "the chapter's equation"}


class taken(nodes.General, nodes.Element):
    """Place of something that a chapter holds."""


class chapter_value(nodes.Inline, nodes.TextElement):
    """Place of a number that a chapter has computed."""


class speaker_notes(nodes.General, nodes.Element):
    """What the audience does not see."""


class DeckBuilder(RevealjsHTMLBuilder):
    """The builder of sphinx-revealjs, with decks at the top of the folder it writes to."""

    def get_target_uri(self, docname: str, typ: str | None = None) -> str:
        return super().get_target_uri(self._short(docname), typ)

    def get_outfilename(self, pagename: str) -> str:
        return str(super().get_outfilename(self._short(pagename)))

    def _short(self, docname: str) -> str:
        """Return a name without the folder that holds the decks' sources."""
        return docname.removeprefix(self.config.root_doc.rpartition("/")[0] + "/")

    def write_genindex(self) -> None:
        """Decks have no index."""

    def gen_additional_pages(self) -> None:
        """Decks have no page for a search."""

    def dump_inventory(self) -> None:
        """Nothing refers to decks."""

    def dump_search_index(self) -> None:
        """Decks have no search."""


class Value(SphinxRole):
    """A number that the chapter has computed: its name and a format."""

    def run(self) -> tuple[list[nodes.Node], list[nodes.system_message]]:
        name, _, form = self.text.partition(":")
        return [chapter_value("", "", key=name, format=form)], []


class Slide(SphinxDirective):
    """What stands below the title of a slide."""

    has_content = True

    def run(self) -> list[nodes.Node]:
        self.spec: dict[str, Any] = json.loads("\n".join(self.content))
        get = self.spec.get
        texts = ("equations", "words", "published", "ours", "points")
        self.beside = any(get(kind) for kind in texts) and not get("stacked")
        main, side = box(classes=["aimc-main"]), box(classes=["aimc-side"])
        for kind in ("figure", "picture", "table"):
            if get(kind):
                main += self._taken(kind, get(kind))
        if get("question"):
            side += self._taken("question", get("question"))
        for label in get("equations", ()):
            side += self._taken("equation", label)
        if get("points"):
            taking = [self._taken("points", words, chapter) for chapter, words in get("points")]
            side += nodes.bullet_list("", *taking)
        if get("words"):
            lines = [
                nodes.list_item("", nodes.paragraph("", "", *self._inline(line)))
                for line in get("words")
            ]
            side += nodes.bullet_list("", *lines)
        cards = box(classes=["aimc-cards"])
        for kind, head in (("published", "Published"), ("ours", "Computed in this course")):
            if get(kind):
                kicker = nodes.paragraph("", head, classes=["aimc-kicker"])
                text = nodes.paragraph("", "", *self._inline(get(kind)))
                cards += box("", kicker, text, classes=["aimc-card", f"aimc-{kind}"])
        side += [part for part in (cards,) if part.children]
        body = box(classes=["aimc-body"])
        body += [part for part in (main, side) if part.children]
        body["classes"].append("aimc-wide" if len(body) == 1 and main.children else "aimc-text")
        if len(body) == 2:
            body["classes"][-1] = "aimc-both"
        body["classes"] += [f"aimc-{kind}" for kind in ("question", "stacked") if get(kind)]
        out: list[nodes.Node] = [body] if body.children else []
        return [*out, self._small_print(), self._notes()]

    def _taken(self, kind: str, label: str, chapter: str = "") -> taken:
        where = {key: self.spec[key] for key in ("plan", "title", "split")}
        where["beside"] = self.beside
        return taken(kind=kind, label=label, chapter=chapter or self.spec["chapter"], **where)

    def _inline(self, text: str) -> list[nodes.Node]:
        made, messages = self.state.inline_text(text, self.lineno)
        for number in (value for node in made for value in node.findall(chapter_value)):
            number["chapter"] = self.spec["chapter"]
        return [*made, *messages]

    def _small_print(self) -> nodes.Node:
        line = box(classes=["aimc-small-print"])
        words: list[nodes.Node] = []
        if self.spec["chapter"]:
            uri = f"{self.config.html_baseurl}book/{self.spec['chapter']}.html"
            words.append(nodes.reference("", self.spec["from"], refuri=uri))
        for key in self.spec.get("sources", ()):
            words += [nodes.Text(" · "), nodes.inline("", published.reference(key))]
        line += nodes.paragraph("", "", *words)
        return line

    def _notes(self) -> speaker_notes:
        notes = speaker_notes()
        if self.spec.get("time"):
            notes += nodes.paragraph("", "", nodes.strong("", self.spec["time"]))
        for text in re.split(r"\n\s*\n", self.spec["notes"].strip()):
            notes += nodes.paragraph("", "", *self._inline(" ".join(text.split())))
        if self.spec.get("mistake"):
            notes += self._taken("mistake", self.spec["mistake"])
        for kind in ("figure", "table"):
            if self.spec.get(kind):
                notes += self._taken("caption", self.spec[kind])
        return notes


class TakeFromChapters(SphinxPostTransform):
    """Put copies of what chapters hold in the place of what names them."""

    default_priority = 1  # before MyST-NB chooses among outputs

    def run(self, **kwargs: Any) -> None:
        self.trees: dict[str, nodes.document] = {}
        self.copies: dict[str, int] = {}
        for place in list(self.document.findall(taken)):
            tree = self._tree(place["chapter"])
            made = getattr(self, place["kind"])(tree, place)
            if not made:
                raise ExtensionError(
                    f"{place['plan']}: slide {place['title']!r}: chapter {place['chapter']} has "
                    f"no {place['kind']} {place['label']!r}"
                )
            for node in made:
                self._to_words(node)
            place.replace_self(made)
        for number in list(self.document.findall(chapter_value)):
            number.replace_self(nodes.Text(self._value(number)))

    def _tree(self, chapter: str) -> nodes.document:
        if chapter not in self.trees:
            self.trees[chapter] = self.env.get_doctree(f"book/{chapter}")
        return self.trees[chapter]

    def _value(self, number: chapter_value) -> str:
        folder = self.env.mystnb_config.output_folder
        held = read_glue_cache(folder, f"book/{number['chapter']}").get(number["key"])
        if held is None:
            raise ExtensionError(
                f"chapter {number['chapter']} has computed no number {number['key']!r}"
            )
        return str(format_plain_text(held["data"]["text/plain"], number["format"] or ""))

    def _to_words(self, node: nodes.Node) -> None:
        """Turn references of a chapter into words."""
        for glued in list(node.findall(lambda found: "PendingGlue" in type(found).__name__)):
            glued["refdoc"] = glued.get("refdoc") or glued.refdoc
        for reference in list(node.findall(pending_xref)):
            kind, target = reference["reftype"], reference["reftarget"]
            if reference.get("refdomain") == "cite" or kind in {"cite", "p", "t"}:
                drop(reference)
            elif kind == "eq":
                drop(reference, PRONOUN["eq"])
            elif kind == "numref" or target.startswith(("fig-", "tab-")):
                reference.replace_self(nodes.Text(PRONOUN.get(target[:3], "the figure")))
            elif target.startswith("ch-"):
                reference.replace_self(nodes.Text("in the book"))
            else:
                reference.replace_self(nodes.Text(reference.astext()))

    # --- what can be taken ------------------------------------------------------------------------

    def shown(self, holder: nodes.Element, place: taken, alt: str) -> list[nodes.Node]:
        """Return what a figure or an output shows, as large as there is room."""
        name = f"{nodes.make_id(place['label'])[:40]}"
        self.copies[name] = self.copies.get(name, 0) + 1
        copy = self.copies[name]
        charts = next(iter(holder.findall(cell_chart)), None)
        if charts is not None:
            svg = chart_svg(
                charts["data"], f"{name}-{copy}" if copy > 1 else name, beside=place["beside"]
            )
            return [_raw(inlined(svg, alt, "100%"))]
        image = next(iter(holder.findall(nodes.image)), None)
        if image is None:
            return []
        if image["uri"].startswith(TARGET) and image["uri"].endswith(".svg"):
            text = (Path(self.app.srcdir) / image["uri"]).read_text(encoding="utf-8")
            if not place["split"]:
                return [_raw(inlined(text, alt, "100%", copy))]
            return [_raw(part) for part in halves(text, alt, place["split"], copy)]
        made = image.deepcopy()
        made["alt"] = alt
        for size in ("width", "height", "scale"):
            made.attributes.pop(size, None)
        return [made]

    def figure(self, tree: nodes.document, place: taken) -> list[nodes.Node]:
        for figure in tree.findall(nodes.figure):
            if place["label"] in (*figure["names"], *figure["ids"]):
                image = next(iter(figure.findall(nodes.image)), None)
                return self.shown(figure, place, image.get("alt", "") if image else "")
        return []

    def picture(self, tree: nodes.document, place: taken) -> list[nodes.Node]:
        for image in tree.findall(nodes.image):
            alt = image.get("alt", "")
            if alt.startswith(place["label"]):
                holder = image.parent
                while not (isinstance(holder, nodes.document) or holder.get("nb_element")):
                    holder = holder.parent
                if holder.get("nb_element") != "mime_bundle":
                    holder = holder.parent
                return self.shown(holder, place, alt)
        return []

    def caption(self, tree: nodes.document, place: taken) -> list[nodes.Node]:
        for figure in [*tree.findall(nodes.figure), *tree.findall(nodes.table)]:
            if place["label"] in (*figure["names"], *figure["ids"]):
                words = next(
                    (part for part in figure if isinstance(part, nodes.caption | nodes.title)), None
                )
                if words is None:
                    return [nodes.paragraph()]
                lead = nodes.emphasis("", "In the book, below it: ")
                return [nodes.paragraph("", "", lead, *words.deepcopy().children)]
        return []

    def table(self, tree: nodes.document, place: taken) -> list[nodes.Node]:
        for table in tree.findall(nodes.table):
            if place["label"] in (*table["names"], *table["ids"]):
                made = table.deepcopy()
                made["ids"], made["names"] = [], []
                for title in list(made.findall(nodes.title)):
                    made.remove(title)
                made["classes"].append("aimc-slide-table")
                return [made]
        return []

    def equation(self, tree: nodes.document, place: taken) -> list[nodes.Node]:
        for block in tree.findall(nodes.math_block):
            if block.get("label") == place["label"]:
                text = re.sub(r"[\s.,]+$", "", block.astext())
                made = nodes.math_block(text, text, **block.attributes)
                made["label"] = made["number"] = None
                made["ids"], made["names"] = [], []
                return [made]
        return []

    def question(self, tree: nodes.document, place: taken) -> list[nodes.Node]:
        ends = nodes.make_id(f"question-book/{place['chapter']}-{place['label']}")
        for asked in tree.findall(quiz):
            if asked["identifier"] == ends:
                return [question(asked)]
        return []

    def points(self, tree: nodes.document, place: taken) -> list[nodes.Node]:
        return [item.deepcopy() for item in items(tree, "summary", place["label"])]

    def mistake(self, tree: nodes.document, place: taken) -> list[nodes.Node]:
        lead = nodes.strong("", "What students get wrong: ")
        for item in items(tree, "common-misconceptions", place["label"]):
            words = [part for para in item.findall(nodes.paragraph) for part in para.children]
            if isinstance(item, nodes.definition_list_item):
                words = [*item[0].children, nodes.Text(" "), *words]
            copies = [part.deepcopy() for part in words]
            return [nodes.paragraph("", "", lead, *copies)]
        return []


def _raw(markup: str) -> nodes.raw:
    return nodes.raw("", markup, format="html")


def visit_box(self: Any, node: box) -> None:
    extra = {"data-fragment-index": node["fragment"]} if "fragment" in node else {}
    self.body.append(self.starttag(node, "div", "", **extra))


def depart_box(self: Any, node: box) -> None:
    self.body.append("</div>\n")


def visit_notes(self: Any, node: speaker_notes) -> None:
    self.body.append('<aside class="notes">')


def depart_notes(self: Any, node: speaker_notes) -> None:
    self.body.append("</aside>\n")


def setup(app: Any) -> dict[str, bool]:
    app.setup_extension("sphinx_revealjs")
    app.add_builder(DeckBuilder, override=True)
    app.add_node(box, html=(visit_box, depart_box))
    app.add_node(speaker_notes, html=(visit_notes, depart_notes))
    app.add_role("value", Value())
    app.add_directive("slide", Slide)
    app.add_post_transform(TakeFromChapters)
    return {"parallel_read_safe": True, "parallel_write_safe": True}
