"""The kvittens: a letter of its own to the registered address of whoever hands in, as soon as it is received."""

from collections.abc import Iterator, Sequence
from dataclasses import replace
from datetime import datetime

from actions.readers import link_for, reader_of
from actions.recipients import REGISTRATOR
from actions.scene import Scene, Sight
from actions.telling import missing
from actions.underlag.budget_warning import warn_of_budget
from arshjul.definition.model import Definition
from arshjul.keys import ObligationKey, RoleId
from arshjul.ladder.standing import State
from arshjul.year.wheel import Obligation
from notifications.letters import compose
from notifications.letters.freezing import freeze
from notifications.letters.views.composed import Reader
from notifications.letters.views.notice_view import MissingPart
from notifications.letters.views.receipt_view import ReceiptFinding, ReceiptPart, ReceiptView, StandsView, WholePart
from notifications.office import Office
from notifications.plain import defused
from store.database import Session
from store.handins import versions as submissions
from store.post.correspondence import is_written
from store.post.letter_keys import LetterKey, in_key
from store.tables import LetterRow, Person
from submissions.intake.received import Received
from submissions.standing.completeness import PartState, all_complete
from submissions.standing.version_history import Since, since_before

REFUSED = "nekad"
MOST = 12  #: changes that a kvittens tells; the page tells them all
KIND = "kvittens"


def write_receipt(
    session: Session, office: Office, received: Sequence[Received], person: Person, now: datetime
) -> list[LetterRow]:
    """Freeze one kvittens for what one person handed in at once to one report, with what goes in with it.

    Nothing for what was refused. It says how all stands that the files are part of: the report, what is handed in with
    it, and what a decision finalises. What the ekonomikontor must know the same hour goes with it.
    """
    scene = Scene(session, office, now)
    letters = warn_of_budget(session, office, received, now)
    taken = [each for each in received if each.outcome != REFUSED]
    for host in dict.fromkeys(each.obligation.host or each.obligation.key for each in taken):
        parts = [each for each in taken if host in (each.obligation.key, each.obligation.host)]
        letters += _write(scene, parts, person)
    return letters


def write_completed(scene: Scene, key: ObligationKey, why: str) -> list[LetterRow]:
    """Freeze the kvittens of an underlag that became complete by no hand-in: to each who answers for a part of it.

    ``why`` is a whole sentence. Nothing while something is missing.
    """
    one, sight = scene.wheel.obligations[key], scene.look([key])
    if not sight.complete(one):
        return []
    view, letters = _view(scene, one, [one], ()), list[LetterRow]()
    view = replace(view, became_complete=why)
    for role in dict.fromkeys(part.role for part in one.parts):
        person = scene.people.who(role, one.unit)
        name = LetterKey.of(key, "komplett", f"{scene.now.timestamp():.0f}", in_key(person.id if person else None))
        if person and not is_written(scene.session, name):
            letters += _freeze(scene, one, name, view, person, role, register=not letters)
    return letters


def _write(scene: Scene, taken: Sequence[Received], person: Person) -> list[LetterRow]:
    """Freeze the kvittens of parts that are handed in together: to one report, or to what goes in with it."""
    touched = [scene.wheel.obligations[key] for key in dict.fromkeys(each.obligation.key for each in taken)]
    main = next((one for one in touched if one.host is None), touched[0])
    view = _view(scene, main, touched, taken)
    key = LetterKey.of_receipt(main.key, [(each.part.id, each.version) for each in taken], scene.now)
    return _freeze(scene, main, key, view, person, taken[0].part.role, register=True)


def _freeze(
    scene: Scene, one: Obligation, key: LetterKey, view: ReceiptView, person: Person, role: RoleId, *, register: bool
) -> list[LetterRow]:
    """Freeze it with the way back to the page; the registrator reads a complete one without that, which is another's."""
    link = link_for(scene, person)
    registered = scene.people.who(REGISTRATOR, None) if register and view.makes_whole else None
    apart = registered if link and registered and registered.id != person.id else None

    def written(key: LetterKey, reader: Reader, to: Person, cc: Sequence[str]) -> LetterRow | None:
        told = replace(view, to_register=to is apart)
        composed = compose.receipt(reader, told, scene.office.sender)
        return freeze(
            scene.session, scene.office, scene.now, key=key, kind=KIND, composed=composed, to=to, cc=cc,
            thread=one.occurrence,
        )  # fmt: skip

    cc = [registered.address] if registered and not apart else []
    letters = [written(key, reader_of(scene, person, role, link), person, cc)]
    if apart:
        letters.append(written(key.registered, reader_of(scene, apart, REGISTRATOR), apart, []))
    return [letter for letter in letters if letter]


