/* 历程: tables of a declaration, edited like a sheet: lines are added, removed, moved; blocks are pasted from Excel.
 *
 * Every change ends in an "input" event on the table, which declaration.js saves. Names are renumbered so that the page
 * can be sent without script as well. licheng.sheets gives declaration.js what a table holds, and finds its cells.
 *
 * A long table shows a hundred lines at a time. All its lines are there, so that whatever looks for a cell finds it;
 * those that are not shown are hidden, and get their names and tools when they are.
 */
(function () {
  "use strict";

  const CONTROLS = "input, textarea, select";
  const form = document.querySelector("form[data-autosave], form[data-sheets]");
  if (!form) return;
  const words = form.dataset;
  const depth = words.prefix ? 1 : 0; // names inside another form begin with one part more: form.rows.0.name

  const { PAGE, begins, linesOf, parse, sum, pages } = window.licheng.sheetParts;
  const dressed = new WeakMap(); // line → the place for which it is named
  const controlsOf = (line) => Array.from(line.querySelectorAll(CONTROLS)).filter((control) => !control.name.startsWith("_")); // no reasons
  const columnOf = (control) => control.name.split(".").slice(2 + depth).join(".");
  const isBlank = (line) => controlsOf(line).every((control) => control.value.trim() === "");
  const changed = (table) => table.dispatchEvent(new Event("input", { bubbles: true }));

  const spareOf = (card) => card.querySelector("template[data-spare]").content.firstElementChild.cloneNode(true);
  const { show, turn, nextBad, tellPage, makeUndrawn } = pages({ dress, headsOf, spareOf, controlsOf, columnOf, put });

  // Lines ---------------------------------------------------------------------------------------------------------

  function addTools(card, line) {
    const template = card.querySelector("template[data-line-tools]");
    if (template && !line.querySelector(".lc-line-tools")) line.append(template.content.cloneNode(true));
  }

  function addLine(table, before = null) {
    if (linesOf(table).length >= Number(table.dataset.max)) {
      window.licheng?.toast(words.rowFull, { tone: "warning" });
      return null;
    }
    const card = table.closest(".lc-sheet-card");
    const line = spareOf(card);
    table.tBodies[0].insertBefore(line, before);
    return line;
  }

  /** Give a line what it needs when it is shown: its number, the names of its controls, its tools. */
  function dress(table, line, place, heads) {
    if (dressed.get(line) === place) return;
    dressed.set(line, place);
    line.querySelector("[data-line-no]").textContent = String(place + 1);
    line.querySelectorAll(":scope > td[data-cell]").forEach((cell) => {
      const path = cell.dataset.cell.split(".");
      path[1 + depth] = String(place);
      const head = heads.get(path.slice(2 + depth).join(".")) ?? "";
      cell.dataset.label = head;
      name(cell, path.join("."), `${table.dataset.name} ${place + 1} ${head}`);
    });
    addTools(table.closest(".lc-sheet-card"), line);
  }

  function dressAll(table) {
    const heads = headsOf(table);
    linesOf(table).forEach((line, place) => dress(table, line, place, heads));
  }

  /** A link to a cell that is not shown: show it first. */
  function onLink(event) {
    const link = event.target.closest?.("a[href^='#id_']");
    if (!link) return;
    const path = decodeURIComponent(link.getAttribute("href").slice(4)).split(".");
    const table = tables.find((each) => each.dataset.sheet === path[depth]);
    const line = table && linesOf(table)[Number(path[1 + depth])];
    if (!line?.hidden) return;
    event.preventDefault();
    show(table, line);
    document.getElementById(link.getAttribute("href").slice(1))?.focus();
  }

  let sums = 0;

  function sumSoon(table) {
    window.clearTimeout(sums);
    sums = window.setTimeout(() => sum(table), 200);
  }

  // Names ---------------------------------------------------------------------------------------------------------

  function name(cell, path, label) {
    cell.dataset.cell = path;
    const control = cell.querySelector(CONTROLS);
    const message = cell.querySelector("[data-message]");
    if (message) message.id = `error_${path}`;
    if (!control) return;
    control.name = path;
    control.id = `id_${path}`;
    control.setAttribute("aria-label", label.trim());
    if (control.hasAttribute("aria-describedby")) control.setAttribute("aria-describedby", `error_${path}`);
  }

  /** Column key → its heading, read off the spare line: its cells stand under the headings in order. */
  function headsOf(table) {
    const heads = Array.from(table.querySelectorAll("thead th"), (head) => head.firstChild?.textContent.trim() ?? "");
    const spare = table.closest(".lc-sheet-card").querySelector("template[data-spare]").content;
    const cells = Array.from(spare.querySelectorAll("td[data-cell]"), (cell) => cell.dataset.cell.split(".").slice(2 + depth).join("."));
    return new Map(cells.map((column, place) => [column, heads[place + 1]]));
  }

  function move(table, line, by) {
    const lines = linesOf(table);
    const target = lines.indexOf(line) + by;
    if (target < 0 || target >= lines.length) return;
    table.tBodies[0].insertBefore(line, by < 0 ? lines[target] : lines[target].nextSibling);
    show(table, line);
    changed(table);
  }

  function remove(table, line) {
    const after = line.nextElementSibling;
    const blank = isBlank(line);
    line.remove();
    if (!linesOf(table).length) addLine(table);
    const next = after ?? linesOf(table).at(-1);
    show(table, next);
    next?.querySelector(CONTROLS)?.focus();
    changed(table);
    if (!blank) offerUndo(table, line, after);
  }

  function offerUndo(table, line, after) {
    const foot = table.closest(".lc-sheet-card").querySelector("[data-sheet-foot]");
    foot.querySelector("[data-undo-line]")?.remove();
    const said = document.createElement("span");
    const undo = document.createElement("button");
    said.dataset.undoLine = "";
    said.setAttribute("role", "status");
    said.className = "lc-soft";
    undo.type = "button";
    undo.className = "btn btn-sm btn-outline-secondary";
    undo.textContent = words.undo;
    undo.addEventListener("click", () => {
      table.tBodies[0].insertBefore(line, after?.isConnected ? after : null);
      show(table, line);
      changed(table);
      line.querySelector(CONTROLS)?.focus();
      said.remove();
    });
    said.append(`${words.removed} `, undo);
    foot.append(said);
    window.setTimeout(() => said.remove(), 15000);
  }

  // Moving about and pasting --------------------------------------------------------------------------------------

  function step(table, control, by) {
    const lines = linesOf(table);
    const line = control.closest("tr");
    const place = controlsOf(line).indexOf(control);
    let target = lines[lines.indexOf(line) + by];
    if (!target && by > 0 && !isBlank(line)) {
      target = addLine(table);
    }
    if (target && (target.hidden || !dressed.has(target))) show(table, target);
    const next = target && controlsOf(target)[place];
    next?.focus();
    next?.select?.();
    return Boolean(next);
  }

  function onKey(event) {
    const control = event.target;
    const table = control.closest?.("[data-sheet]");
    if (!table || !control.matches(CONTROLS) || event.isComposing) return;
    const by = event.key === "ArrowUp" ? -1 : 1;
    if (event.altKey && ["ArrowUp", "ArrowDown"].includes(event.key)) {
      event.preventDefault();
      move(table, control.closest("tr"), by);
      control.focus();
      return;
    }
    const plain = !event.altKey && !event.ctrlKey && !event.metaKey && !event.shiftKey;
    const inLine = control.tagName === "INPUT";
    if (plain && inLine && ["Enter", "ArrowUp", "ArrowDown"].includes(event.key)) {
      event.preventDefault(); // Enter must not send the form
      step(table, control, by);
    }
  }

  function put(control, text, untouched = false) {
    const value = untouched ? text : text.trim();
    if (control.tagName !== "SELECT") { control.value = control.tagName === "INPUT" ? value.replace(/\s*\n\s*/g, " ") : value; return; }
    const options = Array.from(control.options);
    const known = options.find((option) => [option.value, option.textContent.trim()].includes(value));
    if (known) { control.value = known.value; return; }
    control.add(new Option(value, value, false, true)); // kept as pasted: saving answers with what is wrong
  }

  function onPaste(event) {
    const control = event.target;
    const table = control.closest?.("[data-sheet]");
    const text = event.clipboardData?.getData("text/plain") ?? "";
    if (!table || !control.matches(CONTROLS) || control.name.startsWith("_")) return;
    const block = parse(text);
    const single = block.length === 1 && block[0].length === 1;
    if (control.tagName === "TEXTAREA" && single && block[0][0] !== text.replace(/\r\n?/g, "\n").replace(/\n$/, "")) {
      event.preventDefault(); // one cell with line breaks: without the quotes that Excel puts around it
      control.setRangeText(block[0][0], control.selectionStart, control.selectionEnd, "end");
      changed(table);
      return;
    }
    if (!text.includes("\t") && (control.tagName === "TEXTAREA" || !text.trim().includes("\n"))) return;
    event.preventDefault();
    pasteBlock(table, control, block);
  }

  function pasteBlock(table, control, rows) {
    const lines = linesOf(table);
    const first = lines.indexOf(control.closest("tr"));
    const column = controlsOf(control.closest("tr")).indexOf(control);
    const most = Number(table.dataset.max);
    const fresh = document.createDocumentFragment(); // into the page all at once
    const taken = rows.slice(0, Math.max(0, most - first));
    let beyond = 0; // cells with something in them for which the table has no column
    taken.forEach((cells, offset) => {
      const line = lines[first + offset] ?? fresh.appendChild(spareOf(table.closest(".lc-sheet-card")));
      if (!line.isConnected) line.hidden = true;
      const controls = controlsOf(line);
      cells.forEach((cell, place) => {
        if (controls[column + place]) put(controls[column + place], cell);
        else if (cell.trim()) beyond += 1;
      });
    });
    table.tBodies[0].append(fresh);
    show(table);
    if (taken.length < rows.length) window.licheng?.toast(words.rowFull, { tone: "warning" });
    if (beyond) window.licheng?.toast(words.pasteBeyond.replace("{n}", String(beyond)), { tone: "warning" });
    changed(table);
    window.licheng?.toast(words.pasted.replace("{n}", String(taken.length)), { tone: "success", seconds: 4 });
  }

  // For declaration.js ----------------------------------------------------------------------------------------------

  /** What a table holds: its filled lines as values, and the lines themselves, in the same order. */
  function read(table) {
    const lines = linesOf(table).filter((line) => !isBlank(line));
    const rows = lines.map((line) => Object.fromEntries(controlsOf(line).map((control) => [columnOf(control), control.value])));
    return { rows, lines };
  }

  function write(table, rows) {
    linesOf(table).forEach((line) => line.remove());
    rows.forEach((row) => {
      const line = addLine(table);
      if (line) controlsOf(line).forEach((control) => put(control, String(row[columnOf(control)] ?? "")));
    });
    addLine(table);
    show(table);
  }

  function setUp(table) {
    const card = table.closest(".lc-sheet-card");
    card.querySelectorAll("[data-tools], [data-sheet-foot], [data-sheet-hint], [data-add], tfoot[data-totals]").forEach((part) => { part.hidden = false; });
    makeUndrawn(table);
    if (linesOf(table).length > PAGE && linesOf(table).length < Number(table.dataset.max)) addLine(table);
    show(table);
    table.addEventListener("input", () => sumSoon(table));
    card.addEventListener("click", (event) => {
      const button = event.target.closest("button");
      const line = button?.closest("tr");
      if (button?.hasAttribute("data-add")) {
        const added = addLine(table);
        if (!added) return;
        show(table, added);
        added.querySelector(CONTROLS)?.focus();
      } else if (button?.hasAttribute("data-move")) {
        move(table, line, Number(button.dataset.move));
        button.focus();
      } else if (button?.hasAttribute("data-remove")) remove(table, line);
      else if (button?.hasAttribute("data-page")) turn(table, Number(button.dataset.page));
      else if (button?.hasAttribute("data-next-bad")) nextBad(table);
    });
  }

  document.addEventListener("keydown", onKey);
  document.addEventListener("paste", onPaste);
  document.addEventListener("click", onLink);
  form.addEventListener("submit", () => tables.forEach(dressAll), true); // sent as it is: every line by its name
  document.body.addEventListener("licheng:saved", () => tables.forEach((table) => tellPage(table, begins.get(table) ?? 0, linesOf(table))));
  const tables = Array.from(form.querySelectorAll("table[data-sheet]"));
  tables.forEach(setUp);
  window.licheng = Object.assign(window.licheng ?? {}, { sheets: { tables, read, write, show, put } });
})();
