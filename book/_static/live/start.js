// Fills each <div class="live-figure" data-live="NAME"> of a page with the figure of the module NAME.js. A page without
// one loads nothing else. Where this script does not run, the static figure above the div stands alone.
const places = [...document.querySelectorAll(".live-figure[data-live]")];

if (places.length) {
  const style = document.createElement("link");
  style.rel = "stylesheet";
  style.href = new URL("live.css", import.meta.url);
  document.head.append(style);
}

for (const place of places) {
  import(`./${place.dataset.live}.js`).then(async (figure) => {
    await figure.default(place);
    place.dataset.ready = "yes";
  });
}
