// The requirements: which are shown, and exchanges opened where a step names them.

const requirements = [...document.querySelectorAll(".requirement")];
const chapters = [...document.querySelectorAll(".chapter")];
const wordsOf = new Map();
const wanted = { outcomes: new Set(), chapter: "", words: "" };

function said(requirement) {
  if (!wordsOf.has(requirement)) wordsOf.set(requirement, requirement.textContent.toLowerCase());
  return wordsOf.get(requirement);
}

function filterRequirements() {
  const words = wanted.words.split(/\s+/).filter(Boolean);
  for (const requirement of requirements) {
    const chapter = requirement.closest(".chapter").dataset.chapter;
    requirement.hidden = !((!wanted.outcomes.size || wanted.outcomes.has(requirement.dataset.outcome)) &&
      (!wanted.chapter || wanted.chapter === chapter) && words.every((word) => said(requirement).includes(word)));
  }
  for (const chapter of chapters) chapter.hidden = !chapter.querySelector(".requirement:not([hidden])");
  byId("nothing").hidden = requirements.some((requirement) => !requirement.hidden);
}

const isFiltered = () => wanted.outcomes.size > 0 || wanted.chapter !== "" || wanted.words !== "" || list.answered !== "";

function tellFound() {
  const shown = requirements.filter((requirement) => !requirement.hidden).length;
  byId("found").textContent = isFiltered() ? `${shown} of ${requirements.length} requirements, ${list.shown.length} of ${heads.length} exchanges` : "";
}

/** Shows what the fields ask for, and says so in the address. */
function applyFilters() {
  list.words = wanted.words;
  list.inside = null;
  filterRequirements();
  filterList();
  tellFound();
}

function clearFilters() {
  wanted.outcomes.clear();
  wanted.chapter = wanted.words = list.answered = "";
  showFilters();
  applyFilters();
  writeAddress();
}

/** The fields as `wanted` is. */
function showFilters() {
  byId("q").value = wanted.words;
  byId("chapter").value = wanted.chapter;
  byId("answered").value = list.answered;
  for (const choice of document.querySelectorAll(".choice")) choice.setAttribute("aria-pressed", String(wanted.outcomes.has(choice.dataset.outcome)));
}

/** Opens an exchange below the step that names it, or closes it again. */
async function toggleHere(link) {
  const number = Number(link.hash.slice("#exchange-".length)), holder = link.closest("li, dd, td, p");
  const there = holder.querySelector(`:scope > .body[data-number="${number}"], :scope > div > .body[data-number="${number}"]`);
  link.setAttribute("aria-expanded", String(!there));
  if (there) { there.remove(); return; }
  const body = await exchangeBodyOf(number);
  body.dataset.number = String(number);
  body.prepend(element("p", "caption", `Exchange #${number}`));
  (holder.matches("li") ? holder.lastElementChild : holder).append(body);
}

/** Says how each exchange was answered, beside its number. */
async function tellAnswers(place) {
  if (place.dataset.told) return;
  place.dataset.told = "yes";
  await headsRead;
  const byNumber = new Map(heads.map((head) => [head.number, head]));
  for (const link of place.querySelectorAll("a.number")) {
    const head = byNumber.get(Number(link.hash.slice("#exchange-".length)));
    if (head) link.append(" ", element("span", `status ${kindOf(head)}`, visible(String(head.answer))));
  }
}
