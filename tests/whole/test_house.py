"""The house's own rules: what must never be there, because something far away would break."""

import ast
import calendar
import re
import sysconfig
import time
import tomllib
from collections import Counter
from collections.abc import Iterator
from functools import cache
from pathlib import Path

import pytest
from ruamel.yaml import YAML

from arshjul.ladder.standing import State
from store.tables.base import Table
from tests.drawing import FLOORS, pictures
from tests.rig.code import nodes, parsed
from tests.rig.load import ROOT
from tests.rig.sharing import SERVERS

GLOSSARY = ROOT / "calendar" / "GLOSSARY.md"
TOPS = (
    "actions",
    "app",
    "benchmarks",
    "calendar",
    "docs",
    "flows",
    "notifications",
    "portal",
    "store",
    "submissions",
    "tests",
)
#: the folders of the product that hold code; those of the migrations hold steps
ROOMS = sorted(
    {
        file.parent
        for floor in FLOORS
        for file in (ROOT / "calendar" / floor if floor == "arshjul" else ROOT / floor).rglob("*.py")
        if "migrations" not in file.parts
    }
)


def test_the_folder_calendar_is_never_a_package() -> None:
    """Keep ``calendar/`` a source root: an ``__init__.py`` there would take the standard library's place.

    The repository's root is on ``sys.path``, before the standard library. As a package, ``calendar/`` would win
    over the standard library's ``calendar``, and ``time.strptime``, ``email``, ``http.cookiejar``, APScheduler
    and ``holidays`` would all import the wrong module. Without ``__init__.py`` it is a namespace package at
    most, and those lose to any real module. Our own package in it is ``arshjul``: ``from arshjul.year.wheel import``.
    """
    assert not (ROOT / "calendar" / "__init__.py").exists()
    assert (ROOT / "calendar" / "arshjul" / "__init__.py").exists()


def test_calendar_is_the_standard_librarys_and_strptime_works() -> None:
    assert Path(calendar.__file__ or "").parent == Path(sysconfig.get_path("stdlib"))
    assert time.strptime("2027-09-14", "%Y-%m-%d").tm_yday == 257


def test_each_decision_has_a_number_of_its_own_a_status_and_a_line_in_the_index() -> None:
    folder = ROOT / "docs" / "decisions"
    pages = {page.name: page.read_text() for page in sorted(folder.glob("*.md")) if page.name != "README.md"}
    assert all(re.fullmatch(r"\d{4}(-[a-z0-9]+)+\.md", page) for page in pages)
    assert [int(page[:4]) for page in pages] == list(range(1, len(pages) + 1)), "take the next free number"
    lines = []
    for page, text in pages.items():
        head = re.match(r"# (\d{4} .+)\n\nStatus: (gäller(?:, ändrad av \d{4})?|ersatt av \d{4})\n\n", text)
        assert head and head[1].startswith(page[:4]), f"{page} begins with '# {page[:4]} title' and 'Status: gäller'"
        assert all(int(each) <= len(pages) for each in re.findall(r"\d{4}", head[2]))
        lines.append(f"- [{head[1]}]({page}): {head[2]}")
    assert [line for line in (folder / "README.md").read_text().splitlines() if line.startswith("- ")] == lines


def test_each_room_is_named_in_the_glossary_and_says_what_lives_there() -> None:
    told = re.findall(r"^\| `([a-z_/]+)/` \| [^|]+ \| (.+) \|$", GLOSSARY.read_text(), re.MULTILINE)
    rooms = [
        (f"{room.relative_to(ROOT)}", (ast.get_docstring(parsed(room / "__init__.py").tree) or "")) for room in ROOMS
    ]
    assert sorted(told) == sorted((room, words.partition("\n")[0]) for room, words in rooms)


def test_the_readmes_table_has_every_floor_with_its_rooms() -> None:
    lines = re.findall(r"^\| `([a-z/]+)/` \| [^|]+ \| ([^|]+) \|$", (ROOT / "README.md").read_text(), re.MULTILINE)
    told = {
        f"{floor}/{room}" if room else floor for floor, cell in lines for room in ("", *re.findall(r"`([^`]+)`", cell))
    }
    assert tuple(floor.removeprefix("calendar/") for floor, _ in lines) == FLOORS, "from the ground up"
    assert told == {str(room.relative_to(ROOT)) for room in ROOMS}


