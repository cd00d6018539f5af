"""Records: what the journal is made of.

A record is one act, written once. Its *body* is canonical JSON and the only truth: everything else in the
database is derived from bodies. ``said`` is what the caller asked for, ``decided`` what the rules made of it,
``entries`` the value that moved.
"""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, NamedTuple

from pointsledger.values.canonical import Json, canonical

FORMAT = 1
"""The version of the body's layout; a kind has a version of its own."""

VILLAGE_CODE = re.compile(r"[0-9A-Za-z._-]{1,64}", re.ASCII)
"""What a village may be called in a record; it stands in the origin of a checkpoint, so it is plain ASCII."""

_INSTANT = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}T[0-9]{2}:[0-9]{2}:[0-9]{2}\.[0-9]{6}Z", re.ASCII)

POINTS = "points"
"""The unit of the points book; goods have one unit an item, ``item:<code>``."""


class Entry(NamedTuple):
    """One movement: ``amount`` (> 0, in the smallest unit) of ``unit`` from ``source`` to ``target``."""

    source: str
    target: str
    unit: str
    amount: int


@dataclass(frozen=True, slots=True)
class Command:
    """An act that is asked for: who asks, when, under which request id, and what they said.

    ``version`` is that of the kind: an earlier record is decided again as its version did.
    """

    kind: str
    version: int
    by: str
    request: str
    recorded_at: str
    said: Mapping[str, Json]


@dataclass(frozen=True, slots=True)
class Record:
    """One act in the journal.

    ``on`` is the civil day of the deed, ``period`` the month it counts in, ``for_period`` the month it
    concerns where that is another one (else empty), ``recorded_at`` the instant it was written (UTC).
    """

    village: str
    seq: int
    kind: str
    version: int
    recorded_at: str
    by: str
    on: str
    period: str
    for_period: str
    request: str
    said: Mapping[str, Any]
    decided: Mapping[str, Any]
    entries: tuple[Entry, ...]

    def body(self) -> bytes:
        """Return the canonical bytes of this record."""
        body: dict[str, Any] = {
            "by": self.by,
            "decided": self.decided,
            "entries": [
                {"amount": amount, "source": source, "target": target, "unit": unit}
                for source, target, unit, amount in self.entries
            ],
            "format": FORMAT,
            "kind": self.kind,
            "on": self.on,
            "period": self.period,
            "recorded_at": self.recorded_at,
            "request": self.request,
            "said": self.said,
            "seq": self.seq,
            "version": self.version,
            "village": self.village,
        }
        if self.for_period:
            body["for_period"] = self.for_period
        return canonical(body)

    @classmethod
    def from_body(cls, body: bytes) -> Record:
        """Read a record back from its bytes.

        Raises:
            ValueError: if the bytes are not the canonical body of a record of this format.

        """
        try:
            fields: Any = json.loads(body)
            record = cls(
                village=fields["village"],
                seq=fields["seq"],
                kind=fields["kind"],
                version=fields["version"],
                recorded_at=fields["recorded_at"],
                by=fields["by"],
                on=fields["on"],
                period=fields["period"],
                for_period=fields.get("for_period", ""),
                request=fields["request"],
                said=fields["said"],
                decided=fields["decided"],
                entries=tuple(
                    Entry(line["source"], line["target"], line["unit"], line["amount"]) for line in fields["entries"]
                ),
            )
            record.check_types()
            # Written again and compared: neither another spelling nor a field unknown to this format may pass unseen.
            written = record.body()
        except (KeyError, TypeError, AttributeError, RecursionError) as error:
            message = f"the body is no record: {error!r}"
            raise ValueError(message) from error
        if written != body:
            message = "the body is no record of a format this release knows"
            raise ValueError(message)
        return record

    def check_types(self) -> None:
        """See that each field has its type, before anything counts on it.

        Raises:
            TypeError: if one has not.

        """
        texts = (self.village, self.kind, self.by, self.on, self.period, self.for_period, self.request)
        sound = (
            all(type(text) is str for text in texts)
            and type(self.recorded_at) is str
            and _INSTANT.fullmatch(self.recorded_at) is not None
            and type(self.seq) is type(self.version) is int
            and self.seq > 0
            and isinstance(self.said, dict)
            and isinstance(self.decided, dict)
        )
        for source, target, unit, amount in self.entries:
            sound = sound and type(source) is type(target) is type(unit) is str and source != target
            sound = sound and type(amount) is int and amount > 0
        if not sound:
            message = "a field of the record is not of its type"
            raise TypeError(message)

    def command(self) -> Command:
        """Return the act this record answered, as it was asked for."""
        return Command(self.kind, self.version, self.by, self.request, self.recorded_at, self.said)
