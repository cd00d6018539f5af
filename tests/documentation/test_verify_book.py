"""The stand-alone verifier in docs/verify, run as a stranger runs it and held against the library's own verdicts."""

from __future__ import annotations

import ast
import contextlib
import io
import json
import os
import runpy
import subprocess
import sys
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, event, example, given, settings
from hypothesis import strategies as st

from pointsledger.rules import merkle
from pointsledger.rules.checkpoint import Checkpoint, origin_of
from pointsledger.rules.closing_slip import ClosingSlip
from pointsledger.rules.proof import Proof, head_of
from pointsledger.values.canonical import canonical
from pointsledger.values.records import Record
from pointsledger.verifying import DIFFERS, DOES_NOT_HOLD, HOLDS, NOT_COMPARED, NOT_OURS, verify
from tests.database.lived_in import SIZE, VILLAGE
from tests.documentation.given_out import (
    CHECKPOINT,
    EARLIER,
    EXPORT,
    LEAVES,
    RECEIPT,
    SIGNED_CHECKPOINT,
    SIGNED_RECEIPT,
    SLIP,
    TEXTS,
    UNPRINTABLE_TEXTS,
    leaf_of,
    lying,
    misled,
    record_by,
    slip_of,
)

PROGRAM = Path(__file__).parents[2] / "docs/verify/verify_book.py"
MOST_LINES = 155
STATUS = {HOLDS: 0, DOES_NOT_HOLD: 1, DIFFERS: 1, NOT_OURS: 2, NOT_COMPARED: 2}
ONE_FOLDER = settings(suppress_health_check=[HealthCheck.function_scoped_fixture])  # each example writes its file anew


def run(*words: str | Path) -> tuple[int, str]:
    """Run the program with an interpreter that finds nothing but the standard library."""
    ended = subprocess.run(
        [sys.executable, "-I", "-S", str(PROGRAM), *map(str, words)],
        capture_output=True,
        encoding="utf-8",
        timeout=60,
        check=False,
    )
    assert "" == ended.stderr
    return ended.returncode, ended.stdout


@pytest.fixture(scope="session")
def check() -> Callable[..., int]:
    """Return the program's own check as a function, for the many files that a process each would take too long for."""
    names = runpy.run_path(str(PROGRAM))

    def checked(*words: str | Path) -> int:
        with contextlib.redirect_stdout(io.StringIO()), pytest.raises(SystemExit) as ended:
            names["check"](*map(str, words))
        assert isinstance(ended.value.code, int)
        return ended.value.code

    return checked


def judged(path: Path, *kept: str | Path) -> int:
    """Return what the library's verdict on a file comes to."""
    return STATUS[verify(path, against=kept).code]


def test_it_is_one_short_file_of_plain_python() -> None:
    """It is Python 3.9, no longer than a stranger reads, and imports nothing that has to be installed."""
    text = PROGRAM.read_text(encoding="utf-8")
    tree = ast.parse(text, feature_version=(3, 9))
    imported = {name.name for node in ast.walk(tree) if isinstance(node, ast.Import) for name in node.names}
    assert [] == [node for node in ast.walk(tree) if isinstance(node, ast.ImportFrom)]
    assert set() == imported - sys.stdlib_module_names
    lines = len(text.splitlines())
    assert lines <= MOST_LINES, f"{lines} lines"


@pytest.mark.parametrize("name", [EXPORT, *TEXTS])
def test_what_a_book_gives_out_holds(given_out: Path, name: str) -> None:
    """Each file holds by itself, and its number of records and root are printed as they stand on the wall."""
    status, printed = run(given_out / name)
    head = verify(given_out / name).head
    assert head is not None
    assert (0, True) == (status, "HOLDS 成立" in printed)
    assert f"{head.size:,} {head.short}" in printed
    assert head.root.hex() in printed


