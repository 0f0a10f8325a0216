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
from actions.people.deputies import NamedDeputy, name_own_deputy, refuse_deputy
from actions.plan.silencing import refuse_own_rest, rest
from actions.scene import Scene
from actions.underlag.anstand import ask_anstand, grantable
from arshjul.errors import RefusedError
from arshjul.keys import joined, seat_key
from arshjul.swedish import day_text, instant_text, listing
from arshjul.year.wheel import Obligation
from portal.mine.link_reach import Reach, seat_text
from portal.web.denials import DeniedError
from portal.web.forms import day_of, text_of, texts_of
from store.access.codes import Kind
from store.people import seats
from store.tables import Holder

NOT_YOURS = "Det hör inte till din länk. Gå tillbaka till din sida och välj därifrån."
BY_PAGE = "Utsedd på den personliga sidan, bekräftat med kod."


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
        raise DeniedError(NOT_YOURS, "någon annans krav", who=asking.link_id, key=key[:200])
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
    refuse_own_rest(asking.scene, one, until, asking.mine.owes)
    frist = instant_text(one.deadline.at)
    words = f"att breven om {what_of(one)} vilar till och med {day_text(until)}. Fristen står fast: {frist}."
    return {"where": where_of(one), "until": until.isoformat(), "why": why, "words": words}


def _deputy(asking: Asking, form: FormData) -> dict[str, Any]:
    held = own_seats(asking)
    chosen = set(texts_of(form, "roll"))
    wanted = [row for row in held if len(held) == 1 or seat_key(row.role, row.unit) in chosen]
    if not wanted:
        raise RefusedError("Välj minst en av rollerna som ersättaren ska ha.")
    first, last = day_of(form, "fran", "första dagen"), day_of(form, "till", "sista dagen")
    deputy = NamedDeputy(name=text_of(form, "namn"), address=text_of(form, "e-post"), first=first, last=last)
    refuse_deputy(asking.scene, asking.mine.person, wanted, deputy)
    roles = [seat_text(asking.scene.wheel, (row.role, row.unit)) for row in wanted]
    words = (
        f"att {deputy.name} ({deputy.address}) blir din ersättare från {day_text(first)} till och med {day_text(last)}, "
        f"som {listing(roles)}. Breven går dit under de dagarna."
    )
    return {
        "seats": [[row.role, row.unit] for row in wanted], "roles": roles, "name": deputy.name, "address": deputy.address,
        "first": first.isoformat(), "last": last.isoformat(), "words": words,
    }  # fmt: skip


def _extract(_asking: Asking, _form: FormData) -> dict[str, Any]:
    return {"words": "att hämta ett registerutdrag: alla uppgifter om dig som finns i årshjulet."}


def _nothing(_asking: Asking, _what: Mapping[str, Any]) -> None:
    """What is asked for is fetched afterwards, by the code that was shown."""


def _ask_anstand(asking: Asking, what: Mapping[str, Any]) -> None:
    one, person = _chosen(asking, what["where"]), asking.mine.person
    act = Act(asking.scene, person.name, what["why"])
    ask_anstand(act, person, one.key, date.fromisoformat(what["until"]))


def _rest(asking: Asking, what: Mapping[str, Any]) -> None:
    one, until = _chosen(asking, what["where"]), date.fromisoformat(what["until"])
    refuse_own_rest(asking.scene, one, until, asking.mine.owes)
    rest(Act(asking.scene, asking.mine.person.name, what["why"]), one.key, until)


def _name_deputy(asking: Asking, what: Mapping[str, Any]) -> None:
    first, last = (date.fromisoformat(what[each]) for each in ("first", "last"))
    deputy = NamedDeputy(name=what["name"], address=what["address"], first=first, last=last)
    asked = {(role, unit) for role, unit in what["seats"]}
    wanted = [row for row in own_seats(asking) if (row.role, row.unit) in asked]
    if len(wanted) != len(asked):
        raise RefusedError("Du har inte längre den rollen. Ladda om din sida.")
    person = asking.mine.person
    name_own_deputy(Act(asking.scene, person.name, BY_PAGE), person, wanted, deputy, what["roles"])


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
            done="Din begäran ligger hos {office}, som svarar i ett brev. Tills dess gäller fristen som den är.",
        ),
        "ersattare": Wish(
            kind="ersättare", title="Utse ersättare", read=_deputy, do=_name_deputy,
            done="Ersättaren är inlagd och får ett brev om det. Du når din sida som vanligt.",
        ),
        "vila": Wish(
            kind="vila", title="Vila breven", read=_vila, do=_rest,
            done="Påminnelserna vilar. Fristen står fast, och efter den går breven som vanligt.",
        ),
        "utdrag": Wish(
            kind="registerutdrag", title="Hämta ett registerutdrag", read=_extract, do=_nothing,
            done="Hämta utdraget här nedanför inom en kvart.",
        ),
    }
)  # fmt: skip
BY_KIND: Mapping[str, Wish] = MappingProxyType({wish.kind: wish for wish in WISHES.values()})
