"""axe-core, which finds barriers for people with disabilities in a page that a browser shows: a part of WCAG 2.2."""

import json
from functools import cache
from importlib.util import find_spec
from pathlib import Path
from typing import Any

from selenium.webdriver import Chrome

RULES = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]
LOOK = """
const [rules, done] = arguments;
axe.run(document, { runOnly: { type: "tag", values: rules }, resultTypes: ["violations"] }).then(
  ({ violations }) => {
    done(JSON.stringify(violations.map(({ id, help, nodes }) => [id, help, nodes.map((one) => one.html)])));
  },
  (error) => done(JSON.stringify([["axe", String(error), []]])),
);
"""


def barriers(driver: Chrome) -> list[Any]:
    """What axe finds: [rule, what helps, [elements]]."""
    driver.execute_script(f"if (!window.axe) {{ {_axe()} }}")
    found: list[Any] = json.loads(driver.execute_async_script(LOOK, RULES))
    return found


@cache
def _axe() -> str:
    """From a package whose other parts are not wanted, and so not imported."""
    spec = find_spec("axe_playwright_python")
    assert spec and spec.submodule_search_locations
    return (Path(spec.submodule_search_locations[0]) / "axe.min.js").read_text(encoding="utf-8")
