"""Which clauses make sense together: a state and what people do, or do not do, in it."""

from __future__ import annotations

from dataclasses import dataclass

from translator.data.pocket.lexicon.entries import Noun, Verb
from translator.data.pocket.lexicon.nouns import select
from translator.data.pocket.lexicon.verbs import GROUPS

# Link and state | what is done: verb, of which nouns, where, in which tenses (F beside if and no time only).
# Verbs of the group gifts have a plus.
_DONE = """
because tired    | sleep PGWS; stay WS; drink:coffee PGW; not dance PW; not play PW; not swim PW; not cook PW;
  not go PW; not work W; not tidy_up PW; not repair PW
because hungry   | eat PGW; cook PGW; buy:food PWM; go@restaurant PW
because thirsty  | drink PGWM
because sad      | cry PG; not laugh P; not dance PW; not sing PW; not play PW
because happy    | laugh PG; dance PGW; sing PGW
because rain     | need:umbrella N; wear:coat,jacket,hat N; stay WMS; not go@park,beach,forest,garden PW;
  not play:football,basketball,tennis PW; not swim@lake,sea PW; not wash:vehicle PW; close:window PWM; pick_up PWM
because snow     | need:coat,jacket,sweater N; wear:coat,jacket,sweater,hat,scarf N; stay WMS; close:window PWM;
  not go@park,beach,forest,garden PW; not play:football,basketball,tennis PW; not wash:vehicle PW; pick_up PWM
because time     | visit PW; help PW; cook PW; play PW; read PW; write:letter,poem PW;
  go@park,museum,beach,library,market,garden,forest,village PW; read+ PW; tell+ PW;
  call PW
because no_time  | not visit PF; not help PF; not cook PF; not play PF; not go PF; not tidy_up PF; not repair PF;
  not pick_up PF; not call PF; not read PF
although tired   | dance PGW; play PGW; swim PGW; cook PGW; go PW; work GWM; tidy_up PGM; repair PGM; help PGM;
  wash PGM; visit PW; read+ PG; not sleep PW
although sad     | laugh PG; dance PG; sing PG; play PG
although hungry  | not eat PW; not cook PW; work GM; play PG; go@park,library,museum,school P
although thirsty | dance PG; play:football,basketball,tennis PG
although rain    | play:football,basketball,tennis@park,garden PGW; swim@lake,sea PGW; go@park,beach,forest,garden PW;
  wash:vehicle PGW; read@garden,park,tree PG; dance@street PG; work@garden GWM; wait_for@street,station M
although snow    | play:football,basketball,tennis@park,garden PGW; go@park,beach,forest,garden PW; wash:vehicle PGW;
  dance@street PG; work@garden GWM; wait_for@street,station M
although time    | not visit PW; not help PW; not cook PW; not tidy_up PW; not call PW; not repair PW; not read PW
although no_time | visit PWF; help PGF; cook PGF; play PG; go PW; call PGF; repair PGF; pick_up PF; read+ PG
if tired         | sleep F; stay F; drink:coffee F; not dance F; not play F; not swim F; not cook F; not go F;
  not work F
if hungry        | eat F; cook F; buy:food F; go@restaurant F
if thirsty       | drink F
if sad           | not dance F; not sing F; not play F
if happy         | dance F; sing F
if rain          | stay F; not go@park,beach,forest,garden F; not play:football,basketball,tennis F;
  not swim@lake,sea F; not wash:vehicle F; close:window F; read@home F; play:chess,cards@home F; pick_up F;
  work@library,office,museum F
if snow          | stay F; not go@park,beach,forest,garden F; not play:football,basketball,tennis F; not wash:vehicle F;
  close:window F; read@home F; play:chess,cards@home F; pick_up F
if time          | visit F; help F; cook F; play F; read F; write:letter,poem F;
  go@park,museum,beach,library,market,garden,forest,village F; read+ F; tell+ F; call F;
  repair F; tidy_up F; pick_up F; wash F
if no_time       | not visit F; not help F; not cook F; not play F; not go F; not tidy_up F; not repair F; not pick_up F
"""

