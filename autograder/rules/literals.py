"""Text in a program that stands for a name or for code: `getattr(torch, "soft" + "max")`, `exec("…")`, `%time …`.

Only what is spelled out counts: literals, put together by +, by f-strings of literals, by "".join and by slices.
"""

from __future__ import annotations

import ast
import re
import unicodedata
from collections.abc import Iterable, Iterator

from autograder.rules.scopes import parse_or_empty

LONGEST = 100_000
MOST_OPTIONS = 8  # words before the code of a line magic: %timeit -n 3 -r 2 f(x)
#: What makes a name of a text, by its own name.  Methods that many objects have (get, eval) are not among them.
LOOKUP_NAMES = """
    getattr getattr_static attrgetter methodcaller __getattr__ __getattribute__ __dict__ vars globals locals
    __globals__ __builtins__ f_globals f_locals f_builtins modules import_module __import__ FunctionType CodeType
    user_ns user_global_ns push
    resolve_name locate import_item get_field getmembers getmembers_static get_type_hints get_annotations ForwardRef
"""
LOOKUPS = frozenset(LOOKUP_NAMES.split())
#: What makes code of a text, or puts it where it is imported from.
RUNNING = """
    exec run_cell run_line_magic run_cell_magic run_code runsource ex ev run_path run_module CompilationUnit define
"""
RUNNERS = frozenset(RUNNING.split())
TIMERS = {"timeit", "cProfile", "profile", "pdb"}  # their functions take texts among others
#: From these on, any text may be code.
LOADERS = RUNNERS | {"eval", "compile", "pickle", "marshal", "dill", "cloudpickle", "runpy"}
RUNNER_NAMES = RUNNERS | {"eval", "compile"}  # as names of their own: model.eval() and re.compile() are something else
WRITERS = frozenset({"open", "write_text", "write_bytes", "write", "writelines", "system", "getoutput"})
#: Modules that the worker has imported before the notebook: no file of the student's can stand for one of them.
IMPORTED = """
    torch numpy math matplotlib IPython random itertools functools collections typing dataclasses copy operator
    warnings time os sys types string re json contextlib abc enum inspect pathlib textwrap io builtins
"""
WARM = frozenset(IMPORTED.split())
BUILTINS = {"builtins", "__builtins__"}


def fold(node: ast.AST | None) -> str | None:
    """The text that this expression stands for, if that is spelled out in it."""
    match node:
        case ast.Constant(value=str(text)):
            return text
        case ast.Constant(value=bytes(data)):
            return data.decode("latin-1")
        case ast.BinOp(left=left, op=ast.Add(), right=right):
            tail = fold(right)  # first, because a long sum leans to the left
            head = None if tail is None else fold(left)
            return None if head is None or tail is None or len(head) + len(tail) > LONGEST else head + tail
        case ast.JoinedStr(values=values):
            return joined("", values)
        case ast.FormattedValue(value=value, format_spec=None):
            return fold(value)
        case ast.Call(
            func=ast.Attribute(value=value, attr="join"), args=[ast.List(elts=parts) | ast.Tuple(elts=parts)]
        ):
            separator = fold(value)
            return None if separator is None else joined(separator, parts)
        case ast.Subscript(value=value, slice=ast.Slice(lower=lower, upper=upper, step=step)):
            sliced, numbers = fold(value), [number(each) for each in (lower, upper, step)]
            if sliced is not None and all(found is not False for found in numbers) and numbers[2] != 0:
                return sliced[slice(*numbers)]
    return None


def joined(separator: str, parts: Iterable[ast.AST]) -> str | None:
    texts: list[str] = []
    for part in parts:
        if (text := fold(part)) is None:
            return None
        texts.append(text)
    return separator.join(texts) if sum(map(len, texts)) + len(separator) * len(texts) <= LONGEST else None


def number(node: ast.AST | None) -> int | bool | None:
    """A whole number that stands there, None for nothing; False for anything else."""
    match node:
        case None:
            return None
        case ast.Constant(value=int(value)):
            return int(value)
        case ast.UnaryOp(op=ast.USub(), operand=ast.Constant(value=int(value))):
            return -value
    return False


def texts_in(node: ast.Call) -> list[str]:
    """The spelled-out texts among the arguments of a call."""
    arguments = [*node.args, *(keyword.value for keyword in node.keywords)]
    return [text for text in map(fold, arguments) if text is not None]


def called(node: ast.Call) -> str:
    """The last part of the name of what is called: `softmax` of `torch.softmax(x)`."""
    match node.func:
        case ast.Name(id=name) | ast.Attribute(attr=name):
            return name
    return ""


def runs_text(node: ast.Call) -> bool:
    """Does this call make code of a text?"""
    match node.func:
        case ast.Name(id=name):
            return name in RUNNER_NAMES
        case ast.Attribute(value=ast.Name(id=root), attr=name):
            return name in (RUNNER_NAMES if root in BUILTINS else RUNNERS)
        case ast.Attribute(attr=name):
            return name in RUNNERS
    return False


def times_text(node: ast.Call) -> bool:
    match node.func:
        case ast.Name(id=name) | ast.Attribute(value=ast.Name(id=name)):
            return name in TIMERS
    return False


def code_in(node: ast.Call) -> Iterator[ast.Module]:
    """The programs that are spelled out in a call that runs text, magics of IPython's among them."""
    if runs_text(node) or times_text(node):
        for text in texts_in(node):
            words = text.split(" ")
            for skipped in range(min(len(words), MOST_OPTIONS + 1)):  # options come before a magic's code
                found = parse_or_empty(" ".join(words[skipped:]))
                if found.body:
                    yield found
                    break


def is_namespace(node: ast.AST) -> bool:
    """Is this plainly a dict of names: globals(), vars(x), x.__dict__, sys.modules, __builtins__?"""
    match node:
        case ast.Call(func=ast.Name(id=name)):
            return name in {"globals", "locals", "vars"}
        case ast.Name(id=name) | ast.Attribute(attr=name):
            return name in LOOKUPS
    return False


def names_in(text: str, anywhere: bool) -> set[str]:
    """The names in a text: those of one such as "nn.Linear", "torch:softmax", and with `anywhere` those of any text."""
    text = unicodedata.normalize("NFKC", text[:LONGEST])  # as Python reads names
    if anywhere or re.fullmatch(r"[\w.:]+", text):
        return set(re.findall(r"[^\W\d]\w*", text))
    return set()
