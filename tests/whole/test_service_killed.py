"""The whole service comes back when its parts are killed, and sends nothing again when it is started anew."""

from datetime import UTC, datetime, timedelta

import httpx
import pytest

from tests.rig.load import autumn_file
from tests.rig.servers.served import FIRST_DAY, READERS, daily, mail, whole_year
from tests.rig.servers.service import Service, within
from tests.rig.servers.shared_service import START
from tests.rig.servers.smtp_sink import Sink

#: two starts of the whole; by day test_up restarts what is killed, and the rounds' tests ask for no letter twice
pytestmark = [pytest.mark.slow, pytest.mark.nightly]


def test_killed_parts_come_back_and_a_second_start_sends_nothing_again(tmp_path):
    town = str(autumn_file())
    with Sink() as sink, Service(tmp_path / "data", smtp_port=sink.port, NOW=START, DEFINITION=town) as service:
        _killed_and_started_anew(service, sink)


def _killed_and_started_anew(service: Service, sink: Sink) -> None:
    assert within(150, lambda: set(daily(sink)) >= READERS), service.told()
    assert whole_year(service)
    ask = httpx.Client(base_url=service.portal, trust_env=False, timeout=150)
    assert within(150, lambda: ask.get("/health").status_code == 200), ask.get("/health").text
    service.kill("-m app.run.prefect_server")
    service.kill("-m app runner")
    assert within(150, lambda: not ask.get("/health").json()["parts"]["prefect"]["ok"], pause=0.05)
    assert within(150, lambda: ask.get("/health").status_code == 200), ask.get("/health").text
    reconcile = within(150, lambda: _filled_in(service, "Avstämning nu", vem="ekonomichefen"))
    assert service.ended(reconcile)[0] == "Registrerat"

    standing = _ahead(service)
    sent = [mail(each)["X-Arshjul-Key"] for each in sink.accepted]
    assert len(set(sent)) == len(sent)
    service.stop()

    began = datetime.now(UTC)
    with Service(service.data, smtp_port=sink.port, NOW=START, DEFINITION=str(autumn_file())) as second:
        name = "Delårsrapport 2027-08 · avstämning"

        def brought_up() -> bool:
            runs = second.runs(name={"any_": [name]}, expected_start_time={"after_": began.isoformat()})
            return any(run["state"]["name"] == "Ofullständig" for run in runs)

        assert within(150, brought_up, pause=1), second.told()
        assert standing == _ahead(second)
        assert [mail(each)["X-Arshjul-Key"] for each in sink.accepted] == sent
        second.stop()


def _ahead(service: Service) -> dict[str, str]:
    """Return the year's runs after the first day, by id; that day's may be done before there is a server to ask."""
    first_night = (FIRST_DAY + timedelta(days=1)).isoformat()
    return {run["id"]: run["name"] for run in service.scheduled() if run["expected_start_time"] >= first_night}


def _filled_in(service: Service, form: str, **parameters: str) -> str | None:
    try:
        return service.fill_in(form, **parameters)
    except httpx.HTTPError:
        return None  # the server has come back, and is not quite ready
