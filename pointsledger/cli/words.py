"""The words of the command line, in English and Chinese; and which of the two to speak."""

from __future__ import annotations

import locale
import os
from decimal import Decimal

from pointsledger.reports import reading_out

LANGUAGES = ("zh", "en")

_chosen: list[str] = []


def choose(lang: str | None) -> None:
    """Speak ``lang`` from now on, or what the environment says."""
    _chosen[:] = [lang] if lang else []


def language() -> str:
    """Return the language to speak: as chosen, else POINTSLEDGER_LANG, else Chinese in a Chinese locale."""
    if _chosen:
        return _chosen[0]
    asked = os.environ.get("POINTSLEDGER_LANG", "")
    if asked in LANGUAGES:
        return asked
    spoken = next(filter(None, (os.environ.get(name) for name in ("LC_ALL", "LC_MESSAGES", "LANG"))), "")
    return "zh" if (spoken or locale.getlocale()[0] or "").lower().startswith(("zh", "chinese")) else "en"


def speak(en: str, zh: str) -> str:
    """Return the one of two texts that is in the language spoken."""
    return zh if language() == "zh" else en


def many(count: Decimal | int, noun: str) -> str:
    """Return how many there are of something, in English: ``1 record``, ``2 records``."""
    return f"{count} {noun}{'' if count == 1 else 's'}"


HEADINGS: dict[str, tuple[str, str]] = {
    "village": ("village", "村代码"),
    "household": ("household", "户号"),
    "name": ("name", "户主"),
    "title": ("name", "名称"),
    "group": ("group", "组"),
    "balance": ("balance", "余额"),
    "held": ("held", "预约占用"),
    "pending": ("pending", "待生效"),
    "arrears": ("arrears", "欠分"),
    "available": ("available", "可用"),
    "floor": ("floor", "保底分"),
    "seq": ("record", "记录号"),
    "lost_from": ("lost from", "丢失首号"),
    "lost_through": ("lost through", "丢失末号"),
    "last_on": ("last entry on", "最后录入日期"),
    "extends": ("extends", "补充声明号"),
    "heads": ("heads issued", "已发出的校验根"),
    "reason": ("reason", "原因"),
    "on": ("on", "日期"),
    "what": ("what", "事由"),
    "quantity": ("quantity", "数量"),
    "member": ("member", "成员"),
    "points": ("points", "积分"),
    "worth": ("worth", "应得"),
    "note": ("note", "说明"),
    "code": ("code", "编号"),
    "deeds": ("deeds", "事项数"),
    "opening": ("opening", "期初"),
    "earned": ("earned", "加分"),
    "prior": ("prior", "前期更正"),
    "deducted": ("deducted", "扣分"),
    "redeemed": ("redeemed", "兑换"),
    "base": ("base", "基础分"),
    "refunded": ("refunded", "退分"),
    "expired": ("expired", "到期清零"),
    "forfeited": ("forfeited", "作废"),
    "moved": ("moved", "划转"),
    "closing": ("closing", "期末"),
    "rank": ("rank", "名次"),
    "items": ("items", "商品"),
    "by": ("by", "经办"),
    "state": ("state", "状态"),
    "collector": ("collected by", "领取人"),
    "refunded_pieces": ("taken back", "退货"),
    "returned": ("on the shelf again", "退回货架"),
    "reserved_pieces": ("reserved", "已预约"),
    "unit": ("book", "账"),
    "account": ("account", "科目"),
    "item": ("item", "商品"),
    "pieces": ("pieces", "数量"),
    "cost": ("cost (yuan)", "成本（元）"),
    "row": ("row", "行"),
    "column": ("column", "列"),
    "fault": ("fault", "问题"),
    "finding": ("finding", "发现"),
    "grade": ("grade", "等级"),
    "records": ("records", "笔数"),
    "seqs": ("records", "记录号"),
    "activity": ("activity", "事项"),
    "root": ("root", "校验根"),
    "granted": ("granted", "已计"),
    "rehearsed": ("by these rules", "重算"),
    "difference": ("difference", "相差"),
    "id": ("id", "内部编号"),
    "free": ("free", "可用"),
    "best_before": ("best before", "保质期"),
    "booked": ("in the book", "账面数"),
    "counted": ("counted", "盘点数"),
    "came_in": ("in", "收入"),
    "went_out": ("out", "支出"),
    "left": ("left", "结余"),
    "budget": ("budget", "预算"),
    "used": ("used", "已用"),
    "span": ("budget of", "预算期"),
    "book": ("book", "账"),
    "movements": ("in and out", "增减"),
    "outstanding": ("points outstanding", "未兑积分"),
    "yuan_per_point": ("yuan a point", "每分（元）"),
    "funds": ("funds (yuan)", "基金（元）"),
    "goods": ("goods (yuan)", "库存（元）"),
    "percent": ("percent", "占比（%）"),
    "warn_above_percent": ("warned above (%)", "警戒线（%）"),
    "shop": ("shop", "超市"),
    "issued_at": ("issued at", "签发时间"),
    "claimed_by": ("signatures of (unverified)", "所附签名（未核验）"),
    "signed_by": ("verified", "签名有效"),
    "check": ("check", "核查项"),
    "next": ("look at next", "下一步核对"),
    "place": ("no.", "序号"),
    "ask": ("to ask", "核实内容"),
    "answer": ("answer", "结果"),
    "size": ("drawn from records", "抽签所据记录数"),
    "number": ("drawn with", "抽签号码"),
    "period": ("drawn among", "抽签所限周期"),
    "count": ("households drawn", "抽取户数"),
    "remark": ("remark", "备注"),
}

