"""From the source of a cell to code: the serial number set, the notebook's magic left out."""

from __future__ import annotations

import ast
import linecache
import re
from types import CodeType
from typing import Any, TypeGuard

__all__ = ["compiled"]

SERIAL = "SERIAL"
INNER = (
    *(ast.FunctionDef, ast.AsyncFunctionDef, ast.ClassDef, ast.Lambda),
    *(ast.For, ast.AsyncFor, ast.While),
)
"""Code in which a name SERIAL is one of its own."""
ROWS = (ast.Tuple, ast.List)
CAPTURE = "%%capture"
HARMLESS = ("%%time", "%%timeit", CAPTURE)
"""Magic of a whole cell that leaves what the cell does as it is."""
MAGIC = re.compile(r"\s*[%!?].*|.*\?\s*")
TIMED = re.compile(r"(\s*)%time\s+(?=\S)")
CAUGHT = re.compile(r"(\s*[\w\s,.]+=\s*)[%!].*")
PROMPT = re.compile(r"(?:>>>|\.\.\.)(?: |$)")
MOST = 100  # lines of magic that are looked at one by one


class _SetSerial(ast.NodeTransformer):
    """Replaces what a cell assigns to SERIAL, outside of functions, classes and loops."""

    def __init__(self, serial: int) -> None:
        self.serial = serial
        self.other: list[str] = []

    def visit(self, node: ast.AST) -> Any:
        return node if isinstance(node, INNER) else super().visit(node)

    def visit_Assign(self, node: ast.Assign) -> ast.AST | list[ast.AST]:
        self.generic_visit(node)
        for target in node.targets:
            node.value = self._set(target, node.value)
        if not any(self._unpacks(target, node.value) for target in node.targets):
            return node
        self.other.append(ast.unparse(node))
        return [node, self._assignment(node)]

    def visit_AnnAssign(self, node: ast.AnnAssign) -> ast.AST:
        self.generic_visit(node)
        node.value = node.value and self._set(node.target, node.value)
        return node

    def visit_AugAssign(self, node: ast.AugAssign) -> ast.AST:
        self.generic_visit(node)
        if not _is_serial(node.target):
            return node
        self.other.append(ast.unparse(node))
        return self._assignment(node)

    def visit_NamedExpr(self, node: ast.NamedExpr) -> ast.AST:
        self.generic_visit(node)
        node.value = self._set(node.target, node.value)
        return node

    def _set(self, target: ast.expr, value: ast.expr) -> ast.expr:
        """Return what is to be assigned to a target in place of a value."""
        if _is_serial(target):
            if not isinstance(value, ast.Constant) or value.value != self.serial:
                self.other.append(f"{SERIAL} = {ast.unparse(value)}")
            return ast.copy_location(ast.Constant(self.serial), value)
        if isinstance(value, ROWS) and (pairs := _pairs(target, value)):
            value.elts = [self._set(*pair) for pair in pairs]
        return value

    def _unpacks(self, target: ast.expr, value: ast.expr) -> bool:
        """Tell whether SERIAL is among names that a value is unpacked to as a whole."""
        if pairs := _pairs(target, value):
            return any(self._unpacks(*pair) for pair in pairs)
        return not _is_serial(target) and any(
            _is_serial(name) and isinstance(name.ctx, ast.Store) for name in ast.walk(target)
        )

    def _assignment(self, node: ast.stmt) -> ast.AST:
        """Return the assignment of the serial number, in the place of a statement."""
        name, number = ast.Name(SERIAL, ast.Store()), ast.Constant(self.serial)
        return ast.copy_location(ast.Assign([name], number), node)


def _is_serial(node: ast.AST) -> TypeGuard[ast.Name]:
    return isinstance(node, ast.Name) and node.id == SERIAL


