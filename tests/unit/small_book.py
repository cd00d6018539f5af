"""A small book of five records, the last a close, and what it gives out: nothing in it is made up anew by a run."""

from __future__ import annotations

from pointsledger.rules import balance_tree, merkle
from pointsledger.rules.balance_tree import ClosingBalance
from pointsledger.rules.checkpoint import NO_LINK, Checkpoint, link_of, origin_of
from pointsledger.rules.closing_slip import ClosingSlip
from pointsledger.rules.growth import Growth
from pointsledger.rules.hand_in import HandInHeader
from pointsledger.rules.proof import Proof
from pointsledger.rules.signed_note import COSIGNATURE, ED25519, SignedNote
from pointsledger.signing import SigningKey
from pointsledger.values.records import Entry, Record
from pointsledger.values.rows import Bridge
from pointsledger.values.rows import Checkpoint as Issued

VILLAGE, MONTH = "nanyu", "2026-10"
SECRET = bytes(range(32))
DECIMALS = 1
CLOSINGS = {"h-0a1b2c3d4e5f": 12, "h-1a1b2c3d4e5f": 0, "h-2a1b2c3d4e5f": -3}
VILLAGE_KEY = SigningKey(VILLAGE, ED25519, bytes(range(32)))
TOWNSHIP_KEY = SigningKey("township", COSIGNATURE, bytes(range(32, 64)))
SEEN_AT = 1_793_840_400
ISSUED_AT = "2026-11-02T01:30:00.000000Z"


def bridges() -> list[Bridge]:
    """Return what each account brought into the month and left it with."""
    nothing = [0] * (len(Bridge._fields) - 4)
    return [Bridge._make((VILLAGE, MONTH, account, *nothing, closing)) for account, closing in CLOSINGS.items()]


def _record(seq: int) -> Record:
    household = next(iter(CLOSINGS))
    told = {"activity": "tidy", "account": household, "quantity": str(seq), "remark": "e3" * 32}
    decided = {"granted": seq, "text": "庭院“整洁”"}
    moved = (Entry("issued:cleanup", f"household:{household}", "points", seq),)
    instant = f"2026-10-{seq:02}T01:02:03.000004Z"
    request, day = f"sheet:{seq}", instant[:10]
    return Record(VILLAGE, seq, "award", 1, instant, "o-0a1b2c3d4e5f", day, MONTH, "", request, told, decided, moved)


def _close() -> Record:
    leaves = balance_tree.leaves_of(SECRET, bridges(), DECIMALS)
    decided = {"accounts": len(leaves), "balances": balance_tree.root_of(leaves).hex(), "size": 4}
    said = {"period": MONTH, "secret": balance_tree.pin_of_secret(SECRET)}
    instant, day = "2026-11-02T01:00:00.000000Z", "2026-11-02"
    return Record(VILLAGE, 5, "close", 1, instant, "o-0a1b2c3d4e5f", day, "2026-11", "", "close", said, decided, ())


BODIES = [*(_record(seq).body() for seq in range(1, 5)), _close().body()]
LEAVES = [merkle.leaf_hash(body) for body in BODIES]


def head(size: int = len(BODIES)) -> Checkpoint:
    """Return the head of the first records."""
    return Checkpoint(origin_of(VILLAGE), size, balance_tree.root_of(LEAVES[:size]))


def signed_note() -> str:
    """Return the checkpoint of the whole book, signed by the village and seen by the township."""
    text = head().text()
    return SignedNote(text, (VILLAGE_KEY.sign(text), TOWNSHIP_KEY.sign(text, at=SEEN_AT))).note()


def receipt(seq: int = 3) -> Proof:
    """Return the receipt of a record."""
    return Proof(BODIES[seq - 1], seq - 1, balance_tree.path_to(LEAVES, seq - 1), signed_note())


def growth(since: int = 3) -> Growth:
    """Return the proof that the book grew from its first records."""

    def node_at(height: int, place: int) -> bytes:
        return balance_tree.root_of(LEAVES[place << height : (place + 1) << height])

    return Growth(since, tuple(merkle.consistency_path(since, len(LEAVES), node_at)), signed_note())


def slip(place: int = 0) -> ClosingSlip:
    """Return the closing slip of an account."""
    leaves = balance_tree.leaves_of(SECRET, bridges(), DECIMALS)
    balance = ClosingBalance.of(SECRET, bridges()[place], DECIMALS)
    return ClosingSlip(balance, place, balance_tree.path_to(leaves, place), receipt(5))


def issued() -> list[Issued]:
    """Return the list of issued checkpoints: one of the first three records, and the signed one of all."""
    first = Issued(VILLAGE, 1, 3, ISSUED_AT, head(3).text(), b"")
    first = first._replace(link=link_of(NO_LINK, first))
    second = Issued(VILLAGE, 2, 5, ISSUED_AT, signed_note(), b"")
    return [first, second._replace(link=link_of(first.link, second))]


def hand_in() -> HandInHeader:
    """Return the first line of a hand-in that begins behind the third record."""
    frontier: list[bytes] = []
    for size, leaf in enumerate(LEAVES[:3]):
        merkle.grow(frontier, size, leaf)
    return HandInHeader(VILLAGE, MONTH, 3, tuple(frontier))
