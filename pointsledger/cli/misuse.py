"""Misuse: what the parser of the command line says about words it cannot follow, in Chinese where that is spoken.

The parser knows English alone and hands over nothing but its sentence, so the sentence is taken apart here. What it
says for the first time in a later release of it stays English: a sentence that helps some is better than none.
"""

from __future__ import annotations

import re
import sys
from collections.abc import Callable
from typing import Any

from typer.exceptions import TyperException

from pointsledger.cli.showing import warn, warn_lines
from pointsledger.cli.words import language
from pointsledger.values.visible import visible

_ARGUMENTS = {
    "HOUSEHOLD": "户号",
    "ACTIVITY": "事项",
    "ITEM": "商品",
    "ITEMS": "商品",
    "PIECES": "数量",
    "PERIOD": "月份",
    "SEQ": "记录号",
    "FILE": "文件",
    "FOLDER": "文件夹",
}


_ESCAPED = re.compile(r"(?<!\\)\\(?:x([0-9a-f]{2})|U([0-9a-f]{8}))")
"""How the parser, or Python's own way to quote a text, writes a sign that is not to be sent to a terminal."""


def _called(name: str) -> str:
    """Return what an argument is called, with its name in the usage; an option is called by its name alone."""
    said = _ARGUMENTS.get(name.upper())
    return f"{said}（{name.upper()}）" if said else name


def _visible(sentence: str) -> str:
    """Return what the parser said with every sign that a terminal would obey written as everywhere else."""
    return visible(_ESCAPED.sub(lambda found: visible(chr(int(found[1] or found[2], 16))), sentence))


def _envvar(found: re.Match[str]) -> str:
    return f"，也可设环境变量 {found['env']}" if found["env"] else ""


def _near(found: re.Match[str]) -> str:
    near = (found["near"] or "").replace("'", "").replace(", ", "、")
    return f"；是否指 {near}？" if near else "，请核对拼写。"


_NAME = r"'(?P<name>[^']+)'(?: / '[^']+')*(?: \(env var: '(?P<env>[^']+)'\))?"
_NO_INTEGER = rf"Invalid value for {_NAME}: .*valid integer.*"
_SAID: tuple[tuple[str, Callable[[re.Match[str]], str]], ...] = (
    (rf"Missing option {_NAME}\..*", lambda found: f"缺少选项 {found['name']}{_envvar(found)}。"),
    (rf"Missing argument {_NAME}\..*", lambda found: f"缺少{_called(found['name'])}。"),
    (
        r"No such option: (?P<name>\S+)(?: \(Possible options: (?P<near>.*)\))?",
        lambda found: f"没有选项 {found['name']}{_near(found)}",
    ),
    (
        r"No such command (?P<mark>['\"])(?P<name>.*?)(?P=mark)\.(?: Did you mean (?P<near>.*)\?)?",
        lambda found: f"没有命令“{found['name']}”{_near(found)}",
    ),
    (r"Missing command\.", lambda _: "缺少命令。"),
    (
        r"Got unexpected extra argument(?:s|\(s\))? \((?P<value>.*)\)",
        lambda found: f"多出了“{found['value']}”；请去掉，内容带空格的请加引号。",
    ),
    (rf"Option {_NAME} requires an argument\.", lambda found: f"选项 {found['name']} 后面缺少内容。"),
    (rf"Option {_NAME} does not take a value\.", lambda found: f"选项 {found['name']} 后面不能写内容。"),
    (_NO_INTEGER, lambda found: f"{_called(found['name'])} 须为整数。"),
    (
        rf"Invalid value for {_NAME}: .*greater than or equal to (?P<bound>\S+)",
        lambda found: f"{_called(found['name'])} 不能小于 {found['bound']}。",
    ),
    (
        rf"Invalid value for {_NAME}: .*less than or equal to (?P<bound>\S+)",
        lambda found: f"{_called(found['name'])} 不能大于 {found['bound']}。",
    ),
    (rf"Invalid value for {_NAME}: .*", lambda found: f"{_called(found['name'])} 填写的内容不可用。"),
)


def told_in_chinese(sentence: str) -> str:
    """Return what the parser said in Chinese, or as it stands if it never said that before."""
    for pattern, told in _SAID:
        found = re.fullmatch(pattern, sentence, flags=re.DOTALL)
        if found is not None:
            return told(found)
    return sentence


def run_words(command: Any, words: list[str] | None = None) -> int:  # noqa: ANN401 - whatever typer makes of an application
    """Run a command line, that of this process unless ``words`` are given; return its exit status."""
    try:
        ended = command.main(args=words, prog_name="pointsledger", standalone_mode=False)
    except TyperException as misuse:
        sys.stdout.flush()
        _tell(misuse)
        return misuse.exit_code
    return ended if isinstance(ended, int) else 0


def _tell(misuse: Any) -> None:  # noqa: ANN401 - one of the parser's own classes, which it does not make public
    """Say what was misused, after the usage and the way to the help, as the parser does."""
    sentence = misuse.format_message()
    helping = misuse.ctx is not None and sentence == misuse.ctx.get_help()  # to a command without words
    if not helping:
        misuse.message = _visible(misuse.message)
        sentence = misuse.format_message()
    if re.fullmatch(_NO_INTEGER, sentence, flags=re.DOTALL):
        misuse.message = "it takes a whole number, such as 12."  # the parser speaks of strings and parsing
    if language() != "zh" or helping:
        misuse.show()
        return
    if misuse.ctx is not None:
        warn_lines(misuse.ctx.get_usage().replace("Usage: ", "用法：", 1))
        warn_lines(f"输入 {misuse.ctx.command_path} --help 可看说明（英文）。\n")
    warn(f"错误：{told_in_chinese(sentence)}")
