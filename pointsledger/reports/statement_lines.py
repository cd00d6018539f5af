"""Statement lines: every movement of a household with its reason, and the balance after it."""

from __future__ import annotations

from collections.abc import Collection
from decimal import Decimal
from typing import Any

from pointsledger.decisions.awarding import AWARD, DEDUCT
from pointsledger.decisions.lapsing import DueLapse
from pointsledger.decisions.redeeming import REDEEM
from pointsledger.decisions.refunding import REFUND
from pointsledger.decisions.reserving import CANCEL, HAND_OVER, RELEASE
from pointsledger.reports.readings import StatementLine
from pointsledger.rules import caps, chart, lots
from pointsledger.storage import queries
from pointsledger.storage.gathering import AMONG
from pointsledger.storage.transaction import Transaction
from pointsledger.undoings import undoing_of
from pointsledger.values.points import unscaled
from pointsledger.values.records import Record
from pointsledger.values.rows import Profile, Redemption

_OF_RESERVATION = frozenset({HAND_OVER, CANCEL, RELEASE})
_OF_EXCHANGE = _OF_RESERVATION | {REDEEM, REFUND}


def texts_of(transaction: Transaction, seq: int) -> dict[str, str]:
    """Return the free text of a record that is kept beside the journal, by its field."""
    return {remark.field: remark.text for remark in sorted(transaction.remarks(seq))}


class StatementLines:
    """The lines of a statement, with names where the book has them."""

    def __init__(self, transaction: Transaction, village: str, profile: Profile, due: tuple[DueLapse, ...]) -> None:
        """Read of one household; ``due`` are its lapses that stand in no record yet."""
        self._transaction = transaction
        self._due = due
        self._village = village
        self._account = profile.id
        self._members = {member.id: member.name for member in transaction.members(profile.id)}
        self._activities = {
            code: activity for book in transaction.state.rulebooks() for code, activity in book.activities.items()
        }
        self._bases = {chart.BASE + one.code: one.name for book in transaction.state.rulebooks() for one in book.bases}
        self._places = transaction.state.settings.decimals

    def between(self, opening: int, first: str | None, last: str | None) -> list[StatementLine]:
        """Return the lines that count between two days, the first balance being ``opening``."""
        connection = self._transaction.connection
        cuts = {
            row.seq: row for row in queries.capped(connection, self._village, self._account, first=first, last=last)
        }
        moved = [
            (row.counts_on, row.seq, row)
            for row in queries.statement(connection, self._village, self._account, first=first, last=last)
        ]
        seen = {seq for _, seq, _ in moved}
        nothing_left = [(cut.counts_on, cut.seq, None) for cut in cuts.values() if cut.seq not in seen]
        behind = self._transaction.state.size + 1  # as if it were recorded now
        ended = [(lapse.on, behind, lapse) for lapse in self._due if (first or "") <= lapse.on <= (last or lots.NEVER)]
        lines: list[StatementLine] = []
        balance = opening
        found = sorted([*moved, *nothing_left, *ended], key=lambda line: line[:2])
        for number, (_, seq, row) in enumerate(found):
            if not number % AMONG:
                self._hold({one for _, one, _ in found[number : number + AMONG] if one < behind})
            if isinstance(row, DueLapse):
                balance -= row.points
                lines.append(self._due_line(row, balance))
                continue
            balance += row.points if row is not None else 0
            lines.append(self._line(seq, row, cuts.get(seq), balance))
        return lines

    def _hold(self, seqs: Collection[int]) -> None:
        """Have what lines of some records ask for read at once."""
        self._transaction.hold_undoings(seqs)
        state = self._transaction.state
        begun = ((seq, state.record(seq)) for seq in seqs)
        exchanges = {(record.said.get("redemption", seq),) for seq, record in begun if record.kind in _OF_EXCHANGE}
        state.hold_all(Redemption, sorted(exchanges))

    def _due_line(self, lapse: DueLapse, balance: int) -> StatementLine:
        """Return the line of a lapse that is due: it stands in no record yet, so that its number is 0."""
        return StatementLine(
            seq=0,
            on=lapse.on,
            counts_on=lapse.on,
            heading=chart.heading_and_category(lapse.to)[0],
            activity="",
            activity_name="",
            member="",
            points=unscaled(-lapse.points, self._places),
            balance=unscaled(balance, self._places),
            requested=None,
            for_period=lapse.concerns if lapse.concerns != lapse.period else "",
            reversed_by=0,
        )

    def _line(self, seq: int, row: Any, cut: Any, balance: int) -> StatementLine:  # noqa: ANN401 - query rows
        source = row if row is not None else cut
        activity, level = caps.activity_and_level(source.activity)
        known = self._activities.get(activity)
        name = known.name if known else self._bases.get(source.activity, "")
        if known and level:
            name += next((f"：{found.name}" for found in known.levels if found.code == level), "")
        record = self._transaction.state.record(seq)
        undoing = undoing_of(self._transaction, record)
        texts = texts_of(self._transaction, seq)
        exchanged = record.kind in _OF_EXCHANGE
        redemption = record.said.get("redemption", seq)
        begun = self._transaction.state.get(Redemption, (redemption,)) if exchanged else None
        undoing = undoing._replace(reason=undoing.reason or texts.get("reason", ""))
        return StatementLine(
            seq=seq,
            on=source.on_day,
            counts_on=source.counts_on,
            heading=chart.heading_and_category(source.counterpart)[0],
            activity=source.activity,
            activity_name=name,
            member=self._members.get(source.resident, ""),
            points=unscaled(0 if row is None else row.points, self._places),
            balance=unscaled(balance, self._places),
            requested=unscaled(cut.requested, self._places) if cut is not None else None,
            for_period=record.for_period,
            quantity=_quantity(record),
            period=record.period,
            recorded_at=record.recorded_at,
            minutes=record.said.get("minutes"),
            remark=texts.get("remark", ""),
            reservation=redemption if record.kind in _OF_RESERVATION else 0,
            refunds=redemption if record.kind == REFUND else 0,
            refunded=unscaled(begun.refunded, self._places) if begun is not None and begun.refunded else None,
            written_off=unscaled(record.decided.get("written_off", 0), self._places),
            **undoing._asdict(),
        )


def _quantity(record: Record) -> Decimal | None:
    """Return how much of a deed's unit was done; a level has none, nor has what was said in minutes."""
    if record.kind not in {AWARD, DEDUCT} or "level" in record.said or "minutes" in record.said:
        return None
    return Decimal(record.said.get("quantity", "1"))
