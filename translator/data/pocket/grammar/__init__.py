"""Meanings: what a sentence of the pocket corpus may say, before any language."""
