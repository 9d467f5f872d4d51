const tools = document.getElementById("tools");
const state = document.getElementById("state");
const frames = [...document.querySelectorAll("iframe")];
const KINDS = { error: "Error", warning: "Warning", info: "Note" };
let shown = null;
let stamp = "";
let reader = document.getElementById("as").value;
let lost = false;
let asking = 0; // 0 while no answer is awaited

function chosen(name) { return tools.elements[name].value; }

function make(tag, text, kind) {
  const element = document.createElement(tag);
  if (text) element.textContent = text;
  element.dir = "auto"; // words may be Arabic on an English page
  if (kind) element.className = kind;
  return element;
}

function fold(text) { return text.toLowerCase().replace(/[^\p{L}\p{N}]/gu, ""); }

async function load() {
  const asked = ++asking;
  const response = await fetch("content?as=" + encodeURIComponent(reader));
  if (response.status === 500) {
    asking = 0;
    state.textContent = "The preview failed; the terminal says why. It tries again with the next change.";
    return;
  }
  const answer = await response.json();
  if (asked !== asking) return; // another reader was asked for meanwhile
  asking = 0;
  stamp = answer.stamp;
  showFault(answer.error);
  if (answer.error) return;
  shown = answer;
  state.textContent = [shown.subject || "(no subject)", ...shown.notes, "as of " + new Date().toLocaleTimeString()].join(" · ");
  showInbox();
  showSize();
  showLinks();
  document.getElementById("text").textContent = shown.text;
  showFindings();
  showFrames();
}

function showFault(fault) {
  const box = document.getElementById("fault");
  box.hidden = !fault;
  box.replaceChildren();
  if (!fault) return;
  state.textContent = shown ? "Not composed: the state before is shown." : "Not composed.";
  box.append(make("h2", fault.message));
  const list = make("ul");
  for (const each of fault.problems) list.append(make("li", each));
  box.append(list, make("p", fault.hint));
}

function showInbox() {
  const list = document.getElementById("inbox");
  list.replaceChildren(make("dt", "From"), make("dd", shown.sender));
  for (const line of shown.inbox) {
    const what = make("dd");
    line.lines.forEach((text, at) => what.append(make(at ? "span" : "strong", text, at ? "quiet" : "")));
    const screen = line.screen[0].toUpperCase() + line.screen.slice(1);
    list.append(make("dt", `${screen}, ${line.characters} characters`), what);
  }
}

function showSize() {
  const kilobytes = (bytes) => (bytes / 1024).toFixed(1);
  const meter = document.getElementById("meter");
  meter.max = shown.clip;
  meter.low = shown.clip * 0.8;
  meter.high = shown.clip * 0.98;
  meter.optimum = 0;
  meter.value = shown.bytes;
  document.getElementById("weight").textContent = `${kilobytes(shown.bytes)} of ${kilobytes(shown.clip)} KB`;
}

function showLinks() {
  const rows = shown.links.map((link) => {
    const row = make("tr");
    const target = make("td", "", "address");
    if (/^(https?|mailto):/.test(link.target)) {
      const anchor = make("a", link.target);
      anchor.href = link.target;
      anchor.target = "_blank";
      anchor.rel = "noopener noreferrer";
      target.append(anchor);
    } else target.textContent = link.target || "(nowhere)";
    row.append(make("td", String(link.number)), make("td", link.label || "(no words)"), target);
    return row;
  });
  document.getElementById("links").replaceChildren(...rows);
}

let cards = [];

function showFindings() {
  cards = shown.findings.map((finding) => {
    const card = make("li", "", "finding " + finding.severity);
    const says = make("p");
    says.append(make("span", KINDS[finding.severity] + ":", "kind"), " " + finding.message);
    card.append(says);
    if (finding.hint) card.append(make("p", finding.hint));
    const where = finding.file ? ` · ${finding.file}${finding.line ? `, line ${finding.line}` : ""}` : "";
    const rule = make("p", "", "quiet");
    rule.append(make("code", finding.rule), where);
    card.append(rule);
    return { card, place: finding.place };
  });
}

