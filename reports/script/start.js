// Brings the page to life: fields, links, print, and whatever the address names.

for (const place of ["tools", "list", "shortcuts"]) byId(place).hidden = false;
for (const place of document.querySelectorAll(".unscripted")) place.remove();

function changed() {
  applyFilters();
  writeAddress();
}

byId("q").addEventListener("input", () => { wanted.words = byId("q").value.toLowerCase().trim(); changed(); });
byId("chapter").addEventListener("change", () => { wanted.chapter = byId("chapter").value; changed(); });
byId("answered").addEventListener("change", () => { list.answered = byId("answered").value; changed(); });
for (const choice of document.querySelectorAll(".choice")) {
  choice.addEventListener("click", () => {
    if (!wanted.outcomes.delete(choice.dataset.outcome)) wanted.outcomes.add(choice.dataset.outcome);
    showFilters();
    changed();
  });
}
byId("clear").addEventListener("click", clearFilters);
byId("theme").addEventListener("click", nextTheme);
byId("earlier").addEventListener("click", () => turn(-1));
byId("later").addEventListener("click", () => turn(1));
byId("deep").addEventListener("click", searchInside);
byId("open-all").addEventListener("click", () => {
  const open = byId("open-all").getAttribute("aria-pressed") !== "true";
  byId("open-all").setAttribute("aria-pressed", String(open));
  for (const requirement of requirements) requirement.open = open;
});

document.addEventListener("click", (pressed) => {
  const link = pressed.target.closest?.("a.number");
  if (link && link.closest(".finding") && !pressed.ctrlKey && !pressed.metaKey && !pressed.shiftKey) {
    pressed.preventDefault();
    toggleHere(link);
  }
});
for (const requirement of requirements) requirement.addEventListener("toggle", () => { if (requirement.open) tellAnswers(requirement); });
for (const finding of document.querySelectorAll("#fuzzing .finding")) tellAnswers(finding);

// Printed as a whole: also by browsers whose style cannot open what is closed.
let openedToPrint = [];
addEventListener("beforeprint", () => {
  openedToPrint = requirements.filter((requirement) => !requirement.open);
  for (const requirement of openedToPrint) requirement.open = true;
});
addEventListener("afterprint", () => { for (const requirement of openedToPrint) requirement.open = false; });

addEventListener("hashchange", go);
headsRead.then(() => { list.words = wanted.words; filterList(); tellFound(); }, () => { byId("page").textContent = "this browser cannot unpack them; journal.jsonl has them"; });
go();
// Once more when all is loaded: browsers follow a fragment late, and take the keyboard away from where it was put.
if (location.hash) addEventListener("load", () => setTimeout(go));