def test_no_room_is_a_drawer() -> None:
    many = {room: len([each for each in room.glob("*.py") if each.name != "__init__.py"]) for room in ROOMS}
    assert {str(room.relative_to(ROOT)): count for room, count in many.items() if count > 15} == {}


def test_no_module_is_a_book() -> None:
    """A module is one noun, and about 200 lines: one of 450 is several. Steps of the tables are left as they landed."""
    lines = {str(file.relative_to(ROOT)): file.read_text().count("\n") for room in ROOMS for file in room.glob("*.py")}
    assert {name: count for name, count in lines.items() if count > 450} == {}


def test_the_pictures_are_of_the_code_as_it_stands() -> None:
    assert {file.name for file, text in pictures().items() if file.read_text() != text} == set(), "run make pictures"


def test_what_a_page_names_of_the_code_is_there() -> None:
    """Pages of decisions and the changelog tell what was; every other page tells what is."""
    pages = [*ROOT.glob("*.md"), *(ROOT / "docs").glob("*.md"), GLOSSARY]
    form = re.compile(rf"`((?:{'|'.join(TOPS)}|arshjul)/[\w/.-]+\.\w+)(?:::(\w+))?`")
    named = [
        (page.name, *found) for page in pages if page.name != "CHANGELOG.md" for found in form.findall(page.read_text())
    ]
    assert len(named) > 100
    assert [each for each in named if not _is_there(*each[1:])] == []


def test_a_comment_names_no_file_that_is_gone() -> None:
    form = re.compile(rf"(?<![\w/.-])(?:{'|'.join(TOPS)})/[\w/-]+\.(?:py|md|yaml|html|xml|csv|txt)\b")
    code = [
        file
        for top in TOPS
        for kind in ("py", "css", "html", "xml", "yaml")
        for file in (ROOT / top).rglob(f"*.{kind}")
    ]
    named = [(file.name, path) for file in code for path in form.findall(file.read_text())]
    assert len(named) > 5
    assert [each for each in named if not (ROOT / each[1]).exists()] == []


def test_the_version_is_one_and_its_licence_too() -> None:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]
    catalogue = YAML(typ="safe").load((ROOT / "publiccode.yml").read_text())
    newest = re.search(r"^## \[(\d[\d.]*)\] - ", (ROOT / "CHANGELOG.md").read_text(), re.MULTILINE)
    assert newest and newest[1] == project["version"] == catalogue["softwareVersion"]
    assert project["license"] == catalogue["legal"]["license"] == "EUPL-1.2"
    assert (ROOT / "LICENSE").read_text().startswith("EUROPEAN UNION PUBLIC LICENCE v. 1.2")


def test_what_tests_is_resolved_against_what_runs() -> None:
    runs, tests = (
        set(re.findall(r"^([\w.-]+==[^ ;\\]+)", (ROOT / name).read_text(), re.MULTILINE))
        for name in ("requirements.lock", "requirements-dev.lock")
    )
    assert len(runs) > 50
    assert runs - tests == set(), "run make lock"
    assert not {"pytest", "mypy", "ruff", "playwright"} & {each.partition("==")[0] for each in runs}


def test_no_page_links_to_a_page_that_is_not_there() -> None:
    pages = [*ROOT.glob("*.md"), *(ROOT / "docs").rglob("*.md")]
    linked = [
        (page, found) for page in pages for found in re.findall(r"\]\(([^)#: ]+\.md)(?:#[^)]*)?\)", page.read_text())
    ]
    assert len(linked) > 20
    assert [(page.name, name) for page, name in linked if not (page.parent / name).exists()] == []


def test_no_page_links_to_a_heading_that_is_not_there() -> None:
    pages = [*ROOT.glob("*.md"), *(ROOT / "docs").rglob("*.md"), GLOSSARY]
    form = re.compile(r"\]\(([^)#: ]*\.md|)#([^)]+)\)")
    linked = [(page, *found) for page in pages for found in form.findall(page.read_text())]
    assert len(linked) > 100
    gone = [
        (page.name, name, where)
        for page, name, where in linked
        if where not in _headings(page.parent / name if name else page)
    ]
    assert gone == []


