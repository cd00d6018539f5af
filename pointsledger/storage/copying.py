"""Copying: an SQLite database copied while others use it, by SQLite's own means."""

from __future__ import annotations

import sqlite3
from contextlib import closing
from pathlib import Path
from typing import Any

from pointsledger.errors import DiskFull
from pointsledger.storage.store import Store

_NO_ROOM = ("database or disk is full", "disk I/O error")


def copy_file(source: Store, making: Path, final: Path) -> None:
    """Copy the database of ``source``, as it is at one moment, to the new file ``making``; it is on the disk then.

    Readers and writers go on meanwhile. What is in the way is told of ``final``, the name that people gave.

    Raises:
        OSError: if there can be no such file.
        DiskFull: if it does not find room.
        StorageError: if the source cannot be read.

    """
    making.open("xb").close()
    with source.connected(writes=False) as connection:
        driver: Any = connection.connection.driver_connection
        with closing(sqlite3.connect(making, isolation_level=None)) as copy:
            try:
                driver.backup(copy)
            except sqlite3.OperationalError as error:
                if str(error) in _NO_ROOM:  # the source is only read, and what is wrong with it has other words
                    raise DiskFull(place=str(final)) from error
                raise
