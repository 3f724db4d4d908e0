"""The page's addresses, and the server behind them: one process, one thread, this computer only.

Each marker has a process of their own; what they share is the store.
"""

from __future__ import annotations

import contextlib
import socket
import sqlite3
from collections.abc import Callable, Coroutine, Sequence
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs

from starlette.applications import Starlette
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import HTMLResponse, PlainTextResponse, RedirectResponse, Response
from starlette.routing import Route

from aimc.validation import check_number
from aimc_course.grading.gradebook.by_hand import Standing
from aimc_course.grading.gradebook.feedback import Titles
from aimc_course.grading.gradebook.hand_marks import HandMark, OvertakenError
from aimc_course.grading.gradebook.kept_commands import GRADER, command_words, kept_command
from aimc_course.grading.marking.guard import Guard
from aimc_course.grading.marking.marking_pages import Pages, Refused
from aimc_course.grading.marking.rounds import Round
from aimc_course.grading.marking.started_command import Running
from aimc_course.grading.written.answers import parts
from aimc_course.grading.written.pictures import PictureError, redrawn
from aimc_course.grading.written.sheet import Item, Line

__all__ = ["Marking", "listening", "serve"]

LARGEST_FORM = 64 * 1024  # bytes
LONGEST_REASON = 300  # characters
ASSETS = {"page.css": "text/css", "page.js": "text/javascript", "icon.svg": "image/svg+xml"}


