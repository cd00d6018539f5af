"""Shops at the command line: pausing one, opening it again, and what a check says of the rules of redeeming."""

from __future__ import annotations

import json
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from tests.faces.conftest import HEADING, PRICES, RULES

if TYPE_CHECKING:
    from tests.faces.conftest import Run

SHOPS = '[[shop]]\ncode = "main"\nname = "村部超市"\n[[shop]]\ncode = "east"\nname = "东庄超市"\nitems = ["soap"]\n'


@pytest.fixture(autouse=True)
def shops(clerk: Path, run: Run) -> Path:
    """Adopt prices that name two shops."""
    (clerk / "shops.toml").write_text(HEADING + PRICES + SHOPS, encoding="utf-8")
    assert 0 == run("prices", "adopt", "shops.toml").status
    return clerk


def test_a_shop_is_paused_and_opened_again(run: Run) -> None:
    """Pausing says until when, the list says why, a redemption is refused, and resuming opens the shop."""
    paused = run("--lang", "en", "shop", "pause", "村部超市", "--reason", "年终盘点", "--until", "2099年1月5日").lines
    assert paused[0].startswith("Shop 村部超市 is paused until 2099-01-05, record ")
    seq = int(paused[0].split()[-1].rstrip("."))
    told = json.loads(run("shop", "show", "--json").out)
    pause = {"paused_by": seq, "until": "2099-01-05", "reason": "年终盘点"}
    assert [
        {"shop": "main", "name": "村部超市", "items": ["soap", "haircut"], **pause},
        {"shop": "east", "name": "东庄超市", "items": ["soap"], "paused_by": None, "until": None, "reason": None},
    ] == told
    assert "main,村部超市,soap;haircut" in run("shop", "show", "--csv").out
    refused = run("--lang", "zh", "redeem", "03-017", "soap")
    sentence = f"超市“main”暂停至 2099-01-05（第 {seq} 号记录）；请在该日之后再来。 (shop-paused)"
    assert (1, sentence) == (refused.status, refused.err.strip())
    opened = run("--lang", "zh", "shop", "resume", "main", "--remark", "盘点完毕").lines
    assert [f"超市“main”已恢复，第 {seq + 1} 号记录。"] == opened
    assert 0 == run("redeem", "03-017", "soap").status


@pytest.mark.parametrize(
    ("lang", "said", "shown"),
    [
        ("en", "Shop east is paused until it is resumed, record ", "paused: 装修"),
        ("zh", "超市“east”暂停至另行通知，第 ", "暂停：装修"),
    ],
)
def test_a_pause_without_a_day(run: Run, lang: str, said: str, shown: str) -> None:
    """A pause that names no day says so in both languages, and the table shows its reason."""
    assert run("--lang", lang, "shop", "pause", "east", "--reason", "装修").lines[0].startswith(said)
    assert shown in run("--lang", lang, "shop", "show").out


def test_a_day_is_shown_where_a_pause_has_one(run: Run) -> None:
    """The table names the last day of a pause."""
    run("shop", "pause", "east", "--reason", "装修", "--until", "2099-01-05")
    assert "paused until 2099-01-05: 装修" in run("--lang", "en", "shop", "show").out
    assert "暂停至 2099-01-05：装修" in run("--lang", "zh", "shop", "show").out


def test_a_check_says_the_rules_in_words(clerk: Path, run: Run) -> None:
    """A rule book is checked with what it says of redeeming, a price list with its shops, in the language spoken."""
    (clerk / "rules.toml").write_text(f"{HEADING}{RULES}[redemption]\nminimum_balance = 60\n", encoding="utf-8")
    assert "  one may redeem from a balance of 60 on" == run("--lang", "en", "rules", "check", "rules.toml").lines[1]
    assert "  余额满 60 分方可兑换" == run("--lang", "zh", "rules", "check", "rules.toml").lines[1]
    checked = run("--lang", "zh", "prices", "check", "shops.toml").lines
    assert ["  村部超市（main）兑换：全部商品", "  东庄超市（east）兑换：肥皂"] == checked[1:]
