"""Häva en spärr, and say anew who may open what is withheld. What was withheld stands where it stood again."""

from collections.abc import Sequence

from actions.act import Act
from actions.contents.forgetting import forget_what_was_made
from actions.contents.withholding import cover_again, readers_of, show_mail
from actions.entry import LoginRules
from arshjul.errors import RefusedError
from store.handins import versions as submissions
from store.handins import withheld
from store.log import log_gallring
from store.plan.waking import wake
from store.post import incoming
from store.post.letter_changes import reword
from store.post.letters import letter_afresh
from store.registers.openings import say
from store.savepoints import settle
from store.tables import Withheld, WithheldPiece
from submissions.standing.version import judge_again


def lift(act: Act, withheld_id: int) -> Withheld:
    """Lift a spärr, for a reason: all that lies behind it is put back where it lay.

    What another spärr holds too stays with that one. Raises RefusedError for one that is not there or is lifted, and
    without a reason.
    """
    session, held, why = act.scene.session, holding(act, withheld_id), act.reason
    pieces = withheld.pieces(session, held)
    for piece in sorted(pieces, key=lambda each: each.kind):  # files before the mails and versions that have them
        others = [each for each in withheld.laid(session, piece.kind, piece.ref) if each.withheld_id != held.id]
        if others:
            withheld.pass_on(piece, others[0])
            continue
        _put_back(act, piece)
    act.log("withheld.lifted", held.obligation_key, {"withheld": held.id, "what": held.title, "why": why})
    withheld.end(session, held, act.by, why, act.scene.now)
    versions = [submissions.by_id(session, int(each.ref)) for each in pieces if each.kind == "version"]
    for key in dict.fromkeys(row.obligation_key for row in versions if row):
        cover_again(act, key)
    for ref in {int(each.ref) for each in pieces if each.kind == "mail"}:
        row = incoming.by_id(session, ref)
        if row is not None and withheld.laid(session, "mail", ref):
            show_mail(session, row)
    return held


def name_readers(act: Act, withheld_id: int, typed: Sequence[str], rules: LoginRules) -> Withheld:
    """Say who may open it from now on. Raises RefusedError as :func:`readers_of` does, and for one that is lifted."""
    held = holding(act, withheld_id)
    before, after = list(held.readers), readers_of(act.scene, typed, rules)
    withheld.let_read(held, after)
    told = {"withheld": held.id, "what": held.title, "before": before, "readers": list(after)}
    act.log("withheld.named", held.obligation_key, told)
    return held


def holding(act: Act, withheld_id: int) -> Withheld:
    """Return a spärr that holds. Raises RefusedError."""
    held = withheld.by_id(act.scene.session, withheld_id)
    if held is None:
        raise RefusedError("Det finns ingen sådan spärr. Gå till Spärrat och välj där.")
    if held.lifted_at:
        raise RefusedError(f"Spärren är redan hävd, av {held.lifted_by}.")
    return held


def _put_back(act: Act, piece: WithheldPiece) -> None:
    scene, session = act.scene, act.scene.session
    match piece.kind:
        case "file":
            withheld.put_back_file(session, piece)
        case "version":
            if version := withheld.put_back_version(session, piece):
                judge_again(session, version)
                if one := scene.wheel.obligations.get(version.obligation_key):
                    forget_what_was_made(scene, one)
                    wake(session, [one.key], scene.now)
        case "letter":
            letter = letter_afresh(session, int(piece.ref))
            if letter is not None and piece.content is not None:
                reword(letter, piece.content)
        case "log":
            log_gallring.put_back(session, int(piece.ref), piece.detail["was"])
        case "opening":
            say(session, int(piece.ref), piece.detail["was"])
        case "mail":
            row, was = incoming.by_id(session, int(piece.ref)), piece.detail["was"]
            if row is not None and piece.content is not None:
                incoming.show(session, row, piece.content, files=was["files"], subject=was["subject"], note=was["note"])
    settle(session)
