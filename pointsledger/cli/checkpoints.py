"""Commands for what a book gives out: checkpoints, their keys, and the township that cosigns them."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from importlib import import_module
from pathlib import Path
from typing import Annotated

import typer

from pointsledger.checkpoints import IssuedCheckpoint
from pointsledger.cli.options import AsCsv, AsJson, Db, Output, Village, new_path
from pointsledger.cli.showing import say, say_lines, table, warn, write
from pointsledger.cli.words import language, many, speak
from pointsledger.errors import KeyInvalid, OptionRequired
from pointsledger.evidence import text_of
from pointsledger.hand_ins import HandedIn
from pointsledger.ledger import Ledger
from pointsledger.recoveries import Recovery
from pointsledger.rules.growth import Growth
from pointsledger.rules.proof import head_of
from pointsledger.rules.signed_note import Signer, VerifierKey
from pointsledger.values.calendar import Calendar
from pointsledger.values.new_files import write_new
from pointsledger.witness import Cosigned, Witness

_COLUMNS = ("number", "issued_at", "size", "root", "claimed_by", "signed_by")

KeyFile = Annotated[
    Path | None, typer.Option("--key", help="The file of a private key to sign with; see `checkpoint key`.")
]
SignedBy = Annotated[
    list[str] | None,
    typer.Option("--signed-by", help="A public key of the village, one of which must have signed; or a file of one."),
]
OwnKeys = Annotated[
    list[str] | None,
    typer.Option(
        "--own-key", help="Another public key of this witness, such as the one before; or a file of one; repeatable."
    ),
]
SignedByWitness = Annotated[
    list[str] | None,
    typer.Option("--signed-by", help="A public key, one of which must have signed, such as the township's; or a file."),
]
NewFile = Annotated[
    Path,
    typer.Option("--output", "-o", callback=new_path, help="The new file to write.", show_default=False),
]
NewText = Annotated[
    Path | None,
    typer.Option("--output", "-o", callback=new_path, help="Write it to a new file instead of the screen."),
]

group: typer.Typer = typer.Typer(
    help="Issue, sign and keep checkpoints (校验码): the heads of a book that others keep.", no_args_is_help=True
)
hand_in_group: typer.Typer = typer.Typer(help="The monthly hand-in (上报包) for the township.", no_args_is_help=True)


def register(app: typer.Typer) -> None:
    """Add the commands to ``app``."""
    for name, command in (("issue", issue), ("list", list_issued), ("cosign", cosign), ("keep", keep), ("key", key)):
        group.command(name)(command)
    hand_in_group.command("make")(make_hand_in)
    hand_in_group.command("take")(take_hand_in)
    app.add_typer(group, name="checkpoint")
    app.add_typer(hand_in_group, name="hand-in")


def issue(
    db: Db,
    village: Village = None,
    key_file: KeyFile = None,
    since: Annotated[
        int | None, typer.Option("--since", help="Prove besides that it grew from the first so many records.")
    ] = None,
    slip: Annotated[
        Path | None,
        typer.Option("--page", callback=new_path, help="Besides, a page for the wall with a QR code, in a new file."),
    ] = None,
    output: NewText = None,
) -> None:
    """Issue the head of the book as a checkpoint, keep it, and write it out."""
    slips = None if slip is None else import_module("pointsledger.slips")  # an extra: missed before anything is issued
    with Ledger.open(db, village=village) as ledger:
        if since is not None:
            ledger.growth(since)  # what there cannot be is refused before anything is issued
        issued = ledger.checkpoint(key=signer(key_file))
        day, recoveries = _day_of(ledger, issued), ledger.recoveries()
        text = issued.note if since is None else ledger.growth(since, size=issued.head.size).text()
    if slip is not None and slips is not None:
        write_new(slip, slips.checkpoint_slip(issued.note, on=day, recoveries=recoveries, lang=language()))
    _give(text, output)
    _tell_head(issued, day, recoveries)


def list_issued(
    db: Db,
    village: Village = None,
    keys: Annotated[
        list[str] | None,
        typer.Option("--key", help="A public key, or a file of one: whether it signed is verified; repeatable."),
    ] = None,
    as_json: AsJson = False,
    as_csv: AsCsv = False,
    output: Output = None,
) -> None:
    """List the checkpoints that were issued, with those who are said to have signed, and those who did."""
    known = verifiers(keys)
    with Ledger.open(db, village=village) as ledger:
        calendar = _calendar_of(ledger)
        found = [
            {
                "number": one.number,
                "issued_at": one.issued_at,
                "size": one.head.size,
                "root": one.head.root.hex(),
                "claimed_by": ", ".join(one.claimed_by),
                "signed_by": ", ".join(one.signed_by(known)),
            }
            for one in ledger.checkpoints()
        ]
    if as_json or as_csv:
        write(found, _COLUMNS, as_json=as_json)
        return
    for row in found:
        at = calendar.minute_of_instant(str(row["issued_at"])).replace("T", " ")
        row |= {"place": row["number"], "records": row["size"], "issued_at": at}
    verified = ("signed_by",) if keys else ()
    table(found, ("place", "issued_at", "records", "root", "claimed_by", *verified), output=output)


def cosign(
    file: Annotated[
        Path, typer.Argument(help="What the village's `checkpoint issue --since` wrote.", show_default=False)
    ],
    key_file: Annotated[Path, typer.Option("--key", help="The file of the witness's private key.", show_default=False)],
    kept: Annotated[
        Path,
        typer.Option("--kept", help="The folder of the checkpoints that were cosigned before.", show_default=False),
    ],
    output: NewFile,
    own_keys: OwnKeys = None,
    signed_by: SignedBy = None,
) -> None:
    """Cosign a village's checkpoint as a witness, if its book extends the one that was cosigned before."""
    from pointsledger.signing import SigningKey  # noqa: PLC0415 - an extra

    text = text_of(file)
    growth = Growth.read(text) if text.startswith("old ") else Growth(0, (), text)
    witness = Witness(kept, SigningKey.load(key_file), own=verifiers(own_keys))
    done = witness.cosign(growth, signed_by=verifiers(signed_by))
    write_new(output, done.note)
    head = head_of(done.note)
    before = _seen_before(done, head.size)
    say(
        speak(
            f"{head.village}: {many(head.size, 'record')} cosigned, {before}; give {output} back to the village.",
            f"{head.village}：{head.size} 笔已联署，{before}；请将 {output} 交还该村。",
        )
    )


