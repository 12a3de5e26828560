/* 历程: 填写无误. A number that is asked about is confirmed beside its cell: what was typed is saved first, then the server is
 * told which value the person means; its answer says what stands beside the cells now.
 */
(function () {
  "use strict";

  const cells = window.licheng?.cells;
  const notes = window.licheng?.notes;
  if (!cells || !notes) return;

  const { form } = cells;
  const words = form.dataset;
  const toast = (text, tone) => window.licheng.toast?.(text, { tone });

  const csrf = () => document.cookie.match(/(?:^|; )csrftoken=([^;]+)/)?.[1] ?? form.elements.csrfmiddlewaretoken.value;

  async function confirm(token) {
    const path = token.slice(0, token.lastIndexOf(":"));
    if (!(await window.licheng.flush())) { toast(words.sureFailed, "warning"); return; }
    const response = await fetch(words.sureUrl, {
      method: "POST",
      headers: { Accept: "application/json", "X-CSRFToken": csrf() },
      body: new URLSearchParams({ sure: token }),
    });
    const json = (response.headers.get("Content-Type") ?? "").startsWith("application/json");
    const answer = json ? await response.json() : {};
    if (!response.ok) { toast(answer.message ?? words.sureFailed, "warning"); return; }
    notes.messages(answer.errors, answer.warnings, answer.sure, answer.confirmed);
    toast(answer.changed.length ? words.sureChanged : words.sureDone, answer.changed.length ? "warning" : "success");
    cells.placeOf(path)?.querySelector("input, textarea, select")?.focus();
  }

  form.addEventListener("click", async (event) => {
    const button = event.target.closest("[data-sure-now]");
    if (!button) return;
    button.disabled = true;
    try { await confirm(button.dataset.sureNow); } catch { toast(words.sureFailed, "warning"); }
    button.disabled = false;
  });
})();
