"""Several records as one: refused, they leave nothing, whatever was written or read on the way."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from pointsledger import Ledger
from pointsledger.errors import InsufficientPoints, InvalidSetting
from pointsledger.storage import transaction as transactions
from pointsledger.storage.foresight import Sought

if TYPE_CHECKING:
    from collections.abc import Callable

    from pointsledger.posting import Posting
    from tests.contract.conftest import Begin, Clock, Document

ENDING = """\
[expiry]
policy = "days"
days = 30
[[activity]]
code = "deed"
name = "好人好事"
category = "cleanup"
points = 10
per = "time"
"""


def flush(posting: Posting) -> None:
    """Write what was appended, as a question does."""
    posting.transaction.flush()


# What writes in the middle of a block what was appended in it.
WRITING: dict[str, Callable[[Posting], object]] = {
    "the root of an earlier size": lambda posting: posting.transaction.root_at(2),
    "the leaf of an earlier record": lambda posting: posting.transaction.leaf(2),
    "the receipt of an earlier record": lambda posting: posting.receipt(posting.state.record(2)),
    "a page that is read": flush,
}


def award(posting: Posting, code: str, number: int = 1) -> None:
    """Post one deed of a household."""
    said = {"account": posting.register.household(code), "activity": "tidy"}
    posting.post("award", lambda: said, by="clerk:1", request=f"wholly-{number}")


def refuse() -> None:
    """Refuse, as a rule would."""
    raise InvalidSetting(name="limit", value=0, allowed="1", allowed_zh="1")


def refused(posting: Posting, *steps: Callable[[Posting], object]) -> None:
    """Take some steps in a block, which is refused behind them."""

    def block() -> None:
        with posting.wholly():
            for step in steps:
                step(posting)
            refuse()

    with pytest.raises(InvalidSetting):
        block()


def awarding(code: str, number: int = 1) -> Callable[[Posting], None]:
    """Return the step that posts one deed of a household."""
    return lambda posting: award(posting, code, number)


@pytest.mark.parametrize("writing", WRITING)
def test_what_was_written_in_a_refused_block_is_taken_back(nanyu: Ledger, writing: str) -> None:
    """Records that were written before a block was refused are not there, and the next ones take their numbers."""
    nanyu.award("03-018", "tidy", by="clerk:1")
    head = nanyu.head()
    with nanyu._posting() as posting:
        award(posting, "03-018", 0)
        refused(posting, awarding("03-017"), WRITING[writing], awarding("03-017", 2))
        award(posting, "03-017")
        assert head.size + 2 == posting.receipt(posting.state.record(head.size + 2)).seq
    assert [2, 4] == [nanyu.balance(code).balance for code in ("03-017", "03-018")]


def test_more_records_than_are_written_at_once_are_taken_back(nanyu: Ledger, monkeypatch: pytest.MonkeyPatch) -> None:
    """A block that appends more than fits into one set, and is refused behind it, leaves nothing."""
    monkeypatch.setattr(transactions, "_RECORDS_AT_ONCE", 3)
    head = nanyu.head()
    with nanyu._posting() as posting:
        refused(posting, *(awarding("03-017", number) for number in range(7)))
        award(posting, "03-017")
    assert head.size + 1 == nanyu.head().size
    assert 2 == nanyu.balance("03-017").balance


def nested(posting: Posting, *, whole: bool) -> None:
    """Post a record, a block that is refused, and another record, all in one block, which may be refused as well."""
    with posting.wholly():
        award(posting, "03-017")
        refused(posting, awarding("03-018", 2), flush)
        award(posting, "04-001", 3)
        posting.transaction.flush()
        if not whole:
            refuse()


def test_a_refused_block_leaves_the_one_around_it(nanyu: Ledger) -> None:
    """A block in another that is refused takes back what it did itself, and nothing else."""
    head = nanyu.head()
    with nanyu._posting() as posting:
        nested(posting, whole=True)
        award(posting, "03-018", 4)
    assert head.size + 3 == nanyu.head().size
    assert [2, 2, 2] == [nanyu.balance(code).balance for code in ("03-017", "03-018", "04-001")]


def test_a_refused_block_takes_back_those_in_it(nanyu: Ledger) -> None:
    """A block that is refused takes back what the blocks in it have done and written as well."""
    head = nanyu.head()
    with nanyu._posting() as posting:
        with pytest.raises(InvalidSetting):
            nested(posting, whole=False)
        award(posting, "03-018", 4)
    assert head.size + 1 == nanyu.head().size
    assert [0, 2, 0] == [nanyu.balance(code).balance for code in ("03-017", "03-018", "04-001")]


def look_ahead(posting: Posting) -> None:
    """Read ahead as an act on a household does, where that is done."""
    if posting.transaction.distant:
        posting.transaction.foresee(Sought("wholly-1", "03-017", "clerk:1", "2025-11", "2025-11-03"))


def test_what_was_read_ahead_in_a_refused_block_is_asked_again(nanyu: Ledger) -> None:
    """A balance, a request and a person that were read ahead in a block that was refused are as they stand after it."""
    nanyu.award("03-017", "tidy", by="clerk:1", request="before")
    with nanyu._posting() as posting:
        refused(posting, look_ahead, awarding("03-017", 2))
        award(posting, "03-017", 3)
    assert 4 == nanyu.balance("03-017").balance


def test_a_correction_that_is_refused_in_a_batch_leaves_nothing(begin: Begin, clock: Clock, document: Document) -> None:
    """A right record, and the lapse that comes before a reversal which is refused, are gone; the batch goes on."""
    clock.set("2025-09-20T10:00", back=True)
    ledger = begin(document(ENDING, arrears="block"), first_period="2025-09")
    for code in ("03-017", "03-018"):
        ledger.enrol(code, head="张三", by="clerk:1")
    wrong = ledger.award("03-017", "deed", by="clerk:1")
    ledger.redeem("03-017", {"haircut": 1}, by="shop:1")
    ledger.award("03-017", "deed", by="clerk:1")
    clock.set("2025-11-01T10:00")
    size = ledger.head().size
    with ledger.batch(by="clerk:1") as batch:
        batch.award("03-018", "deed", request="before")
        with pytest.raises(InsufficientPoints):
            batch.correct(wrong.seq, household="03-018", reason="记错户")
        assert size + 2 == batch.award("03-018", "deed", request="after").seq
    assert [0, 20] == [ledger.balance(code).balance for code in ("03-017", "03-018")]
    assert size + 2 == ledger.head().size
