"""Bad input: each gets its class, its stable code and one clear sentence, and leaves the book as it was."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from typing import TYPE_CHECKING, Any

from pointsledger import Ledger, errors

if TYPE_CHECKING:
    from pointsledger.testing.clock import FixedClock
    from pointsledger.testing.contract.book import Refused

Act = Callable[[Ledger], object]


def award(**changed: Any) -> Act:  # noqa: ANN401 - the wrong types are the point
    """Return an award that is right but for what is changed."""
    said = {"household": "03-017", "activity": "tidy", "by": "clerk:1", "approved_by": ["panel:1"], "remark": "扫过"}
    return lambda ledger: ledger.award(**(said | changed))


def redeem(**items: Any) -> Act:  # noqa: ANN401 - as above
    """Return a redemption of those items."""
    return lambda ledger: ledger.redeem("03-017", items, by="shop:1")


def exchange(name: str, redemption: object) -> Act:
    """Return what is done to an exchange of that number."""
    return lambda ledger: getattr(ledger, name)(redemption, by="shop:1")


def intake(**changed: Any) -> Act:  # noqa: ANN401 - as above
    """Return an intake that is right but for what is changed."""
    return lambda ledger: ledger.stock_in("soap", 1, by="shop:1", **changed)


def reward(to: Any, **changed: Any) -> Act:  # noqa: ANN401 - as above
    """Return a reward that is right but for what is changed."""
    said: dict[str, Any] = {"ground": "rank", "amount": 5, "fund": "shop", "by": "clerk:1"}
    return lambda ledger: ledger.reward(to, **(said | changed))


NUMBERED = ("hand_over", "cancel", "refund")

REFUSED: tuple[tuple[Act, type[errors.PointsLedgerError], str], ...] = (
    (award(household="O3-017"), errors.UnknownAccount, "unknown-account"),
    (award(household=""), errors.InvalidCode, "invalid-code"),
    (award(activity="tydy"), errors.UnknownActivity, "unknown-activity"),
    (award(on="2025-02-30"), errors.InvalidDate, "invalid-date"),
    (award(on="2025-9-1"), errors.InvalidDate, "invalid-date"),
    (award(on="3 October"), errors.InvalidDate, "invalid-date"),
    (award(on=""), errors.InvalidDate, "invalid-date"),
    (award(on=20251003), errors.InvalidDate, "invalid-date"),
    (award(on=datetime(2025, 10, 3)), errors.ZoneMissing, "zone-missing"),  # noqa: DTZ001 - without a zone it is no day
    (award(on="2025-11-04"), errors.FutureDate, "future-date"),
    (award(on=datetime(2025, 11, 3, 16, tzinfo=UTC)), errors.FutureDate, "future-date"),
    (award(quantity="1.005"), errors.TooManyDecimals, "too-many-decimals"),
    (award(quantity=Decimal("0.001")), errors.TooManyDecimals, "too-many-decimals"),
    (award(quantity=1.0), errors.FloatRefused, "float-refused"),
    (award(quantity=float("nan")), errors.FloatRefused, "float-refused"),
    (award(quantity=0), errors.NotPositive, "not-positive"),
    (award(quantity="-2"), errors.NotPositive, "not-positive"),
    (award(quantity=True), errors.InvalidNumber, "invalid-number"),
    (award(quantity="two"), errors.InvalidNumber, "invalid-number"),
    (award(quantity=""), errors.InvalidNumber, "invalid-number"),
    (award(quantity="1e3"), errors.InvalidNumber, "invalid-number"),
    (award(quantity="三"), errors.InvalidNumber, "invalid-number"),
    (award(quantity=Decimal("NaN")), errors.InvalidNumber, "invalid-number"),
    (award(quantity=Decimal("Infinity")), errors.InvalidNumber, "invalid-number"),
    (award(quantity=10**7 + 1), errors.AmountTooLarge, "amount-too-large"),
    (award(activity="trees", quantity=10**7 * 3), errors.AmountTooLarge, "amount-too-large"),
    (award(member="王五"), errors.UnknownResident, "unknown-resident"),
    (award(remark="一\n二"), errors.InvalidText, "invalid-text"),
    (award(remark="长" * 1_001), errors.InvalidText, "invalid-text"),
    (award(by=None), errors.OperatorRequired, "operator-required"),
    (award(by=""), errors.OperatorRequired, "operator-required"),
    (award(by="clerk 1"), errors.InvalidCode, "invalid-code"),
    (award(approved_by="panel:1"), errors.NotAList, "not-a-list"),
    (award(activity=17), errors.InvalidText, "invalid-text"),
    (award(activity=" "), errors.InvalidText, "invalid-text"),
    (lambda ledger: ledger.reverse("3", reason="记错了", by="c"), errors.InvalidNumber, "invalid-number"),  # type: ignore[arg-type]  # the point
    (
        lambda ledger: ledger.enrol("05-001", head="钱七", members="周九", by="c"),
        errors.NotAList,
        "not-a-list",
    ),
    (award(approved_by=["a,b"]), errors.InvalidCode, "invalid-code"),
    (award(started_at="8:30"), errors.InvalidTime, "invalid-time"),
    (award(started_at="2025-10-03T25:00"), errors.InvalidTime, "invalid-time"),
    (
        award(started_at="2025-10-03T09:00", ended_at="2025-10-03T09:00"),
        errors.InvalidTime,
        "invalid-time",
    ),
    (redeem(soap=1.0), errors.FloatRefused, "float-refused"),
    (redeem(soap=0), errors.NotPositive, "not-positive"),
    (redeem(soap=-1), errors.NotPositive, "not-positive"),
    (redeem(soap="1.5"), errors.TooManyDecimals, "too-many-decimals"),
    (redeem(gold=1), errors.UnknownItem, "unknown-item"),
    (redeem(), errors.NothingChosen, "nothing-chosen"),
    (redeem(haircut=1), errors.InsufficientPoints, "insufficient-points"),
    (lambda ledger: ledger.bring_forward("03-017", "0.5", by="c"), errors.TooManyDecimals, "too-many-decimals"),
    (lambda ledger: ledger.bring_forward("03-017", 0.5, by="c"), errors.FloatRefused, "float-refused"),  # type: ignore[arg-type]  # the point
    (lambda ledger: ledger.bring_forward("03-017", -5, by="c"), errors.NotPositive, "not-positive"),
    (lambda ledger: ledger.bring_forward("03-017", 10**9 + 1, by="c"), errors.AmountTooLarge, "amount-too-large"),
    (lambda ledger: ledger.stock_in("soap", 1, unit_cost_fen=-1, by="c"), errors.NotPositive, "not-positive"),
    (lambda ledger: ledger.stock_in("soap", 1, best_before="never", by="c"), errors.InvalidDate, "invalid-date"),
    (exchange("hand_over", 2**63), errors.NotAReservation, "not-a-reservation"),
    (exchange("cancel", 2**63), errors.NotAReservation, "not-a-reservation"),
    (exchange("refund", 2**63), errors.NotARedemption, "not-a-redemption"),
    *((exchange(name, 10**5_000), errors.InvalidNumber, "invalid-number") for name in NUMBERED),
    *((exchange(name, "3"), errors.InvalidNumber, "invalid-number") for name in NUMBERED),
    *((exchange(name, None), errors.InvalidNumber, "invalid-number") for name in NUMBERED),
    *((exchange(name, 3.0), errors.InvalidNumber, "invalid-number") for name in NUMBERED),
    (lambda ledger: ledger.refund(1, returned="no", by="s"), errors.InvalidSetting, "invalid-setting"),  # type: ignore[arg-type]  # a wrong type
    (
        lambda ledger: ledger.redeem("03-017", {"soap": 1}, handed_over="no", by="s"),  # type: ignore[arg-type]  # a wrong type
        errors.InvalidSetting,
        "invalid-setting",
    ),
    (intake(unit_cost_fen=""), errors.InvalidNumber, "invalid-number"),
    (intake(unit_cost_fen=[]), errors.InvalidNumber, "invalid-number"),
    (intake(unit_cost_fen=False), errors.InvalidNumber, "invalid-number"),
    (intake(unit_cost_fen=0.0), errors.FloatRefused, "float-refused"),
    (lambda ledger: ledger.trace(2**63), errors.UnknownRecord, "unknown-record"),
    (lambda ledger: ledger.trace("1"), errors.InvalidNumber, "invalid-number"),  # type: ignore[arg-type]  # a wrong type
    (lambda ledger: ledger.record(None), errors.InvalidNumber, "invalid-number"),  # type: ignore[arg-type]  # a wrong type
    (lambda ledger: ledger.redemptions(after=10**5_000), errors.InvalidNumber, "invalid-number"),
    (lambda ledger: ledger.pause_shop("main", reason=None, by="s"), errors.InvalidText, "invalid-text"),  # type: ignore[arg-type]  # a wrong type
    (reward(None, role="organisation"), errors.InvalidText, "invalid-text"),
    (reward(5, role="organisation"), errors.InvalidText, "invalid-text"),
    (reward("03-017", goods=0), errors.NotAList, "not-a-list"),
    (reward("03-017", goods=""), errors.NotAList, "not-a-list"),
    (
        lambda ledger: ledger.fund_in("shop", 1, source="society", kind="", by="clerk:1"),
        errors.InvalidSetting,
        "invalid-setting",
    ),
)


def test_nothing_is_behind_the_greatest_number(nanyu: Ledger) -> None:
    """A page behind a number that no record can have is empty, and not a book that is damaged."""
    behind = 2**63
    assert ((), False) == (nanyu.redemptions(after=behind), nanyu.trace(1, after=behind).more)


def test_each_bad_input_has_its_own_error(nanyu: Ledger, refused: Refused) -> None:
    """Whatever is typed wrongly is refused by its own class and code, and nothing is posted."""
    for act, error, code in REFUSED:
        with refused(nanyu, error, code):
            act(nanyu)
    assert ["03-017", "03-018", "04-001"] == [held.household for held in nanyu.balances()]


def test_each_error_says_what_to_do_in_both_languages(nanyu: Ledger, refused: Refused) -> None:
    """A refusal is one English and one Chinese sentence, with everything filled in."""
    for act, error, code in REFUSED:
        with refused(nanyu, error, code) as caught:
            act(nanyu)
        said, told = caught.value.say("en"), caught.value.say("zh")
        assert str(caught.value) == said
        assert "." == said[-1]
        assert "。" == told[-1]
        assert not {"{", "}"} & {*said, *told}


def test_a_misspelt_activity_gets_a_hint(nanyu: Ledger, refused: Refused) -> None:
    """An activity that is nearly one of the rule book's is refused with the one that was probably meant."""
    with refused(nanyu, errors.UnknownActivity, "unknown-activity") as caught:
        nanyu.award("03-017", "庭院整结", by="clerk:1")
    assert "庭院整洁" in caught.value.say()
    assert "庭院整洁" in caught.value.say("zh")


def test_a_clock_a_little_behind_takes_the_last_instant(nanyu: Ledger, clock: FixedClock) -> None:
    """Up to five seconds behind the last record a clock is forgiven, and the record is not earlier than that one."""
    last = nanyu.award("03-017", "tidy", by="clerk:1").recorded_at
    clock.set(clock.now() - timedelta(seconds=5), back=True)
    assert last == nanyu.award("03-017", "tidy", by="clerk:1").recorded_at


def test_a_clock_behind_is_refused(nanyu: Ledger, clock: FixedClock, refused: Refused) -> None:
    """A clock more than five seconds behind the last record refuses every act, and readings go on."""
    nanyu.award("03-017", "tidy", by="clerk:1")
    clock.set(clock.now() - timedelta(seconds=5, microseconds=1), back=True)
    with refused(nanyu, errors.ClockBehind, "clock-behind"):
        nanyu.award("03-017", "tidy", by="clerk:1")
    assert Decimal(2) == nanyu.balance("03-017").balance
