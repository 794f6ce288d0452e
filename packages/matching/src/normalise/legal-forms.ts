import { fold } from "../text/fold.ts";

/**
 * Legal forms by country, as they stand at the end (or start) of company names; several spellings
 * of one form
 * are parted by "|", forms by ",". Written after the companies acts of the countries.
 */
const byCountry: { readonly [country: string]: string } = {
  ae: "llc|l l c,fzc,fze,fzco,fz llc,pjsc",
  ar: "sa|s a,srl|s r l,sas,sau",
  at:
    "gmbh|ges m b h|gesmbh|gesellschaft m b h|gesellschaft mit beschrankter haftung,ag|" +
    "aktiengesellschaft,og,kg|kommanditgesellschaft,e u",
  au: "pty ltd|pty limited|proprietary limited|pty,ltd|limited",
  be:
    "nv|n v|naamloze vennootschap,sa|s a,bv|b v,bvba|b v b a|" +
    "besloten vennootschap met beperkte aansprakelijkheid,sprl|s p r l,srl,cvba,scrl,vzw,asbl",
  bg: "ead|e a d,ad|a d,ood|o o d,eood|e o o d",
  br: "ltda|limitada,sa|s a|sociedade anonima,eireli,epp,mei",
  ca: "inc|incorporated|incorporee,ltd|limited|ltee|limitee,corp|corporation,ulc",
  ch: "ag|aktiengesellschaft,sa|s a|societe anonyme,gmbh,sarl|s a r l,sagl,klg",
  cn:
    "co ltd|company limited|co limited|company ltd|youxian gongsi|you xian gong si|" +
    "you xian ze ren gong si",
  cz: "a s|as|akciova spolecnost,s r o|sro|spol s r o|spolecnost s rucenim omezenym,v o s,k s",
  de:
    "gmbh|g m b h|gesellschaft mit beschrankter haftung|mbh|m b h,ag|a g|aktiengesellschaft," +
    "gmbh co kg|gmbh und co kg|gmbh and co kg|gmbh co|co kg,kg|k g|kommanditgesellschaft," +
    "kgaa|ag co kgaa|co kgaa,ohg|o h g,gbr,ug|ug haftungsbeschrankt|haftungsbeschrankt,e v|" +
    "ev|eingetragener verein,e k|ek|e kfm,eg|e g,ggmbh",
  dk: "a s|as|aktieselskab,aps|a p s|anpartsselskab,i s,k s,ivs",
  ee: "ou|osauhing,as|aktsiaselts",
  es:
    "s a|sa|sociedad anonima,s l|sl|s r l|srl|sociedad limitada|" +
    "sociedad de responsabilidad limitada,s l u|slu|sociedad limitada unipersonal,s a u|sau," +
    "s coop,s c|sc",
  fi: "oy|o y|osakeyhtio,oyj|abp,ky,ab,oy ab",
  fr:
    "sa|s a|societe anonyme,sarl|s a r l|societe a responsabilite limitee,sas|s a s|" +
    "societe par actions simplifiee,sasu|s a s u,eurl|e u r l,snc|s n c,sci|s c i,scop,scs," +
    "sca,gie",
  gb:
    "ltd|limited,plc|p l c|public limited company|public limited co|public ltd co,llp|l l p|" +
    "limited liability partnership,lp|l p|limited partnership,cic,co ltd",
  gr: "ae|a e|anonymi etaireia|anonymos etaireia,epe|e p e,oe,ike",
  hk: "ltd|limited,co ltd",
  hr: "d o o|doo|drustvo s ogranicenom odgovornoscu,d d|dd|dionicko drustvo,j d o o",
  hu:
    "kft|k f t|korlatolt felelossegu tarsasag,zrt|zartkoruen mukodo reszvenytarsasag,nyrt|" +
    "nyilvanosan mukodo reszvenytarsasag,rt,bt|beteti tarsasag",
  id: "pt|p t|perseroan terbatas,cv|c v,tbk|persero",
  ie: "ltd|limited|teoranta|teo,plc|cpt,dac|designated activity company,clg,uc",
  il: "ltd|limited|bm|b m|bam",
  in: "pvt ltd|private limited|pvt limited|private ltd|p ltd|p limited|pvt,ltd|limited,llp",
  is: "ehf|e h f,hf|h f,ohf",
  it:
    "spa|s p a|societa per azioni,srl|s r l|societa a responsabilita limitata,srls|s r l s," +
    "snc|s n c,sas|s a s,scarl|s c a r l,scrl,soc coop",
  jp:
    "kk|k k|kabushiki kaisha|kabushiki gaisha|kabushikikaisha|zhu shi hui she," +
    "gk|g k|godo kaisha|he tong hui she,yk|y k|yugen kaisha|you xian hui she,co ltd",
  kr: "co ltd|chusik hoesa|jusikhoesa|jusighoesa",
  li: "anstalt,est,ag",
  lt: "uab|uzdaroji akcine bendrove,ab|akcine bendrove,mb",
  lu: "sa|s a,sarl|s a r l,scsp|s c sp,sca|s c a,sicav,secs",
  lv: "sia|sabiedriba ar ierobezotu atbildibu,as|akciju sabiedriba",
  mx:
    "sa de cv|s a de c v|sociedad anonima de capital variable,s de rl de cv|s de r l de c v," +
    "s de rl|s de r l,sapi de cv|s a p i de c v,sab de cv|s a b de c v,ac",
  my: "sdn bhd|sendirian berhad,bhd|berhad",
  nl: "bv|b v|besloten vennootschap,nv|n v|naamloze vennootschap,vof|v o f,cv|c v,u a,stichting",
  no: "as|a s|aksjeselskap,asa|allmennaksjeselskap,ans,da,nuf,sa",
  nz: "ltd|limited,lp",
  pl:
    "sp z o o|spolka z o o|spzoo|sp zoo|spolka z ograniczona odpowiedzialnoscia,s a|sa|" +
    "spolka akcyjna,sp k|spolka komandytowa,sp j|spolka jawna",
  pt: "lda|limitada,sa|s a|sociedade anonima,unipessoal lda|unipessoal,sgps",
  ro: "srl|s r l|societate cu raspundere limitata,sa|s a|societate pe actiuni,pfa",
  rs: "d o o|doo,a d|ad",
  ru:
    "ooo|o o o|obshchestvo s ogranichennoy otvetstvennostyu|" +
    "obschestvo s ogranichennoi otvetstvennostyu|" +
    "obshchestvo s ogranichennoi otvetstvennostiu,oao|o a o|" +
    "otkrytoye aktsionernoye obshchestvo|open joint stock company|ojsc,zao|z a o|" +
    "closed joint stock company|cjsc,pao|p a o|publichnoe aktsionernoe obshchestvo|" +
    "public joint stock company|pjsc,ao|aktsionernoe obshchestvo|aktsionernoye obshchestvo|" +
    "joint stock company|joint stock co|jsc,fgup,nko",
  sa: "llc,cjsc",
  se: "ab|aktiebolag|aktiebolaget|ab publ|publ,hb|handelsbolag,kb",
  sg: "pte ltd|pte limited|private limited|pte,ltd|limited,llp",
  si: "d o o|doo,d d|dd",
  sk: "s r o|sro|spol s r o,a s|as",
  th: "co ltd|company limited,pcl|public company limited|public co ltd",
  tr:
    "a s|as|anonim sirketi|anonim sti,ltd sti|limited sirketi|limited sti,san ve tic|" +
    "sanayi ve ticaret|sanayi ve tic",
  tw: "co ltd|company limited",
  ua: "tov|t o v|tovarystvo z obmezhenoiu vidpovidalnistiu,pat,prat,at|aktsionerne tovarystvo,zat,vat",
  us:
    "inc|incorporated,corp|corporation,llc|l l c|limited liability company|" +
    "limited liability co,co|company,lp|l p|limited partnership,llp,pllc,pc|p c,na|n a,pbc",
  vn: "co ltd|cong ty tnhh|cong ty trach nhiem huu han,jsc|cong ty co phan",
  za: "pty ltd|proprietary limited,cc,npc,soc ltd,rf pty ltd",
};

