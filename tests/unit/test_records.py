"""Records: the bytes of one record of every kind, frozen in ``golden_records.json``, and what is no record.

The leaves there stand for every journal ever written: a release that changes one cannot read older books. To
add a kind, build its record here and put its body and leaf into the file; never change what is there.
"""

from __future__ import annotations

import json
from hashlib import sha256
from pathlib import Path

import pytest
import rfc8785

from pointsledger.decisions.kinds import KINDS
from pointsledger.rules.merkle import leaf_hash
from pointsledger.values.records import Command, Entry, Record
from tests.unit.asked_and_lost import calls, copies, personal
from tests.unit.goods_and_money import funds, shop, stores
from tests.unit.written import PIN, record

GOLDEN: dict[str, dict[str, str]] = json.loads(
    (Path(__file__).parent / "golden_records.json").read_text(encoding="utf-8")
)

MANDATE = {"decided_on": "2025-08-20", "present": 46, "votes_for": 44}
RULES = {
    "format": 1,
    "name": "南峪村积分细则",
    "first_day": "2025-09-01",
    "retroactive": 0,
    "mandate": MANDATE,
    "arrears": "allow",
    "categories": [{"code": "cleanup", "name": "环境整治"}],
    "activities": [
        {
            "code": "tidy",
            "name": "庭院整洁",
            "category": "cleanup",
            "per": "time",
            "sign": "both",
            "points": 2,
            "text": "庭院\t“整洁”\n每次二分",
            "limits": [{"points": 30, "per": "month", "by": "household", "mode": "partial"}],
        }
    ],
}
PRICES = {
    "format": 1,
    "name": "积分超市价目表",
    "first_day": "2025-09-01",
    "retroactive": 0,
    "mandate": MANDATE,
    "items": [{"code": "soap", "name": "香皂", "points": 3, "stocked": 1, "unit": "块"}],
}


def people() -> list[Record]:
    """Return records of the book's beginning."""
    settings = {
        "zone": "Asia/Shanghai",
        "decimals": 0,
        "cut_off_day": 0,
        "first_period": "2025-09",
        "nonce": "00112233445566778899aabbccddeeff",
    }
    return [
        record("genesis", 1, settings, {}, by="", request="genesis"),
        record("operator", 2, {"operator": "o-0a1b2c3d4e5f", "pin": PIN}, {}, request="operator:王会计"),
        record("rulebook", 3, {"document": RULES}, {"version": 1}),
        record("prices", 4, {"document": PRICES}, {"version": 1}),
        record(
            "enrol",
            5,
            {
                "account": "h-000000000001",
                "pin": PIN,
                "group": "一组",
                "residents": [{"resident": "r-000000000001", "pin": PIN}, {"resident": "r-000000000002", "pin": PIN}],
                "remark": PIN,
            },
            {},
        ),
        record(
            "opening",
            6,
            {"account": "h-000000000001", "points": 50},
            {"group": "一组", "balance": 50},
            Entry("opening", "h-000000000001", "points", 50),
            on="2025-09-01",
            period="2025-09",
        ),
    ]


def goods() -> list[Record]:
    """Return records of goods."""
    return [
        record(
            "opening-stock",
            7,
            {"item": "soap", "pieces": 12},
            {"prices": 1, "on_shelf": 12},
            Entry("opening", "shelf:main", "item:soap", 12),
            on="2025-09-01",
            period="2025-09",
        ),
        record(
            "intake",
            8,
            {"item": "soap", "pieces": 100, "source": "bought", "unit_cost_fen": 250, "best_before": "2027-06-30"},
            {"prices": 1, "on_shelf": 112},
            Entry("supplier", "shelf:main", "item:soap", 100),
        ),
        record(
            "redeem",
            11,
            {"account": "h-000000000001", "items": [{"item": "soap", "pieces": 3}], "on": "2025-10-03"},
            {
                "prices": 1,
                "items": [{"item": "soap", "pieces": 3, "points": 3, "stocked": 1}],
                "points": 9,
                "group": "一组",
                "lots": [[1, 6, 1, 9], [2, 7, 1, 3]],
                "balance": 51,
            },
            Entry("h-000000000001", "redeemed", "points", 9),
            Entry("shelf:main", "handed-over", "item:soap", 3),
        ),
    ]


