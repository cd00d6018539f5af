"""What a book holds of some people: the records that name them by their ids, and those that are about such a record.

It is asked once in years for a household, so it looks through the village's bodies and keeps no index for it.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from sqlalchemy import Connection, and_, or_, select
from sqlmodel import col

from pointsledger.decisions.references import REFERENCES
from pointsledger.storage.tables import Journal, Remark
from pointsledger.values.canonical import canonical


def bodies_naming(connection: Connection, village: str, ids: Sequence[str]) -> Iterator[tuple[int, str]]:
    """Return number and body of every record that has one of some ids in it, or may be about one that has."""
    body = col(Journal.body)
    about_another = (
        and_(col(Journal.kind) == kind, or_(*(body.contains(f'"{name}":', autoescape=True) for name in fields)))
        for kind, fields in REFERENCES.items()
    )
    query = (
        select(col(Journal.seq), body)
        .where(col(Journal.village) == village, or_(*about_another, *(body.contains(one) for one in ids)))
        .order_by(col(Journal.seq))
    )
    return ((seq, body) for seq, body in connection.execute(query))


def texts(connection: Connection, village: str) -> dict[int, list[str]]:
    """Return the fields of free text that are kept of each record."""
    query = select(col(Remark.seq), col(Remark.field)).where(col(Remark.village) == village)
    found: dict[int, list[str]] = {}
    for seq, field in connection.execute(query):
        found.setdefault(seq, []).append(field)
    return found


def bodies_holding(
    connection: Connection, village: str, words: Sequence[str], *, after: int, limit: int
) -> Sequence[tuple[int, str]]:
    """Return number and body of the first records behind ``after`` with one of some words anywhere in them.

    No index helps: the database looks through the bodies, a million of them in about a second and a half a word.
    """
    written = [canonical(word).decode()[1:-1] for word in words]
    query = (
        select(col(Journal.seq), col(Journal.body))
        .where(
            col(Journal.village) == village,
            col(Journal.seq) > after,
            or_(*(col(Journal.body).contains(one, autoescape=True) for one in written)),
        )
        .order_by(col(Journal.seq))
        .limit(limit)
    )
    return [(seq, body) for seq, body in connection.execute(query)]
