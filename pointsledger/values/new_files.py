"""New files and folders: each gets its name when it is whole, and only while nothing has that name.

Until then it stands beside under a hidden name that ends with ``.new``. What is left of one that was killed bears that
name, is never taken for anything, and may be deleted.
"""

from __future__ import annotations

import os
import secrets
import shutil
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import IO

from pointsledger.errors import FileExists, FileUnwritable, PointsLedgerError


@contextmanager
def new_file(path: str | Path) -> Iterator[IO[bytes]]:
    """Write a file that was not there; it gets its name when the block ends well, and else nothing is left.

    Raises:
        FileExists: if there is a file of that name, at the beginning or by the end.
        FileUnwritable: if it cannot be written.

    """
    final = Path(path)
    see_free(final)
    with unfinished(final) as making:
        with making.open("xb") as file:
            yield file
            file.flush()
            os.fsync(file.fileno())
        if not give_name(making, final):
            raise FileExists(file=str(path))


def write_new(path: str | Path, text: str) -> None:
    """Write a text, in UTF-8, to a file that was not there; see ``new_file``."""
    with new_file(path) as file:
        file.write(text.encode())


@contextmanager
def new_folder(path: Path) -> Iterator[Path]:
    """Make a folder, which is at ``path`` when the block has ended well, and nowhere if it raises.

    Raises:
        FileExists, FileUnwritable: if something is there, or it cannot be written.

    """
    see_free(path)
    with unfinished(path) as making:
        making.mkdir()
        yield making
        see_free(path)
        making.rename(path)


@contextmanager
def unfinished(path: Path) -> Iterator[Path]:
    """Give the name under which something is made to stand beside ``path``; what bears it in the end is removed.

    Raises:
        FileUnwritable: if it cannot be written.

    """
    try:
        with suppress(OSError):  # whatever is wrong with it otherwise shows when it is made
            path.lstat()
    except ValueError as error:  # a name that no file can have
        raise FileUnwritable(file=str(path), reason=str(error)) from error
    making = path.with_name(f".{path.name}.{secrets.token_hex(8)}.new")
    try:
        yield making
    except OSError as error:
        if isinstance(error, PointsLedgerError):  # it says what it is about
            raise
        raise FileUnwritable(file=str(path), reason=error.strerror or str(error)) from error
    finally:
        remove_database(making)
        shutil.rmtree(making, ignore_errors=True)


def remove_database(path: Path) -> None:
    """Remove a file, if it is there, and what SQLite puts beside one."""
    for suffix in ("", "-wal", "-shm", "-journal"):
        with suppress(OSError):  # where nothing can be written there is nothing to take away
            path.with_name(path.name + suffix).unlink(missing_ok=True)


def see_free(path: Path) -> None:
    """See that nothing has a name.

    Raises:
        FileExists: if something has.

    """
    with suppress(ValueError):  # of a name that no file can have, which is told where it is to be made
        if os.path.lexists(path):
            raise FileExists(file=str(path))


def give_name(made: Path, final: Path) -> bool:
    """Give a finished file its name; tell whether it got it, or something else did meanwhile."""
    try:
        os.link(made, final)
    except FileExistsError:
        return False
    except OSError:  # a file system without hard links
        if final.exists():
            return False
        made.rename(final)
    return True
