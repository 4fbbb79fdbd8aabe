"""When and where: the times and the places, as marked words (see `parts.marked`)."""

from __future__ import annotations

from translator.data.pocket.lexicon.entries import Place, Time
from translator.data.pocket.words import marked

# English | German | Chinese | tenses (letters as in `verbs`) | how it stands: f may open the sentence, b before the
# English verb, n denies, e every (Chinese adds 都).
_TIMES = """
yesterday/1            | gestern/1            | 昨天/1            | P     | f
yesterday/1 evening/2  | gestern/1 Abend/2    | 昨天/1 晚上/2     | P     | f
this/1 morning/2       | heute/1 Morgen/2     | 今天/1 早上/2     | P     | f
last/1 week/2          | letzte/1 Woche/2     | 上个/1 星期/2     | P     | f
the/1 day/1 before/1 yesterday/1 | vorgestern/1 | 前天/1          | P     | f
on/1 Monday/2          | am/1 Montag/2        | 星期一/12         | PFWMYS | f
on/1 Friday/2          | am/1 Freitag/2       | 星期五/12         | PFWMYS | f
on/1 Sunday/2          | am/1 Sonntag/2       | 星期天/12         | PFWMYS | f
today/1                | heute/1              | 今天/1            | PFWMYS | f
tomorrow/1             | morgen/1             | 明天/1            | FWMYS | f
this/1 evening/2       | heute/1 Abend/2      | 今天/1 晚上/2     | FWMYS | f
next/1 week/2          | nächste/1 Woche/2    | 下个/1 星期/2     | FWMYS | f
the/1 day/1 after/1 tomorrow/1 | übermorgen/1 | 后天/1           | FWMYS | f
every/1 day/2          | jeden/1 Tag/2        | 每/1 天/2         | H     | f e
every/1 morning/2      | jeden/1 Morgen/2     | 每天/1 早上/2     | H     | f e
every/1 evening/2      | jeden/1 Abend/2      | 每天/1 晚上/2     | H     | f e
often/1                | oft/1                | 经常/1            | H     | b
always/1               | immer/1              | 总是/1            | H     | b
sometimes/1            | manchmal/1           | 有时候/1          | H     | b f
seldom/1               | selten/1             | 很少/1            | H     | b n
never/1                | nie/1                | 从不/1            | H     | b n
"""

# English | German | Chinese (without 在) | kinds that verbs select.
_PLACES = """
home       | at/p home/n                          | zu/p Hause/n               | 家/n 里/p       | room rest
garden     | in/p the/d garden/n                  | im/pd Garten/n             | 花园/n 里/p     | open rest
park       | in/p the/d park/n                    | im/pd Park/n               | 公园/n 里/p     | open rest
kitchen    | in/p the/d kitchen/n                 | in/p der/d Küche/n         | 厨房/n 里/p     | room
school     | at/p school/n                        | in/p der/d Schule/n        | 学校/n 里/p     | room
library    | in/p the/d library/n                 | in/p der/d Bibliothek/n    | 图书馆/n 里/p   | read
office     | in/p the/d office/n                  | im/pd Büro/n               | 办公室/n 里/p   | read
restaurant | in/p the/d restaurant/n              | im/pd Restaurant/n         | 餐馆/n 里/p     | dine
museum     | in/p the/d museum/n                  | im/pd Museum/n             | 博物馆/n 里/p   | visit
market     | at/p the/d market/n                  | auf/p dem/d Markt/n        | 市场/n 上/p     | shop
city       | in/p the/d city/n                    | in/p der/d Stadt/n         | 城/n 里/p       | shop town
village    | in/p the/d village/n                 | im/pd Dorf/n               | 村子/n 里/p     | town
station    | at/p the/d station/n                 | am/pd Bahnhof/n            | 火车站/n        | town
street     | on/p the/d street/n                  | auf/p der/d Straße/n       | 街/n 上/p       | town
beach      | on/p the/d beach/n                   | am/pd Strand/n             | 海滩/n 上/p     | open rest
forest     | in/p the/d forest/n                  | im/pd Wald/n               | 森林/n 里/p     | wood
lake       | in/p the/d lake/n                    | im/pd See/n                | 湖/n 里/p       | water
sea        | in/p the/d sea/n                     | im/pd Meer/n               | 海/n 里/p       | water
house      | in/p front/p of/p the/d house/n      | vor/p dem/d Haus/n         | 房子/n 前面/p   | near
school_2   | behind/p the/d school/n              | hinter/p der/d Schule/n    | 学校/n 后面/p   | near
station_2  | next/p to/p the/d station/n          | neben/p dem/d Bahnhof/n    | 火车站/n 旁边/p | near
tree       | under/p the/d tree/n                 | unter/p dem/d Baum/n       | 树/n 下/p       | open rest near
"""

