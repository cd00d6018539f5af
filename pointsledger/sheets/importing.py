"""Importing a month's sheet, so that doing it twice changes nothing and correcting it is safe.

Every row is decided before anything is kept; if one is faulty, all faults are reported and nothing is posted.

A row is known again by its own number on the sheet where there is one, else by what it is about (of a deed: household,
member, activity and day) and its how-manieth occurrence; never by its line, which moves, nor by the file, which is
corrected. So the same sheet under the same label posts nothing new, a corrected row shows as changed, and ``replace``
reverses and posts anew only what differs. A sheet that was reversed as a whole begins a new generation and may be
imported again.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from decimal import Decimal
from pathlib import Path
from typing import Any

from pointsledger import errors
from pointsledger.batches import default_label, known_batch, request_of_row, reverse_row
from pointsledger.decisions.awarding import DEDUCT
from pointsledger.decisions.redeeming import is_irregular
from pointsledger.errors import (
    ImportedElsewhere,
    InsufficientPoints,
    InvalidSetting,
    PointsLedgerError,
    RefusedError,
    RepeatedRow,
    ReplacementDoubtful,
    RowChanged,
    RowLeftOut,
)
from pointsledger.posting import Posting
from pointsledger.repeats import difference
from pointsledger.rules.caps import activity_and_level
from pointsledger.sheets.forms import Form, Line, Row
from pointsledger.sheets.row_faults import RowFault, row_fault
from pointsledger.sheets.sheet import Sheet, SheetRow, read_sheet
from pointsledger.values.calendar import parse_month
from pointsledger.values.points import unscaled
from pointsledger.values.progress import Progress
from pointsledger.values.records import Record
from pointsledger.values.rows import Batch, BatchRow, Reversal
from pointsledger.values.words import Words

_EMPTY = Words("it has no rows", "表中没有数据行")
_OTHER_MONTH = Words("the batch holds rows of another month", "该批次含有其他月份的行")


@dataclass(frozen=True, slots=True)
class ImportReport:
    """What an import did, or with ``dry_run`` would have done.

    ``rows`` were read; ``posted`` are new, ``unchanged`` stood already, ``reversed_rows`` were taken back by a
    replacement; ``points`` were granted less deducted by the new ones, ``capped`` of them cut by a limit. Redemptions
    are counted as such, one or more rows each; they take points, and of ``irregular`` ones points or pieces were not
    there.
    ``left_reversed`` rows stand reversed from before and were left so: what a person reversed, and without
    ``replace`` what a replacement took back. ``counts_in`` is the open month in which the rows of a closed month count,
    for that one; it is empty where they count in their own.
    """

    label: str
    period: str
    rows: int
    posted: int
    unchanged: int
    reversed_rows: int
    left_reversed: int
    capped: int
    points: Decimal
    faults: tuple[RowFault, ...]
    dry_run: bool
    counts_in: str = ""
    irregular: int = 0


@dataclass(frozen=True, slots=True)
class Options:
    """How a sheet is to be imported; see ``Ledger.import_deeds``."""

    period: str
    by: str | None
    label: str | None = None
    replace: bool = False
    skip_bad: bool = False
    dry_run: bool = False
    other_months: bool = False
    repeats: bool = False


@dataclass(slots=True)
class _Counts:
    posted: int = 0
    unchanged: int = 0
    reversed_rows: int = 0
    left_reversed: int = 0
    capped: int = 0
    irregular: int = 0
    points: int = 0
    faults: list[RowFault] = field(default_factory=list)


def import_sheet(
    posting: Posting, file: str | Path, form: Form[Any], options: Options, progress: Progress | None
) -> ImportReport:
    """Import what stands in ``file`` on an open transaction; the caller keeps or drops it."""
    period = parse_month(options.period)
    if options.replace and options.skip_bad:
        raise InvalidSetting(
            name="skip_bad",
            value=True,
            allowed="not together with replace: correct every row first",
            allowed_zh="不与 replace（--replace）同用；请先把每一行都改正",
        )
    sheet = read_sheet(file, form.columns, form.required)
    label = options.label or default_label(period, f"{form.titled} {sheet.title}")
    run = _Import(posting, sheet, form, label, options)
    run.go(progress)
    counts = run.counts
    return ImportReport(
        label=run.label,
        period=period,
        rows=len(sheet.rows) + len(sheet.torn),
        posted=counts.posted,
        unchanged=counts.unchanged,
        reversed_rows=counts.reversed_rows,
        left_reversed=counts.left_reversed,
        capped=counts.capped,
        points=unscaled(counts.points, posting.state.settings.decimals),
        faults=tuple(sorted(counts.faults, key=lambda fault: fault.line)),
        dry_run=options.dry_run,
        counts_in=posting.state.first_open if period < posting.state.first_open else "",
        irregular=counts.irregular,
    )


class _Import:
    """One sheet on its way into the book."""

    def __init__(self, posting: Posting, sheet: Sheet, form: Form[Any], label: str, options: Options) -> None:
        self.counts = _Counts(faults=list(sheet.torn))
        self.label = label
        self._posting = posting
        self._state = posting.state
        self._sheet = sheet
        self._form = form
        self._options = options
        self._month = None if options.other_months else options.period
        batch = self._state.get(Batch, (label,))
        self._generation = batch.generation if batch else 1
        self._failed: set[str] = set()
        self._standing: dict[tuple[str, str, str, str], list[tuple[str, str]]] = {}
        if options.replace:
            known_batch(posting, label)
        self._check_label()
        posting.register.load()

    def go(self, progress: Progress | None) -> None:
        rows = self._readable()
        self._import(rows, progress)
        if self._form.shares_numbers and self._options.skip_bad:
            self._tell_left_out()

    def _import(self, rows: list[Row], progress: Progress | None) -> None:
        if self._options.replace and self.counts.faults:
            return  # a row that cannot be read is not one that was struck out: nothing is taken back for it
        if self._options.replace:
            self._check_replacement(rows)
            self._take_back(rows)
        if not self._options.repeats:
            self._look_elsewhere()
        for done, row in enumerate(rows, start=1):
            self._try(row.sheet_rows, lambda row=row: self._post(row))
            if progress is not None:
                progress(done, len(rows))

    def _check_label(self) -> None:
        """See that the batch, if there is one, was imported from such a sheet.

        Raises:
            InvalidSetting: if it was not.

        """
        held = next(
            (one for one in self._state.family(BatchRow, self.label) if one.generation == self._generation), None
        )
        if held is not None and self._state.record(held.seq).kind not in self._form.kinds:
            raise InvalidSetting(
                name="label",
                value=self.label,
                allowed="a name that no sheet of another kind bears",
                allowed_zh="未被另一类表用过的批次名",
            )

    # --- reading ---------------------------------------------------------------------------------------

    def _readable(self) -> list[Row]:
        """Return the rows that can be read, each with the key it is known by."""
        lines: list[Line] = []
        for row in self._sheet.rows:
            self._try([row], lambda row=row: lines.append(self._form.line(self._posting, row, self._month)))
        occurrences = _occurrences(lines)
        alike: dict[object, Line] = {}
        numbered: dict[str, Line] = {}
        under: dict[str, list[Line]] = {}
        for line in lines:
            key = f"no:{line.number}" if line.number else f"{line.base}/{occurrences[line.at]}"
            same = line if self._options.repeats else alike.setdefault((line.base, line.content), line)
            first = numbered.setdefault(key, line)
            error: PointsLedgerError | None = None
            if same is not line:
                error = RepeatedRow(first=same.at)
            elif first is not line:
                clashes = (self._form.clash(other, line) for other in (first, *under.get(key, [])))
                error = next(filter(None, clashes), None)
            if error is None:
                under.setdefault(key, []).append(line)
            else:
                self._fault(line.sheet_row, error)
        spoilt = {f"no:{number}" for number in self._faulty_numbers()}
        return [self._form.row(key, joined) for key, joined in under.items() if key not in spoilt]

    def _faulty_numbers(self) -> dict[str, int]:
        """Return the numbers that faulty rows share with others, which are nothing without them, and the first line."""
        found: dict[str, int] = {}
        faulty = {fault.line for fault in self.counts.faults}
        for row in sorted((*self._sheet.rows, *self._sheet.torn_rows), key=lambda row: row.line):
            if self._form.shares_numbers and row.line in faulty and (number := self._number(row)):
                found.setdefault(number, row.line)
        return found

    def _number(self, row: SheetRow) -> str:
        try:
            return self._form.cells(self._posting, row, self._month).number()
        except PointsLedgerError:  # told with the row's other faults
            return ""

    def _tell_left_out(self) -> None:
        """Tell of each sound row that it was left out with a faulty one of its number."""
        numbers, faulty = self._faulty_numbers(), {fault.line for fault in self.counts.faults}
        for row in self._sheet.rows:
            number = self._number(row)
            if row.line not in faulty and number in numbers:
                self._fault(row, RowLeftOut(first=numbers[number], number=number))

    # --- posting ---------------------------------------------------------------------------------------

    def _look_elsewhere(self) -> None:
        """Note where each deed of the month stands that a sheet brought, to know a row under another name."""
        for label, key, *place in self._posting.transaction.standing(self._month):
            self._note_standing(place, label, key)

    def _note_standing(self, place: Sequence[str], label: str, key: str) -> None:
        account, resident, activity, on = place
        code, _ = activity_and_level(activity)
        self._standing.setdefault((account, resident, code, on), []).append((label, key))

    def _refuse_elsewhere(self, row: Row) -> None:
        """See that a row which is new under its label and key does not stand under another one already.

        Renumbered by a spreadsheet, or with a new title, a sheet would count twice.
        """
        if self._options.repeats:
            return
        for label, key in self._standing.get(row.place, ()):
            held = self._state.get(BatchRow, (label, key))
            if held is None or not held.live:
                continue
            record = self._state.record(held.seq)
            if self._differs(replace(row, key=key), record, label) is None:
                raise ImportedElsewhere(label=label, seq=record.seq)

    def _check_replacement(self, rows: list[Row]) -> None:
        """See that a sheet can be the corrected one: it has rows, and the batch is of its month."""
        if not rows and not self.counts.faults:
            raise ReplacementDoubtful(label=self.label, reason=_EMPTY.en, reason_zh=_EMPTY.zh)
        for held in self._state.family(BatchRow, self.label):
            record = self._state.record(held.seq)
            other = held.live and (record.for_period or record.period) != self._options.period
            if other and not self._options.other_months:
                raise ReplacementDoubtful(label=self.label, reason=_OTHER_MONTH.en, reason_zh=_OTHER_MONTH.zh)

    def _take_back(self, rows: list[Row]) -> None:
        """Reverse what the corrected sheet no longer says, or says otherwise; the last record first."""
        kept = {row.key: row for row in rows}
        for held in sorted(self._state.family(BatchRow, self.label), key=lambda held: held.seq, reverse=True):
            record = self._state.record(held.seq)
            row = kept.get(held.row_key)
            now = self._state.get(BatchRow, (self.label, held.row_key))
            if now is not None and now.live and (row is None or self._differs(row, record) is not None):
                self._drop(record, row)

    def _drop(self, record: Record, row: Row | None) -> None:
        """Reverse the record of a row that changed, out of the way of the sheet's own deductions.

        Where nobody may owe, a deduction of the same sheet may have taken from the points that go; it is reversed
        before and posted anew after, so that it does not matter in which order a sheet's rows come.
        """
        try:
            try:
                self._reverse(record)
            except InsufficientPoints:
                self._lift_deductions(record.said["account"])
                self._reverse(record)
        except RefusedError as error:
            if row is not None:
                self._failed.add(row.key)
            self.counts.faults.append(RowFault(row.sheet_rows[0].line if row else 0, "", error))

    def _lift_deductions(self, account: str) -> None:
        for held in sorted(self._state.family(BatchRow, self.label), key=lambda held: held.seq, reverse=True):
            record = self._state.record(held.seq)
            now = self._state.get(BatchRow, (self.label, held.row_key))
            if now is not None and now.live and record.kind == DEDUCT and record.said["account"] == account:
                self._reverse(record)

    def _reverse(self, record: Record) -> None:
        reason = "replaced by a corrected sheet"
        reverse_row(self._posting, record, reason=reason, by=self._options.by, replaced=True)
        self.counts.reversed_rows += 1

    def _post(self, row: Row) -> None:
        if row.key in self._failed:
            return
        held = self._state.get(BatchRow, (self.label, row.key))
        if held is not None and held.generation == self._generation and not self._brought_back(held):
            differing = self._differs(row, self._state.record(held.seq))
            if differing is None:
                self.counts.unchanged += held.live
                self.counts.left_reversed += 1 - held.live
                return
            if not self._options.replace:  # a replacement has taken back what differs, or given the row up
                raise RowChanged(seq=held.seq, field=differing, label=self.label)
        self._refuse_elsewhere(row)
        revision = held.revision + 1 if held is not None and held.generation == self._generation else 1
        record, _ = self._posting.post(
            row.kind,
            lambda: self._said(row, self.label),
            by=self._options.by,
            request=request_of_row(self.label, self._generation, revision, row.key),
            texts=row.texts,
        )
        self.counts.posted += 1
        self.counts.capped += "capped" in record.decided
        self.counts.irregular += is_irregular(record)
        self.counts.points += self._form.points(record)

    def _said(self, row: Row, label: str) -> dict[str, Any]:
        """Return what a row of a batch says, as records say it."""
        return {**row.said(self._posting), "batch": label, "row": row.key}

    def _brought_back(self, held: BatchRow) -> bool:
        """Tell whether this replacement posts a row anew that one took back; what a person reversed stays reversed."""
        undone = self._state.get(Reversal, (held.seq,)) if self._options.replace else None
        return undone is not None and "replaced" in self._state.record(undone.by_seq).said

    def _differs(self, row: Row, record: Record, label: str | None = None) -> str | None:
        """Return the first field in which a row differs from the record it stands in, if it does."""
        if record.kind != row.kind:
            return "sign"
        said = {name: value for name, value in self._said(row, label or self.label).items() if value is not None}
        if "corrects" in record.said:  # a row that a person corrected is the row as it stands now
            said["corrects"] = record.said["corrects"]
        self._posting.register.forget_newcomers()
        return difference(record, said, row.texts, self._posting.transaction.remarks(record.seq))

    # --- faults ----------------------------------------------------------------------------------------

    def _try(self, rows: Sequence[SheetRow], step: Any) -> None:  # noqa: ANN401 - a callable without arguments
        """Take a step; if the book refuses it, tell all that is wrong with each of the rows that it is about."""
        try:
            step()
        except errors.StorageError:
            raise
        except PointsLedgerError as error:
            first = self._posting.readable(error)
            found = [
                (row, other) for row in rows for other in self._form.cells(self._posting, row, self._month).faults()
            ]
            # Of the same fault told twice the cell's own is kept, which knows its column, and its row, better.
            if str(first) not in {str(other) for _, other in found}:
                found.insert(0, (rows[0], first))
            for row, other in found:
                self._fault(row, other)

    def _fault(self, row: SheetRow, error: PointsLedgerError) -> None:
        self.counts.faults.append(row_fault(row.line, self._sheet.headings, self._posting.readable(error)))


def _occurrences(lines: Sequence[Line]) -> dict[int, int]:
    """Return the number of each line among those that are about the same, by what else they say."""
    alike: dict[str, list[tuple[tuple[str, ...], int]]] = {}
    for line in lines:
        alike.setdefault(line.base, []).append((line.content, line.at))
    return {at: nth for group in alike.values() for nth, (_, at) in enumerate(sorted(group), start=1)}
