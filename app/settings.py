"""The installation's settings: environment variables ``ARSHJUL_*``, read once into one frozen value."""

import os
from collections.abc import Iterator
from datetime import date, datetime
from pathlib import Path
from typing import Annotated, Any, Literal, Self, get_args

from pydantic import Field, SecretStr, ValidationError, ValidationInfo, field_validator, model_validator
from pydantic_settings import BaseSettings, NoDecode, SettingsConfigDict
from sqlalchemy import URL

import arshjul
from app import setting_values
from arshjul.errors import ArshjulError, nearest
from arshjul.swedish import STOCKHOLM, listing
from notifications.post.mail_url import ImapServer, SmtpServer
from notifications.prefect_places import PREFECT
from notifications.trust import Also

PREFIX = "ARSHJUL_"
NOW_SINCE = f"{PREFIX}NOW_SINCE"  #: not a setting: ``up`` tells its children when the virtual clock began

Utskick = Literal["av", "skugga", "skarpt"]
Port = Annotated[int, Field(ge=1, le=65535)]
People = Annotated[tuple[tuple[str, str], ...], NoDecode]  #: "Name <address>, address": names and addresses
Words = Annotated[frozenset[str], NoDecode]  #: values with commas between


class SettingsError(ArshjulError, ValueError):
    """The settings cannot be used. ``faults`` holds every fault: the variable, what is wrong, the remedy."""

    def __init__(self, faults: list[str]) -> None:
        self.faults = tuple(faults)
        super().__init__("\n".join(faults))


def definitions_folder() -> Path:
    """Return the folder of the definitions inside the package, or beside it in the repository."""
    package = Path(arshjul.__file__).parent
    installed = package / "definitions"
    return installed if installed.is_dir() else package.parent / "definitions"


def _data(values: dict[str, Any]) -> Path:
    return Path(values.get("data_dir") or "data").absolute()


def sqlite_url(file: Path, driver: str = "sqlite") -> str:
    """Return the URL of a database file, whatever signs its path holds: a ``?`` or ``#`` would else end it."""
    return URL.create(driver, database=str(file)).render_as_string(hide_password=False)


def _default_people(values: dict[str, Any]) -> Path:
    definition: Path = values.get("definition") or definitions_folder() / "hedemora.yaml"
    return definition.with_name(f"{definition.stem}.personer.csv")


