"""The sandbox, in each tier that holds here: what a submission cannot do, what it may use, and that it works."""

from __future__ import annotations

import copy
import socket
import sys
import time
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest
from nbformat.v4 import new_code_cell

from autograder.assignment import Assignment, assignment_of
from autograder.course import ROOT, Course
from autograder.errors import CourseError
from autograder.grading import Grading, grade_file
from autograder.judging.frames import Frames
from autograder.sandbox import confine, syscalls
from autograder.sandbox.engine import Engine, NoIsolation
from autograder.sandbox.limits import Limits, limits_from
from autograder.sandbox.world import World, copy_packages, environment_world
from tests.autograder.conftest import find, hand_in, solved

LIMITS = {"cell_seconds": 2, "wall_seconds": 10, "cpu_seconds": 5, "memory_mb": 400, "disk_mb": 16, "processes": 16}
RIGHT = "def largest(numbers):\n    return sorted(numbers)[-1]\n"


@pytest.fixture(scope="module", params=confine.TIERS)
def isolated(request: pytest.FixtureRequest) -> Iterator[Engine]:
    """An engine of each tier. In CI only the namespaces may be missing: some hosts forbid them to ordinary users."""
    try:
        with Engine(ROOT, request.param) as found:
            yield found
    except NoIsolation as error:
        pytest.skip(f"the {request.param} tier does not hold here: {error}")


@pytest.fixture(scope="module")
def assignment(course: Course) -> Assignment:
    """The toy assignment with tight limits; `sorted` is allowed, `max` is not."""
    found = assignment_of(course.root / "solutions/toy/toy.ipynb", course.root / "exercises/toy/toy.ipynb")
    found = copy.deepcopy(found)
    found.release.cells["setup"].metadata.course = {"limits": LIMITS}
    found.release.cells["largest"].metadata.course = {"forbidden": ["max"]}
    return found


def grade(course: Course, assignment: Assignment, engine: Engine, largest: str = RIGHT, own: str = "") -> Grading:
    """Grade a submission with this answer to the second exercise, after a cell of the student's own."""
    notebook = solved(course)
    find(notebook, "largest").source = largest
    if own:
        notebook.cells.insert(1, new_code_cell(own))
    return grade_file(assignment, hand_in(course, "eve", notebook), engine)


def of_largest(grading: Grading) -> tuple[float, str]:
    [verdict] = [each for each in grading.verdicts if each.cell == "test-largest"]
    return verdict.score, str(verdict.reason)


def test_honest_code_gets_full_marks_and_its_outputs(course: Course, assignment: Assignment, isolated: Engine) -> None:
    own = (
        "import asyncio, matplotlib.pyplot as plt, sys, tempfile\n"
        "print('shown'); print('warning', file=sys.stderr); plt.plot([1, 2]); plt.show()\n"
        "open('notes.txt', 'w').write('kept'); tempfile.mkdtemp()\nawait asyncio.sleep(0)\n!echo from the shell\n6 * 7"
    )
    grading = grade(course, assignment, isolated, own=own)
    assert [v.reason for v in grading.verdicts] == ["correct", "correct"], grading.verdicts
    outputs = grading.notebook.cells[1].outputs
    text = "".join(output.get("text", "") for output in outputs)
    assert ("shown" in text, "warning" in text, "from the shell" in text) == (True, True, True), outputs
    assert any("image/png" in output.get("data", {}) for output in outputs)
    assert outputs[-1].data["text/plain"] == "42"
    evidence = grading.verdicts[0].evidence
    assert isolated.tier in evidence.tier
    assert "seccomp" in evidence.tier
    assert (len(evidence.submission), len(evidence.environment), len(grading.verdicts[0].test)) == (64, 64, 64)
    assert type(evidence.seed) is int


