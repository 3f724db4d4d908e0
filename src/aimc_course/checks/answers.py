"""The reference answers of a lab: a file of their own, loaded when a check first needs one.

An environment may lack the file. The lab then starts, gives its numbers and judges what can be
judged without it.
"""

from __future__ import annotations

import importlib
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

__all__ = ["Answers", "AnswersNotInstalledError", "Reference"]


class AnswersNotInstalledError(LookupError):
    """A check needs a reference answer, and this environment holds none."""


@dataclass(frozen=True, slots=True)
class Reference:
    """One function of the answers' file; the file is imported by the first call."""

    module: str
    name: str

    @property
    def __name__(self) -> str:
        return self.name

    @property
    def function(self) -> Callable[..., Any]:
        """The function itself.

        Raises
        ------
        AnswersNotInstalledError
            If this environment lacks the file.
        """
        try:
            module = importlib.import_module(self.module)
        except ModuleNotFoundError as error:
            if error.name != self.module:
                raise
            raise AnswersNotInstalledError(f"{self.module} is not installed here") from None
        found: Callable[..., Any] = getattr(module, self.name)
        return found

    def __call__(self, *arguments: Any, **named: Any) -> Any:
        """Call the function."""
        return self.function(*arguments, **named)


class Answers:
    """The functions of a lab's answers by their names, whether or not they are installed.

    Parameters
    ----------
    package : str
        The lab's folder, ``__package__`` of its questions.

    Examples
    --------
    >>> answers = Answers("aimc_course.labs.lab01")
    >>> answers.cores_needed(10, 784, 256, 256)
    4
    """

    def __init__(self, package: str) -> None:
        self._module = f"{package}.answers"

    def __getattr__(self, name: str) -> Callable[..., Any]:
        if name.startswith("__"):
            raise AttributeError(name)
        return Reference(self._module, name)
