// The page of a sweep: sliders that an emulator answers, a curve along an axis, the points, and a heat map.
"use strict";

const CURVE = 41;
const FIELDS = 8;
const GRID = 17;
const [MEAN_PART, ERROR_PART, GAP_PART, GAP_ERROR_PART] = [0, 1, 2, 3];

class SweepPage {
  constructor(data) {
    this.data = data;
    this.sweep = data.sweep;
    this.say = (key, values) => Numbers.fill(data.words[key], values);
    this.answer = make("p", { class: "answer", "aria-live": "polite" });
    this.table = make("div", { class: "scroll" });
    this.panels = Object.fromEntries(["curve", "scatter", "heat"].map((name) => [name, make("figure", { class: "chart" })]));
    this.controls = new Controls(this.declared(), (key) => this.changed(key));
    this.sliders = new Controls(this.sweep.axes.map((axis, place) => this.sliderOf(axis, place)), () => this.changed("slider"));
    // One address for both: what is chosen, and where the sliders stand.
    this.controls.address = () => [Controls.prototype.address.call(this.controls), Controls.prototype.address.call(this.sliders)].filter(Boolean).join("&");
    this.sliders.address = this.controls.address;
    const reset = make("button", { type: "button", id: "reset", onclick: () => this.sliders.reset() }, this.say("reset"));
    this.chosen = make("div", {}, this.answer, make("section", { class: "what-if" }, make("h2", {}, this.say("what_if")), this.sliders.element, make("p", { class: "actions" }, reset)),
      this.table, make("div", { class: "charts wide" }, ...Object.values(this.panels)), this.actions(), this.notes());
  }

  sliderOf(axis, place) {
    if (axis.options.length) {
      return { key: `at.${axis.key}`, kind: "one", label: headed(this.say, axis.key, axis.unit), about: axis.meaning, value: axis.options[0], options: axis.options.map((name) => ({ name, label: name })) };
    }
    const step = axis.whole ? 1 : (axis.high - axis.low) / (axis.log ? 1000 : 100) || 1;
    const middle = axis.log ? Math.sqrt(axis.low * axis.high) : (axis.low + axis.high) / 2;
    const value = Math.min(axis.low + Math.round((middle - axis.low) / step) * step, axis.high);
    return { key: `at.${axis.key}`, kind: "number", label: headed(this.say, axis.key, axis.unit), about: axis.meaning, low: axis.low, high: axis.high, step, place, value: Number(value.toPrecision(12)), text: (number) => this.plain(number) };
  }

  // A value of an axis with three or four digits.
  plain(value) {
    return String(Number(value.toPrecision(4))).replace("-", "\u2212");
  }

  declared() {
    const { axes, blocks, figures } = this.sweep;
    const named = (axis) => ({ name: axis.key, label: axis.key });
    const kinds = blocks.some((one) => one.parent) ? ["difference", "level"] : ["level"];
    const first = figures.find((one) => one.name === "loss_rate") ?? figures[0];
    const start = Math.max(blocks.findIndex((one) => one.parent), 0);
    const order = this.strongest(start);
    const options = axes.map(named);
    return [
      { key: "figure", kind: "one", label: this.say("figure"), value: first.name, options: figures.map((one) => ({ name: one.name, label: headed(this.say, one.label, one.unit) })) },
      { key: "block", kind: "one", label: this.say("block"), value: String(start), options: blocks.map((one, place) => ({ name: String(place), label: this.say("block_label", { package: one.arm, economy: one.place }) })) },
      { key: "show", kind: "one", label: this.say("show"), value: kinds.at(-1), options: kinds.map((name) => ({ name, label: this.say(name) })) },
      { key: "across", kind: "one", label: this.say("across"), value: order[0], options },
      { key: "up", kind: "one", label: this.say("up"), value: order[1] ?? order[0], options },
      { key: "field", kind: "one", label: this.say("fields"), value: "points", options: ["points", "emulator"].map((name) => ({ name, label: this.say(`fields_${name}`) })) },
    ];
  }

