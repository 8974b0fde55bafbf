"""`madoguchi demo`: まどか市, fresh, with invented residents, served on this machine only.

`--check` visits every kind of screen as the people who use it and ends with 0 when all of them answer.
"""

from __future__ import annotations

import argparse
import os
import shutil
import signal
import socket
import subprocess
import sys
import time
from http.cookiejar import CookieJar
from pathlib import Path
from urllib.error import HTTPError, URLError
from urllib.parse import urlencode
from urllib.request import HTTPCookieProcessor, OpenerDirector, build_opener

MARK, MADE = ".madoguchi-demo", ".madoguchi-demo-made"
START_SECONDS = 60
PAST_WEEKS, MOST_PAST_WEEKS = 8, 13
OPEN_TO_ANYONE = (
    "/board/main/",
    "/board/main/desk1/",
    "/congestion/",
    "/congestion/main/",
    "/t/",
    "/pay/",
    "/furusato/",
    "/accuracy/",
)
VISITS = {
    "clerk": ("/cases/", "/cases/?q=A001", "/calls/", "/calls/day/", "/bookings/", "/book/"),
    "reviewer": ("/reviews/", "/office/matches/"),
    "insurance": ("/desk/",),
    "systems": ("/office/changes/", "/office/staff/", "/office/imports/"),
    "dx": (
        "/office/catalogue/",
        "/office/inventory/",
        "/office/editor/",
        "/office/form-review/",
        "/office/levelling/",
        "/office/insight/",
        "/office/experience/",
        "/office/coverage/",
        "/office/visits/",
    ),
    "protection": ("/office/sheltered/", "/office/matches/"),
    "cashier": ("/office/payments/",),
    "gifts": ("/office/furusato/",),
    "herald": (
        "/office/campaigns/",
        "/office/campaigns/new/",
        "/office/visits/lists/",
        "/office/reaching/",
        "/office/reaching/round/",
        "/office/reaching/take-up/",
    ),
    "commissioner": ("/office/entrusted/",),
    "interpreter": ("/interpreting/",),
    "reception": ("/calls/",),
    "preparing": ("/preparing/",),
    "auditor": ("/office/audit/",),
    "machine": ("/kiosk/", "/kiosk/main/", "/kiosk/main/services/"),
}


def parser() -> argparse.ArgumentParser:
    """The command's own help."""
    made = argparse.ArgumentParser(
        prog="madoguchi demo",
        description="架空のまどか市を新しく作り、この機械だけで開きます。",
        epilog="例: madoguchi demo --residents 500 --check",
    )
    made.add_argument("--residents", type=int, default=10_000, help="架空の住民の数（10000）")
    made.add_argument(
        "--past",
        type=int,
        default=PAST_WEEKS,
        metavar="WEEKS",
        help=f"架空の来庁を、きょうまでの何週間分作るか（{PAST_WEEKS}。0 なら作らない）",
    )
    made.add_argument("--keep", action="store_true", help="前に作った実演を、作り直さずに続けます")
    made.add_argument("--port", type=int, default=8000)
    made.add_argument("--check", action="store_true", help="開いて、主な画面を見て、終わります")
    return made


def main(argv: list[str]) -> int:
    """Make the city, print where and who, and serve until stopped; or check and end."""
    options = parser().parse_args(argv)
    home = Path(os.environ.get("MADOGUCHI_HOME") or Path("var") / "demo").resolve()
    if refused := _refused(options, home):
        print(refused, file=sys.stderr)
        return 2
    os.environ["MADOGUCHI_HOME"] = str(home)
    os.environ.pop("MADOGUCHI_DATABASE_URL", None)
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "madoguchi.config.settings")
    # Whoever ends it otherwise than by Ctrl+C ends all that it started, too.
    signal.signal(signal.SIGTERM, signal.default_int_handler)
    try:
        _open_or_build(home, options)
        port = _free_port() if options.check else options.port
        return _serve(port, check=options.check)
    except KeyboardInterrupt:
        return 0


def _refused(options: argparse.Namespace, home: Path) -> str:
    """Why the demo does not start, in a sentence; empty when it may, its folder emptied where it is to be made anew."""
    if options.residents < 0:
        return "--residents には0以上の数を入れてください。"
    if not 0 <= options.past <= MOST_PAST_WEEKS:
        return f"--past には0から{MOST_PAST_WEEKS}までの週の数を入れてください。"
    taken = [] if options.check else [one for one in (options.port, options.port + 1) if _taken(one)]
    if taken:
        return (
            f"{taken[0]} 番はほかのものが使っています（前に開いた実演が動いたままかもしれません）。"
            "それを止めるか、--port で別の番号にしてください。"
        )
    if options.keep and not (home / MADE).exists():
        return f"{home} に、前に作った実演がありません。--keep を付けずに、もう一度開いてください。"
    if not options.keep and not _fresh(home):
        return f"{home} には実演用でないデータがあります。MADOGUCHI_HOME に別の場所を指定してください。"
    return ""


