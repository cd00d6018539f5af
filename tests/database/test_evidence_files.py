"""Files that are held against a book: what is read in them, what is told as unread, and what is set aside.

For what a comparison comes to, see ``test_evidence``.
"""

from __future__ import annotations

import shutil
from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime
from hashlib import sha256
from pathlib import Path
from time import process_time

import pytest

from pointsledger import Ledger, evidence, slips
from pointsledger.audit_page import audit_page
from pointsledger.errors import FileUnreadable, NotALedger, ReadOnlyLedger
from pointsledger.findings import AuditReport
from pointsledger.inspection.pack import write_pack
from pointsledger.rules.checkpoint import Checkpoint
from pointsledger.signing import SigningKey
from pointsledger.testing import FixedClock
from pointsledger.verifying import verify
from tests.database.attacks import another_operator
from tests.database.lived_in import SIZE, begin, codes
from tests.database.test_evidence import FALSE, KEPT_AT, told

NOON = datetime(2026, 5, 1, 4, tzinfo=UTC)

# --- what was typed into a book, and what is built around a head ----------------------------------------

DIGEST = "5d41402abc4b2a76b9719d911017c592"


@pytest.fixture
def handed_in(tmp_path: Path) -> Path:
    """Return a folder with the hand-in of a village, whose sheets have rows for request ids; its book lies beside."""
    received = tmp_path / "received"
    received.mkdir()
    with begin(tmp_path / "aokou.db", village="aokou") as ledger:
        ledger.enrol("03-017", head="张三", by="clerk:1", request=f"row-3:{DIGEST}")
        ledger.enrol("03-018", head="李四", by="clerk:1", request=f"6 {DIGEST}")
    with Ledger.open(tmp_path / "aokou.db", clock=FixedClock("2026-05-02T09:00")) as ledger:
        ledger.close("2026-01", by="clerk:1")
        ledger.hand_in("2026-01", received / "aokou.hand-in")
    return received


def test_of_a_hand_in_only_its_head_is_evidence(book: Path, handed_in: Path) -> None:
    """What was typed into a book as a request id breaks neither that book nor another village's."""
    report = Ledger.audit_at(handed_in.with_name("aokou.db"), against=[handed_in])
    assert ([], report.size) == (told(report), report.anchored)
    assert [("evidence-foreign", "note")] == told(Ledger.audit_at(book, against=[handed_in]))


