"""Personal data: erased, corrected and handed out when the person asks, while the book stays what it is."""

from __future__ import annotations

import json
from decimal import Decimal
from typing import TYPE_CHECKING, Any

import pytest

from pointsledger import Ledger
from pointsledger.errors import (
    AlreadyEnrolled,
    HouseholdErased,
    HouseholdHolds,
    InvalidCode,
    InvalidSetting,
    NameRemains,
    NothingToAmend,
    NothingToErase,
    NotReversible,
    OptionRequired,
    OptionsConflict,
    OwnErasure,
    RequestConflict,
    UnknownAccount,
    UnknownOperator,
    UnknownRecord,
    UnknownResident,
)
from pointsledger.testing.contract.book import NANYU_RULES, needs

if TYPE_CHECKING:
    from pointsledger.testing.clock import FixedClock
    from pointsledger.testing.contract.book import Begin, Refused
    from pointsledger.values.records import Record

BASE = '[[base]]\ncode = "start"\nname = "基础分"\npoints = 6\nper = "month"\n'
ERASE: dict[str, Any] = {"household": "03-017", "ground": "request", "by": "clerk:2", "request": "letter-1"}
AMEND: dict[str, Any] = {
    "household": "03-018",
    "name": "汪五",
    "code": "03-118",
    "by": "clerk:1",
    "request": "letter-2",
}


def id_of(ledger: Ledger, household: str) -> str:
    """Return the id of a household."""
    return ledger.personal_data(household).people[0].id


def profiles(ledger: Ledger) -> dict[str, tuple[str, str]]:
    """Return code and name of everybody whom the records name and who is in the register, by id."""
    seqs = range(1, ledger.head().size + 1)
    return {one.id: (one.code, one.name) for seq in seqs for one in ledger.people_in(seq)}


def lived(ledger: Ledger) -> list[int]:
    """Let 03-017 earn and spend with every sort of text; return the records, with nothing left on the account."""
    ledger.stock_in("soap", 9, by="shop:1")
    award = ledger.award("03-017", "tidy", quantity=5, member="李四", by="clerk:1", remark="腿脚不便", request="a-1")
    reserved = ledger.reserve("03-017", {"soap": 1}, by="shop:1", remark="先留着")
    cancelled = ledger.cancel(reserved.seq, reason="他不要了", by="shop:1")
    spent = ledger.redeem("03-017", {"soap": 1}, collector="钱七", by="shop:1", remark="邻居代领", request="r-1")
    return [award.seq, reserved.seq, cancelled.seq, spent.seq]


def moved(ledger: Ledger, seq: int) -> tuple[int, int]:
    """Correct a deed to 03-018; return the numbers of the right record and of the reversal."""
    done = ledger.correct(seq, household="03-018", reason="不是张三，是王五", by="clerk:1")
    return done.right.seq, done.reversal.seq


def gone(ledger: Ledger) -> str:
    """Let 03-017 live and be erased; return its id."""
    lived(ledger)
    account = id_of(ledger, "03-017")
    ledger.erase(**ERASE)
    return account


def erased_by(record: Record) -> tuple[list[str], list[tuple[int, str]]]:
    """Return who and what a record says was erased."""
    return record.said.get("erased", []), [(place["seq"], place["field"]) for place in record.said.get("texts", [])]


def test_a_household_is_erased(nanyu: Ledger) -> None:
    """Its profile, those of its members and every text that concerns it are gone; the record names ids and places."""
    award, reserved, cancelled, spent = lived(nanyu)
    before = profiles(nanyu)
    receipt = nanyu.erase(**ERASE, remark="本人来信")
    left = profiles(nanyu)
    people, texts = erased_by(nanyu.record(receipt.seq))
    assert {"03-017", "03-017/1", "03-017/2"} == {before[one][0] for one in people}
    assert sorted(set(before) - set(people)) == sorted(one for one in left if one in before)
    assert [(award, "remark"), (reserved, "remark"), (cancelled, "reason"), (spent, "collector_name")] == texts[:4]
    assert [(spent, "remark")] == texts[4:]
    assert [{}] * 4 == [nanyu.remarks(seq) for seq in (award, reserved, cancelled, spent)]
    assert {"remark": "本人来信"} == nanyu.remarks(receipt.seq)
    assert "request" == nanyu.record(receipt.seq).said["legal_ground"]


