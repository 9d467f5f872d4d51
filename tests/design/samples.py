"""Issues that try a design hard: every block there is, a right-to-left one, and one of sixty articles."""

from pathlib import Path

from PIL import Image

SETTINGS = """\
[newsletter]
name = "{name}"
lang = "{lang}"
time_zone = "Europe/London"
postal_address = "12 Harbour Steps, Edinburgh EH6 6QQ, Scotland"
registration = "An invented charity"
website = "https://www.example.org"
design = "{design}"

[sender]
name = "{name}"
email = "news@example.org"

[unsubscribe]
url = "https://www.example.org/unsubscribe/{{token}}"

[archive]
url = "https://www.example.org/newsletter/{{issue}}/"

[images]
base_url = "https://images.example.org/newsletter"
{theme}
"""

EVERYTHING = """\
---
subject: March: every block there is, {{ subscriber.first_name | default("friend") }}
preheader: A message that holds one of each, so that none is forgotten when a design changes.
date: 3 March 2022
articles: whole, second, evening, bare, word, third
call_to_action: Become a Curestarter -> https://www.example.org/curestarter
  A little each month.
further_reading:
  - A card with a picture -> https://www.example.org/cards/picture
    8 June 2021
    One sentence about it.
    image: images/wide.png
    alt: Two bands of colour
  - A card without one -> https://www.example.org/cards/plain
    7 October 2021
    One sentence about it, and a second one that makes it longer than its neighbour.
---
Dear {{ subscriber.first_name | default("friend") }},

A letter with a [link in it](https://www.example.org/letter) and **strong words**.

- one
- two
"""

ARTICLES = {
    "whole": """\
---
title: A whole story with “quotes” & an ampersand
date: 2 March 2022
author: Mara Lindqvist
standfirst: What it is about, in a sentence.
link: https://www.example.org/news/whole
image: images/wide.png
alt: Two bands of colour
caption: A caption
credit: First Light
topic: Research
---
A paragraph with a [link](https://www.example.org/a?x=1&y=2), *emphasis*, `code` and {{ braces }} that stay.

## A heading

Text.

### A lower heading

1. First
2. Second
   - below
   - below again

> A quotation without a name.

> ![Drawing of a scientist](images/square.png)
>
> Words that were said.
>
> — Dr Sirio Dupont, University of Padua

> A second person's words, in ours.
>
> — Ana Neri (paraphrase)

![Two bands of colour](images/wide.png "What it shows. Credit: First Light")

![](images/square.png){.decorative}

---

| Year | Grants | Countries |
|------|-------:|-----------|
| 2020 | 41 | 12 |
| 2021 | 57, the most in any year so far | 15 |
| 2022 | https://www.example.org/a-very-long-address-without-a-break/in-a-table | 16 |

[Do this now](https://www.example.org/do){.button}
""",
    "second": """\
---
title: A teaser
date: 1 March 2022
standfirst: It leads to a page.
link: https://www.example.org/news/second
image: images/wide.png
alt: Two bands of colour, again
topic: Research
button: Join the trial -> https://www.example.org/trial
---
Text that is not shown, because there is a page.
""",
    "evening": """\
---
title: Ask a scientist
date: 1 March 2022
standfirst: An evening of questions.
link: https://www.example.org/events/ask
event: 17 March 2022
place: Online
topic: Events
---
Come.
""",
    "bare": """\
---
title: A story that leads nowhere
date: 1 March 2022
standfirst: So it is told whole.
image: images/square.png
alt: A square
topic: People
---
Its text.

## With a heading

And a list:

- one
- two
""",
    "word": """\
---
title: A short word
date: 1 March 2022
---
Write back to [the editor](mailto:editor@example.org).
""",
    "third": """\
---
title: A teaser without a picture and with a very long title that will not fit on one line of any phone
date: 1 March 2022
standfirst: It leads to https://www.example.org/a-very-long-address-without-a-break-that-could-push-a-phone-sideways/indeed
link: https://www.example.org/news/third
---
""",
}

