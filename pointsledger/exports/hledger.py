"""The book for hledger, a free program for plain-text accounts: points, goods and money in one file.

A record is a transaction with its number as the code, its kind as the description and, in a comment, the activity and
the day of the deed where that is not the date. The date is the day the record counts on (see ``counts_on``), so that
balances as of a day, and months, are those of the statement and the tally. A line is two postings: the amount goes from
the account that it comes from, negative there, to the one it goes to.

After each close stands what every household closed its month with, and at the end what every account holds that may
run out, each as a balance assertion. These figures are read from the kept ones and not added up here, so ``hledger
check`` proves that they are what the records add up to.

Worked example: record 12 awards 5 points for ``yard-clean``.

    2026-03-03 (12) award  ; activity:yard-clean
        issued:cleanup    -5 points
        households:03-017  5 points

The words of a book may hold signs that hledger would take for its own, such as a colon or two spaces in a row. They
are written as ``%`` and two hexadecimal digits each, the per cent sign too, so that no two accounts get one name.

Source: https://hledger.org/1.25/hledger.html, "Journal format".
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping

from pointsledger.decisions.closing import CLOSE
from pointsledger.decisions.drafts import counts_on
from pointsledger.decisions.enrolling import HOUSEHOLD
from pointsledger.decisions.movements import entry_of
from pointsledger.exports.bodies import ByteSink, sound_rows
from pointsledger.rules import chart
from pointsledger.rules.caps import entry_activity
from pointsledger.storage import queries
from pointsledger.storage.gathering import read_body
from pointsledger.storage.stumbles import Telling
from pointsledger.storage.transaction import Transaction
from pointsledger.values.points import FEN_DECIMALS, unscaled
from pointsledger.values.progress import Progress
from pointsledger.values.records import POINTS, Record
from pointsledger.values.rows import Bridge

YUAN = "yuan"
HOUSEHOLDS = "households:"

_DOUBTFUL = re.compile(r"^ +| +$|  +|[^\w .+-]")
_NAMELESS = "%"


def write_hledger(transaction: Transaction, file: ByteSink, *, progress: Progress | None) -> None:
    """Write the book as a journal of hledger's.

    Raises:
        LedgerDamaged: if a record is not what was written.

    """
    for line in _lines(transaction, progress):
        file.write(line.encode() + b"\n")


def _lines(transaction: Transaction, progress: Progress | None) -> Iterator[str]:
    journal = _Journal(transaction)
    head = transaction.head
    yield f"; {transaction.village}: {head.size} records, root {head.root.hex()}"
    yield "decimal-mark ."
    yield from journal.commodities((POINTS, chart.FEN))
    for row in sound_rows(transaction, progress=progress):
        yield ""
        record = read_body(row.body.decode(), row.seq)
        with Telling(row.seq, f"village {transaction.village}"):
            lines = [*journal.transaction(record)]
            if record.kind == CLOSE:
                lines += journal.closing(record.said["period"])
        yield from lines
    yield from journal.ending()


class _Journal:
    """What was written so far, and so has to be declared: hledger's strict checks ask for that."""

    def __init__(self, transaction: Transaction) -> None:
        self._transaction = transaction
        self._state = transaction.state
        self._places = {POINTS: self._state.settings.decimals, chart.FEN: FEN_DECIMALS}
        self._codes = household_names({one.id: one.code for one in transaction.profiles() if one.role == HOUSEHOLD})
        self._accounts: dict[str, str] = {}
        self._units: dict[str, None] = {}
        self._last_day = ""

    def transaction(self, record: Record) -> Iterator[str]:
        day = counts_on(self._state, record)
        self._last_day = max(self._last_day, day)
        tags = [f"{name}:{value}" for name, value in _tags(record, day).items() if value]
        yield f"{day} ({record.seq}) {record.kind}" + (f"  ; {', '.join(tags)}" if tags else "")
        for source, target, unit, amount in record.entries:
            yield f"    {self._name(source)}  {self._amount(-amount, unit)}"
            yield f"    {self._name(target)}  {self._amount(amount, unit)}"

    def closing(self, period: str) -> Iterator[str]:
        """Assert what each household closed a month with, on the month's last day."""
        bridges = self._state.family(Bridge, period)
        last_day = self._state.calendar.bounds(period)[1]
        self._last_day = max(self._last_day, last_day)
        if bridges:
            yield ""
            yield f"{last_day} balances at the close of {period}"
            yield from sorted(self._assertion(one.account, POINTS, one.closing) for one in bridges)

    def ending(self) -> Iterator[str]:
        """Assert what every account holds that may run out, and declare what was written."""
        kept = queries.kept_balances(self._transaction.connection, self._transaction.village)
        if kept:
            yield ""
            yield f"{self._last_day} balances at the end"
            yield from sorted(self._assertion(account, unit, balance) for unit, account, balance, _ in kept)
        yield ""
        yield from self.commodities(unit for unit in sorted(self._units) if unit not in {POINTS, chart.FEN})
        yield from (f"account {name}" for name in sorted(set(self._accounts.values())))

    def commodities(self, units: Iterable[str]) -> Iterator[str]:
        """Declare units, each with its places: hledger reads a figure without a point only if one stands here."""
        for unit in units:
            yield f"commodity 1000.{'0' * self._places.get(unit, 0)} {commodity(unit)}"

    def _assertion(self, account: str, unit: str, balance: int) -> str:
        return f"    {self._name(account)}  {self._amount(0, unit)} = {self._amount(balance, unit)}"

    def _name(self, account: str) -> str:
        if account not in self._accounts:
            self._accounts[account] = self._codes.get(account) or account_name(account)
        return self._accounts[account]

    def _amount(self, amount: int, unit: str) -> str:
        self._units[unit] = None
        return f"{unscaled(amount, self._places.get(unit, 0)):f} {commodity(unit)}"


def _tags(record: Record, day: str) -> dict[str, str]:
    """Return what stands in the comment of a record."""
    said = record.said
    done = entry_of(record, 1, day).activity if record.entries else ""
    return {
        "activity": done or entry_activity(said.get("activity", ""), said.get("level", "")),
        "on": "" if record.on == day else record.on,
        "for": record.for_period,
    }


def commodity(unit: str) -> str:
    """Return the name of a unit as hledger reads it: one with signs or figures in it stands in quotation marks."""
    return {POINTS: POINTS, chart.FEN: YUAN}.get(unit) or f'"{unit}"'


def household_names(codes: Mapping[str, str]) -> dict[str, str]:
    """Return the account of each household by its id: named by its code, unless another household's id is that."""
    return {one: HOUSEHOLDS + escaped(one if code in codes else code) for one, code in codes.items()}


def account_name(account: str) -> str:
    """Return the name of an account: a household whose code nobody knows stands under its id."""
    if chart.holds_points(account):
        return HOUSEHOLDS + escaped(account)
    return ":".join(escaped(part) or _NAMELESS for part in account.split(":"))


def escaped(text: str) -> str:
    """Return a text without signs that hledger would take for its own."""
    return _DOUBTFUL.sub(lambda found: found[0] if _is_foreign(found[0]) else _in_figures(found[0]), text)


def _is_foreign(sign: str) -> bool:
    """Tell whether it is a sign that is seen and is not ASCII: hledger has no other meaning for those."""
    return not sign.isascii() and sign.isprintable()


def _in_figures(signs: str) -> str:
    return "".join(f"%{byte:02X}" for byte in signs.encode())
