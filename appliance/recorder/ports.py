"""What the recorder's loop touches of the world; the tests hand in a room of their own."""

from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Protocol

from appliance.recorder.disk import Disk
from appliance.recorder.inbox import Inbox


class PanelEnd(Protocol):
    """The line to the panel; see panel_line.py."""

    @property
    def there(self) -> bool: ...

    @property
    def stuck(self) -> bool: ...

    def show(self, light: str) -> None: ...

    def sound(self, name: str) -> None: ...


class ObjectionsSeen(Protocol):
    """Who objects on the page; see objections.py."""

    @property
    def count(self) -> int: ...

    def watch(self, meeting: str | None) -> None: ...


class Opening(Protocol):
    """One opening of the microphone, which puts blocks into the inbox; see capture.py."""

    def close(self) -> None:
        """When this returns, the microphone is closed."""


@dataclass
class LastGesture:
    """What the button last asked for, until it is written down: a failing card must not undo a pause or a stop."""

    meeting: str | None = None
    state: str = ""


@dataclass(frozen=True)
class Ports:
    """`find_microphone` raises a CandourError where none fits; `real` is the computer's monotonic clock, in seconds."""

    panel: PanelEnd
    inbox: Inbox
    disk: Disk
    objections: ObjectionsSeen
    news: Path
    open_microphone: Callable[[], Opening]
    find_microphone: Callable[[], object]
    real: Callable[[], float]
    gesture: LastGesture = field(default_factory=LastGesture)
