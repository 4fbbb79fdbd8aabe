// What a reader opened in the quizzes, kept in the browser: {page: {total, opened: {question: letters in their order}}}.
(() => {
  const KEY = "quiz";
  const page = DOCUMENTATION_OPTIONS.pagename;
  const quizzes = [...document.querySelectorAll(".quiz")];

  function load() {
    try {
      return JSON.parse(localStorage.getItem(KEY)) || {};
    } catch {
      return {}; // storage is forbidden, or holds something else: nothing is kept, everything still opens
    }
  }

  function save(state) {
    try {
      localStorage.setItem(KEY, JSON.stringify(state));
    } catch {}
  }

  const rightOf = (quiz) => quiz.querySelector(".option.right").dataset.option;
  const isDone = (record) => record && record.found === record.total;

  // {total, found, first} of this page: questions, those whose right option was opened, those where it came first.
  function count(opened) {
    const letters = quizzes.map((quiz) => [rightOf(quiz), opened[quiz.dataset.question] || ""]);
    return {
      total: letters.length,
      found: letters.filter(([right, all]) => all.includes(right)).length,
      first: letters.filter(([right, all]) => all.startsWith(right)).length,
    };
  }

  function markSidebar(state) {
    const root = new URL(document.documentElement.dataset.content_root || "./", location.href);
    for (const link of document.querySelectorAll("nav.bd-links a.reference.internal")) {
      const name = link.href.split("#")[0].replace(root.href, "").replace(/\.html$/, "");
      link.querySelector(".quiz-done")?.remove();
      const own = link.getAttribute("href") === "#" ? page : name;
      if (isDone(state[own])) {
        link.insertAdjacentHTML("beforeend", ' <span class="quiz-done" role="img" aria-label="quiz done">✓</span>');
      }
    }
  }

  function show(state) {
    const { total, found, first } = state[page];
    const text = found
      ? `Quiz: ${found} of ${total} answered, ${first} at the first try.${found === total ? " Done." : ""}`
      : `Quiz: ${total} questions. Choose an option, and its reason appears.`;
    for (const line of document.querySelectorAll(".quiz-count")) {
      line.querySelector("span").textContent = text;
      line.querySelector("button").hidden = !Object.keys(state[page].opened).length;
    }
    markSidebar(state);
  }

  function record(quiz, letter) {
    const state = load();
    const { opened } = state[page] || { opened: {} };
    const number = quiz.dataset.question;
    if (!(opened[number] || "").includes(letter)) opened[number] = (opened[number] || "") + letter;
    state[page] = { ...count(opened), opened };
    save(state);
    show(state);
  }

  function startOver() {
    const state = load();
    state[page] = { ...count({}), opened: {} };
    save(state);
    for (const option of document.querySelectorAll(".quiz .option[open]")) option.open = false;
    show(state);
  }

  if (quizzes.length) {
    const line = (place, role) => {
      place.insertAdjacentHTML("afterend", `<p class="quiz-count" ${role}><span></span> <button type="button" hidden>Start over</button></p>`);
      place.nextElementSibling.querySelector("button").addEventListener("click", startOver);
    };
    line(quizzes.at(-1), 'role="status"');
    const state = load();
    const opened = state[page]?.opened || {};
    state[page] = { ...count(opened), opened };
    for (const quiz of quizzes) {
      for (const option of quiz.querySelectorAll(".option")) {
        option.addEventListener("toggle", () => option.open && record(quiz, option.dataset.option));
      }
    }
    show(state);
  } else {
    markSidebar(load());
  }
})();
