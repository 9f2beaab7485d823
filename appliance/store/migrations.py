"""Every table of the box, in the file of its one writer.

| file          | writer      | what                                                           |
|---------------|-------------|----------------------------------------------------------------|
| box.db        | recorder    | the state of the box, the list of meetings, the log            |
| tickets.db    | web         | who may take a copy, who lets whom in, printed slips           |
| record.db     | recorder    | seconds, gaps and marks of one meeting                         |
| transcript.db | transcriber | passages, lines and the cursor `transcribed` of one meeting    |
| room.db       | web         | who objects, took which copy, wrote a note, asks to keep it    |
| finish.db     | finisher    | the steps done and the copies of one meeting                   |
| seats.db      | seats       | directions from which one meeting was spoken: no sound, nobody |
| operator.db   | operator    | holds of whoever looks after the box, by `candour hold`        |

Times: `monotonic` is in seconds of the boot `boot_id`, `wall` is RFC 3339 UTC. Positions and lengths of sound
are in samples of the master. Every file has `events`: what its writer did, in order. The tables are made last, so
that a reader who finds `events` finds all.
"""

from sqlite_utils import Database
from sqlite_utils.migrations import Migrations

box = Migrations("box")
tickets = Migrations("tickets")
record = Migrations("record")
transcript = Migrations("transcript")
room = Migrations("room")
finish = Migrations("finish")
seats = Migrations("seats")
operator = Migrations("operator")

EVENTS = """
    CREATE TABLE events (
        id INTEGER PRIMARY KEY,
        monotonic REAL NOT NULL,
        wall TEXT NOT NULL,
        event TEXT NOT NULL,
        detail TEXT NOT NULL
    ) STRICT
"""


def run(db: Database, *statements: str) -> None:
    for statement in statements:
        db.execute(statement)


@box()
def b001_box(db: Database) -> None:
    run(
        db,
        """
        CREATE TABLE meetings (
            id TEXT PRIMARY KEY,
            opened_wall TEXT NOT NULL,
            clock_trust TEXT NOT NULL,
            ended_wall TEXT,
            ended_because TEXT
        ) STRICT
        """,
        """
        CREATE TABLE box (
            id INTEGER PRIMARY KEY CHECK (id = 1),
            state TEXT NOT NULL,
            since_monotonic REAL NOT NULL,
            since_wall TEXT NOT NULL,
            boot_id TEXT NOT NULL,
            because TEXT NOT NULL,        -- what people should know: why unfit or interrupted, what is not well
            meeting TEXT REFERENCES meetings(id)
        ) STRICT
        """,
        """
        CREATE TABLE log (                -- what all services did, in the order in which the recorder learnt of it
            number INTEGER PRIMARY KEY,
            source TEXT NOT NULL,         -- whose events
            event INTEGER NOT NULL,       -- and which of them
            salt BLOB,                    -- gone with the meeting
            leaf BLOB NOT NULL,           -- SHA-256 of 0x00, the salt and the event as JSON
            UNIQUE (source, event)
        ) STRICT
        """,
        """
        CREATE TABLE certificate (        -- of the box's key, for pages that may not read the key's folder
            id INTEGER PRIMARY KEY CHECK (id = 1),
            pem TEXT NOT NULL             -- its own first, then its issuers
        ) STRICT
        """,
        """
        CREATE TABLE refusals (           -- presses that could not begin a meeting, as signed
            id TEXT PRIMARY KEY,
            wall TEXT NOT NULL,
            because TEXT NOT NULL,
            jws TEXT NOT NULL
        ) STRICT
        """,
        EVENTS,
    )


@tickets()
def t001_tickets(db: Database) -> None:
    run(
        db,
        """
        CREATE TABLE tickets (
            id INTEGER PRIMARY KEY,
            meeting TEXT NOT NULL,
            token_sha256 BLOB NOT NULL UNIQUE,
            code_sha256 BLOB NOT NULL UNIQUE,
            pseudonym TEXT NOT NULL,
            issued_wall TEXT NOT NULL,
            way TEXT NOT NULL,            -- how it was come by: room, holder or slip
            host INTEGER REFERENCES tickets(id), -- of which holder, where one let somebody in
            UNIQUE (meeting, pseudonym)
        ) STRICT
        """,
        """
        CREATE TABLE invitations (        -- by a holder, for one person and two minutes of one boot
            ticket INTEGER PRIMARY KEY REFERENCES tickets(id),
            code_sha256 BLOB NOT NULL UNIQUE,
            until REAL NOT NULL,          -- monotonic
            boot_id TEXT NOT NULL
        ) STRICT
        """,
        """
        CREATE TABLE slips (              -- printed tickets, of the meeting in which they are first used
            id INTEGER PRIMARY KEY,
            token_sha256 BLOB NOT NULL UNIQUE,
            code_sha256 BLOB NOT NULL UNIQUE,
            printed_wall TEXT NOT NULL,
            ticket INTEGER UNIQUE REFERENCES tickets(id),
            used_wall TEXT                -- when a browser took the ticket; from then on it is only paper
        ) STRICT
        """,
        EVENTS,
    )