# The same for where things are laid and stood, with the German accusative of the destination.
_SPOTS = """
table    | on/p the/d table/n      | auf/p dem/d Tisch/n   | auf/p den/d Tisch/n   | 桌子/n 上/p   | lie stand
table_2  | under/p the/d table/n   | unter/p dem/d Tisch/n | unter/p den/d Tisch/n | 桌子/n 下面/p | stand sit
chair    | on/p the/d chair/n      | auf/p dem/d Stuhl/n   | auf/p den/d Stuhl/n   | 椅子/n 上/p   | lie sit
bed      | on/p the/d bed/n        | auf/p dem/d Bett/n    | auf/p das/d Bett/n    | 床/n 上/p     | lie sit
bed_2    | under/p the/d bed/n     | unter/p dem/d Bett/n  | unter/p das/d Bett/n  | 床/n 下面/p   | lie sit
lamp     | next/p to/p the/d lamp/n | neben/p der/d Lampe/n | neben/p die/d Lampe/n | 灯/n 旁边/p  | lie stand
box      | in/p the/d box/n        | in/p der/d Kiste/n    | in/p die/d Kiste/n    | 箱子/n 里/p   | lie
suitcase | in/p the/d suitcase/n   | im/pd Koffer/n        | in/p den/d Koffer/n   | 行李箱/n 里/p | lie
bag      | in/p the/d bag/n        | in/p der/d Tasche/n   | in/p die/d Tasche/n   | 包/n 里/p     | lie
window   | in/p front/p of/p the/d window/n | vor/p dem/d Fenster/n | vor/p das/d Fenster/n | 窗户/n 前面/p | stand sit
"""

# Where people go: name of the place | English | German | Chinese after 去 | kind.
_GOALS = """
garden     | to/p the/d garden/n     | in/p den/d Garten/n     | 花园/n   | go
park       | to/p the/d park/n       | in/p den/d Park/n       | 公园/n   | go
kitchen    | to/p the/d kitchen/n    | in/p die/d Küche/n      | 厨房/n   | go
school     | to/p school/n           | zur/p Schule/n          | 学校/n   | go
library    | to/p the/d library/n    | in/p die/d Bibliothek/n | 图书馆/n | go
office     | to/p the/d office/n     | ins/pd Büro/n           | 办公室/n | go
restaurant | to/p the/d restaurant/n | ins/pd Restaurant/n     | 餐馆/n   | go
museum     | to/p the/d museum/n     | ins/pd Museum/n         | 博物馆/n | go
market     | to/p the/d market/n     | auf/p den/d Markt/n     | 市场/n   | go
station    | to/p the/d station/n    | zum/pd Bahnhof/n        | 火车站/n | go
beach      | to/p the/d beach/n      | an/p den/d Strand/n     | 海滩/n   | go
forest     | to/p the/d forest/n     | in/p den/d Wald/n       | 森林/n   | go
village    | to/p the/d village/n    | ins/pd Dorf/n           | 村子/n   | go
"""


def _rows(table: str) -> list[list[str]]:
    return [[cell.strip() for cell in line.split("|")] for line in table.strip().splitlines()]


TIMES = tuple(
    Time(marked(en), marked(de), marked(zh), tenses, "f" in how, "b" in how, "e" in how)
    for en, de, zh, tenses, how in _rows(_TIMES)
)


def _places() -> tuple[Place, ...]:
    places = []
    for name, en, de, zh, kinds in _rows(_PLACES):
        words = marked(en), marked(de), marked(zh)
        places.append(Place(name, *words, *words, frozenset(kinds.split())))
    for name, en, de, to_de, zh, kinds in _rows(_SPOTS):
        tags = frozenset(kinds.split()) | {"spot"}
        places.append(Place(name, marked(en), marked(de), marked(zh), marked(en), marked(to_de), marked(zh), tags))
    for name, en, de, zh, kinds in _rows(_GOALS):
        words = marked(en), marked(de), marked(zh)
        places.append(Place(name, *words, *words, frozenset(kinds.split())))
    return tuple(places)


PLACES = _places()


def places(kinds: str) -> tuple[Place, ...]:
    """The places of any of the kinds, or of the names, in `kinds`. LookupError for a word that names nothing."""
    found = []
    for kind in kinds.split():
        some = [
            place for place in PLACES if kind in place.tags or (kind == place.name and not place.tags & {"spot", "go"})
        ]
        if not some:
            raise LookupError(f"no place is called or tagged {kind!r}: add it to the table or correct the name")
        found += [place for place in some if place not in found]
    return tuple(found)