def _seen_before(done: Cosigned, size: int) -> str:
    """Return what a witness had seen of a village before it cosigned a head of ``size`` records."""
    if done.repeated:
        return speak("by this key before (nothing was signed anew)", "此前即由本密钥签署（未再签名）")
    if done.before is None:
        return speak("seen for the first time", "首次见到")
    if size <= done.before.size:
        return speak("seen before, and the line of this key added", "此前已见过，现加上本密钥的签名")
    return speak(f"it extends the {done.before.size:,} seen before", f"是此前所见 {done.before.size:,} 笔的延续")


def keep(
    file: Annotated[Path, typer.Argument(help="The checkpoint that came back cosigned.", show_default=False)],
    db: Db,
    village: Village = None,
    signed_by: SignedByWitness = None,
) -> None:
    """Keep a checkpoint of this book that came back with the signatures of others."""
    known = verifiers(signed_by)
    with Ledger.open(db, village=village) as ledger:
        kept = ledger.keep_cosigned(text_of(file), signed_by=known)
        _tell_head(kept, _day_of(ledger, kept), ledger.recoveries())


def key(
    name: Annotated[str, typer.Argument(help="The key's name, such as the village's code.", show_default=False)],
    output: Annotated[
        Path, typer.Option("--output", "-o", help="The new file for the private key.", show_default=False)
    ],
    witness: Annotated[bool, typer.Option("--witness", help="For a witness, such as the township.")] = False,
) -> None:
    """Make a key: the private one into a file that only its owner reads, the public one on the screen for everybody."""
    from pointsledger.signing import SigningKey  # noqa: PLC0415 - an extra

    made = SigningKey.generate(name, witness=witness)
    made.keep(output)
    say(made.verifier.text())


def make_hand_in(
    period: Annotated[str, typer.Argument(help="The closed month, such as 2026-10.", show_default=False)],
    db: Db,
    output: NewFile,
    village: Village = None,
    key_file: KeyFile = None,
) -> None:
    """Write the monthly hand-in (上报包): the month's records and the head over them, for the township."""
    with Ledger.open(db, village=village) as ledger:
        made = ledger.hand_in(period, output, key=signer(key_file))
    say(
        speak(
            f"{output}: records {made.after + 1:,} to {made.size:,} of {made.village}, {period}; "
            "names of the register and remarks are not in it, what was typed as a purpose, number or request id is.",
            f"{output}：{made.village} {period} 第 {made.after + 1:,} 至 {made.size:,} 号记录；"
            "其中没有名册上的姓名和备注，但有录入的用途、编号、请求号等。",
        )
    )


