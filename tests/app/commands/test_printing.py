"""What the tables of the command line say of a rehearsed year."""

from datetime import datetime
from io import StringIO

from app.commands.printing import events, plain
from arshjul.swedish import STOCKHOLM
from store.plan.history import Happened

AT = datetime(2027, 9, 21, 16, tzinfo=STOCKHOLM)
KEY = "norrsjo/delarsrapport/2027-06/barnnamnden/underlag"


def test_the_table_says_in_words_what_happened() -> None:
    told = [
        Happened(at=AT, kind="state", key=KEY, detail={"from": "Ofullständig", "to": "Försenad"}),
        Happened(at=AT, kind="finding", key=KEY, detail={"part": "ekonomi", "rule": "tom-ruta", "severity": "stopp"}),
        Happened(at=AT, kind="escalation", key=KEY, detail={"meeting": None}),
        Happened(at=AT, kind="withdrawn", key=KEY),
    ]
    assert list(events(told, 2027).columns[4].cells) == [
        f"{KEY} Ofullständig → Försenad",
        f"{KEY} ekonomi, tom-ruta, stopp",
        KEY,
        KEY,
    ]


def test_a_line_number_between_colons_is_no_emoji_and_a_bracket_no_markup() -> None:
    said = "kommun.yaml:100: fel: okänd roll 'nämnden'; tillåtna är [ansvariga]"
    paper = StringIO()
    plain(file=paper, soft_wrap=True).print(said)
    assert paper.getvalue() == f"{said}\n"
