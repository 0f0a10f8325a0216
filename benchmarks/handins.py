"""A hundred underlag handed in at once: how long until all are read, judged and stored, and how the page answers meanwhile.

Run: ``python benchmarks/handins.py``. A real portal in a process of its own, on an SQLite file, with Hedemora's
definition; those who owe the delårsrapport's workbook hand in a hundred versions of it through the page, each with
another figure, as many at the same time as there are browsers. Meanwhile another browser opens its own page over and
over. For comparison the same files are read one after the other in this process with plain openpyxl, which only opens
them. The targets are 30 s for all of them on two cores, none lost, and a page that answers.
"""

import argparse
import asyncio
import statistics
import subprocess
import sys
import tempfile
import time
from io import BytesIO
from itertools import cycle, islice
from pathlib import Path

ROOT = Path(__file__).parents[1]
sys.path[:0] = [str(ROOT), str(ROOT / "calendar")]

import httpx  # noqa: E402 - after the path, so that it runs without an install
from openpyxl import load_workbook  # noqa: E402 - same
from sqlalchemy import func, select  # noqa: E402 - same

from store.database import Store, open_store  # noqa: E402 - same
from store.links import issue, sign  # noqa: E402 - same
from store.tables import Submission  # noqa: E402 - same
from tests.filling import careful, change  # noqa: E402 - same
from tests.logging_in import hidden, press  # noqa: E402 - same
from tests.malls import mall  # noqa: E402 - same
from tests.service import environment, free_port, within  # noqa: E402 - same

TARGET = 30.0
NOW = "2027-09-10T09:00"
ROLES = {
    "forvaltningschef.bildning@example.se": ("forvaltningschef", "bildningsnamnden"),
    "forvaltningschef.omsorg@example.se": ("forvaltningschef", "omsorgsnamnden"),
    "forvaltningschef.samhallsbyggnad@example.se": ("forvaltningschef", "miljo-och-samhallsbyggnadsnamnden"),
    "kommundirektor@example.se": ("kommundirektor", "kommunstyrelsen"),
}
READER = "hr-chef@example.se"


def files(count: int) -> list[tuple[str, bytes]]:
    """Return so many workbooks, each a careful mall of one of the chiefs with a figure of its own."""
    malls = {
        address: careful(mall("delarsrapport", "2027-08", unit, "ekonomi")) for address, (_, unit) in ROLES.items()
    }
    made = []
    for number, address in enumerate(islice(cycle(malls), count)):
        words = f"Följer tidplanen enligt underlag nummer {number}."
        made.append((address, change(malls[address], {"Investeringar!H12": words})))
    return made


async def hand_in(port: int, tokens: dict[str, str], made: list[tuple[str, bytes]]) -> tuple[float, list[float]]:
    """Hand everything in at once; return the seconds until the last answer, and the page's answering times."""
    base = f"http://127.0.0.1:{port}"
    browsers = {}
    for address, token in tokens.items():
        with httpx.Client(base_url=base, trust_env=False, timeout=60) as browser:
            press(browser, f"/l/{token}")
            csrf = hidden(browser.get("/mina").text)
            browsers[address] = (dict(browser.cookies), csrf)
    done = asyncio.Event()
    async with httpx.AsyncClient(
        base_url=base, trust_env=False, timeout=120, limits=httpx.Limits(max_connections=120)
    ) as web:

        async def post(address: str, content: bytes) -> int:
            cookies, csrf = browsers[address]
            unit = ROLES[address][1]
            answer = await web.post(
                f"/mina/delarsrapport/2027-08/{unit}/underlag",
                data={"csrf": csrf},
                files={"delarsrapport.underlag.ekonomi.fil": ("ekonomi.xlsx", content)},
                headers={"Cookie": "; ".join(f"{name}={value}" for name, value in cookies.items())},
            )
            return answer.status_code

        async def read() -> list[float]:
            cookies, _ = browsers[READER]
            took = []
            while not done.is_set():
                begun = time.perf_counter()
                answer = await web.get("/mina", headers={"Cookie": "; ".join(f"{n}={v}" for n, v in cookies.items())})
                took.append(time.perf_counter() - begun)
                assert answer.status_code in (200, 429), answer.status_code
                await asyncio.sleep(
                    0.3
                )  # a link may open its page sixty times at once, and once a second in the long run
            return took

        reading = asyncio.create_task(read())
        begun = time.perf_counter()
        codes = await asyncio.gather(*(post(address, content) for address, content in made))
        took = time.perf_counter() - begun
        done.set()
        assert set(codes) == {303}, sorted(set(codes))
        return took, await reading


