"""The shell of a page without a kernel: text in, text out, called by Python in the browser.

The other shell, `aimc_course.explorers.notebook_shell`, makes ipywidgets; this one answers a page
that draws by itself. Everything goes through JSON, which knows no NaN and no infinity: they become
null.
"""

from __future__ import annotations

import ast
import contextlib
import importlib
import io
import json
import linecache
import math
import traceback
import warnings
from collections.abc import Callable, Iterable, Iterator
from typing import Any

import numpy as np

from aimc.plots import Chart
from aimc_course.explorers.explorer import Explorer

__all__ = ["answer", "find", "plain", "run"]

CELL = "<cell>"
"""File name of a reader's code, in tracebacks and warnings."""
MOST = 100_000
"""Characters of what code prints that a page is sent."""
SHORTER = 1e6
"""Below it a whole number has fewer letters without its point."""
ABSENT = (
    "Live cells have NumPy and this course's library, no {name}. To draw, build a Chart and "
    "show it with show(chart). What needs PyTorch or data files runs in a notebook."
)


def find(target: str) -> Explorer:
    """Return the explorer that ``"module:NAME"`` names.

    Raises
    ------
    ValueError
        If the text has another form, or what it names is no explorer.
    """
    module, colon, name = target.partition(":")
    if not (module and colon and name):
        raise ValueError(f"target={target!r} is not allowed: it must read 'module:NAME'")
    found = getattr(importlib.import_module(module), name, None)
    if not isinstance(found, Explorer):
        raise ValueError(f"target={target!r} is not allowed: it names no explorer")
    return found


def plain(value: Any) -> Any:
    """Return a tree of dicts, lists and numbers as JSON can hold it.

    Raises
    ------
    TypeError
        If the tree holds anything that JSON has no form for.
    """
    if value is None or isinstance(value, bool | str):
        return value
    if isinstance(value, np.generic | np.ndarray):
        return plain(value.tolist())
    if isinstance(value, int):
        return value
    if isinstance(value, float):
        if value.is_integer() and abs(value) < SHORTER:
            return int(value)  # 3, not 3.0: maps are thousands of them
        return value if math.isfinite(value) else None
    if isinstance(value, dict):
        return {str(key): plain(item) for key, item in value.items()}
    if isinstance(value, list | tuple):
        return [plain(item) for item in value]
    raise TypeError(f"an answer cannot hold {type(value).__name__}: {value!r}")


def answer(target: str, state: str = "{}") -> str:
    """Return an explorer's answer as JSON text, with the warnings that were given on the way.

    Parameters
    ----------
    target : str
        ``"module:NAME"`` of the explorer.
    state : str
        JSON object of control values; what is left out keeps its default.

    Raises
    ------
    ValueError, TypeError
        If the target names no explorer, or a value is not allowed.
    """
    explorer = find(target)
    with warnings.catch_warnings(record=True) as caught:
        warnings.simplefilter("always")
        found = explorer.answer(**json.loads(state))
    out = {**plain(found.as_json()), "warnings": list(_messages(caught))}
    return json.dumps(out, allow_nan=False, ensure_ascii=False)


def _no_input(prompt: object = "") -> str:
    """Stand in for ``input``, which has nobody to ask on a page."""
    raise RuntimeError(f"input({prompt!r}) cannot ask on a page: write the value into the code")


def run(source: str, write: Callable[[str], Any] | None = None) -> str:
    """Run a reader's code in a namespace of its own; return what it printed and showed, as JSON.

    As in a notebook, the value of a last line that is an expression is displayed.

    Parameters
    ----------
    source : str
        Python code.
    write : callable, optional
        Called with each piece of text as it is printed.

    Returns
    -------
    str
        JSON object: ``stdout``, text; ``error``, the traceback or null; ``charts``, list.
    """
    out = _Writer(write)
    charts: list[Any] = []
    error = None

    def show(*shown: Chart) -> None:
        for chart in _charts(shown):
            charts.append(plain(chart.as_json()))

    names: dict[str, Any] = {"__name__": "__main__", "show": show, "Chart": Chart}
    names["input"] = _no_input
    linecache.cache[CELL] = (len(source), None, source.splitlines(keepends=True), CELL)
    with (
        contextlib.redirect_stdout(out),
        contextlib.redirect_stderr(out),
        warnings.catch_warnings(),
        np.errstate(),
        np.printoptions(),
    ):
        warnings.simplefilter("always")
        warnings.showwarning = _print_warning
        try:
            _execute(source, names)
        except BaseException as problem:
            # SystemExit too: no code of a reader may end the page's Python.
            error = _trace(problem)
    result = {"stdout": out.getvalue(), "error": error, "charts": charts}
    return json.dumps(result, allow_nan=False, ensure_ascii=False)


class _Writer(io.StringIO):
    """Text that is kept, and passed on as it comes, up to as much as a page can show."""

    def __init__(self, write: Callable[[str], Any] | None) -> None:
        super().__init__()
        self._pass_on = write
        self._lost = 0

    def write(self, text: str, /) -> int:
        shown = text[: max(0, MOST - self.tell())]
        self._lost += len(text) - len(shown)
        if self._pass_on is not None and shown:
            self._pass_on(shown)
        super().write(shown)
        return len(text)

    def getvalue(self) -> str:
        more = f"\n... and {self._lost:,} characters more" if self._lost else ""
        return super().getvalue() + more


def _charts(shown: Iterable[Any]) -> Iterator[Chart]:
    for item in shown:
        if isinstance(item, Chart):
            yield item
        elif isinstance(item, list | tuple):
            yield from _charts(item)
        else:
            raise TypeError(f"show takes charts, got {type(item).__name__}")


def _execute(source: str, names: dict[str, Any]) -> None:
    tree = ast.parse(source, CELL)
    last = tree.body.pop() if tree.body and isinstance(tree.body[-1], ast.Expr) else None
    exec(compile(tree, CELL, "exec"), names)
    if isinstance(last, ast.Expr):
        value = eval(compile(ast.Expression(last.value), CELL, "eval"), names)
        if isinstance(value, Chart):
            names["show"](value)
        elif value is not None:
            print(repr(value))


def _trace(problem: BaseException) -> str:
    """Return the traceback without the frames of this file."""
    lines = traceback.TracebackException.from_exception(problem)
    frames = [frame for frame in lines.stack if frame.filename != __file__]
    lines.stack = traceback.StackSummary.from_list(frames)
    text = "".join(lines.format()).rstrip()
    module = getattr(problem, "name", None) or ""
    name = module if module.startswith("aimc.") else module.partition(".")[0]
    if isinstance(problem, ModuleNotFoundError) and name:
        # In the browser the message goes on about ways to install the module, which do not exist.
        text = text.partition(f"No module named '{name}'")[0] + f"No module named '{name}'"
        text += f"\n{ABSENT.format(name=name)}"
    return text


def _print_warning(
    message: Warning | str,
    category: type[Warning],
    filename: str,
    lineno: int,
    file: Any = None,
    line: str | None = None,
) -> None:
    place = f"line {lineno}: " if filename == CELL else ""
    print(f"{place}{category.__name__}: {message}")


def _messages(caught: Iterable[warnings.WarningMessage]) -> Iterator[str]:
    """Yield what concerns the reader, each message once."""
    silent = (DeprecationWarning, PendingDeprecationWarning, ImportWarning, ResourceWarning)
    seen = dict.fromkeys(
        f"{item.category.__name__}: {item.message}"
        for item in caught
        if not issubclass(item.category, silent)
    )
    yield from seen
