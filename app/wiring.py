"""The composition root: settings in, the machine out. The only place where everything is known to everything."""

import secrets
import tempfile
from dataclasses import replace
from datetime import UTC, date, datetime
from functools import partial
from pathlib import Path

from sqlalchemy import make_url

from actions.entry import LoginRules, Provider
from app.clock import clock_for
from app.definition_files import read_sourced, read_text
from app.part_health import Prefect, health
from app.prefect_auth import prefect_auth
from app.secret import secret_of
from app.settings import Settings, load_settings
from arshjul.definition.reading import Sourced
from arshjul.errors import RefusedError
from arshjul.swedish import local_date
from flows.machine import Clock, Machine
from notifications.letters.compose import note
from notifications.letters.login_letter import PATH as LINK_PATH
from notifications.letters.mime import build, message_id
from notifications.letters.papers.paper_templates import own_papers
from notifications.letters.resealing import seal_maildir, seal_what_is_kept
from notifications.letters.sealing import unsealed
from notifications.mailbox.mailbox import Mailbox
from notifications.office import Office, parse_utskick
from notifications.plain import one_line
from notifications.post.maildir import MaildirPost
from notifications.post.post import Post
from notifications.post.smtp_post import SmtpPost
from notifications.trust import Trust
from store.access import login_links
from store.acting import BY_SERVICE
from store.database import Session, Store, alone, open_store
from store.people.people_import import import_people
from store.plan.in_step import bring_into_step
from store.plan.planning import current_wheel
from store.plan.shadow import SHARP, leave_shadow
from store.plan.waking import wake_all
from store.private_files import make_folder
from store.service.installation import INSTALLATION, has_facts, installed, set_up
from store.upgrading import migrate, refuse_other_version
from submissions.files.scanning import Clamd
from submissions.intake.room import MEGABYTE, Intake
from submissions.templates.own import own_files

SEALED = "forseglat"  #: since when no letter is kept with its links open


def open_machine(settings: Settings | None = None) -> Machine:
    """Open the machine of an installation that :func:`prepare` has made ready."""
    settings = settings or load_settings()
    if not is_prepared(settings):
        raise RefusedError("Det finns ingen installation här än. Kör 'arshjul up' en gång, så görs den i ordning.")
    store = open_store(settings.database_url)
    refuse_other_version(store)
    machine = Machine(
        store=store,
        office=office_of(settings, store),
        clock=clock_for(settings),
        post=lambda: post_of(settings),
        mailbox=partial(Mailbox, settings.mailbox) if settings.mailbox else None,
        ledger_folder=settings.ledger_folder,
        intake=intake_of(settings),
        place=settings.installation,
        has_server=settings.prefect_api_url is None,
        it_address=settings.it_address,
    )
    return replace(machine, health=lambda: health(machine, _prefect_of(settings)))


def _prefect_of(settings: Settings) -> Prefect:
    return Prefect(
        api=settings.prefect_api,
        auth=prefect_auth(settings),
        database=settings.data_dir / "prefect" / "prefect.db" if settings.prefect_api_url is None else None,
    )


def prepare(settings: Settings, clock: Clock) -> None:
    """Make an installation ready: folders, secret, tables, facts of the first start, people, and the plan's rows.

    Safe to run at every start: what is there stays. Raises DefinitionError, SettingsError or RefusedError, with
    every fault, before anything is started.
    """
    make_folder(settings.data_dir)
    sourced = read_sourced(settings.definition)
    own_files(sourced, settings.definition.parent)
    own_papers(sourced, settings.definition.parent)
    secret = secret_of(settings.secret_file)  # before others' rights are taken away: they may have read it
    prefect_auth(settings)
    post_of(settings)  # a faulty address is told now, not at the first letter
    _try_sender(settings.mail_from)
    if settings.mailbox:
        Mailbox(settings.mailbox)
    migrate(settings.database_url)
    seal_maildir(settings.maildir, secret)
    store = open_store(settings.database_url)
    now = clock()
    try:
        store.carry_out(lambda session: _install(session, settings, sourced, now))
        store.empty_wal()
    finally:
        store.close()


def _install(session: Session, settings: Settings, sourced: Sourced, now: datetime) -> None:
    """Write the facts of the first start, the people, and the plan's rows, while no other service decides."""
    alone(session)
    since = settings.i_drift_fran or local_date(now)
    set_up(session, {"i_drift_fran": since.isoformat(), INSTALLATION: secrets.token_hex(6)}, now)
    _choose_utskick(session, settings, now)
    if settings.i_drift_fran:
        set_up(session, {"i_drift_fran": since.isoformat()}, now, replace=True)
    if installed(session, "people") is None:
        text = read_text(settings.people)
        import_people(session, text, settings.people.name, sourced.definition, now, BY_SERVICE)
        set_up(session, {"people": settings.people.name}, now)
    if (settings.utskick or installed(session, "utskick")) == SHARP:
        leave_shadow(session, sourced.definition.tops)
    bring_into_step(session, current_wheel(session, sourced.definition, now), now)
    if installed(session, SEALED) is None:
        seal_what_is_kept(session, secret_of(settings.secret_file))
        set_up(session, {SEALED: now.isoformat()}, now)
    wake_all(session, now)  # settings and definition may have changed: a thought too many is harmless


