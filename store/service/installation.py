"""Facts about the installation: from when it is in drift, towards whom it speaks, what was read in."""

from collections.abc import Collection, Mapping
from datetime import datetime

from sqlalchemy import bindparam, inspect, select

from store.acting import BY_SERVICE
from store.columns import columns
from store.database import Session
from store.log.writing import log
from store.tables import Setting

INSTALLATION = "installation"  #: this installation's own id, by which a shared Prefect server knows it
OWNER = "installation:"  #: how the tag begins that says which installation registered a deployment on that server
MAILBOX = "brevlåda"  #: the job that reads the mailbox, and the fact of what is wrong with it ("" when nothing is)
# asked of every scene and letter, so they are put together once
_VALUE = select(Setting.value).where(Setting.name == bindparam("name"))
_VALUES = select(Setting.name, Setting.value).where(Setting.name.in_(bindparam("names", expanding=True)))


def has_facts(session: Session) -> bool:
    """Tell whether the database holds any facts at all: one that nobody has set up has no table of them."""
    return inspect(session.connection()).has_table(Setting.__tablename__)


def installed(session: Session, name: str) -> str | None:
    """Return a fact, or None when it is not set."""
    return columns(session, _VALUE, {"name": name}).scalar()


def facts(session: Session, names: Collection[str]) -> dict[str, str]:
    """Return those of these facts that are set, by name."""
    return {name: value for name, value in columns(session, _VALUES, {"names": list(names)})}


def set_up(
    session: Session, facts: Mapping[str, str], now: datetime, *, replace: bool = False, by: str = BY_SERVICE
) -> None:
    """Set facts; one that is there stays unless ``replace``. Each change is logged."""
    for name, value in facts.items():
        before = installed(session, name)
        if before == value or (before is not None and not replace):
            continue
        session.merge(Setting(name=name, value=value))
        log(session, now, by, "installation.set", name, {"from": before, "to": value})