def test_what_was_posted_stays(nanyu: Ledger) -> None:
    """Every record, root and figure is what it was; only names and texts are gone."""
    lived(nanyu)
    head = nanyu.head()
    tallied, trial = nanyu.tally("2025-11").total, nanyu.trial_balance()
    records = [nanyu.record(seq) for seq in range(1, head.size + 1)]
    nanyu.erase(**ERASE)
    assert head == nanyu.head(head.size)
    assert records == [nanyu.record(seq) for seq in range(1, head.size + 1)]
    assert (tallied, trial) == (nanyu.tally("2025-11").total, nanyu.trial_balance())


def test_readings_show_an_id_where_somebody_was_erased(nanyu: Ledger) -> None:
    """Lists have the id and no name, and the household's own sheets are found by that id."""
    account = gone(nanyu)
    assert [("03-018", "王五"), ("04-001", "赵六"), (account, "")] == [
        (one.household, one.name) for one in nanyu.balances()
    ]
    assert (account, "") in [(row.code, row.name) for row in nanyu.tally("2025-11").rows]
    assert (Decimal(0), account) == (nanyu.balance(account).balance, nanyu.balance(account, on="2025-11-03").household)
    statement = nanyu.statement(account)
    assert (account, "", [Decimal(10), Decimal(-10)]) == (
        statement.household,
        statement.name,
        [line.points for line in statement],
    )
    assert {("", "")} == {(line.member, line.remark) for line in statement}
    redeemed = nanyu.redemptions(household=account)
    assert [(account, "", "")] * 2 == [(one.household, one.name, one.collector_name) for one in redeemed]
    traced = nanyu.trace(redeemed[-1].seq)
    assert (account, "", "") == (traced.record.household, traced.record.name, traced.record.remark)
    assert "(erased)" in traced.say("en")
    assert "（已删除）" in traced.say("zh")
    assert account in nanyu.explain(account, "2025-11").say("zh")
    assert [("operator", "clerk:1")] == [(one.role, one.code) for one in nanyu.people_in(5)]
    with pytest.raises(UnknownAccount):
        nanyu.person(account)


def test_a_household_that_was_erased_takes_no_act(nanyu: Ledger, refused: Refused) -> None:
    """Neither under its old code nor under its id anything is posted, and none of its records is undone."""
    award = lived(nanyu)[0]
    account = id_of(nanyu, "03-017")
    nanyu.erase(**ERASE)
    for code in ("03-017", account):
        with refused(nanyu, UnknownAccount, "unknown-account"):
            nanyu.award(code, "tidy", by="clerk:1")
        with refused(nanyu, UnknownAccount, "unknown-account"):
            nanyu.erase(code, ground="request", by="clerk:2")
    with refused(nanyu, HouseholdErased, "household-erased"):
        nanyu.reverse(award, reason="记错了", by="clerk:1")


def test_the_code_is_free_for_another_household(nanyu: Ledger) -> None:
    """Enrolled anew, the code stands for a household with nothing of the one before."""
    account = gone(nanyu)
    nanyu.enrol("03-017", head="孙八", by="clerk:1")
    assert account != id_of(nanyu, "03-017")
    assert (Decimal(0), "孙八") == (nanyu.balance("03-017").balance, nanyu.balance("03-017").name)
    assert [] == list(nanyu.statement("03-017"))


def test_a_repeated_erasure_gives_the_earlier_receipt(nanyu: Ledger, refused: Refused) -> None:
    """The same request again is the same erasure; for anybody who is there, or another ground, it is a conflict."""
    lived(nanyu)
    first = nanyu.erase(**ERASE, remark="来信")
    again = nanyu.erase(**ERASE, remark="来信")
    assert (first, True) == (again, again.repeated)
    for other in ({"household": "03-018"}, {"ground": "order"}, {"household": None, "operator": "clerk:1"}):
        with refused(nanyu, RequestConflict, "request-conflict"):
            nanyu.erase(**(ERASE | {"remark": "来信"} | other))
    nanyu.enrol("03-017", head="孙八", by="clerk:1")
    with refused(nanyu, RequestConflict, "request-conflict"):
        nanyu.erase(**ERASE, remark="来信")


