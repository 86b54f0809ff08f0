// The page begins here: data unpacked, controls beside what they choose, the address read.
"use strict";

const NARROW = "(max-width: 760px)";

(async () => {
  const main = document.getElementById("page");
  const data = await Numbers.unpackAll(JSON.parse(document.getElementById("data").textContent));
  const page = data.kind === "sweep" ? new SweepPage(data) : new StudyPage(data);
  const { say } = page;
  const notice = make("p", { class: "notice", role: "status", hidden: true });
  const again = make("button", { type: "button", id: "start", onclick: () => {
    location.hash = "";
    read();
  } }, say("start"));
  const copied = make("output", { id: "copied" });
  const link = make("button", { type: "button", id: "copy", onclick: async () => {
    try {
      await navigator.clipboard.writeText(location.href);
      copied.textContent = say("copied");
    } catch {
      copied.textContent = location.href;
    }
  } }, say("copy"));
  const choose = make("details", { class: "choose", open: !matchMedia(NARROW).matches }, make("summary", {}, say("choose")), page.controls.element,
    make("p", { class: "actions" }, again, link, copied));
  const facts = [...(data.partial ? [say("partial")] : []), say("from_results", { hash: data.results_sha256.slice(0, 12) || "–" })];
  const header = make("header", {}, make("p", { class: "kicker" }, "CreditCycle"), make("h1", {}, data.title), ...facts.map((text) => make("p", { class: "note" }, text)));

  function read() {
    page.read(location.hash.slice(1));
    const { unknown } = page.controls;
    notice.hidden = unknown.length === 0;
    notice.textContent = unknown.length ? say("unknown", { names: unknown.join(say("comma")) }) : "";
  }

  main.replaceChildren(header, notice, make("div", { class: "columns" }, choose, page.chosen));
  read();
  addEventListener("hashchange", read);
  document.documentElement.dataset.ready = "yes";
})();
