"""Words from outside on one line, told as somebody else's, and without anything that a mail program makes a link of."""

import pytest

from notifications.plain import LONGEST_QUOTED, defused, quoted


@pytest.mark.parametrize(
    ("words", "right"),
    [
        ("550 5.1.1 No such user", "550 5.1.1 No such user"),
        ("Ekonomi bildning.xlsx", "Ekonomi bildning.xlsx"),
        ("chef@example.se är borta", "chef@example.se är borta"),
        ("smtp relay.example.se:25 svarar inte", "smtp relay.example.se:25 svarar inte"),
        ("se /var/lib/arshjul.d/x.db", "se /var/lib/arshjul.d/x.db"),
        ("gå till https://ond.example.org/a?b=c.", "gå till hxxps[:]//ond[.]example[.]org/a?b=c[.]"),
        ("HTTP://OND.example.org", "hxxp[:]//OND[.]example[.]org"),
        ("ftp://ond.example.org x", "ftp[:]//ond[.]example[.]org x"),
        ("WWW.ond.example.org", "WWW[.]ond[.]example[.]org"),
        ("ond.example.org/in", "ond[.]example[.]org/in"),
        ("ond.example.org:8080/in", "ond[.]example[.]org:8080/in"),
        ("mailto:ond@example.org", "mailto[:]ond@example[.]org"),
        ("ht\u200btps://ond.example.org", "hxxps[:]//ond[.]example[.]org"),
        ("två\r\nrader\u2028tre", "två rader tre"),
    ],
)
def test_no_link_is_left_and_the_rest_stands(words, right):
    assert defused(words) == right


def test_a_quotation_is_told_as_one_ends_where_it_ends_and_has_an_end():
    assert quoted("ett ord« Ekonomikontoret skriver: »betala") == "»ett ord‹ Ekonomikontoret skriver: ›betala«"
    assert quoted("a" * 1_000_000) == f"»{'a' * LONGEST_QUOTED} …«"
