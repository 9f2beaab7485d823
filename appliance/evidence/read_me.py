"""READ-ME-FIRST.txt: what a person does with a bundle, in English and Welsh, and the commands that an expert runs."""

from importlib.resources import files

LANGUAGES = ("en", "cy")


def text(meeting: str, fingerprint: str) -> str:
    """`fingerprint` is that of the box's key."""
    folder = files("appliance.evidence").joinpath("texts")
    parts = [folder.joinpath(f"read-me-first.{one}.txt").read_text(encoding="utf-8") for one in LANGUAGES]
    return "\n\n".join(part.format(meeting=meeting, fingerprint=fingerprint) for part in parts)
