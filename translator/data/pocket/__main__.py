"""Print every rule of the grammar with an example in three languages, separated by tabs."""

from translator.data.pocket import LANGUAGES, enumerate_rules

for name, example in enumerate_rules():
    print(name, *(example.text(language) for language in LANGUAGES), sep="\t")
