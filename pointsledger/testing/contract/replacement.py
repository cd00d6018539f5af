"""Corrections of a sheet: replaced by a corrected one, row by row, or reversed as a whole and imported anew."""

from __future__ import annotations

from decimal import Decimal
from typing import TYPE_CHECKING

from pointsledger import Ledger
from pointsledger.errors import (
    BatchReversed,
    InsufficientPoints,
    InvalidSetting,
    InvalidText,
    ReplacementDoubtful,
    SheetFaulty,
    UnknownBatch,
)
from pointsledger.testing.contract.october import GOOD, HEADINGS, TITLE, held

if TYPE_CHECKING:
    from pointsledger.testing.contract.book import Refused, Sheet


def test_a_corrected_sheet_touches_only_what_differs(nanyu: Ledger, sheet: Sheet) -> None:
    """With replace a changed row is reversed and posted anew, a dropped one reversed, a new one posted."""
    label = nanyu.import_deeds(sheet(TITLE, HEADINGS, *GOOD), period="2025-10", by="clerk:1").label
    before = nanyu.head().size
    rows = (
        GOOD[0],
        "2,2025/10/4,03-018,,植树,4,,,,东坡",
        GOOD[3],
        GOOD[4],
        "6,2025-10-09,04-001,,植树,1,,,,",
    )
    report = nanyu.import_deeds(sheet("更正表", HEADINGS, *rows), period="2025-10", by="clerk:1", replace=label)
    assert (label, 2, 3, 2) == (report.label, report.posted, report.unchanged, report.reversed_rows)
    assert before + 4 == nanyu.head().size
    assert [10, 18, 3] == held(nanyu)
    before = nanyu.head().size
    for replaced in (label, None):
        again = nanyu.import_deeds(
            sheet(TITLE, HEADINGS, *rows), period="2025-10", by="clerk:1", label=label, replace=replaced
        )
        assert (0, 5, 0) == (again.posted, again.unchanged, again.reversed_rows)
    assert before == nanyu.head().size


def test_a_row_may_be_corrected_again_and_again(nanyu: Ledger, sheet: Sheet) -> None:
    """Each correction of a row stands in the place of the one before, also one that goes back to the first."""
    label = nanyu.import_deeds(sheet(HEADINGS, GOOD[1]), period="2025-10", by="clerk:1").label
    for quantity in (4, 5, 3, 4):
        row = f"2,2025/10/4,03-018,,植树,{quantity},,,,东坡"
        report = nanyu.import_deeds(sheet(HEADINGS, row), period="2025-10", by="clerk:1", replace=label)
        assert (1, 1) == (report.posted, report.reversed_rows)
        assert [0, 3 * quantity, 0] == held(nanyu)


def test_a_replacement_takes_back_nothing_that_is_spent(strict: Ledger, sheet: Sheet, refused: Refused) -> None:
    """A corrected row whose points are spent refuses the whole replacement."""
    label = strict.import_deeds(sheet(TITLE, HEADINGS, *GOOD), period="2025-10", by="clerk:1").label
    strict.redeem("04-001", {"haircut": 1}, by="shop:1")
    rows = [row for row in GOOD if not row.startswith("3,")]
    with refused(strict, SheetFaulty, "sheet-faulty") as caught:
        strict.import_deeds(sheet(TITLE, HEADINGS, *rows), period="2025-10", by="clerk:1", replace=label)
    assert ["insufficient-points"] == [fault.error.code for fault in caught.value.data["faults"]]


def test_a_row_that_cannot_be_taken_back_is_one_fault(strict: Ledger, sheet: Sheet, refused: Refused) -> None:
    """A changed row whose points are spent is one fault, in its own line, and not a second one for what it says."""
    label = strict.import_deeds(sheet(TITLE, HEADINGS, *GOOD), period="2025-10", by="clerk:1").label
    strict.redeem("04-001", {"haircut": 1}, by="shop:1")
    rows = [row.replace("县级", "村级") for row in GOOD]
    with refused(strict, SheetFaulty, "sheet-faulty") as caught:
        strict.import_deeds(sheet(TITLE, HEADINGS, *rows), period="2025-10", by="clerk:1", replace=label)
    faults = caught.value.data["faults"]
    expected: object = [
        (
            5,
            "insufficient-points",
            {"account": "04-001", "available": Decimal(5), "required": Decimal(15), "arrears": "block"},
        )
    ]
    assert expected == [(fault.line, fault.error.code, fault.error.data) for fault in faults]


