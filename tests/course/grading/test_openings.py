"""The openings that earlier sandboxes had, tried from a student's cell."""

from dataclasses import replace

import pytest

from aimc_course.grading import Grader

TRIED = """
import ctypes, os, socket, subprocess
libc = ctypes.CDLL(None, use_errno=True)
def tried(what):
    try:
        return bool(what())
    except Exception:
        return False
"""
OPENINGS = {
    "a setting of the kernel": "lambda: os.open('/proc/sys/kernel/core_pattern', os.O_WRONLY)",
    "a setting that takes effect": "lambda: os.open('/proc/sys/vm/overcommit_memory', os.O_WRONLY)",
    "the key ring": "lambda: libc.syscall(248, b'user', b'aimc', b'x', 1, -5) != -1",
    "the key ring of the session": "lambda: libc.syscall(250, 0, -3, 1) != -1",
    "a nested namespace": "lambda: os.unshare(0x10000000) is None if hasattr(os, 'unshare') "
    "else libc.unshare(0x10000000) == 0",
    "a namespace by clone": "lambda: libc.syscall(56, 0x10000011, 0, 0, 0, 0) > 0",
    "memory without a limit": "lambda: os.memfd_create('x')",
    "shared memory of System V": "lambda: libc.shmget(0, 2**30, 0o1600) != -1",
    "a file in /dev": "lambda: open('/dev/x', 'w')",
    "descriptors that were left": "lambda: [n for n in os.listdir('/proc/self/fd') if int(n) > 12]",
    "root": "lambda: 0 in os.getresuid() + os.getresgid() + tuple(os.getgroups())",
    "another user": "lambda: os.setuid(0) is None",
    "a mount": "lambda: libc.mount(b'none', b'/tmp', b'tmpfs', 0, None) == 0",
    "a new root": "lambda: os.chroot('/tmp') is None",
    "tracing": "lambda: libc.ptrace(16, os.getppid(), 0, 0) == 0",
    "a raw socket": "lambda: socket.socket(socket.AF_INET, socket.SOCK_RAW, 1)",
    "a socket of the host": "lambda: [n for n in ('/run/docker.sock', '/run/dbus') "
    "if os.path.exists(n)]",
    "names of abstract sockets": "lambda: len(open('/proc/net/unix').readlines()) > 2",
    "a program with more rights": "lambda: subprocess.run(['su', '-c', 'true']).returncode == 0",
    "io_uring": "lambda: libc.syscall(425, 8, ctypes.create_string_buffer(120)) > 0",
    "the clock": "lambda: __import__('time').clock_settime(0, 0) is None",
    "the answers": "lambda: __import__('aimc_answers.lab02.answers')",
    "the judge": "lambda: __import__('aimc_course.grading.judging')",
    "the keys": "lambda: __import__('aimc_course.grading.keys')",
    "the sources of labs": "lambda: [f for _, _, names in os.walk('/') for f in names "
    "if f[:2].isdigit() and f.endswith('.ipynb')]",
}


@pytest.fixture
def opened(sandbox, limits, lab2):
    names = list(OPENINGS)
    cell = f"{TRIED}\nfound = [{', '.join(f'tried({OPENINGS[name]})' for name in names)}]"
    # The numbers of what was open come out as the text of an error.
    cell += "\nraise RuntimeError('open: ' + ' '.join(str(k) for k, f in enumerate(found) if f))"
    patient = replace(limits, cell=60, submission=120)  # to look through all files takes a while
    with Grader("lab-2", lab2.key, sandbox, patient) as grader:
        marks = grader.grade(lab2.written(lab2.start, cell), student="ada", questions=["q1"])
    (said,) = [note for note in marks.notes if "open:" in note]
    return {names[int(k)] for k in said.partition("open:")[2].split()}


def test_all_of_them_are_closed(opened):
    assert opened == set()


def test_trials_can_tell():
    space = {}
    exec(TRIED, space)
    assert space["tried"](lambda: 1)
    assert not space["tried"](lambda: 1 / 0)
