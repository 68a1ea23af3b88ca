"use strict";
// Sorts and filters the tables, and switches the theme. Everything can be read without it.

const FEWEST_ROWS_TO_FILTER = 9;
const THEMES = ["system", "light", "dark"];

function make(name, properties, ...children) {
  const made = Object.assign(document.createElement(name), properties);
  made.append(...children);
  return made;
}

// A number as it is shown: "▲ +1,234.5", "12.50 %"; null is a dash.
function readNumber(text) {
  const digits = text.replace(/[^\d.-]/g, "");
  return digits && digits !== "-" ? Number(digits) : null;
}

function compare(one, other, isNumber) {
  if (!isNumber) return one.localeCompare(other, undefined, { numeric: true });
  const [a, b] = [readNumber(one), readNumber(other)];
  return a === null || b === null ? 0 : a - b;
}

// Rows stay in their group, sums stay at its end, and so does what is not known.
function sort(table, column, isNumber, isDescending) {
  for (const body of table.tBodies) {
    const shown = row => row.cells[column].textContent.trim();
    const isLast = row => (row.className ? 2 : isNumber && readNumber(shown(row)) === null ? 1 : 0);
    const rows = [...body.rows].sort((one, other) =>
      isLast(one) - isLast(other) ||
      (row => row.className ? 0 : 1)(one) * (isDescending ? -1 : 1) *
      compare(shown(one), shown(other), isNumber));
    body.append(...rows);
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
      const was = head.ariaSort;
      const isDescending = was ? was === "ascending" : isNumber;
      heads.forEach(one => one.removeAttribute("aria-sort"));
      head.ariaSort = isDescending ? "descending" : "ascending";
      sort(table, column, isNumber, isDescending);
    });
  });
}

function makeFilterable(table) {
  const rows = [...table.tBodies].flatMap(body => [...body.rows]);
  if (rows.length < FEWEST_ROWS_TO_FILTER) return;
  const told = make("span", { role: "status" });
  const input = make("input", {
    type: "search", placeholder: "Filter rows", ariaLabel: `Filter rows: ${table.caption.textContent}`,
  });
  input.addEventListener("input", () => {
    const words = input.value.toLowerCase().split(/\s+/);
    for (const row of rows) {
      const text = row.textContent.toLowerCase();
      row.hidden = !words.every(word => text.includes(word));
    }
    const count = rows.filter(row => !row.hidden).length;
    told.textContent = input.value ? `${count} of ${rows.length} rows` : "";
  });
  table.parentElement.before(make("div", { className: "filter" }, input, told));
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
