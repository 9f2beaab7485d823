"""`scripts/bench seats`: who spoke, by an array in simulated rooms with real voices.

Rooms by the image source method (Allen and Berkley 1979, as pyroomacoustics does it): a ring of 4 microphones of 32 mm
on a table, talkers who take turns around it, now and then over each other, a fan in a corner of the ceiling. Words are
pieces of 0.3 s of whoever was louder, so that the figures judge seats alone.
"""

import sys
import time
from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import click
import numpy as np
from numpy.typing import NDArray

from appliance.bench import results
from appliance.seats.clusters import difference
from appliance.seats.direction import Directions
from appliance.seats.join import seats_of
from appliance.store.seats import Block
from appliance.store.transcript import Line, Word

Floats = NDArray[np.float64]

VOICES = tuple(results.FOLDER.parents[2] / "shared" / "corpus" / name for name in ("libri", "lj"))
"""Where the voices are looked for: LibriSpeech and LJ Speech."""
RATE = 16_000
MICROPHONES = 4
RADIUS_M = 0.032
HEIGHT_M = 0.8
FAN_BELOW_TALKER_DB = 8.0
SENSOR_BELOW_TALKER_DB = 30.0
LENGTH_S = 200.0
PIECE_S = 0.3
SHORTEST_CLIP_S = 2
FRAME_S = 0.01
SPEAKING_DB = -30.0  # of a voice's loudest frames: quieter ones are pauses
SEEDS = (11, 12)
SPEAKS_OVER = 0.15  # share of the turns that begin before the one before has ended
MOST_CONFUSED, MOST_CPU = 3.0, 5.0


@dataclass(frozen=True)
class Setting:
    """One simulated meeting: angles in degrees, distances and walls in metres, RT60 in seconds."""

    seed: int
    angles: tuple[float, ...]
    rt60: float
    voices: int = 0
    """Which voice sits in the first seat."""

    @property
    def name(self) -> str:
        return f"{len(self.angles)} seats, RT60 {self.rt60:g} s, seed {self.seed}"


def settings(seeds: Sequence[int]) -> list[Setting]:
    """Rooms of 4, 5 and 6 seats by 0.3, 0.45 and 0.6 s for each seed."""
    return [
        Setting(seed, _around(np.random.default_rng((seed, seats, round(rt60 * 100))), seats), rt60, seed)
        for seed in seeds
        for seats in (4, 5, 6)
        for rt60 in (0.3, 0.45, 0.6)
    ]


def _around(random: np.random.Generator, seats: int) -> tuple[float, ...]:
    """Seats around a table: equally spaced, each moved by up to a sixth of the space."""
    space = 360 / seats
    moved = random.uniform(0, 360) + space * (np.arange(seats) + random.uniform(-1 / 6, 1 / 6, seats))
    return tuple(round(float(angle % 360), 1) for angle in moved)


def voices(folders: Sequence[Path]) -> list[list[Floats]]:
    """The clips of each speaker, all of one loudness, at 16 kHz; files are named SPEAKER-...flac, or LJ001-... ."""
    import soundfile

    speakers: dict[str, list[Floats]] = defaultdict(list)
    for path in sorted(path for folder in folders for path in folder.glob("*.flac")):
        sound, rate = soundfile.read(path)
        if rate == RATE and sound.ndim == 1 and sound.size >= SHORTEST_CLIP_S * RATE:
            name = path.name.partition("-")[0]
            speakers["LJ" if name.startswith("LJ") else name].append(sound / np.sqrt(np.mean(sound**2)))
    return list(speakers.values())


def turns(setting: Setting, clips: list[list[Floats]], random: np.random.Generator) -> Floats:
    """What each seat says, dry: (seats, samples)."""
    dry = np.zeros((len(setting.angles), round(LENGTH_S * RATE)))
    at, last = round(0.5 * RATE), -1
    waiting = [0] * len(dry)
    while at < dry.shape[1]:
        quiet = [seat for seat in range(len(dry)) if seat != last]
        heard = np.array([np.count_nonzero(dry[seat]) for seat in quiet]) / RATE + 5.0
        last = int(random.choice(quiet, p=(1 / heard) / (1 / heard).sum()))
        own = clips[(last + setting.voices) % len(clips)]
        clip = own[waiting[last] % len(own)][: round(random.uniform(2, 12) * RATE)]
        waiting[last] += 1
        said = clip[: dry.shape[1] - at]
        dry[last, at : at + said.size] = said
        over = random.random() < SPEAKS_OVER
        at += said.size + round(RATE * (-random.uniform(0.3, 1.5) if over else random.uniform(0.1, 0.8)))
    return dry


