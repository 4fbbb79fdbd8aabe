"""The pocket corpus: English, German and Chinese sentences from a synchronous grammar of our own.

A sentence is drawn as a meaning (`meaning`) and written in three languages (`english`, `german`, `chinese`), which
gives the word alignments for nothing. Within a pair of languages and a direction the translation is a function: what
one language would leave open, the corpus does not say, or says aloud.

- There is no "you" (du, ihr, Sie, 你, 您), no "them" (sie is also "her") and no "their" (ihr is also "her").
- "Her" and "his" are not said of anything beside a subject in the plural: German ihre Tasse would be their cup.
- Clauses with because, although, if and but come in typed pairs (`pairings`, `contrasts`): they make sense together.
- Chinese marks number and definiteness: the is 那, this is 这, a is 一, each with its classifier, or 些 in the plural;
  owned things are single or counted.
- Tenses are audible: 了, 会, 正在, a time of habit, or a verb of state.
- Nouns of persons have one German form for both sexes or name the sex.

It is a toy: a small world, and a BLEU near 100 on it says little. It is honest about what it measures: sentences of the
lengths that were trained on, combinations of words that were never trained on together, and longer sentences.
"""

from translator.data.pocket.build import SIZES, corpus, held_out_combinations, pairs, split
from translator.data.pocket.records import LANGUAGES, Pair, Sentence, detokenize
from translator.data.pocket.rules import enumerate_rules

__all__ = [
    "LANGUAGES",
    "SIZES",
    "Pair",
    "Sentence",
    "corpus",
    "detokenize",
    "enumerate_rules",
    "held_out_combinations",
    "pairs",
    "split",
]