def test_an_act_for_somebody_erased_since_may_be_repeated(nanyu: Ledger, refused: Refused) -> None:
    """A retry that arrives late finds its receipt: who was erased counts as the same, and nothing else does."""
    enrolled = nanyu.enrol("05-001", head="周九", members=["吴十"], by="clerk:1", request="e-1")
    award: dict[str, Any] = {"household": "05-001", "activity": "honour", "level": "village", "member": "吴十"}
    award |= {"by": "clerk:1", "approved_by": ["panel:1", "panel:2"], "request": "a-1", "remark": "好"}
    awarded = nanyu.award(**award)
    nanyu.reverse(awarded.seq, reason="错", by="clerk:1")
    nanyu.erase("05-001", ground="request", by="clerk:2")
    nanyu.erase(operator="panel:2", ground="request", by="clerk:2")
    assert enrolled == nanyu.enrol("05-001", head="周九", members=["吴十"], by="clerk:1", request="e-1")
    assert awarded == nanyu.award(**award)
    assert awarded == nanyu.award(**(award | {"remark": "别的"}))
    others = {"household": "03-018", "member": None}, {"level": "county"}, {"approved_by": ["panel:3", "panel:2"]}
    for other in (*others, {"member": None}):
        with refused(nanyu, RequestConflict, "request-conflict"):
            nanyu.award(**(award | other))
    with refused(nanyu, RequestConflict, "request-conflict"):
        nanyu.enrol("03-018", head="周九", members=["吴十"], by="clerk:1", request="e-1")


def test_points_are_not_orphaned(nanyu: Ledger, refused: Refused) -> None:
    """With points, something reserved, or arrears nobody is erased; the refusal says what is left."""
    nanyu.stock_in("soap", 1, by="shop:1")
    award = nanyu.award("03-017", "tidy", quantity=6, by="clerk:1")
    reserved = nanyu.reserve("03-017", {"soap": 1}, by="shop:1")
    with refused(nanyu, HouseholdHolds, "household-holds") as caught:
        nanyu.erase(**ERASE)
    assert (12, 10, 0) == tuple(caught.value.data[name] for name in ("balance", "held", "arrears"))
    assert "03-017" in caught.value.say("zh")
    nanyu.hand_over(reserved.seq, by="shop:1")
    nanyu.reverse(award.seq, reason="错", by="clerk:1")
    with refused(nanyu, HouseholdHolds, "household-holds") as caught:
        nanyu.erase(**ERASE)
    assert 10 == caught.value.data["arrears"]
    assert "张三" == nanyu.balance("03-017").name


def test_what_has_lapsed_is_recorded_before_an_erasure(begin: Begin, clock: FixedClock) -> None:
    """Points whose last day is over are nobody's any more: the erasure records their lapse first."""
    ledger = begin(NANYU_RULES + '[expiry]\npolicy = "days"\ndays = 30\n')
    ledger.enrol("03-017", head="张三", by="clerk:1")
    ledger.award("03-017", "tidy", by="clerk:1")
    clock.noon("2025-12-20")
    receipt = ledger.erase("03-017", ground="request", by="clerk:2")
    assert ["lapse", "erase"] == [ledger.record(seq).kind for seq in (receipt.seq - 1, receipt.seq)]


def test_a_base_is_not_granted_to_somebody_erased(begin: Begin, clock: FixedClock) -> None:
    """A run of base points leaves out a household that was erased, and a close misses nothing of it."""
    ledger = begin(NANYU_RULES + BASE, first_period="2025-11")
    for code in ("03-017", "03-018"):
        ledger.enrol(code, head="张三", by="clerk:1")
    ledger.erase("03-017", ground="entered-in-error", by="clerk:2")
    report = ledger.grant_base("2025-11", by="clerk:1") if hasattr(ledger, "grant_base") else None
    assert report is None or (1, 1) == (report.posted, report.absent)
    clock.noon("2025-12-01")
    assert report is None or 0 == ledger.close("2025-11", by="clerk:1").bases_missing


