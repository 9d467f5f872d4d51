"""Good and bad samples for the rules that are easily wrong: what must be silent, what must be found.

A plain string is a mail's HTML; an Example is anything else.
"""

from newsletter_cli.check import Example

Sample = str | Example
WHOLE = '<!DOCTYPE html><html lang="en" dir="ltr"><head><title>T</title>{head}</head><body>{body}</body></html>'


def whole(body: str, head: str = "") -> str:
    return WHOLE.format(head=head, body=body)


def subject(text: str) -> Example:
    return Example(subject=text, html="<p>Hello</p>")


def eml(html: str, text: str | None = None, **headers: str) -> Example:
    return Example(kind="eml", html=html, text=text, headers=tuple(headers.items()))


def issue(header: str, *articles: str, body: str = "Dear reader,", settings: str = "") -> Example:
    files = [("issue.md", f"{header}\n---\n{body}")]
    files += [(f"articles/a{number}.md", text) for number, text in enumerate(articles)]
    return Example(files=tuple(files), settings=settings)


def story(body: str, header: str = "") -> str:
    return f"title: Story\ndate: 20 February 2022\nlink: https://www.example.org/s{header}\n---\n{body}"


IMG = '<img src="https://i.bbc.co.uk/{src}" {rest}>'
LINK = '<a href="{url}" {rest}>{text}</a>'

SPELLING = '[check]\ndictionaries = ["dictionaries"]\nglossary = ["Curestarter"]'

