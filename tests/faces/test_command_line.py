"""The command line: what each act says when it is done, in both languages, its help, and what surrounds it."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
from typer.main import get_command

from pointsledger import Ledger
from pointsledger.cli.app import app
from pointsledger.release import RELEASE

if TYPE_CHECKING:
    from tests.faces.conftest import Run, Start

# Of each command that acts: its words, and all that it says in English and in Chinese. {next} is the number of the
# record that it makes, {records} and {root} are those of the book that it leaves.
ACTS: dict[str, tuple[str, str, str]] = {
    "init": (
        "init --db new.db --village beiyu --rulebook rules.toml --prices prices.toml --zone Asia/Urumqi --decimals 1",
        "The book of beiyu begins in new.db; first period 2025-09.\n4 records, root {root}\n",
        "beiyu 的账本已建于 new.db；首个周期 2025-09。\n共 4 笔记录，校验根 {root}\n",
    ),
    "rules check": (
        "rules check rules.toml",
        "rules.toml: 2 activities, no fault; first day 2025-09-01.\n",
        "rules.toml：2 个事项，无误；生效日 2025-09-01。\n",
    ),
    "rules adopt": (
        "rules adopt later-rules.toml",
        "Rule book version 2 adopted, record {next}.\n",
        "已采用积分细则第 2 版，第 {next} 号记录。\n",
    ),
    "prices check": (
        "prices check prices.toml",
        "prices.toml: 2 items, no fault; first day 2025-09-01.\n",
        "prices.toml：2 种商品，无误；生效日 2025-09-01。\n",
    ),
    "prices adopt": (
        "prices adopt later-prices.toml",
        "Price list version 2 adopted, record {next}.\n",
        "已采用价目表第 2 版，第 {next} 号记录。\n",
    ),
    "enrol": (
        "enrol households.csv",
        "2 households enrolled, 0 stood already.\n",
        "2 户登记入册，0 此前已有。\n",
    ),
    "opening": (
        "opening openings.csv",
        "2 households brought forward, 0 stood already.\n",
        "2 户期初积分入账，0 此前已有。\n",
    ),
    "opening --stock": (
        "opening --stock stock.csv",
        "1 item brought forward, 0 stood already.\n",
        "1 种商品期初入账，0 此前已有。\n",
    ),
    "import": (
        "import deeds.csv --period 2025-10 --label 十月",
        "batch '十月', 2 rows: 2 posted; points +4.\n",
        "批次“十月”共 2 行：2 行入账；积分 +4。\n",
    ),
    "import --dry-run": (
        "import deeds.csv --period 2025-10 --dry-run",
        "Trial run, nothing kept: batch '2025-10', 2 rows: 2 would be posted; points would change by +4.\n",
        "试运行，未保存：批次“2025-10”共 2 行：2 行将入账；积分将变动 +4。\n",
    ),
    "import --redemptions": (
        "import market.csv --redemptions --period 2025-10 --label 集市",
        "batch '集市', 3 rows: 2 redemptions posted, 1 of them without enough points or goods; points -30.\n",
        "批次“集市”共 3 行：2 笔兑换入账，1 笔积分或库存不足；积分 -30。\n",
    ),
    "import --redemptions --dry-run": (
        "import market.csv --redemptions --period 2025-10 --dry-run",
        (
            "Trial run, nothing kept: batch '2025-10 兑换', 3 rows: 2 redemptions would be posted, "
            "1 of them without enough points or goods; points would change by -30.\n"
        ),
        "试运行，未保存：批次“2025-10 兑换”共 3 行：2 笔兑换将入账，1 笔积分或库存不足；积分将变动 -30。\n",
    ),
    "award": (
        "award 03-018 门前卫生 --quantity 3 --member 王五 --on 2025-10-07 --remark 扫过 --approved-by shop:1",
        "Awarded 6 to 03-018, record {next}; balance 6.\n",
        "03-018 加分 6，第 {next} 号记录；余额 6。\n",
    ),
    "deduct": (
        "deduct 03-018 tidy --quantity 4 --on 2025-10-07",
        "Deducted 8 from 03-018, record {next}; balance -8.\n",
        "03-018 扣分 8，第 {next} 号记录；余额 -8。\n",
    ),
    "redeem": (
        "redeem 03-017 肥皂 haircut=1 --on 2025-10-07",
        "Redeemed 20 from 03-017, record {next}; balance 0.\n",
        "03-017 兑换 20，第 {next} 号记录；余额 0。\n",
    ),
    "reverse": (
        "reverse 14 --reason 记错了",
        "Record 14 is reversed by record {next}.\n",
        "第 14 号记录已由第 {next} 号冲销。\n",
    ),
    "correct": (
        "correct 11 --quantity 2 --on 2025-10-09 --reason 记错了",
        (
            "Record 11 is corrected: record {next} with 12 points stands in its place, record {records} undid it, "
            "03-017 balance 20.\n"
        ),
        "第 11 号记录已更正：由第 {next} 号（12 分）代替，由第 {records} 号冲销，03-017 余额 20。\n",
    ),
    "stock in": (
        "stock in 肥皂 5 --unit-cost 2.50 --best-before 2027-03-01 --source donated --on 2025-10-07",
        "5 of 肥皂 taken in, record {next}; on the shelf 14.\n",
        "“肥皂”入库 5，第 {next} 号记录；现有 14。\n",
    ),
    "rebuild": (
        "rebuild",
        "nanyu: {records} records, root {root}\n",
        "nanyu：{records} 笔记录，校验根 {root}\n",
    ),
}


def commands() -> Iterator[tuple[list[str], Any]]:
    """Yield the words of every command and group, and what typer makes of it."""
    waiting: list[tuple[list[str], Any]] = [([], get_command(app))]
    while waiting:
        words, command = waiting.pop()
        yield words, command
        waiting += [([*words, name], found) for name, found in getattr(command, "commands", {}).items()]


def without(part: str) -> str:
    """Return the program, as it runs where a package is not installed."""
    return f"""
