"""The shop at the command line: what is said of goods reserved, collected, cancelled, refunded or typed from paper."""

from __future__ import annotations

import json
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from pointsledger import Ledger
from pointsledger.values.calendar import day_after

if TYPE_CHECKING:
    from tests.faces.conftest import Run

pytestmark = pytest.mark.usefixtures("clerk")


@pytest.fixture(autouse=True)
def points(clerk: Path) -> Path:
    """Give a household points to spend today."""
    with Ledger.open("book.db") as ledger:
        ledger.bring_forward("03-018", 100, by="clerk:1")
    return clerk


def size() -> int:
    """Return how many records the book has."""
    with Ledger.open("book.db") as ledger:
        assert ledger.audit().whole
        return ledger.head().size


@pytest.mark.parametrize("lang", ["en", "zh"])
def test_a_reservation_is_made_and_collected(run: Run, lang: str) -> None:
    """Reserving says until when and what is left, handing over what it took, and again that it was done before."""
    seq = size() + 1
    reserved = run("--lang", lang, "reserve", "03-018", "soap=2", "haircut")
    with Ledger.open("book.db") as ledger:
        last_day = ledger.record(seq).decided["last_day"]
    expected = {
        "en": f"Reserved 30 for 03-018, record {seq}, to be collected by {last_day}; available 70.\n",
        "zh": f"03-018 预约 30，第 {seq} 号记录，请于 {last_day} 前（含当日）领取；可用 70。\n",
    }
    assert (0, expected[lang], "") == (reserved.status, reserved.out, reserved.err)
    handed = run("--lang", lang, "hand-over", str(seq), "--collector", "李四", "--cash", "2.50")
    expected = {
        "en": f"Reservation {seq} is handed over to 03-018: 30 points, record {seq + 1}; balance 70.",
        "zh": f"第 {seq} 号预约已由 03-018 领取：兑换 30，第 {seq + 1} 号记录；余额 70。",
    }
    assert (0, expected[lang] + "\n", "") == (handed.status, handed.out, handed.err)
    again = {"en": " (recorded before, nothing changed)", "zh": "（此前已录入，未作改动）"}
    repeated = run("--lang", lang, "hand-over", str(seq), "--collector", "李四", "--cash", "2.50").out
    assert expected[lang] + again[lang] + "\n" == repeated
    with Ledger.open("book.db") as ledger:
        (made,) = ledger.redemptions(household="03-018")
    assert ("handed-over", "李四", 250) == (made.state, made.collector_name, made.cash_fen)


@pytest.mark.parametrize(
    ("lang", "sentence"),
    [
        ("en", "Reservation {seq} of 03-018 is cancelled by record {next}; balance 100.\n"),
        ("zh", "03-018 的第 {seq} 号预约已由第 {next} 号记录取消；余额 100。\n"),
    ],
)
def test_a_reservation_is_cancelled(run: Run, lang: str, sentence: str) -> None:
    """Cancelling says whose reservation it was, and afterwards nothing is there to hand over."""
    seq = size() + 1
    run("reserve", "03-018", "soap")
    ended = run("--lang", lang, "cancel", str(seq), "--cause", "shop", "--reason", "缺货")
    assert (0, sentence.format(seq=seq, next=seq + 1)) == (ended.status, ended.out)
    refused = run("--lang", lang, "hand-over", str(seq))
    assert (1, True) == (refused.status, "(invalid-state)" in refused.err)


@pytest.mark.parametrize(
    ("lang", "pieces", "rest"),
    [
        (
            "en",
            "Refunded 10 of redemption {seq} to 03-018, record {first}; balance 80.\n",
            "Refunded 5 of redemption {seq} to 03-018, record {second}; balance 85.\n",
        ),
        (
            "zh",
            "第 {seq} 号兑换已向 03-018 退 10 分，第 {first} 号记录；余额 80。\n",
            "第 {seq} 号兑换已向 03-018 退 5 分，第 {second} 号记录；余额 85。\n",
        ),
    ],
)
def test_a_redemption_is_refunded(run: Run, lang: str, pieces: str, rest: str) -> None:
    """Pieces are refunded by name, returned or not, or points alone; and what is left of it without either."""
    seq = size() + 1
    run("redeem", "03-018", "soap=3")
    numbers = {"seq": seq, "first": seq + 1, "second": seq + 2}
    assert pieces.format(**numbers) == run("--lang", lang, "refund", str(seq), "肥皂", "--not-returned").out
    assert rest.format(**numbers) == run("--lang", lang, "refund", str(seq), "--points", "5", "--reason", "破损").out
    assert 0 == run("refund", str(seq)).status
    with Ledger.open("book.db") as ledger:
        (made,) = ledger.redemptions(household="03-018")
        assert (100, 3, 2) == (int(ledger.balance("03-018").balance), made.items[0].refunded, made.items[0].returned)
    refused = run("refund", str(seq), "soap")
    assert (1, True) == (refused.status, "(over-refund)" in refused.err)


