"""Options: the same ones, under the same names, at every command."""

from __future__ import annotations

import os
from collections.abc import Iterable
from pathlib import Path
from typing import Annotated, Any

import typer

from pointsledger.errors import ChosenTwice, FileExists, OptionRequired, OptionsConflict
from pointsledger.values.calendar import parse_written_day


def _one_form(context: typer.Context, parameter: typer.CallbackParam, asked: Any) -> Any:  # noqa: ANN401 - a flag or a file
    """See that a reading is asked for in one form; whichever option stands second finds the first."""
    beside = next((form for name, form in _FORMS.items() if context.params.get(name)), None)
    if asked and beside:
        first, second = sorted((beside, _FORMS[parameter.name or ""]), key=list(_FORMS.values()).index)
        raise OptionsConflict(option=first, beside=second)
    return asked


def _new_file(context: typer.Context, parameter: typer.CallbackParam, output: Path | None) -> Path | None:
    """See that a file is there to be made, before anything is worked out to stand in it."""
    found: Path | None = _one_form(context, parameter, new_path(output))
    return found


def new_path(output: Path | None) -> Path | None:
    """Return where a new file is to be, once it is seen that nothing is there."""
    if output is not None and os.path.lexists(output):
        raise FileExists(file=str(output))
    return output


def _label(written: str | None) -> str | None:
    """Take a label with the quotes around it in which sentences show it, and which not every shell takes away."""
    text = (written or "").strip()
    return text[1:-1] if len(text) > 1 and text[0] + text[-1] in _QUOTES else written


def written_day(written: str | None) -> str | None:
    """Take a day as clerks write it, on the command line as on a sheet."""
    return None if written is None else parse_written_day(written)


def chosen_pieces(items: Iterable[str], *, alone: str | None = None) -> dict[str, str]:
    """Return how many pieces of each item are written as ITEM=PIECES; an item ``alone`` is so many, where it may be.

    Raises:
        ChosenTwice: if an item stands twice.
        OptionRequired: if the pieces of one are missing.

    """
    wanted: dict[str, str] = {}
    for item in items:
        name, mark, pieces = item.replace("＝", "=").rpartition("=")
        chosen, number = (name, pieces) if mark else (item, alone)
        if chosen in wanted:
            raise ChosenTwice(item=chosen)
        if number is None:
            raise OptionRequired(
                option="the number of pieces", option_zh="数量", instead=f"as {item}=2", instead_zh=f"写作 {item}=2"
            )
        wanted[chosen] = number
    return wanted


IN_MEMORY: tuple[str, ...] = ("", ":memory:", "sqlite://", "sqlite:///", "sqlite:///:memory:")
"""Places that are gone when the command ends."""

_FORMS = {"as_json": "--json", "as_csv": "--csv", "output": "--output"}
_QUOTES = ('""', "''", "“”", "‘’", "「」")

Db = Annotated[str, typer.Option("--db", envvar="POINTSLEDGER_DB", help="The book: a file, or sqlite:///FILE.")]
Village = Annotated[
    str | None,
    typer.Option("--village", envvar="POINTSLEDGER_VILLAGE", help="The village's code, if the file holds several."),
]
By = Annotated[
    str | None, typer.Option("--by", envvar="POINTSLEDGER_BY", help="The operator who records, such as clerk:1.")
]
On = Annotated[
    str | None,
    typer.Option("--on", callback=written_day, help="The day of the deed, such as 2026-10-03; today if left out."),
]
OnBalance = Annotated[
    str | None, typer.Option("--on", callback=written_day, help="As of the end of this day (of one household).")
]
BestBefore = Annotated[
    str | None, typer.Option("--best-before", callback=written_day, help="A day, such as 2027-03-01.")
]
Request = Annotated[
    str | None,
    typer.Option("--request", help="An id of your own, no name, that makes repeating the command harmless."),
]
Remark = Annotated[str | None, typer.Option("--remark", help="Free text; it stays out of the journal.")]
ApprovedBy = Annotated[
    list[str] | None, typer.Option("--approved-by", help="An operator who approved; may be given several times.")
]
AsJson = Annotated[bool, typer.Option("--json", callback=_one_form, help="Write JSON.")]
AsCsv = Annotated[bool, typer.Option("--csv", callback=_one_form, help="Write CSV.")]
Output = Annotated[
    Path | None,
    typer.Option(
        "--output", "-o", callback=_new_file, help="Write the table to a new file (CSV) that a spreadsheet opens."
    ),
]
NewPlace = Annotated[
    Path | None,
    typer.Option(
        "--output", "-o", callback=_new_file, help="A new file, or for csv a new folder; the screen if left out."
    ),
]
Household = Annotated[str, typer.Argument(help="The household's code, such as 03-017.", show_default=False)]
Label = Annotated[
    str | None,
    typer.Option("--label", callback=_label, help="A name for the batch; period and the sheet's title if left out."),
]
Replace = Annotated[
    str | None, typer.Option("--replace", callback=_label, help="The label of the batch that this sheet corrects.")
]
Batch = Annotated[
    str | None, typer.Option("--batch", callback=_label, help="The label of an imported sheet, all of it.")
]
Activity = Annotated[str, typer.Argument(help="An activity's code or name.", show_default=False)]
Quantity = Annotated[str | None, typer.Option("--quantity", help="How many of the activity's unit; 1 if left out.")]
Minutes = Annotated[str | None, typer.Option("--minutes", help="How long a service took, in place of hours.")]
Level = Annotated[str | None, typer.Option("--level", help="The level of an award ladder, by code or name.")]
Member = Annotated[str | None, typer.Option("--member", help="Who earned it: a member's name or code.")]
Period = Annotated[str, typer.Argument(help="2026-10, 2026Q4, 2026H2 or 2026.", show_default=False)]
View = Annotated[
    str,
    typer.Option("--view", help="as_closed: what counted in it; restated: what is known of it by now, corrected."),
]
File = Annotated[Path, typer.Argument(help="The file to read.", show_default=False)]
