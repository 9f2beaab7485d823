"""One meeting as the holder of a ticket sees it: who has tickets, how far it is, and the copies."""

from dataclasses import dataclass

from appliance.clock import spoken
from appliance.store import box, finish, room, tickets
from appliance.store.finish import Copy
from appliance.store.folders import MeetingFolder
from appliance.store.tickets import HOLDER, SLIP, Ticket
from web.house import house, reading, within_reach
from web.keeping import Keeping, deletion, keeping
from web.languages import day_and_time, gettext, msgid, ngettext, said
from web.now import Progress, progress
from web.objecting import objected
from web.purse import Held, held
from web.receipts import Receipt, newest
from web.stick import Stick, stick
from web.words import about_minutes, size, trust

KINDS = {  # by the ending of a copy's name: what to press, and what it is
    ".mp3": (msgid("Save the recording"), msgid("sound, plays on every phone and computer")),
    ".flac": (msgid("Save the full-quality recording"), msgid("every sample as it was recorded, for experts")),
    ".docx": (msgid("Save the transcript"), msgid("document, made by a computer; the recording is the record")),
    ".txt": (msgid("Save the transcript as plain text"), msgid("made by a computer")),
    ".vtt": (msgid("Save the subtitles"), msgid("WebVTT for players; made by a computer")),
    ".srt": (msgid("Save the subtitles as SubRip"), msgid("for older players; made by a computer")),
    ".zip": (
        msgid("Save everything, with the means to check it"),
        msgid("the bundle: sound, transcript and signatures"),
    ),
    ".json": (msgid("Save the transcript for machines"), msgid("JSON with words, times and confidence")),
}
SIGNED = (".jws", ".tsr")


@dataclass(frozen=True)
class Offer:
    """A copy as it is offered."""

    copy: Copy
    press: str
    what: str
    size: str


@dataclass(frozen=True)
class Seen:
    """A meeting through the eyes of one ticket; `missing` is what became of it when nothing was recorded."""

    held: Held
    when: str
    people: list[Ticket]
    collectors: int
    progress: Progress
    copies: list[Copy]
    missing: str
    receipt: Receipt | None
    unwritten: bool
    """Whether it will never have a transcript: it was put away while the box wrote none."""
    keeping: Keeping | None
    objected: bool = False
    """With this very ticket."""
    deleted: str = ""
    notes: int = 0
    stick: Stick | None = None

    @property
    def id(self) -> str:
        return self.held.ticket.meeting

    @property
    def key(self) -> str:
        return f"ticket-{self.held.ticket.id}"

    @property
    def ended(self) -> bool:
        return self.progress.ended_s is not None

    @property
    def length(self) -> str:
        whole = self.progress.ended_s
        return gettext("%(length)s long", length=spoken(whole)) if whole else ""

    @property
    def settled(self) -> bool:
        """Nothing more will change but the count."""
        if self.stick and self.stick.is_there:
            return False
        return bool(self.missing or self.deleted) or (bool(self.copies) and not self.waits)

    @property
    def names(self) -> list[str]:
        return [copy.name for copy in self.copies]

    @property
    def signed(self) -> list[Copy]:
        """What the box signed about this meeting."""
        return [copy for copy in self.copies if copy.name.endswith(SIGNED)]

    @property
    def offers(self) -> list[Offer]:
        """The copies; the smallest sound first, whatever was made first."""
        known = list(KINDS)
        found = [_offer(copy) for copy in self.copies if not copy.name.endswith(SIGNED)]
        return sorted(
            found, key=lambda one: next((at for at, end in enumerate(known) if one.copy.name.endswith(end)), 9)
        )

    @property
    def count(self) -> str:
        if self.deleted:
            return ""
        if len(self.people) == 1:
            if self.collectors:
                return gettext("You hold the only ticket so far, and you have taken a copy.")
            return gettext("You hold the only ticket so far.")
        return ngettext(
            "%(num)s ticket; %(taken)s of %(num)s have taken a copy.",
            "%(num)s tickets; %(taken)s of %(num)s have taken a copy.",
            len(self.people),
            taken=self.collectors,
        )

    @property
    def ask(self) -> str:
        people = len(self.people)
        return gettext("“We are %(people)s; does your page say %(people)s?”", people=people) if people > 1 else ""

    @property
    def holders(self) -> list[str]:
        """Everybody who holds a ticket, and how they came by it."""
        names = {one.id: one.pseudonym for one in self.people}
        return [f"{one.pseudonym}{_by(one, names)}" for one in self.people]

    @property
    def waits(self) -> str:
        """What is still being made of an ended meeting; empty when there is nothing to wait for."""
        if not self.ended or self.missing:
            return ""
        if not self.copies:
            return gettext("Your copy is being made. It will be here within seconds.")
        if (
            self.unwritten
            or not house().settings.transcript.enabled
            or any(copy.name.endswith(".txt") for copy in self.copies)
        ):
            return ""
        if self.progress.transcript_complete:
            return gettext("The transcript is ready and its files are being made.")
        far, whole = spoken(self.progress.transcribed_s), spoken(self.progress.ended_s or 0)
        if self.progress.left_s is None:
            return gettext("The transcript is being written: up to %(far)s of %(whole)s.", far=far, whole=whole)
        return gettext(
            "The transcript is being written: up to %(far)s of %(whole)s, %(left)s left.",
            far=far,
            whole=whole,
            left=about_minutes(self.progress.left_s),
        )


