/* 评分: the score sheet on a phone. Big steps, a draft kept on the device, and a submission that survives a dead spot.
 *
 * The draft holds what is typed and the idempotency key. A submission that got no answer is tried again with the same
 * key when the device is online, so that however often it is sent, one sheet comes of it.
 */
(function () {
  "use strict";

  const form = document.querySelector("form[data-score]");
  const work = window.lichengWork;
  if (!form || !work) return;

  const key = form.elements.idempotency_key;
  const words = form.dataset;
  let queued = false;
  let sending = false;

  // Steps -----------------------------------------------------------------------------------------------------------

  function onStep(event) {
    const button = event.target.closest?.("[data-step-by]");
    const input = button && document.getElementById(button.dataset.for);
    if (!input) return;
    const now = work.read(input.value);
    const step = Number(input.dataset.step);
    const next = (Number.isNaN(now) ? 0 : now) + Number(button.dataset.stepBy) * step;
    input.value = work.show(Math.min(Number(input.dataset.max), Math.max(0, next)));
    input.dispatchEvent(new Event("input", { bubbles: true }));
  }

  // Draft -----------------------------------------------------------------------------------------------------------

  function typed() {
    const values = {};
    new FormData(form).forEach((value, name) => {
      if (name !== "csrfmiddlewaretoken" && name !== "idempotency_key") values[name] = value;
    });
    return values;
  }

  function keep() {
    const held = JSON.stringify({ key: key.value, values: typed(), queued });
    try {
      work.storage()?.setItem(words.draft, held);
      tell(words.kept);
    } catch {
      tell(""); // the device's storage is full: the page still holds everything
    }
  }

  function restore() {
    let draft = null;
    try {
      draft = JSON.parse(work.storage()?.getItem(words.draft) ?? "null");
    } catch {
      draft = null;
    }
    if (!draft?.values) return;
    const untouched = Object.values(typed()).every((value) => value === "");
    if (!untouched) return; // the server has sent back what was typed: that is newer
    Object.entries(draft.values).forEach(([name, value]) => fill(name, value));
    key.value = draft.key || key.value;
    work.total(form);
    tell(words.restored);
    if (draft.queued) queue();
  }

  function fill(name, value) {
    const control = form.elements[name];
    if (!control) return;
    control.value = value; // a RadioNodeList takes it as well
  }

  function forget() {
    work.storage()?.removeItem(words.draft);
  }

  function tell(text) {
    form.querySelector("[data-draft-state]").textContent = text;
  }

  // Submission --------------------------------------------------------------------------------------------------------

  function onSubmit(event) {
    if (event.defaultPrevented) return;
    event.preventDefault();
    send();
  }

  function release() {
    delete form.dataset.pending;
  }

  function queue() {
    queued = true;
    keep();
    tell(words.queued);
    banner(words.queued);
  }

  function banner(text) {
    document.querySelectorAll("[data-offline-banner]").forEach((box) => {
      box.hidden = false;
      box.querySelector("[data-offline-text]").textContent = text;
    });
  }

  async function send() {
    if (sending) return;
    if (!navigator.onLine) {
      release();
      queue();
      return;
    }
    sending = true;
    keep();
    try {
      const answer = await fetch(form.action || window.location.href, {
        method: "POST",
        body: new FormData(form),
        headers: { Accept: "application/json" },
        credentials: "same-origin",
      });
      await read(answer);
    } catch {
      queue(); // no answer: it may or may not have arrived, so the same key goes again
    } finally {
      sending = false;
      release();
    }
  }

  async function read(answer) {
    const told = await answer.json().catch(() => ({}));
    queued = false;
    if (answer.ok) {
      forget();
      window.location.assign(told.location ?? window.location.href);
      return;
    }
    keep();
    if (answer.status === 401) {
      window.licheng.toast(words.signedOut, { tone: "warning", seconds: 10 });
      const here = encodeURIComponent(window.location.pathname);
      window.setTimeout(() => window.location.assign(`${told.sign_in}?next=${here}`), 1500);
      return;
    }
    if (answer.status >= 500) {
      throw new Error("the server could not answer");
    }
    mark(told.fields ?? {});
    const several = Object.keys(told.fields ?? {}).length > 0;
    const href = answer.status === 409 ? window.location.href : ""; // submitted before: the page shows that sheet
    window.licheng.toast(several ? words.problems : told.message, { tone: "danger", seconds: 12, href });
  }

  // Messages beside the fields ------------------------------------------------------------------------------------------

  function mark(fields) {
    const names = {};
    Object.entries(fields).forEach(([name, text]) => {
      [`points.${name}`, `answers.${name}`, name].forEach((full) => { names[full] = text; });
    });
    let first = null;
    form.querySelectorAll("[data-error-for]").forEach((box) => {
      const text = names[box.dataset.errorFor] ?? "";
      show(box, text);
      const control = document.getElementsByName(box.dataset.errorFor)[0];
      if (text && !first) first = control;
      if (control?.matches(".form-control")) {
        control.classList.toggle("is-invalid", Boolean(text));
        if (text) control.setAttribute("aria-invalid", "true");
        else control.removeAttribute("aria-invalid");
      }
    });
    first?.focus();
  }

  function show(box, text) {
    box.hidden = !text;
    box.querySelector("span").textContent = text;
  }

  function onEdit(event) {
    const name = event.target.name;
    const box = name && form.querySelector(`[data-error-for="${CSS.escape(name)}"]`);
    if (box && !box.hidden) show(box, "");
    event.target.classList?.remove("is-invalid");
    queued = false; // what is edited after a lost answer is sent by hand again
    window.setTimeout(keep, 0); // after the page has renewed the key
  }

  form.addEventListener("click", onStep);
  form.addEventListener("input", onEdit);
  form.addEventListener("submit", onSubmit);
  window.addEventListener("online", () => { if (queued) send(); });
  window.addEventListener("offline", () => banner(words.offline));
  restore();
  if (queued && navigator.onLine) send();
})();
