"""Typed names: the records in whose body somebody's name was typed, from where nothing takes it away.

Names stand in the register and free text beside the journal, and both can be erased. But a request id, the label of a
batch, a purpose, the number of an invoice or a document that was adopted is part of a body, whatever was typed there.
Whoever erases a person is told where that was their name.

A name in Chinese characters is found inside any text; one in letters or figures only where it stands by itself, so that
``clerk:1`` is not found in ``clerk:12``. A name of a single character is not looked for: it would be found everywhere.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from itertools import islice
from typing import Any

from pointsledger.rules.said import ID_IN_TEXT
from pointsledger.storage import personal_queries
from pointsledger.storage.gathering import read_body
from pointsledger.storage.transaction import Transaction
from pointsledger.values.records import Record

MOST = 100
"""Records that are told of one erasure."""

SHORTEST = 2
"""Characters of a name that is looked for."""

_PAGE = 1_000

_DIGEST = re.compile(r"[0-9a-f]{32,}", re.ASCII)


def records_naming(transaction: Transaction, names: Iterable[str]) -> tuple[int, ...]:
    """Return the numbers of the first records in which one of some names was typed."""
    words = sorted({name for name in names if len(name) >= SHORTEST})
    if not words:
        return ()
    transaction.flush()
    form = re.compile("|".join(_alone(word) for word in words))
    found = (record.seq for record in _holding(transaction, words) if any(form.search(text) for text in _typed(record)))
    return tuple(islice(found, MOST))


def _holding(transaction: Transaction, words: list[str]) -> Iterator[Record]:
    """Yield the records with one of some words anywhere in them, read page by page."""
    after, page = 0, [(0, "")] * _PAGE
    while len(page) == _PAGE:
        asked = (transaction.connection, transaction.village, words)
        page = list(personal_queries.bodies_holding(*asked, after=after, limit=_PAGE))
        for seq, body in page:
            yield read_body(body, seq)
            after = seq


def _alone(word: str) -> str:
    """Return the form of a word; at an end that is a letter or a figure of ASCII no other may stand beside it."""
    begin = r"(?<![0-9A-Za-z])" if word[0].isascii() and word[0].isalnum() else ""
    end = r"(?![0-9A-Za-z])" if word[-1].isascii() and word[-1].isalnum() else ""
    return begin + re.escape(word) + end


def _typed(record: Record) -> Iterator[str]:
    """Yield the request id and every text that was said, ids and digests left out."""
    waiting: list[Any] = [record.request, record.said]
    while waiting:
        held = waiting.pop()
        if isinstance(held, str):
            if not ID_IN_TEXT.fullmatch(held) and not _DIGEST.fullmatch(held):
                yield held
        elif isinstance(held, dict):
            waiting += [*held.values()]
        elif isinstance(held, list):
            waiting += held
