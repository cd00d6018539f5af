"""Hand-ins: a month's records for the township, which replays them, keeps them and cosigns the head.

What the township keeps is a copy of each village's book, in a database of its own and without a name in it: witness,
off-site copy and report in one. Each record is decided again from the copy; what the rules would not have given, what
does not extend the copy, and what was changed on the way is refused as a whole.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from contextlib import closing
from dataclasses import dataclass
from itertools import chain
from pathlib import Path

from pointsledger.checkpoints import keep_note, written
from pointsledger.decisions import kinds
from pointsledger.decisions.recovering import RECOVERED
from pointsledger.errors import (
    CheckpointForked,
    FileUnreadable,
    HandInDiffers,
    HandInNewer,
    NotClosed,
    NotExtending,
    NotForCopies,
    OptionRequired,
)
from pointsledger.rules.checkpoint import Checkpoint, origin_of
from pointsledger.rules.hand_in import HandIn, HandInHeader, no_hand_in
from pointsledger.rules.proof import head_of, signed
from pointsledger.rules.signed_note import VerifierKey
from pointsledger.signatures import see_signed
from pointsledger.storage import queries, schema
from pointsledger.storage.store import Store
from pointsledger.storage.tables import table_name
from pointsledger.storage.transaction import Transaction
from pointsledger.township_copies import LostCopies, TownshipCopy, other_book, see_copies, see_same_before
from pointsledger.values import rows
from pointsledger.values.calendar import Clock, SystemClock, instant_text, month_after, parse_month
from pointsledger.values.new_files import new_file
from pointsledger.values.progress import Progress
from pointsledger.values.records import Record
from pointsledger.values.words import Words
from pointsledger.witness import Witness

_AT_ONCE = 1_000


@dataclass(frozen=True, slots=True)
class HandedIn:
    """What a hand-in has: the records behind ``after`` up to ``size``, of ``period``, and the checkpoint over them.

    ``repeated`` tells that the copy had all of them already, and the checkpoint with these signatures; ``recoveries``
    are the records of the copy which declare that a backup was put back, and ``lost`` the heads that were taken before
    and are not of the book that goes on.
    """

    village: str
    period: str
    after: int
    size: int
    note: str
    repeated: bool = False
    recoveries: tuple[int, ...] = ()
    lost: tuple[Checkpoint, ...] = ()


class Township:
    """What a township does with the hand-ins of its villages."""

    @classmethod
    def take_in(
        cls,
        place: str | Path,
        path: str | Path,
        *,
        witness: Witness | None = None,
        signed_by: Iterable[VerifierKey] = (),
        recovery: int | None = None,
        earlier: str | Path | None = None,
        clock: Clock | None = None,
        progress: Progress | None = None,
    ) -> HandedIn:
        """Take the hand-in at ``path`` into the township's copies at ``place``; a ``witness`` cosigns its head.

        Each record is decided again from the copy and kept there, without a name. The whole of it is taken, or nothing:
        it has to begin where the copy ends, and one that was taken before changes nothing. ``signed_by`` are keys of
        the village, of which one must have signed the head, if any are given.

        A village that put a backup back does not extend its copy. Naming the record ``recovery`` in which it declares
        that, a copy is begun anew at ``place`` from those so far, ``earlier``; the head that is lost is kept in it.

        Raises:
            NotAHandIn, FileUnreadable: if the file is none.
            OptionRequired: if a recovery is named with neither copies nor a witness, or copies with no recovery.
            NotExtending: if it begins behind the end of the copy: one before it is lacking.
            CheckpointForked: if it does not continue the book that the copy is of, or that the witness saw.
            RecoveryDeclared: if so, and it declares that a backup was put back.
            NothingLost, RecoveryMissing: if nothing was lost, or ``recovery`` does not declare it.
            CheckpointBehind: if the witness saw a later head.
            NotCosigned: if a file in the witness's folder has no signature of its keys.
            HandInDiffers, HandInNewer: if the rules do not give what it says, or this release does not know them.
            NotForCopies: if ``place`` holds a village's own book and no copy of this one.
            CheckpointUnsigned: if the village has not signed it.

        """
        _see_named_whole(recovery, earlier, witness)
        try:
            file = Path(path).open("rb")  # noqa: SIM115 - it is closed below, and only its opening may fail so
        except OSError as error:
            raise FileUnreadable(file=str(path), reason=error.strerror or str(error)) from error
        with file, closing(Store(place)) as store:
            for _ in HandIn(file).bodies():  # read to its end first: what is none begins no database
                pass
            file.seek(0)
            hand_in = HandIn(file)
            header = hand_in.header
            if header.after and earlier is None and not store.exists():
                raise NotExtending(village=header.village, size=0, old=header.after)
            if earlier is not None:
                see_copies(earlier, header.village)
            store.begin_tables()
            with store.posting(header.village) as transaction:
                _see_no_names(store, transaction)
                lost = None
                if earlier is not None and not transaction.state.size:
                    lost = _begun_again(transaction, earlier, header)
                repeated = _replayed(transaction, hand_in, progress)
                head = head_of(hand_in.note)
                see_signed(signed(hand_in.note), signed_by, transaction.village)
                transaction.flush()
                copy = TownshipCopy(transaction)
                if copy.root_at(head.size) != head.root:
                    raise CheckpointForked(village=transaction.village, size=head.size, found=transaction.state.size)
                if lost is not None:
                    see_same_before(earlier, copy, copy.see_accepted(lost, recovery))
                now = max(instant_text((clock or SystemClock()).now()), transaction.state.recorded_at)
                note, had = _kept(copy, hand_in.note, (lost and lost.note, witness, recovery), now)
                month, again = (header.village, header.period, header.after), repeated and had
                return HandedIn(*month, head.size, note, again, copy.recoveries, copy.lost())


def write_hand_in(transaction: Transaction, period: str, path: str | Path, note: str) -> HandedIn:
    """Write the records since the close before ``period`` up to its own, with the checkpoint ``note`` over them.

    Raises:
        FileExists, FileUnwritable: if the file cannot be written.

    """
    after, size = bounds_of(transaction, period)
    header = HandInHeader(transaction.village, period, after, tuple(transaction.frontier_at(after)))
    with new_file(path) as file:
        file.write(header.line() + b"\n")
        for _, body in _bodies(transaction, after, size):
            file.write(body + b"\n")
        file.write(b"\n" + note.encode())
    return HandedIn(transaction.village, period, after, size, note)


def bounds_of(transaction: Transaction, period: str) -> tuple[int, int]:
    """Return the last record before those that the hand-in of a month has, and its last one, the month's close.

    Raises:
        NotAMonth: if it is no month.
        NotClosed: if it is not closed.

    """
    state = transaction.state
    own = state.get(rows.Close, (parse_month(period),))
    if own is None:
        raise NotClosed(period=period)
    before = state.get(rows.Close, (month_after(period, -1),))
    return before.seq if before else 0, own.seq


def _see_named_whole(recovery: int | None, earlier: str | Path | None, witness: Witness | None) -> None:
    """See that a recovery is accepted by its record, and held against something that was taken or seen before.

    Raises:
        OptionRequired: if it is not.

    """
    if recovery is not None and earlier is None and witness is None:
        raise OptionRequired(
            option="where the copies so far are (earlier, --earlier)",
            instead="or whoever cosigned (witness, --key with --kept)",
            option_zh="此前副本的位置（earlier、--earlier）",
            instead_zh="或给出联署人（witness、--key 和 --kept）",
        )
    if earlier is not None and recovery is None:
        raise OptionRequired(
            option="the record that declares the recovery (recovery, --accept-recovery)",
            instead="as the refusal names it",
            option_zh="声明恢复的记录号（recovery、--accept-recovery）",
            instead_zh="拒收时已写明",
        )


def _see_no_names(store: Store, transaction: Transaction) -> None:
    """See that a copy is begun among copies, and not beside a book that somebody keeps, with the names that go with it.

    Raises:
        NotForCopies: if there is such a book.

    """
    for kind in () if transaction.state.size else (rows.Profile, rows.Secret):
        for own in schema.villages(transaction.connection, store.dialect, table_name(kind), limit=1):
            raise NotForCopies(place=store.place, village=own)


def _kept(
    copy: TownshipCopy, text: str, how: tuple[str | None, Witness | None, int | None], now: str
) -> tuple[str, bool]:
    """Keep the checkpoint of a hand-in in the copy, cosigned if there is a witness; return it, and if it was there.

    What was seen before, and is of the book that was lost, is kept in front of it.
    """
    lost, witness, recovery = how
    transaction, head, note = copy.transaction, head_of(text), written(signed(text))
    if witness is not None:
        done = witness.cosign_book(text, copy, recovery=recovery)
        note = done.note
        if done.before is not None and copy.declaring(done.before):  # which no head that the book has can be
            lost = lost or done.before.text()
    if lost is not None and head_of(lost) not in copy.lost():
        keep_note(transaction, lost, now)
    kept = transaction.checkpoint_between(head.size, head.size)
    if kept is not None and head_of(kept.note) == head and (witness is None or kept.note == note):
        return kept.note, True
    return keep_note(transaction, note, now).note, False


def _begun_again(transaction: Transaction, earlier: str | Path, header: HandInHeader) -> LostCopies:
    """Begin a copy with what stood before a hand-in in the copies so far; return what is known of those.

    Raises:
        NotExtending: if they end before it.
        CheckpointForked: if they were another book there already.

    """
    with closing(Store(earlier)) as store, store.reading(header.village) as old:
        if header.after > old.state.size:
            raise NotExtending(village=header.village, size=old.state.size, old=header.after)
        if old.root_at(header.after) != header.before.root:
            raise CheckpointForked(village=header.village, size=header.after, found=old.state.size)
        for seq, body in _bodies(old, 0, header.after):
            _append(transaction, body, seq)
        head, last = Checkpoint(origin_of(header.village), old.state.size, old.head.root), old.last_checkpoint()
        note = last.note if last is not None and head_of(last.note) == head else head.text()
        return LostCopies(note, tuple(old.records(kinds=(RECOVERED,))))


def _bodies(transaction: Transaction, after: int, until: int) -> Iterator[tuple[int, bytes]]:
    """Yield number and body of the records behind ``after`` up to ``until``."""
    asked = (transaction.connection, transaction.village)
    for start in range(after, until, _AT_ONCE):
        limit = min(start + _AT_ONCE, until) - start
        for seq, body in queries.bodies(*asked, after=start, kinds=None, limit=limit):
            yield seq, body.encode()


def _replayed(transaction: Transaction, hand_in: HandIn, progress: Progress | None) -> bool:
    """Decide each record again and append it to the copy; tell whether the copy had them all.

    Raises:
        NotExtending: if the copy ends before the hand-in begins.
        CheckpointForked: if the copy is not of the book that it comes from.
        RecoveryDeclared: if it is not, and the hand-in declares that a backup was put back.
        HandInDiffers: at the first record that the rules do not give.
        HandInNewer: at the first of a kind that this release does not know.

    """
    header, state = hand_in.header, transaction.state
    if header.after > state.size:
        raise NotExtending(village=header.village, size=state.size, old=header.after)
    had = Checkpoint(origin_of(header.village), header.after, transaction.root_at(header.after))
    if had != header.before:
        raise CheckpointForked(village=header.village, size=header.after, found=state.size)
    before, bodies = state.size, hand_in.bodies()
    stored = _bodies(transaction, header.after, before)
    for seq, body in enumerate(bodies, start=header.after + 1):
        if seq > before:
            _append(transaction, body, seq)
        elif next(stored)[1] != body:
            raise other_book(header.village, before, seq, chain((body,), bodies))
        if progress is not None:
            progress(seq - header.after, 0)
    return state.size == before


def _append(transaction: Transaction, body: bytes, seq: int) -> None:
    village = transaction.village
    try:
        record = Record.from_body(body)
    except ValueError as error:
        raise no_hand_in(0, Words(f"record {seq} is none", f"第 {seq} 号不是合格的记录")) from error
    if not record.request or transaction.requested(record.request) is not None:  # which the tables refuse as well
        raise HandInDiffers(village=village, seq=seq)
    if (record.kind, record.version) not in kinds.KINDS:
        raise HandInNewer(village=village, seq=seq, kind=record.kind, version=record.version)
    try:
        decided = kinds.decide_again(transaction.state, record)
    except Exception as error:  # a forged body makes the rules trip over anything
        raise HandInDiffers(village=village, seq=seq) from error
    settings = transaction.state.get(rows.Village, ())
    late = settings is not None and record.recorded_at < transaction.state.recorded_at
    if decided != record or late:
        raise HandInDiffers(village=village, seq=seq)
    transaction.append(record)
