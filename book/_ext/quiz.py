"""The directives ``quiz`` and ``predict``: questions answered in the page, without a kernel.

The body is a list of choices, ``- [x] text :: feedback`` for a right one and ``- [ ] …`` for a
wrong one; question, choices and feedback may hold inline MyST, mathematics included. With one right
choice the answers are radio buttons, with several they are check boxes. A small script checks them;
without it, and on paper, the same answers stand in a list that can be opened.

Choices are shuffled, always in the same way for a question of the same name, and lettered, so that
everybody can talk about "(b)"; the option ``keep-order`` leaves them as they are written.
"""

from __future__ import annotations

from html import escape
from string import ascii_lowercase
from typing import Any, ClassVar

from choices import shuffled, split_choices
from docutils import nodes
from docutils.parsers.rst import directives
from sphinx.util.docutils import SphinxDirective


class quiz(nodes.General, nodes.Element):
    """One question: a `quiz_question`, its `quiz_choice` nodes, then a `quiz_answers` node."""


class quiz_question(nodes.General, nodes.Element):
    """The text of the question."""


class quiz_choice(nodes.General, nodes.Element):
    """The text of one choice, with its number and whether it is right."""


class quiz_answers(nodes.General, nodes.Element):
    """The list of answers: one `quiz_answer` per choice."""


class quiz_answer(nodes.General, nodes.Element):
    """The verdict on one choice, the choice again, and its feedback."""


class Question(SphinxDirective):
    """What both directives share; `kind` tells the words and the manner of feedback."""

    kind: ClassVar[str]
    required_arguments = 1
    final_argument_whitespace = True
    has_content = True
    option_spec: ClassVar[dict[str, Any]] = {
        "name": directives.unchanged_required,
        "keep-order": directives.flag,
    }

    def run(self) -> list[nodes.Node]:
        try:
            choices = split_choices(list(self.content))
        except ValueError as error:
            raise self.error(f"{{{self.kind}}}: {error}") from error
        name = self.options.get("name") or f"{self.kind}-{self.env.new_serialno('quiz')}"
        # One prefix, so that a question's id can never meet that of a section.
        identifier = nodes.make_id(f"question-{self.env.docname}-{name}")
        several = sum(right for right, _, _ in choices) > 1 and self.kind == "quiz"
        node = quiz(kind=self.kind, identifier=identifier, several=several)
        node += self._inline(quiz_question(kind=self.kind), self.arguments[0])
        answers = quiz_answers(kind=self.kind)
        order = shuffled(self.options.get("name") or identifier, len(choices))
        if "keep-order" in self.options:
            order.sort()
        for number, k in enumerate(order, start=1):
            right, text, feedback = choices[k]
            letter = f"({ascii_lowercase[number - 1]})"
            facts = {"number": number, "letter": letter, "right": right, "several": several}
            node += self._inline(quiz_choice(identifier=identifier, **facts), text)
            answer = quiz_answer(**facts)
            answer += self._inline(nodes.inline(classes=["aimc-quiz-choice-again"]), text)
            answer += self._inline(nodes.inline(classes=["aimc-quiz-why"]), feedback)
            answers += answer
        node += answers
        return [node]

    def _inline(self, parent: nodes.Element, text: str) -> nodes.Element:
        children, messages = self.state.inline_text(text, self.lineno)
        parent += [*children, *messages]
        return parent


class Quiz(Question):
    """A question after reading, with a verdict."""

    kind = "quiz"


class Predict(Question):
    """A question before reading: the answer is kept, then discussed."""

    kind = "predict"


KICKER = {"quiz": "Check yourself", "predict": "Predict"}
BUTTON = {"quiz": "Check", "predict": "Keep my prediction"}
SUMMARY = {"quiz": "Show all answers", "predict": "Show what to look for"}


def visit_quiz(self: Any, node: nodes.Element) -> None:
    self.body.append(
        f'<form class="aimc-quiz aimc-{node["kind"]}" id="{node["identifier"]}" '
        f'data-kind="{node["kind"]}"><fieldset>'
    )


def depart_quiz(self: Any, node: nodes.Element) -> None:
    self.body.append("</form>\n")


def visit_question(self: Any, node: nodes.Element) -> None:
    self.body.append(f'<legend><span class="aimc-quiz-kicker">{KICKER[node["kind"]]}</span> ')


def depart_question(self: Any, node: nodes.Element) -> None:
    self.body.append("</legend>\n")


def visit_choice(self: Any, node: nodes.Element) -> None:
    identifier = f"{node['identifier']}-{node['number']}"
    kind = "checkbox" if node["several"] else "radio"
    # A label of mathematics alone has no name for assistive technology until a script has drawn it.
    only_math = all(isinstance(child, nodes.math) for child in node.children)
    words = escape(f"{node['letter']} {node.astext()}", quote=True)
    name = f' aria-label="{words}"' if only_math else ""
    self.body.append(
        f'<div class="aimc-quiz-choice"><input type="{kind}" name="{node["identifier"]}" '
        f'id="{identifier}" value="{node["number"]}"{name}><label for="{identifier}">'
        f'<span class="aimc-quiz-letter">{node["letter"]}</span> '
    )


def depart_choice(self: Any, node: nodes.Element) -> None:
    self.body.append("</label></div>\n")


def visit_answers(self: Any, node: nodes.Element) -> None:
    # The button appears by script: without one it would do nothing.
    self.body.append(
        f'</fieldset><button type="submit" hidden>{BUTTON[node["kind"]]}</button>'
        '<div class="aimc-quiz-feedback" role="status"></div>'
        f'<details class="aimc-quiz-answers"><summary>{SUMMARY[node["kind"]]}</summary><ol>'
    )


def depart_answers(self: Any, node: nodes.Element) -> None:
    self.body.append("</ol></details>")


def visit_answer(self: Any, node: nodes.Element) -> None:
    right = "true" if node["right"] else "false"
    verdict = "Right" if node["right"] else "Not this one"
    self.body.append(
        f'<li data-right="{right}"><span class="aimc-quiz-letter">{node["letter"]}</span> '
        f'<strong class="aimc-quiz-verdict">{verdict}.</strong> '
    )


def depart_answer(self: Any, node: nodes.Element) -> None:
    self.body.append("</li>\n")


def visit_block(self: Any, node: nodes.Element) -> None:
    """Start a paragraph of its own, in writers other than HTML."""
    mark = ""
    if "letter" in node:
        mark = f"{node['letter']} "
    if isinstance(node, quiz_answer):
        mark += "right: " if node["right"] else "wrong: "
    if hasattr(self, "body"):
        self.body.append("\n\n" + mark)
    elif hasattr(self, "add_text"):
        self.new_state(0)
        self.add_text(mark)


def depart_block(self: Any, node: nodes.Element) -> None:
    if hasattr(self, "body"):
        self.body.append("\n\n")
    elif hasattr(self, "add_text"):
        self.end_state()


def setup(app: Any) -> dict[str, Any]:
    html = {
        quiz: (visit_quiz, depart_quiz),
        quiz_question: (visit_question, depart_question),
        quiz_choice: (visit_choice, depart_choice),
        quiz_answers: (visit_answers, depart_answers),
        quiz_answer: (visit_answer, depart_answer),
    }
    block = (visit_block, depart_block)
    for node, pair in html.items():
        app.add_node(node, html=pair, latex=block, text=block, man=block, texinfo=block)
    app.add_directive("quiz", Quiz)
    app.add_directive("predict", Predict)
    return {"version": "1", "parallel_read_safe": True, "parallel_write_safe": True}
