"""The product's pages in a process that can be killed and is there again at once: a parent that has loaded everything forks it.

    python -m proofs.forked [module:function]

Each line on stdin lets it fork a new server on the same socket; its process number is the answer. The words take a guard out first.
"""

from __future__ import annotations

import importlib
import os
import socket
import subprocess
import sys
from contextlib import suppress
from socketserver import ThreadingMixIn
from wsgiref.simple_server import WSGIRequestHandler, WSGIServer

from proofs.kept import ROOT


class Threads(ThreadingMixIn, WSGIServer):
    """One thread a request."""

    daemon_threads = True


class Quiet(WSGIRequestHandler):
    """Says nothing of requests, and keeps no connection."""

    def log_message(self, *_told: object) -> None:
        return


class Server:
    """What a proof holds: start, kill, start again."""

    def __init__(self, without: str = "") -> None:
        words = [sys.executable, "-m", "proofs.forked", *([without] if without else [])]
        self.parent = subprocess.Popen(
            words, cwd=ROOT, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True, env=dict(os.environ)
        )
        self.port = int(self._line())
        self.pid = 0

    def _line(self) -> str:
        assert self.parent.stdout is not None
        return self.parent.stdout.readline().strip()

    def start(self) -> None:
        """Fork the server; the one before is gone by then."""
        assert self.parent.stdin is not None
        self.parent.stdin.write("start\n")
        self.parent.stdin.flush()
        self.pid = int(self._line())

    def kill(self) -> None:
        """SIGKILL: nothing that it held is finished."""
        os.kill(self.pid, 9)

    def end(self) -> None:
        """End all of it."""
        for number in (self.pid, self.parent.pid):
            with suppress(ProcessLookupError):
                os.kill(number, 9)
        self.parent.wait()


def _serve(listening: socket.socket) -> None:
    from madoguchi.config.wsgi import application

    server = Threads(("127.0.0.1", 0), Quiet, bind_and_activate=False)
    server.socket.close()
    server.socket = listening
    server.server_address = listening.getsockname()
    server.server_name, server.server_port = "127.0.0.1", listening.getsockname()[1]
    server.setup_environ()
    server.set_app(application)
    server.serve_forever()


def main(argv: list[str]) -> int:
    from django.db import connections
    from django.test import Client

    from madoguchi.config.wsgi import application

    assert application is not None
    if argv:
        module, _, function = argv[0].partition(":")
        getattr(importlib.import_module(module), function)()
    Client(raise_request_exception=False).get("/staff/login/")
    connections.close_all()
    listening = socket.create_server(("127.0.0.1", 0), backlog=64)
    print(listening.getsockname()[1], flush=True)
    child = 0
    for _line in sys.stdin:
        if child:
            os.waitpid(child, 0)
        child = os.fork()
        if child == 0:
            _serve(listening)
            os._exit(0)
        print(child, flush=True)
    if child:
        os.kill(child, 9)
        os.waitpid(child, 0)
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
