"""Call-backs: households that are drawn, what they answer, and what an inspection says of who was asked."""

from __future__ import annotations

from decimal import Decimal
from typing import TYPE_CHECKING, Any

from pointsledger.errors import (
    BeforeFirstPeriod,
    FutureDate,
    InvalidNumber,
    InvalidPeriod,
    InvalidSetting,
    InvalidText,
    NotACheckpoint,
    NotReversible,
    NotThisBook,
    OptionRequired,
    OptionsConflict,
    RequestConflict,
    UnknownAccount,
    UnknownRecord,
)
from pointsledger.rules import draw
from pointsledger.rules.checkpoint import Checkpoint, origin_of
from pointsledger.testing.contract.book import NANYU_RULES, STREAM, needs
from pointsledger.testing.contract.inspection import NUMBER, enrolled, found

if TYPE_CHECKING:
    from pointsledger.testing.clock import FixedClock
    from pointsledger.testing.contract.book import Begin, Refused


@needs(STREAM)
def test_a_draw_can_be_done_again_by_anybody(begin: Begin) -> None:
    """Head and number give the order, which anybody with the journal works out, whatever was posted since."""
    ledger = enrolled(begin)
    for number in (1, 2, 4, 5):
        ledger.award(f"03-00{number}", "yard", by="clerk:1")
    head = ledger.head()
    for number in (1, 6):
        ledger.award(f"03-00{number}", "yard", by="clerk:1")
    ledger.enrol("04-001", head="新户", by="clerk:1")
    drawn = ledger.draw_call_backs("2025-11", size=head.size, root=head.root.hex(), number=NUMBER, count=3)
    accounts = {person.code: person.id for seq in range(1, head.size + 1) for person in ledger.people_in(seq)}
    moved = [accounts[f"03-00{number}"] for number in (1, 2, 4, 5)]
    assert draw.drawn(head.root, NUMBER, moved, 3) == [one.account for one in drawn]
    assert (4, [1, 2, 3]) == (drawn.households, [one.place for one in drawn])
    everybody = ledger.draw_call_backs(size=head.size, root=head.root.hex(), number=NUMBER, count=99)
    assert {f"03-00{number}" for number in range(1, 7)} == {one.household for one in everybody}
    checkpoint = Checkpoint(origin_of(ledger.village), head.size, head.root).text()
    assert drawn == ledger.draw_call_backs("2025-11", checkpoint=checkpoint, number=NUMBER, count=3)
    other = ledger.draw_call_backs(size=head.size, root=head.root.hex(), number="another", count=99)
    assert [one.account for one in everybody] != [one.account for one in other]


@needs(STREAM)
def test_a_draw_says_what_to_ask(begin: Begin) -> None:
    """With each household that is drawn stand its movements of the period and the goods that it got."""
    ledger = enrolled(begin, 1)
    ledger.award("03-001", "yard", by="clerk:1")
    ledger.redeem("03-001", {"haircut": 1}, by="shop:1")
    head = ledger.head()
    (one,) = ledger.draw_call_backs("2025-11", size=head.size, root=head.root.hex(), number=NUMBER, count=5)
    assert [Decimal(12), Decimal(-10)] == [line.points for line in one.lines]
    assert ["理发"] == [item.name for made in one.redemptions for item in made.items]


@needs(STREAM)
def test_a_head_of_another_book_is_refused(begin: Begin, refused: Refused) -> None:
    """A root that the book never had at that size, a size it has not, and another village are all refused."""
    ledger = enrolled(begin, 1)
    size, root = ledger.head()
    other = bytes(32)
    for number, digest in ((size, other), (size - 1, root), (size + 1, root), (2**70, root)):
        with refused(ledger, NotThisBook, "not-this-book"):
            ledger.draw_call_backs(size=number, root=digest.hex(), number=NUMBER, count=1)
    with refused(ledger, NotThisBook, "not-this-book"):
        checkpoint = Checkpoint(origin_of("elsewhere"), size, root).text()
        ledger.draw_call_backs(checkpoint=checkpoint, number=NUMBER, count=1)


