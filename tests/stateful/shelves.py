"""Shelves and funds in the reference ledger: goods and money that come, move and go, lot by lot."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from tests.stateful.book import Book
from tests.stateful.values import Act, Json, Outcome, Prices, Refused

FUNDS = ("shop", "green")
"""The funds that every version of the rules declares."""


def shelf(shop: str | None, item: str) -> str:
    """Return who holds the pieces of an item in a shop."""
    return f"shelf {shop or 'main'} {item}"


class Stocked(Book):
    """One village's book with its goods and its money, in memory."""

    def __init__(self, *rules: Any, **settings: Any) -> None:  # noqa: ANN401 - as the book's
        """Begin the book; no invoice was used yet."""
        super().__init__(*rules, **settings)
        self.invoices: dict[tuple[str, str], int] = {}

    # --- what can be asked -----------------------------------------------------------------------------

    def on_shelf(self, shop: str, item: str) -> tuple[int, int, int]:
        """Return the pieces of an item in a shop, their cost in fen, and how many of them are reserved."""
        there = self.lots.get(shelf(shop, item), [])
        return sum(lot.left for lot in there), sum(lot.left * lot.cost for lot in there), self.held(shelf(shop, item))

    def in_fund(self, fund: str) -> int:
        """Return what a fund holds, in fen."""
        return sum(lot.left for lot in self.lots.get(f"fund {fund}", []))

    # --- goods -----------------------------------------------------------------------------------------

    def stock_in(self, item: str, pieces: int, **how: Any) -> Outcome:  # noqa: ANN401 - as the other acts
        """Take goods onto a shelf, perhaps bought with the money of a fund."""
        names = ("cost", "best_before", "source", "shop", "fund", "invoice", "on")
        said = {"item": item, "pieces": pieces} | {name: how.get(name) for name in names}
        return self._posted("intake", said, how, lambda act: self._shelve(said, act))

    def _shelve(self, said: Json, act: Act) -> None:
        self._date(act, self._day(said["on"]))
        if not self._price(said["item"], act.on)[1]:
            raise Refused(code="not-stocked")
        self._shop(said["shop"], act.on)
        if said["invoice"]:
            earlier = self.invoices.get((said["invoice"], said["item"]))
            if earlier and not self.acts[earlier].reversed_by:
                raise Refused(code="invoice-used")
        cost = said["cost"] or 0
        if said["fund"]:
            if not cost:
                raise Refused(code="cost-required")
            self._spend(act, said["fund"], cost * said["pieces"])
            self._note("bought with a fund")
        if said["invoice"]:
            self.invoices[said["invoice"], said["item"]] = self.size + 1
        self._receive(act, shelf(said["shop"], said["item"]), said["pieces"], said["best_before"], cost)

    def transfer_stock(self, item: str, pieces: int, *, from_shop: str, to_shop: str, **how: Any) -> Outcome:  # noqa: ANN401 - as above
        """Move goods to another shop; each piece stays what it is."""
        said = {"item": item, "pieces": pieces, "shop": from_shop, "to": to_shop, "on": how.get("on")}
        return self._posted("transfer", said, how, lambda act: self._transfer(said, act))

    def _transfer(self, said: Json, act: Act) -> None:
        self._date(act, self._day(said["on"]))
        if said["shop"] == said["to"]:
            raise Refused(code="invalid-setting")
        self._good(said["item"], act.on)
        self._shop(said["to"], act.on)
        here, there = shelf(said["shop"], said["item"]), shelf(said["to"], said["item"])
        self._see_free(said["shop"], {said["item"]: said["pieces"]})
        parts = self._parts(self._in_order(here), said["pieces"])
        self._take_parts(act, here, parts)
        for line, (lot, part) in enumerate(parts, start=1):
            self._receive(act, there, part, lot.best_before, lot.cost, line=line)
        self._note("goods moved", *(["several lots moved"] if len(parts) > 1 else []))

    def write_off(self, item: str, pieces: int, *, shop: str | None, **how: Any) -> Outcome:  # noqa: ANN401 - as above
        """Take spoiled goods off a shelf."""
        said = {"item": item, "pieces": pieces, "shop": shop, "on": how.get("on"), "reason": how.get("reason")}
        return self._posted("write-off", said, how, lambda act: self._write_off(said, act))

    def _write_off(self, said: Json, act: Act) -> None:
        self._date(act, self._day(said["on"]))
        self._good(said["item"], act.on)
        self._see_free(said["shop"], {said["item"]: said["pieces"]})
        self._take(act, shelf(said["shop"], said["item"]), said["pieces"])
        self._note("written off the shelf")

    def stocktake(self, counts: Mapping[str, int], *, shop: str | None, reason: str | None, **how: Any) -> Outcome:  # noqa: ANN401 - as above
        """Have the book say what was counted."""
        said = {"counts": tuple(sorted(counts.items())), "shop": shop, "reason": reason}
        return self._posted("stocktake", said, how, lambda act: self._count_goods(said, act))

    def _count_goods(self, said: Json, act: Act) -> None:
        self._date(act, self.today)
        if not said["counts"]:
            raise Refused(code="nothing-counted")
        booked = {item: self.on_shelf(said["shop"], item) for item, _ in said["counts"]}
        for item, counted in said["counts"]:
            self._good(item, act.on)
            pieces, _, held = booked[item]
            if counted < held:
                raise Refused(code="count-below-reserved")
            if counted != pieces and said["reason"] is None:
                raise Refused(code="reason-required")
            if counted > pieces == 0:
                self._shop(said["shop"], act.on)
        for item, counted in said["counts"]:
            there, (pieces, _, _) = shelf(said["shop"], item), booked[item]
            if counted < pieces:
                self._take(act, there, pieces - counted)
                self._note("counted fewer")
            elif counted > pieces:
                self._receive(act, there, counted - pieces)
                self._note("counted more")
            else:
                self._note("counted the same")

    def _good(self, item: str, on: str) -> None:
        """See that some price list has goods of that code."""
        if not any(prices.items.get(item, (0, False))[1] for prices in self.prices):
            self._price(item, on)
            raise Refused(code="not-stocked")

    def _see_free(self, shop: str | None, items: Mapping[str, int]) -> None:
        """See that a shelf has so many pieces that are promised to nobody."""
        for item, pieces in items.items():
            there, _, held = self.on_shelf(shop or "main", item)
            if pieces > there - held:
                self._note("refused for stock", *(["refused as reserved"] if pieces <= there else []))
                raise Refused(code="out-of-stock")

    def _shop(self, shop: str | None, on: str) -> tuple[str, ...]:
        """Return what a shop gives on a day."""
        shops = self._prices_on(on).shops
        if (shop or "main") not in shops:
            raise Refused(code="unknown-shop")
        return shops[shop or "main"]

    def _prices_on(self, on: str) -> Prices:
        return next((prices for prices in reversed(self.prices) if prices.first_day <= on), self.prices[0])

    # --- money -----------------------------------------------------------------------------------------

    def fund_in(self, fund: str, fen: int, *, source: str, **how: Any) -> Outcome:  # noqa: ANN401 - as above
        """Give a fund money."""
        said = {"fund": fund, "fen": fen, "source": source, "on": how.get("on")}
        return self._posted("fund-in", said, how, lambda act: self._fund(said, act))

    def _fund(self, said: Json, act: Act) -> None:
        self._date(act, self._day(said["on"]))
        self._known_fund(said["fund"], act.on)
        self._receive(act, f"fund {said['fund']}", said["fen"])

    def fund_out(self, fund: str, fen: int, *, purpose: str, **how: Any) -> Outcome:  # noqa: ANN401 - as above
        """Pay something from a fund."""
        said = {"fund": fund, "fen": fen, "purpose": purpose, "on": how.get("on")}
        return self._posted("fund-out", said, how, lambda act: self._pay_out(said, act))

    def _pay_out(self, said: Json, act: Act) -> None:
        self._date(act, self._day(said["on"]))
        self._spend(act, said["fund"], said["fen"])

    def reward(self, to: str, *, goods: Mapping[str, int], fund: str | None, fen: int | None, **how: Any) -> Outcome:  # noqa: ANN401 - as above
        """Give goods, money or both without points."""
        if to not in self.groups:
            raise Refused(code="request-conflict" if how.get("request") in self.requests else "unknown-account")
        said = {"to": to, "goods": tuple(sorted(goods.items())), "fund": fund, "fen": fen, "on": how.get("on")}
        said |= {"shop": how.get("shop"), "ground": how.get("ground")}
        return self._posted("reward", said, how, lambda act: self._reward(said, act))

    def _reward(self, said: Json, act: Act) -> None:
        self._date(act, self._day(said["on"]))
        if all((said["shop"] or "main") not in prices.shops for prices in self.prices):
            raise Refused(code="unknown-shop")
        for item, pieces in said["goods"]:
            self._good(item, act.on)
            self._see_free(said["shop"], {item: pieces})
        if said["fund"]:
            self._spend(act, said["fund"], said["fen"])
            self._note("rewarded with money")
        elif not said["goods"]:
            raise Refused(code="nothing-rewarded")
        for item, pieces in said["goods"]:
            self._take(act, shelf(said["shop"], item), pieces)
            self._note("rewarded with goods")

    def _spend(self, act: Act, fund: str, fen: int) -> None:
        self._known_fund(fund, act.on)
        if fen > self.in_fund(fund):
            self._note("refused for money")
            raise Refused(code="fund-short")
        self._take(act, f"fund {fund}", fen)
        parts = [own for own, _ in act.taken if own == f"fund {fund}"]
        self._note(*(["paid out of two grants"] if len(parts) > 1 else []))

    def _known_fund(self, fund: str, on: str) -> None:
        self.rules_on(on)
        if fund not in FUNDS:
            raise Refused(code="unknown-fund")
