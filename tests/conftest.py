"""What every test shares: the Hypothesis profiles, and a line that says which package is under test."""

from __future__ import annotations

import os

from hypothesis import settings

import pointsledger

# No deadline: a commit to disk takes as long as the disk likes, and a slow machine is no defect of the library.
settings.register_profile("local", deadline=None, max_examples=50)
settings.register_profile("ci", deadline=None, max_examples=50, derandomize=True, print_blob=True)
settings.register_profile("thorough", deadline=None, max_examples=2_000)
settings.load_profile(os.environ.get("HYPOTHESIS_PROFILE") or ("ci" if os.environ.get("CI") else "local"))


def pytest_report_header() -> str:
    """Name the file the package was imported from; the gate in .ci reads this line."""
    return f"pointsledger under test: {pointsledger.__file__}"
