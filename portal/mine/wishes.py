"""What a person can ask for on the personal page, held against the bounds at once: anstånd, a deputy, vila.

A wish is plain values and a sentence on it. It is done only when a code has come back (``portal.mine.asking``).
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from types import MappingProxyType
from typing import Any

from starlette.datastructures import FormData

from actions.act import Act, reason
from actions.people.deputies import tell_deputy
from actions.people.seating import name_deputy
from actions.plan.silencing import refuse_rest, rest
from actions.scene import Scene
from actions.underlag.anstand import ask_anstand, grantable
from arshjul.errors import RefusedError
from arshjul.keys import joined
from arshjul.swedish import STOCKHOLM, day_text, instant_text, listing
from arshjul.workdays import Workdays
from arshjul.year.wheel import Obligation
from portal.mine.view import Reach, seat_text
from portal.web.denials import DeniedError
from portal.web.forms import day_of, text_of, texts_of
from store.access.codes import Kind
from store.people import holders as people
from store.people import seats
from store.people.holders import known_person
from store.people.people_file import person_faults, person_id
from store.tables import Holder

LONGEST_DEPUTY = timedelta(days=183)  #: a longer time is the ekonomikontor's to enter
NOT_YOURS = "Det hör inte till din länk. Gå tillbaka till din sida och välj därifrån."
BY_PAGE = "Utsedd på den personliga sidan, bekräftat med kod."


class ForeignAddressError(RefusedError):
    """A deputy's address lies in a domain that is not ours."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Asking:
    """Who asks, and what the world looks like."""

    scene: Scene
    mine: Reach
    link_id: str


def obligations(asking: Asking) -> list[Obligation]:
    """Return what the person can ask about: what is open ahead, or late, and handed in by them; soonest first."""
    wheel, mine = asking.scene.wheel, asking.mine
    found = [
        one
        for one in wheel.obligations.values()
        if not one.host
        and one.deadline.last_day >= asking.scene.office.since
        and -timedelta(days=30) <= one.deadline.last_day - asking.scene.today <= timedelta(days=400)
        and any(mine.owes(each) for each in (one, *wheel.hosted.get(one.key, ())))
    ]
    sight = asking.scene.look([one.key for one in found])
    return sorted(
        (one for one in sight.obligations if not sight.complete(one)), key=lambda one: (one.deadline.at, one.key)
    )


def own_seats(asking: Asking) -> list[Holder]:
    """Return the seats of the link's roles that the person holds: a deputy names no deputy."""
    rows = seats.held_by(asking.scene.session, asking.mine.person.id, asking.scene.today)
    return [row for row in rows if (row.role, row.unit) in asking.mine.seats]


def where_of(one: Obligation) -> str:
    """Return how a form's field names an obligation: ``delarsrapport/2027-08/bildningsnamnden/underlag``."""
    return one.key.path


def latest(one: Obligation, workdays: Workdays) -> date | None:
    """Return the last working day that a frist can be moved to, at its own clock time; None: nothing bounds it."""
    if one.limit is None:
        return None
    limit, clock = one.limit.astimezone(STOCKHOLM), one.deadline.at.astimezone(STOCKHOLM).time()
    return workdays.previous(limit.date() if clock <= limit.time() else limit.date() - timedelta(days=1))


def what_of(one: Obligation) -> str:
    """Return an obligation as its owner knows it."""
    return f"{one.name}, {one.period.text}, {one.unit_name}"


def _chosen(asking: Asking, where: str) -> Obligation:
    if not where:
        raise RefusedError("Välj vilken inlämning det gäller.")
    key = joined(asking.scene.office.definition.kommun.id, where)
    one = asking.scene.wheel.find(key)
    group = (one, *asking.scene.wheel.hosted.get(one.key, ())) if one else ()
    if one is None or one.host or not any(asking.mine.owes(each) for each in group):
        raise DeniedError(NOT_YOURS, "another's obligation", who=asking.link_id, key=key[:200])
    return one


def _anstand(asking: Asking, form: FormData) -> dict[str, Any]:
    one = _chosen(asking, text_of(form, "galler"))
    why, until = reason(text_of(form, "skal")), day_of(form, "till", "vilken dag du önskar")
    grantable(asking.scene.wheel, one.key, until, asking.scene.now)
    words = f"att be om anstånd med {what_of(one)}, till och med {day_text(until)}."
    return {"where": where_of(one), "until": until.isoformat(), "why": why, "words": words}


def _vila(asking: Asking, form: FormData) -> dict[str, Any]:
    one = _chosen(asking, text_of(form, "galler"))
    why, until = reason(text_of(form, "skal")), day_of(form, "till", "till och med vilken dag")
    restable(asking, one, until)
    frist = instant_text(one.deadline.at)
    words = f"att breven om {what_of(one)} vilar till och med {day_text(until)}. Fristen står fast: {frist}."
    return {"where": where_of(one), "until": until.isoformat(), "why": why, "words": words}


def restable(asking: Asking, one: Obligation, until: date) -> None:
    """Raise RefusedError when the letters cannot rest: past the frist, or when others get them too."""
    refuse_rest(one, until, asking.scene.now)
    group = (one, *asking.scene.wheel.hosted.get(one.key, ()))
    others = {part.role for each in group for part in each.parts if part.id not in asking.mine.owes(each)}
    if others:
        roles = asking.scene.office.definition.roles
        names = listing([roles[role].definite for role in sorted(others)])
        raise RefusedError(
            f"Breven går också till {names}, som lämnar in en del var. Be ekonomikontoret om de ska vila för alla."
        )


