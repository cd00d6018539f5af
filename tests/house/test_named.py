"""What the library can say against somebody is said in a test: each finding and each refusal happens there once.

The pages and the reference name every code as well, without making one happen, so they do not count.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

import pytest

from pointsledger import errors, findings
from tests.house.conftest import TESTS

ONLY_NAMES = ("tests/documentation/", "tests/house/")


@pytest.fixture(scope="module")
def tests(python_files: dict[str, str]) -> str:
    """Return the text of every test that makes something happen."""
    return "\n".join(
        text for path, text in python_files.items() if path.startswith(TESTS) and not path.startswith(ONLY_NAMES)
    )


def refusals(
    kind: type[errors.PointsLedgerError] = errors.PointsLedgerError,
) -> Iterator[type[errors.PointsLedgerError]]:
    """Yield every error below ``kind`` that is raised itself, and not only grouped under."""
    for below in kind.__subclasses__():
        if below.__module__ == errors.__name__:
            if not below.__subclasses__():
                yield below
            yield from refusals(below)


def test_every_finding_happens_in_a_test(tests: str) -> None:
    """Each code of the audit stands in a test that makes it happen."""
    assert [] == [code for code in findings._TEXTS if f'"{code}"' not in tests]


def test_every_refusal_is_expected_in_a_test(tests: str) -> None:
    """Each error is expected by a test: in a `raises` or `refused`, or by its code."""
    expected = " ".join(re.findall(r"(?:raises|refused)\((.+?)\)", tests, flags=re.DOTALL))
    named = set(re.findall(r"\w+", expected)) | set(re.findall(r"(\w+)\.code", tests))
    told = set(re.findall(r"[\"(]([a-z]+(?:-[a-z]+)+)[\")]", tests))
    assert [] == [kind.code for kind in refusals() if kind.__name__ not in named and kind.code not in told]
