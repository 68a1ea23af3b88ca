"use strict";
// Sorts and filters the tables, and switches the theme. Everything can be read without it.

const FEWEST_ROWS_TO_FILTER = 9;
const THEMES = ["system", "light", "dark"];

function make(name, attributes, ...children) {
  const made = document.createElement(name);
  Object.entries(attributes).forEach(([key, value]) => made.setAttribute(key, value));
  made.append(...children);
  return made;
}

// A number as it is shown: "▲ +1,234.5", "12.50 %"; null is a dash.
function readNumber(text) {
  const digits = text.replace(/[^\d.-]/g, "");
  return digits && digits !== "-" ? Number(digits) : null;
}

function compare(one, other) {
  return typeof one === "number" ? one - other : one.localeCompare(other, "en", { numeric: true });
}

// Rows stay in their group. What is not known goes to its end, and sums stay there.
function sort(table, column, isNumber, isDescending) {
  for (const body of table.tBodies) {
    const found = [...body.rows].map(row => {
      const text = row.cells[column].textContent.trim();
      return { row, isSum: row.className !== "", value: isNumber ? readNumber(text) : text };
    });
    const known = found.filter(one => !one.isSum && one.value !== null);
    known.sort((one, other) => compare(one.value, other.value) * (isDescending ? -1 : 1));
    const unknown = found.filter(one => !one.isSum && one.value === null);
    const sums = found.filter(one => one.isSum);
    body.append(...[...known, ...unknown, ...sums].map(one => one.row));
  }
}

function makeSortable(table) {
  const heads = [...table.tHead.rows[0].cells];
  heads.forEach((head, column) => {
    const isNumber = head.classList.contains("n");
    if (table.rows[1].cells[column].className === "course") return;
    const button = make("button", { type: "button" }, ...head.childNodes);
    head.append(button);
    button.addEventListener("click", () => {
      const was = head.getAttribute("aria-sort");
      const isDescending = was ? was === "ascending" : isNumber;
      heads.forEach(one => one.removeAttribute("aria-sort"));
      head.setAttribute("aria-sort", isDescending ? "descending" : "ascending");
      sort(table, column, isNumber, isDescending);
    });
  });
}

function makeFilterable(table) {
  const rows = [...table.tBodies].flatMap(body => [...body.rows]);
  if (rows.length < FEWEST_ROWS_TO_FILTER) return;
  const told = make("span", { role: "status" });
  const label = `Filter rows: ${table.caption.textContent}`;
  const input = make("input", { "type": "search", "placeholder": "Filter rows", "aria-label": label });
  input.addEventListener("input", () => {
    const words = input.value.toLowerCase().split(/\s+/);
    for (const row of rows) {
      const text = row.textContent.toLowerCase();
      row.hidden = !words.every(word => text.includes(word));
    }
    const count = rows.filter(row => !row.hidden).length;
    told.textContent = input.value ? `${count} of ${rows.length} rows` : "";
  });
  table.parentElement.before(make("div", { class: "filter" }, input, told));
}

function makeThemes() {
  let theme = 0;
  const button = make("button", { type: "button" });
  const show = () => {
    button.textContent = `Theme: ${THEMES[theme]}`;
    if (theme) document.documentElement.dataset.theme = THEMES[theme];
    else delete document.documentElement.dataset.theme;
  };
  button.addEventListener("click", () => {
    theme = (theme + 1) % THEMES.length;
    show();
  });
  show();
  document.querySelector(".tools").append(button);
}

// Only what does not fit is reached by the keyboard.
function watchScrolling() {
  const check = box => {
    if (box.scrollWidth > box.clientWidth) box.tabIndex = 0;
    else box.removeAttribute("tabindex");
  };
  const observer = new ResizeObserver(entries => entries.forEach(entry => check(entry.target)));
  document.querySelectorAll(".scroll").forEach(box => observer.observe(box));
}

for (const table of document.querySelectorAll("table")) {
  if (!table.classList.contains("matrix")) makeSortable(table);
  makeFilterable(table);
}
makeThemes();
watchScrolling();
addEventListener("beforeprint", () => {
  document.querySelectorAll("details:not([open])").forEach(one => {
    one.open = true;
    addEventListener("afterprint", () => { one.open = false; }, { once: true });
  });
});