def test_a_member_is_erased_alone(nanyu: Ledger, refused: Refused) -> None:
    """The household goes on without a member; the head is erased once another name stands for the household."""
    nanyu.award("03-017", "tidy", member="李四", by="clerk:1", remark="李四扫的")
    kept = nanyu.award("03-017", "tidy", member="张三", by="clerk:1", remark="张三扫的")
    receipt = nanyu.erase("03-017", member="李四", ground="request", by="clerk:2")
    assert 1 == len(erased_by(nanyu.record(receipt.seq))[0])
    assert {"remark": "张三扫的"} == nanyu.remarks(kept.seq)
    assert ["", "张三"] == sorted(
        nanyu.person(one).name if one in profiles(nanyu) else ""
        for one in (nanyu.record(seq).said["resident"] for seq in (kept.seq - 1, kept.seq))
    )
    with refused(nanyu, UnknownResident, "unknown-resident"):
        nanyu.award("03-017", "tidy", member="李四", by="clerk:1")
    with refused(nanyu, NameRemains, "name-remains"):
        nanyu.erase("03-017", member="张三", ground="request", by="clerk:2")
    assert Decimal(4) == nanyu.balance("03-017").balance


def test_who_collects_stays_told_apart_from_a_head_that_was_erased(nanyu: Ledger) -> None:
    """The next member in the list is not taken for the head, who is not there any more."""
    nanyu.stock_in("soap", 3, by="shop:1")
    nanyu.award("03-017", "tidy", quantity=10, by="clerk:1")
    before = nanyu.record(nanyu.redeem("03-017", {"soap": 1}, collector="张三", by="shop:1").seq).said
    nanyu.amend("03-017", name="李四", by="clerk:1")
    nanyu.amend("03-017", member="03-017/1", name="张叁", by="clerk:1")
    nanyu.erase("03-017", member="03-017/1", ground="request", by="clerk:2")
    after = nanyu.record(nanyu.redeem("03-017", {"soap": 1}, collector="李四", by="shop:1").seq).said
    assert (False, True) == ("collector" in before, "collector" in after)


def test_an_operator_is_erased_by_another(nanyu: Ledger, refused: Refused) -> None:
    """Who recorded is shown by an id from then on; nobody erases themselves, and the code may begin anew."""
    receipt = nanyu.award("03-017", "tidy", by="clerk:3", remark="腿脚不便")
    with refused(nanyu, OwnErasure, "own-erasure"):
        nanyu.erase(operator="clerk:3", ground="request", by="clerk:3")
    nanyu.erase(operator="clerk:3", ground="request", by="clerk:1", request="o-1")
    assert nanyu.trace(receipt.seq).record.by.startswith("o-")
    assert {"remark": "腿脚不便"} == nanyu.remarks(receipt.seq)
    assert nanyu.erase(operator="clerk:3", ground="request", by="clerk:1", request="o-1").repeated
    with refused(nanyu, UnknownOperator, "unknown-operator"):
        nanyu.erase(operator="clerk:3", ground="request", by="clerk:1")
    later = nanyu.award("03-017", "tidy", by="clerk:3")
    assert nanyu.record(receipt.seq).by != nanyu.record(later.seq).by


def test_the_text_of_one_record_is_erased(nanyu: Ledger, refused: Refused) -> None:
    """All of it or one field; what is not there, or not any more, is refused."""
    receipt = nanyu.stock_in("soap", 1, source="donated", donor="王五", wish="给老人", by="shop:1", remark="一箱")
    first = nanyu.erase_remark(receipt.seq, field="donor", ground="request", by="clerk:1", request="t-1")
    assert {"remark": "一箱", "wish": "给老人"} == nanyu.remarks(receipt.seq)
    assert first == nanyu.erase_remark(receipt.seq, field="donor", ground="request", by="clerk:1", request="t-1")
    for other in ({"ground": "order"}, {"field": "wish"}):
        with refused(nanyu, RequestConflict, "request-conflict"):
            nanyu.erase_remark(
                receipt.seq, **({"field": "donor", "ground": "request", "by": "clerk:1", "request": "t-1"} | other)
            )
    last = nanyu.erase_remark(receipt.seq, ground="entered-in-error", by="clerk:1")
    assert ([], [(receipt.seq, "remark"), (receipt.seq, "wish")]) == erased_by(nanyu.record(last.seq))
    assert {} == nanyu.remarks(receipt.seq)
    with refused(nanyu, NothingToErase, "nothing-to-erase"):
        nanyu.erase_remark(receipt.seq, ground="request", by="clerk:1")
    with refused(nanyu, UnknownRecord, "unknown-record"):
        nanyu.erase_remark(1_000, ground="request", by="clerk:1")
    with refused(nanyu, InvalidSetting, "invalid-setting"):
        nanyu.erase_remark(receipt.seq, field="account", ground="request", by="clerk:1")


