"""How each kind of letter is held against how things stand: it goes as it is, is written anew, waits, or is taken back."""

from collections.abc import Callable, Mapping
from datetime import timedelta

from actions.copied import about, still_reading, told_in
from actions.ladder import afterwards, daily, unheard
from actions.ladder.daily import compose_daily
from actions.ladder.ended_letters import left_before
from actions.ladder.raising import compose_escalation, escalation_copies
from actions.ladder.staleness import still_so
from actions.papers import paper_copies
from actions.papers.before_body import body_of
from actions.papers.paper_copies import compose_copy, named_role
from actions.scene import Scene
from actions.underlag.readdressing import readdress, readdress_to_body
from notifications.letters import code_letter, login_letter
from notifications.letters.freezing import goes_to_office_instead, refreeze
from store.access import codes, login_links
from store.people.holders import person_of
from store.plan.matters import ended_since, every_open, matter_of, open_matters
from store.post.correspondence import has_other_daily, is_newest_of_kind, put, take_back
from store.post.letter_changes import be_of_day, end_handed, leave_to, let_wait, take_out
from store.post.letter_keys import LetterKey
from store.post.letter_states import CHANGED_MATTER, REMAINS, REMINDED, RESERVED, WAITING, may_have_come
from store.post.told_notices import notices_in
from store.savepoints import settle
from store.tables import LetterRow, Matter, NoticeRow, Person

AGAIN = timedelta(
    minutes=15
)  #: when a letter that could not be held against anything, or is of another utskick, is tried again

DONE = "det har kommit in, eller gäller inte längre"
OTHER_WAY = "utskick är ett annat än när brevet skrevs"
TOMORROW = "läsaren har fått dagens brev"
SPLIT = "ärendena går till olika möten"
OVER = "tiden för det är ute"
NEWER = "ett nyare brev finns"
ASKED = "det begärs igen"
MOVED_ON = "ärendet är avslutat eller går till ett annat möte"


def hold(scene: Scene, letter: LetterRow) -> None:
    """Hold a letter that waits, or is on lease to us, against how things stand: as it is, written anew or taken back."""
    to = person_of(scene.session, letter.person_id)
    if not letter.shadow and _goes_sharply_only(scene, letter, to):
        let_wait(letter, scene.now + AGAIN)
    elif letter.handed_at is not None:
        _hold_copy(scene, letter)
    elif letter.shadow and scene.office.utskick == "skarpt":
        take_back(scene.session, letter, OTHER_WAY, scene.now)
    elif (held := _HELD.get(letter.kind)) is not None:
        held(scene, letter, to)


def _goes_sharply_only(scene: Scene, letter: LetterRow, to: Person | None) -> bool:
    """Tell whether a sharp letter is one that nobody but its readers may get, and letters go to the ekonomikontor now.

    It waits until utskick is skarpt again, also for a copy: its key is taken, so that nothing would write it anew.
    """
    theirs = bool(letter.cc or notices_in(scene.session, letter))
    asked_for = letter.kind in (login_letter.KIND, code_letter.KIND)
    return not asked_for and goes_to_office_instead(scene.office, to, letter.kind, has_readers=theirs)


def _hold_copy(scene: Scene, letter: LetterRow) -> None:
    """Let a copy go to those who read along still, and to nobody when what it says is no longer so.

    Whom the letter is to has it, as it was then.
    """
    told, sight = notices_in(scene.session, letter), told_in(scene, letter)
    over = bool(told) and all(sight.complete(one) for one in sight.obligations)
    reading = () if over else still_reading(scene, letter, letter.pending or ())
    if reading:
        leave_to(letter, {each: words for each, words in (letter.pending or {}).items() if each in reading})
    else:
        end_handed(letter)


def _hold_daily(scene: Scene, letter: LetterRow, to: Person | None) -> None:
    if not (notices := _live(scene, letter)):
        return
    alone = letter.kind == daily.MOVED_KIND and daily.cannot_wait(scene, notices)
    if not alone and has_other_daily(scene.session, letter, scene.today):
        if may_have_come(letter):  # what it tells stands in no other
            put(scene.session, letter, notices)
            let_wait(letter, daily.next_morning(scene))
        else:
            take_back(scene.session, letter, TOMORROW, scene.now)
        return
    sight = scene.look({notice.obligation_key for notice in notices})
    written = compose_daily(sight, to.id if to else None, notices)
    put(scene.session, letter, notices)
    be_of_day(letter, scene.today)  # it is today's letter to this reader, whenever it was begun
    refreeze(
        scene.session,
        scene.office,
        scene.now,
        letter,
        composed=written.composed,
        to=to,
        cc=written.cc,
        rung=written.rung,
        notices=notices,
    )


def _hold_escalation(scene: Scene, letter: LetterRow, to: Person | None) -> None:
    known = dict(open_matters(scene.session, {each.obligation_key for each in notices_in(scene.session, letter)}))
    notices = [each for each in _live(scene, letter) if each.obligation_key in known]
    if not notices:
        if letter.state in (WAITING, RESERVED):
            take_back(scene.session, letter, DONE, scene.now)
        return
    matters = [known[each.obligation_key] for each in notices]
    if len({(body_of(scene, matter), matter.meeting_day) for matter in matters}) > 1:
        take_back(scene.session, letter, SPLIT, scene.now)
        return
    sight = scene.look({notice.obligation_key for notice in notices})
    composed = compose_escalation(sight, to, notices, matters[0])
    put(scene.session, letter, notices)
    refreeze(
        scene.session, scene.office, scene.now, letter,
        composed=composed, to=to, cc=escalation_copies(scene, letter, notices), rung=letter.rung, notices=notices,
    )  # fmt: skip


