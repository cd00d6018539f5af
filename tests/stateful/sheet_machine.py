"""The machine with sheets: imported, imported again in another order, corrected, and reversed as a whole."""

from __future__ import annotations

import csv
from collections.abc import Callable, Iterable
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from typing import Any, ClassVar

import pytest
from hypothesis import strategies as st
from hypothesis.stateful import precondition, rule

from pointsledger.errors import PointsLedgerError, SheetFaulty
from pointsledger.sheets.importing import ImportReport
from pointsledger.sheets.row_faults import RowFault
from tests.server import Server
from tests.stateful.commands import Command, Drawn, sheet_edits, sheet_rows
from tests.stateful.limit_machine import LIMITS
from tests.stateful.proving_machine import ProvingMachine
from tests.stateful.values import NOWHERE, Refused, Row

LABELS = ("reversed", "1/no:1", "1/no:2", "s-1/1", "s-1%2F1", "row-reversed")
"""What the first sheets are called: anything that could be taken for a part of a request id."""


CLOSED_LATE = 7
"""Above which number of those that are drawn a deed comes after its close."""


class BookMachine(ProvingMachine):
    """A book in memory and its reference."""

    def on_purpose(self, how: int) -> tuple[Callable[[], None], ...]:
        """Return what brings about the cases that luck seldom does; each needs nothing before it."""
        odd, drawn = bool(how % 2), ("01-001", "tidy", "2", "award", how % 5, "门口")
        return (
            lambda: self.cut_off_run(1 + how % 2),
            lambda: self.restore_what_has_lapsed(1 + how % 5, odd),
            lambda: self.clear_a_quarter(1 + how % 8, odd, how > CLOSED_LATE),
            lambda: self.fill_the_programme(LIMITS[how % len(LIMITS)], odd),
            lambda: self.owe_nothing("block" if odd else "write_off", 1 + how // 2 % 2),
            lambda: self.catch_up(odd, how % 7),
            self.live_on_the_floor,
            self.owe_as_a_newcomer,
            self.close_amiss,
            lambda: self.fill_the_limits("01-001", "0.5" if odd else "2"),
            lambda: self.regret("02-001"),
            lambda: self.do_much("01-001"),
            lambda: self.cap_and_reverse_sheet(odd),
            lambda: self.correct_amiss("01-001"),
            lambda: self.correct_what_is_spent("02-001", "1", how % 3),
            lambda: self.ask_for_too_much(1 + how % 3),
            lambda: self.take_others_instead(1 + how % 4, 1 + how % 6),
            lambda: self.batch_acts(1 + how % 3, odd),
            lambda: self.change_sheet_by_mistake(1 + how % 6, odd),
            lambda: self.correct_into_another_sheet(drawn, odd, numbered=True),
            lambda: self.mistype_sheet(drawn, odd),
            lambda: self.spend_own_sheet(2 + how % 5, 1 + how % 8, {"drop"} if odd else {"change"}, turned=False),
            *self.reserving_on_purpose(how),
            *self.storing_on_purpose(how),
            lambda: self.slow_clock(3, 10),
            self.declare_and_prove,
        )

    def new_label(self) -> str:
        """Return a label that no sheet has yet."""
        self.count += 1
        self.labels += 1
        return LABELS[self.labels - 1] if self.labels <= len(LABELS) else f"s-{self.count}"

    @rule(drawn=st.lists(sheet_rows, min_size=1, max_size=6), numbered=st.booleans(), skip=st.booleans())
    def import_new(self, drawn: list[Drawn], numbered: bool, skip: bool) -> None:  # noqa: FBT001 - drawn by Hypothesis
        """Import a new sheet."""
        self.imported(self.new_label(), self.rows(drawn, numbered=numbered), skip=skip)

    @precondition(lambda self: bool(self.sheets))
    @rule(pick=st.integers(0, 9), order=st.randoms(use_true_random=False))
    def import_again(self, pick: int, order: Any) -> None:  # noqa: ANN401 - a random.Random
        """Import a sheet once more, its rows in another order."""
        label, (month, rows) = self.sheet(pick)
        order.shuffle(shuffled := list(rows))
        self.imported(label, shuffled, month=month)

    @precondition(lambda self: bool(self.sheets))
    @rule(
        pick=st.integers(0, 9),
        drawn=st.lists(sheet_rows, max_size=2),
        edits=sheet_edits,
        replaces=st.sampled_from([True, True, False]),
    )
    def import_corrected(self, pick: int, drawn: list[Drawn], edits: set[str], replaces: bool) -> None:  # noqa: FBT001 - drawn by Hypothesis
        """Import a sheet with rows changed, gone, doubled or added, as a correction or without saying so."""
        label, (month, rows) = self.sheet(pick)
        corrected = list(rows)
        if "change" in edits:
            corrected[0] = replace(corrected[0], quantity="" if corrected[0].quantity else "3")
        if "drop" in edits:
            del corrected[-1]
        if "double" in edits:
            corrected += corrected[-1:]
        if "add" in edits:
            last = max((int(row.number or 0) for row in rows), default=0)
            corrected += self.rows(drawn, numbered=bool(last), after=last)
        if corrected:
            self.imported(label, corrected, month=month, replaces=replaces)

    @rule(
        drawn=st.lists(sheet_rows, min_size=2, max_size=4),
        numbered=st.booleans(),
        edits=st.lists(sheet_edits, min_size=1, max_size=3),
    )
    def keep_correcting(self, drawn: list[Drawn], numbered: bool, edits: list[set[str]]) -> None:  # noqa: FBT001 - drawn by Hypothesis
        """Import a sheet and correct it again and again, once by mistake without saying so."""
        label = self.new_label()
        self.imported(label, self.rows(drawn, numbered=numbered), skip=True)
        for turn, edit in enumerate(edits):
            if label in self.sheets:
                pick = sorted(self.sheets).index(label)
                self.import_corrected(pick=pick, drawn=drawn[:1], edits=edit, replaces=turn != 1)

    @rule(numbered=st.booleans())
    def cap_and_reverse_sheet(self, numbered: bool) -> None:  # noqa: FBT001 - drawn by Hypothesis
        """Import a newcomer's sheet of which a limit leaves a part, take it back as a whole, and import it again."""
        household, label = self.newcomer(), self.new_label()
        deeds = [(household, "yard", quantity, "award", 0, "") for quantity in ("2", "5")]
        self.imported(label, self.rows(deeds, numbered=numbered))
        if label in self.sheets:
            month, rows = self.sheets[label]
            self.reversed_as_a_whole(label)
            self.imported(label, rows, month=month)

    @rule(quantity=st.integers(1, 6), numbered=st.booleans())
    def change_sheet_by_mistake(self, quantity: int, numbered: bool) -> None:  # noqa: FBT001 - drawn by Hypothesis
        """Import a newcomer's row, and import it once more with another quantity and under the same label."""
        self.count += 1
        household = f"08-{self.count:03}"
        self.done(Command("enrol", {"household": household, "head": "新户", "members": (), "group": "八组"}))
        label = self.new_label()
        for hours in (quantity, quantity + 1):
            self.imported(label, self.rows([(household, "tidy", str(hours), "award", 0, "")], numbered=numbered))

    @rule(
        earned=st.integers(2, 6),
        spent=st.integers(1, 8),
        edit=st.sampled_from([{"change"}, {"change", "drop"}, {"drop"}]),
        turned=st.sampled_from([False, False, True]),
    )
    def spend_own_sheet(self, earned: int, spent: int, edit: set[str], turned: bool) -> None:  # noqa: FBT001 - drawn by Hypothesis
        """Import a newcomer's sheet whose deduction takes from its own award, and correct it."""
        self.count += 1
        household = f"09-{self.count:03}"
        self.done(Command("enrol", {"household": household, "head": "新户", "members": (), "group": "九组"}))
        deeds = [(household, "tidy", str(earned), "award", 0, ""), (household, "tidy", str(spent), "deduct", 0, "")]
        label = self.new_label()
        self.imported(label, self.rows(deeds[::-1] if turned else deeds, numbered=True))
        if label not in self.sheets:
            return  # nobody may owe, and the breach came first
        pick = sorted(self.sheets).index(label)
        self.import_corrected(pick=pick, drawn=[], edits=edit, replaces=True)
        self.done(Command("reverse", {"reason": "记错"}, back=0))
        month, rows = self.sheets[label]
        self.imported(label, rows, month=month)

    @precondition(lambda self: bool(self.sheets))
    @rule(pick=st.integers(0, 9))
    def import_under_another_label(self, pick: int) -> None:
        """Import a sheet once more under a new label, by mistake."""
        _, (month, rows) = self.sheet(pick)
        self.imported(self.new_label(), rows, month=month)

    @rule(drawn=sheet_rows, by_hand=st.booleans(), numbered=st.sampled_from([True, True, False]))
    def correct_into_another_sheet(self, drawn: Drawn, by_hand: bool, numbered: bool) -> None:  # noqa: FBT001 - drawn by Hypothesis
        """Import two sheets, perhaps undo the row of one by hand, and correct it to say what the other says."""
        one, other = self.new_label(), self.new_label()
        households = f"07-{self.count - 1:03}", f"07-{self.count:03}"
        for household, label in zip(households, (one, other), strict=True):
            self.done(Command("enrol", {"household": household, "head": "新户", "members": (), "group": "七组"}))
            self.imported(label, self.rows([(household, "tidy", *drawn[2:])], numbered=numbered))
        if by_hand:
            self.done(Command("reverse", {"reason": "记错"}, back=0))
        if one in self.sheets:
            month, rows = self.sheets[one]
            self.imported(other, rows, month=month, replaces=True)
            self.note(*(["corrected into another sheet"] if by_hand and numbered else []))

    @rule(drawn=sheet_rows, numbered=st.booleans())
    def mistype_sheet(self, drawn: Drawn, numbered: bool) -> None:  # noqa: FBT001 - drawn by Hypothesis
        """Import a sheet with a row of another month, one of nobody's, and one twice: all of it is refused."""
        rows = self.rows([drawn, drawn, drawn, drawn], numbered=numbered)
        rows[2] = replace(rows[2], on=(self.instant.date() - timedelta(days=62)).isoformat())
        rows[3] = replace(rows[3], household="99-999")
        size = self.reference.size
        self.imported(self.new_label(), rows)
        assert size == self.reference.size

    @precondition(lambda self: bool(self.sheets))
    @rule(pick=st.integers(0, 9))
    def reverse_batch(self, pick: int) -> None:
        """Reverse a sheet as a whole, and once more."""
        label, _ = self.sheet(pick)
        self.reversed_as_a_whole(label)
        self.reversed_as_a_whole(label)

    def reversed_as_a_whole(self, label: str) -> None:
        """Reverse a sheet on both sides and compare what comes of it."""
        self.reference.today = self.today
        expected: tuple[int, int] | str
        try:
            rows, outcome = self.reference.reverse_batch(label, reason="重录", by="clerk:1")
            expected = rows, outcome.seq
        except Refused as refused:
            expected = refused.code
        actual: tuple[int, int] | str
        try:
            done = self.ledger.reverse_batch(label, reason="重录", by="clerk:1")
            actual = done.rows, done.receipt.seq
        except PointsLedgerError as error:
            actual = error.code
        assert expected == actual
        self.note(f"sheet not reversed: {expected}" if isinstance(expected, str) else "sheet reversed")

    def sheet(self, pick: int) -> tuple[str, tuple[str, list[Row]]]:
        """Return one of the sheets imported so far."""
        return sorted(self.sheets.items())[pick % len(self.sheets)]

    def rows(self, drawn: list[Drawn], *, numbered: bool, after: int = 0) -> list[Row]:
        """Return rows of a sheet of this month, with a number each or none."""
        return [
            Row(
                str(number) if numbered else "",
                (self.instant.date() - timedelta(days=back)).isoformat(),
                household,
                activity,
                quantity,
                sign,
                remark,
            )
            for number, (household, activity, quantity, sign, back, remark) in enumerate(drawn, start=after + 1)
        ]

    def imported(
        self, label: str, rows: list[Row], *, month: str | None = None, replaces: bool = False, skip: bool = False
    ) -> None:
        """Import a sheet on both sides and compare the reports, a rehearsal before."""
        self.reference.today = self.today
        month = month or self.reference.month_of(self.today)
        path = Path(self.folder.name) / "sheet.csv"
        with path.open("w", encoding="utf-8", newline="") as file:
            writer = csv.writer(file)
            writer.writerow(["序号", "日期", "户号", "事项", "数量", "加扣", "备注"])
            for row in rows:
                sign = {"award": "加分", "deduct": "扣分"}[row.sign]
                writer.writerow([row.number, row.on, row.household, row.activity, row.quantity, sign, row.remark])
        options: dict[str, Any] = {"period": month, "by": "clerk:1"} | (
            {"replace": label} if replaces else {"label": label}
        )
        done, faults = self.reference.import_rows(rows, label, month, replace=replaces, skip_bad=skip, by="clerk:1")
        expected = sorted((place + 2 if place != NOWHERE else 0, code) for place, code in faults)
        before = self.ledger.head()
        rehearsed = self.ledger.import_deeds(path, dry_run=True, **options)
        assert before == self.ledger.head()
        if faults and not skip:
            with pytest.raises(SheetFaulty) as faulty:
                self.ledger.import_deeds(path, **options)
            same_faults(expected, faulty.value.data["faults"])
            self.note("sheet refused", *(f"row refused: {code}" for _, code in expected))
            return
        report = self.ledger.import_deeds(path, skip_bad=skip, **options)
        assert replace(rehearsed, faults=()) == replace(report, faults=(), dry_run=True)
        assert [fault.line for fault in rehearsed.faults] == [fault.line for fault in report.faults]
        self.reported(report, done, expected, replaces=replaces)
        self.sheets[label] = (
            month,
            [row for place, row in enumerate(rows) if place not in {place for place, _ in faults}],
        )
        if not self.sheets[label][1] or label not in self.reference.sheets:
            del self.sheets[label]

    def reported(
        self, report: ImportReport, done: dict[str, int], faults: list[tuple[int, str]], *, replaces: bool
    ) -> None:
        """Compare the library's report with what the reference did."""
        same_faults(faults, report.faults)
        told = {name: int(getattr(report, name)) for name in done}
        if self.reference.lifted > self.lifted:
            self.note("deductions made way")
            # How many rows were reversed is held against the journal's size, which is compared after every step.
            told["reversed_rows"] = done["reversed_rows"]
        self.lifted = self.reference.lifted
        assert done == told
        self.note("sheet imported", *(f"import: {name}" for name, figure in done.items() if figure))
        if replaces:
            self.note("sheet replaced" if done["reversed_rows"] else "sheet replaced by the same")
        if faults:
            self.note("bad rows skipped")


def same_faults(expected: list[tuple[int, str]], faults: Iterable[RowFault]) -> None:
    """See that the same rows are faulty, each for the reason that the reference stopped at, perhaps among others."""
    found = {(fault.line, fault.error.code) for fault in faults}
    assert [] == [fault for fault in expected if fault not in found]
    assert {line for line, _ in expected} == {line for line, _ in found}


class FileMachine(BookMachine):
    """The same in a file."""

    def place(self) -> Path:
        """Return a file of the folder that is made for each history."""
        return Path(self.folder.name) / "book.db"


class PostgresMachine(BookMachine):
    """The same on PostgreSQL, each history in a database of its own."""

    server: ClassVar[Server]

    def place(self) -> str:
        """Return a new database."""
        self.database = self.server.made("kept")
        return self.server.url(self.database)

    def leave(self) -> None:
        """Drop the database."""
        self.server.drop(self.database)


class CutOffMachine(BookMachine):
    """The same in a village that settles on the 25th (S-39, S-47)."""

    cut_off = 25
