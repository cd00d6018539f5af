"""Call-backs: drawing households whom to ask, recording what they say, and reading it again."""

from __future__ import annotations

from abc import abstractmethod
from contextlib import AbstractContextManager
from typing import Any

from pointsledger.decisions.calling_back import ANSWERS, CALL_BACK, concerns, draw_of
from pointsledger.errors import (
    InvalidNumber,
    InvalidSetting,
    NotThisBook,
    OptionRequired,
    OptionsConflict,
    RecordsProvisional,
)
from pointsledger.inspection.called_back import CallBackDraw, CallBackMade, CallBacksMade, DrawnHousehold
from pointsledger.inspection.drawing import Drawing
from pointsledger.inspection.inspecting import span_of
from pointsledger.posting import Posting
from pointsledger.receipts import Receipt
from pointsledger.reports.periods import months_asked
from pointsledger.reports.redemptions import Redeemed
from pointsledger.reports.register import parse_text
from pointsledger.reports.statement_lines import texts_of
from pointsledger.rules import draw
from pointsledger.rules.checkpoint import Checkpoint, origin_of
from pointsledger.rules.merkle import HASH_BYTES
from pointsledger.storage.transaction import Head, Transaction
from pointsledger.values.calendar import Day, months_in
from pointsledger.values.points import LAST_NUMBER, record_number
from pointsledger.values.records import Record
from pointsledger.values.rows import Profile

_ANSWERS_ZH = "confirmed（属实）、differs（不符）、not-reached（未联系上）或 refused（拒绝回答）"


class CallBacks(Redeemed):
    """What is done to ask the households themselves."""

    @abstractmethod
    def _posting(self) -> AbstractContextManager[Posting]:
        """Open the transaction that the next act belongs to."""

    def call_back(
        self,
        household: str,
        *,
        answer: str,
        size: int | None = None,
        number: str | None = None,
        period: str | None = None,
        count: int | None = None,
        by: str | None = None,
        on: Day | None = None,
        request: str | None = None,
        remark: str | None = None,
    ) -> Receipt:
        """Record what a household answered when it was asked about its points and goods.

        ``answer`` is ``confirmed``, ``differs``, ``not-reached`` or ``refused``; what it said goes to ``remark``.
        ``size``, ``number``, ``period`` and ``count`` name the draw that the household came from, as it was made: the
        records of the head, the number, the period (None: among all that were enrolled) and how many were drawn. An
        inspection does it again, and says if the household was not among them.

        Raises:
            UnknownAccount: if the household is not enrolled.
            InvalidSetting: for another answer.
            OptionRequired: if only a part of the draw is named.
            UnknownRecord: if the book never had so many records.
            InvalidPeriod, BeforeFirstPeriod, FutureDate: about the period.
            InvalidNumber, InvalidText: for a size or a number that there cannot be.

        """
        if answer not in ANSWERS:
            raise InvalidSetting(name="answer", value=answer, allowed=", ".join(ANSWERS), allowed_zh=_ANSWERS_ZH)
        with self._posting() as posting:

            def said() -> dict[str, Any]:
                if period is not None:
                    months_asked(posting.state, period, posting.today())
                return {
                    "account": posting.register.household(household),
                    "answer": answer,
                    "draw_size": None if size is None else _positive(size, "size"),
                    "draw_number": None if number is None else _number(number),
                    "draw_period": period,
                    "draw_count": None if count is None else draw.see_count(count),
                    "on": posting.day(on),
                }

            texts = {"remark": remark}
            return posting.act(CALL_BACK, said, by=by, request=request, texts=texts, household=household, on=on)

    def draw_call_backs(
        self,
        period: str | None = None,
        *,
        number: str,
        count: int,
        checkpoint: str | None = None,
        size: int | None = None,
        root: str | None = None,
    ) -> CallBackDraw:
        """Draw ``count`` households to be asked, by a head of this book and a number that was fixed after it.

        The head is a ``checkpoint`` as it was issued, or its ``size`` and ``root`` (hexadecimal). Drawn from are the
        households whose points moved in ``period``, or all that were enrolled, as of that head. Anybody with the
        journal draws the same ones; ``rules.draw`` says how.

        Raises:
            NotThisBook: if the head is none of this book.
            NotACheckpoint: if the text is no checkpoint.
            InvalidPeriod, BeforeFirstPeriod, FutureDate: about the period.
            InvalidNumber, InvalidSetting, InvalidText, OptionRequired, OptionsConflict: for what there cannot be.
            RecordsProvisional: within a transaction that has posted acts which may still be rolled back.

        """
        told = _number(number)
        draw.see_count(count)
        if period is not None:
            months_in(period)
        head = _head(self.village, checkpoint, size, root)
        with self._reading() as transaction:
            if self._provisional():
                raise RecordsProvisional
            if head.size > transaction.state.size or transaction.root_at(head.size) != head.root:
                raise NotThisBook(village=self.village, size=head.size, root=head.root.hex())
            if period is not None:
                months_asked(transaction.state, period, self._today(transaction.state))
            candidates = Drawing(transaction).among(period or "", head.size)
            chosen = draw.drawn(head.root, told, candidates, count)
            people = [(account, transaction.state.get(Profile, (account,))) for account in chosen]
            groups = {
                account: transaction.state.grouping(account, self._today(transaction.state)) for account in chosen
            }
        found = tuple(
            self._drawn(place, account, profile, groups[account], period)
            for place, (account, profile) in enumerate(people, start=1)
        )
        return CallBackDraw(self.village, period, head.size, head.root.hex(), told, len(candidates), found)

    def call_backs(self, period: str | None = None) -> CallBacksMade:
        """Return the calls of a period, or all, with what each answer comes to (``counts``).

        Of a period are those that were recorded in it, and those whose draw was among its households.

        Raises:
            InvalidPeriod, BeforeFirstPeriod, FutureDate: about the period.

        """
        if period is not None:
            months_in(period)
        with self._reading() as transaction:
            state = transaction.state
            months = None if period is None else span_of(transaction, period, self._today(state)).months
            called = transaction.records(kinds=[CALL_BACK])
            own = (record for record in called if months is None or concerns(record, months))
            return CallBacksMade(period, tuple(_made(transaction, record) for record in own))

    def _drawn(
        self, place: int, account: str, profile: Profile | None, group: str, period: str | None
    ) -> DrawnHousehold:
        if profile is None:  # what it was called was erased; the book still knows the account
            return DrawnHousehold(place, account, "", group, account, (), ())
        lines = self.statement(profile.code, period).lines
        redeemed = self.redemptions(period, household=profile.code)
        return DrawnHousehold(place, profile.code, profile.name, group, account, lines, redeemed)


