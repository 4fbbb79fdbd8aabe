"""Formgrader's page of a submission, served by Jupyter and opened in a browser: nothing of the student's runs there."""

from __future__ import annotations

import os
import secrets
import shutil
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest
from nbformat.v4 import new_code_cell, new_markdown_cell, new_output, new_raw_cell
from nbgrader.api import Gradebook
from playwright.sync_api import Browser, Page, sync_playwright

from autograder.course.lifecycle import Course
from tests.autograder.conftest import find, hand_in, make_course, solved
from tests.book.test_site import BROWSERS, FLAGS

TOKEN = secrets.token_hex(8)
RUN = "window.__ran = (window.__ran || 0) + 1"
FRAME = f"<iframe srcdoc='<script>{RUN.replace('window', 'parent')}</script>'></iframe>"
SCRIPT = f"<script>{RUN}</script><img src=x onerror='{RUN}'><svg onload='{RUN}'></svg>{FRAME}"
BEACON = "http://192.0.2.1/beacon.png"  # an address that nobody has
PIXEL = "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg=="
PLAINLY = """
from nbconvert.exporters import HTMLExporter
c.HTMLExporter.sanitize_html = False
c.HTMLExporter.filters = {}
"""


def hostile(course: Course) -> Any:
    """A full-marks notebook with script wherever a notebook can hold text."""
    notebook = solved(course)
    picture = new_markdown_cell("![mine](attachment:mine.png) ![svg](attachment:mine.svg) ![lost](attachment:lost.png)")
    picture.attachments = {"mine.png": {"image/png": PIXEL}, "mine.svg": {"image/svg+xml": SCRIPT}}
    shown = new_markdown_cell("seen: *by a person* and ![mine](attachment:mine.png)")
    shown.attachments = {"mine.png": {"image/png": PIXEL}}
    output = new_output("display_data", {"text/html": SCRIPT, "application/javascript": RUN, "text/plain": SCRIPT})
    notebook.cells += [
        new_markdown_cell(SCRIPT),
        new_markdown_cell(f"text\n\n[link](javascript:{RUN}) <javascript:{RUN}> ![beacon]({BEACON})\n\n<b {SCRIPT}"),
        new_markdown_cell(f"$\\def\\x{{\\x\\x}} \\x$ \\$\\&#100;ef {SCRIPT} $$\\href{{javascript:{RUN}}}{{x}}$$"),
        new_markdown_cell("> " * 3000 + "deep"),
        new_raw_cell(SCRIPT, metadata={"raw_mimetype": "text/html", "format": "text/html"}),
        picture,
        shown,
        new_code_cell(SCRIPT, outputs=[output], metadata={"tags": [SCRIPT], "alt": SCRIPT}),
        new_code_cell(f"print({SCRIPT!r}); print('\\x1b[38mhi \\x1b]0;title\\x07 \\u202e')"),
        new_code_cell(f"from IPython.display import HTML, SVG, Javascript, display\ndisplay(HTML({SCRIPT!r}))\n"
                      f"display(Javascript({RUN!r}))\nraise ValueError({SCRIPT!r})"),
    ]  # fmt: skip
    notebook.metadata.title = SCRIPT
    notebook.metadata.kernelspec.display_name = SCRIPT
    notebook.metadata.language_info = {"name": SCRIPT, "pygments_lexer": SCRIPT}
    find(notebook, "add").metadata.tags = [SCRIPT]
    return notebook


@pytest.fixture(scope="module")
def graded(tmp_path_factory: pytest.TempPathFactory) -> Course:
    """A course with one hostile submission, graded."""
    course = make_course(tmp_path_factory.mktemp("course"))
    hand_in(course, "eve", hostile(course))
    row = course.autograde("toy", "eve")
    assert row.score == 5, row
    return course


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    found = next(filter(None, map(shutil.which, BROWSERS)), None)
    if found is None:
        pytest.skip("no Chromium on this machine: install the package `chromium`")
    with sync_playwright() as playwright:
        flags = [*FLAGS, "--no-sandbox"] if os.geteuid() == 0 else FLAGS
        browser = playwright.chromium.launch(executable_path=found, args=flags)
        yield browser
        browser.close()


