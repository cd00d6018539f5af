"""Lists: the register of households, and what the paper book held, from a sheet; all of it or nothing, and once."""

from __future__ import annotations

from collections.abc import Callable
from decimal import Decimal
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from pointsledger import Ledger
from pointsledger.errors import FileUnreadable, OperatorRequired, SheetFaulty, SheetUnreadable
from pointsledger.sheets.lists import ListReport
from pointsledger.sheets.row_faults import RowFault

if TYPE_CHECKING:
    from pointsledger.testing.contract.book import Begin, Refused, Sheet

Rows = tuple[str, ...]

HOUSEHOLDS: Rows = (
    "户号,组,户主,成员,备注",
    "05-001,五组,钱七,周九、吴十，郑一；冯二;陈三,新迁入",
    '05-002,,孙八,"李六, 卫四",',
    "05-003,五组,蒋五,,",
)
OPENINGS: Rows = ("南峪村旧册余额", "户号,期初积分,备注", "03-017,50,旧册第3页", "03-018,7,")
STOCK: Rows = (
    "商品,数量,单价,保质期",
    "肥皂,10,2.50,2027/3/1",
    "soap,5,2.60,2027年4月1日",
    "毛巾,3,,",
)

Take = Callable[[Ledger, Path], ListReport]

LISTS: dict[str, tuple[Take, Rows]] = {
    "households": (lambda ledger, path: ledger.enrol_list(path, by="clerk:1"), HOUSEHOLDS),
    "openings": (lambda ledger, path: ledger.opening_list(path, by="clerk:1"), OPENINGS),
    "stock": (lambda ledger, path: ledger.opening_stock_list(path, by="clerk:1"), STOCK),
}

# By list: the rows of a faulty sheet, and of each fault its line, its column ("" where a fault has none), its code
# and a word of what it says. Sound rows stand between them.
FAULTY: dict[str, tuple[Rows, tuple[tuple[int, str, str, str], ...]]] = {
    "households": (
        (
            *HOUSEHOLDS[:2],
            "05 002,,孙八,,",
            "05-003,,,,",
            ",,蒋五,,",
            f"05-004,{'组' * 33},沈六,,",
            "05-005,,韩七,,,多",
            "03-017,三组,张三,李四,",
            "05-001,五组,钱七七,周九、吴十，郑一；冯二;陈三,新迁入",
            *HOUSEHOLDS[2:],
        ),
        (
            (3, "户号", "invalid-code", "05 002"),
            (4, "户主", "missing-cell", "户主"),
            (5, "户号", "missing-cell", "户号"),
            (6, "组", "invalid-text", "32"),
            (7, "", "torn-row", "6"),
            (8, "户号", "already-enrolled", "03-017"),
            (9, "", "listed-twice", "2"),
        ),
    ),
    "openings": (
        (
            *OPENINGS[:3],
            "03-018,七,",
            "03-018,0,",
            "03-018,1.5,",
            "03-018,,",
            "03-018,1000000001,",
            "03 018,7,",
            "03-018,7,,多",
            "03-017,51,旧册第3页",
            OPENINGS[3],
        ),
        (
            (4, "期初积分", "invalid-number", "七"),
            (5, "期初积分", "not-positive", "0"),
            (6, "期初积分", "too-many-decimals", "1.5"),
            (7, "期初积分", "missing-cell", "期初积分"),
            (8, "期初积分", "amount-too-large", "1000000001"),
            (9, "户号", "invalid-code", "03 018"),
            (10, "", "torn-row", "4"),
            (11, "", "listed-twice", "3"),
        ),
    ),
    "stock": (
        (
            *STOCK[:2],
            "毛巾,三,,",
            "毛巾,,,",
            "毛巾,1.5,,",
            "毛巾,0,,",
            "毛巾,3,2.505,",
            "毛巾,3,两元,",
            "毛巾,3,-1,",
            "毛巾,3,,,多",
            "肥皂,11,2.50,2027-03-01",
            *STOCK[2:],
        ),
        (
            (3, "数量", "invalid-number", "三"),
            (4, "数量", "missing-cell", "数量"),
            (5, "数量", "too-many-decimals", "1.5"),
            (6, "数量", "not-positive", "0"),
            (7, "单价", "too-many-decimals", "2.505"),
            (8, "单价", "invalid-number", "两元"),
            (9, "单价", "not-positive", "-1"),
            (10, "", "torn-row", "5"),
            (11, "", "listed-twice", "2"),
        ),
    ),
}

