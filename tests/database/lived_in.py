"""A book with every kind of act in it, and what it takes to look at, damage and forge one behind the library's back."""

from __future__ import annotations

import gc
import json
import sqlite3
from collections.abc import Callable, Iterator, Mapping
from contextlib import closing, contextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from pointsledger import Ledger
from pointsledger.audit import audit
from pointsledger.findings import NOTE, AuditReport
from pointsledger.rules import merkle
from pointsledger.rules.catalog import PriceList
from pointsledger.rules.rulebook import RuleBook
from pointsledger.storage.reader import Reader
from pointsledger.storage.store import Store
from pointsledger.testing import FixedClock
from pointsledger.values.calendar import Clock
from pointsledger.values.canonical import canonical

VILLAGE = "nanyu"
START = datetime(2026, 3, 2, 1, 0, tzinfo=UTC)

_MANDATE = "[mandate]\ndecided_on = 2025-12-20\npresent = 46\nvotes_for = 44\n"
_YARD = '[[activity]]\ncode = "yard"\nname = "庭院整洁"\ncategory = "cleanup"\nper = "time"\n'
_TIDY = (
    '[[activity]]\ncode = "tidy"\nname = "清运垃圾"\ncategory = "cleanup"\nper = "time"\nsign = "both"\npoints = 2\n'
)
_CLASS = (
    '[[activity]]\ncode = "class"\nname = "夜校"\ncategory = "volunteering"\nper = "hour"\npoints = 5\n'
    'limit = { times = 2, per = "week", by = "resident", mode = "reject" }\n'
)
_HONOUR = (
    '[[activity]]\ncode = "honour"\nname = "文明户"\ncategory = "model-household"\nper = "level"\n'
    'limit = { times = 1, per = "ever" }\n'
    '[[activity.level]]\ncode = "county"\nname = "县级"\npoints = 15\n'
    '[[activity.level]]\ncode = "town"\nname = "乡镇级"\npoints = 10\n'
)
RULES = (
    f'format = 1\nname = "积分细则"\nfirst_day = 2026-01-01\n{_MANDATE}{_YARD}points = 12\n'
    f'limit = {{ points = 30, per = "month" }}\n{_TIDY}{_CLASS}{_HONOUR}'
)
LATER_RULES = (
    f'format = 1\nname = "积分细则（修订）"\nfirst_day = 2026-03-10\n{_MANDATE}{_YARD}points = 10\n'
    f'limit = {{ points = 20, per = "month" }}\n{_TIDY}{_CLASS}' + _HONOUR.replace("ever", "quarter")
)
ENDING_RULES = (
    LATER_RULES.replace("first_day = 2026-03-10", "first_day = 2026-04-01")
    .replace(_YARD, f'[expiry]\npolicy = "days"\ndays = 2\n{_YARD}', 1)
    .replace("（修订）", "（试行）")
    + '[[base]]\ncode = "monthly"\nname = "月基础分"\npoints = 3\nper = "month"\n'
)
FUNDS = (
    '[[fund]]\ncode = "shop"\nname = "兑换基金"\npurpose = "采购"\nuses = ["purchases", "rewards"]\n'
    'budget = 300\nper = "year"\n[[fund]]\ncode = "green"\nname = "环境基金"\npurpose = "环境整治"\n'
)
LAST_RULES = (
    LATER_RULES.replace("first_day = 2026-03-10", "first_day = 2026-04-01").replace("（修订）", "（再修订）") + FUNDS
)
SHOP_RULES = (
    LAST_RULES.replace("first_day = 2026-04-01", "first_day = 2026-04-09").replace("（再修订）", "（三修订）")
    + "[redemption]\nreservation_days = 5\n"
)
_SHOPS = '[[shop]]\ncode = "main"\nname = "村部超市"\n[[shop]]\ncode = "east"\nname = "东庄超市"\n'
_SHOP = (
    '[[item]]\ncode = "soap"\nname = "肥皂"\npoints = {soap}\n'
    '[[item]]\ncode = "cut"\nname = "理发"\npoints = 8\nstocked = false\n'
)
PRICES = f'format = 1\nname = "价目表"\nfirst_day = 2026-01-01\n{_MANDATE}{_SHOP.format(soap=10)}'
LATER_PRICES = f'format = 1\nname = "价目表二"\nfirst_day = 2026-03-10\n{_MANDATE}{_SHOP.format(soap=12)}{_SHOPS}'

SHEET = (
    "三月积分登记表,,,,,\n序号,日期,户号,事项,数量,加扣,备注\n"
    "1,2026-03-03,03-018,清运垃圾,2,加分,\n2,2026-03-04,03-018,清运垃圾,,扣分,门口\n3,2026-03-04,03-019,庭院整洁,,,\n"
)
CORRECTED = SHEET.replace("清运垃圾,2,加分", "清运垃圾,3,加分")

