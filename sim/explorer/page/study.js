// The page of a study that compares packages: paths with bands, differences, and a table of the months chosen.
"use strict";

const PARENT = "parent";
const MOST_AT_FIRST = 3;

class StudyPage {
  constructor(data) {
    this.data = data;
    this.say = (key, values) => Numbers.fill(data.words[key], values);
    this.packages = data.packages.map((one, place) => ({ ...one, colour: colourOf(place) }));
    this.answer = make("p", { class: "answer", "aria-live": "polite" });
    this.title = make("h2", {});
    this.charts = make("div", { class: "charts" });
    this.table = make("div", { class: "scroll" });
    this.controls = new Controls(this.declared(), (key) => this.changed(key));
    this.chosen = make("div", {}, this.answer, this.title, this.charts, this.actions(), this.table, this.notes());
  }

  // The cube that holds the chosen segment: months of everybody, or years by segment.
  get cube() {
    const years = this.data.cubes.years;
    const name = this.controls ? this.controls.get("segment") : "all";
    return years && years.segments.some((one) => one.name === name) ? years : this.data.cubes.months;
  }

  get yearly() {
    return this.cube === this.data.cubes.years;
  }

  declared() {
    const { cubes, economies } = this.data;
    const segments = [cubes.months, cubes.years].filter(Boolean).flatMap((cube) => cube.segments);
    const compares = this.packages.length > 1;
    const figures = this.figureOptions(cubes.months);
    const first = figures.some((one) => one.name === "loss_rate") ? "loss_rate" : figures[0].name;
    const names = this.packages.map((one) => one.name);
    return [
      { key: "figure", kind: "one", label: this.say("figure"), value: first, options: figures },
      { key: "segment", kind: "one", label: this.say("segment"), value: "all", options: segments },
      { key: "show", kind: "one", label: this.say("show"), value: compares ? "difference" : "level",
        options: (compares ? ["difference", "level"] : ["level"]).map((name) => ({ name, label: this.say(name) })) },
      { key: "against", kind: "one", label: this.say("against"), value: PARENT,
        options: [{ name: PARENT, label: this.say("parent") }, ...names.map((name) => ({ name: `=${name}`, label: name }))] },
      { key: "package", kind: "many", label: this.say("packages"), value: names,
        options: this.packages.map((one) => ({ name: one.name, label: one.name, colour: one.colour })) },
      { key: "economy", kind: "many", label: this.say("economies"), value: economies.slice(0, MOST_AT_FIRST).map((one) => one.name),
        options: economies },
      ...this.times(cubes.months),
    ];
  }

  times(cube) {
    const yearly = cube === this.data.cubes.years;
    const last = cube.times;
    const spans = [1, 3, 6, 12].filter((span) => span === 1 || (!yearly && span <= last));
    const unit = yearly ? "year" : "month";
    const text = (value) => this.say(unit, { number: value });
    return [
      { key: "together", kind: "one", label: this.say("together"), value: String(spans.at(-1)),
        options: spans.map((span) => ({ name: String(span), label: this.say(`${unit}s_together`, { count: span }) })) },
      { key: "from", kind: "number", label: this.say("from"), value: 1, low: 1, high: last, step: 1, text },
      { key: "to", kind: "number", label: this.say("to"), value: last, low: 1, high: last, step: 1, text },
    ];
  }

  figureOptions(cube) {
    const main = cube === this.data.cubes.months ? this.data.main : [];
    const options = cube.figures.map((one) => ({ name: one.name, label: headed(this.say, one.label, one.unit) }));
    const grouped = (option, group) => ({ ...option, group });
    if (!main.length) return options;
    return [
      ...options.filter((one) => main.includes(one.name)).map((one) => grouped(one, this.say("main_figures"))),
      ...options.filter((one) => !main.includes(one.name)).sort((a, b) => a.label.localeCompare(b.label, this.data.language))
        .map((one) => grouped(one, this.say("other_figures"))),
    ];
  }

  // Take the state from the address, in the order in which lists depend on each other.
  read(address) {
    this.controls.read(address);
    this.follow();
    this.controls.read(address);
    this.update();
  }

  changed(key) {
    if (key === "segment" || key === "") this.follow();
    if (key === "from" && this.controls.get("from") > this.controls.get("to")) this.controls.set("to", this.controls.get("from"));
    else if (key === "to" && this.controls.get("to") < this.controls.get("from")) this.controls.set("from", this.controls.get("to"));
    else this.update();
  }

  // Lists that depend on the segment: segments have figures and times of their own.
  follow() {
    if (this.followed === this.cube) return;
    this.followed = this.cube;
    this.controls.exchange("figure", { options: this.figureOptions(this.cube) });
    for (const one of this.times(this.cube)) this.controls.exchange(one.key, { ...one, first: one.value });
  }

  get figure() {
    return this.cube.figures.find((one) => one.name === this.controls.get("figure"));
  }

