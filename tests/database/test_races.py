"""Races: eight and more workers who want the same, in threads and in processes, on a file and on PostgreSQL."""

from __future__ import annotations

import json
import subprocess
import sys
from collections import Counter
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from decimal import Decimal
from pathlib import Path
from threading import Barrier

import pytest

from pointsledger import Ledger, RuleBook, runs
from tests.database import racers
from tests.database.lived_in import FUNDS, LATER_RULES, RULES, begin
from tests.database.racers import AT_ONCE, LAPSING, PATIENCE_SECONDS, RUNS, Came, Errand, Racer, StandingClock, tried
from tests.server import Server

WORKERS = 8
MOST_WORKERS = 10
FUNDED_RULES = RULES.replace("first_day = 2026-01-01", "first_day = 2026-03-01") + FUNDS

Race = Callable[[list[Errand]], list[Came]]
"""Sends somebody on each errand, all at once; returns what came of all of them."""


# --- where, and by whom --------------------------------------------------------------------------------


@pytest.fixture(params=["file", "postgresql"])
def nowhere(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[str]:
    """Name a place of each sort where no book was ever begun."""
    if request.param == "file":
        yield str(tmp_path / "book.db")
        return
    server: Server = request.getfixturevalue("server")
    with server.lent("template0") as name:
        yield server.url(name)


@pytest.fixture
def place(nowhere: str) -> str:
    """Name a place with a book: a household that brings a hundred points, and more soap than they buy."""
    with begin(nowhere) as ledger:
        ledger.enrol("03-017", head="张三", members=["李四"], by="clerk:1")
        ledger.enrol("03-018", head="王五", by="clerk:1")
        ledger.bring_forward("03-017", 100, by="clerk:1")
        ledger.stock_in("soap", 200, by="shop:1")
    return nowhere


@pytest.fixture(scope="module")
def program() -> Iterator[subprocess.Popen[str]]:
    """Start the program that races processes."""
    asked = [sys.executable, "-P", racers.__file__]
    with subprocess.Popen(asked, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as started:
        yield started


@pytest.fixture(params=["threads", "processes"])
def race(request: pytest.FixtureRequest) -> Race:
    """Race threads, which share a ledger where they hold it themselves, or processes."""
    if request.param == "threads":
        return in_threads
    program: subprocess.Popen[str] = request.getfixturevalue("program")

    def in_processes(errands: list[Errand]) -> list[Came]:
        assert program.stdin is not None
        assert program.stdout is not None
        program.stdin.write(f"{json.dumps(errands)}\n")
        program.stdin.flush()
        return [(outcome, figure) for outcome, figure in json.loads(program.stdout.readline())]

    return in_processes


def in_threads(errands: list[Errand]) -> list[Came]:
    """Send a thread on each errand."""
    starting = Barrier(len(errands))
    first = errands[0]
    shares = not first.bound and first.what != "begin"
    shared = Ledger.open(first.place, village="nanyu", clock=StandingClock()) if shares else None

    def run(errand: Errand) -> list[Came]:
        racer = Racer(errand, shared)
        starting.wait(PATIENCE_SECONDS)
        return racer.run()

    with ThreadPoolExecutor(len(errands)) as threads:
        found = [came for each in threads.map(run, errands) for came in each]
    if shared is not None:
        shared.close()
    return found


HELD = pytest.mark.parametrize("bound", [False, True], ids=["owned", "bound"])


def errands(
    what: str, place: str, *, bound: bool = False, many: int = WORKERS, file: str = "", seq: int = 0
) -> list[Errand]:
    """Return the same errand for many."""
    return [Errand(what, place, number, bound, file=file, seq=seq) for number in range(many)]


def counted(came: list[Came]) -> dict[str, int]:
    """Return how often each outcome was met."""
    return dict(Counter(outcome for outcome, _ in came))


# --- the races -----------------------------------------------------------------------------------------


@HELD
def test_a_point_is_spent_once(place: str, race: Race, bound: bool) -> None:  # noqa: FBT001 - a parameter
    """Of eight who spend the same 100 points, five times twenty are spent and the rest are told what is missing."""
    came = race(errands("spend", place, bound=bound))
    assert {"posted": 5, "insufficient-points": 4 * WORKERS - 5} == counted(came)
    with Ledger.open(place) as ledger:
        assert 0 == ledger.balance("03-017").balance
        assert 0 == ledger.balance("03-017").arrears
        assert [190] == [line.pieces for line in ledger.stock() if line.item == "soap"]
        assert 5 == len(ledger.redemptions())
        assert ledger.audit().whole


@pytest.mark.parametrize("isolation", ["READ COMMITTED", "REPEATABLE READ", "SERIALIZABLE"])
def test_a_point_is_spent_once_in_every_isolation(server: Server, isolation: str) -> None:
    """Whatever isolation PostgreSQL's hosts have chosen, the same 100 points are spent once."""
    with server.lent("template0") as name:
        url = server.url(name)
        with begin(url) as ledger:
            ledger.enrol("03-017", head="张三", by="clerk:1")
            ledger.bring_forward("03-017", 100, by="clerk:1")
            ledger.stock_in("soap", 200, by="shop:1")
            came = in_threads([Errand("spend", url, number, True, isolation) for number in range(WORKERS)])  # noqa: FBT003 - a field
            assert {"posted": 5, "insufficient-points": 4 * WORKERS - 5} == counted(came)
            assert 0 == ledger.balance("03-017").balance
            assert ledger.audit().whole


@HELD
def test_a_piece_is_handed_over_once(place: str, race: Race, bound: bool) -> None:  # noqa: FBT001 - a parameter
    """Of eight who want what is on the shelf, as many get it as there is, however many points they have (S-12)."""
    with Ledger.open(place, clock=StandingClock()) as ledger:
        ledger.award("03-018", "tidy", quantity=95, by="clerk:1")
        ledger.redeem("03-018", {"soap": 19}, by="shop:1")
        intake = next(record.seq for record in ledger.records() if record.kind == "intake")
        assert 200 == ledger.record(intake).entries[0].amount
        ledger.award("03-017", "tidy", quantity=1000, by="clerk:1")
        ledger.redeem("03-017", {"soap": 176}, by="shop:1")
    came = race(errands("spend", place, bound=bound))
    assert {"posted": 2, "out-of-stock": 4 * WORKERS - 2} == counted(came)
    with Ledger.open(place) as ledger:
        assert 1 == sum(line.pieces for line in ledger.stock() if line.item == "soap")
        assert ledger.audit().whole


@HELD
def test_the_last_piece_is_reserved_once(place: str, race: Race, bound: bool) -> None:  # noqa: FBT001 - a parameter
    """S-12: of ten who reserve the last piece for two households one has it, and every other finds no stock."""
    with Ledger.open(place, clock=StandingClock()) as ledger:
        ledger.write_off("soap", 199, reason="受潮", by="shop:1")
        ledger.award("03-018", "tidy", quantity=50, by="clerk:1")
    came = race(errands("reserve", place, bound=bound, many=MOST_WORKERS))
    assert {"posted": 1, "out-of-stock": MOST_WORKERS - 1} == counted(came)
    with Ledger.open(place, clock=StandingClock()) as ledger:
        assert [0, 10] == sorted(int(row.held or 0) for row in ledger.balances())
        assert ledger.audit().whole


@HELD
def test_no_more_is_refunded_than_was_spent(place: str, race: Race, bound: bool) -> None:  # noqa: FBT001 - a parameter
    """S-15: of eight who refund fifty of the eighty points of a redemption one does, and the rest hear what is left."""
    with Ledger.open(place, clock=StandingClock()) as ledger:
        spent = ledger.redeem("03-017", {"soap": 8}, by="shop:1").seq
    came = race(errands("refund", place, bound=bound, seq=spent))
    assert {"posted": 1, "over-refund": WORKERS - 1} == counted(came)
    with Ledger.open(place, clock=StandingClock()) as ledger:
        assert 70 == ledger.balance("03-017").balance
        assert ledger.audit().whole


@HELD
def test_a_reservation_ends_one_way(place: str, race: Race, bound: bool) -> None:  # noqa: FBT001 - a parameter
    """Of four who hand a reservation over and four who cancel it one does, and the others are told how it ended."""
    with Ledger.open(place, clock=StandingClock()) as ledger:
        reserved = ledger.reserve("03-017", {"soap": 8}, by="shop:1").seq
    came = race(errands("end", place, bound=bound, seq=reserved))
    assert {"posted": 1, "invalid-state": WORKERS - 1} == counted(came)
    with Ledger.open(place, clock=StandingClock()) as ledger:
        (ended,) = ledger.records(kinds=["hand-over", "cancel"])
        expected = (20, 192) if ended.kind == "hand-over" else (100, 200)
        found = ledger.balance("03-017")
        pieces = next(line.pieces for line in ledger.stock() if line.item == "soap")
        assert (*expected, 0) == (int(found.balance), pieces, int(found.held or 0))
        assert ledger.audit().whole


@HELD
def test_a_fund_is_spent_once(place: str, race: Race, bound: bool) -> None:  # noqa: FBT001 - a parameter
    """Of eight who pay sixty of a fund's hundred yuan one does, and the rest hear what the fund holds."""
    with Ledger.open(place, clock=StandingClock()) as ledger:
        ledger.adopt_rules(RuleBook.from_toml(FUNDED_RULES, file="rules.toml", decimals=0), by="clerk:1")
        ledger.fund_in("shop", 100, source="government", by="clerk:1")
    came = race(errands("pay", place, bound=bound))
    assert {"posted": 1, "fund-short": WORKERS - 1} == counted(came)
    with Ledger.open(place, clock=StandingClock()) as ledger:
        assert [Decimal(40)] == [fund.left for fund in ledger.funds() if fund.code == "shop"]
        assert ledger.audit().whole


@HELD
def test_an_invoice_is_used_once(place: str, race: Race, bound: bool) -> None:  # noqa: FBT001 - a parameter
    """Of eight who take soap in under one invoice one does, and the others are told of the record that did."""
    came = race(errands("deliver", place, bound=bound))
    assert {"posted": 1, "invoice-used": WORKERS - 1} == counted(came)
    with Ledger.open(place, clock=StandingClock()) as ledger:
        assert [201] == [line.pieces for line in ledger.stock() if line.item == "soap"]
        assert ledger.audit().whole


@HELD
def test_the_last_points_are_promised_or_spent_once(place: str, race: Race, bound: bool) -> None:  # noqa: FBT001 - as above
    """Of four who reserve for sixty of a hundred points and four who redeem for as many one finds them."""
    came = race(errands("reserve or redeem", place, bound=bound))
    assert {"posted": 1, "insufficient-points": WORKERS - 1} == counted(came)
    with Ledger.open(place, clock=StandingClock()) as ledger:
        (wanted,) = ledger.records(kinds=["reserve", "redeem"])
        found = ledger.balance("03-017")
        expected = (100, 60, 40) if wanted.kind == "reserve" else (40, 0, 40)
        assert expected == tuple(int(figure or 0) for figure in (found.balance, found.held, found.available))
        assert ledger.audit().whole


@HELD
def test_one_request_is_one_record(place: str, race: Race, bound: bool) -> None:  # noqa: FBT001 - a parameter
    """Eight who send one request id post one record, and each gets its receipt."""
    before = head_of(place)
    came = race(errands("repeat", place, bound=bound))
    assert {"posted": 1, "repeated": WORKERS - 1} == counted(came)
    with Ledger.open(place) as ledger:
        assert before + 1 == ledger.head().size
        assert [203] == [line.pieces for line in ledger.stock() if line.item == "soap"]
        assert ledger.audit().whole


@HELD
def test_a_limit_is_filled_exactly(place: str, race: Race, bound: bool) -> None:  # noqa: FBT001 - a parameter
    """Ten who claim twelve points each under a limit of thirty get exactly thirty between them (S-24)."""
    came = race(errands("claim", place, bound=bound, many=MOST_WORKERS))
    assert {"posted": MOST_WORKERS} == counted(came)
    with Ledger.open(place) as ledger:
        assert 130 == ledger.balance("03-017").balance
        granted = [record.decided["granted"] for record in ledger.records() if record.kind == "award"]
        assert [12, 12, 6, 0, 0, 0, 0, 0, 0, 0] == granted
        assert ledger.audit().whole


@HELD
def test_a_document_is_adopted_once(place: str, race: Race, tmp_path: Path, bound: bool) -> None:  # noqa: FBT001 - a parameter
    """Of eight who adopt one document one does, and the others are told that it is the newest version already."""
    file = tmp_path / "later.toml"
    file.write_text(LATER_RULES, encoding="utf-8")
    before = head_of(place)
    came = race(errands("adopt", place, bound=bound, file=str(file)))
    assert {"posted": 1, "already-adopted": WORKERS - 1} == counted(came)
    assert before + 1 == head_of(place)
    assert Ledger.audit_at(place).whole


def test_a_sheet_is_imported_once(place: str, race: Race, tmp_path: Path) -> None:
    """Of eight who import one sheet one posts its rows, and the others find them all unchanged."""
    file = tmp_path / "march.csv"
    rows = [f"{number},2026-03-{number % 9 + 1:02},03-01{7 + number % 2},tidy,{number},加分" for number in range(1, 31)]
    file.write_text("\n".join(["序号,日期,户号,事项,数量,加扣", *rows]) + "\n", encoding="utf-8")
    before = head_of(place)
    came = race(errands("import", place, file=str(file)))
    assert [("posted", 30), *[("unchanged", 30)] * (WORKERS - 1)] == sorted(came)
    assert before + 30 == head_of(place)
    assert Ledger.audit_at(place).whole


def test_a_book_is_begun_once(nowhere: str, race: Race) -> None:
    """Of eight who begin one village's book where nothing is yet one does, and the others are told that it is there."""
    came = race(errands("begin", nowhere, file="nanyu"))
    assert {"posted": 1, "village-exists": WORKERS - 1} == counted(came)
    assert Ledger.audit_at(nowhere).whole


def test_eight_books_are_begun_beside_each_other(nowhere: str, race: Race) -> None:
    """Eight who begin the books of eight villages at once where nothing is yet, tables included, begin eight."""
    villages = [f"village-{number}" for number in range(WORKERS)]
    came = race([Errand("begin", nowhere, file=village) for village in villages])
    assert {"posted": WORKERS} == counted(came)
    assert tuple(villages) == Ledger.villages(nowhere)
    assert [True] * WORKERS == [Ledger.audit_at(nowhere, village=village).whole for village in villages]


def head_of(place: str) -> int:
    """Return how many records a book has."""
    with Ledger.open(place) as ledger:
        return ledger.head().size


@HELD
def test_a_month_is_closed_once(place: str, race: Race, bound: bool) -> None:  # noqa: FBT001 - a parameter
    """Of eight who close the same two months each is closed by one, and the others are told that it is."""
    came = race(errands("close", place, bound=bound))
    assert {"posted": 2, "already-closed": 2 * WORKERS - 2} == counted(came)
    with Ledger.open(place) as ledger:
        assert ["2026-01", "2026-02"] == [one.said["period"] for one in ledger.records(kinds=["close"])]
        assert ledger.audit().whole


@HELD
def test_a_deed_counts_on_one_side_of_a_close(place: str, race: Race, bound: bool) -> None:  # noqa: FBT001 - as above
    """While one closes a month, seven enter deeds of it: each counts in it, or in the open month for it."""
    came = race(errands("come late", place, bound=bound))
    assert {"posted": 4 * (WORKERS - 1) + 1} == counted(came)
    with Ledger.open(place) as ledger:
        (close,) = ledger.records(kinds=["close"])
        awards = list(ledger.records(kinds=["award"]))
        expected = [("2026-01", "") if one.seq < close.seq else ("2026-02", "2026-01") for one in awards]
        assert expected == [(one.period, one.for_period) for one in awards]
        closed, restated = (int(ledger.tally("2026-01", view=view).total.earned) for view in ("as_closed", "restated"))
        assert (2 * sum(one.seq < close.seq for one in awards), 2 * len(awards)) == (closed, restated)
        assert ledger.audit().whole


@pytest.fixture
def lapsing(place: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> str:
    """Name a book in which points of nine households have ended, and nobody has recorded it."""
    file = tmp_path / "ending.toml"
    ending = RULES.replace("[[activity]]", '[expiry]\npolicy = "days"\ndays = 10\n[[activity]]', 1)
    file.write_text(ending.replace("first_day = 2026-01-01", "first_day = 2026-01-02"), encoding="utf-8")
    with Ledger.open(place, clock=StandingClock()) as ledger:
        ledger.adopt_rules(file, by="clerk:1")
        for number in range(1, LAPSING + 1):
            ledger.enrol(f"04-{number:03}", head="赵六", by="clerk:1")
            ledger.award(f"04-{number:03}", "tidy", quantity=number, on="2026-02-20", by="clerk:1")
    monkeypatch.setattr(runs, "ACCOUNTS_AT_ONCE", AT_ONCE)
    return place


@pytest.mark.parametrize("many", [2, WORKERS])
def test_a_lot_lapses_once(lapsing: str, race: Race, many: int) -> None:
    """S-08: Whoever runs the expiry at once with others, each lot lapses once, and the figures are those before it."""
    before = figures_of(lapsing)
    came = race(errands("expire", lapsing, many=many))
    assert {"expired": many} == counted(came)
    assert LAPSING == sum(figure for _, figure in came)
    with Ledger.open(lapsing) as ledger:
        lapses = list(ledger.records(kinds=["lapse"]))
        assert LAPSING == len({lapse.said["account"] for lapse in lapses}) == len(lapses)
        assert [2 * number for number in range(1, LAPSING + 1)] == sorted(one.entries[0].amount for one in lapses)
        assert 0 == ledger.expire(by="clerk:1").records
        assert ledger.audit().whole
    assert before == figures_of(lapsing)


def test_runs_and_acts_lapse_a_lot_once(lapsing: str, race: Race) -> None:
    """While two run the expiry, six come upon the same households with acts: each lot lapses once all the same."""
    came = race(errands("expire beside", lapsing))
    assert {"expired": RUNS, "posted": (WORKERS - RUNS) * LAPSING} == counted(came)
    with Ledger.open(lapsing) as ledger:
        lapses = list(ledger.records(kinds=["lapse"]))
        assert LAPSING == len({lapse.said["account"] for lapse in lapses}) == len(lapses)
        assert [Decimal(0)] * LAPSING == [row.balance for row in ledger.balances() if row.household.startswith("04")]
        assert ledger.audit().whole


@HELD
def test_no_deed_counts_in_a_closed_month(lapsing: str, race: Race, bound: bool) -> None:  # noqa: FBT001 - a parameter
    """While one closes two months and records what lapses with them, no deed gets into a month behind its close."""
    came = race(errands("close one by one", lapsing, bound=bound))
    assert {"posted": 2 * WORKERS} == counted(came)
    with Ledger.open(lapsing) as ledger:
        closed_at = {one.said["period"]: one.seq for one in ledger.records(kinds=["close"])}
        assert ["2026-01", "2026-02"] == sorted(closed_at)
        deeds = [one for one in ledger.records(kinds=["award"]) if one.on.endswith("-15")]
        open_months = [
            next(month for month in ("2026-01", "2026-02", "2026-03") if closed_at.get(month, deed.seq) >= deed.seq)
            for deed in deeds
        ]
        assert [max(deed.on[:7], month) for deed, month in zip(deeds, open_months, strict=True)] == [
            deed.period for deed in deeds
        ]
        assert ledger.audit().whole


def figures_of(place: str) -> list[tuple[object, ...]]:
    """Return what every household has, and the tally of each month."""
    with Ledger.open(place, clock=StandingClock()) as ledger:
        balances = [(row.household, row.balance, row.arrears, row.available) for row in ledger.balances()]
        return [*balances, *(tuple(ledger.tally(month).rows) for month in ("2026-01", "2026-02", "2026-03"))]


def test_a_rebuild_and_writers_keep_out_of_each_other_s_way(place: str) -> None:
    """While eight post, a rebuild finds the head that was kept, and nobody's act is lost or called damage."""
    starting = Barrier(WORKERS + 1)

    def post(number: int) -> Came:
        with Ledger.open(place, clock=StandingClock()) as ledger:
            starting.wait(PATIENCE_SECONDS)
            return tried(lambda: awarded(ledger, number))

    def rebuild() -> Came:
        starting.wait(PATIENCE_SECONDS)
        return tried(lambda: ("rebuilt", len(Ledger.rebuild(place).changed)))

    with ThreadPoolExecutor(WORKERS + 1) as threads:
        rebuilding = threads.submit(rebuild)
        came = [*threads.map(post, range(WORKERS)), rebuilding.result()]
    assert [("posted", 2)] * WORKERS + [("rebuilt", 0)] == came
    assert Ledger.audit_at(place).whole


def awarded(ledger: Ledger, number: int) -> Came:
    """Post a small act."""
    receipt = ledger.award("03-018", "tidy", by="clerk:1", request=f"while-{number}")
    return "repeated" if receipt.repeated else "posted", int(receipt.points or 0)