ACCOUNTS: dict[str, tuple[str, str]] = {
    "households": ("households", "各户"),
    "issued": ("issued", "发放"),
    "deducted": ("deducted", "扣分"),
    "redeemed": ("redeemed", "已兑换"),
    "opening": ("opening", "期初"),
    "base": ("base", "基础分"),
    "refunded": ("refunded", "退分"),
    "forfeited": ("forfeited", "作废"),
    "supplier": ("supplier", "供货"),
    "donor": ("donor", "捐赠"),
    "shelf": ("shelf", "货架"),
    "handed-over": ("handed over", "已领取"),
    "returned": ("returned", "退回货架"),
    "written-off": ("written off", "报损"),
    "found": ("found", "盘盈"),
    "unexplained": ("unexplained", "来源不明"),
    "rewarded": ("given as a reward", "奖励"),
    "grant": ("granted", "拨入"),
    "paid": ("paid", "支出"),
    "fund": ("fund", "基金"),
    "moved": ("moved", "划转"),
    "earned": ("earned", "加分"),
    "expired": ("expired", "到期清零"),
}

BOOKS: dict[str, tuple[str, str]] = {
    "points": ("points", "积分"),
    "goods": ("pieces", "实物"),
    "worth": ("worth (yuan)", "实物（元）"),
    "fund": ("fund (yuan)", "基金（元）"),
}

_MOVEMENTS: dict[str, tuple[str, str]] = {
    "supplied": ("bought", "采购"),
    "donated": ("given", "受赠"),
    "granted": ("granted", "拨入"),
    "moved": ("moved", "调拨"),
    "handed-over": ("handed over", "领取"),
    "paid": ("paid", "支付"),
}


TEXTS: dict[str, tuple[str, str]] = {
    "reason": ("reason: ", "原因："),
    "remark": ("remark: ", "备注："),
    "donor": ("donor: ", "捐赠人："),
    "wish": ("wish: ", "捐赠意愿："),
    "organisation": ("organisation: ", "单位："),
}


def written(text: str) -> str:
    """Return a free text as it was written, and one of our own in the language spoken."""
    return reading_out.written(text, language())


def heading(column: str) -> str:
    """Return what a column is called."""
    return speak(*HEADINGS[column])


def movement_name(heading: str) -> str:
    """Return what a movement of the books is called."""
    return speak(*(_MOVEMENTS.get(heading) or ACCOUNTS.get(heading) or HEADINGS[heading]))


def account_name(account: str) -> str:
    """Return what an account of the chart is called, with its category or shop."""
    name, mark, rest = account.partition(":")
    called = speak(*ACCOUNTS[name]) if name in ACCOUNTS else name
    return called + mark + rest
