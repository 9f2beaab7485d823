"""The secrets of a ticket: a token of 128 bits in the personal link, and a code of 60 bits to write down.

The code is derived from the token one way, so that a page can always show both to the holder of the token, while the
box keeps only their SHA-256.
"""

import re
import secrets
from collections.abc import Iterator
from hashlib import sha256

CROCKFORD = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"  # https://www.crockford.com/base32.html
CODE_LENGTH = 12
MISREAD = str.maketrans("OIL", "011")
TOKEN = re.compile("[A-Za-z0-9_-]{22}")  # 16 bytes in URL-safe base64 without padding
CODE = re.compile(f"[{CROCKFORD}]{{{CODE_LENGTH}}}")


def new_token() -> str:
    return secrets.token_urlsafe(16)


def is_token(text: str) -> bool:
    return TOKEN.fullmatch(text) is not None


def code_of(credential: str) -> str:
    """The code of a token; a code is its own."""
    if not is_token(credential):
        return credential
    bits = int.from_bytes(sha256(b"candour code of " + credential.encode()).digest())
    return "".join(CROCKFORD[bits >> 5 * place & 31] for place in range(CODE_LENGTH))


def grouped(code: str) -> str:
    """A code as it is written down: `ABCD-EFGH-JKMN`."""
    return "-".join(code[at : at + 4] for at in range(0, len(code), 4))


def hashed(credential: str) -> bytes:
    """What the box keeps of a token or code."""
    return sha256(credential.encode()).digest()


def meant(text: str) -> Iterator[str]:
    """The token or code that a person may have meant: a link or token as it is, a code in any spelling."""
    last = text.strip().rpartition("#")[2]
    if is_token(last):
        yield last
    code = re.sub(r"[\s-]", "", last).upper().translate(MISREAD)
    if CODE.fullmatch(code):
        yield code
