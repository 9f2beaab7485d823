"""Text that goes round in circles is told from people who repeat themselves."""

from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from appliance.store.transcript import Line
from appliance.transcriber import loops

pytestmark = pytest.mark.pure


def said(*texts: str) -> list[Line]:
    return [Line(float(at), at + 1.0, text, "en", ()) for at, text in enumerate(texts)]


LOOPS = [
    ("They were going to their body.",) * 27,
    ("They were going to their body. " * 27,),
    ("I'm not sure if I can do it. I'm not sure if I can do it. I’m not sure if I can do it.",),
    ("you you you you you you",),
    ("Thank you. Thank you.", "thank you", "Thank you!"),
    (
        "I'm going to cut the meat",
        "into small pieces. I'm going to cut the meat into small",
        "pieces. I'm going to cut",
        "the meat into small pieces.",
    ),
    ("gyda chi " * 4,),
]
PEOPLE = [
    ("No, no, no, no, no.",),
    ("Thank you. Thank you. Thank you.",),
    ("He said that he would come. He said that he would come.",),
    ("It was very, very, very, very good.",),
    ("One, two, three, four, five, six, seven, eight, nine, ten, one, two, three, four",),
    ("Yes.", "Yes.", "Okay.", "Yes.", "Okay.", "Yes."),
    ("", "...", "--", "", "...", "--", "...", "..."),
]


@pytest.mark.parametrize("texts", LOOPS)
def test_a_loop_is_one_unclear_line(texts: tuple[str, ...]) -> None:
    assert loops.circles(texts)
    (line,) = loops.unclear(said(*texts))
    assert (line.text, line.start_s, line.end_s, line.words) == ("[unclear]", 0.0, float(len(texts)), ())


@pytest.mark.parametrize("texts", PEOPLE)
def test_people_may_repeat_themselves(texts: tuple[str, ...]) -> None:
    assert not loops.circles(texts)
    assert loops.unclear(said(*texts)) == said(*texts)


def test_what_was_said_before_and_after_a_loop_stays() -> None:
    around = said(
        "Good morning.", *("Round and round we go.",) * 5, "Shall we begin?", *("So it is then.",) * 3, "Yes."
    )
    made = loops.unclear(around)
    assert [line.text for line in made] == ["Good morning.", "[unclear]", "Shall we begin?", "[unclear]", "Yes."]
    assert [(line.start_s, line.end_s) for line in made] == [(0, 1), (1, 6), (6, 7), (7, 10), (10, 11)]


words = st.lists(st.sampled_from(["a", "b", "c", "we", "they"]), min_size=0, max_size=30)


@given(words, words, st.lists(st.sampled_from(["a", "b", "c", "we"]), min_size=1, max_size=12))
def test_no_loop_hides_among_other_words(before: list[str], after: list[str], phrase: list[str]) -> None:
    assert loops.circles([" ".join([*before, *phrase * 6, *after])])


@given(st.lists(words.map(" ".join), max_size=6))
def test_what_is_left_neither_overlaps_nor_goes_back(texts: list[str]) -> None:
    made = loops.unclear(said(*texts))
    assert all(one.end_s <= other.start_s for one, other in pairwise(made))
    assert {line.text for line in made} <= {*texts, "[unclear]"}
