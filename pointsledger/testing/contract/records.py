"""The stream of records: what happened, in order, to be sent to others and gone on with after any stop."""

from __future__ import annotations

from itertools import islice
from unittest.mock import patch

import pytest

from pointsledger import Ledger, questions
from pointsledger.errors import InvalidNumber, InvalidSetting, NotAList, RecordsProvisional
from pointsledger.testing.contract.book import STREAM, Refused, needs


@needs(STREAM)
def test_every_record_comes_once_in_its_order(nanyu: Ledger) -> None:
    """The stream is the journal, however it is cut into pages, and can be taken up behind any record."""
    nanyu.award("03-017", "trees", by="clerk:1")
    size = nanyu.head().size
    whole = [nanyu.record(seq) for seq in range(1, size + 1)]
    for page in (1, 3, size, 1_000):
        with patch.object(questions, "PAGE", page):
            assert whole == list(nanyu.records())
            assert whole[3:] == list(nanyu.records(after=3))
            assert whole[2:4] == list(nanyu.records(after=2, limit=2))
            assert [] == list(nanyu.records(after=size))


@needs(STREAM)
def test_some_kinds_are_enough(nanyu: Ledger) -> None:
    """Who is told of awards and redemptions alone asks for those, and goes on behind the last of them."""
    for _ in range(3):
        nanyu.award("03-017", "trees", quantity=5, by="clerk:1")
    nanyu.redeem("03-017", {"haircut": 1}, by="shop:1")
    wanted = ["award", "redeem"]
    first = list(islice(nanyu.records(kinds=wanted), 3))
    last = [record.kind for record in nanyu.records(after=first[-1].seq, kinds=wanted)]
    assert ["award", "award", "award", "redeem"] == [*(record.kind for record in first), *last]


@needs(STREAM)
def test_what_is_posted_meanwhile_is_seen(nanyu: Ledger) -> None:
    """A reader that keeps reading meets what others post while it reads, and holds nobody up."""
    with patch.object(questions, "PAGE", 2):
        stream = nanyu.records(after=nanyu.head().size - 2)
        assert 2 == len(list(islice(stream, 2)))
        nanyu.award("03-017", "trees", by="clerk:1")
        assert "award" == next(stream).kind


@needs(STREAM)
def test_no_name_is_in_it(nanyu: Ledger) -> None:
    """What goes out to others names nobody, and holds no text that somebody typed freely."""
    nanyu.award("03-017", "trees", by="clerk:1", remark="张三家门口", member="李四")
    told = "".join(record.body().decode() for record in nanyu.records())
    assert [] == [name for name in ("张三", "李四", "王五", "03-017", "clerk:1", "门口") if name in told]


@needs("batch")
def test_what_may_be_taken_back_is_not_streamed(nanyu: Ledger) -> None:
    """A transaction that has posted may not read the stream: a message cannot be called back."""
    size = nanyu.head().size
    with nanyu.batch(by="clerk:1") as batch:
        assert size == len(list(batch.records()))
        batch.award("03-017", "trees")
        with pytest.raises(RecordsProvisional):
            list(batch.records())


def test_a_stream_of_nonsense_is_refused(nanyu: Ledger, refused: Refused) -> None:
    """A number below zero, a kind that there is not, and one kind where several were asked for are told."""
    with refused(nanyu, InvalidNumber, "invalid-number"):
        nanyu.records(after=-1)
    with refused(nanyu, InvalidNumber, "invalid-number"):
        nanyu.records(limit=-1)
    with refused(nanyu, InvalidSetting, "invalid-setting"):
        nanyu.records(kinds=["gift"])
    with refused(nanyu, NotAList, "not-a-list"):
        nanyu.records(kinds="award")
