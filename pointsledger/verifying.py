"""Verifying: what a file says of a book is checked with nothing but the file, and what the checker holds beside it.

A file is a checkpoint, a receipt, a closing slip, a proof of growth, a monthly hand-in, or an export of bodies. Each is
checked by itself; with keys also who signed it; and with what was kept elsewhere (``against``) whether it is of the
book that others hold. No database is opened, and none has to be installed.

A verdict is a value, never an exception: a file that was cut off or edited, of another village, or none of ours, gets
one as well.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from contextlib import suppress
from dataclasses import dataclass
from html import unescape
from pathlib import Path
from typing import IO

from pointsledger.errors import KINDS_ZH, FileUnreadable, InputError, KeyInvalid, NotAProof, PointsLedgerError
from pointsledger.evidence import Evidence, Unusable, gathered
from pointsledger.rules import merkle
from pointsledger.rules.chart import item_of
from pointsledger.rules.checkpoint import ORIGIN, Checkpoint, origin_of
from pointsledger.rules.closing_slip import ClosingSlip
from pointsledger.rules.growth import Growth
from pointsledger.rules.hand_in import FORMAT, HandIn
from pointsledger.rules.proof import HEADER, LONGEST, Proof, no_proof, signed
from pointsledger.rules.signed_note import PRIVATE_MARK, SignedNote, VerifierKey
from pointsledger.signatures import signed_at
from pointsledger.values.records import POINTS, VILLAGE_CODE, Entry, Record
from pointsledger.values.visible import visible
from pointsledger.values.words import Words

HOLDS = "holds"
DOES_NOT_HOLD = "does-not-hold"
NOT_OURS = "not-ours"
UNSIGNED = "unsigned"
DIFFERS = "differs"
NOT_COMPARED = "not-compared"
CODES = (HOLDS, DOES_NOT_HOLD, NOT_OURS, UNSIGNED, DIFFERS, NOT_COMPARED)
"""What a verdict comes to."""

_UNPRINTABLE = Words(
    "It does not hold: it has signs in it that cannot be printed, such as line feeds, and no book writes those.",
    "不成立：其中有换行等不可显示的字符，账本不会写入这样的内容。",
)


@dataclass(frozen=True, slots=True)
class Verdict:
    """What a file proves: what it is (``kind``), a ``code``, the head that it leads to, and sentences on both.

    ``holds`` is the only code that says the file is sound; ``head`` is None where there is none to speak of. ``record``
    is the number of the record that a receipt is of, and 0 elsewhere.
    """

    kind: str
    code: str
    head: Checkpoint | None
    told: tuple[Words, ...]
    record: int = 0

    @property
    def holds(self) -> bool:
        """Whether the file is sound, signed as asked, and of the book that others hold."""
        return self.code == HOLDS

    def say(self, lang: str = "en") -> str:
        """Return the sentences in ``lang``, ``"en"`` or ``"zh"``: a line each, whatever the file brings along."""
        return "\n".join(visible(words.zh if lang == "zh" else words.en) for words in self.told)


@dataclass(frozen=True, slots=True)
class _Found:
    """What a sound file has: its kind, its checkpoint with what signs it, what it says, and the roots it knows."""

    kind: str
    note: SignedNote
    told: tuple[Words, ...]
    record: int = 0
    roots: Callable[[Evidence], bytes | None] | None = None
    grown_from: int = 0
    """Of a proof of growth the size of the head that it begins at: without that head it says nothing."""


def verify(path: str | Path, *, keys: Iterable[VerifierKey] = (), against: Iterable[str | Path] = ()) -> Verdict:
    """Verify the file at ``path``; with ``keys``, that all of them signed it; ``against`` what was kept elsewhere.

    Raises:
        FileUnreadable: if the file, or something of ``against``, cannot be read.
        ExtraMissing: if keys are given and the extra ``sign`` is not installed.

    """
    given, asked = gathered(against), list(keys)
    kept = [one for one in given if isinstance(one, Evidence)]
    unusable = [one for one in given if isinstance(one, Unusable)]
    try:
        with Path(path).open("rb") as file:
            found = _found_in(file, frozenset(one.size for one in kept))
    except OSError as error:
        if isinstance(error, PointsLedgerError):
            raise
        raise FileUnreadable(file=str(path), reason=error.strerror or str(error)) from error
    if isinstance(found, Verdict):
        return found
    return _judged(found, asked, kept, unusable)


def _judged(found: _Found, keys: list[VerifierKey], kept: list[Evidence], unusable: list[Unusable]) -> Verdict:
    """Return the verdict on a sound file: who signed it, and whether it is of the book that others hold."""
    head = Checkpoint.read(found.note.text)
    lacking = ", ".join(key.name for key in keys if signed_at(found.note, key) is None)
    told = list(found.told)
    if keys and not lacking:
        names = ", ".join(key.name for key in keys)
        told.append(Words(f"signed by {names}", f"有 {names} 的有效签名"))
    if lacking:
        told.append(Words(f"NOT signed by {lacking}, or changed since", f"没有 {lacking} 的有效签名，或此后被改动"))
        return Verdict(found.kind, UNSIGNED, head, tuple(told), found.record)
    code, compared = _compared(found, head, kept, told)
    if code == HOLDS and unusable:
        names = ", ".join(one.source for one in unusable)
        told.append(Words(f"{names} could NOT be used, and was not compared", f"{names} 无法使用，未能比对"))
        code = NOT_COMPARED
    if code == HOLDS and not compared:
        told.append(
            Words(
                f"now compare {head.size:,} records and root {head.short} with the notice on the wall",
                f"请与公示上的 {head.size:,} 笔、校验码 {head.short} 比对",
            )
        )
    return Verdict(found.kind, code, head, tuple(told), found.record)


def _compared(found: _Found, head: Checkpoint, kept: list[Evidence], told: list[Words]) -> tuple[str, bool]:
    """Hold a sound file against what was kept, and say what came of each; return the code, and whether any could be."""
    sizes, left = set(), []
    for one in kept:
        root = _root_at(found, head, one)
        if one.origin not in {"", head.origin} or root is None:
            left.append(one.source)
            continue
        sizes.add(one.size)
        if not one.fits(root):
            said = f"NOT the book that {one.source} is of: at {one.size:,} records it had another root"
            told.append(Words(said, f"与 {one.source} 不是同一账本：{one.size:,} 笔时校验码不同"))
            return DIFFERS, True
        told.append(Words(f"the same book as {one.source}", f"与 {one.source} 一致"))
    if kept and not sizes:
        told.append(
            Words(
                "nothing given is of this book at the same size, so it was NOT compared; ask for one of that size",
                "所给留存不是同一账本同一记录数的，未能比对；请索取同一记录数的凭证",
            )
        )
        return NOT_COMPARED, False
    if left:
        names = ", ".join(left)
        told.append(
            Words(
                f"of another village or number of records, and NOT compared: {names}",
                f"{names} 不同村或不同笔数，未能比对",
            )
        )
    if found.grown_from and found.grown_from not in sizes:
        told.append(
            Words(
                f"a proof of growth says nothing without the head that it begins at: give the checkpoint of "
                f"{found.grown_from:,} records to compare with",
                f"增长凭证须与起点的校验码一起核验：请给出 {found.grown_from:,} 笔时的校验码",
            )
        )
        return NOT_COMPARED, bool(sizes)
    return HOLDS, bool(sizes)


def _root_at(found: _Found, head: Checkpoint, kept: Evidence) -> bytes | None:
    """Return the root that a file gives for the size of what was kept, or None if it gives none."""
    if kept.size == head.size:
        return head.root
    return found.roots(kept) if found.roots is not None else None


def _found_in(file: IO[bytes], sizes: frozenset[int]) -> _Found | Verdict:
    first = file.readline(LONGEST)
    file.seek(0)
    try:
        if FORMAT.encode() in first and first.startswith(b"{"):
            return _hand_in(file, sizes)
        if first.startswith(b'{"by":'):
            return _export(file, sizes)
        return _text(file.read(LONGEST + 1).decode("utf-8-sig", "replace").replace("\r\n", "\n"))
    except (InputError, PointsLedgerError) as error:
        said = Words(f"It does not hold: {error.say('en')}", f"不成立：{error.say('zh')}")
        return Verdict("file", DOES_NOT_HOLD, None, (said,))


def _text(text: str) -> _Found | Verdict:
    """Read a checkpoint, a receipt, a closing slip or a proof of growth, also from the page of a slip."""
    if text.lower().startswith("<!doctype html"):
        text = unescape(text.partition("<pre>\n")[2].partition("</pre>")[0])
    if text.startswith(HEADER):
        return _receipt(Proof.read(text))
    if text.startswith(ClosingSlip.HEADER):
        return _slip(ClosingSlip.read(text))
    if text.startswith("old "):
        return _growth(Growth.read(text))
    if not text.startswith(ORIGIN) or _is_key(text):
        return _not_ours(text)
    note = signed(text)
    head = Checkpoint.read(note.text)
    said = Words(
        f"A checkpoint of {head.village}: {head.size:,} records.", f"村 {head.village} 的校验码：{head.size:,} 笔。"
    )
    return _Found("checkpoint", note, (said,))


def _is_key(text: str) -> bool:
    """Tell whether a text is a public key, whose name may begin as a checkpoint does."""
    with suppress(KeyInvalid):
        return bool(VerifierKey.read(text).name)
    return False


def _not_ours(text: str) -> Verdict:
    """Return the verdict on a file that proves nothing, and say what it is if that is plain."""
    kind, said = (
        "file",
        Words("This is no file of ours, and nothing is proved.", "这不是本系统的凭证文件，不能证明任何事。"),
    )
    if text.startswith("SQLite format 3\0"):
        en = "This is a database and nothing that it gave out; check it with `pointsledger audit --db`."
        kind, said = "database", Words(en, "这是数据库，不是它开出的凭证；请用 pointsledger audit --db 核对。")
    elif text.startswith(PRIVATE_MARK):
        en = "This is a PRIVATE key and proves nothing; keep it to yourself, and if others have seen it make a new one."
        kind, said = "key", Words(en, "这是私钥，不能证明任何事；请妥善保管，若已被他人看到请另制新钥。")
    else:
        with suppress(KeyInvalid):
            name = VerifierKey.read(text).name
            en = f"This is the public key of {name} and proves nothing by itself; give it with --key."
            kind, said = "key", Words(en, f"这是 {name} 的公钥，本身不证明任何事；请用 --key 给出，以核验签名。")
    return Verdict(kind, NOT_OURS, None, (said,))


def _receipt(proof: Proof) -> _Found | Verdict:
    proof.see_sound()
    head = proof.checkpoint
    record = _own_record(proof)
    if record is None:
        said = Words(
            "It does not hold: what it proves is no record of that book, at that place.",
            "不成立：它证明的不是该账本该位置上的记录。",
        )
        return Verdict("receipt", DOES_NOT_HOLD, head, (said,))
    if not "".join((record.kind, record.on, *(entry.unit for entry in record.entries))).isprintable():
        return Verdict("receipt", DOES_NOT_HOLD, head, (_UNPRINTABLE,))
    lines = [_movement(entry) for entry in record.entries]
    moved = f", moved {', '.join(one.en for one in lines)}" if lines else ""
    moved_zh = f"，变动 {'、'.join(one.zh for one in lines)}" if lines else ""
    said = Words(
        f"Record {record.seq} ({record.kind}, {record.on}{moved}) is in the book of {head.village}, "
        f"of {head.size:,} records.",
        f"第 {record.seq} 号记录（{KINDS_ZH.get(record.kind, record.kind)}，{record.on}{moved_zh}）"
        f"在村 {head.village} 共 {head.size:,} 笔的账本之中。",
    )
    return _Found("receipt", signed(proof.note), (said,), record.seq)


def _movement(entry: Entry) -> Words:
    """Return what a line moved, in the smallest unit: how many decimals a point has, a receipt does not say."""
    number, item = entry.amount, item_of(entry.unit)
    if item:
        return Words(f"{number} {item}", f"{item} {number} 件")
    if entry.unit == POINTS:
        return Words(f"{number} points (smallest unit)", f"积分 {number}（最小单位）")
    return Words(f"{number} {entry.unit}", f"资金 {number} 分")


def _own_record(proof: Proof) -> Record | None:
    """Return the record that a proof is of, if it says the place and the village that the proof does."""
    try:
        record = Record.from_body(proof.body)
    except ValueError:
        return None
    own = (record.seq, origin_of(record.village)) == (proof.index + 1, proof.checkpoint.origin)
    return record if own else None


def _slip(slip: ClosingSlip) -> _Found | Verdict:
    slip.see_sound()
    head, balance = slip.checkpoint, slip.balance
    record = _own_record(slip.close)
    if record is None:
        said = Words(
            "It does not hold: its close is no record of that book, at that place.",
            "不成立：其结账不是该账本该位置上的记录。",
        )
        return Verdict("closing-slip", DOES_NOT_HOLD, head, (said,))
    if not f"{balance.account}{balance.period}{balance.village}".isprintable():
        return Verdict("closing-slip", DOES_NOT_HOLD, head, (_UNPRINTABLE,))
    said = Words(
        f"Account {balance.account} closed {balance.period} with {balance.points:f} points; the close, record "
        f"{record.seq}, is in the book of {head.village}, of {head.size:,} records.",
        f"账户 {balance.account} 在 {balance.period} 结账时结存 {balance.points:f} 分；"
        f"该结账（第 {record.seq} 号）在村 {head.village} 共 {head.size:,} 笔的账本之中。",
    )
    return _Found("closing-slip", signed(slip.close.note), (said,), record.seq)


def _growth(growth: Growth) -> _Found | Verdict:
    head = growth.checkpoint

    def root_before(kept: Evidence) -> bytes | None:
        """Return the root that was kept if the new head grew from it, and another if it did not."""
        if kept.size != growth.old or len(kept.digits) != merkle.HASH_BYTES * 2:
            return None
        root = bytes.fromhex(kept.digits)
        return root if growth.extends(Checkpoint(head.origin, kept.size, root)) else merkle.leaf_hash(root)

    said = Words(
        f"A proof that the book of {head.village} grew from {growth.old:,} to {head.size:,} records.",
        f"村 {head.village} 的账本由 {growth.old:,} 笔增至 {head.size:,} 笔的凭证。",
    )
    if growth.old > head.size:
        wrong = Words("It does not hold: a book does not grow backwards.", "不成立：起点的记录数多于终点。")
        return Verdict("growth", DOES_NOT_HOLD, head, (wrong,))
    return _Found("growth", signed(growth.note), (said,), roots=root_before, grown_from=growth.old)


def _hand_in(file: IO[bytes], sizes: frozenset[int]) -> _Found | Verdict:
    hand_in = HandIn(file)
    header = hand_in.header
    tree = _Tree(header.after, list(header.frontier), sizes)
    record: Record | None = None
    for body in hand_in.bodies():
        record = _next_record(body, header.village, tree.size + 1, record)
        tree.grow(body)
    said = Words(
        f"The hand-in of {header.village} for {header.period}: records {header.after + 1:,} to {tree.size:,}.",
        f"村 {header.village} 的 {header.period} 上报包：第 {header.after + 1:,} 至 {tree.size:,} 号记录。",
    )
    return _Found("hand-in", signed(hand_in.note), (said,), roots=tree.root_of)


def _export(file: IO[bytes], sizes: frozenset[int]) -> _Found | Verdict:
    tree, village = _Tree(0, [], sizes), ""
    record: Record | None = None
    for line in file:
        body = line.removesuffix(b"\n")
        record = _next_record(body, None if record is None else village, tree.size + 1, record)
        village = record.village
        tree.grow(body)
    head = Checkpoint(origin_of(village), tree.size, merkle.root(tree.frontier))
    said = Words(
        f"An export of the book of {village}: records 1 to {tree.size:,}, root {head.root.hex()}.",
        f"村 {village} 的账本导出：第 1 至 {tree.size:,} 号记录，校验根 {head.root.hex()}。",
    )
    return _Found("export", SignedNote(head.text(), ()), (said,), roots=tree.root_of)


class _Tree:
    """A tree that grows body by body, and the roots that it had at some sizes."""

    def __init__(self, size: int, frontier: list[bytes], sizes: frozenset[int]) -> None:
        self.size = size
        self.frontier = frontier
        self._sizes = sizes
        self._roots = {size: merkle.root(frontier)}

    def grow(self, body: bytes) -> None:
        """Append a body."""
        merkle.grow(self.frontier, self.size, merkle.leaf_hash(body))
        self.size += 1
        if self.size in self._sizes:
            self._roots[self.size] = merkle.root(self.frontier)

    def root_of(self, kept: Evidence) -> bytes | None:
        """Return the root at the size of what was kept."""
        return self._roots.get(kept.size)


def _next_record(body: bytes, village: str | None, seq: int, before: Record | None) -> Record:
    """Return the record that a line is: of that number, of that village, or of any if it is None, and in time.

    Raises:
        NotAProof: if it is not.

    """
    try:
        record = Record.from_body(body)
    except ValueError as error:
        raise _no_record(seq) from error
    earlier = before is not None and record.recorded_at < before.recorded_at
    own = village in {None, record.village} and VILLAGE_CODE.fullmatch(record.village)
    if record.seq != seq or not own or earlier:
        raise _no_record(seq)
    return record


def _no_record(seq: int) -> NotAProof:
    return no_proof(seq, Words(f"it is not record {seq} of the book", f"不是账本的第 {seq} 号记录"))
