"""Who has the roles, and who is let in and out, by commands."""

import re
from collections.abc import Callable
from pathlib import Path

import pytest
from typer.testing import Result

from actions.people.opening_links import use_login
from app.settings import load_settings
from app.wiring import open_machine
from arshjul.errors import RefusedError
from store.access import links, sessions
from tests.rig.commands import installation
from tests.rig.scenes import writing

pytestmark = pytest.mark.whole


class TestPeople:
    """``people import`` reads what Excel saves, and says what it cannot read."""

    def test_a_csv_from_swedish_excel_is_read(self, arshjul: Callable[..., Result], tmp_path: Path) -> None:
        installation()
        file = tmp_path / "personer.csv"
        text = load_settings().people.read_text(encoding="utf-8")
        file.write_bytes(text.replace("Förvaltningschef omsorg", "Förvaltningschef äldreomsorg").encode("cp1252"))
        result = arshjul("people", "import", str(file))
        assert result.exit_code == 0, result.output
        with open_machine().look() as scene:
            chief = scene.people.who("forvaltningschef", "omsorgsnamnden")
        assert chief is not None
        assert chief.name == "Förvaltningschef äldreomsorg"

    def test_a_file_that_is_not_there_is_told(self, arshjul: Callable[..., Result], tmp_path: Path) -> None:
        installation()
        refused = arshjul("people", "import", str(tmp_path / "saknas.csv")).exception
        assert "går inte att läsa" in str(refused)

    def test_a_persons_links_are_revoked(self, arshjul: Callable[..., Result]) -> None:
        installation()
        with writing(open_machine()) as scene:
            links.issue(scene.session, "hr-chef@example.se", ["hr_chef"], scene.now)
        assert (
            "Avslutat: 1 personlig länk"
            in arshjul("people", "revoke-links", "hr-chef@example.se", "--varfor", "Har slutat.").output
        )
        assert (
            "personlig länk"
            not in arshjul("people", "revoke-links", "hr-chef@example.se", "--varfor", "Har slutat.").output
        )


class TestLogin:
    """``login`` prints a one-time link for the one who has the machine."""

    def test_the_link_opens_once_and_names_who_made_it(self, arshjul: Callable[..., Result]) -> None:
        installation()
        result = arshjul("login", "--vem", "Anna Ek")
        assert result.exit_code == 0 and "Den fungerar en gång" in result.output
        token = re.search(r"http://127\.0\.0\.1:8040/logga-in/lank/(\S+)", result.output)[1]
        machine = open_machine()
        with machine.store.begin() as session:
            link = use_login(session, machine.office.secret, token, machine.clock())
            assert (link.name, link.address, link.via) == ("Anna Ek", None, "kommandoraden")
            with pytest.raises(RefusedError):
                use_login(session, machine.office.secret, token, machine.clock())

    def test_revoking_a_persons_links_logs_them_out_too(self, arshjul: Callable[..., Result]) -> None:
        installation()
        machine = open_machine()
        with machine.store.begin() as session:
            address = "ekonomikontoret@example.se"
            who = {"subject": address, "name": "Anna Ek", "address": address, "via": "brev", "roles": None}
            token, _ = sessions.begin(session, machine.office.secret, **who, now=machine.clock())
        assert (
            "Avslutat: 1 inloggning"
            in arshjul("people", "revoke-links", address, "--vem", "test", "--varfor", "Har slutat.").output
        )
        with machine.store.read() as session:
            assert sessions.find(session, machine.office.secret, token, machine.clock()) is None
