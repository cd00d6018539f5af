"""What a book gives out of itself: checkpoints that are kept, proofs of records, and slips of closing balances."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from sqlalchemy import text

from pointsledger import Ledger
from pointsledger.errors import (
    CheckpointForeign,
    CheckpointForked,
    InvalidNumber,
    InvalidSetting,
    KeyOfWitness,
    LedgerDamaged,
    NoClosingBalance,
    NotACheckpoint,
    NotAMonth,
    NotClosed,
    RecordsProvisional,
    UnknownAccount,
    UnknownRecord,
)
from pointsledger.rules.checkpoint import Checkpoint, origin_of
from pointsledger.rules.closing_slip import ClosingSlip
from pointsledger.rules.growth import Growth
from pointsledger.rules.proof import Proof
from pointsledger.rules.signed_note import SignedNote
from pointsledger.signing import SigningKey, seen_at
from pointsledger.testing import FixedClock
from pointsledger.testing.contract.book import Begin

if TYPE_CHECKING:
    from tests.contract.conftest import Refused


def awarded(ledger: Ledger, times: int = 5) -> None:
    """Record some deeds."""
    for _ in range(times):
        ledger.award("03-017", "tidy", by="clerk:1")


@pytest.fixture
def closed(nanyu: Ledger, clock: FixedClock) -> Ledger:
    """Return the book with November closed: 03-017 has 10 points, 03-018 owes 2."""
    awarded(nanyu)
    nanyu.deduct("03-018", "tidy", by="clerk:1")
    clock.set("2025-12-02T09:00")
    for month in _months_to_close(nanyu):
        nanyu.close(month, by="clerk:1", request=f"close-{month}")
    return nanyu


def _months_to_close(ledger: Ledger) -> list[str]:
    first = ledger.record(1).said["first_period"]
    return [month for month in ("2025-09", "2025-10", "2025-11") if month >= first]


def test_a_checkpoint_is_the_head_in_the_shared_form(nanyu: Ledger) -> None:
    """What is issued has the book's origin, its number of records and its root, and is number 1 of what was issued."""
    issued = nanyu.checkpoint()
    head = nanyu.head()
    assert Checkpoint(origin_of(nanyu.village), head.size, head.root).text() == issued.note
    assert (1, ()) == (issued.number, issued.claimed_by)
    assert [issued] == list(nanyu.checkpoints())


def test_the_same_head_is_issued_once(nanyu: Ledger) -> None:
    """Asked for twice it is the same checkpoint; after another record it is another one."""
    first = nanyu.checkpoint()
    assert first == nanyu.checkpoint()
    awarded(nanyu, 1)
    second = nanyu.checkpoint()
    assert [first, second] == list(nanyu.checkpoints())
    assert [second] == list(nanyu.checkpoints(after=1))


def test_a_checkpoint_is_signed_with_several_keys(nanyu: Ledger) -> None:
    """Each key signs the same head once; the line of an earlier one stays, and all of them hold."""
    keys = [SigningKey.generate(name) for name in ("nanyu", "committee")]
    last = unsigned = nanyu.checkpoint()
    for _ in range(2):
        for key in keys:
            last = nanyu.checkpoint(key=key)
    assert ("nanyu", "committee") == last.claimed_by
    assert [1, 2, 3] == [issued.number for issued in nanyu.checkpoints()]
    assert unsigned.head == last.head
    assert [0, 0] == [seen_at(SignedNote.read(last.note), key.verifier) for key in keys]


def test_a_witness_cosigns_nothing_unseen(closed: Ledger, refused: Refused, tmp_path: Path) -> None:
    """With a key for cosigning no checkpoint is issued and no hand-in made: nobody would have looked at the book."""
    witness = SigningKey.generate("township", witness=True)
    with refused(closed, KeyOfWitness, "key-of-witness"):
        closed.checkpoint(key=witness)
    with refused(closed, KeyOfWitness, "key-of-witness"):
        closed.hand_in("2025-11", tmp_path / "month.hand-in", key=witness)
    assert [] == list(closed.checkpoints())
    assert not (tmp_path / "month.hand-in").exists()


def test_a_cosigned_checkpoint_is_kept(nanyu: Ledger) -> None:
    """What came back from the township is kept behind what was issued, also when the book has grown meanwhile."""
    witness = SigningKey.generate("township", witness=True)
    issued = nanyu.checkpoint(key=SigningKey.generate("nanyu"))
    awarded(nanyu, 1)
    note = SignedNote.read(issued.note)
    back = SignedNote(note.text, (*note.signatures, witness.sign(note.text, at=1_700_000_000))).note()
    kept = nanyu.keep_cosigned(back)
    assert (2, ("nanyu", "township"), back) == (kept.number, kept.claimed_by, kept.note)
    assert kept == nanyu.keep_cosigned(back)
    assert back == nanyu.proof(2).note


