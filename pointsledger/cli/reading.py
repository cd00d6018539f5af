"""Commands that read: each has --json and --csv for scripts."""

from __future__ import annotations

import json
from typing import Annotated, Any

import typer

from pointsledger.cli.dates import due
from pointsledger.cli.options import AsCsv, AsJson, Db, Household, OnBalance, Output, Period, View, Village
from pointsledger.cli.showing import say, say_lines, show, table, write
from pointsledger.cli.villages import EveryTally, seen, tally_every
from pointsledger.cli.words import TEXTS, account_name, speak, written
from pointsledger.errors import OptionRequired, OptionsConflict
from pointsledger.ledger import Ledger
from pointsledger.reports.readings import YUAN, AccountBalance, StatementLine, TrialLine
from pointsledger.reports.tally import AS_CLOSED, LEVELS, TIES
from pointsledger.reports.tallying import parse_level
from pointsledger.rules.bridge import FIGURES
from pointsledger.values.records import POINTS

_BALANCE = ("household", "name", "group", "balance", "held", "pending", "arrears", "available", "floor")
_BRIDGE = ("deeds", *FIGURES)
_TALLY = {
    "household": ("code", "name", "group", *_BRIDGE),
    "group": ("code", *_BRIDGE),
    "category": ("code", "name", "deeds", "base", "earned", "prior", "deducted"),
    "village": _BRIDGE,
}
_LINE = (
    "seq",
    "on",
    "counts_on",
    "period",
    "heading",
    "activity",
    "name",
    "member",
    "points",
    "balance",
    "requested",
    "for_period",
    "recorded_at",
    "reversed_by",
    "quantity",
    "reverses",
    "reason",
    "remark",
    "corrects",
    "corrected_by",
    "reservation",
    "refunds",
    "refunded",
    "written_off",
)
_STATEMENT = ("seq", "on", "what", "quantity", "member", "worth", "points", "balance", "note")


def register(app: typer.Typer) -> None:
    """Add the commands to ``app``."""
    for command in (balance, statement, tally, rank, due, record, head):
        app.command()(command)
    app.command("trial-balance")(trial_balance)


def balance(
    db: Db,
    household: Annotated[str | None, typer.Argument(help="A household's code; every household if left out.")] = None,
    village: Village = None,
    group: Annotated[str | None, typer.Option("--group", help="Only the households of this group.")] = None,
    on: OnBalance = None,
    as_json: AsJson = False,
    as_csv: AsCsv = False,
    output: Output = None,
) -> None:
    """Show what a household holds, or every household."""
    if household is not None and group is not None:
        raise OptionsConflict(option="--group", beside="a household")
    with Ledger.open(db, village=village) as ledger:
        if household is not None:
            found = [ledger.balance(household, on=on)]
        elif on is not None:
            raise OptionRequired(
                option="a household", option_zh="户号", instead="since --on goes with one", instead_zh="--on 只用于一户"
            )
        else:
            found = _every_balance(ledger, group)
    columns: tuple[str, ...] = _BALANCE if on is None else ("household", "name", "group", "on", "balance")
    if not (
        as_json or as_csv or any(row.floor for row in found)
    ):  # most villages have none: people need no column of it
        columns = tuple(column for column in columns if column != "floor")
    show([_fields(row) for row in found], columns, as_json=as_json, as_csv=as_csv, output=output)


def _every_balance(ledger: Ledger, group: str | None) -> list[AccountBalance]:
    found: list[AccountBalance] = []
    while page := ledger.balances(group=group, after=found[-1].household if found else None):
        found.extend(page)
    return found


