"""What the commands share (コマンドの共通部分): which pack they read, and how they end.

Exit codes: 0 done, 1 the content has faults, 2 the command was called wrongly.
"""

import argparse
import json
import os
import sys
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import NoReturn

from madoguchi.procedures.loader import NATIONAL_FOLDER, PackErrors, load_pack
from madoguchi.procedures.packs import Pack

DONE, FAULTS, WRONG_CALL = 0, 1, 2


class JapaneseParser(argparse.ArgumentParser):
    """A parser that says in one sentence what to do instead."""

    def error(self, message: str) -> NoReturn:
        print(f"使い方が違います({message})。{self.prog} --help で例を見られます。", file=sys.stderr)
        raise SystemExit(WRONG_CALL)


def parser_for(name: str, description: str, example: str) -> JapaneseParser:
    """Return a parser whose help ends with an example."""
    return JapaneseParser(
        prog=f"madoguchi {name}",
        description=description,
        epilog=f"例:\n  {example}",
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )


def add_pack_option(parser: argparse.ArgumentParser) -> None:
    """Let the caller lay a city's own pack over the national one."""
    parser.add_argument(
        "--pack",
        action="append",
        type=Path,
        default=[],
        metavar="FOLDER",
        help="全国の台帳の上に重ねる市の台帳のフォルダー(何度でも)",
    )
    parser.add_argument(
        "--only-pack", action="store_true", help="全国の台帳を使わず、--pack の台帳だけを使う"
    )


def folders_of(arguments: argparse.Namespace) -> tuple[Path, ...]:
    """Return the folders of the pack that the options name, the lowest layer first."""
    return (*(() if arguments.only_pack else (NATIONAL_FOLDER,)), *arguments.pack)


def pack_of(arguments: argparse.Namespace) -> Pack:
    """Return the pack that the options name; raises PackErrors."""
    return load_pack(*folders_of(arguments))


def print_json(value: object) -> None:
    """Print a value as readable JSON with Japanese letters as they are."""
    print(json.dumps(value, ensure_ascii=False, indent=2))


def run(command: Callable[[Sequence[str] | None], int], argv: Sequence[str] | None) -> int:
    """Run a command; a broken pack is listed on stderr. Returns the exit code."""
    try:
        code = command(argv)
        sys.stdout.flush()
        return code
    except SystemExit as ended:
        return ended.code if isinstance(ended.code, int) else WRONG_CALL
    except BrokenPipeError:  # whoever reads has seen enough (… | head)
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return DONE
    except PackErrors as error:
        for fault in error.errors:
            print(fault, file=sys.stderr)
        return FAULTS
