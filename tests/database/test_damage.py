"""Damage that an act or a reading runs into before anybody asked for an audit."""

from __future__ import annotations

import operator
import re
import sqlite3
from collections.abc import Callable
from contextlib import suppress
from functools import partial, reduce
from pathlib import Path
from typing import Any
from unittest.mock import patch

import psycopg
import pytest

from pointsledger import Ledger
from pointsledger.decisions.state import State
from pointsledger.errors import BatchStands, HandInDiffers, HandInNewer, LedgerDamaged, NotAHandIn, UnknownOperator
from pointsledger.rules import merkle
from pointsledger.storage import migration
from pointsledger.storage.postgresql import Postgresql
from pointsledger.storage.sqlite import Sqlite
from pointsledger.storage.transaction import Transaction
from pointsledger.testing import FixedClock
from pointsledger.values.canonical import canonical
from tests.database.lived_in import SIZE, Body, audited, bodies, dump, forge, plain, record_of
from tests.server import Server

LABEL = "2026-03 三月积分登记表"


def damage(path: Path, statement: str) -> None:
    """Do something to the file behind the library's back."""
    with plain(path, guarded=False) as connection:
        connection.execute(statement)


def award(ledger: Ledger) -> object:
    """Post something small."""
    return ledger.award("03-017", "tidy", on="2026-04-02", by="clerk:1", request="n-1")


# What was done to the file, what then runs into it, and what the refusal names.
MET: dict[str, tuple[str, Callable[[Ledger], object], str]] = {
    "a record that is no record": (
        "UPDATE points_journal SET body = '{}' WHERE seq = 14",
        lambda ledger: ledger.record(14),
        "record 14 cannot be read",
    ),
    "a repeated request whose record is no record": (
        "UPDATE points_journal SET body = '[' WHERE request_id = 'a-0'",
        lambda ledger: ledger.award("03-017", "yard", on="2026-03-03", by="clerk:1", request="a-0"),
        "record 14 cannot be read",
    ),
    "a record that is gone from under the tree": (
        "DELETE FROM points_journal WHERE seq = 8",
        lambda ledger: ledger.inclusion_path(3),
        "record 8 is missing",
    ),
    "a receipt of a record that was changed": (
        'UPDATE points_journal SET body = replace(body, \'"on":"2026-03-0\', \'"on":"2026-03-1\') WHERE seq = 14',
        lambda ledger: ledger.proof(14),
        "record 14 and the tree do not fit together",
    ),
    "a table that is gone": ("DROP TABLE points_balance", award, "no such table: points_balance"),
    "a table that is gone, read": ("DROP TABLE points_period_total", lambda ledger: ledger.tally("2026-03"), "no such"),
    "an entry where the next record's belongs": (
        f"UPDATE points_entry SET seq = {SIZE + 1} WHERE seq = 55",  # noqa: S608 - a constant
        award,
        "points_entry",
    ),
}


@pytest.mark.parametrize("name", MET)
def test_damage_that_is_met_is_called_so(book: Path, name: str) -> None:
    """An act or a reading that runs into damage says which it is and what to do, and changes nothing."""
    statement, meet, named = MET[name]
    damage(book, statement)
    before = dump(book)
    with Ledger.open(book) as ledger, pytest.raises(LedgerDamaged) as refused:
        meet(ledger)
    assert "ledger-damaged" == refused.value.code
    assert isinstance(refused.value, RuntimeError)
    assert named in str(refused.value)
    assert "run audit" in str(refused.value)
    assert before == dump(book)


TAKE: dict[str, tuple[str, Callable[[Ledger, Path], object]]] = {
    "register": ("户号,户主\n05-001,钱七\n", lambda ledger, file: ledger.enrol_list(file, by="clerk:1")),
    "openings": ("户号,期初积分\n03-018,7\n", lambda ledger, file: ledger.opening_list(file, by="clerk:1")),
    "deeds": (
        "日期,户号,事项\n2026-03-20,03-018,庭院整洁\n2026-03-20,03-018,没有的事项\n",
        lambda ledger, file: ledger.import_deeds(file, period="2026-03", by="clerk:1", skip_bad=True),
    ),
}


