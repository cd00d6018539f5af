"""Market day: redemptions that were handed over on paper and typed at night, as a sheet."""

from __future__ import annotations

from collections.abc import Callable
from decimal import Decimal
from typing import TYPE_CHECKING

import pytest

from pointsledger import Ledger
from pointsledger.errors import AlreadyRefunded, InvalidSetting, SheetFaulty
from pointsledger.sheets.sheet import HEADINGS, REDEMPTIONS

if TYPE_CHECKING:
    from pointsledger.sheets.importing import ImportReport
    from pointsledger.testing.clock import FixedClock
    from pointsledger.testing.contract.book import Refused, Sheet

COLUMNS = "序号,日期,户号,商品,数量,领取人,超市,现金,备注"
ROWS = (
    "1,2025-10-15,03-017,肥皂,2,李四,,,",
    "2,2025/10/15,03-018,毛巾,1,钱七,,2.50,雨天",
    "3,2025年10月15日,03-018,肥皂,1,,,,",
    "3,2025-10-15,03-018,理发,1,王五,,,本人",
    "4,2025-10-15,04-001,soap,1,,,0,",
)
# What can be wrong with each cell: its column, what it says, and the code of the fault.
FAULTY_CELLS = [
    ("no", "a/b", "invalid-code"),
    ("on", "2025-10-32", "invalid-date"),
    ("on", "2025-09-15", "other-period"),
    ("on", "", "missing-cell"),
    ("household", "99-999", "unknown-account"),
    ("household", "", "missing-cell"),
    ("item", "香皂", "unknown-item"),
    ("item", "", "missing-cell"),
    ("pieces", "两", "invalid-number"),
    ("pieces", "0", "not-positive"),
    ("pieces", "1.5", "too-many-decimals"),
    ("pieces", "1000001", "amount-too-large"),
    ("pieces", "", "missing-cell"),
    ("collector", "李\x07四", "invalid-text"),
    ("shop", "东 店", "unknown-shop"),
    ("shop", "west", "unknown-shop"),
    ("cash", "两块", "invalid-number"),
    ("cash", "-1", "not-positive"),
    ("cash", "0.005", "too-many-decimals"),
    ("remark", "雨\x07天", "invalid-text"),
]
SOUND = {
    "no": "1",
    "on": "2025-10-15",
    "household": "03-017",
    "item": "肥皂",
    "pieces": "2",
    "collector": "李四",
    "shop": "east",
    "cash": "3",
    "remark": "雨天",
}


@pytest.fixture
def market(nanyu: Ledger) -> Ledger:
    """Give each household forty points, and the shelf ten pieces of soap and towel each."""
    for household in ("03-017", "03-018", "04-001"):
        nanyu.award(household, "patrol", quantity=10, on="2025-10-01", by="clerk:1")
    for item in ("soap", "towel"):
        nanyu.stock_in(item, 10, on="2025-10-01", by="shop:1")
    return nanyu


def typed(ledger: Ledger, path: object, **options: object) -> ImportReport:
    """Import a sheet of October's market day."""
    given: dict[str, object] = {"period": "2025-10", "by": "shop:1", "label": "集市"}
    report: ImportReport = ledger.import_redemptions(path, **(given | options))  # type: ignore[arg-type]  # as a test says
    return report


def figures(ledger: Ledger) -> tuple[list[int], dict[str, int]]:
    """Return the balance of every household, and the pieces of every item."""
    return [int(row.balance) for row in ledger.balances()], {line.item: line.pieces for line in ledger.stock()}


def faults_of(ledger: Ledger, path: object, **options: object) -> list[tuple[int, str, str]]:
    """Return line, heading and code of each fault of a sheet that is refused."""
    before = ledger.head()
    with pytest.raises(SheetFaulty) as caught:
        typed(ledger, path, **options)
    assert before == ledger.head()
    return [(fault.line, fault.column, fault.error.code) for fault in caught.value.data["faults"]]


def test_a_market_day_is_posted(market: Ledger, sheet: Sheet) -> None:
    """Each row is an item of one redemption, rows of one number are one, and what is noted beside it is kept."""
    report = typed(market, sheet("南峪村集市", COLUMNS, *ROWS))
    assert (5, 4, 0, 0) == (report.rows, report.posted, report.irregular, len(report.faults))
    assert Decimal(-55) == report.points
    assert ([20, 15, 30], {"soap": 6, "towel": 9}) == figures(market)
    redeemed = [market.record(one.seq) for one in market.redemptions("2025-10")]
    assert [(1, "2025-10-15")] * 4 == [(record.said["handed_over"], record.on) for record in redeemed]
    assert [["soap"], ["towel"], ["haircut", "soap"], ["soap"]] == [
        [line["item"] for line in record.said["items"]] for record in redeemed
    ]
    assert [{}, {"remark": "雨天", "collector_name": "钱七"}, {"remark": "本人"}, {}] == [
        market.remarks(record.seq) for record in redeemed
    ]
    assert [True, False, False, False] == ["collector" in record.said for record in redeemed]
    assert [None, 250, None, None] == [record.said.get("cash_fen") for record in redeemed]


