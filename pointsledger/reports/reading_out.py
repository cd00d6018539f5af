"""Reading out: an explanation in words, as a clerk reads it to a resident who asks how a figure came about."""

from __future__ import annotations

from decimal import Decimal
from typing import TYPE_CHECKING

from pointsledger.rules.bridge import PRIOR
from pointsledger.rules.expiry import Expiry
from pointsledger.rules.limits import PER_DEED, scope_in_words
from pointsledger.values.visible import visible
from pointsledger.values.words import Words

if TYPE_CHECKING:
    from pointsledger.reports.explanation import AppliedRule, ExplainedLine, Explanation, LapsedLot, LimitCut
    from pointsledger.reports.readings import StatementLine

UNITS: dict[str, Words] = {
    "time": Words("time", "次"),
    "head": Words("head", "人"),
    "hour": Words("hour", "小时"),
    "piece": Words("piece", "件"),
    "level": Words("level", "级"),
}
SPANS = {
    PER_DEED: Words("deed", "每笔"),
    "day": Words("day", "每日"),
    "week": Words("week", "每周"),
    "month": Words("month", "每月"),
    "quarter": Words("quarter", "每季度"),
    "half": Words("half-year", "每半年"),
    "year": Words("year", "每年"),
    "ever": Words("ever", "累计"),
}
_HOLDERS = {
    "household": Words("for a household", "每户"),
    "resident": Words("for a resident", "每人"),
    "village": Words("for the village", "全村"),
}
_HEADINGS = {
    "opening": Words("opening from the paper book", "期初积分"),
    "base": Words("base points", "基础分"),
    "earned": Words("earned", "加分"),
    PRIOR: Words("for other months", "前期更正"),
    "deducted": Words("deducted", "扣分"),
    "redeemed": Words("redeemed", "兑换"),
    "refunded": Words("refunded", "退分"),
    "expired": Words("lapsed", "到期清零"),
    "forfeited": Words("forfeited", "作废"),
    "moved": Words("moved", "划转"),
}
_OUTGOING = frozenset({"deducted", "redeemed", "expired", "forfeited"})
_ROUNDED = {
    "month": Words(", to the end of that month", "，顺延至月末"),
    "quarter": Words(", to the end of that quarter", "，顺延至季末"),
    "half": Words(", to the end of that half-year", "，顺延至半年末"),
    "year": Words(", to the end of that year", "，顺延至年末"),
    "": Words("", ""),
}


_OWN_REASONS = {"replaced by a corrected sheet": "由更正后的表替换"}
"""What the library itself gives as a reason, which is kept in English."""


def written(text: str, lang: str) -> str:
    """Return a free text as it was written, and one of our own in the language asked for."""
    return _OWN_REASONS.get(text, text) if lang == "zh" else text


def said(words: Words, lang: str) -> str:
    """Return the one of two texts that is in the language asked for."""
    return words.zh if lang == "zh" else words.en


def sheet(explanation: Explanation, lang: str) -> str:
    """Return an explanation as a sheet: the opening, each line with its reasons below it, and how it adds up."""
    group = Words(f" ({explanation.group})", f"（{explanation.group}）") if explanation.group else Words("", "")
    named = f"{explanation.household} {explanation.name}{said(group, lang)}"
    lines = [
        said(Words(f"{named}, {explanation.period}", f"{named} {explanation.period} 积分说明"), lang),
        said(Words(f"opening {explanation.opening}", f"期初 {explanation.opening}"), lang),
    ]
    for line in explanation.lines:
        first, *reasons = line.say(lang)
        lines += [first, *(f"    {reason}" for reason in reasons)]
    return "\n".join(map(visible, [*lines, _footing(explanation, lang)]))


