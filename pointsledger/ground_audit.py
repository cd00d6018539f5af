"""The audit of the ground that a month stands on, which comes before its close: what was fixed long before the month.

The zone, the places of a point, the cut-off day and the first month were fixed by the first record, and the rule books
and price lists by those that adopted them; all of them stand in tables once more, and acts go by those. So each such
record is read, its leaf proved by the path to the head, and held against its row. The record before the first of the
month is proved the same way: where the month begins must not rest on a column that anybody can edit.

Worked example: somebody sets the ``recorded_at`` of April's deeds back into March, takes them out of the totals, and
has April closed without them. The text of the last record that is left out says April.

It costs a path up the tree for each document that was ever adopted. A document whose row is gone, and with it all trace
of its version behind those that are left, is for the audit of the whole book to find.
"""

from __future__ import annotations

from pointsledger.decisions.adopting import edition_of
from pointsledger.decisions.editions import PRICES, RULEBOOK
from pointsledger.decisions.genesis import apply_genesis
from pointsledger.finding_list import Findings
from pointsledger.rules import merkle
from pointsledger.storage.transaction import Transaction
from pointsledger.values.records import Record
from pointsledger.values.rows import Edition, Village
from pointsledger.values.words import Words

_FIXED = ("zone", "decimals", "cut_off_day", "first_period")
"""What a book is begun with, and never changes."""


def see_ground_sound(transaction: Transaction, before: int, adopted: set[int], findings: Findings) -> None:
    """Look at what a month rests on, and note what is broken.

    ``before`` is the record before the first of the month, or 0; ``adopted`` are the adoptions since.
    """
    state = transaction.state
    editions = [edition for document in (RULEBOOK, PRICES) for edition in state.editions(document)]
    fixing = {1} | adopted | {edition.seq for edition in editions}
    proved = _proved(transaction, fixing | ({before} if before else set()), findings)
    if findings.all():
        return
    _compare_settings(transaction, proved[1], findings)
    documents = (edition_of(record) for record in proved.values() if record.kind in {RULEBOOK, PRICES})
    derived = {edition[1:3]: edition for edition in documents}
    findings.match(Edition, derived, editions)
    for document in (RULEBOOK, PRICES):
        last = max((version for one, version in derived if one == document), default=0)
        for version in range(1, last):
            if (document, version) not in derived:
                findings.row_differs(Edition, f"{document} {version}")


def _compare_settings(transaction: Transaction, genesis: Record, findings: Findings) -> None:
    """Hold what the book was begun with against what its row says."""
    kept = transaction.state.settings
    (begun,) = (row for row in apply_genesis(transaction.state, genesis) if isinstance(row, Village))
    for name in _FIXED:
        was, given = getattr(kept, name), getattr(begun, name)
        if was != given:
            findings.add(
                "head-mismatch", Words(f"{name} kept {was}; derived {given}", f"{name} 留存 {was}；推算 {given}")
            )


def _proved(transaction: Transaction, seqs: set[int], findings: Findings) -> dict[int, Record]:
    """Return some records by their numbers, each once its leaf, its columns and its path to the head were looked at."""
    size, root = transaction.state.size, transaction.state.settings.root
    found = {}
    for row in transaction.journal_of(sorted(seq for seq in seqs if 1 <= seq <= size)):
        record = findings.record_of(row)
        path = transaction.inclusion_path(row.seq, size)
        if merkle.root_from_path(merkle.leaf_hash(row.body), row.seq - 1, size, path) != root:
            findings.add("node-mismatch", "", row.seq)
        if record is not None:
            found[row.seq] = record
    for seq in sorted(seqs - set(found)):
        findings.add("journal-gap", "", seq)
    return found