GOOD: dict[str, tuple[Sample, ...]] = {
    "spelling": (
        Example(files=(("issue.md", "subject: News\n---\ncurestarters sleep."),), settings=SPELLING),
        Example(files=(("issue.md", "subject: News\n---\nthe curestarter’s cells sleep."),), settings=SPELLING),
    ),
    "subject": (
        subject("What February brought"),
        subject("NHS and BBC join our walk"),
        subject("Ready for spring?"),
        subject("{{ first_name }}, a walk for you"),
        Example(kind="eml", html="<p>x</p>", subject="Re: your letter"),
        Example(kind="eml", html="<p>x</p>", subject="Re: yours", headers=(("In-Reply-To", "<1@bbc.co.uk>"),)),
        subject("١٢ خبراً من المختبر"),
    ),
    "preheader-missing": (
        Example(
            subject="News",
            html='<div style="display:none;max-height:0">A team in Padua found why some cells sleep.</div><p>Hi</p>',
        ),
        Example(
            subject="News",
            html="<style>.pre{display:none!important}</style><span class='pre'>A team in Padua found why.</span><p>Hi</p>",
        ),
        Example(
            subject="News",
            html='<div style="max-height:0;overflow:hidden">A team in Padua found why some cells sleep</div><p>Hi</p>',
        ),
    ),
    "preheader-spammy": (
        '<div style="display:none">Words</div><p>Hi</p>',
        '<p style="font-size:1px;line-height:1px">&nbsp;</p><p>Hi</p>',
        '<div style="display:none;font-size:1px;color:#333333">Words</div><p>Hi</p>',
    ),
    "placeholder-text": (
        "<p>Antonio Todo and Tk Maxx met. See the to-do list.</p>",
        "<p>Add your name to the petition.</p>",
        "<p>XX chromosomes and the xx-large coat</p>",
        "<p>Loremo is a car.</p>",
        "<p>Found at TK Maxx. Love, Ann xxx</p>",
        "<p>[Photo: Jane Lab]</p>",
        "<p>Insert the card, then type your name.</p>",
    ),
    "placeholder-link": (
        LINK.format(url="https://www.examples.org/x", rest="", text="A story"),
        LINK.format(url="https://mydomain.org/x", rest="", text="A story"),
        LINK.format(url="mailto:a@bbc.co.uk", rest="", text="Write"),
    ),
    "merge-tag-left": (
        eml("<p>100% of the people, 50 % off, a [link] and {braces}</p>"),
        eml("<p>Save 20% TODAY and 30% TOMORROW</p>"),
        eml("<p>f(x) = {{1, 2}} is a set</p>".replace("{{1, 2}}", "{1, 2}")),
        eml("<style>p{{color:red}}</style><p>Hi</p>"),
    ),
    "merge-tag-mangled": ('<a href="https://bbc.co.uk/?q=100%25">x</a>', '<a href="https://bbc.co.uk/a%20b">x</a>'),
    "unsubscribe-missing": (
        LINK.format(url="https://bbc.co.uk/x", rest="", text="Unsubscribe"),
        eml("", "Our news\n\nUnsubscribe:\nhttps://bbc.co.uk/u/1"),
        eml("", "To unsubscribe write to leave@bbc.co.uk"),
        LINK.format(url="https://bbc.co.uk/unsubscribe?u=1", rest="", text="click"),
        LINK.format(url="*|UNSUB|*", rest="", text="Leave this list"),
        LINK.format(url="https://bbc.co.uk/x", rest="", text="Newsletter abbestellen"),
        LINK.format(url="https://bbc.co.uk/x", rest="", text="Se désabonner"),
        LINK.format(url="https://bbc.co.uk/x", rest="", text="Darse de baja"),
        LINK.format(url="https://bbc.co.uk/x", rest="", text="Manage your email preferences"),
        LINK.format(url="https://bbc.co.uk/x", rest="", text="إلغاء الاشتراك"),
    ),
    "postal-address-missing": (
        eml("", "Trust, 407 St John Street, London EC1V 4AD"),
        "<p>Trust, 407 St John Street, London EC1V 4AD</p>",
        "<p>Acme Inc, 1 Market St, San Francisco, CA 94105</p>",
        "<p>P.O. Box 123, Springfield</p>",
        "<p>Verein, Musterstraße 12, 10115 Berlin</p>",
        "<p>Association, 12 rue de la Paix, 75002 Paris</p>",
        "<p>*|LIST:ADDRESS|*</p>",
    ),
    "table-role": (
        '<table role="presentation"><tr><td>x</td></tr></table>',
        '<table role="none"><tr><td>x</td></tr></table>',
        "<table><tr><th>Item</th><th>Price</th></tr><tr><td>Pen</td><td>1</td></tr></table>",
        "<!--[if mso]><table><tr><td><![endif]--><p>x</p><!--[if mso]></td></tr></table><![endif]-->",
        '<table role="presentation"><tr><td><table><caption>Prices</caption><tr><td>1</td></tr></table></td></tr></table>',
    ),
    "h1": ("<h1>A</h1><h2>B</h2>", '<h1><img src="https://i.bbc.co.uk/l.png" alt="The News"></h1>'),
    "heading-skip": (
        "<h1>A</h1><h2>B</h2><h3>C</h3><h2>D</h2>",
        "<h2>A</h2><h3>B</h3>",
        "<h1>A</h1><h2></h2><h2>B</h2>",
    ),
    "heading-as-bold": (
        "<p><b>Note:</b> bring a coat.</p>",
        '<h2 style="font-size:24px"><b>News</b></h2>',
        '<td style="font-size:24px;font-weight:bold"><a href="https://b.org">Give</a></td>',
        '<p style="font-size:16px"><b>Small bold line</b></p>',
    ),
    "img-alt-missing": (
        IMG.format(src="a.jpg", rest='alt=""'),
        IMG.format(src="a.jpg", rest='alt="Image credits: none"'),
        IMG.format(src="open.gif", rest='width="1" height="1"'),
        IMG.format(src="a.jpg", rest='role="presentation"'),
        f'<div style="display:none">{IMG.format(src="a.jpg", rest="")}</div>',
        IMG.format(src="a.jpg", rest='alt="The Image Museum, Rochester"'),
    ),
    "img-only-link": (
        '<a href="https://b.org"><img src="https://i.bbc.co.uk/a.png" alt=""> BBC</a>',
        '<a href="https://b.org" aria-label="BBC"><img src="https://i.bbc.co.uk/a.png" alt=""></a>',
        '<a href="https://b.org"><img src="https://i.bbc.co.uk/a.png" alt="BBC"></a>',
    ),
    "img-width": (
        IMG.format(src="a.jpg", rest='alt="a" width="600"'),
        IMG.format(src="a.jpg", rest='alt="a" width="120px"'),
        IMG.format(src="o.gif", rest='alt="" width="1" height="1"'),
    ),
    "img-src": (
        IMG.format(src="a.jpg", rest='alt="a"'),
        IMG.format(src="a.jpg?format=webp2jpg", rest='alt="a"'),
        '<img src="{{ picture }}" alt="a">',
    ),
    "image-only-mail": (
        "<p>"
        + "Words that tell the story. " * 20
        + "</p>"
        + IMG.format(src="a.jpg", rest='alt="a" width="600" height="300"'),
        "<p>Short, without pictures.</p>",
        "<p>Your code is 123.</p>" + IMG.format(src="logo.png", rest='alt="a" width="120" height="40"'),
    ),
    "link-empty": (
        '<a name="top"></a><p>x</p>',
        '<a href="#top">Up</a>',
        '<a href="#news">News</a><h2 id="news">News</h2>',
        '<a href="{{ url }}">Go there</a>',
        '<a href="mailto:a@bbc.co.uk">Write</a><a href="tel:+44123">Call</a>',
    ),
    "link-relative": (
        '<a href="*|ARCHIVE|*">a</a><a href="{{ u }}">b</a><a href="[unsubscribe]">c</a><a href="%recipient.url%">d</a>',
        '<a href="<%asm_group_unsubscribe_raw_url%>">e</a><a href="mailto:x@b.org">f</a><a href="sms:123">g</a>',
        '<a href="HTTPS://B.org/x">h</a>',
    ),
    "link-no-name": (
        '<a href="https://b.org"><img src="https://i.bbc.co.uk/a.png" alt="BBC"></a>',
        '<a href="https://b.org" title="BBC"></a>',
        '<a name="x"></a>',
        '<a href="https://b.org" style="display:none"></a>',
    ),
    "link-generic": (
        LINK.format(url="https://b.org", rest="", text="Read more about sleeping cells"),
        LINK.format(url="https://b.org", rest='aria-label="More about cells"', text="More"),
        LINK.format(url="https://b.org", rest="", text="www.bbc.co.uk"),
        LINK.format(url="https://b.org", rest="", text="Here and there: a walk"),
    ),
    "link-http": (
        LINK.format(url="https://b.org", rest="", text="a"),
        LINK.format(url="mailto:a@b.org", rest="", text="a"),
    ),
    "link-private": (
        LINK.format(url="https://10.downing.street.uk/", rest="", text="a"),
        LINK.format(url="https://localhost.bbc.co.uk/", rest="", text="a"),
        LINK.format(url="https://8.8.8.8/", rest="", text="a"),
    ),
    "link-same-text-different-url": (
        '<a href="https://b.org/a">A story</a><a href="https://b.org/a?utm_source=x">A story</a>',
        '<a href="https://b.org/a">A story</a><a href="http://www.b.org/a/">A story</a>',
        '<a href="https://b.org/a">Read more</a><a href="https://b.org/b">Read more</a>',
    ),
    "link-wraps-block": (
        '<a href="https://b.org"><span>x</span><img src="https://i.bbc.co.uk/a.png" alt="y"></a>',
        '<table role="presentation"><tr><td><a href="https://b.org">x</a></td></tr></table>',
    ),
    "link-underline": (
        '<p>Our team found <a href="https://b.org">why cells sleep</a> for a long time.</p>',
        '<p>Our team found <a href="https://b.org" style="text-decoration:none;border-bottom:1px solid #000000">why</a> for a long time.</p>',
        '<p>Our team found <a href="https://b.org" style="text-decoration:none"><u>why cells</u></a> for a long time.</p>',
        '<p><a href="https://b.org" style="text-decoration:none">Home</a> | <a href="https://b.org" style="text-decoration:none">News</a></p>',
        '<p>Our team found <a href="https://b.org" style="text-decoration:none;font-weight:bold">why cells</a> for a long time.</p>',
        '<td><a href="https://b.org" style="text-decoration:none;color:#ffffff">Give now</a></td>',
    ),
    "link-display-mismatch": (
        LINK.format(url="https://www.bbc.co.uk/news", rest="", text="bbc.co.uk"),
        LINK.format(url="https://news.bbc.co.uk/", rest="", text="https://www.bbc.co.uk/"),
        LINK.format(url="https://b.org", rest="", text="Node.js"),
        LINK.format(url="{{ u }}", rest="", text="www.bbc.co.uk"),
        LINK.format(url="mailto:a@b.org", rest="", text="a@b.org"),
    ),
    "contrast": (
        '<p style="color:#767676">x words</p>',
        '<p style="color:#949494;font-size:24px">large words</p>',
        '<div style="background:#000000"><p style="color:#ffffff">white on black</p></div>',
        '<table bgcolor="#003366"><tr><td><font color="#ffffff">old school</font></td></tr></table>',
        '<body link="#ffff99" bgcolor="#003366"><a href="https://b.org">a link of the body’s colour</a></body>',
        '<td background="https://i.bbc.co.uk/a.jpg" style="color:#ffffff">on a picture</td>',
        '<p style="color:#fff;display:none">hidden words</p>',
        '<p style="color:rgba(0,0,0,.7)">half see-through</p>',
        '<style>.w{color:#ffffff}</style><style>.w{color:#111111}</style><p class="w">the later sheet wins</p>',
        '<style>p{color:#eeeeee!important}</style><div style="background:#222222"><p style="color:#222222">important wins</p></div>',
        '<p style="color:#eeeeee">&nbsp;·&nbsp;</p>',
        "<style>@media print{p{color:#ffffff}}</style><p>print only</p>",
    ),
    "contrast-dark": (
        "<style>@media (prefers-color-scheme:dark){body{background:#000000!important}p{color:#eeeeee!important}}</style><body><p>Words</p></body>",
        "<style>@media (prefers-color-scheme:dark){.other{color:#000000}}</style><p>Words</p>",
    ),
    "font-size": (
        '<p style="font-size:14px">Fourteen</p>',
        '<p style="font-size:0;line-height:0">&nbsp;</p>',
        '<p>CO<sub style="font-size:10px">two</sub> is a gas</p>',
        '<p style="font-size:11pt">Eleven points are 14.7 px</p>',
        '<p style="font-size:1px;display:none">hidden words</p>',
    ),
    "target-size": (
        '<a href="https://b.org" style="display:inline-block;padding:12px;background:#000000;color:#ffffff">Go</a>',
        '<a href="https://b.org" style="display:inline-block;background:#22bc66;border-top:10px solid #22bc66;border-bottom:10px solid #22bc66">Go</a>',
        '<a href="https://b.org" style="display:inline-block">A link, not a button</a>',
        '<a href="https://b.org" style="display:block;line-height:44px;background:#000000">Go</a>',
    ),
    "tag-forbidden": (
        '<script type="application/ld+json">{"a":1}</script><p>x</p>',
        '<input type="hidden" name="x">',
        "<p>script and form are words</p>",
        "<!-- <script> --><p>x</p>",
    ),
    "html-parse": (
        "<p>One<p>Two<ul><li>a<li>b</ul>",
        '<table role="presentation"><tr><td>x<tr><td>y</table>',
        "<br/><img src='x'/><hr>",
        "<div><p>x</div>",
        "<o:p></o:p><v:rect></v:rect>",
        "<p>a < b and c > d</p>",
    ),
    "mso-balance": (
        "<!--[if mso]><table><tr><td><![endif]--><p>x</p><!--[if mso]></td></tr></table><![endif]-->",
        "<!--[if !mso]><!--><p>x</p><!--<![endif]-->",
        "<!--[if (gte mso 9)|(IE)]><table><tr><td width='600'><![endif]--><p>x</p><!--[if (gte mso 9)|(IE)]></td></tr></table><![endif]-->",
        "<!--[if gte mso 9]><xml><o:PixelsPerInch>96</o:PixelsPerInch></xml><![endif]-->",
        "<!-- a plain comment --><p>x</p>",
        "<!--[if mso | IE]><table><tr><td><![endif]--><p>x</p><!--[if mso | IE]></td></tr></table><![endif]-->",
    ),
    "text-part-diff": (
        eml("<p>" + "Cells sleep for years in the lungs. " * 3 + "</p>", "Cells sleep for years in the lungs. " * 3),
        eml("<p>Short.</p>", "Other."),
    ),
    "text-links": (
        eml('<a href="https://b.org/a?utm_source=x">A</a>', "A: https://b.org/a"),
        eml('<a href="mailto:a@b.org">Write</a>', "Write to us"),
        eml('<a href="https://b.org/a">A</a>', "A <https://b.org/a>."),
    ),
    "css-gmail-killer": (
        '<p style="color:rgb(1,2,3);background:rgba(0,0,0,.5)">x</p>',
        '<p style="color:rgb(var(--x))">x</p>',
        '<p style="background:url(https://b.org/a/b)">x</p>',
    ),
    "css-client": (
        '<td style="max-width:600px;border-radius:4px;box-shadow:0 0 4px #000000;float:left">x</td>',
        "<style>@media (max-width:600px){.c{display:flex}}</style><p class='c'>x</p>",
        '<td style="width:300px;width:calc(100% - 20px)">x</td>',
        '<div style="position:relative">x</div>',
    ),
    "date-stale": (
        issue("subject: What February brought"),
        issue("subject: You may march with us"),
        issue("subject: Join us in March"),
        issue("subject: From January to February"),
        issue("subject: Register by 3 March"),
    ),
    "weekday-date": (
        "<p>Wednesday 23 February 2022, and Wed, 23 Feb 2022, and Wednesday, February 23, 2022</p>",
        "<p>Mercredi 23 février 2022</p>",
        "<p>Monday: 3 May be the day</p>",
        issue("subject: News", body="Come on Wednesday 2 March."),
        '<html lang="de"><body><p>Mittwoch, 23. Februar 2022</p></body></html>',
    ),
    "event-past": (
        issue("subject: News\ndate: 24 February 2022", story("We met on 3 February 2022.")),
        issue("subject: News\ndate: 24 February 2022", story("Join us on 3 March.")),
        issue("subject: News\ndate: 24 February 2022", story("Register before 3 March 2022 at the door.")),
    ),
    "relative-time": (
        issue("subject: News\ndate: 24 February 2022", story("We met last week.")),
        issue("subject: News\ndate: 24 March 2022", story("> We met last week.\n>\n> — Ann Lee, Padua")),
    ),
    "spell-names": (
        issue("subject: Curestarters and a Curestarter’s day", settings='[check]\nglossary = ["Curestarter"]'),
        issue(
            "subject: First light on the hills, the first light of day", settings='[check]\nglossary = ["First Light"]'
        ),
        issue("subject: The first light of day", settings='[check]\nglossary = ["Fourth Light"]'),
        issue("subject: A cure that starts", settings='[check]\nglossary = ["Curestarter"]'),
    ),
    "number-differs": (
        issue("subject: News", story("A study of 5,000 women over 10 years.", "\nstandfirst: 5,000 women took part")),
        issue(
            "subject: News",
            story("A study of 5,000 women over 10 years.", "\nstandfirst: Five things to know in 3 minutes"),
        ),
        issue("subject: News", story("In 2021 we met 12 people.", "\nstandfirst: What 2022 will bring")),
    ),
    "quote-attribution": (
        issue("subject: News", story("> So we hope.\n>\n> — Ann Lee, University of Padua")),
        issue("subject: News", story("Plain words.")),
    ),
}

