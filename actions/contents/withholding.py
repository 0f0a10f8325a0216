"""Spärra: what is covered by sekretess is kept, and shown to nobody but those who are named.

What a version or a mail holds is laid behind a spärr with all that quotes it: what was read, findings, answers,
the letters and the log's rows that repeat it, the mails that brought it. In its place stands, wherever it is shown,
that it is withheld, by whom and on which ground. A version counts as it counted. Nothing is destroyed: see
:mod:`actions.contents.lifting`. To take away is another thing, and needs a decision (`actions.underlag.taking_away`).
"""

from collections.abc import Collection, Iterable, Iterator, Sequence
from dataclasses import asdict, dataclass, field

from actions.act import SHORTEST_REASON, Act
from actions.contents.forgetting import (
    chained,
    forget_what_was_made,
    hidden_letter,
    letters_repeating,
    quotes_of,
    rows_telling_figures,
)
from actions.contents.removing import bare_of, files_in, without_files
from actions.entry import LoginRules, cannot_log_in
from actions.scene import Scene
from arshjul.errors import RefusedError
from arshjul.keys import ObligationKey
from arshjul.swedish import day_text, local_date
from arshjul.year.concerned import concerned
from arshjul.year.wheel import Obligation, PartOwed
from store.database import Session
from store.handins import removals, withheld
from store.handins import versions as submissions
from store.log import log_gallring
from store.log.search import telling
from store.people.holders import people_at
from store.plan.obligations import hold
from store.post import incoming
from store.post.letter_changes import reword
from store.registers.openings import said_of, say
from store.tables import Incoming, LogRow, Submission, Withheld
from submissions.finding import STOP, Finding, Severity

BEGUN = "withheld.begun"  #: as the log has it
MAIL_KINDS = ("mail.handled", "handling.read")  #: kinds of log rows that may tell what a mail is about
SHORTEST_QUOTE = 12  #: characters; less says nothing of anybody
NOTED: Severity = "upplysning"
SUBJECT, NAME = "(ämnet är spärrat)", "(namnet är spärrat)"
SAID = "(det som stod i en handling som är spärrad)"
LETTER = "Det här brevet återger en handling som är spärrad, och därför är brevets innehåll också spärrat."
WHOLE = "*"  #: in place of checksums: all that a mail holds
_PATIENCE = "Är något oklart: fråga den som spärrade."


@dataclass(frozen=True, slots=True, kw_only=True)
class Ground:
    """On which lagrum something is withheld, and by whom it may be opened (addresses as they were typed)."""

    lagrum: str
    readers: Sequence[str]
    rules: LoginRules = field(default_factory=LoginRules)  #: by which those who are to open it log in


def withhold_version(
    act: Act, key: ObligationKey, submission_id: int, ground: Ground, *, keep_name: bool = True
) -> Withheld:
    """Withhold a handed-in version: its file wherever that very file lies, or what it says where it has none.

    Without ``keep_name`` the file's name is withheld too. The act's why stands where everybody reads it. Raises
    RefusedError for a version that is not there, is gone or is withheld already, and as :func:`_begun` does.
    """
    one, row = act.obligation(key), submissions.by_id(act.scene.session, submission_id)
    part = next((each for each in one.parts if row and each.id == row.part), None)
    if row is None or part is None or row.obligation_key != one.key:
        raise RefusedError("Välj vilken version som ska spärras, bland dem som är inlämnade.")
    hold(act.scene.session, concerned(act.scene.wheel, one))
    refuse_gone(act.scene.session, row)
    title = f"{part.name.partition(' (')[0]}, version {row.version}, {one.unit_name}, {one.report}"
    begun = _begun(act, ground, title, one.key)
    if row.sha256 is None:
        _version(act, begun, row, keep_name=keep_name)
    else:
        _file(act, begun, row.sha256, keep_name=keep_name)
    return begun


