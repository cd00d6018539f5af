"""What was erased: a repeated request is not held against text that nobody can read any more."""

from __future__ import annotations

from typing import TYPE_CHECKING

from pointsledger import Ledger
from pointsledger.errors import RequestConflict
from pointsledger.testing.contract.requests import AWARD

if TYPE_CHECKING:
    from tests.contract.conftest import Refused


def test_text_that_was_erased_since_makes_no_conflict(nanyu: Ledger, refused: Refused) -> None:
    """Nobody can tell any more what a remark said that was erased, so a repeat may say anything in its place."""
    receipt = nanyu.award(**AWARD)

    def put(seq: int, elsewhere: int) -> None:
        with nanyu._store.connected(writes=True) as connection:
            connection.exec_driver_sql(f"UPDATE points_remark SET seq = {elsewhere} WHERE seq = {seq}")  # noqa: S608 - numbers

    put(receipt.seq, 1_000)
    for remark in (AWARD["remark"], "说的是别的"):
        again = nanyu.award(**(AWARD | {"remark": remark}))
        assert (receipt.seq, True) == (again.seq, again.repeated)
    for other in (AWARD | {"quantity": 3}, {name: value for name, value in AWARD.items() if name != "remark"}):
        with refused(nanyu, RequestConflict, "request-conflict"):
            nanyu.award(**other)
    put(1_000, receipt.seq)  # the audit at the end would miss it
