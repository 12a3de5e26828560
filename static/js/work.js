/* 办理: live totals, the number of people chosen, the offline banner, notes of drafts kept on this device.
 *
 *   [data-total-group]        its [data-points] inputs add up in its [data-total]
 *   [data-scaled]             the same, brought to the rubric's total
 *   [data-people]             check boxes counted in [data-people-count]
 *   [data-narrow]             a search box that narrows the [data-narrowed] list beside it; what is chosen stays in sight
 *   [data-offline-banner]     shown while the device is offline
 *   [data-draft-note="key"]   shown while localStorage holds a draft under that key
 *   [data-submitted="key"]    that draft has been submitted: it is thrown away
 */
(function () {
  "use strict";

  const WIDE = "０１２３４５６７８９．－";
  const NARROW = "0123456789.-";

  /** The number that somebody typed (full-width digits too); NaN for anything else. */
  function read(text) {
    const plain = Array.from(text.trim(), (sign) => NARROW[WIDE.indexOf(sign)] ?? sign).join("");
    return /^-?\d+(\.\d+)?$/.test(plain) ? Number(plain) : NaN;
  }

  /** At most three places, without trailing zeros: what the server adds up exactly, shown. */
  function show(number) {
    return String(Math.round(number * 1000) / 1000);
  }

  function total(group) {
    const numbers = Array.from(group.querySelectorAll("[data-points]"), (input) => read(input.value));
    const sum = numbers.reduce((all, one) => (Number.isNaN(one) ? all : all + one), 0);
    group.querySelectorAll("[data-total]").forEach((output) => { output.textContent = show(sum); });
    group.querySelectorAll("[data-scaled]").forEach((output) => { output.textContent = scaled(sum, output.dataset); });
  }

  /** Points of a kind that asks fewer items, brought to the rubric's total. */
  function scaled(sum, { reachable, full, places }) {
    const unit = 10 ** Number(places);
    return String(Math.round((sum * Number(full) * unit) / Number(reachable)) / unit);
  }

  function onInput(event) {
    const group = event.target.closest?.("[data-total-group]");
    if (group && event.target.matches("[data-points]")) total(group);
  }

  function onChange(event) {
    const people = event.target.closest?.("[data-people]");
    const count = people?.closest("fieldset")?.querySelector("[data-people-count]");
    if (count) count.textContent = String(people.querySelectorAll("input:checked").length);
  }

  function narrowing(box) {
    const input = box.querySelector("input");
    const list = box.parentElement.querySelector("[data-narrowed]");
    box.hidden = list.children.length < 2;
    input.addEventListener("input", () => {
      const wanted = input.value.trim();
      Array.from(list.children).forEach((line) => {
        line.hidden = wanted !== "" && !line.textContent.includes(wanted) && !line.querySelector("input:checked");
      });
    });
    input.addEventListener("keydown", (event) => {
      if (event.key === "Enter") event.preventDefault(); // it narrows, it must not send the form
    });
  }

  function tellConnection() {
    document.querySelectorAll("[data-offline-banner]").forEach((banner) => { banner.hidden = navigator.onLine; });
  }

  /** localStorage, or null where the browser denies it (private windows): drafts then live on the page alone. */
  function storage() {
    try {
      return window.localStorage;
    } catch {
      return null;
    }
  }

  function tellDrafts() {
    document.querySelectorAll("[data-draft-note]").forEach((note) => {
      note.hidden = !storage()?.getItem(note.dataset.draftNote);
    });
    document.querySelectorAll("[data-submitted]").forEach((sheet) => storage()?.removeItem(sheet.dataset.submitted));
  }

  document.addEventListener("input", onInput);
  document.addEventListener("change", onChange);
  window.addEventListener("online", tellConnection);
  window.addEventListener("offline", tellConnection);
  window.addEventListener("pageshow", tellDrafts);
  document.querySelectorAll("[data-total-group]").forEach(total);
  document.querySelectorAll("[data-narrow]").forEach(narrowing);
  tellConnection();
  tellDrafts();

  window.lichengWork = { read, show, total, storage };
})();
