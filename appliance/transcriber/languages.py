"""Which languages a speech model may write down, and what stands where it may not. Pure.

A model writes something in any language, whether or not it makes sense. So words are kept only where somebody has
measured how many of them are wrong, and that is few enough.
"""

from dataclasses import dataclass
from fractions import Fraction
from types import MappingProxyType

from appliance.clock import spoken


@dataclass(frozen=True)
class Rates:
    """Words in 100 that were wrong (substituted, lost or invented), by ISO 639-1 code, and who measured that."""

    wrong: MappingProxyType[str, float]
    source: str


def rates(source: str, **wrong: float) -> Rates:
    return Rates(MappingProxyType(wrong), source)


UNKNOWN = rates("")
BASE = rates("our test of crowded meetings", en=40.0)  # seven half-minutes of the AMI corpus; see the README


def written(stated: Rates, language: str, limit: float) -> bool:
    """Whether words in a language are kept: at most `limit` in 100 of them are stated to be wrong."""
    wrong = stated.wrong.get(language)
    return wrong is not None and wrong <= limit


def listen(language: str, at_s: float) -> str:
    """The line in place of words: `[Cymraeg: gwrandewch / Welsh: listen] 12:04`; `at_s` in seconds of the meeting."""
    english, own, imperative = NAMES.get(language, (language, "", ""))
    if imperative:
        return f"[{own}: {imperative} / {english}: listen] {spoken(at_s)}"
    return f"[{own} / {english}: listen] {spoken(at_s)}" if own else f"[{english}: listen] {spoken(at_s)}"


def name(language: str) -> str:
    return NAMES.get(language, (language,))[0]


def in_words(wrong: float) -> str:
    """A rate as people say it: 39 in 100 -> `about two words in five`."""
    share = min(SHARES, key=lambda one: abs(float(one) - wrong / 100))
    word = "word" if share.numerator == 1 else "words"
    return f"about {NUMBERS[share.numerator]} {word} in {NUMBERS[share.denominator]}"


def how_good(stated: Rates, language: str) -> str:
    """For pages, where a rate is stated; else empty."""
    wrong = stated.wrong.get(language)
    if wrong is None:
        return ""
    said = in_words(wrong)
    was = "was" if " word " in said else "were"
    return f"{said[0].upper()}{said[1:]} {was} wrong in {stated.source}."


NUMBERS = {1: "one", 2: "two", 3: "three", 4: "four", 5: "five", 9: "nine", 10: "ten", 20: "twenty"}
SHARES = [Fraction(share) for share in ("1/20", "1/10", "1/5", "1/4", "1/3", "2/5", "1/2", "3/5", "3/4", "9/10")]

NAMES = {  # ISO 639-1: in English, in itself, and "listen" in it
    "ar": ("Arabic", "العربية", ""),
    "bn": ("Bengali", "বাংলা", ""),
    "bg": ("Bulgarian", "български", ""),
    "cs": ("Czech", "čeština", ""),
    "cy": ("Welsh", "Cymraeg", "gwrandewch"),
    "de": ("German", "Deutsch", "bitte anhören"),
    "el": ("Greek", "ελληνικά", ""),
    "en": ("English", "English", ""),
    "es": ("Spanish", "español", "escuche"),
    "fa": ("Persian", "فارسی", ""),
    "fr": ("French", "français", "écoutez"),
    "gu": ("Gujarati", "ગુજરાતી", ""),
    "hi": ("Hindi", "हिन्दी", ""),
    "hu": ("Hungarian", "magyar", ""),
    "it": ("Italian", "italiano", "ascoltate"),
    "ku": ("Kurdish", "kurdî", ""),
    "lt": ("Lithuanian", "lietuvių", ""),
    "lv": ("Latvian", "latviešu", ""),
    "nl": ("Dutch", "Nederlands", "luister"),
    "pa": ("Panjabi", "ਪੰਜਾਬੀ", ""),
    "pl": ("Polish", "polski", ""),
    "ps": ("Pashto", "پښتو", ""),
    "pt": ("Portuguese", "português", "ouça"),
    "ro": ("Romanian", "română", ""),
    "ru": ("Russian", "русский", ""),
    "sk": ("Slovak", "slovenčina", ""),
    "so": ("Somali", "Soomaali", ""),
    "sq": ("Albanian", "shqip", ""),
    "ta": ("Tamil", "தமிழ்", ""),
    "tr": ("Turkish", "Türkçe", ""),
    "uk": ("Ukrainian", "українська", ""),
    "ur": ("Urdu", "اردو", ""),
    "vi": ("Vietnamese", "Tiếng Việt", ""),
    "zh": ("Chinese", "中文", ""),
}
