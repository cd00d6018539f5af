"""The log: what a program that embeds the ledger may want to know beside what it is told by results and errors.

There is one logger, ``logging.getLogger("pointsledger")``. Nothing is set up but that warnings do not print by
themselves; no line names a person, a household, an operator or a request, and none tells the text of a record.
"""

from __future__ import annotations

import logging

LOG = logging.getLogger("pointsledger")
LOG.addHandler(logging.NullHandler())
