"""What the law sees in a body's moment (``avser``): whose it is, and what comes before what."""

KS_CONCERNS = (
    "budgetförslag",
    "skattesatsförslag",
    "delårsrapport överlämnas",
    "årsredovisning överlämnas",
    "bolagsprövning",
)
KF_CONCERNS = (
    "budget",
    "skattesats",
    "delårsrapport behandlas",
    "årsredovisning godkänns",
    "ansvarsfrihet",
    "balanskravsplan",
    "tilläggsanslag",
)
ASKED_FOR_BUDGET = "KL 11 kap. 9 §"  #: what a frist rests on by which nämnderna hand in their budgetförslag
HANDED_OVER = ("delårsrapport överlämnas", "årsredovisning överlämnas")
#: Moments that law or sense puts in this order, and the lagrum.
PAIRS = (
    ("budgetförslag", "budget", "KL 11 kap. 8 §; KL 11 kap. 10 §"),
    ("skattesatsförslag", "skattesats", "KL 11 kap. 8 §; KL 11 kap. 11 §"),
    ("delårsrapport överlämnas", "delårsrapport behandlas", "KL 11 kap. 16 §"),
    ("delårsrapport överlämnas", "revisorernas bedömning", "KL 12 kap. 2 §"),
    ("revisorernas bedömning", "delårsrapport behandlas", "KL 12 kap. 2 §"),
    ("årsredovisning överlämnas", "årsredovisning godkänns", "KL 11 kap. 20 §; KL 11 kap. 21 §"),
    ("årsredovisning överlämnas", "revisorernas bedömning", "KL 12 kap. 2 §"),
    ("revisorernas bedömning", "årsredovisning godkänns", "KL 12 kap. 2 §"),
    ("årsredovisning godkänns", "ansvarsfrihet", "KL 11 kap. 21 §"),
)


def law_id(lagrum: str) -> str:
    """``KL 11:21`` for the last of ``KL 11 kap. 20 §; KL 11 kap. 21 §``: the id of the rule in findings."""
    return lagrum.rpartition("; ")[2].replace(" kap. ", ":").removesuffix(" §")
