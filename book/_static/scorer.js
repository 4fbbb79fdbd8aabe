// How Sphinx's search ranks what it found: its own numbers, and every page of the reference after all others.
var Scorer = {
  score: ([page, , , , score]) => (page.startsWith("book/reference/") ? score - 1000 : score),
  objNameMatch: 11,
  objPartialMatch: 6,
  objPrio: { 0: 15, 1: 5, 2: -5 },
  objPrioDefault: 0,
  title: 15,
  partialTitle: 7,
  term: 5,
  partialTerm: 2,
};
