"""The verbs, each with the tenses, subjects, objects and places that make sense with it.

Tenses: P past, F future, G going on now, H habit, N state (present), W wants to, M must, Y is allowed to, S should.
A verb lacks a tense where one of the three languages would not say it (Chinese: no 正在 with a verb of result).
"""

from __future__ import annotations

from translator.data.pocket.lexicon.adverbials import places
from translator.data.pocket.lexicon.entries import Verb
from translator.data.pocket.lexicon.nouns import select

# English forms and particle | German forms after the separable particle | Chinese pattern | tenses,
# and below, where they are not the default: definite: the one of a definite
# object; for TAG: the one of objects with that tag; subjects (person kin), objects, places, to (destinations);
# takes (any): which objects, by determiner; habit (any): the same, of habits; flags: sein, dat, auf (case of the
# object), splits (English particle after a pronoun), affirmative (never negated).
_TABLE = """
= simple
sleep sleeps slept sleeping | schlafen schläft geschlafen | 睡觉 + | PFGHWMYS
  subjects: person kin pet; places: garden home tree
dance dances danced dancing | tanzen tanzt getanzt | 跳舞 + | PFGHWMYS
  places: open street
sing sings sang singing | singen singt gesungen | 唱歌 + | PFGHWMYS
  places: open street school kitchen
swim swims swam swimming | schwimmen schwimmt geschwommen | 游泳 + | PFGHWMYS
  places: water; flags: sein
cry cries cried crying | weinen weint geweint | 哭 + | PG
  places: garden kitchen street
laugh laughs laughed laughing | lachen lacht gelacht | 笑 + | PG
cook cooks cooked cooking | kochen kocht gekocht | 做饭 + | PFGHWMYS
  places: kitchen home
work works worked working | arbeiten arbeitet gearbeitet | 工作 | FGHWMYS
  subjects: adult kin; places: read garden kitchen restaurant museum market station
stay stays stayed staying | bleiben bleibt geblieben | 待 在 D | FHWMYS
  to: home; flags: sein
go goes went going | gehen geht gegangen | 去 + D | PFHWMYS
  to: go; flags: sein
= things
buy buys bought buying | kaufen kauft gekauft | 买 + O | PFGWMYS
  objects: goods food; places: shop
sell sells sold selling | verkaufen verkauft verkauft | 卖 + O | PFGWMYS
  objects: book vehicle house device camera instrument furniture farm jewel; places: shop
read reads read reading | lesen liest gelesen | 读 + O | PFGHWMYS
  objects: text; places: read home garden park school tree
write writes wrote writing | schreiben schreibt geschrieben | 写 + O | PFGHWMYS
  objects: letter story poem book song; habit: indefinite; places: read home garden
draw draws drew drawing | zeichnen zeichnet gezeichnet | 画 + O | PFGHWMYS
  objects: animal flower house; takes: indefinite; places: garden park school
eat eats ate eating | essen isst gegessen | 吃 + O | PFGHWMYS
  objects: food; habit: indefinite; places: kitchen garden park
eat eats ate eating | fressen frisst gefressen | 吃 + O | PG
  objects: food -cake -egg; subjects: animal; places: garden
drink drinks drank drinking | trinken trinkt getrunken | 喝 + O | PFGHWMYS
  objects: drink; places: kitchen garden restaurant office; flags: affirmative
play plays played playing | spielen spielt gespielt | 打 + O | PFGHWMYS
  for kick: 踢 + O; for board: 下 + O; for keys: 弹 + O; for bow: 拉 + O
  objects: game; places: home school park garden; flags: affirmative
wash washes washed washing | waschen wäscht gewaschen | 洗 + O | PFGWMYS
  objects: clothes vehicle fruit potato dog scarf; places: garden
repair repairs repaired repairing | reparieren repariert repariert | 修理 + O | PFGHWMYS
  objects: vehicle device camera chair table lamp watch umbrella door window bed; habit: definite
tidy tidies tidied tidying up | auf räumen räumt aufgeräumt | 收拾 + O | PFGHWMYS
  objects: room; takes: definite
open opens opened opening | auf machen macht aufgemacht | 打开 + O | PFHWMYS
  objects: opening container bottle letter package umbrella; takes: definite
close closes closed closing | zu machen macht zugemacht | 关上 + O | PFHWMYS
  objects: opening container -bag; takes: definite
turn turns turned turning on | ein schalten schaltet eingeschaltet | 打开 + O | PFHWMYS
  objects: lamp device; takes: definite
turn turns turned turning off | aus schalten schaltet ausgeschaltet | 关掉 + O | PFHWMYS
  objects: lamp device; takes: definite
find finds found finding | finden findet gefunden | 找到 + O | PFW
  objects: small book letter newspaper photo young pet; places: garden park street forest beach
look looks looked looking for | suchen sucht gesucht | 找 O | FGWM
  objects: small book letter newspaper photo young pet
lose loses lost losing | verlieren verliert verloren | 弄丢 + O | P
  objects: small letter photo ball doll; places: park street forest beach city
see sees saw seeing | sehen sieht gesehen | 看见 + O | P
  objects: person animal vehicle; subjects: person kin animal; places: open town near forest museum
sing sings sang singing | singen singt gesungen | 唱 + O | PFGHWMYS
  objects: tune; places: park school
listen listens listened listening to | hören hört gehört | 听 + O | PFGHWMYS
  objects: tune
= persons
meet meets met meeting | treffen trifft getroffen | 遇见 + O | P
  objects: person; places: open town dine museum market near
visit visits visited visiting | besuchen besucht besucht | 去看 + O | PFHWMYS
  for offspring: 去看 + O; for kin: 看望 + O; objects: person kin; takes: definite
invite invites invited inviting | ein laden lädt eingeladen | 邀请 + O | PFWMYS
  objects: person kin; takes: definite
pick picks picked picking up | ab holen holt abgeholt | 去接 + O | PFHWMYS
  objects: person kin; takes: definite; flags: splits
call calls called calling | an rufen ruft angerufen | 给 O 打 + 电话 | PFGHWMYS
  objects: person kin -child; takes: definite
help helps helped helping | helfen hilft geholfen | 帮助 + O | PFGHWMYS
  objects: person kin; takes: definite; flags: dat
thank thanks thanked thanking | danken dankt gedankt | 感谢 + O | PFWMS
  objects: person kin; takes: definite; flags: dat
wait waits waited waiting for | warten wartet gewartet | 等 O | FGHWMS
  objects: person kin; takes: definite; places: park street station restaurant near; flags: auf
feed feeds fed feeding | füttern füttert gefüttert | 喂 + O | PFGHWMYS
  objects: animal -wild; takes: definite; places: garden
= states
like likes liked liking | mögen mag gemocht | 喜欢 O | N
  objects: person animal goods food room song poem story; takes: definite
love loves loved loving | lieben liebt geliebt | 爱 O | N
  objects: person kin pet horse; takes: definite
know knows knew knowing | kennen kennt gekannt | 认识 O | N
  objects: person; takes: definite
trust trusts trusted trusting | vertrauen vertraut vertraut | 信任 O | N
  objects: person kin; takes: definite; flags: dat
have has had having | haben hat gehabt | 有 O | N
  objects: pet farm bird vehicle house device camera instrument offspring umbrella jewel key
  takes: indefinite; flags: affirmative
have has had having | haben hat gehabt | 有 O | N
  objects: leisure; flags: affirmative
need needs needed needing | brauchen braucht gebraucht | 需要 O | N
  objects: furniture container tool key device camera vehicle clothes lamp dish food
wear wears wore wearing | tragen trägt getragen | 穿着 O | N
  for accessory: 戴着 O; for jewel: 戴着 O; objects: clothes accessory jewel; takes: single; flags: affirmative
= gifts
give gives gave giving | geben gibt gegeben | 给 + R O | PFWMYS
  definite: 把 O 给 + R; objects: food present letter book photo key cup umbrella
show shows showed showing | zeigen zeigt gezeigt | 给 R 看 + O | PFWMYS
  objects: photo letter poem house vehicle room present
send sends sent sending | schicken schickt geschickt | 给 R 寄 + O | PFHWMYS
  objects: mail book; habit: indefinite
bring brings brought bringing | bringen bringt gebracht | 给 R 带 + O | PFHWMYS
  objects: food newspaper flower umbrella; takes: indefinite
buy buys bought buying | kaufen kauft gekauft | 给 R 买 + O | PFWMYS
  objects: food clothes toy jewel bicycle camera flower hat scarf; takes: indefinite; flags: affirmative
read reads read reading | vor lesen liest vorgelesen | 给 R 读 + O | PFGHWMYS
  objects: letter poem story
tell tells told telling | erzählen erzählt erzählt | 给 R 讲 + O | PFGHWMYS
  objects: tale
= puts
put puts put putting | legen legt gelegt | 把 O 放 在 + D | PFWMYS
  objects: lie; takes: definite; to: lie
put puts put putting | stellen stellt gestellt | 把 O 放 在 + D | PFWMYS
  objects: vessel dish lamp suitcase cake; takes: definite; to: stand
= weather
rain rains rained raining | regnen regnet geregnet | 下雨 + | PFG
snow snows snowed snowing | schneien schneit geschneit | 下雪 + | PFG
= clauses
say says said saying | sagen sagt gesagt | 说 | N
think thinks thought thinking | glauben glaubt geglaubt | 觉得 | N
know knows knew knowing | wissen weiß gewusst | 知道 | N
hope hopes hoped hoping | hoffen hofft gehofft | 希望 | N
"""


