"""Packs as files (台帳のファイル): one zip of TOML files out and in; a pack of another city is taken over under our name."""

from __future__ import annotations

import io
import re
import zipfile
from collections.abc import Mapping
from datetime import datetime

import tomli

from madoguchi.notation.reading import toml_of
from madoguchi.procedures.editing.layers import Layer
from madoguchi.procedures.editing.toml_text import changed
from madoguchi.procedures.loader import PACK_FILE
from madoguchi.spreadsheets.workbook import BROKEN

MOST_FILES = 500
MOST_BYTES = 5 * 1024 * 1024
_FILE = re.compile(r"(?:(?:sheets/)?[a-z][a-z0-9-]*|texts/[a-z]{2}(?:-[A-Za-z]+)?)\.toml")


class FilesRefused(ValueError):
    """A zip that cannot be taken; the sentence says why and what to do."""


def as_zip(layer: Layer, now: datetime) -> bytes:
    """A layer as a zip; the same layer gives the same bytes at the same time."""
    made = io.BytesIO()
    with zipfile.ZipFile(made, "w", zipfile.ZIP_DEFLATED) as archive:
        for file in sorted(layer):
            info = zipfile.ZipInfo(file, now.timetuple()[:6])
            info.compress_type = zipfile.ZIP_DEFLATED
            archive.writestr(info, layer[file])
    return made.getvalue()


def from_zip(content: bytes) -> dict[str, str]:
    """The files of a zip, also when they stand in one folder. Raises FilesRefused, naming the file."""
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as archive:
            infos = [one for one in archive.infolist() if not one.is_dir()]
            if len(infos) > MOST_FILES or sum(one.file_size for one in infos) > MOST_BYTES:
                raise FilesRefused(
                    f"ファイルが{MOST_FILES}個か、広げて{MOST_BYTES // 1024**2}MBを超えています。"
                )
            found = {one.filename: archive.read(one) for one in infos}
    except FilesRefused:
        raise
    except (*BROKEN, RuntimeError) as error:
        raise FilesRefused("zipとして読めません。「ファイルで出す」で出したzipを選んでください。") from error
    folder = _one_folder(found)
    layer: dict[str, str] = {}
    for name, data in found.items():
        file = name.removeprefix(folder)
        if file.lower().endswith((".md", ".txt")):
            continue  # a folder's own explanation is no part of the pack
        if not _FILE.fullmatch(file):
            raise FilesRefused(
                f"「{file[:80]}」は台帳のファイルではありません。.toml のファイルだけにしてください。"
            )
        try:
            layer[file] = data.decode("utf-8")
            toml_of(layer[file])
        except (UnicodeDecodeError, tomli.TOMLDecodeError) as error:
            raise FilesRefused(f"「{file}」を読めません（{error}）。") from error
    if not layer:
        raise FilesRefused("台帳のファイル（.toml）が入っていません。")
    return layer


def _one_folder(found: Mapping[str, bytes]) -> str:
    """The folder in which everything stands, with its slash; "" when the files stand at the top."""
    first = {name.split("/")[0] for name in found}
    (folder,) = first if len(first) == 1 else ("",)
    inside = (
        folder and all(name.startswith(f"{folder}/") for name in found) and folder not in ("sheets", "texts")
    )
    return f"{folder}/" if inside else ""


def name_of(layer: Layer) -> str:
    """What the pack calls itself; "" when it does not say."""
    return str(toml_of(layer.get(PACK_FILE, "")).get("name", ""))


def under_name(layer: Layer, *, name: str) -> dict[str, str]:
    """The layer under another name of the pack (他市の台帳を引き継ぐ); its id, by which files are told apart, stays."""
    files = dict(layer)
    said = toml_of(files.get(PACK_FILE, ""))
    files[PACK_FILE] = changed(files.get(PACK_FILE, ""), {**said, "name": name})
    return files
