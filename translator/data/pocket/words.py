"""The parts of a meaning as bits: the thread by which the words of three languages are aligned.

A writer gives every word the parts that it expresses; two words of two languages are aligned when they share one. In
the tables parts stand as letters after a slash: in "im/pd Garten/n" `im` is preposition and article.
"""

from __future__ import annotations

Word = tuple[str, int]
"""A token and the set of meaning parts that it expresses, as bits of an integer."""

# The parts of one noun phrase or place: 8 bits, shifted by the phrase's role in its clause.
DETERMINER, NUMBER, SIZE, ADJECTIVE, NOUN, MEASURE, PREPOSITION = (1 << i for i in range(7))
SUBJECT, OBJECT, RECIPIENT, PLACE, DESTINATION = range(0, 40, 8)

# The parts of a clause beside its phrases: 56 bits in all, shifted by the clause's place in the sentence.
VERB, TENSE, NEGATION, MODAL, DEGREE, QUALITY, THAN, TIME_1, TIME_2, LINK, QUESTION, COMMA, STOP, RELATIVE = (
    1 << i for i in range(40, 54)
)
CLAUSE_BITS = 56

_LETTERS = {"p": PREPOSITION, "d": DETERMINER, "n": NOUN, "1": TIME_1, "2": TIME_2}


def marked(text: str) -> tuple[Word, ...]:
    """Read marked words: "im/pd Garten/n" -> (("im", PREPOSITION | DETERMINER), ("Garten", NOUN))."""
    words = []
    for item in text.split():
        word, _, letters = item.partition("/")
        words.append((word, sum(_LETTERS[letter] for letter in letters)))
    return tuple(words)


def shifted(words: tuple[Word, ...] | list[Word], shift: int) -> list[Word]:
    """The same words with their parts moved up by `shift` bits: to another role, or to another clause."""
    return [(word, parts << shift) for word, parts in words]
