"""An inspection at the command line: the questions, the thresholds, the pack, and calling households back."""

from __future__ import annotations

import csv
import json
import re
import shutil
import sqlite3
from contextlib import closing
from html.parser import HTMLParser
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from pointsledger import Ledger
from pointsledger.errors import BeforeFirstPeriod, FileUnwritable, FolderTaken, InvalidPeriod
from pointsledger.inspection.checks import CHECKS
from pointsledger.inspection.pack import folder_names, write_pack
from tests.faces.conftest import BOOK, HEADING, PRICES

if TYPE_CHECKING:
    from tests.faces.conftest import Run

NASTY = "<script>alert(1)</script>"
PAPERS = {"tally", "redemptions", "books", "rules", "call-backs", "audit", "index"}
OWN = {"index.html", "findings.csv", "findings.json", "thresholds.toml", "village-nanyu"}


class Links(HTMLParser):
    """What a page leads to, and whether all of its elements are closed."""

    VOID = frozenset({"meta", "br"})

    def __init__(self, text: str) -> None:
        """Read a page."""
        super().__init__()
        self.targets: list[str] = []
        self.open: list[str] = []
        self.tags: set[str] = set()
        self.feed(text)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """Note where a link leads."""
        self.tags.add(tag)
        self.targets += [value or "" for name, value in attrs if name in {"href", "src"}]
        if tag not in self.VOID:
            self.open.append(tag)

    def handle_endtag(self, tag: str) -> None:
        """See that it is the last one that was opened."""
        assert tag == self.open.pop()


@pytest.fixture
def two_villages(clerk: Path) -> Path:
    """Have a second village in the file, which begins in the same month, and a third that begins later."""
    for village, first in (("beishan", "2025-09"), ("xincun", "2026-01")):
        Ledger.create(clerk / BOOK, village=village, first_period=first, by="clerk:1").close()
    return clerk


@pytest.mark.parametrize(
    ("lang", "said", "finding"),
    [
        ("en", "to look into; no accusation.", "more than 35 days after the day it is of"),
        ("zh", "均为待核，并非指控。", "迟于发生日 35 天以上"),
    ],
)
def test_the_questions_are_answered_on_the_screen(clerk: Path, run: Run, lang: str, said: str, finding: str) -> None:
    """Without a folder the matters stand on the screen, with what to look at next, and the status is 0."""
    assert clerk == Path.cwd()
    ended = run("--lang", lang, "inspect", "2025-10")
    assert (0, True) == (ended.status, ended.lines[-1].endswith(said))
    assert finding in ended.out


def test_a_script_reads_the_matters(clerk: Path, run: Run) -> None:
    """JSON and CSV have the check's code and the numbers of the records."""
    assert clerk == Path.cwd()
    told = json.loads(run("inspect", "2025-10", "--json").out)
    late = [one for one in told if one["check"] == "late-entries"]
    assert {"clerk:1", "shop:1"} == {one["who"] for one in late}
    assert all(isinstance(seq, int) for one in late for seq in one["records"])
    rows = list(csv.DictReader(run("inspect", "2025-10", "--csv").out.splitlines()))
    assert [one["records"] for one in told] == [[int(seq) for seq in row["records"].split(";")] for row in rows]


def test_thresholds_are_shown_and_set(clerk: Path, run: Run) -> None:
    """What is shown is a file that can be changed and given back; a fault in one is told with its line."""
    shown = run("--lang", "en", "inspect", "--show-thresholds").out
    assert "# a month's sheet that is typed in the first days of the next month is not late\ndays = 35\n" in shown
    assert "# 次月头几天录入上月的表不算迟" in run("--lang", "zh", "inspect", "--show-thresholds").out
    (clerk / "own.toml").write_text(shown.replace("days = 35", "days = 100000"), encoding="utf-8")
    told = json.loads(run("inspect", "2025-10", "--thresholds", "own.toml", "--json").out)
    assert [] == [one for one in told if one["check"] == "late-entries"]
    (clerk / "bad.toml").write_text("format = 1\n[late-entries]\ndays = -1\n", encoding="utf-8")
    refused = run("--lang", "en", "inspect", "2025-10", "--thresholds", "bad.toml")
    assert 1 == refused.status
    assert "bad.toml:3: late-entries.days: is -1" in refused.err
    assert "(thresholds-invalid)" in refused.err


