"""Make .venv and everything in it, from nothing but Python 3.11: `python3 tools/bootstrap.py run|dev`.

The lock files carry exact versions and hashes; where packages come from is the user's own pip configuration. A
stamp of the lock's hash makes a second run instant. uv, installed first, does in seconds what pip does in a
minute; where it cannot be had, pip does it. Everything is compiled once here: the city is served by half a dozen
processes, and each would compile it anew where Python may not write beside its sources.
"""

from __future__ import annotations

import compileall
import hashlib
import os
import subprocess
import sys
import venv
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
HOME = ROOT / ".venv"
LOCKS = {"run": ROOT / "requirements.lock", "dev": ROOT / "requirements-dev.lock"}
PYTHON = HOME / "bin" / "python"


def say(text: str) -> None:
    print(f"[set-up] {text}", flush=True)


def main() -> int:
    kind = sys.argv[1] if len(sys.argv) > 1 else "run"
    if sys.version_info < (3, 11):  # noqa: UP036 -- this file is what an older Python meets first
        say(f"Python 3.11 or newer is needed; this is {sys.version.split()[0]}.")
        return 2
    lock = LOCKS[kind]
    wanted = hashlib.sha256(lock.read_bytes()).hexdigest()
    if _stamp("dev") == hashlib.sha256(LOCKS["dev"].read_bytes()).hexdigest() or _stamp(kind) == wanted:
        return 0
    if not PYTHON.exists():
        say("making .venv")
        try:
            venv.create(HOME, with_pip=True)
        except (subprocess.CalledProcessError, OSError):
            say("venv could not be made. On Debian: apt-get install python3-venv, then run this again.")
            return 2
    say(f"installing what {lock.name} lists")
    if not _install(lock):
        say("The packages could not be installed. Is pip configured for a package index that can be reached?")
        return 2
    _link_source()
    compileall.compile_dir(ROOT / "src", quiet=2, workers=0)
    (HOME / f".stamp-{kind}").write_text(wanted)
    return 0


def _stamp(kind: str) -> str:
    path = HOME / f".stamp-{kind}"
    return path.read_text() if path.exists() else ""


def _install(lock: Path) -> bool:
    quiet = {**os.environ, "PIP_DISABLE_PIP_VERSION_CHECK": "1"}
    hashed = ["install", "-q", "--require-hashes", "-r", str(lock)]
    pip = [str(PYTHON), "-m", "pip"]
    if subprocess.run([*pip, "install", "-q", "uv"], env=quiet, check=False).returncode == 0:
        uv = [str(HOME / "bin" / "uv"), "pip", *hashed, "--compile-bytecode", "--python", str(PYTHON)]
        if subprocess.run(uv, env=_where_pip_looks(quiet), check=False).returncode == 0:
            return True
        say("uv could not; trying pip")
    return subprocess.run([*pip, *hashed], env=quiet, check=False).returncode == 0


def _where_pip_looks(environment: dict[str, str]) -> dict[str, str]:
    """uv does not read pip's configuration: an index that pip was told of is told to uv, unless uv has its own."""
    if any(name.startswith("UV_") and "INDEX" in name for name in environment):
        return environment
    words = [str(PYTHON), "-m", "pip", "config", "list"]
    listed = subprocess.run(words, env=environment, capture_output=True, text=True, check=False).stdout
    known = dict(line.split("=", 1) for line in listed.splitlines() if "=" in line)
    told = dict(environment)
    for setting, variable in (("index-url", "UV_DEFAULT_INDEX"), ("cert", "SSL_CERT_FILE")):
        for place in (":env:.", "install.", "global."):  # the first that says something wins, as with pip
            value = known.get(place + setting, "").strip("'")
            if value:
                told.setdefault(variable, value)
    return told


def _link_source() -> None:
    """The project itself is not installed but linked: a .pth file and the one console script."""
    packages = next((HOME / "lib").glob("python3.*/site-packages"))
    (packages / "madoguchi.pth").write_text(f"{ROOT / 'src'}\n")
    script = HOME / "bin" / "madoguchi"
    script.write_text(
        f"#!{PYTHON}\nimport sys\n\nfrom madoguchi.config.command_line import main\n\nsys.exit(main())\n"
    )
    script.chmod(0o755)


if __name__ == "__main__":
    sys.exit(main())
