"""The release gate: what must be shown before exercises/ is replaced."""
