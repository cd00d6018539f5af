"""Attacks on a file, by whoever holds it: on a row of a table, and on the whole book with everything made anew."""

from __future__ import annotations

import re
import shutil
import sqlite3
from collections.abc import Callable
from pathlib import Path
from typing import Any

from sqlalchemy import Column, Table

from pointsledger.rules import merkle
from pointsledger.rules.checkpoint import NO_LINK, Checkpoint, link_of, origin_of
from pointsledger.values import rows
from pointsledger.values.canonical import canonical
from tests.database.given_out import go_on
from tests.database.lived_in import (
    VILLAGE,
    Body,
    Change,
    bindable,
    bodies,
    made,
    plain,
    record_of,
    rewrite,
)

_SWAPPED = {"spend": "settle", "settle": "spend", "household": "resident", "resident": "household"}

# --- on a row ------------------------------------------------------------------------------------------


def others(value: object) -> list[object]:
    """Return values unlike ``value``, the first of which that the constraints let through will do."""
    match value:
        case None:
            return ["2026-01-01"]
        case int():
            return [one for one in (value + 1, value - 1, -value) if one != value]
        case bytes():
            return [bytes([value[0] ^ 1]) + value[1:] if value else bytes(32)]
        case str():
            # A period and an instant keep their form: their last figure is another one.
            given = [_SWAPPED.get(value, value + "x"), value + "x", re.sub(r"\d(?=\D*$)", _other_figure, value)]
            return [one for one in given if one != value]
    message = f"{value!r} is of no type that a table holds"
    raise TypeError(message)


def _other_figure(figure: re.Match[str]) -> str:
    return "2" if figure[0] == "1" else "1"


def rows_of(path: Path, table: Table) -> list[dict[str, Any]]:
    """Return the rows of a table, by column, in the order of their key."""
    key = ", ".join(column.name for column in table.primary_key.columns)
    with plain(path) as connection:
        found = connection.execute(f"SELECT * FROM {table.name} ORDER BY {key}").fetchall()  # noqa: S608 - a table of ours
    return [dict(zip(table.columns.keys(), row, strict=True)) for row in found]


def changed(path: Path, table: Table, column: Column[Any], where: str = "true") -> dict[str, Any]:
    """Change one value of a column, against a CHECK only if nothing else is left; return the row it was in."""
    with plain(path) as connection:
        held = connection.execute(f"SELECT * FROM {table.name} WHERE {where}").fetchall()  # noqa: S608 - a table of ours
    found = [dict(zip(table.columns.keys(), row, strict=True)) for row in held]
    for checked in (True, False):
        for row in found:
            place, values = bindable(row)
            for value in others(row[column.name]):
                try:
                    with plain(path, guarded=False, checked=checked) as connection:
                        connection.execute("BEGIN")
                        connection.execute(
                            f'UPDATE {table.name} SET "{column.name}" = ? WHERE {place}',  # noqa: S608 - as above
                            (value, *values),
                        )
                        connection.execute("COMMIT")
                except sqlite3.IntegrityError:  # another row's key, or no value of this column: the next one
                    continue
                return row
    message = f"{table.name}.{column.name} cannot be changed at all"
    raise AssertionError(message)


def exchange(path: Path, table: Table, held: list[tuple[Any, ...]]) -> None:
    """Put other rows in the place of all that a table holds, whatever its guards and checks say."""
    marks = ", ".join("?" * len(table.columns))
    with plain(path, guarded=False, checked=False) as connection:
        connection.execute(f"DELETE FROM {table.name}")  # noqa: S608 - a table of ours
        connection.executemany(f"INSERT INTO {table.name} VALUES ({marks})", held)  # noqa: S608 - as above


def _held(path: Path, table: Table) -> list[tuple[Any, ...]]:
    return [tuple(row.values()) for row in rows_of(path, table)]


