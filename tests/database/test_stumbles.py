"""Rows that no book could hold: every act and every reading that trips over one says that the book is damaged."""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterator
from datetime import datetime
from pathlib import Path

import pytest
from sqlalchemy import create_engine
from sqlalchemy.orm import Session

from pointsledger import Ledger
from pointsledger.cli import main
from pointsledger.errors import LedgerDamaged
from pointsledger.rules.rulebook import RuleBook
from pointsledger.testing import FixedClock
from tests.database.lived_in import LATER_RULES, VILLAGE, begin, dump, plain

Meet = Callable[[Ledger], object]


def award(ledger: Ledger) -> object:
    """Post something small."""
    return ledger.award("03-017", "tidy", by="clerk:1")


def what_if(ledger: Ledger) -> object:
    """Rehearse a draft."""
    return ledger.what_if(RuleBook.from_toml(LATER_RULES, file="rules.toml", decimals=0), "2026-03")


RULES = "UPDATE points_edition SET content = '{}' WHERE document = 'rulebook'"
ENDED = "UPDATE points_lot SET expires_on = '2026-04-0' WHERE unit = 'points' AND remaining > 0"
SOURCE = "UPDATE points_entry SET source = 'zzz' WHERE source LIKE 'issued%'"
FIRST = "UPDATE points_village SET first_period = '2025-13'"
CLOSED = "UPDATE points_village SET closed_through = 'zzzz'"
ZONE = "UPDATE points_village SET zone = 'No/Where'"

# What was done to the file, and what then trips over it.
MET: dict[str, tuple[str, Meet]] = {
    "rules, award": (RULES.format("{"), award),
    "other rules, award": (RULES, award),
    "rules that are none, award": (RULES.replace("{}", "null"), award),
    "rules, explain": (RULES.replace("{}", "{"), lambda ledger: ledger.explain("03-017", "2026-03")),
    "rules, what-if": (RULES.replace("{}", "{"), what_if),
    "rules, replay": (RULES, lambda ledger: ledger.replay("2026-03")),
    "rules, base": (RULES, lambda ledger: ledger.grant_base("2026-04", by="clerk:1")),
    "prices, redeem": (
        "UPDATE points_edition SET content = '[' WHERE document = 'prices'",
        lambda ledger: ledger.redeem("03-017", {"cut": 1}, by="shop:1"),
    ),
    "lot, statement": (ENDED, lambda ledger: ledger.statement("03-017")),
    "lot, tally": (ENDED, lambda ledger: ledger.tally("2026-04")),
    "lot, expire": (ENDED, lambda ledger: ledger.expire(by="clerk:1")),
    "lot, award": (ENDED, award),
    "entry, statement": (SOURCE, lambda ledger: ledger.statement("03-017")),
    "entry, explain": (SOURCE, lambda ledger: ledger.explain("03-017", "2026-03")),
    "first month, award": (FIRST, award),
    "first month, tally": (FIRST, lambda ledger: ledger.tally("2026-03")),
    "first month, close": (FIRST, lambda ledger: ledger.close("2026-04", by="clerk:1")),
    "closed, award": (CLOSED, award),
    "closed, expire": (CLOSED, lambda ledger: ledger.expire(by="clerk:1")),
    "closed, balance": (CLOSED, lambda ledger: ledger.balance("03-017")),
    "zone, due": (ZONE, lambda ledger: ledger.due()),
}


def damage(path: Path, statement: str) -> None:
    """Do something to the file behind the library's back, past its guards and checks."""
    with plain(path, guarded=False, checked=False) as connection:
        assert 1 <= connection.execute(statement).rowcount


def opened(path: Path, clock: FixedClock | None = None) -> Ledger:
    """Open the book on the second of May."""
    return Ledger.open(path, clock=clock or FixedClock("2026-05-02T09:00"))


@pytest.mark.parametrize("name", MET)
def test_what_no_row_can_be_is_damage(book: Path, name: str) -> None:
    """An act or a reading that trips over a row says that the book is damaged and what to do, and changes nothing."""
    statement, meet = MET[name]
    damage(book, statement)
    before = dump(book)
    with opened(book) as ledger, pytest.raises(LedgerDamaged, match="run audit"):
        meet(ledger)
    assert before == dump(book)
    assert not Ledger.audit_at(book).whole


