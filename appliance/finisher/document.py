"""The transcript as a document for word processors (Office Open XML, ECMA-376)."""

import io
import zipfile
from collections.abc import Sequence
from datetime import UTC, datetime

import docx
from docx.oxml import OxmlElement
from docx.oxml.ns import qn
from docx.shared import Pt, RGBColor
from docx.text.paragraph import Paragraph
from docx.text.run import Run

from appliance.clock import spoken
from appliance.finisher.text import SEATS, SENTENCE, Entry, Head, facts, title

UNSURE = 0.5  # confidence below which a word is set in italics
GREY = RGBColor(0x59, 0x59, 0x59)
ONCE = datetime(2000, 1, 1, tzinfo=UTC)  # nothing of the machine's clock is in the file
FORBIDDEN = dict.fromkeys((*range(9), 11, 12, *range(14, 32), *range(0xD800, 0xE000), 0xFFFE, 0xFFFF), "\ufffd")
"""Characters that XML 1.0 cannot hold."""


def docx_file(head: Head, found: Sequence[Entry]) -> bytes:
    """One paragraph for each entry: its time, its seat, its words."""
    document = docx.Document()
    about = document.core_properties
    about.title, about.author, about.comments = _clean(title(head)), "", SENTENCE
    about.created = about.modified = (head.begun or ONCE).astimezone(UTC).replace(tzinfo=None)
    document.styles["Normal"].font.name = "Arial"
    document.styles["Normal"].font.size = Pt(11)
    document.add_heading(_clean(title(head)), level=1)
    for name, fact in facts(head).items():
        document.add_paragraph(_clean(f"{name}: {fact}")).paragraph_format.space_after = Pt(0)
    document.add_paragraph().add_run(head.sentence).bold = True
    document.add_paragraph("Words in italics: the computer was not sure. The times are places in the recording.")
    if any(entry.seat for entry in found):
        document.add_paragraph(SEATS)
    for entry in found:
        _add(document.add_paragraph(), entry)
    document.add_paragraph(f"{spoken(head.length_s)} (end of the recording)")
    footer = document.sections[0].footer.paragraphs[0]
    footer.add_run(f"{SENTENCE} ")
    _page_number(footer.add_run())
    made = io.BytesIO()
    document.save(made)
    return _timeless(made)


def _timeless(made: io.BytesIO) -> bytes:
    """The same archive, its members without the time at which they were written."""
    packed = io.BytesIO()
    with zipfile.ZipFile(made) as old, zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED) as new:
        for name in old.namelist():
            new.writestr(zipfile.ZipInfo(name), old.read(name), zipfile.ZIP_DEFLATED)
    return packed.getvalue()


def _add(paragraph: Paragraph, entry: Entry) -> None:
    time = paragraph.add_run(f"{spoken(entry.start_s)}\t")
    time.font.color.rgb = GREY
    if entry.seat:
        paragraph.add_run(f"Seat {entry.seat}: ").bold = True
    if not entry.words:
        paragraph.add_run(_clean(entry.text))
    for word in entry.words:
        paragraph.add_run(_clean(word.word)).italic = word.probability < UNSURE
        if word is not entry.words[-1]:
            paragraph.add_run(" ")


def _page_number(run: Run) -> None:
    """A field that the word processor fills in (ECMA-376, 17.16.5.44)."""
    field = OxmlElement("w:fldSimple")
    field.set(qn("w:instr"), "PAGE")
    run._r.addnext(field)


def _clean(text: str) -> str:
    return text.translate(FORBIDDEN)
