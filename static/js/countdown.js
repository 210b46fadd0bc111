/* Deadline chips count down, each second, while working time runs.

   A chip is <time data-remaining data-ticking data-soon [data-day-seconds] [data-holds-for] [data-paused]>; see
   components/deadline_chip.html. The server counts working time; this only subtracts the seconds gone by since the
   chip came to the page, and stops where the server said that its word ends. */

const words = document.getElementById("countdown-words");
const arrivals = new WeakMap();

const fill = (pattern, values) => pattern.replace(/\{(\w+)\}/g, (_, name) => values[name]);
const two = (number) => String(number).padStart(2, "0");

function span(seconds, daySeconds) {
  const left = Math.abs(Math.trunc(seconds));
  if (daySeconds && left >= daySeconds) {
    const days = Math.floor(left / daySeconds);
    return fill(words.dataset.days, { days, hours: Math.floor((left % daySeconds) / 3600) });
  }
  const hours = Math.floor(left / 3600);
  const minutes = Math.floor((left % 3600) / 60);
  const rest = left % 60;
  if (hours) return fill(words.dataset.hours, { hours, minutes: two(minutes) });
  if (minutes) return fill(words.dataset.minutes, { minutes, seconds: two(rest) });
  return fill(words.dataset.seconds, { seconds: rest });
}

function wear(chip, look) {
  if (chip.classList.contains(`chip--${look}`)) return;
  chip.classList.remove("chip--on-time", "chip--due-soon", "chip--overdue");
  chip.classList.add(`chip--${look}`);
  chip.querySelector(".chip__word").textContent = words.getAttribute(`data-${look}`);
  const use = chip.querySelector("use");
  const symbol = words.getAttribute(`data-${look}-symbol`);
  use.setAttribute("href", use.getAttribute("href").replace(/#.*/, `#${symbol}`));
}

function tick(now) {
  for (const chip of document.querySelectorAll('.chip[data-ticking="true"]')) {
    if (!arrivals.has(chip)) arrivals.set(chip, now);
    const gone = (now - arrivals.get(chip)) / 1000;
    const holds = chip.dataset.holdsFor === undefined ? Infinity : Number(chip.dataset.holdsFor);
    const left = Number(chip.dataset.remaining) - Math.min(gone, holds);
    const text = span(left, Number(chip.dataset.daySeconds || 0));
    const shown = chip.querySelector(".chip__left");
    if (shown.textContent !== text) shown.textContent = text;
    wear(chip, left <= 0 ? "overdue" : left <= Number(chip.dataset.soon) ? "due-soon" : "on-time");
  }
}

if (words) {
  tick(performance.now());
  setInterval(() => document.hidden || tick(performance.now()), 1000);
  document.addEventListener("visibilitychange", () => document.hidden || tick(performance.now()));
  document.addEventListener("htmx:afterSwap", () => tick(performance.now()));
}
