"""The municipality's own Word template of the tjänsteskrivelse: filled in, and refused at start when it cannot be."""

import io
import os
import zipfile
from collections.abc import Callable, Mapping
from contextlib import ExitStack
from dataclasses import replace
from functools import cache, partial
from pathlib import Path
from typing import Any

import pytest
from docx import Document

from arshjul.definition.reading import Sourced, read_definition
from arshjul.errors import DefinitionError
from notifications.letters.papers.paper_templates import BARE, EXAMPLE, MANY, own_papers, paper_faults
from notifications.letters.papers.tjansteskrivelse import fields_of, our_template
from notifications.letters.papers.word_template import BROKEN, ENDLESS, LIMITS, _said, fill_apart, try_apart, try_here
from submissions.readers.process.apart import _AT_ONCE
from tests.rig.letter_views import MATTER
from tests.rig.load import text

pytestmark = pytest.mark.whole

OWN = """
papper:
  tjansteskrivelse: {fil: egen.docx, källa: exempel "Mallar"}
"""


@cache
def sourced() -> Sourced:
    return read_definition(text("hedemora") + OWN, "kommun.yaml")


def template(*paragraphs: str, head: str = "", change: Callable[[bytes], bytes] = bytes) -> bytes:
    """Return a Word file with these paragraphs; ``change`` rewrites its text's XML."""
    paper, into = Document(), io.BytesIO()
    for each in paragraphs:
        paper.add_paragraph(each)
    paper.sections[0].header.paragraphs[0].text = head
    paper.save(into)
    rewritten = io.BytesIO()
    with zipfile.ZipFile(into) as source, zipfile.ZipFile(rewritten, "w") as target:
        for entry in source.infolist():
            content = source.read(entry)
            target.writestr(entry, change(content) if entry.filename == "word/document.xml" else content)
    return rewritten.getvalue()


#: a template is stopped by what it computes and what memory it takes, and never for what else the machine does
PATIENT = replace(LIMITS, wall_seconds=600)


def shown(own: bytes) -> list[str]:
    paper = fill_apart(own, fields_of(MATTER), limits=PATIENT)
    heads = [each.text for each in paper.sections[0].header.paragraphs if each.text]
    return [each.replace("\u00a0", " ") for each in (*heads, *(each.text for each in paper.paragraphs))]


def test_the_municipalitys_own_words_and_head_stand_around_what_is_filled_in() -> None:
    own = template(
        "Hej {{ organ }}! Det gäller {{ rapport }}.",
        "{%p for enhet in sena %}", "{{ enhet.namn }}: {{ enhet.saknas | join('; ') }}", "{%p endfor %}",
        head="{{ kommun }}, stadshuset",
    )  # fmt: skip
    assert shown(own) == [
        "Hedemora kommun, stadshuset",
        "Hej Kommunstyrelsens arbetsutskott! Det gäller delårsrapporten per den 31 augusti 2027.",
        "Bildningsnämnden: Ekonomi (utfall, utfall föregående år, budget och prognos) – kolumnen Prognos är tom på rad 12 "
        "(LKBR 13 kap. 3 §; Hedemora styrmodell, ”Delårsrapport”); Mål- och resultatuppföljning "
        "(Hedemora styrmodell, ”Tidsplan för uppföljningar”)",
        "Kommunstyrelsen: Personalberättelse (Hedemora styrmodell, ”Årsplanering för målarbetet”)",
    ]


def test_a_tag_that_word_has_parted_into_pieces_is_filled_in() -> None:
    parted = template("{{ organ }}", change=lambda xml: xml.replace(b"{{ organ", b"{{ or</w:t></w:r><w:r><w:t>gan"))
    assert shown(parted) == ["Kommunstyrelsens arbetsutskott"]


def test_words_from_outside_are_words_in_it_whatever_they_look_like() -> None:
    hostile = "{{ kommun }} & <w:t>{%p endfor %} {_{ x }_}"
    matter = replace(MATTER, meeting_name=hostile)
    paper = fill_apart(template("{{ organ }}"), fields_of(matter), limits=PATIENT)
    assert [each.text for each in paper.paragraphs] == [hostile.replace("{_{", "{{").replace("}_}", "}}")]


def test_what_is_tried_has_the_names_of_what_is_filled_in() -> None:
    def names(fields: Any) -> Any:
        if isinstance(fields, Mapping):
            return {key: names(value) for key, value in fields.items()}
        return names(fields[0]) if isinstance(fields, list) and fields else type(fields)

    assert names(EXAMPLE) == names(fields_of(MATTER))
    assert names(MANY) == names(EXAMPLE)
    assert BARE.keys() == EXAMPLE.keys() and BARE["sena"][0].keys() == EXAMPLE["sena"][0].keys()


def test_ours_can_be_the_municipalitys_own(tmp_path: Path) -> None:
    (tmp_path / "egen.docx").write_bytes(our_template())
    trying = partial(try_apart, limits=PATIENT)
    assert paper_faults(sourced(), tmp_path, trying=trying) == []
    assert own_papers(sourced(), tmp_path, trying=trying) == {"tjansteskrivelse": our_template()}


