"""From the source of a cell to code: the serial number set, the notebook's magic left out."""

from __future__ import annotations

import ast
from types import CodeType

__all__ = ["compiled"]

SERIAL = "SERIAL"
MAGIC = ("%", "!", "?")


class _SetSerial(ast.NodeTransformer):
    """Replaces what is assigned to SERIAL by the student's own number."""

    def __init__(self, serial: int) -> None:
        self.serial = serial
        self.found: list[int] = []

    def visit_Assign(self, node: ast.Assign) -> ast.AST:
        if any(isinstance(target, ast.Name) and target.id == SERIAL for target in node.targets):
            value = node.value
            if isinstance(value, ast.Constant) and isinstance(value.value, int):
                self.found.append(value.value)
            node.value = ast.copy_location(ast.Constant(self.serial), value)
        return node


def compiled(source: str, name: str, serial: int) -> tuple[CodeType, list[str]]:
    """Return a cell as code, and notes on what was changed in it.

    Parameters
    ----------
    source : str
        Source of the cell.
    name : str
        Name of the cell in messages.
    serial : int
        Serial number that takes the place of whatever is assigned to ``SERIAL``.

    Raises
    ------
    SyntaxError, ValueError
        If the rest is no Python.
    """
    notes: list[str] = []
    if source.lstrip().startswith("%%"):
        notes.append(f"{name} begins with {source.split()[0]:.20} and was left out")
        source = ""
    try:
        tree = ast.parse(source, name)
    except SyntaxError:
        lines = source.split("\n")
        magic = [line.lstrip().startswith(MAGIC) or line.rstrip().endswith("?") for line in lines]
        if not any(magic):
            raise
        # The place of a line stays, so that messages name the right one.
        kept = ["" if left else line for line, left in zip(lines, magic, strict=True)]
        tree = ast.parse("\n".join(kept), name)
        if any(left and "matplotlib" not in line for line, left in zip(lines, magic, strict=True)):
            notes.append(f"{name}: lines that begin with % or ! were left out")
    change = _SetSerial(serial)
    tree = ast.fix_missing_locations(change.visit(tree))
    if other := [n for n in change.found if n != serial]:
        notes.append(f"{name} says SERIAL = {other[0] % 10**12}; it was run with {serial}")
    return compile(tree, name, "exec"), notes
