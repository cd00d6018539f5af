"""Checkpoints: heads that are issued, signed or not, kept, and proved to others.

What counts is what others hold: a head on the wall, with the township or on a slip. An issued checkpoint is kept
beside the journal, numbered and linked to those before it, so that the book can say what it gave out; what others have
kept of it decides.
"""

from __future__ import annotations

from abc import abstractmethod
from collections.abc import Iterable, Iterator
from contextlib import AbstractContextManager
from dataclasses import dataclass

from pointsledger.decisions.closing import secret_of
from pointsledger.decisions.stored import damaged
from pointsledger.errors import (
    CheckpointForeign,
    CheckpointForked,
    InvalidNumber,
    InvalidSetting,
    KeyOfWitness,
    NoClosingBalance,
    NotClosed,
    RecordsProvisional,
    UnknownRecord,
)
from pointsledger.posting import Posting
from pointsledger.questions import Questions, household_of
from pointsledger.rules import balance_tree
from pointsledger.rules.checkpoint import NO_LINK, Checkpoint, link_of, origin_of
from pointsledger.rules.closing_slip import ClosingSlip
from pointsledger.rules.growth import Growth
from pointsledger.rules.proof import Proof, head_of, signed
from pointsledger.rules.signed_note import COSIGNATURE, SignedNote, Signer, VerifierKey
from pointsledger.signatures import see_signed, signed_at
from pointsledger.storage.transaction import Transaction
from pointsledger.values import rows
from pointsledger.values.calendar import parse_month, seconds_of
from pointsledger.values.points import record_number
from pointsledger.values.words import Words

_PAGE = 500
_NO_PROOF = Words("record {seq} and the tree do not fit together", "第 {seq} 号记录与校验树不符")


@dataclass(frozen=True, slots=True)
class IssuedCheckpoint:
    """A head that was issued: its ``number`` among them, when, and the text that was given out (``note``)."""

    number: int
    issued_at: str
    note: str

    @property
    def head(self) -> Checkpoint:
        """Whose tree it is, its size and its root."""
        return head_of(self.note)

    @property
    def claimed_by(self) -> tuple[str, ...]:
        """The names that stand below it with a signature, as anybody may have written them; see ``signed_by``."""
        return tuple(signature.name for signature in signed(self.note).signatures)

    def signed_by(self, keys: Iterable[VerifierKey]) -> tuple[str, ...]:
        """Return the names of those of ``keys`` whose signatures below it hold.

        Raises:
            ExtraMissing: if keys are given and the extra ``sign`` is not installed.

        """
        note = signed(self.note)
        return tuple(key.name for key in keys if signed_at(note, key) is not None)


