"""The contract on a ledger's own transactions: in memory, in a file and on PostgreSQL."""

from __future__ import annotations

from pointsledger.testing.contract import *  # noqa: F403 - that is how the contract is run
