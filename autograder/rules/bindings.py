"""What code binds: names, attributes and keys of anything, and what may be bound by way of objects and calls."""

from __future__ import annotations

from dataclasses import dataclass, field

from autograder.rules.literals import LOADERS, LOOKUPS
from autograder.rules.names import Uses

CHANGERS = {"setattr", "delattr", "__setattr__", "__delattr__", "__dict__", "__class__", "exec", "eval"}


@dataclass
class Effects:
    """What a function binds outside itself when it is called.

    changes: whether it changes an argument.  calls: what it calls.  found: what its statement uses.
    """

    names: set[str] = field(default_factory=set)
    attributes: set[str] = field(default_factory=set)
    changes: bool = False
    calls: set[str] = field(default_factory=set)
    found: Uses = field(default_factory=Uses)

    def add(self, other: Effects) -> bool:
        """Take over another's effects; whether that changed anything."""
        before = len(self.names), len(self.attributes), self.changes
        self.names |= other.names
        self.attributes |= other.attributes
        self.changes |= other.changes
        return before != (len(self.names), len(self.attributes), self.changes)


@dataclass(frozen=True)
class Given:
    """Something put through a name: `root.part = …`, or by a call, with the names that its arguments begin with."""

    root: str
    found: Uses
    callee: str = ""
    others: frozenset[str] = frozenset()
    inner: bool = False  # the root is a variable of a function
    key: str = ""  # under which it was put into the root, which may be a namespace


@dataclass
class Bindings:
    """Names, and attributes or keys of anything, with what they refer to.

    settled: names that are defined whatever happens, and not deleted.  deleted: names that may be deleted.
    classes: a class -> its attributes and the names of its bases.  defined: functions and classes.
    bodies: a class that is sure to be what its statement says -> what its body alone gives it.
    rebound: names bound by anything but a class statement.  owned: names bound by anything but an import.
    aliases: those that stand for another, or for a part of it.
    early: what is looked up at once.  given, effects: what may be bound by way of objects and calls.
    wild: what may be bound anywhere.  written: texts that are put into files.  mentioned: all that is looked up.
    modules: what is imported.  stars: whether something was imported by `*`.
    replaced: settled names that a `*` after them may have given another meaning.
    """

    names: dict[str, Uses] = field(default_factory=dict)
    attributes: dict[str, Uses] = field(default_factory=dict)
    settled: set[str] = field(default_factory=set)
    deleted: set[str] = field(default_factory=set)
    classes: dict[str, tuple[set[str], set[str]]] = field(default_factory=dict)
    defined: set[str] = field(default_factory=set)
    bodies: dict[str, set[str]] = field(default_factory=dict)
    rebound: set[str] = field(default_factory=set)
    owned: set[str] = field(default_factory=set)
    aliases: dict[str, str] = field(default_factory=dict)
    early: set[str] = field(default_factory=set)
    given: list[Given] = field(default_factory=list)
    effects: dict[str, Effects] = field(default_factory=dict)
    wild: Uses = field(default_factory=Uses)
    written: set[str] = field(default_factory=set)
    mentioned: set[str] = field(default_factory=set)
    modules: set[str] = field(default_factory=set)
    stars: bool = False
    replaced: set[str] = field(default_factory=set)

    def add(self, other: Bindings) -> None:
        for mine, theirs in ((self.names, other.names), (self.attributes, other.attributes)):
            for name, found in theirs.items():
                mine.setdefault(name, Uses()).add(found)
        for name, parts in other.classes.items():
            self.add_class(name, *parts)
        for name, body in other.bodies.items():
            self.bodies[name] = self.bodies.get(name, body) & body
        for name, effects in other.effects.items():
            self.add_effects(name, effects)
        self.given.extend(other.given)
        self.wild.add(other.wild)
        self.aliases.update(other.aliases)
        for sets in ("deleted", "defined", "owned", "rebound", "early", "written", "mentioned", "modules"):
            getattr(self, sets).update(getattr(other, sets))
        self.stars |= other.stars
        self.replaced = ((self.replaced | (self.settled if other.stars else set())) - other.settled) | other.replaced
        self.settled = (self.settled | other.settled) - self.deleted

    def add_class(self, name: str, attributes: set[str], bases: set[str]) -> None:
        known = self.classes.setdefault(name, (set(), set()))
        known[0].update(attributes)
        known[1].update(bases)

    def add_effects(self, name: str, effects: Effects) -> None:
        known = self.effects.setdefault(name, Effects())
        known.add(effects)
        known.calls |= effects.calls
        known.found.add(effects.found)

    def aliased(self, name: str) -> str:
        """What an alias stands for, as far as that can be followed."""
        seen = set[str]()
        while name in self.aliases and name not in seen:
            seen.add(name)
            name = self.aliases[name]
        return name

    def is_namespace(self, name: str) -> bool:
        """May this name stand for a dict of names, such as globals()?"""
        found = self.names.get(name, Uses())
        return bool(LOOKUPS & ({name} | found.names | found.attributes))

    def put(self, name: str, found: Uses) -> None:
        self.names.setdefault(name, Uses()).add(found)

    def is_own(self, name: str, attribute: str) -> bool:
        """Is this attribute sure to be what the body of a class of the student's, of this name, gives?"""
        unsure = (
            self.rebound | self.deleted | self.replaced | self.attributes.keys() | {each.key for each in self.given}
        )
        if self.mentioned & (LOOKUPS | LOADERS | CHANGERS):  # which may put anything into a class
            return False
        return attribute in self.bodies.get(name, ()) and name in self.settled and name not in unsure

    def binds(self, name: str, attribute: str) -> bool:
        """Does this class, or one of the student's that it is derived from, bind the attribute?"""
        todo, seen = [name], set[str]()
        while todo:
            if (name := todo.pop()) in self.classes and name not in seen:
                seen.add(name)
                if attribute in self.classes[name][0]:
                    return True
                todo.extend(self.classes[name][1])
        return False