class Checkpoints(Questions):
    """What a book gives out of itself, for others to keep."""

    @abstractmethod
    def _posting(self) -> AbstractContextManager[Posting]:
        """Open the transaction that the next act belongs to."""

    def checkpoint(self, *, key: Signer | None = None) -> IssuedCheckpoint:
        """Issue the head as a checkpoint, signed with ``key`` if one is given, and keep it.

        The same head is issued once, however often it is asked for; with another key it is signed once more.

        Raises:
            KeyOfWitness: if the key is one for cosigning.
            RecordsProvisional: within a batch or a host's transaction, which may still be rolled back.

        """
        with self._posting() as posting:
            if posting.provisional:  # a host may roll it back, and what was given out would not be in the book
                raise RecordsProvisional
            return self._issue(posting, posting.transaction.head.size, key)

    def _issue(self, posting: Posting, size: int, key: Signer | None) -> IssuedCheckpoint:
        """Issue the head of the first ``size`` records, unless that was done and ``key`` has signed it."""
        if key is not None and key.verifier.algorithm == COSIGNATURE:  # only a witness that looked may sign with it
            raise KeyOfWitness(name=key.verifier.name)
        transaction = posting.transaction
        text = Checkpoint(origin_of(transaction.village), size, transaction.root_at(size)).text()
        last = transaction.checkpoint_between(size, size)
        note = SignedNote(text, ()) if last is None or signed(last.note).text != text else signed(last.note)
        if key is not None and all(one.key_hash != key.verifier.key_hash for one in note.signatures):
            note = SignedNote(text, (*note.signatures, key.sign(text, at=seconds_of(posting.instant()))))
        if last is not None and written(note) == last.note:
            return _issued(last)
        return keep_note(transaction, written(note), posting.instant())

    def keep_cosigned(self, note: str, *, signed_by: Iterable[VerifierKey] = ()) -> IssuedCheckpoint:
        """Keep a checkpoint of this book that came back with the signatures of others, such as the township's.

        ``signed_by`` are keys of which one must have signed it, if any are given; without, the signatures are kept as
        they are, and not looked at.

        Raises:
            CheckpointUnsigned: if none of ``signed_by`` has signed it.
            NotACheckpoint, NotASignedNote: if it is none.
            CheckpointForeign: if it is of another book.
            CheckpointForked: if the book never had that head.
            RecordsProvisional: within a transaction that has posted acts which may still be rolled back.

        """
        head = head_of(note)
        with self._posting() as posting:
            if posting.provisional:
                raise RecordsProvisional
            see_own(posting.transaction, head)
            see_signed(signed(note), signed_by, posting.state.village)
            return keep_note(posting.transaction, note, posting.instant())

    def checkpoints(self, *, after: int = 0) -> Iterator[IssuedCheckpoint]:
        """Yield the checkpoints that were issued, behind number ``after``, in their order."""
        if record_number(after, "after") < 0:
            raise InvalidNumber(name="after", value=after)
        return self._issued(after)

    def _issued(self, after: int) -> Iterator[IssuedCheckpoint]:
        while True:
            with self._reading() as transaction:
                page = transaction.checkpoints(after, _PAGE)
            for row in page:
                yield _issued(row)
                after = row.number
            if len(page) < _PAGE:
                return

    def proof(self, seq: int, *, size: int | None = None) -> Proof:
        """Return the proof that record ``seq`` is in the book, to be saved, printed, and verified without the book.

        It leads to the checkpoint that was issued last, with its signatures, if the record is in it, else to the head;
        or to the head that the book had at ``size`` records.

        Raises:
            UnknownRecord: if there is no record of that number, or the book never had so many.
            InvalidSetting: if the book did not have the record at ``size``.
            RecordsProvisional: within a transaction that has posted acts which may still be rolled back.

        """
        with self._reading() as transaction:
            if self._provisional():
                raise RecordsProvisional
            body = transaction.state.record(seq).body()
            note = self._note(transaction, size, seq)
            head = head_of(note)
            if seq > head.size:
                raise InvalidSetting(name="size", value=head.size, allowed=f">= {seq}", allowed_zh=f"不少于 {seq}")
            return _sound(Proof(body, seq - 1, tuple(transaction.inclusion_path(seq, head.size)), note), self.village)

    def growth(self, since: int, *, size: int | None = None) -> Growth:
        """Return the proof that the book at ``size`` records, or now, is that of its first ``since`` ones, grown.

        Raises:
            UnknownRecord: if the book never had so many.
            RecordsProvisional: within a transaction that has posted acts which may still be rolled back.

        """
        with self._reading() as transaction:
            if self._provisional():
                raise RecordsProvisional
            note = self._note(transaction, size, max(record_number(since, "since"), 1))
            head = head_of(note)
            if not 0 <= since <= head.size:
                raise UnknownRecord(seq=since, size=head.size)
            path = transaction.consistency_path(since, head.size) if since else []
            return Growth(since, tuple(path), note)

    def closing_slip(self, household: str, period: str) -> ClosingSlip:
        """Return the proof of what a household closed a month with, which shows nothing of its neighbours.

        Raises:
            UnknownAccount, NotAMonth: if there is no such household or month.
            NotClosed: if the month was not closed yet.
            NoClosingBalance: if the household had nothing in the month, or its balances cannot be proved here: the
                close is of an earlier release, or the secret that salts them is not in this copy.

        """
        with self._reading() as transaction:
            if self._provisional():
                raise RecordsProvisional
            account, state = household_of(transaction, household).id, transaction.state
            closed = state.get(rows.Close, (parse_month(period),))
            if closed is None:
                raise NotClosed(period=period)
            close, bridges = state.record(closed.seq), state.bridges(period)
            secret = secret_of(state, close.said.get("secret"))
            index = next((place for place, one in enumerate(bridges) if one.account == account), None)
            if secret is None or index is None:
                raise NoClosingBalance(household=household, period=period)
            note = self._note(transaction, None, closed.seq)
            path = tuple(transaction.inclusion_path(closed.seq, head_of(note).size))
            proof = _sound(Proof(close.body(), closed.seq - 1, path, note), self.village)
            places = state.settings.decimals
            leaves = balance_tree.leaves_of(secret, bridges, places)
            balance = balance_tree.ClosingBalance.of(secret, bridges[index], places)
            return ClosingSlip(balance, index, balance_tree.path_to(leaves, index), proof)

    def _note(self, transaction: Transaction, size: int | None, seq: int) -> str:
        """Return the checkpoint that a proof leads to: the issued one, or one of the head that nobody was given yet."""
        present = transaction.head.size
        if size is not None:
            transaction.state.record(size)
        issued = transaction.checkpoint_between(size or seq, size or present)
        if issued is not None:
            return issued.note
        at = size or present
        return Checkpoint(origin_of(transaction.village), at, transaction.root_at(at)).text()


def _sound(proof: Proof, village: str) -> Proof:
    """Return a proof that holds; one that does not would accuse whoever shows it.

    Raises:
        LedgerDamaged: if it does not: the record is not the one that was written, or the tree beside it is not its own.

    """
    if not proof.holds:
        raise damaged(village, _NO_PROOF.about(seq=proof.index + 1))
    return proof


def see_own(transaction: Transaction, head: Checkpoint) -> None:
    """See that a head is one that the book had.

    Raises:
        CheckpointForeign: if it is of another book.
        CheckpointForked: if the book never had it: records were changed or cut off, here or there.

    """
    village, size = transaction.village, transaction.head.size
    if head.origin != origin_of(village):
        raise CheckpointForeign(origin=head.origin, village=village)
    if not 0 < head.size <= size or transaction.root_at(head.size) != head.root:
        raise CheckpointForked(village=village, size=head.size, found=size)


def keep_note(transaction: Transaction, note: str, issued_at: str) -> IssuedCheckpoint:
    """Keep a checkpoint behind those that were issued, unless it is the last of them."""
    last = transaction.last_checkpoint()
    if last is not None and last.note == note:
        return _issued(last)
    number, before = (last.number + 1, last.link) if last else (1, NO_LINK)
    issued_at = max(issued_at, last.issued_at if last else "")  # the clock may have been set back a little
    row = rows.Checkpoint(transaction.village, number, head_of(note).size, issued_at, note, b"")
    transaction.state.put(row._replace(link=link_of(before, row)))
    return _issued(row)


def written(note: SignedNote) -> str:
    """Return a checkpoint with its signatures, or without the empty line where there are none."""
    return note.note() if note.signatures else note.text


def _issued(row: rows.Checkpoint) -> IssuedCheckpoint:
    return IssuedCheckpoint(row.number, row.issued_at, row.note)
