"""Places: where a book may be kept, and which database that is."""

from __future__ import annotations

import re
from pathlib import Path

from sqlalchemy import URL, make_url
from sqlalchemy.exc import ArgumentError

from pointsledger.errors import InvalidSetting
from pointsledger.storage.dialect import Dialect, shown
from pointsledger.storage.postgresql import Postgresql
from pointsledger.storage.sqlite import Sqlite

DIALECTS: dict[str, Dialect] = {dialect.name: dialect for dialect in (Sqlite(), Postgresql())}

_DRIVERS = {
    "sqlite": "sqlite",
    "sqlite+pysqlite": "sqlite",
    "postgres": "postgresql+psycopg",
    "postgresql": "postgresql+psycopg",
    "postgresql+psycopg": "postgresql+psycopg",
}
"""What a URL may begin with, and the driver that it means; a URL that names none means ours."""

_PASSWORD = re.compile(r"(?<=:)[^:/][^:]*(?=@)")


def url_of(place: str | Path) -> URL:
    """Return the URL of a database given by URL or by the path of an SQLite file.

    Raises:
        InvalidSetting: for a URL that is none, or of a database or a driver that is not known here.

    """
    text = str(place)
    if "://" not in text:
        return URL.create("sqlite", database=text)
    try:
        url = make_url(text)
    except (ArgumentError, ValueError) as error:  # the second for a port that is no number
        raise _refused(_PASSWORD.sub("***", text)) from error
    driver = _DRIVERS.get(url.drivername)
    if driver is None or (driver == "sqlite" and url.host):  # sqlite://FILE takes the file for a host
        raise _refused(shown(url))
    return url.set(drivername=driver)


def _refused(value: str) -> InvalidSetting:
    return InvalidSetting(
        name="database",
        value=value,
        allowed="a file, sqlite:///FILE, or postgresql://USER@HOST/DATABASE",
        allowed_zh="一个文件、sqlite:///文件，或 postgresql://用户@主机/数据库",
    )
