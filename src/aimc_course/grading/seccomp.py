"""A system call filter for sandboxes, as the few hundred bytes that the kernel takes.

Refused are the calls that reach beyond a sandbox or around its limits: the kernel's key rings,
which all sandboxes share; memory that no folder's size bounds; new namespaces and mounts; other
processes; disks that others use; kinds of sockets that no network namespace holds; and whatever has
a long record of holes. Numbers are those of the kernel's tables.
"""

from __future__ import annotations

import errno
import platform
import struct

__all__ = ["MACHINES", "program"]

ALLOW, REFUSE = 0x7FFF0000, 0x00050000
NAMESPACES = 0x7E020000 | 0x00000080  # all CLONE_NEW... of clone, the one of time included
LOAD, JUMP_EQUAL, JUMP_SET, JUMP_LEAST, RETURN = 0x20, 0x15, 0x45, 0x35, 0x06

# name: number on x86-64, number on arm64; None where the machine has no such call
CALLS: dict[str, tuple[int | None, int | None]] = {
    "add_key": (248, 217), "request_key": (249, 218), "keyctl": (250, 219),
    "memfd_create": (319, 279), "memfd_secret": (447, 447),
    "io_uring_setup": (425, 425), "io_uring_enter": (426, 426), "io_uring_register": (427, 427),
    "bpf": (321, 280), "ptrace": (101, 117), "process_vm_readv": (310, 270),
    "process_vm_writev": (311, 271), "perf_event_open": (298, 241), "userfaultfd": (323, 282),
    "unshare": (272, 97), "setns": (308, 268), "mount": (165, 40), "umount2": (166, 39),
    "pivot_root": (155, 41), "chroot": (161, 51), "open_tree": (428, 428), "move_mount": (429, 429),
    "fsopen": (430, 430), "fsconfig": (431, 431), "fsmount": (432, 432), "fspick": (433, 433),
    "mount_setattr": (442, 442), "name_to_handle_at": (303, 264), "open_by_handle_at": (304, 265),
    "kexec_load": (246, 104), "kexec_file_load": (320, 294), "init_module": (175, 105),
    "finit_module": (313, 273), "delete_module": (176, 106), "shmget": (29, 194),
    "semget": (64, 190), "msgget": (68, 186), "mq_open": (240, 180), "pidfd_getfd": (438, 438),
    "kcmp": (312, 272), "quotactl": (179, 60), "syslog": (103, 116), "acct": (163, 89),
    "swapon": (167, 224), "swapoff": (168, 225), "reboot": (169, 142), "iopl": (172, None),
    "ioperm": (173, None), "modify_ldt": (154, None), "fanotify_init": (300, 262),
    "lookup_dcookie": (212, 18), "vhangup": (153, 58), "adjtimex": (159, 171),
    "setpriority": (141, 140), "ioprio_set": (251, 30), "process_madvise": (440, 440),
    "sync": (162, 81), "syncfs": (306, 267), "settimeofday": (164, 170),
    "clock_settime": (227, 112), "clock_adjtime": (305, 266),
}  # fmt: skip
SHARED = {"socket": (41, 198), "fallocate": (285, 47)}
"""Refused where network and files are not a sandbox's own. Pairs of sockets can still be made."""
FAMILIES = (1, 2, 10)
"""Kinds of sockets that can be opened: between processes, and of the sandbox's own network. Others
reach past it, such as those from a virtual machine to its host."""
OWN = {
    "sched_setaffinity": (203, 122), "sched_setscheduler": (144, 119),
    "sched_setparam": (142, 118), "sched_setattr": (314, 274), "prlimit64": (302, 261),
}  # fmt: skip
"""Refused for any process but the caller: a sandbox's first process must get to look around."""
CLONE = {"clone": (56, 220), "clone3": (435, 435)}
MACHINES = {"x86_64": (0, 0xC000003E), "aarch64": (1, 0xC00000B7), "arm64": (1, 0xC00000B7)}


def program(machine: str | None = None, *, shared: bool = False) -> bytes:
    """Return the filter for a machine, this one by default.

    Parameters
    ----------
    machine : str, optional
        What `platform.machine` calls it.
    shared : bool
        Whether network and files are shared with others: then no socket is opened, and no space
        set aside.

    Raises
    ------
    ValueError
        If its calls are not known.
    """
    machine = machine or platform.machine()
    if machine not in MACHINES:
        raise ValueError(f"machine={machine!r} must be one of {', '.join(MACHINES)}")
    column, architecture = MACHINES[machine]
    calls = {**CALLS, **SHARED} if shared else CALLS
    numbers = [pair[column] for pair in calls.values()]
    refused = [number for number in numbers if number is not None]
    steps = [
        (LOAD, 0, 0, 4),
        (JUMP_EQUAL, 1, 0, architecture),
        (RETURN, 0, 0, REFUSE | errno.EPERM),  # calls of another machine, such as 32 bit
        (LOAD, 0, 0, 0),
    ]
    if machine == "x86_64":
        steps += [(JUMP_LEAST, 0, 1, 0x40000000), (RETURN, 0, 0, REFUSE | errno.EPERM)]
    for number in refused:
        steps += [(JUMP_EQUAL, 0, 1, number), (RETURN, 0, 0, REFUSE | errno.EPERM)]
    if not shared:
        steps += _only(SHARED["socket"][column], FAMILIES)
    for pair in OWN.values():
        steps += _only(pair[column], (0,))
    # The C library falls back from clone3, whose flags a filter cannot see, to clone.
    steps += [(JUMP_EQUAL, 0, 1, CLONE["clone3"][column]), (RETURN, 0, 0, REFUSE | errno.ENOSYS)]
    steps += [
        (JUMP_EQUAL, 0, 3, CLONE["clone"][column]),
        (LOAD, 0, 0, 16),
        (JUMP_SET, 0, 1, NAMESPACES),
        (RETURN, 0, 0, REFUSE | errno.EPERM),
        (RETURN, 0, 0, ALLOW),
    ]
    return b"".join(struct.pack("=HBBI", *step) for step in steps)


def _only(number: int, allowed: tuple[int, ...]) -> list[tuple[int, int, int, int]]:
    """Return steps that refuse a call unless its first argument is one of some."""
    count = len(allowed)
    return [
        (JUMP_EQUAL, 0, 3 + count, number),
        (LOAD, 0, 0, 16),
        *((JUMP_EQUAL, count - k, 0, value) for k, value in enumerate(allowed)),
        (RETURN, 0, 0, REFUSE | errno.EPERM),
        (LOAD, 0, 0, 0),
    ]
