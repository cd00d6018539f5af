"""A shortcut for the documentation tests: the command line without its start-up, about a second a command.

``serve SOCKET`` loads ``pointsledger`` once and then forks for each command; ``call SOCKET WORDS...`` is what the
page's shell runs. The child takes over the caller's folder, environment and standard streams and runs the very
``main`` that the installed script runs, so what a page sees is what a reader sees. It runs on POSIX systems only, as
the pages' shell does.
"""

from __future__ import annotations

import _socket
import os
import sys

_END = b"\0\0"
_MOST_BYTES = 1 << 20
_STREAMS = (0, 1, 2)
_INT_BYTES = 4


def call(place: str, words: list[str]) -> int:
    """Have the server at ``place`` run ``pointsledger`` with ``words`` here; return its exit status.

    It loads nothing but what the interpreter has at hand: this is what runs a hundred times.
    """
    connection = _socket.socket(_socket.AF_UNIX, _socket.SOCK_STREAM)
    connection.connect(place)
    settings = [f"{name}={value}" for name, value in os.environ.items()]
    folder = os.getcwd()  # noqa: PTH109 - loading pathlib would double the time that a command takes
    asked = "\0".join([folder, str(len(words)), *words, *settings]).encode() + _END
    streams = b"".join(number.to_bytes(_INT_BYTES, sys.byteorder) for number in _STREAMS)
    sent = connection.sendmsg([asked], [(_socket.SOL_SOCKET, _socket.SCM_RIGHTS, streams)])
    connection.sendall(asked[sent:])
    answer = connection.recv(16)
    return int(answer) if answer else 70


def serve(place: str) -> None:
    """Listen at ``place`` and run each command that comes in a child of this process."""
    import gc  # noqa: PLC0415 - the caller is to be quick and needs none of these
    import signal  # noqa: PLC0415 - the same
    import socket  # noqa: PLC0415 - the same

    from pointsledger.cli import main  # noqa: PLC0415 - the same

    _warm_up(main)
    gc.freeze()
    signal.signal(signal.SIGCHLD, signal.SIG_IGN)  # nobody waits for the children: their status goes to the caller
    with socket.socket(socket.AF_UNIX, socket.SOCK_STREAM) as listening:
        listening.bind(place)
        listening.listen()
        sys.stdout.write("ready\n")
        sys.stdout.flush()
        while True:
            connection, _ = listening.accept()
            if os.fork() == 0:
                listening.close()
                signal.signal(signal.SIGCHLD, signal.SIG_DFL)
                _run(connection, main)
            connection.close()


def _warm_up(main: object) -> None:
    """Run some commands before the first fork, so that what is loaded and compiled on first use is there for all."""
    import contextlib  # noqa: PLC0415 - the caller is to be quick and needs none of these
    import io  # noqa: PLC0415 - the same
    import tempfile  # noqa: PLC0415 - the same

    with tempfile.TemporaryDirectory() as folder, contextlib.chdir(folder):
        book = ["--db", "warm.db"]
        for words in (["init", *book, "--village", "warm", "--by", "nobody"], ["balance", *book], ["audit", *book]):
            sys.argv = ["pointsledger", *words]
            with contextlib.redirect_stdout(io.StringIO()), contextlib.suppress(SystemExit):
                main()  # type: ignore[operator]  # the command line's entry point


def _run(connection: object, main: object) -> None:
    """Run one command in this child process, tell its exit status, and end."""
    import socket  # noqa: PLC0415 - the caller is to be quick and needs none of this

    assert isinstance(connection, socket.socket)
    received, streams, _, _ = socket.recv_fds(connection, _MOST_BYTES, len(_STREAMS))
    while not received.endswith(_END):
        received += connection.recv(_MOST_BYTES)
    folder, count, *rest = received.removesuffix(_END).decode().split("\0")
    for number, stream in zip(_STREAMS, streams, strict=True):
        os.dup2(stream, number)
        os.close(stream)
    os.chdir(folder)
    os.environ.clear()
    for setting in rest[int(count) :]:
        name, _, value = setting.partition("=")
        os.environ[name] = value
    sys.argv = ["pointsledger", *rest[: int(count)]]
    status = 0
    try:
        main()  # type: ignore[operator]  # the command line's entry point
    except SystemExit as ended:
        status = ended.code if isinstance(ended.code, int) else int(ended.code is not None)
    except BaseException:  # noqa: BLE001 - a traceback is what the reader would see
        sys.excepthook(*sys.exc_info())
        status = 1
    sys.stdout.flush()
    sys.stderr.flush()
    connection.sendall(str(status).encode())
    os._exit(0)


if __name__ == "__main__":
    if sys.argv[1] == "serve":
        serve(sys.argv[2])
    else:
        sys.exit(call(sys.argv[2], sys.argv[3:]))
