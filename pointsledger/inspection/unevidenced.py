"""Evidence (凭据): awards without any, services without a beginning and an end, one paper for many households."""

from __future__ import annotations

from collections.abc import Iterator
from decimal import Decimal
from typing import ClassVar

from pointsledger.decisions.awarding import AWARD, DEDUCT
from pointsledger.inspection.by_operator import ByOperator
from pointsledger.inspection.matter import Matter
from pointsledger.inspection.view import Seen, View
from pointsledger.rules.named import lookup_key
from pointsledger.values.calendar import minutes_between
from pointsledger.values.sequences import records_named, times
from pointsledger.values.words import Words

_MINUTES = 60

_NOTHING = frozenset({"", "无", "没有", "略", "none", "nil", "na"})
"""What a remark comes to that says nothing, without its spaces and signs."""


class WithoutEvidence:
    """Awards of some size that neither a sheet nor a remark vouches for; one that says nothing is none."""

    code: ClassVar[str] = "without-evidence"
    title: ClassVar[Words] = Words("Awards without evidence", "加分无凭据")
    question: ClassVar[Words] = Words(
        "Which larger awards have neither a remark nor a sheet behind them?", "哪些较大的加分既无备注也无登记表？"
    )

    def __init__(self, view: View) -> None:
        """Begin with nothing seen."""
        self._view = view
        self._least = view.least(self.code)
        self._bare = ByOperator(view)

    def see(self, seen: Seen) -> None:
        """Keep it if it is large enough and nothing vouches for it; a remark that was erased once did."""
        record = seen.record
        granted = record.decided.get("granted", 0)
        if record.kind != AWARD or seen.reversed_by or seen.from_sheet or granted < self._least:
            return
        if "remark" not in record.said or _says_nothing(seen.texts.get("remark")):
            self._bare.keep(seen, granted)

    def found(self) -> Iterator[Matter]:
        """Yield each operator with the records."""
        for who, seqs, told, granted in self._bare:
            points = self._view.points(sum(granted))
            yield Matter(
                self.code,
                seqs,
                who,
                "",
                Words(
                    f"{who} recorded {times(len(seqs), 'award')} of {points} points in all without remark or sheet: "
                    f"{told.en}.",
                    f"{who} 录入的 {len(seqs)} 笔加分（共 {points} 分）既无备注也无登记表：{told.zh}。",
                ),
                Words(
                    f"Ask for the certificates or the review sheets behind {told.en}.",
                    f"请调阅{told.zh}的证书或评议表。",
                ),
                {"records": len(seqs), "points": points},
            )


def _words_of(remark: str) -> str:
    """Return a remark as two are compared: neither a space nor a full stop makes it another."""
    return "".join(filter(str.isalnum, lookup_key(remark)))


def _says_nothing(remark: str | None) -> bool:
    """Tell whether a remark that is still kept is there for the form's sake alone, such as ``无`` or ``-``."""
    return remark is not None and _words_of(remark) in _NOTHING


class ServiceWithoutTimes:
    """Services of which long hours lie between no beginning and end that somebody wrote down.

    Worked example: 12 hours from 08:00 to 10:00 are 10 hours without times; with a beginning alone they are 12.
    """

    code: ClassVar[str] = "service-without-times"
    title: ClassVar[Words] = Words("Long services without times", "长时服务无起止时间")
    question: ClassVar[Words] = Words(
        "Which hours of service have no beginning and no end?", "哪些服务时长没有起止时间？"
    )

    def __init__(self, view: View) -> None:
        """Begin with nothing seen."""
        self._view = view
        self._least = view.thresholds.of(self.code, "hours") * _MINUTES
        self._bare = ByOperator(view)

    def see(self, seen: Seen) -> None:
        """Keep it if so much of it is beyond its times."""
        said, minutes = seen.record.said, self._minutes(seen)
        if "started_at" in said and "ended_at" in said:
            minutes -= minutes_between(said["started_at"], said["ended_at"])
        if minutes >= self._least and not seen.reversed_by:
            self._bare.keep(seen, minutes)

    def _minutes(self, seen: Seen) -> int:
        said = seen.record.said
        if seen.record.kind != AWARD:
            return 0
        if "minutes" in said:
            return int(said["minutes"])
        activity = self._view.activity(seen.record)
        served = activity is not None and activity.per == "hour"
        return int(Decimal(said.get("quantity", "1")) * _MINUTES) if served else 0

    def found(self) -> Iterator[Matter]:
        """Yield each operator with the records."""
        for who, seqs, told, minutes in self._bare:
            hours = sum(minutes) // _MINUTES
            yield Matter(
                self.code,
                seqs,
                who,
                "",
                Words(
                    f"{who} recorded {times(len(seqs), 'service')} with {times(hours, 'hour')} in all for which no "
                    f"beginning and end account: {told.en}.",
                    f"{who} 录入的 {len(seqs)} 笔服务中，共 {hours} 小时没有起止时间可对：{told.zh}。",
                ),
                Words(
                    f"Hold {told.en} against the sign-in sheets of those days.",
                    f"请将{told.zh}与当日签到表核对。",
                ),
                {"records": len(seqs), "hours": hours},
            )


class SameEvidence:
    """Records of one operator, minute and remark for many households.

    Instants never run backwards, so that only the minute at hand is kept.
    """

    code: ClassVar[str] = "same-evidence"
    title: ClassVar[Words] = Words("One paper for many households", "同一凭据多户")
    question: ClassVar[Words] = Words(
        "Which entries share one operator, minute and evidence?", "哪些记录的经办人、时间和凭据都相同？"
    )

    def __init__(self, view: View) -> None:
        """Begin with nothing seen."""
        self._view = view
        self._least = view.thresholds.of(self.code, "households")
        self._minute = ""
        self._alike: dict[tuple[str, str], tuple[str, list[tuple[int, str]]]] = {}
        self._found: list[Matter] = []

    def see(self, seen: Seen) -> None:
        """Keep it beside those of its minute."""
        if seen.minute != self._minute:
            self._end_minute()
            self._minute = seen.minute
        remark = seen.texts.get("remark", "")
        if remark and seen.record.kind in {AWARD, DEDUCT} and not seen.from_sheet and not seen.reversed_by:
            key = (seen.record.by, _words_of(remark))
            self._alike.setdefault(key, (remark, []))[1].append((seen.record.seq, seen.account))

    def _end_minute(self) -> None:
        for (operator, _), (remark, records) in self._alike.items():
            households = {account for _, account in records}
            if len(households) >= self._least:
                self._found.append(self._matter(operator, remark, tuple(seq for seq, _ in records), len(households)))
        self._alike.clear()

    def _matter(self, operator: str, remark: str, seqs: tuple[int, ...], households: int) -> Matter:
        who, told, when = self._view.directory.code(operator), records_named(seqs), self._minute.replace("T", " ")
        return Matter(
            self.code,
            seqs,
            who,
            self._minute,
            Words(
                f"{who}, {when}: {times(len(seqs), 'record')} for {times(households, 'household')} with the remark "
                f"“{remark}” ({told.en}).",
                f"{who} 在 {when} 一分钟内为 {households} 户录入 {len(seqs)} 笔，备注同为“{remark}”（{told.zh}）。",
            ),
            Words(
                f"Hold the slips of {told.en} beside one another: are the signatures by different hands?",
                f"请把{told.zh}的单据放在一起比对：签名是否出自不同的人？",
            ),
            {"records": len(seqs), "households": households},
        )

    def found(self) -> Iterator[Matter]:
        """Yield each minute, operator and remark."""
        self._end_minute()
        yield from self._found
