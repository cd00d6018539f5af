"""Commands that prove something to somebody who has not got the book, and the one that checks it without."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Annotated

import typer

from pointsledger.cli.checkpoints import verifiers
from pointsledger.cli.options import AsJson, Db, Household, Village, new_path
from pointsledger.cli.showing import say, say_lines
from pointsledger.cli.words import language, speak
from pointsledger.errors import OptionRequired
from pointsledger.ledger import Ledger
from pointsledger.values.new_files import write_new
from pointsledger.verifying import verify as verified

PageFile = Annotated[
    Path | None,
    typer.Option("--page", callback=new_path, help="A slip to be printed, with a QR code, in a new file (HTML)."),
]
ProofFile = Annotated[
    Path | None, typer.Option("--output", "-o", callback=new_path, help="The proof itself, in a new file.")
]


def register(app: typer.Typer) -> None:
    """Add the commands to ``app``."""
    app.command()(receipt)
    app.command("closing-slip")(closing_slip)
    app.command()(verify)


def receipt(
    seq: Annotated[int, typer.Argument(help="The number of the record.", show_default=False)],
    db: Db,
    output: ProofFile = None,
    page: PageFile = None,
    village: Village = None,
    size: Annotated[int | None, typer.Option("--size", help="Lead to the head of so many records.")] = None,
) -> None:
    """Write the receipt (积分告知单) of a record: the proof that it is in the book, to be checked without it."""
    _see_asked(output, page)
    with Ledger.open(db, village=village) as ledger:
        proof, decimals = ledger.proof(seq, size=size), ledger.record(1).said["decimals"]
        told = ledger.trace(seq, limit=1).record if page is not None else None
    if page is not None:
        from pointsledger.slips import receipt_slip  # noqa: PLC0415 - an extra

        write_new(page, receipt_slip(proof, told=told, lang=language(), decimals=decimals))
    if output is not None:
        write_new(output, proof.text())
    count = proof.checkpoint.size
    for file in filter(None, (output, page)):
        said = f"{file}: record {seq} in the book of {count:,} records."
        say(speak(said, f"{file}：第 {seq} 号记录在共 {count:,} 笔的账本之中。"))


def closing_slip(
    household: Household,
    period: Annotated[str, typer.Argument(help="The closed month, such as 2026-10.", show_default=False)],
    db: Db,
    output: ProofFile = None,
    page: PageFile = None,
    village: Village = None,
) -> None:
    """Write the proof of what a household closed a month with; it shows nothing of its neighbours."""
    _see_asked(output, page)
    with Ledger.open(db, village=village) as ledger:
        proof = ledger.closing_slip(household, period)
    if page is not None:
        from pointsledger import slips  # noqa: PLC0415 - an extra

        write_new(page, slips.closing_slip(proof, household=household, lang=language()))
    if output is not None:
        write_new(output, proof.text())
    for file in filter(None, (output, page)):
        said = f"{file}: {household} at the close of {period}."
        say(speak(said, f"{file}：{household} 在 {period} 结账时的结存。"))


def _see_asked(output: Path | None, page: Path | None) -> None:
    """See that a file is asked for.

    Raises:
        OptionRequired: if none is.

    """
    if output is None and page is None:
        raise OptionRequired(
            option="--output", instead="or --page", option_zh="选项 --output", instead_zh="或改用 --page"
        )


def verify(
    file: Annotated[
        Path,
        typer.Argument(help="A receipt, a slip's file, a checkpoint, a hand-in or an export.", show_default=False),
    ],
    keys: Annotated[
        list[str] | None,
        typer.Option("--key", help="A public key that must have signed, or a file of one; repeatable."),
    ] = None,
    against: Annotated[
        list[str] | None,
        typer.Option("--against", help="What was kept elsewhere: a file, a folder, or a line from paper; repeatable."),
    ] = None,
    as_json: AsJson = False,
) -> None:
    """Check a file that a book gave out, without the book; exit with 1 if it does not hold."""
    verdict = verified(file, keys=verifiers(keys), against=against or ())
    if as_json:
        head = verdict.head
        told = {
            "kind": verdict.kind,
            "code": verdict.code,
            "origin": head.origin if head else None,
            "size": head.size if head else None,
            "root": head.root.hex() if head else None,
            "record": verdict.record or None,
            "said": verdict.say("en"),
        }
        say(json.dumps(told, ensure_ascii=False))
    else:
        say_lines(verdict.say(language()))
    if not verdict.holds:
        raise typer.Exit(1)