@pytest.mark.parametrize("name", TAKE)
def test_a_file_that_breaks_under_a_sheet_is_no_fault_of_its_rows(
    book: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, name: str
) -> None:
    """What SQLite calls no database any more, in the middle of work, is damage, and no row's fault."""
    text, take = TAKE[name]
    sheet = tmp_path / "sheet-of-the-test.csv"
    sheet.write_text(text, encoding="utf-8")
    failure = sqlite3.DatabaseError("file is not a database")
    failure.sqlite_errorname = "SQLITE_NOTADB"

    def fail(*_: object) -> None:
        raise failure

    before = dump(book)
    with Ledger.open(book) as ledger, monkeypatch.context() as patched:
        patched.setattr(State, "rulebook", fail)
        patched.setattr(Transaction, "append", fail)
        with pytest.raises(LedgerDamaged, match="file is not a database"):
            take(ledger, sheet)
    assert before == dump(book)


def test_an_operator_whom_the_book_forgot_records_nothing(book: Path) -> None:
    """Somebody who stands in the register but not in the book cannot record, until a rebuild finds them again."""
    damage(book, "DELETE FROM points_operator")
    before = dump(book)
    with Ledger.open(book) as ledger, pytest.raises(UnknownOperator) as refused:
        award(ledger)
    assert "unknown-operator" == refused.value.code
    assert isinstance(refused.value, LookupError)
    assert "'clerk:1'" in str(refused.value), "in the code that people know, not the id"
    assert before == dump(book)
    Ledger.rebuild(book)
    with Ledger.open(book) as ledger:
        award(ledger)
        assert ledger.audit().whole


@pytest.mark.parametrize("approvers", [["o-000000000000"], ["clerk:1", "clerk:1"]], ids=["a stranger", "one twice"])
def test_an_approval_by_nobody_is_found(book: Path, approvers: list[str]) -> None:
    """A forged approval, by somebody nobody introduced or by one person twice, is not what the rules give."""

    def approved(found: list[Body]) -> list[Body]:
        body = record_of(found, "a-4")
        body["said"]["approved_by"] = [body["by"] if one == "clerk:1" else one for one in approvers]
        return found

    forge(book, approved)
    found = next(finding for finding in audited(book) if finding.code == "decision-differs")
    assert (18,) == found.seqs
    assert found.what.startswith("UnknownOperator")


def test_a_batch_of_which_a_row_stands_does_not_begin_anew(book: Path) -> None:
    """A sheet whose row the file says to stand, although it was reversed, is not closed a second time."""
    with Ledger.open(book) as ledger:
        ledger.reverse_batch(LABEL, reason="重录", by="clerk:2")
    damage(book, "UPDATE points_batch_row SET live = 1 WHERE row_key = 'no:3'")
    before = dump(book)
    with Ledger.open(book) as ledger, pytest.raises(BatchStands) as refused:
        ledger.reverse_batch(LABEL, reason="重录", by="clerk:2")
    assert "batch-stands" == refused.value.code
    assert LABEL in str(refused.value)
    assert before == dump(book)


# --- records that say what none could ------------------------------------------------------------------


def without(body: Body, *place: Any) -> None:  # noqa: ANN401 - keys and indexes
    """Take a field away."""
    *outer, last = place
    del reduce(operator.getitem, outer, body)[last]


def with_(value: object, body: Body, *place: Any) -> None:  # noqa: ANN401 - as above
    """Put another value into a field."""
    *outer, last = place
    reduce(operator.getitem, outer, body)[last] = value


