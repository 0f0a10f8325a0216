"""What is recorded by a command is what a page would record, and refused in the same words."""

import json
from collections.abc import Callable
from pathlib import Path

import pytest
from sqlalchemy import select
from typer.testing import Result

from app.settings import load_settings
from app.wiring import open_machine
from arshjul.errors import RefusedError
from arshjul.keys import ObligationKey, PartId
from store.tables import LogRow
from submissions.files.parts import Upload
from submissions.intake.receive import receive
from tests.rig.commands import installation
from tests.rig.handins import docx
from tests.rig.load import file_of
from tests.rig.scenes import writing

pytestmark = pytest.mark.whole

BIN_2026 = ObligationKey("hedemora/delarsrapport/2026-08/bildningsnamnden/underlag")


KF_DECIDES = ("delarsrapport", "2026-08", "kf", "2026-11-24")


REFUSED: list[tuple[tuple[str, ...], str]] = [
    (("decide", *KF_DECIDES, "--beslut", "återremitteras"), "Skriv varför"),
    (
        ("decide", *KF_DECIDES, "--beslut", "återremitteras", "--varfor", "Redovisa åtgärderna."),
        "Det görs på organets sida i portalen: http://127.0.0.1:8040/organ/kf",
    ),
    (("people", "revoke-links", "hr-chef@example.se", "--varfor", "nej"), "Skriv varför"),
    (("open", "delarsrapport", "2026-08", "bildningsnamnden", "--varfor", "nej"), "Skriv varför"),
    (
        ("meeting", "kf", "--dag", "2026-12-22", "--ny-dag", "2027-01-12", "--varfor", "Lokalen."),
        "Mötet måste flyttas inom samma år",
    ),
    (("decide", *KF_DECIDES, "--beslut", "överlämnas"), "Välj vilket organ det överlämnas till"),
    (
        ("decide", *KF_DECIDES, "--beslut", "överlämnas", "--till", "bildningsnamnden"),
        "Välj vilket organ det överlämnas till",
    ),
    (("happened", "skr-prognosen", "2026-11-02"), "okänd händelse 'skr-prognosen', menade du 'skr-prognos'?"),
    (("happened", "skr-prognos", "2026-11-02", "--ta-tillbaka"), "är inte registrerad måndag 2 november 2026"),
    (("decide", *KF_DECIDES, "--till", "ks"), "Beslutet är behandlas, och då överlämnas inget"),
]


class TestUtskick:
    """No letter reaches people by mistake."""

    def test_what_was_sharp_towards_the_provbrevlada_is_skugga_towards_people(
        self, arshjul: Callable[..., Result], monkeypatch: pytest.MonkeyPatch
    ) -> None:
        assert load_settings().utskick_at_start == "skarpt"
        installation()
        assert open_machine().office.utskick == "skarpt"
        monkeypatch.setenv("ARSHJUL_SMTP_URL", "smtp://relay.example.se:25")
        installation()
        assert open_machine().office.utskick == "skugga"
        arshjul("utskick", "skarpt", "--vem", "ekonomichef")
        installation()  # a restart does not take back what somebody chose
        assert open_machine().office.utskick == "skarpt"

    def test_an_unknown_word_is_refused(self, arshjul: Callable[..., Result]) -> None:
        installation()
        refused = arshjul("utskick", "skarp", "--vem", "ekonomichef").exception
        assert str(refused) == "okänt utskick 'skarp', menade du 'skarpt'?"


class TestRecord:
    """What is recorded by a command is refused as on a page, with the remedy."""

    def test_what_a_page_refuses_a_command_refuses_too(
        self, arshjul: Callable[..., Result], monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setenv("ARSHJUL_NOW", "2026-12-01T09:00")
        installation()
        with writing(open_machine()) as scene:
            receive(
                scene.session, scene.wheel, BIN_2026, PartId("mal-och-resultat"), upload=Upload(filename="mål.docx", content=docx()),
                by="controller", via="prov", now=scene.now,
            )  # fmt: skip
            before = len(scene.session.scalars(select(LogRow)).all())
        for words, told in REFUSED:
            refused = arshjul(*words, "--vem", "ekonomichef").exception
            assert isinstance(refused, RefusedError) and told in str(refused), (words, refused)
        with open_machine().look() as scene:
            assert len(scene.session.scalars(select(LogRow)).all()) == before

    def test_a_round_that_is_asked_for_is_in_the_log_by_whom(self, arshjul: Callable[..., Result]) -> None:
        installation()
        assert "(begärd av ekonomichef)." in arshjul("reconcile", "--vem", "ekonomichef").output
        with open_machine().look() as scene:
            rows = scene.session.scalars(select(LogRow).where(LogRow.what == "round.asked")).all()
        assert [row.who for row in rows] == ["ekonomichef"]


def test_what_an_enhet_below_has_handed_in_is_approved_by_a_command(
    arshjul: Callable[..., Result], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("ARSHJUL_DEFINITION", str(file_of("bergvik")))
    monkeypatch.setenv("ARSHJUL_NOW", "2027-10-11T09:00")
    installation()
    approve = (
        "submit", "aktivitetsplaner", "2028", "aldreomsorgen", "plan-hemtjanst-norr", "--krav", "verksamhetens", "--godkann", "--vem", "Bo Ek",
    )  # fmt: skip
    refused = arshjul(*approve).exception
    assert isinstance(refused, RefusedError) and "allt är inte inne än" in str(refused)
    plan = tmp_path / "plan.docx"
    plan.write_bytes(docx())
    below = ("submit", "aktivitetsplaner", "2028", "hemtjanst-norr", "plan", "--krav", "plan", "--fil", str(plan))
    assert "mottagen" in arshjul(*below, "--vem", "Ann Ek").output
    monkeypatch.setenv("ARSHJUL_NOW", "2027-10-11T10:00")
    assert "från hemtjänst norr: mottagen, version 1" in arshjul(*approve).output
    row = next(each for each in json.loads(arshjul("status", "--json").output) if each["unit"] == "Äldreomsorgen")
    assert row["below"] == "1 av 2 enheter under har lämnat, 1 godkänd; väntar på hemtjänst söder"
