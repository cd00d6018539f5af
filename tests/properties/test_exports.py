"""Exports: whatever happened in a book, what is written of it hashes to its head and adds up to its balances."""

from __future__ import annotations

import io
import tempfile
from hashlib import sha256
from pathlib import Path

from hypothesis import event, given, settings
from hypothesis import strategies as st

from pointsledger.exports.hledger import account_name, escaped, household_names
from pointsledger.exports.table_files import csv_line
from tests.hledger import complaints, expected, reported
from tests.properties.test_replay import Act, Shelf, histories, post

texts = st.text(st.characters(blacklist_categories=["Cs"]) | st.sampled_from(list(" %:;()[]|20")), max_size=12)


def peaks(lines: list[bytes]) -> bytes:
    """Return the root over some lines, a stranger's way: complete subtrees are joined as they come about."""
    stack: list[tuple[int, bytes]] = []
    for line in lines:
        height, node = 0, sha256(b"\x00" + line).digest()
        while stack and stack[-1][0] == height:
            node = sha256(b"\x01" + stack.pop()[1] + node).digest()
            height += 1
        stack.append((height, node))
    node = stack.pop()[1]
    while stack:
        node = sha256(b"\x01" + stack.pop()[1] + node).digest()
    return node


@given(histories)
def test_the_lines_of_any_book_hash_to_its_head(history: list[Act]) -> None:
    """Size and root of the head come out of the exported lines by a few lines of the standard library."""
    with Shelf() as shelf:
        ledger = shelf.begun()
        post(ledger, history)
        sink = io.BytesIO()
        head = ledger.export(sink)
        lines = sink.getvalue().split(b"\n")
        assert b"" == lines.pop()
        assert (len(lines), peaks(lines)) == head == ledger.head()


@settings(max_examples=8)
@given(histories)
def test_hledger_reports_the_balances_of_any_book(history: list[Act]) -> None:
    """What another program adds up is what the book says, and it finds nothing wrong with the file."""
    with Shelf() as shelf, tempfile.TemporaryDirectory() as folder:
        ledger = shelf.begun()
        outcomes = post(ledger, history)
        event(f"{sum(not outcome.startswith('refused') for outcome in outcomes) // 5 * 5} acts or more")
        told = expected(ledger)
        file = Path(folder, "book.journal")
        ledger.export(file, form="hledger")
        assert ("", told) == (complaints(file, "--strict"), reported(file))


@given(texts, texts)
def test_no_two_names_are_written_alike(one: str, other: str) -> None:
    """Two accounts have one name only if they are one account."""
    assert (one == other) == (escaped(one) == escaped(other))
    first, second = f"paid:{one}", f"paid:{other}"
    assert (first == second) == (account_name(first) == account_name(second))


@given(st.dictionaries(st.sampled_from([f"h-{number:012x}" for number in range(4)]), texts, max_size=4))
def test_households_with_different_codes_have_different_accounts(codes: dict[str, str]) -> None:
    """As many accounts as households, whatever their codes are, so long as no two have the same."""
    different = {code: one for one, code in codes.items()}
    named = household_names({one: code for code, one in different.items()})
    assert len(named) == len(set(named.values()))


@given(texts)
def test_a_name_has_nothing_that_ends_it(text: str) -> None:
    """No two spaces in a row, no space at an end, no bracket, semicolon or control character is in a name."""
    name = escaped(text)
    assert name == name.strip(" ")
    assert "  " not in name
    assert not set(name) & set(":;()[]|\t\n\r=@*!#'\"")
    assert name.isprintable()


@given(st.lists(st.none() | texts | st.integers() | st.binary(max_size=8), min_size=1, max_size=5))
def test_a_line_of_a_table_can_be_read_back(values: list[object]) -> None:
    """By the quotation marks a reader tells texts from figures, and nothing from an empty text."""
    cells = _cells(csv_line(values).removesuffix("\r\n"))
    assert len(values) == len(cells)
    for value, cell in zip(values, cells, strict=True):
        if isinstance(value, str):
            assert cell in {f'"{value}"', f'"\'{value}"'}
        else:
            assert cell == ("" if value is None else value.hex() if isinstance(value, bytes) else str(value))


def _cells(line: str) -> list[str]:
    """Split a line at the commas outside quotation marks; doubled ones within become single."""
    cells, quoted = [""], False
    for place, sign in enumerate(line):
        if sign == "," and not quoted:
            cells.append("")
            continue
        if sign == '"':
            quoted = not quoted
            if quoted and place and line[place - 1] == '"' and cells[-1]:
                continue  # the second of two
        cells[-1] += sign
    return cells