PLANTED = {  # own cell (run before the right answers) -> what it must not have got at
    "the course": "import os\nfor path in {course}, {root}, {root} + '/solutions':\n"
    "    try: print('REACHED' * bool(set(os.listdir(path)) - {'.venv'}))\n    except OSError: pass",
    "a file by its path": "for start in '', '/proc/1/root', '/proc/self/root':\n"
    "    try: print(open(start + {secret}).read())\n    except OSError: pass",
    "the packages of the course": "for name in 'translator', 'autograder', 'tests':\n"
    "    try: __import__(name); print('REACHED')\n    except ImportError: pass",
    "the path of the course by imports": "import sys\n"
    "print('REACHED' * any({root} in p and '.venv' not in p for p in sys.path),\n"
    "    [f for f in sys.meta_path if 'editable' in str(f)] and 'REACHED')",
    "a listener": "import socket\nfor make in (lambda: socket.create_connection(('127.0.0.1', {port}), 1),\n"
    "             lambda: socket.socket(socket.AF_INET, socket.SOCK_DGRAM)):\n"
    "    try: make(); print('REACHED')\n    except OSError: pass",
    "another namespace": "import ctypes\nif ctypes.CDLL(None).unshare(0x10000000) == 0: print('REACHED')",
    "its watcher": "import ctypes, os\nif ctypes.CDLL(None).ptrace(16, os.getppid(), 0, 0) == 0: print('REACHED')\n"
    "try: open('/proc/%d/mem' % os.getppid()); print('REACHED')\nexcept OSError: pass",
    "the environment": "import os\nprint('REACHED' * any(word in str(os.environ) for word in ('GRADEBOOK', {root})))",
    "the libraries": "import torch\ntry: open(torch.__file__ + '.py', 'w'); print('REACHED')\nexcept OSError: pass",
    "the mode of a file": "import os\ntry: os.chmod({secret}, 0); print('REACHED')\nexcept OSError: pass",
}


@pytest.mark.parametrize("name", PLANTED)
def test_planted_a_submission_gets_at_nothing(
    course: Course, assignment: Assignment, isolated: Engine, name: str, tmp_path: Path
) -> None:
    (tmp_path / "secret").write_text("REACHED")
    (tmp_path / "secret").chmod(0o666)
    with socket.create_server(("127.0.0.1", 0)) as listener:
        words = {"course": repr(str(course.root)), "root": repr(str(ROOT)), "secret": repr(str(tmp_path / "secret"))}
        own = PLANTED[name]
        for word, text in {**words, "port": str(listener.getsockname()[1])}.items():
            own = own.replace("{" + word + "}", text)
        grading = grade(course, assignment, isolated, own=own)
    assert "REACHED" not in str([cell.get("outputs") for cell in grading.notebook.cells]), grading.notebook.cells[1]
    assert grading.score == 5, "what the code deserves"
    assert (tmp_path / "secret").stat().st_mode & 0o777 == 0o666
    assert sorted(path.name for path in tmp_path.iterdir()) == ["secret"]


BAD = {  # answer -> what the test must end in
    "an endless loop": ("def largest(numbers):\n    while True: pass", "timed out"),
    "one that ignores interrupts": (
        "import signal\ndef largest(numbers):\n    signal.signal(signal.SIGINT, signal.SIG_IGN)\n    while True: pass",
        "timed out",
    ),
    "an exit": ("import os\ndef largest(numbers):\n    os._exit(0)", "crashed"),
    "SystemExit": ("def largest(numbers):\n    raise SystemExit", "crashed"),
    "a wild pointer": ("import ctypes\ndef largest(numbers):\n    ctypes.string_at(1)", "crashed"),
    "too much memory": ("def largest(numbers):\n    return [bytearray(50 << 20) for _ in range(40)]", "over limit"),
    "too much in several processes": (
        "import os, time\ndef largest(numbers):\n    for _ in range(4):\n        if os.fork() == 0:\n"
        "            x = bytearray(200 << 20); time.sleep(9)\n    time.sleep(9)",
        "over limit",
    ),
    "too much processor time": ("def largest(numbers):\n    while True: pass", "over limit"),
    "forged frames": (
        "import os, struct, threading\ndef spam():\n    while True:\n        for f in range(3, 12):\n"
        "            try: os.write(f, struct.pack('!I', 9) + b'[1, 2, 3]')\n            except OSError: pass\n"
        "threading.Thread(target=spam, daemon=True).start()\ndef largest(numbers): return 0\n",
        "tampered",
    ),
    "an object that equals everything": (
        "class Any:\n    def __eq__(self, other): return True\ndef largest(numbers): return Any()",
        "wrong",
    ),
    "comparisons replaced": (
        "import builtins, math, torch\nbuiltins.abs = builtins.all = torch.equal = math.isclose = lambda *a: True\n"
        "def largest(numbers): return 0",
        "wrong",
    ),
    "asserts dropped by a transformer": (
        "import ast\nclass Drop(ast.NodeTransformer):\n    def visit_Assert(self, node): return ast.Pass()\n"
        "get_ipython().ast_transformers.append(Drop())\ndef largest(numbers): return 0",
        "wrong",
    ),
    "a look at the caller": (
        "import sys\ndef largest(numbers):\n    frame = sys._getframe()\n    while frame:\n"
        "        if 'best' in frame.f_locals: return frame.f_locals['best']\n"
        "        frame = frame.f_back\n    return 0",
        "wrong",
    ),
}


