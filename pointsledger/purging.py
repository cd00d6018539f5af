"""Purging: what was erased or amended leaves the files of a database, and not the tables alone."""

from __future__ import annotations

from contextlib import closing
from dataclasses import replace
from pathlib import Path

from pointsledger.errors import StorageError
from pointsledger.receipts import Receipt
from pointsledger.storage.store import Store


class Purging:
    """What a ledger on a database of its own does about old bytes; inside somebody's transaction it cannot."""

    _store: Store

    def _purged(self, receipt: Receipt) -> Receipt:
        """Have the old bytes go from the files once the act is committed."""
        try:
            return replace(receipt, purge_due=not self._store.purge())
        except StorageError:  # the act itself is recorded, and its request may be repeated
            return replace(receipt, purge_due=True)

    @classmethod
    def purge(cls, place: str | Path) -> bool:
        """Have the bytes of what was erased or amended go from the files at ``place``; tell whether they did.

        An act on a ledger of its own does that itself; after a batch, or once a host's transaction is committed, it
        is for the host to call. It is False while somebody reads: an SQLite file keeps old pages in its log until
        then. On PostgreSQL it cleans the two tables; archives, replicas and backups are not in its reach.

        Raises:
            NotALedger: if there is no database.
            LedgerBusy, DiskFull: if the file cannot be written anew now.

        """
        with closing(Store(place)) as store:
            store.check()
            return store.purge()
