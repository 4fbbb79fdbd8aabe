// A link into a fold opens it; the printer gets every fold open.
(() => {
  const open = (element) => {
    for (let fold = element?.closest("details"); fold; fold = fold.parentElement?.closest("details")) fold.open = true;
  };

  function openTarget() {
    const target = document.getElementById(decodeURIComponent(location.hash.slice(1)));
    if (!target) return;
    open(target);
    // A link to a folded section means what it holds.
    const own = target.querySelector(":scope > details.fold") || target.closest("section")?.querySelector(":scope > details.fold");
    if (own && (own.parentElement === target || own.previousElementSibling === target)) own.open = true;
    target.scrollIntoView();
  }

  addEventListener("hashchange", openTarget);
  addEventListener("load", () => location.hash && openTarget());

  // Options of a quiz stay closed on paper; they are told apart by their class.
  let closed = [];
  addEventListener("beforeprint", () => {
    closed = [...document.querySelectorAll("details:not(.option):not([open])")];
    for (const fold of closed) fold.open = true;
  });
  addEventListener("afterprint", () => closed.forEach((fold) => (fold.open = false)));
})();