BAD: dict[str, tuple[Sample, ...]] = {
    "spelling": (Example(files=(("issue.md", "subject: News\n---\ncurestartres sleep."),), settings=SPELLING),),
    "subject": (
        subject(""),
        subject("   "),
        subject("SHOUTING ABOUT THE NEWS"),
        subject("Wow!!"),
        subject("x" * 90),
        issue("subject: Fwd: our news"),
        Example(kind="eml", html="<p>x</p>", subject="RE: your chance", headers=(("Subject", "RE: your chance"),)),
        subject("Really?!"),
    ),
    "preheader-missing": (
        "<p>View this email in your browser</p><p>Hi</p>",
        "<p>Having trouble viewing this email? View it online</p>",
        Example(subject="Our news today", html='<div style="display:none">Our news, today</div><p>Hi</p>'),
        issue("subject: News"),
    ),
    "preheader-spammy": (
        '<div style="display:none;font-size:1px;color:#ffffff;line-height:1px">Words</div><p>Hi</p>',
        '<body style="background:#f4f4f4"><div style="display:none;font-size:0;color:#f4f4f4">Words</div><p>Hi</p></body>',
    ),
    "placeholder-text": (
        "<p>Lorem ipsum dolor</p>",
        "<p>Speaker: TBC</p>",
        eml("", "Speaker: TBC"),
        "<p>TODO write this</p>",
        "<p>On XXX March we meet at xxxxx</p>",
        "<p>[Insert date here]</p>",
        "<p>Dear [First Name],</p>",
        "<p>Your text here</p>",
        issue("subject: News", story("The number is TK.")),
    ),
    "placeholder-link": (
        LINK.format(url="https://example.com", rest="", text="a"),
        LINK.format(url="http://www.yourdomain.com/x", rest="", text="a"),
    ),
    "merge-tag-left": (
        eml("<p>Hi {{ first_name }}</p>"),
        eml("<p>Hi *|FNAME|*</p>"),
        eml("<p>Hi {% if x %}you{% endif %}</p>"),
        eml("<p>Hi %FIRSTNAME%</p>"),
        eml("<p>Hi %%first_name%%</p>"),
        eml("<p>Hi [[name]]</p>"),
        eml("<p>Hi <%= name %></p>"),
        eml("<p>Hi</p>", "Dear {{ name }}"),
        Example(kind="eml", html="<p>Hi</p>", subject="For {{ name }}"),
    ),
    "merge-tag-mangled": (
        '<a href="https://b.org/?u=*%7CUNIQID%7C*">x</a>',
        '<a href="{{%20unsubscribe%20}}">x</a>',
    ),
    "unsubscribe-missing": (
        eml("", "Our monthly news"),
        "<p>Our monthly news</p>",
        '<p>News <a href="https://b.org">More about cells</a></p>',
    ),
    "postal-address-missing": ("<p>Our monthly news from the trust</p>",),
    "table-role": (
        "<table><tr><td>x</td></tr></table>",
        '<table><tr><td><table role="presentation"><tr><th>x</th></tr></table></td></tr></table>',
    ),
    "h1": ("<p>x</p>", "<h1>A</h1><h1>B</h1>", "<h2>A</h2>"),
    "heading-skip": ("<h1>A</h1><h4>B</h4>", "<h2>A</h2><h4>B</h4>"),
    "heading-as-bold": (
        '<p style="font-size:22px"><strong>Research</strong></p>',
        '<td style="font-size:24px;font-weight:bold">Research</td>',
    ),
    "img-alt-missing": (
        IMG.format(src="a.jpg", rest=""),
        IMG.format(src="a.jpg", rest='alt="photo.jpg"'),
        IMG.format(src="a.jpg", rest='alt="image"'),
        IMG.format(src="a.jpg", rest=f'alt="{"long " * 40}"'),
        IMG.format(src="a.jpg", rest='alt="DSC_0012"'),
    ),
    "img-only-link": ('<a href="https://b.org"><img src="https://i.bbc.co.uk/a.png" alt=" "></a>',),
    "img-width": (
        IMG.format(src="a.jpg", rest='alt="a"'),
        IMG.format(src="a.jpg", rest='alt="a" width="100%"'),
        IMG.format(src="a.jpg", rest='alt="a" width="1200"'),
    ),
    "img-src": (
        '<img src="a.jpg" alt="a">',
        '<img src="//b.org/a.jpg" alt="a">',
        '<img src="data:image/png;base64,AAAA" alt="a">',
        '<img src="http://b.org/a.jpg" alt="a">',
        '<img src="https://b.org/a.webp" alt="a">',
        '<img src="https://192.168.1.4/a.jpg" alt="a">',
        '<img src="file:///C:/a.jpg" alt="a">',
        '<img src="" alt="a">',
    ),
    "image-only-mail": (IMG.format(src="a.jpg", rest='alt="a" width="600"'),),
    "link-empty": (
        '<a href="">x</a>',
        '<a href="#">x</a>',
        '<a href="javascript:void(0)">x</a>',
        '<a href="file:///x">x</a>',
        '<a href="#nowhere">x</a>',
        '<a href="https://">x</a>',
    ),
    "link-relative": (
        '<a href="/a">x</a>',
        '<a href="www.bbc.co.uk">x</a>',
        '<a href="https:///a">x</a>',
        '<a href="//b.org">x</a>',
    ),
    "link-no-name": (
        '<a href="https://b.org"></a>',
        '<a href="https://b.org">&nbsp;</a>',
        '<a href="https://b.org"><span></span></a>',
    ),
    "link-generic": (
        LINK.format(url="https://b.org", rest="", text="Click here"),
        LINK.format(url="https://b.org", rest="", text="Read more »"),
        LINK.format(url="https://b.org", rest="", text="HERE."),
        LINK.format(url="https://b.org", rest="", text="Weiterlesen"),
        LINK.format(url="https://b.org", rest="", text="En savoir plus"),
        LINK.format(url="https://b.org", rest="", text="https://www.bbc.co.uk/news/science-1234567"),
    ),
    "link-http": (LINK.format(url="http://b.org", rest="", text="a"),),
    "link-private": (
        LINK.format(url="http://localhost:8000/", rest="", text="a"),
        LINK.format(url="https://intranet/", rest="", text="a"),
        LINK.format(url="https://TODO", rest="", text="a"),
        LINK.format(url="http://10.1.2.3/", rest="", text="a"),
        LINK.format(url="https://intranet.local/", rest="", text="a"),
        LINK.format(url="http://[::1]/", rest="", text="a"),
        LINK.format(url="http://169.254.169.254/", rest="", text="a"),
    ),
    "link-same-text-different-url": ('<a href="https://b.org/a">A story</a><a href="https://b.org/b">a story</a>',),
    "link-wraps-block": (
        '<a href="https://b.org"><table role="presentation"><tr><td>x</td></tr></table></a>',
        '<a href="https://b.org"><div>x</div></a>',
    ),
    "link-underline": (
        '<style>a{text-decoration:none}</style><p>Our team found <a href="https://b.org">why cells</a> for a long time.</p>',
        '<p>Our team found <span><a href="https://b.org" style="text-decoration:none">why cells</a></span> for a long time.</p>',
    ),
    "link-display-mismatch": (
        LINK.format(url="https://click.mail.com/x", rest="", text="www.bbc.co.uk"),
        LINK.format(url="https://evil.org", rest="", text="https://bbc.co.uk/news"),
    ),
    "contrast": (
        '<p style="color:#999999">x words</p>',
        '<div style="background:#ffff00"><p style="color:#ffffff">white on yellow</p></div>',
        '<table bgcolor="#eeeeee"><tr><td><font color="#bbbbbb">old school</font></td></tr></table>',
        '<style>.w{color:#cccccc}</style><p class="w">from the sheet</p>',
        '<p style="color:rgba(0,0,0,.3)">see-through</p>',
        '<p style="color:silver">named</p>',
        '<div style="background-color:#003366"><a href="https://b.org">a blue link on blue</a></div>',
        '<p style="color:#949494;font-size:18px">not large enough</p>',
    ),
    "contrast-dark": (
        "<style>@media (prefers-color-scheme:dark){body{background:#000000!important}}</style><body style='background:#ffffff'><p>Words</p></body>",
    ),
    "font-size": (
        '<p style="font-size:10px">Ten</p>',
        '<p style="font-size:8pt">Eight points</p>',
        '<font size="1">small print</font>',
        '<div style="font-size:10px"><p>inherited</p></div>',
    ),
    "target-size": ('<a href="https://b.org" style="display:block;background:#000000;line-height:18px">Go</a>',),
    "tag-forbidden": (
        "<script>x</script>",
        '<iframe src="https://b.org"></iframe>',
        '<form action="https://b.org"></form>',
        '<video src="https://b.org/v.mp4"></video>',
        '<link rel="stylesheet" href="https://b.org/a.css">',
        "<style>@import url(https://b.org/a.css);</style>",
        '<base href="https://b.org/">',
    ),
    "html-parse": (
        "<table><tr><td>x</td></tr>",
        "<div><div>x</div>",
        "<p>x</p></div>",
        '<p id="a">x</p><p id="a">y</p>',
        "<p><b>x</p>",
        "<p>x</p><!-- so it is said <p>y</p>",
    ),
    "mso-balance": (
        "<!--[if mso]><table><tr><td><![endif]/--><p>x</p>",
        "<!--[if mso]><table><tr><td><![endif]--><p>x</p>",
        "<!--[if !mso]><!--><p>x</p>",
        "<!--[if mso]><p>x</p>-->",
    ),
    "text-part-diff": (eml("<p>" + "Cells sleep for years in the lungs. " * 3 + "</p>", "Please use an HTML reader."),),
    "text-links": (eml('<a href="https://b.org/a">A</a>', "A"),),
    "css-gmail-killer": (
        '<p style="color:rgb(1 2 3)">x</p>',
        "<style>p{background:rgb(0 0 0 / 50%)}</style><p>x</p>",
        '<p style="color:hsl(120deg 50% 50% / 0.5)">x</p>',
    ),
    "css-client": (
        '<div style="display:flex"><p>x</p></div>',
        '<div style="position:absolute;top:0">x</div>',
        '<p style="color:var(--c)">x</p>',
        "<style>.g{display:grid}</style><p class='g'>x</p>",
    ),
    "date-stale": (
        issue("subject: What January brought"),
        issue("subject: December newsletter"),
        issue("subject: Our March newsletter"),
        issue("subject: News\npreheader: Everything that happened in November"),
    ),
    "weekday-date": (
        "<p>Tuesday 23 February 2022</p>",
        "<p>Thu, 23 Feb 2022</p>",
        "<p>Come on 31 February 2022</p>",
        '<html lang="de"><body><p>Dienstag, 23. Februar 2022</p></body></html>',
        issue("subject: News", body="Come on Tuesday 2 March."),
    ),
    "event-past": (
        issue("subject: News\ndate: 24 February 2022", story("Come.", "\nevent: 20 February 2022")),
        issue("subject: News\ndate: 24 February 2022", story("Join us on 12 February at the hall.")),
    ),
    "relative-time": (issue("subject: News\ndate: 24 March 2022", story("It happened yesterday.")),),
    "spell-names": (
        issue("subject: Become a CureStarter", settings='[check]\nglossary = ["Curestarter"]'),
        issue("subject: Become a Curestartr", settings='[check]\nglossary = ["Curestarter"]'),
        issue("subject: The University of Paduva", settings='[check]\nglossary = ["University of Padua"]'),
    ),
    "number-differs": (
        issue("subject: News", story("A study of 5,000 women over 10 years.", "\nstandfirst: 50,000 women took part")),
    ),
    "quote-attribution": (issue("subject: News", story("> So we hope.")),),
}
