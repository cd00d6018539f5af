"""Every finding there is, each made to happen by the smallest damage that gives it."""

from __future__ import annotations

import struct
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest

from pointsledger import Ledger, findings
from pointsledger.rules.checkpoint import link_of
from pointsledger.testing import FixedClock
from pointsledger.values import rows
from tests.database.lived_in import SIZE, VILLAGE, Body, audited, codes, forge, plain, record_of, rewrite

THE_NEXT_DAY = "2026-04-18T12:00"
"""When somebody goes on with the book; the last reservation still stands."""

Damage = str | Callable[[Path], None]


# --- damage that takes more than a statement -----------------------------------------------------------


def an_index_emptied(path: Path) -> None:
    """Say in the file itself that an index holds nothing, as a disk that lost a page would."""
    with plain(path) as connection:
        page = connection.execute("SELECT rootpage FROM sqlite_master WHERE name = 'ix_points_lot_open'").fetchone()[0]
        size = connection.execute("PRAGMA page_size").fetchone()[0]
    held = bytearray(path.read_bytes())
    struct.pack_into(">H", held, (page - 1) * size + 3, 0)  # the number of cells on the page
    path.write_bytes(held)


def an_instant_set_back(path: Path) -> None:
    """Date a record before the one it follows."""

    def earlier(found: list[Body]) -> list[Body]:
        record_of(found, "a-6")["recorded_at"] = "2026-03-02T01:00:00.000000Z"
        return found

    rewrite(path, earlier)


def a_deed_worth_more(path: Path) -> None:
    """Give more points for a deed than the rule book says, in every figure of the record."""

    def dearer(found: list[Body]) -> list[Body]:
        body = record_of(found, "a-4")
        body["decided"] |= {"requested": 17, "granted": 17, "balance": 17}
        body["entries"][0]["amount"] = 17
        return found

    rewrite(path, dearer)


def points_where_none_move(path: Path) -> None:
    """Give a line of points to a record of a kind that moves nothing: entries and balance go different ways."""

    def moving(found: list[Body]) -> list[Body]:
        line = record_of(found, "a-4")["entries"][0] | {"amount": 5}
        next(body for body in found if body["kind"] == "reverse-batch")["entries"] = [line]
        return found

    rewrite(path, moving)


def a_lot_forgotten(path: Path) -> None:
    """Leave out of a redemption one of the lots that it took from."""

    def forgetful(found: list[Body]) -> list[Body]:
        drawn = record_of(found, "r-1")["decided"]["lots"]
        drawn.remove(next(part for part in drawn if part[0] == 1 and part[3] == 6))
        return found

    rewrite(path, forgetful)


def arrears_forgiven(path: Path) -> None:
    """Let a household that owes keep all of an award, and so owe still when it could pay."""

    def forgiven(found: list[Body]) -> list[Body]:
        del record_of(found, "a-5")["decided"]["settled"]
        return found

    rewrite(path, forgiven)


def more_than_the_shelf_held(path: Path) -> None:
    """Hand over more soap than was ever on the shelf; no table would take that, so only the journal says it."""

    def generous(found: list[Body]) -> list[Body]:
        record_of(found, "r-1")["entries"][1]["amount"] = 30
        return found

    forge(path, generous)


def more_than_a_lot_held(path: Path) -> None:
    """Take thirteen points of a lot of twelve, and one less of the next; no table would take that either."""

    def greedy(found: list[Body]) -> list[Body]:
        lots = [part for part in record_of(found, "r-1")["decided"]["lots"] if part[0] == 1]
        lots[1][3], lots[2][3] = lots[1][3] + 1, lots[2][3] - 1
        return found

    forge(path, greedy)


def a_late_deed_in_its_own_month(path: Path) -> None:
    """Let a deed that was recorded after a close count in the month that was closed."""

    def at_home(found: list[Body]) -> list[Body]:
        record_of(found, "a-8")["period"] = record_of(found, "a-8").pop("for_period")
        return found

    rewrite(path, at_home)


def a_month_that_came_to_more(path: Path) -> None:
    """Say in a close that more was earned than the lines of its month add up to."""

    def richer(found: list[Body]) -> list[Body]:
        bridge = record_of(found, "c-2026-03")["decided"]["bridge"]
        bridge |= {"earned": bridge["earned"] + 5, "closing": bridge["closing"] + 5}
        return found

    rewrite(path, richer)


def money_spent_on_something_else(path: Path) -> None:
    """Pay out of a fund that is not for payments."""
    with Ledger.open(path, clock=FixedClock(THE_NEXT_DAY)) as ledger:
        ledger.fund_out("shop", 1, purpose="招待", by="clerk:1")


def money_spent_beyond_the_budget(path: Path) -> None:
    """Give more as a reward than the year's budget has left."""
    with Ledger.open(path, clock=FixedClock(THE_NEXT_DAY)) as ledger:
        ledger.reward("03-018", ground="title", amount=300, fund="shop", by="clerk:1")