def test_a_draw_that_cannot_be_is_refused(begin: Begin, refused: Refused) -> None:
    """Half a head, two heads, no head, and a count or a number that is none are refused, each by its own name."""
    ledger = enrolled(begin, 1)
    size, root = ledger.head()
    text = Checkpoint(origin_of(ledger.village), size, root).text()
    with refused(ledger, OptionRequired, "option-required"):
        ledger.draw_call_backs(size=size, number=NUMBER, count=1)
    with refused(ledger, OptionsConflict, "options-conflict"):
        ledger.draw_call_backs(checkpoint=text, root=root.hex(), number=NUMBER, count=1)
    with refused(ledger, NotACheckpoint, "not-a-checkpoint"):
        ledger.draw_call_backs(checkpoint="nothing", number=NUMBER, count=1)
    for digits in ("zz", root.hex()[:-2], ""):
        with refused(ledger, InvalidSetting, "invalid-setting"):
            ledger.draw_call_backs(size=size, root=digits, number=NUMBER, count=1)
    with refused(ledger, InvalidNumber, "invalid-number"):
        ledger.draw_call_backs(size=0, root=root.hex(), number=NUMBER, count=1)
    for count in (0, 10**6, True):
        with refused(ledger, InvalidSetting, "invalid-setting"):
            ledger.draw_call_backs(size=size, root=root.hex(), number=NUMBER, count=count)
    for number in (" ", "1\n2", "9" * 65):
        with refused(ledger, InvalidText, "invalid-text"):
            ledger.draw_call_backs(size=size, root=root.hex(), number=number, count=1)


def test_answers_are_recorded_and_counted(begin: Begin, clock: FixedClock) -> None:
    """Each call is a record that moves nothing; none answers another over, and all of them count."""
    ledger = enrolled(begin, 3)
    size = ledger.head().size
    ledger.call_back("03-001", answer="not-reached", size=size, number=NUMBER, count=2, by="township:1")
    clock.advance(days=1)
    told = {
        "size": size,
        "number": NUMBER,
        "period": "2025-11",
        "count": 2,
        "by": "township:1",
        "on": "2025-11-03",
        "remark": "只领到一块",
    }
    ledger.call_back("03-001", answer="differs", **told)  # type: ignore[arg-type]  # each of its own type
    receipt = ledger.call_back("03-002", answer="confirmed", by="township:1")
    assert ("call-back", None) == (receipt.kind, receipt.points)
    made = ledger.call_backs("2025-11")
    assert {"confirmed": 1, "differs": 1, "not-reached": 1, "refused": 0} == made.counts
    assert [("03-001", "not-reached"), ("03-001", "differs"), ("03-002", "confirmed")] == [
        (one.household, one.answer) for one in made
    ]
    second = made.made[1]
    assert ("2025-11-03", size, NUMBER, "2025-11", 2, "只领到一块", "township:1", "户主1") == (
        *(second.on, second.size, second.number, second.period, second.count),
        *(second.remark, second.by, second.name),
    )
    assert (3, 0) == (len(ledger.call_backs()), ledger.record(receipt.seq).said.get("draw_size", 0))
    assert () == ledger.record(receipt.seq).entries


@needs(STREAM)
def test_a_second_answer_hides_no_first(begin: Begin) -> None:
    """A household that said no and then yes in one draw is counted twice, and is something to look into."""
    ledger = enrolled(begin, 2)
    drawn: dict[str, Any] = {"size": ledger.head().size, "number": NUMBER, "count": 2, "by": "clerk:1"}
    said = [ledger.call_back("03-001", answer=answer, **drawn).seq for answer in ("differs", "confirmed")]
    ledger.call_back("03-002", answer="confirmed", **drawn)
    assert {"confirmed": 2, "differs": 1, "not-reached": 0, "refused": 0} == ledger.call_backs().counts
    assert [tuple(said)] == found(ledger, "2025-11", "answers-changed")


