"""Goods: handed out and never taken in, refunded and kept, on shelves below zero, at prices off the list."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator
from decimal import Decimal
from typing import Any, ClassVar

from pointsledger.inspection.by_operator import ByOperator
from pointsledger.inspection.matter import Matter
from pointsledger.inspection.view import Seen, View
from pointsledger.reports.books import FUND_BOOK, GOODS_BOOK
from pointsledger.rules import chart
from pointsledger.values.sequences import times
from pointsledger.values.words import Words

_PRICED = frozenset({"redeem", "reserve"})


class GoodsNotTakenIn:
    """Goods that were handed out, or lay there, and that the book had not."""

    code: ClassVar[str] = "goods-not-taken-in"
    title: ClassVar[Words] = Words("Goods never taken in", "未入库的商品")
    question: ClassVar[Words] = Words(
        "Which goods were handed out, or counted, that were never bought or given?",
        "哪些发出或盘点出的商品从未采购或受赠入库？",
    )

    def __init__(self, view: View) -> None:
        """Begin with nothing seen."""
        self._view = view
        self._least = view.thresholds.of(self.code, "pieces")
        self._found: list[Matter] = []

    def see(self, seen: Seen) -> None:
        """Keep it if goods came out of nowhere in it."""
        if seen.reversed_by:
            return
        nowhere: dict[str, int] = defaultdict(int)
        for entry in seen.record.entries:
            if entry.source in {chart.UNEXPLAINED, chart.FOUND}:
                nowhere[chart.item_of(entry.unit)] += entry.amount
        if sum(nowhere.values()) >= self._least:
            self._found.append(self._matter(seen, nowhere))

    def _matter(self, seen: Seen, nowhere: dict[str, int]) -> Matter:
        record, pieces = seen.record, sum(nowhere.values())
        goods = [f"{self._view.item_name(item)} {count}" for item, count in sorted(nowhere.items())]
        counted = record.kind == "stocktake"
        done = Words("counted beyond the book", "盘点多出") if counted else Words("handed out", "发出")
        what = Words(
            f"Record {record.seq}: {', '.join(goods)} {done.en}, and no intake had brought it.",
            f"第 {record.seq} 号记录：{done.zh} {'、'.join(goods)}，此前并无入库。",
        )
        look = Words(
            f"Ask for the invoice or the gift note of these goods from before {record.on}.",
            f"请调阅 {record.on} 以前这些商品的发票或捐赠单。",
        )
        who = self._view.directory.code(record.by)
        return Matter(self.code, (record.seq,), who, record.on, what, look, {"pieces": pieces})

    def found(self) -> Iterator[Matter]:
        """Yield each record."""
        yield from self._found


class PriceOffList:
    """Exchanges at a price that the list which governs the day does not have."""

    code: ClassVar[str] = "price-off-list"
    title: ClassVar[Words] = Words("Prices off the list", "未按价目表")
    question: ClassVar[Words] = Words(
        "Which goods went for another price than the price list of the day, or stand on none?",
        "哪些商品未按当日价目表兑换，或根本不在价目表上？",
    )

    def __init__(self, view: View) -> None:
        """Begin with nothing seen."""
        self._view = view
        self._least = view.least(self.code)
        self._governs: dict[str, int] = {}
        self._found: list[Matter] = []

    def see(self, seen: Seen) -> None:
        """Compare each of its prices with the list that governs its day by now."""
        record = seen.record
        if record.kind not in _PRICED or seen.reversed_by:
            return
        if record.on not in self._governs:
            self._governs[record.on] = self._view.price_list_on(record.on)
        version = self._governs[record.on]
        listed = self._view.price_list(version)
        for line in record.decided.get("items", ()):
            item = listed.items.get(line["item"]) if listed else None
            if item is None or abs(item.points - line["points"]) >= self._least:
                self._found.append(self._matter(seen, line, None if item is None else item.points, version))

    def _matter(self, seen: Seen, line: Any, points: int | None, version: int) -> Matter:  # noqa: ANN401 - a body's line
        record, name = seen.record, self._view.item_name(line["item"])
        paid, by_list = self._view.points(line["points"]), "" if points is None else self._view.points(points)
        used = record.decided.get("prices", 0)
        wanted = (
            Words(f"the list that governs {record.on} (version {version}) does not have it", "当日价目表没有此商品")
            if points is None
            else Words(
                f"the list that governs {record.on} (version {version}) says {by_list}",
                f"适用于 {record.on} 的价目表（第 {version} 版）为 {by_list} 分",
            )
        )
        what = Words(
            f"Record {record.seq}: {name} for {paid} points a piece by version {used}; {wanted.en}.",
            f"第 {record.seq} 号记录：{name} 每件 {paid} 分（第 {used} 版）；{wanted.zh}。",
        )
        look = Words(
            f"Ask which price list hung on the wall on {record.on}, and when version {version} was put up.",
            f"请核实 {record.on} 墙上张贴的是哪一版价目表，第 {version} 版何时张贴。",
        )
        figures = {"item": line["item"], "paid": paid, "listed": by_list, "version": version}
        who = self._view.directory.code(record.by)
        return Matter(self.code, (record.seq,), who, record.on, what, look, figures)

    def found(self) -> Iterator[Matter]:
        """Yield each exchange and item."""
        yield from self._found


class RefundsGoodsKept:
    """Points that were given back while the goods were not."""

    code: ClassVar[str] = "refunds-goods-kept"
    title: ClassVar[Words] = Words("Points back, goods kept", "退分未退货")
    question: ClassVar[Words] = Words("Where did points come back and the goods did not?", "哪些退分没有退货？")

    def __init__(self, view: View) -> None:
        """Begin with nothing seen."""
        self._view = view
        self._least = view.least(self.code)
        # What was goods in any list: a later one that calls them a service does not bring them back.
        self._goods = {code for prices in view.price_lists for code, item in prices.items.items() if item.stocked}
        self._kept = ByOperator(view)

    def see(self, seen: Seen) -> None:
        """Keep it if it is a refund for points alone, or for goods that did not lie on the shelf again."""
        record = seen.record
        if record.kind != "refund" or seen.reversed_by or record.decided["points"] < self._least:
            return
        items = record.decided.get("items", ())
        kept = [line for line in items if not line["returned"] and line["item"] in self._goods]
        if kept or not items:
            self._kept.keep(seen, record.decided["points"])

    def found(self) -> Iterator[Matter]:
        """Yield each operator with the records."""
        for who, seqs, told, given_back in self._kept:
            points = self._view.points(sum(given_back))
            yield Matter(
                self.code,
                seqs,
                who,
                "",
                Words(
                    f"{who} gave {points} points back in {times(len(seqs), 'refund')} in which goods stayed out: "
                    f"{told.en}.",
                    f"{who} 办理 {len(seqs)} 笔退分（共 {points} 分），货未退回：{told.zh}。",
                ),
                Words(
                    f"Ask for the reason of {told.en}, and the household whether it still has the goods.",
                    f"请问明{told.zh}的原因，并回访该户：东西是否还在手里。",
                ),
                {"records": len(seqs), "points": points},
            )


class MonthsBelowZero:
    """Months that a shelf or a fund ended with less than nothing, by the days that people gave."""

    code: ClassVar[str] = "months-below-zero"
    title: ClassVar[Words] = Words("Months below zero", "月末低于零")
    question: ClassVar[Words] = Words(
        "Which month ended with less than nothing on a shelf or in a fund?", "哪个月末的货架或基金低于零？"
    )

    def __init__(self, view: View) -> None:
        """Begin with nothing seen."""
        self._view = view

    def see(self, seen: Seen) -> None:
        """Look at nothing: what a month comes to does not show in one record."""

    def found(self) -> Iterator[Matter]:
        """Yield each month with its shelf or fund."""
        for month, line in self._view.months():
            if line.book in {GOODS_BOOK, FUND_BOOK} and line.closing < 0:
                yield self._matter(month, line.name, line.shop, line.closing, money=line.book == FUND_BOOK)

    def _matter(self, month: str, name: str, shop: str, closing: Decimal, *, money: bool) -> Matter:
        unit = Words(" yuan", " 元") if money else Words(f" on the shelf of {shop}", f" 件（{shop} 货架）")
        return Matter(
            self.code,
            (),
            shop or name,
            month,
            Words(f"{month} ended with {closing} of {name}{unit.en}.", f"{month} 月末 {name} 为 {closing}{unit.zh}。"),
            Words(
                f"Hold the days on the invoices of {name} against the days of what went out in {month}.",
                f"请将 {name} 的发票日期与 {month} 发出的日期逐笔核对。",
            ),
            {"closing": closing},
        )
