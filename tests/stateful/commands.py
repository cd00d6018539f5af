"""What the machine draws from: a village's rules and prices, commands, and rows of sheets."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from typing import Any

from hypothesis import strategies as st

from tests.stateful.shelves import FUNDS
from tests.stateful.values import Base, Cap, Ending, Prices, Rule, Rules, Terms

HEADS = {"01-001": "张三", "01-002": "李四", "02-001": "王五"}
MEMBER = "家人"
GROUPS = {"01-001": "一组", "01-002": "一组", "02-001": ""}
FIRST_MONTH = "2026-01"
BEGIN = datetime(2026, 2, 20, 2, 0, tzinfo=UTC)

TIDY = Rule(points=2, signs=("award", "deduct"))
CLASS = Rule(points=5, category="volunteering", hourly=True, limit=("times", 2, "week", "resident", "reject"))
HONOUR = Rule(
    category="model-household", levels={"county": 15, "town": 10}, limit=("times", 1, "year", "household", "partial")
)
LITTER = Rule(points=3, signs=("deduct",))
RULES = Rules(
    "2026-01-01",
    {
        "yard": Rule(points=12, limit=("points", 30, "month", "household", "partial")),
        "tidy": TIDY,
        "class": CLASS,
        "honour": HONOUR,
        "litter": LITTER,
    },
)
LATER_RULES = Rules(
    "2026-03-01",
    {
        "yard": Rule(points=10, limit=("points", 20, "month", "household", "partial")),
        "tidy": TIDY,
        "class": CLASS,
        "honour": replace(HONOUR, limit=("times", 1, "quarter", "household", "partial")),
        "litter": LITTER,
    },
)
PRICES = Prices("2026-01-01", {"soap": (4, True), "oil": (15, True), "cut": (3, False)})
LATER_PRICES = Prices("2026-03-01", {"soap": (5, True), "oil": (15, True), "cut": (3, False)})

_HEADING = (
    'format = 1\nname = "x"\nfirst_day = {day}\n[mandate]\ndecided_on = 2025-12-20\npresent = 46\nvotes_for = 44\n'
)


FUNDS_TOML = "".join(f'[[fund]]\ncode = "{code}"\nname = "{code}基金"\npurpose = "积分超市"\n' for code in FUNDS)


def rules_toml(rules: Rules) -> str:
    """Write the reference's rules as a village would."""
    text = _HEADING.format(day=rules.first_day).replace("[mandate]", f'arrears = "{rules.arrears}"\n[mandate]')
    text += _expiry_toml(rules.expiry) + _terms_toml(rules.terms) + _programme_toml(rules) + FUNDS_TOML
    for code, activity in rules.activities.items():
        sign = {"award": "plus", "deduct": "minus"}.get("/".join(activity.signs), "both")
        per = "level" if activity.levels else "hour" if activity.hourly else "time"
        text += f'[[activity]]\ncode = "{code}"\nname = "{code}事项"\ncategory = "{activity.category}"\n'
        text += f'per = "{per}"\nsign = "{sign}"\n'
        text += "" if activity.levels else f"points = {activity.points}\n"
        if activity.limit:
            measure, most, span, by, mode = activity.limit
            text += f'limit = {{ {measure} = {most}, per = "{span}", by = "{by}", mode = "{mode}" }}\n'
        for level, points in activity.levels.items():
            text += f'[[activity.level]]\ncode = "{level}"\nname = "{level}级"\npoints = {points}\n'
    return text


def _expiry_toml(ending: Ending) -> str:
    """Write how long points live, nothing where they live for ever."""
    if ending == Ending():
        return ""
    keys = {
        "days": f"days = {ending.count}\n",
        "months": f'months = {ending.count}\nround_to = "{ending.span or "none"}"\n',
        "fixed": f"month = {ending.day[:2].lstrip('0')}\nday = {ending.day[3:].lstrip('0')}\n",
        "end_of": f'period = "{ending.span}"\nplus = {ending.count}\n',
        "clear_at_close": f'period = "{ending.span}"\n',
    }
    return f'[expiry]\npolicy = "{ending.policy}"\n{keys[ending.policy]}'


