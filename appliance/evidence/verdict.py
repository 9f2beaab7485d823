"""What a verifier says: findings in plain sentences, and from them two verdicts, on integrity and on completeness."""

from dataclasses import asdict, dataclass, field
from enum import StrEnum
from typing import Any

from appliance.clock import spoken


class About(StrEnum):
    """What a finding means for the verdicts."""

    INTEGRITY = "altered"
    COMPLETENESS = "incomplete"
    UNKNOWN = "cannot be judged"
    NOTE = "note"


@dataclass(frozen=True)
class Finding:
    """`part` is the file or statement; `seconds` the seconds of the meeting that it is about, where it is."""

    part: str
    about: About
    says: str
    seconds: tuple[int, ...] = ()


@dataclass
class Verdict:
    """Everything that was found; `looked_at` says what was judged at all."""

    findings: list[Finding] = field(default_factory=list)
    looked_at: list[str] = field(default_factory=list)

    def find(self, part: str, about: About, says: str, seconds: tuple[int, ...] = ()) -> None:
        self.findings.append(Finding(part, about, says, seconds))

    @property
    def integrity(self) -> str:
        return self._of(About.INTEGRITY, "unaltered")

    @property
    def completeness(self) -> str:
        return self._of(About.COMPLETENESS, "complete")

    @property
    def exit_code(self) -> int:
        """0: complete and unaltered, by a known box; 1: altered or incomplete; 2: cannot be judged."""
        abouts = {finding.about for finding in self.findings}
        if abouts & {About.INTEGRITY, About.COMPLETENESS}:
            return 1
        return 2 if About.UNKNOWN in abouts else 0

    def as_text(self) -> str:
        said = [f"Integrity:    {self.integrity}", f"Completeness: {self.completeness}"]
        said += [f"{finding.part}: {finding.says}" for finding in self.findings]
        return "\n".join([*said, f"Looked at: {', '.join(self.looked_at) or 'nothing'}"])

    def as_json(self) -> dict[str, Any]:
        return {
            "integrity": self.integrity,
            "completeness": self.completeness,
            "exit_code": self.exit_code,
            "looked_at": self.looked_at,
            "findings": [asdict(finding) for finding in self.findings],
        }

    def _of(self, worse: About, well: str) -> str:
        abouts = {finding.about for finding in self.findings}
        if worse in abouts:
            return worse.value
        return About.UNKNOWN.value if About.UNKNOWN in abouts else well


def span(seconds: tuple[int, ...] | range) -> str:
    """Seconds of a meeting for people: `second 50 (0:50)`, `seconds 65 to 119 (1:05 to 1:59)`."""
    first, last = seconds[0], seconds[-1]
    if first == last:
        return f"second {first} ({spoken(first)})"
    return f"seconds {first} to {last} ({spoken(first)} to {spoken(last)})"


def runs(seconds: list[int]) -> list[range]:
    """Neighbouring seconds together: [3, 4, 9] -> 3 to 4, 9."""
    found: list[range] = []
    for one in seconds:
        if found and found[-1].stop == one:
            found[-1] = range(found[-1].start, one + 1)
        else:
            found.append(range(one, one + 1))
    return found
