"""Faults planted in lawful definitions, one of each kind: what is changed, and what must be found at which line."""

from dataclasses import dataclass

from tests.rig.load import text


@dataclass(frozen=True, slots=True, kw_only=True)
class Planted:
    """``old`` becomes ``new`` at the first place after the words of ``under``, each sought after the one before.

    The finding stands at the first line after the words of ``line`` (``under`` when empty), the last of them in it.
    """

    kind: str
    base: str
    under: tuple[str, ...]
    old: str
    new: str
    rule: str
    says: str  #: words of the message
    line: tuple[str, ...] = ()
    severity: str = "fel"

    @property
    def changed(self) -> str:
        """The definition with the fault in it."""
        whole = text(self.base)
        start = _seek(whole, self.under)
        at = whole.index(self.old, start)
        return whole[:at] + self.new + whole[at + len(self.old) :]

    @property
    def at(self) -> int:
        """The 1-based line of the finding."""
        changed = self.changed
        return changed.count("\n", 0, _seek(changed, self.line or self.under)) + 1


def _seek(whole: str, words: tuple[str, ...]) -> int:
    at, after = 0, 0
    for word in words:
        at = whole.index(word, after)
        after = at + len(word)
    return at + (1 if words and words[-1].startswith("\n") else 0)


ARS, DEL, BUDGET = "\n  arsredovisning:\n    namn", "\n  delarsrapport:\n    namn", "\n  budget:\n    namn"

#: What reading the file finds.
IN_THE_FILE = (
    Planted(
        kind="samma nyckel står två gånger",
        base="lindo",
        under=("kommun:",),
        old="namn: Lindö kommun",
        new="namn: Lindö kommun, namn: Lindö",
        rule="yaml",
        says="nyckeln 'namn' står två gånger på samma ställe",
    ),
    Planted(
        kind="okänd nyckel, som inte också saknas",
        base="lindo",
        under=(DEL, "protokoll:", "trappa"),
        old="trappa: allt",
        new="trapa: allt",
        rule="okand-nyckel",
        says="okänd nyckel 'trapa', menade du 'trappa'?",
        line=(DEL, "protokoll:", "trapa"),
    ),
    Planted(
        kind="nyckel som saknas",
        base="lindo",
        under=("\norgan:", "  ks:"),
        old="    kort: KS\n",
        new="",
        rule="saknas",
        says="'kort' saknas i organ.ks; lägg till det",
    ),
    Planted(
        kind="okänd roll",
        base="lindo",
        under=("  ks: {namn", "ansvarig"),
        old="ansvarig: chef",
        new="ansvarig: cheff",
        rule="okand-roll",
        says="okänd roll 'cheff', menade du 'chef'?",
    ),
    Planted(
        kind="okänt organ",
        base="lindo",
        under=(DEL, "kf:", "organ:"),
        old="organ: kf",
        new="organ: kff",
        rule="okant-organ",
        says="okänt organ 'kff', menade du 'kf'?",
    ),
    Planted(
        kind="okänt moment att behandlas vid",
        base="lindo",
        under=(DEL, "underlag:", "behandlas"),
        old="behandlas: ks",
        new="behandlas: kss",
        rule="okant-moment",
        says="okänt 'behandlas: kss', menade du 'ks'?",
    ),
    Planted(
        kind="okänd utgångspunkt för en dag",
        base="stenvik",
        under=("manadsrapport:", "frist:", "regel"),
        old="efter: stängning",
        new="efter: stangning",
        rule="okand-utgangspunkt",
        says="okänd utgångspunkt 'stangning', menade du 'stängning'?",
    ),
    Planted(
        kind="okänd källa",
        base="stenvik",
        under=(DEL, "lagrum"),
        old="KL 11 kap. 16 §; LKBR 13 kap. 1 §",
        new="KL 11 kap. 16 §; anvisningar",
        rule="okand-kalla",
        says="okänd källa 'anvisningar'",
    ),
    Planted(
        kind="ord som regeln inte har",
        base="stenvik",
        under=(DEL, "overlamnande:", "regel: {"),
        old="regel: inom månader",
        new="regel: inom månad",
        rule="okant-ord",
        says="okänt värde 'inom månad' för 'regel', menade du 'inom månader'?",
    ),
    Planted(
        kind="datum som inte finns",
        base="stenvik",
        under=("2027-09-13",),
        old="2027-09-13",
        new="2027-09-31",
        rule="fel-slag",
        says="'2027-09-31' i organ.ks.beslutade.2027.möten.7.datum ska vara ett datum",
        line=("2027-09-31",),
    ),
    Planted(
        kind="trappa i fel ordning",
        base="lindo",
        under=("trappor:", "slag: påminnelse"),
        old="arbetsdagar: -1",
        new="arbetsdagar: -8",
        rule="trappans-ordning",
        says="står i fel ordning",
    ),
    Planted(
        kind="inget sista ord dagen före KSAU",
        base="hedemora",
        under=("trappor:", "  anvisningar:", "slag: ksau"),
        old="arbetsdagar: 5",
        new="arbetsdagar: 7",
        rule="sista-ord",
        says="före 'ksau' ska 'sista ord' stå exakt en arbetsdag tidigare",
    ),
    Planted(
        kind="dagar som räknas från varandra",
        base="stenvik",
        under=("manadsrapport:", "underlag:", "regel"),
        old="antal: 3, efter: stängning",
        new="antal: 3, före: ks",
        rule="cirkel",
        says="i en cirkel: 'underlag' → 'ks' → 'underlag'",
    ),
    Planted(
        kind="egen nämnd utan att momentet är per enhet",
        base="lindo",
        under=(DEL, "      styrelse:"),
        old="        per enhet: true\n",
        new="",
        rule="per-enhet",
        says="skriv då också 'per enhet: true'",
        line=(DEL, "moment:", "styrelse:"),
    ),
    Planted(
        kind="prognos i en rapport som inte har perioden",
        base="stenvik",
        under=("ingår i:", "mars"),
        old="juli: delarsrapport",
        new="juli: manadsrapport",
        rule="ingar-i",
        says="steget 'manadsrapport' har ingen period juli",
    ),
    Planted(
        kind="en månad i 'ingår i' som rapporten inte har",
        base="stenvik",
        under=("ingår i:", "mars"),
        old="juli: delarsrapport",
        new="juli: delarsrapport, juni: delarsrapport",
        rule="ingar-i",
        says="perioden juni saknas i 'perioder'; lägg till den där eller ta bort raden",
    ),
)