@record()
def r001_record(db: Database) -> None:
    run(
        db,
        """
        CREATE TABLE captures (           -- the microphone was opened: ties samples to the clocks
            id INTEGER PRIMARY KEY,
            first_sample INTEGER NOT NULL,
            monotonic REAL NOT NULL,      -- of that sample
            wall TEXT NOT NULL,
            clock_trust TEXT NOT NULL,
            boot_id TEXT NOT NULL
        ) STRICT
        """,
        """
        CREATE TABLE seconds (
            number INTEGER PRIMARY KEY,   -- from 0
            samples INTEGER NOT NULL,     -- the rate; fewer in the last second only
            leaf BLOB NOT NULL,           -- SHA-256 of 0x00 and the PCM
            level REAL NOT NULL,          -- dBFS RMS, -120 for digital silence
            speech INTEGER NOT NULL,      -- per cent of the second
            clipped INTEGER NOT NULL      -- samples at either rail
        ) STRICT
        """,
        """
        CREATE TABLE gaps (
            id INTEGER PRIMARY KEY,
            first_sample INTEGER NOT NULL,
            samples INTEGER NOT NULL,
            cause TEXT NOT NULL,
            length_known INTEGER NOT NULL DEFAULT 1
        ) STRICT
        """,
        """
        CREATE TABLE marks (
            id INTEGER PRIMARY KEY,
            sample INTEGER NOT NULL,
            mark TEXT NOT NULL,
            detail TEXT NOT NULL,
            wall TEXT NOT NULL,
            clock_trust TEXT NOT NULL,    -- synchronised, rtc or unknown
            monotonic REAL NOT NULL,
            boot_id TEXT NOT NULL
        ) STRICT
        """,
        """
        CREATE TABLE receipts (           -- as signed for attendees, of durable seconds only
            id INTEGER PRIMARY KEY,
            seconds INTEGER NOT NULL,
            marks INTEGER NOT NULL,
            jws TEXT NOT NULL
        ) STRICT
        """,
        """
        CREATE TABLE statements (         -- the start record, and the seal or why nothing was recorded
            kind TEXT PRIMARY KEY,
            jws TEXT NOT NULL
        ) STRICT
        """,
        """
        CREATE TABLE meeting (
            id INTEGER PRIMARY KEY CHECK (id = 1),
            meeting TEXT NOT NULL,
            rate INTEGER NOT NULL,        -- samples per second
            sample_format TEXT NOT NULL,  -- s16le
            software TEXT NOT NULL,
            samples INTEGER,              -- of the whole master, once ended
            ended_wall TEXT
        ) STRICT
        """,
        EVENTS,
    )


@transcript()
def x001_transcript(db: Database) -> None:
    run(
        db,
        """
        CREATE TABLE passages (
            id INTEGER PRIMARY KEY,
            first_sample INTEGER NOT NULL,
            samples INTEGER NOT NULL,
            speech_s REAL NOT NULL,
            took_s REAL NOT NULL,         -- processor seconds
            model TEXT NOT NULL,          -- empty where nobody spoke
            wall_s REAL NOT NULL,
            way TEXT NOT NULL,            -- how the model searched
            draft INTEGER NOT NULL        -- 1: read in a hurry, to be read again
        ) STRICT
        """,
        """
        CREATE TABLE lines (
            id INTEGER PRIMARY KEY,
            passage INTEGER NOT NULL REFERENCES passages(id),
            start_s REAL NOT NULL,
            end_s REAL NOT NULL,
            text TEXT NOT NULL,
            language TEXT NOT NULL,
            words TEXT NOT NULL           -- JSON: [[word, start_s, end_s, probability], ...]
        ) STRICT
        """,
        """
        CREATE TABLE cursor (
            id INTEGER PRIMARY KEY CHECK (id = 1),
            transcribed INTEGER NOT NULL, -- every sample before this one has its text
            complete INTEGER NOT NULL,    -- 1 when the meeting has ended and all of it is read
            quality TEXT NOT NULL         -- how many words the model is known to get wrong, as a sentence
        ) STRICT
        """,
        "INSERT INTO cursor VALUES (1, 0, 0, '')",
        EVENTS,
    )


