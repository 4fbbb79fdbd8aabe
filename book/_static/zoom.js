// A figure can be seen large: by its button, or by a click on it. The window is the browser's own <dialog>, so Escape
// closes it and the page behind it is out of reach meanwhile. The drawing itself moves, because a copy would have the
// same names for its parts.
const CORNERS = "M3 9V3h6M15 3h6v6M21 15v6h-6M9 21H3v-6";

document.addEventListener("DOMContentLoaded", () => {
  const figures = [...document.querySelectorAll("article figure")].filter((figure) => picture(figure));
  if (!figures.length) return;
  const dialog = document.createElement("dialog");
  dialog.className = "zoom";
  dialog.innerHTML = `<button class="zoom-close" type="button">Close</button>
    <div class="zoom-picture" tabindex="0" role="group" aria-label="The figure; scrolls"></div>
    <div class="zoom-caption"></div>`;
  document.body.append(dialog);
  const frame = dialog.querySelector(".zoom-picture");
  dialog.querySelector("button").addEventListener("click", () => dialog.close());
  frame.addEventListener("click", () => dialog.close());
  for (const figure of figures) prepare(figure, dialog, frame);
});

function picture(figure) {
  return figure.querySelector("svg.drawn, img");
}

function prepare(figure, dialog, frame) {
  const number = figure.querySelector(".caption-number")?.textContent.trim() || "figure";
  const button = document.createElement("button");
  button.type = "button";
  button.className = "zoom-open";
  button.setAttribute("aria-label", `Enlarge ${number}`);
  button.innerHTML = `<svg viewBox="0 0 24 24" aria-hidden="true"><path d="${CORNERS}"/></svg>`;
  button.addEventListener("click", open);
  picture(figure).addEventListener("click", open);
  figure.prepend(button);

  function open() {
    if (dialog.open) return;
    const drawing = picture(figure);
    const place = document.createElement("div");
    place.style.height = `${drawing.getBoundingClientRect().height}px`; // the page keeps its length
    drawing.replaceWith(place);
    frame.replaceChildren(drawing);
    dialog.setAttribute("aria-label", `${number} enlarged`);
    dialog.querySelector(".zoom-caption").replaceChildren(...captionOf(figure));
    dialog.addEventListener("close", () => {
      place.replaceWith(drawing);
      button.focus();
    }, { once: true });
    dialog.showModal();
  }
}

function captionOf(figure) {
  const caption = figure.querySelector("figcaption")?.cloneNode(true);
  for (const link of caption?.querySelectorAll(".headerlink") ?? []) link.remove();
  for (const named of caption?.querySelectorAll("[id]") ?? []) named.removeAttribute("id");
  return caption?.childNodes ?? [];
}
