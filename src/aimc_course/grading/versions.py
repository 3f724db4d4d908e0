"""Fingerprints of questions: a mark says which question it was given for.

A fingerprint covers what stands in the lab's own folders: the judge of a question, and everything
in judges, answers and given numbers that it leads to by name. Editing one question leaves those of
all others.
"""

from __future__ import annotations

import ast
import hashlib
from pathlib import Path
from typing import Any

import aimc_answers
import aimc_course
from aimc_course.checks.question import LabDefinition
from aimc_course.labs.catalogue import find, folders

__all__ = ["lab_facts", "question_versions"]

FILES = ("judges", "answers", "given")
DIGITS = 12
COURSE, ANSWERS = (Path(str(p.__file__)).parent for p in (aimc_course, aimc_answers))


def lab_facts(name: str) -> dict[str, Any]:
    """Return a lab's name, and of each question its name, its points and its fingerprint."""
    lab = find(name)
    versions = question_versions(lab)
    questions = [[q.id, q.points, versions[q.id]] for q in lab.questions]
    return {"name": lab.name, "questions": questions}


def question_versions(lab: LabDefinition) -> dict[str, str]:
    """Return a fingerprint of every question of a lab, by its name."""
    folder = folders()[lab.name]
    places = {"given": COURSE / "labs"}
    paths = {name: places.get(name, ANSWERS) / folder / f"{name}.py" for name in FILES}
    texts = {name: path.read_text(encoding="utf-8") for name, path in paths.items()}
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
        start = ("judges", question.id)
        text = _closure(start, known) if start in known else whole
        asked = f"{question.id}\n{question.title}\n{question.points}"
        digest = hashlib.sha256(f"{asked}\n{text}".encode())
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
