"""READ-ME-FIRST.txt: what a person does with a bundle, in English and Welsh, and the commands that an expert runs.

Each line that begins with four spaces is a command, and the tests run all of them as they stand.
"""

from importlib.resources import files

LANGUAGES = ("en", "cy")
BETWEEN = f"\n\n{'=' * 80}\n\n\n"


def text(meeting: str, fingerprint: str) -> str:
    """`fingerprint` is that of the box's key."""
    folder = files("appliance.evidence").joinpath("texts")
    parts = [folder.joinpath(f"read-me-first.{one}.txt").read_text(encoding="utf-8") for one in LANGUAGES]
    return BETWEEN.join(parts).replace("{meeting}", meeting).replace("{fingerprint}", fingerprint)