  // Axes by how short the length of an emulator is along them: those that move the figure most come first.
  strongest(block) {
    const { axes, figures } = this.sweep;
    const found = (figures.find((one) => one.name === "loss_rate") ?? figures[0]).emulators[block].level;
    if (!found) return axes.map((axis) => axis.key);
    let column = 0;
    const lengths = axes.map((axis) => {
      const width = Math.max(axis.options.length, 1);
      const here = Math.min(...found.lengths.slice(column, column + width));
      column += width;
      return [here, axis.key];
    });
    return lengths.sort((a, b) => a[0] - b[0]).map(([, key]) => key);
  }

  read(address) {
    const keys = [...new URLSearchParams(address)];
    const part = (mine) => new URLSearchParams(keys.filter(([key]) => key.startsWith("at.") === mine)).toString();
    this.controls.read(part(false));
    this.sliders.read(part(true));
    this.controls.unknown.push(...this.sliders.unknown);
    this.update();
  }

  changed(key) {
    this.update(key);
  }

  get figure() {
    return this.sweep.figures.find((one) => one.name === this.controls.get("figure"));
  }

  get block() {
    return Number(this.controls.get("block"));
  }

  // What is shown: a difference is one only where the package has a parent.
  get kind() {
    return this.controls.get("show") === "difference" && this.sweep.blocks[this.block].parent ? "difference" : "level";
  }

  axis(key) {
    return this.sweep.axes.findIndex((one) => one.key === key);
  }

  // Where the sliders stand: a number an axis, options by their place.
  point() {
    return this.sweep.axes.map((axis) => {
      const value = this.sliders.get(`at.${axis.key}`);
      return axis.options.length ? axis.options.indexOf(value) : value;
    });
  }

  says(figure, kind, point) {
    const emulator = figure.emulators[this.block][kind];
    return emulator ? Numbers.answer(emulator, this.sweep.places, Numbers.placed(this.sweep.axes, point)) : NaN;
  }

  update(key = "") {
    this.tell();
    this.curve();
    if (key === "slider" && this.controls.get("field") === "points") return;
    if (key !== "slider") this.scatter();
    this.heat();
  }

  unit(figure, kind) {
    return kind === "difference" ? figure.gap_unit : figure.unit;
  }

  title(kind = this.kind) {
    const { arm, parent, place } = this.sweep.blocks[this.block];
    const unit = this.unit(this.figure, kind);
    return this.say(kind === "difference" ? "title_gap" : "title_level", { figure: headed(this.say, this.figure.label, unit), package: arm, other: parent, economy: place });
  }

  // What the emulators say where the sliders stand: each figure, its error at points left out, and R2.
  tell() {
    const point = this.point();
    const kinds = this.sweep.blocks[this.block].parent ? ["level", "difference"] : ["level"];
    const known = this.sweep.figures.filter((one) => kinds.some((kind) => one.emulators[this.block][kind]));
    const body = make("tbody");
    for (const figure of known) for (const kind of kinds) {
      const emulator = figure.emulators[this.block][kind];
      if (!emulator) continue;
      const value = this.says(figure, kind, point);
      const unit = this.unit(figure, kind);
      const name = kind === "level" ? figure.label : this.say("gap_of", { figure: figure.label, other: this.sweep.blocks[this.block].parent });
      body.append(make("tr", { "data-figure": figure.name, "data-kind": kind }, make("th", { scope: "row" }, headed(this.say, name, unit)),
        make("td", { "data-value": value }, Numbers.withError(value, emulator.within, figure, kind === "difference")),
        make("td", { class: emulator.r2 < 0.8 ? "unclear" : "" }, Numbers.written(emulator.r2, 3)),
        make("td", { class: "allowed" }, Numbers.written(emulator.allowed ?? NaN, 3)), make("td", { class: "limit" }, this.say(`limit_${Numbers.limit(emulator)}`)), make("td", {}, String(emulator.points))));
    }
    const head = ["figure", "says", "r2", "allowed", "limit", "points"].map((key) => make("th", { scope: "col" }, this.say(key)));
    this.table.replaceChildren(known.length ? make("table", {}, make("caption", {}, this.say("emulator_table")), make("thead", {}, make("tr", {}, ...head)), body)
      : make("p", { class: "note" }, this.say("no_emulator")));
    const emulator = this.figure.emulators[this.block][this.kind];
    this.answer.textContent = emulator ? this.say("answer_emulator", { title: this.title(), r2: Numbers.written(emulator.r2, 3),
      value: Numbers.withError(this.says(this.figure, this.kind, point), emulator.within, this.figure, this.kind === "difference") }) : this.say("answer_no_emulator", { title: this.title() });
  }