# By list: rows that name what the book or the price list does not have, and the code of what is wrong with each.
UNKNOWN: dict[str, tuple[Rows, tuple[str, ...]]] = {
    "openings": (("户号,期初积分", "O3-017,50", "03-018,7"), ("unknown-account",)),
    "stock": (
        ("商品,数量,保质期", "黄金,1,", "理发,1,", "肥皂,1,2027-02-30", "毛巾,1,"),
        ("unknown-item", "not-stocked", "invalid-date"),
    ),
}


def taken(ledger: Ledger) -> tuple[object, ...]:
    """Return all that a list can change."""
    return ledger.head(), ledger.balances(), ledger.stock()


def faults_of(error: Exception) -> list[RowFault]:
    """Return the faults that a refused sheet carries."""
    assert isinstance(error, SheetFaulty)
    assert error.data["count"] == len(error.data["faults"])
    return list(error.data["faults"])


def test_households_are_enrolled(nanyu: Ledger, sheet: Sheet) -> None:
    """Every row becomes a household in its group, or in none."""
    assert ListReport(rows=3, posted=3, unchanged=0) == nanyu.enrol_list(sheet(*HOUSEHOLDS), by="clerk:1")
    expected = [("05-001", "钱七", "五组"), ("05-002", "孙八", ""), ("05-003", "蒋五", "五组")]
    assert expected == [(held.household, held.name, held.group) for held in nanyu.balances(after="04-001")]


def test_members_may_be_separated_in_five_ways(nanyu: Ledger, sheet: Sheet) -> None:
    """Names between 、 or a Chinese or Latin comma or semicolon are one member each, behind the head."""
    nanyu.enrol_list(sheet(*HOUSEHOLDS), by="clerk:1")
    names = ("钱七", "周九", "吴十", "郑一", "冯二", "陈三")
    for household, members in (("05-001", names), ("05-002", ("孙八", "李六", "卫四")), ("05-003", ("蒋五",))):
        for number, member in enumerate(members, start=1):
            by_name = nanyu.award(household, "tidy", member=member, by="clerk:1")
            by_code = nanyu.award(household, "tidy", member=f"{household}/{number}", by="clerk:1")
            told = [nanyu.record(receipt.seq).said["resident"] for receipt in (by_name, by_code)]
            assert told[0] == told[1], member
        with pytest.raises(LookupError):
            nanyu.award(household, "tidy", member=f"{household}/{len(members) + 1}", by="clerk:1")


def test_a_mark_too_many_makes_no_member(nanyu: Ledger, sheet: Sheet) -> None:
    """A separator at either end, or twice, with spaces or without, stands between no more people than are named."""
    for number, mark in enumerate("、，；;,", start=1):
        row = f'05-00{number},钱七,"{mark} 周九{mark}{mark}吴十 {mark}"'
        nanyu.enrol_list(sheet("户号,户主,成员", row), by="clerk:1")
        assert 3 == len(nanyu.record(nanyu.head().size).said["residents"])
        nanyu.award(f"05-00{number}", "tidy", member="吴十", by="clerk:1")


@pytest.mark.parametrize(
    ("row", "expected", "word"),
    [
        ("05-001,五组,钱七,钱七、周九,", ("成员", "named-twice"), "钱七"),
        ("05-001,五组,钱七,周九、周 九,", ("成员", "named-twice"), "周 九"),
        ("05-001,五组,钱七,赵小柱 钱芳,", ("成员", "names-run-together"), "赵小柱 钱芳"),
        ("05-001,五组,钱七,周九、赵小柱　钱芳 孙丽,", ("成员", "names-run-together"), "钱芳 孙丽"),
        ("05-001,五组,赵小柱 钱芳,,", ("户主", "names-run-together"), "赵小柱 钱芳"),
    ],
)
def test_nobody_is_enrolled_by_a_slip(  # noqa: PLR0917 - three fixtures and three of the example
    nanyu: Ledger, sheet: Sheet, refused: Refused, row: str, expected: tuple[str, str], word: str
) -> None:
    """The head again among the members, two of one name, and two people as one are faults of their row."""
    with refused(nanyu, SheetFaulty, "sheet-faulty") as caught:
        nanyu.enrol_list(sheet(HOUSEHOLDS[0], row), by="clerk:1")
    (fault,) = caught.value.data["faults"]
    assert (2, *expected) == (fault.line, fault.column, fault.error.code)
    assert [True, True] == [word in fault.say(lang) for lang in ("en", "zh")]