@pytest.mark.parametrize("name", ["rules, award", "lot, statement", "entry, statement", "closed, award"])
def test_a_batch_and_a_host_trip_over_the_same(book: Path, name: str) -> None:
    """In a batch and on a host's connection it is the same error."""
    statement, meet = MET[name]
    damage(book, statement)
    with opened(book) as ledger, pytest.raises(LedgerDamaged), ledger.batch(by="clerk:1") as batch:
        meet(batch)  # type: ignore[arg-type]  # what is asked for here a batch has as well
    with Session(create_engine(f"sqlite:///{book}")) as session, pytest.raises(LedgerDamaged):
        meet(Ledger.bind(session, village=VILLAGE, clock=FixedClock("2026-05-02T09:00")))  # type: ignore[arg-type]  # as above


@pytest.mark.parametrize(
    ("statement", "command"),
    [
        (RULES.replace("{}", "{"), ["award", "03-017", "tidy", "--by", "clerk:1"]),
        (RULES, ["explain", "03-017", "2026-03"]),
        (ENDED, ["statement", "03-017"]),
        (ENDED, ["expire", "--by", "clerk:1"]),
        (SOURCE, ["statement", "03-017"]),
        (CLOSED, ["award", "03-017", "tidy", "--by", "clerk:1"]),
        (FIRST, ["tally", "2026-03"]),
    ],
)
def test_the_command_line_says_so_too(
    book: Path,
    capsys: pytest.CaptureFixture[str],
    monkeypatch: pytest.MonkeyPatch,
    statement: str,
    command: list[str],
) -> None:
    """A command that trips over a row ends with the sentence about damage, and without a traceback."""
    damage(book, statement)
    monkeypatch.setattr(sys, "argv", ["pointsledger", *command, "--db", str(book)])
    with pytest.raises(SystemExit) as ended:
        main()
    assert 0 != ended.value.code
    said = capsys.readouterr().err
    assert "run audit" in said
    assert "Traceback" not in said


def test_a_damaged_village_does_not_stop_the_others(book: Path) -> None:
    """The tallies of all villages go on behind one whose rows make no sense."""
    begin(book, village="zhuang").close()
    damage(book, ENDED)
    clock = FixedClock("2026-05-02T09:00")
    found = {one.village: one for one in Ledger.tallies(book, "2026-04", clock=clock)}
    assert isinstance(found[VILLAGE].error, LedgerDamaged)
    assert found["zhuang"].error is None


class BrokenClock:
    """A clock of somebody else's that is broken."""

    def now(self) -> datetime:
        """Fail."""
        message = "no battery"
        raise ValueError(message)


def test_what_the_callers_own_code_raises_is_theirs(book: Path) -> None:
    """A clock, a progress bar or a generator that fails is no damage of the book, in an act and in a reading."""

    def names() -> Iterator[str]:
        yield "张三"
        message = "no more names"
        raise LookupError(message)

    def progress(done: int, whole: int) -> None:
        raise ZeroDivisionError(done, whole)

    before = dump(book)
    with Ledger.open(book, clock=BrokenClock()) as ledger:
        with pytest.raises(ValueError, match="no battery") as caught:
            ledger.tally("2026-03")
        assert ValueError is type(caught.value)
        with pytest.raises(ValueError, match="no battery") as caught:
            award(ledger)
        assert ValueError is type(caught.value)
    with opened(book) as ledger:
        with pytest.raises(LookupError, match="no more names") as missing:
            ledger.enrol("05-001", head="钱七", members=names(), by="clerk:1")
        assert LookupError is type(missing.value)
        with pytest.raises(ZeroDivisionError):
            ledger.close("2026-04", by="clerk:1", progress=progress)
        with pytest.raises(ValueError, match="invalid literal"), ledger.batch(by="clerk:1"):
            int("x")
    assert before == dump(book)
