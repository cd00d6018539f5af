"""Tracing at the command line: a sheet for people, a row for each link for scripts."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Annotated, Any

import typer

from pointsledger.cli.options import AsCsv, AsJson, Db, Village
from pointsledger.cli.showing import say_lines, write
from pointsledger.cli.words import language
from pointsledger.ledger import Ledger
from pointsledger.reports.trace import Origin, Trace, TracedRecord
from pointsledger.reports.tracing import MOST_USES, USES

_LINK = (
    "way",
    "step",
    "of",
    "heading",
    "amount",
    "unit",
    "unit_name",
    "granted",
    "account",
    "last_day",
    "unit_cost_fen",
)
_RECORD = (
    *("seq", "kind", "on", "recorded_at", "by", "approved_by", "household", "name", "member", "points"),
    *("activity", "activity_name", "rulebook", "text", "items", "prices", "collector", "collector_name"),
    *("redemption", "state", "refunded", "reverses", "reversed_by", "corrects", "corrected_by", "reason", "remark"),
    "details",
)
_NUMBERS = ("prices", "redemption", "reverses", "reversed_by", "corrects", "corrected_by")


def register(app: typer.Typer) -> None:
    """Add the command to ``app``."""
    app.command()(trace)


def trace(
    seq: Annotated[int, typer.Argument(help="The record's number.", show_default=False)],
    db: Db,
    village: Village = None,
    after: Annotated[int, typer.Option("--after", min=0, help="Show where it went behind this record.")] = 0,
    limit: Annotated[
        int, typer.Option("--limit", min=1, max=MOST_USES, help="So many records of where it went at most.")
    ] = USES,
    as_json: AsJson = False,
    as_csv: AsCsv = False,
) -> None:
    """Trace (溯源) a record: back to the deeds, goods and money behind it, and forth to where its lots went."""
    with Ledger.open(db, village=village) as ledger:
        found = ledger.trace(seq, after=after, limit=limit)
    if as_json or as_csv:
        write(_numbered(found, as_json=as_json), (*_LINK, *_RECORD), as_json=as_json)
    else:
        say_lines(found.say(language()))


def _numbered(found: Trace, *, as_json: bool) -> Iterator[dict[str, Any]]:
    """Yield the links as rows: a number each, and the number of the link that it leads to."""
    yield _row(found.record, as_json=as_json, way="record", step=1)
    step = 1
    for record in found.followed:
        step += 1
        yield _row(record, as_json=as_json, way="followed", step=step, of=1)
    for origin, of in _flat(found.origins, step, 1):
        step += 1
        told = {name: getattr(origin, name) for name in _LINK if hasattr(origin, name)}
        told["unit_cost_fen"] = origin.unit_cost_fen or None
        yield _row(origin.record, as_json=as_json, way="origin", step=step, of=of, **told)
    for use in found.uses:
        step += 1
        told = {name: getattr(use, name) for name in _LINK if hasattr(use, name)}
        yield _row(use.record, as_json=as_json, way="use", step=step, of=1, **told)


def _flat(origins: Iterable[Origin], before: int, of: int) -> Iterator[tuple[Origin, int]]:
    """Yield each origin with the number of the link that it leads to; the first has the number behind ``before``."""
    for origin in origins:
        before += 1
        yield origin, of
        for inner in _flat(origin.origins, before, before):
            before += 1
            yield inner


def _row(record: TracedRecord, *, as_json: bool, **link: Any) -> dict[str, Any]:  # noqa: ANN401 - columns of a row
    """Return a link and its record as the columns of a row."""
    told = {name: getattr(record, name) for name in _RECORD if hasattr(record, name)}
    rule = record.rule
    details = dict(record.details) | dict(record.texts)
    items = [
        {"item": item.item, "name": item.name, "pieces": item.pieces, "price": item.price} for item in record.items
    ]
    return (
        dict.fromkeys(_LINK)
        | link
        | told
        | {name: getattr(record, name) or None for name in _NUMBERS}
        | {
            "refunded": record.refunded or None,
            "approved_by": list(record.approved_by) if as_json else ";".join(record.approved_by),
            "activity": rule.code if rule else None,
            "activity_name": rule.name if rule else None,
            "rulebook": rule.rulebook if rule else None,
            "text": rule.text if rule else None,
            "items": items if as_json else ";".join(f"{item.item}={item.pieces}" for item in record.items),
            "details": details if as_json else ";".join(f"{name}={value}" for name, value in details.items()),
        }
    )
