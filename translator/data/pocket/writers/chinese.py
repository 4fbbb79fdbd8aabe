"""Meaning to Chinese words: classifiers, 了 and 正在, time and place before the verb, 把, relative clauses with 的."""

from __future__ import annotations

from dataclasses import replace
from functools import cache

from translator.data.pocket import words as p
from translator.data.pocket.grammar.meaning import ME, NUMBERS, POSSESSIVES, WE, Clause, Meaning, Phrase, given
from translator.data.pocket.lexicon.entries import Pronoun
from translator.data.pocket.words import Word, shifted

_LINKS = {
    "because": ("因为", "所以"),
    "although": ("虽然", "但是"),
    "but": ("", "但是"),
    "if": ("如果", ""),
    "that": ("", ""),
}
_PATTERN_PARTS = {"在": p.PREPOSITION << p.DESTINATION, "去": p.VERB | p.PREPOSITION << p.DESTINATION}  # 去: go to
_COMPOUNDS = frozenset(("睡觉", "跳舞", "唱歌", "游泳", "做饭"))  # 游泳了, but 在湖里游了泳
_COMING = {"去接": "来接", "去看": "来看"}
_ASIDE = [("", 0)]  # holds a subject's place


def _determiner(what: Phrase) -> list[Word]:
    """那 本, 这 三 只, 一 杯, 那些, 很多, 我 的: with the classifier of the noun."""
    noun = what.noun
    part = p.MEASURE if noun.measure else p.NUMBER if what.number else p.DETERMINER
    classifier = (noun.classifier, part)
    number = [(NUMBERS[what.number][2], p.NUMBER)] if what.number else []
    match what.determiner:
        case "none" | "no":
            return []
        case "many":
            return [("很多", p.DETERMINER)]
        case "a":
            return [*(number or [("一", p.DETERMINER)]), classifier]
        case "the" | "this":
            this = "那" if what.determiner == "the" else "这"
            if what.plural and not number:
                return [(this + "些", p.DETERMINER)]
            return [(this, p.DETERMINER), *number, classifier]
    owner = [(POSSESSIVES[what.determiner][1], p.DETERMINER)]
    if "kin" in noun.tags and what.determiner != "our" and not number:
        return owner  # 我 妈妈
    return [*owner, ("的", p.DETERMINER), *number, *([classifier] if number else [])]


def _adjective(words: tuple[str, str], of: Phrase | Pronoun, part: int) -> list[Word]:
    word = words[isinstance(of, Phrase) and "animal" in of.noun.tags]
    return [(word[:-1], part), ("的", part)] if word.endswith("的") else [(word, part)]


def _described(what: Phrase) -> list[Word]:
    """The noun with its adjectives: the colour before the size (红色 的 小 汽车)."""
    words: list[Word] = []
    if what.adjective:
        words += _adjective(what.adjective.zh, what, p.ADJECTIVE)
    if what.size:
        words += _adjective(what.size.zh, what, p.SIZE)
    return [*words, (what.noun.zh, p.NOUN)]


@cache
def phrase(what: Phrase | Pronoun, role: int) -> tuple[Word, ...]:
    """The words of a noun phrase or pronoun."""
    if isinstance(what, Pronoun):
        return ((what.zh, p.NOUN << role),) if what.zh else ()
    return tuple(shifted(_determiner(what) + _described(what), role))


def _with_relative(what: Phrase, role: int, c: Clause, block: int) -> list[Word]:
    """那个 买了书的 男人, but 他 买的 那本 书: a clause that begins with a subject or a time comes first."""
    determiner, noun = shifted(_determiner(what), role), shifted(_described(what), role)
    is_past = p.TENSE if c.gap == "object" else 0  # 买的 without 了 is past nevertheless
    words = shifted([*clause(c), ("的", p.RELATIVE | is_past)], block * p.CLAUSE_BITS)
    return words + determiner + noun if c.gap == "object" or c.time else determiner + words + noun


def _object(c: Clause) -> list[Word]:
    if c.question == "what":
        return [("什么", p.NOUN << p.OBJECT)]
    if c.gap == "object" or c.object is None:
        return []
    if c.object_relative:
        assert isinstance(c.object, Phrase)
        return _with_relative(c.object, p.OBJECT, c.object_relative, 4)
    return list(phrase(c.object, p.OBJECT))


def _pattern(c: Clause) -> tuple[str, ...]:
    verb = given(c.verb)
    definite = not isinstance(c.object, Phrase) or c.object.definite
    if verb.zh_definite and definite and c.question != "what":
        return verb.zh_definite
    tags = c.object.noun.tags if isinstance(c.object, Phrase) else frozenset()
    return next((words for tag, words in verb.zh.items() if tag in tags), verb.zh[""])


def _predicate(c: Clause) -> list[Word]:
    """The verb with its objects, in the order of its pattern."""
    words: list[Word] = []
    pattern = _pattern(c)
    thing = c.object if isinstance(c.object, Phrase) else None
    if thing and "game" in thing.noun.tags and not c.gap and not c.place:
        # 打篮球了, but 打了篮球的男孩 and 在公园里打了篮球
        pattern = (*(word for word in pattern if word != "+"), "+")
    if c.place and c.tense == "P" and not c.negative and pattern[0] in _COMPOUNDS:
        pattern = (pattern[0][0], "+", pattern[0][1])
    if pattern[0] in _COMING and c.object in (ME, WE):  # towards the speaker: 来接我了
        pattern = (_COMING[pattern[0]], "O", "+")
    for word in pattern:
        if word == "O":
            words += _object(c)
        elif word == "R":
            words += phrase(given(c.recipient), p.RECIPIENT)
        elif word == "D":
            words += shifted(given(c.destination).to_zh, p.DESTINATION)
        elif word == "+":
            words += [("了", p.TENSE)] if c.tense == "P" and not c.negative and c.gap != "object" else []
        elif word == "有" and thing and thing.determiner == "no":
            words.append(("没有", p.VERB | p.DETERMINER << p.OBJECT))
        else:
            words.append((word, _PATTERN_PARTS.get(word, p.VERB)))
    return words


