"""The values of the reference ledger: its rules, prices, lots and acts, and the rows of a sheet."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, NamedTuple

Json = Mapping[str, Any]

FOREVER = "9999-12-31"
"""The last day of what has none."""

Place = tuple[str, tuple[int, int]]
"""A lot: its holder, and its own place."""

NOWHERE = -1
"""The place of a fault that no row of the sheet has."""


class Refused(Exception):  # noqa: N818 - named as the library's errors are, after what was refused
    """An act that the rules refuse, with the code of the library's error."""

    def __init__(self, *, code: str) -> None:
        """Keep the code."""
        self.code = code
        super().__init__(code)


@dataclass(frozen=True)
class Rule:
    """What one activity is worth, in one version of the rules."""

    points: int = 0
    category: str = "cleanup"
    signs: tuple[str, ...] = ("award",)
    hourly: bool = False
    levels: Mapping[str, int] = field(default_factory=dict)
    limit: tuple[str, int, str, str, str] | None = None
    """Measure (points or times), how many, per what, by whom, and partial or reject."""


@dataclass(frozen=True)
class Cap:
    """A limit on more than one activity: ``of`` all, a category or (as a ceiling) the whole programme."""

    of: str
    measure: str
    most: int
    per: str
    by: str = "household"
    mode: str = "partial"
    with_base: bool = False


@dataclass(frozen=True)
class Base:
    """Points without a deed, once in each span; a floor may not be spent."""

    code: str
    points: int
    per: str
    floor: bool = False
    ranked: bool = False


@dataclass(frozen=True)
class Ending:
    """How long points live: ``count`` days, months or later periods, a ``span`` of time, a ``day`` of the year."""

    policy: str = "never"
    count: int = 0
    span: str = ""
    day: str = ""


@dataclass(frozen=True)
class Terms:
    """What the rules say of redeeming; nothing is limited that is 0 or empty."""

    minimum: int = 0
    multiple: int = 0
    times: tuple[int, str] | None = None
    """How many redemptions, per what."""
    points: tuple[int, str] | None = None
    days: tuple[int, ...] = ()
    lives: int = 30
    """For how many days goods are kept."""
    ending: str = "release"
    grace: int = 30


@dataclass(frozen=True)
class Rules:
    """One version of the rules, in force from a day on."""

    first_day: str
    activities: Mapping[str, Rule]
    arrears: str = "allow"
    expiry: Ending = Ending()
    caps: tuple[Cap, ...] = ()
    multipliers: tuple[tuple[str, str], ...] = ()
    """What each is of, and its factor."""
    bases: tuple[Base, ...] = ()
    terms: Terms = Terms()

    def factor(self, activity: str, category: str) -> str:
        """Return by what a deed is multiplied."""
        scopes = {"all", f"category:{category}", f"activity:{activity}"}
        return next((factor for of, factor in self.multipliers if of in scopes), "1")


SHOPS: Mapping[str, tuple[str, ...]] = {"main": ("soap", "oil", "cut"), "east": ("soap", "oil")}
"""Each shop, and what it gives."""


@dataclass(frozen=True)
class Prices:
    """One version of the prices: points of an item, and whether it has stock."""

    first_day: str
    items: Mapping[str, tuple[int, bool]]
    limits: Mapping[str, tuple[int, str]] = field(default_factory=dict)
    """How many pieces of an item a household may have, and per what."""
    shops: Mapping[str, tuple[str, ...]] = field(default_factory=lambda: SHOPS)


@dataclass
class Lot:
    """What came in together; ``paid`` of it went into arrears, ``left`` is there to spend."""

    act: int
    came_on: str
    whole: int
    left: int
    paid: int = 0
    best_before: str = FOREVER
    cost: int = 0
    floor: bool = False
    clears: str = ""
    """The month whose close ends it, where no day does; its day is then that month's last."""
    line: int = 1
    held: int = 0
    """What of ``left`` is promised to a reservation."""

    @property
    def free(self) -> int:
        """What is left and promised to nobody."""
        return self.left - self.held

    @property
    def place(self) -> tuple[int, int]:
        """The act that made it, and which of its lots it is."""
        return self.act, self.line


class Loss(NamedTuple):
    """What a record declared lost, and the record of the declaration that it extends."""

    lost_from: int
    heads: list[tuple[int, str]]
    last_on: str
    extends: int | None


@dataclass
class Act:
    """What was posted under a number, and what its reversal needs to know."""

    kind: str
    request: str
    said: Json
    points: int = 0
    """What moved: granted, deducted, brought forward or redeemed."""
    worth: int = 0
    """What a deed was worth before limits, and before it was asked what was there."""
    version: int = 0
    """Which of the adopted rules decided a deed."""
    balance: int | None = None
    times: int = 1
    household: str = ""
    on: str = ""
    month: str = ""
    concerns: str = ""
    """The month that it is for, where ``month`` is the one it counts in."""
    category: str = ""
    taken: dict[Place, int] = field(default_factory=dict)
    """From which lots, in the order in which they were taken from."""
    owed: int = 0
    written_off: int = 0
    """What was not there to take and is let go."""
    ending: Ending | None = None
    """How its points end, where that is not by the rules of its day."""
    received: list[str] = field(default_factory=list)
    """The holders in whose name the act made a lot."""
    reversed_by: int = 0
    batch: tuple[str, str, int] | None = None


@dataclass
class Wanted:
    """The pieces of an item in an exchange, and what became of them."""

    pieces: int
    price: int
    stocked: bool
    refunded: int = 0
    returned: int = 0


@dataclass
class Exchange:
    """Points for goods, under the number of the act that began it."""

    household: str
    shop: str
    items: dict[str, Wanted]
    points: int
    counted: str
    """The month in which it counts for what is allowed."""
    on: str
    state: str = "handed-over"
    last_day: str = ""
    ending: str = ""
    promised: dict[Place, int] = field(default_factory=dict)
    """From which lots it holds what it will take."""
    spent: dict[Place, int] = field(default_factory=dict)
    """From which lots it took, in that order."""
    owed: int = 0
    refunded: int = 0
    reversed_by: int = 0
    ended_by: int = 0
    irregular: bool = False


@dataclass(frozen=True)
class Grant:
    """What limits count of an award, with minus signs of its reversal; a base has no activity."""

    activity: str
    level: str
    category: str
    household: str
    member: str
    on: str
    points: int
    times: int


@dataclass(frozen=True)
class Movement:
    """One line of a household's account."""

    household: str
    on: str
    month: str
    concerns: str
    heading: str
    category: str
    points: int
    deeds: int


@dataclass(frozen=True)
class Outcome:
    """What an act did: its number, the points it moved and the balance after it."""

    seq: int
    points: int
    balance: int | None
    repeated: bool = False
    notes: tuple[str, ...] = ()


@dataclass(frozen=True)
class Row:
    """A row of a sheet; ``number`` is empty on sheets without numbers."""

    number: str
    on: str
    household: str
    activity: str
    quantity: str
    sign: str
    remark: str = ""


@dataclass
class Sheet:
    """What is known of an imported sheet: its generation, and for each row its act and revision."""

    generation: int = 1
    rows: dict[str, tuple[int, int, int]] = field(default_factory=dict)
    """Act, generation, revision."""
    replaced: set[int] = field(default_factory=set)
    """The acts that a correction of the sheet took back."""
