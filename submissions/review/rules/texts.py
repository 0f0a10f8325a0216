"""The texts: every heading that is asked for, and under each a text of substance."""

from collections import defaultdict
from difflib import get_close_matches

from submissions.files.filled import Section
from submissions.finding import Finding
from submissions.readers.written import folded_heading
from submissions.review.case import Case, Grade, Judge, Registered, Rule
from submissions.review.review_words import counted, named, shown
from submissions.review.substance import Lack, folded, lack, words_of

_LONGEST_LINE, _ALIKE = 100, 0.8  # characters of a line that may be a heading; how much like another it is
_SAME = 5  #: words, inclusive: a shorter text may well stand under two headings


def no_heading(case: Case, judge: Judge) -> Finding | None:
    """A heading that is asked for was not found. What stands in its place is told: one much like it, else the unknown ones."""
    asked = [each for each in case.mall.headings if not each.heading.answered_on]
    lost = [each for each in asked if each.heading.id not in case.sections]
    if not lost or is_picture(case):
        return None
    names = [each.heading.name for each in lost]
    near = [close for each in lost if (close := _near(case, (each.heading.name, *each.labels)))]
    which = "Rubriken" if len(lost) == 1 else "Rubrikerna"
    mend = "Lägg till rubriken med samma ord som i mallen, på en egen rad, och skriv texten under den."
    if len(near) == len(lost):
        mend = "Rätta rubriken så att den har samma ord som i mallen, på en egen rad."
    return judge.found(
        named(names), f"{which} {named([shown(each) for each in names])} saknas.{_instead(case, near)}", mend
    )


def _instead(case: Case, near: list[str]) -> str:
    if near:
        return f" Däremot står {named([shown(each) for each in near])}."
    theirs = [each.heading for each in case.filled.sections if each.id is None and each.heading]
    if not theirs:
        return ""
    told = named([shown(each) for each in theirs])
    return f" Däremot står {told}, som inte känns igen: har en rubrik bytt namn?"


def _near(case: Case, labels: tuple[str, ...]) -> str:
    """Return the heading, or the line by itself, that is much like one of these; "" when none is."""
    theirs = [each.heading for each in case.filled.sections if each.id is None]
    lines = [line for each in case.filled.sections for line in each.text.splitlines() if len(line) < _LONGEST_LINE]
    by_words = {folded_heading(each): each for each in (*reversed(lines), *reversed(theirs)) if each.strip()}
    close = (get_close_matches(folded_heading(each), by_words, n=1, cutoff=_ALIKE) for each in labels)
    return next((by_words[found[0]] for found in close if found), "")


def lacking(*kinds: Lack, message: str, mend: str) -> Rule:
    """Return a rule that tells of the headings whose text lacks substance in one of these ways."""

    def rule(case: Case, judge: Judge) -> Finding | None:
        off = [section for section, how in _lacks(case) if how in kinds]
        if not off:
            return None
        told = named([shown(each.heading) for each in off])
        return judge.found(named([each.place for each in off]), message.format(told), mend)

    return rule


def _lacks(case: Case) -> list[tuple[Section, Lack]]:
    """Give each heading that was found with what its text lacks; one that has only pictures is told as that.

    Under one that is answered on a sheet, nothing or a reference to it is enough; an unfinished text is not.
    """
    found = []
    for each in case.mall.headings:
        section = case.sections.get(each.heading.id)
        if section:
            how = lack(section.text, help_line=each.heading.help, at_least=each.heading.words)
            if each.heading.answered_on and how not in ("", "platshållare"):
                continue
            if how not in ("tom", "hjälptext") or not section.pictures:
                found.append((section, how))
    return found


def too_short(case: Case, judge: Judge) -> Finding | None:
    """A text has at least so many words as the definition says of its heading."""
    least = {each.heading.id: each.heading.words for each in case.mall.headings}
    off = [section for section, how in _lacks(case) if how == "kort"]
    if not off:
        return None
    told = [
        f"{shown(each.heading)} har {counted(words_of(each.text), 'ord', 'ord')}, minst {least[each.id or '']} väntas"
        for each in off
    ]
    return judge.found(
        named([each.place for each in off]),
        f"Texten är mycket kort: {named(told, '; ')}.",
        "Skriv så att den som inte känner verksamheten förstår vad som har hänt och varför. Räcker det, svara med varför.",
    )


