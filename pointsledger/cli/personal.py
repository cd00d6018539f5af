"""Commands about personal data: handing it out, correcting it, erasing it, when the person asks."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Annotated

import typer

from pointsledger.cli.options import AsJson, By, Db, Output, Remark, Request, Village
from pointsledger.cli.showing import say, say_lines, warn
from pointsledger.cli.words import language, speak
from pointsledger.errors import OptionRequired, OptionsConflict
from pointsledger.ledger import Ledger
from pointsledger.receipts import Receipt
from pointsledger.reports.personal import PersonalData
from pointsledger.reports.typed_names import MOST
from pointsledger.values.new_files import write_new

Code = Annotated[str, typer.Argument(help="The household's code, such as 03-017.", show_default=False)]
MaybeCode = Annotated[
    str | None, typer.Argument(metavar="CODE", help="The household's code, such as 03-017.", show_default=False)
]
OneMember = Annotated[str | None, typer.Option("--member", help="One member of it alone, by name or code.")]
Operator = Annotated[str | None, typer.Option("--operator", help="An operator's code, in place of a household.")]
Ground = Annotated[
    str, typer.Option("--ground", help="request, retention-over, entered-in-error or order.", show_default=False)
]
Record = Annotated[int | None, typer.Option("--record", help="The free text of this record, in place of a household.")]
Field = Annotated[str | None, typer.Option("--field", help="One text of the record: remark, reason, donor …")]

personal: typer.Typer = typer.Typer(no_args_is_help=True, help="Personal data (个人信息): export, amend, erase, purge.")


def register(app: typer.Typer) -> None:
    """Add the commands to ``app``."""
    app.add_typer(personal, name="personal")


@personal.command("export")
def export(household: Code, db: Db, village: Village = None, as_json: AsJson = False, output: Output = None) -> None:
    """Hand out everything that the book holds of a household: as text, or a new file .json, .html or .txt."""
    with Ledger.open(db, village=village) as ledger:
        found = ledger.personal_data(household)
    if output is None:
        say_lines(_json(found) if as_json else found.say(language()))
        return
    write_new(output, _as_file(found, output))
    say(
        speak(
            f"{output} written, {len(found.records)} records; it holds personal data, keep it safe.",
            f"{output} 已写入，共 {len(found.records)} 笔记录；内含个人信息，请妥善保管。",
        )
    )


@personal.command("amend")
def amend(
    db: Db,
    household: MaybeCode = None,
    village: Village = None,
    member: OneMember = None,
    operator: Operator = None,
    name: Annotated[str | None, typer.Option("--name", help="The right name.")] = None,
    code: Annotated[str | None, typer.Option("--code", help="The new code.")] = None,
    by: By = None,
    request: Request = None,
    remark: Remark = None,
) -> None:
    """Correct a name that was misspelt, or a code that has changed (更正); the old one goes once no retention runs."""
    with Ledger.open(db, village=village) as ledger:
        receipt = ledger.amend(
            household,
            member=member,
            operator=operator,
            name=name,
            code=code,
            by=by,
            request=request,
            remark=remark,
        )
    say(speak(f"Amended, record {receipt.seq}.", f"已更正，第 {receipt.seq} 号记录。"))
    _tell_purge(receipt)


@personal.command("erase")
def erase(
    db: Db,
    ground: Ground,
    household: MaybeCode = None,
    village: Village = None,
    member: OneMember = None,
    operator: Operator = None,
    seq: Record = None,
    field: Field = None,
    by: By = None,
    request: Request = None,
    remark: Remark = None,
) -> None:
    """Erase the personal data of a household, a member or an operator, or a record's free text (删除); for ever."""
    if field is not None and seq is None:
        raise OptionRequired(option="a record", option_zh="记录号", instead="--record 17", instead_zh="如 --record 17")
    with Ledger.open(db, village=village) as ledger:
        if seq is None:
            receipt = ledger.erase(
                household,
                member=member,
                operator=operator,
                ground=ground,
                by=by,
                request=request,
                remark=remark,
            )
        elif household is not None or member is not None or operator is not None:
            raise OptionsConflict(option="--record", beside="a household")
        else:
            receipt = ledger.erase_remark(seq, field=field, ground=ground, by=by, request=request, remark=remark)
        said = ledger.record(receipt.seq).said
    people, texts = len(said.get("erased", ())), len(said.get("texts", ()))
    say(
        speak(
            f"Erased: {people} in the register, {texts} of free text; record {receipt.seq}.",
            f"已删除：名册 {people} 条，文字 {texts} 条；第 {receipt.seq} 号记录。",
        )
    )
    _tell_purge(receipt)
    _tell_named(receipt)
    say(
        speak(
            "Backups and printed sheets have what they had: see to them as well.",
            "备份和已打印的纸张中仍有原内容，请一并处理。",
        )
    )


@personal.command("purge")
def purge(db: Db) -> None:
    """Have what was erased leave the files for good, where somebody was reading when it was erased."""
    if Ledger.purge(db):
        say(speak("Nothing of what was erased is left in the files.", "文件中已无删除内容的残留。"))
        return
    _warn_held_up()
    raise typer.Exit(1)


def _tell_purge(receipt: Receipt) -> None:
    if receipt.purge_due:
        _warn_held_up()


def _tell_named(receipt: Receipt) -> None:
    if receipt.named_in:
        numbers = [f"{seq:,}" for seq in receipt.named_in]
        more = len(numbers) == MOST
        say(
            speak(
                f"The name was also typed into what cannot be removed, such as a request id, a purpose or a document: "
                f"record {', '.join(numbers)}{' and perhaps later ones' if more else ''}.",
                f"该姓名（编号）还被录入在无法删除的内容中（请求号、用途、细则等）：第 {'、'.join(numbers)} 号记录"
                f"{'，之后可能还有' if more else ''}。",
            )
        )


def _warn_held_up() -> None:
    warn(
        speak(
            "Somebody is reading the book, so old bytes may still stand in its files; "
            "close other programs and run: pointsledger personal purge",
            "有其他程序正在读取账本，文件中可能还有旧内容；请关闭其他程序后运行：pointsledger personal purge",
        )
    )


def _as_file(found: PersonalData, output: Path) -> str:
    """Return what stands in a file, by the end of its name."""
    ending = output.suffix.lower()
    if ending == ".json":
        return _json(found) + "\n"
    return found.html(language()) if ending in {".html", ".htm"} else found.say(language()) + "\n"


def _json(found: PersonalData) -> str:
    return json.dumps(found.plain(), ensure_ascii=False, indent=2)
