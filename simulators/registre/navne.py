"""Words to make people and addresses of."""

KVINDER = (
    "Åse", "Mette", "Birgit", "Kirsten", "Ærøe Marie", "Søs", "Pernille", "Bodil", "Solvej", "Karen", "Anna-Sofie",
    "Zeynep", "Ólöf", "Ingrid", "Maja", "Gry", "Käthe", "Fatima", "Dorthe", "Rigmor",
)  # fmt: skip
MAEND = (
    "Søren", "Jørgen", "Bjørn", "Åge", "Lars", "Mads", "Hans-Jørgen", "Villads", "Asger", "Kåre", "Ejnar", "Mehmet",
    "Þórir", "Niels", "Rasmus", "Jens", "André", "Omar", "Troels", "Knud",
)  # fmt: skip
MELLEMNAVNE = ("", "", "", "Møller", "Bæk", "Østergård", "Friis", "Nørgaard", "Ås")
EFTERNAVNE = (
    "Jensen", "Sørensen", "Højgaard", "Ørsted", "Ågesen", "Kjær", "Bødker", "Mølgård", "Lindstrøm", "Vestergaard",
    "Præstegaard", "Østergaard", "Bæk", "Skovløber", "Åkjær", "Rønnow", "Müller", "Yilmaz", "Hansen", "Toft",
)  # fmt: skip
VEJE = (
    "Ågade", "Østergade", "Møllevej", "Søndergade", "Birkevænget", "Kærvej", "Ærtevænget", "Skolegade", "Hybenvej",
    "Strandvænget", "Åbrinken", "Gl. Landevej", "Præstemarken", "Lærkevej", "Kirkestræde",
)  # fmt: skip
BYNAVNE = ("", "", "", "Nørre Å", "Sønderby", "Øster Hede")
POSTDISTRIKTER = {
    "0101": ("1400", "København K"), "0147": ("2000", "Frederiksberg"), "0265": ("4000", "Roskilde"),
    "0217": ("3000", "Helsingør"), "0330": ("4200", "Slagelse"), "0370": ("4700", "Næstved"),
    "0400": ("3700", "Rønne"), "0461": ("5000", "Odense C"), "0492": ("5970", "Ærøskøbing"),
    "0540": ("6400", "Sønderborg"), "0550": ("6270", "Tønder"), "0561": ("6700", "Esbjerg"),
    "0580": ("6200", "Aabenraa"), "0621": ("6000", "Kolding"), "0630": ("7100", "Vejle"), "0657": ("7400", "Herning"),
    "0730": ("8900", "Randers C"), "0741": ("8305", "Samsø"), "0751": ("8000", "Aarhus C"),
    "0791": ("8800", "Viborg"), "0825": ("9940", "Læsø"), "0851": ("9000", "Aalborg"), "0860": ("9800", "Hjørring"),
}  # fmt: skip
"""The municipalities that people live in, with one post district each."""
LANDE = ("5110", "5120", "5104", "5180", "5150", "5902", "5170", "5228")
"""Country codes of CPR: Norway, Sweden, Finland, Germany, Italy, the Faroe Islands and so on."""
