"""Run the notebooks of pages side by side before the pages are read.

Sphinx reads one page after the other, and so MyST-NB runs one notebook after the other. Here those
that its cache does not hold are run first, one per processor, each in a kernel and a folder as
MyST-NB would give it, and put into that cache. A notebook that fails is not: the page then runs it
again, and reports it as usual.
"""

from __future__ import annotations

import os
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path, PurePosixPath
from typing import Any

from jupyter_cache import get_cache
from jupyter_cache.base import CacheBundleIn
from jupyter_cache.executors.utils import single_nb_execution
from myst_nb.core.read import create_nb_reader
from sphinx.util import logging

LOGGER = logging.getLogger(__name__)
MOST = 4  # kernels at a time: some take half a gigabyte


def notebook_of(env: Any, path: Path) -> Any:
    """Return the notebook in a page's source, if it is one that runs."""
    config = env.mystnb_config
    posix = PurePosixPath(path.as_posix())
    if any(posix.match(pattern) for pattern in config.execution_excludepatterns):
        return None
    text = path.read_text(encoding="utf-8")
    reader = create_nb_reader(str(path), env.myst_config, config, text)
    notebook = reader and reader.read(text)
    runs = notebook and any(cell.cell_type == "code" for cell in notebook.cells)
    return notebook if runs else None


def is_known(cache: Any, notebook: Any) -> bool:
    """Return whether the cache holds the outputs of a notebook."""
    try:
        cache.match_cache_notebook(notebook)
    except KeyError:
        return False
    return True


def run_ahead(app: Any, env: Any, names: list[str]) -> None:
    """Run the notebooks of the pages that are about to be read, and put them into the cache."""
    config, workers = env.mystnb_config, min(os.cpu_count() or 1, MOST)
    if config.execution_mode != "cache" or config.execution_in_temp or workers < 2:
        return
    cache = get_cache(config.execution_cache_path)
    found = {path: notebook_of(env, path) for path in (Path(env.doc2path(n)) for n in names)}
    waiting = {path: nb for path, nb in found.items() if nb and not is_known(cache, nb)}

    def run(path: Path) -> Any:
        return single_nb_execution(
            waiting[path],
            cwd=str(path.parent.absolute()),
            timeout=config.execution_timeout,
            allow_errors=config.execution_allow_errors,
            meta_override=True,
        )

    with ThreadPoolExecutor(workers) as pool:
        for path, result in zip(waiting, pool.map(run, waiting), strict=True):
            if result.err is not None:
                continue
            LOGGER.info("%s: executed in %.1f seconds", path.name, result.time)
            data = {"execution_seconds": result.time}
            bundle = CacheBundleIn(waiting[path], str(path), data=data)
            cache.cache_notebook_bundle(bundle, check_validity=False, overwrite=True)


def setup(app: Any) -> dict[str, bool]:
    app.connect("env-before-read-docs", run_ahead)
    return {"parallel_read_safe": True, "parallel_write_safe": True}
