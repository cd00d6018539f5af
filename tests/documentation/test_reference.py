"""The reference leaves nothing out: what a stranger can name has its place there, and every link leads somewhere."""

from __future__ import annotations

import inspect
import re
from collections.abc import Iterator
from pathlib import Path, PurePosixPath
from typing import Any

import pytest
from typer.main import get_command

import pointsledger
from pointsledger import Ledger, errors, findings, testing
from pointsledger.cli.app import app
from pointsledger.inspection.checks import CHECKS
from pointsledger.inspection.thresholds import THRESHOLDS
from pointsledger.rules import balance_tree, checkpoint, draw, hand_in, proof, signed_note
from pointsledger.rules.closing_slip import ClosingSlip
from pointsledger.sheets import sheet as sheets
from pointsledger.storage.registry import METADATA
from pointsledger.storage.views import VIEWS
from pointsledger.testing import plugin

INDEX = "docs/README.md"

_FENCED = re.compile(r"^```.*?^```$", re.MULTILINE | re.DOTALL)
_HEADING = re.compile(r"^(?P<marks>#{1,6}) (?P<title>.+)$", re.MULTILINE)
_LINK = re.compile(r"\]\((?P<target>[^()\s]+)\)")


def sections(page: str, level: int) -> dict[str, str]:
    """Return the text under each heading of a level, without what stands under deeper or other ones."""
    hidden = _FENCED.sub(lambda block: re.sub(r"^#", " ", block[0], flags=re.MULTILINE), page)
    headings = list(_HEADING.finditer(hidden))
    ends = [heading.start() for heading in headings[1:]] + [len(page)]
    return {
        heading["title"]: hidden[heading.end() : end]
        for heading, end in zip(headings, ends, strict=True)
        if len(heading["marks"]) == level
    }


def anchors(page: str) -> set[str]:
    """Return the names by which a link can lead to a heading of a page."""
    titles = [heading["title"] for heading in _HEADING.finditer(_FENCED.sub("", page))]
    return {re.sub(r"[^\w\- ]", "", title.lower()).replace(" ", "-") for title in titles}


def links(page: str) -> Iterator[str]:
    """Yield the target of each link that stays within the checkout."""
    for link in _LINK.finditer(_FENCED.sub("", page)):
        if "://" not in link["target"]:
            yield link["target"]


def resolved(path: str, target: str) -> tuple[str, str]:
    """Return the path from the root and the heading that a link on a page leads to."""
    file, _, heading = target.partition("#")
    parts: list[str] = []
    for part in (PurePosixPath(path).parent / file if file else PurePosixPath(path)).parts:
        if part == "..":
            parts.pop()
        else:
            parts.append(part)
    return "/".join(parts), heading


def commands(command: Any, name: str = "") -> Iterator[tuple[str, list[str]]]:  # noqa: ANN401 - typer's own classes
    """Yield every command with its options."""
    if hasattr(command, "commands"):
        for part, inner in command.commands.items():
            yield from commands(inner, f"{name} {part}".strip())
    else:
        yield name, [option for parameter in command.params for option in parameter.opts if option.startswith("--")]


def error_classes(kind: type[errors.PointsLedgerError] = errors.PointsLedgerError) -> Iterator[Any]:
    """Yield every class of the error tree below ``kind``."""
    for below in kind.__subclasses__():
        if below.__module__ == errors.__name__:
            yield below
            yield from error_classes(below)


def test_every_public_name_is_described(pages: dict[str, str]) -> None:
    """Each name that the package hands out stands on the page about Python."""
    page = pages["docs/reference/python.md"]
    assert [] == [name for name in pointsledger.__all__ if f"`{name}`" not in page]