def test_a_checkpoint_of_another_book_is_not_kept(nanyu: Ledger, refused: Refused) -> None:
    """One of another village, one of a head that the book never had, and what is none are refused."""
    head = nanyu.checkpoint().head
    for other, error, code in (
        (Checkpoint(origin_of("aokou"), head.size, head.root).text(), CheckpointForeign, "checkpoint-foreign"),
        (Checkpoint(head.origin, head.size, bytes(32)).text(), CheckpointForked, "checkpoint-forked"),
        (Checkpoint(head.origin, head.size + 1, head.root).text(), CheckpointForked, "checkpoint-forked"),
        (Checkpoint(head.origin, 0, head.root).text(), CheckpointForked, "checkpoint-forked"),
        ("2025-11-03", NotACheckpoint, "not-a-checkpoint"),
    ):
        with refused(nanyu, error, code):
            nanyu.keep_cosigned(other)
    assert 1 == len(list(nanyu.checkpoints()))


def test_a_number_that_there_cannot_be_is_refused(nanyu: Ledger, refused: Refused) -> None:
    """Checkpoints are numbered from 1; what is asked for behind less than 0, or no number, is refused at once."""
    with refused(nanyu, InvalidNumber, "invalid-number"):
        nanyu.checkpoints(after=-1)


def test_every_record_is_proved_at_every_size(nanyu: Ledger) -> None:
    """A proof leads from the record to the head that the book had at a size, and at no other place or size."""
    awarded(nanyu)
    size = nanyu.head().size
    for at in range(1, size + 1):
        root = nanyu.head(at).root
        for seq in range(1, at + 1):
            proof = nanyu.proof(seq, size=at)
            assert proof == Proof.read(proof.text())
            assert (True, at, root) == (proof.holds, proof.checkpoint.size, proof.checkpoint.root)
            assert nanyu.record(seq).body() == proof.body
            moved = Proof(proof.body, seq % at, proof.path, proof.note)
            assert (at == 1) == moved.holds


def test_a_proof_leads_to_what_was_given_out(nanyu: Ledger) -> None:
    """With a checkpoint over the record the proof has its signatures; without one it leads to the head."""
    assert nanyu.head().size == nanyu.proof(1).checkpoint.size
    issued = nanyu.checkpoint(key=SigningKey.generate("nanyu"))
    awarded(nanyu, 2)
    assert issued.note == nanyu.proof(1).note
    assert issued.note == nanyu.proof(1, size=issued.head.size).note
    assert nanyu.head().size == nanyu.proof(issued.head.size + 1).checkpoint.size


def test_the_book_is_proved_to_have_grown(nanyu: Ledger) -> None:
    """From each earlier head a proof leads to each later one, and from none that the book did not have."""
    awarded(nanyu)
    size = nanyu.head().size
    for first in range(size + 1):
        for second in range(max(first, 1), size + 1):
            growth = nanyu.growth(first, size=second)
            assert growth == Growth.read(growth.text())
            old = Checkpoint(origin_of(nanyu.village), first, nanyu.head(first).root if first else bytes(32))
            assert growth.extends(old)
            assert (first == 0) == growth.extends(Checkpoint(old.origin, first, bytes(31) + b"\1"))
            assert not growth.extends(Checkpoint("pointsledger/aokou", first, old.root))


def test_what_the_book_never_had_is_not_proved(nanyu: Ledger, refused: Refused) -> None:
    """A record, or a size, beyond the end is refused, and so is a record beyond the size that is asked for."""
    size = nanyu.head().size
    for asked in (
        lambda: nanyu.proof(size + 1),
        lambda: nanyu.proof(1, size=size + 1),
        lambda: nanyu.growth(size + 1),
        lambda: nanyu.growth(1, size=size + 1),
        lambda: nanyu.growth(-1),
        lambda: nanyu.growth(size, size=size - 1),
    ):
        with refused(nanyu, UnknownRecord, "unknown-record"):
            asked()
    with refused(nanyu, InvalidSetting, "invalid-setting"):
        nanyu.proof(size, size=size - 1)


def test_nothing_provisional_is_given_out(nanyu: Ledger) -> None:
    """Within a batch that has posted something no checkpoint is issued and nothing proved: it may be rolled back."""
    with nanyu.batch(by="clerk:1") as batch:
        assert batch.proof(1).holds
        batch.award("03-017", "tidy")
        for asked in (
            batch.checkpoint,
            lambda: batch.proof(1),
            lambda: batch.growth(1),
            lambda: batch.closing_slip("03-017", "2025-11"),
            lambda: batch.keep_cosigned(""),
        ):
            with pytest.raises((RecordsProvisional, NotACheckpoint)):
                asked()
    assert [] == list(nanyu.checkpoints())


