"""What a lexical entry is: the dataclasses of the pocket corpus. Their tables are text, read when imported."""

from __future__ import annotations

from dataclasses import dataclass

from translator.data.pocket.words import Word


@dataclass(frozen=True, eq=False, slots=True)
class Noun:
    """A noun in three languages. `oblique` is the German singular outside the nominative (weak nouns: den Jungen)."""

    en: str
    en_plural: str
    de: str
    gender: str  # m, f or n
    de_plural: str
    zh: str
    classifier: str
    tags: frozenset[str]
    oblique: str
    measure: Noun | None = None  # tea is counted in cups


@dataclass(frozen=True, eq=False, slots=True)
class Adjective:
    """An adjective. Chinese may differ by kind of noun ("old" is 旧 of things, 老 of animals): the pairs `zh`."""

    en: str
    en_more: str  # comparative
    de: str
    de_stem: str
    de_more: str
    zh: tuple[str, str]  # before a noun, with its 的 if it takes one: of things and persons, of animals
    zh_predicate: tuple[str, str]
    nouns: tuple[Noun, ...]
    uses: str  # attribute ("a"), predicate ("n"), comparison ("p")
    kind: str  # "size" and "colour" may stand together; "colour" and "state" are predicates with 是; otherwise ""


@dataclass(frozen=True, eq=False, slots=True)
class Verb:
    """A verb: its forms, what it may be combined with, and its Chinese patterns.

    A pattern is a list of words in which O is the object, R the recipient, D the destination, and + the place of 了.
    """

    en: tuple[str, str, str, str]  # base, third person, past, -ing
    en_particle: str
    en_splits: bool  # "picked him up": the particle follows a pronoun
    de: tuple[str, str, str]  # infinitive, third person, past participle
    de_particle: str
    auxiliary: str  # of the perfect: haben or sein
    case: str  # of the object: acc, dat, or "auf" (auf with the accusative)
    zh: dict[str, tuple[str, ...]]  # pattern by tag of the object; "" is the default
    zh_definite: tuple[str, ...]  # the pattern of a definite object where it is another one (把)
    tenses: str  # letters of `verbs`
    subjects: tuple[Noun, ...]
    objects: tuple[Noun, ...]
    takes: str  # which objects, by determiner: any, definite, indefinite, single
    habit: str  # the same, of habits
    places: tuple[Place, ...]
    destinations: tuple[Place, ...]
    negatable: bool

    @property
    def name(self) -> str:
        """The English base form with its particle: "look for"."""
        return f"{self.en[0]} {self.en_particle}".strip()


@dataclass(frozen=True, eq=False, slots=True)
class Time:
    """A time expression: its words, the tenses it goes with, whether it may open a sentence."""

    en: tuple[Word, ...]
    de: tuple[Word, ...]
    zh: tuple[Word, ...]
    tenses: str
    fronts: bool
    before_verb: bool = False  # English: "often reads", not "reads often"
    is_every: bool = False  # every day: Chinese puts 都 before the verb


@dataclass(frozen=True, eq=False, slots=True)
class Place:
    """A place: where something is (`en`, `de` with the dative, `zh` without 在), and where something goes (`to_…`)."""

    name: str
    en: tuple[Word, ...]
    de: tuple[Word, ...]
    zh: tuple[Word, ...]
    to_en: tuple[Word, ...]
    to_de: tuple[Word, ...]
    to_zh: tuple[Word, ...]
    tags: frozenset[str]


@dataclass(frozen=True, eq=False, slots=True)
class Pronoun:
    """A personal pronoun. `person` is "1" (I), "3" (he, she, it) or "p" (plural): enough for both agreements."""

    en: tuple[str, str]  # subject, object
    de: tuple[str, str, str]  # nominative, accusative, dative
    zh: str
    person: str
