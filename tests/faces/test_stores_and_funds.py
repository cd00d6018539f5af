"""The shop's goods and money at the command line: what each command says, in both languages, and how it ends."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from tests.faces.conftest import Run

pytestmark = pytest.mark.usefixtures("clerk")

# In this order: what is typed, and what it says in English and in Chinese.
ACTS = (
    (
        "stock in soap 3 --unit-cost 2.50 --fund shop --invoice 77",
        "3 of soap taken in, record 19; on the shelf 12. Fund shop has 492.50 yuan left.",
        "“soap”入库 3，第 19 号记录；现有 12。基金“shop”结余 492.50 元。",
    ),
    (
        "stock write-off 肥皂 2 --reason 受潮",
        "2 of 肥皂 written off, record 20; left on that shelf 10.",
        "“肥皂”报损 2，第 20 号记录；该货架余 10。",
    ),
    (
        "stock count soap=9 --reason 盘点",
        "item  in the book  counted  difference\nsoap           10        9          -1\nCounted, record 21.",
        "商品  账面数  盘点数  相差\nsoap      10       9    -1\n已盘点，第 21 号记录。",
    ),
    (
        "fund in shop 20.5 --source villagers --donor 王五",
        "20.50 yuan into shop, record 22; left 513.00.",
        "基金“shop”收入 20.50 元，第 22 号记录；结余 513.00 元。",
    ),
    (
        "fund out 兑换基金 20.5 --purpose 运费 --reference 凭3",
        (
            "20.50 yuan out of 兑换基金, record 23; left 492.50.\n"
            "The rule book does not allow this fund to be spent on that; the audit lists it."
        ),
        "基金“兑换基金”支出 20.50 元，第 23 号记录；结余 492.50 元。\n按细则该基金不得用于此项；审计时会列出。",
    ),
    (
        "reward 03-017 --ground title --goods soap=1 --amount 12 --fund shop",
        "03-017 rewarded, record 24.",
        "已奖励“03-017”，第 24 号记录。",
    ),
    (
        "fund in shop 900 --source government",
        "900.00 yuan into shop, record 25; left 1380.50.",
        "基金“shop”收入 900.00 元，第 25 号记录；结余 1380.50 元。",
    ),
    (
        "reward 三组 --role group --ground rank --amount 570 --fund shop",
        "三组 rewarded, record 26.\nThis goes beyond the fund's budget; the audit lists it.",
        "已奖励“三组”，第 26 号记录。\n已超出基金预算；审计时会列出。",
    ),
)


@pytest.mark.parametrize("lang", ["en", "zh"])
def test_each_act_says_what_it_came_to(run: Run, lang: str) -> None:
    """What was done with goods and money is told in one language, with the record and what is left."""
    for words, en, zh in ACTS:
        ended = run("--lang", lang, *words.split())
        assert (0, {"en": en, "zh": zh}[lang] + "\n", "") == (ended.status, ended.out, ended.err)
    books = run("--lang", lang, "books", json.loads(run("record", "26", "--json").out)["period"])
    said = {
        "en": ("written off -3", "given as a reward -1", "paid -20.50"),
        "zh": ("报损 -3", "奖励 -1", "支付 -20.50"),
    }[lang]
    assert (0, [True] * 3) == (books.status, [words in books.out for words in said])


def test_goods_go_to_another_shop(run: Run) -> None:
    """A transfer needs another shop of the price list; which there are is told."""
    ended = run("--lang", "en", "stock", "transfer", "soap", "1", "--to", "east")
    assert (2, "") == (ended.status, ended.out)
    assert "(unknown-shop)" in ended.err


def test_pieces_are_written_with_the_item(run: Run) -> None:
    """A count and a reward want ITEM=PIECES, once an item; a redemption takes an item alone as one piece."""
    for words in (("stock", "count", "soap"), ("reward", "03-017", "--ground", "title", "--goods", "soap")):
        ended = run("--lang", "zh", *words)
        assert (2, "这里缺少数量；请补上，写作 soap=2。 (option-required)\n") == (ended.status, ended.err)
    assert "(chosen-twice)" in run("stock", "count", "soap=1", "soap=2").err
    assert 0 == run("redeem", "03-017", "soap").status


def test_books_that_foot_say_so(run: Run) -> None:
    """The page of a period tells each book from opening to closing, and that all of them foot."""
    ended = run("--lang", "zh", "books", "2025Q4")
    assert (0, "各账均平：期初 + 收入 - 支出 = 期末。") == (ended.status, ended.lines[-1])
    rows = json.loads(run("books", "2025Q4", "--json").out)
    assert [("points", "14"), ("goods", "9"), ("worth", "22.50"), ("fund", "500.00")] == [
        (row["book"], row["closing"]) for row in rows
    ]
    assert [{"heading": "handed-over", "amount": "-1"}] == rows[1]["movements"]


def test_points_that_cannot_be_honoured_end_with_a_status(run: Run) -> None:
    """A promise within what is there ends with 0; one that exceeds it is said and ends with 1, for scripts too."""
    assert 0 == run("liability").status
    assert 0 == run("fund", "out", "shop", "500", "--purpose", "退款").status
    for _ in range(2):
        run("award", "03-018", "tidy", "--quantity", "40", "--on", "2025-10-09")
    ended = run("--lang", "en", "liability")
    assert 1 == ended.status
    assert ended.lines[-1].startswith("The points outstanding would cost 90.00 yuan, more than 100% of the 22.50 yuan")
    assert 1 == run("liability", "--json").status
