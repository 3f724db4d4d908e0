"""Fingerprints of questions: a mark says which question it was given for.

A fingerprint covers what stands in the lab's own folder: the question, and everything in questions,
answers and given numbers that it leads to by name. Editing one question leaves those of all others.
"""

from __future__ import annotations

import ast
import hashlib
import importlib
from pathlib import Path

from aimc_course.checks.question import LabDefinition
from aimc_course.labs.catalogue import folders

__all__ = ["question_versions"]

FILES = ("questions", "answers", "given")
DIGITS = 12


def question_versions(lab: LabDefinition) -> dict[str, str]:
    """Return a fingerprint of every question of a lab, by its name."""
    package = importlib.import_module(f"aimc_course.labs.{folders()[lab.name]}")
    folder = Path(str(package.__file__)).parent
    texts = {name: (folder / f"{name}.py").read_text(encoding="utf-8") for name in FILES}
    trees = {name: ast.parse(text) for name, text in texts.items()}
    known = {
        (file, name): node
        for file, tree in trees.items()
        for node in tree.body
        for name in _defined(node)
    }
    whole = "".join(texts.values())
    versions = {}
    for question in lab.questions:
        start = ("questions", question.id)
        text = _closure(start, known) if start in known else whole
        digest = hashlib.sha256(f"{question.id}\n{question.points}\n{text}".encode())
        versions[question.id] = digest.hexdigest()[:DIGITS]
    return versions


def _defined(node: ast.stmt) -> list[str]:
    if isinstance(node, ast.FunctionDef | ast.ClassDef | ast.AsyncFunctionDef):
        return [node.name]
    if isinstance(node, ast.Assign | ast.AnnAssign):
        targets = node.targets if isinstance(node, ast.Assign) else [node.target]
        return [n.id for t in targets for n in ast.walk(t) if isinstance(n, ast.Name)]
    return []


def _closure(start: tuple[str, str], known: dict[tuple[str, str], ast.stmt]) -> str:
    """Return the code that a name leads to, each part once, without comments and layout."""
    found: dict[tuple[str, str], str] = {}
    waiting = [start]
    while waiting:
        place = waiting.pop()
        if place in found:
            continue
        node = known[place]
        found[place] = ast.dump(node)
        for part in ast.walk(node):
            for other in _led_to(part, place[0]):
                if other in known:
                    waiting.append(other)
    return "\n".join(f"{place}: {text}" for place, text in sorted(found.items()))


def _led_to(part: ast.AST, file: str) -> list[tuple[str, str]]:
    if isinstance(part, ast.Attribute) and isinstance(part.value, ast.Name):
        return [(part.value.id, part.attr)] if part.value.id in FILES else []
    if isinstance(part, ast.Name):
        # a name of this file, or one that was imported from the given numbers
        return [(file, part.id), ("given", part.id)]
    return []
