// A dashboard's charts: one range and one cursor for all of them, a drag zooms them all, live at
// the end. The tables below the charts are theirs: they name the lines and show the values.
(() => {
  const root = document.querySelector("[data-ops]");
  if (!root || !window.uPlot) return;
  const says = document.querySelector("[data-ops-says]");
  const back = document.querySelector("[data-ops-back]");
  const live = document.querySelector("[data-ops-live]");
  const spanS = Number(root.dataset.seconds);
  const compare = root.dataset.compare === "1";
  const timeZone = root.dataset.zone; // the bank's, wherever the browser is
  const LIVE_MS = 10_000;
  const COLOURS = 6;
  const NONE = { percent: 0.1 }; // how far an axis reaches where all is 0; elsewhere to 1
  // Told apart by dash as well, from the seventh line on.
  const DASHES = [[], [6, 3], [2, 2]];
  const SYNC = uPlot.sync("ops");
  // Where an axis may have its lines: at lengths of time that people count in, and at whole things.
  const decimals = (from, to) =>
    Array.from({ length: to - from }, (_none, at) => [1, 2, 5].map((each) => each * 10 ** (from + at))).flat();
  const LENGTHS = [60, 300, 900, 1800, 3600, 7200, 21600, 43200, 86400, 172800, 604800];
  const STEPS = { seconds: [...decimals(-4, 1), 30, ...LENGTHS], gauge: decimals(0, 12) };

  const panels = [...root.querySelectorAll("[data-panel]")].map((figure) => ({
    figure,
    key: figure.dataset.panel,
    show: figure.dataset.show,
    isRate: figure.dataset.kind === "rate",
    area: figure.querySelector(".plot"),
    body: figure.querySelector(".last tbody"),
    plot: null,
    labels: "",
  }));
  const asLinked = ["from", "to"].map((name) => Number(new URLSearchParams(location.search).get(name)));
  let zoom = asLinked[1] > asLinked[0] ? asLinked : null; // in seconds; null: the whole range, up to now
  let asked = 0;
  let shown = null; // the answer that is drawn

  const style = (name) => getComputedStyle(document.documentElement).getPropertyValue(name).trim();
  const colour = (index) => style(`--series-${(index % COLOURS) + 1}`);
  const dash = (index) => DASHES[Math.floor(index / COLOURS) % DASHES.length];

  const digits = (value) => {
    const size = Math.abs(value);
    if (!size) return "0";
    if (size >= 100) return Math.round(value).toLocaleString("en-GB");
    if (size >= 10) return value.toFixed(1).replace(/\.0$/, "");
    if (size >= 0.01) return value.toFixed(2).replace(/\.?0+$/, "");
    return String(Number(value.toPrecision(2)));
  };
  const scaled = (value) => {
    for (const [size, prefix] of [[1e9, " G"], [1e6, " M"], [1e3, " k"]]) {
      if (Math.abs(value) >= size) return digits(value / size) + prefix;
    }
    return digits(value);
  };
  const duration = (seconds) => {
    for (const [size, unit] of [[86400, " d"], [3600, " h"], [60, " min"]]) {
      if (seconds >= 2 * size) return digits(seconds / size) + unit;
    }
    return seconds >= 1 || !seconds ? `${digits(seconds)} s` : `${digits(seconds * 1000)} ms`;
  };
  const text = (value, { show, isRate }) => {
    if (value == null) return "–";
    return amount(value, show) + (isRate ? "/s" : "");
  };
  const amount = (value, show) => {
    if (show === "seconds") return duration(value);
    if (show === "percent") return `${digits(value * 100)} %`;
    if (show !== "bytes") return scaled(value);
    return Math.abs(value) >= 1000 ? `${scaled(value)}B` : `${digits(value)} B`;
  };

  const clock = new Intl.DateTimeFormat("en-GB", { timeZone, hour: "2-digit", minute: "2-digit" });
  const calendar = new Intl.DateTimeFormat("en-GB", { timeZone, day: "numeric", month: "short" });
  const moment = (seconds) => {
    const told = clock.format(seconds * 1000);
    return told === "00:00" ? calendar.format(seconds * 1000) : told;
  };

  const range = () => {
    if (zoom) return zoom;
    const now = Math.floor(Date.now() / 1000);
    return [now - spanS, now];
  };

  const zoomTo = (wanted) => {
    zoom = wanted;
    const address = new URL(location.href); // so that a colleague can be sent what one sees
    for (const [index, name] of ["from", "to"].entries()) {
      if (zoom) address.searchParams.set(name, zoom[index]);
      else address.searchParams.delete(name);
    }
    history.replaceState(null, "", address);
    look();
  };

  const look = () => {
    back.hidden = !zoom;
    if (zoom) live.checked = false;
    load();
  };

  // What has no neighbour is on no line, and would not be seen.
  const alone = (plot, series) => {
    const values = plot.data[series];
    return [...values.keys()].filter((at) => values[at] != null && values[at - 1] == null && values[at + 1] == null);
  };

  const options = (panel, lines) => ({
    width: panel.area.clientWidth,
    height: panel.area.clientHeight,
    legend: { show: false },
    tzDate: (seconds) => uPlot.tzDate(new Date(seconds * 1000), timeZone),
    cursor: {
      drag: { x: true, y: false },
      sync: { key: SYNC.key, setSeries: false },
      points: { size: 5 },
    },
    scales: { y: { range: (_plot, low, high) => [Math.min(0, low ?? 0), high > 0 ? high * 1.1 : NONE[panel.show] ?? 1] } },
    axes: [
      {
        stroke: style("--ink-quiet"),
        grid: { show: false },
        ticks: { stroke: style("--line") },
        space: 70,
        values: (_plot, splits) => splits.map(moment),
      },
      {
        stroke: style("--ink-quiet"),
        grid: { stroke: style("--line"), width: 1 },
        ticks: { show: false },
        size: 60,
        incrs: STEPS[panel.show === "number" && !panel.isRate ? "gauge" : panel.show],
        values: (_plot, splits) => splits.map((value) => text(value, panel)),
      },
    ],
    series: [
      {},
      ...lines.map((line, index) => ({
        label: line.label,
        stroke: colour(index),
        dash: dash(index),
        width: 1.5,
        points: { show: true, size: 4, fill: colour(index), filter: alone },
      })),
      ...lines
        .filter((line) => line.before)
        .map((line) => ({
          label: `${line.label}, the day before`,
          stroke: style("--line-strong"),
          width: 1,
          points: { show: false },
        })),
    ],
    hooks: {
      setSelect: [
        (plot) => {
          if (plot.select.width < 6) return;
          const from = plot.posToVal(plot.select.left, "x");
          const to = plot.posToVal(plot.select.left + plot.select.width, "x");
          plot.setSelect({ left: 0, width: 0, top: 0, height: 0 }, false);
          if (to - from >= 60) zoomTo([Math.floor(from), Math.ceil(to)]);
        },
      ],
      setCursor: [(plot) => tabulate(panel, plot.cursor.idx)],
    },
  });

  const newest = (values) => {
    for (let at = values.length - 1; at >= 0; at -= 1) if (values[at] != null) return values[at];
    return null;
  };

  // The values under the cursor, or the last ones.
  const tabulate = (panel, at) => {
    const lines = shown?.panels[panel.key] ?? [];
    for (const [index, row] of [...panel.body.rows].entries()) {
      const line = lines[index];
      if (line) row.cells[1].textContent = text(at == null ? newest(line.values) : line.values[at], panel);
    }
  };

  const name = (panel, lines) => {
    panel.body.replaceChildren(
      ...lines.map((line, index) => {
        const row = document.createElement("tr");
        const label = document.createElement("th");
        const value = document.createElement("td");
        const key = document.createElement("span");
        label.scope = "row";
        key.className = "key";
        key.style.color = colour(index);
        key.style.borderTopStyle = dash(index).length ? "dashed" : "solid";
        label.append(key, line.label);
        value.className = "figure";
        row.append(label, value);
        return row;
      }),
    );
  };

  const draw = (panel) => {
    const lines = shown.panels[panel.key] ?? [];
    const labels = JSON.stringify(lines.map((line) => [line.label, !!line.before]));
    const isEmpty = !lines.some((line) => line.values.some((value) => value != null));
    panel.area.classList.toggle("is-empty", isEmpty);
    if (labels !== panel.labels || !panel.plot) {
      panel.plot?.destroy();
      panel.plot = null;
      panel.labels = labels;
      if (lines.length) name(panel, lines);
    }
    if (isEmpty) {
      panel.plot?.destroy();
      panel.plot = null;
      return;
    }
    const data = [
      shown.times,
      ...lines.map((line) => line.values),
      ...lines.filter((line) => line.before).map((line) => line.before),
    ];
    if (panel.plot) panel.plot.setData(data);
    else panel.plot = new uPlot(options(panel, lines), data, panel.area);
    tabulate(panel, null);
  };

  const tell = () => {
    const every = shown.step < 60 ? `${shown.step} s` : duration(shown.step);
    if (!shown.newest) says.textContent = "Nothing has been measured yet.";
    else if (shown.stale) {
      const at = new Date(shown.newest * 1000).toLocaleTimeString("en-GB", { timeZone });
      says.textContent = `Nothing new since ${at}: what is shown is old.`;
    } else says.textContent = `A point for each ${every}. Drag over a chart to zoom all of them.`;
  };

  const load = async () => {
    const turn = ++asked;
    const [from, to] = range();
    const query = new URLSearchParams({ from, to });
    if (compare) query.set("compare", "1");
    root.setAttribute("aria-busy", "true");
    try {
      const answer = await fetch(`${root.dataset.ops}?${query}`);
      if (!answer.ok) throw new Error(answer.status);
      const found = await answer.json();
      if (turn !== asked) return;
      shown = found;
      panels.forEach(draw);
      tell();
    } catch {
      if (turn === asked) says.textContent = "The measurements could not be fetched. Trying again.";
    } finally {
      if (turn === asked) root.removeAttribute("aria-busy");
    }
  };

  const again = () => {
    for (const panel of panels) {
      panel.plot?.destroy();
      panel.plot = null;
      panel.labels = "";
    }
    if (shown) panels.forEach(draw);
  };

  if (root.dataset.focus) {
    document.getElementById(`panel-${root.dataset.focus}`)?.classList.add("is-focused");
  }
  says.textContent = "Fetching …";
  back.addEventListener("click", () => zoomTo(null));
  live.closest("label").hidden = false;
  live.addEventListener("change", () => live.checked && zoomTo(null));
  setInterval(() => live.checked && !document.hidden && load(), LIVE_MS);
  const resized = new ResizeObserver(() => {
    for (const { plot, area } of panels) {
      if (plot && plot.width !== area.clientWidth) plot.setSize({ width: area.clientWidth, height: area.clientHeight });
    }
  });
  panels.forEach((panel) => resized.observe(panel.area));
  new MutationObserver(again).observe(document.documentElement, { attributeFilter: ["data-theme"] });
  look();
})();
