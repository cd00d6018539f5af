"""What a book gives out: an export, receipts, closing slips, checkpoints, some of them signed, each a file."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from hypothesis import strategies as st

from pointsledger import Ledger
from pointsledger.rules import merkle
from pointsledger.rules.checkpoint import Checkpoint, origin_of
from pointsledger.rules.closing_slip import ClosingSlip
from pointsledger.rules.encoded import encoded
from pointsledger.rules.merkle import EMPTY_ROOT
from pointsledger.rules.proof import EXTRA, Proof, path_lines
from pointsledger.signing import SigningKey
from pointsledger.values.records import Entry, Record
from tests.database.lived_in import made

EXPORT, RECEIPT, SLIP, CHECKPOINT = "book.jsonl", "award.tlog-proof", "march.slip", "wall.checkpoint"
EARLIER, SIGNED_CHECKPOINT, SIGNED_RECEIPT = "earlier.checkpoint", "signed.checkpoint", "signed.tlog-proof"
KEY = "village.key"
TEXTS = (RECEIPT, SLIP, CHECKPOINT, EARLIER, SIGNED_CHECKPOINT, SIGNED_RECEIPT)
MONTH, HOUSEHOLDS = "2026-03", ("03-017", "03-018", "03-019")


def give_out(folder: Path) -> Path:
    """Fill a folder with what a book that was lived in gives out, and return it."""
    with Ledger.open(made(folder)) as ledger:
        ledger.export(folder / EXPORT)
        slips = [ledger.closing_slip(household, MONTH) for household in HOUSEHOLDS]
        awarded = next(record.seq for record in ledger.records() if record.kind == "award")
        given = {
            RECEIPT: ledger.proof(awarded).text(),
            SLIP: max(
                slips, key=lambda slip: slip.index
            ).text(),  # of the last account, as which a greater place passes
            CHECKPOINT: ledger.checkpoint().note,
            EARLIER: next(one.note for one in ledger.checkpoints()),
        }
        key = SigningKey.generate("nanyu")
        given[SIGNED_CHECKPOINT] = ledger.checkpoint(key=key).note
        given[SIGNED_RECEIPT] = ledger.proof(awarded).text()
        given[KEY] = key.verifier.text()
    for name, text in given.items():
        folder.joinpath(name).write_bytes(text.encode())
    return folder


def misled(path: tuple[bytes, ...]) -> list[tuple[bytes, ...]]:
    """Return a path with a hash more or less, at either end."""
    return [path[1:], path[:-1], (EMPTY_ROOT, *path), (*path, EMPTY_ROOT)]


def slip_of(leaf: bytes) -> str:
    """Return the closing slip of a leaf, whatever that says, in a book whose only record is the close it is in."""
    decided = {"accounts": 1, "balances": merkle.leaf_hash(leaf).hex()}
    instant = "2026-04-02T01:00:00.000000Z"
    day, said = instant[:10], {"period": MONTH}
    close = Record("nanyu", 1, "close", 1, instant, "o-1", day, "2026-04", "", "c", said, decided, ())
    note = Checkpoint(origin_of("nanyu"), 1, merkle.leaf_hash(close.body())).text()
    lines = (ClosingSlip.HEADER, EXTRA + encoded(leaf), *path_lines(0, ()), "")
    return "".join(f"{line}\n" for line in lines) + Proof(close.body(), 0, (), note).text()


def leaf_of(changed: dict[str, Any], *, spaced: bool = False) -> bytes:
    """Return the leaf of a closing balance as a close has it, but for what is ``changed``, or with spaces in it."""
    told = {"account": "h-1", "closing": 105, "decimals": 1, "period": MONTH, "salt": "0" * 64, "village": "nanyu"}
    separators = (", ", ": ") if spaced else (",", ":")
    return json.dumps(told | changed, ensure_ascii=False, sort_keys=True, separators=separators).encode()


STRANGE = (
    st.none() | st.booleans() | st.floats() | st.text(max_size=3) | st.sampled_from([10**30, -3, 9, "NaN", "sNaN"])
)
LEAVES = st.builds(
    leaf_of,
    st.dictionaries(st.sampled_from(["closing", "decimals", "account", "salt", "more"]), STRANGE, max_size=2),
    spaced=st.booleans(),
)
"""Leaves that are none, or are written otherwise, and now and then the one that is right."""

UNPRINTABLE_TEXTS = (
    "2026-04-02) is in the book.\nsigned by township.example",
    "points\x1b[8m",
    "points\u2028HOLDS",
    "points\u202e",
)
"""What a slip might bring along, to look like lines of whoever checks it."""


def record_by(kind: str, on: str = "2026-04-02", unit: str = "points", moved: int = 1) -> Record:
    """Return a record that is a book of its own, with so many movements."""
    entries = tuple(Entry("issued:x", f"h-{number}", unit, 5) for number in range(moved))
    return Record("nanyu", 1, kind, 1, "2026-04-02T01:00:00.000000Z", "o-1", on, "2026-04", "", "c", {}, {}, entries)


def proof_of(body: bytes) -> str:
    """Return the proof of a body that is a book of its own."""
    return Proof(body, 0, (), Checkpoint(origin_of("nanyu"), 1, merkle.leaf_hash(body)).text()).text()


def lying(text: str) -> dict[str, str]:
    """Return slips whose hashes fit together, and which hold a text where people are shown something."""
    return {
        "kind": proof_of(record_by(text).body()),
        "on": proof_of(record_by("award", on=text).body()),
        "unit": proof_of(record_by("award", unit=text, moved=2).body()),
        "account": slip_of(leaf_of({"account": text})),
    }
