"""A browser without a window: Chromium, started by the tests and told over a pipe what to open and what to run.

It is a package of Debian and others (``apt-get install chromium``), and no wheel has it. Where it is missing these
tests are skipped; where ``CI`` is set they fail instead. The gate installs it where it can.

What goes through the pipe is the Chrome DevTools Protocol: JSON, each message ended by a zero byte.
"""

from __future__ import annotations

import json
import os
import select
import shutil
import subprocess
import sys
import time
from base64 import b64decode
from pathlib import Path
from typing import Any, Self

import pytest

NAMES = ("chromium", "chromium-browser", "google-chrome")
LONGEST_WAIT = 120
FLAGS = (
    "--headless",
    "--no-sandbox",  # the gate runs as root, and opens nothing but our own page
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--remote-debugging-pipe",
)
# The browser reads from descriptor 3 and writes to 4, whatever numbers the pipes have here.
_START = """
import fcntl, os, sys
theirs = [fcntl.fcntl(int(number), fcntl.F_DUPFD, 10) for number in sys.argv[1:3]]
os.dup2(theirs[0], 3)
os.dup2(theirs[1], 4)
os.execv(sys.argv[3], sys.argv[3:])
"""


class Browser:
    """One browser with one page in it; ``asked_for`` lists every address that the page asked for."""

    def __init__(self, profile: Path) -> None:
        """Start it, with a ``profile`` folder of its own."""
        program = next(filter(None, map(shutil.which, NAMES)), None)
        if not hasattr(os, "fork") or (program is None and not os.environ.get("CI")):
            pytest.skip("Chromium is not installed, or cannot be given a pipe")
        assert program is not None, "Chromium is missing: apt-get install chromium"
        theirs_in, self._to = os.pipe()
        self._from, theirs_out = os.pipe()
        passed = (theirs_in, theirs_out)
        self._running = subprocess.Popen(
            [
                sys.executable,
                "-I",
                "-S",
                "-c",
                _START,
                *map(str, passed),
                program,
                *FLAGS,
                f"--user-data-dir={profile}",
            ],
            pass_fds=passed,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
        )
        for one in passed:
            os.close(one)
        self._held = b""
        self._number = 0
        self._session = ""
        self._events: list[dict[str, Any]] = []
        target = self.tell("Target.createTarget", url="about:blank")["targetId"]
        self._session = self.tell("Target.attachToTarget", targetId=target, flatten=True)["sessionId"]
        for domain in ("Page", "Runtime", "Network"):
            self.tell(f"{domain}.enable")

    def __enter__(self) -> Self:
        """Return the browser."""
        return self

    def __exit__(self, *_: object) -> None:
        """End it."""
        self._session = ""
        self.tell("Browser.close")
        self._running.wait(LONGEST_WAIT)
        os.close(self._to)
        os.close(self._from)

    def tell(self, method: str, **said: object) -> dict[str, Any]:
        """Send a command and return its answer."""
        self._number += 1
        message = {"id": self._number, "method": method, "params": said}
        if self._session:
            message["sessionId"] = self._session
        held = json.dumps(message).encode() + b"\0"
        while held:
            held = held[os.write(self._to, held) :]
        while True:
            told = self._next()
            if told.get("id") == self._number:
                assert "error" not in told, told
                answer: dict[str, Any] = told["result"]
                return answer
            self._events.append(told)

    def open(self, address: str) -> None:
        """Open an address, and wait until the page has been loaded."""
        self._events.clear()
        self.tell("Page.navigate", url="about:blank")  # else another fragment alone would not load the page again
        self._await("Page.loadEventFired")
        self._events.clear()
        self.tell("Page.navigate", url=address)
        self._await("Page.loadEventFired")

    def run(self, script: str) -> Any:  # noqa: ANN401 - whatever JSON the script comes to
        """Run a script in the page and return what it comes to."""
        told = self.tell("Runtime.evaluate", expression=script, awaitPromise=True, returnByValue=True, userGesture=True)
        assert "exceptionDetails" not in told, told["exceptionDetails"]
        return told["result"].get("value")

    def size(self, width: int, height: int) -> None:
        """Make the page as large as a screen."""
        self.tell(
            "Emulation.setDeviceMetricsOverride", width=width, height=height, deviceScaleFactor=1, mobile=width < 600
        )

    def picture(self) -> bytes:
        """Return the page as a PNG."""
        return b64decode(self.tell("Page.captureScreenshot", captureBeyondViewport=True)["data"])

    @property
    def asked_for(self) -> list[str]:
        """The addresses that the page that is open asked for, in their order."""
        self.run("0")  # what has happened before is told before the answer
        return [one["params"]["request"]["url"] for one in self._events if one["method"] == "Network.requestWillBeSent"]

    def _await(self, event: str) -> None:
        while not any(one.get("method") == event for one in self._events):
            self._events.append(self._next())

    def _next(self) -> dict[str, Any]:
        until = time.monotonic() + LONGEST_WAIT
        while b"\0" not in self._held:
            ready, _, _ = select.select([self._from], [], [], max(0, until - time.monotonic()))
            assert ready, "the browser did not answer"
            read = os.read(self._from, 1 << 20)
            assert read, "the browser ended"
            self._held += read
        message, _, self._held = self._held.partition(b"\0")
        told: dict[str, Any] = json.loads(message)
        return told
