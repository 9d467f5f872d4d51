"""Which machine this is: what tells a ledger from its copy."""

import hashlib
import os
import platform
import uuid
from functools import lru_cache
from pathlib import Path

OVERRIDE = "NEWSLETTER_MACHINE_ID"


@lru_cache(maxsize=1)
def machine_id() -> str:
    """Name and short hash of this machine: `office-3f2a9c0d1e5b`.

    NEWSLETTER_MACHINE_ID decides when set: for runners that are a new machine every time and bring their state along.
    """
    if named := os.environ.get(OVERRIDE, "").strip():
        return named
    source = _system_id() or f"{uuid.getnode():012x}"
    digest = hashlib.sha256(f"newsletter {source}".encode()).hexdigest()[:12]
    return f"{platform.node().split('.')[0] or 'machine'}-{digest}"


def _system_id() -> str:
    """systemd's machine-id(5) or D-Bus's; "" elsewhere."""
    for place in ("/etc/machine-id", "/var/lib/dbus/machine-id"):
        try:
            if text := Path(place).read_text(encoding="ascii").strip():
                return text
        except (OSError, UnicodeDecodeError):
            continue
    return ""
