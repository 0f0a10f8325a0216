"""The rules of law that ``check`` holds a plan against: by id, the provision, and what is held, as people read it."""

from dataclasses import dataclass

from arshjul.wordings import Wording, wordings_of


@dataclass(frozen=True, slots=True)
class LawRule:
    """One rule. ``id`` is the one that findings have."""

    id: str
    lagrum: str
    held: str  #: Swedish, as it stands in a list

    @property
    def wordings(self) -> tuple[Wording, ...]:
        """The wordings that it was written from."""
        return wordings_of(self.lagrum)


LAW_RULES = (
    LawRule("KL 5:14", "KL 5 kap. 14 §", "brådskande ärenden till fullmäktige stänger senast vardagen före mötet"),
    LawRule("KL 5:15", "KL 5 kap. 13 §; KL 5 kap. 15 §", "kallelsen till fullmäktige går minst en vecka före mötet"),
    LawRule("KL 5:24", "KL 5 kap. 24 §", "fullmäktige beslutar om ansvarsfrihet före juni månads utgång"),
    LawRule("KL 5:32", "KL 5 kap. 32 §", "förklaringar hämtas in innan fullmäktige beslutar om ansvarsfrihet"),
    LawRule("KL 6:9", "KL 6 kap. 9 §", "styrelsen prövar varje år varje bolags verksamhet"),
    LawRule("KL 6:13", "KL 6 kap. 13 §", "styrelsen bereder det som fullmäktige beslutar"),
    LawRule("KL 8:16 a", "KL 8 kap. 16 a §", "revisionsberättelsen finns på webbplatsen när mötet tillkännages"),
    LawRule("KL 11:6 a", "KL 11 kap. 6 a §", "budgeten redogör för koncernföretagens ekonomi"),
    LawRule("KL 11:8", "KL 11 kap. 8 §", "budgetförslaget, skattesatsen och revisorernas budget före oktobers utgång"),
    LawRule("KL 11:9", "KL 11 kap. 9 §", "nämnderna har en dag för sina budgetförslag, före styrelsens"),
    LawRule("KL 11:10", "KL 11 kap. 10 §", "budgeten fastställs före novembers utgång, valår av nyvalda fullmäktige"),
    LawRule("KL 11:11", "KL 11 kap. 11 §", "skattesatsen fastställs i november om budgeten kommer i december"),
    LawRule("KL 11:12", "KL 11 kap. 12 §", "ett underskott regleras senast i budgeten för det tredje året"),
    LawRule("KL 11:15", "KL 11 kap. 15 §", "en utgift under året beslutas med sin finansiering"),
    LawRule("KL 11:16", "KL 11 kap. 16 §", "delårsrapporten överlämnas inom två månader och behandlas av fullmäktige"),
    LawRule("KL 11:18", "KL 11 kap. 18 §", "nämnderna har en dag för sina redovisningar"),
    LawRule("KL 11:19", "KL 11 kap. 19 §", "styrelsen upprättar årsredovisningen när redovisningarna har kommit"),
    LawRule("KL 11:20", "KL 11 kap. 20 §", "årsredovisningen överlämnas senast den 15 april"),
    LawRule("KL 11:21", "KL 11 kap. 21 §", "fullmäktige godkänner årsredovisningen före ansvarsfriheten"),
    LawRule("KL 12:2", "KL 12 kap. 2 §", "revisorerna hinner bedöma rapporten innan fullmäktige behandlar den"),
    LawRule("LKBR 3:13", "LKBR 2 kap. 4 §; LKBR 3 kap. 13 §", "räkenskapsinformation bevaras i sju år"),
    LawRule("LKBR 4:1", "LKBR 4 kap. 1 §", "årsredovisningen har lagens delar"),
    LawRule("LKBR 9:4", "LKBR 9 kap. 1 §; LKBR 9 kap. 4 §", "noterna redogör för redovisningsprinciperna"),
    LawRule("LKBR 11:6", "LKBR 11 kap. 6 §", "förvaltningsberättelsen har sjukfrånvaron"),
    LawRule("LKBR 12:2", "LKBR 4 kap. 1 §; LKBR 12 kap. 2 §", "årsredovisningen har sammanställda räkenskaper"),
    LawRule(
        "LKBR 13:1", "LKBR 13 kap. 1 §", "en delårsrapport omfattar minst hälften och högst två tredjedelar av året"
    ),
    LawRule("LKBR 13:2", "LKBR 13 kap. 2 §", "delårsrapporten har lagens delar"),
    LawRule("LKBR 13:3", "LKBR 13 kap. 3 §", "delårsrapportens resultaträkning har jämförelsetal"),
)
