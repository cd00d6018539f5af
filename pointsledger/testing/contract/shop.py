"""The shop's rules: who may redeem how much, how often and when, and what a paused shop refuses."""

from __future__ import annotations

from decimal import Decimal
from typing import TYPE_CHECKING

import pytest

from pointsledger.errors import (
    AlreadyPaused,
    BelowMinimum,
    DocumentsContradict,
    InsufficientPoints,
    InvalidSetting,
    ItemLimit,
    NotAtThisShop,
    NotMultiple,
    NotPaused,
    NotRedemptionDay,
    PointsLedgerError,
    RedemptionLimit,
    RequestConflict,
    ShopPaused,
    UnknownShop,
)

if TYPE_CHECKING:
    from pointsledger import Ledger
    from pointsledger.testing.clock import FixedClock
    from pointsledger.testing.contract.book import Begin, Document, Refused

DEEDS = """\
[[activity]]
code = "deed"
name = "好人好事"
category = "model-household"
points = 1
per = "head"
[[activity]]
code = "service"
name = "志愿服务"
category = "volunteering"
points = 1
per = "hour"
limit = { points = 2, per = "deed" }
"""
SERVICES = "".join(
    f'[[item]]\ncode = "{code}"\nname = "{name}"\npoints = {points}\nstocked = false\n'
    for code, name, points in (
        ("bag", "垃圾袋", 1),
        ("detergent", "洗洁精", 5),
        ("powder", "洗衣粉", 20),
        ("oil", "食用油", 50),
    )
)
BAGS = SERVICES.replace("points = 1\n", 'points = 1\nlimit = { pieces = 3, per = "month" }\n')
SHOPS = '[[shop]]\ncode = "main"\nname = "村部超市"\nitems = ["bag"]\n[[shop]]\ncode = "east"\nname = "东庄超市"\n'


def rules(text: str) -> str:
    """Return a rule book's blocks with such a table ``[redemption]``."""
    return f"{DEEDS}[redemption]\n{text}\n"


def opened(begin: Begin, redemption: str, prices: str = SERVICES, points: int = 100, **settings: object) -> Ledger:
    """Begin a book under such rules, with two households of some points each."""
    ledger = begin(rules(redemption), prices, **settings)
    for household in ("1", "2"):
        ledger.enrol(household, head="张三", members=["李四"], by="clerk:1")
        if points:
            ledger.award(household, "deed", quantity=points, by="clerk:1")
    return ledger


def test_a_threshold_counts_the_whole_balance(begin: Begin, refused: Refused) -> None:
    """S-16: with a minimum balance of 70 a household of 69 may not redeem, and one of 70 may, all of it."""
    ledger = opened(begin, "minimum_balance = 70", points=69)
    with refused(ledger, BelowMinimum, "below-minimum") as caught:
        ledger.redeem("1", {"bag": 1}, by="shop:1")
    assert {"account": "1", "balance": Decimal(69), "minimum": Decimal(70)} == caught.value.data
    ledger.award("1", "deed", by="clerk:1")
    assert Decimal(0) == ledger.redeem("1", {"bag": 70}, by="shop:1").balance


def test_a_quarter_that_is_cleared(begin: Begin, clock: FixedClock, refused: Refused) -> None:
    """S-17: 59 may not redeem and 60 may, until the quarter's close clears the rest; what was earned stays."""
    clearing = 'minimum_balance = 60\n[expiry]\npolicy = "clear_at_close"\nperiod = "quarter"'
    clock.noon("2025-10-05", back=True)
    ledger = opened(begin, clearing, points=59, first_period="2025-10")
    with refused(ledger, BelowMinimum, "below-minimum"):
        ledger.redeem("1", {"powder": 1}, by="shop:1")
    ledger.award("1", "deed", by="clerk:1")
    assert Decimal(40) == ledger.redeem("1", {"powder": 1}, by="shop:1").balance
    clock.noon("2026-01-05")
    for month in ("2025-10", "2025-11", "2025-12"):
        ledger.close(month, by="clerk:1")
    assert Decimal(0) == ledger.balance("1").balance
    with refused(ledger, BelowMinimum, "below-minimum"):
        ledger.redeem("1", {"bag": 1}, by="shop:1")
    assert [Decimal(60)] == [row.earned for row in ledger.tally("2025") if row.code == "1"]


