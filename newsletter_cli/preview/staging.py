"""Prepares the final HTML to be looked at: pictures inside it, no way out of it, light or dark as asked."""

import base64
import html as html_escape
import re
from collections.abc import Mapping
from pathlib import Path

_TYPES = {".png": "image/png", ".jpg": "image/jpeg", ".jpeg": "image/jpeg", ".gif": "image/gif", ".webp": "image/webp"}
_DARK = re.compile(r"\(\s*prefers-color-scheme\s*:\s*(dark|light)\s*\)", re.I)
_STYLE = re.compile(r"<style\b.*?</style>", re.I | re.S)
_META_SCHEME = re.compile(r"<meta[^>]+name=[\"'](?:supported-)?color-schemes?[\"'][^>]*>", re.I)

# A frame follows the reader's own system, so light and dark are told apart by a width no screen has. frames.js
# turns the one into the other: keep these three in step with it.
NEVER, ALWAYS = "(min-width:99991px)", "(min-width:0px)"
POLICY = "default-src 'none'; img-src data:; style-src 'unsafe-inline'"
SCHEME = ":root{color-scheme:light!important}"


def embed(html: str, pictures: Mapping[str, Path]) -> str:
    """The HTML with these pictures inside it as data: addresses (`pictures`: file by `src`); others stay."""
    for src, file in pictures.items():
        kind = _TYPES.get(file.suffix.lower())
        if not kind or not file.is_file():
            continue
        data = f"data:{kind};base64,{base64.b64encode(file.read_bytes()).decode('ascii')}"
        for written in {src, html_escape.escape(src)}:
            for left, right in (('"', '"'), ("'", "'"), ("(", ")")):
                html = html.replace(f"{left}{written}{right}", f"{left}{data}{right}")
    return html


def stage(html: str, *, dark: bool = False, pictures: bool = True) -> str:
    """The HTML for a sandboxed frame: it can load nothing, links open in a tab of their own, and its colour scheme is fixed."""
    html = _STYLE.sub(lambda block: _DARK.sub(lambda query: _answer(query[1], dark), block[0]), html)
    html = _META_SCHEME.sub("", html)
    scheme = SCHEME.replace("light", "dark") if dark else SCHEME
    return _into_head(html, f'{_policy(pictures)}<base target="_blank"><style>{scheme}</style>')


def lock(html: str) -> str:
    """The HTML as it is, but able to load nothing; it follows the browser's own colour scheme."""
    return _into_head(html, _policy(True))


def _policy(pictures: bool) -> str:
    policy = POLICY if pictures else POLICY.replace("img-src data:", "img-src 'none'")
    return f'<meta http-equiv="Content-Security-Policy" content="{policy}">'


def _into_head(html: str, head: str) -> str:
    found = re.search(r"<head[^>]*>", html, re.I) or re.search(r"<html[^>]*>", html, re.I)
    at = found.end() if found else 0
    return html[:at] + head + html[at:]


def _answer(scheme: str, dark: bool) -> str:
    return ALWAYS if (scheme.lower() == "dark") is dark else NEVER
