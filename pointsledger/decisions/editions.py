"""Editions: the adopted versions of the rule book and the price list, and which of them is in force on a day."""

from __future__ import annotations

from abc import ABC, abstractmethod
from typing import Any, TypeVar

from pointsledger.decisions.stored import price_list_of, rulebook_of
from pointsledger.errors import RuleSilent
from pointsledger.rules import caps
from pointsledger.rules.catalog import PriceList
from pointsledger.rules.rulebook import RuleBook
from pointsledger.values import rows

RULEBOOK = "rulebook"
PRICES = "prices"

AnyRow = TypeVar("AnyRow", bound=tuple[Any, ...])


class Editions(ABC):
    """What the documents of a village say, each asked for once until another version is adopted."""

    _answers: dict[Any, Any]
    """What was worked out from families of rows, until one of them grows."""

    @abstractmethod
    def family(self, kind: type[AnyRow], key: Any) -> list[AnyRow]:  # noqa: ANN401 - a family's key
        """Return the rows of a family, in no particular order."""

    def editions(self, document: str) -> list[rows.Edition]:
        """Return the adopted versions of a document, oldest first."""
        asked = ("editions", document)
        found = self._answers.get(asked)
        if found is None:
            found = sorted(self.family(rows.Edition, document), key=lambda edition: edition.version)
            self._answers[asked] = found
        editions: list[rows.Edition] = found
        return editions

    def rulebook(self, day: str) -> tuple[int, RuleBook]:
        """Return the version and the rule book in force on ``day``.

        Raises:
            RuleSilent: if none is.

        """
        asked = ("rulebook", day)
        if asked not in self._answers:
            for edition in reversed(self.editions(RULEBOOK)):
                if edition.first_on <= day:
                    self._answers[asked] = edition.version, rulebook_of(edition)
                    break
            else:
                raise RuleSilent(document="rule book", document_zh="积分细则", on=day)
        found: tuple[int, RuleBook] = self._answers[asked]
        return found

    def arrears_policy(self, day: str) -> str:
        """Return what becomes of a debt by the rule book of ``day``; the first one reaches back to the beginning.

        Raises:
            RuleSilent: if none was adopted.

        """
        editions = self.editions(RULEBOOK)
        if editions and all(day < edition.first_on for edition in editions):
            return rulebook_of(editions[0]).arrears
        return self.rulebook(day)[1].arrears

    def rulebooks(self) -> list[RuleBook]:
        """Return every adopted rule book, oldest first."""
        return [rulebook_of(edition) for edition in self.editions(RULEBOOK)]

    def counters(self, activity: str, level: str, category: str) -> list[caps.Counter]:
        """Return all that the limits of any adopted rule book count for a deed of that activity, level and category.

        A base is a deed of no activity.
        """
        asked = ("counters", activity, level, category)
        found = self._answers.get(asked)
        if found is None:
            found = self._answers[asked] = sorted(caps.counters(self.rulebooks(), activity, level, category))
        counters: list[caps.Counter] = found
        return counters

    def price_lists(self) -> list[PriceList]:
        """Return every adopted price list, oldest first."""
        return [price_list_of(edition) for edition in self.editions(PRICES)]

    def price_list(self, day: str) -> tuple[int, PriceList]:
        """Return the version and the price list in force on ``day``; the first one reaches back to the beginning.

        Raises:
            RuleSilent: if none was adopted.

        """
        editions = self.editions(PRICES)
        if not editions:
            raise RuleSilent(document="price list", document_zh="价目表", on=day)
        edition = next((edition for edition in reversed(editions) if edition.first_on <= day), editions[0])
        return edition.version, price_list_of(edition)