MARKET = "日期,户号,商品,数量,领取人\n2026-04-10,03-019,肥皂,12,张三\n2026-04-10,03-018,理发,1,\n"
MARKET_LABEL = "四月集市"
SIZE = 87
"""How many records the book has in the end."""

LIVED_DAYS, LIVED_SECONDS = 46, 60
"""How long it was lived in."""


class StepClock(FixedClock):
    """The clock of the book that was lived in: it stands where that begins."""

    def __init__(self) -> None:
        """Stand at the beginning."""
        super().__init__(START)

    def step(self, *, seconds: float = 0, days: int = 0) -> None:
        """Move it, forwards or back."""
        self.advance(days=days, seconds=seconds, back=True)


def begin(place: str | Path, village: str = VILLAGE, clock: Clock | None = None) -> Ledger:
    """Begin a book with the first rule book and price list."""
    return Ledger.create(
        place,
        village=village,
        rulebook=RuleBook.from_toml(RULES, file="rules.toml", decimals=0),
        prices=PriceList.from_toml(PRICES, file="prices.toml", decimals=0),
        by="clerk:1",
        clock=clock or StepClock(),
    )


def live_in(ledger: Ledger, clock: StepClock, folder: Path) -> None:
    """Do every kind of act that there is, so that no table is left empty."""
    sheet, corrected = folder / "sheet.csv", folder / "corrected.csv"
    sheet.write_text(SHEET, encoding="utf-8")
    corrected.write_text(CORRECTED, encoding="utf-8")
    ledger.enrol("03-017", head="张三", group="三组", members=["李四"], by="clerk:1", remark="老户", request="e-1")
    ledger.enrol("03-018", head="王五", group="四组", by="clerk:1", request="e-2")
    ledger.enrol("03-019", head="赵六", by="clerk:1", request="e-3")
    ledger.bring_forward("03-017", 20, by="clerk:1", request="o-1")
    ledger.bring_forward_stock("soap", 4, unit_cost_fen=200, by="clerk:1", request="o-2")
    ledger.stock_in("soap", 3, unit_cost_fen=250, best_before="2027-01-31", by="shop:1", request="s-1")
    ledger.stock_in("soap", 2, source="donated", best_before="2026-12-31", by="shop:1", request="s-2")
    clock.step(days=3)
    for number in range(3):
        ledger.award("03-017", "yard", on="2026-03-03", by="clerk:1", approved_by=["panel:1"], request=f"a-{number}")
    ledger.award("03-017", "class", quantity="1.5", member="李四", on="2026-03-03", by="clerk:1", request="a-3")
    ledger.award("03-018", "honour", level="county", on="2026-03-03", by="clerk:1", remark="县里评", request="a-4")
    ledger.deduct("03-019", "tidy", quantity=3, by="clerk:1", request="d-1")
    ledger.award("03-019", "tidy", quantity=2, by="clerk:1", request="a-5")
    clock.step(seconds=60)
    ledger.redeem("03-017", {"soap": 3, "cut": 1}, by="shop:1", remark="本人领", request="r-1")
    label = ledger.import_deeds(sheet, period="2026-03", by="clerk:2").label
    ledger.import_deeds(corrected, period="2026-03", by="clerk:2", replace=label)
    clock.step(days=35)
    ledger.adopt_rules(RuleBook.from_toml(LATER_RULES, file="rules.toml", decimals=0), by="clerk:1")
    ledger.adopt_prices(PriceList.from_toml(LATER_PRICES, file="prices.toml", decimals=0), by="clerk:1")
    ledger.award("03-017", "yard", by="clerk:1", request="a-6")
    redeemed = ledger.redeem("03-018", {"soap": 1}, by="shop:1", request="r-2")
    ledger.reverse(redeemed.seq, reason="拿错了", by="clerk:1", request="x-1")
    owed = ledger.deduct("03-019", "tidy", quantity=20, on="2026-03-05", by="clerk:1", request="d-2")
    ledger.award("03-019", "tidy", quantity=4, by="clerk:1", request="a-7")
    ledger.reverse(owed.seq, reason="记错户", by="clerk:1", request="x-2")
    ledger.reverse_batch(label, reason="整表重录", by="clerk:2")
    ledger.import_deeds(corrected, period="2026-03", by="clerk:2", label=label)
    for month in ("2026-01", "2026-02", "2026-03"):
        ledger.close(month, by="clerk:1", request=f"c-{month}")
    ledger.adopt_rules(RuleBook.from_toml(ENDING_RULES, file="rules.toml", decimals=0), by="clerk:1")
    ledger.grant_base("2026-04", by="clerk:1")  # of the first of April, and over two days later
    ledger.expire(by="clerk:1")
    ledger.adopt_rules(RuleBook.from_toml(LAST_RULES, file="rules.toml", decimals=0), by="clerk:1")
    lost = ledger.head().size + 1
    ledger.recovered(
        lost_from=lost,
        heads=[(lost + 3, "c7" * 32)],
        reason="硬盘坏了",
        by="clerk:1",
        request="lost-1",
    )
    ledger.award("03-018", "tidy", on="2026-03-20", by="clerk:1", request="a-8")
    ledger.checkpoint()
    keep_shop(ledger)
    keep_register(ledger)
    serve_shop(ledger, clock, folder)