def test_the_text_of_a_record_about_theirs_is_erased(nanyu: Ledger) -> None:
    """The reversal of a reward in goods names nobody: its reason is about whom the reward names, and nobody else."""
    nanyu.stock_in("soap", 9, by="shop:1")
    undone = []
    for household, reason in (("03-017", "张三搬走了"), ("03-018", "王五不要")):
        reward = nanyu.reward(household, ground="title", goods={"soap": 1}, by="clerk:1")
        undone.append(nanyu.reverse(reward.seq, reason=reason, by="clerk:1").seq)
    nanyu.erase(**ERASE)
    assert [{}, {"reason": "王五不要"}] == [nanyu.remarks(seq) for seq in undone]


@pytest.mark.parametrize("kind", ["award", "deduct"])
def test_a_text_that_a_correction_brought_along_is_erased(nanyu: Ledger, kind: str) -> None:
    """Corrected to another household, a deed has the text of the wrong one, which goes with whom that one named."""
    wrong = getattr(nanyu, kind)("03-017", "tidy", by="clerk:1", remark="张三家门口")
    right, undone = moved(nanyu, wrong.seq)
    assert {"remark": "张三家门口"} == nanyu.remarks(right)
    own = next(record for record in nanyu.personal_data("03-017").records if record.seq == right)
    assert ("", "", "", wrong.seq) == (own.household, own.name, own.remark, own.corrects)
    nanyu.erase(**ERASE)
    assert [{}] * 3 == [nanyu.remarks(seq) for seq in (wrong.seq, right, undone)]


def test_why_a_deed_was_corrected_is_erased_with_whom_it_was_right_of(nanyu: Ledger) -> None:
    """The reason is about both households; what was said of the wrong one stays with that."""
    wrong = nanyu.award("03-017", "tidy", by="clerk:1", remark="张三家门口")
    right, undone = moved(nanyu, wrong.seq)
    nanyu.reverse(right, reason="没扫", by="clerk:1")
    nanyu.erase("03-018", ground="request", by="clerk:2")
    assert [{"remark": "张三家门口"}, {}, {}] == [nanyu.remarks(seq) for seq in (wrong.seq, right, undone)]


def test_what_to_erase_is_named_once_and_on_a_ground(nanyu: Ledger, refused: Refused) -> None:
    """One of household, member and operator, and a ground of the list; a record of it is undone by nobody."""
    with refused(nanyu, NothingToErase, "nothing-to-erase"):
        nanyu.erase(ground="request", by="clerk:1")
    with refused(nanyu, OptionsConflict, "options-conflict"):
        nanyu.erase("03-017", operator="clerk:1", ground="request", by="clerk:1")
    with refused(nanyu, OptionsConflict, "options-conflict"):
        nanyu.erase(member="李四", operator="clerk:1", ground="request", by="clerk:1")
    with refused(nanyu, InvalidSetting, "invalid-setting"):
        nanyu.erase("03-017", ground="because", by="clerk:1")
    for made in (nanyu.erase(**ERASE), nanyu.amend(**AMEND)):
        with refused(nanyu, NotReversible, "not-reversible"):
            nanyu.reverse(made.seq, reason="错", by="clerk:1")


# --- correcting ----------------------------------------------------------------------------------------


