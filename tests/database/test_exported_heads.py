"""What the library itself writes as evidence: pages, packs and tables hold their heads, and nothing that was typed.

What is typed into a book, or given to an audit, stands on pages and in tables as well, and may look like a line from
paper: of whichever book those are held against, it says nothing.
"""

from __future__ import annotations

import csv
import json
from pathlib import Path

import pytest

from pointsledger import Ledger, evidence
from pointsledger.audit_page import audit_page
from pointsledger.evidence_audit import _by_head
from pointsledger.findings import AuditReport
from pointsledger.inspection.pack import write_pack
from pointsledger.rules.checkpoint import Checkpoint
from pointsledger.values import rows
from pointsledger.values.words import Words
from tests.database.attacks import another_operator
from tests.database.lived_in import SIZE, begin, codes
from tests.database.test_evidence import FALSE, KEPT_AT, told
from tests.database.test_evidence_files import DIGEST, NOON

FALSE_HEAD = Checkpoint("pointsledger/nanyu", KEPT_AT, bytes.fromhex(DIGEST * 2))


def typed(text: str) -> str:
    """Return a name that a lawless book could hold: a head, its lines parted by what some programs take for an end."""
    return "\u2028".join(["x", *text.splitlines(), "y"])


# --- pages and packs -----------------------------------------------------------------------------------


def test_what_was_typed_into_a_book_is_no_evidence_in_its_pack(book: Path, tmp_path: Path) -> None:
    """A name, a collector or a remark that looks like a head breaks no book against which the pack is held."""
    with Ledger.open(book) as ledger:
        ledger.enrol("09-009", head=FALSE, by="clerk:1", remark=FALSE)
        for day in ("2026-04-10", "2026-04-11"):
            ledger.award("09-009", "yard", on=day, by="clerk:1", remark=FALSE)
        size = ledger.redeem("09-009", {"soap": 1}, by="shop:1", collector=f"9{FALSE}").seq
    pack = write_pack(book, "2026", tmp_path / "pack").folder
    assert FALSE in (pack / "findings.json").read_text(encoding="utf-8")
    begin(book, village="aokou").close()
    for against in (pack, *sorted(pack.rglob("*.html")), pack / "findings.json"):
        report = Ledger.audit_at(book, village="nanyu", against=[against])
        assert {("evidence-unusable", "irregular")} >= set(told(report)), against
        assert report.anchored == size or told(report), against
        assert {"evidence-foreign", "evidence-unusable"} >= {
            code for code, _ in told(Ledger.audit_at(book, village="aokou", against=[against]))
        }
    assert ([], size) == (told(whole := Ledger.audit_at(book, village="nanyu", against=[pack])), whole.anchored)


def test_a_head_that_several_hold_is_told_once_with_all_of_them(book: Path, tmp_path: Path) -> None:
    """A pack that was rewritten since is one finding, which names the pages as they lie in their folder."""
    write_pack(book, "2026", tmp_path / "pack")
    another_operator(book)
    report = Ledger.audit_at(book, against=[tmp_path / "pack"])
    (differs,) = [found.say("en") for found in report if found.code == "evidence-differs"]
    assert f"index.html, village-nanyu/audit.html, village-nanyu/index.html, at {SIZE} records" in differs
    (one, two) = evidence.told_by(FALSE, "one"), evidence.told_by(f"{FALSE}\n6{FALSE}", "two")
    heads = [(head.size, sources) for head, sources in _by_head([*one, *two, evidence.Unusable("x", Words("", ""))])]
    assert [(5, ["one", "two"]), (65, ["two"])] == heads


def test_each_village_of_a_pack_is_held_against_its_own(book: Path, tmp_path: Path) -> None:
    """Of several villages each is told what is of its book, and of one alone that something is of another."""
    begin(book, village="aokou").close()
    held = tmp_path / "held"
    write_pack(book, "2026", held)
    for villages, foreign in ((("aokou", "nanyu"), 0), (("nanyu",), 1)):
        pack = write_pack(book, "2026", tmp_path / f"pack{foreign}", villages=villages, against=[held])
        audits = [one.audit for one in pack.villages]
        assert all(audit is not None and audit.anchored == audit.size for audit in audits)
        told_of = [found.code for audit in audits if audit is not None for found in audit]
        assert foreign == told_of.count("evidence-foreign")


