"""Where a line may end inside a long word or an address."""

import pytest

from arshjul.line_ends import pieces, seamed


@pytest.mark.parametrize(
    ("said", "shown"),
    [
        ("Miljö- och samhällsbyggnadsnämnden", "Miljö- och samhälls·byggnads·nämnden"),
        ("INVESTERINGSREDOVISNING", "INVESTERINGS·REDOVISNING"),
        ("Bildningsnämnden", "Bildningsnämnden"),  # short enough for any column
        ("Nämndbudget 2028", "Nämndbudget 2028"),
        ("Utvecklingsstrategierna", "Utvecklingsstrategierna"),  # no seam that is known
    ],
)
def test_a_long_word_may_end_a_line_at_its_seams(said: str, shown: str) -> None:
    assert seamed(said).replace("\u00ad", "·") == shown


@pytest.mark.parametrize(
    ("text", "apart"),
    [
        ("VD:n, vd.bostadsbolaget@example.se.", "VD:n, vd.bostadsbolaget@|example.se."),
        ("forvaltningschef.samhallsbyggnad@example.se", "forvaltningschef|.samhallsbyggnad@|example.se"),
        ("https://arshjul.example.se/lage/del?x=1", "https://|arshjul|.example|.se/|lage/|del|?x=1"),
        ("Förvaltningsberättelse och annat", "Förvaltningsberättelse och annat"),
        ("", ""),
    ],
)
def test_an_address_may_end_a_line_at_its_signs_and_at_its_dots_only_where_it_must(text: str, apart: str) -> None:
    assert "|".join(pieces(text)) == apart
    assert "".join(pieces(text)) == text