def deeds() -> list[Record]:
    """Return records of deeds and of what undoes them."""
    return [
        record(
            "award",
            9,
            {
                "account": "h-000000000001",
                "activity": "tidy",
                "quantity": "7",
                "resident": "r-000000000002",
                "started_at": "2025-09-30T08:30",
                "ended_at": "2025-09-30T16:00",
                "on": "2025-09-30",
                "approved_by": ["o-0a1b2c3d4e5f"],
                "batch": "九月",
                "row": "1",
            },
            {
                "rulebook": 1,
                "category": "cleanup",
                "requested": 14,
                "granted": 12,
                "capped": 2,
                "group": "一组",
                "settled": [[1, 9, 1, 2]],
                "times": 6,
                "balance": 62,
            },
            Entry("issued:cleanup", "h-000000000001", "points", 12),
            on="2025-09-30",
            period="2025-09",
        ),
        record(
            "deduct",
            10,
            {"account": "h-000000000001", "activity": "tidy", "remark": PIN},
            {
                "rulebook": 1,
                "category": "cleanup",
                "requested": 2,
                "granted": 2,
                "group": "一组",
                "lots": [[1, 6, 1, 1]],
                "arrears": [[1, 1]],
                "balance": 60,
            },
            Entry("h-000000000001", "deducted:cleanup", "points", 2),
        ),
        record(
            "reverse",
            12,
            {"seq": 9, "replaced": 1, "reason": PIN},
            {
                "of": "award",
                "group": "一组",
                "activity": "tidy",
                "resident": "r-000000000002",
                "lots": [[1, 9, 1, 12]],
                "settled": [[1, 9, 1, -2]],
                "balance": 39,
            },
            Entry("h-000000000001", "issued:cleanup", "points", 12),
            for_period="2025-09",
        ),
        record("reverse-batch", 13, {"batch": "九月", "reason": PIN}, {"generation": 2}),
    ]


def runs() -> list[Record]:
    """Return records that runs make of many accounts."""
    return [
        record(
            "base",
            14,
            {"account": "h-000000000001", "base": "floor", "span": "ever", "on": "2025-10-01"},
            {
                "rulebook": 1,
                "requested": 100,
                "granted": 90,
                "capped": 10,
                "floor": 1,
                "group": "一组",
                "settled": [[1, 14, 1, 5]],
                "balance": 129,
            },
            Entry("base:floor", "h-000000000001", "points", 90),
            on="2025-10-01",
        ),
    ]


def shops() -> list[Record]:
    """Return records of a shop that is closed for a while."""
    return [
        record("pause", 17, {"shop": "main", "until": "2025-10-05", "reason": PIN}, {}),
        record("resume", 18, {"shop": "main", "remark": PIN}, {"pause": 17}),
    ]


def months() -> list[Record]:
    """Return records of whole months, and of what ends by its day."""
    return [
        record(
            "lapse",
            16,
            {"account": "h-000000000001", "last_day": "2025-09-30", "period": "2025-09"},
            {"group": "一组", "lots": [[1, 9, 1, 3]], "balance": 36},
            Entry("h-000000000001", "expired", "points", 3),
        ),
        record(
            "close",
            15,
            {"period": "2025-09", "remark": PIN},
            {
                "size": 14,
                "root": "a0" * 32,
                "accounts": 1,
                "bridge": {
                    "opening": 50,
                    "base": 0,
                    "earned": 12,
                    "prior": 0,
                    "deducted": 0,
                    "redeemed": 0,
                    "refunded": 0,
                    "expired": 0,
                    "forfeited": 0,
                    "moved": 0,
                    "closing": 62,
                },
                "digest": "0d" * 32,
            },
        ),
    ]


RECORDS = {
    each.kind: each
    for each in [
        *people(),
        *goods(),
        *deeds(),
        *runs(),
        *shops(),
        *calls(),
        *personal(),
        *months(),
        *shop(),
        *stores(),
        *funds(),
        *copies(),
    ]
}
KIND_NAMES = sorted(RECORDS)


def body_of(kind: str) -> bytes:
    """Return the frozen body of a kind."""
    return GOLDEN[kind]["body"].encode()