@pytest.mark.parametrize(
    ("lang", "lines"),
    [
        (
            "en",
            [
                "Redeemed 120 from 03-018, record {seq}; balance -20.",
                "20 points of it were not there and are owed.",
                "Not on the shelf, and taken in as unexplained: soap=3.",
            ],
        ),
        (
            "zh",
            [
                "03-018 兑换 120，第 {seq} 号记录；余额 -20。",
                "其中 20 分不足，记为欠分。",
                "货架上没有、按来源不明入库的：soap=3。",
            ],
        ),
    ],
)
def test_what_paper_handed_out_is_told(run: Run, lang: str, lines: list[str]) -> None:
    """What was handed over on paper is recorded, and what it lacks in points and on the shelf is said."""
    seq = size() + 1
    ended = run("--lang", lang, "redeem", "03-018", "soap=12", "--handed-over", "--cash", "1")
    assert (0, [line.format(seq=seq) for line in lines]) == (ended.status, ended.lines)
    assert 1 == run("redeem", "03-018", "soap").status


@pytest.mark.parametrize(
    ("lang", "cause", "sentence"),
    [
        ("en", "resident", "10 of it had lapsed meanwhile and is gone."),
        ("zh", "resident", "其中 10 分已过期，随即清零。"),
        ("en", "shop", "What had lapsed can be spent until {day}."),
        ("zh", "shop", "其中已过期的积分可用至 {day}。"),
    ],
)
def test_points_that_are_over_are_told(points: Path, run: Run, lang: str, cause: str, sentence: str) -> None:
    """Of points that lapsed before they are refunded it is said that they are gone, or until when they come back."""
    rules = (points / "rules.toml").read_text(encoding="utf-8")
    text = rules.replace("[[category]]", '[expiry]\npolicy = "days"\ndays = 10\n[[category]]')
    (points / "short.toml").write_text(text, encoding="utf-8")
    at = ("--db", "short.db")
    assert 0 == run("init", *at, "--village", "a", "--rulebook", "short.toml", "--prices", "prices.toml").status
    assert 0 == run("enrol", "households.csv", *at).status
    assert 0 == run("award", "05-001", "tidy", *at, "--quantity", "5", "--on", "2025-09-05").status
    run("redeem", "05-001", "haircut", *at, "--on", "2025-09-10", "--handed-over")
    with Ledger.open("short.db") as ledger:
        spent = ledger.redemptions()[0]
        assert ("handed-over", False) == (spent.state, spent.irregular)
    lines = run("--lang", lang, "refund", str(spent.seq), *at, "--cause", cause).lines
    with Ledger.open("short.db") as ledger:
        day = ledger.record(ledger.head().size).decided.get("expires_on")
    assert sentence.format(day=day) == lines[1]


def test_a_shop_has_a_shelf_of_its_own(points: Path, run: Run) -> None:
    """What lies in one shop is not there in another, and a shop that the price list does not name is refused."""
    unknown = run("reserve", "03-018", "soap", "--shop", "east")
    assert (2, True) == (unknown.status, "(unknown-shop)" in unknown.err)
    shops = '[[shop]]\ncode = "main"\nname = "村部"\n[[shop]]\ncode = "east"\nname = "东庄"\n'
    prices = (points / "later-prices.toml").read_text(encoding="utf-8")
    (points / "shops.toml").write_text(prices + shops, encoding="utf-8")
    assert 0 == run("prices", "adopt", "shops.toml").status
    refused = run("reserve", "03-018", "soap", "--shop", "east")
    assert (1, True) == (refused.status, "(out-of-stock)" in refused.err)
    assert 0 == run("reserve", "03-018", "haircut", "--shop", "east").status


@pytest.mark.parametrize(
    ("words", "code"),
    [
        ("hand-over 1", "not-a-reservation"),
        ("cancel 999", "not-a-reservation"),
        ("refund 1", "not-a-redemption"),
        ("cancel 1 --cause nobody", "invalid-setting"),
        ("refund 1 soap --points 3", "options-conflict"),
        ("reserve 03-018 soap soap", "chosen-twice"),
        ("redeem 03-018 soap --cash 1.234", "too-many-decimals"),
    ],
)
def test_what_cannot_be_is_refused(run: Run, words: str, code: str) -> None:
    """What is no reservation, redemption, cause or amount is one sentence with its code, and nothing is written."""
    before = size()
    ended = run(*words.split())
    assert (f"({code})", before) == (ended.err.split()[-1], size())
    assert ended.status