@room()
def o001_room(db: Database) -> None:
    run(
        db,
        """
        CREATE TABLE collections (
            ticket INTEGER NOT NULL,
            copy TEXT NOT NULL,
            wall TEXT NOT NULL,
            PRIMARY KEY (ticket, copy)
        ) STRICT
        """,
        """
        CREATE TABLE objections (         -- the recorder makes a mark of each, in this order
            id INTEGER PRIMARY KEY,
            ticket INTEGER NOT NULL UNIQUE,
            wall TEXT NOT NULL
        ) STRICT
        """,
        """
        CREATE TABLE holds (              -- in force until lifted, here or in operator.db
            id INTEGER PRIMARY KEY,
            ticket INTEGER NOT NULL,
            pseudonym TEXT NOT NULL,
            why TEXT NOT NULL,
            wall TEXT NOT NULL,
            lifted_wall TEXT
        ) STRICT
        """,
        """
        CREATE TABLE sticks (             -- a holder asks for the copies on the USB stick that is plugged in
            id INTEGER PRIMARY KEY,
            ticket INTEGER NOT NULL,
            monotonic REAL NOT NULL,
            boot_id TEXT NOT NULL,
            wall TEXT NOT NULL
        ) STRICT
        """,
        """
        CREATE TABLE notes (              -- seconds of the meeting, both included
            id INTEGER PRIMARY KEY,
            ticket INTEGER NOT NULL,
            pseudonym TEXT NOT NULL,
            first_s INTEGER NOT NULL CHECK (first_s >= 0),
            last_s INTEGER NOT NULL CHECK (last_s >= first_s),
            says TEXT NOT NULL,
            wall TEXT NOT NULL,
            name TEXT NOT NULL,           -- written at home in open-me.html: who signed it there, or nothing
            home_wall TEXT                -- and when, by the clock of that computer; NULL: written here
        ) STRICT
        """,
        "CREATE TRIGGER notes_stay BEFORE DELETE ON notes BEGIN SELECT RAISE(ABORT, 'notes stay'); END",
        "CREATE TRIGGER notes_stay_so BEFORE UPDATE ON notes BEGIN SELECT RAISE(ABORT, 'notes stay as they are'); END",
        EVENTS,
    )


@finish()
def f001_finish(db: Database) -> None:
    run(
        db,
        "CREATE TABLE steps (step TEXT PRIMARY KEY, wall TEXT NOT NULL) STRICT",
        """
        CREATE TABLE copies (
            name TEXT PRIMARY KEY,        -- of the file in copies/
            media_type TEXT NOT NULL,
            bytes INTEGER NOT NULL,
            sha256 TEXT NOT NULL,
            made_wall TEXT NOT NULL
        ) STRICT
        """,
        """
        CREATE TABLE retention (          -- moments that the finisher saw itself, by a trusted clock
            id INTEGER PRIMARY KEY CHECK (id = 1),
            ended_wall TEXT,              -- the first at which the meeting had ended
            freed_wall TEXT,              -- the first at which the last hold so far was lifted
            liftings INTEGER NOT NULL     -- of how many holds so far
        ) STRICT
        """,
        """
        CREATE TABLE sticks (             -- what became of the requests in room.db, by their id
            request INTEGER PRIMARY KEY,
            outcome TEXT NOT NULL,
            wall TEXT NOT NULL
        ) STRICT
        """,
        EVENTS,
    )


@seats()
def d001_seats(db: Database) -> None:
    run(
        db,
        """
        CREATE TABLE blocks (
            id INTEGER PRIMARY KEY,
            first_sample INTEGER NOT NULL,
            samples INTEGER NOT NULL,
            angle_deg REAL NOT NULL,      -- from the first microphone of the ring towards the second, 0 to 360
            strength REAL NOT NULL        -- how much of the block's sound above the noise floor points there
        ) STRICT
        """,
        EVENTS,
    )


@operator()
def p001_operator(db: Database) -> None:
    run(
        db,
        """
        CREATE TABLE holds (
            id INTEGER PRIMARY KEY,
            meeting TEXT NOT NULL,
            who TEXT NOT NULL,
            why TEXT NOT NULL,
            wall TEXT NOT NULL
        ) STRICT
        """,
        """
        CREATE TABLE liftings (
            id INTEGER PRIMARY KEY,
            meeting TEXT NOT NULL,
            source TEXT NOT NULL,         -- whose file the hold is in: operator or room
            hold INTEGER NOT NULL,        -- and which one there
            who TEXT NOT NULL,
            why TEXT NOT NULL,
            wall TEXT NOT NULL,
            UNIQUE (meeting, source, hold)
        ) STRICT
        """,
        EVENTS,
    )
