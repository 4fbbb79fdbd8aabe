// Two accessibility faults of the theme, mended after the page has loaded (axe checks every page in the tests).
document.addEventListener("DOMContentLoaded", () => {
  // docutils gives the bibliography list roles whose required children it does not give.
  for (const element of document.querySelectorAll(".citation-list, .citation")) {
    element.removeAttribute("role");
  }
  // The arrow that opens a chapter's sub-pages in the sidebar has no name.
  for (const summary of document.querySelectorAll("nav summary")) {
    const link = summary.closest("li")?.querySelector("a");
    summary.setAttribute("aria-label", `Pages of ${link ? link.textContent.trim() : "this chapter"}`);
  }
});
