/**
 * The page's own script: search, filters, sorting, opening a row. It is plain JavaScript in a text,
 * since the page allows exactly these bytes by their hash: what a compiler makes of a function differs
 * between versions. Values from the plan reach the document as text only (`textContent`, `value`).
 */
export const PAGE_SCRIPT = String.raw`"use strict";
(() => {
  const $ = (id) => document.getElementById(id);
  const data = JSON.parse($("plan-data").textContent);
  const body = $("rows");
  const fields = { q: $("q"), part: $("part"), type: $("type") };
  const inInputs = $("inputs");
  const entries = data.map((item, index) => ({ item, row: body.rows[index], index, detail: null, text: "", inputs: "" }));
  for (const entry of entries) {
    const { name, type, part, urn } = entry.item;
    entry.text = [name, type, part, urn].join("\n").toLowerCase();
    const label = entry.row.querySelector(".name");
    const button = document.createElement("button");
    button.type = "button";
    button.className = "name";
    button.textContent = label.textContent;
    button.setAttribute("aria-expanded", "false");
    label.replaceWith(button);
  }
  document.querySelector(".filters").hidden = false;

  const listed = new Set(data.map(({ name }) => name));

  const fits = (entry, words, part, type) => {
    if (part && entry.item.part !== part) return false;
    if (type && entry.item.type !== type) return false;
    return words.every((word) => {
      if (entry.text.includes(word)) return true;
      if (!inInputs.checked) return false;
      entry.inputs ||= JSON.stringify(entry.item.inputs).toLowerCase();
      return entry.inputs.includes(word);
    });
  };

  const apply = () => {
    const words = fields.q.value.toLowerCase().split(/\s+/).filter(Boolean);
    let shown = 0;
    for (const entry of entries) {
      const fit = fits(entry, words, fields.part.value, fields.type.value);
      if (fit) shown += 1;
      if (entry.row.hidden === fit) entry.row.hidden = !fit;
      if (entry.detail) entry.detail.hidden = !fit || !entry.open;
    }
    $("count").textContent = shown === entries.length ? shown + " resources" : shown + " of " + entries.length + " resources";
    $("nothing").hidden = shown > 0;
  };

  const FILTERS = ["q", "part", "type", "inputs"];
  const readAddress = () => {
    const query = new URLSearchParams(location.hash.slice(1));
    const asked = FILTERS.some((key) => query.has(key));
    for (const [key, field] of Object.entries(fields)) {
      field.value = query.get(key) ?? "";
      if (field.value === "" && field.options) field.selectedIndex = 0;
    }
    inInputs.checked = query.get("inputs") === "1";
    apply();
    return asked;
  };
  const writeAddress = () => {
    const query = new URLSearchParams();
    for (const [key, field] of Object.entries(fields)) if (field.value) query.set(key, field.value);
    if (inInputs.checked) query.set("inputs", "1");
    const hash = query.toString();
    // Not location.hash: each letter typed would become a step of the history.
    history.replaceState(null, "", hash ? "#" + hash : location.pathname + location.search);
  };
  const changed = () => { apply(); writeAddress(); };
  for (const field of Object.values(fields)) field.addEventListener("input", changed);
  inInputs.addEventListener("change", changed);
  document.querySelector(".filters").addEventListener("submit", (event) => event.preventDefault());
  const clear = () => {
    for (const field of Object.values(fields)) field.value = "";
    inInputs.checked = false;
    changed();
    fields.q.focus();
  };
  $("reset").addEventListener("click", clear);
  fields.q.addEventListener("keydown", (event) => { if (event.key === "Escape") { event.preventDefault(); clear(); } });
  document.addEventListener("keydown", (event) => {
    const typing = event.target instanceof HTMLElement && event.target.matches("input, select, textarea");
    if (event.key !== "/" || typing || event.ctrlKey || event.metaKey || event.altKey) return;
    event.preventDefault();
    fields.q.focus();
  });
  const jump = () => { $("resources").scrollIntoView(); $("resources").focus({ preventScroll: true }); };
  addEventListener("hashchange", () => {
    const query = new URLSearchParams(location.hash.slice(1));
    // A plain anchor such as #policies is no filter.
    if (location.hash && !FILTERS.some((key) => query.has(key))) return;
    if (readAddress()) jump();
  });

  const element = (tag, text, name) => {
    const made = document.createElement(tag);
    // Characters that turn the reading direction or take no room are written out.
    if (text !== undefined) made.textContent = text.replace(/[\u061C\u200B-\u200F\u202A-\u202E\u2060-\u2069\uFEFF]/g, (c) => "\\u{" + c.charCodeAt(0).toString(16) + "}");
    if (name) made.className = name;
    return made;
  };
  const detailOf = (entry) => {
    const { urn, type, needs, inputs } = entry.item;
    const row = element("tr", undefined, "detail");
    row.id = "detail-" + entry.index;
    const cell = row.appendChild(element("td"));
    cell.colSpan = 4;
    const list = cell.appendChild(element("dl"));
    const add = (term, content) => {
      list.appendChild(element("dt", term));
      const place = list.appendChild(element("dd"));
      place.append(...content);
    };
    add("Type", [element("code", type)]);
    add("URN", [element("code", urn)]);
    if (needs.length > 0) {
      add("Needs", needs.flatMap((name, index) => {
        const link = element(listed.has(name) ? "a" : "span", name);
        if (listed.has(name)) link.href = "#" + new URLSearchParams({ q: name });
        return index === 0 ? [link] : [", ", link];
      }));
    }
    add("Inputs", [element("pre", JSON.stringify(inputs, null, 2))]);
    return row;
  };
  const toggle = (entry, button) => {
    entry.open = !entry.open;
    if (!entry.detail) {
      entry.detail = detailOf(entry);
      entry.row.after(entry.detail);
      button.setAttribute("aria-controls", entry.detail.id);
    }
    entry.detail.hidden = !entry.open;
    button.setAttribute("aria-expanded", String(entry.open));
  };
  const byRow = new Map(entries.map((entry) => [entry.row, entry]));
  body.addEventListener("click", (event) => {
    const button = event.target.closest("button.name");
    if (button) toggle(byRow.get(button.closest("tr")), button);
  });

  const collator = new Intl.Collator("en", { numeric: true });
  let order = { key: "", down: false };
  for (const heading of document.querySelectorAll("[data-sort]")) {
    const button = element("button", heading.textContent);
    button.type = "button";
    heading.replaceChildren(button);
    button.addEventListener("click", () => {
      const key = heading.dataset.sort;
      order = { key, down: order.key === key ? !order.down : key === "cost" };
      for (const other of document.querySelectorAll("[data-sort]")) other.removeAttribute("aria-sort");
      heading.setAttribute("aria-sort", order.down ? "descending" : "ascending");
      const compare = (a, b) => (key === "cost" ? a.item.cost - b.item.cost : collator.compare(a.item[key], b.item[key]));
      const sorted = [...entries].sort((a, b) => (order.down ? compare(b, a) : compare(a, b)) || a.index - b.index);
      body.append(...sorted.flatMap((entry) => (entry.detail ? [entry.row, entry.detail] : [entry.row])));
    });
  }

  if (readAddress()) jump();
})();
`;