def test_a_closing_slip_proves_one_balance(closed: Ledger) -> None:
    """A household's slip says what it closed with, holds, and has nothing of a neighbour's in it but a hash."""
    slip = closed.closing_slip("03-017", "2025-11")
    assert slip == ClosingSlip.read(slip.text())
    slip.see_sound()
    assert (10, "2025-11", closed.village) == (slip.balance.closing, slip.balance.period, slip.balance.village)
    other = closed.closing_slip("03-018", "2025-11")
    assert (-2, {0, 1}) == (other.balance.closing, {slip.index, other.index})
    assert other.balance.salt not in slip.text()
    assert other.balance.account not in slip.text()
    assert slip.balance.salt != other.balance.salt


def test_a_closing_slip_is_asked_for_in_vain(closed: Ledger, refused: Refused) -> None:
    """Of a month that is open, a household that is not there or had nothing, and no month, there is no slip."""
    closed.enrol("03-030", head="周一", by="clerk:1")
    for household, period, error, code in (
        ("03-017", "2025-12", NotClosed, "not-closed"),
        ("03-030", "2025-11", NoClosingBalance, "no-closing-balance"),
        ("03-999", "2025-11", UnknownAccount, "unknown-account"),
        ("03-017", "2025Q4", NotAMonth, "not-a-month"),
    ):
        with refused(closed, error, code):
            closed.closing_slip(household, period)


def test_balances_are_salted_with_one_secret(closed: Ledger, clock: FixedClock) -> None:
    """Each close names the village's secret by its digest, and a close that is repeated is the one that it was."""
    clock.set("2026-01-02T09:00")
    closed.close("2025-12", by="clerk:1", request="close-2025-12")
    first, second = (closed.record(seq) for seq in _closes(closed)[-2:])
    assert first.said["secret"] == second.said["secret"]
    assert first.decided["balances"] != second.decided["balances"]
    assert closed.close("2025-12", by="clerk:1", request="close-2025-12").repeated
    assert closed.audit().whole


def _closes(ledger: Ledger) -> list[int]:
    return [record.seq for record in ledger.records(kinds=["close"])]


def test_without_the_secret_balances_are_not_checkable(closed: Ledger, refused: Refused) -> None:
    """A copy is whole without the secret and says so; out of the village's own book, somebody took it away."""
    with closed._store.connected(writes=True) as connection:
        connection.exec_driver_sql("DELETE FROM points_secret")
    for people, expected in ((True, ("secret-missing", "irregular")), (False, ("balances-unchecked", "note"))):
        report = closed.audit(people=people)
        assert [expected] == [(found.code, found.grade) for found in report]
        assert report.whole
    assert closed.close("2025-11", by="clerk:1", request="close-2025-11").repeated
    with refused(closed, NoClosingBalance, "no-closing-balance"):
        closed.closing_slip("03-017", "2025-11")
    with closed._store.connected(writes=True) as connection:  # the audit at the end would list them
        connection.exec_driver_sql("DELETE FROM points_secret")


def test_a_book_begun_for_the_proofs_is_whole(begin: Begin, clock: FixedClock) -> None:
    """What was issued of a book that then grows for a month stays right, and the audit looks at it."""
    ledger = begin()
    for _ in range(3):
        ledger.checkpoint()
        clock.advance(days=1)
        ledger.enrol(f"05-00{clock.now().day}", head="张三", by="clerk:1")
    assert [1, 2, 3] == [issued.number for issued in ledger.checkpoints()]
    assert ledger.audit().whole


def test_another_secret_is_not_taken_for_the_village_s(closed: Ledger, clock: FixedClock, refused: Refused) -> None:
    """Where somebody has put another secret, the next month is not closed with it, and the audit goes on saying so."""
    with closed._store.connected(writes=True) as connection:
        kept = connection.exec_driver_sql("SELECT secret FROM points_secret").scalar_one()
        other = bytes(reversed(bytes(kept)))
        connection.execute(text("UPDATE points_secret SET secret = :secret"), {"secret": other})
    clock.set("2026-01-02T09:00")
    with refused(closed, LedgerDamaged, "ledger-damaged"):
        closed.close("2025-12", by="clerk:1")
    assert ["secret-differs"] == [found.code for found in closed.audit() if found.grade == "broken"]
    with closed._store.connected(writes=True) as connection:
        connection.execute(text("UPDATE points_secret SET secret = :secret"), {"secret": kept})
    assert not closed.close("2025-12", by="clerk:1").repeated
