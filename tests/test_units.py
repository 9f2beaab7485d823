"""The units of systemd/: they parse, name only what exists, and shut each service in; systemd itself is the judge."""

import json
import re
import shutil
import subprocess
from pathlib import Path

import pytest
from click.testing import CliRunner

from appliance.__main__ import candour
from appliance.bench.house import SERVICES, UMASK
from appliance.store.folders import SHARED

ROOT = Path(__file__).parent.parent
UNITS = ROOT / "systemd" / "system"
EVERY = UNITS / "candour-.service.d" / "10-every-service.conf"
NAMES = sorted(path.name for path in UNITS.glob("candour-*.service"))
OTHERS = sorted(
    path.name.replace("@.", "@001-002.") for path in UNITS.glob("*.service") if not path.name.startswith("candour-")
)
WORST = 2.5
systemd = pytest.mark.skipif(
    shutil.which("systemd-analyze") is None, reason="needs systemd-analyze: apt install systemd"
)


@pytest.fixture(scope="module")
def root(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A root with the units where an image has them, and the targets of systemd that they name."""
    root = tmp_path_factory.mktemp("root")
    shutil.copytree(UNITS, root / "etc/systemd/system")
    (root / "usr/lib/systemd/system").mkdir(parents=True)
    for name in ("sysinit", "basic", "multi-user", "network", "local-fs", "shutdown"):
        shutil.copy(f"/usr/lib/systemd/system/{name}.target", root / "usr/lib/systemd/system")
    for program in ("opt/candour/bin/candour", "usr/sbin/dnsmasq", "bin/systemctl", "bin/sh"):
        (root / program).parent.mkdir(parents=True, exist_ok=True)
        (root / program).write_text("#!/bin/sh\n")
        (root / program).chmod(0o755)
    return root


def analyze(root: Path, *words: str) -> subprocess.CompletedProcess[str]:
    command = ["systemd-analyze", words[0], f"--root={root}", *words[1:]]
    return subprocess.run(command, capture_output=True, text=True, check=False)


def settings(path: Path) -> dict[str, list[str]]:
    """Every value of [Service] in the order in which it stands."""
    found: dict[str, list[str]] = {}
    for line in path.read_text().partition("[Service]")[2].splitlines():
        if "=" in line and not line.startswith("#"):
            name, value = line.split("=", 1)
            found.setdefault(name, []).append(value)
    return found


def test_there_is_one_for_each_service_and_the_target_wants_them_all() -> None:
    wanted = {f"candour-{service}.service" for service in (*SERVICES, "seats")}
    assert set(NAMES) == wanted
    assert set(re.findall(r"(?<![\w-])candour-\w+\.service", (UNITS / "candour.target").read_text())) == wanted


@pytest.mark.parametrize("name", NAMES)
def test_each_starts_a_command_that_there_is_as_a_user_that_there_is(name: str) -> None:
    unit = settings(UNITS / name)
    program, command = unit["ExecStart"][0].split(" ", 1)
    assert program == "/opt/candour/bin/candour"
    assert CliRunner().invoke(candour, [*command.split(), "--help"]).exit_code == 0
    people = (ROOT / "systemd/sysusers.d/candour.conf").read_text()
    (user,) = unit["User"]
    assert user == name.removesuffix(".service") and f"\nu {user} - " in people
    for group in [*settings(EVERY)["Group"], *" ".join(unit.get("SupplementaryGroups", [])).split()]:
        assert group == "audio" or f"\ng {group} -\n" in people


def test_only_those_who_sign_are_in_the_group_of_the_key() -> None:
    signs = {name for name in NAMES if "candour-key" in " ".join(settings(UNITS / name).get("SupplementaryGroups", []))}
    assert signs == {"candour-recorder.service", "candour-finisher.service"}


@pytest.mark.parametrize("name", NAMES)
def test_what_holds_for_every_service_is_not_said_again_where_it_would_be_lost(name: str) -> None:
    """A drop-in for candour-*.service wins over the unit itself: only lists may stand in both."""
    both = settings(UNITS / name).keys() & settings(EVERY).keys()
    assert both <= {"RestrictAddressFamilies", "Environment"}


def test_only_page_and_finisher_reach_a_network() -> None:
    reach = {name for name in NAMES if settings(UNITS / name)["PrivateNetwork"] == ["no"]}
    assert reach == {"candour-web.service", "candour-finisher.service"}


def test_files_have_the_rights_of_the_tests() -> None:
    assert settings(EVERY)["UMask"] == [f"{UMASK:04o}"]
    folders = (ROOT / "systemd/tmpfiles.d/candour.conf").read_text()
    for folder in ("/run/candour", "/var/lib/candour", "/var/lib/candour/meetings"):
        assert re.search(rf"^d {folder} {SHARED:o} \S+ candour -$", folders, re.MULTILINE)
    assert "d /var/lib/candour/evidence 2750 candour-recorder candour-key -" in folders


@systemd
def test_systemd_finds_nothing_wrong_with_them(root: Path) -> None:
    done = analyze(root, "verify", "--man=no", "candour.target", *NAMES, *OTHERS)
    assert (done.returncode, done.stdout, done.stderr) == (0, "", "")


@systemd
@pytest.mark.parametrize("name", [*NAMES, *OTHERS])
def test_each_service_is_shut_in(root: Path, name: str) -> None:
    done = analyze(root, "security", "--offline=true", name)
    found = re.search(r"Overall exposure level for \S+: ([0-9.]+)", done.stdout)
    assert found, done.stderr
    assert float(found[1]) < WORST


@systemd
def test_the_score_would_show_a_service_that_is_not(root: Path) -> None:
    (root / "etc/systemd/system/open.service").write_text("[Service]\nExecStart=/opt/candour/bin/candour web\n")
    said = analyze(root, "security", "--offline=true", "open.service").stdout
    assert float(re.findall(r"open.service: ([0-9.]+)", said)[0]) > 2 * WORST
    told = analyze(root, "security", "--offline=true", "--json=short", "candour-web.service").stdout
    assert any(one["set"] is False and "PrivateNetwork" in one["name"] for one in json.loads(told))


def test_users_and_folders_are_made(tmp_path: Path) -> None:
    """systemd-sysusers and systemd-tmpfiles do it in a root of their own."""
    for tool in ("systemd-sysusers", "systemd-tmpfiles"):
        if shutil.which(tool) is None:
            pytest.skip(f"needs {tool}: apt install systemd")
    (tmp_path / "etc").mkdir()
    others = ["root:x:0:0:root:/root:/bin/sh", "systemd-timesync:x:900:900::/:/usr/sbin/nologin"]
    (tmp_path / "etc/passwd").write_text("".join(f"{line}\n" for line in others))
    (tmp_path / "etc/group").write_text("root:x:0:\nsystemd-timesync:x:900:\n")
    for tool, *words in (("systemd-sysusers",), ("systemd-tmpfiles", "--create")):
        file = ROOT / "systemd" / f"{tool.removeprefix('systemd-')}.d" / "candour.conf"
        done = subprocess.run(
            [tool, *words, f"--root={tmp_path}", str(file)], capture_output=True, text=True, check=False
        )
        assert done.returncode == 0 and "candour.conf:" not in done.stderr, done.stderr
    people = (tmp_path / "etc/passwd").read_text().splitlines()[len(others) :]
    assert len(people) == len(NAMES) and all(line.endswith("/nologin") for line in people)
    assert (tmp_path / "var/lib/candour/meetings").stat().st_mode & 0o7777 == SHARED
