/* 历程: filling in a declaration. What is typed is saved a moment later, cell by cell; what cannot be saved is kept on
 * this machine until it is, or until the person signs out.
 *
 * The form carries its texts as data attributes. Without this script the same form is sent by its button.
 */
(function () {
  "use strict";

  const cells = window.licheng?.cells;
  const notes = window.licheng?.notes;
  const draft = window.licheng?.draft;
  const others = window.licheng?.others;
  if (!cells || !notes || !draft || !others) return;

  const TYPING_PAUSE = 1500;
  const HERE_EVERY = 20000;
  const RETRY = [5000, 15000, 30000, 60000];

  const { form } = cells;
  const words = form.dataset;
  const versionField = form.elements._version;
  const state = form.querySelector("[data-save-state]");
  const left = form.querySelector("[data-save-left]");
  const conflict = document.getElementById("conflict");

  let timer = 0;
  let saving = false;
  let dirty = false;
  let halted = false;
  let failures = 0;
  let edits = 0;

  // Telling -----------------------------------------------------------------------------------------------------------

  function say(text, tone = "") {
    state.textContent = text;
    state.dataset.tone = tone;
  }

  function sayWithLink(text, label, href) {
    say(`${text} `, "danger");
    const link = document.createElement("a");
    link.href = href;
    link.target = "_blank";
    link.rel = "noopener";
    link.textContent = label;
    state.append(link);
  }

  function show(answer) {
    notes.messages(answer.errors, answer.warnings, answer.sure, answer.confirmed);
    Object.entries(answer.reasons ?? {}).forEach(([rule, version]) => {
      const area = form.querySelector(`[data-reason="${CSS.escape(rule)}"]`);
      if (area && !draft.clashes.has(`reason.${rule}`)) area.dataset.base = String(version);
    });
    update(answer);
    say(`${words.saved} ${answer.saved_at.slice(11, 16)}`, "success");
  }

  function update(answer) {
    notes.follow(answer);
    notes.people(answer.people);
    if (answer.missing !== undefined) left.textContent = answer.missing ? words.missing.replace("{n}", String(answer.missing)) : words.complete;
    if (answer.checks !== undefined) notes.checks(answer.checks);
  }

  // Saving --------------------------------------------------------------------------------------------------------------

  function csrf() {
    return document.cookie.match(/(?:^|; )csrftoken=([^;]+)/)?.[1] ?? form.elements.csrfmiddlewaretoken.value;
  }

  function later(pause) {
    window.clearTimeout(timer);
    timer = window.setTimeout(save, pause);
  }

  function touched() {
    dirty = true;
    edits += 1;
    draft.holdSoon();
    if (halted) return;
    say(words.unsaved);
    later(TYPING_PAUSE);
  }

  function again(text, link) {
    const pause = RETRY[Math.min(failures, RETRY.length - 1)];
    failures += 1;
    draft.hold();
    if (link) sayWithLink(text, words.signIn, link);
    else say(text, "danger");
    later(pause);
  }

  async function save() {
    window.clearTimeout(timer);
    if (saving || !dirty || halted) return;
    const sent = edits;
    const { found, now } = draft.changes();
    if (draft.nothing(found)) {
      dirty = false;
      draft.hold();
      say(draft.clashes.size ? words.clashCount.replace("{n}", String(draft.clashes.size)) : words.saved, draft.clashes.size ? "danger" : "success");
      return;
    }
    saving = true;
    say(words.saving);
    draft.hold();
    try {
      const body = JSON.stringify({ version: Number(versionField.value), user: words.user, tab: draft.tab, field: focused(), ...found });
      const response = await fetch(window.location.pathname, {
        method: "POST",
        headers: { Accept: "application/json", "Content-Type": "application/json", "X-CSRFToken": csrf() },
        body,
        keepalive: body.length < 60000,
      });
      const json = (response.headers.get("Content-Type") ?? "").startsWith("application/json");
      heard(response.status, json ? await response.json() : {}, sent, found, now);
    } catch {
      again(words.offline);
    } finally {
      saving = false;
      if (dirty && !halted && !failures) later(TYPING_PAUSE);
    }
  }

  function focused() {
    const active = document.activeElement;
    return active && form.contains(active) && active.name ? cells.pathOf(active) : "";
  }

  function heard(status, answer, sent, found, now) {
    if (status === 200) {
      failures = 0;
      const before = Number(versionField.value);
      acknowledge(answer, found, now);
      versionField.value = String(answer.version);
      dirty = edits !== sent;
      others.takeOver(answer.others, before);
      show(answer);
      answer.clashes.forEach(others.contested);
      draft.hold();
      if (dirty) say(words.unsaved); // typed since it was sent
      else if (draft.clashes.size) say(words.clashCount.replace("{n}", String(draft.clashes.size)), "danger");
      document.getElementById("restored").hidden = true;
      document.body.dispatchEvent(new CustomEvent("licheng:saved"));
    } else if (status === 401) again(words.signedOut, `${answer.sign_in}?next=${encodeURIComponent(window.location.pathname)}`);
    else if (status === 409 && answer.code === "other_user") again(answer.message, `${words.signInUrl}?next=${encodeURIComponent(window.location.pathname)}`);
    else if (answer.message) {
      halted = ![413, 422].includes(status) || answer.code === "unknown_cell"; // trying again would change nothing
      if (Object.keys(answer.fields ?? {}).length) notes.messages(answer.fields, {});
      say(answer.message, "danger");
      draft.hold();
      failures = 1; // until something else is typed
    } else again(words.failed);
  }

  function acknowledge(answer, found, now) {
    const refused = new Set(answer.clashes.map((clash) => clash.path));
    Object.keys(found.cells).forEach((path) => {
      draft.bases.delete(path);
      if (refused.has(path) || refused.has(draft.lineOf(path))) return;
      draft.known.cells.set(path, now.cells.get(path));
    });
    Object.entries(found.lines).forEach(([table, { now: ids, was }]) => {
      draft.known.lines[table] = ids;
      was.filter((id) => !ids.includes(id)).forEach((id) => {
        draft.bases.delete(`${table}.${id}`);
        if (refused.has(`${table}.${id}`)) return;
        Array.from(draft.known.cells.keys()).filter((path) => path.startsWith(`${table}.${id}.`)).forEach((path) => draft.known.cells.delete(path));
      });
    });
    Object.entries(found.reasons).forEach(([rule, { text }]) => { if (!refused.has(`reason.${rule}`)) draft.knownReasons.set(rule, text); });
    draft.bases.forEach((_version, path) => { if (!draft.waiting.has(path)) draft.bases.delete(path); });
  }

  // Now and then: who is here, what has changed ---------------------------------------------------------------------------

  async function here() {
    if (document.visibilityState !== "visible" || saving || halted || failures) return;
    const asked = `?${new URLSearchParams({ version: versionField.value, tab: draft.tab, field: focused() })}`;
    try {
      const response = await fetch(words.here + asked, { headers: { Accept: "application/json" } });
      if (!response.ok || saving) return;
      const answer = await response.json();
      if (answer.others) {
        const before = Number(versionField.value);
        versionField.value = String(answer.version);
        others.takeOver(answer.others, before);
      }
      update(answer);
    } catch { /* advisory */ }
  }

  // Wiring --------------------------------------------------------------------------------------------------------------

  async function settle() {
    for (let tries = 0; tries < 50 && (saving || dirty) && !halted && !failures; tries += 1) {
      if (!saving) await save();
      else await new Promise((done) => { window.setTimeout(done, 100); });
    }
    return !dirty && !saving;
  }

  async function onSubmit(event) {
    event.preventDefault();
    const next = event.submitter?.dataset.url;
    failures = 0;
    if (!(await settle()) || draft.clashes.size) return;
    const bad = form.querySelector("[aria-invalid=true]");
    if (bad) {
      window.licheng?.toast(words.savedWithErrors.replace("{n}", String(form.querySelectorAll("[aria-invalid=true]").length)), { tone: "warning" });
      bad.focus();
    } else if (next) window.location.assign(next);
    else {
      say(words.saved, "success");
      window.licheng?.toast(words.saved, { tone: "success", seconds: 4 });
    }
  }

  function nextOpen(event) {
    const path = event.currentTarget.dataset.nextOpen;
    const place = path && cells.placeOf(path);
    if (!place) return;
    event.preventDefault();
    cells.reveal(place);
    (place.querySelector("input, textarea, select") ?? place).focus();
  }

  function growWhereTheBrowserDoesNot() {
    if (CSS.supports("field-sizing", "content")) return;
    const fit = (area) => { area.style.height = "auto"; area.style.height = `${area.scrollHeight + 2}px`; };
    form.querySelectorAll("textarea").forEach(fit);
    form.addEventListener("input", (event) => { if (event.target.tagName === "TEXTAREA") fit(event.target); });
  }

  form.addEventListener("input", touched); // not "change": leaving a field would count as an edit, and take away what is clicked on
  if (conflict.hidden) form.addEventListener("submit", onSubmit);
  form.addEventListener("focusout", others.onBlur);
  document.querySelector("[data-next-open]")?.addEventListener("click", nextOpen);
  document.querySelector("form[data-prefill]")?.addEventListener("submit", async (event) => {
    if (!dirty && !saving) return;
    event.preventDefault();
    if (await settle()) event.target.submit();
  });
  document.querySelector("[data-reload]")?.addEventListener("click", () => { dirty = false; draft.letGo(); });
  document.addEventListener("visibilitychange", () => {
    if (document.visibilityState === "hidden") { draft.flushHold(); save(); }
    else if (failures && dirty) later(500);
    else here();
  });
  window.addEventListener("licheng:sign-out", () => { halted = true; dirty = false; draft.clashes.clear(); draft.dropHold(); });
  window.addEventListener("pagehide", () => { draft.flushHold(); });
  window.addEventListener("online", () => { if (dirty) later(500); });
  window.addEventListener("beforeunload", (event) => {
    if (dirty) { draft.hold(); save(); event.preventDefault(); }
    else if (draft.clashes.size) event.preventDefault();
  });
  draft.touched = touched;
  window.licheng.flush = settle;
  growWhereTheBrowserDoesNot();
  notes.place();
  if (conflict.hidden) draft.recover();
  else halted = true; // the page itself is the answer to a conflict: nothing is saved until the person has chosen
  window.setInterval(here, HERE_EVERY);
  window.setTimeout(here, 1000);
})();