def _live(scene: Scene, letter: LetterRow) -> list[NoticeRow]:
    """Return the notices that are still so, out of their letter for now; without any the letter is taken back."""
    notices = still_so(scene, letter)
    if not notices:
        take_back(scene.session, letter, DONE, scene.now)
    take_out(notices)
    settle(scene.session)
    return notices


def _hold_case(scene: Scene, letter: LetterRow, _to: Person | None) -> None:
    """A case of the ekonomikontor's goes as long as any of it is so."""
    if not still_so(scene, letter):
        take_back(scene.session, letter, DONE, scene.now)


def _hold_word(scene: Scene, letter: LetterRow, _to: Person | None) -> None:
    """A word about one underlag to mend or to hand in again is nothing to whoever has done it, or has left the role.

    What is told along with it (that the frist moved, a reminder) counts as told only while it is so.
    """
    one = about(scene, letter)
    still_so(scene, letter)
    if one and scene.look([one.host or one.key]).complete(scene.wheel.obligations[one.host or one.key]):
        take_back(scene.session, letter, DONE, scene.now)
    elif one:
        readdress(scene, letter, one)


def _hold_moved_matter(scene: Scene, letter: LetterRow, _to: Person | None) -> None:
    """A word of where a matter went (``.../12-2027-10-12/reader``, or ``.../12-ks/reader``) is so as long as it lies there."""
    moved = LetterKey(letter.key).moved_to
    matter = matter_of(scene.session, moved[0]) if moved else None
    alike = [each for each in every_open(scene.session) if matter and _together(scene, matter, each)]
    here = [each for each in alike if moved and moved[1] in (str(each.meeting_day or "direkt"), each.body)]
    if not here:  # one letter tells of all that moved together
        take_back(scene.session, letter, MOVED_ON, scene.now)
    elif body := body_of(scene, here[0]):
        readdress_to_body(scene, letter, body)


def _together(scene: Scene, matter: Matter, other: Matter) -> bool:
    """Tell whether two matters are of one report and one body: two bodies that meet on one day have a matter each."""
    same = matter.obligation_key.occurrence == other.obligation_key.occurrence
    return same and body_of(scene, matter) == body_of(scene, other)


def _hold_changed(scene: Scene, letter: LetterRow, _to: Person | None) -> None:
    """A word of what remains of a matter is so until something of that has ended too, which a newer letter tells."""
    changed = LetterKey(letter.key).moved_to
    matter = matter_of(scene.session, changed[0]) if changed else None
    ended = ended_since(scene.session, matter.meeting_day, letter.made_at) if matter else []
    if matter and any(_together(scene, matter, each) for each in ended):
        take_back(scene.session, letter, NEWER, scene.now)


def _hold_paper_copy(scene: Scene, letter: LetterRow, to: Person | None) -> None:
    """A copy of a paper is written anew of what is still before the body; none goes of what is not, or to one it names no more."""
    copied = LetterKey(letter.key).moved_to
    matter = matter_of(scene.session, copied[0]) if copied else None
    late = (
        left_before(scene, matter, body_of(scene, matter))
        if matter and copied and str(matter.meeting_day or "direkt") == copied[1]
        else []
    )
    sight = scene.look([one.key for one in late])
    role = named_role(sight, late, matter, to) if matter and late and to else None
    if not (matter and to and role):
        take_back(scene.session, letter, MOVED_ON, scene.now)
        return
    refreeze(
        scene.session, scene.office, scene.now, letter, composed=compose_copy(sight, role, to, late, matter), to=to
    )


def _hold_timed(lifetime: timedelta) -> "Held":
    def held(scene: Scene, letter: LetterRow, _to: Person | None) -> None:
        if scene.now - letter.made_at > lifetime:
            take_back(scene.session, letter, OVER, scene.now)

    return held


def _hold_newest(scene: Scene, letter: LetterRow, _to: Person | None) -> None:
    if not is_newest_of_kind(scene.session, letter):
        take_back(scene.session, letter, NEWER, scene.now)


def _hold_gone(scene: Scene, letter: LetterRow, _to: Person | None) -> None:
    """A word that something is no longer asked for is none when it is asked for again before the word has gone."""
    if about(scene, letter):
        take_back(scene.session, letter, ASKED, scene.now)


Held = Callable[[Scene, LetterRow, Person | None], None]

#: how each kind is held; the others tell what has happened, which stays so
_HELD: Mapping[str, Held] = {
    daily.KIND: _hold_daily,
    "eskalering": _hold_escalation,
    daily.MOVED_KIND: _hold_daily,
    unheard.KIND: _hold_case,
    afterwards.KIND: _hold_case,
    CHANGED_MATTER: _hold_changed,
    REMAINS: _hold_changed,
    paper_copies.KIND: _hold_paper_copy,
    "flyttat": _hold_moved_matter,
    "överlämnat ärende": _hold_moved_matter,
    REMINDED: _hold_word,
    "återremiss": _hold_word,
    "ändrad bokföring": _hold_word,
    "borttagen handling": _hold_word,
    "begärs inte längre": _hold_gone,
    login_letter.KIND: _hold_timed(login_links.LIFETIME),
    code_letter.KIND: _hold_timed(codes.LIFETIME),
    "veckans brev": _hold_newest,
}
