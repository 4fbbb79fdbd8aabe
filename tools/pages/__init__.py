"""What the book's pages do beyond Sphinx: folds, minutes, clickable quizzes, previews, plain downloads, figures.

An extension of Sphinx (see _config.yml). The notebooks hold nothing but MyST: each module here turns a pattern of the
text into what a reader can use, and works without a network.
"""

from __future__ import annotations

import zlib
from pathlib import Path
from typing import Any

from sphinx.application import Sphinx

from tools.pages import downloads, figures, folds, html, icons, minutes, quiz, typography


def setup(app: Sphinx) -> dict[str, Any]:
    for module in (html, quiz, minutes, folds, typography, downloads, icons, figures):
        module.setup(app)
    for style in ("pages.css", "figures.css"):
        app.add_css_file(style)
    for script in ("folds.js", "quiz.js", "previews.js", "zoom.js"):
        app.add_js_file(script, loading_method="defer")
    app.add_js_file("live/start.js", type="module")
    # Pages that an earlier version of these modules made are read again.
    code = b"".join(path.read_bytes() for path in sorted(Path(__file__).parent.glob("*.py")))
    return {"env_version": zlib.crc32(code), "parallel_read_safe": True, "parallel_write_safe": True}