@contextmanager
def served(course: Course, folder: Path, start: Path | None = None) -> Iterator[str]:
    """Jupyter with formgrader, started in the course's folder or in `start`, with settings of its own in `folder`."""
    with socket.create_server(("127.0.0.1", 0)) as free:
        port = free.getsockname()[1]
    command = [sys.executable, "-m", "jupyter_server", "--allow-root", "--no-browser", f"--port={port}"]
    command += [f"--IdentityProvider.token={TOKEN}", "--ServerApp.ip=127.0.0.1", "--ServerApp.port_retries=0"]
    command += ["--ServerApp.jpserver_extensions={'nbgrader.server_extensions.formgrader': True}"]
    places = {f"JUPYTER_{name}_DIR": str(folder / name.lower()) for name in ("CONFIG", "DATA", "RUNTIME")}
    with (folder / "log").open("w") as log:
        process = subprocess.Popen(
            command, cwd=start or course.root, env=os.environ | places, stdout=log, stderr=subprocess.STDOUT
        )
    try:
        origin = f"http://127.0.0.1:{port}"
        for _ in range(300):
            try:
                urllib.request.urlopen(f"{origin}/api?token={TOKEN}", timeout=5)
                break
            except (urllib.error.URLError, OSError):
                assert process.poll() is None, (folder / "log").read_text()[-2000:]
                time.sleep(0.1)
        yield origin
    finally:
        process.terminate()
        process.wait(20)


def looked_at(browser: Browser, origin: str, course: Course) -> tuple[Page, list[str]]:
    """The page of eve's submission as the instructor sees it, and what betrays that something of hers ran."""
    with Gradebook(course.config.CourseDirectory.db_url) as gradebook:
        number = gradebook.find_submission_notebook("toy", "toy", "eve").id
    page = browser.new_context().new_page()
    signs: list[str] = []
    page.on("dialog", lambda dialog: (signs.append(f"dialog: {dialog.message}"), dialog.dismiss()))
    page.on("request", lambda request: signs.append(request.url) if BEACON in request.url else None)
    page.route(lambda url: not url.startswith((origin, "data:")), lambda route: route.abort())
    answer = page.goto(f"{origin}/formgrader/submissions/{number}/?token={TOKEN}")
    assert answer is not None
    assert answer.status == 200, answer.text()[-2000:]
    page.wait_for_timeout(500)
    if ran := page.evaluate("window.__ran"):
        signs.append(f"script ran {ran} times")
    if (links := page.locator("a[href^='javascript:']").count()) > 0:
        signs.append(f"{links} links are script")
    return page, signs


def test_nothing_of_a_students_runs_in_formgrader(graded: Course, browser: Browser, tmp_path: Path) -> None:
    with served(graded, tmp_path) as origin:
        page, signs = looked_at(browser, origin, graded)
        assert signs == []
        text = page.locator("body").inner_text()
        assert "<script>window.__ran" in text, "what the student wrote should be readable"
        assert "seen: by a person" in text
        assert page.locator("img[alt=mine]").count() == 1, "an honest picture is shown"
        assert "hi  \\u202e" in text
        assert page.locator("script", has_text="__ran").count() == 0


def test_planted_a_server_elsewhere_does_not_show_the_course(graded: Course, tmp_path: Path) -> None:
    """`?path=` would show it with what the server was started with, which has none of our filters."""
    with Gradebook(graded.db_url) as gradebook:
        number = gradebook.find_submission_notebook("toy", "toy", "eve").id
    pages = (f"formgrader/?path={graded.root}&token={TOKEN}", f"formgrader/submissions/{number}/?token={TOKEN}")
    opener = urllib.request.build_opener(urllib.request.HTTPCookieProcessor())
    with served(graded, tmp_path, graded.root.parent) as origin:
        for page in pages:
            try:
                text = opener.open(f"{origin}/{page}", timeout=60).read().decode()
            except urllib.error.HTTPError as error:
                text = error.read().decode()
            assert RUN not in text
        assert f"start Jupyter in {graded.root}" in (tmp_path / "log").read_text()


@pytest.mark.heavy
def test_planted_without_the_filters_the_script_runs(graded: Course, browser: Browser, tmp_path: Path) -> None:
    """Proves that the check above can fail: the same submission, shown by nbconvert's own filters."""
    config = graded.root / "nbgrader_config.py"
    kept, graded_file = config.read_text(), graded.folder / "autograded" / "eve" / "toy" / "toy.ipynb"
    text = graded_file.read_text()
    config.write_text(kept + PLAINLY)
    graded_file.chmod(0o644)
    graded_file.write_text(text.replace("attachment:lost.png", "").replace("attachment:mine.svg", ""))
    try:
        with served(graded, tmp_path) as origin:
            _, signs = looked_at(browser, origin, graded)
    finally:
        config.write_text(kept)
        graded_file.write_text(text)
    assert any("script ran" in sign for sign in signs), signs
    assert any(BEACON in sign for sign in signs), signs
