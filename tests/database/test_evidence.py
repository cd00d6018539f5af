"""What others kept of a book: how it is read and held against the book, and what the book itself says to it.

For the attacks that nothing in the file shows, and only this finds, see ``test_attack_suite``.
"""

from __future__ import annotations

import shutil
from collections.abc import Callable
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
from tests.database.attacks import another_operator, redated
from tests.database.lived_in import SIZE, Body, begin, codes, never_issued, plain, rewrite

KEPT_AT = 80
"""The records that the book had when something was given out."""

NOON = datetime(2026, 5, 1, 4, tzinfo=UTC)
THE_NEXT_DAY = "2026-04-18T12:00"


def told(report: AuditReport) -> list[tuple[str, str]]:
    """Return code and grade of what was found, but for the backup that the book says was put back."""
    return [(found.code, found.grade) for found in report if found.code != "recovered"]


def cut(path: Path) -> None:
    """Cut records off the end."""
    rewrite(path, lambda found: found[: KEPT_AT - 3])
    with plain(path) as connection:
        connection.execute("DELETE FROM points_remark WHERE seq > ?", (KEPT_AT - 3,))
    never_issued(path)


KEPT: dict[str, Callable[[Ledger], str]] = {
    "checkpoint": lambda ledger: ledger.growth(1, size=KEPT_AT).note,
    "receipt": lambda ledger: ledger.proof(17, size=KEPT_AT).text(),
    "proof of growth": lambda ledger: ledger.growth(40, size=KEPT_AT).text(),
    "page": lambda ledger: f"<html><pre>\n{ledger.growth(1, size=KEPT_AT).note}</pre></html>",
    "page made elsewhere": lambda ledger: f"<pre>{ledger.growth(1, size=KEPT_AT).note}</pre>".replace("\n", "\r\n"),
    "line from paper": lambda ledger: f"2026-04-10 {KEPT_AT} {ledger.growth(1, size=KEPT_AT).checkpoint.short}\n",
}


@pytest.fixture(params=KEPT)
def kept(book: Path, request: pytest.FixtureRequest) -> Path:
    """Return the file that somebody kept of the book."""
    path = book.with_name("kept")
    with Ledger.open(book) as ledger:
        path.write_text(KEPT[request.param](ledger), encoding="utf-8", newline="")
    return path


def test_what_was_kept_of_an_untouched_book_holds(book: Path, kept: Path) -> None:
    """A book that only grew is the one that others hold, and the audit says how far that reaches, and by what."""
    report = Ledger.audit_at(book, against=[kept])
    assert ([], KEPT_AT, "kept") == (told(report), report.anchored, report.anchored_by)
    said = f"held outside up to {KEPT_AT} by kept; {SIZE - KEPT_AT} records since then are not yet anchored."
    lost = "A backup was put back, and records were lost: 54 to 57 (1 head known)."
    assert f"{SIZE} records, whole; {said} {lost}" == report.say()


def test_what_was_cut_off_is_told_by_its_numbers(book: Path, kept: Path) -> None:
    """A book that is shorter than others saw it says which records are gone."""
    cut(book)
    (found,) = (one for one in Ledger.audit_at(book, against=[kept]) if one.code == "evidence-beyond")
    assert (KEPT_AT - 2, KEPT_AT - 1, KEPT_AT) == found.seqs


def test_a_folder_is_gone_through(book: Path, tmp_path: Path) -> None:
    """Of a folder each file is held against the book; the one that reaches furthest is named."""
    folder = tmp_path / "kept"
    folder.mkdir()
    with Ledger.open(book) as ledger:
        for size in (20, 70, 50):
            (folder / f"{size}.checkpoint").write_text(ledger.growth(1, size=size).note, encoding="utf-8")
    (folder / "picture.jpg").write_bytes(bytes(range(256)))
    report = Ledger.audit_at(book, against=[folder])
    assert (70, "70.checkpoint") == (report.anchored, report.anchored_by)
    assert [("evidence-unusable", "irregular")] == told(report)


