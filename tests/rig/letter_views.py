"""Views for the letters' tests: one municipality in September 2027, in invented persons' hands."""

from dataclasses import replace
from datetime import date, time
from typing import Any

from arshjul.ladder.standing import State
from arshjul.lagrum import Lagrum
from arshjul.swedish import local
from notifications.letters.views.body_views import (
    HandedOnView,
    HandOverView,
    LackView,
    PointView,
    ReportView,
    StandingView,
)
from notifications.letters.views.composed import Reader
from notifications.letters.views.matter_view import MatterView, Signer
from notifications.letters.views.notice_view import MissingPart, NoticeView, SentLetter
from notifications.letters.views.receipt_view import ReceiptFinding, ReceiptPart, ReceiptView

TUESDAY = date(2027, 9, 14)  # five working days before the frist
LINK = "https://arshjul.example.se/l/token-som-ar-personlig"
LAW = Lagrum("KL 11 kap. 16 §; LKBR 13 kap. 1 §; Hedemora styrmodell, ”Delårsrapport”", True)
KARIN = Reader(name="Karin Exempelsson", address="karin@example.se", role_name="förvaltningschef", link=LINK)
PAGE = "https://arshjul.example.se/se/WyJsaW5r.c2lnbmF0dXI?till=/lage/delarsrapport/2027-08"
ERIK = Reader(
    name="Erik Exempelsson", address="erik@example.se", role_name="ekonomichef", link=None, page=PAGE, logs_in=False
)
SIGRID = Reader(
    name="Sigrid Exempelsson", address="sigrid@example.se", role_name="KSAU:s sekreterare", link=None, page=PAGE,
    logs_in=False,
)  # fmt: skip

EKONOMI = MissingPart(
    name="Ekonomi (utfall, utfall föregående år, budget och prognos)",
    role="förvaltningschef",
    what="kolumnen Prognos är tom på rad 12",
    mend="fyll i helårsprognosen och lämna in filen igen",
    lagrum="LKBR 13 kap. 3 §; Hedemora styrmodell, ”Delårsrapport”",
)
MAL = MissingPart(
    name="Mål- och resultatuppföljning",
    role="förvaltningschef",
    what="har inte lämnats in",
    mend="",
    lagrum="Hedemora styrmodell, ”Tidsplan för uppföljningar”",
    handed_in=False,
)

REMINDER = NoticeView(
    key="hedemora/delarsrapport/2027-08/bildningsnamnden/paminnelse-5/forvaltningschef",
    rung="paminnelse-5",
    rung_kind="påminnelse",
    step_name="Delårsrapport",
    step_definite="delårsrapporten",
    report="delårsrapporten per den 31 augusti 2027",
    period_text="augusti 2027",
    unit_name="Bildningsnämnden",
    unit_said="bildningsnämnden",
    krav_name="underlag till delårsrapporten",
    recipient_owes=True,
    due_at=local(date(2027, 9, 21), time(16)),
    workdays_left=5,
    lawful_until=None,
    law_missed=False,
    missing=(EKONOMI, MAL),
    owing=("förvaltningschef",),
    lagrum=LAW,
    treated_text="KSAU tisdag 5 oktober 2027",
    limit=date(2027, 9, 23),
    body_at=local(date(2027, 9, 28), time(7)),
    top_name="KSAU",
    next_told="ekonomichefen torsdag 23 september 2027",
)


def notice(rung: str, kind: str, **changes: Any) -> NoticeView:
    """Return the reminder's notice at another rung."""
    key = REMINDER.key.replace("paminnelse-5", rung)
    return replace(REMINDER, **({"key": key, "rung": rung, "rung_kind": kind} | changes))


START = notice("start", "start", workdays_left=7)
LATE = notice("sen", "sen", workdays_left=-1)
ABOVE = notice("ekonomichef", "uppåt", rung_days=2, workdays_left=-2, recipient_owes=False, next_told=None)
LAST_WORD = notice("sista-ord", "sista ord", workdays_left=-4)
MOVED = notice(
    "frist-flyttad",
    "flyttad",
    workdays_left=8,
    due_at=local(date(2027, 9, 24), time(16)),
    limit=None,
    moved_from=local(date(2027, 9, 21), time(16)),
    moved_why="Augusti stängdes fredag 10 september 2027.",
)

SENT = (
    SentLetter(
        handed_at=local(date(2027, 9, 10), time(7, 1)),
        rung_name="första brevet",
        to="förvaltningschef Karin Exempelsson",
    ),
    SentLetter(
        handed_at=local(date(2027, 9, 14), time(7, 1)),
        rung_name="påminnelse 5 arbetsdagar före",
        to="förvaltningschef Karin Exempelsson",
        reminds=True,
    ),
)
PERSONAL = MissingPart(
    name="Personalberättelse", role="HR-chef", what="har inte lämnats in", mend="",
    lagrum='Hedemora styrmodell, ”Årsplanering för målarbetet”',
    handed_in=False,
)  # fmt: skip

