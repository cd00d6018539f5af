"""Rewritings (删改): what was erased or amended in the register and beside the journal, and what was declared lost.

The law wants names gone at a resident's request, and a misspelt one put right. The same acts would also empty a book
before an inspection, and in a pack that shows today's names nothing would be missing. So each is told, from the first
day of the period on to the end of the book: who, on which ground, what it touched, and how soon after.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any, ClassVar

from pointsledger.decisions.amending import AMEND
from pointsledger.decisions.enrolling import BRING_IN, brought_in
from pointsledger.decisions.erasing import ERASE
from pointsledger.decisions.recovering import RECOVERED
from pointsledger.inspection.matter import Matter
from pointsledger.inspection.view import Rewriting, Seen, View
from pointsledger.rules.said import FORMER_FIELDS
from pointsledger.storage.transaction import Transaction
from pointsledger.values.sequences import MOST_RANGES, records_named, times
from pointsledger.values.vocabulary import GROUNDS_IN_WORDS
from pointsledger.values.words import Words

KINDS = (ERASE, AMEND, RECOVERED)
"""The kinds of record after which something is not there that was."""


def rewritings(transaction: Transaction, first: int, last_day: str) -> tuple[Rewriting, ...]:
    """Return what was rewritten from record ``first`` on; ``last_day`` is the last of the period."""
    state = transaction.state
    found = list(transaction.records(after=first - 1, kinds=KINDS))
    people = any("erased" in record.said or "amended" in record.said for record in found)
    written = _written_of(transaction) if people else {}
    told = []
    for record in found:
        said: Any = record.said
        persons = [*said.get("erased", ()), *(one["person"] for one in said.get("amended", ()))]
        texts = tuple(place["seq"] for place in said.get("texts", ()))
        touched = {*texts, *(seq for one in persons for seq in written.get(one, ()) if seq < record.seq)}
        day = state.calendar.day_of_instant(record.recorded_at)
        days = None
        if touched:  # the last of them is the youngest, since instants never run backwards
            young = state.calendar.day_of_instant(transaction.recorded_at(max(touched)))
            days = (date.fromisoformat(day) - date.fromisoformat(young)).days
        former = tuple(one.text for one in transaction.remarks(record.seq) if one.field in FORMER_FIELDS)
        told.append(Rewriting(record, len(persons), texts, days, day > last_day, former))
    return tuple(told)


def _written_of(transaction: Transaction) -> dict[str, list[int]]:
    """Return the records that brought each household, member and operator into the register, or changed them there."""
    written: dict[str, list[int]] = defaultdict(list)
    for record in transaction.records(kinds=[*BRING_IN, AMEND]):
        said: Any = record.said
        amended = said["amended"] if record.kind == AMEND else ()
        for person in (*(one["person"] for one in amended), *(one for _, one in brought_in(record))):
            written[person].append(record.seq)
    return written


@dataclass(frozen=True, slots=True)
class _Done:
    """What is told in one line: the same thing done by the same operator on the same ground."""

    kind: str
    operator: str
    ground: str


class Rewritten:
    """What was erased, amended or declared lost, in the period and since."""

    code: ClassVar[str] = "erased-or-amended"
    title: ClassVar[Words] = Words("Erased, amended, declared lost", "删除、更正与丢失声明")
    question: ClassVar[Words] = Words(
        "Which names and texts were erased or amended, in the period or since, and which records declared lost?",
        "本期及其后删除、更正了哪些姓名和文字？声明丢失了哪些记录？",
    )

    def __init__(self, view: View) -> None:
        """Begin with nothing seen."""
        self._view = view

    def see(self, seen: Seen) -> None:
        """Look at nothing: what was done after the period is not among its records."""

    def found(self) -> Iterator[Matter]:
        """Yield what each operator did, on each ground."""
        done: dict[_Done, list[Rewriting]] = defaultdict(list)
        for one in self._view.rewritings():
            ground = str(one.record.said.get("legal_ground", ""))
            done[_Done(one.record.kind, one.record.by, ground)].append(one)
        for key, several in done.items():
            yield self._lost(key, several) if key.kind == RECOVERED else self._changed(key, several)

    def _changed(self, key: _Done, several: list[Rewriting]) -> Matter:
        seqs, who = tuple(one.record.seq for one in several), self._view.directory.code(key.operator)
        told, touched = records_named(seqs), sorted({seq for one in several for seq in one.texts})
        persons, late = sum(one.people for one in several), sum(one.late for one in several)
        verb = Words("erased", "删除") if key.kind == ERASE else Words("amended", "更正")
        ground = GROUNDS_IN_WORDS.get(key.ground, Words(key.ground, key.ground))
        what = []
        if persons:
            entries = "1 entry" if persons == 1 else f"{persons:,} entries"
            what.append(Words(f"{entries} of the register", f"名册 {persons} 条"))
        if touched:
            texts = records_named(touched)
            what.append(Words(f"texts of {texts.en}", f"{texts.zh}的文字"))
        days = min((one.days for one in several if one.days is not None), default=None)
        soon = _soon(days)
        since = (
            Words(f"; {late} of it after the period's end", f"；其中 {late} 次在周期结束之后")
            if late
            else Words("", "")
        )
        on = Words(f" {ground.en}" if ground.en else "", f"，理由：{ground.zh}" if ground.zh else "")
        kept = sum(1 for one in several if one.former)
        gone = Words("the book does not have it any more", "账本中已不再保存")
        if kept:
            gone = Words(
                f"beside {times(kept, 'record')} of them the book still has it", f"其中 {kept} 笔账本仍存有原文"
            )
        return Matter(
            self.code,
            seqs,
            who,
            self._view.day_of(several[-1].record.recorded_at),
            Words(
                f"{who} {verb.en} {' and '.join(one.en for one in what)}{on.en} ({told.en}){soon.en}{since.en}.",
                f"{who} {verb.zh}了{'和'.join(one.zh for one in what)}{on.zh}（{told.zh}）{soon.zh}{since.zh}。",
            ),
            Words(
                f"Ask for the paper behind {told.en}, and what stood there: {gone.en}.",
                f"请调阅{told.zh}的申请或批件，并问明原来写的是什么；{gone.zh}。",
            ),
            {
                "register_entries": persons,
                "texts": len(touched),
                "ground": key.ground,
                "fewest_days": "" if days is None else days,
                "after_period": late,
            },
        )

    def _lost(self, key: _Done, several: list[Rewriting]) -> Matter:
        seqs, who = tuple(one.record.seq for one in several), self._view.directory.code(key.operator)
        said: list[Any] = [one.record.said for one in several]
        ranges = [_range(one) for one in said[:MOST_RANGES]]
        told, late = records_named(seqs), sum(one.late for one in several)
        gone = Words(
            f"records {', '.join(one.en for one in ranges)}", f"第 {'、'.join(one.zh for one in ranges)} 号记录"
        )
        return Matter(
            self.code,
            seqs,
            who,
            self._view.day_of(several[-1].record.recorded_at),
            Words(
                f"{who} declared {gone.en} of an earlier copy lost ({told.en}).",
                f"{who} 声明此前一份账本的{gone.zh}已丢失（{told.zh}）。",
            ),
            Words(
                f"Ask which backup was put back, and for the slips and notices of the lost {gone.en}.",
                f"请问明恢复的是哪份备份，并查对丢失的{gone.zh}的告知单和公示。",
            ),
            {"register_entries": 0, "texts": 0, "ground": "", "fewest_days": "", "after_period": late},
        )


def _soon(days: int | None) -> Words:
    if days is None:
        return Words("", "")
    if days == 0:
        return Words(", at the soonest on the same day as what it touches", "，最快与所涉记录同日")
    return Words(f", at the soonest {times(days, 'day')} after what it touches", f"，距所涉记录最短 {days} 天")


def _range(said: Mapping[str, Any]) -> Words:
    """Return which numbers a declaration says are lost; it may not know the last."""
    first, last = said["lost_from"], said.get("lost_through")
    return Words(f"{first} and on", f"{first} 起") if last is None else Words(f"{first}–{last}", f"{first}–{last}")