def _open_or_build(home: Path, options: argparse.Namespace) -> None:
    import django

    django.setup()
    if options.keep:
        print("前に作ったまどか市（架空）を続けます。", flush=True)
        return
    began = time.monotonic()
    _build(options.residents, options.past)
    (home / MADE).touch()
    print(f"まどか市（架空）を作りました: {time.monotonic() - began:.0f} 秒", flush=True)


def _fresh(home: Path) -> bool:
    """Empty the demo's own folder; a folder that is not the demo's is left alone."""
    if home.exists() and any(home.iterdir()) and not (home / MARK).exists():
        return False
    shutil.rmtree(home, ignore_errors=True)
    home.mkdir(parents=True)
    (home / MARK).touch()
    return True


def _build(residents: int, past_weeks: int) -> None:
    from django.core.management import call_command
    from django.utils import timezone

    from madoguchi.cases.acting import civil_day
    from madoguchi.config import demo_identity
    from madoguchi.config.demo_city import SEED, build

    call_command("migrate", verbosity=0)
    call_command("collectstatic", verbosity=0, interactive=False)

    def show(stored: int) -> None:
        if sys.stderr.isatty():
            print(f"\r住民 {stored:,} / {residents:,}", end="", file=sys.stderr, flush=True)

    now = timezone.now()
    build(residents=residents, now=now, progress=show, past_weeks=past_weeks)
    home = Path(os.environ["MADOGUCHI_HOME"])
    demo_identity.write_people(home, residents=residents, seed=SEED, on=civil_day(now))
    if sys.stderr.isatty():
        print(file=sys.stderr)


def _taken(port: int) -> bool:
    """Whether somebody answers there: two servers of ours could share a port, and each would get some of the requests."""
    with socket.socket() as one:
        return one.connect_ex(("127.0.0.1", port)) == 0


def _free_port() -> int:
    with socket.socket() as one:
        one.bind(("127.0.0.1", 0))
        return int(one.getsockname()[1])


def _serve(port: int, *, check: bool) -> int:
    from madoguchi.config import demo_identity, demo_twins
    from madoguchi.config.server import end_all, server_command, stream_command, worker_command

    base = f"http://127.0.0.1:{port}"
    stream_port = _free_port() if check else port + 1
    os.environ["MADOGUCHI_STREAM_PORT"] = str(stream_port)
    running: list[subprocess.Popen[str] | subprocess.Popen[bytes]] = []

    def begun(one: tuple[subprocess.Popen[str], str]) -> str:
        running.append(one[0])
        return one[1]

    try:
        reader = begun(demo_twins.card_reader())
        letters = begun(demo_twins.mail_server(base))
        payments = begun(demo_twins.payment_provider(base))
        sign_in = begun(demo_identity.identity_provider(base))
        running.append(demo_twins.virus_scanner())
        told = begun(demo_twins.message_gateway())
        slips = begun(demo_twins.ticket_printer())
        server = subprocess.Popen(server_command(host="127.0.0.1", port=port, workers=1))
        running.append(server)
        running.append(subprocess.Popen(stream_command(host="127.0.0.1", port=stream_port)))
        running.append(subprocess.Popen(worker_command(), stdout=subprocess.DEVNULL))
        if not _answers(base, server):
            print(
                f"{port} 番で開けませんでした。ほかのものが使っていないか確かめ、--port で別の番号にしてください。",
                file=sys.stderr,
            )
            return 2
        _tell(base, reader, slips, letters, payments, sign_in, told)
        if check:
            return _check(base) or demo_identity.check(base) or _check_stream(stream_port)
        server.wait()
        return 0
    finally:
        end_all(running)


def _answers(base: str, server: subprocess.Popen[bytes]) -> bool:
    until = time.monotonic() + START_SECONDS
    opener = build_opener()
    while time.monotonic() < until and server.poll() is None:
        try:
            opener.open(f"{base}/staff/login/", timeout=5).close()
            return True
        except (URLError, ConnectionError, TimeoutError):
            time.sleep(0.2)
    return False


