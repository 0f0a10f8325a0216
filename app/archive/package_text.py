"""What a package says in plain text: how it is read and checked, each version's facts, what was recorded, the log."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any

from app.archive.fate import Fate
from app.archive.files import MANIFEST
from app.archive.kept import Lost
from arshjul.definition.model import Definition
from arshjul.swedish import day_text, instant_text, owned
from portal.loggen.log_words import about, acting_text, details, kind_text
from portal.web.redaction import hide_tokens
from store.archive import Year
from store.log.log_chain import Head
from store.tables import FindingRow, LogRow, Submission
from submissions.finding import graded

#: the names of what is recorded, by its file's name
RECORDED: Mapping[str, str] = {
    "beslut": "Beslut och överlämnanden",
    "moten": "Ändrade möten",
    "anstand": "Anstånd",
    "begarda-anstand": "Begärda anstånd",
    "vila-och-hall": "Vilande påminnelser och hållna eskaleringar",
    "stangda-perioder": "Stängda perioder",
    "handelser": "Registrerade händelser",
    "register": "Registrens poster",
    "tidplaner": "Fastställda tidplaner",
    "diarienummer": "Diarienummer",
    "gallrat-och-borttaget": "Gallrade och borttagna handlingar",
    "sparrat": "Spärrade handlingar",
    "tjansteskrivelser": "Utkast till tjänsteskrivelser: vad den som skriver under ändrade, höll och släppte",
    "arenden": "Ärenden som trappan har väckt",
    "revisorernas-utlatanden": "Revisorernas utlåtanden",
    "svar-pa-fragor": "Svar på kontrollernas frågor",
    "kontroller-ur-kraft": "Kontroller satta ur kraft",
}
LABELS: Mapping[str, str] = {
    "agenda_closes_at": "dagordningen stänger",
    "answer": "svar",
    "answered_at": "besvarad",
    "answered_by": "besvarad av",
    "asked_at": "begärt",
    "body": "organ",
    "due_at": "frist",
    "entry": "post",
    "fields": "uppgifter",
    "handin": "inlämningen som säger det",
    "happening": "händelse",
    "ended_at": "avslutat",
    "ended_by": "avslutad av",
    "fastst_by": "fastställd av",
    "meeting_day": "mötesdag",
    "milestone_key": "moment",
    "obligation_key": "inlämningskrav",
    "period": "period",
    "person_id": "person",
    "raised_at": "väckt",
    "lagrum": "lagrum",
    "lifted_at": "hävd",
    "lifted_by": "hävd av",
    "lifted_why": "skäl att häva",
    "readers": "får öppna",
    "recorded_at": "registrerat",
    "register": "register",
    "said": "vad inlämningen säger",
    "submission_id": "inlämningens id",
    "unit": "enhet",
}


def lost_words(lost: Sequence[Lost]) -> str:
    """Tell that files are lacking in the package, and what to do; "" when none is."""
    if not lost:
        return ""
    many = "1 fil saknas" if len(lost) == 1 else f"{len(lost)} filer saknas"
    return (
        f"Paketet är inte helt: {many}. Det som är sparat stämmer inte med sin kontrollsumma (det har ändrats eller skadats "
        "efter att det kom in) och är därför inte med. Hämta filen ur en säkerhetskopia från tiden före, eller be den som "
        "lämnade in den om den igen, och ta ut paketet på nytt."
    )


def read_me(definition: Definition, year: Year, chain: str, lost: Sequence[Lost], *, whole: bool) -> Iterator[str]:
    """Tell what the package is, and how to check it."""
    yield f"Arkivpaket: årshjulet {year.number}, {definition.kommun.name}"
    yield ""
    if not whole:
        yield "OBS: året var inte slut när paketet togs ut. Ta ut det på nytt efter årsskiftet."
        yield ""
    if lost:
        yield f"OBS: {lost_words(lost)}"
        yield from (f"  {each.path} ({each.name}), SHA-256 {each.sha256}" for each in lost)
        yield ""
    yield f"Här ligger det som lämnades in, skickades och registrerades från och med {day_text(year.begins.date())}"
    yield "till och med årets sista dag, svensk tid. Varje sak ligger i det år då den hände, och bara där."
    yield ""
    yield "index.html          innehållsförteckning, öppnas i en webbläsare"
    yield "handlingar/         varje version av varje fil som ska bevaras, efter rapport, period, enhet, krav och del;"
    yield "                    det som gallras, är borttaget eller spärrat står med kontrollsumma, utan fil"
    yield "brev/               brev som de skickades; personliga länkar är borttagna"
    office = owned(definition.office_said)
    yield f"inkommande/         mejl som kom till {office} brevlåda; personliga länkar är borttagna"
    yield "bokforing/          filer ur ekonomisystemet (SIE)"
    yield f"sammanstallningar/  {office} sammanställningar"
    yield "uppgifter/          beslut, möten, anstånd med mera, som text och JSON"
    yield "logg/               vem som gjorde vad och när, som text och JSON"
    yield "metadata.json       om paketet, för maskiner"
    yield f"{MANIFEST}  SHA-256 för varje fil"
    yield ""
    yield "KONTROLLERA FILERNA"
    yield f"Stå i mappen och kör: sha256sum -c {MANIFEST}"
    yield ""
    yield "KONTROLLERA LOGGEN"
    yield chain
    yield "Varje rad i logg/logg.json bär en kontrollsumma (digest): SHA-256 över raden som JSON med nycklarna at,"
    yield "detail, key, number, previous, session, subject, way, what och who i den ordningen, utan mellanslag, som UTF-8;"
    yield "session, subject och way (besök, vem det var, väg in) är med där raden har dem. Där är detail radens"
    yield "detail_digest (SHA-256 över uppgifterna skrivna på samma sätt) och previous kontrollsumman på raden före."
    yield f"Kontrollsummorna i måndagsbreven till {definition.office_said} ska finnas bland radernas."


def chain_words(last: Head | None, broken: str | None) -> str:
    """Tell whether the log's chain holds from its first row to the year's last."""
    if broken:
        return f"Kedjan är bruten. {broken}"
    if last is None or last.at is None:
        return "Inget är loggat under året."
    return f"Kedjan stämmer till och med årets sista rad, rad {last.number}, {instant_text(last.at)}."


def version_text(
    row: Submission, findings: Sequence[FindingRow], fate: Fate, *, has_file: bool, lost: bool
) -> Iterator[str]:
    """Tell the facts of one handed-in version; ``lost``: its file is not what it was when it came."""
    yield f"Inlämning: {row.obligation_key}"
    yield f"Del: {row.part}"
    yield f"Version: {row.version}"
    yield f"Mottagen: {instant_text(row.received_at)}{' (efter fristen)' if row.late else ''}"
    yield f"Inlämnad av: {row.by} ({row.via})"
    yield f"Fullständig: {'ja' if row.complete else 'nej'}"
    if row.filename:
        why = ": det som är sparat stämmer inte med sin kontrollsumma" if lost else ""
        yield f"Fil: {row.filename}{'' if has_file else f' (finns inte i paketet{why})'}"
        yield f"SHA-256: {row.sha256}"
    yield f"Dokumenthanteringsplan: {fate.rule or 'inte bestämt'}{'' if fate.goes_along else f' ({fate.words})'}"
    if fate.withheld:
        yield f"Spärr: {fate.withheld.lagrum}. {fate.withheld.why}"
    if fate.removal:
        yield f"Skäl: {fate.removal.reason}. {fate.removal.why}"
    if not fate.goes_along:
        return
    if row.ej_aktuellt:
        yield f"Ej aktuellt: {row.ej_aktuellt}"
    for label, value in details(row.fields):
        yield f"{label[:1].upper()}{label[1:]}: {value}"
    for found in findings:
        yield f"{graded(found.severity)}: {found.message} {found.mend} {found.lagrum}".rstrip()


def record_text(definition: Definition, rows: Iterable[Mapping[str, Any]]) -> Iterator[str]:
    """Tell what was recorded, each on lines of its own with an empty one after."""
    for row in rows:
        key = row.get("obligation_key") or row.get("milestone_key")
        if key:
            yield about(definition, str(key)).text
        named = {LABELS.get(name, name): value for name, value in row.items() if name != "id"}
        yield from (f"  {label}: {value}" for label, value in details(named))
        yield ""


def log_text(definition: Definition, rows: Iterable[LogRow]) -> Iterator[str]:
    """Tell the log, a row a line."""
    for row in rows:
        subject = about(definition, row.key).text
        told = "; ".join(f"{label}: {value}" for label, value in details(row.detail))
        told = "(uppgifterna är gallrade eller spärrade)" if row.detail is None else told
        words = (
            f"Rad {row.number}",
            instant_text(row.at),
            row.who,
            acting_text(row),
            kind_text(row.what),
            subject,
            told,
        )
        yield hide_tokens(" | ".join(" ".join(word.split()) for word in words if word))
