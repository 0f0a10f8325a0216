"""When a text says something, and when it only looks as if it did."""

import pytest

from submissions.review.substance import lack, says, words_of

HELP = "Vad har hänt under perioden och efter den som påverkar verksamheten?"
REAL = "Vi har öppnat två avdelningar vid Vasaliden och anställt fem förskollärare sedan i mars."


@pytest.mark.parametrize(
    ("text", "why"),
    [
        (REAL, ""),
        (f"{HELP}\n{REAL}", ""),
        (f"{REAL} Se också bilaga 2.", ""),
        (f"Se tabellen nedan. {REAL}", ""),
        ("Inga vikarier gick att få tag på under hela våren, trots att vi annonserade två gånger.", ""),
        ("", "tom"),
        (" \n - \n", "tom"),
        ("…", "tom"),
        (HELP, "hjälptext"),
        (f"  {HELP.upper()} ", "hjälptext"),
        (f"{HELP} –", "hjälptext"),
        ("Lorem ipsum dolor sit amet " * 5, "platshållare"),
        ("Skriv er text här", "platshållare"),
        ("[text]", "platshållare"),
        ("xxxx", "platshållare"),
        ("Klicka eller tryck här för att ange text.", "platshållare"),
        ("Kommer senare.", "platshållare"),
        ("Kompletteras", "platshållare"),
        (f"{REAL} XXX kronor", "platshållare"),
        ("Se ovan", "hänvisning"),
        ("se bilaga 3", "hänvisning"),
        ("Vänligen se nämndens verksamhetsberättelse.", "hänvisning"),
        ("Hänvisas till Stratsys", "hänvisning"),
        ("Redovisas i driftredovisningen.", "hänvisning"),
        ("Som ovan", "hänvisning"),
        ("Bilaga 1", "hänvisning"),
        ("Inget att rapportera", "inget"),
        ("Inget nytt att rapportera under perioden.", "inget"),
        ("Inga avvikelser", "inget"),
        ("Det finns inget att kommentera.", "inget"),
        ("Ej aktuellt", "inget"),
        ("Inga väsentliga händelser har inträffat under perioden", "inget"),
        ("Allt har gått som planerat.", "kort"),
        ("Inga åtgärder behövs eftersom prognosen visar överskott.", "kort"),
        ("Se över bemanningen", "kort"),
    ],
)
def test_a_text_under_a_heading(text: str, why: str) -> None:
    assert lack(text, help_line=HELP, at_least=10) == why


@pytest.mark.parametrize(
    "text", ["Vikarier", "Se över målvärdet", "Högre ränta", "3 färre elever", "Ingen vikarie fanns att få"]
)
def test_a_word_is_enough_in_a_cell(text: str) -> None:
    assert says(text)


@pytest.mark.parametrize("text", ["", "-", "Se ovan", "se kommentar", "?", "xxx", "Inget", "Ingen kommentar", "d:o"])
def test_a_mark_or_a_reference_is_no_explanation(text: str) -> None:
    assert not says(text)


def test_words_are_words_and_numbers() -> None:
    assert words_of("Kostnaden blev 1200 tkr – mot 1,1 mnkr i fjol.") == 9