def _view(scene: Scene, main: Obligation, touched: Sequence[Obligation], taken: Sequence[Received]) -> ReceiptView:
    wheel, definition = scene.wheel, scene.office.definition
    hosted = wheel.hosted.get(main.key, ())
    finalised = [found for one in touched if one.finalises and (found := wheel.obligations.get(one.finalises))]
    every = list(dict.fromkeys([*touched, *hosted, *finalised]))
    sight = scene.look([one.key for one in every])
    files = {each.part.id for each in taken if each.obligation.key == main.key}
    also = [one for one in hosted if any(each.by in files for each in one.fulfilled)]
    stand = sight.with_hosted(main) if main.host is None else sight.states[main.key]
    lines = tuple(_line(sight, one) for one in every)
    return ReceiptView(
        step_name=main.step_name,
        report=main.report,
        period_text=main.period.text,
        unit_name=main.unit_name,
        unit_said=main.unit_said,
        received_at=max((each.received_at for each in taken), default=scene.now),
        registered_by=taken[0].registered_by if taken else None,
        registered_at=scene.now if taken and taken[0].registered_by else None,
        late=any(each.late for each in taken),
        by=taken[0].by if taken else "",
        parts=tuple(_part(scene.session, definition, each) for each in taken),
        still_missing=tuple(_missing(scene, main, stand)),
        due_at=main.deadline.at,
        preliminary=sight.state(main) is State.PRELIMINAR,
        diarienummer=scene.diarienummer(main.occurrence),
        whole=tuple(_whole(state) for state in stand),
        stands=lines if len(lines) > 1 else (),
        makes_whole=any(all_complete(sight.states[one.key]) for one in (*touched, *also)),
    )


def _missing(scene: Scene, main: Obligation, stand: Sequence[PartState]) -> Iterator[MissingPart]:
    """Give what is missing; of what another report's file is, too, with where it is handed in."""
    places = {each.part.id: each.by for each in main.fulfilled}
    for state in stand:
        for lack in missing(scene, [state]):
            if main.host and state.obligation_key == main.host:
                host = scene.wheel.obligations[main.host]
                name = next(part.name for part in host.parts if part.id == places[state.part.id]).partition(" (")[0]
                yield replace(lack, mend=lack.mend or f"Den lämnas som {name} med {host.name}.")
            else:
                yield lack


def _line(sight: Sight, one: Obligation) -> StandsView:
    """Return how one of what the files are part of stands, in the word that the board has for it."""
    lacking = [state.part.name.partition(" (")[0] for state in sight.states[one.key] if not state.complete]
    return StandsView(
        name=f"{one.name[:1].upper()}{one.name[1:]}, {one.report}"
        if one.step_definite not in one.name
        else f"{one.name[:1].upper()}{one.name[1:]} {one.period.text}",
        state=sight.state(one).word.lower(),
        lacking=tuple(lacking),
    )


def _whole(state: PartState) -> WholePart:
    return WholePart(
        name=state.part.name,
        filename=defused(state.filename) if state.filename else None,
        version=state.version,
        sha256=state.sha256,
        ej_aktuellt=state.ej_aktuellt is not None,
    )


def _part(session: Session, definition: Definition, received: Received) -> ReceiptPart:
    since = _since(session, definition, received)
    return ReceiptPart(
        name=received.part.name,
        filename=defused(received.filename) if received.filename else None,
        version=received.version or 1,
        sha256=received.sha256,
        complete=received.complete,
        findings=tuple(
            ReceiptFinding(
                severity=found.severity,
                place=found.place,
                message=found.message,
                mend=found.mend,
                lagrum=found.lagrum,
            )
            for found in received.findings
        ),
        ej_aktuellt=received.ej_aktuellt,
        changed_since=since.version if since else None,
        changes=tuple(change.words for change in since.changes[:MOST]) if since else (),
        more_changes=max(0, len(since.changes) - MOST) if since else 0,
    )


def _since(session: Session, definition: Definition, received: Received) -> Since | None:
    """Return what this version changed since the one before it; None when there is none to compare with."""
    if received.outcome != "mottagen":
        return None  # the version stood there before, and its kvittens has told it
    one = received.obligation
    rows = submissions.versions(session, [one.key]).get((one.key, received.part.id), [])
    mine = [row for row in rows if row.version <= (received.version or 0)]
    newest = next(iter(mine), None)
    return (
        since_before(session, definition, [one], {(one.key, received.part.id): mine}).get(newest.id) if newest else None
    )