def withhold_mail(act: Act, row: Incoming, ground: Ground, file_number: int = 0) -> Withheld:
    """Withhold a mail that came: all of it, or (``file_number``, from 1) one of its files wherever that one lies.

    What was filed out of it before is withheld by itself. Raises RefusedError as :func:`withhold_version` does.
    """
    session, came = act.scene.session, day_text(local_date(row.received_at))
    if is_withheld(session, row):
        raise RefusedError("Mejlet är redan spärrat. Häv spärren först.")
    if not file_number:
        begun = _begun(act, ground, f"{_named(row)}, {came}", row.obligation_key)
        _mail(act, begun, row, [WHOLE])
        return begun
    chosen = row.files[file_number - 1] if 0 < file_number <= len(row.files) else None
    if chosen is None or chosen.get("gone"):
        raise RefusedError("Välj vilken fil som ska spärras, bland dem som finns i mejlet.")
    title = f"Fil {file_number}, {_named(row)}, {came}"
    begun = _begun(act, ground, title, row.obligation_key)
    _file(act, begun, chosen["sha256"], keep_name=True)
    return begun


def _named(row: Incoming) -> str:
    return f"Mejl från {row.sender}" if row.sender else "Överlämnade filer"


def is_withheld(session: Session, row: Incoming) -> bool:
    """Tell whether all of a mail is withheld."""
    return any(WHOLE in each.detail["strip"] for each in withheld.laid(session, "mail", row.id))


def keep_withheld(act: Act, sha256: str | None) -> Withheld | None:
    """Withhold the same file again where it has come in anew; None when it is not withheld."""
    held = withheld.holds(act.scene.session, "file", [sha256]).get(sha256) if sha256 else None
    if held and sha256:
        _file(act, held, sha256, keep_name=True)
    return held


def refuse_gone(session: Session, row: Submission) -> None:
    """Raise RefusedError for a version whose content is gone or withheld already."""
    if gone := removals.removals(session, [row.id]).get(row.id):
        raise RefusedError(f"Versionen är redan {gone.kind}, av {gone.by}.")
    if held := withheld.of_versions(session, [row.id]).get(row.id):
        raise RefusedError(f"Versionen är redan spärrad, av {held.by}. Häv spärren först.")


def readers_of(scene: Scene, typed: Iterable[str], rules: LoginRules) -> tuple[str, ...]:
    """Return the persons whom typed addresses name, by id.

    Raises RefusedError for nobody, for a stranger, and for one who can never log in: then nobody could open it.
    """
    session = scene.session
    found: dict[str, None] = {}
    for address in (each.strip() for each in typed):
        if not address:
            continue
        people = people_at(session, address)
        if not people:
            raise RefusedError(
                f"Ingen med adressen '{address}' finns bland personerna. Lägg in den som ska få öppna under Personer och "
                "roller, eller ange en annan adress."
            )
        if cannot_log_in(session, scene.office, rules, address, scene.today):
            raise RefusedError(
                f"{people[0].name} ({address}) har ingen roll som får logga in, och kan därför aldrig öppna det som "
                f"spärras. Ange någon som kan: {scene.office.definition.office_said}, registratorn eller ett organs "
                "sekreterare. Eller ge personen en sådan roll under Personer och roller först."
            )
        found |= dict.fromkeys(person.id for person in people)
    if not found:
        raise RefusedError("Ange vem som får öppna det som spärras: minst en persons e-postadress.")
    return tuple(found)


def word(held: Withheld) -> str:
    """Return what everybody may read: by whom it is withheld, since when and on which ground."""
    return f"Spärrad av {held.by} {day_text(local_date(held.at))} enligt {held.lagrum}."