def statement(
    household: Household,
    db: Db,
    village: Village = None,
    period: Annotated[
        str | None, typer.Option("--period", help="2026-10, 2026Q4 …; from the beginning if left out.")
    ] = None,
    as_json: AsJson = False,
    as_csv: AsCsv = False,
    output: Output = None,
) -> None:
    """Show every movement of a household with its reason and the balance after it."""
    with Ledger.open(db, village=village) as ledger:
        found = ledger.statement(household, period)
    if as_json or as_csv:
        lines = [
            _fields(line)
            | {
                "name": line.activity_name,
                "reversed_by": line.reversed_by or None,
                "reverses": line.reverses or None,
                "corrects": line.corrects or None,
                "corrected_by": line.corrected_by or None,
                "reservation": line.reservation or None,
                "refunds": line.refunds or None,
                "written_off": line.written_off or None,
            }
            for line in found
        ]
        write(lines, _LINE, as_json=as_json)
        return
    rows = [
        {
            "seq": line.seq,
            "on": line.on,
            "what": line.activity_name or line.activity or account_name(line.heading),
            "quantity": line.quantity,
            "member": line.member,
            "worth": line.requested if line.requested is not None else abs(line.points),
            "points": line.points,
            "balance": line.balance,
            "note": _note(line),
        }
        for line in found
    ]
    opening = speak(f"{found.household} {found.name}: opening", f"{found.household} {found.name}：期初")
    closing = speak("closing", "期末")
    if output is not None:  # what stands around the table is a row of the file
        ends = ({"what": opening, "balance": found.opening}, {"what": closing, "balance": found.closing})
        table([ends[0], *rows, ends[1]], _STATEMENT, output=output)
        return
    say(f"{opening} {found.opening}")
    table(rows, _STATEMENT)
    say(f"{closing} {found.closing}")


def _note(line: StatementLine) -> str:
    cut = line.requested is not None and not line.written_off and not line.reverses
    # What undoes a deed of which a limit left nothing was itself cut by none.
    told = (
        (line.written_off, speak(f"{line.written_off} not there, written off", f"{line.written_off} 不足，不再追扣")),
        (cut, speak("cut by the limit", "超限额削减")),
        (line.corrects, speak(f"corrects {line.corrects}", f"更正第 {line.corrects} 号")),
        (line.reverses, speak(f"reverses {line.reverses}", f"冲销第 {line.reverses} 号")),
        (line.reversed_by, _reversed(line.reversed_by)),
        (line.corrected_by, speak(f"corrected by {line.corrected_by}", f"已由 {line.corrected_by} 号更正")),
        (line.reservation, speak(f"reservation {line.reservation}", f"第 {line.reservation} 号预约")),
        (line.refunds, speak(f"refunds {line.refunds}", f"退第 {line.refunds} 号")),
        (line.refunded and not line.refunds, speak(f"{line.refunded} refunded", f"已退 {line.refunded}")),
    )
    notes = [text for applies, text in told if applies]
    if notes and line.reason:
        notes[-1] += speak(f": {written(line.reason)}", f"：{written(line.reason)}")
    if line.for_period:
        notes.append(speak(f"for {line.for_period}", f"属 {line.for_period}"))
    if line.remark:
        notes.append(speak(f"remark: {line.remark}", f"备注：{line.remark}"))
    return speak(", ", "，").join(notes)


def _reversed(by_seq: int) -> str:
    return speak(f"reversed by {by_seq}", f"已由 {by_seq} 号冲销") if by_seq else ""


def tally(
    context: typer.Context,
    period: Period,
    db: Db,
    village: Village = None,
    level: Annotated[str, typer.Option("--level", help=f"One of {', '.join(LEVELS)}.")] = "household",
    view: View = AS_CLOSED,
    all_villages: Annotated[
        bool, typer.Option("--all-villages", help="The tally of every village in the file, one after another.")
    ] = False,
    after: Annotated[
        str | None, typer.Option("--after", help="With --all-villages: go on behind this village.")
    ] = None,
    as_json: AsJson = False,
    as_csv: AsCsv = False,
    output: Output = None,
) -> None:
    """Show the tally (积分汇总) of a period: opening, what came in and went out, closing."""
    if all_villages:
        source = context.get_parameter_source("village")
        if source is not None and source.name == "COMMANDLINE":  # what the environment says is meant for others
            raise OptionsConflict(option="--village", beside="--all-villages")
        found = EveryTally(db, period, level, view, after)
        tally_every(found, _TALLY[parse_level(level)], level, as_json=as_json, as_csv=as_csv, output=output)
        return
    if after is not None:
        raise OptionRequired(
            option="--all-villages",
            option_zh="选项 --all-villages",
            instead="since --after goes with it",
            instead_zh="--after 只与它同用",
        )
    with Ledger.open(db, village=village) as ledger:
        tallied = ledger.tally(period, level=level, view=view)
    columns = _TALLY[level]
    rows = [_fields(row) | {"title": row.name} for row in tallied]
    if as_json or as_csv:
        write(rows, columns, as_json=as_json)
        return
    if level == "category":
        rows = [row if row["code"] else row | {"title": speak("(no category)", "（不属任何类别）")} for row in rows]
    total = _fields(tallied.total) | {"code": speak("total", "合计")}
    columns = seen(columns, total)
    called = tuple("title" if column == "name" and level == "category" else column for column in columns)
    table(rows, called, total if "code" in columns else None, output=output)