def measure(count: int) -> tuple[float, list[float], int, int]:
    """Return the seconds for all, the page's answering times, and how many were stored and complete."""
    made = files(count)
    with tempfile.TemporaryDirectory() as folder:
        port = free_port()
        env = environment(Path(folder) / "data", NOW=NOW, PORTAL_PORT=str(port), I_DRIFT_FRAN="2027-08-01")
        env["PYTHONPATH"] = f"{ROOT}:{ROOT / 'calendar'}"
        subprocess.run([sys.executable, "-m", "app", "status"], env=env, check=False, capture_output=True, cwd=ROOT)
        prepared = "from app.settings import Settings; from app.wiring import *; s = Settings(); prepare(s, clock_for(s)); m = open_machine(s); print(m.office.secret.hex())"
        done = subprocess.run([sys.executable, "-c", prepared], env=env, check=True, capture_output=True, text=True)
        secret = bytes.fromhex(done.stdout.split()[-1])
        store = open_store(f"sqlite:///{Path(folder) / 'data' / 'arshjul.db'}")
        tokens = {address: _token(store, secret, address) for address in (*ROLES, READER)}
        portal = subprocess.Popen(
            [sys.executable, "-m", "app", "portal"],
            env=env,
            cwd=ROOT,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
        )
        try:
            assert within(60, lambda: _answers(port)), "the portal does not start"
            took, pages = asyncio.run(hand_in(port, tokens, made))
            with store.read() as session:
                stored = session.scalar(select(func.count()).select_from(Submission)) or 0
                complete = session.scalar(select(func.count()).where(Submission.complete)) or 0
        finally:
            portal.terminate()
            portal.wait(20)
            store.close()
    return took, pages, stored, complete


def _token(store: Store, secret: bytes, address: str) -> str:
    from datetime import datetime

    from arshjul.swedish import STOCKHOLM

    role = ROLES[address][0] if address in ROLES else "hr_chef"
    with store.begin() as session:
        return sign(secret, issue(session, address, [role], datetime.fromisoformat(NOW).replace(tzinfo=STOCKHOLM)))


def _answers(port: int) -> bool:
    try:
        return httpx.get(f"http://127.0.0.1:{port}/health", trust_env=False, timeout=2).status_code in (200, 503)
    except httpx.HTTPError:
        return False


def main() -> int:
    """Print what was measured; 1 when a target is not met."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--files", type=int, default=100)
    given = parser.parse_args()
    begun = time.perf_counter()
    for _, content in files(given.files):
        load_workbook(BytesIO(content), data_only=True)
    plain = time.perf_counter() - begun
    took, pages, stored, complete = measure(given.files)
    slowest = sorted(pages)[int(len(pages) * 0.95)] if pages else 0.0
    print(f"{given.files} underlag handed in at once: {took:.1f} s until the last was answered; target {TARGET:.0f} s")
    print(f"  {stored} stored, {complete} complete")
    print(
        f"  the page meanwhile: {len(pages)} times, median {statistics.median(pages) * 1000:.0f} ms, 95 % within {slowest * 1000:.0f} ms"
    )
    print(f"  plain openpyxl only opens them, one after the other, in {plain:.1f} s ({took / plain:.1f} times)")
    return 0 if took <= TARGET and stored == complete == given.files else 1


if __name__ == "__main__":
    sys.exit(main())