import sys

class Gone:
    def find_spec(self, name, path, target=None):
        if name.partition(".")[0] == {part!r}:
            raise ModuleNotFoundError(f"No module named {{name!r}}", name=name)

sys.meta_path.insert(0, Gone())
from pointsledger.cli import main

main()
"""


@pytest.mark.parametrize("lang", ["en", "zh"])
@pytest.mark.parametrize("act", ACTS)
@pytest.mark.usefixtures("clerk")
def test_an_act_says_what_it_did(run: Run, act: str, lang: str) -> None:
    """An act that is done ends with 0, says in one language what it did, and nothing on the standard error."""
    words, en, zh = ACTS[act]
    with Ledger.open("book.db") as ledger:
        following = ledger.head().size + 1
    ended = run("--lang", lang, *words.split())
    with Ledger.open("new.db" if act == "init" else "book.db") as ledger:
        head = ledger.head()
        assert ledger.audit().whole
    expected = {"en": en, "zh": zh}[lang].format(next=following, records=head.size, root=head.root.hex())
    assert (0, expected, "") == (ended.status, ended.out, ended.err)


@pytest.mark.usefixtures("clerk")
def test_a_book_without_rules_says_what_to_type_next(run: Run) -> None:
    """A book begun without a rule book says that it lacks one, and that it begins in the present month if it does."""
    months = {
        "en": "The first period is the present month, as neither a rule book nor --first-period says which; "
        "it never changes, and no earlier deed can be entered.",
        "zh": "没有给出细则，也没有给出 --first-period，首个周期因此取本月；以后不能更改，更早的事项不能录入。",
    }
    nexts = {
        "en": "No rule book is adopted yet, and no deed can be entered without one; type next: "
        "pointsledger rules adopt FILE",
        "zh": "尚未采用积分细则，采用之前不能录入事项；接下来请输入：pointsledger rules adopt 文件",
    }
    for lang in ("en", "zh"):
        words = ("--lang", lang, "init", "--db", f"{lang}.db", "--village")
        ended = run(*words, "a")
        assert (0, [months[lang], nexts[lang]]) == (ended.status, ended.lines[2:])
        with Ledger.open(f"{lang}.db") as ledger:
            first = ledger.record(1)
            assert first.said["first_period"] == first.period
        assert first.period in ended.lines[0]
        assert [nexts[lang]] == run(*words, "b", "--first-period", "2025-09").lines[2:]
        assert [] == run(*words, "c", "--rulebook", "rules.toml").lines[2:]


@pytest.mark.parametrize("written", ["2025-10-07", "2025/10/7", "2025.10.7", "2025年10月7日"])
@pytest.mark.usefixtures("clerk")
def test_a_day_is_typed_as_on_a_sheet(run: Run, written: str) -> None:
    """Wherever a day is typed it may be written in each of the ways that sheets may."""
    for words in ("award 03-018 tidy", "deduct 03-018 tidy", "redeem 03-017 haircut", "stock in soap 1 --best-before"):
        option = () if words.endswith("--best-before") else ("--on",)
        assert 0 == run(*words.split(), *option, written).status, words
        if option:
            with Ledger.open("book.db") as ledger:
                assert "2025-10-07" == ledger.record(ledger.head().size).on
    with Ledger.open("book.db") as ledger:
        assert "2025-10-07" == ledger.record(ledger.head().size).said["best_before"]
    (found,) = json.loads(run("balance", "03-018", "--on", written, "--json").out)
    assert "2025-10-07" == found["on"]


@pytest.mark.usefixtures("clerk")
def test_a_day_that_is_none_is_shown_as_it_was_typed(run: Run) -> None:
    """A day that does not exist is refused in the form in which it was typed."""
    assert "'2025/2/30' is not a date" in run("balance", "03-018", "--on", "2025/2/30").err
    assert "“2025年2月30日”不是日期" in run("--lang", "zh", "award", "03-018", "tidy", "--on", "2025年2月30日").err


@pytest.mark.usefixtures("clerk")
def test_repeating_a_command_is_harmless(run: Run) -> None:
    """The same command under the same request says so and changes nothing, and so does a sheet."""
    words = ("award", "03-018", "tidy", "--on", "2025-10-07", "--request", "paper-7")
    assert not run(*words).out.endswith("changed)\n")
    assert run(*words).out.endswith("balance 2. (recorded before, nothing changed)\n")
    assert run("--lang", "zh", *words).out.endswith("余额 2。（此前已录入，未作改动）\n")
    sheet = ("import", "deeds.csv", "--period", "2025-10")
    run(*sheet)
    assert "batch '2025-10', 2 rows: 2 stood already; points +0.\n" == run(*sheet).out
    assert "批次“2025-10”共 2 行：2 行此前已入账；积分 +0。\n" == run("--lang", "zh", *sheet).out


@pytest.mark.parametrize(
    ("words", "zh"),
    [
        (("enrol", "households.csv"), "0 户登记入册，2 此前已有。\n"),
        (("opening", "openings.csv"), "0 户期初积分入账，2 此前已有。\n"),
        (("opening", "stock.csv", "--stock"), "0 种商品期初入账，1 此前已有。\n"),
    ],
)
@pytest.mark.usefixtures("clerk")
def test_repeating_a_list_is_harmless(run: Run, words: tuple[str, ...], zh: str) -> None:
    """A list that was taken before says that all of it stood already."""
    assert 0 == run(*words).status
    assert (0, zh, "") == ((ended := run("--lang", "zh", *words)).status, ended.out, ended.err)


@pytest.mark.parametrize(
    ("lang", "reversed_rows", "replaced"),
    [
        (
            "en",
            "2 rows of '十月' are reversed; the sheet can be imported anew.\n",
            "batch '十月', 2 rows: 1 posted, 1 stood already, 1 reversed; points +8.\n",
        ),
        (
            "zh",
            "批次“十月”的 2 行已冲销；可重新导入该表。\n",
            "批次“十月”共 2 行：1 行入账，1 行此前已入账，1 行冲销；积分 +8。\n",
        ),
    ],
)
def test_a_sheet_is_replaced_or_reversed(clerk: Path, run: Run, lang: str, reversed_rows: str, replaced: str) -> None:
    """A corrected sheet touches one row, and a batch is taken back whole."""
    (clerk / "openings.csv").write_text("户号,期初积分\n03-018,20\n", encoding="utf-8")
    run("opening", "openings.csv")
    run("import", "deeds.csv", "--period", "2025-10", "--label", "十月")
    text = (clerk / "deeds.csv").read_text(encoding="utf-8")
    (clerk / "deeds.csv").write_text(text.replace("门前卫生,3", "门前卫生,4"), encoding="utf-8")
    assert replaced == run("--lang", lang, "import", "deeds.csv", "--period", "2025-10", "--replace", "十月").out
    assert (
        reversed_rows
        == run("--lang", lang, "reverse", "--batch", "十月", "--reason", "整张录错", "--by", "clerk:new").out
    )
    with Ledger.open("book.db") as ledger:
        assert 20 == ledger.balance("03-018").balance


@pytest.mark.parametrize("quoted", ["“{}”", '"{}"', "'{}'", "‘{}’", "「{}」", " “{}” "])
@pytest.mark.usefixtures("clerk")
def test_a_label_may_be_pasted_with_its_quotes(run: Run, quoted: str) -> None:
    """A label is taken with the quotes around it in which the sentences show it, and known again without."""
    pasted = quoted.format("十 月")
    sheet = ("import", "deeds.csv", "--period", "2025-10")
    assert "batch '十 月', 2 rows: 2 posted" in run(*sheet, "--label", pasted).out
    assert "batch '十 月', 2 rows: 2 stood already" in run(*sheet, "--replace", pasted).out
    assert run("reverse", "--batch", pasted, "--reason", "x").out.startswith("2 rows of '十 月' are reversed")


@pytest.mark.usefixtures("clerk")
def test_a_quote_within_a_label_stays(run: Run) -> None:
    """Only a pair of quotes around the whole of a label is taken away."""
    for label in ("“十”月", "十月”", '"', "「十月"):
        told = run("import", "deeds.csv", "--period", "2025-10", "--dry-run", "--label", label).out
        assert f"batch {label!r}, 2 rows" in told


@pytest.mark.parametrize(
    ("extra", "en", "zh"),
    [
        (
            (),
            (
                "1 sound, 1 faulty; the sheet would be refused as a whole, correct it, "
                "or leave faulty rows out with --skip-bad."
            ),
            "1 行无误，1 行有误；照此导入将整张不录，请更正，或用 --skip-bad 跳过有误的行。",
        ),
        (
            ("--skip-bad",),
            "1 would be posted, 1 faulty and would be left out; points would change by +6.",
            "1 行将入账，1 行有误，将不录；积分将变动 +6。",
        ),
    ],
)
def test_a_trial_of_a_faulty_sheet_says_what_would_be(
    clerk: Path, run: Run, extra: tuple[str, ...], en: str, zh: str
) -> None:
    """Where a row is faulty, in one cell or two, a trial says whether any would go in, and the book stays as it was."""
    sheet = clerk / "faulty.csv"
    sheet.write_text(sheet.read_text(encoding="utf-8").replace("门前卫生,1", "门前卫生,一"), encoding="utf-8")
    with Ledger.open("book.db") as ledger:
        head = ledger.head()
    for lang, told in (("en", en), ("zh", zh)):
        ended = run("--lang", lang, "import", "faulty.csv", "--period", "2025-10", "--dry-run", *extra)
        assert (1, "") == (ended.status, ended.err)
        assert ended.lines[-1].startswith(("Trial run, nothing kept: ", "试运行，未保存："))
        assert ended.lines[-1].endswith(told)
    with Ledger.open("book.db") as ledger:
        assert head == ledger.head()


def test_a_trial_of_a_replacement_says_what_would_be(clerk: Path, run: Run) -> None:
    """A trial of a corrected sheet tells what would be reversed, and of a row that cannot be, without a line for it."""
    sheet = clerk / "deeds.csv"
    whole = "序号,日期,户号,事项\n1,2025-10-05,03-018,庭院整洁\n2,2025-10-06,04-001,庭院整洁\n"
    sheet.write_text(whole, encoding="utf-8")
    run("import", "deeds.csv", "--period", "2025-10", "--label", "十月")
    sheet.write_text(whole.replace("2025-10-06", "2025-10-07"), encoding="utf-8")
    words = ("import", "deeds.csv", "--period", "2025-10", "--replace", "十月", "--dry-run")
    told = "2 rows: 1 would be posted, 1 stood already, 1 would be reversed; points would change by +12.\n"
    assert run(*words).out.endswith(told)
    assert run("--lang", "zh", *words).out.endswith("1 行将入账，1 行此前已入账，1 行将冲销；积分将变动 +12。\n")
    strict = 'arrears = "block"\n' + (clerk / "rules.toml").read_text(encoding="utf-8")
    (clerk / "strict.toml").write_text(strict, encoding="utf-8")
    assert 0 == run("rules", "adopt", "strict.toml").status
    run("redeem", "03-018", "haircut")
    sheet.write_text(whole.replace("1,2025-10-05,03-018,庭院整洁\n", ""), encoding="utf-8")
    for trial in (words, words[:-1]):
        ended = run(*trial)
        assert 1 == ended.status
        assert ended.lines[1].startswith("             03-018 has 2 points of the 12 that are"), "no row, no column"
    assert run(*words).out.endswith("1 sound, 1 faulty; the sheet would be refused as a whole, correct it.\n")


def test_a_rule_book_is_checked_for_risks(clerk: Path, run: Run) -> None:
    """What law or policy makes risky is named beside a sound rule book, and is no fault."""
    assert (clerk / "risky.toml").is_file()
    for lang, word in (("en", "activity"), ("zh", "事项")):
        ended = run("--lang", lang, "rules", "check", "risky.toml")
        assert (0, word) == (ended.status, ended.lines[1].split()[0])
        assert "petition" == ended.lines[2].split()[0]


def test_the_environment_says_what_options_would(folder: Path, run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    """Book, village, operator and language may come from the environment, and an option goes before it."""
    monkeypatch.setenv("POINTSLEDGER_DB", "two.db")
    monkeypatch.setenv("POINTSLEDGER_VILLAGE", "beiyu")
    monkeypatch.setenv("POINTSLEDGER_BY", "clerk:9")
    monkeypatch.setenv("POINTSLEDGER_LANG", "zh")
    assert run("init", "--rulebook", "rules.toml").out.startswith("beiyu 的账本已建于 two.db")
    assert run("init", "--village", "dongyu").out.startswith("dongyu 的账本")
    assert 0 == run("enrol", "households.csv").status
    assert 0 == run("enrol", "households.csv", "--village", "dongyu", "--by", "clerk:7").status
    for village, operators in (("beiyu", ["clerk:9"]), ("dongyu", ["clerk:9", "clerk:7"])):
        with Ledger.open(folder / "two.db", village=village) as ledger:
            assert 2 == len(ledger.balances())
            kinds = [ledger.record(seq).kind for seq in range(1, ledger.head().size + 1)]
        assert len(operators) == kinds.count("operator")
    assert 3 == len(json.loads(run("balance", "--db", "book.db", "--village", "nanyu", "--json").out))
    assert run("--lang", "en", "audit").out.rsplit("\n", 2)[1].startswith("root ")


@pytest.mark.parametrize(
    ("environment", "spoken"),
    [
        ({}, "root"),
        ({"LANG": "zh_CN.UTF-8"}, "校验根"),
        ({"LANG": "zh_CN.UTF-8", "LC_ALL": "en_US.UTF-8"}, "root"),
        ({"LC_MESSAGES": "zh_TW.UTF-8"}, "校验根"),
        ({"LANG": "Chinese (Simplified)_China.936"}, "校验根"),
        ({"LANG": "zh_CN.UTF-8", "POINTSLEDGER_LANG": "en"}, "root"),
        ({"POINTSLEDGER_LANG": "zh"}, "校验根"),
    ],
)
@pytest.mark.usefixtures("clerk")
def test_the_locale_chooses_the_language(
    run: Run, monkeypatch: pytest.MonkeyPatch, environment: dict[str, str], spoken: str
) -> None:
    """Chinese is spoken in a Chinese locale, and POINTSLEDGER_LANG goes before the locale."""
    for name, value in environment.items():
        monkeypatch.setenv(name, value)
    assert spoken == run("audit").lines[-1].split()[0]


@pytest.mark.usefixtures("folder")
def test_every_command_has_help(run: Run) -> None:
    """Each command says with --help what it does and what each of its options and arguments means."""
    seen = set()
    for words, command in commands():
        ended = run(*words, "--help")
        assert (0, "") == (ended.status, ended.err), words
        assert " ".join(["pointsledger", *words, "[OPTIONS]"]) in ended.lines[0]
        assert command.help, words
        assert command.help.split()[0] in ended.out
        for parameter in command.params:
            assert getattr(parameter, "help", None), (words, parameter.name)
            assert all(name in ended.out for name in parameter.opts if name.startswith("--")), words
        seen.add(" ".join(words))
    assert seen >= {"demo", "head", "record", "stock show", *(act.partition(" --")[0] for act in ACTS)}


@pytest.mark.usefixtures("folder")
def test_help_may_be_asked_for_in_short(run: Run) -> None:
    """Each command says with -h what it says with --help."""
    for words, _ in commands():
        ended = run(*words, "-h")
        assert (0, "") == (ended.status, ended.err), words
        assert run(*words, "--help") == ended, words


@pytest.mark.usefixtures("folder")
def test_the_program_says_which_release_it_is(run: Run) -> None:
    """With --version the program says its name and release, needs nothing else, and ends with 0."""
    told = f"pointsledger {RELEASE}\n"
    for words in (("--version",), ("--lang", "zh", "--version"), ("--version", "balance")):
        assert (0, told, "") == ((ended := run(*words)).status, ended.out, ended.err)


@pytest.mark.usefixtures("folder")
def test_a_command_without_words_shows_its_help(run: Run) -> None:
    """The program and its groups say what they can do when nothing is asked, which is no success."""
    for words in ((), ("rules",), ("prices",), ("stock",)):
        ended = run(*words)
        assert 2 == ended.status
        assert "Commands:" in ended.out + ended.err


@pytest.mark.usefixtures("clerk")
def test_a_reader_that_goes_away_is_no_error(start: Start) -> None:
    """Where the reader stops, as head does, the program ends quietly."""
    process = start("balance")
    assert process.stdout is not None
    assert process.stderr is not None
    process.stdout.close()
    assert "" == process.stderr.read()
    assert 1 == process.wait()


@pytest.mark.parametrize("part", ["typer", "rich"])
def test_a_missing_part_is_one_sentence(start: Start, part: str) -> None:
    """Without typer or rich the program says how to install it, and ends with 2."""
    process = start("balance", program=without(part))
    out, err = process.communicate()
    assert (2, "") == (process.returncode, out)
    assert "The command line needs an optional part; install it with: pip install 'pointsledger[cli]'\n" == err


def test_another_missing_part_is_not_hidden(start: Start) -> None:
    """What else cannot be loaded is no matter of the extra, and is told as it is."""
    process = start("balance", program=without("sqlmodel"))
    _, err = process.communicate()
    assert 1 == process.returncode
    assert "ModuleNotFoundError" in err
