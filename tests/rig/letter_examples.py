"""An example of every kind of letter that the service writes, composed."""

from dataclasses import replace
from datetime import date, time

from arshjul.swedish import local
from notifications.letters import compose
from notifications.letters.views.composed import Composed
from notifications.letters.views.notice_view import NoticeView
from notifications.letters.views.week_view import WeekCounts, WeekLine, WeekView
from notifications.office import Letterhead
from tests.rig.letter_views import (
    ABOVE,
    ERIK,
    HANDED,
    HANDED_ON,
    KARIN,
    LAST_WORD,
    LATE,
    MATTER,
    MOVED,
    PAGE,
    RECEIPT,
    REMINDER,
    SIGRID,
    START,
    TUESDAY,
)

KOMMUN = Letterhead("Hedemora kommun")


OTHER = replace(ABOVE, key="annat", unit_name="Energibolaget AB", owing=("VD",))


#: when each kind of word goes out about the frist of Tuesday 21 September 2027
DAYS = {
    "start": date(2027, 9, 10),  # Friday
    "påminnelse": TUESDAY,
    "flyttad": TUESDAY,
    "sen": date(2027, 9, 22),  # Wednesday
    "uppåt": date(2027, 9, 23),  # Thursday
    "sista ord": date(2027, 9, 27),  # Monday
}


WEEK = WeekView(
    week="v. 37",
    counts=WeekCounts(due=1, late=0, escalated=0),
    status_url="https://arshjul.example.se/lage",
    top_names="KSAU",
    due=(
        WeekLine(
            what="Delårsrapport augusti 2027: underlag till delårsrapporten",
            when="tisdag 21 september 2027 kl. 16.00",
            note="Bildningsnämnden",
        ),
    ),
    late=(),
    escalated=(),
    decisions=(),
    undelivered=(
        WeekLine(what="Till karin@example.se", when="tisdag 14 september 2027", note="550 adressen finns inte"),
    ),
    notes=(),
    lives="Tjänsten är i gång: 12 brev har lämnats över sedan förra veckan.",
    prefect_url="https://prefect.example.se",
)


def told(notice: NoticeView) -> Composed:
    """Return the letter of the day it is sent on: the last word goes out on the Monday after, and so on."""
    return compose.daily(KARIN if notice.recipient_owes else ERIK, [notice], DAYS[notice.rung_kind], KOMMUN)


ALL = {
    "start": told(START),
    "reminder": told(REMINDER),
    "late": told(LATE),
    "above": told(ABOVE),
    "last word": told(LAST_WORD),
    "last word above": told(replace(LAST_WORD, recipient_owes=False)),
    "moved": told(MOVED),
    "several": compose.daily(KARIN, [REMINDER, MOVED, LATE], TUESDAY, KOMMUN),
    "mixed": compose.daily(KARIN, [REMINDER, OTHER], TUESDAY, KOMMUN),
    "escalation": compose.escalation(SIGRID, MATTER),
    "at once": compose.escalation(SIGRID, replace(MATTER, meeting_at=None, agenda_closes=None)),
    "withdrawn": compose.withdrawn(SIGRID, MATTER),
    "completed": compose.completed(SIGRID, MATTER),
    "hand-over": compose.hand_over(SIGRID, HANDED),
    "handed on": compose.handed_on(SIGRID, HANDED_ON),
    "handed on nowhere": compose.handed_on(
        SIGRID, replace(HANDED_ON, meeting_at=None, agenda_closes=None, why="Tredje gången.", law="")
    ),
    "hand-over by law": compose.hand_over(
        replace(SIGRID, role_name="revisorerna"),
        replace(HANDED, meeting_at=None, day=date(2027, 10, 29), matters=()),
    ),
    "receipt": compose.receipt(KARIN, RECEIPT, KOMMUN),
    "weekly": compose.weekly(WEEK, KOMMUN),
    "note": compose.note("Rollen HR-chef har ingen innehavare", ["Brev till rollen går till dig."], KOMMUN),
    "note to a reader": compose.note("Ärendet flyttas", ["Det går till nästa möte."], KOMMUN, SIGRID, "Öppna mötet"),
    "links": compose.links(KARIN, PAGE, KOMMUN),
    "login": compose.login(KARIN, local(TUESDAY, time(9, 15)), KOMMUN),
    "shadow": compose.shadow(told(REMINDER), ["karin@example.se", "controller@example.se"]),
}