def test_a_name_and_a_code_are_amended(nanyu: Ledger, refused: Refused) -> None:
    """The history is found under the new code, the old one is free, and the members' codes follow."""
    nanyu.award("03-017", "tidy", member="李四", by="clerk:1")
    nanyu.amend("03-017", name="章三", code="３-117", by="clerk:1", remark="户口本上是章")
    found = nanyu.balance("3-117")
    assert (Decimal(2), "章三") == (found.balance, found.name)
    assert {"3-117", "3-117/1", "3-117/2"} == {code for code, _ in profiles(nanyu).values() if "117" in code}
    assert {"章三", "李四"} == {name for code, name in profiles(nanyu).values() if code.startswith("3-117/")}
    assert ["李四"] == [line.member for line in nanyu.statement("3-117")]
    with refused(nanyu, UnknownAccount, "unknown-account"):
        nanyu.award("03-017", "tidy", by="clerk:1")
    nanyu.enrol("03-017", head="孙八", by="clerk:1")
    assert Decimal(0) == nanyu.balance("03-017").balance


def test_a_member_and_an_operator_are_amended(nanyu: Ledger) -> None:
    """A member gets another name, an operator another code, and both go on under it."""
    first = nanyu.award("03-017", "tidy", member="李四", by="clerk:1")
    nanyu.amend("03-017", member="李四", name="李肆", by="clerk:1")
    nanyu.amend(operator="clerk:1", code="accountant", by="clerk:2")
    later = nanyu.award("03-017", "tidy", member="李肆", by="accountant")
    first_record, later_record = nanyu.record(first.seq), nanyu.record(later.seq)
    assert (first_record.by, first_record.said["resident"]) == (later_record.by, later_record.said["resident"])
    assert "accountant" == nanyu.trace(first.seq).record.by


def test_a_repeated_amendment_gives_the_earlier_receipt(nanyu: Ledger, refused: Refused) -> None:
    """The same request is the same act, though the old code is gone; another name under it is a conflict."""
    first = nanyu.amend(**AMEND)
    again = nanyu.amend(**AMEND)
    assert (first, True) == (again, again.repeated)
    for other in ({"name": "旺五"}, {"household": "03-017"}, {"code": "03-119"}):
        with refused(nanyu, RequestConflict, "request-conflict"):
            nanyu.amend(**(AMEND | other))
    nanyu.amend("03-118", name="旺五", by="clerk:1")
    assert first == nanyu.amend(**AMEND)
    assert "旺五" == nanyu.balance("03-118").name
    member = {"household": "03-017", "member": "李四", "name": "李肆", "by": "clerk:1", "request": "letter-3"}
    assert nanyu.amend(**member) == nanyu.amend(**member)


def test_what_cannot_be_amended_is_refused(nanyu: Ledger, refused: Refused) -> None:
    """A code that is taken, nothing new, options that do not go together, and people who are not there."""
    with refused(nanyu, AlreadyEnrolled, "already-enrolled"):
        nanyu.amend("03-017", code="03-018", by="clerk:1")
    for same in ({}, {"name": "张三"}, {"code": "03-017"}):
        with refused(nanyu, NothingToAmend, "nothing-to-amend"):
            nanyu.amend("03-017", **same, by="clerk:1")
    for nobody in ({}, {"name": "张三"}, {"member": "李四", "name": "甲"}):
        with refused(nanyu, OptionRequired, "option-required") as caught:
            nanyu.amend(**nobody, by="clerk:1")
        assert ("a household", True) == (caught.value.data["option"], "户号" in caught.value.say("zh"))
    with refused(nanyu, OptionsConflict, "options-conflict"):
        nanyu.amend("03-017", member="李四", code="x", by="clerk:1")
    with refused(nanyu, OptionsConflict, "options-conflict"):
        nanyu.amend(operator="clerk:1", name="王会计", by="clerk:1")
    with refused(nanyu, InvalidCode, "invalid-code"):
        nanyu.amend("03-017", code="a b", by="clerk:1")
    with refused(nanyu, UnknownAccount, "unknown-account"):
        nanyu.amend("99-999", name="甲", by="clerk:1")
    with refused(nanyu, UnknownResident, "unknown-resident"):
        nanyu.amend("03-017", member="外人", name="甲", by="clerk:1")
    with refused(nanyu, UnknownOperator, "unknown-operator"):
        nanyu.amend(operator="nobody", code="x", by="clerk:1")


# --- handing out ---------------------------------------------------------------------------------------


