"""Batches: many acts in one transaction, all of them or none."""

from __future__ import annotations

from decimal import Decimal
from typing import TYPE_CHECKING

import pytest

from pointsledger import Ledger
from pointsledger.errors import (
    BatchEnded,
    FloatRefused,
    InsideBatch,
    InsufficientPoints,
    InvalidText,
    LedgerClosed,
    OperatorRequired,
    UnknownAccount,
)
from pointsledger.testing.contract.book import needs

if TYPE_CHECKING:
    from pointsledger.testing.clock import FixedClock


@needs("batch")
def test_a_batch_is_posted_when_it_ends(nanyu: Ledger) -> None:
    """The acts of a batch build on each other and stand together when the block ends."""
    with nanyu.batch(by="clerk:1") as batch:
        batch.enrol("05-001", head="钱七", members=["周九"])
        batch.stock_in("soap", 3)
        receipts = [batch.award("05-001", "tidy", quantity=10, member="周九"), batch.redeem("05-001", {"soap": 2})]
        batch.deduct("05-001", "litter")
        batch.reverse(receipts[1].seq, reason="记错了")
    assert Decimal(15) == nanyu.balance("05-001").balance
    assert [3] == [line.pieces for line in nanyu.stock()]
    assert [Decimal(20), Decimal(0)] == [receipt.balance for receipt in receipts]


@needs("batch")
def test_a_batch_that_raises_leaves_nothing(nanyu: Ledger) -> None:
    """If the block raises, neither records nor people of the batch remain."""
    before = nanyu.head(), nanyu.balances()

    def spoilt() -> None:
        with nanyu.batch(by="clerk:9") as batch:
            batch.enrol("05-001", head="钱七")
            batch.award("05-001", "tidy", approved_by=["panel:9"])
            batch.award("09-999", "tidy")

    with pytest.raises(UnknownAccount):
        spoilt()
    assert before == (nanyu.head(), nanyu.balances())
    assert Decimal(2) == nanyu.award("03-017", "tidy", by="clerk:9", approved_by=["panel:9"]).points


@needs("batch")
def test_a_refused_act_need_not_end_a_batch(nanyu: Ledger) -> None:
    """A batch that catches a refusal goes on as if the refused act had not been asked for."""
    with nanyu.batch(by="clerk:1") as batch:
        first = batch.award("03-017", "tidy", request="a")
        with pytest.raises(InsufficientPoints):
            batch.redeem("03-017", {"haircut": 1}, by="shop:9", request="b")
        with pytest.raises(UnknownAccount):
            batch.award("09-999", "tidy", approved_by=["panel:9"], request="b")
        second = batch.award("03-017", "tidy", by="shop:9", request="b")
    assert [Decimal(2), Decimal(4)] == [first.balance, second.balance]
    assert Decimal(4) == nanyu.balance("03-017").balance


@needs("batch")
def test_a_batch_forgets_the_people_of_a_refused_act(nanyu: Ledger) -> None:
    """Whoever was named only in an act that could not be read gets into neither the journal nor the register."""
    with nanyu.batch(by="clerk:1") as batch:
        with pytest.raises(FloatRefused):
            batch.award("03-017", "tidy", quantity=1.5, approved_by=["panel:9"])  # type: ignore[arg-type]  # the point
        with pytest.raises(InvalidText):
            batch.enrol("05-001", head="钱七", group="组" * 33)
        batch.award("03-017", "tidy")
    assert ["03-017", "03-018", "04-001"] == [held.household for held in nanyu.balances()]
    assert [] == [finding.say() for finding in nanyu.audit()]


@needs("batch")
def test_a_batch_that_has_ended_posts_nothing(nanyu: Ledger) -> None:
    """After its block, however that ended, a batch refuses every act."""
    with nanyu.batch(by="clerk:1") as batch:
        batch.award("03-017", "tidy")
    before = nanyu.head()
    with pytest.raises(BatchEnded) as caught:
        batch.award("03-017", "tidy")
    assert "batch-ended" == caught.value.code
    assert before == nanyu.head()


