/* 历程: files on a page. Copying a checksum; leafing through files with the arrow keys.
 *
 *   data-copy="…" data-copied="…"   on a button: copies the text and says so
 *   data-key="ArrowLeft"            on a link: followed at that key, while nobody is typing
 */
(function () {
  "use strict";

  async function copy(button) {
    const text = button.dataset.copy;
    try {
      await navigator.clipboard.writeText(text);
    } catch { // no secure context: the text is selected, Ctrl+C takes it
      const holder = document.createElement("textarea");
      holder.value = text;
      holder.className = "visually-hidden";
      document.body.append(holder);
      holder.select();
      document.execCommand("copy");
      holder.remove();
      button.focus();
    }
    window.licheng?.toast?.(button.dataset.copied, { tone: "success", seconds: 3 });
  }

  document.addEventListener("click", (event) => {
    const button = event.target.closest?.("[data-copy]");
    if (button) copy(button);
  });

  document.addEventListener("keydown", (event) => {
    if (event.altKey || event.ctrlKey || event.metaKey || event.shiftKey) return;
    if (event.target.closest?.("input, select, textarea, [contenteditable], [tabindex='0']")) return;
    const link = document.querySelector(`a[data-key="${event.key.replace(/[^A-Za-z]/g, "")}"]`);
    if (link) window.location.assign(link.href);
  });
})();
