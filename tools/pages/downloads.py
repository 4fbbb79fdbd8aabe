"""What the download button of a page gives: the plain notebook (tools/plain_notebook.py) in place of the source.

The handouts of the exercises are plain already, and stay to the byte what was released.
"""

from __future__ import annotations

import posixpath
from collections.abc import Iterator
from pathlib import Path, PurePosixPath

import nbformat
from sphinx.application import Sphinx
from sphinx.environment import BuildEnvironment
from sphinx.util.logging import getLogger

from tools.plain_notebook import PlainError, Reference, Resolve, plain_notebook

LOGGER = getLogger(__name__)
BRANCH = "notebooks"
FIGURES = {"figure": "Fig.", "table": "Table", "code-block": "Listing", "section": "Section"}


def resolver(env: BuildEnvironment, docname: str) -> Resolve:
    """What the book's references mean, seen from a page. Of one that means nothing the function warns."""
    std, cite, maths = env.get_domain("std"), env.get_domain("cite"), env.get_domain("math")

    def resolve(role: str, target: str) -> Reference:
        if role == "doc":
            name = posixpath.normpath(posixpath.join(posixpath.dirname(docname), target.split("#")[0]))
            name = name.removesuffix(PurePosixPath(name).suffix) if name not in env.found_docs else name
            if name in env.found_docs:
                return Reference(env.titles[name].astext(), f"{name}.html{target[len(target.split('#')[0]) :]}")
        elif role == "eq" and target in maths.equations:
            where, number = maths.equations[target]
            return Reference(f"({number})", f"{where}.html#equation-{target}")
        elif role == "term" and (found := std.objects.get(("term", target)) or std._terms.get(target.lower())):
            return Reference(target, f"{found[0]}.html#{found[1]}")
        elif role in ("ref", "numref") and target.lower() in std.labels | std.anonlabels:
            where, anchor = std.anonlabels[target.lower()]
            number = next(figure_numbers(env, where, anchor), "") if role == "numref" else ""
            text = number or (std.labels[target.lower()][2] if target.lower() in std.labels else target)
            return Reference(text, f"{where}.html#{anchor}")
        elif role.split(":")[0] == "cite":
            return Reference(authors(cite.bibdata.data.entries, role, target), "book/references.html")
        elif role in ("sub", "sup", "math", "code", "kbd"):
            return Reference(target)
        LOGGER.warning("{%s}`%s` means nothing to tools/pages/downloads.py", role, target, location=docname)
        return Reference(target)

    return resolve


def figure_numbers(env: BuildEnvironment, docname: str, anchor: str) -> Iterator[str]:
    for kind, numbers in env.toc_fignumbers.get(docname, {}).items():
        if anchor in numbers:
            yield f"{FIGURES[kind]} {'.'.join(map(str, numbers[anchor]))}"


def authors(entries: dict, role: str, keys: str) -> str:
    """A citation as the site shows it: (Vaswani et al., 2017), or Vaswani et al. (2017)."""
    shown = []
    for key in (key.strip() for key in keys.split(",")):
        if key not in entries:  # the bibliography's own extension has warned
            shown.append(key)
            continue
        entry = entries[key]
        people = [str(" ".join(person.last_names)).strip("{}") for person in entry.persons.get("author", [])]
        names = people[0] + " et al." if len(people) > 2 else " and ".join(people)
        year = entry.fields.get("year", "")
        shown.append(f"{names} ({year})" if role == "cite:t" else f"{names}, {year}")
    return ", ".join(shown) if role == "cite:t" else f"({'; '.join(shown)})"


def plain_branch(app: Sphinx, pagename: str, templatename: str, context: dict, doctree: object) -> None:
    """The button for Colab opens the plain notebook, which .github/workflows/book.yml puts on a branch of its own."""
    for group in context.get("header_buttons", []):
        for button in group.get("buttons", []) if isinstance(group, dict) else []:
            if button.get("text") == "Colab" and pagename.startswith("book/"):
                button["url"] = button["url"].replace("/blob/main/", f"/blob/{BRANCH}/")


def write(app: Sphinx, error: Exception | None) -> None:
    """Replace the copied sources of the book's notebooks."""
    if error or app.builder.format != "html":
        return
    for docname in sorted(app.env.found_docs):
        source = Path(app.env.doc2path(docname))
        copied = Path(app.outdir) / "_sources" / f"{docname}.ipynb"
        if source.suffix != ".ipynb" or not docname.startswith("book/") or not copied.is_file():
            continue
        notebook = nbformat.read(source, as_version=4)
        try:
            site, page = app.config.html_baseurl, f"{docname}.html"
            result = plain_notebook(notebook, resolver(app.env, docname), site, page)
        except PlainError as fault:
            LOGGER.warning("%s", fault, location=docname)
            continue
        nbformat.write(result, copied)


def setup(app: Sphinx) -> None:
    app.connect("html-page-context", plain_branch, priority=900)
    app.connect("build-finished", write)
