"""The parts that are installed apart: without them the command line says so, and how to get them."""

from __future__ import annotations

import subprocess
import sys

import pytest

from pointsledger.errors import ExtraMissing

PROGRAM = """
import sys

class Missing:
    def find_spec(self, name, path=None, target=None):
        if name == {part!r}:
            raise ModuleNotFoundError("No module named " + repr(name), name=name)

sys.meta_path.insert(0, Missing())
from pointsledger.cli import main
main()
"""


def run_without(part: str) -> subprocess.CompletedProcess[str]:
    """Run the command line as if a part had never been installed."""
    program = PROGRAM.format(part=part)
    return subprocess.run([sys.executable, "-c", program], check=False, capture_output=True, encoding="utf-8")


@pytest.mark.parametrize("part", ["typer", "rich"])
def test_the_command_line_says_which_extra_is_missing(part: str) -> None:
    """Without its parts the command line exits with 2 and one sentence that names what to install."""
    missing = ExtraMissing(feature="The command line", extra="cli")
    done = run_without(part)
    assert (2, "", f"{missing}\n") == (done.returncode, done.stdout, done.stderr)
    assert "extra-missing" == missing.code
    assert "pointsledger[cli]" in str(missing)
    assert isinstance(missing, ImportError)


def test_another_missing_module_is_not_taken_for_an_extra() -> None:
    """A module that is missing for another reason is reported as it is, with its traceback."""
    done = run_without("sqlmodel")
    assert 1 == done.returncode
    assert "ModuleNotFoundError" in done.stderr
    assert "pointsledger[cli]" not in done.stderr
