"""Personal data: everything that a book holds of a household and its members, in one piece, to be handed to them."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import asdict, dataclass, replace
from decimal import Decimal
from typing import Any

from pointsledger.decisions.enrolling import HOUSEHOLD
from pointsledger.decisions.erasing import named_by, named_in
from pointsledger.errors import UnknownAccount
from pointsledger.questions import Questions, less
from pointsledger.reports import personal_sheet
from pointsledger.reports.readings import PersonNamed
from pointsledger.reports.register import parse_code
from pointsledger.reports.trace import TracedRecord
from pointsledger.reports.tracing import told_of
from pointsledger.reports.unrecorded import Unrecorded
from pointsledger.rules import chart, lots
from pointsledger.rules.said import FORMER_FIELDS
from pointsledger.storage import personal_queries
from pointsledger.storage.gathering import read_body
from pointsledger.storage.transaction import Transaction
from pointsledger.values.points import unscaled
from pointsledger.values.records import POINTS, Record
from pointsledger.values.rows import Grouping


@dataclass(frozen=True, slots=True)
class PersonalData:
    """What a book of ``village`` held of a household on a day, ``on``: who, which points, and every record about them.

    ``people`` are the household and its members, with the ids by which the journal knows them; ``groups`` the groups
    that it was in, each with its first day. Of a record about somebody else's account in which a member only
    collected, or which only stands in the place of one of theirs, nothing is told but that.
    """

    village: str
    on: str
    household: str
    name: str
    people: tuple[PersonNamed, ...]
    groups: tuple[tuple[str, str], ...]
    balance: Decimal
    held: Decimal
    pending: Decimal
    arrears: Decimal
    available: Decimal
    records: tuple[TracedRecord, ...]

    def plain(self) -> dict[str, Any]:
        """Return it as JSON has it: exact figures as text, what is absent left out."""
        plain = _plain(asdict(self))
        return plain if isinstance(plain, dict) else {}

    def say(self, lang: str = "zh") -> str:
        """Return it as text to be read, in ``lang``: ``"en"`` or ``"zh"``."""
        return personal_sheet.sheet(self, lang)

    def html(self, lang: str = "zh") -> str:
        """Return it as a page to be printed, in ``lang``."""
        return personal_sheet.page(self, lang)


class PersonalReadings(Questions):
    """What a book is asked on behalf of somebody who wants to know what it holds of them."""

    def personal_data(self, household: str) -> PersonalData:
        """Return everything that the book holds of a household and its members, to be handed to them.

        Raises:
            UnknownAccount: if it is not enrolled.

        """
        with self._reading() as transaction:
            return personal_data_of(transaction, household, self._today(transaction.state))


def personal_data_of(transaction: Transaction, household: str, today: str) -> PersonalData:
    """Return what the book holds of a household.

    Raises:
        UnknownAccount: if it is not enrolled.

    """
    state = transaction.state
    own = transaction.profile(HOUSEHOLD, parse_code(household, "household"))
    if own is None:
        raise UnknownAccount(account=household)
    members = sorted(transaction.members(own.id), key=lambda one: (len(one.code), one.code))
    ids = [own.id, *(one.id for one in members)]
    due = Unrecorded(transaction, today, [own.id])
    held = less(due.balance(own.id, state.balance(own.id, POINTS)), due.lapses_of_lots())
    figures = {name: unscaled(getattr(held, name), state.settings.decimals) for name in _FIGURES}
    groups = sorted((row.from_on, row.grouping) for row in state.family(Grouping, own.id))
    found = list(records_concerning(transaction, ids))
    told = ((record, one) for record, one in zip(found, told_of(transaction, today, found), strict=True))
    return PersonalData(
        village=transaction.village,
        on=today,
        household=own.code,
        name=own.name,
        people=tuple(PersonNamed(one.id, one.role, one.code, one.name) for one in (own, *members)),
        groups=tuple((group, from_on) for from_on, group in groups),
        available=unscaled(lots.available(held), state.settings.decimals),
        records=tuple(_of_others(one) if _is_of_others(record, own.id, own.code, one) else one for record, one in told),
        **figures,
    )


_FIGURES = ("balance", "held", "pending", "arrears")


def texts_concerning(transaction: Transaction, ids: Sequence[str]) -> list[tuple[int, str]]:
    """Return record and field of the free text that is kept of the records which concern some people."""
    transaction.flush()
    kept = personal_queries.texts(transaction.connection, transaction.village)
    if all(one.startswith(chart.OPERATOR_MARK) for one in ids):  # what an operator wrote is about others
        kept = {seq: former for seq, fields in kept.items() if (former := sorted(set(fields) & set(FORMER_FIELDS)))}
        concerned: Iterable[Record] = (transaction.state.record(seq) for seq in sorted(kept))
    else:
        concerned = records_concerning(transaction, ids, among=kept)
    return [
        (record.seq, field)
        for record in concerned
        for field in sorted(kept[record.seq])
        if set(ids) & named_by(transaction.state, record, field)
    ]


def records_concerning(
    transaction: Transaction, ids: Sequence[str], *, among: dict[int, list[str]] | None = None
) -> Iterator[Record]:
    """Yield the records that name some people, or are about one that does, in their order."""
    transaction.flush()
    wanted = set(ids)
    for seq, body in personal_queries.bodies_naming(transaction.connection, transaction.village, ids):
        if among is None or seq in among:
            record = read_body(body, seq)
            if wanted & named_in(transaction.state, record):
                yield record


def _is_of_others(record: Record, account: str, code: str, told: TracedRecord) -> bool:
    """Tell whether a record is about the account of another household."""
    return told.household not in {"", code} and account not in str(record.said)


def _of_others(told: TracedRecord) -> TracedRecord:
    """Return what a record of another household says of who collected, and nothing of that household."""
    return replace(
        told,
        household="",
        name="",
        member="",
        points=None,
        rule=None,
        items=(),
        remark="",
        reason="",
        texts={},
        details={},
    )


def _plain(value: Any) -> Any:  # noqa: ANN401 - whatever a dataclass holds
    if isinstance(value, dict):
        return {name: plain for name, each in value.items() if (plain := _plain(each)) not in ("", [], {}, None)}
    if isinstance(value, list | tuple):
        return [_plain(each) for each in value]
    return f"{value:f}" if isinstance(value, Decimal) else value