def _footing(explanation: Explanation, lang: str) -> str:
    parts = [said(Words(f"opening {explanation.opening}", f"期初 {explanation.opening}"), lang)]
    for heading, points in explanation.sums.items():
        sign = "-" if points < 0 or (not points and heading in _OUTGOING) else "+"
        parts.append(f"{sign} {heading_in_words(heading, lang)} {abs(points)}")
    closing = said(Words(f"closing {explanation.closing}", f"期末 {explanation.closing}"), lang)
    return " ".join([*parts, "=", closing])


def reasons(line: ExplainedLine, lang: str) -> tuple[str, ...]:
    """Return what moved on a line, and then each of its reasons."""
    found = [_what(line, lang)]
    if line.rule is not None:
        found.append(rule_in_words(line.rule, lang))
    found += [said(words, lang) for words in (*_worth(line), *map(_cut, line.cuts))]
    if line.items:
        found.append(said(_bought(line), lang))
    found += [said(_lapsed(lot), lang) for lot in line.lapsed]
    found += [said(words, lang) for words in (*_debts(line), *_undone(line.movement))]
    return tuple(found)


def heading_in_words(heading: str, lang: str) -> str:
    """Return what a heading of a statement is called."""
    return said(_HEADINGS[heading], lang) if heading in _HEADINGS else heading


def _what(line: ExplainedLine, lang: str) -> str:
    moved = line.movement
    name = moved.activity_name or moved.activity or heading_in_words(moved.heading, lang)
    unit = UNITS[line.rule.per] if line.rule is not None and line.rule.per in UNITS else Words("", "")
    amount = Words("", "")
    if moved.minutes is not None:
        amount = Words(f" {moved.minutes} min", f" {moved.minutes} 分钟")
    elif moved.quantity is not None and line.rule is not None:
        plural = "" if moved.quantity == 1 else "s"
        amount = Words(f" {moved.quantity} {unit.en}{plural}", f" {moved.quantity} {unit.zh}")
    member = Words(f" ({moved.member})", f"（{moved.member}）") if moved.member else Words("", "")
    seq = Words(f"record {moved.seq}", f"第 {moved.seq} 号") if moved.seq else Words("due", "已到期")
    concerned = Words(f" for {moved.for_period}", f"，属 {moved.for_period}") if moved.for_period else Words("", "")
    points = f"{moved.points:+f}"
    told = Words(
        f"{moved.on} {seq.en}{concerned.en}: {name}{amount.en}{member.en}: {points}, balance {moved.balance}",
        f"{moved.on} {seq.zh}{concerned.zh}：{name}{amount.zh}{member.zh}：{points}，余额 {moved.balance}",
    )
    return said(told, lang)


def rule_in_words(rule: AppliedRule, lang: str) -> str:
    """Return what a rule says, in which version of which book."""
    text = Words(f' "{rule.text}"', f"“{rule.text}”") if rule.text else Words("", "")
    source = Words(f" ({rule.source})", f"（{rule.source}）") if rule.source else Words("", "")
    worth = Words("", "")
    if rule.points is not None and rule.base:
        span = SPANS[rule.per]
        once = Words("once", "一次") if rule.per == "ever" else Words(f"a {span.en}", span.zh)
        of = Words("", "") if rule.per == "ever" else Words(f", here for {rule.span}", f"，此笔属 {rule.span}")
        worth = Words(
            f"{rule.points} points {once.en} without a deed{of.en}.", f"{once.zh} {rule.points} 分，不需事项{of.zh}。"
        )
    elif rule.points is not None:
        unit = UNITS[rule.per]
        article = "an" if unit.en.startswith("h") and rule.per == "hour" else "a"
        worth = Words(f"{rule.points} points {article} {unit.en}.", f"每{unit.zh} {rule.points} 分。")
    told = Words(
        f"rule book version {rule.rulebook} ({rule.book}): {worth.en}{text.en}{source.en}",
        f"依据积分细则第 {rule.rulebook} 版（{rule.book}）：{worth.zh}{text.zh}{source.zh}",
    )
    return said(told, lang).strip()