/** How many countries the table of legal forms knows. */
export const countriesOfForms: number = Object.keys(byCountry).length;

/** Every spelling of a form, its words joined by one blank, and the form it stands for. */
const forms: ReadonlyMap<string, string> = new Map(
  Object.values(byCountry).flatMap((line) =>
    line.split(",").flatMap((form) => {
      const spellings = form.split("|");
      const [first = ""] = spellings;
      return spellings.map((spelling) => [fold(spelling), first.replaceAll(" ", "")] as const);
    }),
  ),
);
const wordsMax = Math.max(...[...forms.keys()].map((form) => form.split(" ").length));
/** Forms that also stand in front of a name. */
const leading: ReadonlySet<string> = new Set(
  (
    "ooo,oao,zao,pao,ao,tov,uab,sia,pt,cv,ojsc,cjsc,pjsc,jsc,ab,kk,gk,oy,stichting," +
    "congtytnhh,coltd,at,pat"
  ).split(","),
);
/** Single words that are a form only beside a name of two words or more; else they may be the name. */
const weak: ReadonlySet<string> = new Set(
  "co,na,at,as,sa,ad,da,ab,ag,ae,mb,bt,rt,ac,pc,cc,sc,ky,is,ks,est,publ".split(","),
);

/** A company's name without its legal forms, and the forms that were taken away, in order. */
export interface CompanyName {
  readonly words: readonly string[];
  readonly forms: readonly string[];
}

function formAtEnd(words: readonly string[]): { readonly form: string; readonly count: number } | null {
  for (let count = Math.min(wordsMax, words.length - 1); count > 0; count--) {
    const form = forms.get(words.slice(words.length - count).join(" "));
    if (form === undefined) continue;
    if (count === 1 && weak.has(form) && words.length < 2) continue;
    return { form, count };
  }
  return null;
}

function formAtStart(words: readonly string[]): { readonly form: string; readonly count: number } | null {
  for (let count = Math.min(wordsMax, words.length - 1); count > 0; count--) {
    const form = forms.get(words.slice(0, count).join(" "));
    if (form !== undefined && leading.has(form)) return { form, count };
  }
  return null;
}

/**
 * Parts a folded company name into its name and its legal forms; a name of nothing but forms stays whole.
 * Never throws.
 */
export function companyNameOf(folded: string): CompanyName {
  let words = folded === "" ? [] : folded.split(" ");
  if (words[0] === "the" && words.length > 1) words = words.slice(1);
  words = words.filter((word) => word !== "and" && word !== "und" && word !== "et" && word !== "y");
  const taken: string[] = [];
  for (let found = formAtEnd(words); found !== null; found = formAtEnd(words)) {
    taken.unshift(found.form);
    words = words.slice(0, words.length - found.count);
  }
  const start = formAtStart(words);
  if (start !== null) {
    taken.unshift(start.form);
    words = words.slice(start.count);
  }
  return { words, forms: taken };
}