@cache
def _headings(page: Path) -> set[str]:
    """Return a page's headings as links call them: small letters, a hyphen for each space, no other signs."""
    text = re.sub(r"^```.*?^```", "", page.read_text(), flags=re.MULTILINE | re.DOTALL)
    words = [re.sub(r"\[([^\]]*)\]\([^)]*\)", r"\1", line) for line in re.findall(r"^#+ (.+)$", text, re.MULTILINE)]
    return {re.sub(r"[^\w\- ]", "", each.lower()).replace(" ", "-") for each in words}


def test_the_tests_stand_as_the_house_does_and_none_takes_anything_from_another() -> None:
    """``tests/<floor>/<room>`` mirrors the house; ``whole`` goes across floors; what tests share is in ``tests/rig``."""
    files = [path.relative_to(ROOT / "tests") for path in (ROOT / "tests").rglob("test_*.py")]
    rooms = {room.relative_to(ROOT).as_posix().removeprefix("calendar/") for room in ROOMS} | {"whole"}
    assert sorted(str(path) for path in files if path.parent.as_posix() not in rooms) == []
    names = [path.name for path in files]
    assert [name for name in names if names.count(name) > 1] == []
    taken = re.compile(r"^\s*from tests[\w.]*\.test_\w+ import|^\s*from tests[\w.]* import test_", re.MULTILINE)
    assert [path.name for path in (ROOT / "tests").rglob("*.py") if taken.search(path.read_text())] == []


def _is_there(path: str, name: str) -> bool:
    file = next((base / path for base in (ROOT, ROOT / "calendar") if (base / path).exists()), None)
    return file is not None and (
        not name or bool(re.search(rf"^(async )?(def|class) {name}\b", file.read_text(), re.MULTILINE))
    )


STANDING = "calendar/arshjul/ladder/standing.py"


def code_with(*texts: str) -> Iterator[tuple[str, ast.AST]]:
    """Give every node of the product's modules that hold one of these texts, with the file's name."""
    for room in ROOMS:
        for path in room.glob("*.py"):
            code = path.read_text(encoding="utf-8")
            if any(text in code for text in texts):
                name = path.relative_to(ROOT).as_posix()
                yield from ((name, node) for node in nodes(path))


def test_each_file_that_asks_for_a_shared_server_is_named_among_those_that_share_it() -> None:
    """Else it gets a server of its own, which takes ten seconds of computing."""
    asked = re.compile(r'pytest_plugins = \["tests\.rig\.servers\.(?:prefect_server|shared_service)"\]')
    asking = {file.name for file in (ROOT / "tests").rglob("test_*.py") if asked.search(file.read_text())}
    assert asking == SERVERS.keys()


def test_the_words_of_how_something_stands_are_written_once() -> None:
    words = {state.word for state in State}
    written = [
        (name, node.value) for name, node in code_with(*words) if isinstance(node, ast.Constant) and node.value in words
    ]
    assert sorted(word for name, word in written if name == STANDING) == sorted(words)
    assert [each for each in written if each[0] != STANDING] == [
        ("app/archive/package_text.py", "Anstånd")
    ]  # a file's heading


def test_no_template_writes_or_asks_for_such_a_word() -> None:
    templates = [
        path
        for floor in FLOORS
        for path in (ROOT / floor).rglob("templates/*.*")
        if path.suffix not in (".py", ".docx")
    ]
    assert len(templates) > 30
    said = re.compile("|".join(rf"[\"'>]{re.escape(state.word)}[\"'<]" for state in State))
    assert [(path.name, found) for path in templates for found in said.findall(path.read_text(encoding="utf-8"))] == []


