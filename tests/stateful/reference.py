"""Sheets in the reference ledger: imported, imported again, corrected, and reversed as a whole."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping

from tests.stateful.recovering import Recovering
from tests.stateful.values import NOWHERE, Act, Outcome, Refused, Row, Sheet


class Reference(Recovering):
    """One village's book with its sheets, in memory."""

    def import_rows(
        self, rows: Iterable[Row], label: str, month: str, *, replace: bool = False, skip_bad: bool = False, by: str
    ) -> tuple[dict[str, int], list[tuple[int, str]]]:
        """Import the rows of a sheet; return what was done, and the place and code of each fault.

        Unless bad rows are skipped, a fault means that nothing is done.
        """
        if replace and label not in self.sheets:
            raise Refused(code="unknown-batch")
        done = dict.fromkeys(("posted", "unchanged", "reversed_rows", "left_reversed", "capped", "points"), 0)
        faults: list[tuple[int, str]] = []
        with self.rehearsal() as keep:
            readable = list(self._readable(list(rows), month, faults))
            if (
                replace and faults
            ):  # a row that cannot be read is not one that was struck out: nothing more is looked at
                return done, sorted(faults)
            standing = [
                (name, key)
                for name, sheet in self.sheets.items()
                for key, (seq, _, _) in sheet.rows.items()
                if self.acts[seq].concerns == month and not self.acts[seq].reversed_by
            ]
            failed = set[str]()
            if replace:
                kept = {key: (place, row) for place, key, row in readable}
                failed = self._take_back(label, kept, done, faults, by)
            for place, key, row in readable:
                if key in failed:
                    continue
                try:
                    new = not self._current(label, key) or (replace and self._taken_by_sheet(label, key))
                    if not new and self._taken_up(label, key, row, done, replace=replace):
                        continue
                    self._refuse_elsewhere(row, standing)
                    self._import(label, key, row, done, by)
                except Refused as refused:
                    faults.append((place, refused.code))
            if not faults or skip_bad:
                keep()
        return done, sorted(faults)

    def _readable(self, rows: list[Row], month: str, faults: list[tuple[int, str]]) -> Iterator[tuple[int, str, Row]]:
        alike: dict[tuple[str, str, str], list[tuple[tuple[str, str, str], int]]] = {}
        sound = []
        for place, row in enumerate(rows):
            if self.month_of(row.on) != month:
                faults.append((place, "other-period"))
                continue
            if row.household not in self.groups:
                faults.append((place, "unknown-account"))
                continue
            alike.setdefault((row.household, row.activity, row.on), []).append(
                ((row.sign, row.quantity, row.remark), place)
            )
            sound.append((place, row))
        nth = {place: number for group in alike.values() for number, (_, place) in enumerate(sorted(group), start=1)}
        numbers: set[str] = set()
        contents: set[object] = set()
        for place, row in sound:
            key = f"no:{row.number}" if row.number else f"{row.household}/{row.activity}/{row.on}/{nth[place]}"
            content = (row.household, row.activity, row.on, row.sign, row.quantity, row.remark)
            if content in contents:
                faults.append((place, "repeated-row"))
                numbers.add(key)
                continue
            contents.add(content)
            if key in numbers:
                faults.append((place, "repeated-number"))
                continue
            numbers.add(key)
            yield place, key, row

    def _refuse_elsewhere(self, row: Row, standing: list[tuple[str, str]]) -> None:
        """See that a new row does not stand under another number or label already, or it would count twice."""
        for label, key in standing:
            act = self.acts[self.sheets[label].rows[key][0]]
            if not act.reversed_by and not self._differs(row, act):
                raise Refused(code="imported-elsewhere")

    def _take_back(
        self,
        label: str,
        kept: Mapping[str, tuple[int, Row]],
        done: dict[str, int],
        faults: list[tuple[int, str]],
        by: str,
    ) -> set[str]:
        """Reverse what a corrected sheet says otherwise; return the rows that failed."""
        failed: set[str] = set()
        sheet = self.sheets[label]

        def undo(seq: int) -> None:
            self.reverse(seq, reason="replaced", by=by)
            sheet.replaced.add(seq)
            done["reversed_rows"] += 1

        for key, (seq, _, _) in sorted(sheet.rows.items(), key=lambda one: -one[1][0]):
            act = self.acts[seq]
            place, row = kept.get(key, (NOWHERE, None))
            if act.reversed_by or (row is not None and not self._differs(row, act)):
                continue
            try:
                try:
                    undo(seq)
                except Refused:  # a deduction of the same sheet may have spent it: that makes way, and is done anew
                    for taken, _, _ in sorted(sheet.rows.values(), reverse=True):
                        deduction = self.acts[taken]
                        if (
                            deduction.kind == "deduct"
                            and deduction.household == act.household
                            and not deduction.reversed_by
                        ):
                            undo(taken)
                            self.lifted += 1
                    undo(seq)
            except Refused as refused:
                failed.add(key)
                faults.append((place, refused.code))
        return failed

    def _current(self, label: str, key: str) -> bool:
        """Tell whether a row is known in the present generation of its sheet."""
        sheet = self.sheets.get(label) or Sheet()
        return key in sheet.rows and sheet.rows[key][1] == sheet.generation

    def _taken_by_sheet(self, label: str, key: str) -> bool:
        """Tell whether a row was reversed by a replacement of its sheet, and not by a person."""
        return self.sheets[label].rows[key][0] in self.sheets[label].replaced

    def _taken_up(self, label: str, key: str, row: Row, done: dict[str, int], *, replace: bool) -> bool:
        """Tell whether a row that is known has nothing to be done about it."""
        held = self.sheets[label].rows[key]
        act = self.acts[held[0]]
        if not self._differs(row, act):
            done["left_reversed" if act.reversed_by else "unchanged"] += 1
            return True
        if not act.reversed_by or not replace:
            raise Refused(code="row-changed")
        return False

    def _import(self, label: str, key: str, row: Row, done: dict[str, int], by: str) -> None:
        outcome = self._deed(
            row.sign,
            row.household,
            row.activity,
            {
                "quantity": row.quantity or None,
                "on": row.on,
                "remark": row.remark or None,
                "by": by,
                "batch": label,
                "row": key,
            },
        )
        done["posted"] += 1
        done["capped"] += bool({"capped", "capped to nothing"} & set(outcome.notes))
        done["points"] += outcome.points if row.sign == "award" else -outcome.points

    @staticmethod
    def _differs(row: Row, act: Act) -> bool:
        said = act.said
        told = (row.sign, row.household, row.activity, row.on, row.quantity or None, row.remark or None, None, None)
        parts = (
            "household",
            "activity",
            "on",
            "quantity",
            "remark",
            "member",
            "level",
        )  # a person may have put those in
        return told != (act.kind, *(said[name] for name in parts))

    def reverse_batch(self, label: str, *, reason: str, by: str) -> tuple[int, Outcome]:
        """Reverse all rows of a sheet that stand, the last first, and begin its next generation; count them."""
        if label not in self.sheets:
            raise Refused(code="unknown-batch")
        standing = [seq for seq, _, _ in self.sheets[label].rows.values() if not self.acts[seq].reversed_by]
        if not standing:
            raise Refused(code="batch-reversed")
        with self.rehearsal() as keep:
            for seq in sorted(standing, reverse=True):
                self.reverse(seq, reason=reason, by=by)
            outcome = self._posted("reverse-batch", {"batch": label}, {"by": by}, lambda _: None)
            self.sheets[label].generation += 1
            keep()
        return len(standing), outcome