def _pairs(target: ast.expr, value: ast.expr) -> list[tuple[ast.expr, ast.expr]]:
    """Return several targets, each with the value that stands for it; none if that is not plain."""
    if not isinstance(target, ROWS) or not isinstance(value, ROWS):
        return []
    spread = any(isinstance(one, ast.Starred) for one in value.elts)
    return (
        []
        if spread or len(target.elts) != len(value.elts)
        else list(zip(target.elts, value.elts, strict=True))
    )


def compiled(source: str, name: str, serial: int, features: int = 0) -> tuple[CodeType, list[str]]:
    """Return a cell as code, and notes on what was changed in it.

    Parameters
    ----------
    source : str
        Source of the cell.
    name : str
        Name of the cell in messages.
    serial : int
        Serial number that takes the place of whatever is assigned to ``SERIAL``.
    features : int
        Flags of what earlier cells imported from ``__future__``.

    Raises
    ------
    SyntaxError, ValueError
        If the rest is no Python.
    """
    notes: list[str] = []
    source = _flush(source)
    if source.lstrip().startswith("%%"):
        first, _, rest = source.lstrip().partition("\n")
        magic, *words = first.split()
        if magic in HARMLESS:
            names = [word for word in words if magic == CAPTURE and word.isidentifier()]
            silent = f"{names[0]} = get_ipython()" if names else ""
            source = "\n" * (source.index("%%") > 0) + silent + "\n" + rest
        else:
            notes.append(f"{name} begins with {magic:.20} and was left out")
            source = ""
    # Python shows the source of a function from here
    linecache.cache[name] = len(source), None, source.splitlines(keepends=True), name
    tree, left = _parsed(source, name)
    if any("matplotlib" not in line for line in left):
        notes.append(f"{name}: lines that begin with % or ! were left out")
    change = _SetSerial(serial)
    tree = ast.fix_missing_locations(change.visit(tree))
    if change.other:
        notes.append(f"{name} says {change.other[0]:.30}; it was run with {serial}")
    flags = ast.PyCF_ALLOW_TOP_LEVEL_AWAIT | features
    # "single" hands values of expressions to sys.displayhook, as a notebook does
    return compile(ast.Interactive(tree.body), name, "single", flags, dont_inherit=True), notes


def _flush(source: str) -> str:
    """Return a cell without what stands before all of its lines: indentation, and prompts."""
    lines = source.split("\n")
    first = next((line for line in lines if line.strip() and line.lstrip()[0] != "#"), "")
    indentation = first[: len(first) - len(first.lstrip())]
    lines = [line.removeprefix(indentation) for line in lines]
    if first.lstrip().startswith(">>>"):
        lines = [PROMPT.sub("", line) for line in lines]
    return "\n".join(lines)


def _parsed(source: str, name: str) -> tuple[ast.Module, list[str]]:
    """Return what Python makes of a cell, and the lines of magic that were left out of it.

    A line is taken for magic only where Python stumbles over it: inside text or brackets it may
    begin with % as well. Lines keep their places, so that messages name the right one.
    """
    lines = source.split("\n")
    left: list[str] = []
    for tried in range(MOST + 1):
        try:
            return ast.parse("\n".join(lines), name), left
        except SyntaxError as error:
            found = [(error.lineno or 0) - 1] if tried < MOST else range(len(lines))
            changed = False
            for number in found:
                line = lines[number] if 0 <= number < len(lines) else ""
                if TIMED.match(line):
                    lines[number] = TIMED.sub(r"\1", line)
                elif (caught := CAUGHT.fullmatch(line)) or MAGIC.fullmatch(line):
                    left.append(line)
                    indentation = line[: len(line) - len(line.lstrip())]
                    lines[number] = caught[1] + "[]" if caught else indentation + "pass"
                    below = number + 1
                    while line.endswith("\\") and below < len(lines):  # it goes on there
                        line, lines[below] = lines[below], ""
                        below += 1
                else:
                    continue
                changed = True
            if not changed:
                raise
    return ast.parse("\n".join(lines), name), left
