"""What a copy (写し) is: a folder with its files, each with its SHA-256, and a list of them.

A copy is made under another name and gets its own at the end, when all of it is on the disk: half a copy never looks whole.
"""

from __future__ import annotations

import hashlib
import json
import os
import tarfile
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from madoguchi.config.keeping.shutting import opened, shut
from madoguchi.notation.reading import json_of

LIST = "copy.json"
MAKING = ".making"
SHUT = ".shut"
DATABASE, ATTACHMENTS, SECRET_KEY, SIGN_IN_KEY = (
    "database.sqlite3",
    "attachments.tar",
    "secret_key",
    "oidc_key.pem",
)
_AT_ONCE = 4 * 1024 * 1024


class NotACopy(ValueError):
    """A folder that is not a copy, or one that is not as it was written."""

    def __init__(self, folder: Path, what: str) -> None:
        super().__init__(f"{folder} は使えません（{what}）。別の写しを指定してください。")


class KeyMissing(ValueError):
    """A copy that was shut, without the key."""

    def __init__(self) -> None:
        super().__init__("この写しは暗号化されています。--key-file で鍵のファイルを指定してください。")


@dataclass(frozen=True, slots=True)
class Copy:
    """A copy as its list says: when, of which database, its mark, and its files by name with size and SHA-256."""

    folder: Path
    made_at: datetime
    vendor: str
    mark: int
    shut: bool
    files: dict[str, tuple[int, str]]


def digest(path: Path) -> str:
    """SHA-256 of a file."""
    made = hashlib.sha256()
    with path.open("rb") as file:
        while piece := file.read(_AT_ONCE):
            made.update(piece)
    return made.hexdigest()


def finish(folder: Path, *, made_at: datetime, vendor: str, mark: int, key: bytes | None) -> Copy:
    """Shut the files with the key if there is one, list them, see them onto the disk, and give the folder its name."""
    for path in sorted(one for one in folder.iterdir() if one.is_file()):
        if key is not None:
            with path.open("rb") as plain, path.with_name(path.name + SHUT).open("wb") as out:
                shut(plain, out, key=key)
            path.unlink()
    files = {path.name: (path.stat().st_size, digest(path)) for path in sorted(folder.iterdir())}
    said = {
        "form": 1,
        "made_at": made_at.isoformat(),
        "vendor": vendor,
        "mark": mark,
        "shut": key is not None,
        "files": {name: {"bytes": size, "sha256": sha} for name, (size, sha) in files.items()},
    }
    (folder / LIST).write_text(json.dumps(said, ensure_ascii=False, indent=1), encoding="utf-8")
    for path in folder.iterdir():
        path.chmod(0o600)
        _onto_disk(path)
    _onto_disk(folder)
    named = folder.with_name(folder.name.removesuffix(MAKING))
    folder.rename(named)
    _onto_disk(named.parent)
    return Copy(named, made_at, vendor, mark, key is not None, files)


def read(folder: Path) -> Copy:
    """The copy in a folder, every file compared with its SHA-256. Raises NotACopy."""
    try:
        said = json_of((folder / LIST).read_text(encoding="utf-8"))
        files = {str(name): (int(one["bytes"]), str(one["sha256"])) for name, one in said["files"].items()}
        made_at = datetime.fromisoformat(said["made_at"])
        copy = Copy(folder, made_at, said["vendor"], int(said["mark"]), bool(said["shut"]), files)
    except (OSError, ValueError, KeyError, TypeError, AttributeError, OverflowError) as error:
        raise NotACopy(folder, f"{LIST} がないか、読めません") from error
    for name, (size, sha) in files.items():
        path = folder / name
        if not path.is_file() or path.stat().st_size != size or digest(path) != sha:
            raise NotACopy(folder, f"{name} がないか、書いたときと違います")
    return copy


def take_out(copy: Copy, name: str, to: Path, *, key: bytes | None) -> bool:
    """Put one file of the copy at `to`, opened; False when the copy has none of that name. Raises KeyMissing, WrongKey."""
    there = name + SHUT if copy.shut else name
    if there not in copy.files:
        return False
    with (
        (copy.folder / there).open("rb") as source,
        os.fdopen(os.open(to, os.O_CREAT | os.O_TRUNC | os.O_WRONLY, 0o600), "wb") as out,
    ):
        if not copy.shut:
            while piece := source.read(_AT_ONCE):
                out.write(piece)
        elif key is None:
            raise KeyMissing
        else:
            opened(source, out, key=key, name=there)
        out.flush()
        os.fsync(out.fileno())
    return True


def pack_folder(folder: Path, to: Path) -> int:
    """Put a folder's files into a tar; returns how many. What is taken away meanwhile is left out."""
    count = 0
    with tarfile.open(to, "w") as tar:
        for path in sorted(one for one in folder.rglob("*") if one.is_file()) if folder.is_dir() else ():
            try:
                tar.add(path, arcname=str(path.relative_to(folder)), recursive=False)
            except FileNotFoundError:
                continue
            count += 1
    return count


def complete(folder: Path) -> Iterable[Path]:
    """The folders of whole copies, the oldest first."""
    return sorted(one.parent for one in folder.glob(f"*/{LIST}") if not one.parent.name.endswith(MAKING))


def _onto_disk(path: Path) -> None:
    number = os.open(path, os.O_RDONLY)
    try:
        os.fsync(number)
    finally:
        os.close(number)