def test_everything_about_a_household_is_handed_out(nanyu: Ledger) -> None:
    """Register, groups, points and every record that concerns it, with its texts, in both languages and as JSON."""
    seqs = lived(nanyu)
    found = nanyu.personal_data("03-017")
    assert ("03-017", "张三", (("三组", "2025-11-03"),)) == (found.household, found.name, found.groups)
    assert ["张三", "张三", "李四"] == [one.name for one in found.people]
    assert Decimal(0) == found.balance
    assert set(seqs) <= {record.seq for record in found.records}
    words = ("张三", "李四", "03-017", "腿脚不便", "先留着", "他不要了", "钱七", "邻居代领", "三组")
    plain = json.dumps(found.plain(), ensure_ascii=False)
    for text in (found.say("zh"), found.say("en"), found.html("zh"), found.html("en"), plain):
        assert [] == [word for word in words if word not in text]
        assert "王五" not in text


def test_what_is_handed_out_tells_nothing_of_another_household(nanyu: Ledger) -> None:
    """Of a redemption that a member collected for others nothing is told but that somebody collected."""
    nanyu.stock_in("soap", 1, by="shop:1")
    nanyu.award("03-018", "tidy", quantity=5, by="clerk:1", remark="王五病了")
    seq = nanyu.redeem("03-018", {"soap": 1}, collector="03-017/2", by="shop:1", remark="王五走不动").seq
    found = nanyu.personal_data("03-017")
    own = next(record for record in found.records if record.seq == seq)
    assert ("03-017/2", "", "") == (own.collector, own.household, own.remark)
    for text in (found.say("zh"), found.html("zh"), json.dumps(found.plain(), ensure_ascii=False)):
        assert [] == [word for word in ("王五", "03-018") if word in text]


def test_texts_are_shown_as_they_are_written(nanyu: Ledger) -> None:
    """A text that looks like markup stays a text on the page."""
    nanyu.award("03-017", "tidy", by="clerk:1", remark="<b>粗</b>")
    assert "&lt;b&gt;粗&lt;/b&gt;" in nanyu.personal_data("03-017").html("zh")


@needs("batch")
def test_inside_a_transaction_a_purge_is_due(nanyu: Ledger) -> None:
    """Bytes cannot go before the commit, and the receipt of a batch says so."""
    with nanyu.batch(by="clerk:1") as batch:
        receipts = [batch.amend("03-018", name="汪五"), batch.erase("03-017", ground="request")]
        batch.enrol("03-017", head="孙八")
        with pytest.raises(UnknownResident):
            batch.award("03-017", "tidy", member="李四")
    assert [True, True] == [receipt.purge_due for receipt in receipts]
    assert {"孙八", "汪五", "赵六"} == {one.name for one in nanyu.balances()} - {""}


# --- what stands in a record ---------------------------------------------------------------------------


def test_a_name_that_was_typed_into_a_record_is_told(nanyu: Ledger) -> None:
    """A request id, a batch, an invoice or a document holds on to it for ever; the erasure says in which records."""
    seqs = [
        nanyu.award("03-018", "tidy", by="clerk:1", request="替张三补录").seq,
        nanyu.stock_in("soap", 1, invoice="李四-7", by="shop:1").seq,
    ]
    nanyu.award("03-018", "tidy", by="clerk:1", remark="张三看见的", request="a-9")
    erased = nanyu.erase("03-017", ground="request", by="clerk:2", request="张三来信")
    assert (*seqs, erased.seq) == erased.named_in
    assert () == nanyu.erase("03-017", ground="request", by="clerk:2", request="张三来信").named_in


def test_a_name_is_told_where_it_stands_and_nowhere_else(nanyu: Ledger) -> None:
    """Of an operator it is the code, whole; what merely begins like it, or stands in a pin, is something else."""
    nanyu.award("03-018", "tidy", by="beef", request="import-beefy")
    whole = nanyu.award("03-018", "tidy", by="clerk:1", request="import-beef-1").seq
    assert (whole,) == nanyu.erase(operator="beef", ground="request", by="clerk:2").named_in
    nanyu.enrol("05-001", head="周", members=["a_b%"], by="clerk:1")
    nanyu.award("03-018", "tidy", by="clerk:1", request="周一 axbc")
    quoted = nanyu.award("03-018", "tidy", by="clerk:1", request="for a_b%").seq
    assert (quoted,) == nanyu.erase("05-001", ground="request", by="clerk:2").named_in