def test_a_pack_is_written(clerk: Path, run: Run) -> None:
    """One command writes every page and table; all links lead somewhere, and every element is closed."""
    ended = run("--lang", "zh", "inspect", "2025-10", "-o", "pack")
    assert (0, "请先打开 pack/index.html。") == (ended.status, ended.lines[-1])
    pack = clerk / "pack"
    assert {path.name for path in pack.iterdir()} == OWN
    village = pack / "village-nanyu"
    pages = {check.code for check in CHECKS} | PAPERS
    tables = {"tally.csv", "redemptions.csv", "books.csv"}
    assert {f"{name}.html" for name in pages} | tables == {path.name for path in village.iterdir()}
    for path in pack.rglob("*.html"):
        links = Links(path.read_text(encoding="utf-8"))
        assert [] == links.open
        assert {"script", "link", "img", "iframe"}.isdisjoint(links.tags)
        assert [] == [target for target in links.targets if not (path.parent / target).is_file()]
    first = (pack / "index.html").read_text(encoding="utf-8")
    assert "积分台账检查包：2025-10" in first
    assert "不得张贴公示" in first
    assert "审计" in (village / "index.html").read_text(encoding="utf-8")
    assert [] == [path.name for path in clerk.iterdir() if path.name.startswith(".")]


def test_a_pack_says_what_its_books_were_held_against(clerk: Path, run: Run) -> None:
    """The first page has the time and the names of what others hold, and the audit says how far it reaches."""
    run("checkpoint", "issue", "-o", "october.checkpoint")
    for name, words in (("alone", ()), ("held", ("--against", "october.checkpoint"))):
        assert 0 == run("inspect", "2025-10", "-o", name, *words).status
    alone, held = ((clerk / name / "index.html").read_text(encoding="utf-8") for name in ("alone", "held"))
    assert "against nothing that others hold" in alone
    assert re.search(r"Audited on 20\d\d-\d\d-\d\d \d\d:\d\d \(Beijing time\), against october.checkpoint\.", held)
    assert "by october.checkpoint" in (clerk / "held/village-nanyu/audit.html").read_text(encoding="utf-8")


def test_a_pack_has_its_findings_for_a_program(clerk: Path, run: Run) -> None:
    """The two files of findings say the same as the command, in both languages, and with the audit's verdict."""
    assert 0 == run("--lang", "en", "inspect", "2025-10", "-o", "pack").status
    told = json.loads((clerk / "pack/findings.json").read_text(encoding="utf-8"))
    (village,) = told["villages"]
    assert ("2025-10", "nanyu", None, True) == (
        *(told["period"], village["village"], village["error"], village["audit"]["whole"]),
    )
    with Ledger.open(clerk / BOOK) as ledger:
        found = ledger.inspect("2025-10")
        assert ledger.head().root.hex() == village["audit"]["root"]
    assert [(one.check, list(one.seqs), one.say(), one.look_at("zh")) for one in found] == [
        (one["check"], one["records"], one["en"], one["look_zh"]) for one in village["matters"]
    ]
    text = (clerk / "pack/findings.csv").read_text(encoding="utf-8-sig")
    assert [one.say() for one in found] == [row["what was found"] for row in csv.DictReader(text.splitlines())]
    assert [{check.code for check in CHECKS}] == [set(village["counts"])]


def test_nothing_in_a_book_is_markup_in_a_pack(clerk: Path, run: Run) -> None:
    """Names, remarks and codes with signs of HTML, and texts like formulas, stand in a pack as what they are."""
    with Ledger.open(clerk / BOOK) as ledger:
        ledger.enrol("=1+1", head=NASTY, group=NASTY[:30], by="clerk:1")
        ledger.award("=1+1", "yard", on="2025-10-01", by=NASTY[:8], remark=NASTY)
        ledger.redeem("=1+1", {"soap": 1}, on="2025-10-02", collector=f"{NASTY}!", by="shop:1")
        ledger.call_back("=1+1", answer="differs", on="2025-10-31", by="clerk:1", remark=NASTY)
    assert 0 == run("inspect", "2025-10", "-o", "pack").status
    for path in (clerk / "pack").rglob("*.html"):
        assert "<script" not in path.read_text(encoding="utf-8")
    assert "&lt;script&gt;" in (clerk / "pack/village-nanyu/names-not-in-register.html").read_text(encoding="utf-8")
    assert "\n'=1+1," in (clerk / "pack/village-nanyu/tally.csv").read_text(encoding="utf-8-sig").replace("\r", "")


@pytest.mark.parametrize("lang", ["en", "zh"])
def test_every_village_has_its_pages(two_villages: Path, run: Run, lang: str) -> None:
    """All villages go into one pack; one that begins later is told, and is no fault."""
    ended = run("--lang", lang, "inspect", "2025-10", "--all-villages", "-o", "pack")
    assert 0 == ended.status
    assert "xincun" in ended.err
    told = json.loads((two_villages / "pack/findings.json").read_text(encoding="utf-8"))
    assert [("beishan", None), ("nanyu", None), ("xincun", "before-first-period")] == [
        (one["village"], one["error"] and one["error"]["code"]) for one in told["villages"]
    ]
    assert (two_villages / "pack/village-xincun/index.html").is_file()
    first = (two_villages / "pack/index.html").read_text(encoding="utf-8")
    assert ("begins later" if lang == "en" else "建账在后") in first


