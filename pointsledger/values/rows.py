"""The rows of the projections: what the ledger keeps at hand so that no figure needs a walk through the journal.

Each class is one table, its first columns the key, the village always first. They are named tuples and not
frozen dataclasses for one measured reason: a row goes to the database driver as it is, by the hundred
thousand. ``storage.tables`` has the same columns with their constraints, and a test holds the two together.
"""

from __future__ import annotations

from typing import NamedTuple


class Village(NamedTuple):
    """One book: its settings, fixed at genesis, its head, and the last month that is closed (empty if none is)."""

    village: str
    zone: str
    decimals: int
    cut_off_day: int
    first_period: str
    size: int
    root: bytes
    frontier: bytes
    recorded_at: str
    closed_through: str = ""


class EntryRow(NamedTuple):
    """One movement of value with the dates it is found by."""

    village: str
    seq: int
    line: int
    source: str
    target: str
    unit: str
    amount: int
    on_day: str
    counts_on: str
    period: str
    for_period: str
    activity: str
    resident: str


class Allocation(NamedTuple):
    """What a line took from a lot (negative: gave back to it); ``cause`` is ``spend``, ``settle`` or ``hold``.

    What is held stays in its lot, promised to a reservation; a negative amount lets go of it.
    """

    village: str
    seq: int
    line: int
    lot_seq: int
    lot_line: int
    cause: str
    amount: int


class Account(NamedTuple):
    """Who holds points: a household; ``pin`` is the salted digest of its code and name."""

    village: str
    account: str
    role: str
    opened_on: str
    opening_seq: int
    pin: str


class Resident(NamedTuple):
    """A member of a household."""

    village: str
    resident: str
    account: str
    pin: str


class Operator(NamedTuple):
    """Who records or approves."""

    village: str
    operator: str
    pin: str


class Grouping(NamedTuple):
    """The group (组) that a household belongs to from a day on."""

    village: str
    account: str
    from_on: str
    grouping: str


class Edition(NamedTuple):
    """An adopted version of the rule book or the price list."""

    village: str
    document: str
    version: int
    first_on: str
    seq: int
    digest: str
    content: str


class Balance(NamedTuple):
    """What an account that may run out holds of one unit: a household's points, a shelf's pieces of one item.

    ``floor`` is what of it is left of a base that may not be spent.
    """

    village: str
    account: str
    unit: str
    balance: int
    held: int
    pending: int
    arrears: int
    floor: int = 0


class Lot(NamedTuple):
    """What came in together, and how much of it is left; ``settled`` of it went into earlier arrears.

    ``expires_on`` is its last day, unless ``clears_with`` names the month whose close clears it: then it lives until
    that month is closed, and the day is the month's last. ``floor`` is 1 for a base that may not be spent. ``held`` of
    what is left is promised to reservations: nothing else takes it, and it does not lapse.
    """

    village: str
    seq: int
    line: int
    account: str
    unit: str
    granted: int
    remaining: int
    settled: int
    earned_on: str
    available_from: str | None
    expires_on: str | None
    unit_cost_fen: int
    clears_with: str | None = None
    floor: int = 0
    held: int = 0

    @property
    def free(self) -> int:
        """What is left and not promised to a reservation."""
        return self.remaining - self.held


class Usage(NamedTuple):
    """What was granted, redeemed or spent in one span of time, for whatever the rules limit.

    ``activity`` says what of: an activity (on a ladder with its level), a category, all of them, a ceiling with or
    without base points, a base that is granted once; what was redeemed, altogether or of one item; what was spent of a
    fund, which then is the ``holder``. The words for these, none of which is an activity's code, are those of ``caps``,
    ``permitting`` and ``funding``.
    """

    village: str
    activity: str
    holder: str
    span: str
    points: int
    times: int


class Capped(NamedTuple):
    """What moved less than it was for: a limit cut it, or what was not there was written off.

    ``requested`` is what it was for and ``granted`` what moved; ``counterpart`` is the account from or to which all of
    it would have gone. The reversal of a deed that had moved nothing is one as well.
    """

    village: str
    account: str
    seq: int
    activity: str
    resident: str
    on_day: str
    counts_on: str
    period: str
    requested: int
    granted: int
    counterpart: str
    for_period: str


class PeriodTotal(NamedTuple):
    """The signed sum of one kind of movement on an account in a period; ``deeds`` counts its awards."""

    village: str
    period: str
    for_period: str
    account: str
    unit: str
    heading: str
    category: str
    grouping: str
    amount: int
    deeds: int


class Redemption(NamedTuple):
    """One exchange of points for goods, under the number of the record that began it.

    ``state`` says how far it went: ``reserved``, ``handed-over``, or over without goods: ``cancelled``, ``released`` or
    ``forfeited``. ``last_day`` is the last of its reservation, empty where there was none; ``ended_by`` is the record
    that handed over or ended what was reserved, and ``reversed_by`` the one that undid the exchange, or 0. ``refunded``
    is what of its points was given back. ``irregular`` is 1 where goods were gone before points or pieces were there.
    """

    village: str
    seq: int
    account: str
    on_day: str
    period: str
    points: int
    by_operator: str
    reversed_by: int
    shop: str = "main"
    state: str = "handed-over"
    last_day: str = ""
    ended_by: int = 0
    refunded: int = 0
    collector: str = ""
    cash_fen: int = 0
    irregular: int = 0


