"""The shape of the code: sizes that fit a reader, names that mean something, reasons where a rule is set aside."""

from __future__ import annotations

import ast
import io
import re
import tokenize
from pathlib import PurePosixPath
from typing import TYPE_CHECKING

from tests.house.conftest import TESTS

if TYPE_CHECKING:
    from collections.abc import Iterator

LONGEST_FUNCTION = 70
LONGEST_FILE = 500

LONG_FILES = {
    "pointsledger/errors.py": "one tree of every refusal, read as a list; two files would be two places to look",
}

# A module with one of these names holds functions whose own noun is missing.
EMPTY_NAMES = frozenset({"base", "common", "core", "helper", "helpers", "manager", "misc", "util", "utils"})

# A comment that sets a rule aside, with the rules it names; what follows must be the reason.
SUPPRESSION = re.compile(
    r"#\s*(?:ruff:\s*|flake8:\s*|mypy:\s*)?"
    r"(?:noqa\b(?::\s*[A-Z]+[0-9]+(?:[,\s]+[A-Z]+[0-9]+)*)?"
    r"|type:\s*ignore\b(?:\[[^\]]*\])?"
    r"|pyright:\s*ignore\b(?:\[[^\]]*\])?"
    r"|pragma:\s*no\s+(?:cover|branch)\b"
    r"|fmt:\s*(?:off|skip)\b)"
)
REASON = re.compile(r"[^\W\d_]{3,}")

# In two halves each, so that this file does not hold what it looks for.
LEFT_FOR_LATER = re.compile("|".join([r"\bTO" + r"DO\b", r"\bFIX" + r"ME\b", "xfa" + "il"]))

# The end of one sentence with another behind it.
SENTENCE_BREAK = re.compile(r"[.!?]\s+[A-Z]|[。！？]\s*\S")


def functions_in(text: str) -> Iterator[ast.FunctionDef | ast.AsyncFunctionDef]:
    """Yield every function and method of a file, nested ones too."""
    for node in ast.walk(ast.parse(text)):
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
            yield node


def comments_in(text: str) -> Iterator[tuple[int, str]]:
    """Yield every comment of a file with its line; a string that looks like one is none."""
    for token in tokenize.generate_tokens(io.StringIO(text).readline):
        if token.type == tokenize.COMMENT:
            yield token.start[0], token.string


def without_reason(comment: str) -> list[str]:
    """Return the suppressions in a comment that no reason follows."""
    marks = list(SUPPRESSION.finditer(comment))
    ends = [*(mark.start() for mark in marks), len(comment)][1:]
    return [mark.group() for mark, end in zip(marks, ends, strict=True) if not REASON.search(comment[mark.end() : end])]


def one_sentence(docstring: str | None, *, may_go_on: bool) -> bool:
    """Tell whether a docstring is one sentence; where ``may_go_on``, only its first paragraph has to be."""
    if not docstring:
        return False
    first, _, rest = docstring.partition("\n\n")
    sentence = " ".join(first.split())
    whole = may_go_on or not rest.strip()
    return whole and sentence[-1] in ".!?。！？" and not SENTENCE_BREAK.search(sentence)


def is_turned_round(comparison: ast.expr) -> bool:
    """Tell whether a comparison has a value that is written out on its right, and none on its left."""
    match comparison:
        case ast.Compare(left=left, ops=[ast.Eq()], comparators=[right]):
            return is_written_out(right) and not is_written_out(left)
        case _:
            return False


def is_written_out(value: ast.expr) -> bool:
    """Tell whether an expression is a literal."""
    try:
        ast.literal_eval(value)
    except ValueError:  # a name, a call or the like
        return False
    return True


def test_functions_fit_a_screen(python_files: dict[str, str]) -> None:
    """No function is longer than a reader can hold."""
    faults = [
        f"{path}:{node.lineno}: {node.name} has {lines} lines, {LONGEST_FUNCTION} at most"
        for path, text in python_files.items()
        for node in functions_in(text)
        if (lines := (node.end_lineno or node.lineno) - node.lineno + 1) > LONGEST_FUNCTION
    ]
    assert [] == faults


def test_files_stay_readable(python_files: dict[str, str]) -> None:
    """No file is longer than its limit unless LONG_FILES says why."""
    faults = [
        f"{path}: {lines} lines, {LONGEST_FILE} at most; is it two nouns by now?"
        for path, text in python_files.items()
        if path not in LONG_FILES and (lines := len(text.splitlines())) > LONGEST_FILE
    ]
    assert [] == faults


def test_long_files_exist(python_files: dict[str, str]) -> None:
    """No exception is kept for a file that is gone."""
    assert [] == sorted(set(LONG_FILES) - set(python_files))


def test_names_mean_something(python_files: dict[str, str]) -> None:
    """No module or folder has a name that could hold anything."""
    faults = [
        path
        for path in python_files
        if {part.strip("_") for part in PurePosixPath(path).with_suffix("").parts} & EMPTY_NAMES
    ]
    assert [] == faults, f"find the noun that is missing for {faults}"


def test_tests_say_their_behaviour(python_files: dict[str, str]) -> None:
    """Every test says in one sentence what it holds the library to."""
    faults = [
        f"{path}:{node.lineno}: {node.name}"
        for path, text in python_files.items()
        if path.startswith(TESTS)
        for node in functions_in(text)
        if node.name.startswith("test")
        and not one_sentence(ast.get_docstring(node), may_go_on=path.startswith("tests/stories/"))
    ]
    assert [] == faults, "give each a docstring of exactly one sentence"


def test_the_expected_value_stands_on_the_left(python_files: dict[str, str]) -> None:
    """Where a test compares with a value that is written out, that value stands first."""
    faults = [
        f"{path}:{node.lineno}: {ast.unparse(node)}"
        for path, text in python_files.items()
        if path.startswith(TESTS)
        for node in ast.walk(ast.parse(text))
        if isinstance(node, ast.Assert) and is_turned_round(node.test)
    ]
    assert [] == faults


def test_every_folder_of_tests_has_its_question(project_files: dict[str, str]) -> None:
    """The page that says where a test goes has a row for each folder that holds tests."""
    folders = {path.split("/")[1] for path in project_files if path.startswith("tests/") and path.count("/") > 1}
    page = project_files["tests/README.md"]
    assert folders == set(re.findall(r"\| `(\w+)/`", page))


def test_suppressions_give_their_reason(python_files: dict[str, str]) -> None:
    """Every comment that sets a rule aside says why."""
    faults = [
        f"{path}:{line}: {mark}"
        for path, text in python_files.items()
        for line, comment in comments_in(text)
        for mark in without_reason(comment)
    ]
    assert [] == faults, "write the reason behind each"


def test_nothing_is_left_for_later(project_files: dict[str, str]) -> None:
    """No file holds a note to come back to, or a test that is expected to fail."""
    faults = [
        f"{path}:{number}: {line.strip()}"
        for path, text in project_files.items()
        for number, line in enumerate(text.splitlines(), 1)
        if LEFT_FOR_LATER.search(line)
    ]
    assert [] == faults