def _terms_toml(terms: Terms) -> str:
    """Write what the rules say of redeeming."""
    text = "[redemption]\n"
    text += f"minimum_balance = {terms.minimum}\n" if terms.minimum else ""
    text += f"multiple_of = {terms.multiple}\n" if terms.multiple else ""
    for key, measure, allowance in (("times_per", "times", terms.times), ("points_per", "points", terms.points)):
        text += f'{key} = {{ {measure} = {allowance[0]}, per = "{allowance[1]}" }}\n' if allowance else ""
    text += f"days = {list(terms.days)}\n" if terms.days else ""
    return text + f'reservation_days = {terms.lives}\nat_end = "{terms.ending}"\ngrace_days = {terms.grace}\n'


def _programme_toml(rules: Rules) -> str:
    """Write what the rules say beside the activities."""
    text = ""
    for cap in rules.caps:
        block = f'{cap.measure} = {cap.most}\nper = "{cap.per}"\nby = "{cap.by}"\nmode = "{cap.mode}"\n'
        if cap.of == "ceiling":
            text += f"[[ceiling]]\n{block}with_base = {str(cap.with_base).lower()}\n"
        else:
            text += f'[[cap]]\nof = "{cap.of}"\n{block}'
    for of, factor in rules.multipliers:
        text += f'[[multiplier]]\nof = "{of}"\nfactor = "{factor}"\n'
    for base in rules.bases:
        floor, ranked = str(base.floor).lower(), str(base.ranked).lower()
        text += f'[[base]]\ncode = "{base.code}"\nname = "{base.code}分"\npoints = {base.points}\nper = "{base.per}"\n'
        text += f"floor = {floor}\nranked = {ranked}\n"
    return text


def prices_toml(prices: Prices) -> str:
    """Write the reference's prices as a village would."""
    text = _HEADING.format(day=prices.first_day)
    for code, (points, stocked) in prices.items.items():
        text += f'[[item]]\ncode = "{code}"\nname = "{code}品"\npoints = {points}\nstocked = {str(stocked).lower()}\n'
        if code in prices.limits:
            most, per = prices.limits[code]
            text += f'limit = {{ pieces = {most}, per = "{per}" }}\n'
    for code, given in prices.shops.items():
        items = ", ".join(f'"{item}"' for item in given if item in prices.items)
        text += f'[[shop]]\ncode = "{code}"\nname = "{code}超市"\nitems = [{items}]\n'
    return text


CLEARED = Ending("clear_at_close", span="quarter")
endings = st.one_of(
    st.just(Ending()),
    st.sampled_from([Ending("days", 10), Ending("days", 20)]),
    st.sampled_from([Ending("months", 1), Ending("months", 1, "month"), Ending("months", 2, "quarter")]),
    st.sampled_from([Ending("fixed", day="03-31"), Ending("fixed", day="05-15"), Ending("fixed", day="12-31")]),
    st.sampled_from([Ending("end_of", 0, "month"), Ending("end_of", 1, "month"), Ending("end_of", 0, "quarter")]),
    st.sampled_from([CLEARED, CLEARED, Ending("clear_at_close", span="half")]),
)
"""Every policy that there is; see ``rules.expiry``, of which the reference knows nothing."""

FLOOR = Base("floor", 10, "ever", floor=True)
terms = st.builds(
    Terms,
    minimum=st.sampled_from([0, 0, 0, 0, 0, 12]),
    multiple=st.sampled_from([0, 0, 0, 0, 0, 3]),
    times=st.sampled_from([None, None, None, None, None, (2, "month")]),
    points=st.sampled_from([None, None, None, None, None, (30, "quarter")]),
    lives=st.sampled_from([3, 10, 30]),
    ending=st.sampled_from(["release", "forfeit"]),
    grace=st.sampled_from([5, 30]),
)
"""What rules may say of redeeming, mostly little; for how long goods are kept, and what becomes of their points."""

programmes = st.fixed_dictionaries(
    {
        "terms": terms,
        "caps": st.sampled_from(
            [
                (),
                (Cap("category:cleanup", "points", 40, "week"),),
                *[(Cap("ceiling", "points", 70, "quarter", with_base=True),)] * 3,
                (Cap("all", "times", 5, "month"), Cap("ceiling", "points", 125, "year", with_base=True)),
                (Cap("all", "points", 30, "week", mode="reject"), Cap("ceiling", "points", 200, "year", "village")),
            ]
        ),
        "multipliers": st.sampled_from(
            [(), (("category:volunteering", "1.5"),), (("activity:yard", "1.25"), ("category:volunteering", "0.5"))]
        ),
        "bases": st.sampled_from(
            [(FLOOR,), (FLOOR, Base("base", 5, "month")), (Base("base", 30, "quarter", ranked=True),)]
        ),
    }
)
"""What rules may say beside their activities, each within what the others allow."""

