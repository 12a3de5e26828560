/* 历程: the editor of a pack's file. Works without it as a plain form; with it:
 *
 *   line numbers, those with problems marked; Tab and Enter as in an editor (Esc, then Tab, leaves it)
 *   checks while one types: the whole pack as it would be, a moment after the last key
 *   saves without leaving the page (Ctrl+S); what somebody else saved meanwhile is shown beside one's own
 *   keeps what is not saved in this browser until it is
 */
(function () {
  "use strict";

  const form = document.getElementById("editor");
  const text = document.getElementById("id_text");
  if (!form || !text) return;

  const CHECK_AFTER = 900;
  const KEEP_AFTER = 400;
  const key = `workshop:${form.action}`;
  const part = (name) => form.querySelector(`[data-${name}]`);
  const lines = part("lines");
  const state = part("state");
  const position = part("position");
  const findings = document.getElementById("findings");
  const checking = document.querySelector("[data-checking]");
  const version = form.elements.namedItem("version");
  const readonly = "readonly" in form.dataset;
  let saved = text.value;
  let saving = false;
  let leaving = false; // Esc was pressed: the next Tab goes on to the next control
  let bad = new Set();

  // Lines ---------------------------------------------------------------------------------------------------------

  function drawLines() {
    const count = text.value.split("\n").length;
    const numbers = document.createDocumentFragment();
    let run = "";
    for (let number = 1; number <= count; number += 1) {
      if (bad.has(number)) {
        if (run) numbers.append(run);
        run = "";
        const mark = document.createElement("b");
        mark.textContent = String(number);
        numbers.append(mark);
      } else {
        run += `${number}\n`;
      }
    }
    if (run) numbers.append(run);
    lines.replaceChildren(numbers);
    lines.scrollTop = text.scrollTop;
  }

  function showPosition() {
    const before = text.value.slice(0, text.selectionStart).split("\n");
    position.textContent = `${before.length} : ${before[before.length - 1].length + 1}`;
  }

  function goTo(line) {
    const all = text.value.split("\n");
    const number = Math.min(Math.max(1, line), all.length);
    const start = all.slice(0, number - 1).join("\n").length + (number > 1 ? 1 : 0);
    text.focus();
    text.setSelectionRange(start, start + all[number - 1].length);
    const height = parseFloat(getComputedStyle(text).lineHeight) || 20;
    text.scrollTop = Math.max(0, (number - 6) * height);
    text.scrollLeft = 0;
    showPosition();
  }

  // Keys ----------------------------------------------------------------------------------------------------------

  function insert(words) {
    // execCommand keeps the browser's own undo; setRangeText is for those that no longer have it.
    if (!document.execCommand?.("insertText", false, words)) {
      text.setRangeText(words, text.selectionStart, text.selectionEnd, "end");
      text.dispatchEvent(new Event("input", { bubbles: true }));
    }
  }

  function onKey(event) {
    if ((event.ctrlKey || event.metaKey) && event.key.toLowerCase() === "s") {
      event.preventDefault();
      if (!readonly) save();
      return;
    }
    if (event.target !== text || readonly || event.isComposing) return;
    if (event.key === "Escape") {
      leaving = true;
      return;
    }
    if (event.key === "Tab" && !event.shiftKey && !leaving) {
      event.preventDefault();
      insert("  ");
    } else if (event.key === "Enter" && !event.ctrlKey && !event.metaKey) {
      const line = text.value.slice(0, text.selectionStart).split("\n").pop();
      const indent = /^[ ]*(?:- )?/.exec(line)[0].replace("-", " ");
      if (indent) {
        event.preventDefault();
        insert(`\n${indent}`);
      }
    }
    leaving = false;
  }

  // What is not saved yet ---------------------------------------------------------------------------------------------

  function kept() {
    try {
      return JSON.parse(window.localStorage.getItem(key) ?? "null");
    } catch {
      return null;
    }
  }

  function keep() {
    try {
      if (text.value === saved) window.localStorage.removeItem(key);
      else window.localStorage.setItem(key, JSON.stringify({ text: text.value }));
    } catch {
      // The browser keeps nothing (private window, full): leaving the page still asks.
    }
  }

  function offerKept() {
    const before = kept();
    const box = part("kept");
    if (!before || before.text === saved || readonly) {
      if (before && before.text === saved) keep();
      return;
    }
    box.hidden = false;
    part("kept-use").addEventListener("click", () => {
      box.hidden = true;
      text.value = before.text;
      changed();
      text.focus();
    });
    part("kept-drop").addEventListener("click", () => {
      box.hidden = true;
      keep();
      text.focus();
    });
  }

  // Saving --------------------------------------------------------------------------------------------------------

  async function save() {
    if (saving) return;
    saving = true;
    const sent = text.value;
    state.textContent = form.dataset.saving;
    try {
      const answer = await fetch(form.action, {
        method: "POST",
        body: new FormData(form),
        headers: { Accept: "application/json" },
        credentials: "same-origin",
      });
      const isJson = (answer.headers.get("Content-Type") ?? "").startsWith("application/json");
      if (!isJson) {
        state.textContent = answer.redirected || answer.status === 403 ? form.dataset.signedOut : form.dataset.failed;
        return;
      }
      const told = await answer.json();
      if (answer.ok) {
        version.value = told.version;
        saved = sent;
        state.textContent = told.message;
        part("conflict").hidden = true;
        keep();
      } else if (answer.status === 409) {
        state.textContent = told.message;
        showConflict(told);
      } else {
        state.textContent = told.message;
      }
    } catch {
      state.textContent = form.dataset.failed;
    } finally {
      saving = false;
    }
  }

  function showConflict(told) {
    const box = part("conflict");
    const gone = told.text === null;
    part("conflict-text").textContent = told.message;
    part("conflict-theirs-text").textContent = told.text ?? "";
    part("conflict-theirs").hidden = gone;
    part("conflict-mine").hidden = gone;
    box.querySelector("details").hidden = gone;
    box.hidden = false;
    part("conflict-mine").onclick = () => {
      version.value = told.version;
      save();
    };
    part("conflict-theirs").onclick = () => {
      version.value = told.version;
      text.value = saved = told.text;
      box.hidden = true;
      changed();
      text.focus();
    };
    box.querySelector("button:not([hidden])")?.focus();
  }

  // Checking --------------------------------------------------------------------------------------------------------

  let asked = 0;

  async function check() {
    const mine = (asked += 1);
    const body = new FormData(form);
    body.set("path", form.dataset.path);
    checking.hidden = false;
    try {
      const answer = await fetch(form.dataset.check, { method: "POST", body, credentials: "same-origin" });
      if (!answer.ok || answer.redirected || mine !== asked) return;
      findings.innerHTML = await answer.text(); // our own server's fragment, escaped there
      markLines();
    } catch {
      // The next key asks again.
    } finally {
      if (mine === asked) checking.hidden = true;
    }
  }

  function markLines() {
    bad = new Set([...findings.querySelectorAll("[data-line]")].map((link) => Number(link.dataset.line)));
    drawLines();
  }

  function later(wait, act) {
    let timer = 0;
    return () => {
      window.clearTimeout(timer);
      timer = window.setTimeout(act, wait);
    };
  }

  const checkLater = later(CHECK_AFTER, check);
  const keepLater = later(KEEP_AFTER, keep);

  function changed() {
    drawLines();
    showPosition();
    if (text.value !== saved) state.textContent = form.dataset.unsaved;
    keepLater();
    checkLater();
  }

  // Beginning -------------------------------------------------------------------------------------------------------

  text.addEventListener("input", changed);
  text.addEventListener("scroll", () => { lines.scrollTop = text.scrollTop; });
  new ResizeObserver(() => { lines.style.height = `${text.offsetHeight}px`; }).observe(text);
  text.addEventListener("keyup", showPosition);
  text.addEventListener("click", showPosition);
  document.addEventListener("keydown", onKey);
  form.addEventListener("submit", (event) => {
    event.preventDefault();
    save();
  });
  window.addEventListener("beforeunload", (event) => {
    if (text.value === saved || readonly) return;
    keep();
    event.preventDefault();
  });
  findings.addEventListener("click", (event) => {
    const link = event.target.closest?.("[data-line]");
    if (!link) return;
    event.preventDefault();
    goTo(Number(link.dataset.line));
  });
  document.querySelector("[data-jump]")?.addEventListener("change", (event) => {
    const select = event.target;
    window.location.assign(`${select.dataset.jump}?path=${encodeURIComponent(select.value)}`);
    select.value = form.dataset.path; // should one stay after all
  });
  document.querySelector("[data-find]")?.addEventListener("input", (event) => {
    const wanted = event.target.value.trim().toLowerCase();
    for (const row of document.querySelectorAll("[data-findable]")) {
      row.hidden = Boolean(wanted) && !row.textContent.toLowerCase().includes(wanted);
    }
    for (const group of document.querySelectorAll(".ws-help details")) {
      const any = group.querySelector("[data-findable]:not([hidden])") !== null;
      group.hidden = !any;
      if (wanted) group.open = any;
    }
  });

  drawLines();
  offerKept();
  findings.removeAttribute("hx-get"); // the first check is this script's, with the lines of the open file
  findings.removeAttribute("hx-trigger");
  check();
  if (form.dataset.line) goTo(Number(form.dataset.line));
})();
