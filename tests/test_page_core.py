"""What the page judges with, in a real browser: published vectors, and the same answers as the box's own Python."""

import base64
import dataclasses
import hashlib
import json
import random
import re
import zipfile
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

import cryptography_vectors
import numpy as np
import pytest
import soundfile
import test_statement
from cryptography import x509
from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.asymmetric.utils import encode_dss_signature
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat
from cryptography.x509.oid import NameOID
from page_core import Core, Refused, browser, page
from selenium.webdriver import Chrome
from test_key import organisation, vouched
from test_seek_points import RATE, Samples, blocks_in, flac, points_in, voice

from appliance.errors import BadStatement
from appliance.evidence import key, merkle, statement
from appliance.evidence.key import Key
from appliance.finisher import audio
from appliance.store import wav

pytestmark = pytest.mark.chromium

TREES = json.loads((Path(__file__).parent / "vectors" / "trees.json").read_text())
ORDER = 0xFFFFFFFF00000000FFFFFFFFFFFFFFFFBCE6FAADA7179E84F3B9CAC2FC632551  # of P-256
FIELD = 2**256 - 2**224 + 2**192 + 2**96 - 1
CURVE_B = 0x5AC635D8AA3A93E7B3EBBD55769886BC651D06B0CC53B0F63BCE3C3E27D2604B
Record = dict[str, str]


@pytest.fixture(scope="module")
def driver(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Chrome]:
    with browser(tmp_path_factory.mktemp("profile")) as driver:
        yield driver


@pytest.fixture(scope="module")
def origins(tmp_path_factory: pytest.TempPathFactory) -> Iterator[dict[str, str]]:
    with page(tmp_path_factory.mktemp("page")) as origins:
        yield origins


@pytest.fixture(scope="module", params=["file", "secure", "insecure"])
def core(request: pytest.FixtureRequest, driver: Chrome, origins: dict[str, str]) -> Core:
    driver.get(origins[request.param])
    return Core(driver, request.param)


@pytest.fixture(scope="module")
def box(tmp_path_factory: pytest.TempPathFactory) -> Key:
    folder = tmp_path_factory.mktemp("box") / "evidence"
    key.make(folder)
    return key.load(folder)


def vectors(path: str) -> Iterator[tuple[str, Record]]:
    """Section and record, of a response file of NIST's validation programs."""
    with cryptography_vectors.open_vector_file(path, "r") as file:
        parts = re.split(r"\n\s*\n", file.read())
    section = ""
    for part in parts:
        section, *_ = re.findall(r"^\[(.*)\]", part, re.MULTILINE) or [section]
        if record := dict(re.findall(r"^(\w+) = (\S+)", part, re.MULTILINE)):
            yield section, record


def test_only_a_secure_origin_has_cryptography_of_its_own(core: Core) -> None:
    assert core.asks("return crypto.subtle !== undefined") is core.is_secure


