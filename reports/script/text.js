// Text from the wire becomes text on the page, never markup: everything goes in by textContent.

const UNSEEN = /[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\xad\u061c\u180e\u200b-\u200f\u2028-\u202e\u2060-\u206f\ufeff\ufff9-\ufffb\u{e0000}-\u{e007f}\ud800-\udfff]/gu;
const MOST_SHOWN = 20000;

const byId = (id) => document.getElementById(id);

/** An element with a class and children; strings among them become text. */
function element(name, className, ...children) {
  const made = document.createElement(name);
  if (className) made.className = className;
  made.append(...children);
  return made;
}

/** A fragment in which what cannot be seen, or turns the reading direction, is a mark that says its name. */
function visible(text) {
  const made = document.createDocumentFragment();
  let end = 0;
  for (const found of text.matchAll(UNSEEN)) {
    const code = found[0].codePointAt(0).toString(16).toUpperCase().padStart(4, "0");
    made.append(text.slice(end, found.index), element("span", "tell", `⟨U+${code}⟩`));
    end = found.index + found[0].length;
  }
  made.append(text.slice(end));
  return made;
}

/** A long text in blocks, so that a browser lays out those alone that are looked at. */
function slices(text) {
  const made = [];
  for (let from = 0; from < text.length;) {
    const line = text.lastIndexOf("\n", from + MOST_SHOWN);
    const to = line > from ? line + 1 : from + MOST_SHOWN;
    made.push(element("span", "slice", visible(text.slice(from, to))));
    from = to;
  }
  return made;
}

/** Fills `place` with a text, cut where it is too long, with a button that shows the whole. */
function fill(place, text) {
  place.replaceChildren(visible(text.slice(0, MOST_SHOWN)));
  if (text.length <= MOST_SHOWN) return place;
  const whole = element("button", "", `Show all ${text.length.toLocaleString("en")} characters`);
  whole.type = "button";
  whole.addEventListener("click", () => place.replaceChildren(...slices(text)));
  place.append("\n… ", whole);
  return place;
}

/** JSON with a line for each member. Only space between its parts is touched: numbers and strings stay as they came. */
function indented(text) {
  try { JSON.parse(text); } catch { return text; }
  let depth = 0;
  const line = () => "\n" + "  ".repeat(depth);
  const parts = text.match(/"(?:[^"\\]|\\.)*"|[{}[\],:]|[^\s{}[\],:"]+/g) || [];
  return parts.map((part, at) => {
    if (part === ",") return "," + line();
    if (part === ":") return ": ";
    if (part === "{" || part === "[") { depth += 1; return /[}\]]/.test(parts[at + 1]?.[0] ?? "") ? part : part + line(); }
    if (part === "}" || part === "]") { depth -= 1; return /^[{[]$/.test(parts[at - 1] ?? "") ? part : line() + part; }
    return part;
  }).join("");
}