TAKEN = (
    "序号,日期,户号,事项,数量,加扣",
    "1,2025-10-03,03-017,植树,10,",
    "2,2025-10-04,03-017,乱倒垃圾,2,",
    "3,2025-10-04,03-018,乱倒垃圾,1,",
    "4,2025-10-05,03-018,植树,4,",
)


def test_a_replacement_lifts_its_own_deductions(strict: Ledger, sheet: Sheet) -> None:
    """Where nobody may owe, a deduction that took from points that change is posted anew; others stay."""
    taken = [row for row in TAKEN if not row.startswith("3,")]
    label = strict.import_deeds(sheet(*taken), period="2025-10", by="clerk:1").label
    assert [20, 12, 0] == held(strict)
    before = strict.head().size
    rows = [row.replace("植树,10", "植树,9") for row in taken]
    report = strict.import_deeds(sheet(*rows), period="2025-10", by="clerk:1", replace=label)
    assert (2, 2, 1, ()) == (report.posted, report.reversed_rows, report.unchanged, report.faults)
    assert before + 4 == strict.head().size
    assert [17, 12, 0] == held(strict)
    total = strict.tally("2025-10").total
    expected: object = (39, -10, 3)
    assert expected == (total.earned, total.deducted, total.deeds)
    again = strict.import_deeds(sheet(*rows), period="2025-10", by="clerk:1", replace=label)
    assert (0, 0, 3) == (again.posted, again.reversed_rows, again.unchanged)


def test_a_dropped_row_leaves_a_debt(nanyu: Ledger, sheet: Sheet) -> None:
    """Where the points go for good, what a deduction of the sheet had taken of them is owed."""
    label = nanyu.import_deeds(sheet(*TAKEN), period="2025-10", by="clerk:1").label
    rows = [row for row in TAKEN if not row.startswith("1,")]
    report = nanyu.import_deeds(sheet(*rows), period="2025-10", by="clerk:1", replace=label)
    assert (0, 1, 3) == (report.posted, report.reversed_rows, report.unchanged)
    household = nanyu.balance("03-017")
    assert (Decimal(-10), Decimal(10)) == (household.balance, household.arrears)


def test_a_replacement_leaves_deductions_where_debts_are_allowed(nanyu: Ledger, sheet: Sheet) -> None:
    """A changed row is reversed and posted anew, and what was taken of it meanwhile is owed and paid at once."""
    label = nanyu.import_deeds(sheet(*TAKEN), period="2025-10", by="clerk:1").label
    rows = [row.replace("植树,10", "植树,9") for row in TAKEN]
    report = nanyu.import_deeds(sheet(*rows), period="2025-10", by="clerk:1", replace=label)
    assert (1, 1, 3, ()) == (report.posted, report.reversed_rows, report.unchanged, report.faults)
    assert [17, 7, 0] == held(nanyu)
    assert 0 == nanyu.balance("03-017").arrears


def test_deductions_that_took_nothing_stay(strict: Ledger, sheet: Sheet) -> None:
    """A deduction of the sheet that took from other points stands as it is."""
    strict.award("03-017", "tidy", quantity=5, by="clerk:1", on="2025-09-03")
    taken = [row for row in TAKEN if not row.startswith("3,")]
    label = strict.import_deeds(sheet(*taken), period="2025-10", by="clerk:1").label
    rows = [row.replace("植树,10", "植树,9") for row in taken]
    report = strict.import_deeds(sheet(*rows), period="2025-10", by="clerk:1", replace=label)
    assert (1, 1, 2) == (report.posted, report.reversed_rows, report.unchanged)
    assert [27, 12, 0] == held(strict)


def test_a_deduction_by_hand_stands_in_the_way(strict: Ledger, sheet: Sheet, refused: Refused) -> None:
    """What a clerk deducted beside the sheet is not lifted, and the replacement is refused whole."""
    label = strict.import_deeds(sheet(*TAKEN[:2]), period="2025-10", by="clerk:1").label
    strict.deduct("03-017", "litter", by="clerk:1", on="2025-10-20")
    rows = [row.replace("植树,10", "植树,9") for row in TAKEN[:2]]
    with refused(strict, SheetFaulty, "sheet-faulty") as caught:
        strict.import_deeds(sheet(*rows), period="2025-10", by="clerk:1", replace=label)
    assert [(2, "insufficient-points")] == [(fault.line, fault.error.code) for fault in caught.value.data["faults"]]
    assert [25, 0, 0] == held(strict)


