"""The adjectives, each with the nouns that it goes with."""

from __future__ import annotations

from translator.data.pocket.lexicon.entries import Adjective, Noun
from translator.data.pocket.lexicon.nouns import COUNTED, select

# English, comparative; German (and stem, where the ending is not put to the word itself), comparative;
# Chinese before a noun, as a predicate (after a slash: of animals); uses: a before a noun, n predicate, p comparison.
_TABLE = """
big         | bigger           | groß          | größer         | 大/大          | 大           | anp | size
small       | smaller          | klein         | kleiner        | 小/小          | 小           | anp | size
red         | -                | rot           | -              | 红色的         | 红色的       | an  | colour
blue        | -                | blau          | -              | 蓝色的         | 蓝色的       | an  | colour
green       | -                | grün          | -              | 绿色的         | 绿色的       | an  | colour
white       | -                | weiß          | -              | 白色的         | 白色的       | an  | colour
black       | -                | schwarz       | -              | 黑色的         | 黑色的       | an  | colour
new         | newer            | neu           | neuer          | 新             | 新           | anp |
old         | older            | alt           | älter          | 旧/老          | 旧/老        | anp |
expensive   | more expensive   | teuer/teur    | teurer         | 昂贵的         | 贵           | anp |
cheap       | cheaper          | billig        | billiger       | 便宜的         | 便宜         | anp |
heavy       | heavier          | schwer        | schwerer       | 沉重的         | 重           | anp |
beautiful   | more beautiful   | schön         | schöner        | 漂亮的         | 漂亮         | anp |
interesting | more interesting | interessant   | interessanter  | 有趣的         | 有意思       | anp |
clean       | cleaner          | sauber        | sauberer       | 干净的         | 干净         | anp |
dirty       | dirtier          | schmutzig     | schmutziger    | 脏             | 脏           | anp |
empty       | -                | leer          | -              | 空             | 空的         | an  | state
fresh       | fresher          | frisch        | frischer       | 新鲜的         | 新鲜         | anp |
sweet       | sweeter          | süß           | süßer          | 甜             | 甜           | np  |
young       | younger          | jung          | jünger         | 年轻的         | 年轻         | anp |
tall        | taller           | groß          | größer         | 高             | 高           | np  |
friendly    | friendlier       | freundlich    | freundlicher   | 友好的         | 友好         | anp |
clever      | cleverer         | klug          | klüger         | 聪明的         | 聪明         | anp |
brave       | braver           | mutig         | mutiger        | 勇敢的         | 勇敢         | anp |
polite      | more polite      | höflich       | höflicher      | 有礼貌的       | 有礼貌       | anp |
strong      | stronger         | stark         | stärker        | 强壮的         | 强壮         | anp |
lazy        | lazier           | faul          | fauler         | 懒惰的         | 懒           | anp |
curious     | -                | neugierig     | -              | 好奇的         | 好奇         | an  |
shy         | -                | schüchtern    | -              | 害羞的         | 害羞         | an  |
tired       | -                | müde/müd      | -              | 疲惫的         | 累           | n   |
hungry      | -                | hungrig       | -              | 饥饿的         | 饿           | n   |
thirsty     | -                | durstig     | -              | 口渴的         | 渴           | n   |
sad         | -                | traurig       | -              | 难过的         | 难过         | n   |
happy       | -                | glücklich   | -              | 开心的         | 开心         | n   |
"""

_NOUNS = {
    "big": "animal -elephant fruit furniture container house plate cake package television room window"
    " -bird -monkey -duck",
    "small": "animal fruit furniture container house plate cup doll ball cake package bottle room window -bear -lion"
    " -elephant",
    "red": "clothes accessory flower vehicle bag box cup umbrella ball apple chair door",
    "blue": "clothes accessory vehicle bag suitcase cup plate umbrella ball bottle chair door",
    "green": "clothes accessory vehicle bag bottle cup apple umbrella ball door",
    "white": "clothes accessory flower vehicle house dog cat rabbit horse duck plate cup door",
    "black": "clothes accessory vehicle bag suitcase umbrella dog cat horse camera",
    "new": "goods -flower -newspaper key bottle",
    "old": "goods -flower animal -elephant photo door box bottle",
    "expensive": "goods -newspaper -knife -plate -ball",
    "cheap": "goods -newspaper -house -piano food",
    "heavy": "weight box bag bed chair mirror piano television",
    "beautiful": "clothes accessory jewel flower house doll photo bird horse cat mirror room",
    "interesting": "text photo",
    "clean": "clothes dish bottle knife room window car scarf",
    "dirty": "clothes dish bottle knife room window vehicle ball",
    "empty": "container bottle plate cup room",
    "fresh": "food -cake -potato",
    "sweet": "fruit cake",
    "young": "man woman lady gentleman",
    "tall": "person",
    "friendly": "person kin dog",
    "clever": "young man woman dog monkey",
    "brave": "young man woman dog",
    "polite": "person",
    "strong": "man woman horse bear lion elephant",
    "lazy": "man woman boy girl cat pig",
    "curious": "young cat monkey",
    "shy": "young",
    "tired": "person kin dog horse",
    "hungry": "person kin animal",
    "thirsty": "person kin animal",
    "sad": "person kin",
    "happy": "person kin",
}


def _read() -> tuple[Adjective, ...]:
    adjectives = []
    for line in _TABLE.strip().splitlines():
        en, en_more, de, de_more, zh, predicate, uses, kind = (cell.strip() for cell in line.split("|"))
        word, _, stem = de.partition("/")
        thing, _, animal = zh.partition("/")
        of_things, _, of_animals = predicate.partition("/")
        adjectives.append(
            Adjective(
                en,
                en_more,
                word,
                stem or word,
                de_more,
                (thing, animal or thing),
                (of_things, of_animals or of_things),
                select(_NOUNS[en]),
                uses,
                kind,
            )
        )
    return tuple(adjectives)


ADJECTIVES = _read()


def _by_noun(use: str) -> dict[Noun, tuple[Adjective, ...]]:
    by_noun = {noun: tuple(a for a in ADJECTIVES if noun in a.nouns and use in a.uses) for noun in COUNTED}
    return {noun: found for noun, found in by_noun.items() if found}


ATTRIBUTES = _by_noun("a")
"""The adjectives that may stand before a noun, by noun."""
PREDICATES = _by_noun("n")
"""The adjectives that a noun may be said to be, by noun."""