def test_prices_of_one_five_twenty_and_fifty(begin: Begin, refused: Refused) -> None:
    """S-18: of 26 points powder and detergent leave 1 and a bag 0; the oil at 50 is refused at 26."""
    ledger = opened(begin, "minimum_balance = 1", points=26)
    with refused(ledger, InsufficientPoints, "insufficient-points") as caught:
        ledger.redeem("1", {"oil": 1}, by="shop:1")
    assert (Decimal(26), Decimal(50)) == (caught.value.data["available"], caught.value.data["required"])
    assert Decimal(1) == ledger.redeem("1", {"powder": 1, "detergent": 1}, by="shop:1").balance
    assert Decimal(0) == ledger.redeem("1", {"bag": 1}, by="shop:1").balance


def test_one_redemption_a_quarter(begin: Begin, clock: FixedClock, refused: Refused) -> None:
    """S-19: one redemption a quarter each, a second is refused; of 3 h served 2 are paid and all are kept."""
    ledger = opened(begin, 'times_per = { times = 1, per = "quarter" }', points=0)
    served = ledger.award("1", "service", minutes=180, by="clerk:1")
    assert (Decimal(2), 180) == (served.points, ledger.record(served.seq).said["minutes"])
    ledger.award("2", "service", minutes=60, by="clerk:1")
    spent = ledger.redeem("1", {"bag": 1}, by="shop:1")
    clock.noon("2025-12-31")
    with refused(ledger, RedemptionLimit, "redemption-limit") as caught:
        ledger.redeem("1", {"bag": 1}, by="shop:1")
    told = {"measure": "times", "limit": 1, "used": 1, "required": 1, "per": "quarter", "next_day": "2026-01-01"}
    assert {"account": "1", **told} == caught.value.data
    assert Decimal(0) == ledger.redeem("2", {"bag": 1}, by="shop:1").balance
    clock.noon("2026-01-01")
    ledger.redeem("1", {"bag": 1}, by="shop:1")
    assert [180, None, None] == [line.minutes for line in ledger.statement("1")]
    assert Decimal(1) == ledger.reverse(spent.seq, reason="记错了", by="shop:1").balance
    undone = ledger.reverse(served.seq, reason="投诉属实", by="clerk:1")
    assert Decimal(-1) == undone.balance


def test_naming_an_earlier_day_makes_no_room(begin: Begin, clock: FixedClock, refused: Refused) -> None:
    """A redemption counts where it is judged, in the month in which it is recorded, whatever day it names."""
    ledger = opened(begin, 'times_per = { times = 1, per = "month" }')
    clock.noon("2025-12-02")
    ledger.redeem("1", {"bag": 1}, by="shop:1", on="2025-11-28")
    with refused(ledger, RedemptionLimit, "redemption-limit"):
        ledger.redeem("1", {"bag": 1}, by="shop:1", on="2025-11-29")
    with refused(ledger, RedemptionLimit, "redemption-limit"):
        ledger.redeem("1", {"bag": 1}, by="shop:1")


@pytest.mark.parametrize(
    ("cut_off_day", "free", "per", "next_day"),
    [
        (0, "2026-01-01", "half", "2026-01-01"),
        (25, "2025-11-26", "month", "2025-11-26"),
        (0, "2026-01-01", "year", "2026-01-01"),
    ],
)
def test_points_of_a_span(
    begin: Begin, clock: FixedClock, refused: Refused, *, cut_off_day: int, free: str, per: str, next_day: str
) -> None:
    """What may be redeemed in a span goes by the village's own periods, and what does not fit in is refused whole."""
    text = f'points_per = {{ points = 60, per = "{per}" }}'
    ledger = opened(begin, text, cut_off_day=cut_off_day, first_period="2025-10")
    ledger.redeem("1", {"powder": 2}, by="shop:1")
    clock.noon("2025-11-20")
    with refused(ledger, RedemptionLimit, "redemption-limit") as caught:
        ledger.redeem("1", {"powder": 1, "bag": 1}, by="shop:1")
    told = {"measure": "points", "limit": Decimal(60), "used": Decimal(40), "required": Decimal(21), "per": per}
    assert {"account": "1", **told, "next_day": next_day} == caught.value.data
    ledger.redeem("1", {"powder": 1}, by="shop:1")
    clock.noon(free)
    assert Decimal(39) == ledger.redeem("1", {"bag": 1}, by="shop:1").balance


