"""Delivers an approved message to an audience once, and accounts for it."""
