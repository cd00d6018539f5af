"""What proves something at the command line: checkpoints, keys, receipts, slips, hand-ins, checks without a book."""

from __future__ import annotations

import json
import os
import re
import shutil
import stat
import sys
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

import pytest

from pointsledger.rules.checkpoint import Checkpoint
from pointsledger.rules.proof import Proof

if TYPE_CHECKING:
    from tests.faces.conftest import Run


def keys(run: Run) -> tuple[str, str]:
    """Make a key for the village and one for the township; return the public ones."""
    village = run("checkpoint", "key", "nanyu", "-o", "village.key").out.strip()
    township = run("checkpoint", "key", "township", "--witness", "-o", "township.key").out.strip()
    return village, township


def test_a_checkpoint_is_issued_and_written_for_paper(clerk: Path, run: Run) -> None:
    """Its three lines stand on the screen or in a file, and below them the line that is put on the wall."""
    shown = run("checkpoint", "issue")
    assert 0 == shown.status
    head = Checkpoint.read("".join(f"{line}\n" for line in shown.lines[:3]))
    told = re.fullmatch(r"for paper: ([0-9-]{10}) (\d+) ((?:[0-9a-f]{8} ?){4})", shown.lines[3])
    assert told is not None
    assert (str(head.size), head.short) == (told[2], told[3])
    assert 0 == run("checkpoint", "issue", "-o", "kept.checkpoint").status
    assert head.text() == (clerk / "kept.checkpoint").read_text(encoding="utf-8")
    assert 2 == run("checkpoint", "issue", "-o", "kept.checkpoint").status
    listed = json.loads(run("checkpoint", "list", "--json").out)
    assert [(1, head.size, head.root.hex(), None, None)] == [
        (one["number"], one["size"], one["root"], one["claimed_by"], one["signed_by"]) for one in listed
    ]


@pytest.mark.usefixtures("clerk")
def test_whoever_is_said_to_have_signed_is_told_from_whoever_did(run: Run) -> None:
    """The list shows names as claims, and with a key whose signature holds; the time is that of the village."""
    village, township = keys(run)
    run("checkpoint", "issue", "--key", "village.key", "-o", "first.checkpoint")
    text = Path("first.checkpoint").read_text(encoding="utf-8")
    forged = text + text.splitlines()[-1].replace("nanyu", "township") + "\n"
    Path("forged.checkpoint").write_text(forged, encoding="utf-8")
    refused = run("checkpoint", "keep", "forged.checkpoint", "--signed-by", township)
    assert (1, True) == (refused.status, "(checkpoint-unsigned)" in refused.err)
    assert 0 == run("checkpoint", "keep", "forged.checkpoint", "--signed-by", village).status
    listed = json.loads(run("checkpoint", "list", "--key", village, "--key", township, "--json").out)
    assert [("nanyu", "nanyu"), ("nanyu, township", "nanyu")] == [
        (one["claimed_by"], one["signed_by"]) for one in listed
    ]
    shown = run("checkpoint", "list")
    assert "unverified" in shown.lines[0]
    at = datetime.fromisoformat(listed[0]["issued_at"]).astimezone(ZoneInfo("Asia/Shanghai"))
    assert f"{at:%Y-%m-%d %H:%M}" in shown.lines[1]
    assert "未核验" in run("--lang", "zh", "checkpoint", "list").lines[0]