def test_pieces_of_an_item(begin: Begin, clock: FixedClock, refused: Refused) -> None:
    """An item's own limit counts its pieces for each household, and says from which day on there is more."""
    ledger = opened(begin, "minimum_balance = 1", BAGS)
    ledger.redeem("1", {"bag": 2, "oil": 1}, by="shop:1")
    with refused(ledger, ItemLimit, "item-limit") as caught:
        ledger.redeem("1", {"bag": 2}, by="shop:1")
    told = {"limit": 3, "used": 2, "required": 2, "per": "month", "next_day": "2025-12-01"}
    assert {"account": "1", "item": "bag", **told} == caught.value.data
    ledger.redeem("1", {"bag": 1}, by="shop:1")
    ledger.redeem("2", {"bag": 3}, by="shop:1")
    clock.noon("2025-12-01")
    ledger.redeem("1", {"bag": 3}, by="shop:1")


def test_what_is_reversed_gives_its_room_back(begin: Begin) -> None:
    """A redemption that was an entry mistake gives back its one time, its points and its pieces."""
    text = 'times_per = { times = 1, per = "month" }\npoints_per = { points = 3, per = "year" }'
    ledger = opened(begin, text, BAGS)
    wrong = ledger.redeem("1", {"bag": 3}, by="shop:1")
    ledger.reverse(wrong.seq, reason="记错了", by="shop:1")
    assert Decimal(97) == ledger.redeem("1", {"bag": 3}, by="shop:1").balance


def test_what_was_redeemed_before_there_was_a_limit_counts(begin: Begin, document: Document, refused: Refused) -> None:
    """A rule book adopted later finds how often was redeemed before it."""
    ledger = opened(begin, "minimum_balance = 1")
    ledger.redeem("1", {"bag": 1}, by="shop:1")
    limited = document(rules('times_per = { times = 1, per = "month" }'), first_day="2025-11-01")
    ledger.adopt_rules(limited, by="clerk:1")
    with refused(ledger, RedemptionLimit, "redemption-limit"):
        ledger.redeem("1", {"bag": 1}, by="shop:1")
    ledger.redeem("2", {"bag": 1}, by="shop:1")


def test_only_multiples(begin: Begin, refused: Refused) -> None:
    """Where redemptions come in multiples, any other sum is refused with the sum and the multiple."""
    ledger = opened(begin, "multiple_of = 10")
    with refused(ledger, NotMultiple, "not-multiple") as caught:
        ledger.redeem("1", {"powder": 1, "detergent": 1}, by="shop:1")
    assert {"points": Decimal(25), "multiple": Decimal(10)} == caught.value.data
    assert Decimal(70) == ledger.redeem("1", {"powder": 1, "detergent": 2}, by="shop:1").balance


@pytest.mark.parametrize(
    ("text", "refused_on", "next_day"),
    [
        ("days = [15]", "2025-11-03", "2025-11-15"),
        ("days = [5, 31]", "2025-11-06", "2025-11-30"),
        ('rule = "FREQ=MONTHLY;BYDAY=1SA"', "2025-11-03", "2025-12-06"),
        ('rule = "RRULE:FREQ=WEEKLY;INTERVAL=2;BYDAY=SU"', "2025-11-03", "2025-11-16"),
    ],
)
def test_days_for_redeeming(
    begin: Begin, clock: FixedClock, refused: Refused, *, text: str, refused_on: str, next_day: str
) -> None:
    """On any other day a redemption is refused with the next one, whatever day it names; on that day it is taken."""
    ledger = opened(begin, text)
    clock.noon(refused_on)
    with refused(ledger, NotRedemptionDay, "not-redemption-day") as caught:
        ledger.redeem("1", {"bag": 1}, by="shop:1", on="2025-11-01")
    assert {"on": refused_on, "next_day": next_day} == caught.value.data
    clock.noon(next_day)
    assert Decimal(99) == ledger.redeem("1", {"bag": 1}, by="shop:1").balance


