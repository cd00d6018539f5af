"""Evidence (凭据): awards without any, services without a beginning and an end, one paper for many households."""

from __future__ import annotations

import unicodedata
from collections.abc import Iterator
from decimal import Decimal
from typing import ClassVar

from pointsledger.decisions.awarding import AWARD, DEDUCT
from pointsledger.inspection.by_operator import ByOperator
from pointsledger.inspection.matter import Matter
from pointsledger.inspection.view import Seen, View
from pointsledger.rules.named import folded
from pointsledger.values.calendar import minutes_between
from pointsledger.values.sequences import records_named, times
from pointsledger.values.words import Words

_MINUTES = 60

_NOTHING = frozenset(
    {
        "",
        "无",
        "無",
        "没",
        "没有",
        "沒有",
        "暂无",
        "暫無",
        "暂缺",
        "暫缺",
        "待补",
        "待補",
        "空",
        "空白",
        "略",
        "从略",
        "從略",
        "省略",
        "不详",
        "不詳",
        "未知",
        "无备注",
        "無備註",
        "无凭据",
        "無憑據",
        "无凭证",
        "無憑證",
        "无说明",
        "無說明",
        "none",
        "nil",
        "no",
        "null",
        "nothing",
        "na",
        "unknown",
        "notapplicable",
    }
)
"""What a remark comes to that says nothing, without its spaces and signs."""

_BETWEEN = " "
"""What stands for whatever is between two figures: 1-12 is 1/12, and neither 11-2 nor 112."""


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
    """Return the letters and figures of a remark, with the marks that belong to them, such as the vowels of Tibetan.

    Other signs and spaces are left out, but those between two figures, which are one ``_BETWEEN``.
    """
    words, apart = "", True
    for sign in folded(remark):
        sort = unicodedata.category(sign)[0]
        if sort not in "LNM" or (sort == "M" and apart):
            apart = True
            continue
        if apart and words and _is_figure(words[-1]) and _is_figure(sign):
            words += _BETWEEN
        words, apart = words + sign, False
    return words


def _is_figure(sign: str) -> bool:
    """Tell whether it stands for a number; ``二`` does, of which slips are numbered as well."""
    return unicodedata.numeric(sign, None) is not None


def _alike(remark: str) -> str:
    """Return a remark as two are compared: neither a space nor a full stop makes it another, if it has any words."""
    return _words_of(remark) or "".join(folded(remark).split())


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
            key = (seen.record.by, _alike(remark))
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
