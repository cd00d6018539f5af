"""Forms: what a month's sheet is filled in for, and how its rows are read and posted.

How a sheet is known again, corrected and taken back is the same for all of them, and stands in ``importing``.
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, ClassVar, Generic, TypeVar

from pointsledger.errors import PointsLedgerError
from pointsledger.posting import Posting
from pointsledger.sheets.cells import Cells
from pointsledger.sheets.sheet import SheetRow
from pointsledger.values.records import Record


@dataclass(frozen=True, slots=True)
class Line:
    """A row that can be read: what it is known by but for its count, what else it says, and its own number, if any."""

    sheet_row: SheetRow
    base: str
    content: tuple[str, ...]
    number: str

    @property
    def at(self) -> int:
        """Its line in the file."""
        return self.sheet_row.line


@dataclass(frozen=True, slots=True)
class Row:
    """What is posted of a sheet in one record, with the ``key`` that it is known by.

    ``place`` is household, member, activity and day: what it has in common with any record in which it may stand
    already. ``texts`` is its free text by field, and ``said`` gives the rest of it as records say it.
    """

    sheet_rows: Sequence[SheetRow]
    kind: str
    key: str
    place: tuple[str, str, str, str]
    texts: Mapping[str, str]
    said: Callable[[Posting], dict[str, Any]]


AnyLine = TypeVar("AnyLine", bound=Line)


class Form(ABC, Generic[AnyLine]):
    """What a sheet is filled in for: ``kinds`` of records with such ``columns``.

    ``titled`` stands in the label of a batch that nobody named, so that two sheets of one month and title, each of its
    own form, are two batches. Where it ``shares_numbers``, rows of one number are posted in one record.
    """

    columns: ClassVar[Sequence[str]]
    required: ClassVar[Sequence[str]]
    kinds: ClassVar[frozenset[str]]
    titled: ClassVar[str] = ""
    shares_numbers: ClassVar[bool] = False

    @abstractmethod
    def cells(self, posting: Posting, row: SheetRow, period: str | None) -> Cells:
        """Return the cells of a row, whose day must lie in ``period``, unless that is None."""

    @abstractmethod
    def line(self, posting: Posting, row: SheetRow, period: str | None) -> AnyLine:
        """Read a row.

        Raises:
            InputError, RefusedError: if it cannot be read.

        """

    @abstractmethod
    def clash(self, first: AnyLine, other: AnyLine) -> PointsLedgerError | None:
        """Return what keeps two rows from bearing one number, if anything does."""

    @abstractmethod
    def row(self, key: str, lines: Sequence[AnyLine]) -> Row:
        """Return what is posted of the lines that have a key."""

    @abstractmethod
    def points(self, record: Record) -> int:
        """Return the points that a record of such a row gave, or below zero those that it took."""