def test_a_replacement_names_what_it_replaces(nanyu: Ledger, sheet: Sheet, refused: Refused) -> None:
    """There is nothing to replace under an unknown label, and no replacing by halves."""
    nanyu.import_deeds(sheet(HEADINGS, *GOOD), period="2025-10", by="clerk:1", label="十月")
    with refused(nanyu, UnknownBatch, "unknown-batch") as caught:
        nanyu.import_deeds(sheet(HEADINGS, *GOOD), period="2025-10", by="clerk:1", replace="九月")
    assert {"label": "九月", "known": "十月"} == caught.value.data
    with refused(nanyu, InvalidSetting, "invalid-setting"):
        nanyu.import_deeds(sheet(HEADINGS, *GOOD), period="2025-10", by="clerk:1", replace="十月", skip_bad=True)


def test_a_replacement_that_would_wipe_a_month_is_refused(nanyu: Ledger, sheet: Sheet, refused: Refused) -> None:
    """An empty sheet, or one of another month, replaces nothing, and says why in both languages."""
    nanyu.import_deeds(sheet(HEADINGS, *GOOD), period="2025-10", by="clerk:1", label="十月")
    september = "1,2025-09-03,03-017,,植树,3,,,,"
    for rows, period, reason in (((), "2025-10", "no rows"), ((september,), "2025-09", "another month")):
        with refused(nanyu, ReplacementDoubtful, "replacement-doubtful") as caught:
            nanyu.import_deeds(sheet(HEADINGS, *rows), period=period, by="clerk:1", replace="十月")
        assert ("十月", True) == (caught.value.data["label"], reason in caught.value.say())
        assert "。" == caught.value.say("zh")[-1]


def test_a_row_of_another_month_that_is_reversed_stands_in_no_way(nanyu: Ledger, sheet: Sheet) -> None:
    """What of a batch counted in another month matters only while it stands."""
    rows = ("1,2025-09-03,03-017,植树", "2,2025-10-03,03-017,植树")
    nanyu.import_deeds(
        sheet("序号,日期,户号,事项", *rows), period="2025-10", by="clerk:1", label="十月", other_months=True
    )
    nanyu.reverse(nanyu.statement("03-017").lines[0].seq, reason="记错了", by="clerk:1")
    changed = rows[1].replace("植树", "庭院整洁")
    report = nanyu.import_deeds(sheet("序号,日期,户号,事项", changed), period="2025-10", by="clerk:1", replace="十月")
    assert (1, 1) == (report.posted, report.reversed_rows)


def test_a_replacement_takes_the_last_record_back_first(nanyu: Ledger, sheet: Sheet) -> None:
    """Records are undone in the reverse of the order in which they were made, as when a batch is reversed whole."""
    label = nanyu.import_deeds(sheet(*TAKEN), period="2025-10", by="clerk:1").label
    first, size = nanyu.statement("03-017").lines[0].seq, nanyu.head().size
    nanyu.import_deeds(sheet(TAKEN[0], "9,2025-10-09,04-001,植树,1,"), period="2025-10", by="clerk:1", replace=label)
    undone = [nanyu.record(seq).said["seq"] for seq in range(size + 1, size + 5)]
    assert list(range(first + 3, first - 1, -1)) == undone


def test_a_row_that_is_reversed_may_be_corrected(nanyu: Ledger, sheet: Sheet, refused: Refused) -> None:
    """A row that somebody reversed is posted again once a correction says it otherwise, and by nothing less."""
    headings, row = "序号,日期,户号,事项,数量", "1,2025-10-03,03-017,植树,{}"
    label = nanyu.import_deeds(sheet(headings, row.format(3)), period="2025-10", by="clerk:1").label
    nanyu.reverse(nanyu.head().size, reason="记错了", by="clerk:1")
    with refused(nanyu, SheetFaulty, "sheet-faulty") as caught:
        nanyu.import_deeds(sheet(headings, row.format(4)), period="2025-10", by="clerk:1", label=label)
    assert ["row-changed"] == [fault.error.code for fault in caught.value.data["faults"]]
    assert 1 == nanyu.import_deeds(sheet(headings, row.format(4)), period="2025-10", by="clerk:1", replace=label).posted
    assert [12, 0, 0] == held(nanyu)


def test_a_replacement_has_no_other_label(nanyu: Ledger, sheet: Sheet, refused: Refused) -> None:
    """The batch that is replaced is named once, and another label beside it is refused."""
    nanyu.import_deeds(sheet(HEADINGS, *GOOD), period="2025-10", by="clerk:1", label="十月")
    with refused(nanyu, InvalidSetting, "invalid-setting") as caught:
        nanyu.import_deeds(sheet(HEADINGS, *GOOD), period="2025-10", by="clerk:1", label="九月", replace="十月")
    assert ("label", "九月") == (caught.value.data["name"], caught.value.data["value"])
    with refused(nanyu, InvalidText, "invalid-text"):
        nanyu.import_deeds(sheet(HEADINGS, *GOOD), period="2025-10", by="clerk:1", label="", replace="十月")


