"""Links from the API pages: to our own names wherever they are documented, and to other libraries.

A class has the name of the module that defines it and those of the packages that pass it on; one of
them is documented. The source says which belong together, so nothing is imported, torch least.
Names of other libraries stand in `pages.toml` with the page that explains them: the build has no
network to ask. All other names are unresolved, and fail the build.

In docstrings, `single backticks` hold a name: of a parameter, a part of a formula, or something
with an entry of its own. Only the last is a link. What has a dot or is written like a class is
somebody's name in the source, or wrong.
"""

from __future__ import annotations

import ast
import re
import tomllib
from functools import cache
from importlib.util import find_spec
from pathlib import Path
from typing import Any

from docutils import nodes
from sphinx.addnodes import pending_xref
from sphinx.domains.python import PyXRefRole
from sphinx.util.nodes import make_refnode

PAGES = Path(__file__).with_name("pages.toml")
PACKAGES = ("aimc", "aimc_answers", "aimc_course")
NAME = re.compile(r"~?[A-Za-z_]\w*(\.[A-Za-z_]\w*)*(\(\))?")
CLASS = re.compile(r"[A-Z]+\w*[a-z]\w*")


class Names:
    """The names of packages: what each module defines, and what it passes on from another."""

    def __init__(self, packages: tuple[str, ...]) -> None:
        self.defined: set[str] = set()
        self.passed_on: dict[str, str] = {}
        self.lines: dict[str, tuple[str, int]] = {}
        """Of classes and functions: the file, from the folder of the package, and the line."""
        for package in packages:
            spec = find_spec(package)
            for folder in (spec and spec.submodule_search_locations) or ():
                for file in sorted(Path(folder).rglob("*.py")):
                    parts = file.relative_to(folder).with_suffix("").parts
                    module = ".".join((package, *(p for p in parts if p != "__init__")))
                    self.defined.add(module)
                    self._file = f"{package}/{file.relative_to(folder).as_posix()}"
                    self._read(module, ast.parse(file.read_text(encoding="utf-8")).body)

    def _read(self, owner: str, body: list[ast.stmt]) -> None:
        for node in body:
            if isinstance(node, ast.ImportFrom) and node.module and not node.level:
                for name in node.names:
                    self.passed_on[f"{owner}.{name.asname or name.name}"] = (
                        f"{node.module}.{name.name}"
                    )
            elif isinstance(node, ast.ClassDef):
                self._define(f"{owner}.{node.name}", node.lineno)
                self._read(f"{owner}.{node.name}", node.body)
            elif isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
                self._define(f"{owner}.{node.name}", node.lineno)
            elif isinstance(node, ast.Assign | ast.AnnAssign):
                targets = node.targets if isinstance(node, ast.Assign) else [node.target]
                names = [n.id for t in targets for n in ast.walk(t) if isinstance(n, ast.Name)]
                self.defined.update(f"{owner}.{name}" for name in names)
            elif isinstance(node, ast.If):  # of `if TYPE_CHECKING`
                self._read(owner, [*node.body, *node.orelse])

    def _define(self, name: str, line: int) -> None:
        self.defined.add(name)
        self.lines.setdefault(name, (self._file, line))

    def home(self, name: str) -> str:
        """Return the name under which the source defines what `name` means."""
        parts = name.split(".")
        for cut in range(len(parts), 0, -1):
            head, rest = ".".join(parts[:cut]), parts[cut:]
            source = self.passed_on.get(head)
            # `aimc.nn.convert` is a function, and in longer names the module that defines it.
            if source in (None, head) or (rest and source.startswith(head + ".")):
                continue
            return self.home(".".join([source, *rest]))
        return name

    def has(self, name: str) -> bool:
        """Return whether the source defines `name`, written in full or with its last parts."""
        end = f".{self.home(name)}"
        return any(f".{known}".endswith(end) for known in self.defined)


@cache
def names(packages: tuple[str, ...] = PACKAGES) -> Names:
    return Names(packages)


@cache
def pages() -> dict[str, str]:
    """Return the address of each name of another library."""
    found = {}
    for library in tomllib.loads(PAGES.read_text(encoding="utf-8")).values():
        root = library.pop("root")
        for page, members in library.items():
            for member in members:
                name, _, anchor = member.partition("#")
                found[name] = f"{root}{page}#{anchor or name}"
    return found


def note_entries(app: Any, env: Any) -> None:
    """Note, for what each documented thing is at home, the name of its entry in the pages."""
    objects = env.domains["py"].objects
    own = [name for name in objects if not objects[name].aliased]
    app.api_entries = {}
    if own:  # most small books have none, and need not read the source
        home = names().home
        # Of two entries for one thing the one under its own name counts.
        own.sort(key=lambda name: home(name) == name)
        app.api_entries = {home(name): name for name in own}


def resolve(app: Any, env: Any, node: pending_xref, content: nodes.Node) -> nodes.Node | None:
    """Return a link for a name that Sphinx has not found under the very name."""
    if node.get("refdomain") != "py":
        return None
    target = node["reftarget"]
    if name := app.api_entries.get(names().home(target)):
        entry = env.domains["py"].objects[name]
        return make_refnode(
            app.builder, node["refdoc"], entry.docname, entry.node_id, content, name
        )
    if address := pages().get(target):
        return nodes.reference("", "", content, internal=False, refuri=address)
    return prose(node)


def prose(node: pending_xref) -> nodes.Node | None:
    """Return the plain name, if it may be one without an entry of its own."""
    if not node.get("aimc_prose"):
        return None
    target = node["reftarget"]
    if names().has(target) or not ("." in target or CLASS.fullmatch(target)):
        return nodes.title_reference("", node.astext())
    return None


class ProseName(PyXRefRole):
    """A name between single backticks."""

    def run(self) -> Any:
        if NAME.fullmatch(self.text) is None:
            return [nodes.title_reference(self.rawtext, self.text)], []
        self.name = "py:obj"
        return super().run()

    def process_link(self, env: Any, refnode: Any, has_title: bool, title: str, target: str) -> Any:
        title, target = super().process_link(env, refnode, has_title, title, target)
        refnode["aimc_prose"] = True
        if "." in target or CLASS.fullmatch(target):
            refnode["refspecific"] = True
        return title, target


def setup(app: Any) -> dict[str, bool]:
    app.add_role("name", ProseName())
    app.connect("env-updated", note_entries)
    app.connect("missing-reference", resolve)
    return {"parallel_read_safe": True, "parallel_write_safe": True}
