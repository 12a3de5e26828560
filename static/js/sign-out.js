/* 历程: signing out on a machine that others use: what was kept here for forms that could not be saved goes as well.
 *
 * When something is kept, the person is asked first: data-kept on the form is the question. data-user is whose it is:
 * what somebody else could not save before their session ended waits for them, but not for ever.
 */
(function () {
  "use strict";

  const PREFIX = "lc-draft:";
  const LONGEST = 7 * 24 * 60 * 60 * 1000; // milliseconds

  function kept(user = "") {
    const prefix = user ? `${PREFIX}${user}:` : PREFIX;
    try { return Object.keys(window.localStorage).filter((key) => key.startsWith(prefix)); } catch { return []; }
  }

  /** Whether what was kept has waited too long, or does not say since when. */
  function expired(key) {
    try { return !(JSON.parse(window.localStorage.getItem(key)).at > Date.now() - LONGEST); } catch { return true; }
  }

  document.querySelectorAll("form[data-sign-out]").forEach((form) => {
    let asked = false;
    const { user } = form.dataset;
    const own = () => (user ? kept(user) : []);
    kept().filter((key) => !own().includes(key) && expired(key)).forEach((key) => window.localStorage.removeItem(key));
    form.addEventListener("submit", async (event) => {
      if (own().length && form.dataset.kept && !asked && window.licheng?.confirm) {
        event.preventDefault();
        await window.licheng.flush?.(); // what was typed just now may still be saved
        asked = !own().length || await window.licheng.confirm(form.dataset.kept);
        if (asked) form.requestSubmit();
        return;
      }
      window.dispatchEvent(new CustomEvent("licheng:sign-out")); // an open form must not keep anything from now on
      if ("BroadcastChannel" in window) new BroadcastChannel("lc-draft").postMessage({ signOut: user }); // nor in other windows
      own().forEach((key) => window.localStorage.removeItem(key));
    });
  });
})();
