"""What the one service of the tests has sent, and the year that it has planned."""

from datetime import date, datetime, timedelta
from email import message_from_bytes, policy
from email.message import EmailMessage

from arshjul.swedish import STOCKHOLM
from flows.reports import reports_of
from flows.runs.planned import planned_runs
from flows.runs.schedule import HORIZON
from store.plan.planning import current_wheel
from store.service.installation import INSTALLATION, installed
from store.service.runs import OURS
from tests.rig.load import autumn
from tests.rig.servers.service import Service, within
from tests.rig.servers.smtp_sink import Accepted, Sink

FIRST_DAY = date(2027, 9, 10)


CHIEF = "forvaltningschef.bildning@example.se"


READERS = {  # who owes something for the delårsrapport, and so gets its first letter
    CHIEF,
    "forvaltningschef.omsorg@example.se",
    "forvaltningschef.samhallsbyggnad@example.se",
    "vd.bostadsbolaget@example.se",
    "vd.energibolaget@example.se",
    "kommundirektor@example.se",
    "hr-chef@example.se",
}


def mail(accepted: Accepted) -> EmailMessage:
    message = message_from_bytes(accepted.content, policy=policy.default)
    assert isinstance(message, EmailMessage)
    return message


def letters_to(sink: Sink, address: str, key_holds: str) -> list[EmailMessage]:
    """Return the letters to one address whose X-Arshjul-Key holds some words."""
    messages = [mail(each) for each in list(sink.accepted) if address in each.recipients]
    return [each for each in messages if key_holds in str(each["X-Arshjul-Key"])]


def daily(sink: Sink) -> dict[str, EmailMessage]:
    """Return the letters of the day, by the reader's address."""
    messages = [mail(each) for each in list(sink.accepted)]
    return {
        str(each["X-Arshjul-Key"]).rpartition("/")[2]: each for each in messages if "/brev/" in each["X-Arshjul-Key"]
    }


def whole_year(service: Service) -> dict[str, str]:
    """Wait until the autumn's year stands scheduled; return its planned runs that stand there, by key.

    As long as their number grows it is waited for: how long a run takes to lay is the machine's matter.
    """
    now = datetime(2027, 9, 10, 7, 0, tzinfo=STOCKHOLM)
    with service.store.read() as session:
        wheel = current_wheel(session, autumn().definition, now)
        ours = f"{OURS}hedemora/{installed(session, INSTALLATION)}/"  # whose they are, on a server that others share
    planned = [
        run for run in planned_runs(each for each in wheel.milestones if each.step in reports_of(wheel.definition))
    ]
    wanted = {
        run.key: run.name for run in planned if now + timedelta(hours=1) < run.at < now + HORIZON - timedelta(days=1)
    }
    assert len(wanted) > 70

    def there() -> dict[str, str]:
        keyed = [run for run in service.scheduled() if (run["idempotency_key"] or "").startswith(ours)]
        return {OURS + run["idempotency_key"].removeprefix(ours): run["name"] for run in keyed}

    def missing() -> int:
        return len(wanted.items() - there().items())

    left = missing()
    while left:
        assert within(150, lambda most=left: missing() < most, pause=2), f"{left} are missing\n{service.told()}"
        left = missing()
    return there()
