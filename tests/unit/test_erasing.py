"""Erasing, as the audit decides it once more: what no face of the ledger lets through is refused all the same."""

from __future__ import annotations

from dataclasses import replace
from typing import Any, cast

import pytest

from pointsledger import Ledger
from pointsledger.decisions import kinds
from pointsledger.errors import (
    AlreadyErased,
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