def test_a_township_cosigns_what_extends_what_it_saw(clerk: Path, run: Run) -> None:
    """The village issues, the township cosigns, the village keeps it; an old head is given back or refused."""
    village, township = keys(run)
    run("checkpoint", "issue", "-o", "unseen.checkpoint")
    run("award", "03-017", "tidy")
    run("checkpoint", "issue", "--key", "village.key", "-o", "first.checkpoint")
    size = json.loads(run("head", "--json").out)[0]["records"]
    asked = ("--key", "township.key", "--kept", "seen", "--signed-by", village)
    first = run("checkpoint", "cosign", "first.checkpoint", *asked, "-o", "first.cosigned")
    assert (0, True) == (first.status, "seen for the first time" in first.out)
    run("award", "03-017", "tidy")
    run("checkpoint", "issue", "--key", "village.key", "--since", str(size), "-o", "second.growth")
    second = run("checkpoint", "cosign", "second.growth", *asked, "-o", "second.cosigned")
    assert (0, True) == (second.status, f"it extends the {size} seen before" in second.out)
    assert 0 == run("checkpoint", "keep", "second.cosigned").status
    signed = run("verify", "second.cosigned", "--key", village, "--key", township, "--against", "second.growth")
    assert (0, True) == (signed.status, "signed by nanyu, township" in signed.out)
    back = run("checkpoint", "cosign", "first.checkpoint", *asked, "-o", "back.cosigned")
    assert (0, True) == (back.status, f"{size} records cosigned, by this key before (nothing was" in back.out)
    assert (clerk / "first.cosigned").read_bytes() == (clerk / "back.cosigned").read_bytes()
    behind = run("checkpoint", "cosign", "unseen.checkpoint", *asked[:4], "-o", "unseen.cosigned")
    assert (1, True) == (behind.status, "(checkpoint-behind)" in behind.err)
    assert not (clerk / "unseen.cosigned").exists()


@pytest.mark.usefixtures("clerk")
def test_a_township_cosigns_with_a_second_key(run: Run) -> None:
    """The second key of a folder adds its line to the head that the first has signed, and the screen says so."""
    _, township = keys(run)
    county = run("checkpoint", "key", "county", "--witness", "-o", "county.key").out.strip()
    run("checkpoint", "issue", "-o", "first.checkpoint")
    run("checkpoint", "cosign", "first.checkpoint", "--key", "township.key", "--kept", "seen", "-o", "one")
    asked = ("checkpoint", "cosign", "first.checkpoint", "--key", "county.key", "--kept", "seen", "-o", "both")
    unread = run(*asked)
    assert (1, True) == (unread.status, "(not-cosigned)" in unread.err)
    both = run(*asked, "--own-key", township)
    assert (0, True) == (both.status, "seen before, and the line of this key added" in both.out)
    assert 0 == run("verify", "both", "--key", township, "--key", county, "--against", "one").status


@pytest.mark.usefixtures("clerk")
def test_a_month_is_taken_with_the_keys_that_the_township_had(run: Run) -> None:
    """`hand-in take` reads the folder with the other keys too, and asks for a key and a folder where they are named."""
    _, township = keys(run)
    run("checkpoint", "key", "township", "--witness", "-o", "new.key")
    run("close", "2025-09")
    made = run("hand-in", "make", "2025-09", "-o", "september.hand-in")
    assert 0 == made.status, made.err
    take = ("hand-in", "take", "september.hand-in", "--db", "copies.db", "--kept", "seen")
    assert 0 == run(*take, "--key", "township.key").status
    refused = run(*take, "--key", "new.key")
    assert (1, True) == (refused.status, "(not-cosigned)" in refused.err)
    assert 0 == run(*take, "--key", "new.key", "--own-key", township).status
    for lacking in (take, take[:-2], (*take[:-2], "--key", "new.key")):
        ended = run(*lacking, "--own-key", township)
        assert (2, True) == (ended.status, "(option-required)" in ended.err)


def test_a_village_signs_nothing_into_the_folder_of_a_witness(clerk: Path, run: Run) -> None:
    """Its key is refused where a witness's is asked for: a head that it put there itself would be believed."""
    village, _ = keys(run)
    run("checkpoint", "issue", "--key", "village.key", "-o", "first.checkpoint")
    cosign = ("checkpoint", "cosign", "first.checkpoint", "--kept", "seen", "-o", "x")
    run("close", "2025-09")
    run("hand-in", "make", "2025-09", "-o", "september.hand-in")
    take = ("hand-in", "take", "september.hand-in", "--db", "copies.db", "--kept", "seen")
    (clerk / "village.pub").write_text(village, encoding="utf-8")
    for asked in (cosign, take):
        for own in (
            ("--key", "village.key"),
            ("--key", "township.key", "--own-key", village),
            ("--key", "township.key", "--own-key", "village.pub"),
        ):
            refused = run(*asked, *own)
            assert (2, True) == (refused.status, "(key-of-village)" in refused.err), refused.err
    assert (False, False) == ((clerk / "seen").exists(), (clerk / "x").exists())