def mine() -> list[Seen] | None:
    """The meetings of the visitor's tickets, newest first; None where the files are out of reach just now."""
    return within_reach(lambda: [seen(one) for one in held()], None)


def seen(held: Held) -> Seen:
    """The meeting of a ticket, as far as its files are there; it may go while they are read."""
    if deletion(held.ticket.meeting):
        return _deleted(held)
    found = _there(held)
    return _deleted(held) if deletion(held.ticket.meeting) else found


def _deleted(held: Held) -> Seen:
    meeting = held.ticket.meeting
    return Seen(held, when(_listed(meeting)), [], 0, Progress(), [], "", None, False, None, deleted=deletion(meeting))


def _there(held: Held) -> Seen:
    folder = house().folders.meeting(held.ticket.meeting)
    listed = _listed(folder.id)
    far = progress(folder)
    return Seen(
        held=held,
        when=when(listed),
        people=_people(folder.id),
        collectors=_collectors(folder),
        progress=far,
        copies=copies(folder, far),
        missing=_missing(listed, far),
        receipt=newest(folder.id),
        unwritten=_put_away(folder) and not far.transcript_complete,
        keeping=keeping(folder, held.ticket.id),
        objected=objected(held),
        notes=_notes(folder),
        stick=stick(folder, held.ticket.id),
    )


def copies(folder: MeetingFolder, far: Progress) -> list[Copy]:
    """What may be taken: nothing before the meeting has ended."""
    db = reading(finish, folder)
    return list(finish.copies(db)) if db and far.ended_s is not None else []


def _put_away(folder: MeetingFolder) -> bool:
    db = reading(finish, folder)
    return db is not None and finish.MASTER_MAY_GO in finish.steps(db)


def _offer(copy: Copy) -> Offer:
    found = next((words for end, words in KINDS.items() if copy.name.endswith(end)), None)
    if found is None:
        return Offer(copy, gettext("Save %(name)s", name=copy.name), gettext("file"), size(copy.bytes))
    return Offer(copy, gettext(found[0]), gettext(found[1]), size(copy.bytes))


def _listed(meeting: str) -> box.Meeting | None:
    db = reading(box, house().folders)
    return next((one for one in box.meetings(db) if one.id == meeting), None) if db else None


def when(listed: box.Meeting | None) -> str:
    """When a meeting began, and how sure that is."""
    if listed is None:
        return ""
    began = day_and_time(listed.opened_wall)
    return began if listed.clock_trust == "synchronised" else f"{began}, {trust(listed.clock_trust)}"


def _missing(listed: box.Meeting | None, far: Progress) -> str:
    if far.ended_s == 0 or (far == Progress() and listed and listed.ended_wall):
        if listed and listed.ended_because:
            return gettext("Nothing was recorded in this meeting (%(why)s).", why=said(listed.ended_because))
        return gettext("Nothing was recorded in this meeting.")
    return ""


def _people(meeting: str) -> list[Ticket]:
    db = reading(tickets, house().folders)
    return tickets.of_meeting(db, meeting) if db else []


def _by(one: Ticket, names: dict[int, str]) -> str:
    if one.way == HOLDER:
        return gettext(", let in by %(name)s", name=names.get(one.host or 0, gettext("somebody")))
    return gettext(", by a printed slip") if one.way == SLIP else ""


def _notes(folder: MeetingFolder) -> int:
    db = reading(room, folder)
    return len(room.notes(db)) if db else 0


def _collectors(folder: MeetingFolder) -> int:
    db = reading(room, folder)
    return len(room.collectors(db)) if db else 0
