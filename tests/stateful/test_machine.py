"""The library does what the reference ledger does, through everything that happens in a village."""

from __future__ import annotations

from collections import Counter
from typing import Any

import pytest
from hypothesis import seed, settings
from hypothesis.stateful import run_state_machine_as_test

from tests.server import Server
from tests.stateful.comparing_machine import REACHED
from tests.stateful.sheet_machine import BookMachine, CutOffMachine, FileMachine, PostgresMachine

SHOP_CASES = frozenset(
    {
        "back on the shelf",
        "bought with a fund",
        "called back",
        "cancelled",
        "cancelled after its points had ended",
        "counted fewer",
        "counted more",
        "counted the same",
        "debt cleared by a refund",
        "debt paid by what was held",
        "forfeited",
        "given some days of grace",
        "goods moved",
        "handed over",
        "handed over after its day",
        "handed over in arrears",
        "held points left alone",
        "not returned",
        "often enough",
        "paid out of two grants",
        "paper",
        "paper owed",
        "paper without goods",
        "read before it was recorded",
        "redeemed enough",
        "refunded after its points had ended",
        "refunded for force_majeure",
        "refunded for shop",
        "refunded in part",
        "refunded wholly",
        "refused as promised",
        "refused as refunded",
        "refused as refunded already",
        "refused as reserved",
        "refused as spent",
        "refused: already-paused",
        "refused: already-refunded",
        "refused: already-spent",
        "refused: below-minimum",
        "refused: cost-required",
        "refused: count-below-reserved",
        "refused: fund-short",
        "refused: invalid-setting",
        "refused: invalid-state",
        "refused: invoice-used",
        "refused: item-limit",
        "refused: not-a-redemption",
        "refused: not-a-reservation",
        "refused: not-at-this-shop",
        "refused: not-multiple",
        "refused: not-paused",
        "refused: not-redeemed",
        "refused: not-redemption-day",
        "refused: nothing-counted",
        "refused: nothing-rewarded",
        "refused: over-refund",
        "refused: reason-required",
        "refused: redemption-limit",
        "refused: shop-paused",
        "refused: unknown-fund",
        "refused: unknown-shop",
        "released",
        "released after its points had ended",
        "reserved",
        "reserved from several lots",
        "rewarded with goods",
        "rewarded with money",
        "service refunded",
        "several lots moved",
        "shop paused",
        "shop resumed",
        "too late",
        "unsettled by a refund",
        "written off the shelf",
    }
)
"""What happens at the shop."""

EXPECTED_CASES = frozenset(
    {
        *SHOP_CASES,
        "issued",
        "grown",
        "proved",
        "closing proved",
        "adopted",
        "arrears made",
        "arrears settled",
        "arrears settled in part",
        "award corrected",
        "bad rows skipped",
        "base cut by the ceiling",
        "base granted",
        "base run",
        "batch dropped",
        "batch kept",
        "batch kept without what was refused",
        "capped",
        "capped to nothing",
        "cleared by a close",
        "clock a little behind",
        "clock behind",
        "closed",
        "corrected into another sheet",
        "cut by activity",
        "cut by all",
        "cut by category",
        "cut by ceiling",
        "declared lost",
        "deduct corrected",
        "ended before it was recorded",
        "floor reached",
        "import: capped",
        "import: left_reversed",
        "import: posted",
        "import: reversed_rows",
        "import: unchanged",
        "lapse undone",
        "lapsed",
        "lapsed by the run",
        "lapsed once more",
        "late",
        "limit reached",
        "multiplied",
        "newcomer with a due lapse",
        "nothing to lapse",
        "others lapse again",
        "others paid instead",
        "nothing was left to take",
        "others taken instead",
        "redeemed",
        "refused for points",
        "refused for stock",
        "refused in arrears",
        "refused to owe",
        "refused: already-adopted",
        "refused: already-closed",
        "refused: already-enrolled",
        "refused: already-reversed",
        "refused: base-too-late",
        "refused: before-first-period",
        "refused: earlier-period-open",
        "refused: future-date",
        "refused: insufficient-points",
        "refused: limit-reached",
        "refused: not-correctable",
        "refused: not-stocked",
        "refused: nothing-chosen",
        "refused: nothing-corrected",
        "refused: nothing-lost",
        "refused: opening-exists",
        "refused: out-of-stock",
        "refused: period-not-over",
        "refused: reaches-into-closed",
        "refused: request-conflict",
        "refused: resident-required",
        "refused: unexpected-quantity",
        "refused: unknown-account",
        "refused: unknown-activity",
        "refused: unknown-item",
        "refused: unknown-level",
        "refused: unknown-resident",
        "refused: worth-nothing",
        "refused: wrong-sign",
        "repeated",
        "replayed otherwise",
        "reversed",
        "reversed in another month",
        "row refused: imported-elsewhere",
        "row refused: other-period",
        "row refused: repeated-row",
        "row refused: row-changed",
        "row refused: unknown-account",
        "run cut off",
        "settled by reversal",
        "settling undone",
        "several days lapsed",
        "sheet imported",
        "sheet not reversed: batch-reversed",
        "sheet refused",
        "sheet replaced",
        "sheet replaced by the same",
        "sheet reversed",
        "unsettled by reversal",
        "written off",
    }
)
ON_POSTGRESQL = frozenset(
    {
        "adopted",
        "arrears made",
        "arrears settled",
        "arrears settled in part",
        "base granted",
        "capped",
        "capped to nothing",
        "closed",
        "import: posted",
        "import: reversed_rows",
        "import: unchanged",
        "late",
        "refused for points",
        "refused in arrears",
        "refused: already-reversed",
        "settled by reversal",
        "sheet imported",
        "sheet replaced",
        "back on the shelf",
        "bought with a fund",
        "cancelled",
        "counted fewer",
        "goods moved",
        "handed over",
        "paper",
        "paper owed",
        "refunded in part",
        "refunded wholly",
        "released",
        "reserved",
        "rewarded with goods",
    }
)
"""What four histories meet: no more, since each takes seconds there."""