def delete_in_the_middle(path: Path, table: Table) -> None:
    """Delete a row that is not the last; of one that is alone, that one."""
    found = _held(path, table)
    exchange(path, table, found[: len(found) // 2 - 1] + found[len(found) // 2 :] if len(found) > 1 else [])


def cut_off_the_last(path: Path, table: Table) -> None:
    """Delete the last row."""
    exchange(path, table, _held(path, table)[:-1])


def insert_a_copy(path: Path, table: Table) -> None:
    """Insert a row like the last under a key of its own, of the same village."""
    found = rows_of(path, table)
    made_up = dict(found[-1])
    *_, last = (column.name for column in table.primary_key.columns)
    kept = made_up[last]
    made_up[last] = kept + 1 if isinstance(kept, int) else f"{kept}x"
    for name in {"request_id", "code"} & set(made_up):  # unique beside the key
        made_up[name] += "x"
    exchange(path, table, [*(tuple(row.values()) for row in found), tuple(made_up.values())])


def swap_two(path: Path, table: Table) -> None:
    """Let two rows exchange everything but their keys: the first two of which that is not the same."""
    width = len(table.primary_key.columns)
    found = _held(path, table)
    one, two = next((a, b) for a in found for b in found if a[width:] != b[width:])
    swapped = {one: one[:width] + two[width:], two: two[:width] + one[width:]}
    exchange(path, table, [swapped.get(row, row) for row in found])


def swap_two_keys(path: Path, table: Table) -> None:
    """Let two rows exchange the last part of their keys, where all else stays in its place."""
    last = len(table.primary_key.columns) - 1
    found = _held(path, table)
    for one in found:
        for two in found:
            swapped = {one: (*one[:last], *two[last : last + 1], *one[last + 1 :])}
            swapped[two] = (*two[:last], *one[last : last + 1], *two[last + 1 :])
            after = [swapped.get(row, row) for row in found]
            if set(after) != set(found) and len({row[: last + 1] for row in after}) == len(found):
                return exchange(path, table, after)
    message = f"no two rows of {table.name} can exchange the ends of their keys"
    raise AssertionError(message)


def renumber(path: Path, table: Table) -> None:
    """Take a row out of the middle and move every number behind it up, in the first column that has numbers."""
    name = next(column.name for column in table.columns if column.name in {"seq", "number", "version", "generation"})
    found = rows_of(path, table)
    gone = sorted(row[name] for row in found)[len(found) // 2]
    left = [row | ({name: row[name] - 1} if row[name] > gone else {}) for row in found if row[name] != gone]
    exchange(path, table, [tuple(row.values()) for row in left])


# --- on the whole book ---------------------------------------------------------------------------------


def reissue(path: Path) -> None:
    """Make the book's own list of issued checkpoints anew, with the roots that it has now, linked as they should be."""
    frontier: list[bytes] = []
    roots: dict[int, bytes] = {}
    for size, body in enumerate(bodies(path)):
        merkle.grow(frontier, size, merkle.leaf_hash(canonical(body)))
        roots[size + 1] = merkle.root(frontier)
    with plain(path, guarded=False) as connection:
        found = connection.execute("SELECT * FROM points_checkpoint ORDER BY number").fetchall()
        connection.execute("DELETE FROM points_checkpoint")
        before = NO_LINK
        for held in found:
            row = rows.Checkpoint(*held)
            size = min(row.size, len(roots))
            row = row._replace(size=size, note=Checkpoint(origin_of(VILLAGE), size, roots[size]).text())
            row = row._replace(link=link_of(before, row))
            connection.execute("INSERT INTO points_checkpoint VALUES (?, ?, ?, ?, ?, ?)", row)
            before = row.link


def with_own_roots(found: list[Body]) -> list[Body]:
    """Put into each record that says the root before it the one that the records now have."""
    frontier: list[bytes] = []
    for size, body in enumerate(found):
        if "root" in body["decided"]:
            body["decided"]["root"] = merkle.root(frontier).hex()
        merkle.grow(frontier, size, merkle.leaf_hash(canonical(body)))
    return found


def rewrite_all(path: Path, change: Change) -> None:
    """Rewrite the journal and everything that is made from it, the list of issued checkpoints too."""
    rewrite(path, lambda found: with_own_roots(change(found)))
    with plain(path) as connection:
        connection.execute(
            "DELETE FROM points_remark WHERE seq > (SELECT size FROM points_village WHERE village = ?)", (VILLAGE,)
        )
        connection.execute(
            "DELETE FROM points_profile WHERE id NOT IN (SELECT account FROM points_account UNION "
            "SELECT resident FROM points_resident UNION SELECT operator FROM points_operator)"
        )
    reissue(path)


def another_operator(path: Path) -> None:
    """Say that another operator recorded an award, which no figure shows."""

    def renamed(found: list[Body]) -> list[Body]:
        body = record_of(found, "a-8")
        body["by"] = record_of(found, "s-1")["by"]
        return found

    rewrite_all(path, renamed)


def redated(path: Path) -> None:
    """Date a record an hour on, still before the one behind it, which changes no figure."""

    def later(found: list[Body]) -> list[Body]:
        body = record_of(found, "f-1")
        body["recorded_at"] = body["recorded_at"][:-8] + ".000001Z"
        for one in found[found.index(body) + 1 :]:
            one["recorded_at"] = max(one["recorded_at"], body["recorded_at"])
        return found

    rewrite_all(path, later)


def cut_off(path: Path, left: int = -3) -> None:
    """Cut records off the end."""
    rewrite_all(path, lambda found: found[:left])


def cut_off_one(path: Path) -> None:
    """Cut off the last record alone."""
    cut_off(path, -1)


def rolled_back(path: Path, earlier: Path, folder: Path) -> None:  # noqa: ARG001 - as all of them
    """Put last month's file in the place of this month's."""
    shutil.copy(earlier, path)


def forked(path: Path, earlier: Path, folder: Path) -> None:
    """Put last month's file back, and carry it on differently, to as many records."""
    shutil.copy(earlier, path)
    go_on(path, folder, quantity=2)


def relived(path: Path, earlier: Path, folder: Path) -> None:  # noqa: ARG001 - as all of them
    """Make the whole book again from its first record, with the same acts and this library."""
    shutil.copy(made(folder, "relived.db"), path)
    go_on(path, folder)


ON_THE_BOOK: dict[str, Callable[[Path, Path, Path], None]] = {
    "cut off the end": lambda path, *_: cut_off(path),
    "cut off the last record": lambda path, *_: cut_off_one(path),
    "roll the whole file back": rolled_back,
    "rewrite a record and recompute everything": lambda path, *_: another_operator(path),
    "date a record otherwise and recompute everything": lambda path, *_: redated(path),
    "restore last month's file and continue it differently": forked,
    "make the whole book again": relived,
}
"""What is done to a whole book, given this month's file, last month's, and a folder to work in."""
