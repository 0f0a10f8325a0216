"""What a reader of a letter's html sees: its words in order, with where its links lead."""

from html.parser import HTMLParser


class _Seen(HTMLParser):
    """What a reader of the html sees, with where its links lead."""

    def __init__(self) -> None:
        super().__init__()
        self.words: list[str] = []
        self.open: list[str] = []
        self.links: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if tag == "br":
            self.words.append(" ")
        elif tag not in ("meta", "wbr"):
            self.open.append("unseen" if tag == "div" else tag)
        if tag == "a":
            self.links.append(dict(attrs)["href"] or "")

    def handle_endtag(self, tag: str) -> None:
        assert self.open.pop() == ("unseen" if tag == "div" else tag), f"</{tag}> closes nothing"
        if tag == "a":
            self.words.append(f" {self.links[-1]} ")
        elif tag in ("p", "li", "td", "th", "h1", "h2", "h3"):
            self.words.append(" ")

    def handle_data(self, data: str) -> None:
        if "title" not in self.open and "unseen" not in self.open:
            self.words.append(data)


def seen(html: str) -> str:
    parser = _Seen()
    parser.feed(html)
    parser.close()
    assert not parser.open, f"{parser.open} are never closed"
    return "".join(parser.words).replace("\u00ad", "")  # a heading's long words may end a line at a seam