@pytest.mark.parametrize("length", ["Short", "Long"])
def test_sha256_as_published(core: Core, length: str) -> None:
    records = [record for _, record in vectors(f"hashes/SHA2/SHA256{length}Msg.rsp") if "Msg" in record]
    told = [record["Msg"][: int(record["Len"]) // 4] for record in records]
    body = """
      const pieces = (bytes) => [bytes.subarray(0, 1), bytes.subarray(1, 100), bytes.subarray(100)];
      const hash = (parts) => parts.reduce((hash, part) => hash.update(part), new sha256.Hash()).digest();
      const ways = [sha256.plainly, sha256.of, (bytes) => hash(pieces(bytes)), (bytes) => sha256.of(...pieces(bytes)),
        (bytes) => sha256.of_file(new Blob([bytes]))];
      const all = (text) => Promise.all(ways.map((way) => way(encoding.from_hex(text))));
      return Promise.all(told.map(async (text) => (await all(text)).map(encoding.hex)));
    """
    assert len(records) >= 64
    assert core.asks(body, told) == [[record["MD"]] * 5 for record in records]


def test_sha256_over_and_over_as_published(core: Core) -> None:
    _, *counted = (record for _, record in vectors("hashes/SHA2/SHA256Monte.rsp"))
    _, first = next(record for record in vectors("hashes/SHA2/SHA256Monte.rsp") if "Seed" in record[1])
    body = """
      const seeds = [encoding.from_hex(told.seed)];
      for (let count = 0; count < told.counts; count++) {
        const md = Array(3).fill(seeds[count]);
        for (let n = 0; n < 1000; n++) { md.push(sha256.plainly(...md.slice(-3))); }
        seeds.push(md.pop());
      }
      return seeds.slice(1).map(encoding.hex);
    """
    found = core.asks(body, {"seed": first["Seed"], "counts": 20})
    assert found == [record["MD"] for record in counted if "COUNT" in record][:20]


def test_signatures_as_published(core: Core) -> None:
    told, wanted = [], []
    for path in ("SigVer.rsp", "SigGen.rsp"):
        for section, record in vectors(f"asymmetric/ECDSA/FIPS_186-3/{path}"):
            if section.startswith("P-256,SHA-") and "S" in record:
                told.append(as_told(section.removeprefix("P-256,SHA-"), record))
                wanted.append(record.get("Result", "P") == "P")
    assert len(wanted) > 100 and 20 < wanted.count(False) < 100
    assert verdicts(core, told) == [
        [verdict] * (2 if one["message"] else 1) for one, verdict in zip(told, wanted, strict=True)
    ]


def as_told(bits: str, record: Record) -> Record:
    """A vector of whatever hash: of a longer one P-256 takes the first 32 bytes; only SHA-256 goes the whole way."""
    message = bytes.fromhex(record["Msg"])
    digest = hashlib.new(f"sha{bits}", message).digest()[:32]
    numbers = [int(record[name], 16).to_bytes(32) for name in ("Qx", "Qy", "R", "S")]
    return {
        "key": "04" + b"".join(numbers[:2]).hex(),
        "signature": b"".join(numbers[2:]).hex(),
        "hash": digest.rjust(32, b"\0").hex(),
        "message": record["Msg"] if bits == "256" else "",
    }


def verdicts(core: Core, told: list[Record]) -> Any:
    body = """
      return Promise.all(told.map(async (one) => {
        const [key, signature, hash] = [one.key, one.signature, one.hash].map(encoding.from_hex);
        const found = [p256.verifies_plainly(key, hash, signature)];
        return one.message ? [...found, await p256.verifies(key, encoding.from_hex(one.message), signature)] : found;
      }));
    """
    return core.asks(body, told)


def test_public_keys_as_published(core: Core) -> None:
    told, wanted = [], []
    for section, record in vectors("asymmetric/ECDSA/FIPS_186-3/PKV.rsp"):
        if section == "P-256" and "Qx" in record:
            told.append(
                "04" + "".join(record[name].rjust(64 if len(record[name]) < 65 else 66, "0") for name in ("Qx", "Qy"))
            )
            wanted.append(record["Result"] == "P")
    assert wanted.count(True) >= 3 and wanted.count(False) >= 8
    whole = told[wanted.index(True)]
    told += ["00", "", whole[2:], "02" + whole[2:66], "06" + whole[2:], "04" + "00" * 64, whole[:-2]]
    y = pow(5**3 - 3 * 5 + CURVE_B, (FIELD + 1) // 4, FIELD)  # of a point whose x is 5, written as it may not be
    told += [f"04{5 + FIELD:064x}{y:064x}", f"04{5:064x}{y + 1:064x}"]
    wanted += [False] * 9
    told, wanted = [*told, f"04{5:064x}{y:064x}"], [*wanted, True]
    assert core.asks("return told.map((key) => p256.is_key(encoding.from_hex(key)))", told) == wanted


def test_signatures_at_the_edges(core: Core) -> None:
    """Points that meet on their way, numbers out of range: as OpenSSL has it."""
    told = [*edges()]
    wanted = [is_believed(one) for one in told]
    assert (wanted.count(True), wanted.count(False)) == (5, 60)
    assert verdicts(core, told) == [[verdict] * 2 for verdict in wanted]


def edges() -> Iterator[Record]:
    message, digest = b"candour", int.from_bytes(hashlib.sha256(b"candour").digest())
    for private in (1, 2, ORDER - 1, ORDER - 2):
        made = ec.derive_private_key(private, ec.SECP256R1())
        public = made.public_key().public_bytes(Encoding.X962, PublicFormat.UncompressedPoint)
        r, s = (int.from_bytes(part) for part in halves(key.Key(made, ()).sign(message)))
        infinity = -digest * pow(private, -1, ORDER) % ORDER
        numbers = [0, 1, 2, ORDER - 1, ORDER, 2**256 - 1]
        wrong = [(one, s) for one in numbers] + [(r, one) for one in numbers] + [(s, r), (infinity, 5), (0, 0)]
        yield from (edge(public, message, *pair) for pair in [(r, s), *wrong])
    # R's x is the order and 3 more, so that r is 3; the key is the one that this signs with.
    x = 0x39693258F7B622E60BD0F8A7891636FB8830A88904F2B486419C9631C65827C3
    y = 0xC575AEA50C0E25B35F037DCC94A3BD7ADD5A51EC1B4A1D14649143F0D5E043D6
    yield edge(b"\x04" + x.to_bytes(32) + y.to_bytes(32), message, 3, 0x1234567)


def halves(signature: bytes) -> tuple[bytes, bytes]:
    return signature[:32], signature[32:]


def edge(public: bytes, message: bytes, r: int, s: int) -> Record:
    signature = (r.to_bytes(32) + s.to_bytes(32)).hex()
    told = {"key": public, "message": message, "hash": hashlib.sha256(message).digest()}
    return {"signature": signature} | {name: value.hex() for name, value in told.items()}


def is_believed(one: Record) -> bool:
    public = ec.EllipticCurvePublicKey.from_encoded_point(ec.SECP256R1(), bytes.fromhex(one["key"]))
    r, s = (int.from_bytes(part) for part in halves(bytes.fromhex(one["signature"])))
    try:
        public.verify(encode_dss_signature(r, s), bytes.fromhex(one["message"]), ec.ECDSA(hashes.SHA256()))
    except InvalidSignature:
        return False
    return True


def test_trees_are_those_of_another_implementation(core: Core) -> None:
    body = """
      const hexed = (hashes) => hashes.map(encoding.hex);
      return told.map(({ size }) => {
        const leaves = Array.from({ length: size }, (_, n) => merkle.leaf(new Uint8Array(n).fill(n)));
        const roots = leaves.map((_, n) => merkle.root(leaves.slice(0, n + 1)));
        return {
          size,
          root: encoding.hex(merkle.root(leaves)),
          leaves: hexed(leaves),
          inclusion: leaves.map((_, n) => hexed(merkle.inclusion_proof(leaves, n))),
          consistency: Object.fromEntries(
            leaves.map((_, n) => [n + 1, hexed(merkle.consistency_proof(leaves, n + 1))])),
          roots_before: Object.fromEntries(roots.map((root, n) => [n + 1, encoding.hex(root)])),
        };
      });
    """
    assert core.asks(body, TREES) == TREES
    with_nothing = "return [merkle.EMPTY, merkle.root([]), new merkle.Tree().root].map(encoding.hex)"
    assert core.asks(with_nothing) == [hashlib.sha256().hexdigest()] * 3


def test_proofs_hold_for_what_they_prove_and_for_nothing_else(core: Core) -> None:
    body = """
      const bytes = (one) => one.map(encoding.from_hex);
      const changed = (one) => one.map((byte, n) => (n === 31 ? byte ^ 1 : byte));
      const wrong = [];
      const holds = (verdict, wanted, ...what) => verdict === wanted || wrong.push(what.join(" "));
      for (const { size, root, leaves, inclusion, consistency, roots_before } of told) {
        const top = encoding.from_hex(root);
        for (const [n, leaf] of bytes(leaves).entries()) {
          const proof = bytes(inclusion[n]);
          for (let at = -1; at <= size + 1; at++) {
            holds(merkle.is_included(leaf, at, size, proof, top), at === n, "included", size, n, at);
          }
          holds(merkle.is_included(changed(leaf), n, size, proof, top), false, "changed leaf", size, n);
          holds(merkle.is_included(leaf, n, size, [...proof, top], top), false, "longer", size, n);
          proof.length && holds(merkle.is_included(leaf, n, size, proof.slice(1), top), false, "shorter", size, n);
        }
        for (const [told, proof] of Object.entries(consistency)) {
          const [earlier, before, path] = [Number(told), encoding.from_hex(roots_before[told]), bytes(proof)];
          holds(merkle.is_consistent(earlier, before, size, top, path), true, "consistent", size, earlier);
          holds(merkle.is_consistent(earlier, changed(before), size, top, path), false, "before", size, earlier);
          holds(merkle.is_consistent(earlier, before, size, changed(top), path), false, "after", size, earlier);
          holds(merkle.is_consistent(earlier, before, size, top, [...path, top]), false, "longer", size, earlier);
          holds(merkle.is_consistent(size + 1, before, size, top, path), false, "greater", size, earlier);
          holds(merkle.is_consistent(0, before, size, top, path), false, "nothing", size, earlier);
        }
      }
      holds(merkle.is_included(merkle.EMPTY, 2 ** 53, 2 ** 53 + 2, [], merkle.EMPTY), false, "no number");
      return wrong;
    """
    assert core.asks(body, TREES) == []


def test_statements_as_python_reads_them(core: Core, box: Key) -> None:
    good, bad = [*good_statements(box)], [*bad_statements(box)]
    by_python = [read_by_python(text) for text in [*good, *bad]]
    assert [type(read) for read in by_python] == [dict] * len(good) + [str] * len(bad)
    assert [without_detail(read) for read in read_by_page(core, [*good, *bad])] == [*map(without_detail, by_python)]


def test_what_neither_believes_though_they_say_it_in_other_words(core: Core, box: Key) -> None:
    """Damage that one sees at once, another calls change."""
    texts = [*changed_by_a_letter(box), *odd_statements(box)]
    assert {type(read_by_python(text)) for text in texts} == {str} == {type(read) for read in read_by_page(core, texts)}


def test_certificates_that_python_cannot_read_are_none_for_the_page(core: Core, box: Key) -> None:
    """The box signs for all of them: what one of the two believed and the other not, could be no evidence."""
    jws = statement.signed(test_statement.KIND, test_statement.CLAIMS, box)
    header, claims = (json.loads(base64.urlsafe_b64decode(part + "==")) for part in jws.split(".")[:2])
    der, texts = box.certificate.public_bytes(Encoding.DER), []
    for at in range(40, len(der), 3):  # behind version and serial number, which begin it
        for change in (0x01, 0x80):
            x5c = base64.b64encode(with_bit(der, at, change)).decode()
            texts.append(signed_all_the_same(box, {**header, "x5c": [x5c]}, claims))
    verdicts = [is_believed_by_python(text) for text in texts]
    assert 50 < verdicts.count(True) < 250 and verdicts.count(False) > 50
    assert [isinstance(read, dict) for read in read_by_page(core, texts)] == verdicts


def is_believed_by_python(text: str) -> bool:
    try:
        return bool(statement.read(text))
    except BadStatement:
        return False


def read_by_page(core: Core, texts: list[str]) -> list[dict[str, Any] | str]:
    body = """
      return Promise.all(told.map(async (text) => {
        try {
          const { kind, claims, key, digest, by } = await statement.read(text);
          return { kind, claims: JSON.stringify(claims), key, digest, by };
        } catch (error) {
          if (error.name !== "BadStatement") { throw error; }
          return error.message;
        }
      }));
    """
    found = core.asks(body, texts)
    return [read if isinstance(read, str) else read | {"claims": json.loads(read["claims"])} for read in found]


def read_by_python(text: str) -> dict[str, Any] | str:
    try:
        read = statement.read(text)
    except BadStatement as error:
        return str(error)
    (name,) = read.chain[0].subject.get_attributes_for_oid(NameOID.COMMON_NAME)
    return {"kind": read.kind, "claims": read.claims, "key": read.key, "digest": read.digest, "by": name.value}


def without_detail(found: dict[str, Any] | str) -> dict[str, Any] | str:
    return re.sub(r" \(.*\)", "", found, flags=re.DOTALL) if isinstance(found, str) else found


def good_statements(box: Key) -> Iterator[str]:
    for kind in statement.KINDS:
        yield statement.signed(kind, test_statement.CLAIMS, box)
    private, root = organisation("Cyngor Sir Gâr")
    issued = Key(box.private, (vouched(box, private, root), root))
    yield f" \x1c\u2003{statement.signed('candour-seal', {'__proto__': {'v': 2}, 'n': [1.5, None, True]}, issued)}\r\n"
    yield statement.signed("candour-seal", {"says": "\ud7ff \U0001f600 \u2028 \0", "much": "x" * 100_000}, box)


def bad_statements(box: Key) -> Iterator[str]:
    jws = statement.signed(test_statement.KIND, test_statement.CLAIMS, box)
    told, _, signature = jws.rpartition(".")
    ours, claims = (json.loads(base64.urlsafe_b64decode(part + "==")) for part in told.split("."))
    yield from cases_of(test_statement.test_rubbish_is_one_sentence)
    for of_header, of_claims in cases_of(test_statement.test_what_is_signed_but_not_ours_is_not_believed):
        yield signed_all_the_same(box, ours | of_header, claims | of_claims)
    other = Key(ec.generate_private_key(ec.SECP256R1()), box.chain)
    yield statement.signed(test_statement.KIND, test_statement.CLAIMS, other)
    yield from (f"{told}.{signature}.", f"{told}.", f".{jws}", f"\ufeff{jws}", jws + "=", jws.replace(".", ".\n", 1))
    yield statement.signed("candour-seal", {"much": "x" * statement.LONGEST}, box)
    headers: tuple[object, ...] = ({**ours, "typ": 5}, {**ours, "x5c": "AAAA"}, [], "typ", None)
    for header in headers:
        yield signed_all_the_same(box, header, claims)
    for missing in ours:
        yield signed_all_the_same(box, {name: ours[name] for name in ours if name != missing}, claims)
    for not_claims in ({}, [1], None, "v", {"v": "1"}, {"v": 1.5}):
        yield signed_all_the_same(box, ours, not_claims)
    for certificate in bad_certificates(box):
        x5c = base64.b64encode(certificate).decode()
        yield signed_all_the_same(box, {**ours, "x5c": [x5c]}, claims)
        yield signed_all_the_same(box, {**ours, "x5c": [*ours["x5c"], x5c[:-8]]}, claims)
    yield signed_all_the_same(box, {**ours, "x5c": [ours["x5c"][0] + "\n"]}, claims)


def cases_of(test: Any) -> list[Any]:
    (mark,) = test.pytestmark
    return list(mark.args[1])


def signed_all_the_same(box: Key, header: object, claims: object) -> str:
    return signed_as_it_is(box, *(encoded(json.dumps(part).encode()) for part in (header, claims)))


def encoded(part: bytes) -> str:
    return base64.urlsafe_b64encode(part).decode().rstrip("=")


def changed_by_a_letter(box: Key) -> Iterator[str]:
    jws = statement.signed(test_statement.KIND, test_statement.CLAIMS, box)
    chance = random.Random(1)
    for _ in range(150):
        at, letter = chance.randrange(len(jws)), chance.choice("ABCabc019-_.=+/ \0é")
        changed = chance.choice([jws[:at] + letter + jws[at + 1 :], jws[:at] + letter + jws[at:], jws[:at]])
        if changed.strip() != jws:
            yield changed


def odd_statements(box: Key) -> Iterator[str]:
    told = statement.signed("candour-seal", test_statement.CLAIMS, box).split(".")[0]
    header = json.loads(base64.urlsafe_b64decode(told + "=="))
    yield signed_all_the_same(box, {**header, "typ": ["candour-seal"]}, {"v": 1})
    for part in (
        b'{"v":1,"v":2}',
        b'{"v":1}}',
        b'{"v":1,}',
        b"{'v':1}",
        b'{"v":1,"says":"\n"}',
        b'{"v":1,"says":"\xff"}',
    ):
        yield signed_as_it_is(box, told, encoded(part))


def signed_as_it_is(box: Key, header: str, claims: str) -> str:
    told = f"{header}.{claims}"
    return f"{told}.{encoded(box.sign(told.encode()))}"


def bad_certificates(box: Key) -> Iterator[bytes]:
    der = box.certificate.public_bytes(Encoding.DER)
    point = box.certificate.public_key().public_bytes(Encoding.X962, PublicFormat.UncompressedPoint)
    p256 = bytes.fromhex("06082a8648ce3d030107")
    yield from (b"", der[:-1], der + b"\0", b"\x31" + der[1:], der[:1] + b"\x80" + der[2:])
    yield der.replace(point, point[:-1] + bytes([point[-1] ^ 1]))  # not on the curve
    yield der.replace(p256, p256[:-1] + b"\x06")  # another curve
    wide = ec.generate_private_key(ec.SECP384R1())
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "wide")])
    builder = x509.CertificateBuilder(name, name, wide.public_key(), 5, key.NOT_BEFORE, key.NO_END)
    yield builder.sign(wide, hashes.SHA256()).public_bytes(Encoding.DER)


