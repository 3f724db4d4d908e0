"""Where a folder of results lies: several people can only share one on a disk of this machine."""

from __future__ import annotations

from pathlib import Path

__all__ = ["check_local", "kind_of"]

MOUNTS = Path("/proc/self/mountinfo")
OVER_A_NETWORK = {
    *("nfs", "nfs4", "cifs", "smb3", "smbfs", "afs", "9p", "ceph", "glusterfs", "lustre", "gpfs"),
    *("beegfs", "ncpfs", "davfs", "fuse.sshfs", "fuse.davfs2", "fuse.rclone", "fuse.glusterfs"),
}


def check_local(folder: Path, mounts: Path = MOUNTS) -> None:
    """Refuse a folder on a network file system, whose locks cannot be relied on.

    Raises
    ------
    ValueError
        If it lies on one.
    """
    kind = kind_of(folder, mounts)
    if kind in OVER_A_NETWORK:
        raise ValueError(
            f"{folder} lies on {kind}, a file system over a network: two markers could overwrite "
            "each other there. Keep the folder on a disk of one machine, and let the others reach "
            "its page with ssh -L"
        )


def kind_of(folder: Path, mounts: Path = MOUNTS) -> str:
    """Return the kind of file system of a folder, empty where the system does not say."""
    try:
        rows = mounts.read_text(encoding="utf-8", errors="replace").splitlines()
    except OSError:
        return ""
    place = folder.resolve()
    best, kind = -1, ""
    for row in rows:
        before, _, after = row.partition(" - ")
        fields = before.split()
        if len(fields) < 5 or not after:
            continue
        point = Path(fields[4].replace("\\040", " "))
        depth = len(point.parts)
        # Of two mounts on the same place the later one is seen.
        if depth >= best and place.is_relative_to(point):
            best, kind = depth, after.split()[0]
    return kind
