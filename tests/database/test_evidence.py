"""What others kept of a book: how it is read and held against the book, and what the book itself says to it.

For the attacks that nothing in the file shows, and only this finds, see ``test_attack_suite``.
"""

from __future__ import annotations

import shutil
from collections.abc import Callable
from pathlib import Path

import pytest

from pointsledger import Ledger
from pointsledger.errors import FileUnreadable
from pointsledger.evidence_audit import Declared, check_issued
from pointsledger.finding_list import Findings
from pointsledger.findings import AuditReport
from pointsledger.rules.checkpoint import NO_LINK, Checkpoint, link_of
from pointsledger.testing import FixedClock
from pointsledger.values import rows
from tests.database.attacks import another_operator, redated
from tests.database.lived_in import SIZE, Body, begin, codes, never_issued, plain, rewrite

KEPT_AT = 80
"""The records that the book had when something was given out."""

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


# --- what the book says that it issued -----------------------------------------------------------------

EARLY, LATE = "2026-04-09T01:00:00Z", "2026-04-09T02:00:00Z"
ISSUED = Checkpoint("pointsledger/nanyu", 5, bytes(range(32)))


def found_of(
    issued: list[tuple[int, str, str]], times: dict[int, str], declared: list[Declared] | None = None
) -> list[tuple[str | int, ...]]:
    """Return code, number and records of what is found of checkpoints, each a size, an instant and a note."""
    listed: list[rows.Checkpoint] = []
    for number, (size, at, note) in enumerate(issued, start=1):
        row = rows.Checkpoint("nanyu", number, size, at, note, b"")
        listed.append(row._replace(link=link_of(listed[-1].link if listed else NO_LINK, row)))
    findings = Findings()
    check_issued("nanyu", listed, ({5: ISSUED.root, 6: ISSUED.root}, times), findings, declared=declared or [])
    return [(one.code, one.what, *one.seqs) for one in findings.all()]


def test_a_checkpoint_is_not_issued_before_what_it_is_of() -> None:
    """One that says an instant before its own last record, or before the one above it, was changed."""
    later = Checkpoint(ISSUED.origin, 6, ISSUED.root).text()
    assert [] == found_of([(5, EARLY, ISSUED.text()), (6, LATE, later)], {5: EARLY, 6: LATE})
    assert [("checkpoint-changed", "1")] == found_of([(5, EARLY, ISSUED.text())], {5: LATE})
    twice = [(5, LATE, ISSUED.text()), (6, EARLY, later)]
    assert [("checkpoint-changed", "2")] == found_of(twice, {5: EARLY, 6: EARLY})


@pytest.mark.parametrize("row_size", [5, 6])
@pytest.mark.parametrize("origin", ["pointsledger/nanyu", "pointsledger/aokou"])
def test_a_declaration_excuses_only_a_head_that_is_what_its_row_says(row_size: int, origin: str) -> None:
    """A note that was put into the row of another size, or is of another village, is none that was issued there."""
    lost = Checkpoint(origin, 5, bytes(32))
    declared = [Declared(9, 5, lost.root.hex())]
    expected = (
        ("checkpoint-declared", "1", 9) if (row_size, origin) == (5, ISSUED.origin) else ("checkpoint-differs", "1")
    )
    assert [expected] == found_of([(row_size, LATE, lost.text())], {}, declared)
