"""Shows people what a reader will get: terminal, browser, proof file."""