def _tell(base: str, reader: str, slips: str, letters: str, payments: str, sign_in: str, told: str) -> None:
    from madoguchi.config.demo_city import PASSWORD, STAFF

    print(f"\n{base}/  を開いて、サインインしてください。合言葉はみな {PASSWORD}\n")
    for one in STAFF:
        print(f"  {one.username:<10} {one.name}  {one.shows}")
    print(f"\n{reader}/  実演用のカード読取機（置くカードを選べます）")
    print(f"{base}/book/  予約のページ（サインインなし。住民の方が使います）")
    print(f"{letters}/  実演用のメール（どこにも届かず、ここに出ます）")
    print(f"{base}/pay/  手数料の支払い（窓口の確認の画面で番号を渡せます）")
    print(f"{base}/furusato/  ワンストップ特例の申請（{_a_paper()}）")
    print(f"{payments}/  実演用の決済事業者（お金は動きません。返事をしない、知らせが2度来るなどを選べます）")
    print(f"{base}/my/  住民の方のページ（本人確認でサインインします）")
    print(f"{sign_in}/  実演用の本人確認（模擬。架空の住民を選びます。不具合も選べます）")
    print(
        f"{told}/  実演用の送信の中継（SMS・LINE・マイナポータルのお知らせ。戻る、返事をしないなどを選べます）"
    )
    print(f"{slips}/  実演用の番号票の印刷機（紙切れ・無応答・途中で切れるなどを選べます）")
    print(f"{base}/board/main/  呼出しの表示盤   {base}/congestion/  混み具合   {base}/t/  番号の順番")
    beside = " ".join(
        f"{name}={os.environ[name]}"
        for name in (
            "MADOGUCHI_HOME",
            "MADOGUCHI_MAIL_SERVER",
            "MADOGUCHI_PUBLIC_ADDRESS",
            "MADOGUCHI_MESSAGE_GATEWAYS",
            "MADOGUCHI_MESSAGE_KEY",
            "MADOGUCHI_PAYMENT_PROVIDER",
            "MADOGUCHI_PAYMENT_KEY",
            "MADOGUCHI_PAYMENT_SECRET",
        )
    )
    print(f"ほかの命令を試すには（別の端末で）: {beside} madoguchi work --once")
    print("\n住民も市も架空です。止めるには Ctrl+C。", flush=True)


def _a_paper() -> str:
    """Number and digits of one invented paper; the two numbers after it are of the same donor."""
    from django.utils import timezone

    from madoguchi.city.queries import system_actor
    from madoguchi.furusato.desk import papers
    from madoguchi.furusato.queries import years

    known = years()
    found = papers(year=known[0], by=system_actor("実演"), now=timezone.now()) if known else ()
    return "、".join(f"紙の番号 {number} 数字 {code}" for number, code in found[:3])


def _check(base: str) -> int:
    """Visit the screens as each of them; one line a visit."""
    faults = 0
    for username, pages in VISITS.items():
        opener = _signed_in(base, username)
        for page in pages:
            status = _status(opener, f"{base}{page}")
            faults += status != 200
            print(f"{'○' if status == 200 else '×'} {username:<10} {page} {status}", flush=True)
    for page in OPEN_TO_ANYONE:
        status = _status(build_opener(), f"{base}{page}")
        faults += status != 200
        print(f"{'○' if status == 200 else '×'} {'だれでも':<10} {page} {status}", flush=True)
    if faults:
        print(f"{faults} の画面が開けませんでした。「madoguchi doctor」で調べてください。", file=sys.stderr)
    return 1 if faults else 0


def _check_stream(port: int) -> int:
    """Whether the first piece of the hall's board comes over its stream."""
    try:
        with build_opener().open(f"http://127.0.0.1:{port}/live/wall/main/", timeout=20) as stream:
            come = any(line.startswith(b"event: state") for line in (stream.readline() for _ in range(6)))
    except (URLError, OSError):
        come = False
    print(f"{'○' if come else '×'} {'表示盤':<10} /live/wall/main/", flush=True)
    return 0 if come else 1


def _signed_in(base: str, username: str) -> OpenerDirector:
    from madoguchi.config.demo_city import PASSWORD

    jar = CookieJar()
    opener = build_opener(HTTPCookieProcessor(jar))
    page = f"{base}/staff/login/"
    text = opener.open(page, timeout=20).read().decode()
    token = text.split('name="csrfmiddlewaretoken" value="', 1)[1].split('"', 1)[0]
    said = urlencode({"login": username, "password": PASSWORD, "csrfmiddlewaretoken": token}).encode()
    opener.open(page, data=said, timeout=20).close()
    return opener


def _status(opener: OpenerDirector, url: str) -> int:
    try:
        with opener.open(url, timeout=20) as answer:
            signed_out = "/staff/login/" in answer.url
            return 401 if signed_out else int(answer.status)
    except HTTPError as error:
        return error.code
