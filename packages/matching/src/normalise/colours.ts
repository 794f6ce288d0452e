/** Colours as they stand in names of products, each with its names in some languages, folded. */
const names =
  "black schwarz noir negro nero zwart czarny,white weiss blanc blanco bianco wit bialy,red rot rouge " +
  "rojo rosso rood czerwony,blue blau bleu azul blauw niebieski,green grun vert verde groen " +
  "zielony,yellow gelb jaune amarillo giallo geel zolty,orange naranja arancione oranje " +
  "pomaranczowy,brown braun brun marron marrone bruin brazowy,grey gray grau gris grigio grijs " +
  "szary,pink rosa rose roze rozowy,purple violet lila violett morado viola paars fioletowy,silver " +
  "silber argent plata argento zilver srebrny,gold golden dore dorado oro goud zloty,beige,turquoise " +
  "turkis turquesa,titanium titan,chrome chrom";

const colours: ReadonlyMap<string, number> = new Map(
  names.split(",").flatMap((words, at) => words.split(" ").map((word) => [word, at] as const)),
);

/** The colour that a folded word names, as a number that all its names share; null for another word. */
export function colourOf(word: string): number | null {
  return colours.get(word) ?? null;
}
