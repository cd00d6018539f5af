"""The witness: a township that cosigns what its villages give out, and nothing that does not extend what it saw before.

What it saw last of each village is kept in a folder, a file for each checkpoint that it cosigned; nothing in there is
changed or deleted. It is the one memory of the witness: a head that comes by hand, with a proof that it grew, and one
that comes with a month's records are held against the same last one. A head that does not grow from that is a book that
was rewritten, cut off, or put back and carried on: it is refused, whatever signatures it has. Of a village that it
never saw it takes the first head as it is.

A book that was put back from a backup, and declares the very head that was seen last to be lost, can be accepted by
naming the record that declares it. What was seen before stays in the folder, and what follows is counted apart: the
files of the second line of checkpoints have ``~1`` in their names, those of the third ``~2``. A head that a second key
of the witness has signed as well, or that comes with signatures which it had not then, is kept again, with ``+1`` in
the name.

Whose head a file has, and at how many records, is read from inside it, of every file in the folder; one that is called
otherwise stops the act, for what is overlooked is not held against. So does one of the village that none of the
witness's own keys has signed, for whoever put it there would say what the witness saw; all that it keeps it signs. A
township's folder has some thousand small files, which takes a fraction of a second.

Source: C2SP tlog-witness, https://c2sp.org/tlog-witness, by way of files instead of a network.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from itertools import pairwise
from pathlib import Path
from typing import NamedTuple, Protocol

from pointsledger.errors import (
    CheckpointBehind,
    CheckpointForked,
    FileUnwritable,
    FolderUnreadable,
    KeyOfVillage,
    NotACheckpoint,
    NotASignedNote,
    NotCosigned,
    NotExtending,
    RecoveryDeclared,
)
from pointsledger.evidence import text_of
from pointsledger.rules.checkpoint import Checkpoint
from pointsledger.rules.growth import Growth
from pointsledger.rules.proof import head_of, signed
from pointsledger.rules.signed_note import COSIGNATURE, Signature, SignedNote, Signer, VerifierKey
from pointsledger.signatures import see_signed, signed_at
from pointsledger.values.calendar import Clock, SystemClock
from pointsledger.values.new_files import write_new

try:
    import fcntl
except ModuleNotFoundError:  # on Windows, where nobody else can write to a file that is open for it
    fcntl = None  # type: ignore[assignment]  # a module, or none

SUFFIX = ".checkpoint"
_NAME = re.compile(
    r"(?P<village>[0-9A-Za-z._-]+)-(?P<size>[0-9]{12})(?:~(?P<line>[0-9]+))?(?:\+(?P<again>[0-9]+))?\.checkpoint",
    re.ASCII,
)


@dataclass(frozen=True, slots=True)
class Cosigned:
    """A checkpoint with the witness's line below it, and the head that it had seen last before, None if none.

    ``repeated`` tells that nothing was signed: the key had cosigned this head before, and ``note`` is what it gave
    then, with the signatures of others that have come since.
    """

    note: str
    before: Checkpoint | None
    repeated: bool = False


class Book(Protocol):
    """A book of which every record is at hand, so that no proof is needed of what it grew from."""

    def root_at(self, size: int) -> bytes | None:
        """Return the root that it had at ``size`` records, None if it never had so many."""

    def declaring(self, head: Checkpoint) -> int | None:
        """Return the record that declares a head of this book lost, None if there is none."""

    def lost_from(self, seq: int) -> int:
        """Return the first record that the declaration in record ``seq``, or one that it extends, says is lost."""


class _Seen(NamedTuple):
    """A checkpoint that was cosigned: in which line of them, at what size, as which note of that head; it itself."""

    line: int
    size: int
    again: int
    note: str
    head: Checkpoint

    @classmethod
    def read(cls, file: Path) -> _Seen:
        """Read a file of the folder.

        Raises:
            FileUnreadable: if it cannot be read.
            NotACheckpoint: if it is none, or its name says another head than stands in it.

        """
        note = text_of(file)
        try:
            head = head_of(note)
            village = _village_of(head)
        except (NotACheckpoint, NotASignedNote) as error:
            raise _unfit(file, error.data["line"], error.data["reason"], error.data["reason_zh"]) from error
        named = _NAME.fullmatch(file.name)
        line, again = (int(named["line"] or 0), int(named["again"] or 0)) if named else (0, 0)
        if file.name != _name(village, head.size, line, again):
            says, says_zh = (
                f"what stands in it is {village} at {head.size} records",
                f"内容是村 {village} {head.size} 笔时的",
            )
            raise _unfit(file, 1, says, says_zh)
        return cls(line, head.size, again, note, head)


class Witness:
    """Whoever cosigns: a key, and the folder of what was cosigned."""

    def __init__(
        self, folder: str | Path, key: Signer, *, own: Iterable[VerifierKey] = (), clock: Clock | None = None
    ) -> None:
        """Cosign with ``key``, and keep what was cosigned in ``folder``, which is made if need be.

        ``own`` are the other public keys of this witness, such as one that it had before: what is in the folder has to
        be signed with one of them, or with ``key``.

        Raises:
            KeyOfVillage: if one of these keys is none for cosigning: whoever has it could say what was seen.

        """
        self._folder: Path = Path(folder)
        self._key: Signer = key
        self._own: tuple[VerifierKey, ...] = (key.verifier, *own)
        self._clock: Clock = clock or SystemClock()
        for one in self._own:
            if one.algorithm != COSIGNATURE:
                raise KeyOfVillage(name=one.name)

    def last(self, village: str) -> str | None:
        """Return the checkpoint of a village that was cosigned last.

        Raises:
            FolderUnreadable, FileUnreadable: if the folder or a file in it cannot be read.
            NotACheckpoint: if somebody has changed or renamed a file.
            NotCosigned: if a file of the village has no signature of this witness's keys.
            CheckpointForked: if two of its files are of one size and differ.

        """
        seen = self._seen(village)
        return seen[-1].note if seen else None

    def _seen(self, village: str) -> list[_Seen]:
        """Return what was cosigned of a village, the last one last, by what the files hold and not by name alone."""
        try:
            files = [*self._folder.iterdir()] if self._folder.is_dir() else []
        except OSError as error:
            raise FolderUnreadable(folder=str(self._folder), reason=error.strerror or str(error)) from error
        read = [_Seen.read(one) for one in files if one.name.lower().endswith(SUFFIX)]
        own = sorted(one for one in read if one.head.village == village)
        for one in own:
            self._see_own(one, village)
        for one, other in pairwise(own):
            if (one.line, one.size) == (other.line, other.size) and one.head != other.head:
                raise CheckpointForked(village=village, size=one.size, found=other.size)
        return own

    def _see_own(self, one: _Seen, village: str) -> None:
        """See that a file of the folder was signed by this witness, now or before.

        Raises:
            NotCosigned: if it was not, or was changed since.

        """
        note = signed(one.note)
        if all(signed_at(note, key) is None for key in self._own):
            file = self._folder / _name(village, one.size, one.line, one.again)
            # With the hash: a new key may well be called as the one before.
            keys = ", ".join(f"{key.name}+{key.key_hash.hex()}" for key in self._own)
            raise NotCosigned(file=str(file), keys=keys)

    def cosign(self, growth: Growth, *, signed_by: Iterable[VerifierKey] = ()) -> Cosigned:
        """Cosign the new head of ``growth`` if it extends the one that was cosigned last, and keep it.

        ``signed_by`` are keys of the village, of which one must have signed it, if any are given. A key cosigns a head
        once; one that was seen before, the last or an older one, comes back as it was given, with the signatures below
        it now that it lacked.

        Raises:
            NotACheckpoint: if it is no checkpoint of a village.
            NotASignedNote: if what stands below it are no signatures, or too many to be kept.
            CheckpointUnsigned: if none of ``signed_by`` has signed it.
            NotExtending: if the proof does not begin at the head that was cosigned last.
            CheckpointBehind: if it is of fewer records than the last, and was never seen: nothing shows what it is of.
            CheckpointForked: if the book is not the one that was seen before.
            NotCosigned: if a file of the folder has no signature of this witness's keys.
            FolderUnreadable, FileUnreadable, FileUnwritable: if the folder cannot be used.

        """
        head, note = growth.checkpoint, signed(growth.note)
        village = _village_of(head)
        see_signed(note, signed_by, village)
        with self._alone():
            seen = self._seen(village)
            if not seen:
                return Cosigned(self._keep(note, village, 0), None)
            back = self._seen_again(note, seen)
            if back is not None:
                return back
            last = seen[-1]
            _see_extending(seen, growth, village)
            return Cosigned(self._keep(note, village, last.line), last.head)

    def cosign_book(self, text: str, book: Book, *, recovery: int | None = None) -> Cosigned:
        """Cosign the checkpoint ``text`` of a ``book`` that is at hand, if it extends all that was cosigned of it.

        What was cosigned before comes back as ``cosign`` gives it. ``recovery`` is the record of the book that declares
        the head which was seen last to be lost: naming it accepts that the book goes on without that.

        Raises:
            NotACheckpoint: if it is no checkpoint of a village.
            NotASignedNote: if what stands below it are no signatures, or too many to be kept.
            CheckpointBehind: if a later head was seen, which these records do not reach.
            CheckpointForked: if the book is not the one that was seen before, or not before what it declares lost.
            RecoveryDeclared: if it is not, and declares the head that was seen last to be lost.
            NotCosigned: if a file of the folder has no signature of this witness's keys.
            FolderUnreadable, FileUnreadable, FileUnwritable: if the folder cannot be used.

        """
        note = signed(text)
        head = head_of(text)
        village = _village_of(head)
        with self._alone():
            seen = self._seen(village)
            if not seen:
                return Cosigned(self._keep(note, village, 0), None)
            back = self._seen_again(note, seen)
            if back is not None:
                return back
            last = seen[-1]
            line = last.line
            if last.size > head.size or book.root_at(last.size) != last.head.root:
                line = self._accepted(seen, head, book, recovery)
            for one in seen:
                if one.line == line and one.size <= head.size and one.head.root != book.root_at(one.size):
                    raise CheckpointForked(village=village, size=one.size, found=head.size)
            if line == last.line and last.size > head.size:
                raise CheckpointBehind(village=village, size=head.size, seen=last.size)
            if line != last.line:
                self._keep_declaration(head, book, recovery, line)
            return Cosigned(self._keep(note, village, line), last.head)

    def _keep_declaration(self, head: Checkpoint, book: Book, recovery: int | None, line: int) -> None:
        """Keep the head under which a declaration stands that was accepted, as the first of its line.

        A later book has to have it, and so cannot say of that loss that it reached farther back.
        """
        root = None if recovery is None or recovery >= head.size else book.root_at(recovery)
        if recovery is not None and root is not None:
            text = Checkpoint(head.origin, recovery, root).text()
            self._keep(SignedNote(text, ()), _village_of(head), line)

    def _seen_again(self, note: SignedNote, seen: list[_Seen]) -> Cosigned | None:
        """Return what was given of a head that was seen before, with the line of this key; None if it never was.

        What this key has signed comes back, of an earlier line too. Another key of the witness adds its line, but not
        to what is of an earlier line, which may be lost: it would sign two books. What stands below the ``note`` and
        was not there then, such as a signature of the village that is asked for now, is kept with the rest.
        """
        head, last = head_of(note.text), seen[-1]
        same = [one for one in seen if one.head == head]
        if not same:
            return None
        given = [one for one in same if signed_at(signed(one.note), self._key.verifier) is not None]
        for one in given:
            if not _lacking(one, note):
                return Cosigned(one.note, last.head, repeated=True)
        village, fullest = _village_of(head), (given or same)[-1]
        if not given and fullest.line != last.line:
            _see_ahead(head, last)
            raise CheckpointForked(village=village, size=head.size, found=last.size)
        both = SignedNote(note.text, (*signed(fullest.note).signatures, *_lacking(fullest, note)))
        keep = self._write if given else self._keep
        return Cosigned(keep(both, village, fullest.line, same[-1].again + 1), last.head, repeated=bool(given))

    def _accepted(self, seen: list[_Seen], head: Checkpoint, book: Book, recovery: int | None) -> int:
        """Return the line in which a book goes on that has not, or not yet, the head that was seen last."""
        last = seen[-1]
        declared = book.declaring(last.head)
        if declared is None:
            return last.line
        _see_lost(seen, head, book, book.lost_from(declared))
        if declared != recovery:
            raise RecoveryDeclared(village=_village_of(head), seq=declared, size=last.size)
        return last.line + 1

    def _keep(self, note: SignedNote, village: str, line: int, again: int = 0) -> str:
        """Sign a checkpoint, keep it, and return it: what is not kept is given to nobody."""
        at = int(self._clock.now().timestamp())
        cosigned = SignedNote(note.text, (*note.signatures, self._key.sign(note.text, at=at)))
        return self._write(cosigned, village, line, again)

    def _write(self, note: SignedNote, village: str, line: int, again: int) -> str:
        """Keep a checkpoint that this key has signed, and return it.

        Raises:
            NotASignedNote: if it has become longer than what is read: its file would stop every later act.

        """
        text = note.note()
        signed(text)
        write_new(self._folder / _name(village, head_of(note.text).size, line, again), text)
        return text

    @contextmanager
    def _alone(self) -> Iterator[None]:
        """Keep others out who cosign into the same folder: two heads that exclude each other must not both pass."""
        try:
            self._folder.mkdir(parents=True, exist_ok=True)
            lock = (self._folder / ".lock").open("a", encoding="utf-8")
        except FileExistsError as error:
            raise FolderUnreadable(folder=str(self._folder), reason="it is a file") from error
        except OSError as error:
            raise FileUnwritable(file=str(self._folder), reason=error.strerror or str(error)) from error
        with lock:
            if fcntl is not None:
                fcntl.flock(lock, fcntl.LOCK_EX)
            yield


def _lacking(kept: _Seen, note: SignedNote) -> list[Signature]:
    """Return the signatures of a note that the one which is kept does not have."""
    own = signed(kept.note).signatures
    return [one for one in dict.fromkeys(note.signatures) if one not in own]


def _see_extending(seen: list[_Seen], growth: Growth, village: str) -> None:
    """See that a head which was never seen extends the last that was.

    A smaller one is of another book if another head was seen at its size, but only since a backup was put back last:
    what was seen before that may be lost.
    """
    head, last = growth.checkpoint, seen[-1]
    if any((one.line, one.size) == (last.line, head.size) for one in seen):
        raise CheckpointForked(village=village, size=head.size, found=last.size)
    _see_ahead(head, last)
    if growth.old != last.size:
        raise NotExtending(village=village, size=last.size, old=growth.old)
    if not growth.extends(last.head):
        raise CheckpointForked(village=village, size=last.size, found=head.size)


def _see_ahead(head: Checkpoint, last: _Seen) -> None:
    if head.size < last.size:
        raise CheckpointBehind(village=_village_of(head), size=head.size, seen=last.size)


def _see_lost(seen: list[_Seen], head: Checkpoint, book: Book, first: int) -> None:
    """See that a book which declares itself lost from record ``first`` on has every head that was seen before it.

    What an earlier line ends with was declared lost when the next one was accepted, and that declaration reaches as far
    back as it says.

    Raises:
        CheckpointForked: at a head that it should have.

    """
    ends = {one.line: one.head for one in seen}
    for one in seen:
        if book.root_at(one.size) != one.head.root:
            declared = book.declaring(ends[one.line])
            if one.size < min(first, first if declared is None else book.lost_from(declared)):
                raise CheckpointForked(village=_village_of(head), size=one.size, found=head.size)


def _village_of(head: Checkpoint) -> str:
    """Return whose head it is.

    Raises:
        NotACheckpoint: if it is no village's.

    """
    village = head.village
    if village is None or not _NAME.fullmatch(_name(village, head.size, 0)):
        reason = f"{head.origin} is no village's"
        raise NotACheckpoint(line=1, reason=reason, reason_zh=f"{head.origin} 不是某村的来源")
    return village


def _unfit(file: Path, line: int, reason: str, reason_zh: str) -> NotACheckpoint:
    return NotACheckpoint(
        line=line,
        reason=f"the file {file} was changed or renamed, {reason}",
        reason_zh=f"文件 {file} 被改动或改名，{reason_zh}",
    )


def _name(village: str, size: int, line: int, again: int = 0) -> str:
    return f"{village}-{size:012}{f'~{line}' if line else ''}{f'+{again}' if again else ''}{SUFFIX}"
