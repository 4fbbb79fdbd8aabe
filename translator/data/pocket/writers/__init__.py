"""From a meaning to a sentence: one module a language."""
