"""One sheet of A4 on which text is set from the top down. The same text makes the same bytes."""

import textwrap
from datetime import datetime

from fpdf import FPDF

from appliance.evidence import letters

MARGIN, WIDE = 15.0, 210.0  # of A4, in mm
LABELS = 33.0  # the width of the column of labels
LINE = 3.75
BODY, SMALL, HASH, HEADING, TITLE = 8.5, 7.5, 7.2, 10.0, 16.0  # sizes in points
TEXT, FIXED = "Helvetica", "Courier"


class Sheet:
    """`y` is how far it is filled, in mm from its top."""

    def __init__(self, title: str, made: datetime) -> None:
        self.pdf = FPDF(format="A4")
        self.pdf.set_compression(False)  # so that no other zlib makes other bytes of it
        self.pdf.core_fonts_encoding = letters.ENCODING
        self.pdf.set_auto_page_break(False)
        self.pdf.set_creation_date(made)
        self.pdf.set_title(title)
        self.pdf.set_lang("en-GB")
        self.pdf.add_page()
        self.y = MARGIN
        self._line(title, TITLE, bold=True, high=8.0)

    def heading(self, text: str) -> None:
        self.y += 1.6
        self._line(text, HEADING, bold=True, high=4.8)

    def paragraph(self, text: str, size: float = BODY) -> None:
        for line in self._wrapped(text, WIDE - 2 * MARGIN, size):
            self._line(line, size)

    def row(self, label: str, text: str, most: int = 2) -> None:
        """A label and what stands beside it, in so many lines at most."""
        wrapped = self._wrapped(text, WIDE - 2 * MARGIN - LABELS, BODY)
        if len(wrapped) > most:
            wrapped[most - 1 :] = [wrapped[most - 1] + " …"]
        for line in wrapped or [""]:
            self._put(label, BODY, MARGIN, bold=True)
            self._line(line, BODY, MARGIN + LABELS)
            label = ""

    def fixed(self, label: str, text: str, size: float = HASH) -> None:
        """A label and a line of letters that are all of one width."""
        self._put(label, BODY, MARGIN, bold=True)
        self._line(text, size, MARGIN + LABELS, font=FIXED)

    def columns(self, name: str, size: str, digest: str) -> None:
        """A line of the table of files."""
        self._put(name, SMALL, MARGIN)
        self._set(SMALL)
        self._put(size, SMALL, MARGIN + 75 - letters.width(self.pdf, size))
        self._line(digest, HASH, MARGIN + 80, font=FIXED)

    def as_pdf(self) -> bytes:
        return bytes(self.pdf.output())

    def _wrapped(self, text: str, wide: float, size: float) -> list[str]:
        """Lines no wider than that; a word that is wider is broken."""
        self._set(size)
        lines: list[str] = []
        for word in text.split():
            longer = f"{lines[-1]} {word}" if lines else word
            if lines and letters.width(self.pdf, longer) <= wide:
                lines[-1] = longer
            else:
                narrow = max(1, int(wide / letters.width(self.pdf, "W")))
                whole = letters.width(self.pdf, word) <= wide
                lines += [word] if whole else textwrap.wrap(word, narrow)
        return lines

    def _line(
        self, text: str, size: float, x: float = MARGIN, *, font: str = TEXT, bold: bool = False, high: float = LINE
    ) -> None:
        self._put(text, size, x, font=font, bold=bold)
        self.y += high

    def _put(self, text: str, size: float, x: float, *, font: str = TEXT, bold: bool = False) -> None:
        self._set(size, font=font, bold=bold)
        baseline = 0.8 * max(size, HEADING) / self.pdf.k  # the same for all sizes that may stand in one line
        letters.put(self.pdf, x, self.y + baseline, text)

    def _set(self, size: float, *, font: str = TEXT, bold: bool = False) -> None:
        self.pdf.set_font(font, style="B" if bold else "", size=size)