NUMBERS = bytes(range(256)) * 1000


def listed(core: Core, path: Path) -> Any:
    body = """
      const found = [];
      for (const { name, size, file } of (await zip.open(files[told])).values()) {
        const content = await file();
        found.push([name, size, encoding.hex(await sha256.of_file(content)), content.size]);
      }
      return found;
    """
    return core.asks(body, path.name, [path])


def zipped(path: Path, mode: Any = "w", method: int = zipfile.ZIP_STORED) -> Path:
    with zipfile.ZipFile(path, mode, method) as made:
        made.comment = b"a comment with PK\5\6 in it, as long as an end: " + b"." * 50
        for name, content in {"bag/bagit.txt": b"", "bag/Tŷ.txt": b"PK\1\2", "bag/data/seal.jws": NUMBERS}.items():
            made.writestr(name, content)
    return path


IN_THE_ZIP = [
    [name, len(content), hashlib.sha256(content).hexdigest(), len(content)]
    for name, content in {"bag/bagit.txt": b"", "bag/Tŷ.txt": b"PK\1\2", "bag/data/seal.jws": NUMBERS}.items()
]


def test_what_is_in_a_zip(core: Core, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    assert listed(core, zipped(tmp_path / "bag.zip")) == IN_THE_ZIP
    long = tmp_path / "long.zip"
    with long.open("wb") as file:
        file.truncate(5 * 2**30)  # a hole: five gigabytes that nobody has to write, and nobody may read
    assert listed(core, zipped(long, "a")) == IN_THE_ZIP
    monkeypatch.setattr(zipfile, "ZIP64_LIMIT", 100)
    assert listed(core, zipped(tmp_path / "zip64.zip")) == IN_THE_ZIP


def test_zips_that_cannot_be_judged(core: Core, tmp_path: Path) -> None:
    packed = zipped(tmp_path / "packed.zip", method=zipfile.ZIP_DEFLATED)
    with pytest.raises(Refused, match=r"bagit\.txt is packed in this zip\. Unpack the zip") as refusal:
        listed(core, packed)
    assert refusal.value.args[0] == "BadZip"
    whole = zipped(tmp_path / "whole.zip").read_bytes()
    twice = tmp_path / "twice.zip"
    with zipfile.ZipFile(twice, "w") as made, pytest.warns(UserWarning, match="Duplicate"):
        made.writestr("seal.jws", b"one")
        made.writestr("seal.jws", b"other")
    local, central = whole.index(b"bag/bagit.txt"), whole.rindex(b"bag/bagit.txt")
    for content, sentence in [
        (b"", "no zip"),
        (whole[:-1], "no zip"),
        (whole[1000:], "damaged"),
        (whole + b"\0", "no zip"),
        (whole[:local] + b"B" + whole[local + 1 :], "damaged"),
        (whole[:central] + b"\xff" + whole[central + 1 :], "UTF-8"),
        (whole.replace(b"PK\1\2\x14", b"PK\1\3\x14"), "damaged"),
        (whole.replace((len(NUMBERS)).to_bytes(4, "little"), b"\xf0\xff\xff\xff"), "damaged"),
        (twice.read_bytes(), "two files named seal.jws"),
    ]:
        path = tmp_path / "bad.zip"
        path.write_bytes(content)
        with pytest.raises(Refused, match=sentence):
            listed(core, path)


def heard(core: Core, *paths: Path) -> Any:
    """Of each file: rate, samples that its head tells, and the leaf of each second; or why it is not judged."""
    body = """
      const heard = async (file) => {
        try {
          const opened = await sound.open(file);
          return [opened.kind, opened.rate, opened.samples, (await sound.leaves(opened)).map(encoding.hex)];
        } catch (error) {
          return `${error.name}: ${error.message}`;
        }
      };
      const found = [];
      for (const name of told) { found.push(await heard(files[name])); }
      return found;
    """
    return core.asks(body, [path.name for path in paths], paths)


def leaves(samples: Samples, rate: int) -> list[str]:
    return [merkle.leaf(samples[at : at + rate].tobytes()).hex() for at in range(0, samples.size, rate)]


@pytest.fixture(scope="module", params=[(16_000, -5), (48_000, 0)])
def copies(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> tuple[int, Samples, Path]:
    """Rate, samples, and the folder with the box's own files of them."""
    rate, more = request.param
    samples = voice(62 * rate + more, rate)
    samples[rate : 3 * rate] = 0  # a gap
    return rate, samples, flac(tmp_path_factory.mktemp("copies"), samples, rate).parent


def test_the_box_s_own_copies(core: Core, copies: tuple[int, Samples, Path]) -> None:
    rate, samples, folder = copies
    told = [rate, samples.size, leaves(samples, rate)]
    assert heard(core, folder / "copy.flac", folder / "master.wav") == [["FLAC", *told], ["WAV", *told]]


def kinds_of_sound() -> dict[str, Samples]:
    chance = np.random.default_rng(7)
    made = voice(RATE * 5 // 2)
    loud = np.where(chance.integers(0, 2, made.size) == 1, 32767, -32768)
    rare = np.where(chance.integers(0, 500, made.size) == 0, 30_000, made // 900)  # long codes among short ones
    return {
        "voice": made,
        "silence": np.zeros_like(made),
        "loud": loud.astype(np.int16),
        "noise": chance.integers(-32768, 32768, made.size).astype(np.int16),
        "rare": rare.astype(np.int16),
        "coarse": (made // 64 * 64).astype(np.int16),
        "square": np.repeat([-32768, 32767], made.size // 2).astype(np.int16),
        "short": made[:3],
    }


LIBAV_WAYS: list[dict[str, str]] = [
    {"compression_level": "0"},
    {"compression_level": "12"},
    {"lpc_type": "cholesky", "lpc_passes": "2", "min_prediction_order": "30", "max_prediction_order": "32"},
    {"lpc_type": "fixed"},
    {"lpc_type": "none"},
    {"exact_rice_parameters": "1", "max_partition_order": "8"},
]


@pytest.fixture(scope="module")
def flacs(tmp_path_factory: pytest.TempPathFactory) -> dict[Path, Samples]:
    """Every kind of sound, by libFLAC and by libav in all their ways."""
    folder, made = tmp_path_factory.mktemp("flacs"), {}
    for kind, samples in kinds_of_sound().items():
        for level in (0.0, 0.5, 1.0):
            path = folder / f"{kind}-{level}.flac"
            soundfile.write(path, samples, RATE, subtype="PCM_16", compression_level=level)
            made[path] = samples
        for way, options in enumerate(LIBAV_WAYS):
            path = folder / f"{kind}-libav-{way}.flac"
            with audio.Encoder(path, RATE, dataclasses.replace(audio.LOSSLESS, options=options)) as encoder:
                encoder.append(samples.tobytes())
                encoder.finish()
            made[path] = samples
    return made


def test_flac_of_all_encoders(core: Core, flacs: dict[Path, Samples]) -> None:
    found = dict(zip(flacs, heard(core, *flacs), strict=True))
    assert found == {path: ["FLAC", RATE, samples.size, leaves(samples, RATE)] for path, samples in flacs.items()}


Long = tuple[Samples, bytes, list[tuple[int, int]]]


@pytest.fixture(scope="module")
def long(tmp_path_factory: pytest.TempPathFactory) -> Long:
    """A copy of more than two minutes: samples, bytes, and for each minute where the frame is and its first sample."""
    samples = voice(130 * RATE)
    content = flac(tmp_path_factory.mktemp("long"), samples).read_bytes()
    *_, table, padding = blocks_in(content, 4)
    return samples, content, [(padding.end + point.offset, point.sample) for point in points_in(table.content)]


def test_a_cut_that_was_copied_without_its_beginning(core: Core, long: Long, tmp_path: Path) -> None:
    samples, content, ((first, _), (second, sample), _) = long
    cut = tmp_path / "cut.flac"
    cut.write_bytes(content[:first] + content[second:])
    assert heard(core, cut) == [["FLAC", RATE, samples.size, leaves(samples[sample:], RATE)]]


def test_flac_that_is_not_what_its_maker_wrote(core: Core, long: Long, tmp_path: Path) -> None:
    _, content, places = long
    first, second, third = (place for place, _ in places)
    total = int.from_bytes(content[18:26]) - 1
    elsewhere = "a frame is missing or does not belong there"
    cases = [
        (content[:-1], "in the middle of a frame|sum of a frame is wrong"),
        (content[: third - 1], "in the middle of a frame|sum of a frame is wrong"),
        (content[:60], "ends too soon"),
        (content + b"TAG" + bytes(125), "does not begin where the one before ends"),
        (content[:second] + content[third:], elsewhere),
        (content[:second] + content[first:], elsewhere),
        (content[:third] + content[second:third] + content[third:], elsewhere),
        (with_bit(content, second + 99, 1), "FLAC file is damaged"),
        (content[:18] + total.to_bytes(8) + content[26:], "its head tells of 2079999 samples"),
        (with_bit(content, 20, 2), "2 channels of 16 bits"),
        (with_bit(content, 18, 1), "another form than its head"),
        (with_bit(content, 4, 4), "its head has another form"),
    ]
    refused(core, tmp_path, cases)


def with_bit(content: bytes, at: int, bit: int) -> bytes:
    return content[:at] + bytes([content[at] ^ bit]) + content[at + 1 :]


def refused(core: Core, folder: Path, cases: Sequence[tuple[bytes, str]]) -> None:
    paths = [folder / f"case-{number}" for number in range(len(cases))]
    for path, (content, _) in zip(paths, cases, strict=True):
        path.write_bytes(content)
    for found, (_, sentence) in zip(heard(core, *paths), cases, strict=True):
        assert re.match(f"BadSound: .*({sentence})", found), sentence


def test_wav_in_other_clothes(core: Core, tmp_path: Path) -> None:
    samples = voice(5 * RATE // 2)
    for form in ("WAV", "WAVEX"):
        soundfile.write(tmp_path / form, samples, RATE, subtype="PCM_16", format=form)
    plain = wav.header(RATE) + samples.tobytes()
    noted = plain[:12] + b"LIST\3\0\0\0abc\0" + plain[12:36] + b"data" + (2 * samples.size).to_bytes(4, "little")
    (tmp_path / "odd").write_bytes(plain + b"\1")
    (tmp_path / "noted").write_bytes(noted + samples.tobytes() + b"LIST\4\0\0\0abcd")
    (tmp_path / "empty").write_bytes(wav.header(RATE))
    *found, empty = heard(core, *(tmp_path / name for name in ("WAV", "WAVEX", "odd", "noted", "empty")))
    assert found == [["WAV", RATE, samples.size, leaves(samples, RATE)]] * 4
    assert empty == ["WAV", RATE, 0, []]


def test_sound_that_is_no_recording(core: Core, tmp_path: Path) -> None:
    samples = voice(RATE)
    both = np.column_stack([samples, samples])
    for name, form, sound in [("wide", "PCM_24", samples), ("both", "PCM_16", both)]:
        soundfile.write(tmp_path / f"{name}.wav", sound, RATE, subtype=form)
        soundfile.write(tmp_path / f"{name}.flac", sound, RATE, subtype=form)
    plain = wav.header(RATE) + samples.tobytes()
    cases = [
        *((path.read_bytes(), "a recording has one of 16") for path in sorted(tmp_path.iterdir())),
        (b"", "neither WAV nor FLAC"),
        (b"ID3\4" + bytes(100), "neither WAV nor FLAC"),
        (plain[:30], "WAV file is damaged"),
        (plain[:12] + plain[36:], "WAV file is damaged"),
        (plain[:36] + plain[12:], "WAV file is damaged"),
        (plain[:24] + bytes(4) + plain[28:], "0 samples a second"),
    ]
    refused(core, tmp_path, cases)


def test_a_browser_that_reads_otherwise_does_not_judge(core: Core) -> None:
    body = """
      const known = KNOWN_SOUNDS.map((one) => ({ ...one, ...told }));
      await sound.prove(known);
      return known.map(({ rate }) => rate);
    """
    assert core.asks(body, {}) == [16_000, 48_000]
    for otherwise in ({"root": merkle.EMPTY.hex()}, {"rate": 44_100}, {"samples": 1}):
        with pytest.raises(Refused, match="This browser cannot judge"):
            core.asks(body, otherwise)


def test_how_far_it_is_is_told(core: Core, tmp_path: Path) -> None:
    path = flac(tmp_path, voice(3 * RATE + 1))
    body = """
      const said = [];
      await sound.leaves(await sound.open(files[told]), (seconds, of) => said.push([seconds, of]));
      await sha256.of_file(files[told], (bytes, of) => said.push([bytes, of]));
      return said;
    """
    size = path.stat().st_size
    assert core.asks(body, path.name, [path]) == [[1, 4], [2, 4], [3, 4], [4, 4], [size, size]]
