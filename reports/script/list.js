// The list of exchanges, a page of it at a time.

const A_PAGE = 100;
const list = { shown: [], from: 0, words: "", answered: "", inside: null };

const ANSWERED = {
  "2xx": (head) => kindOf(head) === "good", "3xx": (head) => kindOf(head) === "moved", "4xx": (head) => kindOf(head) === "refused", "5xx": (head) => kindOf(head) === "broken",
  none: (head) => kindOf(head) === "silent", in: (head) => kindOf(head) === "incoming", odd: (head) => head.odd !== "",
};

/** A closed exchange; what is inside is fetched when it opens. */
function row(head) {
  const took = head.took === null ? "" : `${(head.took * 1000).toFixed(1)} ms`;
  const summary = element("summary", "",
    element("span", "number", `#${head.number}`), element("span", "", visible(head.method)), element("span", "", visible(head.operation || "unknown operation"), head.odd ? " (not by the contract)" : ""),
    element("span", `status ${kindOf(head)}`, visible(String(head.answer))), element("span", "time", head.at.slice(11, 23)), element("span", "took", took));
  const made = element("details", "exchange", summary);
  made.id = `exchange-${head.number}`;
  made.addEventListener("toggle", () => { if (made.open) fillRow(made, head.number); });
  return made;
}

async function fillRow(made, number) {
  if (made.dataset.filled) return;
  made.dataset.filled = "yes";
  made.append(await exchangeBodyOf(number));
}

function showPage() {
  byId("rows").replaceChildren(...list.shown.slice(list.from, list.from + A_PAGE).map(row));
  const last = Math.min(list.from + A_PAGE, list.shown.length);
  byId("page").textContent = list.shown.length ? `${list.from + 1}–${last} of ${list.shown.length}` : "none";
  byId("earlier").disabled = list.from === 0;
  byId("later").disabled = last >= list.shown.length;
}

/** Shows the exchanges that hold every word and were answered so. */
function filterList() {
  const words = list.words.split(/\s+/).filter(Boolean), answered = ANSWERED[list.answered];
  list.shown = heads.filter((head) => (list.inside ? list.inside.has(head.number) : words.every((word) => head.words.includes(word))) && (!answered || answered(head)));
  list.from = 0;
  showPage();
}

/** Opens an exchange where it stands in the list; filters that hide it are undone. */
async function openExchange(number) {
  await headsRead;
  let at = list.shown.findIndex((head) => head.number === number);
  if (at < 0) {
    clearFilters();
    at = list.shown.findIndex((head) => head.number === number);
  }
  if (at < 0) return;
  list.from = Math.floor(at / A_PAGE) * A_PAGE;
  if (!byId(`exchange-${number}`)) showPage();
  const found = byId(`exchange-${number}`);
  found.open = true;
  await fillRow(found, number);
  reveal(found);
}

function turn(pages) {
  list.from += pages * A_PAGE;
  showPage();
  byId("exchanges").scrollIntoView();
}

async function searchInside() {
  const pressed = byId("deep"), text = byId("q").value.trim().toLowerCase();
  if (!text) { byId("q").focus(); return; }
  pressed.disabled = true;
  list.inside = await holding(text, (share) => { byId("page").textContent = `searched ${Math.floor(share * 100)} %`; });
  pressed.disabled = false;
  filterList();
  tellFound();
}
