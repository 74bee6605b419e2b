// A chart of one or several sensors: drag to zoom, down to single readings; live at the end.
(() => {
  const figure = document.querySelector("[data-chart]");
  if (!figure) return;
  const area = figure.querySelector(".chart-area");
  const says = figure.querySelector("[data-chart-says]");
  const back = figure.querySelector("[data-chart-back]");
  const live = figure.querySelector("[data-chart-live]");
  const sensors = [...figure.querySelectorAll("data")].map((each) => each.value);
  const spanMs = Number(figure.dataset.span);
  const LIVE_MS = 2000;
  const HEIGHT = 312; // the names of the sensors stand below
  const { zone } = figure.dataset;
  // From which distance of two ticks on (s), what stands at each, and what more where a day begins.
  const TICKS = [
    [86400, "{D} {MMM}", null, null, null, null, null, null, 1],
    [60, "{HH}:{mm}", "\n{D} {MMM}", null, "\n{D} {MMM}", null, null, null, 1],
    [1, "{HH}:{mm}:{ss}", "\n{D} {MMM}", null, "\n{D} {MMM}", null, null, null, 1],
    [0.001, "{ss}.{fff}", "\n{D} {MMM} {HH}:{mm}", null, "\n{D} {MMM}", null, "\n{HH}:{mm}", null, 1],
  ];
  // Told apart by dash as well as by colour.
  const STROKES = ["--tint", "--alert", "--ink", "--line-strong", "--ink-quiet", "--tint-hover"];
  const DASHES = [[], [6, 3], [2, 2], [10, 4], [1, 4], [8, 2, 2, 2]];

  let zoom = null; // [from, to] in ms; null: the whole range, up to now
  let plot = null;
  let asked = 0;

  const style = (name) => getComputedStyle(document.documentElement).getPropertyValue(name).trim();

  const range = () => {
    if (zoom) return zoom;
    const now = Date.now();
    return [now - spanMs, now + 1000];
  };

  const address = ([from, to]) => {
    const query = new URLSearchParams(sensors.map((each) => ["sensor", each]));
    query.set("from", Math.floor(from));
    query.set("to", Math.ceil(to));
    query.set("points", Math.max(100, area.clientWidth));
    return `${figure.dataset.chart}?${query}`;
  };

  const options = () => ({
    width: area.clientWidth,
    height: HEIGHT,
    scales: { x: { range: () => range().map((ms) => ms / 1000) } },
    cursor: { drag: { x: true, y: false } },
    tzDate: (seconds) => uPlot.tzDate(new Date(seconds * 1000), zone),
    axes: [{ values: TICKS }, {}].map((axis) => ({
      ...axis,
      stroke: style("--ink-quiet"),
      grid: { stroke: style("--line"), width: 1 },
      ticks: { stroke: style("--line"), width: 1 },
    })),
    series: [
      { label: "Time", value: "{D} {MMM}, {HH}:{mm}:{ss}" },
      ...sensors.map((label, index) => ({
        label,
        stroke: style(STROKES[index]),
        dash: DASHES[index],
        width: 1.5,
        spanGaps: true,
      })),
    ],
    hooks: {
      setSelect: [
        (chart) => {
          if (chart.select.width < 4) return;
          const from = chart.posToVal(chart.select.left, "x") * 1000;
          const to = chart.posToVal(chart.select.left + chart.select.width, "x") * 1000;
          chart.setSelect({ width: 0, height: 0 }, false);
          show([from, to]);
        },
      ],
    },
  });

  const draw = (series) => {
    const data = uPlot.join(series.map((each) => [each.times, each.values]));
    if (plot) plot.setData(data);
    else plot = new uPlot(options(), data, area);
    const drawn = series.reduce((sum, each) => sum + each.times.length, 0);
    const count = series.reduce((sum, each) => sum + each.count, 0);
    const all = drawn === count ? "all of them" : `drawn by ${drawn.toLocaleString()}`;
    const from = series.some((each) => each.archived) ? "; older ones from the archive" : "";
    says.textContent = count ? `${count.toLocaleString()} readings, ${all}${from}` : "Nothing came in this range.";
  };

  const load = async () => {
    const turn = ++asked;
    try {
      const answer = await fetch(address(range()));
      if (!answer.ok) throw new Error(answer.status);
      const { series } = await answer.json();
      if (turn === asked) draw(series);
    } catch {
      if (turn === asked) says.textContent = "The readings could not be fetched. Try again in a while.";
    }
  };

  const show = (wanted) => {
    zoom = wanted;
    back.hidden = !zoom;
    if (zoom) live.checked = false;
    return load();
  };

  const again = () => {
    if (plot) plot.destroy();
    plot = null;
    return load();
  };

  back.addEventListener("click", () => show(null));
  live.closest("label").hidden = false;
  live.addEventListener("change", () => live.checked && show(null));
  setInterval(() => live.checked && !document.hidden && load(), LIVE_MS);
  new ResizeObserver(() => {
    if (plot && plot.width !== area.clientWidth) plot.setSize({ width: area.clientWidth, height: HEIGHT });
  }).observe(area);
  new MutationObserver(again).observe(document.documentElement, { attributeFilter: ["data-theme"] });
  load();
})();
