"""The installation's own facts, leases and runs."""

from datetime import datetime

from sqlalchemy.orm import Mapped, mapped_column

from store.tables.base import Table


class Setting(Table):
    """One fact about the installation: ``i_drift_fran``, ``utskick``, ``secret``."""

    __tablename__ = "setting"

    name: Mapped[str] = mapped_column(primary_key=True)
    value: Mapped[str]


class Lease(Table):
    """Who leads, until when: the one service that wakes, or the beat of a part that ``/health`` looks at."""

    __tablename__ = "lease"

    name: Mapped[str] = mapped_column(primary_key=True)
    holder: Mapped[str]
    until: Mapped[datetime]


class Run(Table):
    """The Prefect run that stands for one moment of an occurrence at one instant."""

    __tablename__ = "run"

    key: Mapped[str] = mapped_column(primary_key=True)
    flow_run_id: Mapped[str]
    at: Mapped[datetime]
    done_at: Mapped[datetime | None]


class FormRun(Table):
    """How a run of one of the ekonomikontor's forms was settled, once: it has recorded, or it never will."""

    __tablename__ = "form_run"

    flow_run_id: Mapped[str] = mapped_column(primary_key=True)
    form: Mapped[str]  #: its name, "Vila brev"
    outcome: Mapped[str]  #: registrerat, uppgivet
    words: Mapped[str]  #: what it answered, or why it was given up
    at: Mapped[datetime]