  // Packages that are drawn, each with the one that it is set against ("" where levels are shown).
  drawn() {
    const against = this.controls.get("against");
    const difference = this.controls.get("show") === "difference";
    return this.packages.filter((one) => this.controls.get("package").includes(one.name))
      .map((one) => ({ ...one, other: !difference ? "" : against === PARENT ? one.parent : against.slice(1) }))
      .filter((one) => !difference || (one.other && one.other !== one.name));
  }

  // Runs of a package over some times, less those of the other package, run by run.
  runs(economy, name, other, first, last) {
    const segment = this.cube.segments.findIndex((one) => one.name === this.controls.get("segment"));
    const of = (one) => Numbers.runs(this.cube, this.figure,
      [segment, economy, this.packages.findIndex((known) => known.name === one)], first, last);
    return other ? Numbers.paired(of(name), of(other)) : of(name);
  }

  estimate(economy, name, other, first, last) {
    return Numbers.interval(this.runs(economy, name, other, first, last), this.data.quantiles);
  }

  economies() {
    return this.data.economies.map((one, place) => ({ ...one, place }))
      .filter((one) => this.controls.get("economy").includes(one.name));
  }

  // The last month or year of an economy that is chosen: not all are as long.
  end(economy) {
    const months = this.data.economies[economy].months;
    return Math.min(this.controls.get("to"), this.yearly ? Math.ceil(months / 12) : months);
  }

  // Months at which a path has a value: each holds so many months up to its own.
  path(economy, one) {
    const span = Number(this.controls.get("together"));
    const [from, to] = [this.controls.get("from"), this.end(economy)];
    const ends = [];
    for (let month = Math.max(from, span); month <= to; month += 1) ends.push(month);
    const found = ends.map((month) => this.estimate(economy, one.name, one.other, month - span, month - 1));
    return { months: ends, found };
  }

  update() {
    const { figure } = this;
    const drawn = this.drawn();
    const places = this.economies();
    this.drawings = [];
    this.rows = [["economy", "package", "against", this.yearly ? "year" : "month", "figure", "unit", "mean", "low", "high", "runs"]];
    this.charts.replaceChildren();
    const difference = this.controls.get("show") === "difference";
    const unit = difference ? figure.gap_unit : figure.unit;
    const head = headed(this.say, figure.label, unit);
    this.heading = difference ? this.say("difference_of", { figure: head }) : head;
    this.title.textContent = this.heading;
    places.forEach((economy) => this.chart(economy, drawn, difference, unit));
    this.tell(drawn, places, difference);
    this.table.replaceChildren(this.tableOf(places));
    return this;
  }

  chart(economy, drawn, difference, unit) {
    const factor = this.figure.factor;
    const lines = drawn.map((one) => {
      const { months, found } = this.path(economy.place, one);
      found.forEach(({ mean, half, count }, place) => Number.isFinite(mean) && this.rows.push([
        economy.name, one.name, one.other, months[place], this.figure.name, unit, mean * factor, (mean - half) * factor, (mean + half) * factor, count,
      ]));
      return {
        ...one, months, found, mean: found.map((each) => each.mean * factor),
        low: found.map((each) => (each.mean - each.half) * factor), high: found.map((each) => (each.mean + each.half) * factor),
      };
    }).filter((line) => line.mean.some(Number.isFinite));
    const box = make("figure", { class: "chart" }, make("figcaption", {}, economy.label));
    this.charts.append(box);
    if (!lines.length) return box.append(make("p", { class: "note" }, this.say("nothing_to_draw")));
    const host = make("div", { class: "plot" });
    const legend = make("ul", { class: "legend" });
    box.append(host, legend);
    const follow = (place) => {
      const at = place ?? lines[0].months.length - 1;
      legend.replaceChildren(make("li", { class: "note" }, this.say(this.yearly ? "year" : "month", { number: lines[0].months[at] ?? "" })),
        ...lines.map((line) => {
          const swatch = make("span", { class: "swatch" });
          swatch.style.background = line.colour;
          const { mean, half } = line.found[at] ?? { mean: NaN, half: NaN };
          return make("li", {}, swatch, `${this.named(line)}: ${Numbers.withError(mean, half, this.figure, difference)}`);
        }));
    };
    const plot = pathChart(host, { x: lines[0].months, lines, across: this.say(this.yearly ? "years" : "months"), zero: difference,
      sync: "months", follow, label: `${economy.label}: ${this.heading}` });
    follow(null);
    this.drawings.push({ heading: economy.label, canvas: plot.ctx.canvas });
    return box;
  }

  named(one) {
    return one.other ? this.say("less", { package: one.name, other: one.other }) : one.name;
  }