def test_a_shop_that_names_its_items(begin: Begin, refused: Refused) -> None:
    """A shop gives the items that the price list names for it; for others it says which shop does."""
    ledger = opened(begin, "minimum_balance = 1", SERVICES + SHOPS)
    assert [("main", ("bag",)), ("east", ("bag", "detergent", "powder", "oil"))] == [
        (shop.code, shop.items) for shop in ledger.shops()
    ]
    ledger.redeem("1", {"bag": 1}, by="shop:1")
    with refused(ledger, NotAtThisShop, "not-at-this-shop") as caught:
        ledger.redeem("1", {"bag": 1, "oil": 1}, by="shop:1")
    assert {"item": "oil", "shop": "main", "shops": "east"} == caught.value.data


def test_a_village_whose_shops_have_other_codes(begin: Begin, refused: Refused) -> None:
    """Where the list names shops they are all there are, and who names none of them is told so."""
    ledger = opened(begin, "minimum_balance = 1", SERVICES + SHOPS.replace('"main"', '"west"'))
    with refused(ledger, UnknownShop, "unknown-shop") as caught:
        ledger.redeem("1", {"bag": 1}, by="shop:1")
    assert ("main", "west (村部超市), east (东庄超市)") == (caught.value.data["shop"], caught.value.data["allowed"])


def test_a_paused_shop_refuses(begin: Begin, clock: FixedClock, refused: Refused) -> None:
    """A shop that is paused until a day gives nothing until then, and opens by date."""
    ledger = opened(begin, "minimum_balance = 1", SERVICES + SHOPS)
    receipt = ledger.pause_shop("村部超市", until="2025-11-05", reason="年终盘点", by="shop:1", request="p-1")
    again = ledger.pause_shop("main", until="2025-11-05", reason="年终盘点", by="shop:1", request="p-1")
    assert (receipt.seq, True) == (again.seq, again.repeated)
    assert [(receipt.seq, "2025-11-05", "年终盘点"), (0, "", "")] == [
        (shop.paused_by, shop.until, shop.reason) for shop in ledger.shops()
    ]
    clock.noon("2025-11-05")
    with refused(ledger, ShopPaused, "shop-paused") as caught:
        ledger.redeem("1", {"bag": 1}, by="shop:1")
    assert {"shop": "main", "seq": receipt.seq, "until": "2025-11-05"} == caught.value.data
    with refused(ledger, AlreadyPaused, "already-paused"):
        ledger.pause_shop("main", reason="盘点", by="shop:1")
    clock.noon("2025-11-06")
    ledger.redeem("1", {"bag": 1}, by="shop:1")
    assert [0, 0] == [shop.paused_by for shop in ledger.shops()]


def test_a_pause_without_a_day_lasts_until_it_is_resumed(begin: Begin, clock: FixedClock, refused: Refused) -> None:
    """A pause that names no day lasts until the shop is resumed, and the shop can be paused anew after that."""
    ledger = opened(begin, "minimum_balance = 1")
    first = ledger.pause_shop("main", reason="店主住院", by="shop:1")
    clock.noon("2026-11-05")
    with refused(ledger, ShopPaused, "shop-paused") as caught:
        ledger.redeem("1", {"bag": 1}, by="shop:1")
    assert {"shop": "main", "seq": first.seq, "until": ""} == caught.value.data
    resumed = ledger.resume_shop("main", by="shop:1")
    assert first.seq == ledger.record(resumed.seq).decided["pause"]
    ledger.redeem("1", {"bag": 1}, by="shop:1")
    with refused(ledger, NotPaused, "not-paused"):
        ledger.resume_shop("main", by="shop:1")
    ledger.pause_shop("main", reason="盘点", by="shop:1")
    with refused(ledger, ShopPaused, "shop-paused"):
        ledger.redeem("1", {"bag": 1}, by="shop:1")