@needs("audit")
def test_a_draw_that_a_call_names_is_done_again(begin: Begin) -> None:
    """A call to a household that the draw did not come upon is found, by whatever part of the draw it is not so."""
    ledger = enrolled(begin)
    for number in (1, 2, 4):
        ledger.award(f"03-00{number}", "yard", by="clerk:1")
    size, root = ledger.head()
    ledger.enrol("04-001", head="新户", by="clerk:1")
    ledger.award("04-001", "yard", by="clerk:1")
    head: dict[str, Any] = {"size": size, "number": NUMBER}
    drawn = {
        period: [one.household for one in ledger.draw_call_backs(period, **head, root=root.hex(), count=2)]
        for period in (None, "2025-11")
    }
    for period, homes in drawn.items():
        for home in homes:
            ledger.call_back(home, answer="confirmed", **head, period=period, count=2, by="clerk:1")
    assert [] == found(ledger, "2025-11", "not-drawn")
    other = next(f"03-00{one}" for one in range(1, 7) if f"03-00{one}" not in drawn[None])
    still = next(f"03-00{one}" for one in (3, 5, 6))
    wrong: list[tuple[str, dict[str, Any]]] = [
        (other, head | {"count": 2}),
        (still, head | {"count": 6, "period": "2025-11"}),
        ("04-001", head | {"count": 1_000}),
    ]
    seqs = [ledger.call_back(home, answer="confirmed", **told, by="clerk:1").seq for home, told in wrong]
    assert [(seq,) for seq in seqs] == found(ledger, "2025-11", "not-drawn")
    assert () == ledger.audit().findings, "the record is as it was decided; only the whole journal tells"


@needs(STREAM)
def test_a_draw_is_among_the_households_of_its_own_period(begin: Begin, clock: FixedClock) -> None:
    """A household whose points moved in another month is not among those of the month that the draw names."""
    clock.noon("2025-10-20", back=True)
    ledger = enrolled(begin, 3)
    ledger.award("03-001", "yard", by="clerk:1")
    clock.noon("2025-11-10")
    ledger.award("03-002", "yard", by="clerk:1")
    ledger.award("03-003", "yard", on="2025-10-25", by="clerk:1")
    named: dict[str, Any] = {"size": ledger.head().size, "number": NUMBER, "count": 9, "answer": "confirmed"}
    seqs = [ledger.call_back(f"03-00{one}", **named, period="2025-11", by="clerk:1").seq for one in (1, 2, 3)]
    ledger.call_back("03-001", **named, period="2025Q4", by="clerk:1")
    assert [(seqs[0], seqs[2])] == found(ledger, "2025-11", "not-drawn")


@needs(STREAM)
def test_calls_for_a_draw_of_a_month_are_of_that_month(begin: Begin, clock: FixedClock) -> None:
    """Whoever was called after the month, for a draw among its households, is asked about in its inspection."""
    clock.noon("2025-10-20", back=True)
    ledger = enrolled(begin, 4)
    for number in (1, 2, 3):
        ledger.award(f"03-00{number}", "yard", by="clerk:1")
    ledger.call_back("03-001", answer="differs", by="clerk:1")
    ledger.call_back("03-002", answer="not-reached", by="clerk:1")
    size, root = ledger.head()
    head: dict[str, Any] = {"size": size, "number": NUMBER}
    drawn = [one.household for one in ledger.draw_call_backs("2025-10", **head, root=root.hex(), count=3)]
    clock.noon("2025-11-03")
    named: dict[str, Any] = head | {"period": "2025-10", "count": 3, "by": "clerk:1"}
    assert {"03-001", "03-002", "03-003"} == set(drawn)
    assert ([], []) == (found(ledger, "2025-10", "not-drawn"), found(ledger, "2025-10", "not-called"))
    first = ledger.call_back("03-001", answer="confirmed", **named).seq
    other = ledger.call_back("03-004", answer="confirmed", **named).seq
    for period in ("2025-10", "2025-11"):
        assert [(other,)] == found(ledger, period, "not-drawn")
        (left,) = ledger.inspect(period).of("not-called")
        assert (first, other) == left.seqs
        assert "comes upon 03-002, 03-003 as well" in left.say(), "03-002 was called in the head's last record"
        assert [first] == [seqs[-1] for seqs in found(ledger, period, "answers-changed")]
    for check in ("not-drawn", "not-called", "answers-changed"):
        assert [] == found(ledger, "2025-09", check), "no call was of that month"
    assert 4 == len(ledger.call_backs("2025-10"))
    for home in ("03-002", "03-003"):
        ledger.call_back(home, answer="refused", by="clerk:1")
    assert [] == found(ledger, "2025-10", "not-called")