#: What holding the plan against the law and itself finds.
IN_THE_PLAN = (
    Planted(
        kind="kallelse till KF senare än en vecka före",
        base="lindo",
        under=("  kf:", "kallelse:"),
        old="dagar: 7",
        new="dagar: 6",
        rule="KL 5:15",
        says="6 dagar före; lagen kräver minst en vecka",
    ),
    Planted(
        kind="ansvarsfrihet efter juni",
        base="ekeby",
        under=(ARS, "ansvarsfrihet:"),
        old="månad: april",
        new="månad: september",
        rule="KL 5:24",
        says="den sista lagliga dagen är onsdag 30 juni 2027",
    ),
    Planted(
        kind="lagens dag senare än lagens",
        base="lindo",
        under=(ARS, "ansvarsfrihet:", "lagens dag"),
        old="månad: juni",
        new="månad: juli",
        rule="KL 5:24",
        says="säger att sista dag enligt lag är lördag 31 juli 2027, men den är onsdag 30 juni 2027",
    ),
    Planted(
        kind="budgetförslag i november utan skattesatsförslag",
        base="ekeby",
        under=(BUDGET, "skattesatsforslag:"),
        old="        avser: skattesatsförslag\n",
        new="",
        rule="KL 11:8",
        says="inget moment säger att KS föreslår skattesatsen före dess",
        line=(BUDGET, "budgetforslag:"),
        severity="varning",
    ),
    Planted(
        kind="budgetförslag efter november",
        base="stenvik",
        under=(BUDGET, "budgetforslag:"),
        old="månad: oktober",
        new="månad: december",
        rule="KL 11:8",
        says="måndag 8 december 2025 ligger efter november månads utgång",
    ),
    Planted(
        kind="budgetförslag från nämnd efter KS:s förslag",
        base="lindo",
        under=(BUDGET, "frist:"),
        old="månad: augusti",
        new="månad: oktober",
        rule="KL 11:9",
        says="fristen för budgetförslag till KS, fredag 31 oktober 2025",
    ),
    Planted(
        kind="budget i december med skattesats i november",
        base="hedemora",
        under=(BUDGET, "      budget:"),
        old="månad: november",
        new="månad: december",
        rule="KL 11:11",
        says="det är tillåtet bara om det finns särskilda skäl",
        severity="varning",
    ),
    Planted(
        kind="budget fastställd före nyvalda KF",
        base="stenvik",
        under=(BUDGET, "      budget:"),
        old="regel: möte, organ: kf, månad: november, år: -1",
        new="regel: fast dag, dag: 14 oktober, år: -1",
        rule="KL 11:10",
        says="2026 är valår, och budgeten ska fastställas av nyvalda fullmäktige",
    ),
    Planted(
        kind="ingen delårsrapport som omfattar halva året",
        base="ekeby",
        under=(DEL, "perioder:"),
        old="perioder: [juni]",
        new="perioder: [april]",
        rule="LKBR 13:1",
        says="minst hälften och högst två tredjedelar av året",
    ),
    Planted(
        kind="delårsrapport överlämnad efter två månader",
        base="ekeby",
        under=(DEL, "overlamnande:"),
        old="antal: 2",
        new="antal: 3",
        rule="KL 11:16",
        says="den sista lagliga dagen är måndag 31 augusti 2026",
    ),
    Planted(
        kind="nämnderna redovisar aldrig till KS",
        base="stenvik",
        under=(ARS, "underlag:"),
        old="        frist:",
        new="        slag: [styrelse]\n        frist:",
        rule="KL 11:18",
        says="årshjulet saknar en frist för nämndernas redovisningar",
        line=(ARS,),
    ),
    Planted(
        kind="årsredovisning överlämnad efter 15 april",
        base="ekeby",
        under=(ARS, "overlamnande:"),
        old="15 april",
        new="30 april",
        rule="KL 11:20",
        says="den sista lagliga dagen är torsdag 15 april 2027",
    ),
    Planted(
        kind="årsredovisning som KS aldrig upprättar",
        base="stenvik",
        under=(ARS, "KS fastställer, organ: ks"),
        old="organ: ks, dag",
        new="organ: kf, dag",
        rule="KL 11:19",
        says="årshjulet saknar ett moment där KS upprättar årsredovisningen",
        line=(ARS,),
    ),
    Planted(
        kind="årsredovisning godkänd före överlämnandet",
        base="ekeby",
        under=(ARS, "      kf:"),
        old="månad: april",
        new="månad: februari",
        rule="KL 11:21",
        says="'KS fastställer' (onsdag 17 mars 2027) kommer efter 'KF godkänner' (onsdag 24 februari 2027)",
    ),
    Planted(
        kind="lagens moment på fel organ",
        base="ekeby",
        under=(BUDGET, "      budget:", "organ:"),
        old="organ: kf",
        new="organ: ks",
        rule="fel-organ",
        says="ligger på Kommunstyrelsen, men lagen ger det till Kommunfullmäktige",
    ),
    Planted(
        kind="frist efter att dagordningen stänger",
        base="hedemora",
        under=(DEL, "underlag:\n", "frist:"),
        old="antal: 15",
        new="antal: 20",
        rule="frist-efter-mote",
        says="senaste frist är måndag 28 september 2026 kl. 12.00",
    ),
    Planted(
        kind="AU efter KS",
        base="ekeby",
        under=(DEL, "au: {"),
        old="månad: augusti",
        new="månad: september",
        rule="kedja",
        says="'AU bereder' (onsdag 2 september 2026) kommer efter 'KS beslutar' (onsdag 19 augusti 2026)",
    ),
    Planted(
        kind="protokoll före bolagsstyrelsens möte",
        base="lindo",
        under=(DEL, "protokoll:", "frist:"),
        old="regel: arbetsdagar, antal: 3, efter: styrelse",
        new="regel: fast dag, dag: 10 september",
        rule="protokoll-fore-mote",
        says="ligger före mötet som ska besluta",
    ),
    Planted(
        kind="anvisningar efter första brevet",
        base="stenvik",
        under=(ARS, "anvisning:", "frist:"),
        old="regel: månad, månad: november",
        new="regel: fast dag, dag: 4 februari, år: 1",
        rule="anvisning-efter-forsta-brevet",
        says="ligger efter första brevet om underlag till årsredovisningen",
    ),
    Planted(
        kind="frist innan perioden är slut",
        base="stenvik",
        under=("manadsrapport:", "frist:"),
        old="antal: 3, efter: stängning",
        new="antal: 3, före: periodens slut",
        rule="frist-fore-periodens-slut",
        says="ligger inte efter periodens slut (lördag 28 februari 2026)",
    ),
    Planted(
        kind="inget möte i den månad som ett moment anger",
        base="lindo",
        under=(DEL, "      styrelse:"),
        old="månad: september",
        new="månad: augusti",
        rule="inget-mote",
        says="Lindöbolagens styrelse har inget möte i augusti 2026, som Delårsrapport augusti 2026 behöver",
        line=(DEL, "moment:", "styrelse:"),
    ),
    Planted(
        kind="organ utan det möte som flera moment behöver",
        base="lindo",
        under=("\n  kf:", "regel:"),
        old="september, oktober, november",
        new="september, november",
        rule="inget-mote",
        says="Kommunfullmäktige har inget möte i oktober 2025, som Budget 2026 behöver",
    ),
    Planted(
        kind="femte veckodag som månaden inte har",
        base="lindo",
        under=(BUDGET, "frist:"),
        old="nummer: -1, månad: augusti",
        new="nummer: 5, månad: september",
        rule="saknar-dag",
        says="september 2025 har ingen femte sådan veckodag",
    ),
    Planted(
        kind="möte på en ledig dag",
        base="stenvik",
        under=("2027-05-10",),
        old="2027-05-10",
        new="2027-05-07",
        rule="ledig-dag",
        says="KS har möte på en ledig dag: fredag 7 maj 2027",
        line=("möten:", "2027-05-07"),
        severity="varning",
    ),
    Planted(
        kind="beslutad frist på en ledig dag",
        base="stenvik",
        under=(DEL, "beslutade: {2026"),
        old="2026-08-21",
        new="2026-08-22",
        rule="ledig-dag",
        says="är beslutad till lördag 22 augusti 2026, en ledig dag",
        severity="varning",
    ),
    Planted(
        kind="möte flyttat från sin egen dag",
        base="stenvik",
        under=("2027-03-09",),
        old="flyttat från: 2027-03-08",
        new="flyttat från: 2027-03-09",
        rule="flyttat-till-samma-dag",
        says="KS:s möte tisdag 9 mars 2027 är flyttat från samma dag",
    ),
    Planted(
        kind="samma möte två gånger",
        base="stenvik",
        under=("2027-10-11",),
        old="2027-10-11",
        new="2027-09-13",
        rule="dubbelt-mote",
        says="KS:s möte måndag 13 september 2027 står två gånger",
        line=("2027-09-13", "2027-09-13"),
    ),
    Planted(
        kind="möte under fel år",
        base="stenvik",
        under=("2027-01-11",),
        old="2027-01-11",
        new="2026-01-12",
        rule="fel-ar",
        says="KS:s möte måndag 12 januari 2026 står under 2027",
        line=("2026-01-12",),
    ),
    Planted(
        kind="dagordning som stänger efter kallelsen",
        base="lindo",
        under=("  ks:", "dagordningen stänger:"),
        old="dagar: 10",
        new="dagar: 6",
        rule="dagordning-efter-kallelse",
        says="kallelsen ska ange ärendena, så stäng dagordningen tidigare",
        severity="varning",
    ),
)