def _begun(act: Act, ground: Ground, title: str, key: ObligationKey | None) -> Withheld:
    """Begin a spärr. Raises RefusedError without a lagrum, a reason, or anybody who may open it."""
    session, lagrum = act.scene.session, " ".join(ground.lagrum.split())
    if len(lagrum) < SHORTEST_REASON or not any(char.isdigit() for char in lagrum):
        raise RefusedError(
            "Skriv enligt vilket lagrum det är spärrat, till exempel: 21 kap. 7 § offentlighets- och sekretesslagen."
        )
    readers = readers_of(act.scene, ground.readers, ground.rules)
    row = withheld.begin(
        session, title=title, key=key, lagrum=lagrum, why=act.reason, readers=readers, by=act.by, now=act.scene.now
    )
    act.log(
        BEGUN, key, {"withheld": row.id, "what": title, "lagrum": lagrum, "why": act.reason, "readers": list(readers)}
    )
    return row


def _file(act: Act, held: Withheld, sha256: str, *, keep_name: bool) -> None:
    """Withhold one file: every version that is this very file, and the file in the mails that brought it."""
    session, names = act.scene.session, set[str]()
    before = withheld.of_versions(session, (row.id for row in withheld.same_file(session, sha256)))
    gone = removals.removals(session, (row.id for row in withheld.same_file(session, sha256)))
    for row in withheld.same_file(session, sha256):
        if row.id not in before and row.id not in gone:
            names |= {row.filename} if row.filename and not keep_name else set()
            _version(act, held, row, keep_name=keep_name)
    mails = incoming.with_files(session, [sha256])
    withheld.lay_file(session, held, sha256, next(_enclosed(session, mails, sha256), None))
    for mail in mails:
        _mail(act, held, mail, [sha256], names)


def _enclosed(session: Session, mails: Sequence[Incoming], sha256: str) -> Iterator[bytes]:
    """Give a file as it lies in mails."""
    for mail in mails:
        found = files_in(submissions.content(session, mail.sha256) or b"")
        if sha256 in found:
            yield found[sha256]


def _version(act: Act, held: Withheld, row: Submission, *, keep_name: bool) -> None:
    """Withhold one version with what quotes it."""
    scene, session = act.scene, act.scene.session
    one = scene.wheel.obligations.get(row.obligation_key)
    part = next((each for each in one.parts if each.id == row.part), None) if one else None
    quotes = {each for each in quotes_of(session, [row]) if len(each) >= SHORTEST_QUOTE}
    names = {row.filename} if row.filename and not keep_name else set[str]()
    if one and part:
        forget_what_was_made(scene, one)
        for letter in letters_repeating(scene, one, part, [row], quotes, names):
            if not withheld.laid(session, "letter", letter.id):
                withheld.lay(session, held, "letter", letter.id, {}, letter.mime)
                reword(letter, hidden_letter(scene, letter.mime, LETTER))
            elif held.id not in {each.withheld_id for each in withheld.laid(session, "letter", letter.id)}:
                withheld.lay(session, held, "letter", letter.id, {})
    _log_rows(
        act, held, _rows_of(act, row, one, part, quotes | names)
    )  # before its row: they are found by what it says
    for opened in said_of(session, row):
        if opened.said != SAID:
            withheld.lay(session, held, "opening", opened.id, {"was": opened.said})
            say(session, opened.id, SAID)
    withheld.lay_version(session, held, row, asdict(noted(held, complete=row.complete)), keep_name=keep_name)


def cover_again(act: Act, key: ObligationKey) -> None:
    """Withhold anew what repeats the versions of an obligation that are still withheld: another spärr had held it for them."""
    scene, session = act.scene, act.scene.session
    one, every = scene.wheel.obligations.get(key), submissions.versions(session, [key])
    rows = {row.id: row for many in every.values() for row in many}
    for number, held in withheld.of_versions(session, rows).items():
        part = next((each for each in one.parts if each.id == rows[number].part), None) if one else None
        quotes = {each for each in withheld.words_of(session, number) if len(each) >= SHORTEST_QUOTE}
        for letter in letters_repeating(scene, one, part, [rows[number]], quotes, ()) if one and part else ():
            withheld.lay(session, held, "letter", letter.id, {}, letter.mime)
            reword(letter, hidden_letter(scene, letter.mime, LETTER))
        _log_rows(act, held, _rows_of(act, rows[number], one, part, quotes))


