"""Prefect's secret, and the door before its server: who does not know it gets nothing, whatever they ask for."""

import asyncio
import base64
import json
import os
import stat
from pathlib import Path

import pytest

from app.prefect_auth import auth_file, prefect_auth
from app.run.prefect_guard import PrefectGuard, basic
from app.run.up import child_env
from app.settings import Settings
from arshjul.errors import RefusedError

AUTH = "arshjul:hemligt"
BASIC = b"Basic " + base64.b64encode(AUTH.encode())
HOST = (b"host", b"127.0.0.1:4200")
KNOWS = (b"authorization", BASIC)


def mode(path: Path) -> int:
    return stat.S_IMODE(path.stat().st_mode)


class TestSecret:
    def test_is_made_once_for_this_user_alone_and_is_the_servers_and_the_clients(self, tmp_path):
        settings = Settings(data_dir=tmp_path)
        before = os.umask(0)
        try:
            made = prefect_auth(settings)
        finally:
            os.umask(before)
        assert made is not None and made.startswith("arshjul:") and len(made) > 40
        assert mode(auth_file(settings)) == 0o600
        assert prefect_auth(settings) == made
        env = child_env(settings, environ={})
        assert env["PREFECT_SERVER_API_AUTH_STRING"] == env["PREFECT_API_AUTH_STRING"] == made
        assert prefect_auth(Settings(data_dir=tmp_path / "annan")) != made
        assert [file.name for file in tmp_path.iterdir() if file.is_file()] == ["hemlighet-prefect"]

    def test_lies_beside_the_secret(self, tmp_path):
        settings = Settings(data_dir=tmp_path / "data", secret_file=tmp_path / "nyckel")
        prefect_auth(settings)
        assert (tmp_path / "nyckel-prefect").exists()

    def test_that_is_set_is_the_one_and_makes_no_file(self, tmp_path):
        assert prefect_auth(Settings(data_dir=tmp_path, prefect_auth=AUTH)) == AUTH
        assert not list(tmp_path.iterdir())

    def test_of_anothers_server_is_not_made_up(self, tmp_path):
        assert prefect_auth(Settings(data_dir=tmp_path, prefect_api_url="https://prefect.example.se/api")) is None
        assert not list(tmp_path.iterdir())

    @pytest.mark.parametrize(
        ("content", "rights", "words"),
        [(AUTH * 3, 0o644, "kan läsas av andra"), ("arshjul:", 0o600, "är inte hel"), ("", 0o600, "är inte hel")],
    )
    def test_that_is_open_to_others_or_cut_off_stops_the_start_with_its_remedy(self, tmp_path, content, rights, words):
        file = auth_file(settings := Settings(data_dir=tmp_path))
        file.write_text(content)
        file.chmod(rights)
        with pytest.raises(RefusedError, match=f"{words}.*Ta bort filen och starta igen"):
            prefect_auth(settings)


class Behind:
    """What stands behind the door: notes that it was reached."""

    def __init__(self) -> None:
        self.reached: list[str] = []

    async def __call__(self, scope, receive, send) -> None:
        self.reached.append(scope.get("path", scope["type"]))


def knock(*headers: tuple[bytes, bytes], method: str = "POST", path: str = "/api/x", kind: str = "http") -> int | None:
    """Return the status that the door answered, None when it let the request through."""
    behind, sent = Behind(), []

    async def send(message) -> None:
        sent.append(message)

    async def receive():
        raise AssertionError("the door reads no body")

    door = PrefectGuard(behind, hosts=["127.0.0.1:4200", "localhost:4200"], auth=AUTH)
    asyncio.run(door({"type": kind, "method": method, "path": path, "headers": list(headers)}, receive, send))
    if behind.reached:
        return None
    return sent[0].get("status", sent[0].get("code"))


class TestDoor:
    def test_lets_in_who_knows_the_secret(self):
        assert knock(HOST, KNOWS) is None
        assert knock((b"host", b"LOCALHOST:4200"), KNOWS, method="GET", path="/prefect/v2/") is None
        assert knock(HOST, KNOWS, kind="websocket", path="/api/events/in") is None

    @pytest.mark.parametrize("path", ["/", "/api/admin/settings", "/prefect/v2/", "/prefect/ui-settings", "/api/docs"])
    @pytest.mark.parametrize("method", ["GET", "HEAD", "OPTIONS", "PATCH"])
    def test_says_nothing_without_it(self, method, path):
        assert knock(HOST, method=method, path=path) == 401

    def test_says_to_anybody_that_the_server_lives_and_nothing_more(self):
        assert knock(HOST, method="GET", path="/api/health") is None
        assert knock(HOST, method="POST", path="/api/health") == 401
        assert knock(HOST, method="GET", path="/api/health/") == 401

    @pytest.mark.parametrize(
        "given",
        [
            [(b"authorization", b"Basic " + base64.b64encode(b"arshjul:gissat"))],
            [(b"authorization", b"Bearer " + BASIC[6:])],
            [(b"authorization", b"")],
            [KNOWS, KNOWS],
            [(b"cookie", b"authorization=" + BASIC)],
        ],
    )
    def test_takes_no_other_word(self, given):
        assert knock(HOST, *given) == 401

    @pytest.mark.parametrize(
        "names",
        [
            [],
            [b"evil.example"],
            [b"evil.example:4200"],
            [b"127.0.0.1:4200.evil.example"],
            [b"127.0.0.1"],
            [b"127.0.0.1:4200", b"evil.example"],
        ],
    )
    def test_refuses_to_be_called_by_anothers_name_also_of_who_knows_the_secret(self, names):
        hosts = [(b"host", name) for name in names]
        assert knock(*hosts, KNOWS) == 421
        assert knock(*hosts, method="GET", path="/api/health") == 421
        assert knock(*hosts, KNOWS, kind="websocket", path="/api/events/in") == 1008

    def test_lets_no_page_of_a_browsers_open_a_websocket(self):
        for origin in (b"http://127.0.0.1:4200", b"https://evil.example", b"null"):
            assert knock(HOST, KNOWS, (b"origin", origin), kind="websocket", path="/api/events/in") == 1008

    def test_lets_the_websockets_of_our_own_processes_in(self, tmp_path):
        env = child_env(Settings(data_dir=tmp_path), environ={})
        said = json.loads(env["PREFECT_CLIENT_CUSTOM_HEADERS"])["Authorization"]
        assert said == basic(env["PREFECT_API_AUTH_STRING"])

    def test_tells_a_server_that_is_not_ours_no_more_than_prefect_does(self, tmp_path):
        settings = Settings(data_dir=tmp_path, prefect_api_url="http://prefect.example.se/api", prefect_auth="a:b")
        assert "PREFECT_CLIENT_CUSTOM_HEADERS" not in child_env(settings, environ={})

    def test_lets_nobody_open_a_websocket_without_the_secret(self):
        assert knock(HOST, kind="websocket", path="/api/events/in") == 1008

    @pytest.mark.parametrize("path", ["/docs", "/api/docs", "/prefect/docs", "/redoc", "/api/openapi.json", "/docs/"])
    def test_has_no_page_that_describes_prefect(self, path):
        assert knock(HOST, KNOWS, method="GET", path=path) == 404