def damage(path: Path, statement: str) -> None:
    """Change a book behind the library's back."""
    with closing(sqlite3.connect(path, isolation_level=None)) as connection:
        triggers = connection.execute("SELECT name, sql FROM sqlite_master WHERE type = 'trigger'").fetchall()
        for name, _ in triggers:
            connection.execute(f'DROP TRIGGER "{name}"')
        connection.execute(statement)
        for _, made in triggers:
            connection.execute(made)


@pytest.mark.parametrize(
    ("statement", "code"),
    [
        ("UPDATE points_journal SET body = 'nothing' WHERE village = 'nanyu' AND kind = 'award'", "ledger-damaged"),
        (
            """UPDATE points_journal SET body = replace(body, '"granted":', '"granteb":') WHERE village = 'nanyu'""",
            None,
        ),
        ("UPDATE points_balance SET balance = balance + 1 WHERE village = 'nanyu'", None),
        ("DELETE FROM points_journal WHERE village = 'nanyu' AND seq > 3", "ledger-damaged"),
    ],
)
def test_a_damaged_village_stops_no_other(two_villages: Path, run: Run, statement: str, code: str | None) -> None:
    """Where a book is broken its page says so, the others are inspected, and the status is 1."""
    damage(two_villages / BOOK, statement)
    ended = run("--lang", "en", "inspect", "2025-10", "--all-villages", "-o", "pack")
    assert 1 == ended.status
    told = {
        one["village"]: one
        for one in json.loads((two_villages / "pack/findings.json").read_text(encoding="utf-8"))["villages"]
    }
    assert (True, False) == (told["beishan"]["audit"]["whole"], told["nanyu"]["audit"]["whole"])
    assert code == (told["nanyu"]["error"] or {}).get("code")
    assert "BROKEN" in (two_villages / "pack/index.html").read_text(encoding="utf-8")
    assert {0} == set(told["beishan"]["counts"].values())


def test_a_pack_is_mixed_with_nothing(clerk: Path, run: Run) -> None:
    """A folder with files, or a file of that name, is left as it is; an empty folder is taken."""
    for name in ("taken", "empty"):
        (clerk / name).mkdir()
    (clerk / "taken/notes.txt").write_text("mine", encoding="utf-8")
    for name, code in (("taken", "folder-taken"), ("deeds.csv", "file-exists")):
        refused = run("--lang", "en", "inspect", "2025-10", "-o", name)
        assert (2, True) == (refused.status, f"({code})" in refused.err)
    assert ["notes.txt"] == [path.name for path in (clerk / "taken").iterdir()]
    assert 0 == run("inspect", "2025-10", "-o", "empty").status
    assert (clerk / "empty/index.html").is_file()


