/* The desk by keyboard: j k o / g-letter ? and the letters that a page gives to its acts (data-shortcut).

   Rows carry data-row and hold a link with data-open. Letters are ignored while somebody types, with a modifier held,
   and when they are switched off in the help dialog. */

const OFF = "redress.keys.off";
const help = document.getElementById("keys-help");
const toggle = document.getElementById("keys-off");
let wentG = -Infinity;

const isOff = () => localStorage.getItem(OFF) === "1";
const types = (element) =>
  element.closest?.("input:not([type=checkbox], [type=radio]), textarea, select, [contenteditable]") !== null;

function move(step) {
  const rows = [...document.querySelectorAll("[data-row]")];
  if (!rows.length) return;
  const at = rows.findIndex((row) => row.contains(document.activeElement));
  const next = rows[at < 0 ? 0 : Math.min(Math.max(at + step, 0), rows.length - 1)];
  const link = next.querySelector("[data-open]");
  link?.focus({ focusVisible: true });
  next.scrollIntoView({ block: "nearest" });
}

function use(element) {
  if (element.matches("details")) {
    element.open = true;
    (element.querySelector("textarea, select, input:not([type=hidden]), button") ?? element).focus();
  } else if (element.matches("summary")) {
    use(element.parentElement);
  } else if (element.matches("textarea, input, select")) {
    element.focus();
  } else {
    element.click();
  }
}

const acts = {
  j: () => move(1),
  k: () => move(-1),
  o: () => document.activeElement?.closest("[data-row]")?.querySelector("[data-open]")?.click(),
  "/": () => {
    document.getElementById("search")?.focus();
    document.getElementById("search")?.select();
  },
  "?": () => help?.showModal(),
};

document.addEventListener("keydown", (event) => {
  if (event.ctrlKey || event.metaKey || event.altKey || event.isComposing || isOff()) return;
  if (types(event.target) || document.querySelector("dialog[open]")) return;
  const key = event.key.length === 1 ? event.key : "";
  if (!key) return;
  if (event.timeStamp - wentG < 1200) {
    wentG = -Infinity;
    const link = document.querySelector(`.rail [data-key="${CSS.escape(key)}"]`);
    if (link) {
      event.preventDefault();
      link.click();
    }
    return;
  }
  if (key === "g") {
    wentG = event.timeStamp;
    return;
  }
  const given = document.querySelector(`[data-shortcut="${CSS.escape(key)}"]`);
  const act = given ? () => use(given) : acts[key];
  if (act) {
    event.preventDefault();
    act();
  }
});

for (const button of document.querySelectorAll("[data-keys-help]")) {
  button.hidden = false;
  button.addEventListener("click", () => help?.showModal());
}

if (toggle) {
  toggle.checked = isOff();
  toggle.addEventListener("change", () => localStorage.setItem(OFF, toggle.checked ? "1" : "0"));
}
