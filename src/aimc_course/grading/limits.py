"""How much time, memory, output and data a submission may take."""

from __future__ import annotations

from dataclasses import dataclass, fields

from aimc.validation import check_number

__all__ = ["Limits"]

MIB = 2**20


@dataclass(frozen=True, slots=True)
class Limits:
    """Bounds on what a submission may use; whatever exceeds one of them costs what it held.

    Times are wall times in s, without those in which other work kept the submission from a
    processor; sizes are in bytes.
    """

    cell: float = 240.0
    """Longest time of one cell."""
    call: float = 20.0
    """Longest time of one call of a student's function."""
    question: float = 60.0
    """Longest time of all calls of one question together."""
    submission: float = 900.0
    """Longest time of a whole submission, restarts included."""
    judge: float = 120.0
    """Longest time that the judge may think about one answer, calls not counted."""
    judging: float = 600.0
    """Longest time that the judge may think about all answers of a submission together."""
    start: float = 60.0
    """Longest time until the worker is ready."""
    restarts: int = 8
    """How often a worker that ended is started again."""
    memory: int = 3 * 1024 * MIB
    """Memory of the worker and all its processes together, and address space of each."""
    judge_memory: int = 6 * 1024 * MIB
    """Memory and address space of the judge."""
    processes: int = 62
    """Processes and threads inside the sandbox."""
    disk: int = 64 * MIB
    """Size of the sandbox's own folder of temporary files; nothing else can be written."""
    file: int = 16 * MIB
    """Largest file that can be written there."""
    output: int = 4 * MIB
    """Most bytes that may be printed."""
    message: int = 8 * MIB
    """Largest message from the worker: one answer, or one result of a call."""
    notebook: int = 16 * MIB
    """Largest notebook that is read."""
    cells: int = 500
    """Most code cells of a notebook."""
    uses: int = 5000
    """How often one call may come back to what it was given: devices, arrays, products."""

    def __post_init__(self) -> None:
        """Refuse limits that are no positive numbers."""
        for field in fields(self):
            low = 0.0 if field.name == "restarts" else 1e-3
            check_number(field.name, getattr(self, field.name), low=low)
