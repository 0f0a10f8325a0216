"""Those who read go first, and those who hand in still get on."""

import asyncio
import time
from collections.abc import Awaitable, Callable

import pytest
from starlette.types import Receive, Scope, Send

from portal.web.courtesy import PATIENCE, Courtesy, ReadersFirst


async def waited(courtesy: Courtesy) -> float:
    begun = time.monotonic()
    await courtesy.turn()
    return time.monotonic() - begun


def _asked_for(method: str) -> Scope:
    return {"type": "http", "method": method, "path": "/lage"}


async def asked(courtesy: Courtesy, method: str, answer: Callable[[], Awaitable[None]]) -> None:
    """Ask an application that answers so."""

    async def app(scope: Scope, receive: Receive, send: Send) -> None:
        await answer()

    async def nothing(*_: object) -> None: ...

    await ReadersFirst(app, courtesy)(_asked_for(method), nothing, nothing)  # type: ignore[arg-type]  # neither is called


def test_a_hand_in_goes_on_at_once_when_no_page_is_being_made() -> None:
    assert asyncio.run(waited(Courtesy())) < PATIENCE / 2


def test_a_hand_in_waits_until_the_last_page_is_made() -> None:
    async def scene() -> list[str]:
        courtesy, told = Courtesy(), list[str]()

        async def page(seconds: float) -> None:
            await asyncio.sleep(seconds)
            told.append("page")

        async def hand_in() -> None:
            await courtesy.turn()
            told.append("hand-in")

        pages = [asyncio.create_task(asked(courtesy, "GET", lambda each=each: page(each))) for each in (0.01, 0.03)]  # type: ignore[misc]  # the seconds of each
        await asyncio.sleep(0)
        await asyncio.gather(hand_in(), *pages)
        return told

    assert asyncio.run(scene()) == ["page", "page", "hand-in"]


def test_a_hand_in_gets_on_however_long_a_page_takes() -> None:
    async def scene() -> float:
        courtesy = Courtesy()
        with courtesy.page():
            return await waited(courtesy)

    assert PATIENCE <= asyncio.run(scene()) < 10 * PATIENCE


def test_a_page_that_fails_holds_nobody_up_afterwards() -> None:
    async def scene() -> float:
        courtesy = Courtesy()

        async def fails() -> None:
            raise RuntimeError("the page")

        with pytest.raises(RuntimeError, match="the page"):
            await asked(courtesy, "GET", fails)
        return await waited(courtesy)

    assert asyncio.run(scene()) < PATIENCE / 2


@pytest.mark.parametrize(("method", "waits"), [("GET", True), ("HEAD", True), ("POST", False)])
def test_only_what_is_read_goes_first(method: str, waits: bool) -> None:
    async def scene() -> float:
        courtesy = Courtesy()
        took: list[float] = []

        async def answer() -> None:
            took.append(await waited(courtesy))

        await asked(courtesy, method, answer)
        return took[0]

    assert (asyncio.run(scene()) >= PATIENCE) is waits