def _deputy(asking: Asking, form: FormData) -> dict[str, Any]:
    held = own_seats(asking)
    chosen = set(texts_of(form, "roll"))
    wanted = [row for row in held if len(held) == 1 or seats.seat_key(row.role, row.unit) in chosen]
    if not wanted:
        raise RefusedError("Välj minst en av rollerna som ersättaren ska ha.")
    name, address = text_of(form, "namn"), text_of(form, "e-post")
    first, last = day_of(form, "fran", "första dagen"), day_of(form, "till", "sista dagen")
    _stands(asking, wanted, name, address, first, last)
    roles = [seat_text(asking.scene.wheel, (row.role, row.unit)) for row in wanted]
    words = (
        f"att {name} ({address}) blir din ersättare från {day_text(first)} till och med {day_text(last)}, "
        f"som {listing(roles)}. Breven går dit under de dagarna."
    )
    return {
        "seats": [[row.role, row.unit] for row in wanted], "roles": roles, "name": name, "address": address,
        "first": first.isoformat(), "last": last.isoformat(), "words": words,
    }  # fmt: skip


def _stands(asking: Asking, wanted: list[Holder], name: str, address: str, first: date, last: date) -> None:
    """Raise RefusedError for a deputy who cannot be: whose address is foreign, or whose days are none."""
    scene = asking.scene
    for fault in person_faults(name, address):
        raise RefusedError(f"{fault[:1].upper()}{fault[1:]}.")
    domains = people.own_domains(scene.session, scene.office.definition, scene.today)
    if people.domain_of(address) not in domains:
        ours = listing([f"@{each}" for each in domains]).replace(" och ", " eller ")
        raise ForeignAddressError(
            f"Ersättarens adress ska sluta på {ours}: breven går inte utanför kommunen. Skriv jobbadressen, "
            "eller be ekonomikontoret lägga in ersättaren."
        )
    if first < scene.today:
        raise RefusedError(f"{day_text(first)} har redan varit. Välj i dag eller senare som första dag.")
    if last < first:
        raise RefusedError(f"Sista dagen, {day_text(last)}, är före den första, {day_text(first)}.")
    if last - first > LONGEST_DEPUTY:
        raise RefusedError(
            f"Du kan utse en ersättare för högst ett halvår, från den dagen till {day_text(first + LONGEST_DEPUTY)}. "
            "Behövs det längre: be ekonomikontoret."
        )
    for row in wanted:
        if row.until and last > row.until:
            raise RefusedError(f"Din roll slutar {day_text(row.until)}. Ersättaren kan stå in längst till dess.")
    if person_id(address) == person_id(asking.mine.person.address):
        raise RefusedError("Det är din egen adress. Skriv ersättarens.")


def _ask_anstand(asking: Asking, what: Mapping[str, Any]) -> None:
    one, person = _chosen(asking, what["where"]), asking.mine.person
    act = Act(asking.scene, person.name, what["why"])
    ask_anstand(act, person, one.key, date.fromisoformat(what["until"]))


def _rest(asking: Asking, what: Mapping[str, Any]) -> None:
    one, until = _chosen(asking, what["where"]), date.fromisoformat(what["until"])
    restable(asking, one, until)
    rest(Act(asking.scene, asking.mine.person.name, what["why"]), one.key, until)


def _name_deputy(asking: Asking, what: Mapping[str, Any]) -> None:
    scene, person = asking.scene, asking.mine.person
    first, last = (date.fromisoformat(what[each]) for each in ("first", "last"))
    asked = {(role, unit) for role, unit in what["seats"]}
    wanted = [row for row in own_seats(asking) if (row.role, row.unit) in asked]
    if len(wanted) != len(asked):
        raise RefusedError("Du har inte längre den rollen. Ladda om din sida.")
    _stands(asking, wanted, what["name"], what["address"], first, last)
    known = next(iter(people.people_at(scene.session, what["address"])), None)
    name = known.name if known else what["name"]  # nobody renames somebody else from here
    address = known.address if known else what["address"]
    for row in wanted:
        name_deputy(Act(scene, person.name, BY_PAGE), (row.role, row.unit), name, address, first, last)
    deputy = known_person(scene.session, person_id(address))
    tell_deputy(scene, what["roles"], person, deputy, first, last)


@dataclass(frozen=True, slots=True, kw_only=True)
class Wish:
    """One kind of wish: how it is read off its form, and how it is done."""

    kind: Kind
    title: str
    done: str
    read: Callable[[Asking, FormData], dict[str, Any]]
    do: Callable[[Asking, Mapping[str, Any]], None]


#: by the address of its form
WISHES: Mapping[str, Wish] = MappingProxyType(
    {
        "anstand": Wish(
            kind="anstånd", title="Be om anstånd", read=_anstand, do=_ask_anstand,
            done="Din begäran ligger hos ekonomikontoret, som svarar i ett brev. Tills dess gäller fristen som den är.",
        ),
        "ersattare": Wish(
            kind="ersättare", title="Utse ersättare", read=_deputy, do=_name_deputy,
            done="Ersättaren är inlagd och får ett brev om det. Du når din sida som vanligt.",
        ),
        "vila": Wish(
            kind="vila", title="Vila breven", read=_vila, do=_rest,
            done="Påminnelserna vilar. Fristen står fast, och efter den går breven som vanligt.",
        ),
    }
)  # fmt: skip
BY_KIND: Mapping[str, Wish] = MappingProxyType({wish.kind: wish for wish in WISHES.values()})
