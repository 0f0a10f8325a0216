"""Settings are read once, and every fault is told in Swedish with its variable and its remedy."""

import os
import re
from datetime import date
from pathlib import Path

import pytest

from app.settings import (
    Settings,
    SettingsError,
    definitions_folder,
    known_variables,
    load_settings,
)
from app.wiring import login_rules
from notifications.post.mail_url import is_loopback, parse_imap_url
from tests.rig.paths import ROOT

pytestmark = pytest.mark.whole


@pytest.fixture(autouse=True)
def clean(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    for name in [name for name in os.environ if name.startswith("ARSHJUL_")]:
        monkeypatch.delenv(name)
    monkeypatch.chdir(tmp_path)


def load(monkeypatch: pytest.MonkeyPatch, **variables: str) -> Settings:
    for name, value in variables.items():
        monkeypatch.setenv(f"ARSHJUL_{name}", value)
    return load_settings()


def faults(monkeypatch: pytest.MonkeyPatch, **variables: str) -> tuple[str, ...]:
    with pytest.raises(SettingsError) as raised:
        load(monkeypatch, **variables)
    return raised.value.faults


def test_without_settings_everything_stays_on_this_machine(monkeypatch, tmp_path):
    settings = load(monkeypatch)
    assert settings.data_dir == tmp_path / "data"
    assert settings.database_url == f"sqlite:///{tmp_path}/data/arshjul.db"
    assert settings.maildir == tmp_path / "data" / "brev"
    assert settings.secret_file == tmp_path / "data" / "hemlighet"
    assert settings.smtp_url is None
    assert (settings.portal_host, settings.public_url) == ("127.0.0.1", "http://127.0.0.1:8040")
    assert (settings.prefect_api, settings.prefect_ui) == (
        "http://127.0.0.1:4200/api",
        "http://127.0.0.1:8040/prefect",
    )
    assert settings.now is None


def test_the_shipped_definition_and_its_people_are_the_default(monkeypatch):
    settings = load(monkeypatch)
    assert settings.definition == definitions_folder() / "hedemora.yaml"
    assert settings.people == definitions_folder() / "hedemora.personer.csv"


def test_the_people_lie_beside_the_definition(monkeypatch, tmp_path):
    (tmp_path / "ange.yaml").touch()
    assert load(monkeypatch, DEFINITION="ange.yaml").people == tmp_path / "ange.personer.csv"


def test_the_files_follow_the_data_folder(monkeypatch, tmp_path):
    settings = load(monkeypatch, DATA_DIR="annan")
    assert settings.database_url == f"sqlite:///{tmp_path}/annan/arshjul.db"
    assert settings.secret_file == tmp_path / "annan" / "hemlighet"


def test_the_public_address_follows_the_port(monkeypatch):
    assert load(monkeypatch, PORTAL_PORT="9000").public_url == "http://127.0.0.1:9000"


def test_an_empty_variable_counts_as_unset(monkeypatch):
    assert load(monkeypatch, SMTP_URL="", NOW="").smtp_url is None


def test_postgresql_is_reached_with_psycopg(monkeypatch):
    assert load(monkeypatch, DATABASE_URL="postgresql://a:b@localhost/x").database_url == (
        "postgresql+psycopg://a:b@localhost/x"
    )


def test_a_maildir_is_sharp_and_a_server_starts_in_the_shadow(monkeypatch):
    assert load(monkeypatch).utskick_at_start == "skarpt"
    assert load(monkeypatch, SMTP_URL="smtp://relay.example.se").utskick_at_start == "skugga"
    assert load(monkeypatch, UTSKICK="av").utskick_at_start == "av"


def test_now_is_swedish_time_unless_it_says_otherwise(monkeypatch):
    assert load(monkeypatch, NOW="2027-09-10T06:55").now.isoformat() == "2027-09-10T06:55:00+02:00"
    assert load(monkeypatch, NOW="2027-01-10T06:55").now.isoformat() == "2027-01-10T06:55:00+01:00"
    assert load(monkeypatch, NOW="2027-09-10T06:55Z").now.isoformat() == "2027-09-10T08:55:00+02:00"


def test_i_drift_fran_is_a_date(monkeypatch):
    assert load(monkeypatch, I_DRIFT_FRAN="2027-09-10").i_drift_fran == date(2027, 9, 10)


def test_a_watched_folder_that_is_not_there_is_told(monkeypatch, tmp_path):
    assert load(monkeypatch).ledger_folder is None
    assert load(monkeypatch, LEDGER_FOLDER=str(tmp_path)).ledger_folder == tmp_path
    (fault,) = faults(monkeypatch, LEDGER_FOLDER=str(tmp_path / "sie"))
    assert fault.startswith("ARSHJUL_LEDGER_FOLDER: mappen")
    assert "finns inte. Skapa den" in fault


@pytest.mark.parametrize("url", ["smtp://127.0.0.1:2525", "smtp://localhost:2525", "smtp://[::1]:25"])
def test_a_virtual_clock_may_mail_to_this_machine(monkeypatch, url):
    assert load(monkeypatch, NOW="2027-09-10T06:55", SMTP_URL=url).now is not None


@pytest.mark.parametrize("host", ["relay.example.se", "127.0.0.1.example.se", "localhost.example.se", ""])
def test_no_other_host_counts_as_this_machine(host):
    assert not is_loopback(host)


def test_a_virtual_clock_is_refused_when_letters_would_reach_people(monkeypatch):
    [fault] = faults(monkeypatch, NOW="2027-09-10T06:55", SMTP_URL="smtp://relay.example.se:25")
    assert fault.startswith("ARSHJUL_NOW: en påhittad klocka får inte skicka brev till riktiga mottagare.")
    assert "ta bort ARSHJUL_NOW" in fault


def test_all_faults_are_told_at_once_in_swedish(monkeypatch, tmp_path):
    (tmp_path / "fil").touch()
    told = faults(
        monkeypatch,
        DATA_DIR="fil",
        DATABASE_URL="mysql://a:hemligt@b/c",
        DEFINITION="saknas.yaml",
        SMTP_URL="post.example.se",
        MAIL_FROM="ekonomi",
        PORTAL_PORT="0",
        PUBLIC_URL="arshjul.example.se",
        PREFECT_PORT="många",
        PREFECT_AUTH="hemligt",
        UTSKICK="skarp",
        I_DRIFT_FRAN="10/9",
        NOW="2027",
    )
    assert [fault.partition(":")[0].removeprefix("ARSHJUL_") for fault in told] == [
        "DATA_DIR",
        "DATABASE_URL",
        "DEFINITION",
        "SMTP_URL",
        "MAIL_FROM",
        "PORTAL_PORT",
        "PUBLIC_URL",
        "PREFECT_PORT",
        "PREFECT_AUTH",
        "UTSKICK",
        "I_DRIFT_FRAN",
        "NOW",
    ]
    assert "Tillåtna är 'av', 'skugga' eller 'skarpt'." in "\n".join(told)
    assert "Input should" not in "\n".join(told)


def test_a_secret_is_never_told(monkeypatch):
    told = faults(monkeypatch, DATABASE_URL="mysql://a:hemligt@b/c", PREFECT_AUTH="hemligt")
    assert "hemligt" not in "\n".join(told)
    monkeypatch.setenv("ARSHJUL_DATABASE_URL", "postgresql://a:hemligt@b/c")
    monkeypatch.setenv("ARSHJUL_PREFECT_AUTH", "a:hemligt")
    assert "hemligt" not in repr(load(monkeypatch, SMTP_URL="smtps://a:hemligt@relay.example.se"))


def test_an_unknown_variable_is_told_with_the_nearest_right_one(monkeypatch):
    assert faults(monkeypatch, SMPT_URL="smtp://localhost") == (
        "ARSHJUL_SMPT_URL: det finns ingen sådan inställning, menade du 'ARSHJUL_SMTP_URL'?",
    )


def test_two_services_on_one_port_are_refused(monkeypatch):
    assert faults(monkeypatch, PORTAL_PORT="4200") == (
        "ARSHJUL_PREFECT_PORT: porten 4200 är också ARSHJUL_PORTAL_PORT. Ge dem var sin port.",
    )


PROVIDER = {"OIDC_ISSUER": "https://login.example.se", "OIDC_CLIENT_ID": "arshjul", "OIDC_CLIENT_SECRET": "hemligt"}


def test_without_a_provider_one_logs_in_by_mail_and_the_settings_name_more_people(monkeypatch):
    settings = load(monkeypatch, LOGIN_OFFICE='"Ek, Anna" <anna.ek@example.se>, bo@example.se')
    rules = login_rules(settings)
    assert rules.provider is None
    assert rules.office == (("Ek, Anna", "anna.ek@example.se"), ("bo@example.se", "bo@example.se"))
    assert rules.secretaries == ()


def test_a_provider_is_known_by_three_variables_and_roles_by_two_more(monkeypatch):
    assert login_rules(load(monkeypatch, **PROVIDER)).provider.role_claim is None
    more = {"OIDC_ROLE_CLAIM": "groups", "OIDC_OFFICE": "ekonomi, EKO ", "OIDC_SECRETARIES": "sekreterare"}
    provider = login_rules(load(monkeypatch, **PROVIDER, **more)).provider
    assert (provider.role_claim, provider.office_values) == ("groups", {"ekonomi", "EKO"})
    assert "hemligt" not in repr(provider)


@pytest.mark.parametrize(
    ("variables", "named", "words"),
    [
        ({"OIDC_ISSUER": "https://login.example.se"}, "OIDC_CLIENT_ID och ARSHJUL_OIDC_CLIENT_SECRET", "Sätt alla tre"),
        ({"OIDC_CLIENT_SECRET": "hemligt"}, "OIDC_ISSUER", "Sätt alla tre"),
        ({"OIDC_ROLE_CLAIM": "groups", "OIDC_OFFICE": "eko"}, "OIDC_ISSUER", "Sätt alla tre"),
        ({**PROVIDER, "OIDC_ROLE_CLAIM": "groups"}, "OIDC_OFFICE", "ingen skulle komma in"),
        ({**PROVIDER, "OIDC_OFFICE": "eko"}, "OIDC_ROLE_CLAIM", "till exempel groups"),
        ({**PROVIDER, "OIDC_ISSUER": "http://login.example.se"}, "OIDC_ISSUER", "https://"),
        ({**PROVIDER, "OIDC_SCOPE": "profile"}, "OIDC_SCOPE", "openid"),
        ({**PROVIDER, "OIDC_TRUST_EMAIL": "kanske"}, "OIDC_TRUST_EMAIL", "true och false"),
        ({"LOGIN_OFFICE": "Anna Ek"}, "LOGIN_OFFICE", "är ingen adress"),
        ({"LOGIN_OFFICE": "Anna Ek <аnna@example.se>"}, "LOGIN_OFFICE", "liknar andra"),
        ({"LOGIN_SECRETARIES": "Årshjulet <anna@example.se>"}, "LOGIN_SECRETARIES", "tjänstens eget"),
        ({"LOGIN_OFFICE": '"https://x.example" <anna@example.se>'}, "LOGIN_OFFICE", "länk"),
    ],
)
def test_a_login_that_is_half_set_is_refused_with_what_is_missing(monkeypatch, variables, named, words):
    [fault] = faults(monkeypatch, **variables)
    assert f"ARSHJUL_{named}" in fault and words in fault and "hemligt" not in fault


def test_a_provider_on_this_machine_may_speak_http(monkeypatch):
    assert load(monkeypatch, **{**PROVIDER, "OIDC_ISSUER": "http://localhost:9400"}).oidc_issuer


def test_every_field_has_its_variable():
    assert {"ARSHJUL_DATA_DIR", "ARSHJUL_NOW", "ARSHJUL_I_DRIFT_FRAN"} <= set(known_variables())


def test_the_mailbox_is_an_imap_url_and_its_password_is_never_told(monkeypatch):
    url = "imaps://ekonomi%40example.se:hemligt@post.example.se:993/INBOX"
    settings = load(monkeypatch, MAILBOX=url)
    assert settings.mailbox == parse_imap_url(url) and "hemligt" not in repr(settings)


@pytest.mark.parametrize("url", ["pop3://a:hemligt@post.example.se", "a:hemligt@post.example.se", "a:x://hemligt@post"])
@pytest.mark.parametrize(("variable", "schemes"), [("MAILBOX", "imaps://"), ("SMTP_URL", "smtp://")])
def test_a_mail_address_is_refused_at_start_in_the_words_of_its_own_reader(monkeypatch, variable, schemes, url):
    (told,) = faults(monkeypatch, **{variable: url})
    assert told.startswith(f"ARSHJUL_{variable}: ") and "a:***@post" in told and "hemligt" not in told
    assert f"börjar inte med {schemes}" in told and f"Skriv till exempel {schemes}" in told


def test_a_virtual_clock_reads_no_real_mailbox(monkeypatch):
    (told,) = faults(monkeypatch, MAILBOX="imaps://a:b@post.example.se", NOW="2027-09-10T06:55")
    assert "riktig brevlåda" in told
    assert load(monkeypatch, MAILBOX="imap://a:b@127.0.0.1:1143", NOW="2027-09-10T06:55").mailbox


def test_the_address_for_alarms_is_one_that_letters_reach(monkeypatch):
    assert load(monkeypatch, IT_ADDRESS="drift@example.se").it_address == "drift@example.se"
    (fault,) = faults(monkeypatch, IT_ADDRESS="driften")
    assert fault.startswith("ARSHJUL_IT_ADDRESS: ") and "namn@doman.se" in fault


@pytest.mark.parametrize("name", ["ACCESSIBILITY_CONTACT", "DATA_PROTECTION_CONTACT"])
def test_whom_the_pages_about_the_service_name_is_an_address_or_a_page(monkeypatch, name):
    for contact in ("ombud@example.se", "https://kommun.example.se/ombud"):
        assert getattr(load(monkeypatch, **{name: contact}), name.lower()) == contact
    for contact in ("ombudet", "javascript:alert(1)", "http://kommun.example.se"):
        (fault,) = faults(monkeypatch, **{name: contact})
        assert fault.startswith(f"ARSHJUL_{name}: ") and "skriv namn@kommunen.se eller https://" in fault


@pytest.mark.parametrize(
    ("given", "word"),
    [
        ({"MAIL_AUTHSERV": "mx.example.se; dmarc=pass"}, "är inget authserv-id"),
        ({"MAIL_AUTHSERV": "mx.microsoft.com"}, "ARSHJUL_MAIL_AUTHSERV_ALSO=compauth"),
        ({"MAIL_AUTHSERV_ALSO": "compaut"}, "menade du 'compauth'?"),
        ({"MAIL_AUTHSERV_ALSO": "arc"}, "arc behöver också ARSHJUL_MAIL_AUTHSERV"),
    ],
)
def test_whose_word_is_taken_for_a_sender_is_checked_at_start(monkeypatch, given, word):
    (told,) = faults(monkeypatch, **given)
    assert word in told


def test_whose_word_is_taken_for_a_sender_may_be_several_in_any_letters(monkeypatch):
    settings = load(monkeypatch, MAIL_AUTHSERV="MX.example.se, mx2.example.se,", MAIL_AUTHSERV_ALSO="arc, Internal")
    assert settings.mail_authserv == {"mx.example.se", "mx2.example.se"}
    assert settings.mail_authserv_also == {"arc", "internal"}


def test_every_variable_has_its_row_on_the_page_of_settings():
    page = (ROOT / "docs" / "settings.md").read_text()
    rows = [line.partition(" | ")[0] for line in page.splitlines() if line.startswith("| `ARSHJUL_")]
    told = [name for row in rows for name in re.findall(r"`(ARSHJUL_\w+)`", row)]
    assert sorted(told) == sorted(known_variables())


def test_each_default_on_the_page_of_settings_is_the_settings_own():
    page = (ROOT / "docs" / "settings.md").read_text()
    told = {}
    for names, defaults in re.findall(r"^\| (`ARSHJUL_[^|]+) \| (`[^|]+`) \|", page, re.MULTILINE):
        told |= zip(re.findall(r"`ARSHJUL_(\w+)`", names), re.findall(r"`([^`]+)`", defaults), strict=False)
    own = {name: field.default for name, field in Settings.model_fields.items() if isinstance(field.default, str | int)}
    assert len(own) > 10
    for name, default in own.items():
        assert default == "" or told[name.upper()] == str(default).lower()