def test_the_head_of_a_long_hand_in_is_read_at_its_end(handed_in: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Of a hand-in that is longer than what is looked at the note is read; of another file it is told."""
    other = handed_in / "other.txt"
    other.write_text(f"{FALSE}\n" * 40, encoding="utf-8")
    monkeypatch.setattr(evidence, "LARGEST", 700)
    monkeypatch.setattr(evidence, "LONGEST", 300)
    size = (handed_in / "aokou.hand-in").stat().st_size
    assert size > 700
    (head,) = evidence.said_in(handed_in / "aokou.hand-in")
    assert isinstance(head, evidence.Evidence)
    assert "pointsledger/aokou" == head.origin
    assert [evidence.Unusable("other.txt", evidence._CUT)] == [
        one for one in evidence.said_in(other) if isinstance(one, evidence.Unusable) and "longer" in one.reason.en
    ]


@pytest.mark.parametrize("edit", ["cut", "village", "between", "behind"])
def test_an_edited_hand_in_says_nothing(book: Path, handed_in: Path, edit: str) -> None:
    """A hand-in without its note, with another village's, or with more in it than belongs there is told."""
    path = handed_in / "aokou.hand-in"
    text = path.read_text(encoding="utf-8")
    above, _, note = text.partition("\n\n")
    path.write_text(
        {
            "cut": above + "\n",
            "village": text.replace("pointsledger/aokou", "pointsledger/nanyu"),
            "between": f"{above}\n{FALSE}\n\n{note}",
            "behind": f"{text}\n{FALSE}\n",
        }[edit],
        encoding="utf-8",
    )
    assert [("evidence-unusable", "irregular")] == told(Ledger.audit_at(book, against=[path]))


@pytest.mark.parametrize("above", ["", "抄录\n"])
def test_records_are_no_lines_from_paper(handed_in: Path, above: str) -> None:
    """An export, or records that somebody put on a page, holds nothing against any book."""
    with Ledger.open(handed_in.with_name("aokou.db")) as ledger:
        bodies = "".join(f"{ledger.record(seq).body().decode()}\n" for seq in range(1, ledger.head().size + 1))
        head = ledger.growth(1).checkpoint
    assert DIGEST in bodies
    path = handed_in.with_name("kept.txt")
    path.write_text(f"{above}{bodies}", encoding="utf-8")
    (found,) = evidence.said_in(path)
    assert isinstance(found, evidence.Unusable)
    path.write_text(f"{above}{bodies}\n{head.text()}", encoding="utf-8")
    assert [evidence.Evidence.of("kept.txt", head)] == evidence.said_in(path)


def test_a_request_id_on_a_page_is_no_line(book: Path) -> None:
    """A row and the digest of its sheet, on whatever page, are told and held against nobody."""
    path = book.with_name("kept.txt")
    path.write_text(f"冲销 row-3:{DIGEST}\n", encoding="utf-8")
    assert [("evidence-unusable", "irregular")] == told(Ledger.audit_at(book, against=[path]))


BEYOND = "200 deadbeef deadbeef deadbeef deadbeef"
ROOT = "deadbeef" * 8
ANOTHER = Checkpoint("pointsledger/nanyu", 200, bytes.fromhex(ROOT)).text()
AROUND: dict[str, Callable[[str], str]] = {
    "two on a line": lambda line: f"Sep {line}  Oct {BEYOND}",
    "a table": lambda line: f"| {line} | {BEYOND} |",
    "a mail": lambda _: "> " + ANOTHER.replace("\n", "\n> "),
    "indented": lambda _: "  " + ANOTHER.replace("\n", "\n  "),
    "spaces behind": lambda _: ANOTHER.replace("\n", " \n"),
    "a page": lambda _: "<p>" + ANOTHER.replace("\n", "<br>\n"),
    "cells": lambda _: "<td>" + ANOTHER.replace("\n", "</td><td>"),
    "a CSV file": lambda _: f"1,2026-04-09T01:01:00Z,200,{ROOT},,",
    "line 10,001": lambda _: "\n" * 10_001 + BEYOND,
}
UNTOLD: dict[str, str] = {
    "a bar": f"200|{ROOT[:32]}",
    "a bracket": f"200 ({ROOT})",
    "a word": f"200 records, root {ROOT}",
    "quoted": f'"200","{ROOT}"',
    "a cell": f"<td>200</td><td>{ROOT}</td>",
    "an ambiguous cell": f"1,200,{ROOT[:32]}",
    "a root cut off": ANOTHER.replace("=", ""),
    "words before": ANOTHER.replace("200\n", "size: 200\nroot: "),
    "more lines than are read": "\n" * 100_001 + BEYOND,
}


@pytest.mark.parametrize("form", [*AROUND, *UNTOLD])
def test_what_contradicts_is_not_passed_over_for_what_fits(book: Path, form: str) -> None:
    """Beside a head that fits, another is held against the book however it stands, or is told as unreadable."""
    with Ledger.open(book) as ledger:
        head = ledger.growth(1).checkpoint
    line = f"{head.size} {head.short}"
    path = book.with_name("kept.txt")
    text = AROUND[form](line) if form in AROUND else UNTOLD[form]
    path.write_text(f"{head.text()}\n{line}\n{text}\n", encoding="utf-8")
    expected = "evidence-beyond" if form in AROUND else "evidence-unusable"
    assert [expected] == [code for code, _ in told(Ledger.audit_at(book, against=[path]))]


def test_what_the_library_writes_is_read_without_a_word(book: Path, tmp_path: Path) -> None:
    """Receipts, closing slips, their pages, the list of what was issued, and a pack's first page hold, and no more."""
    kept = tmp_path / "kept"
    kept.mkdir()
    with Ledger.open(book) as ledger:
        proof, slip = ledger.proof(17), ledger.closing_slip("03-018", "2026-03")
        (kept / "slip.html").write_text(slips.closing_slip(slip), encoding="utf-8")
        issued = "".join(
            f"{one.number},{one.issued_at},{one.head.size},{one.head.root.hex()},,\n" for one in ledger.checkpoints()
        )
    write_pack(book, "2026", tmp_path / "pack")
    (kept / "list.csv").write_text(f"number,issued_at,size,root\n{issued}", encoding="utf-8")
    (kept / "slip").write_text(slip.text(), encoding="utf-8")
    (kept / "receipt").write_text(proof.text(), encoding="utf-8")
    shutil.copy(tmp_path / "pack" / "index.html", kept)
    report = Ledger.audit_at(book, against=[kept])
    assert ([], SIZE) == (told(report), report.anchored)


@pytest.mark.parametrize("lang", ["zh", "en"])
def test_what_was_found_before_is_evidence(book: Path, tmp_path: Path, lang: str) -> None:
    """A printed audit and a whole inspector's pack, of several villages, hold each of them, and no more is said."""
    begin(book, village="aokou").close()
    every = [Ledger.audit_at(book, village=village) for village in ("aokou", "nanyu")]
    pack = write_pack(book, "2026", tmp_path / "pack", lang=lang).folder
    (pack / "all.html").write_text(audit_page(every, at=NOON, against=["所存"], lang=lang), encoding="utf-8")
    heads = [[pack], [pack / "all.html"], [pack / "findings.json"], [pack / "index.html"], [pack / "village-nanyu"]]
    heads += [[pack / "village-nanyu" / "index.html"], [pack / "village-nanyu" / "audit.html"]]
    for against in heads:
        report = Ledger.audit_at(book, village="nanyu", against=against)
        assert {"evidence-foreign"} >= {code for code, _ in told(report)}, against
        assert SIZE == report.anchored
        assert against[0].is_dir() or {"pointsledger/nanyu"} <= {one.origin for one in of_heads(against[0])}
    another_operator(book)
    for against in heads:
        assert "evidence-differs" in codes(Ledger.audit_at(book, village="nanyu", against=against))


def of_heads(path: Path) -> list[evidence.Evidence]:
    """Return the heads that a file holds, all of which say whose they are."""
    found = [one for one in evidence.said_in(path) if isinstance(one, evidence.Evidence)]
    assert "" not in {one.origin for one in found}
    return found


def test_a_book_that_cannot_be_read_has_no_head_on_its_page(book: Path, tmp_path: Path) -> None:
    """The page of an audit that found no record says no root, and is no evidence of any book."""
    report = AuditReport("nanyu", 0, "e3" * 32, ())
    page = tmp_path / "audit.html"
    page.write_text(audit_page([report], at=NOON, lang="en"), encoding="utf-8")
    assert ("e3e3" in page.read_text(encoding="utf-8"), None) == (False, report.checkpoint)
    assert [("evidence-unusable", "irregular")] == told(Ledger.audit_at(book, against=[page]))


def test_a_page_without_a_head_is_set_aside_in_a_folder(book: Path, tmp_path: Path) -> None:
    """A page of a pack that was never to hold a head is told where it is named, or is all that there is."""
    pack = write_pack(book, "2026", tmp_path / "pack").folder
    kept = tmp_path / "kept"
    kept.mkdir()
    shutil.copy(pack / "village-nanyu" / "tally.html", kept)
    for against in (kept, kept / "tally.html"):
        assert [("evidence-unusable", "irregular")] == told(Ledger.audit_at(book, against=[against]))
    shutil.copy(pack / "village-nanyu" / "audit.html", kept)
    report = Ledger.audit_at(book, against=[kept])
    assert ([], SIZE) == (told(report), report.anchored)
    for folder in (kept, pack):  # what may well have been evidence is told, whatever lies beside it
        (folder / "cut.checkpoint").write_text("pointsledger/nanyu\n20\n", encoding="utf-8")
        assert [("evidence-unusable", "irregular")] == told(Ledger.audit_at(book, against=[folder]))


def test_the_exported_table_of_what_was_issued_is_evidence(book: Path, tmp_path: Path) -> None:
    """Of its rows the heads are read, and not what links a row to those before it; elsewhere that is told."""
    with Ledger.open(book) as ledger:
        ledger.checkpoint(key=SigningKey.generate("nanyu"))
        ledger.export(tmp_path / "tables", form="csv")
    path = tmp_path / "tables" / "points_checkpoint.csv"
    report = Ledger.audit_at(book, against=[path])
    assert ([], SIZE) == (told(report), report.anchored)
    path.write_text(path.read_text(encoding="utf-8-sig").replace("link", "root", 1), encoding="utf-8")
    assert [("evidence-unusable", "irregular")] == told(Ledger.audit_at(book, against=[path]))


def seconds(text: str) -> float:
    """Return what it takes to read a text as evidence, in seconds of this process."""
    begun = process_time()
    [*evidence.told_by(text, "hostile")]
    return process_time() - begun


LENGTH = 300_000
HEADS = "".join(
    Checkpoint("pointsledger/nanyu", size, sha256(b"%d" % size).digest()).text() for size in range(1, 2_400)
)
HOSTILE = {
    "spaces behind a figure": ("1" + " " * 29) * (LENGTH // 30),
    "what may be an origin": f"pointsledger/a\n{'1' * 80}\n{('A' * 31 + ' ') * 6}\n" * (LENGTH // 290),
    "heads and lines": HEADS + f"{FALSE}\n" * (LENGTH // 76),
    "heads and digits": HEADS + f"{FALSE[2:]}\n" * (LENGTH // 72),
}


@pytest.mark.parametrize("form", HOSTILE)
def test_a_hostile_text_takes_as_long_as_another(form: str) -> None:
    """What somebody made to be read slowly takes not much longer than any text of its length."""
    harmless = min(seconds("word " * (LENGTH // 5)) for _ in range(3))
    assert min(seconds(HOSTILE[form]) for _ in range(2)) < 6 * harmless


@pytest.mark.parametrize("name", ["x" * 300, "nul\0nul"])
def test_a_name_that_no_file_can_have_is_refused(tmp_path: Path, book: Path, handed_in: Path, name: str) -> None:
    """A name that is too long, or has a NUL in it, is told as any other that is not there."""
    with pytest.raises(FileUnreadable):
        Ledger.audit_at(book, against=[name])
    with pytest.raises(FileUnreadable):
        verify(handed_in / "aokou.hand-in", against=[name])
    with pytest.raises(NotALedger):
        Ledger.audit_at(tmp_path / name)
    with pytest.raises(NotALedger), Ledger.open(tmp_path / name):
        pass
    with pytest.raises((NotALedger, ReadOnlyLedger)):
        Ledger.take_in(tmp_path / name, handed_in / "aokou.hand-in")


# --- folders, names, and the villages of a database ----------------------------------------------------


def test_a_hidden_file_of_a_folder_is_set_aside(book: Path, tmp_path: Path) -> None:
    """What a system keeps hidden in a folder, or an editor left there, is neither evidence nor told."""
    kept = tmp_path / "kept"
    kept.mkdir()
    (kept / ".left.swp").write_text(f"{FALSE}\n", encoding="utf-8")
    (kept / ".DS_Store").write_bytes(b"\0\0")
    (kept / ".trash").mkdir()
    (kept / ".trash" / "line.txt").write_text(f"{FALSE}\n", encoding="utf-8")
    report = Ledger.audit_at(book, against=[kept])
    assert [True] == ["the folder is empty" in found.say() for found in report if found.code == "evidence-unusable"]
    with Ledger.open(book) as ledger:
        (kept / "one").write_text(ledger.growth(1, size=KEPT_AT).note, encoding="utf-8")
    report = Ledger.audit_at(book, against=[kept])
    assert ([], KEPT_AT) == (told(report), report.anchored)


def test_a_file_may_be_called_as_a_line_from_paper(book: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Where there is a file of that name, what stands in it is evidence, and not what it is called."""
    monkeypatch.chdir(tmp_path)
    with Ledger.open(book) as ledger:
        Path(FALSE).write_text(ledger.growth(1, size=KEPT_AT).note, encoding="utf-8")
    report = Ledger.audit_at(book, against=[FALSE])
    assert ([], KEPT_AT, FALSE) == (told(report), report.anchored, report.anchored_by)
    Path(FALSE).unlink()
    assert {"evidence-differs"} == codes(Ledger.audit_at(book, against=[FALSE]))


def test_a_line_beside_a_head_is_that_head_only_at_its_size(book: Path) -> None:
    """The digits of a head above another number of records are another claim, which is held against the book."""
    with Ledger.open(book) as ledger:
        note, short = ledger.growth(1, size=KEPT_AT).note, ledger.growth(1, size=KEPT_AT).checkpoint.short
    kept = book.with_name("kept")
    for size, found in ((KEPT_AT, set()), (KEPT_AT - 1, {"evidence-differs"})):
        kept.write_text(f"{note}\n抄写用：{size} {short}\n", encoding="utf-8")
        assert found == codes(Ledger.audit_at(book, against=[kept]))


def test_what_reaches_furthest_is_named_wherever_it_stands(book: Path) -> None:
    """Of several lines the one over most records counts, be it the first."""
    with Ledger.open(book) as ledger:
        lines = [f"{size} {ledger.growth(1, size=size).checkpoint.short}" for size in (70, 50)]
    for against in (lines, lines[::-1]):
        report = Ledger.audit_at(book, against=against)
        assert (70, lines[0]) == (report.anchored, report.anchored_by)


def test_a_closing_slip_with_another_balance_says_nothing(book: Path) -> None:
    """A slip in which somebody changed the points does not lead to its close any more."""
    with Ledger.open(book) as ledger:
        slip = ledger.closing_slip("03-018", "2026-03")
    kept = book.with_name("kept")
    kept.write_text(replace(slip, balance=replace(slip.balance, closing=slip.balance.closing + 1)).text())
    assert [("evidence-unusable", "irregular")] == told(Ledger.audit_at(book, against=[kept]))


@pytest.mark.parametrize("processes", [1, 2])
def test_what_cannot_be_used_is_told_with_every_village(book: Path, tmp_path: Path, processes: int) -> None:
    """Of the villages of a database each is held against its own heads, and told what may have been of any."""
    begin(book, village="aokou").close()
    kept = tmp_path / "kept"
    kept.mkdir()
    with Ledger.open(book, village="nanyu") as ledger:
        (kept / "nanyu.checkpoint").write_text(ledger.growth(1, size=KEPT_AT).note, encoding="utf-8")
    (kept / "letter.txt").write_text("the notice was torn off\n", encoding="utf-8")
    (kept / "line.txt").write_text(f"{FALSE}\n", encoding="utf-8")
    reports = Ledger.audits(book, against=[kept], processes=processes)
    found = {one.village: (told(one), one.anchored) for one in reports}
    unusable = [("evidence-unusable", "irregular")]
    assert {"aokou": (unusable, 0), "nanyu": (unusable, KEPT_AT)} == found
