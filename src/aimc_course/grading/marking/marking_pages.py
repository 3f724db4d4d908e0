"""The pages as HTML: everything that a person reads, and every address on them."""

from __future__ import annotations

import datetime
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import urlencode

from markupsafe import Markup

from aimc_course.grading.gradebook.by_hand import Standing
from aimc_course.grading.gradebook.leases import Lease
from aimc_course.grading.gradebook.rubric import Moved
from aimc_course.grading.gradebook.templates import environment
from aimc_course.grading.gradebook.texts import number, quoted
from aimc_course.grading.gradebook.trials import Trials
from aimc_course.grading.marking.rounds import Round
from aimc_course.grading.marking.started_command import Said
from aimc_course.grading.written.answers import Answer, Part
from aimc_course.grading.written.pictures import PictureError, redrawn
from aimc_course.grading.written.rendering import code_html, markdown_html, text_html
from aimc_course.grading.written.sheet import KINDS, Item, Line

__all__ = ["Pages", "Refused"]

HALVES = 4.0  # points of a line up to which halves are offered
MODEL = "model"
MOST_ROWS = 40
WIDE = ("<pre", "<table", 'display="block"')
SAID = {
    "saved": "Saved.",
    "undone": "Undone.",
    "nothing": "There is nothing to undo.",
    "removed": "The mark was removed.",
    "overtaken": "Not done: another marker has changed this mark meanwhile.",
    "others": "The answers that still wait are open on the pages of other markers.",
    "written": "Feedback and grades were written.",
    "all": "Saved. Every answer that carries points has its mark.",
}
"""What can be said after something was done; an address holds only the short name."""


@dataclass(frozen=True, slots=True)
class Shown:
    """One cell, ready to be shown."""

    kind: str
    html: Markup
    outputs: tuple[Markup, ...]
    pictures: tuple[str, ...]
    left_out: tuple[str, ...]
    wide: bool
    """Whether it may be wider than the page, and has to be reached to be scrolled."""


@dataclass(frozen=True, slots=True)
class Refused:
    """A mark that was not saved, as it was filled in."""

    kind: str
    """What had changed meanwhile: ``"answer"``, ``"rubric"`` or ``"mark"``."""
    comment: str
    points: dict[int, float] = field(default_factory=dict)
    """Points by place of the line."""


