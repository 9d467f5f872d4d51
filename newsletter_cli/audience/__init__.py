"""Keeps who reads the newsletter: subscribers, segments, suppressions."""
