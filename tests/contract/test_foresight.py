"""What an act reads ahead: a guess that is never in the way of what was posted meanwhile, here or by somebody else."""

from __future__ import annotations

from hashlib import sha256

import pytest

from pointsledger import Ledger
from pointsledger.errors import UnknownAccount
from pointsledger.storage import foresight
from pointsledger.values import rows
from tests.contract.conftest import IN_MEMORY, NANYU_RULES, Begin, Clock, Document

DEARER = NANYU_RULES.replace("points = 3\n", "points = 4\n")


def test_what_is_read_ahead_hides_nothing_that_was_posted(nanyu: Ledger) -> None:
    """In one batch a reversal frees points and an award of the same household adds to what is left, not to what was."""
    first = nanyu.award("03-017", "trees", by="clerk:1")
    with nanyu.batch(by="clerk:1") as batch:
        batch.reverse(first.seq, reason="重复录入")
        assert 3 == batch.award("03-017", "trees").balance
    assert 3 == nanyu.balance("03-017").balance


def test_a_request_is_known_again_within_its_batch(nanyu: Ledger) -> None:
    """What was read ahead of a request, that it was never posted, is not believed once it was."""
    with nanyu.batch(by="clerk:1") as batch:
        first = batch.award("03-017", "trees", request="one")
        assert 3 == batch.balance("03-017").balance, "which writes what was posted"
        again = batch.award("03-017", "trees", request="one")
    assert (first.seq, True) == (again.seq, again.repeated)


@pytest.mark.parametrize("code", ["０３-０１７", " 03-017 "])
def test_a_guess_that_is_wrong_costs_nothing_else(nanyu: Ledger, code: str) -> None:
    """A code written otherwise than the register has it is found all the same, under an operator never seen before."""
    assert 3 == nanyu.award(code, "trees", by="clerk:2", on="2025-09-30").balance
    assert 6 == nanyu.award("03-017", "trees", by="clerk:2", on="2025-11-03").balance


@pytest.mark.parametrize("code", ["03-\x00", "03-\ud800", "", "03\n017"])
def test_a_code_that_cannot_be_guessed_from_is_refused_as_ever(nanyu: Ledger, code: str) -> None:
    """A code that no database takes is refused in words, not by the database."""
    before = nanyu.head()
    with pytest.raises(ValueError, match=r"household|account"):
        nanyu.award(code, "trees", by="clerk:1")
    with pytest.raises(UnknownAccount):
        nanyu.award("03-999", "trees", by="clerk:1")
    assert before == nanyu.head()


def test_rules_that_somebody_else_adopted_count_at_once(
    begin: Begin, place: str, clock: Clock, document: Document
) -> None:
    """Rule books are kept by what they say, and which of them is in force is read anew under each lock."""
    ledger = begin()
    ledger.enrol("03-017", head="张三", by="clerk:1")
    assert 3 == ledger.award("03-017", "trees", by="clerk:1").points
    dearer = document(DEARER, first_day="2025-10-01", decided_on="2025-09-20")
    if place == IN_MEMORY:
        ledger.adopt_rules(dearer, by="clerk:1")
    else:
        with Ledger.open(place, clock=clock) as other:
            other.adopt_rules(dearer, by="clerk:1")
    assert 4 == ledger.award("03-017", "trees", by="clerk:1").points


def test_rules_that_were_rolled_back_never_counted(nanyu: Ledger, document: Document) -> None:
    """A rule book adopted in a batch that came to nothing governs in it, and nothing after it."""
    dearer = document(DEARER, first_day="2025-10-01", decided_on="2025-09-20")

    def give_up() -> None:
        with nanyu.batch(by="clerk:1") as batch:
            batch.adopt_rules(dearer)
            assert 4 == batch.award("03-017", "trees").points
            raise InterruptedError

    with pytest.raises(InterruptedError):
        give_up()
    assert 3 == nanyu.award("03-017", "trees", by="clerk:1").points


def test_an_edition_that_lies_about_its_digest_is_not_kept() -> None:
    """What an edition says is kept for every book only if it is what its digest says."""
    content = '{"name":"南峪村"}'
    digest = sha256(content.encode()).hexdigest()
    edition = rows.Edition("nanyu", "rulebook", 1, "2025-09-01", 2, digest, content)
    foresight.note_contents([edition._replace(content=content.replace("南", "北"))])
    assert digest not in foresight._contents
    foresight.note_contents([edition])
    assert content == foresight._contents.pop(digest)


class Forgetful(dict[str, str]):
    """What is kept of editions while another thread empties it after each look."""

    def __contains__(self, key: object) -> bool:
        """Look, and forget."""
        return self.pop(str(key), None) is not None


def test_what_is_kept_of_editions_may_be_emptied_at_any_moment(nanyu: Ledger, monkeypatch: pytest.MonkeyPatch) -> None:
    """Threads share what rule books say; one that empties it takes nothing from another that has just looked."""
    with nanyu.batch(by="clerk:1") as batch:
        batch.award("03-017", "trees")
    kept = Forgetful(foresight._contents)
    monkeypatch.setattr(foresight, "_contents", kept)
    assert 6 == nanyu.award("03-017", "trees", by="clerk:1").balance