function showFrames() {
  const asText = chosen("part") === "text";
  document.getElementById("frames").hidden = asText;
  document.getElementById("text").hidden = !asText;
  let waiting = frames.length;
  for (const frame of frames) {
    const device = frame.closest(".device");
    device.hidden = !["both", frame.dataset.view].includes(chosen("screen"));
    frame.addEventListener("load", () => { fit(frame); if (--waiting === 0) settle(); }, { once: true });
    frame.srcdoc = stagedAs(shown.html, chosen("scheme") === "dark", chosen("pictures") === "on");
    device.classList.toggle("dark", chosen("scheme") === "dark");
  }
}

function settle() { frames.forEach(fit); placeFindings(); }

// The smallest element that holds the words a finding speaks of, or the link or picture it names.
function findElement(page, place) {
  let best = null;
  let size = Infinity;
  for (const each of page.body.querySelectorAll("*")) {
    if (!each.getClientRects().length || each.tagName === "STYLE") continue;
    const words = fold(each.textContent);
    const named = fold(each.getAttribute("alt") || "");
    const leads = fold(each.getAttribute("href") || "");
    let fits = Infinity;
    if (place.words && words.includes(place.words)) fits = words.length;
    else if (place.words && named.includes(place.words)) fits = named.length;
    else if (place.address && leads && leads.startsWith(place.address)) fits = leads.length + 1e6;
    if (fits <= size) { best = each; size = fits; }
  }
  return size === Infinity ? null : best;
}

// Findings with a place stand beside it, pushed down where they would overlap; the others in a list of their own.
function placeFindings() {
  const frame = frames.find((each) => !each.closest(".device").hidden);
  const page = frame && !document.getElementById("frames").hidden ? frame.contentDocument : null;
  const placed = [];
  const loose = [];
  for (const { card, place } of cards) {
    card.style.top = "";
    card.querySelector("button")?.remove();
    const element = page && (place.words || place.address) ? findElement(page, place) : null;
    card.classList.toggle("placed", Boolean(element));
    if (!element) { loose.push(card); continue; }
    const button = make("button", "Show where");
    button.type = "button";
    button.addEventListener("click", () => point(element));
    card.append(button);
    placed.push({ card, element });
  }
  document.getElementById("loose").replaceChildren(...loose);
  document.getElementById("general").hidden = loose.length === 0;
  document.getElementById("none").hidden = cards.length > 0;
  document.getElementById("elsewhere").hidden = placed.length > 0 || loose.length === 0;
  const top = (element) => frame.getBoundingClientRect().top + element.getBoundingClientRect().top;
  placed.sort((a, b) => top(a.element) - top(b.element));
  const list = document.getElementById("findings");
  list.replaceChildren(...placed.map((each) => each.card));
  let free = 0;
  for (const { card, element } of placed) {
    card.style.top = Math.max(free, top(element) - list.getBoundingClientRect().top) + "px";
    free = card.offsetTop + card.offsetHeight + 12;
  }
  list.style.height = free + "px";
}

function point(element) {
  const page = element.ownerDocument;
  page.querySelectorAll("[data-pointed]").forEach((each) => { each.style.outline = ""; each.removeAttribute("data-pointed"); });
  element.style.outline = "4px solid #d97706";
  element.setAttribute("data-pointed", "");
  const frame = frames.find((each) => each.contentDocument === page);
  scrollTo({ top: scrollY + frame.getBoundingClientRect().top + element.getBoundingClientRect().top - innerHeight / 3 });
  state.textContent = "Pointed at: " + (element.textContent.trim().slice(0, 60) || element.getAttribute("alt") || element.tagName.toLowerCase());
}

tools.addEventListener("change", (event) => { if (shown && event.target.id !== "as") showFrames(); });
tools.addEventListener("submit", (event) => {
  event.preventDefault();
  reader = document.getElementById("as").value.trim();
  load();
});
document.getElementById("as").addEventListener("input", async (event) => {
  const found = await (await fetch("readers?q=" + encodeURIComponent(event.target.value))).json();
  document.getElementById("people").replaceChildren(...found.readers.map((each) => Object.assign(make("option"), { value: each })));
});
addEventListener("resize", () => { if (shown) settle(); });

// Ask once a second whether a file changed; the answer is a few bytes.
setInterval(async () => {
  if (asking) return;
  try {
    const now = (await (await fetch("stamp")).json()).stamp;
    if (now !== stamp || lost) { lost = false; await load(); }
  } catch {
    lost = true;
    asking = 0;
    state.textContent = "The preview has ended. Start it again with newsletter preview --browser.";
  }
}, 1000);
load();