@pytest.mark.usefixtures("clerk")
@pytest.mark.parametrize("lang", ["en", "zh"])
@pytest.mark.parametrize("option", ["--own-key", "--signed-by"])
def test_a_wrong_file_for_a_public_key_is_named(run: Run, option: str, lang: str) -> None:
    """What is no public key is refused in one sentence, by its file's name and not by all that it holds."""
    keys(run)
    run("checkpoint", "issue", "-o", "first.checkpoint")
    Path("long.growth").write_text("growth of a book, " * 50, encoding="utf-8")
    Path("liuwan.db").write_bytes(b"SQLite format 3\0" + bytes(4000))
    asked = ("--lang", lang, "checkpoint", "cosign", "first.checkpoint", "--key", "township.key", "--kept", "seen")
    for file in ("long.growth", "village.key", "liuwan.db"):
        ended = run(*asked, option, file, "-o", "x")
        assert (2, True, 1) == (ended.status, "(key-invalid)" in ended.err, len(ended.err.splitlines()))
        assert file in ended.err
        assert len(ended.err) < 200
    for nothing in ("", " "):
        ended = run(*asked, option, nothing, "-o", "x")
        assert (2, True) == (ended.status, "(key-invalid)" in ended.err), ended.err
    absent = run(*asked, option, "nowhere.pub", "-o", "x")
    assert (True, True) == ("(file-unreadable)" in absent.err, "nowhere.pub" in absent.err)


@pytest.mark.usefixtures("clerk")
def test_a_gap_before_a_checkpoint_is_told(run: Run) -> None:
    """A proof that begins elsewhere than where the township saw the book is refused, with the number to ask for."""
    keys(run)
    asked = ("--key", "township.key", "--kept", "seen")
    size = json.loads(run("head", "--json").out)[0]["records"]
    run("checkpoint", "issue", "-o", "first.checkpoint")
    run("checkpoint", "cosign", "first.checkpoint", *asked, "-o", "first.cosigned")
    run("award", "03-017", "tidy")
    run("checkpoint", "issue", "--since", "1", "-o", "second.growth")
    refused = run("checkpoint", "cosign", "second.growth", *asked, "-o", "second.cosigned")
    assert (1, True) == (refused.status, f"was seen last at {size}" in refused.err)
    unsigned = run("checkpoint", "cosign", "second.growth", *asked, "--signed-by", keys_of(run), "-o", "x")
    assert (1, True) == (unsigned.status, "(checkpoint-unsigned)" in unsigned.err)


def keys_of(run: Run) -> str:
    """Return the public key of somebody else."""
    return run("checkpoint", "key", "somebody", "-o", "other.key").out.strip()


@pytest.mark.skipif(sys.platform == "win32", reason="there, rights are not said by a mode")
def test_a_private_key_is_its_owners_alone(clerk: Path, run: Run) -> None:
    """The file of a key is readable by its owner alone, and refused when others can read it."""
    keys(run)
    assert 0o600 == stat.S_IMODE((clerk / "village.key").stat().st_mode)
    os.chmod(clerk / "village.key", 0o644)  # noqa: PTH101 - as somebody would at the shell
    refused = run("checkpoint", "issue", "--key", "village.key")
    assert (2, True) == (refused.status, "(key-readable)" in refused.err)
    assert 2 == run("checkpoint", "key", "nanyu", "-o", "village.key").status


