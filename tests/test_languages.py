"""Words are kept only in languages for which somebody has said how many of them are wrong."""

import pytest

from appliance.transcriber import languages
from appliance.transcriber.languages import how_good, in_words, listen, rates, written

pytestmark = pytest.mark.pure


def test_a_language_without_a_figure_is_not_written() -> None:
    stated = rates("us", en=20.0, cy=60.0)
    assert written(stated, "en", 50.0) and written(stated, "en", 20.0)
    assert not written(stated, "cy", 50.0) and written(stated, "cy", 60.0)
    assert not written(stated, "pl", 100.0)
    assert not written(languages.UNKNOWN, "en", 100.0)
    assert written(languages.BASE, "en", 50.0) and not written(languages.BASE, "cy", 100.0)


def test_where_nothing_is_written_the_line_says_what_to_do_in_both_languages() -> None:
    assert listen("cy", 724.4) == "[Cymraeg: gwrandewch / Welsh: listen] 12:04"
    assert listen("pl", 3675.0) == "[polski / Polish: listen] 1:01:15"
    assert listen("haw", 5.0) == "[haw: listen] 0:05"


@pytest.mark.parametrize(
    ("wrong", "said"),
    [
        (39.0, "about two words in five"),
        (33.0, "about one word in three"),
        (10.5, "about one word in ten"),
        (4.0, "about one word in twenty"),
        (61.0, "about three words in five"),
        (150.0, "about nine words in ten"),
    ],
)
def test_a_rate_is_said_as_people_say_it(wrong: float, said: str) -> None:
    assert in_words(wrong) == said


def test_pages_say_where_a_rate_comes_from_or_nothing() -> None:
    assert how_good(rates("our test", en=20.0), "en") == "About one word in five was wrong in our test."
    assert how_good(rates("our test", en=40.0), "en") == "About two words in five were wrong in our test."
    assert how_good(rates("our test", en=20.0), "cy") == ""
