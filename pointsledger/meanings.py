"""What is meant: the words that a caller uses, taken for what they stand for on the day of the act.

An act that is repeated means what it meant then: its words are looked up in the rule book and price list that it was
decided by.
"""

from __future__ import annotations

from datetime import datetime

from pointsledger.decisions.shops import shop_on
from pointsledger.decisions.state import State
from pointsledger.errors import RuleSilent
from pointsledger.reports.register import parse_text
from pointsledger.rules.activities import Activity
from pointsledger.rules.documents import CODE_FORM
from pointsledger.rules.named import find_named
from pointsledger.storage.transaction import Transaction
from pointsledger.values.calendar import Clock, Day, instant_text
from pointsledger.values.records import Record


class Meanings:
    """The words of an act on an open transaction."""

    def __init__(self, transaction: Transaction, clock: Clock) -> None:
        """Look words up in the book of ``transaction``; today is that of ``clock``."""
        self.transaction: Transaction = transaction
        self.state: State = transaction.state
        self._clock: Clock = clock
        self._repeated: Record | None = None
        self._activities: dict[tuple[int, str], Activity | None] = {}

    def today(self) -> str:
        """Return the civil day in the village's zone."""
        return self.state.calendar.day_of_instant(instant_text(self._clock.now()))

    def day(self, on: Day | None) -> str | None:
        """Return a day as ISO text in the village's zone, or None if none was given."""
        return None if on is None else self.state.calendar.day(on)

    def minute(self, instant: str | datetime | None) -> str | None:
        """Return a start or end of service as local text to the minute, or None if none was given."""
        return None if instant is None else self.state.calendar.minute(instant)

    def activity(self, code_or_name: str, day: str | None = None) -> Activity | None:
        """Return the activity of that code or name in the rule book of ``day``; of a repeated act, in that of then."""
        version = self._repeated.decided.get("rulebook") if self._repeated else None
        try:
            if version is None:
                version, book = self.state.rulebook(day or self.today())
            else:
                book = self.state.rulebooks()[version - 1]
        except RuleSilent:
            return None
        asked = (version, code_or_name)
        if asked not in self._activities:
            self._activities[asked] = book.find(parse_text(code_or_name, "activity"))
        return self._activities[asked]

    def item(self, code_or_name: str, day: str | None = None, version: int | None = None) -> str:
        """Return the code of an item, first by price list ``version``, then as ``activity``; else it stays as it is."""
        text = parse_text(code_or_name, "item")
        if version and (own := self.state.price_lists()[version - 1].find(text)):
            return own.code
        version = self._repeated.decided.get("prices") if self._repeated else None
        try:
            prices = self.state.price_lists()[version - 1] if version else self.state.price_list(day or self.today())[1]
        except RuleSilent:
            return text
        found = prices.find(text)
        return found.code if found else text

    def good(self, code_or_name: str) -> str:
        """Return the code of an item that any price list has, the newest first: it may have left the one of today."""
        text = parse_text(code_or_name, "item")
        version = self._repeated.decided.get("prices") if self._repeated else None
        lists = reversed(self.state.price_lists()[:version])
        return next((found.code for found in (prices.find(text) for prices in lists) if found), text)

    def fund(self, code_or_name: str, day: str | None = None) -> str:
        """Return the code of a fund given by code or name, as ``activity``; one not known stays as it was written."""
        text = parse_text(code_or_name, "fund")
        version = self._repeated.decided.get("rulebook") if self._repeated else None
        try:
            book = self.state.rulebooks()[version - 1] if version else self.state.rulebook(day or self.today())[1]
        except RuleSilent:
            return text
        found = find_named(book.funds, text)
        return found.code if found else text

    def shop(self, code_or_name: str, day: str | None = None) -> str:
        """Return the code of a shop given by code or name, by the price list of ``day``; another code as it is.

        Raises:
            UnknownShop: if it is neither, nor could be the code of a shop that there was.

        """
        text, day = parse_text(code_or_name, "shop"), day or self.today()
        try:
            found = self.state.price_list(day)[1].shop(text)
        except RuleSilent:
            found = None
        if found is not None:
            return found.code
        return text if CODE_FORM.fullmatch(text) else shop_on(self.state, text, day).code
