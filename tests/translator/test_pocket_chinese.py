"""Chinese of the pocket corpus, against tables written for this test: classifiers, particles, the order of words."""

from itertools import pairwise

import pytest

from translator.data import pocket

CLASSIFIERS = """
个 男人 女人 男孩 女孩 孩子 儿子 女儿 故事 包裹 苹果 梨 橙子 鸡蛋 土豆 蛋糕 包 行李箱 箱子 瓶子 杯子 盘子 球 洋娃娃 房间
位 女士 先生 客人
只 狗 猫 鸟 兔子 猴子 鸭子 熊
头 狮子 大象 奶牛 猪
匹 马
本 书
封 信
份 报纸
首 诗 歌
张 照片 桌子 床
根 香蕉
件 衬衫 大衣 夹克 毛衣
条 裙子 围巾
顶 帽子
枚 戒指
块 手表
把 刀 钥匙 雨伞 椅子 吉他 小提琴
朵 花
面 镜子
盏 灯
台 电脑 电视 相机
辆 汽车 自行车
座 房子
扇 门 窗户
架 钢琴
杯 茶 咖啡 水 牛奶 果汁
"""
CLASSIFIER_OF = {noun: line.split()[0] for line in CLASSIFIERS.strip().splitlines() for noun in line.split()[1:]}
COUNTING = {"一", "两", "三", "四", "这", "那"}


@pytest.fixture(scope="module")
def sentences():
    return [sentence for some in pocket.corpus(0).values() for sentence in some]


ANY = "any"
OWNERS = {"我", "他", "她", "我们"}
KIN = {"妈妈", "爸爸", "奶奶", "爷爷", "儿子", "女儿"}
SHORT_ADJECTIVES = {"新", "旧", "老", "大", "小", "脏", "空"}


def test_every_classifier_is_the_one_of_its_noun(sentences):
    """A relative clause may stand between a classifier and its noun, so open classifiers nest."""
    met, classifiers = set(), set(CLASSIFIER_OF.values())
    for sentence in sentences:
        tokens = ("", *sentence.tokens["zh"], "")
        waiting = []
        for before, token, after in zip(tokens, tokens[1:], tokens[2:], strict=False):
            if before in COUNTING and token not in COUNTING:
                assert token in classifiers, f"{before}{token}: {sentence.text('zh')}"
                waiting.append(token)
            elif token in ("那些", "这些", "很多") or (before in OWNERS and token == "的" and after not in COUNTING):
                waiting.append(ANY)
            elif token in CLASSIFIER_OF and (before in classifiers | SHORT_ADJECTIVES | {"的", "那些", "这些", "很多"}):
                expected = waiting.pop()
                assert expected in (ANY, CLASSIFIER_OF[token]), f"{expected} {token}: {sentence.text('zh')}"
                met.add((token, expected != ANY))
            elif token in KIN and before == "的":
                waiting.pop()
        assert not waiting, sentence.text("zh")
    assert {noun for noun, counted in met if counted} == set(CLASSIFIER_OF)


def test_numbers_and_demonstratives_always_have_a_classifier(sentences):
    classifiers = set(CLASSIFIER_OF.values())
    for sentence in sentences:
        tokens = sentence.tokens["zh"]
        for token, after in pairwise(tokens):
            if token in ("一", "两", "三", "四"):
                assert after in classifiers, sentence.text("zh")
            elif token in ("这", "那"):
                assert after in classifiers | {"两", "三", "四"}, sentence.text("zh")


def test_conjunctions_come_in_pairs_and_in_order(sentences):
    partners = {"因为": "所以", "虽然": "但是", "如果": "就"}
    met = set()
    for sentence in sentences:
        tokens = sentence.tokens["zh"]
        for first, second in partners.items():
            if first in tokens:
                assert tokens.index(first) == 0 < tokens.index("，") < tokens.index(second), sentence.text("zh")
                met.add(first)
        assert ("所以" in tokens) == ("因为" in tokens)
        assert ("就" in tokens) == ("如果" in tokens)
        assert ("都" in tokens) == bool({"每", "每天"} & set(tokens)), sentence.text("zh")
    assert met == set(partners)


def test_no_pronoun_comes_before_its_noun(sentences):
    """因为他很累，所以那个男人… would be somebody else's tiredness: the noun moves to the first clause."""
    pronoun, owned = {"我", "他", "她", "我们", "他们"}, {"的"} | KIN
    met = 0
    for sentence in sentences:
        tokens = sentence.tokens["zh"]
        pronouns = [i for i in range(len(tokens) - 1) if tokens[i] in pronoun and tokens[i + 1] not in owned]
        if tokens[0] in ("因为", "虽然") and 1 in pronouns and tokens[1] not in ("我", "我们"):
            main = tokens.index("，") + 2
            assert {main, main + 1, main + 2} & set(pronouns), sentence.text("zh")
            met += 1
    assert met > 300


