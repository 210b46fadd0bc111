/* The public side's conveniences; every page does its work without them.

   data-copy="id id"        a button that copies the text of these elements
   data-print               a button that prints
   data-counts="id"         how many characters are left in that textarea
   data-files-of="id"       the files chosen in that input */

for (const button of document.querySelectorAll("[data-copy]")) {
  if (!navigator.clipboard) continue;
  button.hidden = false;
  button.addEventListener("click", async () => {
    const ids = button.dataset.copy.split(" ");
    await navigator.clipboard.writeText(ids.map((id) => document.getElementById(id).textContent.trim()).join("\n"));
    const says = button.parentElement.querySelector("[data-copy-says]");
    if (says) says.textContent = button.dataset.copied;
  });
}

for (const button of document.querySelectorAll("[data-print]")) {
  button.hidden = false;
  button.addEventListener("click", () => window.print());
}

for (const line of document.querySelectorAll("[data-counts]")) {
  const area = document.getElementById(line.dataset.counts);
  const count = () => {
    const left = Number(line.dataset.most) - area.value.length;
    line.hidden = left > Number(line.dataset.most) / 5;
    const words = left < 0 ? line.dataset.over : line.dataset.words;
    line.textContent = words.replace("{left}", Math.abs(left).toLocaleString(document.documentElement.lang));
  };
  area.addEventListener("input", count);
  count();
}

for (const list of document.querySelectorAll("[data-files-of]")) {
  const input = document.getElementById(list.dataset.filesOf);
  input.addEventListener("change", () => {
    list.replaceChildren(
      ...[...input.files].map((file) => {
        const item = document.createElement("li");
        item.textContent = `${file.name} · ${(file.size / 1024 / 1024).toFixed(1)} MB`;
        return item;
      }),
    );
    list.hidden = !input.files.length;
  });
}
