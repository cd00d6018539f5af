"""Batch rows: in which record a row of an imported sheet stands now."""

from __future__ import annotations

from pointsledger.decisions.state import State
from pointsledger.values.records import Record
from pointsledger.values.rows import Batch, BatchRow


def batched(state: State, record: Record) -> list[tuple[object, ...]]:
    """Note in which record a row of a sheet stands now; a row that was replaced is the next revision of itself."""
    label, key = record.said["batch"], record.said["row"]
    batch = state.get(Batch, (label,)) or Batch(state.village, label, 1)
    earlier = state.get(BatchRow, (label, key))
    again = earlier is not None and earlier.generation == batch.generation
    revision = earlier.revision + 1 if earlier is not None and again else 1
    return [batch, BatchRow(state.village, label, key, record.seq, batch.generation, revision, 1)]
