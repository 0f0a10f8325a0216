"""The portal on a filled store: the ekonomikontor's hands on it, a chief's browser, and letters that lie in a folder."""

from email.message import EmailMessage

import pytest

from tests.rig.handins import NOW, town
from tests.rig.pages.bench import Bench, opened


@pytest.fixture
def office():
    return Bench(town())


@pytest.fixture
def chief(office):
    return opened(office)


@pytest.fixture
def maildir(tmp_path):
    mail = EmailMessage()
    mail["To"], mail["Subject"], mail["Date"] = "a@example.se", "Påminnelse <om> delårsrapporten", NOW
    mail.set_content("Hej, öppna http://testserver/l/abc\n")
    mail.add_alternative(
        '<p style="color:red">Hej <a href="http://testserver/l/abc">Öppna</a><script>1</script></p>', subtype="html"
    )
    mail.add_attachment(b"BEGIN:VCALENDAR", maintype="text", subtype="calendar", filename="frist.ics")
    (tmp_path / "new").mkdir()
    (tmp_path / "cur").mkdir()
    (tmp_path / "new" / "one.arshjul").write_bytes(mail.as_bytes())
    (tmp_path / "cur" / "two.arshjul:2,S").write_bytes(mail.as_bytes())
    (tmp_path / "secret").write_text("secret")
    return tmp_path
