// The demonstration's sign-in page: one click fills in a person's user name and the demonstration password.
(() => {
  "use strict";
  const people = document.querySelector("[data-demo-password]");
  const form = document.getElementById("sign-in");
  if (!people || !form) return;
  people.addEventListener("click", (event) => {
    const button = event.target.closest("[data-demo-username]");
    if (!button) return;
    form.elements.username.value = button.dataset.demoUsername;
    form.elements.password.value = people.dataset.demoPassword;
    form.querySelector("[type=submit]").focus();
    form.scrollIntoView({ block: "center" });
  });
})();