def keep_register(ledger: Ledger) -> None:
    """Do what is done with personal data on request: a name is amended, and a household and a text are erased."""
    ledger.enrol("03-020", head="周九", members=["吴十"], by="clerk:1", remark="迁来", request="come-1")
    ledger.amend("03-020", member="吴十", name="武十", by="clerk:1", request="right-1")
    ledger.amend("03-019", name="赵陆", by="clerk:1", request="right-2")
    ledger.erase("03-020", ground="request", by="clerk:2", request="gone-1", remark="本人来信")
    ledger.erase_remark(record_seq(ledger, "f-1"), field="donor", ground="order", by="clerk:2", request="gone-2")


def record_seq(ledger: Ledger, request: str) -> int:
    """Return the number of the record that was posted under a request id."""
    return next(record.seq for record in ledger.records() if record.request == request)


def keep_shop(ledger: Ledger) -> None:
    """Do every kind of act with goods and money."""
    ledger.fund_in("shop", "500.00", source="society", donor="柳湾小学", by="clerk:1", request="f-1")
    ledger.fund_in("green", 100, source="government", reference="2026-1", by="clerk:1", request="f-3")
    ledger.stock_in("soap", 9, unit_cost_fen=250, fund="shop", invoice="0042", by="shop:1", request="s-3")
    ledger.stock_in("soap", 1, source="donated", donor="王五", wish="给老人", by="shop:1", request="s-4")
    ledger.transfer_stock("soap", 5, from_shop="main", to_shop="east", by="shop:1", request="t-1")
    ledger.write_off("soap", 1, shop="east", reason="受潮", by="shop:1", request="w-1")
    ledger.stocktake({"soap": 3}, shop="east", reason="盘点", by="shop:1", request="k-1")
    ledger.reward("03-018", ground="title", goods={"soap": 1}, amount=20, fund="shop", by="clerk:1", request="w-2")
    ledger.reward("村小", role="organisation", ground="acceptance", amount=5, fund="shop", by="clerk:1", request="w-3")
    ledger.fund_out("green", "8.50", purpose="运费", by="clerk:1", request="f-2")


def serve_shop(ledger: Ledger, clock: StepClock, folder: Path) -> None:
    """Do every kind of act with goods for points; the last reservation still stands."""
    market = folder / "market.csv"
    market.write_text(MARKET, encoding="utf-8")
    ledger.adopt_rules(RuleBook.from_toml(SHOP_RULES, file="rules.toml", decimals=0), by="clerk:1")
    ledger.award("03-018", "tidy", quantity=50, by="clerk:1", request="a-9")
    reserved = [ledger.reserve("03-018", {"soap": 1, "cut": 1}, by="shop:1", request=f"v-{one}") for one in range(3)]
    first, second, _ = (receipt.seq for receipt in reserved)
    ledger.hand_over(first, collector="钱七", cash_fen=50, by="shop:1", remark="代领", request="h-1")
    ledger.cancel(second, reason="不要了", by="shop:1", request="k-2")
    spent = ledger.redeem("03-018", {"soap": 2, "cut": 1}, collector="王五", by="shop:1", request="r-3")
    ledger.refund(spent.seq, {"soap": 1}, cause="shop", reason="受潮", by="shop:1", request="g-1")
    ledger.pause_shop("main", reason="盘点", until="2026-04-30", by="shop:1", request="p-1")
    clock.step(days=8)
    ledger.expire(by="clerk:1")  # of the third reservation, for which nobody came
    ledger.resume_shop("main", by="shop:1", request="p-2")
    ledger.import_redemptions(market, period="2026-04", by="shop:1", label=MARKET_LABEL)
    paper = next(one for one in ledger.redemptions("2026-04") if one.household == "03-019")
    ledger.reverse(paper.seq, reason="记错了", by="shop:1", request="x-3")
    drawn = {"size": 60, "number": "2026-051", "period": "2026-04", "count": 5}
    answered = drawn | {"answer": "differs", "remark": "只领到一块"}
    ledger.call_back("03-018", **answered, by="clerk:1", request="call-1")  # type: ignore[arg-type]  # each of its own type
    ledger.reserve("03-018", {"soap": 1, "cut": 1}, by="shop:1", request="v-3")
    ledger.checkpoint()