def test_a_market_day_may_be_in_english(market: Ledger, sheet: Sheet) -> None:
    """English headings do as well, in any order, and without a number a row is a redemption of its own."""
    rows = ("item;Household;DATE;pieces;Shop", "towel;03-017;2025-10-15;2;main", "haircut;03-017;2025-10-15;1;东庄超市")
    assert 2 == typed(market, sheet(*rows)).posted
    assert ([20, 40, 40], {"soap": 10, "towel": 8}) == figures(market)
    assert [None, "east"] == [market.record(one.seq).said.get("shop") for one in market.redemptions("2025-10")]


def test_what_was_not_there_is_irregular(market: Ledger, sheet: Sheet) -> None:
    """S-40: what a household lacks becomes arrears, what the shelf lacks comes unexplained; the report counts both."""
    rows = ("日期,户号,商品,数量", "2025-10-15,03-017,肥皂,5", "2025-10-15,03-018,大米,1", "2025-10-15,04-001,肥皂,2")
    report = typed(market, sheet(*rows))
    assert (3, 2) == (report.posted, report.irregular)
    assert [-10, -40, 20] == figures(market)[0]
    assert 10 == market.balance("03-017").arrears
    found = [finding.code for finding in getattr(market, "audit", list)()]
    assert found in ([], ["handed-over-uncovered"] * 2)


@pytest.mark.parametrize("columns", [COLUMNS, COLUMNS.removeprefix("序号,")])
def test_the_same_market_day_again_changes_nothing(market: Ledger, sheet: Sheet, columns: str) -> None:
    """Imported twice, or with its rows in another order, a sheet posts nothing new, numbered or not."""
    rows = [row if columns == COLUMNS else row.partition(",")[2] for row in ROWS]
    posted = typed(market, sheet(columns, *rows)).posted
    before = market.head()
    for order in (rows, rows[::-1], rows[3:] + rows[:3]):
        report = typed(market, sheet("", columns, *order))
        assert (0, posted) == (report.posted, report.unchanged)
    assert before == market.head()


def test_a_rehearsed_market_day_posts_nothing(market: Ledger, sheet: Sheet) -> None:
    """A dry run tells what an import would do, and leaves the book as it was."""
    before = market.head(), figures(market)
    report = typed(market, sheet(COLUMNS, *ROWS, "5,2025-10-15,04-001,大米,1,,,,"), dry_run=True)
    assert (True, 5, 1) == (report.dry_run, report.posted, report.irregular)
    assert before == (market.head(), figures(market))


@pytest.mark.parametrize(("column", "cell", "code"), FAULTY_CELLS)
def test_a_faulty_cell_of_a_market_day_is_told(market: Ledger, sheet: Sheet, column: str, cell: str, code: str) -> None:
    """What is wrong with any one cell is told once, with its column, beside a fault of another cell as without."""
    heading = ",".join(HEADINGS[name][0] for name in REDEMPTIONS)
    for beside in ({}, {"no": "c/d"}, {"on": "2025-11-31"}, {"household": "98-998"}):
        cells = SOUND | beside | {column: cell}
        found = faults_of(market, sheet(heading, ",".join(cells[name] for name in REDEMPTIONS)))
        if code != "invalid-text" or column != "collector" or "household" not in beside:  # of nobody's household
            assert 1 == found.count((2, HEADINGS[column][0], code)), found
        others = {HEADINGS[other][0] for other in beside if other != column}
        assert others <= {told for _, told, _ in found}


def test_every_column_of_a_market_day_can_be_wrong(market: Ledger, sheet: Sheet) -> None:
    """No column is left out of the test above, and the row that its faults are put into is sound."""
    assert set(REDEMPTIONS) == {column for column, *_ in FAULTY_CELLS}
    heading = ",".join(HEADINGS[name][0] for name in REDEMPTIONS)
    assert 1 == typed(market, sheet(heading, ",".join(SOUND[name] for name in REDEMPTIONS))).posted


