"""Composes an issue's files into one message: HTML, text and merge fields."""
