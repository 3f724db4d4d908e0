"""Make the execution cache honest.

Executed outputs depend on the library, not only on a page's own text, but the cache of notebook
outputs is keyed on the text alone. Here the sources of the library, its data and the lock file are
hashed. When the hash differs from the one the cache was made with, the cache is removed; when it
differs from the one the pages were read with, every page is read, and so executed, again.
"""

from __future__ import annotations

import hashlib
import shutil
from collections.abc import Iterable
from pathlib import Path
from typing import Any

from sphinx.util import logging

LOGGER = logging.getLogger(__name__)
STAMP = "sources.sha256"
AFTER_MYST_NB = 900  # it decides where its cache lies when the builder starts


def _files(root: Path, patterns: Iterable[str]) -> list[Path]:
    found = {path for pattern in patterns for path in root.glob(pattern) if path.is_file()}
    return sorted(
        path for path in found if "__pycache__" not in path.parts and ".egg-info" not in str(path)
    )


def digest(root: Path, patterns: Iterable[str]) -> str:
    """Return the SHA-256 of the names and contents of the files under `root` that match."""
    sha = hashlib.sha256()
    for path in _files(root, patterns):
        sha.update(path.relative_to(root).as_posix().encode() + b"\0")
        sha.update(path.read_bytes() + b"\0")
    return sha.hexdigest()


def drop_stale_cache(app: Any) -> None:
    """Remove the cache of notebook outputs when what they were computed with has changed."""
    root = Path(app.srcdir)
    current = digest(root, ["src/**/*", "constraints.txt"])
    # The extensions change how pages are read, and their scripts have other names when they change,
    # but neither changes what cells compute.
    app.aimc_page_digest = current + digest(root, ["book/_ext/*.py", "book/_static/live/**/*"])
    cache = Path(app.env.mystnb_config.execution_cache_path)
    stamp = cache / STAMP
    if stamp.exists() and stamp.read_text() == current:
        return
    if cache.exists():
        LOGGER.info("the library has changed: every page is executed again")
        shutil.rmtree(cache)
    cache.mkdir(parents=True)
    stamp.write_text(current)


def mark_outdated(
    app: Any, env: Any, added: set[str], changed: set[str], removed: set[str]
) -> list[str]:
    """Return all pages when they were last read with other sources, else none."""
    if getattr(env, "aimc_page_digest", None) == app.aimc_page_digest:
        return []
    return sorted(env.found_docs)


def remember(app: Any, env: Any) -> None:
    """Note, once all pages were read, with which sources; saved with the environment."""
    env.aimc_page_digest = app.aimc_page_digest


def setup(app: Any) -> dict[str, bool]:
    app.connect("builder-inited", drop_stale_cache, priority=AFTER_MYST_NB)
    app.connect("env-get-outdated", mark_outdated)
    app.connect("env-updated", remember)
    return {"parallel_read_safe": True, "parallel_write_safe": True}
