// What the browser knows and the server does not: theme, chosen range, whether anybody looks.
(() => {
  // A page with half of its scripts draws nothing: load it anew, but not over and over.
  window.addEventListener("error", (event) => {
    if (event.target?.tagName !== "SCRIPT") return;
    const last = Number(sessionStorage.getItem("usermon-reloaded"));
    if (Date.now() - last < 20000) return say("Parts of this page could not be loaded. Please load it again.");
    sessionStorage.setItem("usermon-reloaded", Date.now());
    location.reload();
  }, true);

  const controls = () => document.getElementById("controls");
  const setProps = (id, props) => window.dash_clientside?.set_props?.(id, props);

  let drawn = false;
  function view() {
    drawn = true;
    const chosen = new FormData(controls());
    return {
      tab: chosenTab(),
      theme: window.usermonTheme(),
      range: chosen.get("range"),
      scale: chosen.get("scale"),
      span: chosen.get("span"),
      storage_reference: chosen.has("storage_reference"),
      files_reference: chosen.has("files_reference"),
      // Where the page was made without limits there is no switch: should some come, they are drawn.
      quotas: !controls().elements.quotas || chosen.has("quotas"),
    };
  }

  // What is chosen stands in the address, so that links and reloads keep it; what is usual is left out.
  const KEPT = ["range", "scale", "span"];
  const usual = Object.fromEntries(KEPT.map((name) => [name, controls().querySelector(`[name=${name}][checked]`).value]));

  function address(tab) {
    const there = new URL(location.href);
    const chosen = new FormData(controls());
    const keep = (name, value, left) => (value === left ? there.searchParams.delete(name) : there.searchParams.set(name, value));
    keep("tab", tab, "storage");
    for (const name of KEPT) keep(name, chosen.get(name), usual[name]);
    return there;
  }

  function takeFromAddress() {
    const asked = new URLSearchParams(location.search);
    for (const name of KEPT) {
      const all = [...controls().elements[name]];
      const one = all.find((input) => input.value === asked.get(name)) ?? all.find((input) => input.value === usual[name]);
      one.checked = true;
    }
  }
  takeFromAddress();

  // The tab that is shown is a class of the page too: styles do the rest.
  const tabs = () => [...document.querySelectorAll("#tabs [role=tab]:not([hidden])")];
  const chosenTab = () => document.body.className.match(/\bshows-(\w+)/)?.[1] ?? "storage";

  function choose(name) {
    if (name === chosenTab()) return;
    showTab(name);
    history.pushState(null, "", address(name));
    redraw();
  }

  function showTab(name) {
    document.body.classList.replace(`shows-${chosenTab()}`, `shows-${name}`);
    markTabs();
  }

  // A tab is a step that one can go back; a range or a scale is none, or going back would take many.
  window.addEventListener("popstate", () => {
    const asked = new URLSearchParams(location.search).get("tab");
    showTab(tabs().some((tab) => tab.dataset.tab === asked) ? asked : "storage");
    takeFromAddress();
    redraw();
  });

  function markTabs() {
    for (const tab of document.querySelectorAll("#tabs [role=tab]")) {
      const isChosen = tab.dataset.tab === chosenTab();
      tab.setAttribute("aria-selected", isChosen);
      tab.tabIndex = isChosen ? 0 : -1;
    }
  }

  document.getElementById("tabs").addEventListener("click", (event) => {
    const tab = event.target.closest("[role=tab]");
    if (tab) choose(tab.dataset.tab);
  });
  document.getElementById("tabs").addEventListener("keydown", (event) => {
    const all = tabs();
    const place = all.findIndex((tab) => tab.dataset.tab === chosenTab());
    const to = { ArrowRight: place + 1, ArrowLeft: place - 1, Home: 0, End: all.length - 1 }[event.key];
    if (to === undefined) return;
    event.preventDefault();
    const next = all[(to + all.length) % all.length];
    choose(next.dataset.tab);
    next.focus();
  });

  // A facility may get a queue, or lose it, while the page is open.
  function showTabs(there) {
    if (!there) return window.dash_clientside.no_update;
    for (const tab of document.querySelectorAll("#tabs [role=tab]")) tab.hidden = !there.includes(tab.dataset.tab);
    document.getElementById("tabs").hidden = there.length < 2;
    if (!there.includes(chosenTab())) {
      showTab("storage");
      history.replaceState(null, "", address("storage"));
      redraw();
    }
    return window.dash_clientside.no_update;
  }

  window.dash_clientside = Object.assign(window.dash_clientside || {}, {
    usermon: { view, tabs: showTabs, ...window.usermonTables },
  });
  // Dash asks for the view once its layout stands; before, there is nothing to redraw.
  const redraw = () => { if (drawn) setProps("view", { data: view() }); };
  controls().addEventListener("change", () => {
    history.replaceState(null, "", address(chosenTab()));
    redraw();
  });
  controls().addEventListener("submit", (event) => event.preventDefault());
  document.addEventListener("usermon-theme", redraw);

  // Redraw by time only while somebody looks; on coming back, at once when a turn was missed.
  const refresh = Number(controls().dataset.refresh);
  let ticks = 0;
  let hiddenSince = 0;
  window.usermonTick = () => { if (drawn) setProps("tick", { n_intervals: 1e6 + ++ticks }); };
  document.addEventListener("visibilitychange", () => {
    if (drawn) setProps("tick", { disabled: document.hidden });
    if (document.hidden) hiddenSince = Date.now();
    else if (Date.now() - hiddenSince > refresh) window.usermonTick();
    else sayAges();
  });

  // Ages grow while the page stays open. Same words as user_dashboard/wording.py.
  const UNITS = [["year", 31557600], ["month", 2629800], ["day", 86400], ["hour", 3600], ["minute", 60]];
  function age(seconds) {
    if (seconds < 90) return "just now";
    for (const [unit, size] of UNITS) {
      const count = Math.floor(seconds / size);
      if (count >= 2 || (count === 1 && unit !== "minute")) return `${count} ${unit}${count > 1 ? "s" : ""} ago`;
    }
    return "a minute ago";
  }
  window.usermonAge = age;
  function sayAges() {
    for (const time of document.querySelectorAll("time.age")) {
      const text = age((Date.now() - Date.parse(time.dateTime)) / 1000);
      if (time.textContent !== text) time.textContent = text;
    }
  }
  setInterval(() => document.hidden || sayAges(), 30000);

  // The session may end while the page is open, the network may blink, the container may restart: all that
  // a page asks for only reads, so it is asked again; what lasts is said in the page.
  const TRIES = 4;
  const plainFetch = window.fetch;
  const pause = (milliseconds) => new Promise((resolve) => setTimeout(resolve, milliseconds));
  function say(text) {
    const note = document.getElementById("connection");
    note.textContent = text;
    note.hidden = !text;
  }
  window.fetch = async (...request) => {
    for (let tried = 1; ; tried += 1) {
      try {
        const answer = await plainFetch(...request);
        if (answer.status === 401) location.assign(`/login?next=${encodeURIComponent(location.pathname + location.search)}`);
        say(answer.status < 500 ? "" : "The dashboard has trouble answering. It will try again by itself.");
        return answer;
      } catch (error) {
        if (tried > 1) say("No connection to the dashboard. It will try again by itself.");
        if (tried >= TRIES) throw error;
        await pause(400 * 3 ** (tried - 1));
      }
    }
  };
})();
