// What the page carries of exchanges: chunks, inflated when they are asked for. Only the last few stay.

const MOST_KEPT = 6;
const chunks = { heads: [...document.querySelectorAll("script.heads")], details: [...document.querySelectorAll("script.details")] };
const kept = new Map();
let heads = [];

async function inflated(chunk) {
  const packed = Uint8Array.from(atob(chunk.textContent), (letter) => letter.charCodeAt(0));
  const stream = new Blob([packed]).stream().pipeThrough(new DecompressionStream("deflate-raw"));
  return JSON.parse(await new Response(stream).text());
}

/** Every exchange's line, as an object; read once. */
const headsRead = (async () => {
  for (const chunk of chunks.heads) {
    for (const [number, method, operation, answer, url, at, took, scenario, case_, delivery, odd] of await inflated(chunk)) {
      const words = `#${number} ${method} ${operation} ${answer} ${url} ${scenario} ${case_} ${delivery} ${odd}`.toLowerCase();
      heads.push({ number, method, operation, answer, at, took, scenario, delivery, odd, words });
    }
  }
})();

async function opened(chunk) {
  if (!kept.has(chunk)) kept.set(chunk, inflated(chunk));
  if (kept.size > MOST_KEPT) kept.delete(kept.keys().next().value);
  return kept.get(chunk);
}

/** Everything of an exchange; undefined when there is none of that number. */
async function detail(number) {
  const chunk = chunks.details.find((c) => Number(c.dataset.from) <= number && number <= Number(c.dataset.to));
  return chunk && (await opened(chunk)).find((exchange) => exchange.number === number);
}

/** Numbers of the exchanges that hold this text anywhere, headers and bodies included. */
async function holding(text, tell) {
  const found = new Set();
  for (const [at, chunk] of chunks.details.entries()) {
    for (const exchange of await inflated(chunk)) {
      if (JSON.stringify([exchange.request, exchange.response, exchange.error]).toLowerCase().includes(text)) found.add(exchange.number);
    }
    tell((at + 1) / chunks.details.length);
  }
  return found;
}

/** good, moved, refused, broken, silent or incoming: the colour of how an exchange ended. */
function kindOf(head) {
  if (head.delivery) return "incoming";
  return { 2: "good", 3: "moved", 4: "refused" }[Math.floor(head.answer / 100)] ?? (Number.isInteger(head.answer) ? "broken" : "silent");
}
