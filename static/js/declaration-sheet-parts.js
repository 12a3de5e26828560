/* 历程: parts of declaration-sheet.js that stand on their own: what Excel copies, totals, and long tables a hundred lines
 * at a time. A long table has all its lines, so that whatever looks for a cell finds it; those that are not shown are
 * hidden, and are named when they are.
 */
(function () {
  "use strict";

  const linesOf = (table) => Array.from(table.tBodies[0].rows);

  // What Excel copies ---------------------------------------------------------------------------------------------

  /** A block as Excel copies it: tabs between cells, quotes around cells that hold line breaks, and around no others. */
  function parse(text) {
    const clean = text.replace(/\r\n?/g, "\n").replace(/\n$/, "");
    const quoted = /"((?:[^"]|"")*)"(?=[\t\n]|$)/y;
    const plain = /[^\t\n]*/y;
    const rows = [[]];
    for (let at = 0; at <= clean.length; at += 1) { // at the sign between two cells, each time round
      quoted.lastIndex = plain.lastIndex = at;
      const found = quoted.exec(clean);
      const whole = found && /[\t\n]/.test(found[1]) ? found : null;
      const match = whole ?? plain.exec(clean);
      rows.at(-1).push(whole ? whole[1].replaceAll('""', '"') : match[0]);
      at += match[0].length;
      if (clean[at] === "\n") rows.push([]);
    }
    return rows;
  }

  // Totals --------------------------------------------------------------------------------------------------------

  const SCALE = 6;

  /** A number as people type it, in millionths; null for what is none. */
  function figure(text) {
    const plain = text.normalize("NFKC").replace(/[\s,]/g, "").replace("\u2212", "-");
    const match = /^([-+]?)(\d{1,18})(?:\.(\d{0,6})\d*)?$/.exec(plain);
    if (!match) return null;
    const whole = BigInt(match[2] + (match[3] ?? "").padEnd(SCALE, "0"));
    return match[1] === "-" ? -whole : whole;
  }

  function grouped(sumOf) {
    const digits = (sumOf < 0n ? -sumOf : sumOf).toString().padStart(SCALE + 1, "0");
    const whole = digits.slice(0, -SCALE).replace(/\B(?=(\d{3})+$)/g, ",");
    const rest = digits.slice(-SCALE).replace(/0+$/, "");
    return `${sumOf < 0n ? "-" : ""}${whole}${rest ? `.${rest}` : ""}`;
  }

  function sum(table) {
    const foot = table.querySelector("tfoot[data-totals]");
    if (!foot) return;
    const columns = Array.from(foot.querySelectorAll("[data-total]"), (cell) => ({ cell, place: Number(cell.dataset.total), sum: 0n, any: false }));
    linesOf(table).forEach((line) => {
      columns.forEach((column) => {
        const control = line.cells[column.place + 1]?.querySelector("input");
        const value = control?.value ? figure(control.value) : null;
        if (value === null) return;
        column.sum += value;
        column.any = true;
      });
    });
    columns.forEach((column) => { column.cell.textContent = column.any ? grouped(column.sum) : ""; });
  }

  // A hundred lines at a time -------------------------------------------------------------------------------------

  const PAGE = 100;
  const begins = new WeakMap(); // table → the line with which what is shown begins

  /** The pages of long tables; `dress` prepares a line that is shown, the others find and fill its controls. */
  function pages({ dress, headsOf, spareOf, controlsOf, columnOf, put }) {
    /** Show the lines around `line`, or those shown before. */
    function show(table, line = null) {
      const lines = linesOf(table);
      const heads = headsOf(table);
      const last = Math.max(0, Math.floor((lines.length - 1) / PAGE) * PAGE);
      const wanted = line ? Math.floor(lines.indexOf(line) / PAGE) * PAGE : begins.get(table) ?? 0;
      const first = lines.length > PAGE ? Math.min(Math.max(wanted, 0), last) : 0;
      begins.set(table, first);
      lines.forEach((each, place) => {
        const shown = place >= first && place < first + PAGE;
        if (each.hidden === shown) each.hidden = !shown;
        if (shown) dress(table, each, place, heads);
      });
      tellPage(table, first, lines);
      sum(table);
    }

    function tellPage(table, first, lines) {
      const pager = table.closest(".lc-sheet-card").querySelector("[data-pager]");
      if (!pager) return;
      pager.hidden = lines.length <= PAGE;
      if (pager.hidden) return;
      const said = pager.querySelector("[data-pager-said]");
      const values = { from: first + 1, to: Math.min(first + PAGE, lines.length), n: lines.length };
      said.textContent = said.dataset.text.replace(/\{(\w+)\}/g, (_all, key) => String(values[key]));
      pager.querySelector("[data-page='-1']").disabled = first === 0;
      pager.querySelector("[data-page='1']").disabled = first + PAGE >= lines.length;
      const bad = lines.filter((line) => line.hidden && isBad(line)).length;
      const next = pager.querySelector("[data-next-bad]");
      next.hidden = !bad;
      next.textContent = next.dataset.text.replace("{n}", String(bad));
    }

    const isBad = (line) => line.querySelector("[aria-invalid='true']") !== null;

    function turn(table, by) {
      begins.set(table, (begins.get(table) ?? 0) + by * PAGE);
      show(table);
      table.closest(".lc-scroll").scrollIntoView({ block: "start" });
    }

    function nextBad(table) {
      const lines = linesOf(table);
      const after = lines.findIndex((line, place) => place >= (begins.get(table) ?? 0) + PAGE && isBad(line));
      const line = lines[after] ?? lines.find((each) => each.hidden && isBad(each));
      if (!line) return;
      show(table, line);
      line.querySelector("[aria-invalid='true']").focus();
    }

    /** The lines that the server did not draw: what they hold lies in the page as one value. */
    function makeUndrawn(table) {
      const card = table.closest(".lc-sheet-card");
      const held = card.querySelector("textarea[data-undrawn]");
      if (!held) return;
      const { columns, lines } = JSON.parse(held.defaultValue);
      const fragment = document.createDocumentFragment();
      lines.forEach(([id, texts, said]) => {
        const line = spareOf(card);
        if (id) line.dataset.row = id;
        line.hidden = true;
        controlsOf(line).forEach((control) => {
          const column = columnOf(control);
          put(control, texts[columns.indexOf(column)] ?? "", true);
          if (said[column]) mark(control, ...said[column]);
        });
        fragment.append(line);
      });
      table.tBodies[0].append(fragment);
      held.remove();
    }

    function mark(control, text, error, sure) {
      const message = document.createElement("span");
      message.className = `lc-error ${error ? "lc-cell-error" : "lc-cell-warning"}`;
      message.dataset.message = "";
      message.textContent = text;
      if (sure) message.dataset.sure = sure;
      control.closest("td").append(message);
      control.setAttribute("aria-describedby", "");
      control.setAttribute("aria-invalid", String(error));
      control.classList.toggle("is-invalid", error);
    }

    return { show, turn, nextBad, tellPage, makeUndrawn };
  }

  window.licheng = Object.assign(window.licheng ?? {}, { sheetParts: { PAGE, begins, linesOf, parse, sum, pages } });
})();
