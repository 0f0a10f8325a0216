"""Keys: every shape goes out as the text it was, malformed ones are refused, and nobody else counts strokes."""

import copy
import json
import pickle

import pytest

from arshjul.errors import RefusedError
from arshjul.keys import MilestoneKey, ObligationKey, OccurrenceKey, PlannedKey, beginning
from store.post.letter_keys import occurrence_of, thread_key

UNDERLAG = "hedemora/delarsrapport/2027-08/socialnamnden/underlag"


@pytest.mark.parametrize(
    ("kind", "text", "names"),
    [
        (ObligationKey, UNDERLAG, ("hedemora", "delarsrapport", "2027-08", "socialnamnden", "underlag")),
        (MilestoneKey, "hedemora/arsredovisning/2027/kommunen/kf", ("hedemora", "arsredovisning", "2027", "kommunen", "kf")),
        (MilestoneKey, "a/b/2027/c/bilagor-paminnelse-5", ("a", "b", "2027", "c", "bilagor-paminnelse-5")),
    ],
)  # fmt: skip
def test_a_key_of_the_plan_is_its_text_and_knows_its_names(
    kind: type[PlannedKey], text: str, names: tuple[str, str, str, str, str]
) -> None:
    key = kind.of(*names)
    last = key.krav if isinstance(key, ObligationKey) else key.moment if isinstance(key, MilestoneKey) else ""
    assert (key, str(key), f"{key}") == (text, text, text)
    assert (key.kommun, key.step, key.period, key.unit, last) == names
    assert key.occurrence == (names[1], names[2])
    assert key.path == text.partition("/")[2]


def test_a_key_is_still_itself_after_every_way_that_text_goes() -> None:
    key = ObligationKey(UNDERLAG)
    assert {key: 1}[UNDERLAG] == {UNDERLAG: 1}[key] == 1  # type: ignore[index]
    assert json.loads(json.dumps({key: [key]})) == {UNDERLAG: [UNDERLAG]}
    for again in (copy.deepcopy(key), pickle.loads(pickle.dumps(key))):
        assert (type(again), again, again.krav) == (ObligationKey, key, "underlag")


def test_one_key_leads_to_its_neighbours() -> None:
    key = ObligationKey(UNDERLAG)
    assert key.milestone("ksau") == "hedemora/delarsrapport/2027-08/socialnamnden/ksau"
    assert isinstance(key.milestone("ksau"), MilestoneKey)
    assert key.of_unit("omsorgsnamnden") == "hedemora/delarsrapport/2027-08/omsorgsnamnden/underlag"
    assert key.occurrence.path == "delarsrapport/2027-08"


@pytest.mark.parametrize("kind", [ObligationKey, MilestoneKey])
@pytest.mark.parametrize(
    "text", ["", "hedemora", "a/b/c/d", f"{UNDERLAG}/kvittens", "a/b//d/e", "/b/c/d/e", "a/b/c/d/"]
)
def test_what_is_not_five_names_is_refused_with_how_to_write_it(kind: type[PlannedKey], text: str) -> None:
    with pytest.raises(RefusedError, match="Det finns inget") as refused:
        kind(text)
    assert kind(str(refused.value).rpartition("till exempel ")[2].rstrip("."))


def test_a_name_with_a_stroke_in_it_or_none_makes_no_key() -> None:
    for unit in ("social/namnden", ""):
        with pytest.raises(RefusedError):
            ObligationKey.of("hedemora", "delarsrapport", "2027-08", unit, "underlag")


def test_a_longer_key_tells_what_it_begins_with() -> None:
    assert beginning(f"{UNDERLAG}/kvittens/ekonomi.1/1820000000") == UNDERLAG
    assert beginning("hedemora/vecka/2027-V37") == "hedemora/vecka/2027-V37"


def test_a_thread_is_a_tillfalle_and_its_reader() -> None:
    tillfalle = OccurrenceKey.of("delarsrapport", "2027-08")
    assert thread_key(tillfalle, "ek.chef@example.se") == "delarsrapport/2027-08/ek.chef@example.se"
    assert thread_key(tillfalle, None) == "delarsrapport/2027-08/ekonomikontoret"
    assert occurrence_of(thread_key(tillfalle, None)) == tillfalle
