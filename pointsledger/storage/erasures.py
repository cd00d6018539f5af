"""Erasures: the one thing that is ever removed, rows beside the journal which a record says are erased."""

from __future__ import annotations

from abc import abstractmethod
from typing import Any

from pointsledger.storage.foresight import Foresight
from pointsledger.storage.gathering import Gathering
from pointsledger.values import rows
from pointsledger.values.records import Record


class Erasures(Gathering):
    """What removes profiles and free text within a transaction."""

    _cursor: Any
    _foresight: Foresight

    @abstractmethod
    def flush(self) -> None:
        """Write what was appended and changed."""

    @abstractmethod
    def _set_savepoints(self) -> None:
        """Set the savepoints that stand before the first write of a block."""

    def _erase(self, record: Record) -> None:
        """Remove the profiles and the free text that a record says are erased."""
        self.flush()
        self._set_savepoints()
        said = record.said
        gone: list[tuple[type, tuple[Any, ...]]] = [(rows.Profile, (one,)) for one in said.get("erased", ())]
        gone += [(rows.Remark, (place["seq"], place["field"])) for place in said.get("texts", ())]
        for kind, key in gone:
            self._cursor.execute(self._sql.erase[kind], (self.village, *key))
            self.state.drop(kind, key)
        self.renew_people()

    def renew_people(self) -> None:
        """Forget who was read ahead under which code, now that somebody's has changed."""
        self._foresight = Foresight(self.state)
