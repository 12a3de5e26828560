/* 历程: what stands beside the cells of a declaration: messages, the rules' words with their reasons, conflicts with
 * colleagues, who else is here. Everything is drawn from what the server answered, or from the page's templates.
 */
(function () {
  "use strict";

  const cells = window.licheng?.cells;
  if (!cells) return;

  const { form } = cells;
  const words = form.dataset;

  // Messages ------------------------------------------------------------------------------------------------------

  function unmark() {
    form.querySelectorAll("[data-message]").forEach((message) => message.remove());
    form.querySelectorAll("[aria-invalid]").forEach((control) => {
      control.removeAttribute("aria-invalid");
      control.removeAttribute("aria-describedby");
      control.classList.remove("is-invalid");
    });
    document.getElementById("error-summary")?.remove();
  }

  function mark(path, text, error, sure = "") {
    const cell = cells.placeOf(path);
    if (!cell) return;
    const message = document.createElement("span");
    message.className = `lc-error ${error ? "lc-cell-error" : "lc-cell-warning"}`;
    message.id = `error_${cell.dataset.cell ?? path}`;
    message.dataset.message = "";
    message.textContent = text;
    if (sure) message.dataset.sure = sure;
    const first = cell.querySelector("[data-check], [data-clash]");
    cell.insertBefore(message, first);
    offer(message);
    cell.querySelectorAll("input, textarea, select").forEach((control) => {
      if (control.dataset.reason) return;
      control.setAttribute("aria-describedby", message.id);
      control.setAttribute("aria-invalid", String(error));
      control.classList.toggle("is-invalid", error);
    });
  }

  /** Beside a question: the button by which its number is said to be right (declaration-sure.js). */
  function offer(message) {
    if (!message.dataset.sure) return;
    const button = document.createElement("button");
    button.type = "button";
    button.className = "btn btn-sm btn-outline-secondary lc-sure";
    button.dataset.message = "";
    button.dataset.sureNow = message.dataset.sure;
    button.textContent = words.sureLabel;
    message.after(button);
  }

  function confirmed(path, text) {
    const cell = cells.placeOf(path);
    if (!cell) return;
    const said = document.createElement("span");
    said.className = "lc-confirmed";
    said.dataset.message = "";
    said.textContent = text;
    cell.insertBefore(said, cell.querySelector("[data-check], [data-clash]"));
  }

  function messages(errors, warnings, sure = {}, said = {}) {
    unmark();
    Object.entries(said).forEach(([path, text]) => confirmed(path, text));
    Object.entries(errors).forEach(([path, text]) => mark(path, [text, warnings[path]].filter(Boolean).join(" "), true));
    Object.entries(warnings).forEach(([path, text]) => { if (!(path in errors)) mark(path, text, false, sure[path]); });
  }

  form.querySelectorAll("[data-message][data-sure]").forEach(offer);

  // What the rules say ----------------------------------------------------------------------------------------------

  /** The panel comes drawn from the server; what belongs beside cells lies in it as templates. */
  function checks(html) {
    const panel = document.getElementById("form-checks");
    if (panel && html !== undefined) {
      const holder = document.createElement("template");
      holder.innerHTML = html;
      panel.replaceWith(holder.content.firstElementChild);
    }
    place();
  }

  function place() {
    const wanted = new Map();
    document.querySelectorAll("#form-checks template[data-check-of]").forEach((template) => {
      wanted.set(template.dataset.checkOf, template);
    });
    form.querySelectorAll("[data-check]").forEach((shown) => {
      const template = wanted.get(shown.dataset.check);
      const drawn = template?.content.firstElementChild;
      const reason = shown.querySelector("textarea");
      const alike = drawn && Boolean(drawn.querySelector("textarea")) === Boolean(reason) && drawn.className === shown.className;
      if (alike) { // keep the element: somebody may be typing the reason in it
        shown.querySelector("[data-check-text]").textContent = drawn.querySelector("[data-check-text]").textContent;
        wanted.delete(shown.dataset.check);
      } else if (!reason || document.activeElement !== reason) shown.remove();
    });
    wanted.forEach((template) => {
      cells.placeOf(template.dataset.path)?.append(template.content.firstElementChild.cloneNode(true));
    });
  }

  // What follows from the content -------------------------------------------------------------------------------------

  function follow(answer) {
    Object.entries(answer.calculated ?? {}).forEach(([key, text]) => {
      const shown = document.getElementById(`id_${key}`);
      if (shown?.tagName === "OUTPUT") shown.textContent = text || "—";
    });
    const hidden = new Set(answer.hidden ?? []);
    form.querySelectorAll("[data-asked]").forEach((row) => { row.hidden = hidden.has(row.dataset.asked); });
    (answer.sections ?? []).forEach((open, place) => {
      const shown = document.querySelector(`[data-section-open="${place}"]`);
      if (shown) { shown.textContent = open ? String(open) : ""; shown.classList.toggle("lc-open-none", !open); }
    });
    const here = document.querySelector("[data-form-open]");
    if (here && answer.missing !== undefined) {
      here.textContent = answer.missing ? String(answer.missing) : "";
      here.classList.toggle("lc-open-none", !answer.missing);
    }
    const next = document.querySelector("[data-next-open]");
    if (next && answer.open) { next.dataset.nextOpen = answer.open[0] ?? ""; next.hidden = !answer.open.length; }
  }

  function people(list) {
    const box = document.querySelector("[data-people]");
    if (!box || !list) return;
    form.querySelectorAll("[data-person]").forEach((chip) => chip.remove());
    box.querySelectorAll("span").forEach((chip) => chip.remove());
    box.hidden = !list.length;
    list.forEach((one) => {
      box.append(chip(one.name));
      const cell = one.field ? cells.placeOf(one.field) : null;
      if (cell) cell.append(marked(one.name));
    });
  }

  function chip(text) {
    const made = document.createElement("span");
    made.className = "lc-present";
    made.textContent = text;
    return made;
  }

  function marked(name) {
    const made = chip(words.editing.replace("{who}", name));
    made.dataset.person = "";
    return made;
  }

  // Conflicts -------------------------------------------------------------------------------------------------------

  const clashBoxes = new Map();

  /** A conflict at its cell: what they have, what the person has, and the choice. */
  function clash(found, decide) {
    clashBoxes.get(found.path)?.remove();
    const reason = found.path.startsWith("reason.") ? form.querySelector(`[data-reason="${CSS.escape(found.path.slice(7))}"]`) : null;
    const place = reason?.parentElement ?? cells.placeOf(found.path) ?? document.getElementById("clash-rest");
    const box = document.getElementById("clash-template").content.firstElementChild.cloneNode(true);
    const say = { changed: words.clashChanged, removed: words.clashRemoved }[found.kind];
    box.querySelector("[data-clash-said]").textContent = say.replace("{who}", found.who || words.somebody).replace("{at}", found.at);
    const theirs = box.querySelector("[data-clash-theirs]");
    theirs.textContent = found.text || words.blank;
    theirs.hidden = found.kind !== "changed";
    box.querySelector("[data-take=theirs]").textContent = found.kind === "removed" ? words.takeRemoved : words.takeTheirs;
    box.querySelector("[data-take=mine]").textContent = found.kind === "removed" ? words.takeRestored : words.takeMine;
    box.addEventListener("click", (event) => {
      const take = event.target.closest("[data-take]")?.dataset.take;
      if (take) decide(found, take);
    });
    place.append(box);
    clashBoxes.set(found.path, box);
    return box;
  }

  function settled(path) {
    clashBoxes.get(path)?.remove();
    clashBoxes.delete(path);
  }

  /** A cell that a colleague changed just now: shown for a moment. */
  function flash(path) {
    const cell = cells.placeOf(path);
    if (!cell) return;
    cell.querySelector("[data-source]")?.remove();
    cell.classList.add("lc-theirs");
    window.setTimeout(() => cell.classList.remove("lc-theirs"), 6000);
  }

  window.licheng.notes = { messages, checks, place, follow, people, clash, settled, flash };
})();