def test_a_pack_is_written_whole_or_not_at_all(clerk: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """When a page cannot be written, nothing is left of the pack, neither under its name nor beside it."""
    before = sorted(path.name for path in clerk.iterdir())
    write = Path.write_text

    def full(self: Path, *words: str, **options: str) -> int:
        if self.name == "findings.json":
            raise OSError(28, "No space left on device")
        return write(self, *words, **options)

    monkeypatch.setattr(Path, "write_text", full)
    with pytest.raises(FileUnwritable) as caught:
        write_pack(clerk / BOOK, "2025-10", clerk / "pack")
    assert "磁盘已满" in caught.value.say("zh")
    assert before == sorted(path.name for path in clerk.iterdir())
    with pytest.raises(FileUnwritable):
        write_pack(clerk / BOOK, "2025-10", clerk / "deeds.csv" / "pack")
    with pytest.raises(InvalidPeriod):
        write_pack(clerk / BOOK, "October", clerk / "pack")
    assert before == sorted(path.name for path in clerk.iterdir())


def test_a_pack_of_a_village_that_begins_later_says_so(clerk: Path) -> None:
    """From Python, too, the error stands in its place and stops nothing."""
    pack = write_pack(clerk / BOOK, "2020", clerk / "pack", lang="en")
    (one,) = pack.villages
    assert (True, True) == (isinstance(one.error, BeforeFirstPeriod), pack.sound)
    with pytest.raises(FolderTaken):
        write_pack(clerk / BOOK, "2025-10", clerk / "pack")


def test_no_two_villages_share_a_folder() -> None:
    """Codes that some disk takes for one another, or for another folder, have folders of their own."""
    names = folder_names(["a", "A", "..", ".", "b.", "b"])
    assert len({name.casefold().rstrip(".") for name in names}) == len(names)
    assert [] == [name for name in names if not name.startswith("village-")]


def test_options_that_do_not_go_together_are_refused(clerk: Path, run: Run) -> None:
    """A pack and a list for a script, one village and all of them, and no period at all are refused in a sentence."""
    assert clerk == Path.cwd()
    for words, code in (
        (("2025-10", "-o", "pack", "--json"), "options-conflict"),
        (("2025-10", "-o", "pack", "--all-villages", "--village", "nanyu"), "options-conflict"),
        (("2025-10", "--all-villages"), "option-required"),
        (("2025-10", "--against", "deeds.csv"), "option-required"),
        (("2025-10", "--copy"), "option-required"),
        ((), "option-required"),
        (("2025-10", "--thresholds", "nowhere.toml"), "file-unreadable"),
    ):
        refused = run("inspect", *words)
        assert (2, True) == (refused.status, f"({code})" in refused.err), refused.err
    assert not (clerk / "pack").exists()


def test_households_are_drawn_and_called(clerk: Path, run: Run) -> None:
    """The head and a number draw households with what to ask them; answers are recorded, listed and in the pack."""
    head = json.loads(run("head", "--json").out)[0]
    words = ("--size", str(head["records"]), "--root", head["root"], "--number", "2025-118 03 07", "--count", "2")
    drawn = run("--lang", "zh", "call-backs", "draw", "--period", "2025-10", *words)
    assert 0 == drawn.status
    assert drawn.lines[-1].startswith(f"共 2 户，抽取 2 户；依据 {head['records']} 笔记录、校验根 {head['root']}")
    told = json.loads(run("call-backs", "draw", "--period", "2025-10", *words, "--json").out)
    asked = next(one["ask"] for one in told if one["household"] == "03-017")
    assert "2025-10-05 理发 x 1, 肥皂 x 1 -20" in asked
    (clerk / "head.txt").write_text("pointsledger/elsewhere\n1\n" + "A" * 43 + "=\n", encoding="utf-8")
    other = run("call-backs", "draw", "--checkpoint", "head.txt", *words[4:])
    assert (1, True) == (other.status, "(not-this-book)" in other.err)
    called = run(
        *("--lang", "zh", "call-backs", "record", "03-017", "--answer", "differs", "--remark", "只领到一块"),
        *words[:2],
        *("--number", "2025-118 03 07", "--count", "2", "--period", "2025-10", "--on", "2025-10-31"),
    )
    assert [f"03-017：不符，第 {head['records'] + 1} 号记录。"] == called.lines
    listed = run("--lang", "en", "call-backs", "list", "2025-10")
    assert "confirmed 0, differs 1, not reached 0, refused to answer 0." == listed.lines[-1]
    (one,) = json.loads(run("call-backs", "list", "--json").out)
    assert ("03-017", "differs", head["records"], "2025-10", 2, "只领到一块") == (
        *(one["household"], one["answer"], one["size"], one["period"], one["count"], one["remark"]),
    )
    assert 0 == run("--lang", "zh", "inspect", "2025-10", "-o", "pack").status
    assert "只领到一块" in (clerk / "pack/village-nanyu/call-backs.html").read_text(encoding="utf-8")


def test_a_checkpoint_that_cannot_be_read_is_refused(clerk: Path, run: Run) -> None:
    """A file that is not there, or is no text, is told in a sentence."""
    (clerk / "picture.bin").write_bytes(b"\xff\xd8\xff")
    for name in ("nowhere.txt", "picture.bin"):
        refused = run("call-backs", "draw", "--checkpoint", name, "--number", "7", "--count", "1")
        assert (2, True) == (refused.status, "(file-unreadable)" in refused.err)


def test_a_price_that_a_later_list_has_otherwise_is_found(clerk: Path, run: Run) -> None:
    """A list that is adopted for days that have passed makes what was exchanged in them worth a look."""
    later = HEADING.replace("2025-09-01", "2025-10-01") + PRICES.replace("points = 10", "points = 12", 1)
    (clerk / "dearer.toml").write_text(later, encoding="utf-8")
    assert 0 == run("prices", "adopt", "dearer.toml").status
    told = json.loads(run("inspect", "2025-10", "--json").out)
    (one,) = [one for one in told if one["check"] == "price-off-list"]
    assert "肥皂 for 10 points a piece by version 1" in one["finding"]


def test_copies_of_a_book_make_the_same_pack(clerk: Path) -> None:
    """The same book and period give the same files, byte by byte."""
    shutil.copyfile(clerk / BOOK, clerk / "copy.db")
    for place, folder in ((BOOK, "one"), ("copy.db", "two")):
        write_pack(clerk / place, "2025-10", clerk / folder)
    first, second = (
        {str(path.relative_to(clerk / name)): path.read_bytes() for path in (clerk / name).rglob("*") if path.is_file()}
        for name in ("one", "two")
    )
    assert first == second
