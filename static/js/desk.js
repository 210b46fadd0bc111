/* The desk's small conveniences: messages after htmx acts, menus that close, light or dark. */

const flashes = document.getElementById("flashes");
const symbols = document.querySelector(".icon use")?.getAttribute("href").replace(/#.*/, "");
const LEVELS = {
  success: ["tone-calm", "check-circle"],
  info: ["tone-news", "news"],
  warning: ["tone-notice", "alert"],
  error: ["tone-alarm", "alert"],
};
const SVG = "http://www.w3.org/2000/svg";

/* --- Messages ----------------------------------------------------------------------------------------- */

function say(text, level = "success") {
  const [tone, symbol] = LEVELS[level] ?? LEVELS.info;
  const flash = document.createElement("div");
  flash.className = `flash ${tone}`;
  if (symbols) {
    const icon = document.createElementNS(SVG, "svg");
    icon.setAttribute("class", "icon");
    icon.setAttribute("aria-hidden", "true");
    const use = document.createElementNS(SVG, "use");
    use.setAttribute("href", `${symbols}#${symbol}`);
    icon.append(use);
    flash.append(icon);
  }
  const words = document.createElement("p");
  words.textContent = text;
  flash.append(words);
  flashes.replaceChildren(flash);
  flashes.scrollIntoView({ block: "nearest" });
}

/* A response's HX-Trigger {"says": {text, level}} */
document.addEventListener("says", (event) => say(event.detail.text, event.detail.level));
document.addEventListener("htmx:sendError", () => say(flashes.dataset.offline, "error"));
document.addEventListener("htmx:responseError", (event) => {
  if (event.detail.xhr.status === 404 && event.detail.elt.id === "changes") {
    location.reload(); /* its reader may no longer see this complaint: neither may the page that is still open */
    return;
  }
  const told = event.detail.xhr.getResponseHeader("HX-Trigger")?.includes('"says"');
  if (!told) say(flashes.dataset.failed, "error");
});

/* A part that comes back with errors takes the focus to them. */
document.addEventListener("htmx:afterSettle", (event) => {
  event.detail.elt.querySelector?.(".error-summary, [aria-invalid='true']")?.focus();
});

/* --- Menus and acts: Escape and a click elsewhere close them -------------------------------------------- */

const open = () => document.querySelectorAll("details.menu[open], details.act[open]");

document.addEventListener("click", (event) => {
  for (const details of open()) if (!details.contains(event.target)) details.open = false;
});

document.addEventListener("keydown", (event) => {
  if (event.key !== "Escape") return;
  for (const details of open()) {
    const held = details.contains(document.activeElement);
    details.open = false;
    if (held) details.querySelector("summary").focus();
  }
});

/* --- Light or dark: a cookie, so that the server can say it before the first paint ----------------------- */

for (const button of document.querySelectorAll("[data-theme-choice]")) {
  button.hidden = false;
  button.addEventListener("click", () => {
    const theme = button.dataset.themeChoice;
    const age = theme ? 31536000 : 0;
    document.cookie = `theme=${theme}; path=/; max-age=${age}; samesite=lax`;
    if (theme) document.documentElement.dataset.theme = theme;
    else delete document.documentElement.dataset.theme;
  });
}

/* --- Printing ------------------------------------------------------------------------------------------- */

for (const button of document.querySelectorAll("[data-print]")) {
  button.hidden = false;
  button.addEventListener("click", () => window.print());
}