class Pages:
    """Makes the pages of one round.

    Parameters
    ----------
    marking : Round
        The round.
    title : str
        What the lab is called.
    place : str
        Path that all addresses begin with.
    form_key : str
        What a form has to send back.
    has_figure : bool
        Whether there is a figure of the course to compare with.
    """

    def __init__(
        self, marking: Round, title: str, place: str, form_key: str, has_figure: bool
    ) -> None:
        self._round, self._place, self._has_figure = marking, place, has_figure
        self._environment = environment(place=place, lab=title, form_key=form_key)

    def overview(self, said: str) -> str:
        """Return the page with all questions."""
        rows: dict[str, list[dict[str, Any]]] = {}
        found = self._round.progress()
        for progress in found:
            item = progress.item
            rows.setdefault(item.kind, []).append(
                {
                    "id": item.id,
                    "title": item.title,
                    "points": number(item.max_points) if item.max_points else "",
                    "total": progress.total,
                    "marked": progress.marked,
                    "empty": progress.empty,
                    "link": f"{self._place}/next/{item.id}",
                    "rubric": f"{self._place}/rubric/{item.id}",
                }
            )
        waiting = sum(p.waiting for p in found if p.item.max_points)
        return self._render(
            "overview.html",
            said,
            notebooks=len(self._round.entries()),
            names=self._round.names,
            asked=self._round.open_requests(),
            first=f"{self._place}/next" if waiting else "",
            marker=self._round.gradebook.store.who(),
            others=sorted({lease.who for lease in self._round.leases.others().values()}),
            markers=[
                (m.who, m.marks, f"{100 * m.share:.0f} %")
                for m in self._round.by_hand.markers(self._round.entries())
            ],
            stale=self._round.unwritten(),
            kinds=[(KINDS[kind], rows[kind]) for kind in KINDS if kind in rows],
        )

    def answer(
        self,
        item: Item,
        place: int,
        found: Sequence[Standing],
        kept: str,
        said: str,
        *,
        other: Lease | None = None,
        refused: Refused | None = None,
    ) -> str:
        """Return the page of one answer.

        Parameters
        ----------
        item : Item
            The question.
        place : int
            Place of the answer among ``found``.
        found : sequence of Standing
            All answers to the question.
        kept : str
            What stands beside: ``"model"``, the number of a notebook, or nothing.
        said : str
            What was done before.
        other : Lease, optional
            Who else has the answer open.
        refused : Refused, optional
            What was filled in and not saved.
        """
        here = found[place]
        entry = here.entry
        shown = self._round.answer(entry, item)
        earlier = here.mark or here.earlier
        items = self._round.sheet.items
        at = items.index(item)
        comments = self._round.by_hand.marks.comments(item.id)
        progress = self._round.progress_of(item, found)
        beside = self._beside(item, found, kept)
        return self._render(
            "answer.html",
            said,
            item=item,
            at=place + 1,
            of=len(found),
            label=self._round.label(entry),
            state=here.state,
            earlier={"when": _when(earlier.at), "points": _sum(earlier.points)}
            if earlier
            else None,
            question=Markup(markdown_html(item.question)),
            answer=self._shown(shown, f"{entry.number}/{item.id}"),
            beside=beside,
            kept=kept if beside else "",
            lines=[
                self._line(k, line, self._chosen(k, line, here, refused))
                for k, line in enumerate(item.lines)
            ],
            other={"who": other.who, "when": _clock(other.until)} if other else None,
            refused=refused.kind if refused else "",
            theirs=self._theirs(item, here) if refused and refused.kind == "mark" else None,
            rubric=f"{self._place}/rubric/{item.id}?back={entry.number}",
            seen=here.seen,
            most=number(item.max_points),
            given=f"{_sum(here.mark.points)} of {number(item.max_points)} points"
            if here.mark and item.max_points
            else f"of {number(item.max_points)} points"
            if item.max_points
            else "",
            comment=refused.comment if refused else earlier.comment if earlier else "",
            comments=comments,
            requests=[
                {"open": r.open, "reason": quoted(r.reason), "outcome": r.outcome, "said": r.answer}
                for r in self._round.requests(entry, item)
            ],
            version=here.written.answer,
            progress=progress,
            marked={
                "when": _when(here.mark.at),
                "who": here.mark.who,
                "rubric": here.mark.rubric != item.version,
            }
            if here.mark
            else None,
            links=self._links(item, at, place, found, kept if beside else ""),
        )

    def notebook(self, item: Item, standing: Standing, cells: Sequence[Part]) -> str:
        """Return the page with all cells of a notebook."""
        entry = standing.entry
        return self._render(
            "notebook.html",
            "",
            back=self.link(item, entry.number),
            label=self._round.label(entry),
            answer=self._shown(Answer("", tuple(cells)), f"{entry.number}/all"),
        )

    def rubric(
        self,
        item: Item,
        back: int,
        *,
        asked: tuple[Line, Sequence[Moved]] | None = None,
        done: Sequence[str] = (),
        error: str = "",
    ) -> str:
        """Return the page on which the lines of a rubric are changed.

        Parameters
        ----------
        item : Item
            The question.
        back : int
            Number of the notebook to go back to; 0 goes to the overview.
        asked : tuple, optional
            A line as it would be, and the marks that it would change.
        done : sequence of str
            What was changed.
        error : str
            Why nothing was changed.
        """
        query = f"?back={back}" if back else ""
        would = None
        if asked is not None:
            line, moved = asked
            name = {e.owner: self._round.label(e) for e in self._round.entries()}
            rows = [
                (name.get(m.owner, "another version"), _worth(m.before), _worth(m.after))
                for m in moved
            ]
            would = {
                "id": line.id,
                "points": f"{line.points:g}",
                "text": line.text,
                "half": line.half,
                "count": len(rows),
                "owners": len({m.owner for m in moved}),
                "again": sum(m.after is None for m in moved),
                "rows": rows[:MOST_ROWS],
                "more": max(0, len(rows) - MOST_ROWS),
            }
        return self._render(
            "rubric.html",
            "",
            item=item,
            version=item.version,
            back=self.link(item, back) if back else f"{self._place}/",
            lines=[
                {
                    "id": line.id,
                    "points": f"{line.points:g}",
                    "text": line.text,
                    "half": line.half,
                    "action": f"{self._place}/rubric/{item.id}/{line.id}{query}",
                }
                for line in item.lines
            ],
            would=would,
            done=done,
            error=error,
        )

    def gradebook(
        self,
        said: Said | None,
        questions: dict[str, str],
        kept: dict[str, Any],
        refused: str = "",
        told: str = "",
    ) -> str:
        """Return the page on which the lab is graded, graded again and written out.

        Parameters
        ----------
        said : Said, optional
            How far the command is that the page has started.
        questions : dict of str to str
            Questions that a judge marks, and what they are called.
        kept : dict
            How the lab was graded last.
        refused : str
            Why nothing was started.
        told : str
            Short name of what was done before.
        """
        done, of = self._round.graded()
        trial = Trials(self._round.gradebook.store, self._round.lab).now()
        shown = None
        if trial is not None:
            # Sorted, so that the order of what the command prints gives no name away.
            rows = sorted(
                (self._round.named(c.owner), c.question, number(c.before), number(c.after))
                for c in trial.changes
            )
            shown = {
                "questions": " ".join(trial.questions),
                "done": trial.done,
                "of": trial.of,
                "up": sum(c.after > c.before for c in trial.changes),
                "down": sum(c.after < c.before for c in trial.changes),
                "rows": rows[:MOST_ROWS],
                "more": max(0, len(rows) - MOST_ROWS),
            }
        doubts = sorted(self._round.doubts())
        return self._render(
            "gradebook.html",
            told,
            run=said,
            ended=_ended(said),
            busy=said is not None and said.status is None,
            done=done,
            of=of,
            trial=shown,
            questions=questions,
            submissions=kept.get("submissions", ""),
            known=bool(kept),
            names=self._round.names,
            refused=refused,
            doubts=doubts[:MOST_ROWS],
            more_doubts=max(0, len(doubts) - MOST_ROWS),
            stale=self._round.unwritten(),
        )

    def link(self, item: Item, entry: int, kept: str = "", said: str = "") -> str:
        """Return the address of an answer."""
        query = {name: text for name, text in (("beside", kept), ("said", said)) if text}
        path = f"{self._place}/answer/{item.id}/{entry}"
        return f"{path}?{urlencode(query)}" if query else path

    def _links(
        self, item: Item, at: int, place: int, found: Sequence[Standing], kept: str
    ) -> dict[str, str]:
        items = self._round.sheet.items
        number_ = found[place].entry.number

        def other(step: int) -> str:
            to = place + step
            return self.link(item, found[to].entry.number, kept) if 0 <= to < len(found) else ""

        def question(step: int) -> str:
            to = at + step
            carried = kept if kept == MODEL else ""
            return self.link(items[to], number_, carried) if 0 <= to < len(items) else ""

        query = f"?{urlencode({'beside': kept})}" if kept else ""
        path = f"{item.id}/{number_}"
        has_model = bool(item.model) or (item.kind == "figure" and self._has_figure)
        pinned = "" if kept not in ("", MODEL) else str(number_)
        return {
            "before": question(-1),
            "after": question(1),
            "previous": other(-1),
            "next": other(1),
            "notebook": f"{self._place}/notebook/{path}",
            "save": f"{self._place}/mark/{path}{query}",
            "unmark": f"{self._place}/unmark/{path}{query}",
            "waiting": f"{self._place}/waiting/{path}{query}",
            "jump": f"{self._place}/jump/{item.id}",
            "model": self.link(item, number_, "" if kept == MODEL else MODEL) if has_model else "",
            "keep": self.link(item, number_, pinned),
        }

    def _chosen(
        self, place: int, line: Line, here: Standing, refused: Refused | None
    ) -> float | None:
        """Return the points of a line that are filled in already."""
        if refused is not None and refused.kind != "rubric":
            return refused.points.get(place)
        # Those of before are offered again only for the line that they were given for.
        return here.mark.points[place] if here.mark and line.points else None

    def _theirs(self, item: Item, here: Standing) -> dict[str, Any] | None:
        mark = here.mark
        if mark is None:
            return None
        return {
            "who": mark.who,
            "when": _when(mark.at),
            "points": f"{_sum(mark.points)} of {number(item.max_points)}",
            "lines": [
                (f"{number(points)} of {number(line.points)}", Markup(markdown_html(line.text)))
                for points, line in zip(mark.points, item.lines, strict=True)
                if line.points
            ],
            "comment": mark.comment,
        }

    def _line(self, place: int, line: Line, chosen: float | None) -> dict[str, Any]:
        steps = []
        if line.points:
            size = 0.5 if line.points <= HALVES else 1.0
            count = int(line.points / size)
            values = [k * size for k in range(count + 1)]
            if values[-1] != line.points:
                values.append(line.points)
            if chosen is not None and chosen not in values:
                values = sorted([*values, chosen])
            steps = [{"value": repr(v), "shown": _step(v), "chosen": chosen == v} for v in values]
        return {
            "html": Markup(markdown_html(line.text)),
            "half": Markup(markdown_html(line.half)) if line.half else "",
            "steps": steps,
            "place": place,
            "points": number(line.points),
        }

    def _beside(self, item: Item, found: Sequence[Standing], kept: str) -> dict[str, Any] | None:
        if kept == MODEL:
            figure = item.kind == "figure" and self._has_figure
            if not item.model and not figure:
                return None
            return {
                "title": "The course's own",
                "html": Markup(markdown_html(item.model)) if item.model else "",
                "picture": f"{self._place}/figure.png" if figure else "",
                "answer": None,
            }
        for place, standing in enumerate(found):
            if str(standing.entry.number) == kept:
                answer = self._round.answer(standing.entry, item)
                points = f", {_sum(standing.mark.points)} points" if standing.mark else ""
                return {
                    "title": f"Answer {place + 1}, kept{points}",
                    "html": "",
                    "picture": "",
                    "answer": self._shown(answer, f"{standing.entry.number}/{item.id}"),
                }
        return None

    def _shown(self, answer: Answer, path: str) -> dict[str, Any]:
        return {
            "note": answer.note,
            "parts": [self._part(k, part, path) for k, part in enumerate(answer.parts)],
        }

    def _part(self, place: int, part: Part, path: str) -> Shown:
        render = {"markdown": markdown_html, "code": code_html}.get(part.kind, text_html)
        pictures, left_out = [], list(part.left_out)
        for k, data in enumerate(part.pictures):
            try:
                redrawn(data)
            except PictureError as error:
                left_out.append(str(error))
            else:
                pictures.append(f"{self._place}/picture/{path}/{place}/{k}")
        shown = render(part.text) if part.text.strip() else ""
        return Shown(
            part.kind,
            Markup(shown),
            tuple(Markup(text_html(text)) for text in part.outputs),
            tuple(pictures),
            tuple(left_out),
            any(sign in shown for sign in WIDE),
        )

    def _render(self, template: str, said: str, **values: Any) -> str:
        return self._environment.get_template(template).render(said=SAID.get(said, ""), **values)


def _step(value: float) -> str:
    whole = int(value)
    if value == whole:
        return str(whole)
    return f"{whole or ''}½" if value == whole + 0.5 else number(value)


def _ended(said: Said | None) -> str:
    """Return in words how a command ended."""
    if said is None or said.status is None:
        return ""
    if said.cancelled and said.status:
        return "Ended by you. What was graded is kept; started again, it goes on where it was."
    words = {
        0: "Done.",
        1: "Done, but some notebooks could not be graded; the same command tries them again.",
        3: "Done. Some marks are to be looked at, below.",
    }
    return words.get(said.status, "It ended with an error, and this is what it said:")


def _worth(points: float | None) -> str:
    return "waits" if points is None else number(points)


def _clock(at: float) -> str:
    return datetime.datetime.fromtimestamp(at).astimezone().strftime("%H:%M")


def _sum(points: Sequence[float]) -> str:
    return number(sum(points))


def _when(at: float) -> str:
    return datetime.datetime.fromtimestamp(at).astimezone().strftime("%Y-%m-%d %H:%M")
