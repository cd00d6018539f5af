"""Mistakes at the command line: one sentence on the standard error, a status, never a traceback, nothing changed."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from pathlib import Path
from typing import TYPE_CHECKING
from unittest.mock import patch

import pytest

import pointsledger
from pointsledger import Ledger
from pointsledger.cli import demo
from pointsledger.cli.misuse import told_in_chinese

if TYPE_CHECKING:
    from tests.faces.conftest import Run

PROGRAM = "from pointsledger.cli import main; main()"
WRONG_USE = 2
REFUSED = 1

# What was typed, the status, and the code of the error.
MISTAKES: tuple[tuple[str, int, str], ...] = (
    ("balance O3-017", WRONG_USE, "unknown-account"),
    ("statement O3-017", WRONG_USE, "unknown-account"),
    ("redemptions --household O3-017", WRONG_USE, "unknown-account"),
    ("award O3-017 tidy", WRONG_USE, "unknown-account"),
    ("award 03-017 tydy", WRONG_USE, "unknown-activity"),
    ("award 03-017 tidy --member 王五", WRONG_USE, "unknown-resident"),
    ("award 03-017 tidy --level county", WRONG_USE, "unexpected-level"),
    ("award 03-017 tidy --quantity two", WRONG_USE, "invalid-number"),
    ("award 03-017 tidy --quantity 0", WRONG_USE, "not-positive"),
    ("award 03-017 tidy --started-at 8:30", WRONG_USE, "invalid-time"),
    ("award 03-017 tidy --on 2025-02-30", WRONG_USE, "invalid-date"),
    ("award 03-017 tidy --on 2025-08-31", WRONG_USE, "before-first-period"),
    ("award 03-017 tidy --on 2090-01-01", WRONG_USE, "future-date"),
    ("deduct 03-017 yard", WRONG_USE, "wrong-sign"),
    ("balance 03-017 --on tomorrow", WRONG_USE, "invalid-date"),
    ("tally October", WRONG_USE, "invalid-period"),
    ("tally 2025-10 --level street", WRONG_USE, "invalid-setting"),
    ("rank 2025-13", WRONG_USE, "invalid-period"),
    ("rank 2025-10 --level village", WRONG_USE, "invalid-setting"),
    ("rank 2025-10 --ties fair", WRONG_USE, "invalid-setting"),
    ("redemptions --period 25", WRONG_USE, "invalid-period"),
    ("redeem 03-017 soap=0", WRONG_USE, "not-positive"),
    ("redeem 03-017 soap=", WRONG_USE, "invalid-number"),
    ("redeem 03-017 =1", WRONG_USE, "invalid-text"),
    ("redeem 03-017 gold", WRONG_USE, "unknown-item"),
    ("redeem 03-018 haircut", REFUSED, "insufficient-points"),
    ("redeem 03-017 soap=2 haircut", REFUSED, "insufficient-points"),
    ("stock in haircut 1", WRONG_USE, "not-stocked"),
    ("stock in soap one", WRONG_USE, "invalid-number"),
    ("stock in soap 1 --unit-cost 2.505", WRONG_USE, "too-many-decimals"),
    ("stock in soap 1 --source found", WRONG_USE, "invalid-setting"),
    ("stock in soap 1 --best-before never", WRONG_USE, "invalid-date"),
    ("reverse 1 --reason x", REFUSED, "not-reversible"),
    ("reverse 10 --reason x", REFUSED, "already-spent"),
    ("reverse 16 --reason x", REFUSED, "already-reversed"),
    ("reverse 0 --reason x", WRONG_USE, "unknown-record"),
    ("reverse 17 --reason x", REFUSED, "not-reversible"),
    ("reverse 999 --reason x", WRONG_USE, "unknown-record"),
    ("reverse 99999999999999999999 --reason x", WRONG_USE, "unknown-record"),
    ("reverse --batch none --reason x", WRONG_USE, "unknown-batch"),
    ("correct 11 --reason x", REFUSED, "nothing-corrected"),
    ("correct 15 --reason x --quantity 2", REFUSED, "not-correctable"),
    ("correct 999 --reason x --quantity 2", WRONG_USE, "unknown-record"),
    ("correct 11 --reason x --activity weed", WRONG_USE, "unknown-activity"),
    ("correct 11 --reason x --household 99-999", WRONG_USE, "unknown-account"),
    ("correct 11 --reason x --member 外人", WRONG_USE, "unknown-resident"),
    ("correct 11 --reason x --quantity 0", WRONG_USE, "not-positive"),
    ("correct 11 --reason x --on 2025-13-01", WRONG_USE, "invalid-date"),
    ("correct 11 --reason x --on 2025-08-31", WRONG_USE, "before-first-period"),
    ("correct 11 --reason= --quantity 2", WRONG_USE, "invalid-text"),
    ("explain 99-999 2025-10", WRONG_USE, "unknown-account"),
    ("explain 03-017 October", WRONG_USE, "invalid-period"),
    ("rules replay October", WRONG_USE, "invalid-period"),
    ("rules replay 2024", WRONG_USE, "before-first-period"),
    ("rules replay 2025-10 --level resident", WRONG_USE, "invalid-setting"),
    ("rules what-if missing.toml --period 2025-10", WRONG_USE, "file-unreadable"),
    ("rules what-if faulty.toml --period 2025-10", REFUSED, "rulebook-invalid"),
    ("rules what-if prices.toml --period 2025-10", REFUSED, "rulebook-invalid"),
    ("rules what-if rules.toml --period 2025-13", WRONG_USE, "invalid-period"),
    ("record 0", WRONG_USE, "unknown-record"),
    ("head --size 999", WRONG_USE, "unknown-record"),
    ("enrol missing.csv", WRONG_USE, "file-unreadable"),
    ("enrol .", WRONG_USE, "file-unreadable"),
    ("enrol openings.csv", WRONG_USE, "sheet-unreadable"),
    ("enrol empty.csv", WRONG_USE, "sheet-unreadable"),
    ("enrol book.db", WRONG_USE, "sheet-unreadable"),
    ("enrol twice.csv", REFUSED, "sheet-faulty"),
    ("opening missing.csv", WRONG_USE, "file-unreadable"),
    ("opening --stock openings.csv", WRONG_USE, "sheet-unreadable"),
    ("import missing.csv --period 2025-10", WRONG_USE, "file-unreadable"),
    ("import . --period 2025-10", WRONG_USE, "file-unreadable"),
    ("import deeds.csv --period 2025Q4", WRONG_USE, "not-a-month"),
    ("import deeds.csv --period 2025-10 --replace none", WRONG_USE, "unknown-batch"),
    ("import deeds.csv --period 2025-10 --label a --replace b", WRONG_USE, "invalid-setting"),
    ("import deeds.csv --period 2025-10 --label=", WRONG_USE, "invalid-text"),
    ("import deeds.csv --period 2025-10 --replace=", WRONG_USE, "invalid-text"),
    ("import deeds.csv --period 2025-10 --label “”", WRONG_USE, "invalid-text"),
    ("reverse --batch= --reason x", WRONG_USE, "invalid-text"),
    ("import faulty.csv --period 2025-10", REFUSED, "sheet-faulty"),
    ("import deeds.csv --period 2025-09", REFUSED, "sheet-faulty"),
    ("rules check missing.toml", WRONG_USE, "file-unreadable"),
    ("rules check .", WRONG_USE, "file-unreadable"),
    ("rules adopt missing.toml", WRONG_USE, "file-unreadable"),
    ("rules check deeds.csv", REFUSED, "rulebook-invalid"),
    ("rules check faulty.toml", REFUSED, "rulebook-invalid"),
    ("rules adopt faulty.toml", REFUSED, "rulebook-invalid"),
    ("prices check rules.toml", REFUSED, "prices-invalid"),
    ("prices adopt rules.toml", REFUSED, "prices-invalid"),
    ("init --village nanyu", REFUSED, "village-exists"),
    ("init --village 北峪", WRONG_USE, "invalid-code"),
    ("init --db new.db --village beiyu --decimals 3", WRONG_USE, "invalid-setting"),
    ("init --db new.db --village beiyu --zone Mars/Olympus", WRONG_USE, "invalid-setting"),
    ("init --db new.db --village beiyu --cut-off-day 29", WRONG_USE, "invalid-setting"),
    ("init --db new.db --village beiyu --first-period 2025Q1", WRONG_USE, "not-a-month"),
    ("init --db new.db --village beiyu --rulebook missing.toml", WRONG_USE, "file-unreadable"),
    ("init --db new.db --village beiyu --rulebook faulty.toml", REFUSED, "rulebook-invalid"),
    ("init --db text.db --village beiyu", WRONG_USE, "not-a-ledger"),
    ("init --db missing/new.db --village beiyu", REFUSED, "read-only"),
    ("balance --village beiyu", WRONG_USE, "unknown-village"),
    ("balance --db missing.db", WRONG_USE, "not-a-ledger"),
    ("balance --db text.db", WRONG_USE, "not-a-ledger"),
    ("balance --db .", WRONG_USE, "not-a-ledger"),
    ("award 03-017 tidy --db missing.db", WRONG_USE, "not-a-ledger"),
    ("audit --db missing.db", WRONG_USE, "not-a-ledger"),
    ("audit --db text.db", WRONG_USE, "not-a-ledger"),
    ("rebuild --db missing.db", WRONG_USE, "not-a-ledger"),
    ("rebuild --db text.db", WRONG_USE, "not-a-ledger"),
    ("reverse 12 --batch oct --reason x", WRONG_USE, "options-conflict"),
    ("reverse --batch oct --reason x --request r", WRONG_USE, "options-conflict"),
    ("balance 03-017 --group 三组", WRONG_USE, "options-conflict"),
    ("balance --on 2025-10-03", WRONG_USE, "option-required"),
    ("reverse --reason x", WRONG_USE, "option-required"),
    ("redeem 03-017 soap soap", WRONG_USE, "chosen-twice"),
    ("redeem 03-017 soap=1 soap=2", WRONG_USE, "chosen-twice"),
    ("init --db :memory: --village beiyu", WRONG_USE, "invalid-setting"),
    ("balance --db mysql://host/book", WRONG_USE, "invalid-setting"),
)

# What cannot be understood at all, and a word of what is said about it.
MISUSES: tuple[tuple[str, str], ...] = (
    ("weed", "weed"),
    ("balance --weed", "--weed"),
    ("award 03-017", "activity"),
    ("statement", "household"),
    ("redeem 03-017", "items"),
    ("reverse 12", "--reason"),
    ("correct 12", "--reason"),
    ("explain 03-017", "period"),
    ("rules what-if rules.toml", "--period"),
    ("reverse twelve --reason x", "'seq'"),
    ("reverse -1 --reason x", "-1"),
    ("record twelve", "'seq'"),
    ("correct abc --reason x", "it takes a whole number, such as 12."),
    ("rank 2025-10 --first 0", "--first"),
    ("import deeds.csv", "--period"),
    ("init --db new.db", "--village"),
    ("init --db new.db --village beiyu --decimals two", "--decimals"),
    ("head --size 0", "--size"),
    ("balance --lang zh", "--lang"),
)

# The same in Chinese: what is said at the end, after "错误：".
MISUSES_ZH: tuple[tuple[str, str], ...] = (
    ("weed", "没有命令“weed”，请核对拼写。"),
    ("balence", "没有命令“balence”；是否指 balance、cancel、trial-balance？"),
    ("balance --grup x", "没有选项 --grup；是否指 --group？"),
    ("it's", "没有命令“it's”，请核对拼写。"),
    ("balance -q", "没有选项 -q，请核对拼写。"),
    ("award 03-017", "缺少事项（ACTIVITY）。"),
    ("statement", "缺少户号（HOUSEHOLD）。"),
    ("import deeds.csv", "缺少选项 --period。"),
    ("init --db new.db", "缺少选项 --village，也可设环境变量 POINTSLEDGER_VILLAGE。"),
    ("reverse twelve --reason x", "记录号（SEQ） 须为整数。"),
    ("rank 2025-10 --first 0", "--first 不能小于 1。"),
    ("rules check rules.toml --decimals 7", "--decimals 不能大于 2。"),
    ("balance 03-017 李四 王五", "多出了“李四 王五”；请去掉，内容带空格的请加引号。"),
    ("balance --group", "选项 --group 后面缺少内容。"),
    ("balance --json=1", "选项 --json 后面不能写内容。"),
)

READINGS = (
    "balance",
    "statement 03-017",
    "explain 03-017 2025-10",
    "rules replay 2025-10",
    "rules what-if rules.toml --period 2025-10",
    "tally 2025-10",
    "rank 2025-10",
    "redemptions",
    "stock show",
    "trial-balance",
    "audit",
    "head",
)


def test_a_mistake_is_told_in_a_sentence(clerk: Path, run: Run) -> None:
    """Whatever is typed wrongly ends with its status and its code behind one sentence, and the book stays as it was."""
    before = sorted(path.name for path in clerk.iterdir())
    with Ledger.open(clerk / "book.db") as ledger:
        head = ledger.head()
    for number, (words, status, code) in enumerate(MISTAKES):
        lang = ("en", "zh")[number % 2]  # in turn: that every error speaks both is for the tests of the errors
        ended = run("--lang", lang, *words.split())
        assert status == ended.status, words
        assert ended.err.endswith(f" ({code})\n"), words
        assert "Traceback" not in ended.err, words
        assert lang == "en" or not ended.err.isascii(), words
    with Ledger.open(clerk / "book.db") as ledger:
        assert head == ledger.head()
    assert before == sorted(path.name for path in clerk.iterdir())


@pytest.mark.usefixtures("clerk")
def test_a_reading_has_one_form(run: Run) -> None:
    """Each reading asked for as JSON and CSV at once is refused in one sentence, whichever stands first."""
    told = {
        "en": "--json and --csv do not go together; leave one of them out. (options-conflict)\n",
        "zh": "--json 与 --csv 不能同时使用；请去掉其中一个。 (options-conflict)\n",
    }
    for words in READINGS:
        for number, forms in enumerate((("--json", "--csv"), ("--csv", "--json"))):
            lang = ("en", "zh")[number]
            ended = run("--lang", lang, *words.split(), *forms)
            assert (2, "", told[lang]) == (ended.status, ended.out, ended.err), words


@pytest.mark.usefixtures("clerk")
def test_a_household_is_not_looked_for_in_a_group(run: Run) -> None:
    """Of one household and a group neither is left unheard: the sentence names both, in both languages."""
    for lang, told in (
        ("en", "--group and a household do not"),
        ("zh", "--group 与 户号 不能同时使用；请去掉其中一个。"),
    ):
        assert run("--lang", lang, "balance", "03-018", "--group", "三组").err.startswith(told)


@pytest.mark.usefixtures("clerk")
def test_a_misuse_shows_the_way_to_help(run: Run) -> None:
    """A command that cannot be understood ends with 2, names what is wrong and points to --help."""
    for words, word in MISUSES:
        ended = run(*words.split())
        assert (2, "") == (ended.status, ended.out), words
        assert word in ended.err.splitlines()[-1], words
        assert "--help" in ended.err


@pytest.mark.usefixtures("clerk")
def test_a_misuse_is_told_in_chinese(run: Run) -> None:
    """Where Chinese is spoken a command that cannot be understood is told in it, after its usage."""
    for words, told in MISUSES_ZH:
        ended = run("--lang", "zh", *words.split())
        assert (2, "") == (ended.status, ended.out), words
        assert f"错误：{told}" == ended.err.splitlines()[-1]
        assert ended.err.startswith(("用法：pointsledger", "错误：选项"))


# What is typed with a sign in it that is no letter: in a value, a code, the name of a file, and what the parser sees.
LOUD: tuple[tuple[str, ...], ...] = (
    ("award", "03\n017", "tidy"),
    ("award", "03-017", "ti\ndy"),
    ("award", "03-017", "tidy", "--on", "2025-10-\n01"),
    ("tally", "2025-\x1b[2J10"),
    ("tally", "2025-10", "--level", "gr\noup"),
    ("rules", "check", "no\nsuch.toml"),
    ("import", "no\nsuch.csv", "--period", "2025-10"),
    ("balance", "03-017", "--db", "no\nsuch.db"),
    ("balance", "03-017", "--village", "nan\nyu"),
    ("sto\nck",),
    ("tally", "2025-10", "o\nne", "two"),
    ("tally", "2025-10", "--le\x1bvel", "group"),
    ("redeem", "03-017", "so\nap=1"),
    ("balance", "03\x1b017"),
    ("award", "03-017", "tidy", "--by", "cl\x1berk"),
    ("sto\x1bck",),
    ("it's\x1b",),
    ("tally", "2025-10", "o\x1bne", "two"),
)


@pytest.mark.usefixtures("clerk")
@pytest.mark.parametrize("lang", ["en", "zh"])
@pytest.mark.parametrize("words", LOUD, ids=lambda words: repr(words[-1]))
def test_what_is_typed_brings_no_line_of_its_own(run: Run, words: tuple[str, ...], lang: str) -> None:
    """The sentence about it is one line, the last one, in which a line feed or another such sign is seen."""
    ended = run("--lang", lang, *words)
    assert (True, "") == (ended.status in {WRONG_USE, REFUSED}, ended.out)
    *before, last = ended.err.removesuffix("\n").split("\n")
    assert last.isprintable()
    assert re.search(r"\\(n|u001b)|U\+000A", last)
    assert [] == before or before[0].startswith(("Usage: ", "用法：")), "the parser shows the way to help first"


EVIL = "\x1b[2J\nEVIL\u2028"

# What is done well with such a sign in the name of a file or a folder.
LOUD_AND_SOUND: tuple[tuple[str, ...], ...] = (
    ("balance", "03-018", "--output", f"{EVIL}.csv"),
    ("receipt", "7", "--output", f"{EVIL}.receipt"),
    ("receipt", "7", "--page", f"{EVIL}.html"),
    ("export", "--output", f"{EVIL}.jsonl"),
    ("export", "--format", "csv", "--output", f"{EVIL}.d"),
    ("backup", f"{EVIL}.db"),
    ("personal", "export", "03-018", "--output", f"{EVIL}.txt"),
    ("rules", "check", f"{EVIL}.rules"),
    ("prices", "check", f"{EVIL}.prices"),
    ("init", "--db", f"{EVIL}.db", "--village", "beiyu", "--rulebook", "rules.toml", "--by", "clerk:1"),
    ("demo", EVIL),
)


@pytest.mark.usefixtures("clerk")
@pytest.mark.parametrize("lang", ["en", "zh"])
@pytest.mark.parametrize("words", LOUD_AND_SOUND, ids=lambda words: " ".join(words[:2]))
def test_the_name_of_a_file_brings_no_line_of_its_own(run: Run, words: tuple[str, ...], lang: str) -> None:
    """What is told of a file that was written or read names it on one line, with every such sign seen."""
    for kind in ("rules", "prices"):
        Path(f"{EVIL}.{kind}").write_bytes(Path(f"{kind}.toml").read_bytes())
    with patch.object(demo._Demo, "tell"):  # its steps are commands as the others are, and it takes long
        ended = run("--lang", lang, *words)
    assert (0, "") == (ended.status, ended.err)
    told = ended.out.split("\n")
    assert [] == [line for line in told if not line.isprintable() or line.startswith("EVIL")]
    assert any("\\u001b[2J\\nEVIL\\u2028" in line for line in told)


@pytest.mark.usefixtures("clerk")
def test_a_fault_of_a_document_is_one_line(run: Run) -> None:
    """The sentence about a document has a line for each fault, whatever the document and its name hold."""
    Path("two\nlines.toml").write_text('format = 1\nname = "a"\n"x\\ny" = "1\\n2"\n', encoding="utf-8")
    for lang in ("en", "zh"):
        head, *faults = run("--lang", lang, "rules", "check", "two\nlines.toml").err.splitlines()
        assert "two\\nlines.toml" in head
        assert faults
        assert all(fault.startswith("two\\nlines.toml") for fault in faults)


def test_what_the_parser_never_said_before_stays_as_it_is() -> None:
    """A sentence of the parser that is not known here is passed on, so that it helps some."""
    assert "Something new." == told_in_chinese("Something new.")
    assert "--decimals 填写的内容不可用。" == told_in_chinese("Invalid value for '--decimals': it is odd")


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="the system has no device that is always full")
@pytest.mark.parametrize("words", [("tally", "2025-10"), ("rank", "2025-10", "--csv")])
def test_a_full_disk_behind_the_output_is_told(clerk: Path, words: tuple[str, ...]) -> None:
    """Output that finds no room ends with 1 and one sentence."""
    package = Path(pointsledger.__file__).parent.parent
    with Path("/dev/full").open("w", encoding="utf-8") as full:
        done = subprocess.run(
            [sys.executable, "-P", "-c", PROGRAM, "--lang", "zh", *words],
            env={**os.environ, "PYTHONPATH": str(package), "PYTHONIOENCODING": "utf-8"},
            stdout=full,
            stderr=subprocess.PIPE,
            encoding="utf-8",
            check=False,
            cwd=clerk,
        )
    told = "无法写入 输出（磁盘已满）；请检查文件夹、权限和磁盘空间。 (file-unwritable)\n"
    assert (1, told) == (done.returncode, done.stderr)


# What is typed, and the sentence in Chinese.
TOLD_ZH: tuple[tuple[str, str], ...] = (
    ("enrol missing.csv", "无法读取 missing.csv（没有这个文件或文件夹）；请核对文件名，并确认未被其他程序占用。"),
    ("rules check .", "无法读取 .（这是文件夹，不是文件）；请核对文件名，并确认未被其他程序占用。"),
    ("reverse --batch none --reason x", "没有批次“none”的导入记录；已有批次：无。"),
    (
        "tally 2025-10 --level 组",
        "汇总口径“组”不可用；允许：household（户）、group（组）、category（类别）、village（全村）。",
    ),
    (
        "redeem 03-017 香皂",
        "今天 适用的价目表没有商品“香皂”（是否指 肥皂？）；可用：haircut (理发), soap (肥皂)。",
    ),
    ("award 03-017 tidy --level county", "事项 门前卫生（tidy）不分等级，却填了“county”；请去掉等级。"),
    ("award 03-017 tidy --quantity 1.5", "事项 门前卫生（tidy）按 次 计；1.5 不是合格的数量，请填整数。"),
    ("award 03-017 tidy --quantity -5", "数量 -5 必须大于零；要扣的请作为扣分录入，要更正的请冲销。"),
    ("award 03-017 tidy --quantity −５", "数量 −５ 必须大于零；要扣的请作为扣分录入，要更正的请冲销。"),
)


@pytest.mark.usefixtures("clerk")
def test_a_sentence_is_chinese_to_the_last_word(run: Run) -> None:
    """What the system, a list of nothing and the rule book contribute to a Chinese sentence can be read in it."""
    for words, told in TOLD_ZH:
        said = run("--lang", "zh", *words.split()).err.rpartition(" (")[0]
        assert told == re.sub(r"^[0-9]{4}-[0-9]{2}-[0-9]{2}", "今天", said), words


def test_full_width_digits_and_signs_are_taken(clerk: Path, run: Run) -> None:
    """Numbers, days and the sign between an item and its pieces may be typed with a Chinese input method."""
    with Ledger.open(clerk / "book.db") as ledger:
        ledger.bring_forward("03-018", 100, by="clerk:1")
    assert 0 == run("redeem", "03-018", "肥皂＝２", "理发=１").status
    assert 0 == run("award", "03-018", "tidy", "--quantity", "５", "--on", "２０２５年１０月３日").status
    assert 0 == run("stock", "in", "肥皂", "１２", "--unit-cost", "２．５０", "--on", "２０２５－１０－０３").status
    with Ledger.open(clerk / "book.db") as ledger:
        size = ledger.head().size
        award, intake = ledger.record(size - 1), ledger.record(size)
        assert ("5", "2025-10-03") == (award.said["quantity"], award.said["on"])
        assert (12, 250) == (intake.said["pieces"], intake.said["unit_cost_fen"])
        assert 80 == ledger.balance("03-018").balance


def test_somebody_records(folder: Path, run: Run) -> None:
    """Without --by nothing is recorded."""
    assert (folder / "book.db").is_file()
    for words in (
        "award 03-017 tidy --db book.db",
        "deduct 03-017 tidy --db book.db",
        "redeem 03-017 haircut --db book.db",
        "reverse 14 --reason x --db book.db",
        "stock in soap 1 --db book.db",
        "rules adopt rules.toml --db book.db",
        "prices adopt prices.toml --db book.db",
        "init --db new.db --village beiyu",
    ):
        ended = run(*words.split())
        assert (2, "") == (ended.status, ended.out), words
        assert ended.err.endswith("(operator-required)\n"), words
    assert not (folder / "new.db").exists()


@pytest.mark.usefixtures("folder")
def test_a_book_is_named(run: Run) -> None:
    """Without --db no book is opened, which is told in the language spoken."""
    assert (
        "错误：缺少选项 --db，也可设环境变量 POINTSLEDGER_DB。" == (run("--lang", "zh", "balance").err.splitlines()[-1])
    )
    for words in ("balance", "audit", "rebuild", "award 03-017 tidy --by c", "enrol households.csv --by c"):
        ended = run(*words.split())
        assert (2, "") == (ended.status, ended.out), words
        assert "--db" in ended.err.splitlines()[-1]


@pytest.mark.usefixtures("clerk")
def test_one_of_several_villages_is_named(run: Run) -> None:
    """In a file of two villages every command needs to know which, and says which there are."""
    assert 0 == run("init", "--village", "beiyu").status
    for words in ("balance", "audit", "award 03-017 tidy", "record 1", "tally 2025-10"):
        ended = run(*words.split())
        assert (2, "") == (ended.status, ended.out), words
        assert "beiyu, nanyu" in ended.err
        assert ended.err.endswith("(village-required)\n")
    assert 0 == run("balance", "--village", "nanyu").status


@pytest.mark.parametrize(("lang", "headings"), [("en", ["row", "column", "fault"]), ("zh", ["行", "列", "问题"])])
@pytest.mark.usefixtures("clerk")
def test_faults_stand_in_a_table(run: Run, lang: str, headings: list[str]) -> None:
    """Every fault of a sheet stands with its row and column before the sentence that says what to do."""
    for extra, status in ((), 1), (("--dry-run",), 1), (("--skip-bad",), 1):
        ended = run("--lang", lang, "import", "faulty.csv", "--period", "2025-10", *extra)
        assert status == ended.status
        assert headings == ended.lines[0].split()
        assert ["3", "户号"] == ended.lines[1].split()[:2]
        assert "O3-018" in ended.lines[1]
    with Ledger.open("book.db") as ledger:
        assert 6 == ledger.balance("03-018").balance


@pytest.mark.usefixtures("clerk")
def test_sound_rows_may_go_in(run: Run) -> None:
    """With --skip-bad the others are entered, how many is told, and the status still says that some were not."""
    words = ("import", "faulty.csv", "--period", "2025-10", "--skip-bad")
    ended = run("--lang", "en", *words)
    assert (1, "") == (ended.status, ended.err)
    assert "batch '2025-10', 2 rows: 1 posted, 1 faulty and left out; points +6." == ended.lines[-1]
    ended = run("--lang", "zh", *words)
    assert "批次“2025-10”共 2 行：1 行此前已入账，1 行有误未录；积分 +0。" == ended.lines[-1]


@pytest.mark.usefixtures("clerk")
def test_a_faulty_document_names_every_fault(run: Run) -> None:
    """A rule book is refused with the line and the key of each fault."""
    ended = run("rules", "check", "faulty.toml")
    assert (1, "") == (ended.status, ended.out)
    assert "faulty.toml:15: activity[1].points" in ended.err


@pytest.mark.usefixtures("clerk")
def test_an_unknown_language_of_the_environment_is_wrong_use(run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    """A language that is not spoken ends with 2, whoever asked for it."""
    monkeypatch.setenv("POINTSLEDGER_LANG", "fr")
    ended = run("balance")
    assert (2, "") == (ended.status, ended.out)
    assert "--lang 'fr' is not allowed; allowed: zh or en. (invalid-setting)\n" == ended.err
