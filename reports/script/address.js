// The address says what is looked at: `#LP-MEM-01`, `#exchange-12`, `#?outcome=failed&chapter=LP-MEM&q=points`.

/** Opens everything around an element, and brings it and the keyboard there. */
function reveal(found) {
  for (let around = found; around; around = around.parentElement?.closest("details")) if (around.matches("details")) around.open = true;
  const place = found.querySelector(":scope > summary") ?? found;
  if (place === found && !found.matches("a, button, summary")) found.tabIndex = -1;
  place.focus({ preventScroll: true });
  found.scrollIntoView();
}

async function go() {
  const [target, query] = decodeURIComponent(location.hash.slice(1)).split("?", 2);
  if (query !== undefined || !target) readFilters(query ?? "");
  const exchange = /^exchange-(\d+)$/.exec(target);
  if (exchange) { await openExchange(Number(exchange[1])); return; }
  const found = target && byId(target);
  if (!found) return;
  if (found.closest("[hidden]")) clearFilters();
  reveal(found);
}

function readFilters(query) {
  const told = new URLSearchParams(query);
  wanted.words = (told.get("q") ?? "").toLowerCase().trim();
  wanted.chapter = told.get("chapter") ?? "";
  wanted.outcomes = new Set((told.get("outcome") ?? "").split(",").filter(Boolean));
  list.answered = told.get("answered") ?? "";
  showFilters();
  applyFilters();
}

function writeAddress() {
  const told = new URLSearchParams();
  if (wanted.words) told.set("q", wanted.words);
  if (wanted.outcomes.size) told.set("outcome", [...wanted.outcomes].join(","));
  if (wanted.chapter) told.set("chapter", wanted.chapter);
  if (list.answered) told.set("answered", list.answered);
  const query = told.toString();
  history.replaceState(null, "", query ? `#?${query}` : location.pathname + location.search);
}
