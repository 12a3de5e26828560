/* 历程: printed grids of a declaration (indicators × years): going about by the keys, and blocks pasted from Excel.
 *
 * A blank may hold several numbers (科研人员数，其中高级职称). A block is laid blank by blank; one that was copied from our own
 * template has a column for each number, and rows without the second number are empty there.
 */
(function () {
  "use strict";

  const form = document.querySelector("form[data-autosave], form[data-sheets]");
  const { sheets, sheetParts } = window.licheng ?? {};
  if (!form || !sheets || !sheetParts) return;

  const words = form.dataset;
  const CONTROLS = "[data-cell] > input, [data-cell] > select, [data-cell] > textarea";
  const UNDO_FOR = 15000;
  const partsOf = (blank) => Array.from(blank.querySelectorAll(CONTROLS));
  const blanksOf = (row) => Array.from(row.querySelectorAll(":scope > td")).filter((cell) => !cell.classList.contains("lc-kind"));
  const plain = (text) => text.normalize("NFKC").replace(/\s/g, "");
  const isBlank = (text) => text.trim() === "";
  const FIGURE = /^[-+]?[\d.,]+%?$/; // 2021 is the name of a column in English, and a number all the same

  /** Where a control stands: its row, its blank, its part; null for what is no cell of a grid. */
  function placeOf(control) {
    const table = control.closest?.("table[data-grid]");
    if (!table || !control.matches(CONTROLS)) return null;
    const rows = Array.from(table.tBodies[0].rows);
    const row = rows.indexOf(control.closest("tr"));
    const blanks = blanksOf(rows[row]);
    const blank = blanks.indexOf(control.closest("td"));
    return { table, rows, row, blank, part: partsOf(blanks[blank]).indexOf(control) };
  }

  const at = (rows, row, blank, part) => {
    const cell = rows[row] && blanksOf(rows[row])[blank];
    return cell ? partsOf(cell)[part] : undefined;
  };

  function onKey(event) {
    const plainKey = !event.altKey && !event.ctrlKey && !event.metaKey && !event.shiftKey && !event.isComposing;
    if (!plainKey || event.target.tagName !== "INPUT" || !["Enter", "ArrowUp", "ArrowDown"].includes(event.key)) return;
    const place = placeOf(event.target);
    if (!place) return;
    event.preventDefault(); // Enter must not send the form
    const by = event.key === "ArrowUp" ? -1 : 1;
    let row = place.row + by;
    while (row >= 0 && row < place.rows.length && !at(place.rows, row, place.blank, 0)) row += by;
    const next = at(place.rows, row, place.blank, place.part) ?? at(place.rows, row, place.blank, 0);
    next?.focus();
    next?.select?.();
  }

  // Pasting -----------------------------------------------------------------------------------------------------------

  /** The controls under a block, row by row: blank by blank, or number by number where that is how it was copied. */
  function targets(place, block) {
    const { rows, row, blank, part } = place;
    const width = Math.max(...block.map((cells) => cells.length));
    const byBlank = (offset, column) => at(rows, row + offset, blank + column, part);
    const wide = [];
    const most = Math.max(...rows.map((each) => blanksOf(each).length));
    for (let each = 0; each < most; each += 1) {
      const parts = Math.max(1, ...rows.map((line) => (blanksOf(line)[each] ? partsOf(blanksOf(line)[each]).length : 0)));
      for (let number = 0; number < parts; number += 1) wide.push([each, number]);
    }
    const begin = wide.findIndex(([each, number]) => each === blank && number === part);
    const byNumber = (offset, column) => {
      const found = wide[begin + column];
      return found && at(rows, row + offset, ...found);
    };
    const cells = block.flatMap((line, offset) => line.map((text, column) => ({ text, there: byNumber(offset, column) })));
    const gaps = cells.filter(({ there }) => !there);
    const fits = gaps.length > 0 && gaps.every(({ text }) => isBlank(text));
    return fits || width > most - blank ? byNumber : byBlank;
  }

  function onPaste(event) {
    const place = placeOf(event.target);
    const text = event.clipboardData?.getData("text/plain") ?? "";
    if (!place || (!text.includes("\t") && (event.target.tagName === "TEXTAREA" || !text.trim().includes("\n")))) return;
    event.preventDefault();
    const block = sheetParts.parse(text);
    const heads = new Set(Array.from(place.table.querySelectorAll("th"), (head) => plain(head.firstChild?.textContent ?? "")));
    if (block.some((cells) => cells.some((cell) => !isBlank(cell) && !FIGURE.test(plain(cell)) && heads.has(plain(cell))))) {
      if (words.gridLabels) window.licheng.toast?.(words.gridLabels, { tone: "warning" });
      return;
    }
    lay(place, block);
  }

  function lay(place, block) {
    const target = targets(place, block);
    const before = new Map();
    let lost = 0;
    block.forEach((cells, offset) => cells.forEach((text, column) => {
      const control = target(offset, column);
      if (!control) { lost += isBlank(text) ? 0 : 1; return; }
      before.set(control, control.value);
      sheets.put(control, text);
    }));
    changed(place.table);
    if (lost && words.gridLost) window.licheng.toast?.(words.gridLost.replace("{n}", String(lost)), { tone: "warning" });
    offerUndo(place.table, before, block.length);
  }

  const changed = (table) => table.dispatchEvent(new Event("input", { bubbles: true }));

  function offerUndo(table, before, count) {
    const card = table.closest(".lc-sheet-card");
    card.querySelector("[data-undo-paste]")?.remove();
    const said = document.createElement("p");
    const undo = document.createElement("button");
    said.dataset.undoPaste = "";
    said.setAttribute("role", "status");
    said.className = "lc-undo-paste";
    undo.type = "button";
    undo.className = "btn btn-sm btn-outline-secondary";
    undo.textContent = words.undo;
    undo.addEventListener("click", () => {
      before.forEach((value, control) => sheets.put(control, value, true));
      changed(table);
      before.keys().next().value?.focus();
      said.remove();
    });
    said.append(`${words.pasted.replace("{n}", String(count))} `, undo);
    card.append(said);
    window.setTimeout(() => said.remove(), UNDO_FOR);
  }

  document.querySelectorAll("table[data-grid]").forEach((table) => {
    table.closest(".lc-sheet-card")?.querySelectorAll("[data-sheet-hint]").forEach((hint) => { hint.hidden = false; });
  });
  document.addEventListener("keydown", onKey);
  document.addEventListener("paste", onPaste);
})();