def test_everything_for_tests_is_described(pages: dict[str, str]) -> None:
    """Each name for hosts' tests, with each of its parameters, and each fixture stands on the page about Python."""
    page = sections(pages["docs/reference/python.md"], 2)["pointsledger.testing"]
    missing = []
    for name in testing.__all__:
        described = re.findall(rf"`{name}(\([^`]*\)|)`", page)
        value = getattr(testing, name)
        told = re.findall(r"\w+", " ".join(described))
        # A mapping's or a value's own fields are told in the row's words.
        wanted = inspect.signature(value).parameters if inspect.isfunction(value) or name == "FixedClock" else []
        missing += [f"{name}({one})" for one in wanted if one not in told] if described else [name]
    assert [] == missing
    fixtures = [name for name in vars(plugin) if name.startswith("points_")]
    assert 4 == len(fixtures)
    assert [] == [name for name in fixtures if f"`{name}`" not in page]


@pytest.mark.parametrize("kind", [pointsledger.Ledger, pointsledger.OpenBatch])
def test_every_method_is_described(pages: dict[str, str], kind: type) -> None:
    """Each method of a book, with each of its parameters, stands on the page about Python."""
    page = pages["docs/reference/python.md"]
    missing = []
    for name, method in inspect.getmembers(kind):
        if name.startswith("_"):
            continue
        described = re.findall(rf"`(?:Ledger\.)?{name}(\([^`]*\)|)`", page)
        told = re.findall(r"\w+", " ".join(described))
        wanted = [one for one in inspect.signature(method).parameters if one != "self"] if callable(method) else []
        missing += [f"{name}({one})" for one in wanted if one not in told] if described else [name]
    assert [] == missing


def test_every_error_has_its_section(pages: dict[str, str]) -> None:
    """Each error has a section under its code, with its class, its two sentences and what to do."""
    page = pages["docs/reference/errors.md"]
    known = sections(page, 2) | sections(page, 3)
    faults = []
    for kind in error_classes():
        text = known.get(kind.code, "")
        sentences = [line for say in (kind.en, kind.zh) if "en" in vars(kind) for line in say.splitlines()]
        wanted = [f"`{kind.__name__}`", *(sentences if kind.code != "document-invalid" else [])]
        faults += [f"{kind.code}: {one}" for one in wanted if one not in text]
    assert [] == faults
    assert {kind.code for kind in error_classes()} == set(known)


def test_every_finding_has_its_section(pages: dict[str, str]) -> None:
    """Each finding of the audit has a section under its code, with its two sentences."""
    known = sections(pages["docs/reference/findings.md"], 2)
    assert set(findings._TEXTS) == set(known)
    assert [] == [code for code, said in findings._TEXTS.items() for one in said if one not in known[code]]


def test_every_command_and_option_is_described(pages: dict[str, str]) -> None:
    """Each command has a section, and each of its options stands in it or in the words before all readings."""
    page = pages["docs/reference/command-line.md"]
    known, shared = sections(page, 3), sections(page, 2)["Readings"]
    readings = page[page.index("## Readings") : page.index("## Care")]
    faults = []
    for name, options in commands(get_command(app)):
        text = known.get(name)
        if text is None:
            faults.append(name)
            continue
        text += shared if f"### {name}\n" in readings else ""
        faults += [f"{name} {one}" for one in options if one != "--help" and f"`{one}`" not in text]
    assert [] == faults
    assert {name for name, _ in commands(get_command(app))} == set(known)


def test_every_table_and_column_is_described(pages: dict[str, str]) -> None:
    """Each table has a section that names all of its columns and says what may become of it."""
    known = sections(pages["docs/reference/tables.md"], 3)
    faults = []
    for table in METADATA.sorted_tables:
        told = set(re.findall(r"`([a-z_]+)`", known.get(table.name, "")))
        faults += [f"{table.name}.{column.name}" for column in table.columns if column.name not in told]
    assert [] == faults
    assert {table.name for table in METADATA.sorted_tables} == set(known)