def _made(transaction: Transaction, record: Record) -> CallBackMade:
    state, said, named = transaction.state, record.said, draw_of(record)
    household, operator = state.get(Profile, (said["account"],)), state.get(Profile, (record.by,))
    return CallBackMade(
        seq=record.seq,
        household=household.code if household else said["account"],
        name=household.name if household else "",
        on=record.on,
        answer=said["answer"],
        by=operator.code if operator else record.by,
        size=named.size if named else 0,
        number=named.number if named else "",
        period=named.period if named else "",
        count=named.count if named else 0,
        remark=texts_of(transaction, record.seq).get("remark", ""),
    )


def _head(village: str, checkpoint: str | None, size: int | None, root: str | None) -> Head:
    """Return the head that is meant by a checkpoint, or by size and root.

    Raises:
        NotThisBook: if it is of another village's book, or no root at all.
        OptionRequired, OptionsConflict, InvalidNumber, NotACheckpoint: as ``draw_call_backs``.

    """
    if checkpoint is not None:
        if size is not None or root is not None:
            raise OptionsConflict(option="checkpoint", beside="size" if size is not None else "root")
        found = Checkpoint.read(checkpoint)
        if found.origin != origin_of(village):
            raise NotThisBook(village=village, size=found.size, root=found.root.hex())
        return Head(found.size, found.root)
    if size is None or root is None:
        raise OptionRequired(
            option="checkpoint",
            option_zh="校验码（checkpoint、--checkpoint）",
            instead="or size and root together",
            instead_zh="或同时给出记录数和校验根",
        )
    if record_number(size, "size") < 1:
        raise InvalidNumber(name="size", value=size)
    try:
        digest = bytes.fromhex(root) if isinstance(root, str) else b""
    except ValueError:  # it is no hexadecimal
        digest = b""
    if len(digest) != HASH_BYTES:
        raise InvalidSetting(name="root", value=root, allowed="64 hexadecimal digits", allowed_zh="64 位十六进制数字")
    return Head(size, digest)


def _positive(size: int, name: str) -> int:
    if not 1 <= record_number(size, name) <= LAST_NUMBER:
        raise InvalidNumber(name=name, value=size)
    return size


def _number(number: str) -> str:
    return parse_text(number, "number", draw.LONGEST_NUMBER)