# The same for what others do for him or her who is in the state: I helped him because he was tired.
_DONE_FOR = """
because tired    | help PGWM; pick_up PM
because hungry   | give+:food PW; bring+:food PWM; buy+:food PW
because sad      | call PWM; visit PWM; help PGW; bring+:flower PW; buy+:flower PW; read+:story,poem PGW; invite PW
although tired   | not help PW
although hungry  | not give+:food P; not help PW
although sad     | not call PW; not visit PW; not help PW; not invite PW
if tired         | help F; pick_up F
if hungry        | give+:food F; bring+:food F; buy+:food F
if sad           | call F; visit F; help F; bring+:flower F; buy+:flower F; read+:story,poem F; invite F
if no_time       | help F; wait_for F
"""

# The other way round, why somebody is what he is; and below, by what the family did: because my father gave me a book.
_WHY = """
because tired    | dance P; swim P; play:football,basketball,tennis P; tidy_up P; repair P; wash:vehicle P; not sleep P
because hungry   | swim P; play:football,basketball,tennis P
because thirsty  | dance P; play:football,basketball,tennis P; repair P; sing P
because sad      | lose:watch,ring,doll,ball,key,umbrella,bag,hat,scarf,photo P
because happy    | find:key,bag,watch,ring,pet P; buy:vehicle,house,jewel,instrument,camera P
although tired   | sleep P; drink:coffee P
although hungry  | eat P
although thirsty | drink:water,tea,milk,juice P
although happy   | lose:watch,ring,key,umbrella,bag,hat,scarf P
"""
_BY_KIN = """
because happy    | give+:present,food P; buy+:toy,bicycle,jewel,camera,flower P; visit P; call P; help P; invite P;
  read+ P; tell+ P
because sad      | not visit P; not call P; not help P; not invite P
although sad     | give+:present,food P; buy+:toy,bicycle,jewel,camera,flower P; visit P; call P; help P; invite P
although happy   | not visit P; not call P; not help P; not invite P
"""


@dataclass(frozen=True, slots=True)
class Act:
    """What is done in, or leads to, a state: a verb with the nouns, places and tenses that make sense there."""

    name: str
    verb: Verb
    nouns: tuple[Noun, ...]
    places: tuple[str, ...]
    tenses: str
    negative: bool


@dataclass(frozen=True, slots=True)
class Pairing:
    """A link, a state and an act. `form`: done, for (what others do for him), why, kin (why, by the family)."""

    link: str
    state: str
    form: str
    act: Act

    @property
    def name(self) -> str:
        """For example "because tired: not dance"; unlike for two pairings."""
        return f"{self.link} {self.state} ({self.form}): {self.act.name}"


_VERBS: dict[str, Verb] = {}
for _group, _some in GROUPS.items():
    for _verb in _some:
        _VERBS.setdefault(_verb.name + ("+" if _group == "gifts" else ""), _verb)


def _act(text: str) -> Act:
    *denial, what, tenses = text.split()
    what, _, places = what.partition("@")
    verb, _, nouns = what.partition(":")
    verb = verb.replace("_", " ")
    found = select(nouns.replace(",", " ")) if nouns else ()
    name = f"{'not ' if denial else ''}{verb}"
    possible = tuple(noun for noun in found if noun in _VERBS[verb].objects)
    if nouns and not possible:
        raise LookupError(f"{text!r}: the verb takes none of these nouns; correct the pairing or the verb's objects")
    return Act(name, _VERBS[verb], possible, tuple(places.split(",")) if places else (), tenses, bool(denial))


def _read(table: str, form: str) -> list[Pairing]:
    found = []
    for line in table.strip().replace("\n  ", " ").splitlines():
        head, _, acts = line.partition("|")
        link, state = head.split()
        found += [Pairing(link, state, form, _act(act)) for act in acts.split(";")]
    return found


_ALL = _read(_DONE, "done") + _read(_DONE_FOR, "for") + _read(_WHY, "why") + _read(_BY_KIN, "kin")
PAIRINGS = {pairing.name: pairing for pairing in _ALL}
"""The pairings by name."""
