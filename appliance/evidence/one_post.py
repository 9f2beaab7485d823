"""One question to a web server, answered within a time limit and a size, or not at all."""

import queue
import threading
import time
import urllib.request
from collections.abc import Mapping
from http.client import HTTPException
from urllib.error import HTTPError

LARGEST_BYTES = 64 * 1024
PIECE_BYTES = 4096


class NoAnswer(Exception):
    """Why, in words."""


def post(url: str, question: bytes, headers: Mapping[str, str], longest_s: float) -> bytes:
    """The answer to an HTTP POST. Raises NoAnswer.

    A look-up of a name has no time limit of its own, so all is done by a thread that may be left behind.
    """
    answers: queue.SimpleQueue[bytes | NoAnswer] = queue.SimpleQueue()

    def ask() -> None:
        try:
            answers.put(_ask(urllib.request.Request(url, question, dict(headers), method="POST"), longest_s))
        except (OSError, HTTPException, ValueError) as error:
            answers.put(NoAnswer(_why(error, longest_s)))

    threading.Thread(target=ask, daemon=True, name="one post").start()
    try:
        answer = answers.get(timeout=longest_s)
    except queue.Empty:
        answer = NoAnswer(_late(longest_s))
    if isinstance(answer, NoAnswer):
        raise answer
    return answer


def _ask(request: urllib.request.Request, longest_s: float) -> bytes:
    deadline, answer = time.monotonic() + longest_s, b""
    with _opener().open(request, timeout=longest_s) as response:
        while piece := response.read1(PIECE_BYTES):
            answer += piece
            if len(answer) > LARGEST_BYTES:
                raise ValueError(f"the answer is longer than {LARGEST_BYTES} bytes")
            if time.monotonic() > deadline:
                raise TimeoutError
    return answer


def _opener() -> urllib.request.OpenerDirector:
    """Knows http and https; follows no redirection, which could lead to another protocol or back into this network."""
    opener = urllib.request.OpenerDirector()
    for handler in (
        urllib.request.HTTPHandler,
        urllib.request.HTTPSHandler,
        urllib.request.HTTPDefaultErrorHandler,
        urllib.request.HTTPErrorProcessor,
    ):
        opener.add_handler(handler())
    return opener


def _why(error: Exception, longest_s: float) -> str:
    if isinstance(error, HTTPError):
        error.close()
        return f"the service answered {error.code}"
    reason = getattr(error, "reason", "") or error
    return _late(longest_s) if isinstance(reason, TimeoutError) else str(reason) or type(error).__name__


def _late(longest_s: float) -> str:
    return f"there was no whole answer within {longest_s:g} seconds"