def test_what_is_no_table_of_a_pack_is_told_beside_it(book: Path, tmp_path: Path) -> None:
    """An auditor's own list in the folder of a pack is read as everywhere else."""
    pack = write_pack(book, "2026", tmp_path / "pack").folder
    (pack / "village-nanyu" / "notes.csv").write_text("2026-05-01,200,torn off\n", encoding="utf-8")
    assert [("evidence-unusable", "irregular")] == told(Ledger.audit_at(book, against=[pack]))
    (pack / "village-nanyu" / "notes.csv").write_text(f"{FALSE}\n", encoding="utf-8")
    assert {"evidence-differs"} == codes(Ledger.audit_at(book, against=[pack]))


def test_a_file_is_read_whose_name_is_one_of_a_pack(book: Path, tmp_path: Path) -> None:
    """Only beside a page of ours is a table passed over by its name."""
    (tmp_path / "kept").mkdir()
    (tmp_path / "kept" / "tally.csv").write_text(f"{FALSE}\n", encoding="utf-8")
    assert {"evidence-differs"} == codes(Ledger.audit_at(book, against=[tmp_path / "kept"]))


@pytest.mark.parametrize("lang", ["zh", "en"])
def test_a_line_that_a_page_repeats_is_no_evidence(book: Path, tmp_path: Path, lang: str) -> None:
    """An audit says what it was held against, and what was wrong with that, which is of no other book."""
    begin(book, village="aokou").close()
    with Ledger.open(book, village="nanyu") as ledger:
        line = f"{KEPT_AT} {ledger.growth(1, size=KEPT_AT).checkpoint.short}"
    for against in ([line], [FALSE], [line, FALSE]):
        report = Ledger.audit_at(book, village="nanyu", against=against)
        page = tmp_path / "audit.html"
        page.write_text(audit_page([report], at=NOON, against=against, lang=lang), encoding="utf-8")
        assert all(one in page.read_text(encoding="utf-8") for one in against)
        kept = Ledger.audit_at(book, village="nanyu", against=[page])
        assert ([], SIZE) == (told(kept), kept.anchored)
        assert [("evidence-foreign", "note")] == told(Ledger.audit_at(book, village="aokou", against=[page]))


def test_a_page_says_its_head_however_it_was_saved(book: Path, tmp_path: Path) -> None:
    """A browser that saves a page may open what is folded up, and leaves out the first line feed of its lines."""
    report = Ledger.audit_at(book)
    text = audit_page([report], at=NOON, lang="zh")
    saved = text.replace("<details>", '<details open="">').replace("<pre>\n", "<pre>")
    page = tmp_path / "audit.html"
    for one in (text, saved, text.replace("\n", "\r\n")):
        page.write_text(one, encoding="utf-8", newline="")
        kept = Ledger.audit_at(book, against=[page])
        assert ([], SIZE) == (told(kept), kept.anchored)
    page.write_text(text.replace("pointsledger/nanyu\n", "pointsledger/nanyu\n9"), encoding="utf-8")
    assert {"evidence-beyond"} == codes(Ledger.audit_at(book, against=[page]))


def test_a_village_with_a_code_that_is_none_has_no_head_on_a_page() -> None:
    """Whoever changed the code of a village in the file could put another village's origin above its root."""
    odd = AuditReport(f"x\n5\n{'A' * 43}=\npointsledger/nanyu", 4, DIGEST * 2, ())
    assert (None, None) == (odd.checkpoint, AuditReport("", 4, DIGEST * 2, ()).checkpoint)
    assert FALSE_HEAD.text() == AuditReport("nanyu", KEPT_AT, DIGEST * 2, ()).checkpoint


def test_a_sign_that_parts_lines_elsewhere_parts_none_here() -> None:
    """Only a line feed ends a line, and what is on one line is no checkpoint."""
    (found,) = evidence.told_by(typed(FALSE_HEAD.text()), "names.txt")
    assert isinstance(found, evidence.Unusable)


