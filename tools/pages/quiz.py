"""A quiz that answers: each option of a question opens its reason.

The text is plain MyST, which reads well anywhere: a paragraph that starts with a bold number, a list of options (a),
(b), ..., and a dropdown "Answer to 1" with the reasons in a list of the same letters. The right one's reason starts
with a bold "Yes". Options become <details>: they work by mouse, keyboard and screen reader, and without a script.
book/_static/quiz.js counts what was opened first.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from docutils import nodes
from sphinx.application import Sphinx
from sphinx.transforms import SphinxTransform
from sphinx.util.logging import getLogger

from tools.pages.html import make

LOGGER = getLogger(__name__)
ANSWER = re.compile(r"Answer to (\d+)")
LETTER = re.compile(r"\(([a-z])\)\s*")

Items = dict[str, nodes.list_item]


class QuizError(ValueError):
    """A question and its answer do not fit together."""


def lettered(listed: nodes.Node | None) -> Items:
    """The items of a list (a), (b), ... by letter. Raises QuizError when it is none."""
    items = list(listed.children) if isinstance(listed, nodes.bullet_list) else []
    letters = [match[1] if (match := LETTER.match(item.astext())) else "" for item in items]
    if len(items) < 2 or letters != [chr(ord("a") + place) for place in range(len(items))]:
        raise QuizError(f"expected a list (a), (b), ..., found {letters or 'none'}")
    return dict(zip(letters, items, strict=True))


def without_letter(item: nodes.list_item) -> list[nodes.Node]:
    """The content of an item, from which the leading "(a) " is taken."""
    first = next(text for text in item.findall(nodes.Text) if text.strip())
    first.parent.replace(first, nodes.Text(LETTER.sub("", first.astext(), count=1)))
    return list(item.children)


def is_question(node: nodes.Node, number: str) -> bool:
    return isinstance(node, nodes.paragraph) and starts_bold(node, f"{number}.")


def starts_bold(node: nodes.Node, text: str) -> bool:
    """Whether the node's first words are bold, and are these."""
    bold = next(iter(node.findall(nodes.strong)), None)
    return bold is not None and bold.astext().startswith(text) and LETTER.sub("", node.astext()).startswith(text)


def right_letter(reasons: Items) -> str:
    """The letter whose reason starts with a bold Yes. Raises QuizError unless there is one."""
    right = [letter for letter, item in reasons.items() if starts_bold(item, "Yes")]
    if len(right) != 1:
        raise QuizError(f"expected one reason that starts with **Yes**, found {right or 'none'}")
    return right[0]


def option(letter: str, text: nodes.list_item, reason: nodes.list_item, right: bool) -> nodes.Element:
    """One option: what is chosen, and what then appears."""
    inner = list(text.children)
    if len(inner) == 1 and isinstance(inner[0], nodes.paragraph):
        inner = list(inner[0].children)  # a <summary> holds text, not paragraphs
    answer = make("div", without_letter(reason), ("reason",))
    summary = make("summary", inner)
    return make("details", [summary, answer], ("option", *(["right"] if right else [])), data_option=letter)


def clickable(answer: nodes.admonition, number: str) -> None:
    """Put the answer's reasons into the options of its question. Raises QuizError when they do not fit."""
    before = answer.parent.children[: answer.parent.index(answer)]
    starts = [
        i for i, node in enumerate(before) if isinstance(node, nodes.paragraph) and starts_bold(node, f"{number}.")
    ]
    if not starts:
        raise QuizError(f"no paragraph before it starts with **{number}.")
    start = starts[-1]
    *middle, listed = before[start:]
    options, reasons = lettered(listed), lettered(next(iter(answer.findall(nodes.bullet_list)), None))
    if options.keys() != reasons.keys():
        raise QuizError(f"the options are {', '.join(options)}, the reasons are {', '.join(reasons)}")
    right = right_letter(reasons)
    folded = [option(letter, item, reasons[letter], letter == right) for letter, item in options.items()]
    folded[ord(right) - ord("a")][1].extend(
        node for node in answer.children[1:] if not isinstance(node, nodes.bullet_list)
    )
    middle[0]["ids"].append(f"quiz-{number}")
    group = make("div", [*middle, *folded], ("quiz",), role="group", aria_labelledby=f"quiz-{number}")
    group["attributes"]["data-question"] = number
    answer.parent[start : start + len(middle) + 2] = [group]


def answers(document: nodes.document) -> Iterator[tuple[nodes.admonition, str]]:
    for node in list(document.findall(nodes.admonition)):
        if match := ANSWER.fullmatch(node[0].astext()):
            yield node, match[1]


class Quiz(SphinxTransform):
    default_priority = 700

    def apply(self, **_: object) -> None:
        for node, number in answers(self.document):
            try:
                clickable(node, number)
            except QuizError as error:
                LOGGER.warning("Answer to %s: %s", number, error, location=node)


def setup(app: Sphinx) -> None:
    app.add_transform(Quiz)
