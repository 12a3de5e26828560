/* 历程: messages as they happen. Driven by #lc-live (templates/notifications/live.html).
 *
 * The socket is asked for everything after the last message that this tab has got; what comes is told apart by its id,
 * so that nothing is lost and nothing shown twice, however often the line is cut. The other tabs of the browser are
 * told what was shown and how many are unread.
 *
 * Events on the body: licheng:notification (a new message, in detail), for parts of a page that refresh themselves;
 * licheng:unread ({unread}) sets the count at the bell.
 */
(function () {
  "use strict";

  const live = document.getElementById("lc-live");
  if (!live || !window.WebSocket) return;

  const FIRST_DELAY = 1000;
  const LONGEST_DELAY = 60000;
  const SETTLED = 10000; // a line that held so long starts again without growing delay
  const PING_EVERY = 45000;
  const PONG_WITHIN = 15000;
  const REMEMBERED = 300;
  const SINGLY = 3; // so many missed messages are shown one by one, more are summed up
  const NOT_SIGNED_IN = 4401;
  const KEY = `licheng.notifications.${live.dataset.user}`;
  const TONES = { info: "info", todo: "info", warn: "warning" };

  // What this tab has got -----------------------------------------------------------------------------------------

  function recall() {
    try {
      const kept = JSON.parse(sessionStorage.getItem(KEY) ?? "null");
      if (kept && Number.isSafeInteger(kept.last) && Array.isArray(kept.seen)) return kept;
    } catch {
      // storage is forbidden or damaged: begin anew
    }
    return { last: 0, seen: [] };
  }

  const memory = recall();
  const seen = new Set(memory.seen);

  function remember(id) {
    if (id > memory.last) memory.last = id;
    if (!seen.has(id)) {
      seen.add(id);
      memory.seen.push(id);
      memory.seen.splice(0, memory.seen.length - REMEMBERED);
    }
    try {
      sessionStorage.setItem(KEY, JSON.stringify(memory));
    } catch {
      // the page works without; after the next one, missed messages are not shown
    }
  }

  // The bell ------------------------------------------------------------------------------------------------------

  function setUnread(count) {
    const place = document.getElementById("bell-count");
    if (!place || place.dataset.unread === String(count)) return;
    place.dataset.unread = String(count);
    place.replaceChildren();
    if (count < 1) return;
    const number = document.createElement("span");
    number.className = "lc-count";
    number.setAttribute("aria-hidden", "true");
    number.textContent = count > 99 ? "99+" : String(count);
    const words = document.createElement("span");
    words.className = "visually-hidden";
    words.textContent = live.dataset.unread.replace("{n}", String(count));
    place.append(number, words);
  }

  // The other tabs ------------------------------------------------------------------------------------------------

  const tabs = window.BroadcastChannel ? new BroadcastChannel(KEY) : null;
  const shownElsewhere = new Set();

  function tell(message) {
    tabs?.postMessage(message);
  }

  if (tabs) {
    tabs.onmessage = ({ data }) => {
      if (Number.isInteger(data.unread)) setUnread(data.unread);
      (data.shown ?? []).forEach((id) => shownElsewhere.add(id));
    };
  }

  // Showing: only in the tab that somebody looks at; the others show what is left when they are turned to -----------

  let waiting = [];

  function show() {
    if (document.visibilityState !== "visible") return;
    const news = waiting.filter((message) => !message.read && !shownElsewhere.has(message.id));
    waiting = [];
    if (!news.length) return;
    tell({ shown: news.map((message) => message.id) });
    if (news.length > SINGLY) {
      const text = live.dataset.several.replace("{n}", String(news.length));
      window.licheng?.toast(text, { href: live.dataset.list, seconds: 12 });
    } else {
      news.forEach((message) => {
        window.licheng?.toast(message.text, { tone: TONES[message.level] ?? "info", href: message.url, seconds: 12 });
      });
    }
  }

  // The line ------------------------------------------------------------------------------------------------------

  let socket = null;
  let failures = 0;
  let retryTimer = 0;
  let pingTimer = 0;
  let pongTimer = 0;
  let quiet = false; // a tab that has got nothing yet is not told everything there ever was
  let backlog = 0;
  let newest = 0;

  function address() {
    const url = new URL(live.dataset.socket, window.location.href);
    url.protocol = url.protocol === "https:" ? "wss:" : "ws:";
    return url.href;
  }

  function connect() {
    window.clearTimeout(retryTimer);
    if (socket) return;
    const line = new WebSocket(address());
    let opened = 0;
    socket = line;
    line.onopen = () => {
      opened = Date.now();
      quiet = memory.last === 0;
      line.send(JSON.stringify({ type: "hello", since: memory.last, seen: memory.seen }));
      pingTimer = window.setInterval(ping, PING_EVERY);
    };
    line.onmessage = (event) => { if (socket === line) receive(JSON.parse(event.data)); };
    line.onclose = (event) => {
      if (socket !== line) return;
      drop();
      if (event.code === NOT_SIGNED_IN) return;
      failures = opened && Date.now() - opened > SETTLED ? 1 : failures + 1;
      later();
    };
  }

  function drop() {
    const line = socket;
    socket = null;
    window.clearInterval(pingTimer);
    window.clearTimeout(pongTimer);
    if (line) line.close();
  }

  function later() {
    const delay = Math.min(LONGEST_DELAY, FIRST_DELAY * 2 ** (failures - 1));
    window.clearTimeout(retryTimer);
    retryTimer = window.setTimeout(connect, delay * (0.5 + Math.random())); // not everybody at the same moment
  }

  function ping() {
    if (socket?.readyState !== WebSocket.OPEN) return;
    socket.send('{"type": "ping"}');
    window.clearTimeout(pongTimer);
    pongTimer = window.setTimeout(again, PONG_WITHIN); // a line that was cut without a word
  }

  function again() {
    drop();
    failures = 0;
    connect();
  }

  // What comes ----------------------------------------------------------------------------------------------------

  function receive(message) {
    if (message.type === "pong") window.clearTimeout(pongTimer);
    else if (message.type === "welcome") welcome(message);
    else if (message.type === "notification") arrive(message);
  }

  function welcome(message) {
    backlog = message.missed;
    newest = message.last;
    setUnread(message.unread);
    tell({ unread: message.unread });
    if (!backlog) caughtUp();
  }

  function caughtUp() {
    if (newest > memory.last) remember(newest); // read before this tab was opened
    quiet = false;
  }

  function arrive(message) {
    const known = seen.has(message.id);
    const muted = quiet && message.missed;
    remember(message.id);
    if (message.missed) {
      backlog -= 1;
      if (!backlog) caughtUp();
    }
    if (Number.isInteger(message.unread)) {
      setUnread(message.unread);
      tell({ unread: message.unread });
    }
    if (known || muted) return;
    waiting.push(message);
    if (!message.missed || backlog <= 0) show();
    document.body.dispatchEvent(new CustomEvent("licheng:notification", { detail: message }));
  }

  // Wiring --------------------------------------------------------------------------------------------------------

  document.body.addEventListener("licheng:unread", (event) => {
    if (!Number.isInteger(event.detail?.unread)) return;
    setUnread(event.detail.unread);
    tell({ unread: event.detail.unread });
  });
  document.addEventListener("visibilitychange", () => {
    if (document.visibilityState !== "visible") return;
    show();
    if (!socket) connect();
  });
  window.addEventListener("online", () => { if (!socket) again(); });
  window.addEventListener("pagehide", () => { drop(); window.clearTimeout(retryTimer); });
  window.addEventListener("pageshow", (event) => { if (event.persisted) again(); }); // brought back from the cache

  const now = Number(document.getElementById("bell-count")?.dataset.unread);
  if (Number.isInteger(now)) tell({ unread: now });
  connect();
})();