def take_hand_in(
    file: Annotated[Path, typer.Argument(help="The hand-in that a village made.", show_default=False)],
    db: Annotated[str, typer.Option("--db", envvar="POINTSLEDGER_DB", help="The township's copies: a file or a URL.")],
    key_file: KeyFile = None,
    kept: Annotated[
        Path | None,
        typer.Option("--kept", help="With --key: the folder of what was cosigned, as of `checkpoint cosign`."),
    ] = None,
    own_keys: OwnKeys = None,
    signed_by: SignedBy = None,
    recovery: Annotated[
        int | None,
        typer.Option(
            "--accept-recovery",
            help="The record in which the village declares that a backup was put back.",
        ),
    ] = None,
    earlier: Annotated[
        str | None,
        typer.Option("--earlier", help="With --accept-recovery: the copies so far, from which new ones are begun."),
    ] = None,
    output: NewText = None,
) -> None:
    """Replay a hand-in, keep it in the township's copies, and cosign its head; all of it, or nothing."""
    taken = Ledger.take_in(
        db,
        file,
        witness=_witness(key_file, kept, own_keys),
        signed_by=verifiers(signed_by),
        recovery=recovery,
        earlier=earlier,
    )
    tell = warn if output is None else say  # the checkpoint is alone on the screen, to be piped into a file
    _give(taken.note, output)
    again = speak(" (taken before, nothing changed)", "（此前已收，未作改动）") if taken.repeated else ""
    tell(
        speak(
            f"{taken.village} {taken.period}: replayed up to record {taken.size:,} and kept.{again}",
            f"{taken.village} {taken.period}：已重算并收存至第 {taken.size:,} 号记录。{again}",
        )
    )
    _tell_recoveries(taken, tell)


def _tell_recoveries(taken: HandedIn, tell: Callable[[str], None]) -> None:
    """Say with every take which records declare a loss, and which heads were taken before of the book that is lost."""
    if taken.recoveries:
        seqs = ", ".join(str(seq) for seq in taken.recoveries)
        tell(
            speak(
                f"{taken.village}: a backup was put back and records were lost; record {seqs} declares it.",
                f"{taken.village}：账本由备份恢复过，有记录丢失；第 {seqs} 号记录已声明。",
            )
        )
    for head in taken.lost:
        tell(
            speak(
                f"{taken.village}: it does not extend the head taken before, {head.size} {head.short}, which is kept.",
                f"{taken.village}：账本不是此前所收校验码 {head.size} {head.short} 的延续，该校验码仍予留存。",
            )
        )


def _witness(key_file: Path | None, kept: Path | None, own_keys: list[str] | None) -> Witness | None:
    """Return whoever cosigns, if a key is given.

    Raises:
        OptionRequired: if only one of key and folder is: who forgets what was cosigned would cosign a fork; or if
            other keys of the witness are given alone.

    """
    key = signer(key_file)
    if key is None and kept is None and not own_keys:
        return None
    if key is None or kept is None:
        option = "--kept" if kept is None else "--key"
        given = "--key" if key is not None else "--kept" if kept is not None else "--own-key"
        raise OptionRequired(
            option=option,
            option_zh=f"选项 {option}",
            instead=f"which goes with {given}",
            instead_zh=f"它与 {given} 同用",
        )
    return Witness(kept, key, own=verifiers(own_keys))


def signer(file: Path | None) -> Signer | None:
    """Return the private key in a file, if one is given."""
    if file is None:
        return None
    from pointsledger.signing import SigningKey  # noqa: PLC0415 - an extra

    return SigningKey.load(file)


def verifiers(keys: list[str] | None) -> list[VerifierKey]:
    """Return public keys, each as it was given or as it stands in a file."""
    return [_verifier(one) for one in keys or ()]


def _verifier(given: str) -> VerifierKey:
    """Return a public key, or the one in a file: no key is written without a plus sign."""
    if "+" in given or not given.strip():  # and what is empty is a file's name as little
        return VerifierKey.read(given)
    try:
        return VerifierKey.read(text_of(Path(given)))
    except KeyInvalid as error:
        raise KeyInvalid(key=error.data["key"], file=given) from error


def _day_of(ledger: Ledger, issued: IssuedCheckpoint) -> str:
    """Return the civil day on which a checkpoint was issued, where the village is."""
    return _calendar_of(ledger).day_of_instant(issued.issued_at)


def _calendar_of(ledger: Ledger) -> Calendar:
    settings = ledger.record(1).said
    return Calendar(settings["zone"], settings["cut_off_day"])


def _tell_head(issued: IssuedCheckpoint, day: str, recoveries: Iterable[Recovery]) -> None:
    """Say in a line for paper what was issued, and below it what the book declares lost: it goes with every notice."""
    head = issued.head
    say(speak(f"for paper: {day} {head.size} {head.short}", f"抄写用：{day} {head.size} {head.short}"))
    for one in recoveries:
        say(speak(f"and below it: {one.say()}", f"其下注明：{one.say('zh')}"))


def _give(text: str, output: Path | None) -> None:
    if output is None:
        say_lines(text.rstrip("\n"))
    else:
        write_new(output, text)