  panel(name, heading, note) {
    const host = make("div", { class: "plot" });
    const readout = make("p", { class: "note readout" }, note);
    this.panels[name].replaceChildren(make("figcaption", {}, heading), host, readout);
    return { host, readout };
  }

  // The figure along one axis, the other sliders as they stand.
  curve() {
    const place = this.axis(this.controls.get("across"));
    const axis = this.sweep.axes[place];
    const emulator = this.figure.emulators[this.block][this.kind];
    const heading = this.say("curve", { axis: axis.key });
    const { host, readout } = this.panel("curve", heading, emulator ? this.say("curve_about") : this.say("no_emulator_here"));
    if (!emulator || axis.options.length) return readout.replaceChildren(emulator ? this.say("no_curve") : this.say("no_emulator_here"));
    const x = Array.from({ length: CURVE }, (_, step) => axis.low + ((axis.high - axis.low) * step) / (CURVE - 1));
    const values = x.map((value) => this.says(this.figure, this.kind, this.point().with(place, value)) * this.figure.factor);
    const wide = emulator.within * this.figure.factor;
    const line = { colour: colourOf(0), mean: values, low: values.map((value) => value - wide), high: values.map((value) => value + wide) };
    const follow = (at) => readout.replaceChildren(at === null || at === undefined ? this.say("curve_about")
      : this.say("curve_at", { axis: axis.key, at: this.plain(x[at]), value: Numbers.withError(values[at] / this.figure.factor, emulator.within, this.figure, this.kind === "difference") }));
    this.curvePlot = pathChart(host, { x, lines: [line], across: axis.key, zero: this.kind === "difference", follow, label: `${heading}: ${this.title()}` });
    return null;
  }

  // Figures at the points, in the printed unit, and their standard errors.
  atPoints() {
    const parts = this.kind === "difference" ? [GAP_PART, GAP_ERROR_PART] : [MEAN_PART, ERROR_PART];
    return parts.map((part) => Array.from(Numbers.at(this.figure.values, this.block, part), (value) => value * this.figure.factor));
  }

  column(place) {
    const count = this.sweep.axes.length;
    return Array.from({ length: this.sweep.points }, (_, point) => this.sweep.values.values[point * count + place]);
  }

  scatter() {
    const [across, up] = ["across", "up"].map((key) => this.axis(this.controls.get(key)));
    const [axis, other] = [this.sweep.axes[across], this.sweep.axes[up]];
    const [values, errors] = this.atPoints();
    const [x, shadesOf] = [this.column(across), this.column(up)];
    const span = other.options.length ? [0, other.options.length - 1] : [other.low, other.high];
    const about = this.say("scatter_about", { count: this.sweep.points, axis: other.key });
    const { host, readout } = this.panel("scatter", this.say("scatter", { axis: axis.key }), about);
    const follow = (point) => readout.replaceChildren(point === null ? about : this.say("scatter_at", { point,
      places: this.sweep.axes.map((one, place) => `${one.key} ${this.valueOf(one, this.column(place)[point])}`).join(this.say("comma")),
      value: Numbers.withError(values[point] / this.figure.factor, errors[point] / this.figure.factor, this.figure, this.kind === "difference") }));
    this.scatterPlot = scatterChart(host, { x, y: values, shades: shadesOf.map((value) => (value - span[0]) / (span[1] - span[0] || 1)), across: axis.key,
      zero: this.kind === "difference", follow, label: this.title() });
  }

  valueOf(axis, value) {
    return axis.options.length ? axis.options[value] : this.plain(value);
  }

  // Fields of an axis: each value where there are few, equal parts of its length else.
  fields(place, most) {
    const axis = this.sweep.axes[place];
    const distinct = [...new Set(this.column(place))].sort((a, b) => a - b);
    if (axis.options.length || (most === FIELDS && distinct.length <= 2 * FIELDS)) {
      const known = axis.options.length ? axis.options.map((_, option) => option) : distinct;
      return { centres: known, names: known.map((value) => this.valueOf(axis, value)), of: (value) => known.indexOf(value) };
    }
    const wide = (axis.high - axis.low) / most;
    const centres = Array.from({ length: most }, (_, field) => axis.low + (field + 0.5) * wide);
    return { centres, names: centres.map((value) => this.plain(Number(value.toPrecision(3)))), of: (value) => Numbers.fieldOf(value, axis.low, wide, most) };
  }

