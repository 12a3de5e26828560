/* 清单: lines of a list that can be added to. Works on
 *
 *   [data-lines]        the list; [data-lines-list] holds its [data-line] items
 *                       (blank ones are reduced to one)
 *   [data-line-add]     adds a copy of the last line, blank, its names and ids numbered on
 */
(function () {
  "use strict";

  const NUMBER = /\.(\d+)\./;

  /** The highest number that a line of the list has. */
  function highest(list) {
    const numbers = Array.from(list.querySelectorAll("[name]"), (one) => Number((NUMBER.exec(one.name) || [0, 0])[1]));
    return Math.max(-1, ...numbers);
  }

  function renumber(element, attribute, number) {
    const value = element.getAttribute(attribute);
    if (value) element.setAttribute(attribute, value.replace(NUMBER, `.${number}.`));
  }

  function add(box) {
    const list = box.querySelector("[data-lines-list]");
    const line = list.querySelector("[data-line]:last-child").cloneNode(true);
    const number = highest(list) + 1;
    line.querySelectorAll(".lc-defect-source, .lc-defect-drop").forEach((one) => one.remove());
    line.querySelectorAll("[name], [id], [for]").forEach((one) => {
      ["name", "id", "for"].forEach((attribute) => renumber(one, attribute, number));
      if (one.type === "checkbox") one.checked = false;
      else if (one.tagName === "SELECT") one.selectedIndex = 0;
      else if ("value" in one && one.name) one.value = "";
    });
    list.append(line);
    line.querySelector("select, textarea").focus();
  }

  /** A line that says nothing yet. */
  function blank(line) {
    return Array.from(line.querySelectorAll("select, textarea")).every((one) => one.value === "");
  }

  /** Of the spare lines that a page without script needs, one is enough here. */
  function tidy(list) {
    const spare = Array.from(list.querySelectorAll("[data-line]")).filter(blank);
    spare.slice(1).forEach((line) => line.remove());
  }

  document.querySelectorAll("[data-lines]").forEach((box) => {
    tidy(box.querySelector("[data-lines-list]"));
    const button = box.querySelector("[data-line-add]");
    button.hidden = false;
    button.addEventListener("click", () => add(box));
  });
})();
