"""The list of findings: what it calls the tables that it speaks of."""

from __future__ import annotations

import pytest

from pointsledger.finding_list import Findings
from pointsledger.storage.registry import METADATA
from pointsledger.values.rows import Balance, Lot
from pointsledger.values.vocabulary import TABLES_ZH, table_in_words


def test_a_row_is_named_in_both_languages() -> None:
    """In Chinese by what the village calls it, with the table's name for whoever looks there."""
    findings = Findings()
    findings.differs(Balance, Balance("a", "h-00000000000a", "points", 1, 0, 0, 0, 0))
    findings.row_differs(Lot, "7 1", 7)
    findings.name({"h-00000000000a": "03-017"})
    assert [
        "余额（points_balance）[03-017 (h-00000000000a) points] 与台账推算结果不符",
        "积分批次（points_lot）[7 1] 与台账推算结果不符",
    ] == [finding.say("zh") for finding in findings.all()]
    assert [
        "Balance [03-017 (h-00000000000a) points] is not what the records say",
        "Lot [7 1] is not what the records say",
    ] == [finding.say("en") for finding in findings.all()]


def test_every_table_has_a_chinese_word() -> None:
    """Each table of the schema has one, and what is no table keeps its name."""
    assert set(METADATA.tables) == {f"points_{name}" for name in TABLES_ZH}
    assert len(TABLES_ZH) == len(set(TABLES_ZH.values()))
    assert "points_journal_no_update" == table_in_words("points_journal_no_update").zh


@pytest.mark.parametrize(
    ("code", "what", "zh"),
    [
        ("table-unreadable", table_in_words("points_lot"), "表 积分批次（points_lot） 无法读取"),
        ("schema-differs", table_in_words("points_lot"), "积分批次（points_lot）：数据库的自我保护不完整"),
    ],
)
def test_a_table_is_told_by_its_word(code: str, what: tuple[str, str], zh: str) -> None:
    """What cannot be read, or guards itself too little, is told in the village's words."""
    findings = Findings()
    findings.add(code, what)
    assert [zh] == [finding.say("zh") for finding in findings.all()]
