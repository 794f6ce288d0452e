/** Words of addresses in one spelling: kinds of streets, floors, directions, in several languages. */
const spellings: ReadonlyMap<string, string> = new Map(
  Object.entries({
    avenue: "av ave aven avn avda avenida",
    street: "st str strt",
    strasse: "straße strase",
    boulevard: "blvd blv bd bvd boul blvrd",
    road: "rd",
    drive: "dr drv",
    lane: "ln",
    court: "ct crt",
    place: "pl plc plaza plz",
    square: "sq",
    circuit: "cct crct circ",
    crescent: "cres crs cresent",
    close: "cl",
    parade: "pde",
    highway: "hwy hway",
    parkway: "pkwy pky pkw",
    terrace: "ter terr tce",
    suite: "ste",
    apartment: "apt app",
    floor: "fl flr etage",
    building: "bldg bld",
    north: "n nth",
    south: "s sth so",
    east: "e",
    west: "w",
    northeast: "ne",
    northwest: "nw",
    southeast: "se",
    southwest: "sw",
    mount: "mt",
    saint: "snt sankt",
    fort: "ft",
    retirement: "retrmnt rtrmnt rtmt",
    village: "vlge vllge vlg vill",
    first: "1st",
    second: "2nd",
    third: "3rd",
    fourth: "4th",
    fifth: "5th",
    sixth: "6th",
    seventh: "7th",
    eighth: "8th",
    ninth: "9th",
    tenth: "10th",
  }).flatMap(([word, short]) => short.split(" ").map((each) => [each, word] as const)),
);

/** The words of a folded address, each in its long spelling; a joined German street keeps its name. */
export function addressWords(folded: string): readonly string[] {
  if (folded === "") return [];
  return folded.split(" ").map((word) => {
    const long = spellings.get(word);
    if (long !== undefined) return long;
    return word.length > 5 && word.endsWith("str") ? `${word}asse` : word;
  });
}
