// What a link within the book leads to, shown beside it: a term's meaning, a source, a figure, a formula, a section's
// beginning. By mouse and by keyboard; Escape closes it. Pages are fetched from the book itself, once.
(() => {
  const LINKS = ":is(main, .body) a.reference.internal[href*='#']:not(.headerlink)";
  const DELAY = 250; // milliseconds
  const pages = new Map();
  let box, shownFor, timer;

  async function pageOf(url) {
    const address = url.href.split("#")[0];
    if (address === location.href.split("#")[0]) return document;
    if (!pages.has(address)) {
      pages.set(address, fetch(address).then((answer) => answer.text()).then((text) => new DOMParser().parseFromString(text, "text/html")));
    }
    return pages.get(address);
  }

  // The part of the target's page that says what it is; nothing where there is no short answer.
  function gist(target) {
    if (target.matches("dt")) return [target, target.closest("dl")?.classList.contains("glossary") && target.nextElementSibling];
    const whole = target.closest("div.citation, figure, div.math, div.cell_output") || target.querySelector(":scope > figure");
    if (whole) return [whole.querySelector("figure") || whole];
    const section = target.closest("section");
    const heading = section?.querySelector("h1, h2, h3, h4, h5");
    return heading && (section === target || heading.previousElementSibling === target || target.contains(heading))
      ? [heading, section.querySelector("p:not(.minutes)")]
      : [];
  }

  // A copy for the box: no ids (they are taken), addresses that hold from here.
  function copy(part, base) {
    const element = part.cloneNode(true);
    for (const each of [element, ...element.querySelectorAll("*")]) {
      each.removeAttribute("id");
      for (const name of ["src", "href"]) {
        if (each.hasAttribute(name)) each.setAttribute(name, new URL(each.getAttribute(name), base).href);
      }
    }
    element.querySelectorAll(".headerlink, mjx-assistive-mml").forEach((each) => each.remove());
    return element;
  }

  function place(link) {
    const at = link.getBoundingClientRect();
    box.style.left = `${Math.max(8, Math.min(at.left, innerWidth - box.offsetWidth - 8)) + scrollX}px`;
    // Below the link where it fits, else where there is more room.
    const below = innerHeight - at.bottom - 12;
    const above = box.offsetHeight > below && at.top - 12 > below;
    box.style.maxHeight = `${above ? at.top - 12 : below}px`;
    box.style.top = `${scrollY + (above ? at.top - box.offsetHeight - 4 : at.bottom + 4)}px`;
  }

  async function show(link) {
    const url = new URL(link.href);
    if (url.origin !== location.origin) return;
    shownFor = link;
    const page = await pageOf(url).catch(() => null); // a page from the disk cannot fetch another: no preview then
    const target = page?.getElementById(decodeURIComponent(url.hash.slice(1)));
    const parts = target ? gist(target).filter(Boolean) : [];
    if (!parts.length || shownFor !== link) return;
    hide();
    shownFor = link;
    box = document.createElement("div");
    box.id = "preview";
    box.setAttribute("role", "tooltip");
    box.append(...parts.map((part) => copy(part, url)));
    document.body.append(box);
    link.setAttribute("aria-describedby", box.id);
    place(link);
    box.addEventListener("pointerenter", () => clearTimeout(timer));
    box.addEventListener("pointerleave", later(hide));
    if (page !== document && window.MathJax?.typesetPromise) {
      const shown = box;
      await MathJax.typesetPromise([shown]);
      if (box === shown) place(link);
    }
  }

  function hide() {
    clearTimeout(timer);
    shownFor?.removeAttribute("aria-describedby");
    box?.remove();
    box = shownFor = undefined;
  }

  const later = (action) => () => {
    clearTimeout(timer);
    timer = setTimeout(action, DELAY);
  };

  for (const link of document.querySelectorAll(LINKS)) {
    if (matchMedia("(hover: hover)").matches) {
      link.addEventListener("pointerenter", later(() => show(link)));
      link.addEventListener("pointerleave", later(hide));
    }
    link.addEventListener("focus", () => link.matches(":focus-visible") && show(link));
    link.addEventListener("blur", hide);
  }
  addEventListener("keydown", (event) => event.key === "Escape" && hide());
})();