def rank(
    period: Period,
    db: Db,
    village: Village = None,
    level: Annotated[str, typer.Option("--level", help="household or group.")] = "household",
    view: View = AS_CLOSED,
    ties: Annotated[str, typer.Option("--ties", help=f"One of {', '.join(TIES)}.")] = "competition",
    first: Annotated[int | None, typer.Option("--first", min=1, help="Only the first so many ranks.")] = None,
    as_json: AsJson = False,
    as_csv: AsCsv = False,
    output: Output = None,
) -> None:
    """Rank (排名) by what was earned in a period; redeeming changes nothing in it."""
    with Ledger.open(db, village=village) as ledger:
        ranked = ledger.ranking(period, level=level, view=view, ties=ties)
    found = [row for row in ranked if first is None or row.rank <= first]
    columns = (
        ("rank", "code", "name", "group", "points", "deeds")
        if level == "household"
        else ("rank", "code", "points", "deeds")
    )
    show([_fields(row) for row in found], columns, as_json=as_json, as_csv=as_csv, output=output)


def trial_balance(
    db: Db,
    village: Village = None,
    as_json: AsJson = False,
    as_csv: AsCsv = False,
    output: Output = None,
) -> None:
    """Show the balance of every account of points and goods; each book sums to zero."""
    with Ledger.open(db, village=village) as ledger:
        found = ledger.trial_balance()
    columns = ("unit", "account", "balance")
    if as_json or as_csv:
        write([_fields(line) for line in found], columns, as_json=as_json)
    else:
        table([_named(line) for line in found], columns, output=output)
        say(
            speak("Every book sums to zero.", "各账借贷相抵，合计为零。")
            if found.foots
            else speak("A book does NOT sum to zero.", "有账不平！")
        )
    if not found.foots:
        raise typer.Exit(1)


def _named(line: TrialLine) -> dict[str, Any]:
    """Return a line of the trial balance with the names of its good and its category, where people read it."""
    units = {POINTS: speak("points", "积分"), YUAN: speak("money (yuan)", "资金（元）")}
    unit = units.get(line.unit, line.unit_name or line.unit)
    name, mark, category = line.account.partition(":")
    account = account_name(name + mark + (line.category_name or category))
    return _fields(line) | {"unit": unit, "account": account}


def record(
    seq: Annotated[int, typer.Argument(help="The record's number.", show_default=False)],
    db: Db,
    village: Village = None,
    as_json: AsJson = False,
) -> None:
    """Show a record of the journal, as it was written, its remark or reason, and who stands behind the ids in it."""
    with Ledger.open(db, village=village) as ledger:
        body = ledger.record(seq).body()
        people = ledger.people_in(seq)
        remarks = ledger.remarks(seq)
    say_lines(json.dumps(json.loads(body), ensure_ascii=False, indent=2))
    if as_json:
        return
    for field, text in remarks.items():
        say(f"{speak(*TEXTS[field])}{written(text)}")
    if people:
        table([_fields(person) | {"title": person.name} for person in people], ("id", "code", "title"))


def head(
    db: Db,
    village: Village = None,
    size: Annotated[
        int | None, typer.Option("--size", min=1, help="As it was when the book had so many records.")
    ] = None,
    as_json: AsJson = False,
    as_csv: AsCsv = False,
    output: Output = None,
) -> None:
    """Show how many records the book has and the root over them, to hold against a root kept elsewhere."""
    with Ledger.open(db, village=village) as ledger:
        found = ledger.head(size)
    show(
        [{"records": found.size, "root": found.root.hex()}],
        ("records", "root"),
        as_json=as_json,
        as_csv=as_csv,
        output=output,
    )


def _fields(value: Any) -> dict[str, Any]:  # noqa: ANN401 - any of the readings
    """Return the fields of a reading by name."""
    return {name: getattr(value, name) for name in value.__slots__}
