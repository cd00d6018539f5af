"""Tracing (溯源): from a bag of rice back to the deeds that earned its points and the money that bought it, and forth.

Every spend names the lots it took from, and every lot the record that made it. So a redemption leads to awards, with
their rule and who approved them, and to the intake of the goods, with its invoice or donor; an intake that a fund paid
leads to the lots of that fund, and so to whoever gave the money. The other way an award leads to what it was spent on,
an intake to who has the pieces, a grant to what it bought.

A lot is made of what its own line took from others (a transfer between shops), or of what other lines of its record
took to the account that it came from: where 250 yuan go from a fund to the supplier, and 100 pieces from the supplier
to the shelf, the pieces are made of the money. A link always leads to an earlier record, so that no chain is a circle;
it is followed for so many links at most, and the rest can be traced from the last one.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from decimal import Decimal

from pointsledger.decisions.movements import HOLD, SETTLE
from pointsledger.decisions.pairs import REVERSE
from pointsledger.decisions.refunding import REFUND
from pointsledger.decisions.reserving import RESERVE, REVERSED, end_of
from pointsledger.decisions.state import RESERVED
from pointsledger.errors import InvalidNumber, InvalidSetting
from pointsledger.questions import Questions
from pointsledger.reports.applied_rules import rule_of
from pointsledger.reports.readings import YUAN, RedeemedItem
from pointsledger.reports.statement_lines import texts_of
from pointsledger.reports.tie_out import item_names
from pointsledger.reports.trace import Origin, Trace, TracedRecord, Use
from pointsledger.rules import chart
from pointsledger.rules.said import ID_IN_TEXT, TEXT_FIELDS
from pointsledger.storage import trace_queries as queries
from pointsledger.storage.redemption_queries import COLLECTOR_NAME
from pointsledger.storage.transaction import Transaction
from pointsledger.undoings import undoing_of
from pointsledger.values.points import FEN_DECIMALS, LAST_NUMBER, record_number, unscaled
from pointsledger.values.records import POINTS, Record
from pointsledger.values.rows import Allocation, Lot, Profile, Redemption, RedemptionLine

USES = 100
"""Uses in a page, unless asked otherwise."""

MOST_USES = 1_000

MOST_LINKS = 1_000
"""Links that one answer follows back at most, over all of its chains."""

LONGEST_CHAIN = 16
"""Links of one chain."""

SETTLED = "settled"
HELD = "held"

_OTHERWISE = TEXT_FIELDS | {"activity", "level", "redemption", "seq", "corrects", "corrected", "on", "pin", "nonce"}
"""Words of an act that a traced record has in fields of their own, or that say nothing to anybody."""


class Traces(Questions):
    """What is asked of a book about where value came from and where it went."""

    def trace(self, seq: int, *, after: int = 0, limit: int = USES) -> Trace:
        """Follow what record ``seq`` moved back to where it came from, and the lots it made forth to where they went.

        The uses are a page: at most ``limit`` records, behind number ``after``.

        Raises:
            UnknownRecord: if there is none of that number.
            InvalidSetting, InvalidNumber: for a page that there cannot be.

        """
        if record_number(after, "after") < 0:
            raise InvalidNumber(name="after", value=after)
        if type(limit) is not int or not 1 <= limit <= MOST_USES:
            raise InvalidSetting(name="limit", value=limit, allowed=f"1 to {MOST_USES}", allowed_zh=f"1 至 {MOST_USES}")
        with self._reading() as transaction:
            return _Tracing(transaction, self._today(transaction.state)).of(transaction.state.record(seq), after, limit)


def told_of(transaction: Transaction, today: str, records: Iterable[Record]) -> Iterator[TracedRecord]:
    """Yield what there is to say of some records, as they stand ``today``."""
    tracing = _Tracing(transaction, today)
    return (tracing.told(record) for record in records)


class _Tracing:
    """One answer, put together link by link."""

    def __init__(self, transaction: Transaction, today: str) -> None:
        self._transaction = transaction
        self._today = today
        self._state = transaction.state
        self._places = transaction.state.settings.decimals
        self._goods = item_names(transaction.state)
        self._told: dict[int, TracedRecord] = {}
        self._left = MOST_LINKS
        self._whole = True

    def of(self, record: Record, after: int, limit: int) -> Trace:
        own = (self._transaction.connection, self._transaction.village)
        drawn = queries.drawn_from(*own, record.seq, after=min(after, LAST_NUMBER), limit=limit + 1)
        following = sorted({row.seq for row in drawn})
        shown = set(following[:limit])
        owed = sum(amount for _, amount in record.decided.get("arrears", ()))
        return Trace(
            village=self._transaction.village,
            record=self.told(record),
            followed=tuple(self.told(self._state.record(seq)) for seq in self._followed(record)),
            origins=tuple(self._origins(record, _parts(record), 1)),
            uses=tuple(self._uses(row for row in drawn if row.seq in shown)),
            more=len(following) > limit,
            owed=unscaled(owed, self._places),
            whole=self._whole,
        )

    # --- back ------------------------------------------------------------------------------------------

    def _origins(self, record: Record, parts: Iterable[list[int]], depth: int) -> Iterator[Origin]:
        """Yield where what ``record`` took from lots came from, ``depth`` links behind the one that is traced."""
        for _, seq, line, amount in parts:
            if not self._left:
                self._whole = False
                return
            self._left -= 1
            lot = self._state.get(Lot, (seq, line))
            if lot is None:
                continue
            made = self._state.record(seq)
            behind = self._behind(made, line) if seq != record.seq else []
            if behind and depth >= LONGEST_CHAIN:
                self._whole, behind = False, []
            yield Origin(
                unit=_unit(lot.unit),
                unit_name=self._name(lot.unit),
                amount=self._amount(lot.unit, amount),
                granted=self._amount(lot.unit, lot.granted),
                account=self._profile(lot.account)[0],
                record=self.told(made),
                last_day=lot.expires_on or "",
                unit_cost_fen=lot.unit_cost_fen,
                origins=tuple(self._origins(made, behind, depth + 1)),
            )

    def _behind(self, made: Record, line: int) -> list[list[int]]:
        """Return what the lot that a line made is made of: see above."""
        source = made.entries[line - 1].source
        taken = [part for part in made.decided.get("lots", ()) if part[3] > 0 and part[1] != made.seq]
        through = [own for own, entry in enumerate(made.entries, start=1) if entry.target == source]
        found = [part for part in taken if part[0] == line] or [part for part in taken if part[0] in through]
        if found or made.kind != REFUND:
            return found
        # A refund that came too late for the lots it was for made one of its own.
        spent = self._state.record(self._redeemed_in(made.said["redemption"]))
        return [part for part in spent.decided["lots"] if part[0] == 1]

    def _redeemed_in(self, redemption: int) -> int:
        """Return the record in which the points of a redemption were spent."""
        found = self._state.get(Redemption, (redemption,))
        return found.ended_by if found is not None and found.ended_by else redemption

    # --- forth -----------------------------------------------------------------------------------------

    def _uses(self, drawn: Iterable[Allocation]) -> Iterator[Use]:
        """Yield where lots went, what was only let go to be taken at once left out."""
        rows = list(drawn)
        self._transaction.hold_undoings({row.seq for row in rows})
        spent = {row.seq for row in rows if row.cause not in {HOLD, SETTLE} and row.amount > 0}
        for row in rows:
            if row.cause == HOLD and row.seq in spent:
                continue
            record = self._state.record(row.seq)
            lot = self._state.get(Lot, (row.lot_seq, row.lot_line))
            if lot is not None:
                amount, heading = self._amount(lot.unit, row.amount), _heading(record, row, lot.account)
                yield Use(_unit(lot.unit), self._name(lot.unit), amount, heading, self.told(record))

    def _followed(self, record: Record) -> list[int]:
        """Return the records that undid, completed or gave back what a record did, in their order."""
        undoing = undoing_of(self._transaction, record)
        found = {undoing.reversed_by, undoing.corrected_by}
        begun = self._redemption(record)
        if begun is not None and record.kind != REFUND:
            found |= {begun.ended_by, begun.reversed_by}
            own = (self._transaction.connection, self._transaction.village, begun.account)
            refunds = queries.refunds_to(*own, after=record.seq) if begun.refunded else []
            found |= {seq for seq in refunds if self._state.record(seq).said.get("redemption") == begun.seq}
        return sorted(seq for seq in found if seq > record.seq)

    # --- records ---------------------------------------------------------------------------------------

    def told(self, record: Record) -> TracedRecord:
        """Return what there is to say of a record."""
        if record.seq not in self._told:
            self._told[record.seq] = self._tell(record)
        return self._told[record.seq]

    def _tell(self, record: Record) -> TracedRecord:
        said = record.said
        texts = texts_of(self._transaction, record.seq)
        undoing = undoing_of(self._transaction, record)
        begun = self._redemption(record)
        household = self._profile(self._account(record))
        collector = self._profile(said.get("collector", ""))
        points = self._points(record)
        return TracedRecord(
            seq=record.seq,
            kind=record.kind,
            on=record.on,
            recorded_at=record.recorded_at,
            by=self._profile(record.by)[0],
            approved_by=tuple(self._profile(one)[0] for one in said.get("approved_by", ())),
            household=household[0],
            name=household[1],
            member=self._profile(said.get("resident", ""))[1],
            points=None if points is None else unscaled(points, self._places),
            rule=rule_of(self._state, record),
            items=tuple(self._items(record, begun)),
            prices=record.decided.get("prices", 0),
            collector=collector[0],
            collector_name=collector[1] or texts.pop(COLLECTOR_NAME, ""),
            redemption=begun.seq if begun is not None else 0,
            state=self._become(begun),
            refunded=unscaled(begun.refunded if begun is not None else 0, self._places),
            reverses=undoing.reverses,
            reversed_by=undoing.reversed_by,
            corrects=undoing.corrects,
            corrected_by=undoing.corrected_by,
            reason=undoing.reason or texts.get("reason", ""),
            remark=texts.pop("remark", ""),
            details=_details(record),
            texts={name: text for name, text in texts.items() if name != "reason"},
        )

    def _account(self, record: Record) -> str:
        """Return whose points or goods a record is about, if it is about a household's."""
        if record.kind == REVERSE:
            return self._account(self._state.record(record.said["seq"]))
        begun = self._redemption(record)
        account: str = (
            begun.account if begun is not None else record.said.get("account", record.said.get("household", ""))
        )
        return account

    def _redemption(self, record: Record) -> Redemption | None:
        """Return the exchange that a record began, completed, ended or gave back."""
        return self._state.get(Redemption, (record.said.get("redemption", record.seq),))

    def _become(self, begun: Redemption | None) -> str:
        """Return what became of an exchange by today."""
        if begun is None:
            return ""
        if begun.reversed_by:
            return REVERSED
        over = begun.state == RESERVED and begun.last_day < self._today
        return end_of(self._state, begun.seq) if over else begun.state

    def _profile(self, one: str) -> tuple[str, str]:
        """Return code and name of who stands behind an id, or the id where nobody does any more."""
        if not one:
            return "", ""
        found = self._state.get(Profile, (one,))
        return (found.code, found.name) if found is not None else (one, "")

    def _points(self, record: Record) -> int | None:
        """Return the points that a record moved, or promised, or None if it is about something else."""
        points: int | None = record.decided.get("granted", record.decided.get("points"))
        if points is None and any(entry.unit == POINTS for entry in record.entries):
            points = next(entry.amount for entry in record.entries if entry.unit == POINTS)
        return points

    def _items(self, record: Record, begun: Redemption | None) -> Iterator[RedeemedItem]:
        """Yield the pieces that a record exchanged or took back, at the prices of the exchange."""
        for item in record.decided.get("items", ()) if begun is not None else ():
            code = item["item"]
            line = self._state.get(RedemptionLine, (begun.seq, code)) if begun is not None else None
            if line is not None:
                price = unscaled(line.price, self._places)
                name = self._goods.get(code, code)
                yield RedeemedItem(code, name, item["pieces"], price, line.refunded, line.returned)

    def _name(self, unit: str) -> str:
        item = chart.item_of(unit)
        return self._goods.get(item, item)

    def _amount(self, unit: str, amount: int) -> Decimal:
        """Return an amount as people read it: points, yuan, or pieces."""
        return unscaled(amount, {POINTS: self._places, chart.FEN: FEN_DECIMALS}.get(unit, 0))


def _unit(unit: str) -> str:
    """Return what people call a unit in which books count."""
    return YUAN if unit == chart.FEN else unit


def _parts(record: Record) -> list[list[int]]:
    """Return what a record took from lots, or held of them, or gave back."""
    parts: list[list[int]] = record.decided.get("held" if record.kind == RESERVE else "lots", [])
    return parts


def _heading(record: Record, row: Allocation, account: str) -> str:
    """Return as what a record took from a lot of an account."""
    if row.cause in {HOLD, SETTLE}:
        return HELD if row.cause == HOLD else SETTLED
    entry = record.entries[row.line - 1]
    return chart.heading_and_category(entry.target if entry.source == account else entry.source)[0]


def _details(record: Record) -> dict[str, str | int]:
    """Return the other plain words of an act: neither ids of people nor digests of free text."""
    return {
        name: value
        for name, value in record.said.items()
        if name not in _OTHERWISE
        and isinstance(value, str | int)
        and not (isinstance(value, str) and ID_IN_TEXT.fullmatch(value))
    }