purposes = st.lists(st.tuples(st.integers(0, 999), st.integers(0, 15)), min_size=1, max_size=3)
"""What a history begins with beside its book: which of the things that the machine does on purpose, and how.

Hypothesis leaves most rules out of most histories; so what only a rule brings about is met by luck.
"""


@dataclass(frozen=True)
class Command:
    """An act to be done on both sides; ``back`` picks a day, or the record to reverse, counted from the present."""

    name: str
    what: dict[str, Any] = field(default_factory=dict)
    by: str = "clerk:1"
    back: int | None = None
    named: bool = True


households = st.sampled_from(sorted(HEADS))
anybody = st.sampled_from(["01-001", "02-001"] * 8 + ["01-002", "99-999"])
operators = st.sampled_from(["clerk:1", "clerk:1", "clerk:2", "shop:1"])
days_back = st.one_of(st.none(), st.integers(0, 45))
quantities = st.sampled_from([None, "1", "2", "5"])
deeds = st.one_of(
    st.fixed_dictionaries({"activity": st.sampled_from(["yard", "yard", "tidy"]), "quantity": quantities}),
    st.fixed_dictionaries(
        {"activity": st.just("class"), "quantity": st.sampled_from(["1", "1.5"]), "member": st.just(MEMBER)}
    ),
    st.fixed_dictionaries({"activity": st.just("honour"), "level": st.sampled_from(["county", "town"])}),
)


def commands(
    name: str, what: st.SearchStrategy[dict[str, Any]], back: st.SearchStrategy[int | None] = days_back
) -> st.SearchStrategy[Command]:
    """Return commands of one kind."""
    return st.builds(
        Command, st.just(name), what, by=operators, back=back, named=st.sampled_from([True, True, True, False])
    )


def with_household(strategy: st.SearchStrategy[dict[str, Any]]) -> st.SearchStrategy[dict[str, Any]]:
    """Return what is done with somebody's household, now and then nobody's."""
    return st.builds(lambda household, rest: {"household": household} | rest, anybody, strategy)