@pytest.mark.parametrize("end", ["\n", "\r\n", "\r"])
def test_whatever_ends_its_lines_a_checkpoint_is_read(tmp_path: Path, end: str) -> None:
    """As files have them from one system or another."""
    path = tmp_path / "kept"
    path.write_text(f"抄录\n{FALSE_HEAD.text()}".replace("\n", end), encoding="utf-8", newline="")
    assert [evidence.Evidence.of("kept", FALSE_HEAD)] == evidence.said_in(path)


@pytest.mark.parametrize("edit", ['"villages": 1', '"villages": [1]', '"villages": [{}]', '"villages": [', "deep"])
def test_findings_that_were_edited_say_nothing(tmp_path: Path, edit: str) -> None:
    """What is no JSON, or has another shape, is told."""
    path = tmp_path / "findings.json"
    shape = '"villages": ' + "[" * 100_000 if edit == "deep" else edit
    path.write_text(f'{{\n "format": 1,\n "period": "2026",\n {shape}\n}}\n', encoding="utf-8")
    (found,) = evidence.said_in(path)
    assert isinstance(found, evidence.Unusable)


def test_the_head_in_findings_is_read(book: Path, tmp_path: Path) -> None:
    """Of each village that could be audited."""
    path = write_pack(book, "2026", tmp_path / "pack").folder / "findings.json"
    (found,) = evidence.said_in(path)
    assert isinstance(found, evidence.Evidence)
    assert ("pointsledger/nanyu", SIZE) == (found.origin, found.size)
    said = json.loads(path.read_text(encoding="utf-8"))
    said["villages"][0]["audit"]["checkpoint"][1] = "x"
    path.write_text(json.dumps(said, indent=1), encoding="utf-8")
    (refused,) = evidence.said_in(path)
    assert isinstance(refused, evidence.Unusable)


# --- tables --------------------------------------------------------------------------------------------


def test_the_exported_tables_hold_one_head(book: Path, tmp_path: Path) -> None:
    """Of a folder of tables that of the village says what the book was; what was typed into the others says nothing."""
    tables = tmp_path / "tables"
    with Ledger.open(book) as ledger:
        size = ledger.enrol("09-009", head="张三", by="clerk:1", request=FALSE).seq
        ledger.export(tables, form="csv", with_names=True)
    report = Ledger.audit_at(book, against=[tables])
    assert ([], size, "points_village.csv") == (told(report), report.anchored, report.anchored_by)
    journal = Ledger.audit_at(book, against=[tables / "points_journal.csv"])
    assert [("evidence-unusable", "irregular")] == told(journal)
    begin(book, village="aokou").close()
    assert {("evidence-foreign", "note")} == {*told(Ledger.audit_at(book, village="aokou", against=[tables]))}


@pytest.mark.parametrize(
    ("was", "becomes"), [("\n", ""), (",4,", ",-4,"), (",4,", ",x,"), (",4,", ",,"), (f",{DIGEST * 2}", ",ab")]
)
def test_the_table_of_a_village_that_was_edited_says_nothing(tmp_path: Path, was: str, becomes: str) -> None:
    """What is no number or no root gives no head, and a sentence."""
    row = f'"nanyu","UTC",0,0,"2026-01",4,{DIGEST * 2},{DIGEST * 2},"2026-01-01T00:00:00.000000Z",""'
    text = ",".join(f'"{name}"' for name in rows.Village._fields) + f"\n{row}\n"
    table = tmp_path / "points_village.csv"
    table.write_text(text, encoding="utf-8-sig")
    assert [evidence.Evidence(table.name, "pointsledger/nanyu", 4, DIGEST * 2)] == evidence.said_in(table)
    heading, _, rest = text.partition("\n")
    table.write_text(heading + "\n" + rest.replace(was, becomes, 1) if was != "\n" else heading, encoding="utf-8-sig")
    (told,) = evidence.said_in(table)
    assert isinstance(told, evidence.Unusable)


