// Makes mails with other tools, styles not yet inlined: node build_mails.mjs FOLDER
import { mkdirSync, readFileSync, readdirSync, writeFileSync } from "node:fs";
import { createRequire } from "node:module";
import path from "node:path";

const require = createRequire(import.meta.url);
const here = path.dirname(new URL(import.meta.url).pathname);
const out = process.argv[2];
mkdirSync(out, { recursive: true });

function write(name, html) {
  writeFileSync(path.join(out, `${name}.html`), html);
}

// Foundation for Emails: its own templates, its whole style sheet (34 KB) in a style element.
async function foundation() {
  const folder = path.join(here, "node_modules/foundation-emails");
  const css = readFileSync(path.join(folder, "dist/foundation-emails.css"), "utf8");
  const { Inky } = require("inky");
  const cheerio = require(require.resolve("cheerio", { paths: [path.join(here, "node_modules/inky")] }));
  for (const file of readdirSync(path.join(folder, "templates"))) {
    const source = readFileSync(path.join(folder, "templates", file), "utf8");
    const html = new Inky({}).releaseTheKraken(cheerio.load(source, { decodeEntities: false }));
    const own = [...html.matchAll(/<style[^>]*>([^]*?)<\/style>/g)].map((found) => found[1]).join("\n");
    const words = html.replace(/<style[^>]*>[^]*?<\/style>/g, "");
    write(
      `foundation-${path.basename(file, ".html")}`,
      `<!DOCTYPE html PUBLIC "-//W3C//DTD XHTML 1.0 Strict//EN" "http://www.w3.org/TR/xhtml1/DTD/xhtml1-strict.dtd">
<html xmlns="http://www.w3.org/1999/xhtml" lang="en"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width">
<style>${css}</style><style>${own}</style></head><body><table class="body"><tr><td class="float-center" align="center" valign="top">
<center>${words}</center></td></tr></table></body></html>`,
    );
  }
}

async function mjml() {
  const { default: render } = await import("mjml");
  const head = `<mj-head><mj-title>News</mj-title><mj-preview>Hello</mj-preview><mj-attributes><mj-all font-family="Arial" />
    </mj-attributes><mj-style>.note { color: #334455; padding: 4px } .note a { color: #aa3300 }
    @media (max-width:479px) { .note { color: #0000aa !important } }
    @media (prefers-color-scheme: dark) { .note { color: #eeeeee !important } }</mj-style></mj-head>`;
  const bodies = {
    columns: `<mj-section background-color="#f4f4f4"><mj-column><mj-text css-class="note">One <a href="https://x.org">link</a></mj-text></mj-column>
      <mj-column><mj-button background-color="#0b5fa5" href="https://x.org">Give</mj-button></mj-column></mj-section>`,
    hero: `<mj-hero mode="fixed-height" height="200px" background-color="#2a3448"><mj-text color="#ffffff" font-size="28px">Big</mj-text></mj-hero>
      <mj-section><mj-column><mj-divider border-color="#cccccc" /><mj-social><mj-social-element name="facebook" href="https://x.org">F</mj-social-element></mj-social></mj-column></mj-section>`,
    table: `<mj-section><mj-column><mj-table><tr><th style="text-align:left">Day</th><td>Hour</td></tr></mj-table>
      <mj-accordion><mj-accordion-element><mj-accordion-title>Why</mj-accordion-title><mj-accordion-text>So</mj-accordion-text></mj-accordion-element></mj-accordion></mj-column></mj-section>`,
  };
  for (const [name, body] of Object.entries(bodies)) {
    const { html } = await render(`<mjml lang="en">${head}<mj-body width="600px">${body}</mj-body></mjml>`);
    write(`mjml-${name}`, html);
  }
}

async function maizzle() {
  const { render } = await import("@maizzle/framework");
  const page = (body) => `<!DOCTYPE html><html lang="en"><head><meta charset="utf-8"><style>@tailwind components; @tailwind utilities;
    .hero > p { letter-spacing: 1px } .hero p:first-child { color: #102030 }</style></head><body class="bg-slate-50 m-0">${body}</body></html>`;
  const bodies = {
    card: `<table class="w-full font-sans"><tr><td class="p-6 bg-white text-slate-700 sm:px-4"><h1 class="m-0 text-2xl font-semibold text-black">Title</h1>
      <p class="m-0 mt-4 leading-6 dark:text-white">Words <a href="https://x.org" class="text-blue-700 hover:underline">link</a></p></td></tr></table>`,
    hero: `<div class="hero max-w-xl mx-auto"><p class="mt-8 text-center">First</p><p class="text-right italic">Second</p></div>`,
    grid: `<table class="w-full"><tr><td class="w-1/2 sm:inline-block sm:w-full px-2 align-top border border-solid border-slate-300">A</td>
      <td class="w-1/2 sm:inline-block sm:w-full px-2 rounded-lg bg-indigo-700 text-white">B</td></tr></table>`,
  };
  for (const [name, body] of Object.entries(bodies)) {
    const source = page(body);
    const tailwind = { content: [{ raw: source, extension: "html" }] };
    const css = { inline: false, purge: false, shorthand: false, tailwind };
    const { html } = await render(source, { css, prettify: false, minify: false });
    write(`maizzle-${name}`, html);
  }
}

async function reactEmail() {
  const { createElement: h } = await import("react");
  const { render } = await import("@react-email/render");
  const E = await import("@react-email/components");
  const css = `.words { margin: 0 0 12px; color: #223344 } #lead { font-weight: bold } p.words em { color: #993300 }
    td > p.words { line-height: 22px } a[href] { text-decoration: underline } .words.small { font-size: 13px }
    @media (max-width: 480px) { .words { font-size: 18px !important } }`;
  const mail = (...children) => h(E.Html, { lang: "en" }, h(E.Head, null, h("style", { dangerouslySetInnerHTML: { __html: css } })),
    h(E.Body, { style: { margin: 0 } }, h(E.Container, null, ...children)));
  const mails = {
    words: mail(h(E.Heading, { id: "lead" }, "Lead"), h("p", { className: "words" }, "A ", h("em", null, "word")), h("p", { className: "words small", style: { color: "#000000" } }, "Small")),
    button: mail(h(E.Section, null, h(E.Row, null, h(E.Column, null, h("p", { className: "words" }, "In a cell")), h(E.Column, null, h(E.Button, { href: "https://x.org" }, "Give"))))),
    picture: mail(h(E.Preview, null, "Hidden"), h(E.Img, { src: "https://x.org/a.png", width: 200, height: 100, alt: "A" }), h(E.Hr), h(E.Link, { href: "https://x.org" }, "Go")),
  };
  for (const [name, element] of Object.entries(mails)) write(`react-${name}`, await render(element));
}

const failed = [];
for (const make of [foundation, mjml, maizzle, reactEmail]) {
  try {
    await make();
  } catch (error) {
    failed.push(`${make.name}: ${error.message}`);
  }
}
if (failed.length) {
  console.error(failed.join("\n"));
  process.exit(1);
}
process.exit(0);
