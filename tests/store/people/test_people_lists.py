"""Lists of people as Excel, the Mac and others save them, and addresses that no letter can be written to."""

from datetime import date

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from arshjul.addresses import can_carry
from arshjul.errors import DefinitionError
from notifications.letters.mime import build
from notifications.letters.views.composed import Composed
from store.people.people_file import Entry, read_people
from store.people.people_import import ImportResult, import_people
from store.people.people_text import people_text
from store.people.person_words import address_faults
from tests.rig.handins import NOW
from tests.rig.hedemora import hedemora, people_csv, town

pytestmark = pytest.mark.whole

LISTED = people_csv()
HEAD = "roll,enhet,namn,e-post,från,till"
LINE = "hr_chef,,Åke Öst,hr@example.se,2027-09-01,"


def entries(content: bytes | str) -> tuple[Entry, ...]:
    text = people_text(content) if isinstance(content, bytes) else content
    return read_people(text, "personer.csv", hedemora().definition)


def faults(text: str) -> list[str]:
    with pytest.raises(DefinitionError) as told:
        entries(text)
    return [str(fault) for fault in told.value.faults]


def imported(text: str) -> ImportResult:
    with town().store.begin() as session:
        return import_people(session, text, "personer.csv", hedemora().definition, NOW, "X")


def tabbed(text: str) -> str:
    return text.replace(",", "\t")


#: what Excel makes of the list when it is opened and saved
SAVED_BY_EXCEL = {
    "trailing commas, in every line": lambda text: "".join(f"{line},,\n" for line in text.splitlines()),
    "tabs": tabbed,
    "semicolons": lambda text: text.replace(",", ";"),
    "trailing semicolons": lambda text: "".join(f"{line.replace(',', ';')};;;\n" for line in text.splitlines()),
    "a trailing tab and blanks": lambda text: "".join(f"{tabbed(line)}\t  \t\n" for line in text.splitlines()),
    "sep=;": lambda text: "sep=;\n" + text.replace(",", ";"),
    "sep= a tab": lambda text: "sep=\t\r\n" + tabbed(text),
    'sep= in quotation marks, with trailing commas': lambda text: '"SEP=,",,,\n' + text,
    "a comment in quotation marks": lambda text: '"# ett; två; tre; fyra; fem; sex; sju; åtta; nio; tio; elva"\n' + text,
    "lines that end as on an old Mac": lambda text: text.replace("\n", "\r"),
    "a column without heading between": lambda text: "\n".join(
        line if line.startswith("#") else line.replace(",", ",,", 1) for line in text.splitlines()
    ),
    "headings with signs that do not show": lambda text: text.replace("roll,enhet", "\ufeffroll\u200b,\u00a0Enhet "),
    "each line as one cell": lambda text: "".join(f'"{line}"\n' for line in text.splitlines()),
    "each line as one cell of several": lambda text: "".join(f'"{line}";;;\r\n' for line in text.splitlines()),
    "each line as one cell with semicolons in it": lambda text: "".join(
        f'"{line.replace(",", ";")}"\t\t\n' for line in text.splitlines()
    ),
    "a comment as one cell, and semicolons": lambda text: '"# ett, två, tre, fyra, fem, sex"\n' + text.replace(",", ";"),
    "days with their midnight": lambda text: text.replace("2027-09-01", "2027-09-01 00:00:00"),
    "headings in two signs a letter": lambda text: text.replace("från", "fra\u030an"),
}  # fmt: skip


@pytest.mark.parametrize("made", SAVED_BY_EXCEL.values(), ids=SAVED_BY_EXCEL)
def test_a_list_is_read_however_its_columns_are_parted(made):
    def said(text: str) -> list[tuple[object, ...]]:
        return [(each.role, each.unit, each.name, each.address, each.since, each.until) for each in entries(text)]

    assert said(made(LISTED)) == said(LISTED)


