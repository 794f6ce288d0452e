import { commonUnits, isKnownCurrency } from "@crossfoot/model";
import { isBlank } from "../normalise/blank.ts";
import { gtinOf } from "../normalise/product-code.ts";
import { fold } from "../text/fold.ts";
import { countryOf } from "./countries.ts";
import { valueOf } from "./record.ts";
import type { Fault, Judge } from "./record.ts";

/** Units by what people and systems call them, folded; by the code that the model has for them. */
const unitWords: { readonly [code: string]: string } = {
  pcs: "pc,pce,pcs,piece,pieces,ea,each,unit,units,nos,stk,stuck,st,c62,h87,ud",
  dz: "dz,doz,dozen,dzn,dutzend",
  kg: "kg,kgm,kgs,kilo,kilogram,kilograms,kilogramm",
  g: "g,gr,grm,gram,grams,gramm",
  t: "t,to,ton,tons,tonne,tne",
  m: "m,mtr,meter,metre,meters,metres",
  cm: "cm,cmt,centimeter,centimetre",
  l: "l,ltr,liter,litre,liters,litres,lt",
  h: "h,hr,hrs,hour,hours,hur,std,stunde",
};
/** Units that have no fixed factor to a piece, and others of UN/ECE recommendation 20 in common use. */
const otherUnits =
  "box,boxes,bx,ctn,cs,cas,case,carton,pack,pk,pac,pallet,pal,pf,bag,bg,bottle,bot,btl,bo,can,roll,rl,ro,set,pair,pr,pak,jar,tin,pkg,pkgs,pkt," +
  "mm,mmt,km,kmt,in,inh,inch,ft,fot,foot,yd,mi,lb,lbs,lbr,oz,onz,mg,mgm,ml,mlt,cl,clt,hl,gal,gll,m2,mtk,m3,mtq," +
  "d,day,days,min,mon,month,week,wee,year,anu,sec,kwh,w,kw,kwt,ls,flat,dm,dmt,qt,pt,sqm,cbm,c,f,cr,cm2,cm3,e,hg,pct,us,rad,sqf,sqy";

const units: ReadonlyMap<string, string> = new Map([
  ...Object.entries(unitWords).flatMap(([code, words]) =>
    words.split(",").map((word): [string, string] => [word, code]),
  ),
  ...otherUnits.split(",").map((word): [string, string] => [word, word]),
  ...Object.keys(commonUnits).map((code): [string, string] => [code, code]),
]);

/** The unit that a text names, by our code or its own word; null for none that is known. Never throws. */
export function unitOf(text: string): string | null {
  return units.get(fold(text)) ?? null;
}

/** Country, currency, unit and GTIN that are none. */
export const judgeCodes: Judge = ({ list, cells }) =>
  list.columns.flatMap(({ name: field, meaning }, at): readonly Fault[] => {
    const value = valueOf(cells[at]);
    if (value === "") return [];
    if (meaning === "currency" && /^\p{Sc}$/u.test(value))
      return [{ rule: "currency-unknown", field, value, says: "a sign that several currencies have" }];
    if (isBlank(value)) return [];
    if (meaning === "country" && countryOf(value) === null)
      return [{ rule: "country-unknown", field, value, says: "no country has this code or name" }];
    if (meaning === "currency" && !isKnownCurrency(value)) {
      const upper = value.toUpperCase();
      const repair = isKnownCurrency(upper) ? upper : null;
      const says = repair === null ? "no currency in use has this code" : "written in small letters";
      return [{ rule: "currency-unknown", field, value, says, repair }];
    }
    if (meaning === "unit" && unitOf(value) === null)
      return [{ rule: "unit-unknown", field, value, says: "no unit in common use is called so" }];
    if (meaning === "gtin" && gtinOf(value) === "")
      return [{ rule: "gtin-invalid", field, value, says: "its length or check digit does not hold" }];
    return [];
  });
