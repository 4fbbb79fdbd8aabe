"""Forbidden ready-made calls: does an answer use a name that the task forbids? Read from the syntax tree, never run.

What counts is what the judge calls when the test runs: the answer's names, followed to every definition that they can
lead to, through the cells before the test. A name matches by its last component, so `F.softmax`, `torch.softmax`,
`x.softmax` and `from torch import softmax` are all the same, and so are torch's inner spellings (`aten._softmax`).
What the student defines is his own: a function of his called `softmax` is allowed, unless it leads to a forbidden name
itself; so is what is read from a class of his. Where it may be that or torch's (`x.grad`), a person has to look.
Only what the answer reaches counts: a comparison in a cell of one's own is good practice.
What was put under another name, attribute or key (`torch.mine = torch.softmax`) is reached by that one.
Where something cannot be followed (a text that is run, a library that is changed, a list that functions are put into)
and touches a forbidden name, a person has to look.
Names that are put together at run time are out of reach of any syntax check; the worker notes what of torch's it sees
called (`autograder/processes/worker/noted.py`).
"""

from __future__ import annotations

from collections.abc import Collection, Iterable
from dataclasses import dataclass, field

from autograder.rules.bindings import Bindings, Effects, Given
from autograder.rules.definitions import definitions
from autograder.rules.literals import LOADERS, LOOKUPS, WARM, names_in
from autograder.rules.names import HOOKS, MUTATORS, REGISTRARS, SURE, Uses, uses
from autograder.rules.scopes import parse_or_empty, parses
from autograder.rules.spelling import plain

#: From these on the worker's notes see nothing, wherever they stand.
SWITCHES = """
    DisableTorchFunction DisableTorchFunctionSubclass _disabled_torch_function_impl _set_torch_function_state
    _pop_mode _pop_mode_temporarily _pop_torch_function_stack _skip_one_hop_torch_function
"""
BLINDING = frozenset(SWITCHES.split())
#: What runs in another thread, or in none of Python's: the notes do not reach there.
ELSEWHERE = """
    Thread ThreadPoolExecutor ThreadPool start_new_thread to_thread run_in_executor ProcessPoolExecutor Process fork
    jit _jit_get_operation
"""
UNSEEN = frozenset(ELSEWHERE.split())


@dataclass(frozen=True)
class Found:
    """Forbidden names, sorted. used: the answer reaches them.  unclear: it may, and nobody can tell from the text."""

    used: list[str] = field(default_factory=list)
    unclear: list[str] = field(default_factory=list)


def forbidden_calls(
    answer: str,
    other_cells: Iterable[str],
    forbidden: Iterable[str],
    failed: Collection[str] = (),
    after: Iterable[str] = (),
    asked: Collection[str] = (),
    given: Iterable[str] = (),
) -> Found:
    """The forbidden names that `answer` reaches, directly or through what the other cells define.

    answer: source of the answer cell.  other_cells: sources of the code cells before it.  after: of those between it
    and its test.  failed: those of all these that did not run to their end, so that what they define may not be there.
    asked: the names that the task asks for, which the test calls.  given: sources of the release's own cells.
    """
    wanted = set(forbidden)
    if not wanted:
        return Found()
    others, own = Bindings(), Bindings()
    for source in given:
        others.add(definitions(source, False))
    others.settled.clear()  # what the release defines may be forbidden
    for source in other_cells:
        others.add(definitions(source, source in failed))
    students = [answer, *other_cells, *after]
    parts = {name for source in students for each, _ in definitions(source, False).classes.values() for name in each}
    own.add(definitions(answer, answer in failed))
    start = uses(*parse_or_empty(answer).body)
    start.names |= set(asked)
    early = closure(start.early, own)
    for source in after:  # what is looked up in it means the answer's, save what the answer does not define
        later = definitions(source, source in failed)
        early |= (later.early & later.settled) - own.settled
        own.add(later)
    sure, doubtful, _ = reach(start, early, resolved(own, others), resolved(others, own))
    mine, theirs = resolved(own, others, True), resolved(others, own, True)
    may, _, texts = reach(start, early, mine, theirs, everywhere=True)
    lookups = may & (LOOKUPS | LOADERS)
    for text in texts if lookups else ():
        may |= names_in(text, anywhere=bool(lookups & LOADERS))
    written = mine.written | theirs.written
    if not (mine.modules | theirs.modules) - WARM and not (mine.mentioned | theirs.mentioned) & LOADERS:
        written = set()  # nothing reads it as code
    for text in written | mine.wild.texts | theirs.wild.texts:
        may |= names_in(text, anywhere=True)
    used = (sure & wanted) - (doubtful & parts)
    ran = [answer, *(source for source in (*other_cells, *after) if source not in failed)]
    blind = may & UNSEEN or (mine.mentioned | theirs.mentioned) & BLINDING
    if not used and (blind or not all(map(parses, ran))):
        may |= wanted  # anything may be called there
    return Found(sorted(used), sorted((may & wanted) - used))


