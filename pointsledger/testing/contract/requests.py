"""Requests: an id chosen by the caller, under which an act happens once however often it is asked for."""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from decimal import Decimal
from typing import TYPE_CHECKING, Any

import pytest

from pointsledger import Ledger
from pointsledger.errors import InvalidCode, RequestConflict
from pointsledger.testing.contract.book import THREADS, needs

if TYPE_CHECKING:
    from pointsledger.testing.clock import FixedClock
    from pointsledger.testing.contract.book import Refused

AWARD: dict[str, Any] = {
    "household": "03-017",
    "activity": "tidy",
    "quantity": 2,
    "member": "张三",
    "by": "clerk:1",
    "on": "2025-10-03",
    "remark": "门前扫过",
    "approved_by": ["panel:1", "panel:2"],
    "request": "sheet-1",
}

SAME: tuple[dict[str, Any], ...] = (
    {"activity": "门前卫生"},
    {"quantity": "2.00"},
    {"quantity": Decimal(2)},
    {"member": "03-017/1"},
    {"remark": " 门前扫过 "},
    {"approved_by": ["panel:1", "panel:2", "panel:1"]},
    {"by": "clerk:2"},
)

OTHER: tuple[tuple[dict[str, Any], str], ...] = (
    ({"household": "03-018", "member": None}, "household"),
    ({"household": "99-999", "member": None}, "household"),
    ({"member": "外人"}, "member"),
    ({"activity": "yard"}, "activity"),
    ({"quantity": 3}, "quantity"),
    ({"quantity": None}, "quantity"),
    ({"member": "李四"}, "member"),
    ({"member": None}, "member"),
    ({"on": "2025-10-04"}, "on"),
    ({"on": None}, "on"),
    ({"remark": "院子扫过"}, "remark"),
    ({"remark": None}, "remark"),
    ({"approved_by": ["panel:1"]}, "approved_by"),
    ({"approved_by": ["panel:1", "panel:3"]}, "approved_by"),
    ({"started_at": "2025-10-03T08:00"}, "started_at"),
    ({"level": "county"}, "level"),
)


def test_a_repeat_gives_the_same_receipt(nanyu: Ledger, clock: FixedClock) -> None:
    """S-10: the same request again gives an equal receipt, whatever was recorded since."""
    first = nanyu.award(**AWARD)
    nanyu.deduct("03-017", "litter", quantity=3, by="clerk:1")
    nanyu.award("03-018", "tidy", by="clerk:2")
    clock.noon("2025-12-01")
    before = nanyu.head()
    again = nanyu.award(**AWARD)
    assert first == again
    assert (False, True) == (first.repeated, again.repeated)
    assert before == nanyu.head()


def test_the_same_said_otherwise_is_a_repeat(nanyu: Ledger) -> None:
    """A name for its code, another spelling of a number, and another recorder make no other act."""
    first = nanyu.award(**AWARD)
    before = nanyu.head()
    for same in SAME:
        assert first == nanyu.award(**(AWARD | same)), same
    assert before == nanyu.head()


def test_another_act_under_the_same_request_conflicts(nanyu: Ledger, refused: Refused) -> None:
    """S-10: the same request id for something else is a conflict that names the option that differs and the record."""
    first = nanyu.award(**AWARD)
    for other, field in OTHER:
        with refused(nanyu, RequestConflict, "request-conflict") as caught:
            nanyu.award(**(AWARD | other))
        assert {"request": "sheet-1", "field": field, "seq": first.seq} == caught.value.data


def test_another_kind_of_act_conflicts(nanyu: Ledger, refused: Refused) -> None:
    """A request id used for an award is no id for anything else."""
    nanyu.award("03-017", "tidy", quantity=20, by="clerk:1", request="one")
    acts: dict[str, Callable[[], object]] = {
        "deduct": lambda: nanyu.deduct("03-017", "tidy", quantity=20, by="clerk:1", request="one"),
        "redeem": lambda: nanyu.redeem("03-017", {"haircut": 1}, by="clerk:1", request="one"),
        "stock_in": lambda: nanyu.stock_in("soap", 1, by="clerk:1", request="one"),
        "enrol": lambda: nanyu.enrol("05-001", head="钱七", by="clerk:1", request="one"),
        "bring_forward": lambda: nanyu.bring_forward("03-017", 1, by="clerk:1", request="one"),
    }
    for act in acts.values():
        with refused(nanyu, RequestConflict, "request-conflict") as caught:
            act()
        assert "kind" == caught.value.data["field"]


def test_a_refused_act_leaves_its_request_free(nanyu: Ledger) -> None:
    """A request id under which nothing was posted may be used once what was wrong is put right."""
    with pytest.raises(LookupError):
        nanyu.award("03-017", "weed", by="clerk:1", request="one")
    assert not nanyu.award("03-017", "tidy", by="clerk:1", request="one").repeated


def test_a_request_of_the_wrong_form_is_refused(nanyu: Ledger, refused: Refused) -> None:
    """A request id is 1 to 200 characters that can be seen."""
    for request in ("", " one", "one\n", "x" * 201, "一\u200b"):
        with refused(nanyu, InvalidCode, "invalid-code") as caught:
            nanyu.award("03-017", "tidy", by="clerk:1", request=request)
        assert "request" == caught.value.data["name"]


def test_a_long_chinese_request_is_kept(nanyu: Ledger) -> None:
    """Any 200 characters that can be seen make a request id."""
    wanted = "请" * 200
    assert wanted == nanyu.award("03-017", "tidy", by="clerk:1", request=wanted).request


@needs(THREADS)
def test_threads_that_repeat_one_request_post_once(nanyu: Ledger) -> None:
    """Eight threads with one request id make one record and hold eight equal receipts."""
    before = nanyu.head().size
    with ThreadPoolExecutor(8) as threads:
        receipts = list(threads.map(lambda _: nanyu.award("03-017", "tidy", by="clerk:1", request="one"), range(8)))
    assert before + 1 == nanyu.head().size
    assert [receipts[0]] * 8 == receipts
    assert 7 == sum(receipt.repeated for receipt in receipts)


def test_a_remark_that_was_not_there_is_another_request(nanyu: Ledger) -> None:
    """A repeat that adds a remark is refused, and the remark is not lost without a word."""
    nanyu.award("03-017", "tidy", by="clerk:1", request="once")
    with pytest.raises(RequestConflict) as caught:
        nanyu.award("03-017", "tidy", by="clerk:1", request="once", remark="雨天")
    assert "remark" == caught.value.data["field"]
