r"""Mounts: on what kind of file system a file lies, as far as the platform tells.

Linux lists every mount in ``/proc/self/mountinfo``, a line each: ``36 35 98:0 /root /mnt/point rw - nfs4 host:/dir``,
where the fifth word is the place, with a space written ``\040``, and the one behind the lone hyphen the kind.
Elsewhere nothing is known, and nothing is said.

Source: the manual page proc(5), and https://sqlite.org/wal.html: "WAL does not work over a network filesystem".
"""

from __future__ import annotations

import os
import re
from pathlib import Path

MOUNTINFO = Path("/proc/self/mountinfo")

NETWORK = frozenset(
    """9p afs beegfs ceph cifs coda davfs fuse.ceph fuse.curlftpfs fuse.glusterfs fuse.gvfsd-fuse fuse.juicefs
    fuse.rclone fuse.s3fs fuse.sshfs gfs2 glusterfs gpfs lustre ncpfs nfs nfs4 ocfs2 orangefs smb3 smbfs""".split()  # noqa: SIM905 - read as words
)
"""Kinds of file systems that several machines can write to at once.

Not ``virtiofs``, nor any that one machine alone can be told to use: whole small machines live on it.
"""

_PLACE = 4
_ESCAPED = re.compile(r"\\([0-7]{3})")


def network_under(path: Path) -> str | None:
    """Return the kind of network file system that a file lies on, or is to lie on; None for a local or unknown one."""
    try:
        lines = MOUNTINFO.read_bytes().decode("utf-8", "surrogateescape").splitlines()
        file = path.resolve()
    except OSError:  # no such list here
        return None
    above = {os.fspath(place) for place in (file, *file.parents)}
    nearest, system = "", ""
    for line in lines:
        mount, _, source = line.partition(" - ")
        place = _ESCAPED.sub(lambda octal: chr(int(octal[1], 8)), mount.split(" ")[_PLACE])
        if place in above and len(place) >= len(nearest):  # the last one of a place lies on top
            nearest, system = place, source.split(" ")[0]
    return system if system in NETWORK else None
