"""The library does what the reference ledger does, through everything that happens in a village."""

from __future__ import annotations

from collections import Counter
from typing import Any

import pytest
from hypothesis import settings
from hypothesis.stateful import run_state_machine_as_test

from tests.server import Server
from tests.stateful.machine import REACHED
from tests.stateful.sheet_machine import BookMachine, CutOffMachine, FileMachine, PostgresMachine

EXPECTED_CASES = frozenset(
    {
        "adopted",
        "award corrected",
        "deduct corrected",
        "arrears made",
        "arrears settled",
        "arrears settled in part",
        "bad rows skipped",
        "base cut by the ceiling",
        "base granted",
        "base run",
        "batch dropped",
        "batch kept",
        "batch kept without what was refused",
        "capped",
        "capped to nothing",
        "clock a little behind",
        "clock behind",
        "closed",
        "corrected into another sheet",
        "ended before it was recorded",
        "cut by activity",
        "cut by all",
        "cut by category",
        "cut by ceiling",
        "floor reached",
        "import: capped",
        "import: left_reversed",
        "import: posted",
        "import: reversed_rows",
        "import: unchanged",
        "lapse undone",
        "lapsed",
        "lapsed by the run",
        "nothing to lapse",
        "multiplied",
        "late",
        "others paid instead",
        "redeemed",
        "refused for points",
        "refused for stock",
        "refused in arrears",
        "refused: already-enrolled",
        "refused: already-closed",
        "refused: already-reversed",
        "refused: before-first-period",
        "refused: earlier-period-open",
        "refused: future-date",
        "refused: insufficient-points",
        "refused: limit-reached",
        "refused: not-correctable",
        "refused: nothing-corrected",
        "refused: not-stocked",
        "refused: nothing-chosen",
        "refused: opening-exists",
        "refused: out-of-stock",
        "refused: period-not-over",
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
        "row refused: other-period",
        "row refused: repeated-row",
        "row refused: row-changed",
        "row refused: unknown-account",
        "settled by reversal",
        "several days lapsed",
        "settling undone",
        "sheet imported",
        "sheet not reversed: batch-reversed",
        "row refused: imported-elsewhere",
        "sheet refused",
        "sheet replaced",
        "sheet reversed",
        "unsettled by reversal",
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
    }
)
"""What three histories meet: no more, since each takes seconds there."""

STEPS = 40


def run(machine: type[BookMachine], examples: int, **also: Any) -> None:  # noqa: ANN401 - settings
    """Run a machine so many times."""
    run_state_machine_as_test(
        machine, settings=settings(max_examples=examples, stateful_step_count=STEPS, deadline=None, **also)
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
    """Within a run that is always the same, the machine meets every case that it is there to meet."""
    before = Counter(REACHED)
    run(BookMachine, 64, derandomize=True, database=None)
    met = REACHED - before
    missing = sorted(EXPECTED_CASES - set(met))
    assert [] == missing, missing


def test_the_machine_meets_cases_on_postgresql(server: Server) -> None:
    """Within a short run that is always the same, the machine meets on PostgreSQL what a village meets in a month."""
    PostgresMachine.server = server
    before = Counter(REACHED)
    run(PostgresMachine, 3, derandomize=True, database=None)
    met = REACHED - before
    assert [] == sorted(ON_POSTGRESQL - set(met))


@pytest.mark.slow
@pytest.mark.parametrize("machine", [BookMachine, FileMachine, CutOffMachine, PostgresMachine])
def test_at_length(machine: type[BookMachine], server: Server) -> None:
    """Through hundreds of longer histories, each kind of book does what the reference does."""
    PostgresMachine.server = server
    run(machine, 300)