@pytest.mark.parametrize(
    ("content", "words"),
    [
        (partial(template, "{{ orgen }}"), "har ett okänt fält 'orgen', menade du 'organ'?"),
        (partial(template, "{%p for x in sena %}", "{{ x.fristen }}", "{%p endfor %}"), "har ett okänt fält 'fristen', menade du 'frist'?"),
        (partial(template, "{{ organ }}", head="{{ komun }}"), "har ett okänt fält 'komun', menade du 'kommun'?"),
        (partial(template, "{%p if sammanträde %}", "a", "{%p else %}", "{{ slut }}", "{%p endif %}"), "har ett okänt fält 'slut'"),
        (partial(template, "{%p for rad in förslag %}", "{{ rad }}"), "har en felskriven tagg"),
        (partial(template, "Till {{ organ | stort }}"), "har en felskriven tagg (vid »Till {{ organ | stort }}«); rätta den"),
        (partial(template, "Till {{ organ }"), "har en felskriven tagg"),
        (partial(template, "Till organ }}"), "har en tagg som inte fylls i, vid »Till organ }}«"),
        (partial(template, "{{ kommun.__class__.__mro__ }}"), "har en tagg som gör annat än att visa fälten; ta bort den"),
        (partial(template, "{% for n in range(1000000000) %}{% endfor %}"), "går inte att fylla i"),
        (partial(template, "Före {{ enheter|safe }} efter", "nästa"), "har »|safe«, som förstör filen när det står & eller < i ett fält; ta bort"),
        (partial(template, "{% if 1 > 2 %}{{ enheter|safe }}{% endif %}"), "har »|safe«"),
        (partial(template, "{% autoescape false %}{{ enheter }}{% endautoescape %}"), "blir en trasig Word-fil när den fylls i; ta bort"),
        (partial(template, "{{ lipsum(2) }}"), "visar inte »"),
        (partial(template, "Enhet: {{r enheter }} slut"), "visar inte »Nämnden för A & B <exempel>«, för taggen står utanför texten; skriv {{"),
        (partial(template, "{{p enheter }}"), "visar inte »Nämnden för A & B <exempel>«"),
        (partial(template, "{% for s in sena %}{% if loop.index == 2 %}{{ s.nam }}{% endif %}{% endfor %}"), "har ett okänt fält 'nam', menade du 'namn'?"),
        (partial(template, "{% for s in sena %}{% for b in s.brev %}{% if loop.index == 2 %}{{ b.tid }}{% endif %}{% endfor %}{% endfor %}"), "har ett okänt fält 'tid'"),
        (partial(template, "{{ sena[0].brev[0].till }}"), "frågar efter rad 1 i en lista som kan vara kortare; gå igenom den med »for«"),
        (partial(template, "{% if organ is nosuch %}a{% endif %}"), "har en felskriven tagg (No test named 'nosuch' found"),
        (partial(template, "{% macro m() %}{{ m() }}{% endmacro %}{{ m() }}"), "har ett makro som anropar sig självt utan slut"),
        (partial(template, "{{ '{x}'.format() }}"), "går inte att fylla i; jämför"),
        (partial(bytes, b"hej"), "är inte en Word-fil (.docx); spara om den som en Word-fil (.docx)"),
        (partial(template, "a", change=lambda xml: xml[:200]), "är skadad"),
    ],
)  # fmt: skip
def test_a_template_that_cannot_be_filled_in_stops_the_start_and_says_what_to_mend(
    tmp_path: Path, content: Callable[[], bytes], words: str
) -> None:
    (tmp_path / "egen.docx").write_bytes(content())
    (fault,) = paper_faults(sourced(), tmp_path, trying=try_here)
    assert fault.message.startswith(f"mallen 'egen.docx' till tjänsteskrivelse {words}"), fault.message
    assert fault.line == (text("hedemora") + OWN).splitlines().index(OWN.splitlines()[2]) + 1
    with pytest.raises(DefinitionError, match=r"egen\.docx"):
        own_papers(sourced(), tmp_path, trying=try_here)


@pytest.mark.parametrize(
    ("content", "words"),
    [
        (partial(template, "{{ 9**(9**9) }}"), ENDLESS),
        (partial(template, "{{ 'x' * 9**9 }}"), ENDLESS),
        (partial(template, "{{ orgen }}"), "har ett okänt fält 'orgen', menade du 'organ'?"),
        (partial(template, "Till organ }}"), "har en tagg som inte fylls i, vid »Till organ }}«"),
        (partial(template, "a", change=lambda xml: xml[:200]), BROKEN),
    ],
    ids=["computes for ever", "takes all memory", "unknown", "left over", "broken"],
)  # fmt: skip
def test_whatever_a_template_does_it_does_in_a_process_with_limits(
    tmp_path: Path, content: Callable[[], bytes], words: str
) -> None:
    (tmp_path / "egen.docx").write_bytes(content())
    trying = partial(try_apart, limits=replace(PATIENT, seconds=1 if words == ENDLESS else LIMITS.seconds))
    (fault,) = paper_faults(sourced(), tmp_path, trying=trying)
    assert f"till tjänsteskrivelse {words}" in fault.message
    assert fault.rule == ("skadad" if words == BROKEN else "fel-i-mallen")


def test_a_paper_waits_for_no_file_that_is_read_and_is_filled_in_once_for_all_its_readers() -> None:
    """Whoever writes it holds the store meanwhile."""
    own = template("Till {{ organ }}")
    with ExitStack() as readers:
        for _ in range(max(2, os.cpu_count() or 2)):
            readers.enter_context(_AT_ONCE)
        assert shown(own) == ["Till Kommunstyrelsens arbetsutskott"]
        before = _said.cache_info().misses
        assert shown(own) == ["Till Kommunstyrelsens arbetsutskott"]
    assert _said.cache_info().misses == before


def test_one_with_macros_is_refused(tmp_path: Path) -> None:
    into = io.BytesIO(template("{{ organ }}"))
    with zipfile.ZipFile(into, "a") as parts:
        parts.writestr("word/vbaProject.bin", b"x")
    (tmp_path / "egen.docx").write_bytes(into.getvalue())
    (fault,) = paper_faults(sourced(), tmp_path)
    assert "innehåller makron; spara om den som en Word-fil (.docx)" in fault.message