def _worth(line: ExplainedLine) -> list[Words]:
    found = []
    if line.paid_minutes is not None and line.paid_minutes != line.minutes_served:
        served, paid = (f"{minutes or 0:f}" for minutes in (line.minutes_served, line.paid_minutes))
        found.append(
            Words(f"{served} minutes count as {paid}, as the rule book says", f"按细则 {served} 分钟作 {paid} 分钟计")
        )
    if line.multiplier is not None:
        text = Words(f': "{line.multiplier_text}"', f"：“{line.multiplier_text}”")
        text = text if line.multiplier_text else Words("", "")
        told = f"times {line.multiplier}, as the rule book says{text.en}"
        found.append(Words(told, f"按细则乘以 {line.multiplier}{text.zh}"))
    if line.exact is not None:
        rounded = line.requested
        found.append(
            Words(f"comes to {line.exact}, rounded down to {rounded}", f"折合 {line.exact} 分，舍去零头计 {rounded} 分")
        )
    if line.cuts or (line.requested is not None and line.requested != line.granted):
        done = Words("deducted", "扣") if line.movement.heading == "deducted" else Words("granted", "得")
        found.append(
            Words(
                f"worth {line.requested}, {done.en} {line.granted}",
                f"应{done.zh} {line.requested}，实{done.zh} {line.granted}",
            )
        )
    return found


def _cut(cut: LimitCut) -> Words:
    most = Words(f"{cut.points} points", f"{cut.points} 分")
    if cut.points is None:
        most = Words(f"{cut.times} time{'' if cut.times == 1 else 's'}", f"{cut.times} 次")
    span = SPANS[cut.per]
    holder = Words("", "") if cut.per == PER_DEED else Words(f" {_HOLDERS[cut.by].en}", _HOLDERS[cut.by].zh)
    within = Words("in all", span.zh) if cut.per == "ever" else Words(f"a {span.en}", span.zh)
    before = Words("", "")
    if cut.used is not None:
        before = Words(f"; {cut.used} were used before", f"，此前已用 {cut.used}")
    scope = scope_in_words(cut.of, cut.name)
    return Words(
        f"the limit on {scope.en} of {most.en} {within.en}{holder.en} took off {cut.cut}{before.en}",
        f"超过{scope.zh}的限额（{holder.zh}{within.zh} {most.zh}），削减 {cut.cut}{before.zh}",
    )


def _bought(line: ExplainedLine) -> Words:
    each = [f"{item.name} {item.pieces} x {item.price} = {item.pieces * item.price}" for item in line.items]
    if not line.prices:  # what was given back
        return Words(f"for {', '.join(each)}", f"退：{'，'.join(each)}")
    return Words(
        f"at the prices of list version {line.prices}: {', '.join(each)}",
        f"按价目表第 {line.prices} 版：{'，'.join(each)}",
    )


def _lapsed(lot: LapsedLot) -> Words:
    why = Words("", "")
    if lot.expiry is not None:
        policy = policy_in_words(lot.expiry)
        version = lot.rulebook
        why = Words(f", by rule book version {version}: {policy.en}", f"，按积分细则第 {version} 版：{policy.zh}")
    name = Words(f" ({lot.name})", f"（{lot.name}）") if lot.name else Words("", "")
    until = Words(f"could be spent until {lot.last_day}", f"最后可用日为 {lot.last_day}")
    if lot.clears_with:
        until = Words(f"went with the close of {lot.clears_with}", f"随 {lot.clears_with} 结账清零")
    elif lot.floor:
        until = Words(f"kept the floor until {lot.last_day}", f"作为保底分到 {lot.last_day} 为止")
    return Words(
        f"{lot.points} of {lot.granted} from record {lot.seq} of {lot.on}{name.en} {until.en}{why.en}",
        f"{lot.on} 第 {lot.seq} 号{name.zh}所得 {lot.granted} 中的 {lot.points}，{until.zh}{why.zh}",
    )


