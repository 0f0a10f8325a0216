"""Who may log in, and as what: by the roles that an address holds in the store, and by what the settings name."""

from dataclasses import dataclass, field
from datetime import date

from actions.recipients import EKONOMIKONTORET, REGISTRATOR
from arshjul.definition.model import Definition
from arshjul.keys import RoleId
from notifications.office import Office
from notifications.plain import one_line
from store.database import Session
from store.people.holders import people_at, roles_of
from store.people.people_file import person_id
from store.people.person_words import may_log_in

OFFICE: str = EKONOMIKONTORET  #: may do everything that the ekonomikontor does
SECRETARY = "namndsekreterare"  #: may read läget, and record a diarienummer and her body's decision
READER = "lasare"  #: came by the link of a letter: sees what letters tell them of, and changes nothing
SIGNER = (
    "undertecknare"  #: came by the link of a paper's draft: reads as a reader, and acts on the papers that they sign
)
Named = tuple[str, str]  #: a name and an address


@dataclass(frozen=True, slots=True, kw_only=True)
class Provider:
    """The municipality's own OpenID provider, and how its claims become our roles."""

    issuer: str
    client_id: str
    client_secret: str = field(repr=False)
    scope: str = "openid profile email"
    role_claim: str | None = None  #: dots lead inwards, "realm_access.roles"; None: by the address in the store
    office_values: frozenset[str] = frozenset()  #: values of the claim that mean the ekonomikontor
    secretary_values: frozenset[str] = frozenset()
    trusts_addresses: bool = False  #: an address counts though the provider does not say that it is verified


@dataclass(frozen=True, slots=True, kw_only=True)
class LoginRules:
    """What the settings say about logging in. Without a provider it is by a one-time link in a letter."""

    provider: Provider | None = None
    office: tuple[Named, ...] = ()
    secretaries: tuple[Named, ...] = ()
    secretaries_see_all: bool = False  #: every body and enhet, not only their own


@dataclass(frozen=True, slots=True, kw_only=True)
class Entrant:
    """Somebody who may log in today. ``role`` is the definition's role that lets them, for the letter's words."""

    name: str  #: on one line: it stands in the log, and in what they do
    address: str  #: as the store or the settings have it, never as it was typed
    roles: frozenset[str]
    role: RoleId


def entrant(session: Session, office: Office, rules: LoginRules, address: str, today: date) -> Entrant | None:
    """Return who an address is and what it may do today; None when it may not log in, or could be taken for another.

    The ekonomikontor is who holds the role ekonomikontoret, whom the settings name, and the ekonomikontor's own
    mailbox. A nämndsekreterare is the secretary of a body other than a bolag's board, as holder or deputy; the
    registrator may do the same.
    """
    if not may_log_in(address):
        return None
    found: list[tuple[Named, str, RoleId]] = [
        ((name, at), role, RoleId(role))
        for role, many in ((OFFICE, rules.office), (SECRETARY, rules.secretaries))
        for name, at in many
        if person_id(at) == person_id(address)
    ]
    secretaries = secretary_roles(office.definition) | {REGISTRATOR}
    for person in people_at(session, address):
        for role, _unit in sorted(roles_of(session, person.id, today), key=str):
            ours = OFFICE if role == EKONOMIKONTORET else SECRETARY if role in secretaries else None
            found += [((person.name, person.address), ours, role)] if ours else []
    if person_id(office.mail_from) == person_id(address):
        found.append(((office.definition.office_name, office.mail_from), OFFICE, EKONOMIKONTORET))
    if not found:
        return None
    (name, at), _, role = found[0]
    return Entrant(name=one_line(name), address=at, roles=frozenset(ours for _, ours, _ in found), role=role)


def cannot_log_in(session: Session, office: Office, rules: LoginRules, address: str, today: date) -> bool:
    """Tell whether an address can be known never to log in: it may not today, and no claim of a provider decides it."""
    by_claim = rules.provider is not None and rules.provider.role_claim is not None
    return not by_claim and entrant(session, office, rules, address, today) is None


def secretary_roles(definition: Definition) -> frozenset[str]:
    """Return the roles that keep the minutes of a political body; a bolag's board is none."""
    boards = {unit.body for unit in definition.units.values() if unit.kind == "bolag"}
    return frozenset(body.secretary for name, body in definition.bodies.items() if name not in boards)