def test_names_that_are_spaced_or_told_apart_are_taken(nanyu: Ledger, sheet: Sheet) -> None:
    """A name spaced to the width of three, two people told apart, and a longer name with a space are taken."""
    nanyu.enrol_list(
        sheet(HOUSEHOLDS[0], "05-001,,王　芳,张伟（大）、张伟（小）、李 明、阿依 古丽·买买提,"), by="clerk:1"
    )
    names = [person.name for person in nanyu.people_in(nanyu.head().size) if person.role == "resident"]
    assert ["王 芳", "张伟（大）", "张伟（小）", "李 明", "阿依 古丽·买买提"] == names


def test_openings_are_brought_forward(nanyu: Ledger, sheet: Sheet) -> None:
    """Every row becomes the opening of its household, on the first day of the book."""
    assert ListReport(rows=2, posted=2, unchanged=0) == nanyu.opening_list(sheet(*OPENINGS), by="clerk:1")
    assert [50, 7, 0] == [nanyu.balance(code, on="2025-09-01").balance for code in ("03-017", "03-018", "04-001")]


def test_goods_are_brought_forward(nanyu: Ledger, sheet: Sheet) -> None:
    """Every row lies on the shelf at its cost in yuan, and what spoils first goes first."""
    assert ListReport(rows=3, posted=3, unchanged=0) == nanyu.opening_stock_list(sheet(*STOCK), by="shop:1")
    assert [("soap", 15, 3_800), ("towel", 3, 0)] == [(line.item, line.pieces, line.cost_fen) for line in nanyu.stock()]
    nanyu.award("03-017", "tidy", quantity=60, by="clerk:1")
    nanyu.redeem("03-017", {"soap": 11}, by="shop:1")
    assert 4 * 260 == nanyu.stock()[0].cost_fen


def test_opening_stock_lies_in_its_shop(nanyu: Ledger, sheet: Sheet) -> None:
    """A sheet of goods may say in which shop a row lies, by code or name; the main one where the cell is empty."""
    rows = ("商品,数量,超市", "肥皂,10,", "肥皂,4,东庄超市", "毛巾,2,main", "毛巾,1,east")
    path = sheet(*rows)
    assert ListReport(rows=4, posted=4, unchanged=0) == nanyu.opening_stock_list(path, by="shop:1")
    assert ListReport(rows=4, posted=0, unchanged=4) == nanyu.opening_stock_list(path, by="shop:1")
    found = {(line.shop, line.item): line.pieces for line in nanyu.stock()}
    assert {("main", "soap"): 10, ("east", "soap"): 4, ("main", "towel"): 2, ("east", "towel"): 1} == found
    with pytest.raises(SheetFaulty) as caught:
        nanyu.opening_stock_list(sheet(rows[0], "肥皂,1,西庄超市"), by="shop:1")
    fault = caught.value.data["faults"][0]
    assert (2, "超市", "unknown-shop") == (fault.line, fault.column, fault.error.code)


@pytest.mark.parametrize("kind", LISTS)
def test_a_list_taken_twice_changes_nothing(nanyu: Ledger, sheet: Sheet, kind: str) -> None:
    """The same sheet again, by another hand and with its rows in another order, finds everything as it is."""
    take, rows = LISTS[kind]
    count = take(nanyu, sheet(*rows)).rows
    before = taken(nanyu)
    heading = len(rows) - count
    for order in (rows, (*rows[:heading], *reversed(rows[heading:]))):
        assert ListReport(rows=count, posted=0, unchanged=count) == take(nanyu, sheet(*order))
    assert before == taken(nanyu)


@pytest.mark.parametrize("kind", LISTS)
def test_a_longer_list_adds_what_is_new(nanyu: Ledger, sheet: Sheet, kind: str) -> None:
    """Rows added to a list are posted, and the others stand."""
    take, rows = LISTS[kind]
    posted = take(nanyu, sheet(*rows[:-1])).posted
    assert ListReport(rows=posted + 1, posted=1, unchanged=posted) == take(nanyu, sheet(*rows))


def test_a_list_may_come_as_excel_writes_it(nanyu: Ledger, sheet: Sheet) -> None:
    """A list is read in the encodings of a month's sheet."""
    for (take, rows), encoding in zip(LISTS.values(), ("utf-8-sig", "gb18030", "utf-16"), strict=True):
        report = take(nanyu, sheet(*rows, encoding=encoding))
        assert report.rows == report.posted