class Marking:
    """The page of one round.

    Parameters
    ----------
    marking : Round
        The round.
    titles : Titles
        What the lab and the questions are called that a judge marks.
    port : int
        Port on 127.0.0.1 that it is served on.
    figure : bytes, optional
        The figure of the course to compare with, PNG.
    """

    def __init__(
        self, marking: Round, titles: Titles, port: int, figure: bytes | None = None
    ) -> None:
        self._round, self._figure = marking, figure
        self.running = Running()
        """The command of the gradebook that was started from the page."""
        self._questions = dict(titles.questions)
        # Read once, by name: nothing in a request ever becomes the name of a file.
        folder = Path(__file__).parent / "assets"
        self._assets = {name: (folder / name).read_bytes() for name in ASSETS}
        get = {
            "/": self._overview,
            "/answer/{item}/{entry:int}": self._answer,
            "/notebook/{item}/{entry:int}": self._notebook,
            "/waiting/{item}/{entry:int}": self._waiting,
            "/jump/{item}": self._jump,
            "/next": self._next,
            "/next/{item}": self._next,
            "/rubric/{item}": self._rubric,
            "/picture/{entry:int}/{item}/{part:int}/{place:int}": self._picture,
            "/figure.png": self._own_figure,
            "/gradebook": self._gradebook,
            **{f"/{name}": self._asset for name in ASSETS},
        }
        post = {
            "/mark/{item}/{entry:int}": self._mark,
            "/unmark/{item}/{entry:int}": self._unmark,
            "/undo": self._undo,
            "/rubric/{item}/{line}": self._change_line,
            "/write": self._write,
            "/gradebook/grade": self._grade,
            "/gradebook/trial": self._trial,
            "/gradebook/keep": self._keep,
            "/gradebook/drop": self._drop,
            "/gradebook/cancel": self._cancel,
        }
        routes = [Route(path, do, methods=["GET"]) for path, do in get.items()]
        routes += [Route(path, self._checked(do), methods=["POST"]) for path, do in post.items()]
        busy = {sqlite3.OperationalError: self._busy}
        self.guard = Guard(Starlette(routes=routes, exception_handlers=busy), port)
        self._pages = Pages(
            marking, titles.lab, self.guard.place, self.guard.form_key, figure is not None
        )

    async def _overview(self, request: Request) -> Response:
        return HTMLResponse(self._pages.overview(request.query_params.get("said", "")))

    async def _answer(self, request: Request) -> Response:
        item, found, place = self._found(request)
        query = request.query_params
        other = self._round.open(found[place])
        kept, said = query.get("beside", ""), query.get("said", "")
        return HTMLResponse(self._pages.answer(item, place, found, kept, said, other=other))

    async def _next(self, request: Request) -> Response:
        """Hand out the first answer that waits, or show the first one of a question."""
        item = self._item(request) if "item" in request.path_params else None
        first = self._round.first_waiting(item)
        if first is not None:
            return self._to(first[0], first[1].number, request, "")
        if item is not None and (found := self._round.standings(item)):
            return self._to(item, found[0].entry.number, request, "")
        return RedirectResponse(f"{self.guard.place}/?said=others", 303)

    async def _notebook(self, request: Request) -> Response:
        item, found, place = self._found(request)
        cells = parts(self._round.gradebook.store.notebook(found[place].entry.number))
        return HTMLResponse(self._pages.notebook(item, found[place], cells))

    async def _waiting(self, request: Request) -> Response:
        item, found, place = self._found(request)
        return self._on(item, found[place].entry.number, request, "")

    async def _jump(self, request: Request) -> Response:
        item = self._item(request)
        found = self._round.standings(item)
        text = request.query_params.get("at", "")
        if not (text.isascii() and text.isdigit() and 1 <= int(text[:9]) <= len(found)):
            raise HTTPException(404, f"There is no such answer: 1 to {len(found)}.")
        entry = found[int(text[:9]) - 1].entry
        kept = request.query_params.get("beside", "")
        return RedirectResponse(self._pages.link(item, entry.number, kept), 303)

    async def _picture(self, request: Request) -> Response:
        names = request.path_params
        entry = next((e for e in self._round.entries() if e.number == names["entry"]), None)
        if entry is None:
            raise HTTPException(404)
        if names["item"] == "all":
            cells = parts(self._round.gradebook.store.notebook(entry.number))
        else:
            cells = self._round.answer(entry, self._item(request)).parts
        try:
            data = redrawn(cells[names["part"]].pictures[names["place"]])
        except (IndexError, PictureError):
            raise HTTPException(404) from None
        return Response(data, media_type="image/png")

    async def _own_figure(self, request: Request) -> Response:
        if self._figure is None:
            raise HTTPException(404)
        return Response(self._figure, media_type="image/png")

    async def _asset(self, request: Request) -> Response:
        name = request.url.path.rpartition("/")[2]
        return Response(self._assets[name], media_type=ASSETS[name])

    async def _mark(self, request: Request, form: dict[str, str]) -> Response:
        item, found, place = self._found(request)
        here = found[place]
        entry = here.entry.number
        comment = form.get("comment", "").replace("\r\n", "\n").strip()
        if form.get("version") != here.written.answer:
            return self._refused(request, form, Refused("answer", comment))
        if form.get("rubric") != item.version:
            return self._refused(request, form, Refused("rubric", comment))
        points = tuple(_points(form, k, line.points) for k, line in enumerate(item.lines))
        mark = HandMark(
            *(here.entry.owner, item.id, here.written.answer, points),
            tuple(line.points for line in item.lines),
            *(comment, item.version, entry),
            tuple(line.id for line in item.lines),
        )
        try:
            self._round.by_hand.marks.give([mark], seen=form.get("seen", ""))
        except OvertakenError:
            return self._refused(request, form, Refused("mark", comment))
        except ValueError as error:
            raise HTTPException(400, str(error)) from None
        return self._on(item, entry, request, "saved")

    def _refused(self, request: Request, form: dict[str, str], why: Refused) -> Response:
        """Show what was not saved, beside what stands there by now: nothing of it is lost."""
        item, found, place = self._found(request)
        for k, line in enumerate(item.lines):
            with contextlib.suppress(HTTPException):
                # Steps of other points mean other things.
                if why.kind != "rubric":
                    why.points[k] = _points(form, k, line.points)
        kept = request.query_params.get("beside", "")
        return HTMLResponse(self._pages.answer(item, place, found, kept, "", refused=why), 409)

    async def _unmark(self, request: Request, form: dict[str, str]) -> Response:
        item, found, place = self._found(request)
        here = found[place]
        given = (here.entry.owner, item.id, here.written.answer)
        try:
            self._round.by_hand.marks.take_back(*given, seen=form.get("seen", ""))
        except OvertakenError:
            return self._to(item, here.entry.number, request, "overtaken")
        return self._to(item, here.entry.number, request, "removed")

    async def _undo(self, request: Request, form: dict[str, str]) -> Response:
        try:
            undone = self._round.by_hand.marks.undo()
        except OvertakenError:
            return RedirectResponse(f"{self.guard.place}/?said=overtaken", 303)
        if undone is None:
            return RedirectResponse(f"{self.guard.place}/?said=nothing", 303)
        owner, name, _ = undone
        entry = next((e for e in self._round.entries() if e.owner == owner), None)
        item = next((i for i in self._round.sheet.items if i.id == name), None)
        if entry is None or item is None:
            return RedirectResponse(f"{self.guard.place}/?said=undone", 303)
        return self._to(item, entry.number, request, "undone")

    async def _rubric(self, request: Request) -> Response:
        item = self._item(request)
        return HTMLResponse(self._pages.rubric(item, self._back(request)))

    async def _change_line(self, request: Request, form: dict[str, str]) -> Response:
        """Show what another line would change, and change it once that was seen."""
        item, back = self._item(request), self._back(request)
        text, half = (form.get(name, "").replace("\r\n", "\n").strip() for name in ("text", "half"))
        rubric = self._round.by_hand.rubric
        try:
            points = check_number("points", _number(form.get("points", "")), low=0.0)
            line = Line(points, text, half, item.line(request.path_params["line"]).id)
            new = rubric.with_line(item.id, line)
            if form.get("sure") != "yes":
                moved = rubric.moved(self._round.sheet, new)
                return HTMLResponse(self._pages.rubric(item, back, asked=(line, moved)))
            said = rubric.change_line(item.id, line, form.get("rubric", ""))
        except ValueError as error:
            return HTMLResponse(
                self._pages.rubric(self._item(request), back, error=str(error)), 400
            )
        done = said or ("Nothing was changed.",)
        return HTMLResponse(self._pages.rubric(self._item(request), back, done=done))

    def _back(self, request: Request) -> int:
        text = request.query_params.get("back", "")
        return int(text) if text.isascii() and text.isdigit() and len(text) < 10 else 0

    async def _busy(self, request: Request, error: Exception) -> Response:
        return PlainTextResponse(
            "Another program holds the file of marks. Nothing was saved: go back, and try again.\n"
            f"({error})",
            503,
        )

    async def _write(self, request: Request, form: dict[str, str]) -> Response:
        self._round.gradebook.publish(self._round.lab)
        back = "gradebook" if form.get("back") == "gradebook" else ""
        return RedirectResponse(f"{self.guard.place}/{back}?said=written", 303)

    async def _gradebook(self, request: Request) -> Response:
        return self._shown_gradebook(told=request.query_params.get("said", ""))

    def _shown_gradebook(self, refused: str = "", told: str = "") -> Response:
        kept = kept_command(self._round.gradebook.store, self._round.lab)
        page = self._pages.gradebook(self.running.said(), self._questions, kept, refused, told)
        return HTMLResponse(page, 400 if refused else 200)

    async def _grade(self, request: Request, form: dict[str, str]) -> Response:
        """Grade a folder as the lab was graded last."""
        kept = kept_command(self._round.gradebook.store, self._round.lab)
        given = form.get("submissions", "").strip()
        if not kept:
            return self._shown_gradebook(
                "how this lab is graded is not known: grade it once by command"
            )
        if not given:
            return self._shown_gradebook("the folder or zip with the submissions is missing")
        # A whole path, so that none can be taken for an option.
        kept["submissions"] = str(Path(given).expanduser().resolve())
        found = [*command_words(kept | self._place()), *(["--dry-run"] if form.get("dry") else [])]
        return self._start(["grade", *found])

    async def _trial(self, request: Request, form: dict[str, str]) -> Response:
        """Grade one question again; nothing counts yet."""
        question = form.get("question", "")
        if question not in self._questions:
            return self._shown_gradebook("choose one of the questions that a judge marks")
        kept = kept_command(self._round.gradebook.store, self._round.lab)
        grader = command_words(kept, only=GRADER)
        asked = [f"--question={question}", "--trial"]
        asked += ["--afresh"] if form.get("afresh") else []
        return self._start(["regrade", *command_words(self._place()), *asked, *grader])

    async def _keep(self, request: Request, form: dict[str, str]) -> Response:
        reason = " ".join(form.get("reason", "").split())
        if len(reason) > LONGEST_REASON or not reason.isprintable():
            return self._shown_gradebook(
                f"a reason has at most {LONGEST_REASON} printable characters"
            )
        return self._start(
            ["regrade", *command_words(self._place()), "--keep", f"--reason={reason}"]
        )

    async def _drop(self, request: Request, form: dict[str, str]) -> Response:
        return self._start(["regrade", *command_words(self._place()), "--drop"])

    async def _cancel(self, request: Request, form: dict[str, str]) -> Response:
        self.running.cancel()
        return RedirectResponse(f"{self.guard.place}/gradebook", 303)

    def _place(self) -> dict[str, Any]:
        """Return the options that say where the marks are."""
        gradebook = self._round.gradebook
        key = gradebook.key_file and str(gradebook.key_file.resolve())
        return {"lab": self._round.lab, "out": str(gradebook.out.resolve()), "key_file": key}

    def _start(self, command: Sequence[str]) -> Response:
        try:
            self.running.start(command)
        except (ValueError, OSError) as error:
            return self._shown_gradebook(str(error))
        return RedirectResponse(f"{self.guard.place}/gradebook", 303)

    def _checked(
        self, do: Callable[[Request, dict[str, str]], Coroutine[Any, Any, Response]]
    ) -> Callable[[Request], Coroutine[Any, Any, Response]]:
        """Return what carries out a form if it was filled in on a page of this session."""

        async def checked(request: Request) -> Response:
            data = b""
            async for chunk in request.stream():
                data += chunk
                if len(data) > LARGEST_FORM:
                    raise HTTPException(413)
            try:
                fields = parse_qs(data.decode("utf-8"), keep_blank_values=True, max_num_fields=100)
            except ValueError:
                raise HTTPException(400) from None
            form = {name: values[-1] for name, values in fields.items()}
            if not self.guard.is_own_form(form.get("key", "")):
                raise HTTPException(403, "Refused: the form is not of this session.")
            return await do(request, form)

        return checked

    def _item(self, request: Request) -> Item:
        try:
            return self._round.sheet.item(request.path_params["item"])
        except ValueError:
            raise HTTPException(404) from None

    def _found(self, request: Request) -> tuple[Item, list[Standing], int]:
        item = self._item(request)
        found = self._round.standings(item)
        number = request.path_params["entry"]
        for place, standing in enumerate(found):
            if standing.entry.number == number:
                return item, found, place
        raise HTTPException(404, "This notebook does not count (any more).")

    def _to(self, item: Item, entry: int, request: Request, said: str) -> Response:
        kept = request.query_params.get("beside", "")
        return RedirectResponse(self._pages.link(item, entry, kept, said), 303)

    def _on(self, item: Item, entry: int, request: Request, said: str) -> Response:
        """Go to the next answer that waits."""
        following = self._round.next_waiting(item, entry)
        if following is None:
            waiting = any(p.waiting for p in self._round.progress() if p.item.max_points)
            end = "others" if waiting else "all" if said else "saved"
            return RedirectResponse(f"{self.guard.place}/?said={end}", 303)
        return self._to(*(following[0], following[1].number), request, said)