awards = commands("award", with_household(deeds))
penalties = st.fixed_dictionaries(
    {"activity": st.sampled_from(["tidy", "litter"]), "quantity": st.sampled_from([None, "2", "9"])}
)
deductions = commands("deduct", with_household(penalties))
openings = commands("bring_forward", with_household(st.fixed_dictionaries({"points": st.integers(1, 40)})), st.none())
shops = st.sampled_from([None, None, None, "east"])
intakes = commands(
    "stock_in",
    st.fixed_dictionaries(
        {
            "item": st.sampled_from(["soap", "soap", "oil"]),
            "pieces": st.integers(1, 6),
            "cost": st.integers(0, 300),
            "best_before": st.sampled_from([None, "2027-01-31", "2026-12-31"]),
            "source": st.sampled_from(["bought", "donated"]),
        },
        optional={"shop": shops, "invoice": st.sampled_from(["A1", "A2"])},
    ),
)
baskets = st.dictionaries(st.sampled_from(["soap", "soap", "oil", "cut"]), st.integers(1, 3), max_size=3)
orders = st.fixed_dictionaries({"items": baskets}, optional={"shop": shops})
redemptions = commands("redeem", with_household(orders), st.sampled_from([None, None, 0, 3]))
reservations = commands("reserve", with_household(orders), st.none())
causes = st.sampled_from(["resident", "resident", "shop", "force_majeure"])
hand_overs = commands("hand_over", st.just({}), st.integers(0, 6))
cancellations = commands("cancel", st.fixed_dictionaries({"cause": causes}), st.integers(0, 6))
refunds = commands(
    "refund",
    st.one_of(
        st.fixed_dictionaries({"cause": causes}, optional={"returned": st.booleans()}),
        st.fixed_dictionaries({"cause": causes, "points": st.integers(1, 9)}),
        st.fixed_dictionaries(
            {"cause": causes, "items": baskets}, optional={"returned": st.booleans(), "earlier": st.integers(0, 9)}
        ),
    ),
    st.integers(0, 6),
)
reversals = commands(
    "reverse",
    st.fixed_dictionaries({"reason": st.sampled_from(["记错", "重复"])}),
    st.one_of(st.integers(0, 4), st.integers(0, 30)),
)
fixes = commands(
    "correct",
    st.fixed_dictionaries(
        {"reason": st.sampled_from(["记错", "重复"])},
        optional={
            "household": anybody,
            "activity": st.sampled_from(["tidy", "yard", "class", "honour", "litter"]),
            "quantity": st.sampled_from(["1", "3", "8"]),
            "level": st.sampled_from(["county", "town"]),
            "member": st.just(MEMBER),
            "on": st.sampled_from(["2026-02-10", "2026-02-20", "2026-01-31"]),
        },
    ),
    st.one_of(st.integers(0, 3), st.integers(0, 20)),
)
goods = st.sampled_from(["soap", "soap", "oil"])
goods_acts = st.one_of(
    commands(
        "transfer_stock",
        st.fixed_dictionaries(
            {"item": goods, "pieces": st.integers(1, 5), "from_shop": st.sampled_from(["main", "main", "east"])}
        ).map(lambda what: what | {"to_shop": "main" if what["from_shop"] == "east" else "east"}),
    ),
    commands(
        "write_off",
        st.fixed_dictionaries({"item": goods, "pieces": st.integers(1, 3), "shop": shops, "reason": st.just("破损")}),
    ),
    commands(
        "stocktake",
        st.fixed_dictionaries(
            {
                "counts": st.dictionaries(goods, st.integers(0, 7), min_size=1, max_size=2),
                "shop": shops,
                "reason": st.sampled_from(["盘点", "盘点", None]),
            }
        ),
        st.none(),
    ),
)
funds = st.sampled_from(["shop", "shop", "green"])
money_acts = st.one_of(
    commands(
        "fund_in",
        st.fixed_dictionaries(
            {"fund": funds, "fen": st.integers(50, 900), "source": st.sampled_from(["government", "villagers"])}
        ),
    ),
    commands(
        "fund_out", st.fixed_dictionaries({"fund": funds, "fen": st.integers(1, 400), "purpose": st.just("电费")})
    ),
    commands(
        "stock_in",
        st.fixed_dictionaries(
            {
                "item": goods,
                "pieces": st.integers(1, 4),
                "cost": st.integers(0, 200),
                "best_before": st.sampled_from([None, "2026-12-31"]),
                "source": st.just("bought"),
                "fund": funds,
            },
            optional={"shop": shops, "invoice": st.sampled_from(["A1", "B1", "B2"])},
        ),
    ),
    commands(
        "reward",
        st.fixed_dictionaries(
            {
                "to": anybody,
                "ground": st.sampled_from(["rank", "title", "acceptance"]),
                "goods": st.dictionaries(goods, st.integers(1, 2), max_size=2),
                "shop": shops,
            }
        ).flatmap(
            lambda what: st.sampled_from(
                [
                    what | {"fund": None, "fen": None},
                    what | {"fund": "shop", "fen": 120},
                    what | {"fund": "green", "fen": 70},
                ]
            )
        ),
    ),
)
papers = commands(
    "redeem",
    with_household(
        st.fixed_dictionaries({"items": baskets}, optional={"shop": shops}).map(
            lambda what: what | {"handed_over": True}
        )
    ),
    st.sampled_from([None, 0, 3, 20]),
)
pausings = st.one_of(
    commands(
        "pause_shop",
        st.fixed_dictionaries({"shop": st.just("east"), "until": st.none(), "reason": st.just("盘点")}),
        st.none(),
    ),
    commands("resume_shop", st.fixed_dictionaries({"shop": st.sampled_from(["east", "main"])}), st.none()),
)
calls = commands(
    "call_back",
    with_household(st.fixed_dictionaries({"answer": st.sampled_from(["confirmed", "differs", "not-reached"])})),
    st.sampled_from([None, 0, 1]),
)
any_acts = st.one_of(
    awards,
    deductions,
    openings,
    intakes,
    redemptions,
    reversals,
    fixes,
    reservations,
    hand_overs,
    cancellations,
    refunds,
)
sheet_rows = st.builds(
    lambda household, deed, back, remark: (household, *deed, back, remark),
    anybody,
    st.sampled_from(
        [
            *(("tidy", quantity, sign) for quantity in ("", "2", "5") for sign in ("award", "deduct")),
            ("yard", "", "award"),
            ("yard", "2", "award"),
            ("litter", "3", "deduct"),
        ]
        * 3
        + [("yard", "", "deduct")]
    ),
    st.integers(0, 9),
    st.sampled_from(["门口", "门口", "村口"]),
)
sheet_edits = st.sampled_from(
    [{"change"}, {"change", "add"}, {"change", "drop"}, {"drop"}, {"double"}, {"add"}, set[str]()]
)
Drawn = tuple[str, str, str, str, int, str]
