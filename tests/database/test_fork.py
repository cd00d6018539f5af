"""Forks: a ledger that was open when its process forked goes on in both, and no act that was acknowledged is lost."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Iterator
from contextlib import ExitStack
from pathlib import Path

import pytest

from pointsledger import Ledger
from tests.database.lived_in import begin, codes
from tests.server import Server

# The parent closes its ledger, and with it perhaps the last connection to the file, while the child still posts.
FORKING = """
import os, subprocess, sys
from pointsledger import Ledger
place, reopens = sys.argv[1], sys.argv[2] == "reopens"
ledger = Ledger.open(place, village="nanyu")
ledger.award("03-017", "tidy", by="clerk:1")
ledger.balance("03-017")
closed, told = os.pipe(), os.pipe()
child = os.fork()
if child == 0:
    if reopens:
        ledger = Ledger.open(place, village="nanyu")
    ledger.award("03-017", "tidy", by="clerk:1", request="first")
    os.write(told[1], b"x")
    os.read(closed[0], 1)
    ledger.award("03-017", "tidy", by="clerk:1", request="second")
    os._exit(int(str(ledger.balance("03-017").balance)))
ledger.balance("03-017")
os.read(told[0], 1)
ledger.close()
another = "import sys; from pointsledger import Ledger; Ledger.open(sys.argv[1]).award('03-017', 'tidy', by='clerk:1')"
subprocess.run([sys.executable, "-c", another, place], check=True)
os.write(closed[1], b"x")
sys.exit(os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]))
"""


@pytest.fixture(params=["file", "postgresql"])
def shared(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[str]:
    """Name a book with a household in it."""
    with ExitStack() as stack:
        place = str(tmp_path / "book.db")
        if request.param == "postgresql":
            server: Server = request.getfixturevalue("server")
            place = server.url(stack.enter_context(server.lent("template0")))
        with begin(place) as ledger:
            ledger.enrol("03-017", head="张三", by="clerk:1")
        yield place


@pytest.mark.parametrize("reopens", ["reopens", "goes on"])
def test_a_fork_loses_no_act(shared: str, reopens: str) -> None:
    """Parent, child and a third process post to a book that was open at the fork: all four acts are in it."""
    ended = subprocess.run(
        [sys.executable, "-c", FORKING, shared, reopens], check=False, capture_output=True, text=True
    )
    assert (8, "") == (ended.returncode, ended.stderr)
    assert set() == codes(Ledger.audit_at(shared))
    with Ledger.open(shared) as ledger:
        assert 8 == ledger.balance("03-017").balance
        assert ["first", "second"] == [r.request for r in ledger.records(kinds=["award"]) if r.request[0] != "~"]