def _number(text: str) -> float:
    try:
        return float(text)
    except ValueError:
        raise ValueError(f"points are a number, not {text[:40]!r}") from None


def _points(form: dict[str, str], place: int, most: float) -> float:
    if not most:
        return 0.0
    text = form.get(f"line{place}", "")
    try:
        value = float(text)
    except ValueError:
        raise HTTPException(400, f"Line {place + 1} has no points.") from None
    if not 0 <= value <= most:
        raise HTTPException(400, f"Line {place + 1} has 0 to {most:g} points.")
    return value


def listening(port: int = 0) -> socket.socket:
    """Return a socket that listens on 127.0.0.1 and nowhere else; port 0 takes a free one."""
    found = socket.socket(socket.AF_INET, socket.SOCK_STREAM)
    try:
        found.bind(("127.0.0.1", port))
        found.listen(64)  # a browser that is faster than the server waits in line
    except OSError:
        found.close()
        raise
    return found


def serve(marking: Marking, where: socket.socket) -> None:
    """Serve the page until the process is told to end."""
    import uvicorn

    config = uvicorn.Config(
        marking.guard,
        log_level="warning",
        access_log=False,
        server_header=False,
        proxy_headers=False,
        ws="none",
        timeout_graceful_shutdown=2,
    )
    uvicorn.Server(config).run(sockets=[where])
