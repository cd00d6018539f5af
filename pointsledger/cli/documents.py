"""Commands that begin a book and adopt its documents."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path
from typing import Annotated

import typer

from pointsledger.cli import rehearsals
from pointsledger.cli.options import IN_MEMORY, By, Db, File, Request, Village
from pointsledger.cli.showing import say, table
from pointsledger.cli.words import language, many, speak
from pointsledger.errors import InvalidSetting
from pointsledger.ledger import DEFAULT_ZONE, Ledger
from pointsledger.reports.redemption_terms import redemption_terms, shop_terms
from pointsledger.rules.catalog import PriceList
from pointsledger.rules.rulebook import RuleBook
from pointsledger.values.words import Words

Decimals = Annotated[int, typer.Option("--decimals", help="Decimal places of a point, 0 to 2; never changes.")]
CheckedDecimals = Annotated[int, typer.Option("--decimals", min=0, max=2, help="Decimal places of the book's points.")]


rules: typer.Typer = typer.Typer(no_args_is_help=True, help="Check, try or adopt a rule book (积分细则).")
prices: typer.Typer = typer.Typer(no_args_is_help=True, help="Check or adopt a price list (价目表).")


def register(app: typer.Typer) -> None:
    """Add the commands to ``app``."""
    app.command()(init)
    rehearsals.register(rules)
    app.add_typer(rules, name="rules")
    app.add_typer(prices, name="prices")


def init(
    db: Db,
    village: Annotated[str, typer.Option("--village", envvar="POINTSLEDGER_VILLAGE", help="A code for the village.")],
    rulebook: Annotated[Path | None, typer.Option("--rulebook", help="The rule book, a TOML file.")] = None,
    price_list: Annotated[Path | None, typer.Option("--prices", help="The price list, a TOML file.")] = None,
    first_period: Annotated[
        str | None,
        typer.Option("--first-period", help="The first month that counts; that of the rule book's first day."),
    ] = None,
    zone: Annotated[str, typer.Option("--zone", help="The village's time zone.")] = DEFAULT_ZONE,
    decimals: Decimals = 0,
    cut_off_day: Annotated[
        int, typer.Option("--cut-off-day", help="Last day of the village's month; 0 for civil months.")
    ] = 0,
    by: By = None,
) -> None:
    """Begin a book, with its rule book and price list."""
    if db in IN_MEMORY:
        raise InvalidSetting(
            name="--db",
            value=db,
            allowed="the name of a file, since a book in memory would be gone at once",
            allowed_zh="文件名（内存中的账本随即就会消失）",
        )
    with Ledger.create(
        db,
        village=village,
        rulebook=rulebook,
        prices=price_list,
        first_period=first_period,
        zone=zone,
        decimals=decimals,
        cut_off_day=cut_off_day,
        by=by,
    ) as ledger:
        first = ledger.record(1).said["first_period"]
        say(
            speak(
                f"The book of {village} begins in {db}; first period {first}.",
                f"{village} 的账本已建于 {db}；首个周期 {first}。",
            )
        )
        head = ledger.head()
        say(
            speak(
                f"{many(head.size, 'record')}, root {head.root.hex()}",
                f"共 {head.size} 笔记录，校验根 {head.root.hex()}",
            )
        )
        if rulebook is None:
            _tell_without_rules(present=first_period is None)


def _tell_without_rules(*, present: bool) -> None:
    """Say what a book cannot do without a rule book, and whether it begins in the ``present`` month for want of one."""
    if present:
        say(
            speak(
                "The first period is the present month, as neither a rule book nor --first-period says which; "
                "it never changes, and no earlier deed can be entered.",
                "没有给出细则，也没有给出 --first-period，首个周期因此取本月；以后不能更改，更早的事项不能录入。",
            )
        )
    say(
        speak(
            "No rule book is adopted yet, and no deed can be entered without one; "
            "type next: pointsledger rules adopt FILE",
            "尚未采用积分细则，采用之前不能录入事项；接下来请输入：pointsledger rules adopt 文件",
        )
    )


@rules.command("check")
def check_rules(file: File, decimals: CheckedDecimals = 0) -> None:
    """Check a rule book and say what law or policy makes risky in it; nothing is adopted."""
    book = RuleBook.from_file(file, decimals=decimals)
    count = len(book.activities)
    say(
        speak(
            f"{file}: {count} {'activity' if count == 1 else 'activities'}, no fault; first day {book.first_day}.",
            f"{file}：{count} 个事项，无误；生效日 {book.first_day}。",
        )
    )
    _tell_terms(redemption_terms(book.redemption, decimals))
    _tell_terms([book.retention.in_words()] if book.retention else [])
    warnings = book.warnings()
    if warnings:
        table(
            [{"activity": risk.activity, "note": risk.zh if language() == "zh" else risk.en} for risk in warnings],
            ("activity", "note"),
        )


def _tell_terms(terms: Iterable[Words]) -> None:
    """Say what a document says of redeeming, a line each."""
    for words in terms:
        say(speak(f"  {words.en}", f"  {words.zh}"))


@rules.command("adopt")
def adopt_rules(file: File, db: Db, village: Village = None, by: By = None, request: Request = None) -> None:
    """Adopt a rule book; it governs from its first day."""
    with Ledger.open(db, village=village) as ledger:
        receipt = ledger.adopt_rules(file, by=by, request=request)
        version = ledger.record(receipt.seq).decided["version"]
        say(
            speak(
                f"Rule book version {version} adopted, record {receipt.seq}.",
                f"已采用积分细则第 {version} 版，第 {receipt.seq} 号记录。",
            )
        )


@prices.command("check")
def check_prices(file: File, decimals: CheckedDecimals = 0) -> None:
    """Check a price list; nothing is adopted."""
    found = PriceList.from_file(file, decimals=decimals)
    count = len(found.items)
    say(
        speak(
            f"{file}: {many(count, 'item')}, no fault; first day {found.first_day}.",
            f"{file}：{count} 种商品，无误；生效日 {found.first_day}。",
        )
    )
    _tell_terms(shop_terms(found))


@prices.command("adopt")
def adopt_prices(file: File, db: Db, village: Village = None, by: By = None, request: Request = None) -> None:
    """Adopt a price list; it holds from its first day."""
    with Ledger.open(db, village=village) as ledger:
        receipt = ledger.adopt_prices(file, by=by, request=request)
        version = ledger.record(receipt.seq).decided["version"]
        say(
            speak(
                f"Price list version {version} adopted, record {receipt.seq}.",
                f"已采用价目表第 {version} 版，第 {receipt.seq} 号记录。",
            )
        )
