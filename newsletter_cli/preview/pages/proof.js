const first = document.querySelector("iframe[srcdoc]");
const source = first.getAttribute("srcdoc");
for (const frame of document.querySelectorAll("iframe[data-view]")) {
  const view = frame.dataset.view;
  fill(frame, source, view.includes("dark"), !view.includes("off"));
}
addEventListener("resize", () => document.querySelectorAll("iframe").forEach(fit));
const copy = document.getElementById("copy");
if (copy && navigator.clipboard) {
  copy.hidden = false;
  copy.addEventListener("click", async () => {
    await navigator.clipboard.writeText(document.getElementById("code").textContent.trim());
    document.getElementById("copied").textContent = "Copied.";
  });
}
