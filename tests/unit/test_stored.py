"""What is stored and makes no sense is damage, and never a fault of whoever asks."""

from __future__ import annotations

import pytest

from pointsledger.decisions.stored import calendar_of, price_list_of, rulebook_of
from pointsledger.errors import LedgerDamaged
from pointsledger.values.rows import Edition, Village

CONTENTS = ["", "{", "{}", "[]", "null", "7", '"x"', "[" * 100_000, '{"format": {}}']

SOUND = Village("nanyu", "Asia/Shanghai", 0, 25, "2025-09", 0, b"", b"", "2025-10")


@pytest.mark.parametrize("content", CONTENTS)
def test_a_document_that_is_none_is_damage(content: str) -> None:
    """Whatever an edition holds that is no document, the error names it and says to run the audit."""
    for document, make in (("rulebook", rulebook_of), ("prices", price_list_of)):
        with pytest.raises(LedgerDamaged) as caught:
            make(Edition("nanyu", document, 2, "2025-09-01", 3, "", content))
        assert f"the text of {document} 2 cannot be used" in str(caught.value)
        assert "run audit" in str(caught.value)
        assert f"{document} 2 的内容无法使用" in caught.value.say("zh")


@pytest.mark.parametrize(
    "wrong",
    [
        {"zone": "No/Where"},
        {"zone": ""},
        {"zone": "../x"},
        {"cut_off_day": 31},
        {"first_period": "2025-13"},
        {"first_period": ""},
        {"closed_through": "zzzz"},
        {"closed_through": "2025Q4"},
    ],
)
def test_settings_that_are_none_are_damage(wrong: dict[str, object]) -> None:
    """A zone, day or month that there cannot be is damage of the village's row, which says what is wrong with it."""
    with pytest.raises(LedgerDamaged) as caught:
        calendar_of(SOUND._replace(**wrong))  # type: ignore[arg-type]  # what a table may hold
    assert "settings cannot be used" in str(caught.value)
    (value,) = wrong.values()
    assert str(value) in str(caught.value)
    assert "设置行无法使用" in caught.value.say("zh")


def test_sound_settings_make_a_calendar() -> None:
    """The calendar has the zone and the cut-off day; a book of which nothing is closed has one as well."""
    assert ("2025-09-26", "2025-10-25") == calendar_of(SOUND).bounds("2025-10")
    assert calendar_of(SOUND) == calendar_of(SOUND._replace(closed_through=""))