def test_a_batch_may_be_reversed_and_imported_anew(nanyu: Ledger, sheet: Sheet) -> None:
    """Reversing a batch takes back every row of it, after which the sheet can be imported as if for the first time."""
    path = sheet(TITLE, HEADINGS, *GOOD)
    label = nanyu.import_deeds(path, period="2025-10", by="clerk:1").label
    for _ in range(2):
        done = nanyu.reverse_batch(label, reason="整张表录错", by="clerk:1")
        assert (5, "reverse-batch", nanyu.head().size) == (done.rows, done.receipt.kind, done.receipt.seq)
        assert [0, 0, 0] == held(nanyu)
        assert 5 == nanyu.import_deeds(path, period="2025-10", by="clerk:1").posted
        assert [10, 15, 15] == held(nanyu)


def test_only_what_stands_of_a_batch_is_reversed(nanyu: Ledger, sheet: Sheet) -> None:
    """The rows told are those that were taken back, not one reversed before, nor the record of a new operator."""
    label = nanyu.import_deeds(sheet(HEADINGS, *GOOD), period="2025-10", by="clerk:1").label
    nanyu.reverse(nanyu.statement("04-001").lines[0].seq, reason="记错了", by="clerk:1")
    assert 4 == nanyu.reverse_batch(label, reason="整张表录错", by="clerk:new").rows


def test_a_batch_may_be_called_anything(nanyu: Ledger, sheet: Sheet) -> None:
    """Labels made to look like parts of request ids get in nobody's way, whatever was posted and taken back."""
    labels = ("1/no:5", "reversed", "1/no:5/reversed", "row", "batch-reversed/1", "a/b", "a%2Fb", "a%252Fb")
    for day, label in enumerate(labels, start=1):
        path = sheet("序号,日期,户号,事项", f"5,2025-10-0{day},03-017,植树")
        for _ in range(2):
            assert 1 == nanyu.import_deeds(path, period="2025-10", by="clerk:1", label=label).posted
            nanyu.reverse_batch(label, reason="录错", by="clerk:1")
        assert 1 == nanyu.import_deeds(path, period="2025-10", by="clerk:1", label=label).posted
    assert 3 * len(labels) == held(nanyu)[0]


def test_a_label_is_found_as_it_is_typed(nanyu: Ledger, sheet: Sheet) -> None:
    """Another kind of space in a label, or one around it, is the same label for every act that names a batch."""
    path = sheet(HEADINGS, *GOOD)
    for typed in ("十月 一组", " 十月　一组", "十月\u00a0一组　"):
        done = nanyu.import_deeds(path, period="2025-10", by="clerk:1", label=typed)
        assert ("十月 一组", 5) == (done.label, done.posted)
        again = nanyu.import_deeds(path, period="2025-10", by="clerk:1", label=typed, replace="十月　一组")
        assert ("十月 一组", 5) == (again.label, again.unchanged)
        assert 5 == nanyu.reverse_batch(typed, reason="录错", by="clerk:1").rows


def test_the_journal_tells_who_took_a_row_back(nanyu: Ledger, sheet: Sheet) -> None:
    """The reversal that a corrected sheet makes says so, and none that a person asked for does."""
    label = nanyu.import_deeds(sheet(HEADINGS, *GOOD), period="2025-10", by="clerk:1").label
    nanyu.reverse(nanyu.statement("04-001").lines[0].seq, reason="记错了", by="clerk:1")
    by_hand = nanyu.head().size
    nanyu.import_deeds(sheet(HEADINGS, *GOOD[:-1]), period="2025-10", by="clerk:1", replace=label)
    replaced = nanyu.head().size
    nanyu.reverse_batch(label, reason="录错", by="clerk:1")
    told = {seq: nanyu.record(seq).said for seq in range(by_hand, nanyu.head().size)}
    assert [replaced] == [seq for seq, said in told.items() if "replaced" in said]
    assert 1 == told[replaced]["replaced"]


def test_a_batch_is_reversed_once(nanyu: Ledger, sheet: Sheet, refused: Refused) -> None:
    """A batch of which nothing stands has nothing to reverse."""
    label = nanyu.import_deeds(sheet(HEADINGS, *GOOD), period="2025-10", by="clerk:1", label="十月").label
    nanyu.reverse_batch(label, reason="整张表录错", by="clerk:1")
    with refused(nanyu, BatchReversed, "batch-reversed"):
        nanyu.reverse_batch(label, reason="整张表录错", by="clerk:1")


