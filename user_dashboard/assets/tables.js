// The tables of a user's jobs and machines, made of columns that the server sends.
(() => {
  const AT_FIRST = 25;
  const SVG = "http://www.w3.org/2000/svg";
  const ICONS = {
    running: "M8 5.5v13l10.5-6.5z",
    waiting: "M12 6v6.2l4 2.3",
    held: "M9 6.5v11M15 6.5v11",
    ended: "M6 12.5l4 4 8-9",
    cancelled: "M8 8h8v8H8z",
    failed: "M7.5 7.5l9 9M16.5 7.5l-9 9",
  };

  function element(name, classes, text) {
    const made = document.createElement(name);
    if (classes) made.className = classes;
    if (text !== undefined) made.textContent = text;
    return made;
  }

  const NUMBER = new Intl.NumberFormat("en", { maximumFractionDigits: 1 });
  const number = (value) => NUMBER.format(value);

  function state(words, mood, status) {
    const made = element("span", `state state-${mood}`);
    const icon = document.createElementNS(SVG, "svg");
    const path = document.createElementNS(SVG, "path");
    icon.setAttribute("viewBox", "0 0 24 24");
    icon.setAttribute("aria-hidden", "true");
    path.setAttribute("d", ICONS[mood] ?? ICONS.waiting);
    icon.append(path);
    made.append(icon, words);
    if (status.toLowerCase() !== words) made.title = status;
    return made;
  }

  function moment(seconds, zone) {
    if (seconds === null) return element("span", "hint", "not known");
    const date = new Date(1000 * seconds);
    const made = element("span", "moment");
    const year = date.getFullYear() === new Date().getFullYear() ? undefined : "numeric";
    const words = { day: "numeric", month: "short", year, hour: "2-digit", minute: "2-digit", hourCycle: "h23" };
    const time = element("time", "", new Intl.DateTimeFormat("en-GB", { ...words, timeZone: zone }).format(date));
    const age = element("time", "age hint", window.usermonAge((Date.now() - date) / 1000));
    time.dateTime = age.dateTime = date.toISOString();
    made.append(time, " ", age);
    return made;
  }

  function duration(seconds) {
    const [hours, minutes] = [Math.floor(seconds / 3600), Math.floor((seconds % 3600) / 60)];
    if (hours >= 48) return `${Math.floor(hours / 24)} d ${hours % 24} h`;
    if (hours) return `${hours} h ${minutes} min`;
    return minutes ? `${minutes} min` : `${Math.floor(seconds)} s`;
  }

  // Rows beyond the first come when they are asked for, and stay when the data is another.
  const opened = new Set();

  // `columns`: [heading, "right" for numbers, cell of a row: text or an element].
  function draw(place, { label, columns, count, beyond, empty }) {
    if (!place) return;
    if (!count) {
      place.replaceChildren(element("p", "table-empty hint", empty));
      return;
    }
    let scroll = place.querySelector(".scroll");
    if (!scroll) {
      scroll = element("div", "scroll");
      scroll.tabIndex = 0;
      scroll.setAttribute("role", "region");
      scroll.append(element("table", "plain numbers"));
    }
    scroll.setAttribute("aria-label", label);
    const head = element("tr");
    for (const [heading, side] of columns) {
      const cell = element("th", side ?? "", heading);
      cell.scope = "col";
      head.append(cell);
    }
    const shown = opened.has(place.id) ? count : Math.min(count, AT_FIRST);
    const body = element("tbody");
    for (let row = 0; row < shown; row += 1) {
      const line = element("tr");
      for (const [, side, cellOf] of columns) {
        const cell = element("td", side ?? "");
        cell.append(cellOf(row));
        line.append(cell);
      }
      body.append(line);
    }
    const top = element("thead");
    top.append(head);
    scroll.firstChild.replaceChildren(top, body);
    const parts = [];
    if (shown < count) {
      const more = element("button", "button", `Show ${number(count - shown)} more`);
      more.type = "button";
      more.addEventListener("click", () => {
        opened.add(place.id);
        draw(place, { label, columns, count, beyond, empty });
        scroll.focus();
      });
      parts.push(more);
    }
    if (beyond) parts.push(element("p", "hint", beyond));
    const foot = element("div", "table-foot");
    foot.append(...parts);
    // What stands is moved by nothing: a reader's place in the table stays.
    if (scroll.parentNode !== place) place.replaceChildren(scroll);
    place.querySelector(".table-foot")?.remove();
    if (parts.length) place.append(foot);
  }

  function share(part) {
    const made = element("span", "share");
    const bar = element("span", "share-bar");
    bar.setAttribute("aria-hidden", "true");
    const fill = element("span", "share-fill");
    fill.style.width = `${100 * part}%`;
    bar.append(fill);
    made.append(bar, `${part < 0.01 && part > 0 ? "< 1" : Math.round(100 * part)} %`);
    return made;
  }

  function machines(data) {
    if (!data) return window.dash_clientside.no_update;
    const { rows, more } = data;
    draw(document.getElementById("io-machines-table"), {
      label: "Operations by machine",
      count: rows.machine.length,
      columns: [
        ["Machine", "", (n) => rows.machine[n]],
        ["Type", "", (n) => rows.type[n]],
        ["Operations", "right", (n) => number(rows.operations[n])],
        ["Share", "", (n) => share(rows.share[n])],
        ["Hours with any", "right", (n) => number(rows.sessions[n])],
      ],
      beyond: more ? `And ${number(more)} machines with fewer.` : "",
      empty: "No machine is known.",
    });
    return window.dash_clientside.no_update;
  }

  function jobName(rows, n) {
    const made = element("span", "job");
    made.append(element("span", "job-id", rows.job[n]));
    if (rows.name?.[n]) made.append(" ", element("span", "hint", rows.name[n]));
    return made;
  }

  const any = (column) => column.some((value) => value);

  function jobs(data) {
    if (!data) return window.dash_clientside.no_update;
    const { current, finished, timezone } = data;
    const place = document.getElementById("jobs-current-table");
    draw(place, {
      label: "Jobs that run and wait",
      count: current.job.length,
      columns: [
        ["State", "", (n) => state(current.state[n], current.mood[n], current.status[n])],
        ["Job", "", (n) => jobName(current, n)],
        ["Cluster", "", (n) => current.cluster[n]],
        ["Queue", "", (n) => current.queue[n]],
        ["Since", "", (n) => moment(current.since[n], timezone)],
        ["Processors", "right", (n) => number(current.processors[n])],
        ...(any(current.gpus) ? [["GPUs", "right", (n) => number(current.gpus[n])]] : []),
        ...(any(current.reason) ? [["Why it waits", "wrap", (n) => current.reason[n]]] : []),
      ],
      beyond: data.more_current ? `And ${number(data.more_current)} more that wait.` : "",
      empty: "Nothing of yours runs or waits.",
    });
    place?.classList.toggle("late", data.late.length > 0);
    asOf(place, data);
    draw(document.getElementById("jobs-finished-table"), {
      label: "Jobs that ended",
      count: finished.job.length,
      columns: [
        ["State", "", (n) => state(finished.state[n], finished.mood[n], finished.status[n])],
        ["Job", "", (n) => jobName(finished, n)],
        ["Cluster", "", (n) => finished.cluster[n]],
        ["Queue", "", (n) => finished.queue[n]],
        ["Ended", "", (n) => moment(finished.ended[n], timezone)],
        ["Took", "right", (n) => duration(finished.seconds[n])],
        ["Processor hours", "right", (n) => number(finished.cpu_hours[n])],
        ...(any(finished.gpus) ? [["GPU hours", "right", (n) => number(finished.gpu_hours[n])]] : []),
        ...(any(finished.exit_code) ? [["Exit code", "right", (n) => finished.exit_code[n]]] : []),
      ],
      beyond: data.more_finished ? `And ${number(data.more_finished)} older ones, in the bars above only.` : "",
      empty: "No job of yours has ended yet.",
    });
    return window.dash_clientside.no_update;
  }

  // When each cluster with jobs here was heard of.
  function asOf(place, data) {
    place?.querySelector(".as-of")?.remove();
    const with_jobs = new Set(data.current.cluster);
    const known = data.clusters.name.map((name, n) => [name, data.clusters.time[n]]);
    const lines = known.filter(([name]) => with_jobs.has(name));
    if (!place || !lines.length) return;
    const made = element("p", "as-of hint");
    lines.forEach(([name, time], n) => made.append(n ? " · " : "", `${name} as of `, moment(time, data.timezone)));
    place.append(made);
  }

  window.usermonTables = { machines, jobs };
})();
