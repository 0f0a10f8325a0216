"""Words that a page breaks inside, as a browser lays it out: a line ends in a word, and no hyphen says so.

A word is letters and figures in a row; an address may be taken apart at its signs. What is no word, as a checksum, stands
in ``code``, and an address that is to be copied in ``.address``. A break at a soft hyphen is right, and so is none other: the
browser's own hyphenation is switched off, since which languages it knows differs from one machine to the next.
"""

from playwright.sync_api import Page

#: asks a page for its broken words
LOOK = r"""() => {
    const style = document.createElement("style");
    style.textContent = "* { hyphens: manual !important; }";
    document.documentElement.append(style);
    const found = [], range = document.createRange(), word = /[\p{L}\p{N}\u00ad]{2,}/gu;
    const lines = (node, start, end) => {
        range.setStart(node, start);
        range.setEnd(node, end);
        return [...range.getClientRects()].filter(each => each.width > 0);
    };
    const apart = rects => rects.some(each => each.top >= rects[0].bottom - 1 || each.bottom <= rects[0].top + 1);
    const clipped = each => each && (getComputedStyle(each).clipPath !== "none" || clipped(each.parentElement));
    const texts = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
    for (let node = texts.nextNode(); node; node = texts.nextNode()) {
        if (node.parentElement.closest("code, pre, .address, script, style, svg")) continue;
        if (!apart([...lines(node, 0, node.length), new DOMRect(0, -1e6, 0, 0)].slice(0, -1))) continue;
        for (const {0: text, index} of node.data.matchAll(word)) {
            const rects = lines(node, index, index + text.length);
            if (rects.length < 2 || !apart(rects) || clipped(node.parentElement)) continue;
            for (let end = 1, top = lines(node, index, index + 1).at(-1); end < text.length; end++) {
                const next = lines(node, index + end, index + end + 1).at(-1);
                if (!next) continue;
                if (top && next.top >= top.bottom - 1 && text[end - 1] !== "\u00ad")
                    found.push(text.slice(0, end) + "|" + text.slice(end));
                top = next;
            }
        }
    }
    const pen = document.createElement("canvas").getContext("2d");
    for (const each of document.querySelectorAll("[data-label]")) {
        const label = getComputedStyle(each, "::before");
        if (label.content === "none" || clipped(each) || !each.getClientRects().length) continue;
        pen.font = label.font;
        for (const text of each.dataset.label.split(/[\s-]+/))
            if (pen.measureText(text).width > parseFloat(label.width) + 1) found.push(text + " (data-label)");
    }
    style.remove();
    return found;
}"""


def broken_words(page: Page) -> list[str]:
    """Return the words that the shown page breaks inside, ``nämn|den`` where the line ends."""
    found: list[str] = page.evaluate(LOOK)
    return found