def test_a_batch_that_is_spent_is_not_reversed(strict: Ledger, sheet: Sheet, refused: Refused) -> None:
    """A batch of which one row is spent stays whole."""
    label = strict.import_deeds(sheet(TITLE, HEADINGS, *GOOD), period="2025-10", by="clerk:1").label
    strict.redeem("04-001", {"haircut": 1}, by="shop:1")
    with refused(strict, InsufficientPoints, "insufficient-points"):
        strict.reverse_batch(label, reason="整张表录错", by="clerk:1")
    assert [10, 15, 5] == held(strict)
    with refused(strict, UnknownBatch, "unknown-batch"):
        strict.reverse_batch("九月", reason="整张表录错", by="clerk:1")


def test_a_row_reversed_by_hand_is_left_so(nanyu: Ledger, sheet: Sheet) -> None:
    """A row that somebody reversed on purpose is not brought back by the same sheet."""
    path = sheet(HEADINGS, *GOOD)
    label = nanyu.import_deeds(path, period="2025-10", by="clerk:1").label
    nanyu.reverse(nanyu.statement("04-001").lines[0].seq, reason="记错了", by="clerk:1")
    for replaced in (None, label):
        report = nanyu.import_deeds(path, period="2025-10", by="clerk:1", replace=replaced)
        assert (0, 4, 1) == (report.posted, report.unchanged, report.left_reversed)
    assert [10, 15, 0] == held(nanyu)


def test_a_correction_posts_no_deed_that_stands_elsewhere(nanyu: Ledger, sheet: Sheet, refused: Refused) -> None:
    """A changed row is refused where its deed stands in another batch, whether or not somebody reversed it before."""
    first, second, moved = (
        f"1,2025-10-0{day},{household},植树" for day, household in ((3, "03-017"), (5, "04-001"), (3, "03-017"))
    )
    headings = "序号,日期,户号,事项"
    nanyu.import_deeds(sheet(headings, first), period="2025-10", by="clerk:1", label="一组")
    nanyu.import_deeds(sheet(headings, second), period="2025-10", by="clerk:1", label="二组")
    for by_hand in (False, True):
        if by_hand:
            nanyu.reverse(nanyu.statement("04-001").lines[0].seq, reason="记错了", by="clerk:1")
        with refused(nanyu, SheetFaulty, "sheet-faulty") as caught:
            nanyu.import_deeds(sheet(headings, moved), period="2025-10", by="clerk:1", replace="二组")
        assert ["imported-elsewhere"] == [fault.error.code for fault in caught.value.data["faults"]]
    again = nanyu.import_deeds(sheet(headings, moved), period="2025-10", by="clerk:1", replace="二组", repeats=True)
    assert 1 == again.posted, "unless it is meant"


def test_a_correction_may_move_a_deed_within_its_batch(nanyu: Ledger, sheet: Sheet) -> None:
    """What a replacement takes back stands in the way of nothing, such as of the same deed under another number."""
    rows = ("1,2025-10-03,03-017,植树", "2,2025-10-05,04-001,植树")
    label = nanyu.import_deeds(sheet("序号,日期,户号,事项", *rows), period="2025-10", by="clerk:1").label
    turned = [f"{number}{row[1:]}" for number, row in zip((2, 1), rows, strict=True)]
    report = nanyu.import_deeds(sheet("序号,日期,户号,事项", *turned), period="2025-10", by="clerk:1", replace=label)
    assert (2, 2) == (report.posted, report.reversed_rows)
    assert [3, 0, 3] == held(nanyu)


def test_a_row_that_a_correction_dropped_comes_back_with_the_next(nanyu: Ledger, sheet: Sheet) -> None:
    """A corrected sheet is the truth about its batch: a row that an earlier one left out is entered when it says so."""
    full, short = sheet(HEADINGS, *GOOD), sheet(HEADINGS, *GOOD[:-1], name="short.csv")
    label = nanyu.import_deeds(full, period="2025-10", by="clerk:1").label
    before = held(nanyu)
    assert 1 == nanyu.import_deeds(short, period="2025-10", by="clerk:1", replace=label).reversed_rows
    assert before != held(nanyu)
    again = nanyu.import_deeds(full, period="2025-10", by="clerk:1", label=label)
    assert (0, 1) == (again.posted, again.left_reversed), "an old sheet brings nothing back by itself"
    for expected in ((1, 4), (0, 5)):
        report = nanyu.import_deeds(full, period="2025-10", by="clerk:1", replace=label)
        assert (*expected, 0) == (report.posted, report.unchanged, report.left_reversed)
    assert before == held(nanyu)