def test_an_export_is_held_against_what_was_kept(given_out: Path) -> None:
    """Against a checkpoint of its size or of a smaller one, a receipt, a slip and a line from paper it holds."""
    kept = [given_out / name for name in TEXTS]
    earlier = head_of((given_out / EARLIER).read_text(encoding="utf-8"))
    assert 0 < earlier.size < SIZE
    paper = [f"2026-04-17 {earlier.size} {earlier.short}", f"{earlier.size} {earlier.root.hex().upper()}"]
    status, printed = run(given_out / EXPORT, *kept, *paper)
    assert (0, True) == (status, "the same book as what was kept" in printed)


@pytest.mark.parametrize("name", [EXPORT, RECEIPT, SLIP, CHECKPOINT])
def test_another_book_is_told(given_out: Path, name: str) -> None:
    """With one digit on paper another, a file is of another book; with another size or village it was not compared."""
    head = verify(given_out / name).head
    assert head is not None
    short = head.short.replace(" ", "")
    other = short[:-1] + ("0" if short[-1] != "0" else "1")
    assert 0 == run(given_out / name, f"{head.size} {head.short}")[0]
    assert (1, True) == _told(given_out / name, f"{head.size} {other}", "another book")
    assert (2, True) == _told(given_out / name, f"{head.size + 1} {short}", "another village or number")


def _told(path: Path, kept: str, words: str) -> tuple[int, bool]:
    status, printed = run(path, kept)
    return status, words in printed


def test_what_was_not_compared_is_named(given_out: Path) -> None:
    """Beside what it was held against, the program and the library name what was kept of another number of records."""
    other = f"{SIZE + 9} " + "0" * 32
    for kept in ((given_out / CHECKPOINT, other), (other, given_out / CHECKPOINT)):
        status, printed = run(given_out / EXPORT, *kept)
        assert (0, True) == (status, f"未比对:  {SIZE + 9}" in printed)
        verdict = verify(given_out / EXPORT, against=kept)
        assert (HOLDS, True) == (verdict.code, f"NOT compared: {other}" in verdict.say())
        assert f"{other} 不同村或不同笔数，未能比对" in verdict.say("zh")


@pytest.mark.parametrize("number", ["true", "1.0", '"1"'])
def test_a_number_is_a_number(tmp_path: Path, check: Callable[..., int], number: str) -> None:
    """In the place of a record's number, what Python takes for the same is none; the library agrees."""
    body = b'{"kind":"x","recorded_at":"2026-01-01T00:00:00.000Z","seq":%b,"village":"nanyu"}' % number.encode()
    export = tmp_path / "export"
    export.write_bytes(b'{"by":"",' + body[1:] + b"\n")
    assert (1, 1) == (check(export), judged(export))
    record = b'{"entries":[],"kind":"x","on":"2026-01-01","seq":%b,"village":"nanyu"}' % number.encode()
    head = Checkpoint(origin_of("nanyu"), 1, merkle.leaf_hash(record))
    receipt = tmp_path / "receipt"
    receipt.write_text(Proof(record, 0, (), head.text()).text(), encoding="utf-8")
    assert (1, 1) == (check(receipt), judged(receipt))


def test_one_heads_village_is_not_anothers(given_out: Path, tmp_path: Path) -> None:
    """A checkpoint that says another village is not compared, though size and root are the same."""
    foreign = tmp_path / "foreign"
    text = (given_out / CHECKPOINT).read_text(encoding="utf-8").replace(f"/{VILLAGE}\n", "/beiyu\n")
    foreign.write_bytes(text.encode())
    assert 2 == run(given_out / EXPORT, foreign)[0]
    assert 2 == judged(given_out / EXPORT, foreign)