def _mood(c: Clause) -> list[Word]:
    """Negation, and what stands for the tense and the modal verbs before the place."""
    if c.tense == "P":
        return [("没有", p.NEGATION | p.TENSE)] if c.negative else []
    denial = [("不", p.NEGATION)] if c.negative else []
    words = {"F": "会", "W": "想", "M": "必须", "Y": "可以", "S": "应该"}
    return denial + ([(words[c.tense], p.TENSE if c.tense == "F" else p.MODAL)] if c.tense in words else [])


def _being(c: Clause) -> list[Word]:
    """The predicates without a verb: 很 大, 是 红色 的, 是 新 的, 比 ... 大."""
    told = given(c.quality)
    quality = _adjective(told.zh_predicate, c.subject, p.QUALITY)
    if c.kind == "comparison":
        return [("比", p.THAN), *phrase(given(c.object), p.OBJECT), *quality]
    has = quality[0][0].startswith("有")  # 有意思 is denied by 没, not by 不
    denial = [("没" if has else "不", p.NEGATION)] if c.negative else []
    if quality[0][0] in ("新", "旧") and not c.degree:
        return [*denial, ("是", p.VERB), *quality, ("的", p.QUALITY)]
    if told.kind in ("colour", "state"):
        return [*denial, ("是", p.VERB), *quality]
    if c.degree == "too":
        return [("太", p.DEGREE), *quality, ("了", p.DEGREE)]
    if c.degree == "very":
        return [("非常", p.DEGREE), *quality]
    return [*denial, *quality] if denial or c.question else [("很", p.VERB), *quality]


def _place(c: Clause) -> list[Word]:
    return [("在", p.PREPOSITION << p.PLACE), *shifted(c.place.zh, p.PLACE)] if c.place else []


def clause(c: Clause, then: bool = False, subject: list[Word] | None = None) -> list[Word]:
    """The words of a clause; `then` puts 就 before its verb; `subject` stands in for the clause's own."""
    if subject is None:
        subject = [] if c.gap == "subject" else list(phrase(c.subject, p.SUBJECT))
    if c.subject_relative:
        assert isinstance(c.subject, Phrase)
        subject = _with_relative(c.subject, p.SUBJECT, c.subject_relative, 2)
    if c.kind == "existence":
        return [*shifted(given(c.place).zh, p.PLACE), ("有", p.VERB), *subject]
    if c.kind == "location":
        where = [("不", p.NEGATION)] if c.negative else []
        where.append(("在", p.VERB | p.PREPOSITION << p.PLACE))
        where += [("哪里", p.NOUN << p.PLACE)] if c.question == "where" else shifted(given(c.place).zh, p.PLACE)
        return [*subject, *where]
    time = list(c.time.zh) if c.time else []
    begin = time + subject if c.fronted or (c.question == "who" and c.tense != "H") else subject + time
    if then:
        begin.append(("就", p.LINK))
    if c.time and c.time.is_every:
        begin.append(("都", p.TIME_1))
    if c.kind in ("quality", "comparison"):
        words = begin + _being(c)
    else:
        place = _place(c)
        if c.tense == "G":  # 正在 swallows the 在 of the place
            now = ("正在", p.TENSE | (place[0][1] if place else 0))
            words = [*begin, now, *place[1:], *_predicate(c)]
        else:
            words = [*begin, *_mood(c), *place, *_predicate(c)]
    return [*words, ("吗", p.QUESTION)] if c.question == "yes-no" else words


def sentence(m: Meaning) -> list[Word]:
    """The words of a sentence, with their parts."""
    stop = ("？" if m.main.question else "。", p.STOP)
    if m.sub is None:
        return [*clause(m.main), stop]
    link, comma = _LINKS[m.link], ("，", p.COMMA)
    if m.link == "that":
        return [*clause(m.main), *shifted(clause(m.sub), p.CLAUSE_BITS), stop]
    if m.link == "but":
        return [*clause(m.main), comma, (link[1], p.LINK), *shifted(clause(m.sub), p.CLAUSE_BITS), stop]
    before, between = ([(word, p.LINK)] if word else [] for word in link)
    said, when = m.main, []
    if m.link != "if" and said.tense == "P" and said.time and not m.sub.time:
        # The first clause says when: 虽然他前天很饿, and 虽然前天他很饿 where the time opens the English sentence.
        when, first = list(said.time.zh), said.fronted
        said = replace(said, time=None, fronted=False)
    if m.refers_back():  # the clauses change places, and the pronoun must not come before what it refers to
        name = shifted(phrase(m.main.subject, p.SUBJECT), 0)
        pronoun = shifted(phrase(m.sub.subject, p.SUBJECT), p.CLAUSE_BITS)
        main = clause(said, subject=pronoun)
        sub = clause(m.sub, subject=_ASIDE)
        at = sub.index(_ASIDE[0])
        sub = [*shifted(sub[:at], p.CLAUSE_BITS), *name, *shifted(sub[at + 1 :], p.CLAUSE_BITS)]
    else:
        name = list(phrase(m.sub.subject, p.SUBJECT))
        main, sub = clause(said, then=m.link == "if"), shifted(clause(m.sub), p.CLAUSE_BITS)
    if when:
        at = 0 if first else len(name)
        sub = [*sub[:at], *when, *sub[at:]]
    return [*before, *sub, comma, *between, *main, stop]
