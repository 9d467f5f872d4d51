"""Reads a news page: its facts, its body with structure, its teasers."""

from newsletter_cli.gather.page.reading import read_page

__all__ = ["read_page"]
