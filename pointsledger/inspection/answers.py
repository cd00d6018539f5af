"""Answers (回访答复): households called back though no draw came upon them, drawn and not called, or answering twice.

Whoever is asked in place of somebody who was drawn was chosen by somebody, and so was whoever is left out. And of two
answers it is the first that may have been talked over: neither stands for the other.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator
from typing import ClassVar

from pointsledger.decisions.calling_back import NOT_REACHED, draw_of
from pointsledger.inspection.called_back import ANSWERS_IN_WORDS
from pointsledger.inspection.matter import Matter
from pointsledger.inspection.view import Seen, View
from pointsledger.rules.draw import Draw
from pointsledger.values.sequences import MOST_RANGES, records_named, times
from pointsledger.values.words import Words


class NotDrawn:
    """Calls that name a draw which did not come upon the household, as anybody finds who does it again."""

    code: ClassVar[str] = "not-drawn"
    title: ClassVar[Words] = Words("Called back, but not drawn", "回访了未抽中的户")
    question: ClassVar[Words] = Words(
        "Which households were called back under a draw that did not come upon them?",
        "哪些户并未抽中，却按抽签作了回访？",
    )

    def __init__(self, view: View) -> None:
        """Begin with nothing seen."""
        self._view = view

    def see(self, seen: Seen) -> None:
        """Look at nothing: calls for a draw of the period are recorded after it as well."""

    def found(self) -> Iterator[Matter]:
        """Yield each operator and draw with the calls."""
        others: dict[tuple[str, Draw], list[tuple[int, str]]] = defaultdict(list)
        for record, own in self._view.calls():
            named = draw_of(record)
            account = str(record.said["account"])
            if own and named is not None and account not in self._view.drawn(named):
                others[record.by, named].append((record.seq, account))
        for (operator, named), calls in others.items():
            directory = self._view.directory
            seqs, who, told = (
                tuple(seq for seq, _ in calls),
                directory.code(operator),
                records_named(s for s, _ in calls),
            )
            homes = sorted({directory.code(account) for _, account in calls})
            drawn = _in_words(named)
            yield Matter(
                self.code,
                seqs,
                who,
                "",
                Words(
                    f"{who} recorded calls to {', '.join(homes)} ({told.en}) for a draw of {drawn.en}; done "
                    "again, it does not come upon them.",
                    f"{who} 记录了对 {'、'.join(homes)} 的回访（{told.zh}），所列为{drawn.zh}；重抽一次，并未抽中。",
                ),
                Words(
                    "Draw again with the same head and number, and ask why these households stood in for those drawn.",
                    "请用同一校验根和号码重抽，并问明为何以这些户代替抽中的户。",
                ),
                {"calls": len(calls), "size": named.size, "number": named.number, "count": named.count},
            )


class NotCalled:
    """Households that a draw came upon and nobody called for it, while others of the same draw were."""

    code: ClassVar[str] = "not-called"
    title: ClassVar[Words] = Words("Drawn, but not called back", "抽中了却没有回访的户")
    question: ClassVar[Words] = Words(
        "Which households did a draw come upon, and nobody recorded a call to them?",
        "哪些户抽中了，却没有回访记录？",
    )

    def __init__(self, view: View) -> None:
        """Begin with nothing seen."""
        self._view = view

    def see(self, seen: Seen) -> None:
        """Look at nothing: calls for a draw of the period are recorded after it as well."""

    def found(self) -> Iterator[Matter]:
        """Yield each draw of which somebody was left out, with the calls that name it."""
        draws: dict[Draw, list[int]] = defaultdict(list)
        last: dict[str, int] = {}
        for record, own in self._view.calls():
            last[str(record.said["account"])] = record.seq
            named = draw_of(record)
            if own and named is not None:
                draws[named].append(record.seq)
        for named, seqs in draws.items():
            # A call that is older than the draw is none for it.
            left = {one for one in self._view.drawn(named) if last.get(one, 0) <= named.size}
            if not left:
                continue
            homes = sorted(self._view.directory.code(account) for account in left)
            drawn, told = _in_words(named), records_named(seqs)
            yield Matter(
                self.code,
                tuple(seqs),
                homes[0] if len(homes) == 1 else "",
                "",
                Words(
                    f"A draw of {drawn.en} comes upon {', '.join(homes)} as well, and no call to them is recorded "
                    f"since; it is named in {told.en}.",
                    f"{drawn.zh}中，{'、'.join(homes)} 此后没有回访记录（同次抽签：{told.zh}）。",
                ),
                Words(
                    "Ask who was to call them, and call them now; one who was not reached is recorded as that.",
                    "请问明由谁负责回访，并补作回访；未联系上的也应如实记录。",
                ),
                {"left_out": len(homes), "size": named.size, "number": named.number, "count": named.count},
            )


def _in_words(named: Draw) -> Words:
    """Return what a draw was of, to be looked up."""
    return Words(
        f"{named.count} from {named.size} records with the number {named.number}"
        + (f", among the households of {named.period}" if named.period else ""),
        f"依据 {named.size} 笔记录和号码 {named.number} 抽取的 {named.count} 户"
        + (f"（限 {named.period} 有积分变动的户）" if named.period else ""),
    )


class AnswersChanged:
    """Households that answered one call so and another otherwise."""

    code: ClassVar[str] = "answers-changed"
    title: ClassVar[Words] = Words("Answered differently", "前后答复不一")
    question: ClassVar[Words] = Words(
        "Which households said one thing in one call and another in the next?", "哪些户前后两次回访的答复不一样？"
    )

    def __init__(self, view: View) -> None:
        """Begin with nothing seen."""
        self._view = view

    def see(self, seen: Seen) -> None:
        """Look at nothing: what was answered before the period counts with what was answered in it."""

    def found(self) -> Iterator[Matter]:
        """Yield each household that was called in the period, with all its answers in their order."""
        given: dict[str, list[tuple[int, str]]] = defaultdict(list)
        asked: set[str] = set()
        for record, own in self._view.calls():
            account, answer = str(record.said["account"]), str(record.said["answer"])
            if answer != NOT_REACHED:  # where nobody was reached nothing was answered
                given[account].append((record.seq, answer))
                asked |= {account} if own else set()
        for account, answers in given.items():
            if account not in asked or len({answer for _, answer in answers}) == 1:
                continue
            seqs, home = tuple(seq for seq, _ in answers), self._view.directory.code(account)
            told = [(seq, ANSWERS_IN_WORDS[answer]) for seq, answer in answers[:MOST_RANGES]]
            english = ", then ".join(f"{words.en} (record {seq})" for seq, words in told)
            chinese = "，后".join(f"{words.zh}（第 {seq} 号记录）" for seq, words in told)
            more = len(answers) - len(told)
            rest = Words(f" and {more} more", f"，另有 {more} 次") if more else Words("", "")
            yield Matter(
                self.code,
                seqs,
                home,
                "",
                Words(
                    f"{home} was called back {times(len(answers), 'time')}: {english}{rest.en}.",
                    f"{home} 回访 {len(answers)} 次：先{chinese}{rest.zh}。",
                ),
                Words(
                    f"Ask {home} once more with nobody from the village there, and who called the later time.",
                    f"请在村里人不在场时再问 {home} 一次，并问明后一次是谁去回访的。",
                ),
                {"calls": len(answers)},
            )