def policy_in_words(expiry: Expiry) -> Words:
    """Return in one phrase how long points live."""
    span = SPANS[expiry.span] if expiry.span else Words("", "")
    rounded = _ROUNDED[expiry.span]
    later = Words("", "")
    if expiry.policy == "end_of" and expiry.count:
        later = Words(f", {expiry.count} later", f"，再加 {expiry.count} 期")
    return {
        "never": Words("points do not lapse", "积分不清零"),
        "days": Words(f"{expiry.count} days after the deed", f"事项之日起 {expiry.count} 天"),
        "months": Words(
            f"{expiry.count} months after the deed{rounded.en}", f"事项之日起 {expiry.count} 个月{rounded.zh}"
        ),
        "fixed": Words(
            f"every {expiry.month_day}, at least {expiry.min_life_days} days after the deed",
            f"每年 {expiry.month_day}，至少可用 {expiry.min_life_days} 天",
        ),
        "end_of": Words(f"the end of the {span.en}{later.en}", f"{span.zh.removeprefix('每')}末{later.zh}"),
        "clear_at_close": Words(f"cleared when the {span.en} is closed", f"{span.zh.removeprefix('每')}结账时清零"),
    }[expiry.policy]


def _debts(line: ExplainedLine) -> list[Words]:
    found = []
    if line.settled:
        found.append(Words(f"{line.settled} of it paid what was owed", f"其中 {line.settled} 用于抵还欠分"))
    if line.arrears:
        found.append(Words(f"{line.arrears} of it was not there and is owed", f"其中 {line.arrears} 不足，记为欠分"))
    if line.written_off:
        many = line.written_off
        if line.movement.points:
            found.append(Words(f"{many} more was not there and is let go", f"另有 {many} 不足，不再追扣"))
        else:
            found.append(Words(f"none of the {many} was there, and it is let go", f"{many} 全部不足，不再追扣"))
    if line.movement.points > Decimal(0):
        found += _ending(line)
    return found


def _ending(line: ExplainedLine) -> list[Words]:
    """Return until when what came in can be spent: a floor never, and what a close clears until that close."""
    found = []
    if line.floor:
        found.append(
            Words("is a floor: it stands in the balance and cannot be redeemed", "属保底分：计入余额，不能兑换")
        )
    if line.clears_with:
        month = line.clears_with
        found.append(Words(f"what is left of it goes when {month} is closed", f"{month} 结账时未用的部分清零"))
    elif line.expires_on and line.floor:
        found.append(Words(f"keeps the floor until {line.expires_on}", f"保底至 {line.expires_on}"))
    elif line.expires_on:
        found.append(Words(f"can be spent until {line.expires_on}", f"可用至 {line.expires_on}"))
    return found


def _undone(moved: StatementLine) -> list[Words]:
    found = []
    if moved.reservation:
        found.append(Words(f"of reservation {moved.reservation}", f"对应第 {moved.reservation} 号预约"))
    if moved.refunds:
        found.append(Words(f"refunds record {moved.refunds}", f"退第 {moved.refunds} 号兑换"))
    elif moved.refunded:
        found.append(Words(f"{moved.refunded} of it were refunded", f"其中已退 {moved.refunded} 分"))
    if moved.corrects:
        found.append(Words(f"stands in the place of record {moved.corrects}", f"更正第 {moved.corrects} 号记录"))
    if moved.reverses:
        found.append(Words(f"undoes record {moved.reverses}", f"冲销第 {moved.reverses} 号记录"))
    if moved.reversed_by:
        found.append(Words(f"undone by record {moved.reversed_by}", f"已由第 {moved.reversed_by} 号记录冲销"))
    if moved.corrected_by:
        right = moved.corrected_by
        found.append(Words(f"corrected: record {right} stands in its place", f"已更正：由第 {right} 号记录代替"))
    if moved.reason:
        found.append(Words(f"reason: {moved.reason}", f"原因：{written(moved.reason, 'zh')}"))
    if moved.remark:
        found.append(Words(f"remark: {moved.remark}", f"备注：{moved.remark}"))
    return found