def test_a_receipt_is_checked_without_the_book(clerk: Path, run: Run) -> None:
    """A receipt holds by itself and against what was kept; edited, cut off, or of another root, it does not."""
    run("checkpoint", "issue", "-o", "wall.checkpoint")
    assert 0 == run("receipt", "3", "-o", "r.tlog-proof").status
    holds = run("verify", "r.tlog-proof", "--against", "wall.checkpoint")
    assert (0, "Record 3 (rulebook") == (holds.status, holds.out[:18])
    assert run("--lang", "zh", "verify", "r.tlog-proof").out.startswith("第 3 号记录（采用细则")
    told = json.loads(run("verify", "r.tlog-proof", "--json").out)
    assert ("receipt", "holds", 3) == (told["kind"], told["code"], told["record"])
    text = (clerk / "r.tlog-proof").read_text(encoding="utf-8")
    for name, changed, code in (
        ("cut", text[: len(text) // 2], "does-not-hold"),
        ("edited", text.replace("index 2", "index 1"), "does-not-hold"),
        ("root", text[:-10] + "AAAAAAAAA\n", "does-not-hold"),
        ("book", "SQLite format 3\0", "not-ours"),
        ("empty", "", "not-ours"),
    ):
        (clerk / name).write_text(changed, encoding="utf-8")
        ended = run("verify", name, "--json")
        assert (1, code) == (ended.status, json.loads(ended.out)["code"]), name
        assert "Traceback" not in ended.err


@pytest.mark.parametrize("name", ["village.pub", "origin.pub", "village.key", "book.db", "rules.toml"])
def test_what_proves_nothing_is_told_for_what_it_is(clerk: Path, run: Run, name: str) -> None:
    """A public key, a private one, the book itself and a file of something else each get a verdict that says so."""
    village, _ = keys(run)
    (clerk / "village.pub").write_text(village + "\n", encoding="utf-8")
    named = run("checkpoint", "key", "pointsledger/nanyu", "-o", "origin.key").out  # as a checkpoint begins
    (clerk / "origin.pub").write_text(named, encoding="utf-8")
    kind, en, zh = {
        "village.pub": ("key", "the public key of nanyu", "是 nanyu 的公钥"),
        "origin.pub": ("key", "the public key of pointsledger/nanyu", "是 pointsledger/nanyu 的公钥"),
        "village.key": ("key", "a PRIVATE key", "是私钥"),
        "book.db": ("database", "pointsledger audit", "pointsledger audit"),
        "rules.toml": ("file", "no file of ours", "不是本系统的凭证文件"),
    }[name]
    told = json.loads(run("verify", name, "--json").out)
    assert (kind, "not-ours") == (told["kind"], told["code"])
    for lang, words in (("en", en), ("zh", zh)):
        ended = run("--lang", lang, "verify", name)
        assert (1, True, 1) == (ended.status, words in ended.out, len(ended.lines))
        assert (clerk / "village.key").read_text(encoding="utf-8").strip()[-40:] not in ended.out


def test_a_receipt_of_another_book_differs(clerk: Path, run: Run) -> None:
    """Held against a head of the same size with another root it differs; of another size it was not compared."""
    run("receipt", "3", "-o", "r.tlog-proof")
    head = Proof.read((clerk / "r.tlog-proof").read_text(encoding="utf-8")).checkpoint
    same = run("verify", "r.tlog-proof", "--against", f"{head.size} {'0' * 32}")
    assert (1, True) == (same.status, "NOT the book that" in same.out)
    other = run("verify", "r.tlog-proof", "--against", f"{head.size + 1} {'0' * 32}")
    assert (1, True) == (other.status, "NOT compared" in other.out)
    unsigned = run("verify", "r.tlog-proof", "--key", keys(run)[0])
    assert (1, True) == (unsigned.status, "NOT signed by nanyu" in unsigned.out)
    wrong = run("verify", "r.tlog-proof", "--key", "nanyu+00000000+AAAA")
    assert (2, True) == (wrong.status, "(key-invalid)" in wrong.err)
    assert 2 == run("verify", "nowhere").status


@pytest.mark.usefixtures("clerk")
def test_what_a_receipt_moved_is_said_in_both_languages(run: Run) -> None:
    """Points and pieces stand in the verdict in the language spoken, with no word of the other."""
    seq = json.loads(run("redemptions", "--json").out)[0]["seq"]
    run("receipt", str(seq), "-o", "spent.proof")
    assert ", 1 soap" in run("verify", "spent.proof").out
    shown = run("--lang", "zh", "verify", "spent.proof").out
    assert re.search("变动 积分 [0-9]+（最小单位）、.*soap 1 件", shown) is not None
    assert "points" not in shown


def test_slips_are_pages_with_a_code(clerk: Path, run: Run) -> None:
    """A receipt, a closing slip and a checkpoint are printed as pages with a QR code, in the language spoken."""
    run("close", "2025-09")
    run("receipt", "3", "--page", "r.html")
    run("closing-slip", "03-017", "2025-09", "--page", "c.html")
    run("--lang", "zh", "checkpoint", "issue", "--page", "w.html")
    for name, heading in (("r.html", "Receipt"), ("c.html", "Closing slip"), ("w.html", "校验码公示")):
        page = (clerk / name).read_text(encoding="utf-8")
        assert f"<h1>{heading}</h1>" in page
        assert re.search('<svg[^>]*viewBox="0 0 [0-9]+ [0-9]+"', page) is not None
        assert "src=" not in page
        assert 0 == run("verify", name).status
        told = run("audit", "--against", name)
        assert (0, True) == (told.status, "held outside up to" in told.out)
    assert 0 == run("closing-slip", "03-017", "2025-09", "-o", "c.slip").status
    shown = run("verify", "c.slip")
    assert (0, True) == (shown.status, "closed 2025-09 with" in shown.out)


def test_a_month_is_handed_in(clerk: Path, run: Run) -> None:
    """The village makes the hand-in, the township takes it into its copies, and an audit of the copy is whole."""
    village, _ = keys(run)
    run("close", "2025-09")
    made = run("hand-in", "make", "2025-09", "--key", "village.key", "-o", "09.hand-in")
    assert (0, True) == (made.status, "names of the register and remarks are not in it, what was typed" in made.out)
    asked = ("hand-in", "take", "09.hand-in", "--db", "township.db", "--key", "township.key", "--signed-by", village)
    forgetful = run(*asked)
    assert (2, True) == (forgetful.status, "Here --kept is missing" in forgetful.err)
    taken = run(*asked, "--kept", "seen", "-o", "09.cosigned")
    assert (0, True, "") == (taken.status, "replayed up to record" in taken.out, taken.err)
    again = run("--lang", "zh", "hand-in", "take", "09.hand-in", "--db", "township.db")
    assert (0, True) == (again.status, "此前已收" in again.err)
    assert (clerk / "09.cosigned").read_text(encoding="utf-8") == again.out, "the checkpoint alone, to be piped"
    unsaid = run("audit", "--db", "township.db")
    assert (1, 1) == (unsaid.status, unsaid.out.count("broken  "))
    assert "names-missing" in unsaid.out
    assert "--copy" in unsaid.out
    audited = run("audit", "--db", "township.db", "--copy", "--against", "09.hand-in")
    assert (0, True) == (audited.status, "held outside up to" in audited.out)
    assert 0 == run("verify", "09.hand-in").status
    (clerk / "cut.hand-in").write_bytes((clerk / "09.hand-in").read_bytes()[:-90])
    assert 1 == run("verify", "cut.hand-in").status
    assert 1 == run("hand-in", "make", "2025-10", "-o", "10.hand-in").status


@pytest.mark.parametrize(
    ("lang", "lost", "held"),
    [
        ("en", "a backup was put back and records were lost; record", "it does not extend the head taken before"),
        ("zh", "账本由备份恢复过，有记录丢失", "该校验码仍予留存"),
    ],
)
def test_a_recovery_is_accepted_and_told(clerk: Path, run: Run, lang: str, lost: str, held: str) -> None:
    """A village that put a backup back is refused with the record to name; accepted, every take and audit tells it."""
    keys(run)
    shutil.copy(clerk / "book.db", clerk / "backup.db")
    run("award", "03-017", "tidy", "--on", "2025-09-29")
    run("close", "2025-09")
    run("hand-in", "make", "2025-09", "-o", "09.hand-in")
    asked = ("--key", "township.key", "--kept", "seen")
    assert 0 == run("hand-in", "take", "09.hand-in", "--db", "township.db", *asked, "-o", "09.cosigned").status
    (head,) = json.loads(run("head", "--json").out)
    for name in ("book.db", "book.db-wal", "book.db-shm"):
        (clerk / name).unlink(missing_ok=True)
    shutil.copy(clerk / "backup.db", clerk / "book.db")
    first = json.loads(run("head", "--json").out)[0]["records"] + 1
    run("recovered", str(first), "--reason", "换盘", "--head", f"{head['records']}:{head['root']}")
    run("close", "2025-09")
    run("hand-in", "make", "2025-09", "-o", "again.hand-in")
    refused = run("--lang", lang, "hand-in", "take", "again.hand-in", "--db", "township.db", *asked, "-o", "x")
    assert (1, True) == (refused.status, "--accept-recovery" in refused.err and str(first) in refused.err)
    accept = ("--accept-recovery", str(first), "--earlier", "township.db")
    taken = run("--lang", lang, "hand-in", "take", "again.hand-in", "--db", "new.db", *asked, *accept, "-o", "y")
    again = run("--lang", lang, "hand-in", "take", "again.hand-in", "--db", "new.db", *asked, "-o", "z")
    for ended in (taken, again):
        assert (0, True, True) == (ended.status, lost in ended.out, held in ended.out)
    audited = run("audit", "--db", "new.db", "--copy")
    assert (0, True, True) == (audited.status, "checkpoint-declared" in audited.out, "recovered" in audited.out)


def test_a_book_that_is_not_the_one_on_the_wall_is_told(clerk: Path, run: Run) -> None:
    """The audit exits with 1 where the book is not the one that others hold, and names what it was held against."""
    run("checkpoint", "issue", "-o", "wall.checkpoint")
    good = run("audit", "--against", "wall.checkpoint")
    assert (0, True) == (good.status, "by wall.checkpoint; there are none since then." in good.out)
    size = json.loads(run("head", "--json").out)[0]["records"]
    bad = run("audit", "--against", f"{size} {'0' * 32}")
    assert (1, True) == (bad.status, "evidence-differs" in bad.out)
    assert 2 == run("audit", "--against", "nowhere").status
    assert clerk.exists()


@pytest.mark.usefixtures("clerk")
def test_a_folder_that_is_none_is_told(clerk: Path, run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    """Where the folder of what was cosigned cannot be listed, nothing is cosigned, and one sentence says so."""
    keys(run)
    run("checkpoint", "issue", "-o", "first.checkpoint")
    (clerk / "seen").mkdir()

    def refuse(*_: object) -> None:
        raise PermissionError(13, "Permission denied")

    monkeypatch.setattr("pathlib.Path.iterdir", refuse)
    ended = run("checkpoint", "cosign", "first.checkpoint", "--key", "township.key", "--kept", "seen", "-o", "x")
    assert (2, True) == (ended.status, "(folder-unreadable)" in ended.err)
    (clerk / "file").write_text("", encoding="utf-8")
    ended = run("checkpoint", "cosign", "first.checkpoint", "--key", "township.key", "--kept", "file", "-o", "x")
    assert (2, True) == (ended.status, "(folder-unreadable)" in ended.err)


@pytest.mark.usefixtures("clerk")
def test_a_line_that_was_mistyped_is_told(run: Run) -> None:
    """A number with too few digits, or with others than there are, is told as what it is, and not as a missing file."""
    for line in ("15 696c", "15 " + "g" * 32, "2025-10-31 15 abc", "0a" * 16, "0a0a0a0a " * 4, "１５ " + "0" * 31):
        for words in (("audit", "--against", line), ("verify", "rules.toml", "--against", line)):
            ended = run(*words)
            assert (2, True) == (ended.status, "(line-invalid)" in ended.err), line


@pytest.mark.usefixtures("clerk")
def test_a_refused_checkpoint_is_not_issued(run: Run) -> None:
    """Where the proof asked for cannot be, or a file is in the way, nothing is issued and kept."""
    run("checkpoint", "issue", "-o", "kept.checkpoint")
    run("award", "03-017", "tidy")
    for words in (("--since", "999"), ("-o", "kept.checkpoint"), ("--page", "kept.checkpoint")):
        assert 0 != run("checkpoint", "issue", *words).status
    assert 1 == len(json.loads(run("checkpoint", "list", "--json").out))


def test_a_receipt_slip_says_what_it_is_of(clerk: Path, run: Run) -> None:
    """For whom, for what, what came or went and what was there then stand on the slip of a deed or an exchange."""
    listed = json.loads(run("statement", "03-017", "--json").out)
    deed = next(line for line in listed if line["heading"] == "earned")
    spent = next(line for line in listed if line["heading"] == "redeemed")
    for line, words in (
        (deed, ("李四", "庭院整洁", "<dt>变动</dt><dd>+12 分</dd>")),
        (spent, ("肥皂 × 1", "<dt>变动</dt><dd>-20 分</dd>")),
    ):
        name = f"{line['seq']}.html"
        assert 0 == run("--lang", "zh", "receipt", str(line["seq"]), "--page", name).status
        page = (clerk / name).read_text(encoding="utf-8")
        for word in ("03-017", "当时余额", *words):
            assert f"{word}" in page, word
    assert 0 == run("reverse", str(deed["seq"]), "--reason", "记错了").status
    undone = json.loads(run("head", "--json").out)[0]["records"]
    assert 0 == run("--lang", "zh", "receipt", str(undone), "--page", "undone.html").status
    assert "<dt>变动</dt><dd>-12 分</dd>" in (clerk / "undone.html").read_text(encoding="utf-8")


def test_what_was_not_compared_does_not_hold(clerk: Path, run: Run) -> None:
    """A file that cannot be used, or a proof of growth without the head that it begins at, is no proof of anything."""
    run("checkpoint", "issue", "-o", "wall.checkpoint")
    run("receipt", "3", "-o", "r.proof")
    text = (clerk / "r.proof").read_text(encoding="utf-8")
    (clerk / "half").write_text(text[: len(text) // 2], encoding="utf-8")
    for against in (("half",), ("wall.checkpoint", "half")):
        words = [word for one in against for word in ("--against", one)]
        told = json.loads(run("verify", "r.proof", *words, "--json").out)
        assert "not-compared" == told["code"]
    run("award", "03-017", "tidy")
    size = json.loads(run("head", "--json").out)[0]["records"]
    run("checkpoint", "issue", "--since", str(size - 1), "-o", "g.growth")
    assert "not-compared" == json.loads(run("verify", "g.growth", "--json").out)["code"]
    held = json.loads(run("verify", "g.growth", "--against", "wall.checkpoint", "--json").out)
    assert "holds" == held["code"]
    back = (clerk / "g.growth").read_text(encoding="utf-8").replace(f"old {size - 1}", f"old {size + 9}")
    (clerk / "back").write_text(back, encoding="utf-8")
    assert "does-not-hold" == json.loads(run("verify", "back", "--json").out)["code"]


@pytest.mark.usefixtures("clerk")
def test_a_private_key_is_never_shown(run: Run) -> None:
    """Given by mistake where a public key belongs, a private one is refused without a character of its secret."""
    keys(run)
    run("receipt", "3", "-o", "r.proof")
    ended = run("verify", "r.proof", "--key", "village.key")
    assert (2, True) == (ended.status, "(key-invalid)" in ended.err)
    with open("village.key", encoding="utf-8") as file:  # noqa: PTH123 - where the commands run
        secret = file.read().strip()[-40:]
    assert secret not in ended.err
