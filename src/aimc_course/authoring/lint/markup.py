"""MyST Markdown taken apart without a build: prose, fenced blocks, roles, labels."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import yaml

__all__ = ["Block", "MarkupError", "labels_of", "roles", "roles_at", "split"]

FENCE = re.compile(r"^(?P<ticks>`{3,})(\{(?P<name>[\w-]+)\})?[ ]?(?P<argument>.*)$")
OPTION = re.compile(r"^:(?P<key>[\w-]+):\s*(?P<value>.*)$")
LABEL = re.compile(r"^\((?P<label>[\w-]+)\)=\s*$")
# What these hold is code or an equation, and no text with blocks in it.
OPAQUE = ("code-cell", "math", "live", "")


class MarkupError(ValueError):
    """A page that no build could read; ``line`` says where."""

    def __init__(self, line: int, text: str) -> None:
        super().__init__(f"line {line}: {text}")
        self.line = line
        self.text = text


@dataclass(frozen=True, slots=True)
class Block:
    """A fenced block: directive name (empty for plain code), options and body."""

    name: str
    argument: str
    options: dict[str, Any]
    body: str
    line: int
    """Line of its fence."""
    body_line: int
    """Line where the body begins, after the options."""

    @property
    def label(self) -> str:
        """Name by which a text refers to it, or nothing."""
        for key in ("name", "label"):
            if key in self.options:
                return str(self.options[key])
        return str(self.shown.get("name", ""))

    @property
    def shown(self) -> dict[str, Any]:
        """What a cell says of the figure or table that it draws."""
        for owner, kind in (("mystnb", "figure"), ("aimc", "table")):
            part = self.options.get(owner)
            if isinstance(part, dict) and isinstance(part.get(kind), dict):
                return dict(part[kind])
        return {}


def split(lines: list[str], first: int = 1) -> tuple[list[tuple[int, str]], list[Block]]:
    """Return numbered lines outside of all fences, and the blocks, nested ones included.

    Raises
    ------
    MarkupError
        If a fence is never closed, if its first line has a backtick, so that it does not open, or
        if the options of a block are no YAML.
    """
    prose: list[tuple[int, str]] = []
    blocks: list[Block] = []
    k = 0
    while k < len(lines):
        match = FENCE.match(lines[k])
        if match is None:
            prose.append((first + k, lines[k]))
            k += 1
            continue
        if "`" in match["argument"]:
            raise MarkupError(first + k, "a fence with a backtick in its first line does not open")
        end = k + 1
        while end < len(lines) and lines[end].rstrip() != match["ticks"]:
            end += 1
        if end == len(lines):
            raise MarkupError(first + k, "the fence is never closed")
        block = _block(match, lines[k + 1 : end], first + k)
        blocks.append(block)
        if block.name not in OPAQUE:
            skipped = block.body_line - first
            blocks += split(lines[skipped:end], block.body_line)[1]
        k = end + 1
    return prose, blocks


def roles(name: str, text: str) -> list[str]:
    """Return the targets of all uses of a role, `words <target>` reduced to the target.

    Parameters
    ----------
    name : str
        Name of the role, as a regular expression without groups that catch.
    text : str
        Text of a page.
    """
    return [target for _, target in roles_at(name, text)]


def roles_at(name: str, text: str) -> Iterator[tuple[int, str]]:
    """Yield the targets of all uses of a role with their lines, counted from 1."""
    for match in re.finditer(rf"\{{{name}\}}`([^`]+)`", text):
        target = re.sub(r"^.*<([^<>]+)>$", r"\1", match[1], flags=re.DOTALL).strip()
        yield text.count("\n", 0, match.start()) + 1, target


def labels_of(text: str) -> Iterator[tuple[int, str]]:
    """Yield what references may name, with its line: headings, equations, figures, tables."""
    outside, blocks = split(text.splitlines())
    for number, line in outside:
        if match := LABEL.match(line):
            yield number, match["label"]
    for block in blocks:
        if block.label:
            yield block.line, block.label


def _block(match: re.Match[str], body: list[str], line: int) -> Block:
    options: dict[str, Any] = {}
    k = 0
    if body and body[0].strip() == "---" and "---" in body[1:]:
        k = body.index("---", 1)
        try:
            options = yaml.safe_load("\n".join(body[1:k])) or {}
        except yaml.YAMLError as error:
            raise MarkupError(line, "the options of the block are no YAML") from error
        k += 1
    while k < len(body) and (found := OPTION.match(body[k])):
        options[found["key"]] = found["value"]
        k += 1
    text = "\n".join(body[k:])
    return Block(match["name"] or "", match["argument"], options, text, line, line + 1 + k)
