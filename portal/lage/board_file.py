"""The board as a workbook: the same cells in words, what happens soon, the letters, and the punctuality."""

from collections.abc import Mapping, Sequence
from datetime import datetime

from arshjul.keys import ObligationKey
from arshjul.swedish import instant_text
from portal.lage.board import Board
from submissions.papers.printed_book import PrintedBook


def workbook_of(
    board: Board, calls: Mapping[ObligationKey, Sequence[str]], municipality: str, office: str, now: datetime
) -> bytes:
    """Return the .xlsx; ``calls`` says whom to call about what is late. Words from outside are words in it, never formulas."""
    book = PrintedBook("Läget", f"{municipality}, {office}", now)
    page = book.page("Läget", (30, 36, *(18 for _ in board.units)))
    page.heading("Läget", 18)
    page.note(f"{municipality} · {instant_text(now)}")
    rows = [(row.title, row.name, *(cell.word if cell else "" for cell in row.cells)) for row in board.rows]
    page.table(("Tillfälle", "Vad", *(name for _, name in board.units)), rows, nothing="Inget att visa.")
    page = book.page("Frister", (30, 36, 26, 34, 18, 60))
    page.heading("Frister och lägen")
    every = [
        (
            row.title,
            row.name,
            cell.one.unit_name,
            instant_text(cell.one.deadline.at),
            cell.word,
            "; ".join(calls.get(cell.one.key, ())),
        )
        for row in board.rows
        for cell in row.cells
        if cell
    ]
    page.table(("Tillfälle", "Vad", "Enhet", "Frist", "Läge", "Ring"), every, nothing="Inget att visa.")
    page = book.page("Snart", (34, 60, 26))
    page.heading("De närmaste tio arbetsdagarna")
    soon = [(instant_text(each.at), each.what, each.whom) for each in board.coming]
    page.table(("När", "Vad", "Vem"), soon, nothing="Inget händer.")
    page = book.page("Brev", (30, 40, 14, 14, 14, 14))
    page.heading("Brev det senaste året")
    letters = [
        (each.name, each.address, str(each.handed), str(each.refused), str(each.bounced), str(each.waiting))
        for each in board.letters
    ]
    page.table(("Till", "Adress", "Överlämnade", "Avvisade", "Studsade", "Väntar"), letters, nothing="Inga brev.")
    page = book.page("I tid", (34, *(16 for _ in board.punctual_years)))
    page.heading("Inlämnat i tid")
    punctual = [
        (
            f"{line.unit_name}, {line.after}" if line.after else line.unit_name,
            *(f"{year[0]} av {year[1]}" if year else "" for year in line.years),
        )
        for line in board.punctual
    ]
    page.table(("Enhet", *map(str, board.punctual_years)), punctual, nothing="Ingen frist har passerat.")
    return book.content()