def test_every_view_and_column_is_described(pages: dict[str, str]) -> None:
    """Each view has a section that names its columns, and no others."""
    known = sections(pages["docs/reference/views.md"], 3)
    with Ledger.create("sqlite://", village="nanyu", by="clerk:1", first_period="2025-10") as ledger:
        for view in VIEWS:
            rows = re.findall(r"^\| (`.+?`) \|", known[view], flags=re.MULTILINE)
            told = re.findall(r"`([a-z_]+)`", "\n".join(rows))
            with ledger._store.connected(writes=False) as connection:
                found = connection.exec_driver_sql(f"SELECT * FROM {view}").keys()  # noqa: S608 - a view of ours
            assert sorted(found) == sorted(told), view
    assert set(VIEWS) == set(known)


def test_every_heading_of_a_sheet_is_described(pages: dict[str, str]) -> None:
    """Each column that a sheet may have stands on the page about sheets under all of its headings."""
    page = pages["docs/reference/sheets.md"]
    used = {*sheets.DEEDS, *sheets.HOUSEHOLDS, *sheets.OPENINGS, *sheets.STOCK, *sheets.REDEMPTIONS}
    assert [] == [one for column in used for one in (column, *sheets.HEADINGS[column]) if f"`{one}`" not in page]


def test_every_link_leads_somewhere(pages: dict[str, str], root: Path) -> None:
    """Each link leads to a file of the checkout, and to a heading on it where it names one."""
    faults = []
    for path, page in pages.items():
        for target in links(page):
            file, heading = resolved(path, target)
            known = anchors(pages[file]) if file in pages else set()
            if not (root / file).exists() or (heading and heading not in known):
                faults.append(f"{path}: {target}")
    assert [] == faults


def test_a_chinese_page_says_which_links_are_english(pages: dict[str, str]) -> None:
    """On a Chinese page, and in the Chinese half of README.md, a link to an English page says so behind it."""
    faults = []
    for path, page in pages.items():
        text = _FENCED.sub("", page if path.endswith(".zh.md") else page.partition("\n## 中文\n")[2])
        for link in _LINK.finditer(text):
            file, _ = resolved(path, link["target"])
            english = file.endswith(".md") and not file.endswith((".zh.md", "README.md")) and file != path
            told = re.match(r"[^\[\n]{0,10}（英文）", text[link.end() :])
            if english and told is None and not text[: link.start()].endswith("[English"):
                faults.append(f"{path}: {link['target']}")
    assert [] == faults


def test_every_page_is_within_reach(pages: dict[str, str]) -> None:
    """Each page in docs/ can be reached from the index by links alone."""
    reached, waiting = {INDEX}, [INDEX]
    while waiting:
        path = waiting.pop()
        found = {resolved(path, target)[0] for target in links(pages[path])} & set(pages) - reached
        reached |= found
        waiting += found
    assert [] == sorted(path for path in pages if path.startswith("docs/") and path not in reached)


def test_every_check_is_described(pages: dict[str, str]) -> None:
    """Each check of an inspection has a section with its question and its thresholds, their defaults and reasons."""
    known = sections(pages["docs/reference/inspection.md"], 2)
    faults = []
    for check in CHECKS:
        text = known.get(check.code, "")
        wanted = [*check.title, *check.question]
        wanted += [
            f"| `{one.name}` | {one.default} | {one.reason.en} |" for one in THRESHOLDS if one.check == check.code
        ]
        faults += [f"{check.code}: {one}" for one in wanted if one not in text]
    assert [] == faults
    assert {check.code for check in CHECKS} == {code for code in known if code.islower()}


def test_every_frozen_form_is_told(pages: dict[str, str]) -> None:
    """What begins a text that is given out, and what is put before what is hashed, stands on the page of formats."""
    page = pages["docs/reference/formats.md"]
    domains = {draw.DOMAIN.decode().strip(), "pointsledger issued checkpoint", "pointsledger balance secret"}
    for source, domain in ((checkpoint.link_of, "issued checkpoint"), (balance_tree.pin_of_secret, "balance secret")):
        assert f"pointsledger {domain}\\n" in inspect.getsource(source)
    begins = {proof.HEADER, ClosingSlip.HEADER, hand_in.FORMAT, signed_note.PRIVATE_MARK, checkpoint.ORIGIN}
    assert set() == {one for one in domains | begins if f"`{one}`" not in page}