def test_a_shop_that_left_the_list_can_be_resumed(begin: Begin, clock: FixedClock, document: Document) -> None:
    """A pause ends though the shop is on no price list any more."""
    ledger = opened(begin, "minimum_balance = 1", SERVICES + SHOPS)
    ledger.pause_shop("east", reason="装修", by="shop:1")
    clock.noon("2025-12-01")
    ledger.adopt_prices(document(SERVICES, first_day="2025-12-01", decided_on="2025-11-20"), by="clerk:1")
    assert ["main"] == [shop.code for shop in ledger.shops()]
    assert "resume" == ledger.resume_shop("east", by="shop:1").kind


@pytest.mark.parametrize(
    ("shop", "until", "error", "code"),
    [
        ("nowhere", None, UnknownShop, "unknown-shop"),
        ("西庄超市", None, UnknownShop, "unknown-shop"),
        ("main", "2025-11-02", InvalidSetting, "invalid-setting"),
        ("", None, PointsLedgerError, "invalid-text"),
    ],
)
def test_a_pause_that_cannot_be_is_refused(
    begin: Begin, *, shop: str, until: str | None, error: type[PointsLedgerError], code: str
) -> None:
    """A pause is of a shop that is there, and does not end before it begins."""
    ledger = opened(begin, "minimum_balance = 1")
    before = ledger.head()
    with pytest.raises(error) as caught:
        ledger.pause_shop(shop, until=until, reason="盘点", by="shop:1")
    assert (code, before) == (caught.value.code, ledger.head())


def test_another_pause_under_the_same_request_is_a_conflict(begin: Begin, refused: Refused) -> None:
    """A request id that paused a shop until a day does not pause it until another."""
    ledger = opened(begin, "minimum_balance = 1")
    ledger.pause_shop("main", until="2025-11-05", reason="盘点", by="shop:1", request="p-1")
    with refused(ledger, RequestConflict, "request-conflict") as caught:
        ledger.pause_shop("main", until="2025-11-06", reason="盘点", by="shop:1", request="p-1")
    assert "until" == caught.value.data["field"]


def test_documents_that_let_nobody_redeem(begin: Begin, document: Document, refused: Refused) -> None:
    """A rule book and a price list beside which nothing could be redeemed are refused, whichever comes second."""
    ledger = opened(begin, "minimum_balance = 1")
    dear = document(SERVICES.replace("points = 1\n", "points = 6\n").replace("points = 5\n", "points = 7\n"))
    ledger.adopt_prices(dear, by="clerk:1")
    few = 'points_per = { points = 5, per = "month" }'
    with refused(ledger, DocumentsContradict, "documents-contradict") as caught:
        ledger.adopt_rules(document(rules(few)), by="clerk:1")
    told = {"key": "redemption.points_per.points", "value": Decimal(5), "least": Decimal(6), "on": "2025-11-03"}
    assert told.items() <= caught.value.data.items()
    assert ("rule book", "price list") == (caught.value.data["document"], caught.value.data["other_document"])
    ledger.adopt_rules(document(rules(few.replace("5", "9") + "\nmultiple_of = 3")), by="clerk:1")
    with refused(ledger, DocumentsContradict, "documents-contradict") as caught:
        ledger.adopt_prices(
            document(SERVICES.replace("points = 1\n", "points = 10\n").replace("= 5\n", "= 10\n")), by="clerk:1"
        )
    assert {"least": Decimal(12), "document": "price list"}.items() <= caught.value.data.items()


def test_rules_of_another_day_than_the_prices_do_not_meet(begin: Begin, document: Document) -> None:
    """Only documents that are in force on one day can contradict each other."""
    ledger = opened(begin, 'points_per = { points = 5, per = "month" }', SERVICES)
    later = document(rules("minimum_balance = 1"), first_day="2026-01-01", decided_on="2025-10-20")
    ledger.adopt_rules(later, by="clerk:1")
    dear = SERVICES.replace("points = 1\n", "points = 6\n").replace("points = 5\n", "points = 7\n")
    adopted = ledger.adopt_prices(document(dear, first_day="2026-01-01", decided_on="2025-10-20"), by="clerk:1")
    assert "prices" == adopted.kind
