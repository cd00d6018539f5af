"""Recovering: a backup was put back, and the records that came after it are lost; the book says so itself.

Seen from outside a book that goes on from a backup looks like one whose end somebody cut off: slips and notices that
were issued for the lost records no longer agree with it. Only a declaration in the book itself, made in the open, tells
the one from the other. It names the first number that was lost and, of what had been issued for those, each head that
is known: how many records the book had then, and its root, or the first half of it that stands on paper.

How far the loss reaches has to be shown. The last number is that of the largest head, and none larger is taken: whoever
may declare any number lost has excused beforehand whatever is cut off later. Where no head is known there is no number,
and the day stands there on which something was entered last.

Worked example: a backup of 80 records is put back after some more had been written, and somebody holds the slip of
record 90. Declared is 81 to 90, with the head of 90. Then somebody brings one of 95: another declaration extends the
first, and says up to 95. If a head turns out to be this book's own, it was not lost.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from pointsledger.decisions.drafts import draft, today
from pointsledger.decisions.state import State
from pointsledger.errors import AlreadyDeclared, InvalidSetting, NothingLost, OptionRequired
from pointsledger.rules import merkle
from pointsledger.values.records import Command, Record
from pointsledger.values.words import Words

RECOVERED = "recovered"

FIRST_TO_LOSE = 2
"""With its first record a book loses the number that tells it from every other: what begins anew is another book."""


def decide_recovery(state: State, command: Command) -> Record:
    """Declare that what followed record ``said["lost_from"] - 1`` in another end of this book is lost.

    Decided are ``size`` and ``root``: the head of the book as it goes on, before this record.

    Raises:
        InvalidSetting: if there can be no such range, or what is given does not show it.
        OptionRequired: if neither a head nor a day shows how far it reaches.
        NothingLost: if a head is this book's own.
        AlreadyDeclared: if the declaration that it extends says all of it.

    """
    said: Any = command.said
    first, heads = said["lost_from"], said.get("heads", ())
    _see_between("lost_from", first, FIRST_TO_LOSE, state.size + 1)
    _see_last(first, said.get("lost_through"), heads)
    recorded_on = today(state, command)
    _see_day(state, first, said.get("last_on"), recorded_on, needed=not heads)
    own = roots_at(state, [size for size, _ in heads if size <= state.size])
    for size, root in heads:
        if own.get(size, "").startswith(root):
            raise NothingLost(size=size)
    if "extends" in said:
        _see_extending(state, said)
    return draft(state, command, on=recorded_on, decided={"size": state.size, "root": state.root.hex()})


def _see_last(first: int, last: int | None, heads: Iterable[tuple[int, str]]) -> None:
    """See that the last number is what the largest head shows, and each head is of the range."""
    sizes = [size for size, _ in heads]
    shown = max(sizes, default=None)
    if last != shown:
        given = f"{shown}, the largest head that is given" if shown else "none without a head that shows it"
        given_zh = f"{shown}，即所给校验根中最大的记录数" if shown else "没有校验根时不写末号"
        raise InvalidSetting(name="lost_through", value=last, allowed=given, allowed_zh=given_zh)
    for size in sizes:
        _see_between("heads", size, first, max(sizes))


def _see_day(state: State, first: int, day: str | None, today: str, *, needed: bool) -> None:
    """See that the last day on which something was entered can be one, if it is said, and said if it is ``needed``."""
    if day is None:
        if needed:
            raise OptionRequired(
                option="a head that was issued for what was lost (heads, --head)",
                instead="or the last day on which something was entered (last_on, --last-on)",
                option_zh="丢失部分已发出的校验码（heads、--head）",
                instead_zh="或注明最后录入的日期（last_on、--last-on）",
            )
        return
    least = state.calendar.day_of_instant(state.record(first - 1).recorded_at)
    if not least <= day <= today:
        raise InvalidSetting(
            name="last_on", value=day, allowed=f"{least} to {today}", allowed_zh=f"{least} 至 {today} 的日期"
        )


def _see_extending(state: State, said: dict[str, Any]) -> None:
    """See that a declaration says something that the one which it extends, and those which that extends, do not.

    Raises:
        InvalidSetting: if what it extends is no declaration of the same loss.
        AlreadyDeclared: if it says nothing new.

    """
    first, extended = said["lost_from"], said["extends"]
    _see_between("extends", extended, first, state.size)
    earlier = [*declarations(state, extended)]
    if not earlier:
        raise InvalidSetting(
            name="extends", value=extended, allowed="the record of a declaration", allowed_zh="恢复声明的记录号"
        )
    known = [(size, root) for one in earlier for size, root in one.get("heads", ())]
    new = any(not any(size == at and had.startswith(root) for at, had in known) for size, root in said.get("heads", ()))
    later = said.get("last_on", "") > max(one.get("last_on", "") for one in earlier)
    if not (new or later or first < min(one["lost_from"] for one in earlier)):
        raise AlreadyDeclared(seq=extended)


def declarations(state: State, seq: int | None) -> Iterator[dict[str, Any]]:
    """Yield what the declaration in record ``seq`` said, and what those said which it extends one behind the other."""
    while seq is not None:
        record = state.record(seq)
        if record.kind != RECOVERED:
            return
        said: Any = record.said
        yield said
        before = said.get("extends")
        seq = before if before is not None and before < seq else None


def lost_in_words(said: Mapping[str, Any]) -> Words:
    """Return which records a declaration says are lost, whatever else stands there: the text may be anybody's."""
    first, last, day = said.get("lost_from"), said.get("lost_through"), said.get("last_on")
    heads, extended = said.get("heads"), said.get("extends")
    known = len(heads) if isinstance(heads, list | tuple) else 0
    reach = Words(f"{first} to {last}", f"第 {first} 至 {last} 号")
    if last is None:
        reach = Words(f"from {first} on, how many is not known", f"第 {first} 号起，笔数不详")
    if day is not None:
        reach = Words(f"{reach.en}, entered through {day}", f"{reach.zh}，最后录入于 {day}")
    more = Words("", "") if extended is None else Words(f"; extends record {extended}", f"；补充第 {extended} 号声明")
    return Words(
        f"{reach.en} ({known} {'head' if known == 1 else 'heads'} known{more.en})",
        f"{reach.zh}（已知校验根 {known} 个{more.zh}）",
    )


def roots_at(state: State, sizes: Iterable[int]) -> dict[int, str]:
    """Return the root that the book had at some sizes (hexadecimal), none beyond what it has.

    Only whoever entered records again before declaring asks for others than the last: then the bodies are hashed anew,
    since a decision knows the journal and not the tree that is stored beside it.
    """
    wanted = set(sizes)
    found = {state.size: state.root.hex()} if state.size in wanted else {}
    frontier: list[bytes] = []
    for seq in range(1, max(wanted - set(found), default=0) + 1):
        merkle.grow(frontier, seq - 1, merkle.leaf_hash(state.record(seq).body()))
        if seq in wanted:
            found[seq] = merkle.root(frontier).hex()
    return found


def _see_between(name: str, value: int, least: int, most: int) -> None:
    if not least <= value <= most:
        raise InvalidSetting(
            name=name, value=value, allowed=f"{least} to {most}", allowed_zh=f"{least} 至 {most} 的记录号"
        )
