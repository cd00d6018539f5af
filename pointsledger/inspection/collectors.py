"""Collectors (领取人): who collects for many households, and names that the register does not have."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator
from typing import ClassVar

from pointsledger.inspection.matter import Matter
from pointsledger.inspection.view import Seen, View
from pointsledger.rules.named import lookup_key
from pointsledger.values.sequences import records_named, times
from pointsledger.values.words import Words

_COLLECTED = frozenset({"redeem", "hand-over"})


class CollectorsForMany:
    """People who collected for several households that are not their own."""

    code: ClassVar[str] = "collectors-for-many"
    title: ClassVar[Words] = Words("Collected for many households", "一人代领多户")
    question: ClassVar[Words] = Words("Who collects for whom, and how often?", "谁替谁代领，代领了多少次？")

    def __init__(self, view: View) -> None:
        """Begin with nothing seen."""
        self._view = view
        self._names: dict[str, str] = {}
        self._pickups: dict[str, list[tuple[int, str]]] = defaultdict(list)

    def see(self, seen: Seen) -> None:
        """Keep who collected it, if it was for another household than their own."""
        if seen.record.kind not in _COLLECTED or seen.reversed_by:
            return
        directory, account = self._view.directory, seen.account
        person, name = seen.record.said.get("collector", ""), seen.texts.get("collector_name", "")
        if name:
            bearing = directory.bearing(name)
            # A name that only one member of the village bears is that member, whoever wrote it.
            person = bearing[0].id if len(bearing) == 1 else lookup_key(name)
        if person and directory.household_of(person) != account:
            self._names[person] = name or directory.called(person)
            self._pickups[person].append((seen.record.seq, account))

    def found(self) -> Iterator[Matter]:
        """Yield each of them with the households and the records."""
        least = self._view.thresholds.of(self.code, "households")
        for person, pickups in sorted(self._pickups.items(), key=lambda one: self._names[one[0]]):
            households = {account for _, account in pickups}
            if len(households) < least:
                continue
            seqs, who = tuple(seq for seq, _ in pickups), self._names[person]
            codes, told = sorted(map(self._view.directory.code, households)), records_named(seqs)
            yield Matter(
                self.code,
                seqs,
                who,
                "",
                Words(
                    f"{who} collected {times(len(seqs), 'time')} for {times(len(codes), 'household')} not their own: "
                    f"{', '.join(codes)} ({told.en}).",
                    f"{who} 为 {len(codes)} 户代领 {len(seqs)} 次：{'、'.join(codes)}（{told.zh}）。",
                ),
                Words(
                    f"Ask those households whether they sent {who}, and whether the goods arrived.",
                    f"请回访这些户：是否委托 {who} 代领，东西是否收到。",
                ),
                {"households": len(codes), "pickups": len(seqs)},
            )


class NamesNotInRegister:
    """Names of collectors that nobody in the register bears, as it is by now.

    A name that was amended or erased is gone by law, unless a retention keeps it beside the amendment, so that whoever
    bore it then looks like a stranger: where the register was rewritten since, the matter says so.
    """

    code: ClassVar[str] = "names-not-in-register"
    title: ClassVar[Words] = Words("Names not in the register", "名册上没有的名字")
    question: ClassVar[Words] = Words(
        "Which names of collectors does the register not have?", "哪些领取人的名字不在名册上？"
    )

    def __init__(self, view: View) -> None:
        """Begin with nothing seen."""
        self._view = view
        self._unknown: dict[str, tuple[str, list[int]]] = {}

    def see(self, seen: Seen) -> None:
        """Keep the name of its collector, if nobody bears it."""
        name = seen.texts.get("collector_name", "")
        if name and not seen.reversed_by and not self._view.directory.bearing(name):
            self._unknown.setdefault(lookup_key(name), (name, []))[1].append(seen.record.seq)

    def _renamed_since(self, seq: int) -> Words:
        """Return that the register was rewritten since a record, if it was: what stood there may be gone."""
        seqs = [one.record.seq for one in self._view.rewritings() if one.people and one.record.seq > seq]
        if not seqs:
            return Words("", "")
        told = records_named(seqs)
        return Words(
            f"; names in the register were amended or erased since, and may have been this one ({told.en})",
            f"；此后名册有姓名更正或删除，也可能原有此名（{told.zh}）",
        )

    def found(self) -> Iterator[Matter]:
        """Yield each name with the one in the register that comes nearest."""
        least = self._view.thresholds.of(self.code, "pickups")
        former = {lookup_key(name) for one in self._view.rewritings() for name in one.former}
        for key, (name, seqs) in sorted(self._unknown.items(), key=lambda one: one[1]):
            if len(seqs) < least or key in former:
                continue
            near, told = self._view.directory.near(name), records_named(seqs)
            like = Words("", "")
            if near is not None:
                like = Words(f"; the nearest is {near.name} ({near.code})", f"；最相近的是 {near.name}（{near.code}）")
            since = self._renamed_since(min(seqs))
            yield Matter(
                self.code,
                tuple(seqs),
                name,
                "",
                Words(
                    f"{name} collected ({told.en}) and stands nowhere in the register as it is today"
                    f"{like.en}{since.en}.",
                    f"{name} 领取过（{told.zh}），现名册上没有此人{like.zh}{since.zh}。",
                ),
                Words(
                    f"Hold the signature on the slips of {told.en} against the roster: a slip, or who is it?",
                    f"请将{told.zh}领取单上的签名与花名册核对：是笔误，还是另有其人？",
                ),
                {"pickups": len(seqs), "nearest": near.name if near is not None else ""},
            )
