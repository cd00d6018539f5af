"""Victims: processes that post one act after the other until they are killed, telling what they begin and what stands.

Run as a program it takes errands from its input, a JSON line each, and forks a process for each, since starting Python
anew would take longer than the process lives. What a victim tells goes out by one write a line, nothing is held back:
``begin`` before an act, ``done`` once it has its receipt, ``again`` before it is sent once more. It imports nothing of
the tests: those are not on the path of a program that a test starts.
"""

from __future__ import annotations

import json
import os
import sys
import traceback
from collections.abc import Callable
from pathlib import Path
from random import Random
from time import sleep
from typing import NamedTuple

from sqlalchemy import create_engine

from pointsledger import Ledger, PointsLedgerError, RuleBook

HOUSEHOLDS = ("03-017", "03-018", "03-019")
BATCH = 5
"""Acts of a batch."""

ROWS = 6
"""Rows of a sheet."""

TRIES = 600
PAUSE_SECONDS = 0.02
MOST_ADOPTED = 6
"""Rule books that one victim adopts at most: a book with hundreds of them would be slow, and like no village's."""


class Errand(NamedTuple):
    """Where to post, which kind of act most often, what a rule book says, and where to write sheets."""

    place: str
    run: int
    seed: int
    favourite: str
    rules: str
    folder: str


def tell(*words: object) -> None:
    """Write a line at once, past every buffer."""
    os.write(1, (" ".join(map(str, words)) + "\n").encode())


class Victim:
    """A process that posts."""

    def __init__(self, errand: Errand, ledger: Ledger) -> None:
        """Post to ``ledger``."""
        self._errand = errand
        self._ledger = ledger
        self._chance = Random(errand.seed)  # noqa: S311 - it is to be the same again
        self._number = 0
        self._adopted = 0
        self._sheets: list[str] = []
        self._seqs: list[int] = []

    def post(self) -> None:
        """Post until the end."""
        while True:
            favourite = self._chance.random() < 0.7
            kind = self._errand.favourite if favourite else self._chance.choice(sorted(KINDS))
            if (kind == "adopt" and self._adopted >= MOST_ADOPTED) or (kind == "reverse-batch" and not self._sheets):
                kind = "import"
            if kind == "reverse" and not self._seqs:
                kind = "award"
            self._number += 1
            self._one(kind, f"{self._errand.run}-{self._number}")

    def _one(self, kind: str, name: str) -> None:
        about = self._sheets.pop() if kind == "reverse-batch" else name
        again = self._chance.getstate()
        tell("begin", kind, name, about)
        for _ in range(TRIES):
            self._chance.setstate(again)  # the same request says the same
            try:
                seq = KINDS[kind](self, about)
            except PointsLedgerError as error:
                if not error.retryable:
                    done = kind == "reverse-batch" and error.code == "batch-reversed"  # by the try before this one
                    tell(*(("done", kind, name, 0) if done else ("refused", kind, name, error.code)))
                    return
                tell("again", kind, name, error.code)
                sleep(PAUSE_SECONDS)
            else:
                tell("done", kind, name, seq)
                return
        tell("gave-up", kind, name)

    # --- the kinds -------------------------------------------------------------------------------------

    def _household(self) -> str:
        return self._chance.choice(HOUSEHOLDS)

    def award(self, name: str) -> int:
        """Give a few points."""
        quantity = self._chance.randint(1, 9)
        household = self._household()
        receipt = self._ledger.award(household, "tidy", quantity=quantity, by="clerk:1", request=name, remark="门前")
        self._seqs.append(receipt.seq)
        return receipt.seq

    def deduct(self, name: str) -> int:
        """Take a point or two."""
        return self._ledger.deduct(self._household(), "tidy", by="clerk:1", request=name).seq

    def redeem(self, name: str) -> int:
        """Hand over a piece of soap and a haircut."""
        items = {"soap": 1, "cut": self._chance.randint(1, 2)}
        return self._ledger.redeem(self._household(), items, by="shop:1", request=name).seq

    def stock_in(self, name: str) -> int:
        """Take soap in, by an operator whom nobody knows yet."""
        return self._ledger.stock_in("soap", 20, by=f"shop:{name}", request=name).seq

    def enrol(self, name: str) -> int:
        """Enrol a household with two members."""
        return self._ledger.enrol(f"x-{name}", head="钱七", members=["孙八"], by="clerk:1", request=name).seq

    def reverse(self, name: str) -> int:
        """Undo one of this victim's awards."""
        seq = self._chance.choice(self._seqs)
        return self._ledger.reverse(seq, reason="记错", by="clerk:1", request=name).seq

    def adopt(self, name: str) -> int:
        """Adopt a rule book of another name."""
        self._adopted += 1
        text = Path(self._errand.rules).read_text(encoding="utf-8").replace("积分细则", f"细则 {name}")
        rulebook = RuleBook.from_toml(text, file="rules.toml", decimals=0)
        return self._ledger.adopt_rules(rulebook, by="clerk:1", request=name).seq

    def batch(self, name: str) -> int:
        """Post several awards at once."""
        with self._ledger.batch(by="clerk:1") as batch:
            seqs = [
                batch.award(self._household(), "tidy", quantity=number + 1, request=f"{name}#{number}").seq
                for number in range(BATCH)
            ]
        return seqs[-1]

    def import_sheet(self, name: str) -> int:
        """Import a sheet."""
        file = Path(self._errand.folder) / f"{name}.csv"
        rows = [
            f"{number},2026-03-0{number + 1},{self._household()},tidy,{number},加分" for number in range(1, ROWS + 1)
        ]
        file.write_text("\n".join(["序号,日期,户号,事项,数量,加扣", *rows]) + "\n", encoding="utf-8")
        report = self._ledger.import_deeds(file, period="2026-03", by="clerk:1", label=name, repeats=True)
        self._sheets.append(name)
        return report.posted

    def reverse_batch(self, label: str) -> int:
        """Take a sheet back."""
        return self._ledger.reverse_batch(label, reason="重录", by="clerk:1").receipt.seq


KINDS: dict[str, Callable[[Victim, str], int]] = {
    "adopt": Victim.adopt,
    "award": Victim.award,
    "batch": Victim.batch,
    "deduct": Victim.deduct,
    "enrol": Victim.enrol,
    "import": Victim.import_sheet,
    "redeem": Victim.redeem,
    "reverse": Victim.reverse,
    "reverse-batch": Victim.reverse_batch,
    "stock-in": Victim.stock_in,
}


def die(errand: Errand) -> None:
    """Post until somebody kills this process; if something else ends it, say what."""
    try:
        with Ledger.open(errand.place) as ledger:
            tell("ready", os.getpid())
            Victim(errand, ledger).post()
    except BaseException:  # noqa: BLE001 - whatever it is, the test is to see it
        traceback.print_exc()
    os._exit(1)


def main() -> None:
    """Fork a victim for each errand of the input, and tell how it ended."""
    create_engine("postgresql+psycopg://")  # which loads the driver, once for all
    for line in sys.stdin:
        pid = os.fork()  # this program has no thread and no connection
        if not pid:
            die(Errand(*json.loads(line)))
        _, status = os.waitpid(pid, 0)
        tell("gone", os.waitstatus_to_exitcode(status))


if __name__ == "__main__":
    main()