@pytest.mark.parametrize(
    ("other", "field", "column"),
    [
        ("7,2025-10-16,03-017,毛巾,1,李四,main,,", "on", "日期"),
        ("7,2025-10-15,03-018,毛巾,1,李四,main,,", "household", "户号"),
        ("7,2025-10-15,03-017,毛巾,1,张三,main,,", "collector", "领取人"),
        ("7,2025-10-15,03-017,毛巾,1,,east,,", "shop", "超市"),
    ],
)
def test_rows_of_one_number_agree(market: Ledger, sheet: Sheet, other: str, field: str, column: str) -> None:
    """Rows of one number that cannot be one redemption are refused with what differs; a cell left empty differs not."""
    first = "7,2025-10-15,03-017,肥皂,1,李四,main,,"
    with pytest.raises(SheetFaulty) as caught:
        typed(market, sheet(COLUMNS, first, "7,2025-10-15,03-017,理发,1,,,,", other))
    (fault,) = caught.value.data["faults"]
    assert (4, column, "number-shared") == (fault.line, fault.column, fault.error.code)
    assert {"first": 2, "number": "7", "field": field} == fault.error.data


def test_no_redemption_is_recorded_by_half(market: Ledger, sheet: Sheet) -> None:
    """With skip_bad the sound rows beside a faulty one of their number are left out with it, and told."""
    rows = (
        "1,2025-10-15,03-017,肥皂,1,,,,",
        "1,2025-10-15,03-017,香皂,1,,,,",
        "2,2025-10-15,03-018,肥皂,1,,,,",
        "3,2025-10-15,04-001,肥皂,1,,,,",
        "3,2025-10-15,04-001,毛巾,1,,,,,多",
        "4,2025-10-15,04-001,毛巾,一,,,,",
        "4,2025-10-15,04-001,理发,1,,,,",
    )
    report = typed(market, sheet(COLUMNS, *rows), skip_bad=True)
    assert (7, 1) == (report.rows, report.posted)
    expected = [(2, "row-left-out"), (3, "unknown-item"), (5, "row-left-out"), (6, "torn-row")]
    expected += [(7, "invalid-number"), (8, "row-left-out")]
    assert expected == [(fault.line, fault.error.code) for fault in report.faults]
    assert [40, 30, 40] == figures(market)[0]
    corrected = (
        rows[0],
        rows[1].replace("香皂", "毛巾"),
        *rows[2:4],
        rows[4][:-2],
        rows[5].replace("一", "2"),
        rows[6],
    )
    again = typed(market, sheet(COLUMNS, *corrected))
    assert (3, 1) == (again.posted, again.unchanged)


def test_a_fault_is_told_in_its_own_row(market: Ledger, sheet: Sheet) -> None:
    """Of several rows of one number each tells what is wrong with itself."""
    rows = ("1,2025-10-15,03-017,肥皂,1,,,,", "1,2025-10-15,03-017,香皂,1,,,,", "1,2025-10-15,03-017,米,1,,,,")
    assert [(3, "商品", "unknown-item"), (4, "商品", "unknown-item")] == faults_of(market, sheet(COLUMNS, *rows))


def test_a_changed_redemption_is_a_fault(market: Ledger, sheet: Sheet) -> None:
    """A row that reads otherwise than it was imported is refused, under the heading of what differs."""
    typed(market, sheet(COLUMNS, *ROWS))
    changes = {
        "商品": "1,2025-10-15,03-017,肥皂,3,李四,,,",
        "户号": "1,2025-10-15,03-018,肥皂,2,李四,,,",
        "日期": "1,2025-10-16,03-017,肥皂,2,李四,,,",
        "领取人": "1,2025-10-15,03-017,肥皂,2,张三,,,",
        "现金": "1,2025-10-15,03-017,肥皂,2,李四,,1,",
        "超市": "1,2025-10-15,03-017,肥皂,2,李四,east,,",
        "备注": "1,2025-10-15,03-017,肥皂,2,李四,,,晴",
    }
    for column, row in changes.items():
        assert [(2, column, "row-changed")] == faults_of(market, sheet(COLUMNS, row, *ROWS[1:]))


def test_a_redemption_written_twice_is_a_fault(market: Ledger, sheet: Sheet) -> None:
    """Rows alike under two numbers are one written twice, unless repeats says that both are meant."""
    rows = (ROWS[0], f"9{ROWS[0][1:]}")
    assert [(3, "", "repeated-row")] == faults_of(market, sheet(COLUMNS, *rows))
    assert 2 == typed(market, sheet(COLUMNS, *rows), repeats=True).posted


def test_a_redemption_that_stands_elsewhere_is_a_fault(market: Ledger, sheet: Sheet) -> None:
    """A market day under another label or with other numbers is refused, redemption by redemption."""
    typed(market, sheet(COLUMNS, *ROWS))
    expected = ["imported-elsewhere"] * 4
    assert expected == [code for *_, code in faults_of(market, sheet(COLUMNS, *ROWS), label="又一张")]
    renumbered = [f"5{row}" for row in ROWS]
    assert expected == [code for *_, code in faults_of(market, sheet(COLUMNS, *renumbered))]
    assert 4 == typed(market, sheet(COLUMNS, *ROWS), label="又一张", repeats=True).posted