@pytest.mark.parametrize(("name", "step"), [(RECEIPT, 1), (CHECKPOINT, 1), (SIGNED_CHECKPOINT, 1), (SLIP, 7)])
def test_every_changed_bit_is_judged_as_the_library_does(
    given_out: Path, tmp_path: Path, check: Callable[..., int], name: str, step: int
) -> None:
    """With a single bit turned the verdict is the library's, and nothing but a signature can change unseen."""
    sound = (given_out / name).read_bytes()
    signed_from = sound.find("\n— ".encode())
    changed = tmp_path / name
    for place in range(0, len(sound) * 8, step):
        edited = bytearray(sound)
        edited[place // 8] ^= 1 << place % 8
        changed.write_bytes(edited)
        expected = judged(changed, given_out / CHECKPOINT)
        assert expected == check(changed, given_out / CHECKPOINT), (place // 8, bytes(edited))
        assert expected != 0 or 0 < signed_from <= place // 8, (place // 8, bytes(edited))


@pytest.mark.parametrize("name", [RECEIPT, SLIP, CHECKPOINT, SIGNED_RECEIPT])
def test_every_cut_is_judged_as_the_library_does(
    given_out: Path, tmp_path: Path, check: Callable[..., int], name: str
) -> None:
    """Wherever a file was cut off, the verdict is the library's, and it is no traceback."""
    sound = (given_out / name).read_bytes()
    cut = tmp_path / name
    for length in range(len(sound)):
        cut.write_bytes(sound[:length])
        assert judged(cut) == check(cut), sound[:length]


@ONE_FOLDER
@given(data=st.data())
def test_a_changed_export_does_not_hold(
    given_out: Path, tmp_path: Path, check: Callable[..., int], data: st.DataObject
) -> None:
    """A line that is removed, doubled, moved or edited anywhere shows against the wall, as the library says it."""
    lines = (given_out / EXPORT).read_bytes().splitlines(keepends=True)
    place = data.draw(st.integers(0, len(lines) - 1), "line")
    act = data.draw(st.sampled_from(("remove", "double", "move", "bit", "cut")), "act")
    if act == "remove":
        del lines[place]
    elif act == "double":
        lines.insert(place, lines[place])
    elif act == "move":
        lines.insert(data.draw(st.integers(0, len(lines) - 2).filter(lambda to: to != place), "to"), lines.pop(place))
    else:
        at = data.draw(st.integers(0, len(lines[place]) - 2), "byte")
        edited = bytearray(lines[place])
        edited[at] ^= 1 << data.draw(st.integers(0, 7), "bit")
        lines[place:] = [bytes(edited), *lines[place + 1 :]] if act == "bit" else [lines[place][:at]]
    changed = tmp_path / "changed.jsonl"
    changed.write_bytes(b"".join(lines))
    expected = judged(changed, given_out / CHECKPOINT)
    assert expected == check(changed, given_out / CHECKPOINT)
    assert expected != 0


def test_a_time_that_goes_back_is_told(given_out: Path, tmp_path: Path) -> None:
    """A record of a time before the last one's does not hold, whatever the root."""
    lines = (given_out / EXPORT).read_bytes().splitlines()
    told = json.loads(lines[40])
    told["recorded_at"] = json.loads(lines[0])["recorded_at"].replace("2026", "2025")
    lines[40] = canonical(told)
    changed = tmp_path / "changed.jsonl"
    changed.write_bytes(b"\n".join(lines) + b"\n")
    status, printed = run(changed)
    assert (1, True) == (status, "the time goes back at record 41" in printed)


def test_size_and_place_count_with_the_root(given_out: Path, tmp_path: Path, check: Callable[..., int]) -> None:
    """A proof that is given another place or size, each that there is, holds at its own alone."""
    proof = Proof.read((given_out / RECEIPT).read_text(encoding="utf-8"))
    head, changed = proof.checkpoint, tmp_path / "changed"
    holding = []
    for size in range(1, SIZE + 40):
        note = Checkpoint(head.origin, size, head.root).text()
        for index in {proof.index, size - 1, size // 2}:
            changed.write_bytes(Proof(proof.body, index, proof.path, note).text().encode())
            assert judged(changed) == check(changed)
            if check(changed) == 0:
                holding.append(index)
    assert {proof.index} == set(holding)


def test_a_path_has_as_many_hashes_as_its_place_needs(
    given_out: Path, tmp_path: Path, check: Callable[..., int]
) -> None:
    """With a hash more or less at either end, neither a receipt nor a closing slip holds."""
    slip = ClosingSlip.read((given_out / SLIP).read_text(encoding="utf-8"))
    changed = [replace(slip, path=path) for path in misled(slip.path)]
    changed += [replace(slip, close=replace(slip.close, path=path)) for path in misled(slip.close.path)]
    path = tmp_path / "changed"
    for text in [one.text() for one in changed] + [one.close.text() for one in changed[4:]]:
        path.write_bytes(text.encode())
        assert 1 == check(path)


def test_the_place_of_a_balance_counts(given_out: Path, tmp_path: Path, check: Callable[..., int]) -> None:
    """A closing slip that says another place among the accounts does not hold."""
    slip = ClosingSlip.read((given_out / SLIP).read_text(encoding="utf-8"))
    accounts = Record.from_body(slip.close.body).decided["accounts"]
    assert (2, accounts - 1) <= (accounts, slip.index)
    holding = []
    for index in range(2 * accounts + 1):
        changed = tmp_path / "changed"
        changed.write_bytes(replace(slip, index=index).text().encode())
        if check(changed) == 0:
            holding.append(index)
    assert [slip.index] == holding


values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(max_size=5) | st.sampled_from([VILLAGE, "close", 1, 1.0]),
    lambda held: st.lists(held, max_size=3) | st.dictionaries(st.text(max_size=3), held, max_size=3),
    max_leaves=5,
)


@ONE_FOLDER
@given(
    data=st.fixed_dictionaries({}, optional=dict.fromkeys(("seq", "village", "kind", "on", "entries", "said"), values))
    | values
)
def test_no_body_is_too_strange(tmp_path: Path, check: Callable[..., int], data: Any) -> None:  # noqa: ANN401 - any JSON
    """Whatever JSON a sound proof is of, there is a verdict, and nothing that the library takes is refused."""
    body = json.dumps(data).encode()
    note = Checkpoint(origin_of(VILLAGE), 1, merkle.leaf_hash(body)).text()
    path = tmp_path / "strange"
    path.write_bytes(Proof(body, 0, (), note).text().encode())
    status = check(path)
    assert status in {0, 1}
    path.write_bytes(b'{"by":' + body)
    assert 1 == check(path)


@ONE_FOLDER
@given(leaf=LEAVES)
@example(leaf=leaf_of({}))
@example(leaf=leaf_of({}, spaced=True))
@example(leaf=leaf_of({"closing": "Infinity"}))
@example(leaf=leaf_of({"closing": True}))
@example(leaf=leaf_of({"closing": 10**30}))
def test_no_leaf_is_too_strange(tmp_path: Path, check: Callable[..., int], leaf: bytes) -> None:
    """Whatever the leaf of a closing balance is, the verdict is the library's: a figure is not made of what is none."""
    path = tmp_path / "strange"
    path.write_bytes(slip_of(leaf).encode())
    event(f"status {judged(path)}")
    assert judged(path) == check(path)


@pytest.mark.parametrize(
    ("held", "status"),
    [
        (b"", 2),
        (b"SQLite format 3\0" + bytes(range(256)) * 40, 2),
        ("三月积分登记表\n".encode("gb18030"), 2),
        (b'{"by":', 1),
        (b'{"by":' + b"[" * 200_000, 1),
        (b'{"by":1}\n' * 3, 1),
        (b"pointsledger/nanyu\n", 1),
        (b"pointsledger/nanyu\n18446744073709551616\n", 1),
        (b"c2sp.org/tlog-proof@v1\n", 1),
        (b"pointsledger/closing-slip@v1\n\n\n", 1),
        (b"\xef\xbb\xbf", 2),
    ],
)
def test_what_is_none_of_ours_gets_a_verdict(tmp_path: Path, held: bytes, status: int) -> None:
    """A foreign, binary, empty or deeply nested file has a verdict of one line, and no traceback."""
    path = tmp_path / "held"
    path.write_bytes(held)
    ended, printed = run(path)
    assert (status, 1) == (ended, len(printed.splitlines()))


def test_what_cannot_be_opened_gets_a_verdict(given_out: Path, tmp_path: Path) -> None:
    """A file that is missing, or a folder, could not be checked, as the file itself or as what was kept."""
    assert 2 == run(tmp_path / "nowhere")[0]
    assert 2 == run(tmp_path)[0]
    assert 2 == run(given_out / RECEIPT, tmp_path / "nowhere")[0]
    assert 1 == run(given_out / RECEIPT, _cut(given_out / RECEIPT, tmp_path / "cut"))[0]
    status, printed = run()
    assert (2, True) == (status, "verify_book.py FILE [KEPT ...]" in printed)


def _cut(path: Path, to: Path) -> Path:
    to.write_bytes(path.read_bytes()[:-20])
    return to


def test_what_a_record_says_cannot_move_the_screen(tmp_path: Path) -> None:
    """A record with signs that a terminal obeys does not hold, and none of them is printed."""
    told = {"seq": 1, "village": VILLAGE, "kind": "\x1b[2J", "on": "2026-03-02", "entries": []}
    body = json.dumps(told).encode()
    note = Checkpoint(origin_of(VILLAGE), 1, merkle.leaf_hash(body)).text()
    path = tmp_path / "strange"
    path.write_bytes(Proof(body, 0, (), note).text().encode())
    status, printed = run(path)
    assert (1, True, False) == (status, "signs that cannot be printed" in printed, "\x1b" in printed)
    with pytest.raises(ValueError, match="no record"):
        Record.from_body(body)


@pytest.mark.parametrize("text", UNPRINTABLE_TEXTS)
def test_what_a_slip_brings_along_is_no_line_of_ours(tmp_path: Path, text: str) -> None:
    """A kind, a day, a unit or an account with a line feed or the like does not hold, and the library agrees."""
    path = tmp_path / "lying"
    for name, held in lying(text).items():
        path.write_bytes(held.encode())
        assert 1 == judged(path), name
        assert "cannot be printed" in verify(path).say("en"), name
        assert "不可显示" in verify(path).say("zh"), name
        status, printed = run(path)
        assert (1, 1, True) == (status, len(printed.splitlines()), "cannot be printed" in printed), name


@pytest.mark.skipif(os.name != "posix", reason="there, no name of a file has a line feed in it")
def test_what_others_kept_adds_no_line(given_out: Path, tmp_path: Path) -> None:
    """A name with a line feed in it stays within its sentence: a verdict has a line for each."""
    kept = tmp_path / "wall\nsigned by township.example.checkpoint"
    kept.write_bytes((given_out / CHECKPOINT).read_bytes())
    verdict = verify(given_out / CHECKPOINT, against=[kept])
    assert (HOLDS, len(verdict.told)) == (verdict.code, len(verdict.say().splitlines()))


@pytest.mark.parametrize("village", ["", "a\nb", "a" * 65, "a\u202eb", "村", "a b"])
def test_an_export_is_of_a_village_that_can_be(tmp_path: Path, check: Callable[..., int], village: str) -> None:
    """Of a village by a name that no book has, an export does not hold, alone or with another village behind it."""
    export = tmp_path / "export.jsonl"
    first = replace(record_by("award"), village=village).body() + b"\n"
    second = replace(record_by("award"), seq=2).body() + b"\n"
    for held in (first, first + second):
        export.write_bytes(held)
        assert (1, 1) == (check(export), judged(export))
