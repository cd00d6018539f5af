"""Enrolment: a household's account, its group and its members."""

from __future__ import annotations

from decimal import Decimal
from typing import TYPE_CHECKING, Any

from pointsledger import Ledger
from pointsledger.errors import AlreadyEnrolled, InvalidCode, InvalidText, RequestConflict
from pointsledger.reports.readings import AccountBalance

if TYPE_CHECKING:
    from pointsledger.testing.contract.book import Refused


def test_a_new_household_holds_nothing(nanyu: Ledger) -> None:
    """A household that was just enrolled is found by its code, in its group, with nothing to spend."""
    zero = Decimal(0)
    expected = AccountBalance("03-017", "张三", "三组", zero, zero, zero, zero, zero, floor=zero)
    assert expected == nanyu.balance("03-017")


def test_a_group_may_be_left_out(nanyu: Ledger) -> None:
    """A household without a group stands in none."""
    nanyu.enrol("05-001", head="钱七", by="clerk:1")
    assert "" == nanyu.balance("05-001").group


def test_members_are_known_by_name_and_by_code(nanyu: Ledger) -> None:
    """The head is the first member and the others follow, each found by name and by code."""
    nanyu.award("03-017", "meeting", member="张三", by="clerk:1", on="2025-10-03")
    nanyu.award("03-017", "meeting", member="03-017/2", by="clerk:1", on="2025-10-03")
    assert ["张三", "李四"] == [line.member for line in nanyu.statement("03-017")]


def test_spaces_around_codes_and_names_do_not_count(nanyu: Ledger) -> None:
    """What a clerk pastes with spaces around it is the same code and the same name."""
    nanyu.enrol(" 05-001 ", head=" 钱七 ", by=" clerk:1 ")
    assert "钱七" == nanyu.balance("05-001").name


def test_a_wide_space_within_a_name_is_a_plain_one(nanyu: Ledger) -> None:
    """A name is the same with any kind of space in it, wherever it is written."""
    nanyu.enrol("05-001", head="买买提\u00a0艾力", by="clerk:1")
    assert "买买提 艾力" == nanyu.balance("05-001").name
    nanyu.award("05-001", "meeting", member="买买提\u3000艾力", by="clerk:1")
    assert ["买买提 艾力"] == [line.member for line in nanyu.statement("05-001")]


def test_full_width_signs_are_plain_ones(nanyu: Ledger, refused: Refused) -> None:
    """A code typed with full-width signs is the code, of a household as of an operator, and is taken only once."""
    with refused(nanyu, AlreadyEnrolled, "already-enrolled"):
        nanyu.enrol("０３－０１７", head="孙八", by="ｃｌｅｒｋ：1")
    assert "张三" == nanyu.balance("０３-017").name
    before = nanyu.head().size
    nanyu.award("03-017", "tidy", by="ｃｌｅｒｋ：１")
    assert before + 1 == nanyu.head().size


def test_a_code_is_taken_once(nanyu: Ledger, refused: Refused) -> None:
    """A second household of the same code is refused, by the code that people know."""
    with refused(nanyu, AlreadyEnrolled, "already-enrolled") as caught:
        nanyu.enrol("03-017", head="孙八", by="clerk:1")
    assert "03-017" == caught.value.data["account"]
    assert "张三" == nanyu.balance("03-017").name


def test_a_refused_enrolment_keeps_nobody(nanyu: Ledger, refused: Refused) -> None:
    """Nobody of an enrolment that was refused gets into the register."""
    with refused(nanyu, InvalidText, "invalid-text"):
        nanyu.enrol("05-001", head="钱七", group="组" * 33, by="clerk:1")
    assert ["03-017", "03-018", "04-001"] == [held.household for held in nanyu.balances()]


def test_a_code_of_the_wrong_form_is_refused(nanyu: Ledger, refused: Refused) -> None:
    """A household code that could not be told apart in a sheet is refused."""
    for code in ("", "03 017", "03/017", "03,017", "a" * 33, "03\x00"):
        with refused(nanyu, InvalidCode, "invalid-code"):
            nanyu.enrol(code, head="钱七", by="clerk:1")


def test_a_name_that_cannot_be_kept_is_refused(nanyu: Ledger, refused: Refused) -> None:
    """A name that is empty, too long or holds control characters is refused, for the head as for a member."""
    for name in ("", "   ", "名" * 101, "钱\n七", "钱\u200b七", "\ud800"):
        with refused(nanyu, InvalidText, "invalid-text"):
            nanyu.enrol("05-001", head=name, by="clerk:1")
        with refused(nanyu, InvalidText, "invalid-text"):
            nanyu.enrol("05-001", head="钱七", members=[name], by="clerk:1")


def test_repeating_an_enrolment_is_harmless(nanyu: Ledger) -> None:
    """The same enrolment under the same request id gives the same receipt and changes nothing."""
    first = nanyu.enrol("05-001", head="钱七", members=["周九"], group="五组", by="clerk:1", request="enrol-1")
    nanyu.award("05-001", "tidy", by="clerk:1")
    before = nanyu.head()
    again = nanyu.enrol("05-001", head="钱七", members=["周九"], group="五组", by="clerk:1", request="enrol-1")
    assert first == again
    assert again.repeated
    assert before == nanyu.head()


def test_another_enrolment_under_the_same_request_conflicts(nanyu: Ledger, refused: Refused) -> None:
    """Whatever differs in a repeated enrolment is named, and nobody new gets into the register."""
    said: dict[str, Any] = {"household": "05-001", "head": "钱七", "members": ["周九"], "group": "五组"}
    nanyu.enrol(**said, by="clerk:1", request="enrol-1")
    for other, field in (
        ({"household": "05-002"}, "household"),
        ({"head": "吴十"}, "head"),
        ({"members": ["吴十"]}, "members"),
        ({"members": []}, "members"),
        ({"group": "六组"}, "group"),
    ):
        with refused(nanyu, RequestConflict, "request-conflict") as caught:
            nanyu.enrol(**(said | other), by="clerk:1", request="enrol-1")
        assert field == caught.value.data["field"]
    assert ["03-017", "03-018", "04-001", "05-001"] == [held.household for held in nanyu.balances()]