class Settings(BaseSettings):
    """What an installation can set. Each field is a variable ``ARSHJUL_<FIELD>``; an empty one is unset."""

    model_config = SettingsConfigDict(
        env_prefix=PREFIX,
        frozen=True,
        env_ignore_empty=True,
        validate_default=False,
        hide_input_in_errors=True,  # a value may hold a password
    )

    data_dir: Path = Field(default_factory=lambda: Path("data").absolute())
    database_url: str = Field(default_factory=lambda values: sqlite_url(_data(values) / "arshjul.db"), repr=False)
    definition: Path = Field(default_factory=lambda: definitions_folder() / "hedemora.yaml")
    people: Path = Field(default_factory=_default_people)
    smtp_url: Annotated[SmtpServer | None, NoDecode] = None  #: None: letters go to ``maildir``
    mailbox: Annotated[ImapServer | None, NoDecode] = None  #: None: replies and bounces are not read
    mail_from: str = "ekonomikontoret@example.se"
    it_address: str | None = None  #: who hears by mail that a part is at fault; None: the ekonomikontor
    accessibility_contact: str = (
        ""  #: whom to tell of what is not accessible: an address or an https page; "": mail_from
    )
    accessibility_date: date | None = None  #: when the tillgänglighetsredogörelse was last judged
    accessibility_days: Annotated[int, Field(ge=1, le=30)] = 5  #: within how many working days such a word is answered
    data_protection_contact: str = ""  #: the dataskyddsombud: an address or an https page; "": mail_from
    mail_authserv: Words = frozenset()  #: authserv-ids of our own border: only what they pass is filed by itself
    mail_authserv_also: Annotated[frozenset[Also], NoDecode] = frozenset()  #: what else of our own server's counts
    portal_host: str = "127.0.0.1"
    portal_port: Port = 8040
    public_url: str = Field(
        default_factory=lambda values: f"http://127.0.0.1:{values.get('portal_port', 8040)}"
    )  #: the portal's address as people reach it, without a slash at the end
    prefect_api_url: str | None = None  #: None: ``up`` starts a Prefect server of its own
    prefect_shared: bool = False  #: what others have on that server may be read through the portal
    installation: str = ""  #: tells two installations of one municipality on one Prefect server apart, e.g. "test"
    prefect_port: Port = Field(default=4200, validate_default=True)
    prefect_auth: SecretStr | None = None  #: "user:password" that guards the Prefect API
    utskick: Utskick | None = None  #: None: see ``utskick_at_start``
    i_drift_fran: date | None = None  #: None: the day of the first start
    now: datetime | None = None  #: where the virtual clock starts; None: the machine's clock
    ledger_folder: Path | None = None  #: SIE files that are laid here are taken in; None: no folder is watched
    secret_file: Path = Field(default_factory=lambda values: _data(values) / "hemlighet")
    login_office: People = ()  #: who may log in as the ekonomikontor, beside those who hold the role
    login_secretaries: People = ()  #: who may log in as nämndsekreterare, beside those who hold the role
    secretaries_see_all: bool = False  #: nämndsekreterare see every body and enhet, not only their own
    clamd: str | None = None  #: a virus scanner that looks at each file: unix:/path or tcp://host:port
    free_disk_mb: Annotated[int, Field(ge=0)] = 500  #: megabytes that stay free: below it no files are taken in
    oidc_issuer: str | None = None  #: the municipality's OpenID provider; None: one-time links by mail
    oidc_client_id: str | None = None
    oidc_client_secret: SecretStr | None = None
    oidc_scope: str = "openid profile email"
    oidc_role_claim: str | None = None  #: None: roles by the address, as the store and ``login_...`` have it
    oidc_office: Words = frozenset()  #: values of the claim that mean the ekonomikontor
    oidc_secretaries: Words = frozenset()  #: values of the claim that mean a nämndsekreterare
    oidc_trust_email: bool = False  #: take addresses that the provider does not say are verified

    @property
    def maildir(self) -> Path:
        """Where letters go when no SMTP server is set."""
        return self.data_dir / "brev"

    @property
    def prefect_api(self) -> str:
        """The Prefect API's address, our own server's or the one that was set."""
        return self.prefect_api_url or f"http://127.0.0.1:{self.prefect_port}/api"

    @property
    def prefect_ui(self) -> str:
        """The Prefect UI's address as people reach it: behind the portal's login."""
        return f"{self.public_url}{PREFECT}"

    @property
    def utskick_at_start(self) -> Utskick:
        """What ``utskick`` is until somebody changes it: no letter reaches people by mistake.

        A Maildir is sharp from the start, as no letter leaves the machine, and so is a virtual clock, which only
        a Maildir or a server on this machine may go with; any other server starts in the shadow.
        """
        if self.utskick is not None:
            return self.utskick
        return "skarpt" if self.smtp_url is None or self.now is not None else "skugga"

    _absolute = field_validator("data_dir", "definition", "people", "secret_file", "ledger_folder")(
        setting_values.absolute
    )
    _is_usable = field_validator("ledger_folder")(setting_values.is_usable)
    _is_folder = field_validator("data_dir")(setting_values.is_folder)
    _is_there = field_validator("definition", "people")(setting_values.is_there)
    _known_database = field_validator("database_url")(setting_values.known_database)
    _mail_server = field_validator("smtp_url", mode="before")(setting_values.mail_server)
    _mailbox = field_validator("mailbox", mode="before")(setting_values.mailbox)
    _scanner = field_validator("clamd")(setting_values.scanner)
    _reachable = field_validator("it_address")(setting_values.reachable)
    _contact = field_validator("accessibility_contact", "data_protection_contact")(setting_values.contact)
    _address = field_validator("mail_from")(setting_values.address)
    _servers = field_validator("mail_authserv", mode="before")(setting_values.servers)

    @field_validator("mail_authserv_also", mode="before")
    @classmethod
    def _also(cls, read: object, info: ValidationInfo) -> object:
        if not isinstance(read, str):
            return read
        names, known = frozenset(filter(None, (name.strip().lower() for name in read.split(",")))), get_args(Also)
        for name in sorted(names - set(known)):
            raise ValueError(f"okänt '{name}'{nearest(name, known)}")
        if "arc" in names and not info.data.get("mail_authserv"):
            raise ValueError("arc behöver också ARSHJUL_MAIL_AUTHSERV: den server vars intyg kedjan ska sluta med.")
        return names

    _web_address = field_validator("public_url", "prefect_api_url")(setting_values.web_address)
    _people = field_validator("login_office", "login_secretaries", mode="before")(setting_values.people)
    _words = field_validator("oidc_office", "oidc_secretaries", mode="before")(setting_values.words)
    _issuer = field_validator("oidc_issuer")(setting_values.issuer)
    _openid = field_validator("oidc_scope")(setting_values.openid)
    _slug = field_validator("installation")(setting_values.slug)

    @field_validator("prefect_port")
    @classmethod
    def _differs(cls, port: int, info: ValidationInfo) -> int:
        if info.data.get("prefect_api_url") is None and info.data.get("portal_port") == port:
            raise ValueError(f"porten {port} är också ARSHJUL_PORTAL_PORT. Ge dem var sin port.")
        return port

    _pair = field_validator("prefect_auth")(setting_values.pair)
    _day = field_validator("i_drift_fran", "accessibility_date", mode="before")(setting_values.day)
    _instant = field_validator("now", mode="before")(setting_values.instant)

    @field_validator("now")
    @classmethod
    def _stays_here(cls, instant: datetime, info: ValidationInfo) -> datetime:
        smtp: SmtpServer | None = info.data.get("smtp_url")
        if smtp is not None and not smtp.is_loopback:
            raise ValueError(
                "en påhittad klocka får inte skicka brev till riktiga mottagare. Ta bort ARSHJUL_SMTP_URL "
                "(då läggs breven i en mapp), peka den på den egna datorn, eller ta bort ARSHJUL_NOW."
            )
        mailbox: ImapServer | None = info.data.get("mailbox")
        if mailbox is not None and not mailbox.is_loopback:
            raise ValueError(
                "en påhittad klocka får inte läsa en riktig brevlåda. Ta bort ARSHJUL_MAILBOX, peka den på den egna "
                "datorn, eller ta bort ARSHJUL_NOW."
            )
        return instant.astimezone(STOCKHOLM)

    @model_validator(mode="after")
    def _whole_login(self) -> Self:
        """Refuse a login that is half set: nobody, or the wrong ones, would come in."""
        faults = list(_login_faults(self))
        if faults:
            raise ValueError("\n".join(faults))
        return self


