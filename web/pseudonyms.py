"""Names for people who stay unnamed: a colour and a bird, one of a kind within a meeting."""

from collections.abc import Container, Iterator
from itertools import count

# fmt: off
COLOURS = (
    "Amber", "Black", "Blue", "Brown", "Copper", "Cream", "Crimson", "Golden", "Green", "Grey", "Indigo", "Ivory",
    "Orange", "Pink", "Purple", "Red", "Rose", "Scarlet", "Silver", "Teal", "Violet", "White", "Yellow",
)
BIRDS = (
    "Avocet", "Bittern", "Blackbird", "Bunting", "Chough", "Curlew", "Dipper", "Dove", "Dunlin", "Finch", "Goose",
    "Grebe", "Gull", "Heron", "Kestrel", "Kingfisher", "Kite", "Lapwing", "Lark", "Linnet", "Magpie", "Martin",
    "Osprey", "Owl", "Plover", "Puffin", "Robin", "Rook", "Sparrow", "Starling", "Stork", "Swallow", "Swan",
    "Swift", "Tern", "Thrush", "Wagtail", "Warbler", "Wren",
)
# fmt: on


def pseudonym(seed: bytes, taken: Container[str]) -> str:
    """The name for a seed, or the next one that is free."""
    return next(name for name in _names_from(int.from_bytes(seed)) if name not in taken)


def _names_from(start: int) -> Iterator[str]:
    """All names, beginning anywhere; after the last one they come again with a number."""
    total = len(COLOURS) * len(BIRDS)
    for turn in count(1):
        for step in range(total):
            colour, bird = divmod((start + step) % total, len(BIRDS))
            yield f"{COLOURS[colour]} {BIRDS[bird]}" + (f" {turn}" if turn > 1 else "")