def _choose_utskick(session: Session, settings: Settings, now: datetime) -> None:
    """Choose utskick at the first start, and anew when letters have got another way out.

    What was sharp towards a Maildir or with a virtual clock must not be so towards people.
    """
    way = "smtp" if settings.smtp_url and settings.now is None else "provbrevlåda"
    changed = installed(session, "utskick_for") not in (None, way)
    set_up(session, {"utskick": settings.utskick_at_start, "utskick_for": way}, now, replace=changed)


def is_prepared(settings: Settings) -> bool:
    """Tell whether :func:`prepare` has made this installation ready; nothing is made by asking."""
    url = make_url(settings.database_url)
    if url.get_backend_name() == "sqlite" and not (url.database and Path(url.database).exists()):
        return False
    store = open_store(settings.database_url)
    try:
        with store.read() as session:
            return has_facts(session) and bool(installed(session, "i_drift_fran"))
    finally:
        store.close()


def office_of(settings: Settings, store: Store) -> Office:
    """Return the standing orders."""
    with store.read() as session:
        since, utskick = installed(session, "i_drift_fran"), installed(session, "utskick")
    assert since is not None  # noqa: S101 - is_prepared looked
    sourced = read_sourced(settings.definition)
    return Office(
        sourced=sourced,
        mail_from=settings.mail_from,
        public_url=settings.public_url,
        prefect_url=settings.prefect_ui,
        secret=secret_of(settings.secret_file),
        utskick=settings.utskick or parse_utskick(utskick or ""),
        utskick_is_set=settings.utskick is not None,
        since=date.fromisoformat(since),
        own=own_files(sourced, settings.definition.parent),
        papers=own_papers(sourced, settings.definition.parent),
        trust=Trust(servers=settings.mail_authserv, also=settings.mail_authserv_also),
    )


def intake_of(settings: Settings) -> Intake:
    """Return what each file meets before it is kept."""
    url = make_url(settings.database_url)
    ours = [settings.data_dir, Path(tempfile.gettempdir())]
    if url.get_backend_name() == "sqlite" and url.database:
        ours.append(Path(url.database).parent)
    return Intake(
        scanner=Clamd(settings.clamd) if settings.clamd else None,
        folders=tuple(dict.fromkeys(ours)),
        floor=settings.free_disk_mb * MEGABYTE,
    )


def login_rules(settings: Settings) -> LoginRules:
    """Return who may log in, and through what."""
    provider = None
    if settings.oidc_issuer and settings.oidc_client_id and settings.oidc_client_secret:
        provider = Provider(
            issuer=settings.oidc_issuer,
            client_id=settings.oidc_client_id,
            client_secret=settings.oidc_client_secret.get_secret_value(),
            scope=settings.oidc_scope,
            role_claim=settings.oidc_role_claim,
            office_values=settings.oidc_office,
            secretary_values=settings.oidc_secretaries,
            trusts_addresses=settings.oidc_trust_email,
        )
    return LoginRules(
        provider=provider,
        office=settings.login_office,
        secretaries=settings.login_secretaries,
        secretaries_see_all=settings.secretaries_see_all,
    )


def login_link(machine: Machine, by: str, user: str) -> tuple[str, datetime]:
    """Return a one-time link that logs in the machine's ``user`` by the name ``by``, and when it ends.

    The user and the name are the login's subject: of two users with one name each can be told, and revoked.
    """
    with machine.store.begin() as session:
        token, link = login_links.make(
            session, machine.office.secret, name=one_line(by), address=None, next_path="/lage", now=machine.clock(),
            subject=f"{login_links.BY_TERMINAL} {user}: {one_line(by)}",
        )  # fmt: skip
        return f"{machine.office.public_url}{LINK_PATH}/{token}", link.expires_at


def _try_sender(address: str) -> None:
    """Compose a letter from the sender's address. Raises RefusedError when none can be written from it."""
    try:
        ident = message_id("prov", address.rpartition("@")[2], b"prov")
        words = note("Prov", ["Prov."])
        build(words, sender=address, to=[address], key="prov", message_id=ident, now=datetime.now(UTC))
    except RefusedError:
        raise RefusedError(
            f"ARSHJUL_MAIL_FROM: inga brev kan skrivas från '{one_line(address)}'. Skriv en vanlig e-postadress utan å, "
            "ä och ö, med bara adressen, till exempel ekonomi@example.se."
        ) from None


def post_of(settings: Settings) -> Post:
    """Return the post: the SMTP server that is set, or the Maildir of this machine."""
    if settings.smtp_url is None:
        return MaildirPost(settings.maildir)  # what lies there is kept, too, and stays sealed
    secret = secret_of(settings.secret_file)
    return SmtpPost(settings.smtp_url, opened=lambda kept: unsealed(kept, secret))