def resolved(part: Bindings, other: Bindings, loosely: bool = False) -> Bindings:
    """`part` with what it puts through objects, and by calls, bound to names.

    other: what all the other cells bind.  loosely: where that is not sure, too; what fits no name becomes `wild`.
    """
    found = Bindings()
    found.add(part)
    everything = Bindings()
    everything.add(part)
    everything.add(other)
    effects = all_effects(everything) if loosely else {}
    for each in part.given:
        root = everything.aliased(each.root)
        if each.key:
            if everything.is_namespace(root) or (loosely and everything.mentioned & LOOKUPS):
                found.put(each.key, each.found)
        elif each.callee:
            if loosely:
                give(each, root, effects.get(each.callee), everything.owned, found)
        elif root in everything.defined or loosely:
            found.put(root, each.found)
            if loosely and not each.inner and root not in everything.owned:
                found.wild.add(each.found)
    return found


def give(each: Given, root: str, effects: Effects | None, owned: set[str], found: Bindings) -> None:
    """Note what a call may have done with what it was given. root: what its method belongs to."""
    names = {root}
    hooks = each.callee in HOOKS or each.callee.startswith("register_") or root in ("ctypes", "gc")
    if each.callee in REGISTRARS:
        found.wild.add(each.found)
    meddles = hooks or bool(root and each.callee in MUTATORS)  # setattr itself names what it changes: `definitions`
    if meddles and root not in owned and not each.inner:
        found.wild.add(each.found)
    if effects:
        names |= effects.names | (each.others if effects.changes else set())
        for name in effects.names:
            found.put(name, effects.found)
        for name in effects.attributes:
            found.attributes.setdefault(name, Uses()).add(each.found)
    for name in names & owned:
        found.put(name, each.found)


def all_effects(everything: Bindings) -> dict[str, Effects]:
    """What each function may bind outside itself, by itself or by what it calls."""
    found = everything.effects
    going = True
    while going:
        going = False
        for effects in found.values():
            for name in effects.calls & found.keys():
                going |= effects.add(found[name])
    return found


def reach(
    start: Uses, early: set[str], own: Bindings, others: Bindings, everywhere: bool = False
) -> tuple[set[str], set[str], set[str]]:
    """All names that code leads to, those of them that may be any object's, and the texts in it.

    own: what the answer's cell binds.  others: the other cells.
    everywhere: with what is wild. A definition in the answer takes the place of others of its name, save where the
    answer looks it up while it runs (early): then it may mean the earlier one.
    """
    everything = Bindings()
    everything.add(others)
    everything.add(own)
    reached: set[str] = set()
    looked: set[str] = set()
    texts: set[str] = set()
    sought: set[tuple[str, str]] = set()
    seen: set[tuple[str, bool]] = set()
    todo = [(start, True)]
    if everywhere:
        todo += [(own.wild, True), (others.wild, False)]
    while todo:
        found, mine = todo.pop()
        texts |= found.texts
        sought |= found.sought
        inherited = {name for kind, name in found.selves if not everything.binds(kind, name)}
        sought |= {(SURE, name) for name in inherited}
        for name in (found.attributes | inherited) - looked:
            looked.add(name)
            if name in everything.attributes:
                todo.append((everything.attributes[name], False))
        for name in found.names:
            if (name, mine) in seen:
                continue
            seen.add((name, mine))
            if name not in everything.settled or (
                everywhere and name in everything.replaced
            ):  # a builtin, what a star import brought, or what may be either
                reached.add(name)
            if name in own.names:
                todo.append((own.names[name], True))
            if name in others.names and not (mine and name in own.settled and name not in early):
                todo.append((others.names[name], False))
    own_parts = {name for parts, _ in everything.classes.values() for name in parts}
    strange = {pair for pair in sought if not everything.is_own(*pair)}
    of_libraries = {name for root, name in strange if root and root.rstrip("().") not in everything.owned}
    looked -= {name for _, name in sought} - {name for _, name in strange}
    theirs = set(map(plain, looked - everything.attributes.keys() - (own_parts - of_libraries)))
    doubtful = looked & {name for _, name in strange} - of_libraries - reached - theirs
    return reached | looked | theirs, doubtful, texts


def closure(names: set[str], own: Bindings) -> set[str]:
    """These names and all that the answer's definitions of them look up."""
    found: set[str] = set()
    todo = list(names)
    while todo:
        if (name := todo.pop()) not in found:
            found.add(name)
            todo.extend(own.names[name].names if name in own.names else ())
    return found