@needs("batch")
def test_a_ledger_does_not_wait_for_its_own_batch(nanyu: Ledger) -> None:
    """Inside a batch the ledger itself refuses to post at once, as nothing to try again, and the batch goes on."""
    with nanyu.batch(by="clerk:1") as batch:
        batch.award("03-017", "tidy", request="one")
        for act in (
            lambda: nanyu.award("03-017", "tidy", by="clerk:1"),
            lambda: nanyu.import_deeds("missing.csv", period="2025-10", by="clerk:1"),
            lambda: nanyu.batch().__enter__(),
        ):
            with pytest.raises(InsideBatch) as caught:
                act()
            assert ("inside-batch", False) == (caught.value.code, caught.value.retryable)
        assert batch.award("03-017", "tidy", request="one").repeated
    assert not nanyu.award("03-017", "tidy", on="2025-10-02", by="clerk:1").repeated


def test_a_closed_ledger_refuses() -> None:
    """After it was closed a ledger neither posts nor answers; closing it once more does no harm."""
    nanyu = Ledger.create("sqlite://", village="nanyu", by="clerk:1")
    nanyu.close()
    for use in (
        lambda: nanyu.balance("03-017"),
        lambda: nanyu.tally("2025-10"),
        lambda: nanyu.award("03-017", "tidy", by="clerk:1"),
        nanyu.audit,
        nanyu.head,
    ):
        with pytest.raises(LedgerClosed) as caught:
            use()
        assert "ledger-closed" == caught.value.code
    nanyu.close()


@needs("batch")
def test_a_batch_repeats_its_own_requests(nanyu: Ledger) -> None:
    """Within one batch, too, a repeated request gives the earlier receipt."""
    with nanyu.batch(by="clerk:1") as batch:
        first = batch.award("03-017", "tidy", request="a", remark="门前扫过")
        batch.award("03-018", "tidy")
        again = batch.award("03-017", "tidy", request="a", remark="门前扫过")
    assert first == again
    assert again.repeated
    assert first == nanyu.award("03-017", "tidy", by="clerk:1", request="a", remark="门前扫过")


@needs("batch")
def test_a_batch_gives_the_receipts_of_single_acts(nanyu: Ledger) -> None:
    """What a batch returned proves the same record and root as a later look at the book."""
    with nanyu.batch(by="clerk:1") as batch:
        receipts = [batch.award("03-017", "tidy", quantity=n, request=f"r{n}") for n in range(1, 6)]
    again = [nanyu.award("03-017", "tidy", quantity=n, by="clerk:1", request=f"r{n}") for n in range(1, 6)]
    assert receipts == again
    assert nanyu.head().root.hex() == receipts[-1].root


@needs("batch")
def test_a_batch_names_its_operator_once(nanyu: Ledger) -> None:
    """An act may name another operator than its batch, and one of the two is needed."""
    with nanyu.batch(by="clerk:1") as batch:
        own, other = batch.award("03-017", "tidy"), batch.award("03-017", "tidy", by="clerk:2")
    assert nanyu.record(own.seq).by != nanyu.record(other.seq).by
    with nanyu.batch() as batch, pytest.raises(OperatorRequired):
        batch.award("03-017", "tidy")


@needs("batch")
def test_a_long_batch_keeps_count(nanyu: Ledger, clock: FixedClock) -> None:
    """A batch of more acts than are written at once has every limit, balance and root right."""
    clock.noon("2025-12-31")
    with nanyu.batch(by="clerk:1") as batch:
        for number in range(2_100):
            batch.award("03-017", "yard", on=f"2025-{9 + number % 4:02}-01", request=f"r{number}")
    assert Decimal(4 * 30) == nanyu.balance("03-017").balance
    assert [Decimal(30)] * 4 == [nanyu.tally(f"2025-{month:02}").total.earned for month in (9, 10, 11, 12)]