def changed(fields: dict[str, object]) -> bytes:
    """Return the frozen body of an award with some fields replaced, in canonical form."""
    return rfc8785.dumps(json.loads(body_of("award")) | fields)


def test_every_kind_has_a_golden_record() -> None:
    """Each kind of record that there is stands in the file with its first version."""
    assert sorted({kind for kind, _ in KINDS}) == sorted(GOLDEN) == KIND_NAMES


@pytest.mark.parametrize("kind", KIND_NAMES)
def test_bodies_never_change(kind: str) -> None:
    """A record of each kind has the body that was frozen."""
    assert GOLDEN[kind]["body"] == RECORDS[kind].body().decode()


@pytest.mark.parametrize("kind", KIND_NAMES)
def test_leaves_never_change(kind: str) -> None:
    """A record of each kind has the leaf that was frozen, which is also what RFC 6962 says."""
    assert GOLDEN[kind]["leaf"] == leaf_hash(RECORDS[kind].body()).hex()
    assert GOLDEN[kind]["leaf"] == sha256(b"\x00" + body_of(kind)).hexdigest()


@pytest.mark.parametrize("kind", KIND_NAMES)
def test_frozen_bodies_are_canonical(kind: str) -> None:
    """An independent writer of RFC 8785 writes the frozen body just so."""
    assert body_of(kind) == rfc8785.dumps(json.loads(body_of(kind)))


@pytest.mark.parametrize("kind", KIND_NAMES)
def test_records_are_read_back(kind: str) -> None:
    """Reading a body gives the record it was made of, and writing that gives the body."""
    assert RECORDS[kind] == Record.from_body(body_of(kind))
    assert body_of(kind) == Record.from_body(body_of(kind)).body()


@pytest.mark.parametrize("kind", KIND_NAMES)
def test_golden_records_say_what_their_kind_knows(kind: str) -> None:
    """What is said in a golden record has the fields and types of its kind, and nothing that must be said lacks."""
    form, said = KINDS[kind, 1].said, RECORDS[kind].said
    known = {field.name: field.type for field in form}
    assert {name: known[name] for name in said} == {name: type(value) for name, value in said.items()}
    assert set() == {field.name for field in form if not field.optional} - set(said)


def test_a_body_says_the_month_it_concerns_only_where_that_differs() -> None:
    """The field for_period is written for the reversal of an earlier month's deed and nowhere else."""
    assert ["reverse"] == [kind for kind in KIND_NAMES if "for_period" in json.loads(body_of(kind))]


def test_a_body_has_these_fields() -> None:
    """A body holds these thirteen fields, and the layout's version among them is 1."""
    fields = json.loads(body_of("award"))
    expected = "by decided entries format kind on period recorded_at request said seq version village"
    assert (expected.split(), 1) == (sorted(fields), fields["format"])


def test_a_record_knows_the_command_it_answered() -> None:
    """What was asked for can be had from the record, to be decided again."""
    award = RECORDS["award"]
    assert Command("award", 1, award.by, "request-9", "2025-10-03T01:02:09.000004Z", award.said) == award.command()


@pytest.mark.parametrize("field", sorted(json.loads(GOLDEN["award"]["body"])))
def test_a_missing_field_is_refused(field: str) -> None:
    """A body without one of its fields is no record."""
    fields = json.loads(body_of("award"))
    del fields[field]
    with pytest.raises(ValueError, match="no record"):
        Record.from_body(rfc8785.dumps(fields))


@pytest.mark.parametrize("field", ["source", "target", "unit", "amount"])
def test_a_missing_field_of_an_entry_is_refused(field: str) -> None:
    """An entry without one of its fields makes the whole no record."""
    entry = {"source": "a", "target": "b", "unit": "points", "amount": 1}
    del entry[field]
    with pytest.raises(ValueError, match="no record"):
        Record.from_body(changed({"entries": [entry]}))


@pytest.mark.parametrize(
    "fields",
    [
        {"note": "x"},
        {"for_period": ""},
        {"format": 2},
        {"format": "1"},
        {"entries": [{"source": "a", "target": "b", "unit": "points", "amount": 1, "note": "x"}]},
        {"entries": {}},
        {"entries": ""},
        {"entries": 1},
        {"entries": [1]},
    ],
    ids=str,
)
def test_what_this_format_does_not_know_is_refused(fields: dict[str, object]) -> None:
    """An unknown field, another format or entries of another shape are refused and not passed over."""
    with pytest.raises(ValueError, match="no record"):
        Record.from_body(changed(fields))


