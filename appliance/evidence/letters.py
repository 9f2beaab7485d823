"""Letters on a page of PDF in the fonts that every reader has (ISO 32000-1, section 9.6.2.2), Welsh ones among them.

Those fonts have no ŵ, but they have w and a circumflex: such a letter is put together, and says what it is when it is
copied or searched for (/ActualText, section 14.9.4). So no font has to be in the file, or in this repository.
"""

import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass

from fpdf import FPDF

ENCODING = "cp1252"  # that of the fonts, with their Euro sign, dashes and quotation marks
ACCENTS = dict(zip("\u0300\u0301\u0302\u0303\u0304\u0308", "`´ˆ˜¯¨", strict=True))
HIGHER = 0.2  # of the font's size: how much higher an accent sits on a capital


@dataclass(frozen=True)
class Letter:
    """`shown` is what the fonts have for `meant`; with `accent` it is the letter itself."""

    meant: str
    shown: str
    accent: str = ""

    @property
    def plain(self) -> bool:
        return self.meant == self.shown


def letters(text: str) -> Iterator[Letter]:
    """What stands for each character; one that the fonts lack altogether is shown by its number."""
    for one in unicodedata.normalize("NFC", text):
        base, *marks = list(unicodedata.normalize("NFD", one))
        if not one.isprintable():
            yield Letter(" ", " ")
        elif _there(one):
            yield Letter(one, one)
        elif _there(base) and len(marks) == 1 and marks[0] in ACCENTS:
            yield Letter(one, base, ACCENTS[marks[0]])
        else:
            yield Letter(one, f"[U+{ord(one):04X}]")


def width(pdf: FPDF, text: str) -> float:
    """How wide a text is in the font that is set, in the page's unit."""
    return pdf.get_string_width("".join(letter.shown for letter in letters(text)))


def put(pdf: FPDF, x: float, y: float, text: str) -> None:
    """Write a line of text whose baseline begins at x and y."""
    run = ""
    for letter in letters(text):
        if letter.plain:
            run += letter.shown
            continue
        x = _run(pdf, x, y, run)
        run = ""
        x = _composed(pdf, x, y, letter)
    _run(pdf, x, y, run)


def _run(pdf: FPDF, x: float, y: float, text: str) -> float:
    if text:
        pdf.text(x, y, text)
    return x + pdf.get_string_width(text)


def _composed(pdf: FPDF, x: float, y: float, letter: Letter) -> float:
    pdf._out(f"/Span <</ActualText <FEFF{letter.meant.encode('utf-16-be').hex().upper()}>>> BDC")
    wide = pdf.get_string_width(letter.shown)
    pdf.text(x, y, letter.shown)
    if letter.accent:
        beside = (wide - pdf.get_string_width(letter.accent)) / 2
        pdf.text(x + beside, y - (HIGHER * pdf.font_size if letter.shown.isupper() else 0), letter.accent)
    pdf._out("EMC")
    return x + wide


def _there(one: str) -> bool:
    try:
        return bool(one.encode(ENCODING))
    except UnicodeEncodeError:
        return False