MATTER = MatterView(
    municipality="Hedemora kommun",
    step_name="Delårsrapport",
    report="delårsrapporten per den 31 augusti 2027",
    period_text="augusti 2027",
    raised_on=date(2027, 9, 28),
    meeting_name="Kommunstyrelsens arbetsutskott",
    meeting_said="kommunstyrelsens arbetsutskott",
    meeting_short="KSAU",
    meeting_at=local(date(2027, 10, 5), time(8, 30)),
    agenda_closes=local(date(2027, 9, 29), time(12)),
    late=(
        notice("ksau", "organ", workdays_left=-5, recipient_owes=False, sent_before=SENT),
        notice(
            "ksau", "organ", workdays_left=-5, recipient_owes=False, unit_name="Kommunstyrelsen", unit_said="kommunstyrelsen",
            missing=(PERSONAL,), owing=("HR-chef",), sent_before=SENT[:1],
        ),
    ),
    proposal="Kommunstyrelsens arbetsutskott uppmanar Bildningsnämnden och Kommunstyrelsen att lämna det som saknas "
    "till ekonomikontoret senast fredag 8 oktober 2027.\n"
    "Kommunstyrelsens arbetsutskott uppdrar åt kommundirektören att återrapportera.",
    sent_to=("Bildningsnämnden", "Kommundirektören"),
    after=("Därefter: KS beslutar om delårsrapporten den 19 oktober 2027.",),
    signer=Signer(role="ekonomichef", role_name="ekonomichef", role_said="ekonomichefen", name="Erik Exempelsson"),
    rests_on="Att försenade underlag tas upp här följer av Hedemora styrmodell (KS 2024-09-17 § 123).",
    basis=("Sammanställning av det som har kommit in till delårsrapporten augusti 2027",),
    lagrum=Lagrum('KL 6 kap. 12 §; KL 11 kap. 16 §; Hedemora styrmodell, ”Delårsrapport”', True),
)  # fmt: skip

EMPTY = ReceiptFinding(
    severity="stopp",
    place="Ekonomi!F12",
    message="Kolumnen Prognos är tom på rad 12.",
    mend="Fyll i helårsprognosen och lämna in filen igen.",
    lagrum="LKBR 13 kap. 3 §",
)
UNCHANGED = ReceiptFinding(
    severity="fråga",
    place="Ekonomi!F10",
    message="Prognosen för Grundskola är densamma som förra gången.",
    mend="Skriv varför den står fast.",
    lagrum='styrmodell "Uppföljning- och prognosrapport"',
)
RECEIPT = ReceiptView(
    step_name="Delårsrapport",
    report="delårsrapporten per den 31 augusti 2027",
    period_text="augusti 2027",
    unit_name="Bildningsnämnden",
    unit_said="bildningsnämnden",
    received_at=local(date(2027, 9, 15), time(10, 32)),
    late=False,
    by="Karin Exempelsson",
    parts=(
        ReceiptPart(
            name="Ekonomi", filename="utfall augusti.xlsx", version=2, sha256="ab" * 32, complete=False,
            findings=(EMPTY, UNCHANGED), ej_aktuellt=None, changed_since=1, more_changes=3,
            changes=("Ekonomi, Förskola, Utfall perioden: 1 200 tkr blev 1 250 tkr (+50 tkr)",),
        ),
        ReceiptPart(
            name="Bolagets rapport", filename=None, version=1, sha256=None, complete=True, findings=(),
            ej_aktuellt="Nämnden har inget bolag.",
        ),
    ),
    still_missing=(EKONOMI, MAL),
    due_at=local(date(2027, 9, 21), time(16)),
    preliminary=False,
)  # fmt: skip

DELARSRAPPORT = ReportView(
    step_name="Delårsrapport",
    report="delårsrapporten per den 31 augusti 2027",
    period_text="augusti 2027",
    points=(
        PointView(
            name="KS beslutar om delårsrapporten", day=date(2027, 10, 19), lawful_until=None, law_missed=False,
            lagrum='Hedemora styrmodell, ”Årsplanering för målarbetet”',
        ),
        PointView(
            name="KS överlämnar delårsrapporten till KF och revisorerna", day=date(2027, 10, 29),
            lawful_until=date(2027, 11, 1), law_missed=False, lagrum="KL 11 kap. 16 §",
        ),
    ),
    before=("KSAU får preliminära siffror: godkändes den 5 oktober 2027, § 45.",),
    standing=(
        StandingView(
            name="underlag till delårsrapporten", total=4, complete=("Kommunstyrelsen",),
            preliminary=("Bildningsnämnden",), not_ours=(),
            late=(LackView(unit_name="Omsorgsnämnden", state=State.FORSENAD, said="frist tisdag 21 september, saknar Ekonomi", whose="förvaltningschef"),),
            ahead=(LackView(unit_name="Energibolaget AB", state=State.ANSTAND, said="frist torsdag 14 oktober, ska lämna Bolagets rapport", whose="VD"),),
        ),
    ),
)  # fmt: skip
HANDED = HandOverView(
    municipality="Hedemora kommun",
    body_said="kommunstyrelsen",
    body_short="KS",
    meeting_at=local(date(2027, 10, 19), time(13, 30)),
    day=date(2027, 10, 19),
    receivers="KF och revisorerna",
    reports=(DELARSRAPPORT,),
    matters=("Omsorgsnämnden: underlag till delårsrapporten augusti 2027",),
)
HANDED_ON = HandedOnView(
    municipality="Hedemora kommun",
    from_said="kommunstyrelsen",
    to_short="KF och revisorerna",
    to_said="kommunfullmäktige",
    report=DELARSRAPPORT,
    decided_on=date(2027, 10, 19),
    paragraf="§ 120",
    diarienummer="",
    why="",
    law="i tid enligt lagen (KL 11 kap. 16 §)",
    meeting_at=local(date(2027, 11, 23), time(18)),
    agenda_closes=local(date(2027, 11, 14), time(12)),
)
