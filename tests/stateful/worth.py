"""What a rule book says that a deed is worth and its limits leave, from the bodies of the journal alone (7)."""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction

from tests.stateful.dates import Dates
from tests.stateful.folds import Body


@dataclass(frozen=True)
class Use:
    """What a grant takes of the limits; a base has no activity."""

    seq: int
    activity: str
    level: str
    category: str
    account: str
    resident: str
    on: str
    points: int
    times: int


class Worth(Dates):
    """A village's rule books so far, and what was granted by them."""

    def __init__(self) -> None:
        """Begin before the first record."""
        self.cut_off = 0
        self.first_month = self.closed = ""
        self.documents: list[Body] = []
        self.uses: list[Use] = []

    def add(self, body: Body) -> None:
        """Add a record, and see that its points are what the rule book of its day says, limits included (7)."""
        kind, said = body["kind"], body["said"]
        if kind == "genesis":
            self.cut_off, self.first_month = said["cut_off_day"], said["first_period"]
        elif kind == "rulebook":
            self.documents.append(said["document"])
        elif kind == "reverse":
            self.uses = [use for use in self.uses if use.seq != said["seq"]]
        elif kind in {"award", "deduct"}:
            self._deed(body)
        elif kind == "base":
            self._base(body)

    def _deed(self, body: Body) -> None:
        said, decided = body["said"], body["decided"]
        document = self._in_force(body["on"])
        assert self.documents[decided["rulebook"] - 1] is document
        activity = next(one for one in document["activities"] if one["code"] == said["activity"])
        factor = Fraction(1)
        if body["kind"] == "award":
            scopes = {"all", f"activity:{activity['code']}", f"category:{activity['category']}"}
            factor = next(
                (Fraction(one["factor"]) for one in document.get("multipliers", ()) if one["of"] in scopes), factor
            )
        worth = int(self._points(activity, said) * factor)
        assert worth == decided["requested"]
        if body["kind"] == "deduct":
            assert worth - decided.get("written_off", 0) == decided["granted"]
            return
        times = int(said.get("quantity", 1)) if activity["per"] == "time" else 1
        granted = worth
        for limit in self._limits(document, activity):
            used = self._used(limit, body, activity)
            room = max(0, limit["points" if "points" in limit else "times"] - used)
            granted = min(granted, room if "points" in limit else worth * min(times, room) // times)
        assert granted == decided["granted"]
        assert worth - granted == decided.get("capped", 0)
        if granted:
            self._use(body, activity["category"], granted, decided.get("times", 1))

    def _base(self, body: Body) -> None:
        said, decided = body["said"], body["decided"]
        document = self._in_force(self._begins(said["span"], body["on"]))
        assert self.documents[decided["rulebook"] - 1] is document
        base = next(one for one in document["bases"] if one["code"] == said["base"])
        granted = base["points"]
        for limit in document.get("ceilings", ()):
            if limit.get("with_base"):
                granted = min(granted, max(0, limit["points"] - self._used(limit, body, None)))
        assert (base["points"], granted) == (decided["requested"], decided["granted"])
        self._use(body, "", granted, 0)

    def _in_force(self, day: str) -> Body:
        return next(one for one in reversed(self.documents) if one["first_day"] <= day)

    def _begins(self, span: str, on: str) -> str:
        """Return the first day of a span as a base names it: 2026-04, 2026Q2, 2026H1, 2026 or ever."""
        if span == "ever":
            return on
        year, part = span[:4], span[4:]
        month = {"": 1, "H": int(part[-1:] or 1) * 6 - 5, "Q": int(part[-1:] or 1) * 3 - 2}
        number = int(part[1:]) if part.startswith("-") else month[part[:1]]
        return max(self.first_of(f"{year}-{number:02}"), self.first_of(self.first_month))

    @staticmethod
    def _points(activity: Body, said: Body) -> Fraction:
        if "levels" in activity:
            return Fraction(next(one["points"] for one in activity["levels"] if one["code"] == said["level"]))
        return Fraction(said.get("quantity", 1)) * int(activity["points"])

    @staticmethod
    def _limits(document: Body, activity: Body) -> list[Body]:
        caps = [one for one in document.get("caps", ()) if one["of"] in {"all", f"category:{activity['category']}"}]
        own = [one | {"of": "activity"} for one in activity.get("limits", ())]
        return [*own, *caps, *document.get("ceilings", ())]

    def _used(self, limit: Body, body: Body, activity: Body | None) -> int:
        """Return what was granted of what a limit counts; of a right deed, without the wrong one in its place."""
        said, of = body["said"], limit.get("of", "")
        found = []
        for use in self.uses:
            same = of in {"", "all"} or of == f"category:{use.category}"
            if of == "activity" and activity is not None:
                ladder = "times" in limit and "levels" in activity
                same = use.activity == activity["code"] and (not ladder or use.level == said.get("level", ""))
            counts = bool(use.activity) or bool(limit.get("with_base"))
            holder = {"village": "", "household": use.account, "resident": use.resident}[limit["by"]]
            asked = {"village": "", "household": said["account"], "resident": said.get("resident", "")}[limit["by"]]
            when = self.span_of(use.on, limit["per"]) == self.span_of(body["on"], limit["per"])
            if same and counts and holder == asked and when and use.seq != said.get("corrects"):
                found.append(use)
        return sum(use.points if "points" in limit else use.times for use in found)

    def _use(self, body: Body, category: str, points: int, times: int) -> None:
        said = body["said"]
        who = (said.get("activity", ""), said.get("level", ""), category, said["account"], said.get("resident", ""))
        self.uses.append(Use(body["seq"], *who, body["on"], points, times))
