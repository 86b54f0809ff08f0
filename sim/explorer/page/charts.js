// Drawing: paths with bands, points and curves by uPlot; heat maps on a canvas; pictures and tables to save.
"use strict";

const INK = "#1c2733";
const MUTED = "#5a6672";
const HAIRLINE = "#e1e6ea";
const COLOURS = ["#17406d", "#c98a1b", "#3d8f8a", "#a63d2f", "#8d6a9f", "#6ea3bf", "#5d7a2e", "#5a6672", "#b9703a", "#2f2f2f"];
const FONT = "12px 'Helvetica Neue', Helvetica, Arial, 'PingFang SC', 'Microsoft YaHei', 'Noto Sans CJK SC', sans-serif";

const colourOf = (place) => COLOURS[place % COLOURS.length];

const axisStyle = (label) => ({
  stroke: MUTED, font: FONT, label, labelFont: FONT, labelSize: label ? 18 : 0, labelGap: 0,
  grid: { stroke: HAIRLINE, width: 1 }, ticks: { stroke: HAIRLINE, width: 1, size: 4 },
});

// Marks of an axis of numbers, written as the page writes numbers.
const marks = (plot, values) => {
  const step = values.length > 1 ? Math.abs(values[1] - values[0]) : 1;
  const decimals = Math.min(Math.max(-Math.floor(Math.log10(step) + 1e-9), 0), 6);
  return values.map((value) => Numbers.written(value, decimals));
};

const yAxis = () => ({
  ...axisStyle(""), values: marks,
  size: (plot, texts) => 14 + 7 * Math.max(...(texts || ["0"]).map((text) => text.length)),
});

// A line at zero, where a difference changes its sign.
function drawZero(plot) {
  const y = plot.valToPos(0, "y", true);
  const { left, top, width, height } = plot.bbox;
  if (y < top || y > top + height) return;
  plot.ctx.save();
  plot.ctx.strokeStyle = INK;
  plot.ctx.lineWidth = devicePixelRatio;
  plot.ctx.beginPath();
  plot.ctx.moveTo(left, y);
  plot.ctx.lineTo(left + width, y);
  plot.ctx.stroke();
  plot.ctx.restore();
}

const widthOf = (host) => Math.max(host.clientWidth, 200);

function plotIn(host, options, data, label) {
  const plot = new uPlot({
    width: widthOf(host), height: 260, pxAlign: 0, legend: { show: false }, padding: [12, 14, 0, 0],
    cursor: { drag: { x: false, y: false }, points: { show: false } }, ...options,
  }, data, host);
  plot.root.setAttribute("role", "img");
  plot.root.setAttribute("aria-label", label);
  const watch = new ResizeObserver(() => {
    if (!host.isConnected) watch.disconnect();
    else if (widthOf(host) !== plot.width) plot.setSize({ width: widthOf(host), height: plot.height });
  });
  watch.observe(host);
  return plot;
}

// Lines with bands: each has a label, a colour, and mean, low and high over x. `follow` gets the place of the pointer.
function pathChart(host, { x, lines, across, zero, sync, label, follow = () => {} }) {
  const data = [x];
  const series = [{}];
  const bands = [];
  for (const line of lines) {
    const hidden = { stroke: "transparent", width: 0, points: { show: false } };
    series.push(hidden, hidden, { stroke: line.colour, width: 2, points: { show: x.length === 1 }, spanGaps: false });
    bands.push({ series: [data.length + 1, data.length], fill: `${line.colour}2b` });
    data.push(...[line.low, line.high, line.mean].map((values) => values.map((value) => (Number.isFinite(value) ? value : null))));
  }
  return plotIn(host, {
    scales: { x: { time: false } }, series, bands,
    axes: [{ ...axisStyle(across), size: 30, values: marks, incrs: [1, 2, 3, 6, 12, 24, 60, 0.5, 0.2, 0.1, 0.05, 0.02, 0.01, 0.005, 0.002, 0.001].sort((a, b) => a - b) }, yAxis()],
    cursor: { drag: { x: false, y: false }, points: { show: false }, ...(sync ? { sync: { key: sync } } : {}) },
    hooks: { draw: zero ? [drawZero] : [], setCursor: [(plot) => follow(plot.cursor.idx)] },
  }, data, label);
}

// Points, coloured by a third number (0 to 1 along a scale, see shade).
function scatterChart(host, { x, y, shades, across, zero, label, follow = () => {} }) {
  const order = [...x.keys()].filter((place) => Number.isFinite(y[place])).sort((a, b) => x[a] - x[b]);
  const data = [order.map((place) => x[place]), order.map((place) => y[place])];
  const drawPoints = (plot) => {
    const size = 3.2 * devicePixelRatio;
    order.forEach((place) => {
      plot.ctx.beginPath();
      plot.ctx.fillStyle = shade(shades[place], 0.85);
      plot.ctx.arc(plot.valToPos(x[place], "x", true), plot.valToPos(y[place], "y", true), size, 0, 2 * Math.PI);
      plot.ctx.fill();
    });
  };
  const nearest = (plot) => {
    const { left, top } = plot.cursor;
    if (!(left >= 0)) return follow(null);
    const far = (place) => Math.hypot(plot.valToPos(x[place], "x") - left, plot.valToPos(y[place], "y") - top);
    const best = order.reduce((one, other) => (far(other) < far(one) ? other : one), order[0]);
    return follow(far(best) < 24 ? best : null);
  };
  return plotIn(host, {
    scales: { x: { time: false, range: (plot, low, high) => [low - 0.03 * (high - low || 1), high + 0.03 * (high - low || 1)] } },
    series: [{}, { stroke: "transparent", paths: () => null, points: { show: false } }],
    axes: [{ ...axisStyle(across), size: 30, values: marks }, yAxis()],
    hooks: { draw: [...(zero ? [drawZero] : []), drawPoints], setCursor: [nearest] },
  }, data, label);
}