  // One sentence: the clearest difference of the months chosen.
  tell(drawn, places, difference) {
    const first = this.controls.get("from") - 1;
    const all = places.flatMap((economy) => drawn.map((one) => ({ economy, one, ...this.estimate(economy.place, one.name, one.other, first, this.end(economy.place) - 1) })));
    const known = all.filter((each) => Number.isFinite(each.mean));
    const clear = known.filter((each) => Math.abs(each.mean) > each.half);
    const strength = (each) => Math.abs(each.mean) / (each.half || Number.MIN_VALUE);
    const best = clear.sort((a, b) => strength(b) - strength(a))[0];
    const unit = difference ? this.figure.gap_unit : this.figure.unit;
    const last = best && difference ? this.end(best.economy.place) : this.controls.get("to");
    const when = this.say(this.yearly ? "over_years" : "over_months", { from: first + 1, to: last });
    if (!known.length) this.answer.textContent = this.say("answer_nothing");
    else if (!difference) {
      const ordered = known.sort((a, b) => b.mean - a.mean);
      const [most, least] = [ordered[0], ordered.at(-1)];
      const said = (each) => ({ package: each.one.name, economy: each.economy.label, value: Numbers.withError(each.mean, each.half, this.figure) });
      const values = { figure: this.figure.label, unit, when, package: said(most).package, economy: said(most).economy, value: said(most).value,
        other: said(least).package, place: said(least).economy, low: said(least).value };
      this.answer.textContent = this.say(known.length > 1 ? "answer_levels" : "answer_level", values);
    } else if (best) {
      this.answer.textContent = this.say("answer_clear", { figure: this.figure.label, package: best.one.name, other: best.one.other,
        economy: best.economy.label, when, value: Numbers.withError(best.mean, best.half, this.figure, true), unit, clear: clear.length, all: known.length });
    } else this.answer.textContent = this.say(known.some((each) => Number.isFinite(each.half)) ? "answer_open" : "answer_one_run", { figure: this.figure.label, when });
  }

  // Means of the months chosen, and differences, of every package that is chosen.
  tableOf(places) {
    const { figure } = this;
    const first = this.controls.get("from") - 1;
    const against = this.controls.get("against");
    const head = [this.say("economy"), this.say("package"), headed(this.say, this.say("mean"), figure.unit), this.say("set_against"), headed(this.say, this.say("difference"), figure.gap_unit)];
    const body = make("tbody");
    for (const economy of places) for (const one of this.packages.filter((each) => this.controls.get("package").includes(each.name))) {
      const other = against === PARENT ? one.parent : against.slice(1) === one.name ? "" : against.slice(1);
      const last = this.end(economy.place) - 1;
      const level = this.estimate(economy.place, one.name, "", first, last);
      const gap = other ? this.estimate(economy.place, one.name, other, first, last) : null;
      const clear = gap && Math.abs(gap.mean) > gap.half ? "clear" : "unclear";
      body.append(make("tr", { "data-economy": economy.name, "data-package": one.name }, make("th", { scope: "row" }, economy.label), make("td", { class: "words" }, one.name),
        make("td", { "data-value": level.mean, "data-half": level.half }, Numbers.withError(level.mean, level.half, figure)),
        make("td", { class: "words" }, other || "–"),
        make("td", gap ? { class: clear, "data-value": gap.mean, "data-half": gap.half } : {}, gap ? Numbers.withError(gap.mean, gap.half, figure, true) : "–")));
    }
    const caption = this.say("table", { figure: figure.label, period: figure.period, when: this.say(this.yearly ? "over_years" : "over_months", { from: first + 1, to: this.controls.get("to") }) });
    return make("table", {}, make("caption", {}, caption), make("thead", {}, make("tr", {}, ...head.map((text, place) => make("th", { scope: "col", class: place % 2 ? "words" : "" }, text)))), body);
  }

  actions() {
    const legend = () => this.drawn().map((one) => [one.colour, this.named(one)]);
    return make("p", { class: "actions" },
      make("button", { type: "button", id: "save-png", onclick: () => this.drawings.length && savePng(`${this.figure.name}.png`, this.heading, this.drawings, legend(), this.say("band", { confidence: 100 * this.data.confidence })) }, this.say("save_png")),
      make("button", { type: "button", id: "save-csv", onclick: () => saveCsv(`${this.figure.name}.csv`, this.rows) }, this.say("save_csv")));
  }

  notes() {
    const { cubes, worlds, confidence } = this.data;
    const left = cubes.months.left_out;
    const texts = [this.say("about_bands", { confidence: 100 * confidence, runs: this.data.runs }), this.say("about_window"), this.say("about_digits", { digits: this.data.digits })];
    if (worlds) texts.push(this.say("about_worlds", { count: worlds }));
    if (left.length) texts.push(this.say("about_left_out", { count: left.length, names: left.join(this.say("comma")) }));
    return make("div", { class: "notes" }, ...texts.map((text) => make("p", { class: "note" }, text)));
  }
}
