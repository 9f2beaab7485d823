"""Everything that can go wrong and has a sentence for the person who reads it.

One base class; each leaf inherits the builtin that a Python programmer would have caught,
and its docstring is the sentence: what is wrong, then what to do.
"""

import inspect


class CandourError(Exception):
    """Something went wrong."""

    def __init__(self, **facts: object) -> None:
        super().__init__(inspect.cleandoc(type(self).__doc__ or "").replace("\n", " ").format(**facts))


class BadSettings(CandourError, ValueError):
    """{path} cannot be used as it is: {problems}"""


class NoSettings(CandourError, FileNotFoundError):
    """There is no settings file {path}. Copy firmware_config/etc/candour/candour.toml there, or name another with
    --settings."""


class BadNotice(CandourError, ValueError):
    """The texts of the notice in {path} cannot be used: {why}. Until they can be, the box shows its own. Put one text
    file in UTF-8 for each language there, or set `notices` under [room] to another folder."""


class NoSuchAudio(CandourError, FileNotFoundError):
    """There is no audio file {path}. Give the path of a wav, flac, mp3 or m4a file."""


class NotAudio(CandourError, ValueError):
    """{path} is not a recording that can be read ({why}). Give a wav, flac, mp3 or m4a file."""


class DataNotWritable(CandourError, PermissionError):
    """The data folder {path} cannot be written ({why}). Give this user the right to write there,
    or set `data` under [store] to another folder."""


class StorageFull(CandourError, OSError):
    """The storage {path} is full. Nothing is deleted to make room: put in a larger card, or move other files away."""


class StorageReadOnly(CandourError, OSError):
    """The storage {path} is read-only, as a card becomes when it wears out or its files are damaged. Switch the box off
    and on; if this stays, put in another card."""


class StorageFailed(CandourError, OSError):
    """The storage {path} does not take what is written ({why}). What was recorded before is kept. Switch the box off
    and on; if this stays, put in another card."""


class OutNotWritable(CandourError, PermissionError):
    """The folder {path} cannot be written ({why}). Name another one with --out."""


class PortTaken(CandourError, OSError):
    """Port {port} on {host} is not free ({why}). Stop the program that uses it, or set another `port` under [web]."""


class NoMicrophone(CandourError, OSError):
    """No microphone {wanted} was found; this computer has: {found}. Plug one in, or set `device` under [microphone]."""


class MicrophoneOffers(CandourError, ValueError):
    """The microphone "{name}" offers {offered}, not {wanted}. Set `rate` and `channels` under [microphone] to that."""


class MicrophoneCannot(CandourError, ValueError):
    """The microphone "{name}" offers neither 16000 nor 48000 Hz with 1 to 8 channels. Plug in another one."""


class MicrophoneRefused(CandourError, OSError):
    """The microphone {name} was found but would not open with {channels} channel(s) at {rate} Hz ({why}).
    Set `rate` and `channels` under [microphone] to what it offers, or close the program that holds it."""


class NoModel(CandourError, FileNotFoundError):
    """There is no speech model in {path} (missing: {missing}). Run `candour model install {name}`; until then meetings
    are recorded without a transcript."""


class DamagedModel(CandourError, ValueError):
    """The speech model file {path} is damaged: its SHA-256 is {found}, not {wanted}. Run `candour model install
    {name}`; until then meetings are recorded without a transcript."""


class BadModelFolder(CandourError, ValueError):
    """{path} is not a speech model that can be installed: {why}. It must hold model.bin, config.json, tokenizer.json,
    the vocabulary, and SHA256SUMS with the SHA-256 of each (made with `sha256sum *`)."""


class NoModelSource(CandourError, ConnectionError):
    """The speech model could not be fetched: {why}. Connect to a network and try again, or give a folder that holds
    it with --from."""


class Provisioned(CandourError, PermissionError):
    """This computer is a Candour box ({marker} is there), and a demonstration has no place on it.
    Run the demo on another computer."""


class NoButton(CandourError, OSError):
    """The button and light could not be reached through the pin factory {factory} ({why}). Check `pin_factory` and
    the pins under [panel]."""


class LightsStayOn(CandourError, OSError):
    """The lights of the microphone array at {device} could not be put out ({why}). They may follow voices while
    nothing is recorded: cover them."""


class NoSuchMeeting(CandourError, LookupError):
    """There is no meeting {id}. `candour meetings` lists what there is."""


class CopyDiffers(CandourError, ValueError):
    """The copy {name} of meeting {id} does not hold the same sound as the master at second {second}. The copy was
    thrown away and the master kept; run `candour check` and have the storage looked at."""


class CopyChanged(CandourError, ValueError):
    """The copy {name} of meeting {id} is not on the disk as it was made ({why}). The master is kept; run
    `candour check` and have the storage looked at."""


class ProgramEnded(CandourError, RuntimeError):
    """The {program} process ended by itself with status {status}. What it said is in {log}."""


class BadKey(CandourError, ValueError):
    """The box's key {path} cannot be used ({why}). Without it a recording cannot be signed. Put the key back from its
    copy, or remove the file: the box then makes a new one, which people have to be told of."""


class BadCertificate(CandourError, ValueError):
    """The certificate {path} cannot be used: {why}."""


class BadStatement(CandourError, ValueError):
    """This is no statement that could be believed: {why}."""


class NothingToVerify(CandourError, FileNotFoundError):
    """There is nothing at {path}. Give a bundle (zip), an unpacked one, or a folder with the copies and seals."""


class NotABundle(CandourError, ValueError):
    """{path} is no bundle that can be read: {why}."""


class NoTimeStamp(CandourError, ConnectionError):
    """The service {url} gave no time stamp: {why}. The bundle is good without one; it is asked again later."""


class BadTimeStamp(CandourError, ValueError):
    """This time stamp is not to be believed: {why}."""


class HoldsUnreadable(CandourError, OSError):
    """Whether somebody asked to keep a meeting cannot be read from {path} ({why}). Until it can be, the meeting is not
    deleted. Run `candour check` and have the storage looked at."""


class BadHold(CandourError, ValueError):
    """The hold was not written down: {why}."""


class MeetingDeleted(CandourError, LookupError):
    """Meeting {id} is deleted; a hold comes too late. Its tombstone says when and why it went."""


class MeetingBeingDeleted(CandourError, RuntimeError):
    """Meeting {id} is being deleted at this moment. Run `candour hold` again in a minute: where it names the meeting,
    the hold came in time."""


class NothingToExport(CandourError, FileNotFoundError):
    """There is no log in {path} that could be read. Name the box's settings with --settings."""
