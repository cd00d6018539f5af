"""Erasing, as the audit decides it once more: what no face of the ledger lets through is refused all the same."""

from __future__ import annotations

from dataclasses import replace
from typing import Any, cast

import pytest

from pointsledger import Ledger
from pointsledger.decisions import kinds
from pointsledger.decisions.erasing import named_in, what_keeps
from pointsledger.errors import (
    AlreadyErased,
    HouseholdErased,
    NothingToAmend,
    NothingToErase,
    RetentionRunning,
    UnknownAccount,
    UnknownOperator,
    UnknownRecord,
    UnknownResident,
)
from pointsledger.rules.retention import Retention
from pointsledger.testing import FixedClock
from pointsledger.testing.village import SMALL_VILLAGE, temporary_ledger
from pointsledger.values.records import Command

NOBODY = "000000000000"


def decided(ledger: Ledger, kind: str, **said: object) -> None:
    """Decide an act of clerk:1 on the book as it is."""
    with ledger._store.reading(ledger.village) as transaction:
        state = transaction.state
        kinds.decide(state, Command(kind, 1, state.record(1).by, "x", state.recorded_at, cast("Any", said)))


def test_what_cannot_be_erased_or_amended_is_refused() -> None:
    """Nobody, nobody known, somebody erased before, members of another household, no record and no text."""
    with temporary_ledger(SMALL_VILLAGE, clock=FixedClock()) as ledger:
        deed = ledger.award("01-002", "tidy", by="clerk:1", remark="好")
        gone = ledger.record(ledger.erase("01-001", ground="request", by="clerk:1").seq).said["erased"]
        other = next(one.id for one in ledger.people_in(deed.seq) if one.role == "household")
        member = [one.id for one in ledger.personal_data("02-001").people]
        pin = {"pin": "5f" * 32}
        ground = {"legal_ground": "request"}
        for error, code, said in (
            (NothingToErase, "nothing-to-erase", {}),
            (AlreadyErased, "already-erased", {"erased": gone}),
            (UnknownAccount, "unknown-account", {"erased": [f"h-{NOBODY}"]}),
            (UnknownResident, "unknown-resident", {"erased": [f"r-{NOBODY}"]}),
            (UnknownOperator, "unknown-operator", {"erased": [f"o-{NOBODY}"]}),
            (UnknownResident, "unknown-resident", {"erased": sorted([other, member[1]])}),
            (UnknownRecord, "unknown-record", {"texts": [{"seq": 99, "field": "remark"}]}),
            (NothingToErase, "nothing-to-erase", {"texts": [{"seq": deed.seq, "field": "donor"}]}),
            (
                NothingToErase,
                "nothing-to-erase",
                {"erased": member[:1], "texts": [{"seq": deed.seq, "field": "remark"}]},
            ),
        ):
            with pytest.raises(error) as caught:
                decided(ledger, "erase", **said, **ground)
            assert code == caught.value.code
        for failure, amended in ((AlreadyErased, gone[0]), (UnknownAccount, f"h-{NOBODY}")):
            with pytest.raises(failure):
                decided(ledger, "amend", amended=[{"person": amended} | pin])
        with ledger._store.reading(ledger.village) as transaction:
            account = transaction.state.account(other)
        with pytest.raises(NothingToAmend):
            decided(ledger, "amend", amended=[{"person": other, "pin": account.pin}])


def test_an_operator_who_approved_is_not_whom_a_text_is_about() -> None:
    """Neither who recorded nor who approved a deed has its free text erased: it is about the household."""
    with temporary_ledger(SMALL_VILLAGE, clock=FixedClock()) as ledger:
        deed = ledger.award("01-002", "tidy", by="clerk:1", approved_by=["clerk:2"], remark="好")
        record = ledger.record(deed.seq)
        text = [{"seq": deed.seq, "field": "remark"}]
        with ledger._store.reading(ledger.village) as transaction:
            assert {record.said["account"]} == named_in(transaction.state, record)
        with pytest.raises(NothingToErase):
            decided(ledger, "erase", erased=record.said["approved_by"], texts=text, legal_ground="request")
        decided(ledger, "erase", texts=text, legal_ground="request")


@pytest.mark.parametrize("kind", ["award", "deduct"])
def test_nothing_comes_to_or_goes_from_an_account_that_was_erased(kind: str) -> None:
    """Whichever side of a movement the account is, it is refused by its id as well."""
    with temporary_ledger(SMALL_VILLAGE, clock=FixedClock()) as ledger:
        account = ledger.personal_data("01-001").people[0].id
        ledger.erase("01-001", ground="request", by="clerk:1")
        with pytest.raises(HouseholdErased) as caught:
            decided(ledger, kind, account=account, activity="tidy")
        assert account == caught.value.data["account"]