def same_text(case: Case, judge: Judge) -> Finding | None:
    """The same text does not stand under several headings."""
    texts: dict[str, list[Section]] = defaultdict(list)
    for section, how in _lacks(case):
        if how in ("", "kort") and words_of(section.text) >= _SAME:
            texts[folded(section.text)].append(section)
    off = [section for sections in texts.values() if len(sections) > 1 for section in sections]
    if not off:
        return None
    return judge.found(
        named([each.place for each in off]),
        f"Samma text står under flera rubriker: {named([shown(each.heading) for each in off])}.",
        "Skriv under varje rubrik det som den frågar efter. Hör texten hemma under en av dem, svara med vilken.",
    )


def only_pictures(case: Case, judge: Judge) -> Finding | None:
    """A text is text: a picture of it can neither be read aloud, searched nor put in the report."""
    told = [
        section
        for each in case.mall.headings
        if (section := case.sections.get(each.heading.id)) and section.pictures
        and lack(section.text, help_line=each.heading.help) in ("tom", "hjälptext")
    ]  # fmt: skip
    if not told and not is_picture(case):
        return None
    where = named([each.place for each in told]) if told else "hela filen"
    return judge.found(
        where,
        "Texten finns bara som bild." if told else "Filen har bara bilder och ingen text. Den är kanske inskannad.",
        "Skriv texten som text, eller spara om dokumentet från programmet där det skrevs i stället för att skanna det.",
    )


def is_picture(case: Case) -> bool:
    """Whether a file that should have headings has no words at all, only pictures."""
    return bool(case.mall.headings) and case.filled.words == 0 and case.filled.pictures > 0 and not case.sections


def _rule(rule_id: str, holds: str, grade: Grade, rule: Rule) -> Registered:
    return Registered(id=rule_id, holds=holds, grade=grade, rule=rule)


RULES = (
    _rule("saknar-rubrik", "Texten har alla rubriker som rapporten kräver.", "L", no_heading),
    _rule(
        "tom-rubrik",
        "Under varje rubrik står en text.",
        "L",
        lacking("tom", message="Det står ingen text under {}.", mend="Skriv texten. Mallens hjälprad säger vad den ska ta upp."),
    ),
    _rule(
        "bara-hjalptext",
        "Under varje rubrik står mer än mallens hjälprad.",
        "L",
        lacking(
            "hjälptext",
            message="Under {} står bara mallens hjälprad.",
            mend="Skriv texten i stället för hjälpraden.",
        ),
    ),
    _rule(
        "platshallare",
        "Ingen text är en platshållare.",
        "L",
        lacking(
            "platshållare",
            message="Under {} står en platshållare och inte den färdiga texten.",
            mend="Byt platshållaren mot den färdiga texten och lämna in filen igen.",
        ),
    ),
    _rule(
        "bara-hanvisning",
        "Under varje rubrik står mer än en hänvisning.",
        "L",
        lacking(
            "hänvisning",
            message="Under {} står bara en hänvisning till något annat.",
            mend="Skriv det viktigaste här också: texterna läses var för sig i den färdiga rapporten.",
        ),
    ),
    _rule(
        "inget-att-rapportera",
        "Den som inte har något att skriva under en rubrik svarar varför.",
        "I",
        lacking(
            "inget",
            message="Under {} står att det inte finns något att rapportera.",
            mend="Stämmer det, svara med en mening om hur ni vet det. Skriv annars texten.",
        ),
    ),
    _rule("for-kort-text", "Texten under en rubrik har minst så många ord som definitionen säger.", "I", too_short),
    _rule("samma-text", "Samma text står inte under flera rubriker.", "I", same_text),
    _rule("text-som-bild", "Texten är text och inte bara bilder.", "I", only_pictures),
)  # fmt: skip
