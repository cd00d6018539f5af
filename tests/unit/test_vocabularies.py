"""Words that more than one place has to know: whoever adds one is told here where it is still missing."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import given

from pointsledger import errors
from pointsledger.decisions import correcting, kinds
from pointsledger.reports import reading_out
from pointsledger.rules import base_grants, bridge
from pointsledger.rules.expiry import POLICIES, Expiry
from pointsledger.rules.limits import PER_DEED
from pointsledger.rules.said import ERASURE_GROUNDS, TEXT_FIELDS
from pointsledger.storage import redemption_queries
from pointsledger.values.calendar import WINDOWS
from pointsledger.values.vocabulary import GROUNDS_IN_WORDS, KINDS_IN_WORDS, STATES_IN_WORDS, TEXTS_IN_WORDS
from tests.reaching import met_by
from tests.stateful.commands import endings
from tests.unit.test_expiry import expiries

REFERENCE = Path(__file__).parents[2] / "docs" / "reference" / "rulebook-and-prices.md"
DRAWN = {"the tests of expiry": expiries(), "the state machine": endings}


@pytest.mark.parametrize("where", sorted(DRAWN))
def test_every_policy_is_drawn(where: str) -> None:
    """Each expiry policy that a rule book may name comes in the tests of expiry and in the state machine."""
    expected = set(POLICIES)
    assert expected == met_by(lambda ending: [ending.policy], DRAWN[where], expected=expected, examples=300)


@given(expiries())
def test_every_policy_can_be_read_out(expiry: Expiry) -> None:
    """A policy has its words in both languages."""
    words = reading_out.policy_in_words(expiry)
    assert words.en
    assert words.zh


@pytest.mark.parametrize("word", [*POLICIES, *WINDOWS, PER_DEED])
def test_every_word_stands_in_the_reference(word: str) -> None:
    """Each policy and each span of a limit stands in the reference of the rule book."""
    assert f"`{word}`" in REFERENCE.read_text(encoding="utf-8")


def test_every_span_has_its_words() -> None:
    """Each span that a limit or a base may count over is said by explanations and by refusals."""
    spans = {PER_DEED, *WINDOWS, *base_grants.BASE_SPANS}
    assert spans == set(reading_out.SPANS)
    assert set() == spans - set(errors._UNITS_ZH)
    assert {*base_grants._MONTHS, "ever"} == set(base_grants.BASE_SPANS)


def test_every_figure_has_its_heading() -> None:
    """Each figure of the bridge that a line can count for is said in words."""
    assert set(bridge.FIGURES[:-1]) == set(reading_out._HEADINGS)


def test_every_kind_state_and_text_has_one_name() -> None:
    """Each kind of record, state of an exchange, free text and ground has its words in both languages, refusals too."""
    kinds_said, states, texts, grounds = KINDS_IN_WORDS, STATES_IN_WORDS, TEXTS_IN_WORDS, GROUNDS_IN_WORDS
    assert {kind for kind, _ in kinds.KINDS} == set(kinds_said)
    assert {kind: words.zh for kind, words in kinds_said.items()} == errors._SPOKEN["kind"]
    assert set(redemption_queries.STATES) == set(states)
    assert {state: words.zh for state, words in states.items()} == errors._SPOKEN["state"]
    assert set(texts) == TEXT_FIELDS
    assert {field: words.zh for field, words in texts.items()}.items() <= errors._SPOKEN["field"].items()
    assert list(ERASURE_GROUNDS) == list(grounds)
    assert all(all(words) for table in (kinds_said, states, texts, grounds) for words in table.values())


def test_what_can_be_reversed_is_said_in_chinese() -> None:
    """The list that a refusal gives names each kind that can be reversed as every other sentence does."""
    assert "、".join(errors.KINDS_ZH[kind] for kind in correcting.REVERSIBLE) == correcting._REVERSIBLE_ZH
