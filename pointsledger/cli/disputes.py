"""Explaining at the command line: a sheet to read out at the wall, and every reason as a column for scripts."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

import typer

from pointsledger.cli.options import AsCsv, AsJson, Db, Household, Output, Period, Village
from pointsledger.cli.showing import say_lines, table, write
from pointsledger.cli.words import account_name, language, speak
from pointsledger.ledger import Ledger
from pointsledger.reports.explanation import ExplainedLine, Explanation, LapsedLot, LimitCut

_MOVEMENT = ("seq", "on", "counts_on", "for_period", "heading", "activity", "name", "member", "quantity", "minutes")
_RULE = ("rulebook", "text", "source", "requested", "multiplier", "granted", "cuts")
_REASONS = (
    "exact",
    "paid_minutes",
    "settled",
    "arrears",
    "written_off",
    "expires_on",
    "clears_with",
    "floor",
    "lapsed",
    "prices",
    "items",
)
_PAIR = ("reverses", "reversed_by", "corrects", "corrected_by", "reason", "remark")
_EXCHANGE = ("reservation", "refunds", "refunded")
_COLUMNS = (*_MOVEMENT, *_RULE, *_REASONS, *_PAIR, *_EXCHANGE, "points", "balance")


def register(app: typer.Typer) -> None:
    """Add the command to ``app``."""
    app.command()(explain)


def explain(
    household: Household,
    period: Period,
    db: Db,
    village: Village = None,
    as_json: AsJson = False,
    as_csv: AsCsv = False,
    output: Output = None,
) -> None:
    """Explain (说明) a household's period: each movement with its rule, what cut it, what lapsed and why."""
    with Ledger.open(db, village=village) as ledger:
        found = ledger.explain(household, period)
    if as_json or as_csv:
        write([_plain(line, as_json=as_json) for line in found], _COLUMNS, as_json=as_json)
    elif output is not None:
        table(_rows(found), ("seq", "on", "what", "points", "balance", "note"), output=output)
    else:
        say_lines(found.say(language()))


def _rows(found: Explanation) -> list[dict[str, Any]]:
    """Return the sheet as rows of a table: what moved in its columns, and its reasons in one."""
    opening = {"what": speak("opening", "期初"), "balance": found.opening}
    closing = {"what": speak("closing", "期末"), "balance": found.closing}
    return [
        opening,
        *(
            {
                "seq": line.movement.seq or None,
                "on": line.movement.on,
                "what": line.movement.activity_name or account_name(line.movement.heading),
                "points": line.movement.points,
                "balance": line.movement.balance,
                "note": speak("; ", "；").join(line.say(language())[1:]),
            }
            for line in found
        ),
        closing,
    ]


def _plain(line: ExplainedLine, *, as_json: bool) -> dict[str, Any]:
    """Return a line with every reason in a column of its own."""
    moved = line.movement
    of_record = {name: getattr(moved, name) or None for name in ("seq", *_PAIR[:4], *_EXCHANGE)}
    several = {
        "cuts": [_fields(cut) for cut in line.cuts],
        "lapsed": [_fields(lot) | {"expiry": lot.expiry.to_said() if lot.expiry else None} for lot in line.lapsed],
        "items": [_fields(item) for item in line.items],
    }
    in_one = {
        "cuts": ";".join(f"{cut.of}={cut.cut}" for cut in line.cuts),
        "lapsed": ";".join(f"{lot.seq}={lot.points}" for lot in line.lapsed),
        "items": ";".join(f"{item.item}={item.pieces}" for item in line.items),
    }
    return (
        {name: getattr(moved, name) for name in (*_MOVEMENT, *_PAIR, "points", "balance") if hasattr(moved, name)}
        | {"name": moved.activity_name}
        | {name: getattr(line, name) for name in (*_RULE[3:6], *_REASONS) if hasattr(line, name)}
        | {name: _present(getattr(line, name)) for name in ("settled", "arrears", "written_off")}
        | {
            "rulebook": line.rule.rulebook if line.rule else None,
            "text": line.rule.text if line.rule else None,
            "source": line.rule.source if line.rule else None,
            "prices": line.prices or None,
        }
        | of_record
        | (several if as_json else in_one)
    )


def _present(points: Decimal) -> Decimal | None:
    return points or None


def _fields(value: LapsedLot | LimitCut | Any) -> dict[str, Any]:  # noqa: ANN401 - also an item
    return {name: getattr(value, name) for name in value.__slots__}
