"""The service's own clients on a real Prefect server: a token is asked for once, and never stands in anybody's way."""

import asyncio
from uuid import UUID

import httpx
import pytest
from prefect.client.orchestration import PrefectClient

from flows.service.server_client import server_client
from tests.rig.servers.service import reporting_to

pytestmark = pytest.mark.slow

pytest_plugins = ["tests.rig.servers.prefect_server"]


async def change(client: PrefectClient) -> tuple[UUID, str]:
    """Change something on the server; return who asked, and its token."""
    await client.create_flow_from_name("Prov")
    return client._client.csrf_client_id, client._client.csrf_token


def test_a_token_is_handed_on_held_by_one_at_a_time_and_renewed_when_the_server_takes_it_no_more(prefect_server):
    async def look() -> None:
        async with server_client() as client:
            first = await change(client)
        async with server_client() as client, server_client() as beside:
            assert await change(client) == first
            other = await change(beside)
            assert other[0] != first[0]  # to renew its own makes nobody else's void
        async with server_client() as client, server_client() as beside:
            assert {await change(client), await change(beside)} == {first, other}
        name, _, password = prefect_server.auth.partition(":")
        for who, _ in (first, other):  # somebody else is given it: what we have is void
            asked = {"params": {"client": str(who)}, "auth": (name, password), "trust_env": False}
            httpx.get(f"{prefect_server.api}/csrf-token", **asked).raise_for_status()
        async with server_client() as client:
            anew = await change(client)
        assert anew[0] in (first[0], other[0]) and anew not in (first, other)
        async with server_client() as client:
            assert await change(client) == anew

    with reporting_to(prefect_server.api, prefect_server.auth):
        asyncio.run(look())
