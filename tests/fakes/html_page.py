"""A small reader of HTML: texts, tables and attributes, from the standard library."""

from __future__ import annotations

from html.parser import HTMLParser

VOID = {"meta", "link", "br", "img", "hr", "input"}


class Page(HTMLParser):
    """What a test asks of a page: its tags, its tables as rows of cell texts, unclosed or misnested tags."""

    def __init__(self, text: str) -> None:
        super().__init__(convert_charrefs=True)
        self.tags: list[tuple[str, dict[str, str | None]]] = []
        self.tables: list[list[list[str]]] = []
        self.problems: list[str] = []
        self.text = ""
        self._open: list[str] = []
        self.feed(text)
        self.close()
        self.problems += [f"<{tag}> is never closed" for tag in self._open]

    def handle_starttag(self, tag, attrs):
        """Note the tag, begin tables, rows and cells."""
        self.tags.append((tag, dict(attrs)))
        if tag not in VOID:
            self._open.append(tag)
        if tag == "table":
            self.tables.append([])
        elif tag == "tr":
            self.tables[-1].append([])
        elif tag in ("td", "th"):
            self.tables[-1][-1].append("")

    def handle_startendtag(self, tag, attrs):
        """Note a tag that closes itself, as SVG has."""
        self.tags.append((tag, dict(attrs)))

    def handle_endtag(self, tag):
        """Check that tags are nested."""
        if not self._open or self._open[-1] != tag:
            self.problems.append(f"</{tag}> closes {self._open[-1:] or 'nothing'}")
        else:
            self._open.pop()

    def handle_data(self, data):
        """Collect text, that of cells apart."""
        if "style" in self._open:
            return
        self.text += data
        if self._open and ("td" in self._open or "th" in self._open):
            self.tables[-1][-1][-1] += data

    def ids(self) -> list[str]:
        """Return all ids."""
        return [attrs["id"] for _, attrs in self.tags if attrs.get("id")]
