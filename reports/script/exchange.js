// One exchange, opened: what went out and what came back, side by side, as it was recorded.

function button(text, act) {
  const made = element("button", "", text);
  made.type = "button";
  made.addEventListener("click", () => act(made));
  return made;
}

function headersOf(headers) {
  const made = document.createDocumentFragment();
  for (const [name, value] of headers) made.append(element("span", "name", visible(name), ": "), visible(value), "\n");
  return made;
}

/** Start line, headers, and the body: indented when it is JSON, as recorded at a press. */
function message(title, start, told) {
  const made = element("div", "", element("p", "caption", title), element("pre", "", visible(start), "\n", headersOf(told.headers)));
  if (!told.body) return made;
  const body = element("pre", "payload"), pretty = indented(told.body);
  made.append(fill(body, pretty));
  if (pretty !== told.body) {
    let plain = false;
    made.append(button("As recorded", (pressed) => {
      plain = !plain;
      pressed.setAttribute("aria-pressed", String(plain));
      fill(body, plain ? told.body : pretty);
    }));
  }
  return made;
}

async function copy(text, place, pressed) {
  try {
    await navigator.clipboard.writeText(text);
    pressed.textContent = "Copied";
  } catch {  // not allowed here: select it, so that the reader's own copying takes it
    getSelection().selectAllChildren(place);
    pressed.textContent = "Selected";
  }
}

function line(name, text, className) {
  return text ? [element("p", className ?? "quiet", `${name}: `, visible(text))] : [];
}

function answered(e, cameIn) {
  if (!e.response) return element("div", "", element("p", "caption", "Received"), element("p", "error", visible(e.error || "no answer")));
  const made = message(cameIn ? "We answered" : "Received", String(e.response.status), e.response);
  if (e.response.cut) made.append(element("p", "quiet", `${e.response.size} bytes, not read to the end`));
  if (e.error) made.append(element("p", "error", visible(e.error)));
  return made;
}

/** The inside of an opened exchange. */
function exchangeBody(e) {
  const cameIn = e.direction === "incoming";
  const made = element("div", "body",
    ...line("Scenario", e.scenario), ...line("Generated case", e.case), ...line("Reached at", e.reached_at), ...line("It came in", e.delivery),
    ...line("Does not fit the contract", (e.misfits ?? []).join("; "), "error"),
    element("div", "pair", message(cameIn ? "Came in" : "Sent", `${e.request.method} ${e.request.url}`, e.request), answered(e, cameIn)));
  if (e.curl) {
    const place = fill(element("pre", "curl"), e.curl);
    made.append(element("p", "caption", "To repeat it"), place, button("Copy", (pressed) => copy(e.curl, place, pressed)));
  }
  return made;
}

/** `exchangeBody` of this number, or why there is none. */
async function exchangeBodyOf(number) {
  try {
    const e = await detail(number);
    return e ? exchangeBody(e) : element("p", "error", `This report has no exchange #${number}.`);
  } catch (failed) {
    return element("p", "error", `This browser could not unpack exchange #${number} (${failed.message}); journal.jsonl has it.`);
  }
}
