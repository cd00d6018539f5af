"""The strategies for hosts hold: what they draw is taken by a book, and they reach what is worth reaching."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pointsledger import PriceList, RuleBook
from pointsledger.errors import (
    BelowMinimum,
    InsufficientPoints,
    ItemLimit,
    LimitReached,
    NotMultiple,
    NotRedemptionDay,
    OutOfStock,
    RedemptionLimit,
    RefusedError,
)
from pointsledger.receipts import Receipt
from pointsledger.rules.activities import SIGNS, UNITS
from pointsledger.rules.limits import LIMIT_MODES, LIMIT_SCOPES, LIMIT_SPANS
from pointsledger.rules.redemption import UNRESTRICTED
from pointsledger.testing import (
    SMALL_VILLAGE,
    Deed,
    Enrolment,
    Redemption,
    Village,
    amounts,
    breaches,
    days,
    deeds,
    households,
    intakes,
    names,
    operators,
    pricelists,
    redemptions,
    remarks,
    requests,
    rulebooks,
    temporary_ledger,
    villages,
)
from pointsledger.values.points import scaled
from tests.reaching import met_by

BY = "clerk:1"
REFUSED = (InsufficientPoints, OutOfStock, BelowMinimum, NotMultiple, NotRedemptionDay, RedemptionLimit, ItemLimit)
"""What may refuse a redemption that was drawn for a village."""


@given(st.data(), st.integers(0, 2))
def test_an_amount_is_taken_in_every_form(data: st.DataObject, decimals: int) -> None:
    """Each drawn amount is one that a village with so many places takes, within the bounds asked for."""
    assert 5 <= scaled(data.draw(amounts(least=5, most=2_000, decimals=decimals)), decimals) <= 2_000


@given(st.data(), days(), days())
def test_a_day_lies_within_its_bounds(data: st.DataObject, one: str, other: str) -> None:
    """Each drawn day lies within the bounds, and they are allowed to be one day."""
    first, last = sorted((one, other))
    assert first <= data.draw(days(first, last)) <= last
    assert one == data.draw(days(one, one))


@given(st.integers(0, 2).flatmap(rulebooks))
def test_a_rule_book_is_one(book: RuleBook) -> None:
    """Each drawn rule book is one that the library reads, and says itself again in the journal."""
    assert book == RuleBook.from_said(book.to_said())


@given(st.integers(0, 2).flatmap(pricelists))
def test_a_price_list_is_one(prices: PriceList) -> None:
    """Each drawn price list is one that the library reads, and says itself again in the journal."""
    assert prices == PriceList.from_said(prices.to_said())


@given(households(), requests(), remarks(), operators())
def test_a_household_is_enrolled(household: Enrolment, request: str, remark: str, operator: str) -> None:
    """Each drawn household is enrolled under a drawn request id, with a drawn remark, by a drawn operator."""
    with temporary_ledger(village_of()) as ledger:
        receipt = ledger.enrol(**household, by=operator, request=request, remark=remark)
        assert request == receipt.request
        assert household["head"] == ledger.balance(household["household"]).name


def village_of(*enrolments: Enrolment) -> Village:
    """Return the small village with these households instead of its own."""
    small = SMALL_VILLAGE
    return Village(small.code, small.rulebook, small.prices, enrolments, small.first_period)


def test_what_happens_in_a_village_is_taken() -> None:
    """In any drawn village every drawn deed is taken but for a limit, and every redemption but for points or stock."""
    refused = {refusal.code for refusal in (LimitReached, *REFUSED)}
    expected = {"award", "deduct", "intake", "redeem"} | refused
    assert expected == met_by(lived, villages(), st.data(), expected=expected, examples=100)


def lived(village: Village, data: st.DataObject) -> list[str]:
    """Do a few acts of each kind in a village; return what came of each."""
    outcomes = []
    with temporary_ledger(village) as ledger:
        assert len(village.households) == len(ledger.balances())
        held = data.draw(st.sampled_from((10, 100, 1_000)))  # what reaches the smallest prices, some, and all limits
        ledger.bring_forward(village.households[0]["household"], held, by=BY)
        acts: list[tuple[st.SearchStrategy[Any], Callable[..., Receipt], tuple[type[RefusedError], ...]]] = [
            (deeds(village), ledger.award, (LimitReached,)),
            (breaches(village), ledger.deduct, ()),
            (intakes(village), ledger.stock_in, ()),
            (redemptions(village), ledger.redeem, REFUSED),
        ]
        for strategy, act, refusals in [one for one in acts if not one[0].is_empty] * 4:
            try:
                outcomes.append(act(**data.draw(strategy), by=BY).kind)
            except refusals as refused:
                outcomes.append(refused.code)
    return outcomes


def test_a_village_without_rules_in_force_has_no_deeds() -> None:
    """Where the rules come into force after the last day that is asked for, there is nothing to draw."""
    assert deeds(until="2025-08-31").is_empty
    assert not deeds(until="2025-09-01").is_empty


# --- what is reached -----------------------------------------------------------------------------------


def of_rulebook(book: RuleBook) -> Iterator[str]:
    """Yield what is interesting about a rule book."""
    yield "categories declared" if book.categories else "categories free"
    yield "filed" if book.mandate.filing_number else "not filed"
    if book.retroactive and book.first_day < book.mandate.decided_on:
        yield "reaches back"
    for activity in book.activities.values():
        yield f"per {activity.per}"
        yield f"sign {activity.sign}"
        yield f"{min(len(activity.levels), 2)} levels"
        if not activity.name.isascii():
            yield "a Chinese name"
        if not activity.limits:
            yield "no limit"
            continue
        yield f"{len(activity.limits)} limits"
        for limit in activity.limits:
            yield f"limit of {'points' if limit.points else 'times'} by {limit.by}"
            yield from (f"limit per {limit.per}", f"mode {limit.mode}")
            if limit.points == activity.points:
                yield "a limit that one deed uses up"
        if activity.levels:
            yield "a ladder with a limit"
    yield from (f"cap of {cap.of.partition(':')[0]}" for cap in book.caps)
    yield from ("a ceiling with base" if ceiling.with_base else "a ceiling" for ceiling in book.ceilings)
    yield from (f"multiplied: {one.of.partition(':')[0]}" for one in book.multipliers)
    yield from (f"base per {one.per}{' as a floor' if one.floor else ''}" for one in book.bases)
    yield from (f"redemption: {key}" for key in book.redemption.to_said())
    yield "no rules of redeeming" if book.redemption == UNRESTRICTED else f"at its end {book.redemption.at_end}"
    yield from ("a budget" if fund.budget_fen else "a fund" for fund in book.funds)
    yield "a point costs" if book.liability else "no word on what a point costs"


def of_pricelist(prices: PriceList) -> Iterator[str]:
    """Yield what is interesting about a price list."""
    for item in prices.items.values():
        yield "goods" if item.stocked else "a service"
        yield "with a unit" if item.unit else "without a unit"
        yield "so many pieces" if item.limit else "any pieces"
    yield f"{len(prices.named_shops)} shops"
    yield from ("a shop of some items" for shop in prices.named_shops if shop.items)
    yield "one item" if len(prices.items) == 1 else "several items"


def of_household(household: Enrolment) -> Iterator[str]:
    """Yield what is interesting about a household."""
    everybody = [household["head"], *household.get("members", [])]
    yield "a group" if "group" in household else "no group"
    yield "members" if "members" in household else "alone"
    if len(set(everybody)) < len(everybody):
        yield "two of one name"
    yield "a Chinese code" if not household["household"].isascii() else "a plain code"
    for name in everybody:
        if not name.isascii():
            yield "a Chinese name"
        if "·" in name:
            yield "a dot in a name"
        if " " in name:
            yield "a space in a name"
        if any(ord(sign) > 0xFFFF for sign in name):
            yield "a rare character"


def of_deed(deed: Deed) -> Iterator[str]:
    """Yield what is interesting about a deed."""
    activity = SMALL_VILLAGE.rulebook.find(deed["activity"])
    assert activity is not None
    yield activity.code
    yield "by code" if activity.code == deed["activity"] else "written otherwise"
    yield f"day as {type(deed['on']).__name__}"
    yield f"quantity as {type(deed['quantity']).__name__}" if "quantity" in deed else "no quantity"
    if "member" in deed:
        yield "member by code" if "/" in deed["member"] else "member by name"
    yield "approved" if "approved_by" in deed else "not approved"
    yield "a remark" if "remark" in deed else "no remark"


def of_redemption(redemption: Redemption) -> Iterator[str]:
    """Yield what is interesting about a redemption."""
    yield "one item" if len(redemption["items"]) == 1 else "several items"
    yield from redemption["items"]
    yield "a day" if "on" in redemption else "today"


def of_village(village: Village) -> Iterator[str]:
    """Yield what is interesting about a village."""
    yield f"{village.decimals} decimals"
    yield "a cut-off day" if village.cut_off_day else "civil months"
    yield "one household" if len(village.households) == 1 else "several households"
    if village.first_day > village.rulebook.first_day:
        yield "the book begins behind the rules"


def of_text(text: str) -> Iterator[str]:
    """Yield what is interesting about a text."""
    yield "ascii" if text.isascii() else "not ascii"
    yield "one" if len(text) == 1 else "long" if len(text) > 20 else "short"


def of_day(day: str) -> Iterator[str]:
    """Yield what is interesting about a day."""
    yield "the first of a month" if day.endswith("-01") else "within a month"
    if day in {"2025-09-30", "2025-10-31"}:
        yield "the last of a month"
    if day in {"2025-09-01", "2025-11-03"}:
        yield day


def of_amount(amount: int | str | Decimal) -> Iterator[str]:
    """Yield what is interesting about an amount."""
    yield type(amount).__name__
    if Decimal(amount) % 1:
        yield "part of a point"


EXPECTED: list[tuple[st.SearchStrategy[Any], Callable[[Any], Iterator[str]], set[str]]] = [
    (
        rulebooks(),
        of_rulebook,
        {
            *(f"per {unit}" for unit in UNITS),
            *(f"sign {sign}" for sign in SIGNS),
            *(f"limit per {span}" for span in LIMIT_SPANS),
            *(f"limit of {measure} by {scope}" for measure in ("points", "times") for scope in LIMIT_SCOPES),
            *(f"mode {mode}" for mode in LIMIT_MODES),
            *("1 limits", "2 limits", "cap of all", "cap of category", "a ceiling", "a ceiling with base"),
            *("multiplied: all", "multiplied: category", "base per ever as a floor", "base per month", "base per year"),
            *("0 levels", "1 levels", "2 levels", "no limit", "a ladder with a limit", "a limit that one deed uses up"),
            *(f"redemption: {key}" for key in ("minimum_balance", "multiple_of", "times_per", "points_per", "days")),
            *(f"redemption: {key}" for key in ("collect", "reservation_days", "at_end", "grace_days")),
            *("no rules of redeeming", "at its end release", "at its end forfeit"),
            *("a fund", "a budget", "a point costs", "no word on what a point costs"),
            *("categories declared", "categories free", "filed", "not filed", "reaches back", "a Chinese name"),
        },
    ),
    (
        pricelists(),
        of_pricelist,
        {
            *("goods", "a service", "with a unit", "without a unit", "one item", "several items", "any pieces"),
            *("so many pieces", "0 shops", "1 shops", "2 shops", "a shop of some items"),
        },
    ),
    (
        households(),
        of_household,
        {
            *("a group", "no group", "members", "alone", "two of one name", "a Chinese code", "a plain code"),
            *("a Chinese name", "a dot in a name", "a space in a name", "a rare character"),
        },
    ),
    (
        deeds(),
        of_deed,
        {
            *("yard-clean", "tidy", "clean-up-day", "patrol", "meeting", "honour", "by code", "written otherwise"),
            *("day as str", "day as date", "day as datetime", "quantity as int", "quantity as str"),
            *("quantity as Decimal", "no quantity", "member by code", "member by name", "approved", "not approved"),
            *("a remark", "no remark"),
        },
    ),
    (breaches(), of_deed, {"tidy", "litter"}),
    (
        redemptions(),
        of_redemption,
        {"one item", "several items", "soap", "肥皂", "haircut", "TOWEL", " 理发　", "a day", "today"},
    ),
    (
        villages(),
        of_village,
        {
            *("0 decimals", "1 decimals", "2 decimals", "a cut-off day", "civil months"),
            *("one household", "several households", "the book begins behind the rules"),
        },
    ),
    (requests(), of_text, {"ascii", "not ascii", "one", "short", "long"}),
    (remarks(), of_text, {"ascii", "not ascii", "one", "short", "long"}),
    (names(), of_text, {"ascii", "not ascii", "short"}),
    (days(), of_day, {"the first of a month", "the last of a month", "within a month", "2025-09-01", "2025-11-03"}),
    (amounts(decimals=1), of_amount, {"int", "str", "Decimal", "part of a point"}),
]


@pytest.mark.parametrize(("strategy", "cases_of", "expected"), EXPECTED)
def test_a_strategy_reaches_what_is_interesting(
    strategy: st.SearchStrategy[Any], cases_of: Callable[[Any], Iterator[str]], expected: set[str]
) -> None:
    """Each strategy draws every case that a host would want to meet."""
    assert set() == expected - met_by(cases_of, strategy, expected=expected, examples=300)