def _login_faults(settings: Settings) -> Iterator[str]:
    needed = {
        "ARSHJUL_OIDC_ISSUER": settings.oidc_issuer,
        "ARSHJUL_OIDC_CLIENT_ID": settings.oidc_client_id,
        "ARSHJUL_OIDC_CLIENT_SECRET": settings.oidc_client_secret,
    }
    more = {
        "ARSHJUL_OIDC_ROLE_CLAIM": settings.oidc_role_claim,
        "ARSHJUL_OIDC_OFFICE": settings.oidc_office,
        "ARSHJUL_OIDC_SECRETARIES": settings.oidc_secretaries,
        "ARSHJUL_OIDC_TRUST_EMAIL": settings.oidc_trust_email,
    }
    given = [name for name, value in (needed | more).items() if value]
    missing = [name for name, value in needed.items() if not value]
    if given and missing:
        yield (
            f"{listing(missing)}: saknas, fast {given[0]} är satt. Inloggning genom kommunens OpenID behöver adress, "
            "klient och hemlighet. Sätt alla tre, eller ta bort alla ARSHJUL_OIDC_-variabler: då loggar man in "
            "med en länk i ett brev."
        )
    if settings.oidc_role_claim and not settings.oidc_office:
        yield (
            "ARSHJUL_OIDC_OFFICE: saknas, fast ARSHJUL_OIDC_ROLE_CLAIM är satt, så ingen skulle komma in. Skriv "
            "vilket värde som betyder ekonomikontoret."
        )
    if (settings.oidc_office or settings.oidc_secretaries) and not settings.oidc_role_claim:
        yield (
            "ARSHJUL_OIDC_ROLE_CLAIM: saknas, fast ARSHJUL_OIDC_OFFICE eller ARSHJUL_OIDC_SECRETARIES är satt. "
            "Skriv vilket anspråk (claim) som bär rollerna, till exempel groups."
        )


def load_settings() -> Settings:
    """Read the settings from the environment. Raises SettingsError with every fault in Swedish."""
    faults = [
        f"{name}: det finns ingen sådan inställning{nearest(name, known_variables())}"
        for name in sorted(os.environ)
        if name.startswith(PREFIX) and name not in known_variables() and name != NOW_SINCE
    ]
    try:
        settings = Settings()
    except ValidationError as error:
        # a default that hangs on other fields is not tried once one has failed: no fault of its own
        told = [dict(fault) for fault in error.errors() if fault["type"] != "default_factory_not_called"]
        raise SettingsError(faults + [_told(fault) for fault in told]) from None
    if faults:
        raise SettingsError(faults)
    return settings


def known_variables() -> list[str]:
    """Return the names of all variables that are read."""
    return [f"{PREFIX}{field.upper()}" for field in Settings.model_fields]


def _told(fault: dict[str, Any]) -> str:
    """Return one of pydantic's errors in Swedish."""
    variable = f"{PREFIX}{str(fault['loc'][0]).upper()}: " if fault["loc"] else ""
    match fault["type"]:
        case "value_error":
            return f"{variable}{fault['ctx']['error']}"
        case "literal_error":
            allowed = fault["ctx"]["expected"].replace(" or ", " eller ")
            return f"{variable}ogiltigt värde. Tillåtna är {allowed}."
        case "int_parsing" | "greater_than_equal" | "less_than_equal":
            return f"{variable}en port är ett heltal mellan 1 och 65535."
        case "bool_parsing":
            return f"{variable}ogiltigt värde. Tillåtna är true och false."
        case _:
            return f"{variable}värdet går inte att läsa ({fault['msg']})."
