"""Gathers the month's articles from wherever they live into article files."""
