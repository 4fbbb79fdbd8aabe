"""The words of the three languages, entry by entry."""
