"""What the providers' merge languages do, each as small as its documentation allows; tested against their examples in tests/contracts."""

import html
import re


def replaced(text: str, substitutions: dict[str, str]) -> str:
    """SendGrid's substitutions: every tag replaced by its value, values not looked at again."""
    if not substitutions:
        return text
    pattern = "|".join(re.escape(tag) for tag in sorted(substitutions, key=len, reverse=True))
    return re.sub(pattern, lambda found: substitutions[found[0]], text)


def handlebars(text: str, values: dict[str, str], *, escape: bool) -> str:
    """{{key}} and {{{key}}} as Handlebars has them: `\\{{` is literal, `\\\\{{` is a backslash and a field.

    A key that is not there raises KeyError: SES calls it a rendering failure, others print nothing.
    """
    out = ""
    while (start := text.find("{{")) >= 0:
        before, text = text[:start], text[start:]
        slashes = len(before) - len(before.rstrip("\\"))
        if slashes == 1:
            end = text.index("}}") + 2
            out += before[:-1] + text[:end]
            text = text[end:]
            continue
        if slashes > 1:
            before = before[:-1]
        close = "}}}" if text.startswith("{{{") else "}}"
        end = text.index(close)
        value = values[text[len(close) : end].strip()]
        out += before + (html.escape(value) if escape and close == "}}" else value)
        text = text[end + len(close) :]
    return out + text


def brevo(text: str, params: dict[str, str], *, escape: bool = True) -> str:
    """Brevo's language, of Django's kind: values are escaped unless autoescape is off; unknown tags are errors."""
    out, on = "", True
    for part in re.split(r"(\{\{.*?\}\}|\{%.*?%\}|\{#.*?#\})", text, flags=re.S):
        if part.startswith("{%"):
            on = {"autoescape off": False, "endautoescape": True}[part[2:-2].strip()]
        elif part.startswith("{{"):
            value = params[part[2:-2].strip().removeprefix("params.")]
            out += html.escape(value) if escape and on else value
        elif not part.startswith("{#"):
            out += part
    return out
