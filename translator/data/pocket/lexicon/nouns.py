"""The nouns. Choices that keep the mapping a function: no noun whose translation depends on the sex of a person
(friend, teacher), none whose English singular and plural agree (fish, sheep), none of two common senses.

Girl lacks the tag she: German vacillates between es and sie for Mädchen, so no pronoun refers back to one."""

from __future__ import annotations

from translator.data.pocket.lexicon.entries import Noun

# English, its plural, German (and its oblique form), gender, plural, Chinese, classifier, tags.
# Tags: person, kin, animal; he, she, they (the pronoun that may refer back); lie, stand, sit (German posture);
# the others are the kinds that verbs and adjectives select.
_TABLE = """
man        men         Mann          m Männer         男人    个 person he adult stand
woman      women       Frau          f Frauen         女人    个 person she adult stand
boy        boys        Junge/Jungen  m Jungen         男孩    个 person he young stand
girl       girls       Mädchen       n Mädchen        女孩    个 person young stand
child      children    Kind          n Kinder         孩子    个 person young they stand
lady       ladies      Dame          f Damen          女士    位 person she adult stand
gentleman  gentlemen   Herr/Herrn    m Herren         先生    位 person he adult stand
guest      guests      Gast          m Gäste          客人    位 person adult they stand
mother     -           Mutter        f -              妈妈    个 kin she
father     -           Vater         m -              爸爸    个 kin he
grandmother -          Großmutter    f -              奶奶    个 kin she
grandfather -          Großvater     m -              爷爷    个 kin he
son        sons        Sohn          m Söhne          儿子    个 kin he offspring
daughter   daughters   Tochter       f Töchter        女儿    个 kin she offspring
dog        dogs        Hund          m Hunde          狗      只 animal pet sit
cat        cats        Katze         f Katzen         猫      只 animal pet sit
bird       birds       Vogel         m Vögel          鸟      只 animal sit
rabbit     rabbits     Kaninchen     n Kaninchen      兔子    只 animal pet sit
monkey     monkeys     Affe/Affen    m Affen          猴子    只 animal sit
duck       ducks       Ente          f Enten          鸭子    只 animal sit
bear       bears       Bär/Bären     m Bären          熊      只 animal wild
lion       lions       Löwe/Löwen    m Löwen          狮子    头 animal wild
elephant   elephants   Elefant/Elefanten m Elefanten  大象    头 animal wild
horse      horses      Pferd         n Pferde         马      匹 animal farm stand
cow        cows        Kuh           f Kühe           奶牛    头 animal farm stand
pig        pigs        Schwein       n Schweine       猪      头 animal farm stand
book       books       Buch          n Bücher         书      本 text goods present lie
letter     letters     Brief         m Briefe         信      封 text mail lie
newspaper  newspapers  Zeitung       f Zeitungen      报纸    份 text goods lie
poem       poems       Gedicht       n Gedichte       诗      首 text art
story      stories     Geschichte    f Geschichten    故事    个 text art tale
song       songs       Lied          n Lieder         歌      首 art tune
photo      photos      Foto          n Fotos          照片    张 mail shown lie
package    packages    Paket         n Pakete         包裹    个 mail weight lie
apple      apples      Apfel         m Äpfel          苹果    个 food fruit lie
pear       pears       Birne         f Birnen         梨      个 food fruit lie
banana     bananas     Banane        f Bananen        香蕉    根 food fruit lie
orange     oranges     Orange        f Orangen        橙子    个 food fruit lie
egg        eggs        Ei            n Eier           鸡蛋    个 food lie
potato     potatoes    Kartoffel     f Kartoffeln     土豆    个 food lie
cake       cakes       Kuchen        m Kuchen         蛋糕    个 food stand
shirt      shirts      Hemd          n Hemden         衬衫    件 clothes goods lie
coat       coats       Mantel        m Mäntel         大衣    件 clothes goods lie
jacket     jackets     Jacke         f Jacken         夹克    件 clothes goods lie
sweater    sweaters    Pullover      m Pullover       毛衣    件 clothes goods lie
skirt      skirts      Rock          m Röcke          裙子    条 clothes goods lie
hat        hats        Hut           m Hüte           帽子    顶 accessory goods small lie
scarf      scarves     Schal         m Schals         围巾    条 accessory goods small lie
ring       rings       Ring          m Ringe          戒指    枚 jewel goods small present lie
watch      watches     Uhr           f Uhren          手表    块 jewel goods small present lie
bag        bags        Tasche        f Taschen        包      个 container goods small stand
suitcase   suitcases   Koffer        m Koffer         行李箱  个 container goods weight stand
box        boxes       Kiste         f Kisten         箱子    个 container weight stand
bottle     bottles     Flasche       f Flaschen       瓶子    个 vessel stand
cup        cups        Tasse         f Tassen         杯子    个 vessel dish goods stand
plate      plates      Teller        m Teller         盘子    个 dish goods stand
knife      knives      Messer        n Messer         刀      把 tool goods lie
key        keys        Schlüssel     m Schlüssel      钥匙    把 tool small lie
umbrella   umbrellas   Regenschirm   m Regenschirme   雨伞    把 tool goods small lie
flower     flowers     Blume         f Blumen         花      朵 flower goods present
ball       balls       Ball          m Bälle          球      个 toy goods present lie
doll       dolls       Puppe         f Puppen         洋娃娃  个 toy goods present lie
chair      chairs      Stuhl         m Stühle         椅子    把 furniture goods stand
table      tables      Tisch         m Tische         桌子    张 furniture goods weight stand
bed        beds        Bett          n Betten         床      张 furniture goods stand
mirror     mirrors     Spiegel       m Spiegel        镜子    面 furniture goods
lamp       lamps       Lampe         f Lampen         灯      盏 lamp goods stand
computer   computers   Computer      m Computer       电脑    台 device goods stand
television televisions Fernseher     m Fernseher      电视    台 device goods stand
camera     cameras     Kamera        f Kameras        相机    台 camera goods small present lie
car        cars        Auto          n Autos          汽车    辆 vehicle goods stand
bicycle    bicycles    Fahrrad       n Fahrräder      自行车  辆 vehicle goods present stand
house      houses      Haus          n Häuser         房子    座 house goods
door       doors       Tür           f Türen          门      扇 opening
window     windows     Fenster       n Fenster        窗户    扇 opening
room       rooms       Zimmer        n Zimmer         房间    个 room
piano      pianos      Klavier       n Klaviere       钢琴    架 instrument goods stand
guitar     guitars     Gitarre       f Gitarren       吉他    把 instrument goods present
violin     violins     Geige         f Geigen         小提琴  把 instrument goods present
"""