def test_nothing_else_decides_how_something_stands() -> None:
    """Others compare, count and colour states; none but the one module answers with one of its own choice."""
    names = {state.name for state in State}
    chosen, asking, handed = [], set(), set()
    for name, node in code_with("State.", "krav_state"):
        if name == STANDING:
            continue
        if isinstance(node, ast.Return | ast.IfExp | ast.Assign | ast.AnnAssign | ast.NamedExpr):
            answers = [each for each in ast.iter_child_nodes(node) if isinstance(each, ast.Attribute)]
            chosen += [(name, each.attr) for each in answers if each.attr in names and "State" in ast.unparse(each)]
        if isinstance(node, ast.Call) and ast.unparse(node.func) == "krav_state":
            asking.add(name)
        if isinstance(node, ast.Call | ast.keyword | ast.Yield | ast.Lambda | ast.ListComp | ast.GeneratorExp):
            within = [each for each in ast.iter_child_nodes(node) if isinstance(each, ast.Attribute)]
            handed |= {name for each in within if each.attr in names and ast.unparse(each.value).endswith("State")}
    assert chosen == []
    assert handed == {"portal/wheel/view.py"}  # the year as it is planned
    assert asking == {"submissions/standing/states.py", "actions/scene.py"}


#: what is needed of the database where the store is opened: its address, and that it cannot be reached
OF_AN_ADDRESS = frozenset(("URL", "make_url", "SQLAlchemyError"))


def test_no_floor_above_the_store_asks_a_session_for_anything() -> None:
    """Rows and queries are the store's. Elsewhere a session is only handed on to its functions."""
    asked = []
    for floor in ("calendar", "submissions", "notifications", "actions", "flows", "portal", "app"):
        for file in sorted((ROOT / floor).rglob("*.py")):
            for node in nodes(file):
                if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute):
                    whom = node.func.value
                    name = (
                        whom.id if isinstance(whom, ast.Name) else whom.attr if isinstance(whom, ast.Attribute) else ""
                    )
                    if name == "session":
                        asked.append(f"{file.relative_to(ROOT)}:{node.lineno} {node.func.attr}")
                if isinstance(node, ast.Import | ast.ImportFrom):
                    whence = getattr(node, "module", None) or ""
                    names = {each.name for each in node.names}
                    if whence.startswith("sqlalchemy") or any(each.startswith("sqlalchemy") for each in names):
                        asked += [f"{file.relative_to(ROOT)}:{node.lineno} {each}" for each in names - OF_AN_ADDRESS]
    assert asked == []


def test_no_floor_above_the_store_writes_in_a_row() -> None:
    """A column is set by a function of the store's, whose name says what that means."""
    columns = {column.key for table in Table.metadata.tables.values() for column in table.columns}
    assert {"wake_at", "mime", "agenda_closes_at"} <= columns
    papers = ("compilation", "papers", "templates")  # their texts and cells are called as columns are
    written = []
    for floor in ("submissions", "notifications", "actions", "flows", "portal", "app"):
        for file in sorted((ROOT / floor).rglob("*.py")):
            if floor == "submissions" and file.parent.name in papers:
                continue
            for node in nodes(file):
                if isinstance(node, ast.Attribute) and isinstance(node.ctx, ast.Store) and node.attr in columns:
                    whose = ast.unparse(node.value)
                    if whose not in ("self", "error", "found"):  # an object's own, a fault's and a form's words
                        written.append(f"{file.relative_to(ROOT)}:{node.lineno} {whose}.{node.attr}")
    assert written == []


def test_no_module_takes_another_ones_private_names() -> None:
    """What begins with ``_`` is its module's own: it may change without anybody else being asked."""
    taken = [
        f"{file.relative_to(ROOT)}: {node.module}.{each.name}"
        for room in ROOMS
        for file in room.glob("*.py")
        for node in nodes(file)
        if isinstance(node, ast.ImportFrom) and (node.module or "").partition(".")[0] in FLOORS
        for each in node.names
        if each.name.startswith("_")
    ]
    assert taken == []


#: what there is one of: a text of the code, and the only modules that may have it
ONE_OF = {
    "LetterRow(": {"store/tables/letter_tables.py", "notifications/letters/freezing.py"},  # a letter is frozen
    "token_urlsafe(32)": {"store/access/proof.py", "app/prefect_auth.py"},  # what opens something is made
    "SmtpServer(": {"notifications/post/mail_url.py"},  # an address of a mail server is read
    "ImapServer(": {"notifications/post/mail_url.py"},
    # no chance is taken but there, and for what opens nothing: names of files, processes, visits, installations, mails
    "secrets.": {
        "store/access/proof.py",
        "store/access/codes.py",
        "app/prefect_auth.py",
        "app/secret.py",
        "app/wiring.py",
        "actions/service/trying.py",
        "portal/web/form_cookie.py",
        "portal/web/limits.py",
        "store/private_files.py",
        "store/service/lease_holders.py",
    },
    # an address is taken apart: of a mail server, of a scanner, of a web page
    "urlsplit(": {
        "notifications/post/mail_url.py",
        "submissions/files/scanning.py",
        "portal/web/paths.py",
        "portal/web/logged_in.py",
        "portal/login/openid.py",
        "app/setting_values.py",
        "app/run/up.py",
    },
}


