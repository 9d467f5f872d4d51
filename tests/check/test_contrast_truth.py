"""The cascade, the colours and the contrast that the checker works out are those that Chromium shows."""

from datetime import date
from typing import Any, get_args

import pytest
from samples import BAD, GOOD

from newsletter_cli.check import Mail, prepare
from newsletter_cli.check.cascade import Scheme, Styles
from newsletter_cli.check.looks import weak_pairs

pytestmark = [pytest.mark.browser, pytest.mark.xdist_group("contrast-truth")]
# What an author would see: own words of each visible element, its colour over what lies behind it.
ASK = r"""() => {
  const parts = text => { const found = text.match(/[\d.]+/g).map(Number); return found.length < 4 ? [...found, 1] : found };
  const level = value => { value /= 255; return value <= 0.04045 ? value / 12.92 : ((value + 0.055) / 1.055) ** 2.4 };
  const light = colour => 0.2126 * level(colour[0]) + 0.7152 * level(colour[1]) + 0.0722 * level(colour[2]);
  const over = (top, below) => below.map((value, index) => top[3] * top[index] + (1 - top[3]) * value);
  const hex = colour => '#' + colour.map(value => Math.round(value).toString(16).padStart(2, '0')).join('');
  const weak = [];
  for (const element of document.body.querySelectorAll('*')) {
    if (['STYLE', 'SCRIPT'].includes(element.tagName)) continue;
    const words = [...element.childNodes].filter(node => node.nodeType === 3).map(node => node.textContent).join('').trim();
    if (words.length < 2 || !/[\p{L}\p{N}]/u.test(words)) continue;
    if (!element.checkVisibility({opacityProperty: true, visibilityProperty: true})) continue;
    const layers = []; let known = true;
    for (let node = element; node; node = node.parentElement) {
      const style = getComputedStyle(node);
      if (style.backgroundImage !== 'none') { known = false; break }
      const colour = parts(style.backgroundColor);
      if (colour[3] > 0) layers.push(colour);
      if (colour[3] === 1) break;
    }
    if (!known) continue;
    const behind = layers.reverse().reduce((below, layer) => over(layer, below), [255, 255, 255]);
    const style = getComputedStyle(element), size = parseFloat(style.fontSize);
    const front = over(parts(style.color), behind);
    const [high, low] = [light(front), light(behind)].sort((one, other) => other - one);
    const large = size >= 24 || (size >= 18.66 && parseInt(style.fontWeight) >= 600);
    if (size > 2 && (high + 0.05) / (low + 0.05) < (large ? 3 : 4.5)) weak.push(hex(front) + ' on ' + hex(behind));
  }
  return weak;
}"""


SAMPLES = [
    each
    for rule in ("contrast", "contrast-dark", "font-size")
    for table in (GOOD, BAD)
    for each in table[rule]
    if isinstance(each, str)
]


@pytest.mark.parametrize("scheme", get_args(Scheme))
def test_weak_contrast_is_where_chromium_shows_it(chromium: Any, scheme: Scheme) -> None:
    context = chromium.new_context(viewport={"width": 640, "height": 900}, color_scheme=scheme, offline=True)
    page = context.new_page()
    differing = []
    for sample in SAMPLES:
        html = (
            sample
            if "<body" in sample
            else f"<!DOCTYPE html><html><body style='color:#000000;background:#ffffff'>{sample}</body></html>"
        )
        # A document opened anew keeps the link colours of the one before it.
        page.goto("about:blank")
        page.set_content(html)
        shown = set(page.evaluate(ASK))
        material = prepare(Mail("html", html), today=date(2022, 2, 24))
        ours = {
            f"{front} on {behind}"
            for front, behind, _ in weak_pairs(material, Styles(material.page, material.sheets, scheme))
        }
        if shown != ours:
            differing.append((sample, shown, ours))
    context.close()
    assert differing == []