# What a verb takes without any article: drinks, games, "time". The English words stand as they are.
_BARE = """
tea        - Tee       m - 茶     杯 drink by_cup
coffee     - Kaffee    m - 咖啡   杯 drink by_cup
water      - Wasser    n - 水     杯 drink by_glass
milk       - Milch     f - 牛奶   杯 drink by_glass
juice      - Saft      m - 果汁   杯 drink by_glass
football   - Fußball   m - 足球   - game kick
basketball - Basketball m - 篮球  - game hit
tennis     - Tennis    n - 网球   - game hit
chess      - Schach    n - 棋     - game board
cards      - Karten    f - 牌     - game hit
the_piano  - Klavier   n - 钢琴   - game keys
the_guitar - Gitarre   f - 吉他   - game keys
the_violin - Geige     f - 小提琴 - game bow
time       - Zeit      f - 时间   - leisure
"""

_MEASURES = {
    "by_cup": Noun("cup", "cups", "Tasse", "f", "Tassen", "杯", "杯", frozenset(), "Tasse"),
    "by_glass": Noun("glass", "glasses", "Glas", "n", "Gläser", "杯", "杯", frozenset(), "Glas"),
}


def _read(table: str) -> tuple[Noun, ...]:
    nouns = []
    for line in table.strip().splitlines():
        en, en_plural, de, gender, de_plural, zh, classifier, *tags = line.split()
        nominative, _, oblique = de.partition("/")
        measure = next((noun for name, noun in _MEASURES.items() if name in tags), None)
        words = (en.replace("_", " "), en_plural, nominative, gender, de_plural, zh, classifier)
        nouns.append(Noun(*words, frozenset(tags), oblique or nominative, measure))
    return tuple(nouns)


COUNTED = _read(_TABLE)
BARE = _read(_BARE)
NOUNS = COUNTED + BARE


def select(kinds: str) -> tuple[Noun, ...]:
    """The nouns that have one of the tags or English names in `kinds`, less those written with a minus sign.

    select("text horse -poem") -> the texts and the horse without the poem. LookupError for a word that names nothing.
    """
    wanted: set[Noun] = set()
    unwanted: set[Noun] = set()
    for kind in kinds.split():
        found = [
            noun for noun in NOUNS if kind.lstrip("-") in noun.tags or kind.lstrip("-") == noun.en.replace(" ", "_")
        ]
        if not found:
            raise LookupError(f"no noun is called or tagged {kind!r}: add it to the table or correct the name")
        (unwanted if kind.startswith("-") else wanted).update(found)
    return tuple(noun for noun in NOUNS if noun in wanted - unwanted)