class RedemptionLine(NamedTuple):
    """The pieces of one item in a redemption, at the points each; ``refunded`` of them were taken back by the shop.

    ``returned`` of these lie on the shelf again. A service is not ``stocked``.
    """

    village: str
    seq: int
    item: str
    pieces: int
    price: int
    stocked: int = 1
    refunded: int = 0
    returned: int = 0


class Invoice(NamedTuple):
    """That record ``seq`` took in an item under the number of an invoice or a gift, which is used once an item."""

    village: str
    number: str
    item: str
    seq: int
    reversed_by: int = 0


class Pause(NamedTuple):
    """That record ``seq`` paused a shop: until a day, or (empty) until record ``resumed_by`` resumed it, which is 0."""

    village: str
    shop: str
    seq: int
    last_day: str
    resumed_by: int = 0


class Reversal(NamedTuple):
    """That record ``seq`` was undone by record ``by_seq``."""

    village: str
    seq: int
    by_seq: int


class Lapse(NamedTuple):
    """That record ``seq`` took what an account had left of the lots with a last day; ``undone_by`` or 0."""

    village: str
    account: str
    last_day: str
    seq: int
    undone_by: int


class Close(NamedTuple):
    """That record ``seq`` closed a month over the first ``size`` records; so many ``accounts`` have a bridge in it."""

    village: str
    period: str
    seq: int
    size: int
    accounts: int
    digest: str


class Bridge(NamedTuple):
    """How an account came from the opening to the closing of a closed month: signed amounts that add up."""

    village: str
    period: str
    account: str
    opening: int
    base: int
    earned: int
    prior: int
    deducted: int
    redeemed: int
    refunded: int
    expired: int
    forfeited: int
    moved: int
    closing: int


class Batch(NamedTuple):
    """An imported sheet: ``generation`` grows each time it is reversed as a whole."""

    village: str
    label: str
    generation: int


class BatchRow(NamedTuple):
    """The record in which a row of a sheet stands now; ``live`` is 0 once that was reversed."""

    village: str
    label: str
    row_key: str
    seq: int
    generation: int
    revision: int
    live: int


class Profile(NamedTuple):
    """Erasable: the code and name behind an opaque id, and the salt of the digest that pins them."""

    village: str
    id: str
    role: str
    household: str
    code: str
    name: str
    salt: bytes


class Remark(NamedTuple):
    """Erasable: free text of a record, and the salt of the digest that stands in its body."""

    village: str
    seq: int
    field: str
    text: str
    salt: bytes


class Secret(NamedTuple):
    """Kept with the profiles: what closing balances are salted with, so that nobody guesses one from its hash."""

    village: str
    secret: bytes


class Checkpoint(NamedTuple):
    """A head that was issued: the checkpoint as it was given out, signed or not, and when.

    ``number`` counts them without a gap. ``link`` is the hash over the link before it and this one, so that none can
    be changed by itself, taken out of the middle or put between others. That the last one was issued, or that all were
    made anew, shows with whoever got them.
    """

    village: str
    number: int
    size: int
    issued_at: str
    note: str
    link: bytes


KEY_COLUMNS: dict[type, int] = {
    Village: 1,
    EntryRow: 3,
    Allocation: 6,
    Account: 2,
    Resident: 2,
    Operator: 2,
    Grouping: 3,
    Edition: 3,
    Balance: 3,
    Lot: 3,
    Usage: 4,
    Capped: 3,
    PeriodTotal: 8,
    Redemption: 2,
    RedemptionLine: 3,
    Invoice: 3,
    Pause: 2,
    Reversal: 2,
    Lapse: 4,
    Close: 2,
    Bridge: 3,
    Batch: 2,
    BatchRow: 3,
    Profile: 2,
    Remark: 3,
    Secret: 1,
    Checkpoint: 2,
}
"""How many leading columns are a row's key, the village included."""

PERSONAL: tuple[type, ...] = (Profile, Remark)
"""Personal data and free text: what can be erased."""

BESIDE: frozenset[type] = frozenset({*PERSONAL, Secret, Checkpoint})
"""Rows that stand beside the journal and are not derived from it."""

PROJECTIONS: tuple[type, ...] = tuple(kind for kind in KEY_COLUMNS if kind not in BESIDE)
"""What is derived from the journal, and so can be rebuilt and compared."""

APPEND_ONLY: frozenset[type] = frozenset({EntryRow, Allocation, Capped, Reversal, Edition, Close, Bridge, Checkpoint})
"""Rows that are written once and never again; the database refuses to change them as well."""
