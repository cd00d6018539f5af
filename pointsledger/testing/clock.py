"""A clock that stands still until a test moves it."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

from pointsledger.values.calendar import Calendar, Day

BEGIN = "2025-11-03T12:00"
"""Where a clock stands that was told nothing else."""


class FixedClock:
    """A clock that stands at one instant; give it to ``Ledger.create``, ``open`` or ``bind`` as ``clock``.

    It goes forward as it is told to, and back only where ``back=True`` says that this is meant: a book refuses a clock
    that is behind its last record, and a test that set it back by a slip would look for the fault elsewhere.
    """

    def __init__(self, at: str | datetime = BEGIN, *, zone: str = "Asia/Shanghai") -> None:
        """Stand at ``at``: a local time of ``zone`` as ``2025-11-03T12:00``, or an aware datetime."""
        self._calendar: Calendar = Calendar(zone)
        self._instant: datetime = self._calendar.instant(at).astimezone(UTC)

    def now(self) -> datetime:
        """Return the instant at which it stands, in UTC."""
        return self._instant

    @property
    def today(self) -> str:
        """The civil day in its zone."""
        return self._calendar.day(self._instant)

    def set(self, at: str | datetime, *, back: bool = False) -> None:
        """Stand at ``at`` from now on.

        Raises:
            ValueError: if that is earlier, unless ``back`` says that it is meant.
            InvalidTime: if it is no time.

        """
        instant = self._calendar.instant(at).astimezone(UTC)
        if instant < self._instant and not back:
            message = f"the clock stands at {self._instant.isoformat()}; to set it back to {at} pass back=True"
            raise ValueError(message)
        self._instant = instant

    def noon(self, day: Day, *, back: bool = False) -> None:
        """Stand at noon of ``day`` in its zone; raises as ``set``."""
        self.set(f"{self._calendar.day(day)}T12:00", back=back)

    def advance(
        self, *, days: float = 0, hours: float = 0, minutes: float = 0, seconds: float = 0, back: bool = False
    ) -> None:
        """Go on by so much; less than nothing raises as ``set``."""
        step = timedelta(days=days, hours=hours, minutes=minutes, seconds=seconds)
        self.set(self._instant + step, back=back)

    def __repr__(self) -> str:
        """Say where it stands."""
        return f"FixedClock({self._instant.isoformat()!r})"
