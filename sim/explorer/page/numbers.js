// What the page computes: arrays unpacked, months combined, intervals, emulators, numbers written. No document here,
// so that the same file runs beside a test.
"use strict";

const Numbers = (() => {
  const NARROW_SPACE = "\u202f";
  const MINUS = "\u2212";
  const GOOD = 0.95;

  // Put an array back together from its packed form: see packing.py.
  async function unpack(block) {
    const bytes = Uint8Array.from(atob(block.data), (letter) => letter.charCodeAt(0));
    const stream = new Blob([bytes]).stream().pipeThrough(new DecompressionStream("deflate"));
    const planes = new Uint8Array(await new Response(stream).arrayBuffer());
    const { width } = block;
    const count = planes.length / width;
    const view = new DataView(new ArrayBuffer(width));
    const values = width === 8 ? new Float64Array(count) : new Float32Array(count);
    for (let place = 0; place < count; place += 1) {
      for (let plane = 0; plane < width; plane += 1) view.setUint8(plane, planes[plane * count + place]);
      values[place] = width === 8 ? view.getFloat64(0, true) : view.getFloat32(0, true);
    }
    return { shape: block.shape, values };
  }

  // Unpack every array that lies anywhere in the data, in its place.
  async function unpackAll(tree) {
    for (const [key, value] of Object.entries(tree)) {
      if (value === null || typeof value !== "object") continue;
      if (typeof value.data === "string" && Array.isArray(value.shape)) tree[key] = await unpack(value);
      else await unpackAll(value);
    }
    return tree;
  }

  // The part of an array at some leading places.
  function at(array, ...places) {
    let size = array.values.length;
    let start = 0;
    places.forEach((place, axis) => {
      size /= array.shape[axis];
      start += place * size;
    });
    return array.values.subarray(start, start + size);
  }

  // Months first to last of a run as one number: each by its base, the last one, or each alike; NaN without any.
  function combine(values, weights, combined, first, last) {
    let sum = 0;
    let weight = 0;
    for (let time = Math.max(first, 0); time <= last; time += 1) {
      const value = values[time];
      if (!Number.isFinite(value)) continue;
      if (combined === "last") {
        sum = value;
        weight = 1;
      } else {
        const by = combined === "pooled" ? weights[time] : 1;
        sum += value * by;
        weight += by;
      }
    }
    return weight > 0 ? sum / weight : NaN;
  }

  // One number a run: figure of a cube in a segment, economy and package, over times first to last.
  function runs(cube, figure, place, first, last) {
    const count = figure.values.shape[3];
    const weights = figure.combined === "pooled" ? cube.weights[figure.base] : null;
    return Array.from({ length: count }, (_, run) => combine(
      at(figure.values, ...place, run), weights && at(weights, ...place, run), figure.combined, first, last,
    ));
  }

  // Mean with half of its t interval (NaN with fewer than two); quantiles by degrees of freedom, from one on.
  function interval(values, quantiles) {
    const known = values.filter(Number.isFinite);
    const count = known.length;
    if (count === 0) return { mean: NaN, half: NaN, count };
    const mean = known.reduce((sum, value) => sum + value, 0) / count;
    if (count < 2) return { mean, half: NaN, count };
    const squares = known.reduce((sum, value) => sum + (value - mean) ** 2, 0);
    return { mean, half: quantiles[count - 2] * Math.sqrt(squares / (count - 1) / count), count };
  }

  // Differences run by run: runs of one number share their luck.
  const paired = (ours, theirs) => ours.map((value, run) => value - theirs[run]);

  // Where a point of a sweep lies, one column for a number and one for each option: see emulator.placed.
  function placed(axes, point) {
    return axes.flatMap((axis, number) => {
      if (axis.options.length) return axis.options.map((_, option) => (point[number] === option ? 1 : 0));
      const [value, low, high] = [point[number], axis.low, axis.high].map((end) => (axis.log ? Math.log(end) : end));
      return [(value - low) / (high - low || 1)];
    });
  }

  // What an emulator says at a place: see emulator.Emulator.
  function answer(emulator, places, place) {
    const columns = place.length;
    let sum = 0;
    for (let point = 0; point < emulator.weights.values.length; point += 1) {
      let apart = 0;
      for (let column = 0; column < columns; column += 1) {
        const step = (place[column] - places.values[point * columns + column]) / emulator.lengths[column];
        apart += step * step;
      }
      const far = Math.sqrt(5 * apart);
      sum += emulator.variance * (1 + far + (far * far) / 3) * Math.exp(-far) * emulator.weights.values[point];
    }
    return emulator.centre + emulator.scale * sum;
  }

  // What keeps an emulator from being good: the luck of the runs, if half of its error or more; else the shape.
  function limit(emulator) {
    if (emulator.r2 >= GOOD) return "none";
    if (emulator.allowed === null || emulator.allowed === undefined) return "unknown";
    return 2 * (1 - emulator.allowed) >= 1 - emulator.r2 ? "runs" : "points";
  }

  // Which of some equal parts of an axis a value lies in; ends belong to it, whatever rounding did to them.
  const fieldOf = (value, low, wide, count) => Math.min(Math.max(Math.floor((value - low) / wide), 0), count - 1);

  // Decimals that show two digits of an error.
  function decimalsFor(error, otherwise) {
    if (!(error > 0) || !Number.isFinite(error)) return otherwise;
    return Math.min(Math.max(1 - Math.floor(Math.log10(error)), 0), 6);
  }

  // A number with a true minus sign and narrow spaces between thousands.
  function written(value, decimals, signed = false) {
    if (!Number.isFinite(value)) return "n/a";
    const [whole, rest] = Math.abs(value).toFixed(decimals).split(".");
    const text = whole.replace(/\B(?=(\d{3})+$)/g, NARROW_SPACE) + (rest ? `.${rest}` : "");
    const zero = !/[1-9]/.test(text);
    return (zero ? "" : value < 0 ? MINUS : signed ? "+" : "") + text;
  }

  // Mean and half an interval, in the printed unit: −0.42 ± 0.10.
  function withError(mean, half, figure, signed = false) {
    const decimals = decimalsFor(half * figure.factor, figure.decimals);
    const text = written(mean * figure.factor, decimals, signed);
    return Number.isFinite(half) && Number.isFinite(mean) ? `${text} ± ${written(half * figure.factor, decimals)}` : text;
  }

  // Fill in the blanks of a text.
  const fill = (text, values = {}) => text.replace(/\{(\w+)\}/g, (blank, name) => (name in values ? values[name] : blank));

  // A table as CSV; a text that a spreadsheet would compute has an apostrophe before it.
  function csv(rows) {
    const cell = (value) => {
      if (typeof value === "number") return Number.isFinite(value) ? String(value) : "";
      const text = /^[=+\-@\t\r]/.test(value) ? `'${value}` : value;
      return /[",\n\r]/.test(text) ? `"${text.replace(/"/g, '""')}"` : text;
    };
    return rows.map((row) => row.map(cell).join(",")).join("\n") + "\n";
  }

  return { unpack, unpackAll, at, combine, runs, interval, paired, placed, answer, limit, fieldOf, decimalsFor, written, withError, fill, csv };
})();

if (typeof module !== "undefined") module.exports = Numbers;