@pytest.mark.parametrize("name", BAD)
def test_planted_a_bad_answer_ends_in_a_named_zero(
    course: Course, assignment: Assignment, isolated: Engine, name: str
) -> None:
    answer, reason = BAD[name]
    assignment = copy.deepcopy(assignment)
    if name == "too much processor time":
        assignment.release.cells["setup"].metadata.course.limits |= {"cpu_seconds": 1, "cell_seconds": 9}
    before = time.monotonic()
    grading = grade(course, assignment, isolated, answer)
    assert of_largest(grading) == (0.0, reason), grading.verdicts
    assert time.monotonic() - before < 12
    assert grading.verdicts[0].reason in ("correct", reason), "the exercise before it stands, or ends the same way"


def test_planted_nothing_is_left_of_a_submission(course: Course, assignment: Assignment, isolated: Engine) -> None:
    mark = f"71.{time.time_ns() % 10**9}"
    own = (
        f"import os, subprocess\nsubprocess.Popen(['sleep', '{mark}'])\nif os.fork() == 0:\n"
        f"    try: os.setsid()\n    except OSError: pass\n"
        f"    if os.fork() == 0: os.execvp('sleep', ['sleep', '{mark}'])\n    os._exit(0)"
    )
    assert grade(course, assignment, isolated, own=own).score == 5
    running = [path.read_bytes() for path in map(Path, cmdlines()) if path.exists()]
    assert not [line for line in running if mark.encode() in line]


def cmdlines() -> list[str]:
    return [f"/proc/{pid.name}/cmdline" for pid in Path("/proc").iterdir() if pid.name.isdigit()]


def test_a_slow_cell_is_interrupted_and_the_rest_counts(
    course: Course, assignment: Assignment, isolated: Engine
) -> None:
    grading = grade(course, assignment, isolated, own="import time\ntime.sleep(60)")
    assert grading.score == 5
    assert "did not finish within 2 seconds" in grading.notebook.cells[1].outputs[-1].evalue


def test_output_is_kept_within_its_bytes(course: Course, assignment: Assignment, isolated: Engine) -> None:
    grading = grade(course, assignment, isolated, own="line = 'x' * (1 << 20)\nfor _ in range(100): print(line)")
    assert grading.score == 5
    assert 500_000 < len(str(grading.notebook.cells[1].outputs)) < 1_100_000
    assert "output cut" in grading.notebook.cells[1].outputs[-1].text


def test_listed_packages_are_there_as_copies_and_others_are_not(
    course: Course, assignment: Assignment, isolated: Engine
) -> None:
    own = "from translator import config\nimport translator; print(translator.__file__)\nopen(translator.__file__, 'w')"
    named = copy.deepcopy(assignment)
    named.release.cells["setup"].metadata.course.packages = ["translator"]
    printed, error = grade(course, named, isolated, own=own).notebook.cells[1].outputs
    assert str(ROOT) not in printed.text
    assert error.ename in ("PermissionError", "OSError")
    [error] = grade(course, assignment, isolated, own=own).notebook.cells[1].outputs
    assert error.ename == "ModuleNotFoundError"
    answer = "from translator.attention import attention\ndef largest(numbers): return sorted(numbers)[-1]"
    grading = grade(course, assignment, isolated, answer)
    assert "No module named 'translator'" in grading.verdicts[1].message


