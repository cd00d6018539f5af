"""People: who they are stands in the register, and the journal holds only opaque ids and digests."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

from pointsledger import Ledger
from pointsledger.errors import (
    InsufficientPoints,
    OpeningExists,
    ResidentRequired,
    UnknownAccount,
    UnknownResident,
)

if TYPE_CHECKING:
    from pointsledger.testing.contract.book import Refused, Sheet

PERSONAL = (
    *("03-017", "03-018", "04-001", "张三", "李四", "王五", "赵六"),
    *("clerk:1", "clerk:2", "shop:1", "panel:1", "panel:2"),
    *("腿脚不便", "记错了", "老表抄来", "迎新", "代领", "三天没扫"),
)


def bodies(ledger: Ledger) -> list[bytes]:
    """Return every body of the journal."""
    return [ledger.record(seq).body() for seq in range(1, ledger.head().size + 1)]


def lived(ledger: Ledger, sheet: Sheet) -> None:
    """Do one of every act, with people and free text in every place that takes them."""
    ledger.enrol("05-001", head="张三", members=["李四"], by="clerk:2", remark="迎新")
    ledger.bring_forward("03-017", 10, by="clerk:1", remark="老表抄来")
    ledger.bring_forward_stock("soap", 1, by="shop:1", remark="老表抄来")
    ledger.stock_in("soap", 1, by="shop:1", remark="老表抄来")
    award = ledger.award("03-018", "tidy", member="王五", by="clerk:1", approved_by=["panel:1"], remark="腿脚不便")
    ledger.deduct("03-017", "litter", member="李四", by="clerk:1", approved_by=["panel:2"], remark="三天没扫")
    ledger.award("03-017", "tidy", quantity=9, by="clerk:1")
    ledger.redeem("03-017", {"soap": 1}, by="shop:1", remark="代领")
    ledger.reverse(award.seq, reason="记错了", by="clerk:2")
    rows = ("日期,户号,姓名,事项,加扣,审核人,备注", "2025-10-03,03-017,李四,门前卫生,加分,panel:1;panel:2,腿脚不便")
    report = ledger.import_deeds(sheet(*rows), period="2025-10", by="clerk:2")
    ledger.reverse_batch(report.label, reason="记错了", by="clerk:1")


def test_the_journal_names_nobody(nanyu: Ledger, sheet: Sheet) -> None:
    """No code or name of a household, member or operator and no free text stands in any body."""
    lived(nanyu, sheet)
    found = [(word, body) for body in bodies(nanyu) for word in PERSONAL if word.encode() in body]
    assert [] == found


def test_ids_are_opaque_and_their_own(nanyu: Ledger, sheet: Sheet) -> None:
    """Each person stands under a random id of their kind, the same in every record."""
    lived(nanyu, sheet)
    records: list[dict[str, Any]] = [json.loads(body) for body in bodies(nanyu)]
    assert all(record["by"].startswith("o-") for record in records)
    enrolled = [record["said"] for record in records if record["kind"] == "enrol"]
    ids = [said["account"] for said in enrolled] + [one["resident"] for said in enrolled for one in said["residents"]]
    assert len(ids) == len(set(ids))
    assert {"h-", "r-"} == {one[:2] for one in ids}
    operators = [record["said"]["operator"] for record in records if record["kind"] == "operator"]
    assert 5 == len(set(operators)) == len(operators)


def test_the_same_words_give_different_digests(nanyu: Ledger) -> None:
    """Two remarks, or two people, of the same words cannot be matched in the journal."""
    receipts = [nanyu.award("03-017", "tidy", by="clerk:1", remark="腿脚不便") for _ in range(2)]
    assert 2 == len({nanyu.record(receipt.seq).said["remark"] for receipt in receipts})


def test_errors_speak_of_people_by_their_codes(nanyu: Ledger, refused: Refused) -> None:
    """A refusal names the household by the code that the clerk typed, in both languages, and no id."""
    nanyu.bring_forward("03-017", 10, by="clerk:1")
    with refused(nanyu, OpeningExists, "opening-exists") as exists:
        nanyu.bring_forward("03-017", 10, by="clerk:1")
    with refused(nanyu, InsufficientPoints, "insufficient-points") as insufficient:
        nanyu.redeem("03-017", {"haircut": 2}, by="shop:1")
    with refused(nanyu, ResidentRequired, "resident-required") as required:
        nanyu.award("03-017", "meeting", by="clerk:1")
    with refused(nanyu, UnknownResident, "unknown-resident") as unknown:
        nanyu.award("03-017", "tidy", member="王五", by="clerk:1")
    for caught in (exists, insufficient, required, unknown):
        for language in ("en", "zh"):
            said = caught.value.say(language)
            assert "03-017" in said
            assert "h-" not in said


def test_an_id_is_no_code(nanyu: Ledger, refused: Refused) -> None:
    """Nobody is found by the opaque id of the journal, to be read or to be posted to."""
    said = nanyu.record(nanyu.award("03-017", "tidy", member="李四", by="clerk:1").seq).said
    account = said["account"]
    with refused(nanyu, UnknownAccount, "unknown-account"):
        nanyu.award(account, "tidy", by="clerk:1")
    with refused(nanyu, UnknownResident, "unknown-resident"):
        nanyu.award("03-017", "tidy", member=said["resident"], by="clerk:1")
    with refused(nanyu, UnknownAccount, "unknown-account"):
        nanyu.balance(account)
