"""What a screen reader meets."""

from newsletter_cli.preview.order import Heard, reading_order


def test_everything_is_announced_in_reading_order() -> None:
    html = (
        '<h1>Asleep</h1><p>Cells <a href="https://a.example">wait</a>.</p><img src=a.png alt="Cells"><img src=b alt="">'
        "<ul><li>One</li></ul><table><tr><th>Year</tr><tr><td>2021</tr></table>"
    )
    assert reading_order(html) == (
        Heard("heading 1", "Asleep"),
        Heard("text", "Cells ⟨link: wait⟩."),
        Heard("image", "Cells"),
        Heard("list", "1 item"),
        Heard("item", "• One"),
        Heard("table", "2 rows, 1 column"),
        Heard("row", "Year"),
        Heard("row", "2021"),
    )


def test_what_a_listener_would_stumble_over_is_a_fault() -> None:
    html = '<table><tr><td><img src="x/photo-12.jpg"><a href="https://a.example/?q"><img src=b alt=""></a></td></tr></table>'
    assert [each.kind for each in reading_order(html) if each.fault] == ["table", "image", "link, image"]
    assert "photo-12.jpg" in reading_order(html)[1].words


def test_a_layout_table_says_nothing() -> None:
    assert reading_order('<table role="presentation"><tr><td>Text</td></tr></table>') == (Heard("text", "Text"),)