def _verb(forms: str, options: dict[str, str]) -> Verb:
    english, german, pattern, tenses = (cell.strip() for cell in forms.split("|"))
    base, third, past, ing, *en_particle = english.split()
    *de_particle, infinitive, present, participle = german.split()
    flags = options.get("flags", "").split()
    patterns = {"": pattern} | {key[4:]: value for key, value in options.items() if key.startswith("for ")}
    takes = options.get("takes", "any")
    return Verb(
        en=(base, third, past, ing),
        en_particle=" ".join(en_particle),
        en_splits="splits" in flags,
        de=(infinitive, present, participle),
        de_particle=" ".join(de_particle),
        auxiliary="sein" if "sein" in flags else "haben",
        case=next((flag for flag in flags if flag in ("dat", "auf")), "acc"),
        zh={tag: tuple(words.split()) for tag, words in patterns.items()},
        zh_definite=tuple(options.get("definite", "").split()),
        tenses=tenses,
        subjects=select(options.get("subjects", "person kin")),
        objects=select(options.get("objects", "")),
        takes=takes,
        habit=options.get("habit", takes),
        places=places(options.get("places", "")),
        destinations=places(options.get("to", "")),
        negatable="affirmative" not in flags,
    )


def _read(table: str) -> dict[str, tuple[Verb, ...]]:
    groups: dict[str, list[tuple[str, dict[str, str]]]] = {}
    for line in table.strip().splitlines():
        if line.startswith("="):
            group = groups.setdefault(line.strip("= "), [])
        elif line.startswith(" "):
            for option in line.split(";"):
                key, value = option.split(":")
                group[-1][1][key.strip()] = value.strip()
        else:
            group.append((line, {}))
    return {name: tuple(_verb(*entry) for entry in entries) for name, entries in groups.items()}


GROUPS = _read(_TABLE)
"""The verbs by the kind of clause that they make: simple, things, persons, states, gifts, puts, weather, clauses."""
VERBS = tuple(verb for group in GROUPS.values() for verb in group)
