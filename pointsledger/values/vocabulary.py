"""Vocabulary: what kinds of record, states of an exchange, free texts and grounds are called, whoever speaks of them.

A refusal, a slip, the audit and a trace name one thing by one word in each language.
"""

from __future__ import annotations

from pointsledger.values.words import Words

KINDS_IN_WORDS: dict[str, Words] = {
    "genesis": Words("book begun", "建账"),
    "operator": Words("operator introduced", "经办人登记"),
    "rulebook": Words("rule book adopted", "采用细则"),
    "prices": Words("price list adopted", "采用价目"),
    "enrol": Words("household enrolled", "登记入册"),
    "opening": Words("points of the paper book", "期初积分"),
    "lapse": Words("lapse", "到期清零"),
    "close": Words("close", "结账"),
    "base": Words("base points", "基础分"),
    "opening-stock": Words("stock of the paper book", "期初库存"),
    "intake": Words("intake", "入库"),
    "award": Words("award", "加分"),
    "deduct": Words("deduction", "扣分"),
    "redeem": Words("redemption", "兑换"),
    "reserve": Words("reservation", "预约"),
    "hand-over": Words("hand-over", "领取"),
    "cancel": Words("cancellation", "取消预约"),
    "release": Words("end of a reservation", "预约到期"),
    "refund": Words("refund", "退货退分"),
    "reverse": Words("reversal", "冲销"),
    "reverse-batch": Words("sheet taken back", "整批冲销"),
    "pause": Words("shop paused", "暂停兑换"),
    "resume": Words("shop resumed", "恢复兑换"),
    "recovered": Words("backup put back", "备份恢复声明"),
    "transfer-stock": Words("transfer between shops", "调拨"),
    "write-off": Words("write-off", "报损"),
    "stocktake": Words("stocktake", "盘点"),
    "fund-in": Words("money into a fund", "基金收入"),
    "fund-out": Words("money out of a fund", "基金支出"),
    "reward": Words("reward", "奖励"),
    "call-back": Words("call-back", "回访"),
    "erase": Words("personal data erased", "删除个人信息"),
    "amend": Words("register amended", "更正名册"),
}
"""Each kind of record; a refusal in English says the kind itself."""

STATES_IN_WORDS: dict[str, Words] = {
    "reserved": Words("reserved", "已预约"),
    "handed-over": Words("handed over", "已领取"),
    "cancelled": Words("cancelled", "已取消"),
    "released": Words("released", "已到期释放"),
    "forfeited": Words("forfeited", "已到期作废"),
    "reversed": Words("reversed", "已冲销"),
}
"""What became of a redemption or a reservation."""

TABLES_ZH: dict[str, str] = {
    "schema": "数据库版本",
    "journal": "积分台账",
    "village": "村设置",
    "entry": "分录",
    "allocation": "批次使用明细",
    "account": "积分账户",
    "resident": "居民",
    "operator": "经办人",
    "grouping": "分组",
    "edition": "细则与价目版本",
    "balance": "余额",
    "lot": "积分批次",
    "lapse": "到期清零",
    "invoice": "票据号",
    "secret": "密值",
    "usage": "限额使用",
    "capped": "限额核减",
    "pause": "暂停兑换",
    "period_total": "各期合计",
    "checkpoint": "已发出的校验码",
    "close": "结账",
    "bridge": "积分变动表",
    "redemption": "兑换",
    "redemption_line": "兑换明细",
    "reversal": "冲销",
    "batch": "导入批次",
    "batch_row": "导入行",
    "profile": "名册资料",
    "remark": "备注文字",
}
"""The tables, by their names without the beginning that all have."""

_BEGINNING = "points_"


def table_in_words(table: str) -> Words:
    """Return what a table is called: in Chinese by its word, with its name beside it for whoever looks there."""
    word = TABLES_ZH.get(table.removeprefix(_BEGINNING))
    return Words(table, table if word is None else f"{word}（{table}）")


TEXTS_IN_WORDS: dict[str, Words] = {
    "remark": Words("remark", "备注"),
    "reason": Words("reason", "原因"),
    "collector_name": Words("collector", "领取人"),
    "donor": Words("donor", "捐赠人"),
    "wish": Words("wish", "捐赠意愿"),
    "organisation": Words("organisation", "单位"),
    "former_name": Words("former name", "原姓名"),
    "former_code": Words("former code", "原编号"),
}
"""The free texts that stand beside a record."""

GROUNDS_IN_WORDS: dict[str, Words] = {
    "request": Words("at their request", "本人要求"),
    "retention-over": Words("as the time of keeping was over", "保存期满"),
    "entered-in-error": Words("as entered in error", "录入有误"),
    "order": Words("by order", "机关要求"),
}
"""Why personal data was erased, as it stands behind what was done."""