# Which record, by its request id or else its kind, and what was done to its body.
SAID: dict[str, tuple[str, Callable[[Body], object]]] = {
    "a kind that there is none of": ("a-0", lambda body: with_("gift", body, "kind")),
    "a version that there is none of": ("a-0", lambda body: with_(2, body, "version")),
    "a book that begins with no genesis": ("genesis", lambda body: with_("gift", body, "kind")),
    "nothing of the kind": ("a-0", lambda body: without(body, "kind")),
    "no account": ("a-0", lambda body: without(body, "said", "account")),
    "a quantity that is none": ("a-0", lambda body: with_({}, body, "said", "quantity")),
    "an activity in numbers": ("a-0", lambda body: with_(7, body, "said", "activity")),
    "a group that is a list": ("a-0", lambda body: with_([], body, "decided", "group")),
    "an account of the chart that there is none of": ("a-0", lambda body: with_("x", body, "entries", 0, "source")),
    "an amount in words": ("a-0", lambda body: with_("x", body, "entries", 0, "amount")),
    "a month that is none": ("a-0", lambda body: with_("x", body, "period")),
    "prices that count in no month": ("prices", lambda body: with_("2026-13", body, "period")),
    "lots that are none": ("r-1", lambda body: with_([7], body, "decided", "lots")),
    "half a lot": ("r-1", lambda body: without(body, "decided", "lots", 0, 3)),
    "a lot of nobody's": ("r-1", lambda body: with_(2, body, "decided", "lots", 0, 1)),
    "no decision": ("r-1", lambda body: with_([], body, "decided")),
    "a digest that is a list": ("e-1", lambda body: with_([1], body, "said", "pin")),
    "a member without a digest": ("e-1", lambda body: without(body, "said", "residents", 0, "pin")),
    "decimals in words": ("genesis", lambda body: with_("two", body, "said", "decimals")),
    "decimals that are a list": ("genesis", lambda body: with_([], body, "said", "decimals")),
    "a zone that there is none of": ("genesis", lambda body: with_("No/Where", body, "said", "zone")),
    "rules that are none": ("rulebook", lambda body: with_({}, body, "said", "document")),
    "prices that are none": ("prices", lambda body: with_("x", body, "said", "document")),
}
CARRIED = ("prices that count in no month", "a quantity that is none")
"""What only the rules look at, which a rebuild does not ask."""
LATER = {
    "an activity in numbers": 28,
    "decimals in words": SIZE,
    "decimals that are a list": SIZE,
    "a digest that is a list": SIZE,
}
"""Which record's number is told of what stops only a later one, or rows that the database is given many of at once."""
UNNUMBERED = ("a zone that there is none of",)
"""What is told as a setting of the book, and not as a record."""
NOT_WRITTEN = ("a month that is none", "prices that count in no month")
"""What has no place in the book for hledger, where each record stands on a day."""
PORTION = 60
"""Records that are carried at once here, so that what is written at the end of a portion is met there."""
OF_A_NEWER_RELEASE = {
    "a kind that there is none of",
    "a version that there is none of",
    "a book that begins with no genesis",
}
NO_BODY = {"no JSON": "{", "another JSON": "[]", "nothing": "", "a word": '"a-0"', "two records": "{}{}"}


def retold(path: Path, name: str) -> int:
    """Let a record say what no record could, with every hash recomputed; return its number."""
    which, change = SAID.get(name, ("a-0", lambda body: body))
    return edited(path, which, change, NO_BODY.get(name))


def edited(path: Path, which: str, change: Callable[[Body], object], stands: str | None = None) -> int:
    """Change a record, or let something else stand in its place, with every hash recomputed; return its number."""
    body = next(one for one in bodies(path) if which in {one["request"], one["kind"]})
    seq = int(body["seq"])
    change(body)
    frontier: list[bytes] = []
    with plain(path, guarded=False, checked=False) as connection:
        found = connection.execute("SELECT body FROM points_journal ORDER BY seq").fetchall()
        for size, (text,) in enumerate(found):
            said = (canonical(body).decode() if stands is None else stands) if size + 1 == seq else text
            leaf = merkle.leaf_hash(said.encode())
            values = (said, leaf, merkle.grow(frontier, size, leaf), size + 1)
            connection.execute("UPDATE points_journal SET body = ?, leaf = ?, nodes = ? WHERE seq = ?", values)
        head = (merkle.root(frontier), b"".join(frontier))
        connection.execute("UPDATE points_village SET root = ?, frontier = ?", head)
    return seq


@pytest.mark.parametrize("name", [name for name in (*SAID, *NO_BODY) if name not in CARRIED])
def test_a_record_that_says_what_none_could_is_not_rebuilt_from(book: Path, name: str) -> None:
    """Trusted or not, a journal with such a record is damage, told by its number; nothing is changed."""
    seq = retold(book, name)
    before = dump(book)
    for trusted in (False, True):
        with pytest.raises(LedgerDamaged, match="run audit to see where") as refused:
            Ledger.rebuild(book, trust_journal=trusted)
        assert "ledger-damaged" == refused.value.code
        assert name in UNNUMBERED or {LATER.get(name, seq)} == numbers_told(refused.value), refused.value.say()
        assert name not in LATER or "or one before it" in refused.value.say("en")
        assert name not in LATER or "或之前的记录" in refused.value.say("zh")
        assert before == dump(book)