@pytest.mark.parametrize("text", ONE_OF)
def test_there_is_one_of_each(text: str) -> None:
    code = re.compile(rf"(?<![\w`]){re.escape(text)}")
    files = [file for room in ROOMS for file in room.glob("*.py")]
    assert {str(file.relative_to(ROOT)) for file in files if code.search(file.read_text())} == ONE_OF[text]


def test_each_act_of_a_person_takes_one_act() -> None:
    """Who does it, why and when comes in one value: no act asks for a name or a time of its own."""
    asked = []
    for file in sorted((ROOT / "actions").rglob("*.py")):
        for node in nodes(file):
            if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef) and not node.name.startswith("_"):
                names = {each.arg for each in (*node.args.args, *node.args.kwonlyargs)}
                asked += [
                    f"{file.relative_to(ROOT)}:{node.name} {name}" for name in sorted(names & {"by", "who", "vem"})
                ]
    assert asked == ["actions/people/letting_out.py:let_out who"]  # who is let out


#: what the store refuses for what it stands on itself: a file that has rotted, and a database that is not ours to open
REFUSED_BY_THE_STORE = {"store/database.py", "store/handins/versions.py", "store/upgrading.py"}


def test_no_row_judges() -> None:
    """What people may do is decided where the acts are, so that no way in is softer than another."""
    refusing = re.compile(r"^(?:from \S+ import .*\bRefusedError\b|.*\braise RefusedError\b)", re.MULTILINE)
    rows = [file for file in sorted((ROOT / "store").rglob("*.py")) if refusing.search(file.read_text())]
    assert {str(file.relative_to(ROOT)) for file in rows} == REFUSED_BY_THE_STORE


#: what the pages, forms and commands write by themselves: visits, drafts, codes and who asked for what; no act of the year's
WRITTEN_BY_ASKERS = {
    "drop_files", "give_up_form", "log", "mark_opened", "note_read", "place_file", "record_form", "save_fields",
    "chain", "begin", "end",
}  # fmt: skip


def test_pages_forms_and_commands_write_nothing_by_themselves_but_what_a_visit_leaves() -> None:
    """What a person does to the year is an act: its rule holds whichever the way in."""
    writing = re.compile(
        r"session\.(?:add|add_all|merge|delete)\(|\blog\(|execute\(\s*(?:sa\.)?(?:update|delete|insert)\("
    )
    writes: dict[str, set[str]] = {}
    for file in sorted((ROOT / "store").rglob("*.py")):
        if "migrations" not in file.parts:
            module = ".".join(file.relative_to(ROOT).with_suffix("").parts)
            tops = [node for node in parsed(file).tree.body if isinstance(node, ast.FunctionDef)]
            writes[module] = {node.name for node in tops if writing.search(ast.unparse(node))}
    assert {"add_decision", "add_anstand"} <= writes["store.plan.recorded"]
    found = set()
    for floor in ("portal", "flows/forms", "app/commands"):
        for file in sorted((ROOT / floor).rglob("*.py")):
            for node in nodes(file):
                if isinstance(node, ast.ImportFrom) and (node.module or "").startswith("store"):
                    for each in node.names:
                        found |= {each.name} & writes.get(node.module or "", set())
                        called = re.findall(rf"\b{each.asname or each.name}\.(\w+)", file.read_text())
                        found |= {*called} & writes.get(f"{node.module}.{each.name}", set())
    assert found == WRITTEN_BY_ASKERS


def test_an_act_of_a_page_is_done_while_no_round_decides_and_again_when_it_had_to_give_way() -> None:
    """As a command's is: ``PortalContext.act``, and no transaction of the page's own."""
    acting = [file for file in (ROOT / "portal").rglob("*.py") if re.search(r"\bAct\(", file.read_text())]
    assert len(acting) > 5
    assert [file.name for file in acting if "store.begin(who.acting)" in file.read_text()] == []


