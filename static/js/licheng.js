/* 历程: what every page does. No inline code anywhere: everything is driven by data attributes.
 *
 *   data-confirm="…"      on a button, link or form: asks first, in a dialog
 *   data-idempotency      the hidden field whose key makes a retry harmless (partials/idempotency.html)
 *   data-dismiss          closes the nearest [data-dismissible]
 *   data-focus            takes the focus when it appears (an error summary)
 *   data-unguarded        on a form: may be submitted again at once (searches, downloads)
 *   licheng.toast(text, {tone: "info|success|warning|danger", href, seconds})
 *   licheng.confirm(text) a promise of true or false
 */
(function () {
  "use strict";

  const PENDING_SECONDS = 8;
  const texts = () => document.getElementById("lc-texts")?.dataset ?? {};

  // Elements ------------------------------------------------------------------------------------------------------

  function make(tag, className, text) {
    const element = document.createElement(tag);
    if (className) element.className = className;
    if (text !== undefined) element.textContent = text;
    return element;
  }

  function icon(name) {
    const space = "http://www.w3.org/2000/svg";
    const svg = document.createElementNS(space, "svg");
    const use = document.createElementNS(space, "use");
    const sprite = document.getElementById("toasts")?.dataset.icons ?? "";
    svg.setAttribute("class", "icon");
    svg.setAttribute("aria-hidden", "true");
    use.setAttribute("href", `${sprite}#${name}`);
    svg.append(use);
    return svg;
  }

  // Toasts --------------------------------------------------------------------------------------------------------

  const TOAST_ICONS = { info: "info-circle", success: "circle-check", warning: "alert-triangle", danger: "alert-circle" };

  function toast(text, { tone = "info", href = "", seconds = 7 } = {}) {
    const region = document.getElementById("toasts");
    if (!region || !text) return null;
    const box = make("div", `lc-toast lc-toast-${tone}`);
    box.dataset.dismissible = "";
    if (tone === "danger") box.setAttribute("role", "alert"); // the others are announced by the region itself
    const body = make("div", "lc-toast-text");
    if (href) {
      const link = make("a", "", text);
      link.href = href;
      body.append(link);
    } else {
      body.textContent = text;
    }
    const close = make("button", "lc-iconbtn lc-iconbtn-sm");
    close.type = "button";
    close.dataset.dismiss = "";
    close.setAttribute("aria-label", texts().close ?? "");
    close.append(icon("x"));
    box.append(icon(TOAST_ICONS[tone] ?? TOAST_ICONS.info), body, close);
    region.append(box);
    fadeWhenUnattended(box, seconds);
    return box;
  }

  function fadeWhenUnattended(box, seconds) {
    let timer = 0;
    const wait = () => { timer = window.setTimeout(() => box.remove(), seconds * 1000); };
    const hold = () => window.clearTimeout(timer);
    box.addEventListener("mouseenter", hold);
    box.addEventListener("focusin", hold);
    box.addEventListener("mouseleave", wait);
    box.addEventListener("focusout", wait);
    wait();
  }

  // Asking first --------------------------------------------------------------------------------------------------

  function confirm(question) {
    const words = texts();
    const dialog = make("dialog", "lc-dialog");
    const form = make("form");
    form.method = "dialog";
    const body = make("div", "lc-dialog-body");
    const title = make("h2", "", words.confirmTitle);
    const text = make("p", "", question);
    title.id = "lc-dialog-title";
    text.id = "lc-dialog-text";
    dialog.setAttribute("aria-labelledby", title.id);
    dialog.setAttribute("aria-describedby", text.id);
    body.append(title, text);
    const actions = make("div", "lc-dialog-actions");
    const no = make("button", "btn btn-outline-secondary", words.cancel);
    const yes = make("button", "btn btn-primary", words.ok);
    no.value = "no";
    yes.value = "yes";
    no.autofocus = true;
    actions.append(no, yes);
    form.append(body, actions);
    dialog.append(form);
    document.body.append(dialog);
    return new Promise((resolve) => {
      dialog.addEventListener("close", () => {
        resolve(dialog.returnValue === "yes");
        dialog.remove();
      });
      dialog.showModal();
    });
  }

  function onSubmitAsk(event) {
    const form = event.target;
    const submitter = event.submitter;
    const question = submitter?.dataset.confirm ?? form.dataset.confirm;
    if (!question || form.dataset.confirmed) return;
    event.preventDefault();
    event.stopImmediatePropagation();
    confirm(question).then((yes) => {
      if (!yes) return;
      form.dataset.confirmed = "yes";
      try {
        form.requestSubmit(submitter ?? undefined);
      } finally {
        delete form.dataset.confirmed;
      }
    });
  }

  function onClickAsk(event) {
    const link = event.target.closest?.("a[data-confirm]");
    if (!link || link.hasAttribute("hx-get") || changes(link)) return; // htmx asks through htmx:confirm
    event.preventDefault();
    confirm(link.dataset.confirm).then((yes) => { if (yes) window.location.assign(link.href); });
  }

  function changes(element) {
    return ["post", "put", "patch", "delete"].some((verb) => element.hasAttribute(`hx-${verb}`));
  }

  function onHtmxConfirm(event) {
    const element = event.detail.elt;
    const asked = element instanceof HTMLFormElement ? "" : element.dataset?.confirm; // forms were asked on submit
    const question = event.detail.question || asked;
    if (!question) return;
    event.preventDefault();
    confirm(question).then((yes) => {
      if (yes) event.detail.issueRequest(true);
      else onHtmxAfter(event);
    });
  }

  // One submission, once --------------------------------------------------------------------------------------------
  // The key stays the same for a retry of the same content, so that the server recognises it; editing after a
  // submission makes it a different request with a new key.

  function newKey() {
    if (window.crypto.randomUUID) return window.crypto.randomUUID(); // absent on plain http
    const bytes = window.crypto.getRandomValues(new Uint8Array(16));
    bytes[6] = (bytes[6] & 0x0f) | 0x40;
    bytes[8] = (bytes[8] & 0x3f) | 0x80;
    const hex = Array.from(bytes, (byte) => byte.toString(16).padStart(2, "0")).join("");
    return hex.replace(/^(.{8})(.{4})(.{4})(.{4})(.{12})$/, "$1-$2-$3-$4-$5");
  }

  function giveKeys(root) {
    root.querySelectorAll?.("input[data-idempotency]").forEach((field) => {
      if (!field.value) field.value = newKey();
    });
  }

  function onEdit(event) {
    const form = event.target.form;
    if (!form || !form.dataset.sent || event.target.matches("[data-idempotency]")) return;
    delete form.dataset.sent;
    form.querySelectorAll("input[data-idempotency]").forEach((field) => { field.value = newKey(); });
  }

  function guarded(form) {
    const posts = form.getAttribute("method")?.toLowerCase() === "post" || changes(form);
    return posts && !("unguarded" in form.dataset);
  }

  function onSubmitGuard(event) {
    const form = event.target;
    if (event.defaultPrevented || !guarded(form)) return;
    if (form.dataset.pending) {
      event.preventDefault();
      event.stopImmediatePropagation();
      toast(texts().pending, { seconds: 3 });
      return;
    }
    form.dataset.pending = "yes";
    form.dataset.sent = "yes";
    window.setTimeout(() => release(form), PENDING_SECONDS * 1000); // a download, a lost answer: let them try again
  }

  function release(form) {
    delete form.dataset.pending;
  }

  function releaseAll() {
    document.querySelectorAll("form[data-pending]").forEach(release);
  }

  // htmx ------------------------------------------------------------------------------------------------------------

  function csrfToken() {
    const field = document.querySelector("input[name=csrfmiddlewaretoken]");
    return field?.value ?? document.cookie.match(/(?:^|; )csrftoken=([^;]+)/)?.[1] ?? "";
  }

  function onFreshToken(event) {
    // Signing in again in another window has changed the token that this page was drawn with.
    const form = event.target;
    const token = document.cookie.match(/(?:^|; )csrftoken=([^;]+)/)?.[1];
    if (token && form.matches?.("form[data-fresh-token]")) form.elements.csrfmiddlewaretoken.value = token;
  }

  function onHtmxConfigure(event) {
    if (event.detail.verb !== "get") event.detail.headers["X-CSRFToken"] = csrfToken();
  }

  function onHtmxAfter(event) {
    const form = event.detail.elt?.closest?.("form");
    if (form) release(form);
  }

  function onHtmxError(event) {
    const xhr = event.detail.xhr;
    const plain = (xhr.getResponseHeader("Content-Type") ?? "").startsWith("text/plain");
    const words = texts();
    const standard = { 403: words.denied, 404: words.gone, 409: words.conflict };
    toast((plain && xhr.responseText.trim()) || standard[xhr.status] || words.failed, { tone: "danger", seconds: 12 });
  }

  function onHtmxBeforeSwap(event) {
    const signIn = document.body.dataset.signIn;
    const answered = event.detail.xhr.responseURL;
    if (!signIn || !answered) return;
    if (new URL(answered).pathname === signIn && window.location.pathname !== signIn) {
      event.detail.shouldSwap = false; // the session has ended: the whole page goes to sign in, and comes back here
      const here = window.location.pathname + window.location.search;
      window.location.assign(`${signIn}?next=${encodeURIComponent(here)}`);
    }
  }

  // Tables on a phone ---------------------------------------------------------------------------------------------

  function describeTables(root) {
    const tables = root.matches?.(".lc-table") ? [root] : Array.from(root.querySelectorAll?.(".lc-table") ?? []);
    const outer = root.closest?.(".lc-table");
    if (outer && !tables.includes(outer)) tables.push(outer);
    tables.forEach(describeTable);
  }

  function describeTable(table) {
    const heads = Array.from(table.querySelectorAll(":scope > thead th"), (head) => head.textContent.trim());
    table.setAttribute("role", "table");
    table.querySelectorAll(":scope > thead, :scope > tbody").forEach((group) => group.setAttribute("role", "rowgroup"));
    table.querySelectorAll(":scope > thead th").forEach((head) => head.setAttribute("role", "columnheader"));
    table.querySelectorAll(":scope > * > tr").forEach((row) => row.setAttribute("role", "row"));
    table.querySelectorAll(":scope > tbody > tr").forEach((row) => {
      Array.from(row.children).forEach((cell, column) => {
        cell.setAttribute("role", cell.tagName === "TH" ? "rowheader" : "cell");
        if (!cell.dataset.label && cell.colSpan === 1 && heads[column]) cell.dataset.label = heads[column];
      });
    });
  }

  // Wiring ----------------------------------------------------------------------------------------------------------

  function onDismiss(event) {
    const button = event.target.closest?.("[data-dismiss]");
    button?.closest("[data-dismissible]")?.remove();
  }

  function prepare(root) {
    giveKeys(root);
    describeTables(root);
    root.querySelector?.("[data-focus]")?.focus();
  }

  document.addEventListener("submit", onFreshToken, true);
  document.addEventListener("submit", onSubmitAsk, true);
  document.addEventListener("submit", onSubmitGuard, true);
  document.addEventListener("click", onClickAsk);
  document.addEventListener("click", onDismiss);
  document.addEventListener("input", onEdit);
  document.addEventListener("htmx:confirm", onHtmxConfirm);
  document.addEventListener("htmx:configRequest", onHtmxConfigure);
  document.addEventListener("htmx:afterRequest", onHtmxAfter);
  document.addEventListener("htmx:responseError", onHtmxError);
  document.addEventListener("htmx:sendError", () => toast(texts().network, { tone: "danger", seconds: 12 }));
  document.addEventListener("htmx:timeout", () => toast(texts().network, { tone: "danger", seconds: 12 }));
  document.addEventListener("htmx:beforeSwap", onHtmxBeforeSwap);
  document.addEventListener("htmx:load", (event) => prepare(event.detail.elt));
  window.addEventListener("pageshow", releaseAll); // also when the browser brings a page back from its cache
  prepare(document);

  window.licheng = { toast, confirm, newKey };
})();