def made(folder: Path, name: str = "book.db") -> Path:
    """Make a book that was lived in, and return its file, closed."""
    clock = StepClock()
    with begin(folder / name, clock=clock) as ledger:
        live_in(ledger, clock, folder)
    del ledger
    gc.collect()  # the last connection is gone, and with it the write-ahead log beside the file
    return folder / name


# --- looking -------------------------------------------------------------------------------------------


@contextmanager
def plain(path: Path, *, guarded: bool = True, checked: bool = True) -> Iterator[sqlite3.Connection]:
    """Open the file as any program would; unguarded, the triggers are away and put back as they were at the end."""
    with closing(sqlite3.connect(path, isolation_level=None)) as connection:
        connection.execute("PRAGMA synchronous = OFF")
        connection.execute(f"PRAGMA ignore_check_constraints = {'OFF' if checked else 'ON'}")
        triggers = [] if guarded else drop_triggers(connection)
        try:
            yield connection
        finally:
            if connection.in_transaction:
                connection.execute("ROLLBACK")
            for trigger in triggers:
                connection.execute(trigger)


def drop_triggers(connection: sqlite3.Connection) -> list[str]:
    """Drop every trigger and return the statements that make them again."""
    found = connection.execute("SELECT name, sql FROM sqlite_master WHERE type = 'trigger' ORDER BY name").fetchall()
    for name, _ in found:
        connection.execute(f'DROP TRIGGER "{name}"')
    return [str(made) for _, made in found]


def tables_of(connection: sqlite3.Connection) -> list[str]:
    """Return the names of the ledger's tables."""
    found = connection.execute("SELECT name FROM sqlite_master WHERE type = 'table' AND name LIKE 'points_%'")
    return sorted(str(name) for (name,) in found)


def dump(path: Path) -> dict[str, list[tuple[Any, ...]]]:
    """Return every row of every table, in order, and what the schema says."""
    with plain(path) as connection:
        rows = {
            name: sorted(connection.execute(f"SELECT * FROM {name}").fetchall(), key=repr)  # noqa: S608 - its own names
            for name in tables_of(connection)
        }
        rows["schema"] = sorted(connection.execute("SELECT name, sql FROM sqlite_master").fetchall(), key=repr)
    return rows


def audited(path: Path, village: str = VILLAGE) -> AuditReport:
    """Audit a book without opening it first, as if nothing but the audit stood between it and the reader."""
    store = Store(path)
    try:
        with store.connected(writes=False) as connection:
            return audit(Reader(connection, village, store.dialect), village)
    finally:
        store.close()


def codes(report: AuditReport) -> set[str]:
    """Return the codes of everything that was found, but for what is in order and only has to be known."""
    return {finding.code for finding in report if finding.grade != NOTE}


# --- forging -------------------------------------------------------------------------------------------

Body = dict[str, Any]


def bodies(path: Path) -> list[Body]:
    """Return every body of the journal."""
    with plain(path) as connection:
        found = connection.execute("SELECT body FROM points_journal WHERE village = ? ORDER BY seq", (VILLAGE,))
        return [json.loads(body) for (body,) in found]


Change = Callable[[list[Body]], list[Body]]


def forge(path: Path, change: Change) -> None:
    """Rewrite the journal with every leaf, node and column recomputed; the projections stay as they are."""
    forged = change(bodies(path))
    frontier: list[bytes] = []
    with plain(path, guarded=False) as connection:
        connection.execute("DELETE FROM points_journal WHERE village = ?", (VILLAGE,))
        for size, body in enumerate(forged):
            text = canonical(body)
            leaf = merkle.leaf_hash(text)
            told = [body[name] for name in ("village", "seq", "kind", "recorded_at", "period", "request")]
            connection.execute(
                "INSERT INTO points_journal VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)",
                (*told, text.decode(), leaf, merkle.grow(frontier, size, leaf)),
            )


def rewrite(path: Path, change: Change) -> None:
    """Rewrite the journal, and derive the projections from it again."""
    forge(path, change)
    Ledger.rebuild(path, trust_journal=True)


def never_issued(path: Path) -> None:
    """Forget that any checkpoint was issued, as whoever rewrites a book would."""
    with plain(path, guarded=False) as connection:
        connection.execute("DELETE FROM points_checkpoint")


def record_of(found: list[Body], request: str) -> Body:
    """Return the body that was posted under a request id."""
    return next(body for body in found if body["request"] == request)


def bindable(row: Mapping[str, object]) -> tuple[str, tuple[object, ...]]:
    """Return a WHERE clause that finds exactly ``row``, and its values."""
    return " AND ".join(f'"{name}" IS ?' for name in row), tuple(row.values())