@pytest.mark.parametrize("kind", FAULTY)
def test_a_faulty_list_is_refused_whole(nanyu: Ledger, sheet: Sheet, refused: Refused, kind: str) -> None:
    """One faulty row keeps all others out, and every fault is told with its line and column in both languages."""
    take, _ = LISTS[kind]
    rows, expected = FAULTY[kind]
    before = taken(nanyu)
    with refused(nanyu, SheetFaulty, "sheet-faulty") as caught:
        take(nanyu, sheet(*rows))
    found = faults_of(caught.value)
    assert [fault[:3] for fault in expected] == [(fault.line, fault.column, fault.error.code) for fault in found]
    assert before == taken(nanyu)
    for fault, (*_, word) in zip(found, expected, strict=True):
        assert word in fault.say()
        assert word in fault.say("zh")
        assert (".", "。") == (fault.say()[-1], fault.say("zh")[-1])
        assert not fault.say("zh").isascii()


@pytest.mark.parametrize("kind", UNKNOWN)
def test_a_list_names_what_there_is(nanyu: Ledger, sheet: Sheet, refused: Refused, kind: str) -> None:
    """A household, an item or a day that there is not refuses the list at its line."""
    take, _ = LISTS[kind]
    rows, codes = UNKNOWN[kind]
    with refused(nanyu, SheetFaulty, "sheet-faulty") as caught:
        take(nanyu, sheet(*rows))
    found = faults_of(caught.value)
    assert list(enumerate(codes, start=2)) == [(fault.line, fault.error.code) for fault in found]


def test_a_household_that_is_enrolled_otherwise_is_named(nanyu: Ledger, sheet: Sheet, refused: Refused) -> None:
    """A row that says otherwise than the register names the household, what differs and the record."""
    nanyu.enrol_list(sheet(*HOUSEHOLDS), by="clerk:1")
    changes = {"head": ("蒋五", "蒋六"), "group": ("五组,蒋五", "六组,蒋五"), "members": ("蒋五,", "蒋五,杨一")}
    for field, (old, new) in changes.items():
        with refused(nanyu, SheetFaulty, "sheet-faulty") as caught:
            nanyu.enrol_list(sheet(*(row.replace(old, new) for row in HOUSEHOLDS)), by="clerk:1")
        (fault,) = faults_of(caught.value)
        assert (4, "enrolled-otherwise") == (fault.line, fault.error.code)
        assert "请更正表格或更正名册" in fault.say("zh")
        assert {"account": "05-003", "field": field, "seq": nanyu.head().size} == fault.error.data


def test_an_opening_that_was_reversed_may_come_again(nanyu: Ledger, sheet: Sheet) -> None:
    """A wrong opening is undone and the corrected list brings it forward, alone."""
    nanyu.opening_list(sheet(*OPENINGS), by="clerk:1")
    nanyu.reverse(nanyu.statement("03-018").lines[0].seq, reason="抄错了", by="clerk:1")
    rows = [row.replace("03-018,7", "03-018,9") for row in OPENINGS]
    for posted in (1, 0):
        expected = ListReport(rows=2, posted=posted, unchanged=2 - posted)
        assert expected == nanyu.opening_list(sheet(*rows), by="clerk:1")
    assert [50, 9] == [nanyu.balance(code).balance for code in ("03-017", "03-018")]


@pytest.mark.parametrize("kind", LISTS)
def test_a_list_without_what_it_is_about_is_no_list(nanyu: Ledger, sheet: Sheet, refused: Refused, kind: str) -> None:
    """A file without a needed column, with one too many, or with nothing in it is refused as a whole."""
    take, _ = LISTS[kind]
    for rows in (("备注", "无"), ("户号,户主,期初积分,商品,数量", "1,1,1,1,1"), ("",)):
        with refused(nanyu, SheetUnreadable, "sheet-unreadable"):
            take(nanyu, sheet(*rows))
    with refused(nanyu, FileUnreadable, "file-unreadable"):
        take(nanyu, sheet("").parent)


def test_a_list_is_taken_by_somebody(begin: Begin, sheet: Sheet, refused: Refused) -> None:
    """A list without an operator is refused at every row."""
    ledger = begin()
    with refused(ledger, SheetFaulty, "sheet-faulty") as caught:
        ledger.enrol_list(sheet(*HOUSEHOLDS))
    assert [OperatorRequired] * 3 == [type(fault.error) for fault in faults_of(caught.value)]


def test_a_list_may_be_of_a_village_with_decimals(begin: Begin, sheet: Sheet) -> None:
    """Points of a list are exact to the last place that the village has."""
    ledger = begin(None, None, decimals=2, first_period="2025-09")
    ledger.enrol("03-017", head="张三", by="clerk:1")
    ledger.opening_list(sheet("household,points", "03-017,12.05"), by="clerk:1")
    assert Decimal("12.05") == ledger.balance("03-017").balance
