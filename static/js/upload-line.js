/* 历程: the line to the server for uploads (upload.js): requests with their progress, refusals, and what tells files apart.
 *
 *   licheng.uploadLine.ask(job, method, url, {body, headers, onProgress})   a promise of the JSON answered; job.request can be aborted
 *   licheng.uploadLine.Refused                                  status (0: no line, -1: aborted) and what was told
 *   licheng.uploadLine.fingerprint(file, onReading)             sha256:… where the browser can, else the time of its last change
 */
(function () {
  "use strict";

  const HASH_LIMIT = 128 * 1024 * 1024;
  const PATIENCE = 120000;

  class Refused extends Error {
    constructor(status, told) {
      super(told?.message ?? "");
      this.status = status;
      this.told = told ?? {};
    }
  }

  function token() {
    return document.cookie.match(/(?:^|; )csrftoken=([^;]+)/)?.[1]
      ?? document.querySelector("input[name=csrfmiddlewaretoken]")?.value ?? "";
  }

  function ask(job, method, url, { body = null, headers = {}, onProgress = null } = {}) {
    return new Promise((resolve, reject) => {
      const request = new XMLHttpRequest();
      request.open(method, url);
      request.setRequestHeader("Accept", "application/json");
      request.setRequestHeader("X-CSRFToken", token());
      Object.entries(headers).forEach(([name, value]) => request.setRequestHeader(name, value));
      if (onProgress) request.upload.addEventListener("progress", (event) => onProgress(event.loaded));
      request.addEventListener("load", () => {
        let told = null;
        try { told = JSON.parse(request.responseText || "null"); } catch { /* a page: a proxy's, or a refusal's */ }
        if (request.status >= 200 && request.status < 300) resolve(told);
        else reject(new Refused(request.status, told));
      });
      ["error", "timeout"].forEach((name) => request.addEventListener(name, () => reject(new Refused(0, null))));
      request.addEventListener("abort", () => reject(new Refused(-1, null)));
      request.timeout = PATIENCE;
      if (job) job.request = request;
      request.send(body);
    });
  }

  async function fingerprint(file, onReading) {
    if (!window.crypto?.subtle || file.size > HASH_LIMIT) return `changed:${file.lastModified}`;
    onReading();
    const digest = await window.crypto.subtle.digest("SHA-256", await file.arrayBuffer());
    return `sha256:${Array.from(new Uint8Array(digest), (each) => each.toString(16).padStart(2, "0")).join("")}`;
  }

  window.licheng = Object.assign(window.licheng ?? {}, { uploadLine: { ask, fingerprint, Refused } });
})();