def tables_of(book: Path, folder: Path) -> Path:
    """Export the tables of a book in which something like a head was typed; return their folder."""
    with Ledger.open(book) as ledger:
        ledger.enrol("09-009", head="张三", by="clerk:1", request=FALSE)
        ledger.export(folder, form="csv", with_names=True)
    return folder


def test_a_spreadsheet_may_have_saved_the_tables_again(book: Path, tmp_path: Path) -> None:
    """With quotation marks only where they are needed, and whatever ends of lines, they say the same."""
    tables = tables_of(book, tmp_path / "tables")
    for path in tables.iterdir():
        with path.open(encoding="utf-8-sig", newline="") as file:
            found = [*csv.reader(file)]
        with path.open("w", encoding="utf-8-sig", newline="") as file:
            csv.writer(file, lineterminator="\n").writerows(found)
    report = Ledger.audit_at(book, against=[tables])
    assert ([], SIZE + 1) == (told(report), report.anchored)


def test_a_list_below_a_table_is_read(book: Path, tmp_path: Path) -> None:
    """Whoever keeps a list under the heading of a table has it looked at."""
    table = tables_of(book, tmp_path / "tables") / "points_account.csv"
    text = table.read_text(encoding="utf-8-sig")
    table.write_text(f"{text}{FALSE}\n", encoding="utf-8")
    assert "evidence-differs" in codes(Ledger.audit_at(book, against=[table]))
    heading = text.splitlines()[0]
    table.write_text(f"{heading}\n{FALSE_HEAD.text()}", encoding="utf-8")
    assert {"evidence-differs"} == codes(Ledger.audit_at(book, against=[table]))


def test_each_row_of_a_table_of_villages_is_a_head(tmp_path: Path) -> None:
    """Tables that somebody joined have the heads of all; a code like a formula has an apostrophe before it there."""
    row = f',"UTC",0,0,"2026-01",4,{DIGEST * 2},{DIGEST * 2},"2026-01-01T00:00:00.000000Z",""\n'
    heading = ",".join(f'"{name}"' for name in rows.Village._fields) + "\n"
    table = tmp_path / "joined.csv"
    table.write_text(f'{heading}"nanyu"{row}"\'-dash"{row}', encoding="utf-8")
    found = evidence.said_in(table)
    assert [evidence.Evidence(table.name, f"pointsledger/{one}", 4, DIGEST * 2) for one in ("nanyu", "-dash")] == found
    table.write_text(f'{heading}"x\n4\npointsledger/nanyu"{row}', encoding="utf-8")
    (told,) = evidence.said_in(table)
    assert isinstance(told, evidence.Unusable)


def test_a_cell_that_is_too_long_is_told(tmp_path: Path) -> None:
    """Whoever writes a book into a cell gets a sentence."""
    table = tmp_path / "points_village.csv"
    cells = ",".join(["0"] * (len(rows.Village._fields) - 1))
    table.write_text(",".join(rows.Village._fields) + f"\n{'x' * 200_000},{cells}\n", encoding="utf-8")
    (told,) = evidence.said_in(table)
    assert isinstance(told, evidence.Unusable)
    assert "no checkpoint" in told.reason.en


def test_a_book_that_has_issued_nothing_has_no_head_in_its_list(tmp_path: Path) -> None:
    """The table of what was issued is as the others then, and no finding."""
    path = tmp_path / "new.db"
    with begin(path) as ledger:
        ledger.export(tmp_path / "tables", form="csv")
    report = Ledger.audit_at(path, against=[tmp_path / "tables"])
    assert ([], report.size) == (told(report), report.anchored)


def test_an_edited_row_of_what_was_issued_is_told(book: Path, tmp_path: Path) -> None:
    """A row without a checkpoint in it gives no head."""
    with Ledger.open(book) as ledger:
        ledger.checkpoint()
    table = tables_of(book, tmp_path / "tables") / "points_checkpoint.csv"
    table.write_text(table.read_text(encoding="utf-8-sig").replace('"pointsledger/nanyu\n', '"', 1), encoding="utf-8")
    assert [("evidence-unusable", "irregular")] == told(Ledger.audit_at(book, against=[table]))