def test_a_book_is_no_evidence_of_itself(book: Path) -> None:
    """A folder in which the book itself lies anchors nothing by it, although it keeps what it gave out as text."""
    with Ledger.open(book) as ledger:
        ledger.checkpoint()
    report = Ledger.audit_at(book, against=[book.parent])
    assert 0 == report.anchored
    assert any("the database itself" in found.say() for found in report if found.code == "evidence-unusable")


def test_a_line_from_paper_is_typed(book: Path) -> None:
    """What stands on the wall is typed as it stands there, and found to fit or not."""
    with Ledger.open(book) as ledger:
        short = ledger.growth(1, size=KEPT_AT).checkpoint.short
    assert KEPT_AT == Ledger.audit_at(book, against=[f"{KEPT_AT} {short}"]).anchored
    assert KEPT_AT == Ledger.audit_at(book, against=[f"2026-04-30 {KEPT_AT} {short.upper()}"]).anchored
    wrong = ("1" if short[0] == "0" else "0") + short[1:]
    assert {"evidence-differs"} == codes(Ledger.audit_at(book, against=[f"{KEPT_AT} {wrong}"]))


def test_evidence_of_another_village_is_left_aside(book: Path, tmp_path: Path) -> None:
    """A checkpoint of another book says nothing of this one, and nothing is held against it."""
    other = tmp_path / "other.checkpoint"
    with begin(tmp_path / "other.db", village="aokou") as ledger:
        other.write_text(ledger.checkpoint().note, encoding="utf-8")
    report = Ledger.audit_at(book, against=[other])
    assert [("evidence-foreign", "note")] == told(report)
    assert (True, 0) == (report.whole, report.anchored)


