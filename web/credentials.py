"""The secrets of a ticket: a token of 128 bits in the personal link, and a code of 60 bits to write down.

A holder who lets somebody in says a code of 30 bits, which is good for one person and two minutes.

The code is derived from the token one way, so that a page can always show both to the holder of the token, while the
box keeps only their SHA-256.
"""

import re
import secrets
from collections.abc import Iterator
from hashlib import sha256

from appliance.store.tickets import Secret

CROCKFORD = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"  # https://www.crockford.com/base32.html
CODE_LENGTH, INVITATION_LENGTH = 12, 6
MISREAD = str.maketrans("OIL", "011")
TOKEN = re.compile("[A-Za-z0-9_-]{22}")  # 16 bytes in URL-safe base64 without padding
CODE = re.compile(f"[{CROCKFORD}]{{{INVITATION_LENGTH}}}|[{CROCKFORD}]{{{CODE_LENGTH}}}")


def new_token() -> str:
    return secrets.token_urlsafe(16)


def new_invitation() -> str:
    return "".join(secrets.choice(CROCKFORD) for _ in range(INVITATION_LENGTH))


def secret_of(token: str) -> Secret:
    """What the box keeps of a token and its code."""
    return Secret(hashed(token), hashed(code_of(token)))


def is_token(text: str) -> bool:
    return TOKEN.fullmatch(text) is not None


def code_of(credential: str) -> str:
    """The code of a token; a code is its own."""
    if not is_token(credential):
        return credential
    bits = int.from_bytes(sha256(b"candour code of " + credential.encode()).digest())
    return "".join(CROCKFORD[bits >> 5 * place & 31] for place in range(CODE_LENGTH))


def grouped(code: str) -> str:
    """A code as it is written down: `ABCD-EFGH-JKMN`, or `ABC-DEF` for an invitation."""
    step = 3 if len(code) == INVITATION_LENGTH else 4
    return "-".join(code[at : at + step] for at in range(0, len(code), step))


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
