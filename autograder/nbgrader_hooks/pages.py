"""Filters for pages that show what students wrote: feedback, and formgrader's page of a submission.

`nbgrader_config.py` puts them in place of nbconvert's own (`HTMLExporter.filters`). Formgrader's template asks nobody
to clean the HTML that Markdown may hold, and its page has the rights of the instructor who opened it.
"""

from __future__ import annotations

import re
from html import unescape
from typing import Any

import bleach
from jinja2 import pass_context
from jinja2.runtime import Context
from markupsafe import Markup, escape
from nbconvert.filters import Highlight2HTML
from nbconvert.filters.markdown_mistune import IPythonRenderer, MarkdownWithMath

from autograder.notebooks.plain_text import shortened, visible

MOST = 20_000  # characters that are set in type or coloured; more is shown as it is, up to MOST_SHOWN
MOST_SHOWN = 200_000

TAGS = {
    "a", "abbr", "b", "blockquote", "br", "code", "dd", "del", "div", "dl", "dt", "em", "h1", "h2", "h3", "h4", "h5",
    "h6", "hr", "i", "img", "li", "ol", "p", "pre", "s", "span", "strong", "sub", "sup", "table", "tbody", "td", "th",
    "thead", "tr", "ul",
}  # fmt: skip
PICTURE = re.compile(r"data:image/(png|jpeg|gif);base64,[A-Za-z0-9+/=\s]*")
# TeX may typeset formulas; what defines, repeats, links or styles is not typeset.
TEX = re.compile(
    r"\\([egx]?def|let|futurelet|(re|provide)?newcommand|renew|provide|(re)?newenvironment|newcounter|require|Declare"
    r"|href|url|unicode|style|class|cssId|html|data|loop|bbox|mmlToken|begingroup)"
)


def attribute(tag: str, name: str, value: str) -> bool:
    """May this attribute stay? Links lead to other pages only; a picture is part of the page or is not there."""
    match tag, name:
        case "a", "href":
            return value.startswith(("https://", "http://", "mailto:"))
        case "img", "src":
            return PICTURE.fullmatch(value) is not None
        case "img", "alt" | "title":
            return True
        case "span" | "div" | "code" | "pre", "class":
            return value != "mermaid"
    return False


@pass_context
def markdown_as_html(context: Context, source: str) -> Markup:
    """Markdown with pictures from its own attachments, and without any other HTML than a text needs."""
    source = visible(source)
    if len(source) > MOST:
        return plain(source)
    attachments = context.get("cell", {}).get("attachments", {})
    try:
        renderer = IPythonRenderer(escape=True, attachments=attachments, exclude_anchor_links=True)
        html = MarkdownWithMath(renderer=renderer).render(source)
        protocols = {"http", "https", "mailto", "data"}
        html = bleach.clean(html, tags=TAGS, attributes=attribute, protocols=protocols, strip=False)
    except (Exception, RecursionError):  # an attachment that is missing, quotations a thousand deep: then as it stands
        return plain(source)
    # Formulas are looked for in the page, where Markdown's escapes and HTML's names of characters are resolved.
    defines = TEX.search(source) or TEX.search(unescape(html))
    return Markup(f'<div class="tex2jax_ignore">{html}</div>' if defines else html)


def plain(text: str) -> Markup:
    """The text as it stands, in a block; no formula is looked for in it."""
    return Markup('<pre class="tex2jax_ignore">{}</pre>').format(shortened(text, MOST_SHOWN))


def text_as_html(text: str) -> Markup:
    """Plain text, in place of nbconvert's ansi2html, which raises for a colour that it does not know."""
    return escape(shortened(visible(text), MOST_SHOWN))


def code_as_html(source: str, language: str | None = None, metadata: Any = None, **_: Any) -> Markup:
    """Coloured Python; code that is too long to colour stays plain."""
    source = visible(source)
    return plain(source) if len(source) > MOST else Markup(Highlight2HTML(pygments_lexer="ipython3")(source))


FILTERS = {
    "markdown2html": markdown_as_html,
    "ansi2html": text_as_html,
    "highlight_code": code_as_html,
}
