"""Columns, as every table of ours spells them: types are explicit, keys begin with the village.

SQLModel's default for a string is refused by STRICT tables, and PostgreSQL must order text by bytes as SQLite does.
"""

from __future__ import annotations

from typing import Any

from sqlalchemy import BigInteger, Integer, LargeBinary, Text
from sqlmodel import Field

_TEXT = Text().with_variant(Text(collation="C"), "postgresql")
_WHOLE = BigInteger().with_variant(Integer, "sqlite")

KEYED: dict[str, Any] = {"sqlite_strict": True, "sqlite_with_rowid": False}
"""What a table is made with that is found by its key; one without it is an ordinary rowid table."""
STRICT: dict[str, Any] = {"sqlite_strict": True}
"""What every other table is made with."""

MONTH = "____-__"
"""What a month looks like, for LIKE: one underscore a figure."""


def key_text() -> Any:  # noqa: ANN401 - what Field returns fits every annotation
    """Return a column of text that is part of the key."""
    return Field(sa_type=_TEXT, primary_key=True)


def key_whole() -> Any:  # noqa: ANN401 - as above
    """Return a column of whole numbers that is part of the key."""
    return Field(sa_type=_WHOLE, primary_key=True, sa_column_kwargs={"autoincrement": False})


def text() -> Any:  # noqa: ANN401 - as above
    """Return a column of text, never NULL."""
    return Field(sa_type=_TEXT, nullable=False)


def optional_text() -> Any:  # noqa: ANN401 - as above
    """Return a column of text that may be NULL, such as a day that is not there."""
    return Field(sa_type=_TEXT, nullable=True)


def whole() -> Any:  # noqa: ANN401 - as above
    """Return a column of whole numbers, never NULL."""
    return Field(sa_type=_WHOLE, nullable=False)


def raw_bytes() -> Any:  # noqa: ANN401 - as above
    """Return a column of bytes, never NULL."""
    return Field(sa_type=LargeBinary, nullable=False)
