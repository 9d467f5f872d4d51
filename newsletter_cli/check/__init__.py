"""Checks an issue and its message for what a reader would trip over."""
