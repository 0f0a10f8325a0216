"""The composition root: settings in, the machine out. The only place where everything is known to everything."""

import secrets
from datetime import date
from pathlib import Path

from sqlalchemy import inspect, make_url

from app.clock import clock_for
from app.settings import Settings, load_settings
from arshjul.errors import RefusedError
from arshjul.reading import Sourced, read_definition
from arshjul.swedish import local_date
from flows.machine import Clock, Machine
from notifications.maildir import MaildirPost
from notifications.office import Office, Utskick
from notifications.post import Post, SmtpPost
from store.database import Store, migrate, open_store
from store.installation import installed, set_up
from store.people import import_people
from store.planning import current_wheel, sync

SYSTEM = "årshjulet"  #: who the log says did what nobody asked for


def open_machine(settings: Settings | None = None) -> Machine:
    """Open the machine of an installation that :func:`prepare` has made ready."""
    settings = settings or load_settings()
    if not is_prepared(settings):
        raise RefusedError("Det finns ingen installation här än. Kör 'arshjul up' en gång, så görs den i ordning.")
    store = open_store(settings.database_url)
    return Machine(
        store=store,
        office=office_of(settings, store),
        clock=clock_for(settings),
        post=lambda: post_of(settings),
    )


def prepare(settings: Settings, clock: Clock) -> None:
    """Make an installation ready: folders, secret, tables, facts of the first start, people, and the plan's rows.

    Safe to run at every start: what is there stays. Raises DefinitionError, SettingsError or RefusedError, with
    every fault, before anything is started.
    """
    settings.data_dir.mkdir(parents=True, exist_ok=True)
    sourced = read_sourced(settings.definition)
    _secret(settings.secret_file)
    post_of(settings)  # a faulty address is told now, not at the first letter
    migrate(settings.database_url)
    store = open_store(settings.database_url)
    now = clock()
    try:
        with store.begin() as session:
            since = settings.i_drift_fran or local_date(now)
            set_up(session, {"i_drift_fran": since.isoformat(), "utskick": settings.utskick_at_start}, now)
            if settings.i_drift_fran:
                set_up(session, {"i_drift_fran": since.isoformat()}, now, replace=True)
            if installed(session, "people") is None:
                text = settings.people.read_text(encoding="utf-8-sig")
                import_people(session, text, settings.people.name, sourced.definition, now, SYSTEM)
                set_up(session, {"people": settings.people.name}, now)
            sync(session, current_wheel(session, sourced.definition, now), now)
    finally:
        store.close()


def is_prepared(settings: Settings) -> bool:
    """Tell whether :func:`prepare` has made this installation ready; nothing is made by asking."""
    url = make_url(settings.database_url)
    if url.get_backend_name() == "sqlite" and not (url.database and Path(url.database).exists()):
        return False
    store = open_store(settings.database_url)
    try:
        with store.read() as session:
            return inspect(session.connection()).has_table("setting") and bool(installed(session, "i_drift_fran"))
    finally:
        store.close()


def office_of(settings: Settings, store: Store) -> Office:
    """Return the standing orders."""
    with store.read() as session:
        since, utskick = installed(session, "i_drift_fran"), installed(session, "utskick")
    assert since is not None  # noqa: S101 - is_prepared looked
    return Office(
        sourced=read_sourced(settings.definition),
        mail_from=settings.mail_from,
        public_url=settings.public_url,
        prefect_url=settings.prefect_ui,
        secret=_secret(settings.secret_file),
        utskick=settings.utskick or _utskick(utskick or ""),
        since=date.fromisoformat(since),
    )


def post_of(settings: Settings) -> Post:
    """Return the post: the SMTP server that is set, or the Maildir of this machine."""
    return SmtpPost.from_url(settings.smtp_url) if settings.smtp_url else MaildirPost(settings.maildir)


def read_sourced(path: Path) -> Sourced:
    """Read a definition file. Raises DefinitionError with every fault, RefusedError when it is not there."""
    try:
        text = path.read_text(encoding="utf-8")
    except FileNotFoundError:
        raise RefusedError(f"Filen {path} finns inte. Ange en årshjulsdefinition med --definition.") from None
    except UnicodeDecodeError:
        raise RefusedError(f"Filen {path} är inte sparad som UTF-8. Spara om den med den teckenkodningen.") from None
    return read_definition(text, path.name)


def _utskick(read: str) -> Utskick:
    match read:
        case "av" | "skugga" | "skarpt":
            return read
    raise RefusedError(f"okänt utskick '{read}' i databasen; sätt det med 'arshjul utskick av|skugga|skarpt'.")


def _secret(file: Path) -> bytes:
    """Return the key that signs links; made once, readable by this user only."""
    if not file.exists():
        file.parent.mkdir(parents=True, exist_ok=True)
        file.touch(mode=0o600)
        file.write_text(secrets.token_hex(32))
    return file.read_text().strip().encode()
