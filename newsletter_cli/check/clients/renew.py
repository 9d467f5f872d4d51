"""Trims caniemail's data to what `newsletter check` needs.

npm pack caniemail && tar xzf caniemail-*.tgz
python -m newsletter_cli.check.clients.renew package/data/caniemail.json
"""

import json
import sys
from pathlib import Path
from typing import Any

from newsletter_cli.check.clients.table import FILE
from newsletter_cli.paths import write_file


def trim(raw: dict[str, Any]) -> str:
    """The table as JSON, a feature a line: slug, title, day of the test, and a mark for each client in order."""
    families, platforms = raw["nicenames"]["family"], raw["nicenames"]["platform"]
    pairs = sorted(
        {(family, platform) for each in raw["data"] for family, kinds in each["stats"].items() for platform in kinds}
    )
    clients = {f"{family}.{platform}": _named(families[family], platforms[platform]) for family, platform in pairs}
    rows = []
    for each in sorted(raw["data"], key=lambda feature: str(feature["slug"])):
        marks = "".join(_newest(each["stats"].get(family, {}).get(platform, {})) for family, platform in pairs)
        rows.append(
            json.dumps([each["slug"], each["title"].strip(), each["last_test_date"], marks], ensure_ascii=False)
        )
    head = {
        "source": "https://www.caniemail.com, by way of the npm package caniemail",
        "licence": "MIT, see LICENSE.caniemail.txt",
        "date": raw["last_update_date"][:10],
        "clients": clients,
    }
    start = json.dumps(head, ensure_ascii=False, indent=1).removesuffix("\n}")
    return start + ',\n "features": [\n  ' + ",\n  ".join(rows) + "\n ]\n}\n"


def _named(family: str, platform: str) -> str:
    family = family.replace("Yahoo! Mail", "Yahoo").replace("Mozilla ", "")
    return (
        platform
        if platform.startswith(family)
        else f"{family} ({platform.lower() if 'ebmail' in platform else platform})"
    )


def _newest(versions: dict[str, str]) -> str:
    """The mark of the newest version, which the data lists last; `-` when the client was never tested."""
    return list(versions.values())[-1].strip()[0] if versions else "-"


def main(path: str) -> None:
    write_file(FILE, trim(json.loads(Path(path).read_text(encoding="utf-8"))))


if __name__ == "__main__":
    main(sys.argv[1])