ON_PURPOSE = ((5, 6, 9, 7, 21, 19, 1), (22, 23, 25, 28, 29, 31, 30, 32, 3))
"""With which things done on purpose they begin."""

STEPS = 40


def run(machine: type[BookMachine], examples: int, *, steps: int = STEPS, **also: Any) -> None:  # noqa: ANN401 - settings
    """Run a machine so many times."""
    run_state_machine_as_test(
        machine, settings=settings(max_examples=examples, stateful_step_count=steps, deadline=None, **also)
    )


def test_memory() -> None:
    """A book in memory does what the reference does, act by act."""
    run(BookMachine, 4)


def test_file() -> None:
    """A book in a file does what the reference does, act by act."""
    run(FileMachine, 3)


def test_postgresql(server: Server) -> None:
    """A book on PostgreSQL does what the reference does, act by act."""
    PostgresMachine.server = server
    run(PostgresMachine, 2)


def test_cut_off_day() -> None:
    """A book whose months end on the 25th does what the reference does, act by act."""
    run(CutOffMachine, 3)


def test_the_machine_meets_every_case() -> None:
    """Within runs that are always the same, each begun on purpose, the machine meets every case it is there for."""
    before = Counter(REACHED)
    purposes = range(len(BookMachine().on_purpose(0)))
    for place in range(len(purposes) // 2 + 1):
        two = purposes[place :: len(purposes) // 2 + 1]
        machine = type("PurposeMachine", (BookMachine,), {"begins_with": tuple(two)})
        run(seed(place)(machine), 2, steps=STEPS * 3 // 4, database=None)
    met = REACHED - before
    missing = sorted(EXPECTED_CASES - set(met))
    assert [] == missing, missing


def test_the_machine_meets_cases_on_postgresql(server: Server) -> None:
    """Within a short run that is always the same, the machine meets on PostgreSQL what a village meets in a month."""
    before = Counter(REACHED)
    for begins_with in ON_PURPOSE:
        machine = type("PurposeMachine", (PostgresMachine,), {"server": server, "begins_with": begins_with})
        run(seed(len(begins_with))(machine), 2, steps=3, database=None)
    met = REACHED - before
    assert [] == sorted(ON_POSTGRESQL - set(met))


@pytest.mark.slow
@pytest.mark.parametrize("machine", [BookMachine, FileMachine, CutOffMachine, PostgresMachine])
def test_at_length(machine: type[BookMachine], server: Server) -> None:
    """Through hundreds of longer histories, each kind of book does what the reference does."""
    PostgresMachine.server = server
    run(machine, 300)
