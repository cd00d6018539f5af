"""Receipts: what every act gives back."""

from __future__ import annotations

from dataclasses import dataclass, field
from decimal import Decimal


@dataclass(frozen=True, slots=True)
class Receipt:
    """The proof of one act.

    ``leaf`` is the record's hash, ``root`` the head of the book when it had ``size`` records, the last of
    them this one (hexadecimal). ``points`` is what was granted, taken or exchanged and ``balance`` what the
    household holds after it; for goods both in pieces, of one item, on the shelf, and for money in yuan, of its
    fund. Of a close ``bases_missing`` is how many base grants that were due in its month nobody had been given; of a
    late deed ``ended`` is how many of its points had ended before it was recorded, so that they are not there to
    spend. ``written_off`` is how many more points a deduction or a reversal was to take, which were not there and are
    let go. ``period`` is the month that it counts in. Within a batch a receipt is provisional until that ends well.
    """

    village: str
    seq: int
    kind: str
    request: str
    on: str
    period: str
    recorded_at: str
    leaf: str
    size: int
    root: str
    points: Decimal | None = None
    balance: Decimal | None = None
    ended: Decimal = Decimal(0)
    written_off: Decimal = Decimal(0)
    bases_missing: int = field(default=0, compare=False)
    """Counted anew whenever the receipt is given: of a span that goes on, some may have been granted since."""
    repeated: bool = field(default=False, compare=False)
    """Whether this is the receipt of an earlier act under the same request id."""
    provisional: bool = field(default=False, compare=False)
    """Whether the transaction that the record stands in may still be rolled back; read it again in a later one."""
    purge_due: bool = field(default=False, compare=False)
    """Of an erasure or amendment, whether old bytes may still stand in the database's files: call ``Ledger.purge``."""
    named_in: tuple[int, ...] = field(default=(), compare=False)
    """Of an erasure, the first 100 records in whose body a name that was erased was typed, as in a request id.

    It stays there. A repeated request finds none: nobody knows by then what to look for.
    """


@dataclass(frozen=True, slots=True)
class Correction:
    """The proof that a deed was corrected: the receipts of the ``right`` record and of the wrong one's ``reversal``.

    Of an award the right record comes first, of a deduction the reversal; ``last`` is whichever came last.
    """

    right: Receipt
    reversal: Receipt

    @property
    def last(self) -> Receipt:
        """The receipt whose balance is that after both."""
        return max(self.right, self.reversal, key=lambda receipt: receipt.seq)
