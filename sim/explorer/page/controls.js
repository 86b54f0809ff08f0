// Controls by declaration: lists, boxes and sliders, whose state is also the address of the page (after the #).
"use strict";

// Make an element: make("p", { class: "note" }, "text", child). Texts are texts, whatever they hold.
function make(tag, attributes = {}, ...children) {
  const element = document.createElement(tag);
  for (const [name, value] of Object.entries(attributes)) {
    if (name.startsWith("on")) element.addEventListener(name.slice(2), value);
    else if (typeof value === "boolean") element.toggleAttribute(name, value);
    else element.setAttribute(name, value);
  }
  element.append(...children);
  return element;
}

// A label with its unit, where it has one.
const headed = (say, label, unit) => (unit ? say("head", { label, unit }) : label);

class Controls {
  // Each declaration: key, label, kind (one, many or number), value, then options [{name, label, group, colour}] or
  // low, high, step and text (value -> what is written beside the slider).
  constructor(declarations, changed) {
    this.changed = changed;
    this.all = new Map(declarations.map((one) => [one.key, { ...one, first: one.value }]));
    this.element = make("div", { class: "controls" });
    this.unknown = [];
    this.draw();
  }

  get(key) {
    return this.all.get(key).value;
  }

  // Exchange the options or ends of a control; a value that they no longer allow becomes the first allowed one.
  exchange(key, news) {
    const one = this.all.get(key);
    Object.assign(one, news);
    if (!this.allows(one, one.value)) one.value = one.kind === "many" ? [] : one.options[0].name;
    one.element.replaceWith((one.element = this.build(one)));
  }

  allows(one, value) {
    if (one.kind === "number") return Number.isFinite(value) && value >= one.low && value <= one.high;
    const names = one.options.map((option) => option.name);
    return one.kind === "many" ? value.every((name) => names.includes(name)) : names.includes(value);
  }

  set(key, value, quietly = false) {
    const one = this.all.get(key);
    one.value = value;
    if (one.show) one.show();
    if (!quietly) this.tell(key);
  }

  reset(keys = [...this.all.keys()]) {
    keys.forEach((key) => this.set(key, this.all.get(key).first, true));
    this.tell("");
  }

  // The state as an address, without what is as at first.
  address() {
    const parts = new URLSearchParams();
    for (const [key, one] of this.all) {
      if (JSON.stringify(one.value) === JSON.stringify(one.first)) continue;
      if (one.kind === "many") {
        if (!one.value.length) parts.append(key, "");
        one.value.forEach((name) => parts.append(key, name));
      } else parts.append(key, String(one.value));
    }
    return parts.toString();
  }

  // Take the state from an address; what it names and the page does not have is kept in `unknown`.
  read(address) {
    const parts = new URLSearchParams(address);
    this.unknown = [];
    for (const one of this.all.values()) one.value = one.first;
    for (const key of new Set(parts.keys())) {
      const one = this.all.get(key);
      const given = parts.getAll(key);
      const value = !one ? null : one.kind === "many" ? given.filter((name) => name !== "")
        : one.kind === "number" ? (given[0] === "" ? NaN : Number(given[0])) : given[0];
      if (one && this.allows(one, value)) one.value = value;
      else this.unknown.push(`${key}=${given.join(",")}`);
    }
    for (const one of this.all.values()) if (one.show) one.show();
  }

  tell(key) {
    history.replaceState(null, "", `#${this.address()}`);
    this.changed(key);
  }

  draw() {
    for (const one of this.all.values()) {
      one.element = this.build(one);
      this.element.append(one.element);
    }
  }

  build(one) {
    return { one: this.list, many: this.boxes, number: this.slider }[one.kind].call(this, one);
  }

  list(one) {
    const select = make("select", { id: `control-${one.key}`, name: one.key });
    const groups = new Map();
    for (const option of one.options) {
      const element = make("option", { value: option.name }, option.label);
      if (!option.group) select.append(element);
      else {
        if (!groups.has(option.group)) {
          groups.set(option.group, make("optgroup", { label: option.group }));
          select.append(groups.get(option.group));
        }
        groups.get(option.group).append(element);
      }
    }
    one.show = () => (select.value = one.value);
    one.show();
    select.addEventListener("change", () => this.set(one.key, select.value));
    // Where there is nothing to choose there is nothing to see.
    return make("div", { class: "control", hidden: one.options.length < 2 }, make("label", { for: select.id }, one.label), select, ...this.about(one));
  }

  // What a setting means, below its control.
  about(one) {
    return one.about ? [make("p", { class: "note" }, one.about)] : [];
  }

  boxes(one) {
    const inputs = one.options.map((option) => make("input", { type: "checkbox", name: one.key, value: option.name }));
    const labels = one.options.map((option, place) => {
      const swatch = make("span", { class: "swatch" });
      if (option.colour) swatch.style.background = option.colour;
      return make("label", { class: "box" }, inputs[place], ...(option.colour ? [swatch] : []), make("span", {}, option.label));
    });
    one.show = () => inputs.forEach((input) => (input.checked = one.value.includes(input.value)));
    one.show();
    const chosen = () => inputs.filter((input) => input.checked).map((input) => input.value);
    inputs.forEach((input) => input.addEventListener("change", () => this.set(one.key, chosen())));
    return make("fieldset", { class: "control" }, make("legend", {}, one.label), ...labels);
  }

  slider(one) {
    const input = make("input", { type: "range", id: `control-${one.key}`, name: one.key, min: one.low, max: one.high, step: one.step });
    const output = make("output", { for: input.id });
    one.show = () => {
      input.value = one.value;
      output.textContent = one.text(one.value);
      input.setAttribute("aria-valuetext", output.textContent);
    };
    one.show();
    input.addEventListener("input", () => this.set(one.key, Number(input.value)));
    return make("div", { class: "control" }, make("label", { for: input.id }, one.label, output), input, ...this.about(one));
  }
}