def test_the_ground_that_keeps_the_longest_is_told() -> None:
    """Of a text and a household, or two households, it is the one that is kept longer, whichever stands first."""
    village = replace(SMALL_VILLAGE, rulebook=replace(SMALL_VILLAGE.rulebook, retention=Retention(3)))
    clock = FixedClock("2025-10-05T09:00")
    with temporary_ledger(village, clock=clock) as ledger:
        clock.set("2025-11-05T09:00")
        ledger.award("01-002", "tidy", by="clerk:1")
        whom = [ledger.personal_data(code).people[0].id for code in ("01-001", "01-002")]
        with ledger._store.reading(ledger.village) as transaction:

            def told(people: list[str], months: list[str]) -> tuple[str, str]:
                kept = what_keeps(transaction.state, "2025-12-01", people, months)
                assert kept is not None
                return kept.period, kept.until

            early, late = ("2025-10", "2026-01-31"), ("2025-11", "2026-02-28")
            assert [early, late] == [told([one], []) for one in whom]
            assert [late, late] == [told(whom, []), told([*reversed(whom)], [])]
            assert [late, late] == [told(whom[:1], ["2025-11"]), told(whom[1:], ["2025-10"])]
            assert late == told([], ["2025-10", "2025-11"])


def test_an_enrolment_counts_from_the_first_month_of_the_book() -> None:
    """Who was entered before the book begins is kept as if in its first month, and no shorter."""
    village = replace(
        SMALL_VILLAGE, first_period="2025-12", rulebook=replace(SMALL_VILLAGE.rulebook, retention=Retention(2))
    )
    with temporary_ledger(village, clock=FixedClock("2025-10-05T09:00")) as ledger:
        account = ledger.personal_data("01-001").people[0].id
        with ledger._store.reading(ledger.village) as transaction:
            kept = what_keeps(transaction.state, "2026-01-15", [account])
        assert kept is not None
        assert ("2025-12", "2026-02-28") == (kept.period, kept.until)


def test_of_two_versions_that_keep_as_long_the_later_is_told() -> None:
    """The version that is named is the one that whoever asks has before them."""
    rules = replace(SMALL_VILLAGE.rulebook, retention=Retention(3))
    clock = FixedClock("2025-10-05T09:00")
    with temporary_ledger(replace(SMALL_VILLAGE, rulebook=rules), clock=clock) as ledger:
        ledger.adopt_rules(replace(rules, name="细则（修订）", first_day="2025-10-20"), by="clerk:1")
        account = ledger.personal_data("01-001").people[0].id
        clock.set("2025-11-05T09:00")
        with ledger._store.reading(ledger.village) as transaction:
            found = {day: what_keeps(transaction.state, day, [account]) for day in ("2025-10-19", "2025-11-05")}
        assert [1, 2] == [kept.version for kept in found.values() if kept]


def test_an_amendment_that_keeps_nothing_is_refused_while_a_retention_runs() -> None:
    """What no face of the ledger writes: a name replaced that a rule book keeps, and nowhere kept."""
    village = replace(SMALL_VILLAGE, rulebook=replace(SMALL_VILLAGE.rulebook, retention=Retention(3)))
    with temporary_ledger(village, clock=FixedClock()) as ledger:
        account = ledger.personal_data("01-001").people[0].id
        pin = "5f" * 32
        with pytest.raises(RetentionRunning) as caught:
            decided(ledger, "amend", amended=[{"person": account, "pin": pin}])
        assert 3 == caught.value.data["months"]
        decided(ledger, "amend", amended=[{"person": account, "pin": pin}], former_name=pin)


@pytest.mark.parametrize(
    "said",
    [
        {"legal_ground": "because", "erased": [f"h-{NOBODY}"]},
        {"legal_ground": "request", "erased": []},
        {"legal_ground": "request", "erased": [f"r-{NOBODY}", f"h-{NOBODY}"]},
        {"legal_ground": "request", "erased": [f"h-{NOBODY}", f"h-{NOBODY}"]},
        {"legal_ground": "request", "erased": ["03-017"]},
        {"legal_ground": "request", "texts": [{"seq": 0, "field": "remark"}]},
        {"legal_ground": "request", "texts": [{"seq": 2, "field": "account"}]},
        {"legal_ground": "request", "texts": [{"seq": 3, "field": "remark"}, {"seq": 2, "field": "remark"}]},
        {"legal_ground": "request", "texts": [{"seq": 3}]},
    ],
)
def test_what_is_said_has_one_form(said: dict[str, Any]) -> None:
    """Ids in their order, each once, places of texts by record and field, and a ground of the list."""
    with temporary_ledger(SMALL_VILLAGE, clock=FixedClock()) as ledger, pytest.raises(ValueError, match="in its form"):
        decided(ledger, "erase", **said)