#: a page of the portal has its routes and its view
EACH_PAGE = frozenset({"routes", "view"})


def test_what_is_handed_in_is_handed_in_by_one_act() -> None:
    """Whichever the way in: ``actions/underlag/receiving.py``, so that no kvittens is forgotten and none is sent twice."""
    floors = ("notifications", "actions", "flows", "portal", "app")
    doing = [file for floor in floors for file in sorted((ROOT / floor).rglob("*.py"))]
    alone = re.compile(r"(?<![\w.])(?:receive|write_receipt|refuse_oversize)\(")
    found = [file.name for file in doing if alone.search(file.read_text())]
    assert found == ["receipts.py", "receiving.py"]  # the first writes the kvittens, the second hands in


def test_no_module_and_no_class_of_the_product_has_another_ones_name() -> None:
    """One word, one thing: who reads a name in an error or an import knows which it is.

    Exempt are ``__init__`` and ``__main__``, which Python names; ``routes`` and ``view``, of which each page of the portal
    has one; and classes that begin with ``_``, which nobody else imports.
    """
    modules, classes = [], []
    for room in ROOMS:
        for file in room.glob("*.py"):
            if not file.stem.startswith("__") and not (file.stem in EACH_PAGE and room.parent.name == "portal"):
                modules.append(file.stem)
            classes += [node.name for node in nodes(file) if isinstance(node, ast.ClassDef)]
    public = [name for name in classes if not name.startswith("_")]
    assert len(modules) > 250 and len(public) > 300
    assert {name for name, count in Counter(modules).items() if count > 1} == set()
    assert {name for name, count in Counter(public).items() if count > 1} == set()


def test_the_glossary_names_no_type_that_is_gone() -> None:
    words = GLOSSARY.read_text().partition("## Rooms")[0]
    named = {
        name for line in words.splitlines() for name in re.findall(r"`([A-Z][A-Za-z]+)`", line.partition(" | ")[0])
    }
    there = set()
    for room in ROOMS:
        for node in (each for file in room.glob("*.py") for each in parsed(file).tree.body):
            there |= {node.name} if isinstance(node, ast.ClassDef) else set()
            there |= {
                each.id for each in getattr(node, "targets", ()) if isinstance(each, ast.Name)
            }  # a type's other name
    assert len(named) > 60
    assert named - there - {"Avslutad", "Komplett"} == set()  # words of states


def test_no_id_goes_from_floor_to_floor_as_bare_text() -> None:
    """A tillfälle is one key; an enhet, a part, a body, a role and a person have types of their own: mypy holds what is handed to what.

    Text becomes a type where it comes in: in a definition, a page's address, a form, a command, a file that was read.
    """
    pairs, bare = [], []
    for floor in ("store", "submissions", "notifications", "actions"):
        for file in sorted((ROOT / floor).rglob("*.py")):
            for node in nodes(file):
                if not isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
                    continue
                args = [*node.args.args, *node.args.kwonlyargs]
                typed = {each.arg: ast.unparse(each.annotation) if each.annotation else "" for each in args}
                where = f"{file.relative_to(ROOT)}:{node.name}"
                if {"step", "period"} <= typed.keys():
                    pairs.append(where)
                bare += [
                    f"{where} {name}"
                    for name in (
                        "unit",
                        "unit_id",
                        "part_id",
                        "body",
                        "body_id",
                        "role",
                        "krav_id",
                        "step",
                        "step_id",
                        "person_id",
                    )
                    if typed.get(name, "").startswith("str")
                ]
    assert pairs == []
    assert bare == []
    names = ("step", "period", "krav", "unit", "part", "body", "role", "obligation_key", "person_id", "deputy_id")
    columns = [
        f"{room.name}.{node.target.id}"
        for file in sorted((ROOT / "store" / "tables").glob("*.py"))
        for room in parsed(file).tree.body
        if isinstance(room, ast.ClassDef)
        for node in room.body
        if isinstance(node, ast.AnnAssign) and isinstance(node.target, ast.Name) and node.target.id in names
        if "str" in re.findall(r"\w+", ast.unparse(node.annotation))
    ]
    assert columns == ["DraftFile.part"]  # as a form's field names it
