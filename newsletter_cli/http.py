"""Fetches from other people's servers with care: caps, deadlines, checked addresses."""

from newsletter_cli import __version__

PRODUCT = f"newsletter-cli/{__version__}"