def less_held_than_reserved(path: Path) -> None:
    """Let a reservation hold less than the points that it costs."""

    def lighter(found: list[Body]) -> list[Body]:
        record_of(found, "v-3")["decided"]["held"][0][3] -= 1
        return found

    rewrite(path, lighter)


def paper_that_nothing_covers(path: Path) -> None:
    """Type in that more changed hands on market day than the household had points, and the shelf had pieces."""
    with Ledger.open(path, clock=FixedClock(THE_NEXT_DAY)) as ledger:
        ledger.redeem("03-017", {"soap": 20}, handed_over=True, by="shop:1")


def goods_gone_before_they_came(path: Path) -> None:
    """Write off what came in May on a day of April."""
    with Ledger.open(path, clock=FixedClock("2026-05-02T12:00")) as ledger:
        ledger.stock_in("soap", 1_000, by="shop:1")
        ledger.write_off("soap", 1_000, reason="受潮", by="shop:1", on="2026-04-20")


def another_head_issued(path: Path) -> None:
    """Put down behind those that were issued a checkpoint of a head that the book never had."""
    with Ledger.open(path) as ledger:
        last = list(ledger.checkpoints())[-1]
    head = replace(last.head, root=bytes(32)).text()
    with plain(path) as connection:
        (before,) = connection.execute("SELECT link FROM points_checkpoint WHERE number = 2").fetchone()
        row = rows.Checkpoint(VILLAGE, 3, last.head.size, last.issued_at, head, b"")
        row = row._replace(link=link_of(before, row))
        connection.execute("INSERT INTO points_checkpoint VALUES (?, ?, ?, ?, ?, ?)", row)


def whole_tables_off(path: Path) -> None:
    """Change more rows than a report lists one by one."""
    with plain(path, guarded=False) as connection:
        connection.execute("UPDATE points_allocation SET amount = amount + 100")
        connection.execute("UPDATE points_lot SET earned_on = '2026-01-02'")
        connection.execute("UPDATE points_period_total SET deeds = deeds + 1")


# --- each finding --------------------------------------------------------------------------------------

# For each code: the damage, the records that the finding concerns, and what its sentence names.
FOUND: dict[str, tuple[Damage, tuple[int, ...], str]] = {
    "file-damaged": (an_index_emptied, (), "page"),
    "schema-differs": ("DROP INDEX ix_points_lot_open", (), "ix_points_lot_open missing"),
    "table-unreadable": ("DROP TABLE points_batch", (), "points_batch"),
    "village-unknown": (
        "INSERT INTO points_operator VALUES ('ghost', 'o-1', 'x')",
        (),
        "ghost in points_operator",
    ),
    "journal-gap": ("DELETE FROM points_journal WHERE seq = 14", (14,), "14"),
    "leaf-mismatch": ("UPDATE points_journal SET leaf = zeroblob(32) WHERE seq = 14", (14,), "14"),
    "node-mismatch": ("UPDATE points_journal SET nodes = zeroblob(32) WHERE seq = 2", (2,), "2"),
    "body-unreadable": ("UPDATE points_journal SET body = 'x' WHERE seq = 14", (14,), "no record"),
    "column-mismatch": ("UPDATE points_journal SET kind = 'deduct' WHERE seq = 14", (14,), "kind"),
    "time-reversed": (an_instant_set_back, (30,), "30"),
    "decision-differs": (a_deed_worth_more, (18,), "17 points"),
    "head-mismatch": ("UPDATE points_village SET root = zeroblob(32)", (), "00000000"),
    "projection-differs": ("UPDATE points_redemption SET points = 1 WHERE seq = 21", (21,), "Redemption [21]"),
    "profile-differs": ("UPDATE points_profile SET name = '李四' WHERE code = '03-017'", (), "03-017"),
    "profile-missing": ("DELETE FROM points_profile WHERE code = '03-017'", (), "h-"),
    "profile-unknown": (
        "INSERT INTO points_profile VALUES ('nanyu', 'o-1', 'operator', '', 'x:1', 'x', zeroblob(32))",
        (),
        "o-1",
    ),
    "profile-erased": (
        """INSERT INTO points_profile
        SELECT village, account, role, '', 'x', 'x', zeroblob(32) FROM points_account WHERE pin = ''""",
        (),
        "x (h-",
    ),
    "remark-differs": ("UPDATE points_remark SET text = '省里评' WHERE seq = 18", (18,), "remark"),
    "remark-missing": ("DELETE FROM points_remark WHERE seq = 32", (32,), "reason"),
    "remark-unknown": ("INSERT INTO points_remark VALUES ('nanyu', 19, 'remark', 'x', zeroblob(32))", (19,), "remark"),
    "remark-erased": ("INSERT INTO points_remark VALUES ('nanyu', 56, 'donor', 'x', zeroblob(32))", (56,), "donor"),
    "book-unbalanced": (points_where_none_move, (), "(points)"),
    "balance-differs": (a_lot_forgotten, (), "(points)"),
    "debit-differs": (a_lot_forgotten, (21,), "line 1"),
    "held-differs": (less_held_than_reserved, (), "(points)"),
    "handed-over-uncovered": (paper_that_nothing_covers, (SIZE + 1,), "211 points, 13 soap"),
    "arrears-unsettled": (arrears_forgiven, (), "h-"),
    "below-floor": (more_than_the_shelf_held, (), "shelf:main (item:soap)"),
    "lot-differs": (more_than_a_lot_held, (14,), "14/1"),
    "counts-in-closed": (a_late_deed_in_its_own_month, (55,), "2026-03"),
    "close-differs": (a_month_that_came_to_more, (45,), "earned"),
    "outside-fund-use": (money_spent_on_something_else, (SIZE + 1,), "payments from shop"),
    "over-fund-budget": (money_spent_beyond_the_budget, (SIZE + 1,), "shop by 47.50 yuan"),
    "closing-below-zero": (goods_gone_before_they_came, (), "shelf:main (item:soap), 2026-04: -"),
    "books-differ": (
        "UPDATE points_period_total SET amount = amount + 1 WHERE unit = 'fen' AND account = 'fund:green'",
        (),
        "fund:green (fen)",
    ),
    "recovered": ("SELECT 1", (54,), "54 to 57 (1 head known)"),
    "checkpoint-changed": ("UPDATE points_checkpoint SET size = size + 1 WHERE number = 2", (), "checkpoint 2"),
    "checkpoint-differs": (another_head_issued, (), "checkpoint 3"),
    "secret-differs": ("UPDATE points_secret SET secret = randomblob(32)", (45,), "45"),
    "names-missing": ("DELETE FROM points_profile; DELETE FROM points_remark", (), "--copy"),
    "secret-missing": ("DELETE FROM points_secret", (43, 44, 45), "2026-03"),
    "more": (whole_tables_off, (), "projection-differs"),
}
# What is found in a copy alone: see ``test_witnessed`` and, of the secret, the contract suite.
OF_COPIES = frozenset({"balances-unchecked", "checkpoint-declared"})
# What stands alone: the damage is to one thing, and nothing else is said about it.
ALONE = frozenset(
    {"file-damaged", "schema-differs", "column-mismatch", "head-mismatch", "names-missing", "projection-differs"}
    | {code for code in FOUND if code.startswith(("profile-", "remark-"))}
)


