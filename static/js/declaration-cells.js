/* 历程: what a declaration's page holds, cell by cell: reading it, writing it, finding a cell by its path.
 *
 * A path is the cell's name, or table.line.column in a table; a line keeps its id (data-row) wherever it is moved to.
 * licheng.cells is what declaration.js and declaration-notes.js work with.
 */
(function () {
  "use strict";

  const form = document.querySelector("form[data-autosave]");
  if (!form) return;

  const sheets = window.licheng?.sheets ?? { tables: [], read: () => ({ rows: [], lines: [] }), write: () => {} };
  const DATE = /^\d{4}-\d{2}-\d{2}$/;

  const tableOf = (name) => sheets.tables.find((table) => table.dataset.sheet === name) ?? null;
  const columnOf = (control) => control.name.split(".").slice(2).join(".");
  const inLine = new WeakMap(); // line → its controls, each with its column: a long table has thousands of them
  const fresh = () => Array.from(crypto.getRandomValues(new Uint8Array(5)), (byte) => byte.toString(16).padStart(2, "0")).join("");
  const text = (value) => (value === null || value === undefined ? "" : String(value));

  function fields() {
    return Array.from(form.elements).filter(
      (field) => field.name && !field.name.startsWith("_") && field.name !== "csrfmiddlewaretoken"
        && field.type !== "submit" && field.type !== "button" && field.type !== "file" && !field.closest("table[data-sheet]"));
  }

  function controlsIn(line) {
    if (!inLine.has(line)) {
      const controls = Array.from(line.querySelectorAll("input, textarea, select")).filter((each) => each.name && !each.name.startsWith("_"));
      inLine.set(line, controls.map((control) => ({ control, column: columnOf(control) })));
    }
    return inLine.get(line);
  }

  /** The filled lines of a table, each with its id; a line that was begun just now is given one. */
  function linesOf(table) {
    const seen = new Set();
    const filled = Array.from(table.tBodies[0].querySelectorAll(":scope > tr[data-line]"))
      .filter((line) => controlsIn(line).some(({ control }) => control.value.trim() !== ""));
    return filled.map((line) => {
      if (!line.dataset.row || seen.has(line.dataset.row)) line.dataset.row = fresh();
      seen.add(line.dataset.row);
      return line;
    });
  }

  /** Everything: cells by path (a list as its text), lines by table. */
  function collect() {
    const cells = new Map();
    const lines = {};
    fields().forEach((field) => {
      if (field.type === "checkbox") {
        const chosen = JSON.parse(cells.get(field.name) ?? "[]");
        if (field.checked) chosen.push(field.value);
        cells.set(field.name, JSON.stringify(chosen));
      } else if (field.type === "radio") {
        if (field.checked) cells.set(field.name, field.value);
        else if (!cells.has(field.name)) cells.set(field.name, "");
      } else cells.set(field.name, field.value);
    });
    sheets.tables.forEach((table) => {
      const name = table.dataset.sheet;
      lines[name] = linesOf(table).map((line) => {
        const prefix = `${name}.${line.dataset.row}.`;
        controlsIn(line).forEach(({ control, column }) => cells.set(prefix + column, control.value));
        return line.dataset.row;
      });
    });
    return { cells, lines };
  }

  /** What the server takes for a cell: a list of ticked boxes, or text. */
  function outgoing(path, value) {
    return ticked(path) ? JSON.parse(value || "[]") : value;
  }

  /** Whether the cell is a group of boxes; there are none in tables. */
  function ticked(path) {
    return !path.includes(".") && controlAt(path)?.type === "checkbox";
  }

  /** A stored value as the page would hold it, to be compared with what :func:`collect` gives. */
  function incoming(path, value) {
    if (ticked(path)) return JSON.stringify(Array.isArray(value) ? value : []);
    return Array.isArray(value) ? value.join("、") : text(value);
  }

  const index = new WeakMap(); // table → lines by id, made anew when out of date: a long table is asked for every cell

  function lineAt(table, id) {
    const found = tableOf(table);
    if (!found) return null;
    const known = index.get(found)?.get(id);
    if (known?.isConnected && known.dataset.row === id) return known;
    const lines = new Map(Array.from(found.tBodies[0].rows, (line) => [line.dataset.row, line]));
    index.set(found, lines);
    return lines.get(id) ?? null;
  }

  function controlAt(path) {
    const [table, id, ...column] = path.split(".");
    if (id === undefined) {
      const found = form.elements[path];
      return found instanceof RadioNodeList ? found[0] : found ?? null;
    }
    const line = lineAt(table, id);
    return line ? controlsIn(line).find((each) => each.column === column.join("."))?.control ?? null : null;
  }

  /** Where a message about a path belongs: the cell, or the foot of a table. */
  function placeOf(path) {
    const [table, id, ...column] = path.split(".");
    const sheet = tableOf(table);
    if (!sheet) return form.querySelector(`[data-cell="${CSS.escape(path)}"]`) ?? document.getElementById(`f-${table}`);
    if (id === undefined) return sheet.closest(".lc-sheet-card").querySelector("[data-sheet-foot]");
    const line = lineAt(table, id) ?? (/^\d+$/.test(id) ? sheets.read(sheet).lines[Number(id)] : null);
    if (!column.length) return line?.querySelector("td[data-cell]") ?? null;
    return Array.from(line?.querySelectorAll("td[data-cell]") ?? [])
      .find((cell) => cell.dataset.cell.split(".").slice(2).join(".") === column.join(".")) ?? null;
  }

  function pathOf(control) {
    const line = control.closest("tr[data-line]");
    const table = control.closest("table[data-sheet]");
    if (!line || !table) return control.name ?? "";
    return line.dataset.row ? `${table.dataset.sheet}.${line.dataset.row}.${columnOf(control)}` : "";
  }

  function put(path, value) {
    const control = controlAt(path);
    if (!control) return;
    if (control.type === "checkbox" || control.type === "radio") {
      const chosen = control.type === "checkbox" ? JSON.parse(value || "[]") : [value];
      const all = form.elements[control.name];
      (all instanceof RadioNodeList ? Array.from(all) : [all]).forEach((one) => { one.checked = chosen.includes(one.value); });
      return;
    }
    if (control.tagName === "SELECT" && !Array.from(control.options).some((option) => option.value === value)) {
      control.add(new Option(value, value, false, true));
    }
    if (control.type === "date" && value && !DATE.test(value)) control.type = "text";
    control.value = value;
  }

  /** Bring a table's lines into this order: ids → values by column. Focus stays where it was. */
  function arrange(name, ids, values) {
    const table = tableOf(name);
    if (!table) return;
    const focus = table.contains(document.activeElement) ? pathOf(document.activeElement) : "";
    sheets.write(table, ids.map((id) => values(id)));
    sheets.read(table).lines.forEach((line, place) => { line.dataset.row = ids[place]; });
    if (focus) controlAt(focus)?.focus();
  }

  /** Bring a place into view; of a long table the page with its line. */
  function reveal(place) {
    const line = place.closest("tr[data-line]");
    const table = line?.closest("table[data-sheet]");
    if (line?.hidden && table) sheets.show?.(table, line);
    place.scrollIntoView({ block: "center" });
  }

  window.licheng = Object.assign(window.licheng ?? {}, {
    cells: { form, sheets, reveal, collect, ticked, outgoing, incoming, controlAt, placeOf, pathOf, put, arrange, lineAt, tableOf, text },
  });
})();
