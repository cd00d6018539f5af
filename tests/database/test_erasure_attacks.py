"""Attacks on erasures: profiles and texts removed without a record, put back, or erased on paper alone."""

from __future__ import annotations

from functools import partial
from pathlib import Path
from typing import Any

import pytest

from pointsledger import Ledger
from pointsledger.rules.pins import person_pin
from pointsledger.testing import FixedClock
from pointsledger.testing.village import SMALL_VILLAGE
from tests.database import lived_in
from tests.database.lived_in import Body, audited, codes, plain, record_of

SALT = bytes(32)


@pytest.fixture
def book(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Make a book in which 01-001 was erased, and 01-002 stands with a remark."""
    monkeypatch.setattr(lived_in, "VILLAGE", SMALL_VILLAGE.code)
    path = tmp_path / "book.db"
    with SMALL_VILLAGE.begin(path, clock=FixedClock()) as ledger:
        deed = ledger.award("01-001", "tidy", by="clerk:1", remark="腿脚不便", request="a-1")
        ledger.reverse(deed.seq, reason="错", by="clerk:1")
        ledger.award("01-002", "tidy", by="clerk:1", remark="热心", request="a-2")
        ledger.amend("02-001", name="买买提", by="clerk:1", request="m-1")
        ledger.erase("01-001", ground="request", by="clerk:2", request="e-1", remark="来信")
    return path


def found(path: Path) -> set[str]:
    """Return the codes of what an audit finds."""
    return codes(audited(path, SMALL_VILLAGE.code))


def erased(path: Path) -> Body:
    """Return the record of the erasure."""
    return record_of(lived_in.bodies(path), "e-1")


def test_an_erased_book_is_whole(book: Path) -> None:
    """What an erasure removed is not missed, by an audit, after a rebuild, or in a copy of the book."""
    assert set() == found(book)
    Ledger.rebuild(book)
    Ledger.migrate(book, book.with_name("copy.db"))
    assert set() == found(book) | found(book.with_name("copy.db"))


def test_a_profile_removed_without_a_record_is_found(book: Path) -> None:
    """Whoever deletes a profile by hand leaves it missing."""
    with plain(book) as connection:
        connection.execute("DELETE FROM points_profile WHERE code = '01-002'")
    assert {"profile-missing"} == found(book)


def test_a_text_removed_without_a_record_is_found(book: Path) -> None:
    """So does whoever deletes a remark."""
    with plain(book) as connection:
        connection.execute("DELETE FROM points_remark WHERE text = '热心'")
    assert {"remark-missing"} == found(book)


@pytest.mark.parametrize("which", [0, 1])
def test_a_profile_that_is_back_is_found(book: Path, which: int) -> None:
    """A household or member that was erased has no profile; one that stands there, by whatever name, is found."""
    one = erased(book)["said"]["erased"][which]
    role, household = (("household", ""), ("resident", erased(book)["said"]["erased"][0]))[which]
    with plain(book) as connection:
        row = ("liuwan", one, role, household, "01-001", "王秀兰", SALT)
        connection.execute("INSERT INTO points_profile VALUES (?, ?, ?, ?, ?, ?, ?)", row)
    assert {"profile-erased"} == found(book)


def test_a_text_that_is_back_is_found(book: Path) -> None:
    """A remark that was erased and stands there again is found with its record."""
    place = erased(book)["said"]["texts"][0]
    with plain(book) as connection:
        row = ("liuwan", place["seq"], place["field"], "腿脚不便", SALT)
        connection.execute("INSERT INTO points_remark VALUES (?, ?, ?, ?, ?)", row)
    report = audited(book, SMALL_VILLAGE.code)
    assert [("remark-erased", (place["seq"],))] == [(one.code, one.seqs) for one in report]
    assert "已删除" in next(iter(report)).say("zh")


def test_an_old_name_that_is_back_is_found(book: Path) -> None:
    """After an amendment the newest pin counts: the old name does not fit it."""
    with plain(book) as connection:
        connection.execute("UPDATE points_profile SET name = '买买提·艾力' WHERE code = '02-001'")
    assert {"profile-differs"} == found(book)


def test_ids_edited_in_the_record_are_found(book: Path) -> None:
    """Another person in the record of an erasure makes another text than its leaf says."""
    body = erased(book)
    with plain(book, guarded=False) as connection:
        other = lived_in.bodies(book)[6]["said"]["account"]
        connection.execute(
            "UPDATE points_journal SET body = replace(body, ?, ?) WHERE seq = ?",
            (body["said"]["erased"][0], other, body["seq"]),
        )
    assert "leaf-mismatch" in found(book)


def test_a_person_left_out_with_every_hash_recomputed_is_found(book: Path) -> None:
    """Whoever takes an id or a text out of the record has its profile or its text missing."""

    def without_text(found: list[Body]) -> list[Body]:
        del record_of(found, "e-1")["said"]["texts"][0]
        return found

    def without_household(found: list[Body]) -> list[Body]:
        del record_of(found, "e-1")["said"]["erased"][0]
        return found

    lived_in.rewrite(book, without_text)
    assert {"remark-missing"} == found(book)
    lived_in.rewrite(book, without_household)
    assert "profile-missing" in found(book)


def on_paper(found: list[Body], household: int, **more: object) -> list[Body]:
    """Return the bodies with an erasure of the household that was enrolled as the ``household``-th behind them."""
    enrolled = [body["said"] for body in found if body["kind"] == "enrol"][household]
    people = sorted([enrolled["account"], *(one["resident"] for one in enrolled["residents"])])
    said = {"erased": people, "legal_ground": "order", **more}
    return [*found, found[-1] | {"said": said, "seq": len(found) + 1, "request": "forged"}]


def test_an_erasure_on_paper_alone_is_found(book: Path) -> None:
    """A forged record, every hash recomputed, that the rules would allow: what still stands there is found."""
    lived_in.rewrite(book, lambda found: on_paper(found, 2))
    assert {"profile-erased"} == found(book)


def test_a_text_erased_on_paper_alone_is_found(book: Path) -> None:
    """The same of a text."""

    def forged(found: list[Body]) -> list[Body]:
        place = {"seq": record_of(found, "a-2")["seq"], "field": "remark"}
        said = {"texts": [place], "legal_ground": "request"}
        return [*found, found[-1] | {"said": said, "seq": len(found) + 1, "request": "forged"}]

    lived_in.rewrite(book, forged)
    assert {"remark-erased"} == found(book)


def test_an_erasure_that_the_rules_refuse_is_found(book: Path) -> None:
    """A household with points left, one that was erased before, a text of others, and an operator's own erasure."""
    enrolled = [body["said"] for body in lived_in.bodies(book) if body["kind"] == "enrol"]
    others = {"seq": record_of(lived_in.bodies(book), "a-2")["seq"], "field": "remark"}
    operator = erased(book)["by"]
    copy = book.with_name("copy.db")
    cases: list[tuple[int, dict[str, Any]]] = [
        (1, {}),
        (0, {}),
        (2, {"texts": [others]}),
        (2, {"erased": [operator]}),
    ]
    for household, more in cases:
        copy.write_bytes(book.read_bytes())
        lived_in.rewrite(copy, partial(on_paper, household=household, **more))
        assert "decision-differs" in found(copy)
    assert len(SMALL_VILLAGE.households) == len(enrolled)


def test_an_amendment_with_another_pin_is_found(book: Path) -> None:
    """A forged pin of an amendment is not that of the profile."""

    def forged(found: list[Body]) -> list[Body]:
        record_of(found, "m-1")["said"]["amended"][0]["pin"] = person_pin(SALT, "02-001", "别人")
        return found

    lived_in.rewrite(book, forged)
    assert {"profile-differs"} == found(book)