def test_every_finding_can_be_made_to_happen() -> None:
    """Each finding of a book by itself stands in the list of damages above; see ``test_evidence`` for the others."""
    assert sorted(
        code for code in findings._TEXTS if not code.startswith("evidence-") and code not in OF_COPIES
    ) == sorted(FOUND)


@pytest.mark.parametrize("code", FOUND)
def test_the_damage_is_found_under_its_code(book: Path, code: str) -> None:
    """A damage is found under its own code, with the record it concerns and what it is named by."""
    damage, seqs, named = FOUND[code]
    if isinstance(damage, str):
        with plain(book, guarded=False) as connection:
            connection.executescript(damage)
    else:
        damage(book)
    report = audited(book)
    of_the_code = [finding for finding in report if finding.code == code]
    assert [seqs] == [finding.seqs for finding in of_the_code][:1], [finding.say() for finding in report]
    assert named in of_the_code[0].say()
    assert of_the_code[0].say("zh") != of_the_code[0].say("en")
    assert findings.GRADES.get(code, "broken") == of_the_code[0].grade
    if code in ALONE:
        assert {code} == codes(report)


def test_the_report_says_how_much_it_left_out(book: Path) -> None:
    """Of one code fifty findings are listed and the others counted, so that a ruined book can still be reported."""
    whole_tables_off(book)
    report = audited(book)
    listed = sum(finding.code == "projection-differs" for finding in report)
    with plain(book) as connection:
        rows = sum(
            connection.execute(f"SELECT count(*) FROM {table}").fetchone()[0]  # noqa: S608 - tables of ours
            for table in ("points_allocation", "points_lot", "points_period_total")
        )
    left_out = [finding.what for finding in report if finding.code == "more"]
    assert (50, [f"projection-differs: {rows - 50}"]) == (listed, left_out)


@pytest.mark.parametrize("issued_at", ["2020-02-01T01:00:00.000000Z", "2026-03-01T00:00:00.000000Z"])
def test_a_checkpoint_that_was_issued_before_its_records_is_found(book: Path, issued_at: str) -> None:
    """A list of what was issued cannot say that it was earlier than the records it is of, whatever it is linked to."""
    with plain(book, guarded=False) as connection:
        found = [rows.Checkpoint(*one) for one in connection.execute("SELECT * FROM points_checkpoint ORDER BY number")]
        row = found[-1]._replace(issued_at=issued_at)
        link = link_of(found[-2].link, row)
        changed = "UPDATE points_checkpoint SET issued_at = ?, link = ? WHERE number = ?"
        connection.execute(changed, (issued_at, link, row.number))
    assert "checkpoint-changed" in codes(audited(book))
    assert "checkpoint-changed" in codes(Ledger.audit_at(book, integrity=True))
