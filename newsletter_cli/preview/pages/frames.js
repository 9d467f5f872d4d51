// Shows one staged message in frames: light or dark, with pictures or without, each frame as high as what it holds.
"use strict";
const NEVER = "(min-width:99991px)";
const ALWAYS = "(min-width:0px)";

function stagedAs(source, dark, pictures) {
  let html = source;
  if (dark) {
    html = html.replaceAll(NEVER, "\u0000").replaceAll(ALWAYS, NEVER).replaceAll("\u0000", ALWAYS);
    html = html.replace(":root{color-scheme:light!important}", ":root{color-scheme:dark!important}");
  }
  return pictures ? html : html.replace("img-src data:", "img-src 'none'");
}

function fit(frame) {
  const page = frame.contentDocument;
  if (!page || !page.documentElement) return;
  frame.style.height = "60px";
  const borders = frame.offsetHeight - frame.clientHeight;
  frame.style.height = Math.ceil(page.documentElement.scrollHeight) + borders + "px";
}

function fill(frame, source, dark, pictures) {
  frame.addEventListener("load", () => fit(frame), { once: true });
  frame.srcdoc = stagedAs(source, dark, pictures);
  frame.closest(".device").classList.toggle("dark", dark);
}
