"""Which column of a list is what: headings as people and other tools write them."""

import re
import unicodedata
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from difflib import get_close_matches

from newsletter_cli.errors import UsageError

# Headings that Mailchimp, Outlook, Google Contacts, Raiser's Edge and hand-made lists use, folded.
_HEADINGS = {
    "email": "email e_mail mail email_address e_mail_address mail_address emailaddress address_email e_mail_adresse "
    "email_adresse adresse_e_mail adresse_email courriel correo correo_electronico indirizzo_email posta_elettronica",
    "first_name": "first_name firstname first given_name givenname forename fname vorname prenom nombre nome christian_name",
    "last_name": "last_name lastname last surname family_name familyname lname nachname nom apellido apellidos cognome",
    "status": "status state email_marketing_status subscription_status member_status marketing_permissions",
    "opted_out": "opted_out opt_out optout unsubscribed do_not_mail do_not_email no_mail email_opt_out",
    "basis": "basis lawful_basis legal_basis consent_basis",
    "source": "source origin consent_source",
    "joined": "joined join_date opt_in_time optin_time subscribed_at signup_date signed_up date_added created created_at",
}
_BY_HEADING = {heading: field for field, headings in _HEADINGS.items() for heading in headings.split()}


@dataclass(frozen=True, slots=True)
class Columns:
    """For each column of the file its field; "" leaves the column out."""

    fields: tuple[str, ...]
    headings: tuple[str, ...]

    @property
    def attributes(self) -> tuple[str, ...]:
        """The fields that are none of ours, kept as attributes of the subscriber."""
        return tuple(field for field in self.fields if field and field not in _HEADINGS)


def map_columns(headings: Sequence[str], chosen: Mapping[str, str]) -> Columns:
    """Tell each column's field, by what the person chose, else by its heading.

    A heading we do not know becomes an attribute of that name (`Home town` -> `home_town`). Two columns for one
    field: the first has it, the other becomes an attribute.

    Args:
        headings: the file's first row.
        chosen: heading to field, as given with --map; the field "-" leaves the column out.

    Raises:
        UsageError: a chosen heading is not there, or no column holds addresses.
    """
    wanted = {folded(heading): field for heading, field in chosen.items()}
    known = {folded(heading) for heading in headings}
    for heading in chosen:
        if folded(heading) not in known:
            near = get_close_matches(heading, list(headings), n=1)
            raise UsageError(
                f"--map names a column “{heading}” that the file does not have.",
                f"Did you mean “{near[0]}”?" if near else f"Columns: {', '.join(headings)}.",
            )
    fields: list[str] = []
    for heading in headings:
        name = folded(heading)
        field = wanted[name] if name in wanted else _BY_HEADING.get(name, "full_name" if name == "name" else name)
        if field in fields:
            field = name if name not in fields else ""
        fields.append("" if field == "-" else field)
    if "email" not in fields:
        raise UsageError(
            f"No column of the file holds mail addresses (columns: {', '.join(headings)}).",
            "Name it: --map 'YOUR COLUMN=email'. The first line of the file must hold the column names.",
        )
    return Columns(tuple(fields), tuple(headings))


def folded(heading: str) -> str:
    """A heading as a field name: lower case, accents off, underscores."""
    plain = "".join(each for each in unicodedata.normalize("NFKD", heading) if not unicodedata.combining(each))
    return re.sub(r"\W+", "_", plain.strip().casefold()).strip("_") or "column"
