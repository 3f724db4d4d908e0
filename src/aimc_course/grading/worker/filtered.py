"""Runs a module behind a filter of system calls that it cannot take off again.

For sandboxes without bubblewrap, which would set the filter. Called as
``python -m aimc_course.grading.worker.filtered FILTER MODULE``, the filter in hexadecimal.
"""

from __future__ import annotations

import ctypes
import os
import runpy
import socket
import sys

__all__ = ["main"]

NO_NEW_PRIVILEGES, SECCOMP, FILTER = 38, 22, 2
STEP = 8  # bytes of one instruction


class Program(ctypes.Structure):
    """The kernel's ``struct sock_fprog``."""

    _fields_ = (("length", ctypes.c_ushort), ("filter", ctypes.c_char_p))


def install(code: bytes) -> None:
    """Put a filter over this process and all that it starts.

    Raises
    ------
    OSError
        If the kernel does not take it.
    """
    libc = ctypes.CDLL(None, use_errno=True)
    program = Program(len(code) // STEP, code)
    for arguments in ((NO_NEW_PRIVILEGES, 1, 0, 0, 0), (SECCOMP, FILTER, ctypes.byref(program))):
        if libc.prctl(*arguments) != 0:
            number = ctypes.get_errno()
            raise OSError(number, f"no filter of system calls: {os.strerror(number)}")
    try:
        socket.socket().close()
    except PermissionError:
        return
    raise OSError("the filter of system calls lets sockets pass")


def main() -> None:
    """Install the filter, then run the module."""
    code, module = bytes.fromhex(sys.argv[1]), sys.argv[2]
    install(code)
    sys.argv[1:] = []
    runpy.run_module(module, run_name="__main__", alter_sys=True)


if __name__ == "__main__":
    main()
