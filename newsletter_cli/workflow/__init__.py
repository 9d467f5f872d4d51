"""The verbs of the trade as plain functions: what a command, a scheduled job or a notebook calls."""
