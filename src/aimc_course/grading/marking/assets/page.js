"use strict";
// Keys for who marks many answers. Without this script the page works by Tab, arrows and Enter.
(() => {
  const form = document.getElementById("mark");
  const comment = document.getElementById("comment");
  const single = document.getElementById("single");
  const lines = [...document.querySelectorAll("fieldset.line")];
  let now = 0;
  const path = location.pathname;

  const radios = (line) => [...line.querySelectorAll("input[type=radio]")];
  const value = (line) => {
    const chosen = radios(line).find((r) => r.checked);
    return chosen ? Number(chosen.value) : null;
  };
  const shown = (points) => String(Math.round(points * 100) / 100);

  function show() {
    lines.forEach((line, k) => line.classList.toggle("now", k === now));
    const sum = document.getElementById("sum");
    if (!sum || !lines.length) return;
    const values = lines.map(value);
    const known = values.filter((v) => v !== null);
    const total = shown(known.reduce((a, b) => a + b, 0));
    sum.textContent = known.length ? `${total} of ${sum.dataset.most} points` : `of ${sum.dataset.most} points`;
  }
  function choose(line, wanted) {
    const radio = radios(line).find((r) => Number(r.value) === wanted);
    if (!radio) return false;
    radio.checked = true;
    line.classList.remove("open");
    keep();
    return true;
  }
  // What is not saved yet outlives a look at the model answer, for as long as this tab is open.
  function keep() {
    const draft = { version: form.elements.version.value, seen: form.elements.seen.value, points: lines.map(value), comment: comment.value };
    try { sessionStorage.setItem(path, JSON.stringify(draft)); } catch { /* the draft is not kept */ }
    document.getElementById("draft").hidden = false;
  }
  function sent() {
    try {
      const draft = JSON.parse(sessionStorage.getItem(path));
      if (draft) sessionStorage.setItem(path, JSON.stringify({ ...draft, sent: true }));
    } catch { /* nothing was kept */ }
  }
  function forget() {
    try { sessionStorage.removeItem(path); } catch { /* nothing was kept */ }
  }
  function restore() {
    try {
      const draft = JSON.parse(sessionStorage.getItem(path));
      if (!draft || draft.version !== form.elements.version.value || draft.seen !== form.elements.seen.value) return;
      // Sent, and something was said to it: it is saved, or it was undone on purpose.
      if (draft.sent && document.querySelector("[role=status]")) { forget(); return; }
      draft.points.forEach((p, k) => {
        const radio = lines[k] && radios(lines[k]).find((r) => Number(r.value) === p);
        if (radio && p !== null) radio.checked = true;
      });
      comment.value = draft.comment;
      document.getElementById("draft").hidden = false;
    } catch { /* no draft that can be read */ }
  }
  function give(digit) {
    const line = lines[now];
    if (line && choose(line, digit)) now += 1;
    show();
  }
  function half() {
    const line = lines[Math.max(0, now - 1)];
    if (line) choose(line, (value(line) ?? 0) + 0.5);
    show();
  }
  function every(most) {
    for (const line of lines) {
      const all = radios(line).map((r) => Number(r.value));
      choose(line, most ? Math.max(...all) : 0);
    }
    now = lines.length;
    show();
  }
  function insert(text) {
    const before = comment.value.trimEnd();
    if (before.split("\n").includes(text)) return;
    comment.value = before ? `${before}\n${text}` : text;
    keep();
  }
  // A line without points is easily overlooked from inside the comment: it is named, shown, and
  // takes the next digit.
  function missing() {
    const open = lines.filter((line) => value(line) === null);
    for (const line of lines) line.classList.toggle("open", open.includes(line));
    const said = document.getElementById("missing");
    said.hidden = !open.length;
    if (!open.length) return false;
    const names = open.map((line) => lines.indexOf(line) + 1);
    const which = names.length > 1 ? `lines ${names.join(", ")} of ${lines.length} have` : `line ${names[0]} of ${lines.length} has`;
    said.textContent = `Not saved: ${which} no points yet.`;
    now = names[0] - 1;
    show();
    open[0].scrollIntoView({ block: "nearest" });
    radios(open[0])[0].focus();
    return true;
  }
  function save() {
    if (form && !missing()) form.requestSubmit(form.querySelector("button.main"));
  }

  if (form) {
    restore();
    const open = lines.findIndex((line) => value(line) === null);
    now = open < 0 ? lines.length : open;
    form.addEventListener("change", (event) => {
      const line = event.target.closest("fieldset.line");
      if (line) { now = lines.indexOf(line); line.classList.remove("open"); }
      keep();
      show();
    });
    form.addEventListener("focusin", (event) => {
      const line = event.target.closest("fieldset.line");
      if (line) { now = lines.indexOf(line); show(); }
    });
    form.addEventListener("input", keep);
    form.addEventListener("submit", sent);
    // The browser's own bubble points at a button that nobody sees.
    form.querySelector("button.main").addEventListener("click", (event) => {
      if (missing()) event.preventDefault();
    });
    for (const button of document.querySelectorAll("[data-insert]")) {
      button.addEventListener("click", () => insert(button.dataset.insert));
    }
    show();
  }
  // While a command runs, what is said of it is brought up to date; at its end the whole page is.
  async function watch() {
    const run = document.getElementById("run");
    if (!run || run.dataset.busy !== "yes") return;
    try {
      const answer = await fetch(run.dataset.from);
      const fresh = new DOMParser().parseFromString(await answer.text(), "text/html").getElementById("run");
      if (!fresh || fresh.dataset.busy !== "yes") { location.assign(run.dataset.from); return; }
      const open = run.querySelector("details")?.open;
      const at = document.activeElement?.closest("#run") ? document.activeElement.tagName : null;
      run.replaceChildren(...fresh.childNodes);
      if (open) run.querySelector("details").open = true;
      if (at) run.querySelector(at.toLowerCase())?.focus();
    } catch { /* asked again below */ }
    setTimeout(watch, 2000);
  }
  setTimeout(watch, 1000);
  const asked = document.getElementById("asked");
  if (asked) {
    try {
      asked.open = sessionStorage.getItem("asked") !== "closed";
      asked.addEventListener("toggle", () => sessionStorage.setItem("asked", asked.open ? "open" : "closed"));
    } catch { /* it stays open */ }
  }
  if (single) {
    try {
      single.checked = localStorage.getItem("single") !== "off";
      single.addEventListener("change", () => localStorage.setItem("single", single.checked ? "on" : "off"));
    } catch { /* a browser that keeps nothing: the keys are on */ }
  }

  document.addEventListener("keydown", (event) => {
    const inText = event.target.matches("textarea, input[type=number]");
    if (event.key === "Enter" && (event.ctrlKey || event.metaKey)) {
      event.preventDefault();
      save();
      return;
    }
    if (event.key === "Escape" && inText) {
      event.target.blur();
      return;
    }
    if (inText || event.ctrlKey || event.metaKey || event.altKey || (single && !single.checked)) return;
    // On some keyboards digits need Shift: what is typed decides, not which key.
    if (/^[0-9]$/.test(event.key)) { event.preventDefault(); give(Number(event.key)); return; }
    const digit = /^Digit([0-9])$/.exec(event.code);
    if (event.shiftKey && digit && digit[1] !== "0") {
      const button = document.querySelectorAll("[data-insert]")[Number(digit[1]) - 1];
      if (button) { event.preventDefault(); button.click(); }
      return;
    }
    const onControl = event.target.matches("a, button, summary, input");
    const done = () => event.preventDefault();
    switch (event.key) {
      case ".": half(); return done();
      case "a": every(true); return done();
      case "x": every(false); return done();
      case "c": if (comment) { comment.focus(); done(); } return;
      case "q": if (asked) { asked.open = !asked.open; done(); } return;
      case "g": document.getElementById("jump")?.focus(); return done();
      case "z": document.getElementById("undo")?.requestSubmit(); return done();
      case "Enter": if (form && (!onControl || event.target.type === "radio")) { save(); done(); } return;
      case "ArrowUp": case "ArrowDown":
        // Arrows belong to the control that has the focus, and scroll where no line is left.
        if (onControl || event.target.matches("[tabindex='0']") || !lines.length || !event.shiftKey) return;
        now = Math.max(0, Math.min(lines.length - 1, now + (event.key === "ArrowUp" ? -1 : 1)));
        show();
        return done();
      default:
    }
    const link = document.querySelector(`[data-key="${CSS.escape(event.key)}"]`);
    if (link) {
      done();
      link.click();
      if (link.matches("summary")) link.focus();
    }
  });
})();