@pytest.mark.parametrize(
    "code",
    [
        "utf-8",
        "utf-8-sig",
        "utf-16",
        "utf-16-le+bom",
        "utf-16-be+bom",
        "utf-16-le",
        "utf-16-be",
        "cp1252",
        "mac_roman",
        "cp850",
    ],
)
def test_a_list_is_read_in_every_code_page_that_excel_saves_in(code):
    name, _, mark = code.partition("+")
    text = tabbed(f"{HEAD}\n{LINE}\n")
    content = (f"\ufeff{text}" if mark else text).encode(name)
    [one] = entries(content)
    assert (one.name, one.since, one.line) == ("Åke Öst", date(2027, 9, 1), 2)


def test_a_line_is_told_by_its_own_number_also_after_sep():
    assert "personer.csv:4" in faults(f"sep=;\n# ord\n{HEAD.replace(',', ';')}\nhr_chf;;HR;hr@example.se\n")[0]


@pytest.mark.parametrize(
    ("text", "told"),
    [
        (f"{HEAD},,\n{LINE},,borta\n", "raden har 8 kolumner, rubriken 6"),
        ("roll,,enhet,namn,e-post\nhr_chef,viktigt,,HR,hr@example.se\n", "'viktigt' står i en kolumn utan rubrik; skriv rubriken"),
        ("roll,enhet,namn,e-post,namn\nhr_chef,,HR,hr@example.se,Annan\n", "kolumnen 'namn' står flera gånger"),
        ("roll;enhet;namn,e-post\n", "kolumnen 'e-post' saknas"),
        (f"{HEAD}\nhr_chef,,\"HR,hr@example.se\n{LINE}\n" + "x" * 140_000, "citattecken"),
        (",,,\n,,\n# ord,\n", "filen är tom"),
    ],
)  # fmt: skip
def test_what_cannot_be_read_is_told_with_what_to_do(text, told):
    assert any(told in fault for fault in faults(text)), faults(text)


@pytest.mark.parametrize("role", ["hr_chef\u200b", "\u200ehr_chef", "hr_chef\u00a0", "\ufeffhr_chef\u00ad"])
def test_a_role_with_signs_that_do_not_show_is_that_role(role):
    [one] = entries(f"{HEAD}\n{role},,HR,hr@example.se,\u200b2027-09-01,\n")
    assert (one.role, one.since) == ("hr_chef", date(2027, 9, 1))


@pytest.mark.parametrize(
    ("before", "after"),
    [
        ("Controller bildning,controller.bildning@example.se", '"Ek, Bodil",controller.bildning@example.se'),
        ("Controller bildning,controller.bildning@", "Controller bildning,Controller.Bildning@"),
        ("HR-chef,hr-chef@example.se", "Personalchef,hr-chef@example.se"),
    ],
)
def test_a_changed_name_is_a_change(before, after):
    assert before in LISTED
    done = imported(LISTED.replace(before, after))
    assert (done.added, done.changed, done.ended, done.unchanged) == (0, 1, 0, imported(LISTED).unchanged - 1)


def test_a_deputy_who_is_called_otherwise_is_a_change_of_the_line_and_the_same_list_again_is_none():
    line = "hr-chef@example.se,,,{},bitr@example.se,2027-09-13,2027-09-24"
    with town().store.begin() as session:
        for name, changed in (("Bitr HR", 1), ("Bitr HR", 0), ("Biträdande HR", 1), ("Biträdande HR", 0)):
            text = LISTED.replace("hr-chef@example.se,,,,,,", line.format(name))
            assert text != LISTED
            assert import_people(session, text, "p.csv", hedemora().definition, NOW, "X").changed == changed


def test_an_address_that_two_lines_spell_in_two_ways_is_no_change_each_time():
    text = f"{HEAD}\nhr_chef,,HR,HR@example.se,,\nekonomichef,,HR,hr@example.se,,\n"
    with town().store.begin() as session:
        done = [import_people(session, text, "p.csv", hedemora().definition, NOW, "X").changed for _ in range(2)]
    assert done[1] == 0


