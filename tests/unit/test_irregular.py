"""What is irregular, in words: only what lacked is named, and each part by what it is."""

from __future__ import annotations

from typing import Any

import pytest

from pointsledger.irregular import irregular
from tests.unit.written import record


def lacking(decided: dict[str, Any]) -> list[tuple[str, str]]:
    """Return what is irregular in a redemption on paper that lacked what ``decided`` says."""
    made = record("redeem", 18, {"account": "h-000000000001", "handed_over": 1}, decided)
    return [(words.en, words.zh) for _, words in irregular(made, 0)]


@pytest.mark.parametrize(
    ("decided", "en", "zh"),
    [
        ({"arrears": [[1, 5]]}, "5 points", "积分不足 5 分"),
        ({"arrears": [[1, 1]]}, "1 point", "积分不足 1 分"),
        ({"unexplained": [["soap", 1]]}, "1 soap", "货架上缺 soap 1 件"),
        (
            {"arrears": [[1, 5]], "unexplained": [["soap", 1], ["rice", 2]]},
            "5 points, 1 soap, 2 rice",
            "积分不足 5 分，货架上缺 soap 1 件、rice 2 件",
        ),
    ],
)
def test_only_what_lacked_is_named(decided: dict[str, Any], en: str, zh: str) -> None:
    """Paper that lacked points speaks of points alone, and paper that lacked goods of goods alone."""
    assert [(en, zh)] == lacking(decided)


def test_paper_that_lacked_nothing_is_regular() -> None:
    """Nothing is said of a redemption on paper that the book covered."""
    assert [] == lacking({"arrears": [], "unexplained": []})
