"""Keep the execution of notebooks from stalling.

nbclient waits for a cell's reply on the socket on which it also sends widget messages, and now and
then loses the wake-up: the cell has ended, but the wait lasts until its timeout. Waiting in slices
of half a second looks again in time. See https://github.com/jupyter/nbclient/issues/312.
"""

from __future__ import annotations

import time
from queue import Empty
from typing import Any

from jupyter_client.channels import AsyncZMQSocketChannel

SLICE = 0.5  # s

_get_msg = AsyncZMQSocketChannel.get_msg


async def get_msg(self: AsyncZMQSocketChannel, timeout: float | None = None) -> Any:
    """Return the next message, or raise ``queue.Empty`` after `timeout` seconds."""
    end = None if timeout is None else time.monotonic() + timeout
    while True:
        left = SLICE if end is None else min(SLICE, max(0.0, end - time.monotonic()))
        try:
            return await _get_msg(self, timeout=left)
        except Empty:
            if end is not None and time.monotonic() >= end:
                raise


def setup(app: Any) -> dict[str, bool]:
    AsyncZMQSocketChannel.get_msg = get_msg
    return {"parallel_read_safe": True, "parallel_write_safe": True}