// A colour along a scale from dark blue over grey to yellow, which every eye and a grey printer keep apart (cividis).
function shade(share, alpha = 1) {
  if (!Number.isFinite(share)) return `rgba(200, 206, 211, ${alpha})`;
  const stops = [[0, 34, 78], [65, 77, 107], [124, 123, 120], [188, 175, 111], [254, 232, 56]];
  const place = Math.min(Math.max(share, 0), 1) * (stops.length - 1);
  const start = Math.min(Math.floor(place), stops.length - 2);
  const mixed = stops[start].map((value, part) => Math.round(value + (place - start) * (stops[start + 1][part] - value)));
  return `rgba(${mixed.join(", ")}, ${alpha})`;
}

// Fields of numbers values[up][across], with the names of columns and rows; returns its canvas.
function heatMap(host, { values, columns, rows, across, up, text, label, follow = () => {} }) {
  const width = widthOf(host);
  const margin = { left: 16 + 7 * Math.max(...rows.map((name) => name.length)), top: 24, bottom: 44, right: 8 };
  const height = margin.top + margin.bottom + Math.max(190, Math.min(18 * rows.length, 320));
  const ratio = devicePixelRatio;
  const canvas = make("canvas", { role: "img", "aria-label": label, width: width * ratio, height: height * ratio });
  canvas.style.width = `${width}px`;
  canvas.style.height = `${height}px`;
  const context = canvas.getContext("2d");
  context.scale(ratio, ratio);
  context.font = FONT;
  const [w, h] = [(width - margin.left - margin.right) / columns.length, (height - margin.top - margin.bottom) / rows.length];
  const known = values.flat().filter(Number.isFinite);
  const [low, high] = [Math.min(...known), Math.max(...known)];
  // Numbers stand in the fields where all have room.
  const roomy = h >= 13 && Math.max(...known.map((value) => context.measureText(text(value)).width)) <= w - 6;
  values.forEach((line, row) => line.forEach((value, column) => {
    const share = high > low ? (value - low) / (high - low) : 0.5;
    const [left, top] = [margin.left + column * w, margin.top + (rows.length - 1 - row) * h];
    context.fillStyle = shade(Number.isFinite(value) ? share : NaN);
    context.fillRect(left, top, w + 0.5, h + 0.5);
    if (!roomy || !Number.isFinite(value)) return;
    context.fillStyle = share > 0.6 ? INK : "#fff";
    context.textAlign = "center";
    context.fillText(text(value), left + w / 2, top + h / 2 + 4);
  }));
  context.fillStyle = MUTED;
  context.textAlign = "left";
  context.fillText(`↑ ${up}`, 2, 13);
  context.textAlign = "center";
  const wide = Math.max(...columns.map((name) => context.measureText(name).width)) + 10;
  columns.forEach((name, column) => column % Math.ceil(wide / w) || context.fillText(name, margin.left + (column + 0.5) * w, height - margin.bottom + 16));
  context.fillText(`${across} →`, margin.left + (width - margin.left - margin.right) / 2, height - 8);
  context.textAlign = "right";
  rows.forEach((name, row) => row % Math.ceil(16 / h) || context.fillText(name, margin.left - 6, margin.top + (rows.length - 0.5 - row) * h + 4));
  canvas.addEventListener("pointermove", (event) => {
    const column = Math.floor((event.offsetX - margin.left) / w);
    const row = rows.length - 1 - Math.floor((event.offsetY - margin.top) / h);
    follow(values[row]?.[column] === undefined ? null : { row, column });
  });
  host.replaceChildren(canvas);
  return canvas;
}

function save(name, blob) {
  const link = make("a", { href: URL.createObjectURL(blob), download: name });
  link.click();
  setTimeout(() => URL.revokeObjectURL(link.href), 1000);
}

// The byte order mark tells a spreadsheet that names are in UTF-8.
const saveCsv = (name, rows) => save(name, new Blob(["\ufeff", Numbers.csv(rows)], { type: "text/csv" }));

// One picture of drawings below each other, with a title, the heading of each, and a legend of [colour, text].
function savePng(name, title, drawings, legend, note) {
  const ratio = devicePixelRatio;
  const line = 20 * ratio;
  const width = Math.max(...drawings.map((one) => one.canvas.width), 640 * ratio) + 2 * line;
  const height = drawings.reduce((sum, one) => sum + one.canvas.height + 2 * line, 3 * line) + (legend.length + 1) * line;
  const canvas = make("canvas", { width, height });
  const context = canvas.getContext("2d");
  const say = (text, left, top, colour = INK, bold = "") => {
    context.fillStyle = colour;
    context.font = `${bold} ${FONT.replace("12px", `${13 * ratio}px`)}`;
    context.fillText(text, left, top, width - left - line / 2);
  };
  context.fillStyle = "#fff";
  context.fillRect(0, 0, width, height);
  say(title, line, 1.6 * line, INK, "bold");
  let top = 2.4 * line;
  for (const one of drawings) {
    say(one.heading, line, top + line);
    context.drawImage(one.canvas, line, top + 1.4 * line);
    top += one.canvas.height + 2 * line;
  }
  legend.forEach(([colour, text], place) => {
    context.fillStyle = colour;
    context.fillRect(line, top + place * line + 0.3 * line, line, 0.3 * line);
    say(text, 2.5 * line, top + place * line + 0.7 * line);
  });
  say(note, line, top + legend.length * line + 0.8 * line, MUTED);
  canvas.toBlob((blob) => save(name, blob), "image/png");
}