def numbers_told(error: LedgerDamaged) -> set[int]:
    """Return the number of the record that an error tells, and that of its Chinese sentence if it is another one."""
    patterns = (("en", r"record (\d+)[ ,]"), ("zh", r"第 (\d+) 号"))
    return {int(number) for lang, pattern in patterns for number in re.findall(pattern, error.say(lang))[:1]}


@pytest.mark.parametrize("name", [name for name in (*SAID, *NO_BODY) if name not in CARRIED])
def test_a_record_that_says_what_none_could_is_not_carried(book: Path, tmp_path: Path, name: str) -> None:
    """A migration tells of it the same number as a rebuild, or the last of the portion that it had to write."""
    seq = retold(book, name)
    with patch.object(migration, "PORTION", PORTION), pytest.raises(LedgerDamaged) as refused:
        Ledger.migrate(book, tmp_path / "migrated.db")
    assert name in UNNUMBERED or {min(LATER.get(name, seq), PORTION)} == numbers_told(refused.value), str(refused.value)


@pytest.mark.parametrize("name", CARRIED)
def test_what_only_the_rules_look_at_is_carried(book: Path, tmp_path: Path, name: str) -> None:
    """Rebuild and migration decide nothing again, and so go past what only an audit finds."""
    retold(book, name)
    before = bodies(book)
    Ledger.migrate(book, tmp_path / "migrated.db")
    Ledger.rebuild(book)
    assert before == bodies(tmp_path / "migrated.db") == bodies(book)


@pytest.mark.parametrize("name", NOT_WRITTEN)
def test_the_book_for_hledger_tells_the_record_that_has_no_day(book: Path, tmp_path: Path, name: str) -> None:
    """A record that counts in no month has no day to stand on there, and is told by its number."""
    seq = retold(book, name)
    with pytest.raises(LedgerDamaged) as refused:
        exported(book, tmp_path / "book.journal", "hledger")
    assert {seq} == numbers_told(refused.value)


@pytest.mark.parametrize("form", ["bodies", "hledger", "csv"])
def test_a_kind_that_this_release_does_not_know_is_exported(book: Path, tmp_path: Path, form: str) -> None:
    """An export writes down what stands there, and judges no record: that is for an audit."""
    retold(book, "a kind that there is none of")
    exported(book, tmp_path / form, form)
    written = tmp_path / form / "points_journal.csv" if form == "csv" else tmp_path / form
    assert "gift" in written.read_text(encoding="utf-8")


# What PostgreSQL takes in no column of the book: in the record of which request or kind, where, and what stands there.
UNSTORABLE: dict[str, tuple[str, str, object]] = {
    "a word for a number": ("genesis", "decimals", "two"),
    "a list for a number": ("genesis", "decimals", [1]),
    "a table for a text": ("e-1", "pin", {}),
    "a text with a NUL": ("e-1", "pin", "\0"),
}


@pytest.mark.parametrize("name", UNSTORABLE)
def test_what_postgresql_cannot_hold_is_told_as_damage(book: Path, server: Server, name: str) -> None:
    """Whether its driver or the server itself refuses a value, a migration tells how far it came, in one line."""
    which, field, value = UNSTORABLE[name]
    edited(book, which, lambda body: with_(value, body, "said", field))
    refusing = pytest.raises(LedgerDamaged, match="what no table could hold")
    with server.lent("template0") as target, patch.object(migration, "PORTION", PORTION), refusing as refused:
        Ledger.migrate(book, server.url(target))
    assert {PORTION} == numbers_told(refused.value)
    assert "\\n" not in str(refused.value)


def gave_up(cursor: Any) -> None:  # noqa: ANN401 - SQLite's
    """Have SQLite give up a statement in the middle of it."""
    cursor.connection.set_progress_handler(lambda: 1, 1)
    cursor.execute("WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n) SELECT max(i) FROM n")


