"""Fills a small database with an earlier commit's own code: started by ``make.py`` inside that commit's tree."""

import email
import os
import sqlite3
import sys
from contextlib import closing
from datetime import date, datetime
from email import policy
from pathlib import Path

from app.settings import Settings
from app.wiring import open_machine, prepare
from arshjul.swedish import STOCKHOLM
from submissions.files.parts import Upload
from submissions.intake.receive import receive
from tests.rig.scenes import writing

NOW = datetime(2027, 9, 10, 9, 0, tzinfo=STOCKHOLM)
OCCURRENCE = "hedemora/delarsrapport/2027-08/"
HANDED_IN = f"{OCCURRENCE}kommunstyrelsen/anvisning"
PDF = b"%PDF-1.7\n1 0 obj<<>>endobj\ntrailer<<>>\n%%EOF\n"

#: What is left out so that the file is small. Nothing of it is chained yet.
SMALLER = """
    INSERT INTO finding (submission_id, rule, severity, place, message, mend, lagrum)
        SELECT id, 'prov', 'fråga', 'sida 1', 'En fråga.', 'Svara på den.', 'prov' FROM submission;
    DELETE FROM letter WHERE id NOT IN (SELECT letter.id FROM letter JOIN notice ON letter_id = letter.id
        ORDER BY length(mime), letter.id LIMIT 1);
    DELETE FROM notice WHERE letter_id IS NULL OR letter_id NOT IN (SELECT id FROM letter);
    DELETE FROM obligation WHERE key NOT LIKE 'hedemora/delarsrapport/2027-08/kommunstyrelsen/%'
        AND key NOT IN (SELECT obligation_key FROM notice);
    DELETE FROM link WHERE person_id NOT IN (SELECT person_id FROM letter);
    DELETE FROM holder WHERE person_id NOT IN (SELECT person_id FROM letter) AND role NOT IN ('ekonomichef', 'ksau-sekreterare');
    DELETE FROM person WHERE id NOT IN (SELECT person_id FROM holder);
    DELETE FROM occurrence WHERE period <> '2027-08';
    DELETE FROM log WHERE id NOT IN (SELECT id FROM log ORDER BY id LIMIT 3)
        AND id NOT IN (SELECT id FROM log ORDER BY id DESC LIMIT 6);
"""


def filled(folder: Path) -> None:
    """Start, carry out a round, take a file in and log it, as that commit did."""
    settings = Settings(data_dir=folder, now=NOW, i_drift_fran=date(2027, 9, 1))
    prepare(settings, lambda: NOW)
    machine = open_machine(settings)
    machine.bring_up()
    with writing(machine) as scene:
        part = scene.wheel.obligations[HANDED_IN].parts[0].id
        upload = Upload(filename="anvisningar.pdf", content=PDF)
        received = receive(
            scene.session, scene.wheel, HANDED_IN, part, upload=upload, by="Anna Ek", via="länk", now=NOW
        )
        assert received.version == 1, received
    with closing(sqlite3.connect(folder / "arshjul.db")) as database:
        database.executescript(SMALLER)
        if database.execute("SELECT name FROM sqlite_master WHERE name = 'calendar_event'").fetchone():
            database.execute("DELETE FROM calendar_event WHERE key NOT IN (SELECT key FROM calendar_event LIMIT 2)")
        for number, mime in database.execute("SELECT id, mime FROM letter").fetchall():
            database.execute("UPDATE letter SET mime = ? WHERE id = ?", (_without_files(mime), number))
        database.commit()
    try:
        from store.log.log_chain import chain
    except ImportError:
        return
    with machine.store.begin() as session:
        chain(session)


def _without_files(mime: bytes) -> bytes:
    letter = email.message_from_bytes(mime, policy=policy.SMTP)
    if letter.get_content_type() == "multipart/mixed":
        letter.set_payload(letter.get_payload()[:1])
    return letter.as_bytes()


if __name__ == "__main__":
    os.umask(0o077)
    filled(Path(sys.argv[1]))