  heat() {
    const [across, up] = ["across", "up"].map((key) => this.axis(this.controls.get(key)));
    const emulated = this.controls.get("field") === "emulator";
    const emulator = this.figure.emulators[this.block][this.kind];
    const [wide, high] = [this.fields(across, emulated ? GRID : FIELDS), this.fields(up, emulated ? GRID : FIELDS)];
    const { host, readout } = this.panel("heat", this.say("heat", { across: this.sweep.axes[across].key, up: this.sweep.axes[up].key }), "");
    if (across === up || (emulated && !emulator)) return readout.replaceChildren(this.say(across === up ? "no_heat" : "no_emulator_here"));
    const values = emulated ? high.centres.map((row) => wide.centres.map((column) => this.says(this.figure, this.kind, this.point().with(across, column).with(up, row)) * this.figure.factor))
      : this.means(this.column(across).map(wide.of), this.column(up).map(high.of), wide.centres.length, high.centres.length);
    const text = (value) => Numbers.written(value, this.figure.decimals, this.kind === "difference");
    const known = values.flat().filter(Number.isFinite);
    const about = this.say("heat_scale", { about: this.say(emulated ? "heat_emulator" : "heat_points"), low: text(Math.min(...known)), high: text(Math.max(...known)) });
    readout.replaceChildren(about);
    const follow = (place) => readout.replaceChildren(place === null ? about : this.say("heat_at", { across: wide.names[place.column], up: high.names[place.row], value: text(values[place.row][place.column]) }));
    this.heatCanvas = heatMap(host, { values, columns: wide.names, rows: high.names, across: this.sweep.axes[across].key, up: this.sweep.axes[up].key, text, label: this.title(), follow });
    return null;
  }

  // Mean of the points in each field.
  means(columns, rows, width, height) {
    const [values] = this.atPoints();
    const sums = Array.from({ length: height }, () => Array.from({ length: width }, () => [0, 0]));
    values.forEach((value, point) => {
      if (!Number.isFinite(value)) return;
      const sum = sums[rows[point]][columns[point]];
      sum[0] += value;
      sum[1] += 1;
    });
    return sums.map((line) => line.map(([sum, count]) => (count ? sum / count : NaN)));
  }

  // The points with every figure, in the printed units, as they stand in the table of the sweep.
  rows() {
    const { axes, points } = this.sweep;
    const [values, errors] = this.atPoints();
    const columns = axes.map((_, place) => this.column(place));
    const head = ["point", ...axes.map((axis) => axis.key), "package", "economy", "figure", "unit", this.kind, "standard_error"];
    const { arm, economy } = this.sweep.blocks[this.block];
    return [head, ...Array.from({ length: points }, (_, point) => [point, ...axes.map((axis, place) => (axis.options.length ? axis.options[columns[place][point]] : columns[place][point])),
      arm, economy, this.figure.name, this.unit(this.figure, this.kind), values[point], errors[point]])];
  }

  actions() {
    const drawings = () => [...this.chosen.querySelectorAll("figure.chart")].map((one) => ({ heading: one.querySelector("figcaption").textContent, canvas: one.querySelector("canvas") })).filter((one) => one.canvas);
    return make("p", { class: "actions" },
      make("button", { type: "button", id: "save-png", onclick: () => savePng(`${this.figure.name}.png`, this.title(), drawings(), [], this.answer.textContent) }, this.say("save_png")),
      make("button", { type: "button", id: "save-csv", onclick: () => saveCsv(`${this.figure.name}.csv`, this.rows()) }, this.say("save_csv")));
  }

  notes() {
    const texts = [this.say("about_emulator"), this.say("about_points", { runs: this.data.runs }), this.say("about_digits", { digits: this.data.digits })];
    const left = this.sweep.left_out;
    if (left.length) texts.push(this.say("about_left_out_points", { count: left.length, names: left.join(this.say("comma")) }));
    return make("div", { class: "notes" }, ...texts.map((text) => make("p", { class: "note" }, text)));
  }
}
