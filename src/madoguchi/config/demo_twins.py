"""The simulated outside parties of the demo (実演の相手役), each a process of its own that speaks the real protocol.

Each is started on a free port of this machine, and the pages and the worker find it through their settings; so they start before them.
"""

from __future__ import annotations

import os
import secrets
import subprocess
import sys
from pathlib import Path


def card_reader() -> tuple[subprocess.Popen[str], str]:
    """Start the simulated card reader for every desk; the server finds it through its setting."""
    from madoguchi.city.queries import desk_names

    twin, (port,) = _started("card_reader")
    reader = f"http://127.0.0.1:{port}"
    desks = (f"{branch}/{desk}={reader}" for branch, desk in desk_names())
    os.environ["MADOGUCHI_CARD_READERS"] = ",".join(desks)
    return twin, reader


def mail_server(base: str) -> tuple[subprocess.Popen[str], str]:
    """Start the simulated mail server; pages and worker find it, and the address for links, through their settings."""
    twin, (port, page) = _started("mail_server", "--page", "0")
    os.environ["MADOGUCHI_MAIL_SERVER"] = f"smtp://127.0.0.1:{port}"
    os.environ["MADOGUCHI_PUBLIC_ADDRESS"] = base
    return twin, f"http://127.0.0.1:{page}"


def message_gateway() -> tuple[subprocess.Popen[str], str]:
    """Start the simulated gateway of SMS, LINE and マイナポータル; pages and worker find it through their settings."""
    os.environ["MADOGUCHI_MESSAGE_KEY"] = secrets.token_urlsafe(24)
    twin, (port,) = _started("message_gateway")
    gateway = f"http://127.0.0.1:{port}"
    os.environ["MADOGUCHI_MESSAGE_GATEWAYS"] = f"sms={gateway},line={gateway},mynaportal={gateway}"
    return twin, gateway


def payment_provider(base: str) -> tuple[subprocess.Popen[str], str]:
    """Start the simulated payment provider, its books beside the city's; pages and worker find it through their settings."""
    os.environ["MADOGUCHI_PAYMENT_KEY"] = secrets.token_urlsafe(24)
    os.environ["MADOGUCHI_PAYMENT_SECRET"] = secrets.token_urlsafe(32)
    books = str(Path(os.environ["MADOGUCHI_HOME"]) / "payment-books.sqlite3")
    twin, (port,) = _started("payment_provider", "--books", books, "--tell", f"{base}/pay/hook/")
    provider = f"http://127.0.0.1:{port}"
    os.environ["MADOGUCHI_PAYMENT_PROVIDER"] = provider
    return twin, provider


def virus_scanner() -> subprocess.Popen[str]:
    """Start the simulated virus scanner, which knows the EICAR test file alone; the server finds it through its setting."""
    twin, (port,) = _started("virus_scanner")
    os.environ["MADOGUCHI_VIRUS_SCANNER"] = f"127.0.0.1:{port}"
    return twin


def ticket_printer() -> tuple[subprocess.Popen[str], str]:
    """Start the simulated ticket printer for every branch; the server finds it through its setting."""
    from madoguchi.city.queries import branch_names

    twin, (port, page) = _started("ticket_printer", "--page", "0")
    os.environ["MADOGUCHI_TICKET_PRINTERS"] = ",".join(f"{one}=127.0.0.1:{port}" for one in branch_names())
    return twin, f"http://127.0.0.1:{page}"


def _started(name: str, *more: str) -> tuple[subprocess.Popen[str], list[str]]:
    """The process of this twin, and the free ports that it took and says in its first line."""
    words = [sys.executable, "-m", f"madoguchi.connect.twins.{name}", "--port", "0", *more]
    twin = subprocess.Popen(words, stdout=subprocess.PIPE, text=True)
    assert twin.stdout is not None
    return twin, twin.stdout.readline().split()