@pytest.fixture
def shop(run: Run) -> list[int]:
    """Let a few redemptions happen; return their numbers: refunded in part, collected, and reserved still."""
    begun = []
    for words in ("redeem 03-018 soap=2 haircut --cash 1.50", "reserve 03-018 soap", "reserve 03-018 haircut=2"):
        begun.append(size() + 1)
        assert 0 == run(*words.split()).status
    assert 0 == run("refund", str(begun[0]), "soap").status
    assert 0 == run("hand-over", str(begun[1]), "--collector", "周九", "--by", "shop:1").status
    return begun


def test_redemptions_are_listed_with_what_became_of_them(run: Run, shop: list[int]) -> None:
    """People read state, collector and notes, and a line with the sums; scripts read every column, by each filter."""
    lines = run("--lang", "zh", "redemptions", "--household", "03-018").lines
    assert ["状态", "领取人"] == [word for word in lines[0].split() if word in {"状态", "领取人"}]
    assert lines[1].endswith("已退 10，现金 1.50 元")
    assert ["已领取", "周九", "shop:1"] == lines[2].split()[-3:]
    assert "已预约" in lines[3].split()
    assert "共 3 笔，已兑换 40 分，已退 10 分，预约占用 20 分，现金 1.50 元。" == lines[-1]
    english = run("--lang", "en", "redemptions", "--household", "03-018").lines
    assert "3 in all: 40 points, 10 refunded, 20 reserved, cash 1.50 yuan." == english[-1]
    first, second, third = json.loads(run("redemptions", "--household", "03-018", "--json").out)
    assert (shop, ["handed-over", "handed-over", "reserved"]) == (
        [first["seq"], second["seq"], third["seq"]],
        [first["state"], second["state"], third["state"]],
    )
    assert ("10", 150, 0, 1) == (
        first["refunded"],
        first["cash_fen"],
        first["irregular"],
        first["items"][1]["refunded"],
    )
    assert ("周九", None, "shop:1") == (second["collector_name"], second["collector"], second["by"])
    for filters, expected in (
        (("--state", "reserved"), shop[2:]),
        (("--collector", "周九"), shop[1:2]),
        (("--by", "shop:1", "--household", "03-018"), shop[1:2]),
        (("--item", "理发", "--household", "03-018"), [shop[0], shop[2]]),
        (("--household", "03-018", "--after", str(shop[0]), "--limit", "1"), shop[1:2]),
        (("--shop", "main", "--household", "03-018"), shop),
    ):
        found = json.loads(run("redemptions", *filters, "--json").out)
        assert expected == [one["seq"] for one in found], filters


def test_redemptions_are_added_up(run: Run, shop: list[int]) -> None:
    """The totals have a row for all and one for each item, and for people the sums in a sentence."""
    assert 3 == len(shop)
    whole, haircut, soap = json.loads(run("redemptions", "--household", "03-018", "--totals", "--json").out)
    assert (None, 3, "40", "10", "20", 150) == tuple(
        whole[name] for name in ("item", "redemptions", "points", "refunded", "reserved", "cash_fen")
    )
    assert (3, 1, 1, 0) == tuple(soap[name] for name in ("pieces", "refunded_pieces", "returned", "reserved_pieces"))
    assert ("理发", 1, "10", 2) == tuple(haircut[name] for name in ("name", "pieces", "points", "reserved_pieces"))
    people = run("--lang", "zh", "redemptions", "--household", "03-018", "--totals").lines
    assert ["商品", "名称", "数量", "积分", "退货", "退回货架", "已预约"] == people[0].split()
    assert people[-1].startswith("共 3 笔")


def test_what_nobody_collects_is_named(run: Run, shop: list[int]) -> None:
    """The day on which a reservation ends says whose it is and what becomes of its points."""
    with Ledger.open("book.db") as ledger:
        last_day = str(ledger.record(shop[2]).decided["last_day"])
        (ends,) = (due for due in ledger.due(last_day, until=day_after(last_day)) if due.kind == "reservation-ends")
    lines = run("--lang", "zh", "due", ends.on).lines
    assert f"03-018 的第 {shop[2]} 号预约未领取，20 分释放" in lines[-1]
    assert f"reservation {shop[2]} of 03-018 was not collected, 20 points are free again" in run("due", ends.on).out
    (found,) = (one for one in json.loads(run("due", ends.on, "--json").out) if one["kind"] == "reservation-ends")
    assert (shop[2], "03-018", "20", "released") == (found["seq"], found["household"], found["points"], found["state"])