@pytest.mark.parametrize("name", ["receipt", "checkpoint", "proof of growth"])
def test_an_edited_file_says_nothing(book: Path, name: str) -> None:
    """A file that was edited since is no evidence for or against a book; the audit says so and goes on."""
    with Ledger.open(book) as ledger:
        text = KEPT[name](ledger)
    kept = book.with_name("kept")
    kept.write_text(text[: len(text) // 2], encoding="utf-8")
    assert [("evidence-unusable", "irregular")] == told(Ledger.audit_at(book, against=[kept]))


def test_a_receipt_with_another_amount_says_nothing(book: Path) -> None:
    """A receipt whose record somebody changed does not lead to its checkpoint any more."""
    with Ledger.open(book) as ledger:
        proof = ledger.proof(17, size=KEPT_AT)
    body = proof.body.replace(b'"award"', b'"axard"')
    assert body != proof.body
    kept = book.with_name("kept")
    kept.write_text(type(proof)(body, proof.index, proof.path, proof.note).text(), encoding="utf-8")
    assert [("evidence-unusable", "irregular")] == told(Ledger.audit_at(book, against=[kept]))


def test_what_is_not_there_is_told(book: Path) -> None:
    """A name that is neither a file nor a line from paper is refused before anything is audited."""
    with pytest.raises(FileUnreadable, match="nowhere"):
        Ledger.audit_at(book, against=[book.with_name("nowhere")])


def test_a_copied_file_is_the_same_book(book: Path, kept: Path) -> None:
    """A backup that is audited against what was given out of the book is that book."""
    copy = Path(shutil.copy(book, book.with_name("copy.db")))
    assert KEPT_AT == Ledger.audit_at(copy, against=[kept]).anchored


# --- what the book itself declares lost ----------------------------------------------------------------


def put_back(path: Path, heads: list[tuple[int, str]], more: int = 0) -> int:
    """Put back an old copy and declare that the rest is lost, with ``heads``; return the record that does."""
    cut(path)
    with Ledger.open(path, clock=FixedClock(THE_NEXT_DAY)) as ledger:
        first = ledger.head().size + 1
        seq = ledger.recovered(
            lost_from=first, heads=heads, last_on=THE_NEXT_DAY[:10], reason="硬盘坏了", by="clerk:1"
        ).seq
        for number in range(more):
            ledger.award("03-018", "tidy", by="clerk:1", request=f"again-{number}")
    return seq


@pytest.mark.parametrize(("digits", "more"), [(32, 0), (64, 20)])
def test_a_head_that_the_book_declares_lost_is_told(book: Path, kept: Path, digits: int, more: int) -> None:
    """What others hold of the lost end, and a record declares, is no fault, and an inspector would ask about it."""
    with Ledger.open(book) as ledger:
        root = ledger.head(KEPT_AT).root.hex()
    seq = put_back(book, [(KEPT_AT, root[:digits])], more)
    for integrity in (False, True):
        report = Ledger.audit_at(book, against=[kept], integrity=integrity)
        (found,) = (one for one in report if one.code.startswith("evidence-"))
        assert ("evidence-declared", "irregular", (seq,)) == (found.code, found.grade, found.seqs)
        assert (True, 0) == (report.whole, report.anchored)
        assert f"record {seq} declares it" in found.say()
        assert "已声明" in found.say("zh")


@pytest.mark.parametrize(
    ("more", "code"), [(0, "evidence-beyond"), (20, "evidence-differs")], ids=["shorter", "carried on"]
)
@pytest.mark.parametrize("declared", ["nothing", "another root", "another size"])
def test_what_is_not_declared_stays_broken(book: Path, declared: str, more: int, code: str) -> None:
    """Of the lost records only the very heads that were declared are excused: the same size, and the same root."""
    with Ledger.open(book) as ledger:
        root = ledger.head(KEPT_AT).root.hex()
    heads = {"nothing": [], "another root": [(KEPT_AT, "c7" * 32)], "another size": [(KEPT_AT + 1, root)]}
    put_back(book, heads[declared], more)
    for integrity in (False, True):
        report = Ledger.audit_at(book, against=[f"{KEPT_AT} {root}"], integrity=integrity)
        assert {code} == codes(report)
        assert (False, 0) == (report.whole, report.anchored)


@pytest.mark.parametrize(
    "said",
    [
        {"lost_from": KEPT_AT},
        {"lost_through": KEPT_AT - 1},
        {"heads": [KEPT_AT, "x"]},
        {"heads": [[KEPT_AT, ""]]},  # which every root begins with
    ],
)
def test_a_declaration_that_cannot_be_excuses_nothing(book: Path, said: dict[str, object]) -> None:
    """A forged declaration of a range that begins behind it, or of a head outside its range, is none."""
    with Ledger.open(book) as ledger:
        root = ledger.head(KEPT_AT).root.hex()
    seq = put_back(book, [(KEPT_AT, root)])

    def forged(found: list[Body]) -> list[Body]:
        found[seq - 1]["said"] |= said
        return found

    rewrite(book, forged)
    for integrity in (False, True):
        report = Ledger.audit_at(book, against=[f"{KEPT_AT} {root[:32]}"], integrity=integrity)
        assert "evidence-beyond" in codes(report)


FORMS = ("one behind the other", "a blank line between", "lines from paper", "a heading above", "UTF-16")


@pytest.mark.parametrize("attack", [another_operator, redated], ids=lambda attack: attack.__name__)
@pytest.mark.parametrize("form", FORMS)
def test_every_head_in_a_file_is_held_against_the_book(book: Path, attack: Callable[[Path], None], form: str) -> None:
    """A file with several heads says all of them: a fork behind the first is found by the second, however it stands."""
    with Ledger.open(book) as ledger:
        early, late = (ledger.growth(1, size=size) for size in (20, KEPT_AT))
    lines = [f"{one.checkpoint.size} {one.checkpoint.short}" for one in (early, late)]
    text = {
        "one behind the other": early.note + late.note,
        "a blank line between": early.note + "\n" + late.note + "\n\n",
        "lines from paper": "\n".join(lines),
        "a heading above": "\n".join(("抄录", *lines)),
        "UTF-16": late.note,
    }[form]
    kept = book.with_name("kept")
    kept.write_text(text, encoding="utf-16" if form == "UTF-16" else "utf-8")
    assert KEPT_AT == Ledger.audit_at(book, against=[kept]).anchored
    attack(book)
    assert "evidence-differs" in codes(Ledger.audit_at(book, against=[kept]))


FALSE = "5 deadbeef deadbeef deadbeef deadbeef"
SEEN = [
    FALSE,
    f"from the wall: {FALSE}",
    f"2. {FALSE}",
    f"3 组公告栏: {FALSE}",
    f"{'在村委会公告栏上由三组村民小组长于月末会议之后当众抄写并由众人签字核对过的那一行' * 2}：{FALSE}",
    f"{FALSE} 张三抄",
    f"2026-02-01 09:00 {FALSE}",
    f"2026年2月1日 {FALSE}",
    FALSE.replace("5 ", "5笔 "),
    FALSE.replace("5 ", "５　"),
    FALSE.replace(" ", "").replace("5dead", "5 dead"),
]
UNREAD = [FALSE[:-1], f"{FALSE[:-1]}x", FALSE.replace("5 ", "5² "), FALSE[2:].replace(" ", "-"), FALSE[2:], FALSE[:19]]
NOTHING = ["户均: 1 2019 2020 2021 2022 2023 2024 2025 2026", "20250101 20250102 20250103", "3 组 12 户", "deadbeef"]


@pytest.mark.parametrize("beside", ["a head", "a line", "nothing"])
@pytest.mark.parametrize(
    ("line", "code"),
    [*((one, "evidence-differs") for one in SEEN), *((one, "evidence-unusable") for one in UNREAD)],
)
def test_no_line_from_paper_is_passed_over(book: Path, line: str, code: str, beside: str) -> None:
    """Whatever stands around it, a line is held against the book, or it is told that it cannot be read."""
    with Ledger.open(book) as ledger:
        head = ledger.growth(1).checkpoint
    above = {"a head": head.text(), "a line": f"{head.size} {head.short}\n", "nothing": ""}[beside]
    path = book.with_name("kept.txt")
    path.write_text(f"kept by the township\n{above}{line}\n", encoding="utf-8")
    assert code in [one.code for one in Ledger.audit_at(book, against=[path])]


@pytest.mark.parametrize("line", NOTHING)
def test_figures_of_a_sheet_are_no_line(book: Path, line: str) -> None:
    """Years, days and counts beside a head that the book had make nothing of it."""
    with Ledger.open(book) as ledger:
        head = ledger.growth(1).checkpoint
    path = book.with_name("kept.txt")
    path.write_text(f"{line}\n{head.text()}\n{line}\n", encoding="utf-8")
    report = Ledger.audit_at(book, against=[path])
    assert ([], head.size) == (told(report), report.anchored)


def test_a_last_line_without_its_end_is_a_line(book: Path) -> None:
    """A checkpoint or a receipt that lost its last line feed, as by copying, is what it was."""
    kept = book.with_name("kept")
    with Ledger.open(book) as ledger:
        texts = (ledger.growth(1, size=KEPT_AT).note, ledger.proof(17, size=KEPT_AT).text())
    for text in texts:
        kept.write_text(text.rstrip("\n"), encoding="utf-8")
        assert KEPT_AT == Ledger.audit_at(book, against=[kept]).anchored


def test_an_empty_folder_is_told(book: Path, tmp_path: Path) -> None:
    """A folder without a file says nothing, and the audit says so; one within it is looked into."""
    folder = tmp_path / "kept" / "2026"
    folder.mkdir(parents=True)
    assert [("evidence-unusable", "irregular")] == told(Ledger.audit_at(book, against=[tmp_path / "kept"]))
    with Ledger.open(book) as ledger:
        (folder / "one").write_text(ledger.growth(1, size=KEPT_AT).note, encoding="utf-8")
    assert KEPT_AT == Ledger.audit_at(book, against=[tmp_path / "kept"]).anchored


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
    (kept / "cut.checkpoint").write_text("pointsledger/nanyu\n20\n", encoding="utf-8")
    assert [("evidence-unusable", "irregular")] == told(Ledger.audit_at(book, against=[kept]))


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