def test_a_call_records_no_lapse(begin: Begin, clock: FixedClock) -> None:
    """Calling a household whose points are over writes the answer alone: it moves none of them."""
    ledger = enrolled(begin, 1, f'[expiry]\npolicy = "days"\ndays = 2\n{NANYU_RULES}')
    ledger.award("03-001", "yard", by="clerk:1")
    clock.advance(days=30)
    before = ledger.head().size
    ledger.call_back("03-001", answer="refused", by="clerk:1")
    assert before + 1 == ledger.head().size
    assert Decimal(0) == ledger.balance("03-001").balance


def test_a_call_is_made_once(begin: Begin, refused: Refused) -> None:
    """The same request gives the same receipt, and another answer under it is a conflict that names the field."""
    ledger = enrolled(begin, 1)
    size = ledger.head().size
    said: dict[str, object] = {"answer": "confirmed", "size": size, "number": "7", "period": "2025-11", "count": 1}
    once = ledger.call_back("03-001", **said, by="clerk:1", request="b-1")  # type: ignore[arg-type]  # each of its own type
    again = ledger.call_back("03-001", **said, by="clerk:1", request="b-1")  # type: ignore[arg-type]  # each of its own type
    assert (once.seq, True) == (again.seq, again.repeated)
    others = {"answer": "differs", "number": "8", "size": size - 1, "period": "2025Q4", "count": 2}
    for field, other in others.items():
        told = said | {field: other}
        with refused(ledger, RequestConflict, "request-conflict") as caught:
            ledger.call_back("03-001", **told, by="clerk:1", request="b-1")  # type: ignore[arg-type]  # each of its own type
        assert field == caught.value.data["field"]


def test_a_call_that_cannot_be_is_refused(begin: Begin, refused: Refused) -> None:
    """Another answer, part of a draw, a draw that there cannot have been, and a stranger are refused."""
    ledger = enrolled(begin, 1)
    size = ledger.head().size
    with refused(ledger, InvalidSetting, "invalid-setting"):
        ledger.call_back("03-001", answer="yes", by="clerk:1")
    drawn: dict[str, object] = {"size": size, "number": "7", "period": "2025-11", "count": 1}
    for lacks in ("size", "number", "count"):
        part = {name: value for name, value in drawn.items() if name != lacks}
        with refused(ledger, OptionRequired, "option-required") as caught:
            ledger.call_back("03-001", answer="confirmed", **part, by="clerk:1")  # type: ignore[arg-type]  # as above
        assert lacks == caught.value.data["option"]
    with refused(ledger, OptionRequired, "option-required"):
        ledger.call_back("03-001", answer="confirmed", period="2025-11", by="clerk:1")
    for other, error, code in (
        ({"size": size + 9}, UnknownRecord, "unknown-record"),
        ({"size": 0}, InvalidNumber, "invalid-number"),
        ({"number": " "}, InvalidText, "invalid-text"),
        ({"count": 0}, InvalidSetting, "invalid-setting"),
        ({"count": 1_001}, InvalidSetting, "invalid-setting"),
        ({"count": True}, InvalidSetting, "invalid-setting"),
        ({"period": "2025-13"}, InvalidPeriod, "invalid-period"),
        ({"period": "2020"}, BeforeFirstPeriod, "before-first-period"),
        ({"period": "2026-01"}, FutureDate, "future-date"),
    ):
        with refused(ledger, error, code):
            ledger.call_back("03-001", answer="confirmed", **(drawn | other), by="clerk:1")  # type: ignore[arg-type]  # as above
    with refused(ledger, UnknownAccount, "unknown-account"):
        ledger.call_back("09-999", answer="confirmed", by="clerk:1")


def test_a_call_is_not_undone(begin: Begin, refused: Refused) -> None:
    """What a household said stays on record, and the refusal says to call again."""
    ledger = enrolled(begin, 1)
    seq = ledger.call_back("03-001", answer="confirmed", by="clerk:1").seq
    with refused(ledger, NotReversible, "not-reversible") as caught:
        ledger.reverse(seq, reason="记错了", by="clerk:1")
    assert "call again" in caught.value.say()
    assert "请再次回访" in caught.value.say("zh")