ODD = {
    "a sign that does not show": "controller.bildning\u200b@example.se",
    "ö": "bodil.öberg@example.se",
    "ä in the domain": "bodil@exämple.se",
    "a Cyrillic letter": "b\u043edil@example.se",
    "a soft hyphen": "bo\u00addil@example.se",
    "a full-width sign": "bodil\uff20example.se",
    "two dots": "bodil..ek@example.se",
    "a dot first": ".bodil@example.se",
    "a dot last": "bodil.@example.se",
    "a label too long": f"bodil@{'a' * 64}.se",
    "a name too long": f"{'b' * 65}@example.se",
    "too long at all": f"bodil@{'.'.join(['a' * 60] * 5)}.se",
    "a quotation": '"bodil ek"@example.se',
    "no domain": "bodil@localhost",
    "an ended domain": "bodil@example.se.",
    "a control sign": "bod\x07il@example.se",
}


@pytest.mark.parametrize("address", ODD.values(), ids=ODD)
def test_an_address_that_no_letter_can_be_written_to_is_refused_with_its_remedy(address):
    [told] = address_faults(address)
    assert "skriv" in told
    quoted = address.replace('"', '""')
    found = faults(f'{HEAD}\ncontroller,bildningsnamnden,Bodil Ek,"{quoted}",,\n')
    assert [each for each in found if "personer.csv:2" in each and "e-post" in each]


@pytest.mark.parametrize(
    "address", [*ODD.values(), "bodil.ek@example.se", "b+ek@example.se", "o'hara@sub.example.se", "ekonomi@localhost"]
)
def test_what_may_be_a_persons_a_letter_can_be_written_to(address):
    letter = build(
        Composed(subject="x", text="x", html="<p>x</p>"), sender="ekonomi@example.se", to=[address], key="k",
        message_id="<1@example.se>", now=NOW,
    )  # fmt: skip
    written = b"Adressen kan inte skrivas" not in letter
    assert written == can_carry(address)
    assert written or [*address_faults(address)]


SEEDS = [
    *(LISTED.encode(code) for code in ("utf-8-sig", "utf-16", "cp1252")),
    tabbed(LISTED).encode("utf-16"),
    b'"sep=;"\r\n' + LISTED.replace(",", ";").encode(),
]
BITS = st.sampled_from(
    [b"", b"\r", b"\r\n\r\n", b"\x00", b"\xff\xfe", b'"', b'""', b"sep= ", b'sep="', b";", b"\t", b",,", b"#", b"\xed\xa0\x80", b"\xf6",
     "\u2028".encode(), b"=1+1", b"e-post", b"2027-02-30", b"@", b"x" * 140_000]
)  # fmt: skip


@settings(max_examples=50)
@given(st.sampled_from(SEEDS), st.lists(st.tuples(st.floats(0, 1), st.integers(0, 60), BITS), max_size=6))
def test_no_mutated_list_gives_anything_but_entries_or_told_faults(raw, cuts):
    for where, length, bit in cuts:
        at = int(where * len(raw))
        raw = raw[:at] + bit + raw[at + length :]
    try:
        found = entries(raw)
    except DefinitionError as told:
        assert all(fault.message and fault.line for fault in told.faults)
    else:
        assert all(can_carry(each.address) and each.name for each in found)


def test_a_hard_blank_in_a_name_is_a_blank_and_in_an_address_a_fault():
    [one] = entries(f"{HEAD}\n{LINE}\n".replace("Åke Öst", "Åke\u00a0Öst\u00a0"))
    assert one.name == "Åke Öst"
    assert faults(f"{HEAD}\n{LINE}\n".replace("@", "\u00a0@"))


def test_a_cell_with_a_comma_in_a_line_that_is_one_cell_is_one():
    inner = LINE.replace("Åke Öst", '""Öst, Åke""')
    assert [each.name for each in entries(f'"{HEAD}"\n"{inner}"\n')] == ["Öst, Åke"]