def test_a_corrected_market_day_touches_only_what_differs(market: Ledger, sheet: Sheet) -> None:
    """With replace a changed redemption is reversed and posted anew, one that is gone reversed, a new one posted."""
    typed(market, sheet(COLUMNS, *ROWS))
    rows = (ROWS[0], ROWS[2], "3,2025-10-15,03-018,毛巾,1,王五,,,本人", ROWS[4], "5,2025-10-15,04-001,毛巾,1,,,,")
    report = typed(market, sheet(COLUMNS, *rows), label=None, replace="集市")
    assert (2, 2, 2) == (report.posted, report.unchanged, report.reversed_rows)
    assert ([20, 25, 25], {"soap": 6, "towel": 8}) == figures(market)
    again = typed(market, sheet(COLUMNS, *rows[::-1]), label=None, replace="集市")
    assert (0, 4, 0) == (again.posted, again.unchanged, again.reversed_rows)


def test_a_refunded_redemption_is_not_replaced(market: Ledger, sheet: Sheet) -> None:
    """A row of which something was refunded cannot be taken back: one fault with a sentence, and nothing is changed."""
    typed(market, sheet(COLUMNS, *ROWS))
    first = next(iter(market.redemptions("2025-10")))
    market.refund(first.seq, {"soap": 1}, by="shop:1")
    rows = (ROWS[0].replace("肥皂,2", "肥皂,1"), *ROWS[1:])
    assert [(2, "", "already-refunded")] == faults_of(market, sheet(COLUMNS, *rows), label=None, replace="集市")
    assert [(0, "", "already-refunded")] == faults_of(market, sheet(COLUMNS, *ROWS[1:]), label=None, replace="集市")
    assert 4 == typed(market, sheet(COLUMNS, *ROWS), label=None, replace="集市").unchanged


def test_a_market_day_is_reversed_as_a_whole(market: Ledger, sheet: Sheet, refused: Refused) -> None:
    """Reversed as a batch, everything is back in its place, and the sheet can be imported anew; not once refunded."""
    before = figures(market)
    for _ in range(2):
        assert 4 == typed(market, sheet(COLUMNS, *ROWS)).posted
        assert 4 == market.reverse_batch("集市", reason="录错", by="shop:1").rows
        assert before == figures(market)
    typed(market, sheet(COLUMNS, *ROWS))
    standing = [one for one in market.redemptions("2025-10") if not one.reversed_by]
    market.refund(standing[-1].seq, by="shop:1")
    with refused(market, AlreadyRefunded, "already-refunded"):
        market.reverse_batch("集市", reason="录错", by="shop:1")


def test_deeds_and_redemptions_have_labels_of_their_own(market: Ledger, sheet: Sheet, refused: Refused) -> None:
    """Two sheets of one month and no title are two batches, and neither may take the other's label."""
    deeds, goods = sheet("日期,户号,事项", "2025-10-03,03-017,植树", name="deeds.csv"), sheet(COLUMNS, *ROWS)
    labels = (
        market.import_deeds(deeds, period="2025-10", by="clerk:1").label,
        typed(market, goods, label=None).label,
    )
    assert ("2025-10", "2025-10 兑换") == labels
    tried: list[tuple[Callable[..., object], object, str]] = [
        (market.import_redemptions, goods, labels[0]),
        (market.import_deeds, deeds, labels[1]),
    ]
    for act, path, label in tried:
        for named in ("label", "replace"):
            with refused(market, InvalidSetting, "invalid-setting") as caught:
                act(path, period="2025-10", by="clerk:1", **{named: label})
            assert ("label", label) == (caught.value.data["name"], caught.value.data["value"])
    market.reverse_batch(labels[0], reason="录错", by="clerk:1")
    assert 4 == typed(market, goods, label=labels[0], repeats=True).posted, "a name that is free again"


def test_a_market_day_of_a_closed_month_counts_in_the_open_one(market: Ledger, sheet: Sheet, clock: FixedClock) -> None:
    """Typed after the close, a redemption counts in the open month for its own, and the report says so."""
    market.close("2025-09", by="clerk:1")
    market.close("2025-10", by="clerk:1")
    report = typed(market, sheet(COLUMNS, ROWS[0]))
    record = market.record(market.head().size)
    assert ("2025-11", "2025-11", "2025-10") == (report.counts_in, record.period, record.for_period)
    clock.advance(days=1)
    assert 1 == typed(market, sheet(COLUMNS, ROWS[0])).unchanged
