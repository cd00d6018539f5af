"""hledger, the program: what it finds wrong with a book that was exported for it, and the balances that it reports.

It is a package of Debian and others (``apt-get install hledger``), and no wheel has it. Where it is missing these tests
are skipped; where ``CI`` is set they fail instead. The gate installs it where it can.
"""

from __future__ import annotations

import csv
import os
import shutil
import subprocess
from decimal import Decimal
from pathlib import Path

import pytest

from pointsledger import Ledger
from pointsledger.exports.hledger import HOUSEHOLDS, account_name, escaped

Balances = dict[tuple[str, str], Decimal]
"""What each account has of each commodity, zero left out."""


def hledger(file: Path, *words: str) -> subprocess.CompletedProcess[str]:
    """Run hledger on a file."""
    program = shutil.which("hledger")
    if program is None and not os.environ.get("CI"):
        pytest.skip("hledger is not installed")
    assert program is not None, "hledger is missing: apt-get install hledger"
    return subprocess.run(
        [program, "-f", str(file), *words],
        env={**os.environ, "LC_ALL": "C.UTF-8"},
        capture_output=True,
        encoding="utf-8",
        check=False,
    )


def complaints(file: Path, *words: str) -> str:
    """Return what hledger's checks find wrong with a file, or nothing."""
    ended = hledger(file, "check", *words)
    return ended.stderr if ended.returncode else ""


def reported(file: Path, *words: str) -> Balances:
    """Return the balances that hledger reports."""
    ended = hledger(file, "balance", "--flat", "--no-total", "--layout=bare", "-O", "csv", *words)
    assert (0, "") == (ended.returncode, ended.stderr)
    found: Balances = {}
    for row in csv.DictReader(ended.stdout.splitlines()):
        if Decimal(row["balance"]):
            found[row["account"], row["commodity"]] = Decimal(row["balance"])
    return found


def expected(ledger: Ledger) -> Balances:
    """Return what the book itself says when nothing is due that no record has, under the names of the export."""
    assert not ledger.expire(by="clerk:1").records, "record what is due before the book is exported"
    found = {(HOUSEHOLDS + escaped(one.household), "points"): one.balance for one in ledger.balances(limit=1_000)}
    for line in ledger.trial_balance():
        if line.account != "households":
            found[account_name(line.account), line.unit] = line.balance
    return {key: amount for key, amount in found.items() if amount}
