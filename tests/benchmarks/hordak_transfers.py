"""One double-entry transaction of django-hordak each, timed: run by ``postgresql.py`` with an interpreter that has it.

``python hordak_transfers.py HOST DATABASE COUNT ROUNDS`` prints the rate of the best round. django-hordak is nothing
that this library needs; it is measured beside it as the best known double-entry book of a Python host.
"""

from __future__ import annotations

import sys
from time import perf_counter

import django
from django.conf import settings
from django.core.management import call_command
from django.db import transaction


def main() -> None:
    """Make its tables, and transfer from one account to another, a commit each."""
    host, database = sys.argv[1:3]
    count, rounds = map(int, sys.argv[3:5])
    apps = ["django.contrib.contenttypes", "django.contrib.auth", "mptt", "hordak"]
    place = {"ENGINE": "django.db.backends.postgresql", "NAME": database, "HOST": host, "USER": "postgres"}
    settings.configure(
        INSTALLED_APPS=apps,
        DATABASES={"default": {**place, "CONN_MAX_AGE": None}},
        DEFAULT_CURRENCY="CNY",
        CURRENCIES=["CNY"],
        HORDAK_CURRENCIES=["CNY"],
        USE_TZ=True,
    )
    django.setup()
    call_command("migrate", verbosity=0)
    from djmoney.money import Money  # noqa: PLC0415 - only once Django is set up
    from hordak.models import Account, AccountType  # noqa: PLC0415 - as above

    issued = Account.objects.create(name="issued", code="1", type=AccountType.income, currencies=["CNY"])
    held = Account.objects.create(name="held", code="2", type=AccountType.liability, currencies=["CNY"])
    rates = []
    for _ in range(rounds):
        start = perf_counter()
        for _ in range(count):
            with transaction.atomic():
                issued.transfer_to(held, Money(5, "CNY"))
        rates.append(count / (perf_counter() - start))
    print(max(rates))


if __name__ == "__main__":
    main()
