"""Every button opens for its reader: each link of each kind of letter, opened by whoever got it, with nothing but the letter."""

import ast
from importlib import import_module

from store.plan.matters import COMPLETED, SETTLED, WITHDRAWN
from tests.rig.letter_autumn import Autumn, live
from tests.rig.pages.doors import Doors
from tests.rig.paths import ROOT

#: followed where they are written, at a price that is paid there already
ELSEWHERE = {
    "ändrad bokföring": "tests/actions/underlag/test_reopening.py",
    "avvikelse": "tests/actions/underlag/test_weighing.py",
}
#: to the ekonomikontor's own mailbox alone, by a fault or a rule of a file; they have the page's own address, as all to it
OFFICES_OWN = {"budgetavvikelse", "inte nådd", "formulär", "notis", "brev kom inte fram"}
#: they hold no address of ours
WITHOUT_LINK = {"kod", "skickat prov"}


def test_each_link_of_each_kind_of_letter_opens_for_its_reader_what_it_names():
    autumn = Autumn(lambda _town, when: doors.follow(when))
    doors = Doors(autumn.town)
    live(autumn)
    assert doors.kinds >= kinds_written() - ELSEWHERE.keys() - OFFICES_OWN - WITHOUT_LINK
    for kind, file in ELSEWHERE.items():
        assert f'.kinds == {{"{kind}"' in (ROOT / file).read_text(encoding="utf-8")


def kinds_written():
    """Every kind of letter that the code writes: a new one is followed too, or said why not."""
    found = {WITHDRAWN, COMPLETED, SETTLED}  # how a matter ended is the kind of the letter that tells it
    for file in [*(ROOT / "actions").rglob("*.py"), *(ROOT / "notifications/letters").rglob("*.py")]:
        module = ".".join(file.relative_to(ROOT).with_suffix("").parts)
        for call in ast.walk(ast.parse(file.read_text(encoding="utf-8"))):
            for given in call.keywords if isinstance(call, ast.Call) else ():
                if given.arg == "kind" and getattr(call.func, "id", "") in ("freeze", "write", "write_each"):
                    found |= set(_said(given.value, module))
    return found


def _said(value, module):
    if isinstance(value, ast.Constant):
        yield value.value
    elif isinstance(value, ast.Name):
        said = getattr(import_module(module), value.id, None)
        yield from [said] if said else ()  # else an argument: whoever calls says it
    elif isinstance(value, ast.IfExp):
        yield from (*_said(value.body, module), *_said(value.orelse, module))
