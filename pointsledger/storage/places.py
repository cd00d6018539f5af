"""Places: where a book may be kept, and which database that is."""

from __future__ import annotations

from pathlib import Path

from sqlalchemy import URL, make_url
from sqlalchemy.exc import ArgumentError

from pointsledger.errors import InvalidSetting
from pointsledger.storage.dialect import Dialect
from pointsledger.storage.postgresql import Postgresql
from pointsledger.storage.sqlite import Sqlite

DIALECTS: dict[str, Dialect] = {dialect.name: dialect for dialect in (Sqlite(), Postgresql())}


def url_of(place: str | Path) -> URL:
    """Return the URL of a database given by URL or by the path of an SQLite file.

    Raises:
        InvalidSetting: for a URL of a database that is not known here.

    """
    try:
        url = make_url(str(place)) if "://" in str(place) else URL.create("sqlite", database=str(place))
    except ArgumentError as error:
        raise _refused(str(place)) from error
    if url.drivername in {"postgres", "postgresql"}:  # a URL that names no driver means ours
        url = url.set(drivername="postgresql+psycopg")
    if url.get_backend_name() not in DIALECTS:
        raise _refused(url.render_as_string())
    return url


def _refused(value: str) -> InvalidSetting:
    return InvalidSetting(
        name="database",
        value=value,
        allowed="a file, sqlite:///FILE, or postgresql://USER@HOST/DATABASE",
        allowed_zh="一个文件、sqlite:///文件，或 postgresql://用户@主机/数据库",
    )