def ran_out_of_time(cursor: Any) -> None:  # noqa: ANN401 - psycopg's
    """Have the server give up a statement that takes too long."""
    cursor.execute("SET LOCAL statement_timeout = 20")
    cursor.execute("SELECT pg_sleep(20)")


def test_a_database_that_gives_up_is_no_damage_of_the_book(book: Path, tmp_path: Path, server: Server) -> None:
    """What a driver says that has nothing to do with a row passes as it is, in a migration and in a rebuild."""
    before = dump(book)
    with patch.object(Sqlite, "write", lambda _, cursor, __: gave_up(cursor)):
        with pytest.raises(sqlite3.OperationalError, match="interrupted"):
            Ledger.migrate(book, tmp_path / "migrated.db")
        with pytest.raises(sqlite3.OperationalError, match="interrupted"):
            Ledger.rebuild(book)
    assert before == dump(book)
    late = patch.object(Postgresql, "write", lambda _, cursor, __: ran_out_of_time(cursor))
    with server.lent("template0") as target, late, pytest.raises(psycopg.errors.QueryCanceled):
        Ledger.migrate(book, server.url(target))


@pytest.mark.parametrize("name", [*SAID, *NO_BODY])
def test_a_record_that_says_what_none_could_stops_nobody_unprepared(book: Path, tmp_path: Path, name: str) -> None:
    """An audit finds it; what reads or carries the book goes past it, or says that it is damaged."""
    seq = retold(book, name)
    report = Ledger.audit_at(book)
    assert [] != [finding for finding in report if finding.grade == "broken" and seq in finding.seqs]
    acts: list[Callable[[], object]] = [lambda: Ledger.migrate(book, tmp_path / "migrated.db")]
    acts += [partial(exported, book, tmp_path / form, form) for form in ("bodies", "hledger", "csv")]
    acts += [partial(inspected, book, month) for month in ("2026-01", "2026-03", "2026-04")]
    for act in acts:
        with suppress(LedgerDamaged):
            act()


@pytest.mark.parametrize("name", [*SAID, *NO_BODY])
def test_a_record_that_says_what_none_could_is_not_taken_in(book: Path, tmp_path: Path, name: str) -> None:
    """A hand-in that has such a record is refused as a whole, as one that differs or as none."""
    seq = retold(book, name)
    handed, copies = tmp_path / "a.hand-in", tmp_path / "copies.db"
    with suppress(LedgerDamaged), Ledger.open(book) as ledger:
        ledger.hand_in("2026-01", handed)
    assert handed.exists()
    with pytest.raises((HandInDiffers, HandInNewer, NotAHandIn)) as refused:
        Ledger.take_in(copies, handed)
    assert ("hand-in-newer" == refused.value.code) is (name in OF_A_NEWER_RELEASE)
    assert str(seq) in str(refused.value)
    assert not copies.exists() or () == Ledger.villages(copies)


def exported(path: Path, output: Path, form: str) -> None:
    """Export the book in a form."""
    with Ledger.open(path) as ledger:
        ledger.export(output, form=form)


def inspected(path: Path, month: str) -> None:
    """Inspect a month of the book."""
    with Ledger.open(path, clock=FixedClock("2026-05-02T09:00")) as ledger:
        ledger.inspect(month)


def test_a_kind_that_a_newer_release_may_know_is_told_as_that(book: Path) -> None:
    """Audit and rebuild say of a record of an unknown kind what it is, and that a newer release may know it."""
    seq = retold(book, "a kind that there is none of")
    told = [finding.say("en") for finding in Ledger.audit_at(book) if finding.code == "decision-differs"]
    assert f"record {seq} is of kind 'gift', version 1, which this release does not know" in told[0]
    with pytest.raises(LedgerDamaged, match=r"is of kind 'gift', version 1, .* though a newer one may"):
        Ledger.rebuild(book, trust_journal=True)


def test_a_kind_moves_no_screen(book: Path) -> None:
    """What somebody wrote for a kind is told in quotation marks, its signs escaped as they are everywhere."""
    edited(book, "a-0", lambda body: with_("gi\x1b[2Jft", body, "kind"))
    with pytest.raises(LedgerDamaged) as refused:
        Ledger.rebuild(book, trust_journal=True)
    assert all("'gi\\u001b[2Jft'" in refused.value.say(lang) for lang in ("en", "zh"))