ARABIC = """\
---
subject: فبراير: الخلايا النائمة
preheader: فريق في بادوفا يكتشف ما يحمي هذه الخلايا، وكيف قد يصل إليها العلاج يومًا ما.
date: 24 February 2022
lang: ar
articles: khalaya
call_to_action: انضم إلينا -> https://www.example.org/ar/join
  القليل كل شهر يكفي لسؤال جديد.
further_reading:
  - في ذكرى صديقة -> https://www.example.org/ar/friend
    8 June 2021
    مقعد تحت شجرة.
    image: images/wide.png
    alt: لونان متجاوران
  - خمسة إنجازات -> https://www.example.org/ar/five
    12 October 2021
    خمس نتائج في دقيقة.
---
مرحبًا {{ subscriber.first_name | default("صديقنا") }}،

هذا عدد قصير.
"""

ARABIC_ARTICLE = """\
---
title: خلايا نائمة في نسيج رخو
date: 23 February 2022
standfirst: بعض خلايا سرطان الثدي تنتشر ثم تنام.
link: https://www.example.org/ar/cells
image: images/wide.png
alt: لونان متجاوران
topic: سرطان الثدي
---
وجد الباحثون جزءًا مما يبقيها حية.

## ثلاث خطوات

1. نسيج رخو
2. جزيئات DRP1 و NRF2
3. علاج ممكن

> ![رسم لباحث](images/square.png)
>
> قد يصل إليها العلاج.
>
> — Dr Sirio Dupont, University of Padua (paraphrase)
"""


def everything(folder: Path, design: str, theme: str = "") -> Path:
    """A workspace whose issue `2022-03` holds one of every block."""
    _settings(folder, design, "First Light", "en", theme)
    return _issue(folder, "2022-03", EVERYTHING, ARTICLES)


def arabic(folder: Path, design: str) -> Path:
    """A workspace whose issue `2022-02` is Arabic."""
    _settings(folder, design, "النور الأول", "ar", "")
    return _issue(folder, "2022-02", ARABIC, {"khalaya": ARABIC_ARTICLE})


def sixty(folder: Path, design: str) -> Path:
    """A workspace whose issue `2022-04` has sixty articles, each with a picture, in five topics."""
    _settings(folder, design, "First Light", "en", "")
    names = [f"item-{number:02}" for number in range(1, 61)]
    head = f"---\nsubject: April: sixty short items\npreheader: All that happened in a long month, each in a sentence.\ndate: 7 April 2022\narticles: {', '.join(names)}\n---\n"
    articles = {
        name: f"---\ntitle: What happened, number {number}\ndate: {1 + number % 28} March 2022\n"
        f"standfirst: One sentence of the usual length says what the reader will find on the page behind it.\n"
        f"link: https://www.example.org/news/{name}\nimage: images/wide.png\nalt: Picture of item {number}\n"
        f"topic: {('Research', 'People', 'Events', 'Policy', 'Giving')[number % 5]}\n---\n"
        for number, name in enumerate(names, 1)
    }
    return _issue(folder, "2022-04", head, articles)


def _settings(folder: Path, design: str, name: str, lang: str, theme: str) -> None:
    folder.mkdir(parents=True, exist_ok=True)
    text = SETTINGS.format(design=design, name=name, lang=lang, theme=theme)
    (folder / "newsletter.toml").write_text(text, encoding="utf-8")


def _issue(folder: Path, name: str, head: str, articles: dict[str, str]) -> Path:
    issue = folder / "issues" / name
    (issue / "articles").mkdir(parents=True)
    (issue / "images").mkdir()
    (issue / "issue.md").write_text(head, encoding="utf-8")
    for slug, text in articles.items():
        (issue / "articles" / f"{slug}.md").write_text(text, encoding="utf-8")
    for shape, size in (("wide", (1200, 800)), ("square", (600, 600))):
        picture = Image.new("RGB", size, "#0b6c74")
        picture.paste("#ffc65c", (0, 0, size[0] // 2, size[1]))
        picture.save(issue / "images" / f"{shape}.png")
    return folder
