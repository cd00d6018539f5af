"""Acts of whole sheets: each file is taken all or none, in the one transaction that its ledger opens for it."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Iterator
from contextlib import AbstractContextManager, contextmanager
from pathlib import Path
from typing import Any

from pointsledger.acts import Acts
from pointsledger.batches import BatchReversal, parse_label, reverse_batch
from pointsledger.errors import InvalidSetting
from pointsledger.posting import Posting
from pointsledger.sheets.deed_form import DeedForm
from pointsledger.sheets.forms import Form
from pointsledger.sheets.importing import ImportReport, Options, import_sheet
from pointsledger.sheets.lists import ListReport, enrol_list, opening_list, opening_stock_list
from pointsledger.sheets.redemption_form import RedemptionForm
from pointsledger.sheets.row_faults import sheet_faulty
from pointsledger.values.progress import Progress


class SheetActs(ABC):
    """What can be done to a book with a sheet."""

    @abstractmethod
    def _posting(self, *, keep: bool = True) -> AbstractContextManager[Posting]:
        """Open the transaction that a sheet belongs to; without ``keep`` all of it is dropped at the end."""

    def enrol_list(self, file: str | Path, *, by: str | None = None) -> ListReport:
        """Enrol every household of a CSV sheet (household, head, group, members), all of them or none.

        Raises:
            SheetFaulty: with every fault.
            SheetUnreadable, FileUnreadable: if the file is no sheet.

        """
        with self._posting() as posting:
            return enrol_list(_Row(posting, by), posting, file)

    def opening_list(self, file: str | Path, *, by: str | None = None) -> ListReport:
        """Bring forward the points of every household on a CSV sheet (household, points), all of them or none.

        Raises: as ``enrol_list``.

        """
        with self._posting() as posting:
            return opening_list(_Row(posting, by), posting, file)

    def opening_stock_list(self, file: str | Path, *, by: str | None = None) -> ListReport:
        """Bring forward the goods on a CSV sheet (item, pieces, unit_cost in yuan, best_before), all or none.

        Raises: as ``enrol_list``.

        """
        with self._posting() as posting:
            return opening_stock_list(_Row(posting, by), posting, file)

    def import_deeds(
        self,
        file: str | Path,
        *,
        period: str,
        by: str | None = None,
        label: str | None = None,
        replace: str | None = None,
        dry_run: bool = False,
        skip_bad: bool = False,
        other_months: bool = False,
        repeats: bool = False,
        progress: Progress | None = None,
    ) -> ImportReport:
        """Import the awards and deductions of a month from a CSV sheet, all of its rows or none.

        ``label`` names the batch (period and the sheet's title if left out); ``replace`` is the label of a batch
        that this sheet corrects. ``dry_run`` rehearses and keeps nothing; ``skip_bad`` leaves faulty rows out;
        ``other_months`` and ``repeats`` let pass what is otherwise a fault.

        Raises:
            SheetFaulty: with every fault, unless faulty rows are skipped or it is a rehearsal.
            SheetUnreadable, FileUnreadable: if the file is no sheet.
            UnknownBatch: if there is nothing to replace.
            InvalidText: if a label is empty or too long.

        """
        options = _options(
            period,
            by,
            label=label,
            replace=replace,
            dry_run=dry_run,
            skip_bad=skip_bad,
            other_months=other_months,
            repeats=repeats,
        )
        return self._import(DeedForm(), file, options, progress)

    def import_redemptions(
        self,
        file: str | Path,
        *,
        period: str,
        by: str | None = None,
        label: str | None = None,
        replace: str | None = None,
        dry_run: bool = False,
        skip_bad: bool = False,
        other_months: bool = False,
        repeats: bool = False,
        progress: Progress | None = None,
    ) -> ImportReport:
        """Import redemptions that were handed over on paper from a CSV sheet, all of them or none.

        A row is an item; rows of one number are one redemption. Each is recorded as it was, on its day, as ``redeem``
        does with ``handed_over``. The options are those of ``import_deeds``. A redemption of which something was
        refunded stands: a corrected sheet that says it otherwise has a fault there.

        Raises: as ``import_deeds``.

        """
        options = _options(
            period,
            by,
            label=label,
            replace=replace,
            dry_run=dry_run,
            skip_bad=skip_bad,
            other_months=other_months,
            repeats=repeats,
        )
        return self._import(RedemptionForm(), file, options, progress)

    def _import(self, form: Form[Any], file: str | Path, options: Options, progress: Progress | None) -> ImportReport:
        with self._posting(keep=not options.dry_run) as posting:
            report = import_sheet(posting, file, form, options, progress)
            if report.faults and not (options.dry_run or options.skip_bad):
                raise sheet_faulty(file, report.faults, may_skip=not options.replace)
        return report

    def reverse_batch(self, label: str, *, reason: str, by: str | None = None) -> BatchReversal:
        """Reverse every row of an imported sheet that still stands; then the sheet can be imported anew.

        Raises:
            UnknownBatch: if nothing was imported under that label.
            InvalidText: if it is no label, such as an empty one.
            BatchReversed: if nothing of it stands any more.
            InsufficientPoints: if points of its rows are spent, and the rule book lets nobody owe; nothing is
                reversed then.

        """
        with self._posting() as posting:
            return reverse_batch(posting, label, reason=reason, by=by)


def _options(period: str, by: str | None, *, label: str | None, replace: str | None, **flags: bool) -> Options:
    """Return how a sheet is to be imported.

    Raises:
        InvalidText: if a label is empty or too long.
        InvalidSetting: if the batch that is replaced is to have another label.

    """
    # An empty label is a variable that was not set, and no wish for the label by default.
    named, replaced = (None if given is None else parse_label(given) for given in (label, replace))
    if replaced is not None and named not in {None, replaced}:
        raise InvalidSetting(
            name="label",
            value=label,
            allowed="nothing beside replace, which names the batch",
            allowed_zh="用 replace（--replace）时不填，它已指明批次",
        )
    return Options(period=period, by=by, label=replaced or named, replace=replaced is not None, **flags)


class _Row(Acts):
    """The acts of a sheet's rows, on the transaction that is open for all of them."""

    def __init__(self, posting: Posting, by: str | None) -> None:
        """Act on ``posting``, in the name of ``by`` where it is given."""
        self._open: Posting = posting
        posting.default_by = by or posting.default_by

    @contextmanager
    def _posting(self) -> Iterator[Posting]:
        yield self._open