def test_a_clause_denied_by_meiyou_has_no_le(sentences):
    met = 0
    for sentence in sentences:
        tokens = sentence.tokens["zh"]
        if "没有" in tokens and "，" not in tokens and "的" not in tokens and not set(tokens) & {"说", "觉得", "知道"}:
            assert "了" not in tokens, sentence.text("zh")
            met += 1
    assert met > 1_000


def test_tense_is_audible_and_only_one(sentences):
    """了, 没有, 会 and 正在 exclude each other in a simple clause."""
    for sentence in sentences:
        tokens = sentence.tokens["zh"]
        if not set(tokens) & {"，", "的", "说", "觉得", "知道", "希望", "太"}:
            assert sum(token in tokens for token in ("了", "没有", "会", "正在")) <= 1, sentence.text("zh")


@pytest.mark.parametrize("wrong", ["正在在", "的的", "大大象", "不有", "不没", "了了", "两两", "二", "们的们"])
def test_no_sentence_has_a_known_slip(sentences, wrong):
    assert not [sentence.text("zh") for sentence in sentences if wrong in sentence.text("zh")]


def test_time_and_place_come_before_the_verb(sentences):
    verbs = {"买", "读", "写", "吃", "喝", "洗", "遇见", "找到", "唱", "跳", "游", "睡", "跳舞", "游泳", "睡觉", "工作"}
    times = {"昨天", "前天", "明天", "后天", "今天", "星期一", "星期五", "星期天", "经常", "总是", "很少", "从不"}
    met = 0
    for sentence in sentences:
        tokens = sentence.tokens["zh"]
        if "，" in tokens or "的" in tokens or set(tokens) & {"说", "觉得", "知道", "希望"}:
            continue
        first = min((tokens.index(verb) for verb in verbs if verb in tokens), default=None)
        if first is not None:
            later = [token for token in tokens[first:] if token in times or token == "在"]
            assert not later, sentence.text("zh")
            met += 1
    assert met > 5_000


BARE_COMPOUNDS = {
    *("睡觉", "游泳", "唱歌", "跳舞", "做饭", "下雨", "下雪", "打篮球", "打网球", "打牌", "踢足球", "下棋"),
    *("弹钢琴", "弹吉他", "拉小提琴"),
}


def test_a_bare_verb_and_object_have_le_after_them_unless_a_place_is_said(sentences):
    """游泳了, but 在湖里游了泳: only with a place, 了 stands in the compound at the end of a clause."""
    met, split = set(), set()
    for sentence in sentences:
        tokens = (*sentence.tokens["zh"], "", "", "")
        for i, token in enumerate(tokens[:-3]):
            if tokens[i + 1] == "了" and token + tokens[i + 2] in BARE_COMPOUNDS:
                before = " ".join(tokens[:i]).rpartition("，")[2].split()
                assert tokens[i + 3] not in ("，", "。", "？", "吗") or "在" in before, sentence.text("zh")
                split.add(token + tokens[i + 2])
            compound = next((c for c in BARE_COMPOUNDS if "".join(tokens[max(0, i - 2) : i]).endswith(c)), None)
            if token == "了" and compound:
                before = " ".join(tokens[:i]).rpartition("，")[2].split()
                assert "在" not in before or "的" in before, sentence.text("zh")
                met.add(compound)
    assert met == BARE_COMPOUNDS
    assert split == BARE_COMPOUNDS - {"下雨", "下雪"}


def test_a_thing_is_shi_new_or_shi_old(sentences):
    """是新的, 不是旧的, 是新的吗; bare only with a degree or compared: 非常新, 太旧了, 比这辆汽车新."""
    met = set()
    for sentence in sentences:
        tokens = (*sentence.tokens["zh"], "")
        for i, token in enumerate(tokens[:-1]):
            if token in ("新", "旧"):
                assert tokens[i - 1] not in ("很", "不"), sentence.text("zh")
                assert tokens[i - 1] != "是" or tokens[i + 1] == "的", sentence.text("zh")
                if tokens[i + 1] == "吗":
                    assert "比" in tokens, sentence.text("zh")
                met.add(tokens[i - 1])
    assert {"是", "非常", "太"} <= met


def test_one_comes_to_pick_up_the_speaker_and_goes_to_pick_up_others(sentences):
    met = set()
    for sentence in sentences:
        tokens = sentence.tokens["zh"]
        for i, token in enumerate(tokens):
            if token in ("来接", "去接"):
                after = [word for word in tokens[i + 1 : i + 4] if word != "了"]
                speaker = after[0] in ("我", "我们") and after[1] not in KIN | {"的"}
                assert speaker == (token == "来接"), sentence.text("zh")
                met.add(token)
    assert met == {"来接", "去接"}


def test_no_owner_beside_they_could_be_taken_for_their(sentences):
    met = 0
    for sentence in sentences:
        tokens = sentence.tokens["zh"]
        if "他们" in tokens:
            owners = [a for a, b in pairwise(tokens) if a in ("她", "他") and b in KIN | {"的"}]
            assert not owners, sentence.text("en")
            met += 1
    assert met > 3_000
