"""The reader of names agrees with Python's own, `symtable`, on programs of every kind of statement."""

from __future__ import annotations

import ast
import symtable

import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from autograder.rules.scopes import module_names, names_anywhere, parameters, parse_or_empty, scope_of


@st.composite
def programs(draw: st.DrawFn) -> str:
    """Programs of a few statements of all kinds, in and around functions, classes and comprehensions."""

    def one_of(*options: str) -> str:
        return draw(st.sampled_from(options))

    def name() -> str:
        return one_of(*"abcdefg")

    def target(depth: int = 2) -> str:
        text = one_of("{n}", "{n}.x", "{n}[{m}]", "({t}, *{n})", "[{t}]") if depth else "{n}"
        return text.format(n=name(), m=name(), t=target(depth - 1) if "{t}" in text else "")

    def expression(depth: int = 2) -> str:
        text = "{n}"
        if depth:
            text = one_of(
                "{n}", "({n} := {e})", "(lambda {n}, m={e}: {f})", "[{e} for {t} in {n} if {f}]",
                "{{{e}: {f} for {n} in h for {m} in h}}", "f({e}, k={f})",
            )  # fmt: skip
        inner = {key: expression(depth - 1) for key in "ef" if f"{{{key}}}" in text}
        return text.format(n=name(), m=name(), t=target(1) if "{t}" in text else "", **inner)

    def statement(depth: int = 2) -> list[str]:
        plain = [
            "{e}", "{t} = {u} = {e}", "{n}: int = {e}", "{n} += {e}", "import {n}.h, k as {m}", "del {n}",
            "from h import {n}, k as {m}", "global {n}", "nonlocal {n}", "pass",
        ]  # fmt: skip
        blocks = [
            "def {n}({m}, *p, k={e}, **q):", "@{n}\nasync def {m}():", "class {n}({e}, k={f}):", "for {t} in {e}:",
            "while {e}:", "if {e}:", "with {e} as {t}:", "try:\n    pass\nexcept E as {n}:", "match {e}:",
        ]  # fmt: skip
        text = one_of(*plain, *(blocks if depth else []))
        parts = {"e": expression(), "f": expression(), "t": target(), "u": target(), "n": name(), "m": name()}
        lines = text.format(**parts).splitlines()
        body = [line for _ in range(draw(st.integers(1, 2))) for line in statement(depth - 1)] if text in blocks else []
        if text == "match {e}:":
            lines.append("    case " + one_of("a", "[b, *c]", "{1: d, **e}", "f.X(g)", "1 as b", "_", "X(y=c)") + ":")
            body = ["    " + line for line in body]
        return lines + ["    " + line for line in body]

    return "\n".join(line for _ in range(draw(st.integers(1, 3))) for line in statement())


def tables(table: symtable.SymbolTable) -> list[symtable.SymbolTable]:
    return [table, *(inner for child in table.get_children() for inner in tables(child))]


def assigned(table: symtable.SymbolTable) -> list[symtable.Symbol]:
    return [each for each in table.get_symbols() if each.is_assigned() or each.is_imported()]


def by_symtable(program: str) -> tuple[set[str], list[tuple[str, int, set[str]]]]:
    """The names of the outermost level, and of each function those that it binds for itself, parameters left out."""
    try:
        top = symtable.symtable(program, "<program>", "exec")
    except SyntaxError:  # a name is used before it is declared global, for example
        assume(False)
    declared = [each for table in tables(top)[1:] for each in assigned(table) if each.is_declared_global()]
    functions = [
        (table.get_name(), table.get_lineno(), own_names(table))
        for table in tables(top)
        if isinstance(table, symtable.Function) and table.get_name() not in ("lambda", "listcomp", "dictcomp")
    ]
    return {each.get_name() for each in [*assigned(top), *declared]}, functions


def own_names(table: symtable.Function) -> set[str]:
    outer = set(table.get_globals()) | set(table.get_nonlocals()) | set(table.get_parameters())
    return {each.get_name() for each in assigned(table)} - outer


def by_scopes(program: str) -> tuple[set[str], list[tuple[str, int, set[str]]]]:
    tree = ast.parse(program)
    functions = []
    for part in ast.walk(tree):
        if isinstance(part, ast.FunctionDef | ast.AsyncFunctionDef):
            given_names = {each.arg for each in parameters(part)}
            functions.append((part.name, part.lineno, scope_of(part.body).local - given_names))
    return module_names(tree.body), functions


def plain(functions: list[tuple[str, int, set[str]]]) -> list[tuple[str, int, list[str]]]:
    return sorted((name, line, sorted(names)) for name, line, names in functions)


@settings(deadline=None)
@given(programs())
def test_names_are_bound_where_python_binds_them(program: str) -> None:
    (names, functions), (theirs, their_functions) = by_scopes(program), by_symtable(program)
    assert names == theirs
    assert plain(functions) == plain(their_functions)
    assert names <= names_anywhere(ast.parse(program))


BOUND = {  # a program -> what it binds at the outermost level
    "[a for a in (b := c,)]": None,  # not Python
    "[(a := b) for b in c]": {"a"},
    "[lambda: (a := b) for b in c]": set(),
    "f = lambda x=(a := 1): (b := x)": {"f", "a"},
    "@(d := e)\ndef f(x=(a := 1)): b = 2": {"d", "f", "a"},
    "class A((b := c)):\n    x = 1\n    def f(self): y = 1": {"A", "b"},
    "def f():\n    global a\n    a = b = 1": {"f", "a"},
    "def f():\n    def g():\n        global a\n        import a.b": {"f", "a"},
    "global a\na = 1": {"a"},
    "try: a = 1\nexcept E as b: pass": {"a", "b"},
    "match a:\n    case {1: b, **c} | [b, *c]: pass": {"b", "c"},
    "from a import *": set(),
    "a[b] = c.d = e": set(),
    "del a": {"a"},
}


@pytest.mark.parametrize("program", BOUND)
def test_the_names_of_a_planted_program(program: str) -> None:
    wanted = BOUND[program]
    if wanted is None:
        with pytest.raises(SyntaxError):
            symtable.symtable(program, "<program>", "exec")
    else:
        assert module_names(ast.parse(program).body) == wanted == by_symtable(program)[0]


@pytest.mark.parametrize("program", [p for p in BOUND if "(a := b) for" in p or "lambda" in p or "global" in p])
def test_planted_a_reader_without_scopes_differs(program: str) -> None:
    assert names_anywhere(ast.parse(program)) != module_names(ast.parse(program).body) or program.startswith("global")


def test_a_cell_with_ipythons_own_commands_is_read_and_one_that_is_not_python_is_empty() -> None:
    assert module_names(parse_or_empty("%matplotlib inline\nx = !ls").body) == {"x"}
    assert parse_or_empty("x = = 1").body == []
