/* 历程: uploading files piece by piece, many at once, each with its progress, and going on after an interruption.
 *
 * The server alone says how much of a file has arrived; after anything unclear it is asked again. Every text comes from
 * the page (data-text-…). Without this script the forms are sent as they are.
 *
 *   [data-uploads="address"]      the page; POST there opens an upload or finds the one that was left
 *   form[data-upload]             one item's form; [data-drop] takes dragged files; with choices it waits for its button
 *   [data-upload-list]            where the files under way are shown; <li data-session> are those left from last time
 *   [data-fresh="name"]           parts that are fetched anew when a file has arrived
 *
 * What is said to the server, and how, is in upload-line.js.
 */
(function () {
  "use strict";

  const page = document.querySelector("[data-uploads]");
  if (!page) return;

  const AT_ONCE = 2;
  const RETRY = [2000, 5000, 15000, 30000, 60000];
  const SCAN_LOOK = 5000;
  const words = (name, values = {}) =>
    Object.entries(values).reduce((text, [key, value]) => text.replace(`{${key}}`, value), page.dataset[`text${name}`] ?? "");
  const { ask, fingerprint, Refused } = window.licheng.uploadLine;
  const said = page.querySelector("[data-upload-said]");
  const jobs = [];

  // One file ----------------------------------------------------------------------------------------------------------

  const size = (bytes) => bytes < 1024 * 1024 ? `${Math.max(1, Math.round(bytes / 1024))} KB` : `${(bytes / 1024 / 1024).toFixed(1)} MB`;

  function make(tag, className, text) {
    const element = document.createElement(tag);
    if (className) element.className = className;
    if (text !== undefined) element.textContent = text;
    return element;
  }

  function draw(job) {
    const row = make("li", "lc-uploading");
    const bar = make("progress", "lc-progress-bar");
    bar.max = Math.max(1, job.file.size);
    bar.value = 0;
    bar.setAttribute("aria-label", words("Of", { name: job.file.name }));
    job.row = row;
    job.bar = bar;
    job.state = make("span", "lc-uploading-said", words("Waiting"));
    job.tools = make("span", "lc-uploading-tools");
    row.append(make("span", "lc-uploading-name", job.file.name), bar, job.state, job.tools);
    job.list.append(row);
    job.list.hidden = false;
    offer(job, ["Cancel", () => cancel(job)]);
  }

  function offer(job, ...buttons) {
    const held = job.tools.contains(document.activeElement);
    job.tools.replaceChildren(...buttons.map(([name, act]) => {
      const button = make("button", "btn btn-sm btn-outline-secondary", words(name));
      button.type = "button";
      button.setAttribute("aria-label", `${words(name)} ${job.file.name}`);
      button.addEventListener("click", act);
      return button;
    }));
    if (held) job.tools.firstElementChild?.focus();
  }

  function tell(job, text, tone = "") {
    job.state.textContent = text;
    job.row.dataset.tone = tone;
    if (tone) said.textContent = `${job.file.name}：${text}`;
  }

  function show(job, sent) {
    job.bar.value = sent;
    const percent = Math.floor((sent * 100) / Math.max(1, job.file.size));
    tell(job, words("Sending", { percent, sent: size(sent), size: size(job.file.size) }));
  }

  async function begin(job) {
    const data = new URLSearchParams({ item: job.item, name: job.file.name, size: job.file.size });
    job.tags.forEach((tag) => data.append("tags", tag));
    try {
      job.print ??= await fingerprint(job.file, () => tell(job, words("Reading")));
    } catch {
      throw new Refused(422, { message: words("Gone") });
    }
    if (job.at === "cancelled") throw new Refused(-1, null);
    data.append("fingerprint", job.print);
    const told = await ask(job, "POST", page.dataset.uploads, { body: data });
    if (job.at === "cancelled") { // meanwhile: what was just opened is given up
      ask(null, "DELETE", told.url).catch(() => { /* it expires */ });
      throw new Refused(-1, null);
    }
    job.url = told.url;
    job.piece = told.piece;
    job.list.querySelectorAll(`li[data-session="${told.url}"]`).forEach((left) => left.remove());
    return told.received;
  }

  async function send(job) {
    let sent = job.url ? (await ask(job, "GET", job.url)).received : await begin(job);
    show(job, sent);
    while (sent < job.file.size) {
      const from = sent;
      const piece = job.file.slice(from, from + job.piece);
      try {
        await piece.slice(0, 1).arrayBuffer();
      } catch { // moved, deleted or changed on the disk
        throw new Refused(422, { message: words("Gone") });
      }
      try {
        const told = await ask(job, "PATCH", job.url, {
          body: piece,
          headers: { "Content-Type": "application/octet-stream", "Upload-Offset": String(from) },
          onProgress: (bytes) => show(job, Math.min(from + bytes, from + piece.size)),
        });
        sent = told.received;
      } catch (refusal) {
        if (refusal.status !== 409 || refusal.told.received === undefined) throw refusal;
        sent = refusal.told.received; // another window sends the same file, or the answer to the last piece was lost
      }
      job.failures = 0;
      show(job, sent);
    }
    tell(job, words("Checking"));
    return ask(job, "POST", job.url);
  }

  async function run(job) {
    job.at = "running";
    offer(job, ["Cancel", () => cancel(job)]);
    try {
      const file = await send(job);
      job.at = "done";
      tell(job, words("Done"), "success");
      job.row.remove();
      (file.notes ?? []).forEach((note) => window.licheng?.toast?.(`${file.name}：${note}`, { tone: "warning", seconds: 12 }));
    } catch (refusal) {
      if (job.at !== "cancelled") failed(job, refusal);
    }
    job.request = null;
    tidy(job);
    next();
    if (job.at === "done") refresh();
  }

  function failed(job, refusal) {
    const { status } = refusal;
    if (status === 401) return hold(job, words("SignedOut"), true);
    if (status === 404 && job.url) { // expired meanwhile: begin anew
      job.url = "";
      return later(job);
    }
    if (status === 409) return later(job);
    if ([0, 408, 425, 429].includes(status) || status >= 500) return later(job);
    job.at = "refused";
    job.url = "";
    tell(job, refusal.message || words("Paused"), "danger");
    return offer(job, ["Dismiss", () => drop(job)], ["Retry", () => queue(job)]);
  }

  function later(job) {
    if (job.failures >= RETRY.length) return hold(job, words("Paused"), false);
    job.at = "waiting";
    tell(job, words("Offline"), "warning");
    job.timer = window.setTimeout(() => queue(job), RETRY[job.failures]);
    job.failures += 1;
    return offer(job, ["Continue", () => queue(job)], ["Cancel", () => cancel(job)]);
  }

  function hold(job, text, signIn) {
    job.at = "held";
    tell(job, text, "danger");
    const go = ["SignIn", () => window.open(page.dataset.signIn, "_blank", "noopener")];
    return offer(job, ...(signIn ? [go] : []), ["Continue", () => queue(job)], ["Cancel", () => cancel(job)]);
  }

  function cancel(job) {
    const { url } = job;
    job.at = "cancelled";
    window.clearTimeout(job.timer);
    if (url) job.request?.abort(); // an upload being opened is let through, to know what to give up
    drop(job);
    if (url) ask(null, "DELETE", url).catch(() => { /* it expires */ }).then(refresh); // too late: then the file is shown
    next();
  }

  function drop(job) {
    job.at = job.at === "refused" ? "dropped" : job.at;
    job.row.remove();
    tidy(job);
  }

  function tidy(job) {
    job.list.hidden = !job.list.children.length;
  }

  // All of them -------------------------------------------------------------------------------------------------------

  function queue(job) {
    window.clearTimeout(job.timer);
    if (job.at === "running" || job.at === "cancelled") return;
    job.at = "queued";
    tell(job, words("Waiting"));
    next();
  }

  function next() {
    const running = jobs.filter((job) => job.at === "running").length;
    jobs.filter((job) => job.at === "queued").slice(0, Math.max(0, AT_ONCE - running)).forEach(run);
  }

  function take(form, files) {
    const list = form.closest("section").querySelector("[data-upload-list]");
    const one = !form.elements.file.multiple;
    const tags = Array.from(form.querySelectorAll("input[name=tags]:checked"), (box) => box.value);
    const busy = one && jobs.some((job) => job.list === list && !["done", "cancelled", "dropped", "refused"].includes(job.at));
    Array.from(files).forEach((file, place) => {
      const job = { item: form.querySelector("input[name=item]").value, tags, file, list, at: "queued", failures: 0, url: "", timer: 0 };
      draw(job);
      jobs.push(job);
      const limit = Number(page.dataset.max);
      const wrong = (one && (place > 0 || busy) && words("One")) || (!file.size && words("Empty"))
        || (file.size > limit && words("Large", { limit: size(limit) }));
      if (wrong) {
        job.at = "refused";
        tell(job, wrong, "danger");
        offer(job, ["Dismiss", () => drop(job)]);
      }
    });
    form.reset();
    next();
  }

  async function refresh() {
    try {
      const answer = await fetch(window.location.pathname, { headers: { Accept: "text/html" } });
      if (!answer.ok || answer.redirected) return;
      const fresh = new DOMParser().parseFromString(await answer.text(), "text/html");
      document.querySelectorAll("[data-fresh]").forEach((part) => {
        const other = fresh.querySelector(`[data-fresh="${CSS.escape(part.dataset.fresh)}"]`);
        const typing = part.contains(document.activeElement) || part.querySelector(":checked, .lc-drop-over");
        if (!other || other.innerHTML === part.innerHTML || typing) return;
        part.replaceChildren(...Array.from(other.childNodes, (node) => document.importNode(node, true)));
        prepare(part);
      });
      page.dataset.scanning = fresh.querySelector("[data-uploads]")?.dataset.scanning ?? "";
      look();
    } catch { /* the page as it is; the next file refreshes it */ }
  }

  let looking = 0;
  function look() {
    window.clearTimeout(looking);
    if (page.dataset.scanning) looking = window.setTimeout(refresh, SCAN_LOOK);
  }

  // Choosing, dragging ------------------------------------------------------------------------------------------------

  const waits = (form) => Boolean(form.querySelector("input[name=tags]"));

  function prepare(root) {
    root.querySelectorAll("form[data-upload]").forEach((form) => {
      const button = form.querySelector("button[type=submit]");
      button.hidden = !waits(form);
      form.querySelector("[data-drop]").classList.toggle("lc-drop-alone", button.hidden);
    });
  }

  document.addEventListener("change", (event) => {
    const form = event.target.matches?.("form[data-upload] input[type=file]") ? event.target.form : null;
    if (form && event.target.files.length && !waits(form)) take(form, event.target.files);
  });
  document.addEventListener("submit", (event) => {
    const form = event.target;
    if (!form.matches("form[data-upload]") || !form.elements.file.files.length) return;
    event.preventDefault();
    event.stopImmediatePropagation();
    take(form, form.elements.file.files);
  }, true);
  ["dragover", "drop"].forEach((name) => document.addEventListener(name, (event) => {
    if (!event.dataTransfer?.types.includes("Files")) return;
    event.preventDefault(); // a file let go beside an item must not replace the page
    const zone = event.target.closest?.("[data-drop]") ?? event.target.closest?.(".lc-material")?.querySelector("[data-drop]");
    page.querySelectorAll(".lc-drop-over").forEach((each) => each.classList.toggle("lc-drop-over", false));
    if (!zone) { event.dataTransfer.dropEffect = "none"; return; }
    if (name === "dragover") { zone.classList.add("lc-drop-over"); return; }
    const { form } = zone.querySelector("input[type=file]");
    if (!waits(form)) { take(form, event.dataTransfer.files); return; }
    form.elements.file.files = event.dataTransfer.files; // its button sends them, once they are told what they are for
    form.querySelector("button[type=submit]").focus();
  }));
  document.addEventListener("dragleave", (event) => {
    if (!event.relatedTarget) page.querySelectorAll(".lc-drop-over").forEach((each) => each.classList.remove("lc-drop-over"));
  });
  page.addEventListener("click", (event) => {
    const left = event.target.closest?.("[data-give-up]")?.closest("li");
    if (!left) return;
    const list = left.parentElement;
    ask(null, "DELETE", left.dataset.session).catch(() => { /* it expires */ }).then(refresh);
    left.remove();
    list.hidden = !list.children.length;
  });
  window.addEventListener("online", () => jobs.filter((job) => job.at === "waiting").forEach(queue));
  window.addEventListener("beforeunload", (event) => {
    if (jobs.some((job) => ["running", "queued", "waiting"].includes(job.at))) event.preventDefault();
  });

  page.querySelectorAll("[data-upload-list]").forEach((list) => { list.hidden = !list.children.length; });
  prepare(document);
  look();
})();
