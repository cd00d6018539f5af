"""What may be said: the form of each field of ``said``, checked for every record, new or replayed.

The public face brings everything into this form; checking it again where a record is decided means that a
body which was not made by it is refused, and that the audit finds one that was put in.

Records are decided again for ever, so a form here may be widened and never narrowed; a kind whose field means
something else needs a name of its own for it.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from typing import Any

from pointsledger.rules.documents import CODE_FORM
from pointsledger.rules.draw import LONGEST_NUMBER as LONGEST_DRAWN
from pointsledger.rules.draw import MOST as MOST_DRAWN
from pointsledger.rules.hours import MOST_MINUTES
from pointsledger.values.calendar import parse_day_text
from pointsledger.values.points import LARGEST_AMOUNT, quantity_text

MOST_PIECES = 1_000_000
"""Pieces of goods that one act may move at most."""

DEAREST_FEN = 100_000_000
"""The highest cost of a piece, a million yuan; so that the value of a shelf stays a number every database adds up."""

HEAD_PARTS = 2
"""A head has a size and a root."""

LONGEST_GROUP = 32
LONGEST_NUMBER = 64
"""Characters of the number of an invoice or of another document."""


_ID = re.compile(r"[hro]-[0-9a-f]{12}", re.ASCII)
ID_IN_TEXT = re.compile(r"\b[hro]-[0-9a-f]{12}\b", re.ASCII)
"""The ids of households, members and operators, wherever they stand in a text."""

FORMER_FIELDS = ("former_name", "former_code")
"""What somebody was called before an amendment, while a retention runs: it is kept as free text of the record."""

TEXT_FIELDS = frozenset({"remark", "reason", "collector_name", "donor", "wish", "organisation", *FORMER_FIELDS})
"""The fields of ``said`` that are digests of free text."""

ERASURE_GROUNDS = ("request", "retention-over", "entered-in-error", "order")
"""Why personal data was erased: its person asked, its time was over, it was wrong, an authority ordered it."""

_PIN = re.compile(r"[0-9a-f]{64}", re.ASCII)
_ROOT = re.compile(r"(?:[0-9a-f]{32}){1,2}", re.ASCII)
_MINUTE = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}T(?:[01][0-9]|2[0-3]):[0-5][0-9]", re.ASCII)


def _is_minute(value: str) -> bool:
    return _MINUTE.fullmatch(value) is not None and parse_day_text(value[:10]) == value[:10]


def _are_items(items: list[Any]) -> bool:
    """Tell whether the lines of a redemption are an item and its pieces each, in the order of the items, none twice."""
    codes = [line["item"] for line in items]
    whole = all(set(line) == {"item", "pieces"} and _is_count(line["pieces"]) for line in items)
    return whole and codes == sorted(set(codes))


def _are_counts(counts: list[Any]) -> bool:
    """Tell the same of the lines of a stocktake, where there may be none of an item."""
    codes = [line["item"] for line in counts]
    whole = all(set(line) == {"item", "pieces"} and type(line["pieces"]) is int for line in counts)
    return whole and all(0 <= line["pieces"] <= MOST_PIECES for line in counts) and codes == sorted(set(codes))


def _are_heads(heads: list[Any]) -> bool:
    """Tell whether there are heads, each a number of records and the root they had, in order and none twice."""
    whole = all(
        len(head) == HEAD_PARTS and type(head[0]) is int and head[0] > 0 and _ROOT.fullmatch(head[1]) is not None
        for head in heads
    )
    sizes = [size for size, _ in heads] if whole else []
    return bool(sizes) and sizes == sorted(set(sizes))


def _are_members(members: list[Any]) -> bool:
    return all(
        set(member) == {"resident", "pin"} and _is_id(member["resident"]) and _is_pin(member["pin"])
        for member in members
    )


def _are_people(people: list[Any]) -> bool:
    """Tell whether somebody is named, by ids in their order, none twice."""
    return bool(people) and all(type(one) is str and _is_id(one) for one in people) and people == sorted(set(people))


def _are_texts(places: list[Any]) -> bool:
    """Tell whether fields of free text are named by record and field, in that order, none twice."""
    whole = all(set(place) == {"seq", "field"} for place in places)
    whole = whole and all(type(place["seq"]) is int and place["field"] in TEXT_FIELDS for place in places)
    ordered = [(place["seq"], place["field"]) for place in places] if whole else []
    return bool(ordered) and ordered == sorted(set(ordered)) and ordered[0][0] > 0


def _are_amended(people: list[Any]) -> bool:
    """Tell whether somebody is named with the pin of a new code and name, in the order of their ids, none twice."""
    whole = all(set(one) == {"person", "pin"} and _is_pin(one["pin"]) for one in people)
    return whole and _are_people([one["person"] for one in people])


def _is_id(value: str) -> bool:
    return _ID.fullmatch(value) is not None


def _is_pin(value: str) -> bool:
    return _PIN.fullmatch(value) is not None


def _is_count(value: int) -> bool:
    return type(value) is int and 0 < value <= MOST_PIECES


_FORMS: dict[str, Callable[[Any], bool]] = {
    "account": _is_id,
    "resident": _is_id,
    "operator": _is_id,
    "approved_by": lambda ids: bool(ids) and all(_is_id(one) for one in ids),
    "pin": _is_pin,
    "remark": _is_pin,
    "reason": _is_pin,
    "on": lambda day: parse_day_text(day) == day,
    "best_before": lambda day: parse_day_text(day) == day,
    "until": lambda day: parse_day_text(day) == day,
    "started_at": _is_minute,
    "ended_at": _is_minute,
    "quantity": lambda text: quantity_text(text) == text,
    "minutes": lambda minutes: 0 < minutes <= MOST_MINUTES,
    "pieces": _is_count,
    "points": lambda points: 0 < points <= LARGEST_AMOUNT,
    "unit_cost_fen": lambda fen: 0 < fen <= DEAREST_FEN,
    "group": lambda group: 0 < len(group) <= LONGEST_GROUP and group == group.strip(),
    "items": _are_items,
    "residents": _are_members,
    "replaced": lambda flag: flag == 1,
    "corrects": lambda seq: seq > 0,
    "corrected": lambda seq: seq >= 0,
    "redemption": lambda seq: seq > 0,
    "collector": _is_id,
    "collector_name": _is_pin,
    "cash_fen": lambda fen: 0 < fen <= DEAREST_FEN,
    "handed_over": lambda flag: flag == 1,
    "returned": lambda flag: flag in {0, 1},
    "cause": lambda cause: cause in {"resident", "shop", "force_majeure"},
    "shop": lambda code: CODE_FORM.fullmatch(code) is not None,
    "source": lambda source: source in {"bought", "donated"},
    "invoice": lambda number: 0 < len(number) <= LONGEST_NUMBER and not any(each.isspace() for each in number),
    "donor": _is_pin,
    "wish": _is_pin,
    "organisation": _is_pin,
    "former_name": _is_pin,
    "former_code": _is_pin,
    "household": _is_id,
    "from_shop": lambda code: CODE_FORM.fullmatch(code) is not None,
    "to_shop": lambda code: CODE_FORM.fullmatch(code) is not None,
    "counts": _are_counts,
    "fen": lambda fen: 0 < fen <= LARGEST_AMOUNT,
    "giver": lambda giver: giver in {"government", "villagers", "society"},
    "nature": lambda nature: nature in {"grant", "donation"},
    "purpose": lambda purpose: 0 < len(purpose) <= LONGEST_GROUP and purpose == purpose.strip(),
    "reference": lambda number: 0 < len(number) <= LONGEST_NUMBER and number == number.strip(),
    "answer": lambda answer: answer in {"confirmed", "differs", "not-reached", "refused"},
    "draw_size": lambda size: size > 0,
    "draw_number": lambda number: (
        0 < len(number) <= LONGEST_DRAWN and number == number.strip() and number.isprintable()
    ),
    "draw_count": lambda count: 0 < count <= MOST_DRAWN,
    "erased": _are_people,
    "texts": _are_texts,
    "amended": _are_amended,
    "legal_ground": lambda ground: ground in ERASURE_GROUNDS,
    "lost_from": lambda seq: seq > 0,
    "lost_through": lambda seq: seq > 0,
    "heads": _are_heads,
    "ground": lambda ground: ground in {"title", "rank", "acceptance"},
}


def check_said(said: Mapping[str, Any]) -> None:
    """See that every field has the form that the public face gives it.

    Raises:
        ValueError: if one has not.

    """
    for name, value in said.items():
        form = _FORMS.get(name)
        if form is not None and not form(value):
            message = f"{name} is not said in its form: {value!r}"
            raise ValueError(message)
    if said.get("started_at", "") >= said.get("ended_at", "9"):
        message = "a service ends after it starts"
        raise ValueError(message)