def heard(setting: Setting, dry: Floats, random: np.random.Generator) -> tuple[NDArray[np.int16], float]:
    """What the ring hears, (samples, microphones), and the room's measured RT60 in seconds."""
    import pyroomacoustics
    from scipy.signal import oaconvolve

    walls = random.uniform((5, 4.5, 2.5), (7, 6, 3))
    absorption, order = pyroomacoustics.inverse_sabine(setting.rt60, walls)
    room = pyroomacoustics.ShoeBox(
        walls, RATE, materials=pyroomacoustics.Material(absorption), max_order=min(order, 45)
    )
    centre = np.array([*(walls[:2] / 2 + random.uniform(-0.4, 0.4, 2)), HEIGHT_M])
    ring = 2 * np.pi * np.arange(MICROPHONES) / MICROPHONES
    room.add_microphone_array(
        np.stack([centre[0] + RADIUS_M * np.cos(ring), centre[1] + RADIUS_M * np.sin(ring), [HEIGHT_M] * MICROPHONES])
    )
    for angle in np.radians(setting.angles):
        away = random.uniform(0.8, 1.6)
        mouth = random.uniform(1.1, 1.3)
        room.add_source([centre[0] + away * np.cos(angle), centre[1] + away * np.sin(angle), mouth])
    room.add_source([walls[0] - 0.3, walls[1] - 0.3, walls[2] - 0.2])
    room.compute_rir()
    talk = np.zeros((MICROPHONES, dry.shape[1]))
    for seat, said in enumerate(dry):
        for microphone in range(MICROPHONES):
            talk[microphone] += oaconvolve(said, room.rir[microphone][seat])[: said.size]
    level = np.sqrt(np.mean(talk**2))
    noise = _fan(dry.shape[1], random)
    blows = np.stack([oaconvolve(noise, room.rir[at][-1])[: noise.size] for at in range(MICROPHONES)])
    blows *= level * 10 ** (-FAN_BELOW_TALKER_DB / 20) / np.sqrt(np.mean(blows**2))
    hiss = random.normal(0, level * 10 ** (-SENSOR_BELOW_TALKER_DB / 20), talk.shape)
    mixed = (talk + blows + hiss) * 0.05 / level
    rt60 = float(np.median(room.measure_rt60(decay_db=30)[0]))
    return (np.clip(mixed, -1, 1) * 32767).astype(np.int16).T, rt60


def _fan(samples: int, random: np.random.Generator) -> Floats:
    """Noise that falls by 3 dB an octave from 100 Hz on."""
    spectrum = np.fft.rfft(random.normal(size=samples))
    frequencies = np.fft.rfftfreq(samples, 1 / RATE)
    return np.asarray(np.fft.irfft(spectrum / np.sqrt(np.maximum(frequencies, 100.0)), samples))


def spoken(dry: Floats) -> list[tuple[int, Line]]:
    """Pieces of speech as lines of one word, with the seat that was louder, in the order of time."""
    step = round(FRAME_S * RATE)
    power = np.mean(dry.reshape(len(dry), -1, step) ** 2, axis=2)
    active = power > 10 ** (SPEAKING_DB / 10) * np.percentile(power[power > 0], 95)
    piece = round(PIECE_S / FRAME_S)
    said = []
    for first in range(0, power.shape[1] - piece + 1, piece):
        seat = int(np.argmax(power[:, first : first + piece].sum(axis=1)))
        if np.count_nonzero(active[seat, first : first + piece]) >= piece * 2 // 3:
            start, end = first * FRAME_S, (first + piece) * FRAME_S
            said.append((seat, Line(start, end, "", "en", (Word("", start, end, 1.0),))))
    return said