OTHER_TYPES: dict[str, list[object]] = {
    **{name: [1, [], {}] for name in ("village", "kind", "by", "on", "period", "for_period", "request")},
    "seq": ["1", [1], {}, 0, -1],
    "version": ["1", [1], {}],
    "said": ["", [], 1],
    "decided": ["", [], 1],
    "recorded_at": [
        1,
        "",
        "2025-10-03",
        "2025-10-03T01:02:03Z",
        "2025-10-03 01:02:03.000004Z",
        "２025-10-03T01:02:03.000004Z",
        "2025-10-03T01:02:03.000004Z\n",
    ],
}


@pytest.mark.parametrize(("field", "value"), [(field, value) for field, held in OTHER_TYPES.items() for value in held])
def test_a_field_of_another_type_is_refused(field: str, value: object) -> None:
    """A field that holds another type than a record's, or an instant of another width, makes the whole no record."""
    with pytest.raises(ValueError, match="no record"):
        Record.from_body(changed({field: value}))


@pytest.mark.parametrize(
    "fault",
    [{"source": 1}, {"target": 1}, {"unit": 1}, {"amount": "1"}, {"amount": 0}, {"amount": -1}, {"target": "a"}],
    ids=str,
)
def test_an_entry_moves_something_somewhere(fault: dict[str, object]) -> None:
    """An entry of another type, of nothing or less, or from an account to itself makes the whole no record."""
    entry = {"source": "a", "target": "b", "unit": "points", "amount": 1}
    assert 1 == Record.from_body(changed({"entries": [entry]})).entries[0].amount
    with pytest.raises(ValueError, match="no record"):
        Record.from_body(changed({"entries": [entry | fault]}))


@pytest.mark.parametrize("spelling", ["spaced", "indented", "ascii", "reordered", "bom", "utf-16", "newline", "twice"])
def test_another_spelling_is_refused(spelling: str) -> None:
    """A body that means the same record in other bytes is refused."""
    text = GOLDEN["award"]["body"]
    fields = json.loads(text)
    spelt = {
        "spaced": json.dumps(fields, ensure_ascii=False, sort_keys=True).encode(),
        "indented": json.dumps(fields, ensure_ascii=False, sort_keys=True, indent=1).encode(),
        "ascii": json.dumps(fields, sort_keys=True, separators=(",", ":")).encode(),
        "reordered": json.dumps(dict(reversed(fields.items())), ensure_ascii=False, separators=(",", ":")).encode(),
        "bom": b"\xef\xbb\xbf" + text.encode(),
        "utf-16": text.encode("utf-16"),
        "newline": text.encode() + b"\n",
        "twice": text.replace('"seq":9', '"seq":9,"seq":9').encode(),
    }[spelling]
    assert spelt != text.encode()
    with pytest.raises(ValueError):  # noqa: PT011 - json words its own complaint about some of them
        Record.from_body(spelt)


@pytest.mark.parametrize(
    "body",
    [b"", b"{", b"[]", b"1", b'"text"', b"null", b"{}", b"\xff\xfe", b"[" * 100_000 + b"]" * 100_000],
    ids=lambda body: ascii(body[:12]),
)
def test_what_is_no_object_is_refused(body: bytes) -> None:
    """Bytes that are no JSON object are no record."""
    with pytest.raises(ValueError):  # noqa: PT011 - json words its own complaint about some of them
        Record.from_body(body)


@pytest.mark.parametrize("value", [1.5, True, None])
def test_a_value_without_canonical_form_is_refused(value: object) -> None:
    """A body with a float, a boolean or a null inside is no record, however it is spelt."""
    fields = json.loads(body_of("award")) | {"said": {"points": value}}
    with pytest.raises(ValueError, match="no record"):
        Record.from_body(json.dumps(fields, ensure_ascii=False, sort_keys=True, separators=(",", ":")).encode())


def test_a_record_without_canonical_form_is_not_written() -> None:
    """A record that holds a float has no body."""
    with pytest.raises(TypeError, match="no canonical form"):
        record("award", 9, {"points": 1.5}, {}).body()
