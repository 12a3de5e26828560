/* 历程: what a declaration's page holds that the server does not have yet, and its copy on this machine.
 *
 * licheng.draft is shared by declaration-others.js and declaration.js: what the server is known to hold, which cells
 * rest on an older version, which conflicts are open; declaration.js gives it touched().
 */
(function () {
  "use strict";

  const cells = window.licheng?.cells;
  if (!cells) return;

  const HOLD_PAUSE = 300; // milliseconds at least; ten times what keeping takes, where a form has thousands of cells
  const { form } = cells;
  const words = form.dataset;
  const versionField = form.elements._version;
  const keep = `lc-draft:${words.user}:${window.location.pathname}:`;

  const draft = {
    tab: Array.from(crypto.getRandomValues(new Uint8Array(8)), (byte) => byte.toString(16).padStart(2, "0")).join(""),
    known: cells.collect(), // what the server has, as this page knows it
    knownReasons: reasons(),
    bases: new Map(), // versions of single cells that are older, or newer, than the page's
    clashes: new Map(), // conflicts that the person has not decided yet
    waiting: new Map(), // values of colleagues for the cell that has the focus
    touched: () => {},
  };
  const channel = "BroadcastChannel" in window ? new BroadcastChannel("lc-draft") : null;
  const alive = new Set(); // pages that are open in other windows and hold their own text
  const ANSWER_WITHIN = 200;
  let keeping = true;
  let holdTimer = 0;
  let holdPause = HOLD_PAUSE;

  // Changes ---------------------------------------------------------------------------------------------------------

  function reasons() {
    return new Map(Array.from(form.querySelectorAll("[data-reason]"), (area) => [area.dataset.reason, area.value]));
  }

  const same = (one, other) => one.length === other.length && one.every((each, place) => each === other[place]);
  const lineOf = (path) => path.split(".").slice(0, 2).join(".");

  function changes() {
    const now = cells.collect();
    const found = { cells: {}, lines: {}, bases: {}, reasons: {} };
    Object.entries(now.lines).forEach(([table, ids]) => {
      const listed = ids.filter((id) => !draft.clashes.has(`${table}.${id}`));
      const was = draft.known.lines[table] ?? [];
      if (!same(listed, was)) found.lines[table] = { now: listed, was };
    });
    now.cells.forEach((value, path) => {
      const held = draft.clashes.size > 0 && (draft.clashes.has(path) || draft.clashes.has(lineOf(path)));
      if (!held && value !== (draft.known.cells.get(path) ?? empty(path))) found.cells[path] = cells.outgoing(path, value);
    });
    draft.bases.forEach((version, path) => { found.bases[path] = version; });
    reasons().forEach((text, rule) => {
      const area = form.querySelector(`[data-reason="${CSS.escape(rule)}"]`);
      if (text !== (draft.knownReasons.get(rule) ?? "") && !draft.clashes.has(`reason.${rule}`)) found.reasons[rule] = { text, base: Number(area.dataset.base) };
    });
    return { found, now };
  }

  const empty = (path) => (cells.ticked(path) ? "[]" : "");

  const nothing = (found) => ["cells", "lines", "reasons"].every((part) => !Object.keys(found[part]).length);

  // Kept on this machine until it is saved ------------------------------------------------------------------------------

  function hold() {
    window.clearTimeout(holdTimer);
    holdTimer = 0;
    if (!keeping) return;
    const began = performance.now();
    try {
      const { found, now } = changes();
      draft.clashes.forEach((_clash, path) => {
        now.cells.forEach((value, each) => { if (each === path || lineOf(each) === path) found.cells[each] = cells.outgoing(each, value); });
      });
      if (nothing(found)) letGo();
      else window.localStorage.setItem(keep + draft.tab, JSON.stringify({ version: Number(versionField.value), at: Date.now(), ...found }));
    } catch { /* private window or full: the page itself still holds it, and asks before it is closed */ }
    holdPause = Math.max(HOLD_PAUSE, 10 * (performance.now() - began));
  }

  function holdSoon() {
    if (!holdTimer) holdTimer = window.setTimeout(hold, holdPause);
  }

  function letGo() {
    try { window.localStorage.removeItem(keep + draft.tab); } catch { /* as above */ }
  }

  function kept() {
    try {
      return Object.keys(window.localStorage).filter((key) => key.startsWith(keep))
        .map((key) => ({ key, tab: key.slice(keep.length), copy: JSON.parse(window.localStorage.getItem(key)) }))
        .filter((one) => one.copy?.cells).sort((one, other) => one.copy.at - other.copy.at);
    } catch { return []; }
  }

  /** What pages that were closed could not save. Those still open in another window keep theirs: they are asked first. */
  function recover() {
    const copies = kept();
    if (!copies.length) return;
    if (!channel) { takeUp(copies); return; }
    channel.postMessage({ ask: copies.map((one) => one.tab) });
    window.setTimeout(() => takeUp(copies.filter((one) => !alive.has(one.tab))), ANSWER_WITHIN);
  }

  channel?.addEventListener("message", ({ data }) => {
    if (data.ask?.includes(draft.tab)) channel.postMessage({ here: draft.tab });
    if (data.here) alive.add(data.here);
    if (data.signOut === words.user) keeping = false; // signed out in another window of this machine
  });

  function takeUp(copies) {
    copies.forEach(({ copy }) => restore(copy));
    if (!copies.length) return;
    draft.tab = copies.at(-1).tab;
    const { found } = changes();
    try { copies.forEach(({ key }) => window.localStorage.removeItem(key)); } catch { /* as above */ }
    if (nothing(found)) { draft.bases.clear(); return; } // it did arrive: the answer came too late for the page that sent it
    document.getElementById("restored").hidden = false;
    draft.touched();
    hold();
  }

  function restore(copy) {
    Object.entries(copy.lines ?? {}).forEach(([table, { now, was }]) => {
      if (!cells.tableOf(table)) return;
      const there = draft.known.lines[table] ?? [];
      const typed = new Set(Object.keys(copy.cells).filter((path) => path.startsWith(`${table}.`)).map((path) => path.split(".")[1]));
      const order = now.filter((id) => there.includes(id) || !was.includes(id) || typed.has(id));
      there.filter((id) => !was.includes(id) && !order.includes(id)).forEach((id) => order.push(id));
      was.filter((id) => !now.includes(id)).forEach((id) => draft.bases.set(`${table}.${id}`, copy.version));
      if (same(order, there)) return;
      const known = rowsOf(table, draft.known.cells);
      const typedIn = rowsOf(table, Object.entries(copy.cells));
      cells.arrange(table, order, (id) => ({ ...known.get(id), ...typedIn.get(id) }));
    });
    Object.entries(copy.cells).forEach(([path, value]) => {
      cells.put(path, Array.isArray(value) ? JSON.stringify(value) : cells.text(value));
      draft.bases.set(path, copy.bases?.[path] ?? copy.version);
    });
    Object.entries(copy.reasons ?? {}).forEach(([rule, { text }]) => {
      const area = form.querySelector(`[data-reason="${CSS.escape(rule)}"]`);
      if (area) area.value = text;
    });
  }

  /** Cells by path → the lines of a table: id → values by column. */
  function rowsOf(table, entries) {
    const rows = new Map();
    const prefix = `${table}.`;
    for (const [path, value] of entries) {
      if (!path.startsWith(prefix)) continue;
      const [, id, ...column] = path.split(".");
      if (!rows.has(id)) rows.set(id, {});
      rows.get(id)[column.join(".")] = cells.text(value);
    }
    return rows;
  }

  function flushHold() {
    if (holdTimer) hold();
  }

  function dropHold() {
    window.clearTimeout(holdTimer);
    holdTimer = 0;
  }

  window.licheng.draft = Object.assign(draft, { changes, nothing, hold, holdSoon, flushHold, dropHold, letGo, recover, rowsOf, same, lineOf });
})();
