"""Who objects? A thread looks into the page's file, so that nothing which happens to that file reaches the loop."""

import sqlite3
import threading
import time

from appliance.store import room
from appliance.store.database import opened
from appliance.store.folders import Folders

LOOK_AGAIN_S = 0.5


class Objections:
    """`count` is the number of objections in the meeting that `watch` named."""

    def __init__(self, folders: Folders) -> None:
        self._folders = folders
        self._found: tuple[str | None, int] = (None, 0)
        self._meeting: str | None = None
        threading.Thread(target=self._look, name="objections", daemon=True).start()

    def watch(self, meeting: str | None) -> None:
        self._meeting = meeting

    @property
    def count(self) -> int:
        meeting, found = self._found
        return found if meeting == self._meeting else 0

    def _look(self) -> None:
        while True:
            if meeting := self._meeting:
                self._found = meeting, self._count(meeting)
            time.sleep(LOOK_AGAIN_S)

    def _count(self, meeting: str) -> int:
        """What was found before, where the file is out of reach just now."""
        try:
            with opened(room.read(self._folders.meeting(meeting))) as db:
                return room.objections(db) if db else 0
        except (sqlite3.Error, OSError):
            return self.count
