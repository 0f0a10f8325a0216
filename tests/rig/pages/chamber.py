"""A body's page: matters that were brought up, and a meeting that has been."""

from actions.ladder.raising import bring_up_matter, write_escalations
from actions.scene import Scene
from arshjul.definition.reach import top_rung
from store.post.notices import queue
from store.tables import Matter
from tests.rig.pages.counter import Counter
from tests.rig.pages.logging_in import hidden
from tests.rig.swedish_words import instant

KSAU = "/organ/ksau/2027-10-05"  # a Tuesday


PRELIMINARY = "strandby/delarsrapport/2027-08/kommunen/ksau"


AFTER = instant("onsdag 6 oktober 2027 kl. 09.00")


class Chamber(Counter):
    """A counter at which matters are brought up, and meetings have been."""

    def bring_up(self, key=None):
        """Let the ladder bring an obligation up, with its letter."""
        key = key or self.owed("omsorgsnamnden")
        with self.hall.town.store.begin() as session:
            scene = Scene(session, self.hall.office(), self.hall.now)
            one = scene.wheel.obligations[key]
            rung = top_rung(one.ladder)
            bring_up_matter(scene, one, rung)
            people = [(role, scene.people.who(role, one.unit).id) for role in rung.recipients(one.unit_kind)]
            rows = queue(
                session, milestone_key=one.milestone_key(rung.id), obligation_key=key, rung=rung.id,
                due_at=one.deadline.at, recipients=people, now=scene.now,
            )  # fmt: skip
            write_escalations(scene.look([key]), rows, None)

    def last_word(self, key=None):
        """Let the ladder's last word about an obligation be on its way: a paper about it waits to go."""
        key = key or self.owed()
        with self.hall.town.store.begin() as session:
            one = Scene(session, self.hall.office(), self.hall.now).wheel.obligations[key]
            (rung,) = [each for each in one.ladder.rungs if each.kind == "sista ord"]
            queue(
                session, milestone_key=one.milestone_key(rung.id), obligation_key=key, rung=rung.id,
                due_at=one.deadline.at, recipients=[("ekonomichef", None)], now=self.hall.now,
            )  # fmt: skip

    def later(self, moment=AFTER):
        self.hall.now = moment
        self.browser = self.hall.inside(name="Ekonom E")

    def decide(self, page=KSAU, **data):
        shown = self.browser.get(page).text
        form = {"csrf": hidden(shown), "beslut": "godkänns", "beslutad": "2027-10-05", "paragraf": "§ 45"}
        return self.browser.post(f"{page}/beslut", data=form | {"diarienummer": "KS 2027/12"} | data)

    def matter(self):
        (row,) = self.rows(Matter)
        return row