def directions(sound: NDArray[np.int16]) -> Iterator[Block]:
    """The blocks that the seats service would keep."""
    listener = Directions(RATE, MICROPHONES, RADIUS_M)
    for start in range(0, len(sound), RATE // 10):
        for one in listener.hear(sound[start : start + RATE // 10].astype(np.float32)):
            yield Block(one.first_sample, one.samples, one.angle_deg, one.strength)


def measured(setting: Setting, clips: list[list[Floats]]) -> dict[str, Any]:
    """The figures of one room."""
    random = np.random.default_rng((setting.seed, len(setting.angles)))
    dry = turns(setting, clips, random)
    sound, rt60 = heard(setting, dry, random)
    began = time.process_time()
    blocks = list(directions(sound))
    listening_s = time.process_time() - began
    return {"rt60": round(rt60, 2), "cpu": 100 * listening_s / LENGTH_S} | judged(setting, spoken(dry), blocks)


def judged(setting: Setting, said: list[tuple[int, Line]], blocks: list[Block]) -> dict[str, Any]:
    """Seats found, words at the wrong seat, and the blocks' errors, against who was louder."""
    labels = [words[0] for words in seats_of([line for _, line in said], blocks, RATE)]
    together: dict[tuple[str, int], int] = defaultdict(int)
    for label, (seat, _) in zip(labels, said, strict=True):
        if label is not None:
            together[label, seat] += 1
    right = 0
    taken: set[object] = set()
    for (label, seat), shared in sorted(together.items(), key=lambda item: -item[1]):
        if label not in taken and seat not in taken:
            taken |= {label, seat}
            right += shared
    middles = np.array([block.first_sample + block.samples / 2 for block in blocks]) / RATE
    errors: list[float] = []
    for seat, line in said:
        inside = np.flatnonzero((middles >= line.start_s) & (middles < line.end_s))
        off = difference(np.array([blocks[at].angle_deg for at in inside]), np.array(setting.angles[seat]))
        errors += np.abs(off).tolist()
    with_seat = sum(together.values())
    return {
        "true": len({seat for seat, _ in said}),
        "found": len({label for label in labels if label}),
        "words": len(said),
        "without_seat": len(said) - with_seat,
        "wrong": with_seat - right,
        "error_deg": float(np.median(errors)),
    }


def run(folders: Sequence[Path], *, anew: bool) -> dict[str, Any]:
    """All rooms, as far as they are not measured yet; each is kept as soon as it is done."""
    done: dict[str, Any] = {} if anew else results.read("seats")
    clips = voices(folders)
    if not clips:
        sys.exit(f"There are no voices in {', '.join(map(str, folders))}: give a folder of flac files with --voices.")
    for setting in settings(SEEDS):
        if setting.name not in done:
            done[setting.name] = measured(setting, clips)
            results.write("seats", done)
        click.echo(line(setting.name, done[setting.name]))
    rooms = [done[setting.name] for setting in settings(SEEDS)]
    click.echo(line(f"{len(rooms)} rooms together", pooled(rooms)))
    return {setting.name: done[setting.name] for setting in settings(SEEDS)}


def pooled(rooms: Sequence[dict[str, Any]]) -> dict[str, Any]:
    """The rooms as one: sums, the median of the errors' medians, the mean of the processor's time."""
    figures = {key: sum(room[key] for room in rooms) for key in ("true", "found", "words", "without_seat", "wrong")}
    middle = {key: float(np.median([room[key] for room in rooms])) for key in ("rt60", "error_deg")}
    return figures | middle | {"cpu": float(np.mean([room["cpu"] for room in rooms]))}


def confused(room: dict[str, Any]) -> float:
    """Per cent of the pieces of speech that were given to a wrong seat, of those that were given to one."""
    return float(100 * room["wrong"] / max(1, room["words"] - room["without_seat"]))


def line(name: str, room: dict[str, Any]) -> str:
    without = 100 * room["without_seat"] / max(1, room["words"])
    return (
        f"{name:34} measured RT60 {room['rt60']:.2f} s  seats {room['found']} of {room['true']}"
        f"  direction off by {room['error_deg']:4.1f} deg  confusion {confused(room):4.1f} %"
        f"  no seat {without:3.1f} %  processor {room['cpu']:.2f} %"
    )


def failures(rooms: dict[str, Any]) -> list[str]:
    """What breaks the promises, in sentences."""
    wrong = [
        f"{name}: {room['found']} seats found, {room['true']} true"
        for name, room in rooms.items()
        if room["found"] != room["true"]
    ]
    together = pooled(list(rooms.values()))
    if confused(together) >= MOST_CONFUSED:
        wrong.append(f"confusion is {confused(together):.1f} %, and {MOST_CONFUSED:g} % is too much")
    dear = [f"{name}: {room['cpu']:.1f} % of the processor" for name, room in rooms.items() if room["cpu"] >= MOST_CPU]
    return wrong + dear
