"""Fetches from other people's servers with care: caps, one deadline, checked addresses, manners."""

from newsletter_cli.http.answer import ANY, DOCX, FEED, PAGE, PICTURE, ROBOTS, Answer, Limit
from newsletter_cli.http.client import PRODUCT, Client
from newsletter_cli.http.faults import (
    AddressRefused,
    FetchError,
    RobotsRefused,
    StatusRefused,
    TooLarge,
    TooManyRedirects,
    TooSlow,
    Unreachable,
)

__all__ = [
    "ANY",
    "DOCX",
    "FEED",
    "PAGE",
    "PICTURE",
    "PRODUCT",
    "ROBOTS",
    "AddressRefused",
    "Answer",
    "Client",
    "FetchError",
    "Limit",
    "RobotsRefused",
    "StatusRefused",
    "TooLarge",
    "TooManyRedirects",
    "TooSlow",
    "Unreachable",
]
