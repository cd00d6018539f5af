"""Make the kept file of release 0.1, once: `python -m tests.database.kept.make_v1` from the top of the checkout.

The file stands for every book that this release wrote. It is never made again: a later release opens it,
upgrades it where it must, and has to give the figures that `test_rebuild.py` holds frozen. The ids and salts
in it are random, so a second run gives another file of the same figures.
"""

from __future__ import annotations

import sqlite3
import tempfile
from contextlib import closing
from pathlib import Path

from tests.database.lived_in import made

KEPT = Path(__file__).with_name("v1.db")


def main() -> None:
    """Make the file, packed and without a write-ahead log, unless it is there."""
    if KEPT.exists():
        message = f"{KEPT} is kept as it is; a later release gets a file of its own"
        raise SystemExit(message)
    with tempfile.TemporaryDirectory() as folder:
        book = made(Path(folder))
        with closing(sqlite3.connect(book)) as connection:
            connection.execute("PRAGMA journal_mode = DELETE")
            connection.execute("VACUUM")
        KEPT.write_bytes(book.read_bytes())


if __name__ == "__main__":
    main()
