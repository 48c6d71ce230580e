// Single keys, and the theme.

const THEMES = ["system", "dark", "light"];
let theme = 0;

function nextTheme() {
  theme = (theme + 1) % THEMES.length;
  if (theme) document.documentElement.dataset.theme = THEMES[theme]; else delete document.documentElement.dataset.theme;
  byId("theme").textContent = `◐ ${THEMES[theme]}`;
  byId("theme").setAttribute("aria-label", `Theme: ${THEMES[theme]}`);
}

/** To the next line that can be opened, among requirements or among exchanges, wherever the keyboard is. */
function step(by) {
  const here = document.activeElement?.closest(".exchange, .requirement");
  const all = here?.matches(".exchange") ? [...document.querySelectorAll("#rows > .exchange")] : requirements.filter((r) => !r.hidden);
  const at = all.indexOf(here);
  const next = all[at < 0 ? (by > 0 ? 0 : all.length - 1) : Math.min(Math.max(at + by, 0), all.length - 1)];
  next?.querySelector("summary").focus();
}

function leaveSearch(field) {
  if (document.activeElement === field) field.blur(); else clearFilters();
}

const KEYS = { "/": () => byId("q").focus(), j: () => step(1), k: () => step(-1), t: nextTheme };

document.addEventListener("keydown", (pressed) => {
  if (pressed.key === "Escape") { leaveSearch(byId("q")); return; }
  const writing = pressed.target.matches("input:not([type=checkbox]), select, textarea");
  if (writing || pressed.ctrlKey || pressed.metaKey || pressed.altKey || !byId("keys").checked || !KEYS[pressed.key]) return;
  pressed.preventDefault();
  KEYS[pressed.key]();
});