def _rows_of(
    act: Act, row: Submission, one: Obligation | None, part: PartOwed | None, words: Collection[str]
) -> list[LogRow]:
    found = {each.id: each for each in telling(act.scene.session, row.obligation_key, words)}
    if one and part:
        found |= {each.id: each for each in rows_telling_figures(act.scene, one, part, [row])}
    return list(found.values())


def noted(held: Withheld, *, complete: bool) -> Finding:
    """Return the finding that stands where the others stood: the version is as complete as it was."""
    mend = "" if complete else f"Den var inte komplett när den spärrades: lämna in en ny version. {_PATIENCE}"
    return Finding(
        rule=withheld.RULE, severity=NOTED if complete else STOP, place="Innehållet", message=word(held), mend=mend,
        lagrum=held.lagrum,
    )  # fmt: skip


def _mail(act: Act, held: Withheld, row: Incoming, strip: Sequence[str], names: Collection[str] = ()) -> None:
    """Withhold all of a mail, or files in it (by SHA-256)."""
    session = act.scene.session
    before = withheld.laid(session, "mail", row.id)
    if not any(each.withheld_id == held.id for each in before):
        was = {
            "subject": row.subject, "note": row.note, "files": list(row.files), "kind": row.kind, "sha256": row.sha256,
        }  # fmt: skip
        raw = None if before else submissions.content(session, row.sha256)
        taken = {"strip": list(strip), "names": sorted(names)}
        withheld.lay(session, held, "mail", row.id, taken | ({} if before else {"was": was}), raw)
    words = {*names, *((row.subject,) if WHOLE in strip and len(row.subject) >= SHORTEST_QUOTE else ())}
    told = telling(session, row.obligation_key, words, MAIL_KINDS)
    handled = telling(session, None, [f'"incoming": {row.id}'], ["mail.handled"]) if WHOLE in strip else []
    about_it = [each for each in handled if each.detail and each.detail.get("incoming") == row.id]
    _log_rows(act, held, list({each.id: each for each in (*told, *about_it)}.values()))
    show_mail(session, row)


def show_mail(session: Session, row: Incoming) -> None:
    """Let a mail show what no spärr that holds takes out of it."""
    pieces = withheld.laid(session, "mail", row.id)
    kept = next(each for each in pieces if "was" in each.detail)
    was, strip = kept.detail["was"], {each for piece in pieces for each in piece.detail["strip"]}
    names = {each for piece in pieces for each in piece.detail["names"]}
    if WHOLE in strip:
        files = [{**each, "gone": True, "name": NAME} for each in was["files"]]
        raw = bare_of(row, "Mejlets innehåll är spärrat.", SUBJECT)
        incoming.show(session, row, raw, files=files, subject=SUBJECT, note="Mejlet är spärrat.")
        return
    files = [
        each | ({"gone": True} if each["sha256"] in strip else {}) | ({"name": NAME} if each["name"] in names else {})
        for each in was["files"]
    ]
    raw = without_files(kept.content, strip, "spärrad") if kept.content is not None else bare_of(row, "")
    incoming.show(session, row, raw, files=files, subject=was["subject"], note=was["note"])


def _log_rows(act: Act, held: Withheld, rows: Sequence[LogRow]) -> None:
    """Withhold what these rows of the log tell; the chain still holds."""
    session = act.scene.session
    told = [row for row in rows if row.what not in (log_gallring.GALLRAD, log_gallring.WITHHELD, BEGUN) and row.detail]
    taken = [row for row in chained(session, told) if row.number is not None and row.detail is not None]
    for row in taken:
        withheld.lay(session, held, "log", row.number, {"was": row.detail})
    if taken:
        log_gallring.withhold(session, taken, act.by, held.lagrum, act.scene.now)
