"""What people get is called what it is, and every file system and mail program takes the name."""

import pytest

from arshjul.file_names import LONGEST, file_name, in_ascii


@pytest.mark.parametrize(
    ("words", "right"),
    [
        (("Tjänsteskrivelse", "delårsrapport", "augusti 2027"), "Tjänsteskrivelse delårsrapport augusti 2027.docx"),
        (("Mål/uppdrag: vad?", "<2027>"), "Mål-uppdrag- vad- -2027-.docx"),
        (("A\u030arsrapport", "o\u0308versikt"), "Årsrapport översikt.docx"),  # as a Mac writes them
        (("två\r\nrader\u2028och", "\u202etxt.exe"), "två rader och -txt.exe.docx"),
        (("  slut. . ", "."), "slut.docx"),
        (("",), "Fil.docx"),
        (("å" * 300,), f"{'å' * (LONGEST - 5)}.docx"),
    ],
)
def test_a_name_is_told_in_words_that_every_file_system_takes(words, right):
    assert file_name("docx", *words) == right


def test_who_reads_ascii_alone_reads_a_name_too():
    assert in_ascii('Årsplan "2027", Ånge ü.xlsx') == "Arsplan__2027___Ange_u.xlsx"
