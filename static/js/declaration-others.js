/* 历程: what colleagues do in the same form at the same time: their values are taken over, conflicts are shown and decided.
 */
(function () {
  "use strict";

  const cells = window.licheng?.cells;
  const notes = window.licheng?.notes;
  const draft = window.licheng?.draft;
  if (!cells || !notes || !draft) return;

  const { same, lineOf, rowsOf } = draft;
  const { form } = cells;
  const words = form.dataset;
  const conflict = document.getElementById("conflict");

  // What colleagues did -------------------------------------------------------------------------------------------------

  function takeOver(others, before) {
    if (!others) return;
    const now = cells.collect();
    Object.entries(others.lines).forEach(([table, ids]) => takeLines(table, ids, others.cells, now, before));
    const seen = [];
    Object.entries(others.cells).forEach(([path, value]) => {
      if (!cells.controlAt(path)) return;
      const theirs = cells.incoming(path, value);
      const mine = now.cells.get(path) ?? theirs;
      const was = draft.known.cells.get(path);
      if (mine === theirs) { draft.known.cells.set(path, theirs); return; }
      if (was !== undefined && mine !== was) { // typed here as well: the server decides with the version this page saw
        if (!draft.bases.has(path)) draft.bases.set(path, before);
        draft.known.cells.set(path, theirs);
      } else if (document.activeElement && cells.pathOf(document.activeElement) === path) {
        if (!draft.bases.has(path)) draft.bases.set(path, before);
        draft.waiting.set(path, theirs);
      } else {
        cells.put(path, theirs);
        draft.known.cells.set(path, theirs);
        seen.push(path);
      }
    });
    seen.forEach((path) => notes.flash(path));
    if (seen.length && others.who) window.licheng?.toast(words.theirsTaken.replace("{who}", others.who).replace("{n}", String(seen.length)), { seconds: 6 });
  }

  function takeLines(table, ids, values, now, before) {
    if (!cells.tableOf(table)) return;
    const here = now.lines[table] ?? [];
    const was = draft.known.lines[table] ?? [];
    const touched = new Set();
    now.cells.forEach((value, path) => { if (value !== (draft.known.cells.get(path) ?? "")) touched.add(lineOf(path)); });
    const order = ids.filter((id) => here.includes(id) || !was.includes(id));
    here.forEach((id, place) => { // lines begun here, and lines taken away there in which something was typed here
      if (ids.includes(id) || (was.includes(id) && !touched.has(`${table}.${id}`))) return;
      const after = here.slice(0, place).reverse().find((each) => order.includes(each));
      order.splice(after ? order.indexOf(after) + 1 : 0, 0, id);
      if (was.includes(id)) draft.bases.set(`${table}.${id}`, before);
    });
    if (!same(order, here)) {
      const mine = rowsOf(table, now.cells);
      const theirs = rowsOf(table, Object.entries(values));
      cells.arrange(table, order, (id) => mine.get(id) ?? theirs.get(id) ?? {});
      const came = new Set(order.filter((id) => !here.includes(id)).map((id) => `${table}.${id}`));
      Object.entries(values).forEach(([path, value]) => { if (came.has(lineOf(path))) draft.known.cells.set(path, cells.text(value)); });
    }
    draft.known.lines[table] = [...ids];
  }

  function contested(found) {
    if (found.kind === "edited") { // the line was taken away here and changed there: it stays
      window.licheng?.toast(words.clashEdited.replace("{who}", found.who || words.somebody), { tone: "warning", seconds: 12 });
      return;
    }
    draft.clashes.set(found.path, found);
    const box = notes.clash(found, decide);
    if (draft.clashes.size === 1) cells.reveal(box);
    count();
  }

  function decide(found, take) {
    draft.clashes.delete(found.path);
    notes.settled(found.path);
    const { path } = found;
    if (path.startsWith("reason.")) decideReason(found, take);
    else if (found.kind === "removed") decideLine(found, take);
    else {
      const theirs = cells.incoming(path, found.theirs);
      draft.known.cells.set(path, theirs);
      draft.bases.set(path, found.version);
      if (take === "theirs") cells.put(path, theirs);
    }
    count();
    draft.touched();
    cells.controlAt(path)?.focus();
  }

  function decideReason(found, take) {
    const rule = found.path.slice(7);
    const area = form.querySelector(`[data-reason="${CSS.escape(rule)}"]`);
    draft.knownReasons.set(rule, cells.text(found.theirs));
    if (!area) return;
    area.dataset.base = String(found.version);
    if (take === "theirs") area.value = cells.text(found.theirs);
  }

  function decideLine(found, take) {
    const [table, id] = found.path.split(".");
    draft.known.lines[table] = (draft.known.lines[table] ?? []).filter((each) => each !== id);
    Array.from(draft.known.cells.keys()).filter((path) => lineOf(path) === found.path).forEach((path) => draft.known.cells.delete(path));
    if (take === "theirs") {
      const now = cells.collect();
      const mine = rowsOf(table, now.cells);
      cells.arrange(table, now.lines[table].filter((each) => each !== id), (each) => mine.get(each) ?? {});
    }
  }

  function count() {
    conflict.hidden = !draft.clashes.size;
    conflict.querySelector("[data-conflict-text]").textContent = words.clashCount.replace("{n}", String(draft.clashes.size));
  }

  function onBlur(event) {
    const path = event.target.name ? cells.pathOf(event.target) : "";
    if (!draft.waiting.has(path)) return;
    const theirs = draft.waiting.get(path);
    draft.waiting.delete(path);
    const mine = cells.collect().cells.get(path);
    if (mine === draft.known.cells.get(path)) {
      cells.put(path, theirs);
      draft.bases.delete(path);
      notes.flash(path);
    }
    draft.known.cells.set(path, theirs);
  }

  window.licheng.others = { takeOver, contested, onBlur };
})();
