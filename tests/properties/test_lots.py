"""Lots hold for any set of them: the order is total, a spend takes what is there, and no part is made up."""

from __future__ import annotations

from hypothesis import event, given
from hypothesis import strategies as st

from pointsledger.rules.lots import available, order_of, take, unsettle
from pointsledger.values.rows import Balance, Lot

# Few days, so that lots often agree on one and the next rule decides.
days = st.sampled_from(["2026-01-31", "2026-02-28", "2026-03-31"])
amounts = st.integers(0, 9)


@st.composite
def lots(draw: st.DrawFn) -> list[Lot]:
    """Return lots of one household, each made by another line, in any order."""
    places = draw(st.lists(st.tuples(st.integers(1, 4), st.integers(1, 3)), unique=True, max_size=8))
    made = []
    for seq, line in places:
        remaining, settled, earned_on = draw(amounts), draw(amounts), draw(days)
        expires_on = draw(st.none() | days)
        granted = remaining + settled + draw(amounts)
        made.append(
            Lot("v", seq, line, "h-1", "points", granted, remaining, settled, earned_on, earned_on, expires_on, 0)
        )
    return made


def in_order(held: list[Lot]) -> list[Lot]:
    """Return lots in the order in which they are consumed."""
    return sorted(held, key=order_of)


def goes_before(one: Lot, other: Lot) -> bool:
    """Tell whether a lot is consumed before another, by the words of the semantics."""
    if one.expires_on != other.expires_on:
        return one.expires_on is not None and (other.expires_on is None or one.expires_on < other.expires_on)
    if one.earned_on != other.earned_on:
        return one.earned_on < other.earned_on
    return (one.seq, one.line) < (other.seq, other.line)


@given(lots())
def test_the_order_is_that_of_the_semantics(held: list[Lot]) -> None:
    """Every lot goes before all that follow it, and all lots are there."""
    ordered = in_order(held)
    pairs = [(one, other) for place, one in enumerate(ordered) for other in ordered[place + 1 :]]
    if any(one.expires_on is not None and other.expires_on is None for one, other in pairs):
        event("lots with and without expiry")
    if any(one.expires_on == other.expires_on and one.earned_on != other.earned_on for one, other in pairs):
        event("the day earned decides")
    if any((one.expires_on, one.earned_on) == (other.expires_on, other.earned_on) for one, other in pairs):
        event("record and line decide")
    assert [] == [pair for pair in pairs if not goes_before(*pair)]
    assert sorted(held, key=repr) == sorted(ordered, key=repr)


@given(lots().flatmap(lambda held: st.tuples(st.just(held), st.permutations(held))))
def test_the_order_does_not_depend_on_how_lots_were_found(both: tuple[list[Lot], list[Lot]]) -> None:
    """Lots read from the database in any order are consumed in one."""
    event("several lots" if len(both[0]) > 1 else "one lot or none")
    assert in_order(both[0]) == in_order(both[1])


@given(lots(), st.integers(0, 60))
def test_a_spend_takes_what_is_there_and_no_more(held: list[Lot], amount: int) -> None:
    """The parts and what is short add up to the amount, and something is short only when every lot is empty."""
    parts, short = take(in_order(held), amount)
    there = sum(lot.remaining for lot in held)
    event("something is short" if short else "all of it is there")
    event("several lots" if len(parts) > 1 else "one lot or none")
    assert amount == sum(part for _, _, part in parts) + short
    assert max(0, amount - there) == short


@given(lots(), st.integers(0, 60))
def test_no_part_exceeds_its_lot(held: list[Lot], amount: int) -> None:
    """Each part is positive, from a lot of its own, and at most what that lot has left."""
    parts, _ = take(in_order(held), amount)
    remaining = {(lot.seq, lot.line): lot.remaining for lot in held}
    event("a lot in part" if any(part < remaining[seq, line] for seq, line, part in parts) else "lots as a whole")
    assert [] == [each for each in parts if not 0 < each[2] <= remaining[each[0], each[1]]]
    assert len(parts) == len({(seq, line) for seq, line, _ in parts})


@given(lots(), st.integers(0, 60))
def test_only_the_last_lot_is_left_in_part(held: list[Lot], amount: int) -> None:
    """Every lot before the last one taken is emptied, and none behind it is touched."""
    ordered = [lot for lot in in_order(held) if lot.remaining]
    parts, _ = take(ordered, amount)
    event("a lot is left untouched" if len(parts) < len(ordered) else "every lot is touched")
    assert [(lot.seq, lot.line) for lot in ordered[: len(parts)]] == [(seq, line) for seq, line, _ in parts]
    assert [lot.remaining for lot in ordered[: len(parts)]][:-1] == [part for _, _, part in parts][:-1]


@given(lots(), st.integers(0, 30), st.integers(0, 30))
def test_two_spends_are_as_good_as_one(held: list[Lot], first: int, second: int) -> None:
    """Spending twice takes from the lots together what spending it all at once takes."""
    ordered = in_order(held)
    taken, short = take(ordered, first)
    spent = {(seq, line): part for seq, line, part in taken}
    rest = [lot._replace(remaining=lot.remaining - spent.get((lot.seq, lot.line), 0)) for lot in ordered]
    again, short_again = take(in_order(rest), second)
    for seq, line, part in again:
        spent[seq, line] = spent.get((seq, line), 0) + part
    at_once, short_at_once = take(ordered, first + second)
    event("one lot pays both" if {each[:2] for each in taken} & {each[:2] for each in again} else "each its own lots")
    assert ({(seq, line): part for seq, line, part in at_once}, short_at_once) == (spent, short + short_again)


@given(lots(), st.integers(0, 60))
def test_lots_get_back_no_more_than_they_had_settled(held: list[Lot], amount: int) -> None:
    """What comes back from arrears goes to the last lots first, as far as each had paid."""
    parts = unsettle(held, amount)
    settled = {(lot.seq, lot.line): lot.settled for lot in held}
    event("all of it" if sum(settled.values()) <= amount else "a part of it")
    assert min(amount, sum(settled.values())) == sum(part for _, _, part in parts)
    assert [] == [each for each in parts if not 0 < each[2] <= settled[each[0], each[1]]]
    paid = sorted((place for place, part in settled.items() if part), reverse=True)
    assert paid[: len(parts)] == [(seq, line) for seq, line, _ in parts]


@given(st.integers(-50, 50), amounts, amounts, st.just(0) | amounts)
def test_what_may_be_spent_is_there_and_free(balance: int, promised: int, pending: int, arrears: int) -> None:
    """What may be spent is never below zero, never more than is free, and nothing while something is owed."""
    free = available(Balance("v", "h-1", "points", balance, promised, pending, arrears))
    event("in arrears" if arrears else "something is free" if free else "nothing is free")
    assert (0 if arrears else max(0, balance - promised - pending)) == free