def test_half_a_character_and_a_null_byte_are_the_students_own_trouble(
    course: Course, assignment: Assignment, isolated: Engine
) -> None:
    grading = grade(course, assignment, isolated, own="print('a\x00b')")
    assert grading.score == 5
    path = hand_in(course, "eve", solved(course))
    path.write_text(path.read_text().replace("def add(", "# \\ud800\\ndef add("))
    assert "UnicodeEncodeError" in grade_file(assignment, path, isolated).unreadable


def test_the_seed_repeats_a_grading(course: Course, assignment: Assignment, isolated: Engine) -> None:
    path = hand_in(course, "eve", solved(course))
    first, second = (grade_file(assignment, path, isolated, seed=5) for _ in range(2))
    assert [replace(v, seconds=0) for v in first.verdicts] == [replace(v, seconds=0) for v in second.verdicts]
    assert first.verdicts[0].evidence.seed == 5


def test_planted_a_cell_that_cannot_be_entered_runs_nothing(isolated: Engine) -> None:
    """Fail closed: one step of the way into the cell fails, and the job ends instead of going on outside."""
    ours, theirs = socket.socketpair()
    job = isolated.zygote.fork("probe", isolated.tier, Limits(), [theirs], packages="/not/there")
    with pytest.raises(NoIsolation, match="No such file"):
        isolated.entered(job, Frames(ours))


def test_planted_without_libseccomp_there_is_no_filter(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(syscalls, "library", broken)
    syscalls.program.cache_clear()
    try:
        with pytest.raises(OSError, match="libseccomp"):
            confine.filter_for(confine.NAMESPACES)
    finally:
        syscalls.program.cache_clear()


def broken() -> None:
    raise OSError("libseccomp is missing: install it")


def test_planted_without_any_tier_nothing_is_graded(monkeypatch: pytest.MonkeyPatch) -> None:
    refused = Engine.__new__(Engine)
    monkeypatch.setattr(Engine, "fork", lambda *a, **k: None)

    def no(*_: object) -> str:
        raise NoIsolation("unshare: Operation not permitted")

    monkeypatch.setattr(Engine, "entered", staticmethod(no))
    with pytest.raises(NoIsolation, match=r"Operation not permitted[\s\S]*--unsafe"):
        refused.choose(confine.TIERS)


def test_planted_limits_that_make_no_sense_are_named() -> None:
    assert limits_from({"cpu_seconds": 9}) == Limits(cpu_seconds=9)
    for bad in ({"cpu_second": 9}, {"memory_mb": -1}, {"memory_mb": "much"}, {"disk_mb": True}):
        with pytest.raises(CourseError, match=next(iter(bad))):
            limits_from(bad)


def test_planted_a_course_inside_the_environment_is_refused() -> None:
    with pytest.raises(CourseError, match="submissions can read"):
        environment_world(Path(sys.prefix) / "course")


def test_planted_a_package_that_is_not_there_is_named(tmp_path: Path) -> None:
    for bad in ("not_there_at_all", "os", "../up"):
        with pytest.raises(CourseError, match=r"course\.packages"):
            copy_packages([bad], tmp_path)


def test_what_is_hidden_is_not_visible_to_landlock(tmp_path: Path) -> None:
    for name in ("lib/site/torch", "lib/site/translator", "lib/other", "share"):
        (tmp_path / name).mkdir(parents=True)
    world = World((str(tmp_path),), (str(tmp_path / "lib/site/translator"),), (), ())
    found = {Path(path).relative_to(tmp_path).as_posix() for path in confine.visible(world) if str(tmp_path) in path}
    assert found == {"share", "lib/other", "lib/site/torch"}


def test_the_warm_process_ends_with_its_driver() -> None:
    with Engine(ROOT) as found:
        process = found.zygote.process
        assert process.poll() is None
    assert process.poll() is not None
