"""Commands for whoever looks after the database: backup, rebuild, upgrade, migrate."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Annotated

import typer

from pointsledger.cli.options import IN_MEMORY, Db
from pointsledger.cli.progress_bar import bar
from pointsledger.cli.showing import say
from pointsledger.cli.words import many, speak
from pointsledger.errors import InvalidSetting
from pointsledger.ledger import Ledger
from pointsledger.storage.rebuilding import Rebuilt
from pointsledger.storage.transaction import Head

TrustJournal = Annotated[
    bool, typer.Option("--trust-journal", help="Take the journal as it is, even if the head that was kept differs.")
]


def register(app: typer.Typer) -> None:
    """Add the commands to ``app``."""
    for command in (backup, rebuild, upgrade, migrate):
        app.command()(command)


def backup(
    db: Db,
    destination: Annotated[
        Path, typer.Argument(help="A new file, or a folder in which the copy gets a name.", show_default=False)
    ],
    copy: Annotated[bool, typer.Option("--copy", help="It is a copy without names, such as the township's.")] = False,
) -> None:
    """Copy the database (备份), all villages of it, while others work; the copy is audited before it gets its name."""
    with bar("auditing the copy", "正在审计副本") as progress:
        made = Ledger.backup(db, destination, people=not copy, progress=progress)
    say(speak(f"{made.file}: copied, and the copy audited.", f"{made.file}：已备份，副本审计无误。"))
    _tell_heads(made.heads, "", "笔记录")


def rebuild(db: Db, trust_journal: TrustJournal = False) -> None:
    """Derive every projection from the journal again: the cure for a damaged one."""
    with bar("rebuilding", "重建中") as progress:
        rebuilt = Ledger.rebuild(db, trust_journal=trust_journal, progress=progress)
    _tell(rebuilt)


def upgrade(
    db: Db,
    trust_journal: TrustJournal = False,
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Say what it would come to, and change nothing.")] = False,
) -> None:
    """Bring a book that an earlier release wrote up to this one; the records stay as they are."""
    with bar("upgrading", "升级中") as progress:
        upgraded = Ledger.upgrade(db, dry_run=dry_run, trust_journal=trust_journal, progress=progress)
    if upgraded is None:
        say(speak("Nothing to upgrade: it is this release's already.", "无需升级：已是本版本的结构。"))
        return
    said = (
        speak(
            f"Would be upgraded from schema {upgraded.earlier}; nothing was changed.",
            f"将从结构版本 {upgraded.earlier} 升级；尚未改动任何内容。",
        )
        if dry_run
        else speak(f"Upgraded from schema {upgraded.earlier}.", f"已从结构版本 {upgraded.earlier} 升级。")
    )
    say(said)
    _tell(upgraded)


def _tell(rebuilt: Rebuilt) -> None:
    """Say what was not as it belongs, and the heads; end with 1 if something had to be left."""
    for names, en, zh in (
        (rebuilt.changed, "held something else than the records say", "所存与台账不符，已更正"),
        (rebuilt.mended, "made as they belong again", "已恢复原样"),
        (
            rebuilt.left,
            "NOT as they belong, and beyond a rebuild: restore a backup",
            "仍与原样不符，重建无法修复：请用备份恢复",
        ),
    ):
        if names:
            say(speak(f"{en}: {', '.join(names)}", f"{zh}：{'、'.join(names)}"))
    _tell_heads(rebuilt.heads, "", "笔记录")
    if rebuilt.left:
        raise typer.Exit(1)


def _tell_heads(heads: Mapping[str, Head], en: str, zh: str) -> None:
    for village, head in heads.items():
        root = head.root.hex()
        say(
            speak(
                f"{village}: {many(head.size, 'record')}{en}, root {root}",
                f"{village}：{head.size} {zh}，校验根 {root}",
            )
        )


def migrate(
    source: Annotated[str, typer.Argument(help="The book as it is: a file or a URL.", show_default=False)],
    target: Annotated[str, typer.Argument(help="Where it is to be: a new file, or a URL.", show_default=False)],
) -> None:
    """Carry every book of a database to another one, SQLite or PostgreSQL; started again, it goes on where it was."""
    if source == target or target in IN_MEMORY:
        raise InvalidSetting(
            name="target", value=target, allowed="another database than the source", allowed_zh="与来源不同的数据库"
        )
    with bar("carrying", "迁移中") as progress:
        heads = Ledger.migrate(source, target, progress=progress)
    _tell_heads(heads, " carried", "笔记录已迁移")
