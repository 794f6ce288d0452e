import { fold } from "../text/fold.ts";

/**
 * Units by what people and systems call them, folded, by the code that the model has for them or, where it
 * has none, a short one of ours. Codes are those of UN/ECE recommendations 20 and 21 (npm package
 * un-ece-recommendation 0.1.1, read 2026-11-27), the older PCE of EDIFACT, and symbols of Tryton and Odoo;
 * names of measures in thirteen languages are from Unicode CLDR 48 through `Intl.NumberFormat` of Node 24,
 * four letters or more, and none that two units have. No unit stands beside another of its family: a gram is
 * no kilogram.
 */
const unitWords: { readonly [code: string]: string } = {
  pcs:
    "pc,pce,pcs,piece,pieces,ea,each,unit,units,nos,nr,nar,c62,h87,one,u,stk,st,stuck," +
    "stueck,stucke,stuecke,einheit,einheiten,unite,unites,pza,pzas,pieza,piezas,ud,uds,unidad," +
    "unidades,unidade,un,pz,pezzo,pezzi,unita,stuk,stuks,peca,pecas,szt,sztuk,sztuka,sztuki,ks," +
    "kus,kusy,kusu,styck,stykke,stykker,kpl,kappale,kappaletta,enhet,enheter",
  dz:
    "dz,doz,dozen,dozens,dzn,dpc,dutzend,douzaine,docena,dozzina,duzia,dozijn,tucet,tuzin,dussin," +
    "dusin,tusina",
  kg:
    "kg,kgm,kgs,kilo,kilos,kilograms,kilogram,kilogramm,kilogramme,kilogrammes,kilogramos,kilogramo," +
    "chilogrammi,chilogrammo,quilograma,quilogramas,kilogramow,kilogramy,kilograma,kilogramu," +
    "kilogrammaa,kilogramma",
  g:
    "g,gr,grm,grs,gramme,grams,gram,gramm,grammes,gramos,gramo,grammi,grammo,grama,gramas,gramow," +
    "gramy,gramu,grammaa,gramma",
  t: "t,to,ton,tons,tonne,tonnes,tonnen,tne",
  mg: "mg,mgm,milligram,milligrams,milligramm,milligramme",
  m: "m,mtr,mtrs,lfm,meters,meter,metre,metres,metros,metro,metri,metrow,metr,metry,metra,metru,metria",
  cm:
    "cm,cmt,centimeters,centimeter,zentimeter,centimetre,centimetres,centimetros,centimetro," +
    "centimetri,centymetrow,centymetr,centymetry,centymetra,centimetru,centimetr,centimetry," +
    "senttimetria,senttimetri",
  mm:
    "mm,mmt,millimeters,millimeter,millimetre,millimetres,milimetros,milimetro,millimetri,millimetro," +
    "milimetrow,milimetr,milimetry,milimetra,milimetru,millimetria",
  dm: "dm,dmt,decimetre,decimeter,dezimeter",
  km:
    "km,kmt,kilometers,kilometer,kilometre,kilometres,kilometros,kilometro,chilometri,chilometro," +
    "quilometro,quilometros,kilometrow,kilometr,kilometry,kilometra,kilometru,kilometria,kilometri",
  l: "l,ltr,ltrs,lt,liters,liter,litre,litres,litros,litro,litri,litrow,litr,litry,litra,litru,litraa",
  ml:
    "ml,mlt,milliliters,milliliter,millilitre,millilitres,mililitros,mililitro,millilitri,millilitro," +
    "mililitrow,mililitr,mililitry,mililitra,mililitru,millilitraa,millilitra",
  cl: "cl,clt,centilitre,centiliter,zentiliter",
  dl: "dl,dlt,decilitre,deciliter",
  hl: "hl,hlt,hectolitre,hectoliter,hektoliter",
  h:
    "h,hr,hrs,hur,std,hours,hour,stunden,stunde,heure,heures,horas,hora,godzin,godzina,godziny,hodin," +
    "hodina,hodiny,timmar,timme,timer,time,tuntia,tunti",
  min:
    "min,mins,minutes,minute,minuten,minutos,minuto,minuti,minuut,minut,minuta,minuty,minuter," +
    "minutter,minuuttia,minuutti,minutt",
  sec:
    "sec,s,secs,seconds,second,sekunden,sekunde,seconde,secondes,segundos,segundo,secondi,secondo," +
    "seconden,sekund,sekunda,sekundy,sekunder,sekuntia,sekunti",
  d: "d,days,day,tage,jour,jours,dias,giorni,giorno,dagen,dzien,dnia,dygn,dage,paivaa,paiva,dogn",
  week:
    "wk,wks,wee,weeks,week,wochen,woche,semaine,semaines,semanas,semana,settimane,settimana,weken," +
    "tygodni,tydzien,tygodnie,tygodnia,tydnu,tyden,tydny,tydne,veckor,vecka,uger,viikkoa,viikko,uker",
  month:
    "mon,mth,mths,months,month,monate,monat,mois,meses,mesi,mese,maanden,maand,miesiecy,miesiac," +
    "miesiace,miesiaca,mesicu,mesic,mesice,manader,manad,maneder,maned,kuukautta,kuukausi",
  year: "yr,yrs,anu,ann,years,year,jahre,jahr,anos,anni,anno,jaar,lata,roku,roky,vuotta,vuosi",
  m2:
    "m2,mtk,sqm,qm,quadratmeter,kvadratmeter,neliometri,square metre,square meter,square metres," +
    "square meters,metre carre,metres carres,metro cuadrado,metros cuadrados,metro quadrato," +
    "metri quadrati,metro quadrado,vierkante meter,metr kwadratowy,metr ctverecni",
  cm2: "cm2,cmk,sqcm",
  mm2: "mm2,mmk",
  dm2: "dm2,dmk",
  km2: "km2,kmk",
  m3:
    "m3,mtq,cbm,kubikmeter,cubic metre,cubic meter,cubic metres,cubic meters,metre cube,metres cubes," +
    "metro cubico,metri cubi,metros cubicos,kubieke meter",
  cm3: "cm3,cmq,ccm",
  dm3: "dm3,dmq",
  mm3: "mm3,mmq",
  ft2: "ft2,ftk,sqf,sqft,square foot,square feet",
  in2: "in2,ink,sqin",
  yd2: "yd2,ydk,sqy",
  ft3: "ft3,ftq,cuft,cubic foot,cubic feet",
  in3: "in3,inq",
  in:
    "in,inh,inches,inch,zoll,pouce,pouces,pulgadas,pulgada,pollici,pollice,polegada,polegadas,cali," +
    "cale,cala,palcu,palec,palce,tommer,tomme,tuumaa,tuuma",
  ft: "ft,fot,feet,foot,fuss,pied,pieds,pies,piedi,piede,voet,stop,stopa,stopy,jalkaa,jalka",
  yd:
    "yd,yrd,yds,yards,yard,yardas,yarda,iarde,iarda,jarda,jardas,jardow,jard,jardy,yardu,yardy," +
    "jaardia,jaardi",
  mi: "mi,smi,miles,mile,meilen,meile,millas,milla,miglia,miglio,mijl,milha,milhas,mila,mailia,maili",
  lb:
    "lb,lbs,lbr,pounds,pound,pfund,livre,livres,libras,libra,libbre,libbra,funtow,funt,funty,funta," +
    "liber,libry,pund,paunaa,pauna",
  oz:
    "oz,onz,ounces,ounce,unzen,unze,once,onces,onzas,onza,oncia,onca,oncas,uncji,uncja,uncje,unci," +
    "unce,unssia,unssi,unser,unse",
  floz: "floz,oza,fluid ounce,fluid ounces",
  gal: "gal,gll,gals,gallons,gallon,gallonen,gallone,galones,galon,galloni,galao,galoes,galonu,galony",
  qt: "qt,quart,quarts",
  pt: "pt,pint,pints",
  ha:
    "ha,har,hectares,hectare,hektar,hectareas,hectarea,ettari,ettaro,hektarow,hektary,hektara," +
    "hektaru,hehtaaria,hehtaari",
  acre: "acr,acres,acre,acri,acro,akrow,akry,akra,akru,eekkeria,eekkeri",
  box: "box,boxes,bx,xbx,schachtel",
  carton: "ctn,ctns,carton,cartons,xct,ct,karton,kartons",
  case: "case,cases,cs,cas,xcs",
  pack: "pack,packs,pk,pac,pkg,pkgs,pkt,package,packages,packet,packets,xpk,nmp,pak,paket,packung",
  pallet: "pallet,pallets,pal,pf,px,xpx,palette,paletten",
  bag: "bag,bags,bg,xbg,beutel",
  bottle: "bottle,bottles,bot,btl,bo,xbo,flasche,flaschen",
  can: "can,cans,xca,dose",
  tin: "tin,tins",
  jar: "jar,jars,xjr",
  roll: "roll,rolls,rl,ro,xro,rolle,rollen",
  tube: "tube,tubes,xtu",
  crate: "crate,crates,cr,xcr",
  set: "set,sets,satz",
  pair: "pair,pairs,pr,paar,paire",
  gross: "gross,gro",
  hundred: "hundred,cen",
  thousand: "thousand,mil",
  kwh: "kwh,kilowatt hour,kilowatt hours",
  w: "w,wtt,watt",
  kw: "kw,kwt,kilowatt",
  lump: "ls,pauschal,pauschale,flat,lump sum",
  service: "e48,service unit,service units",
  percent: "pct,p1,percent",
  c: "c",
  f: "f",
  e: "e",
  hg: "hg",
  us: "us",
  rad: "rad",
};

const units: ReadonlyMap<string, string> = new Map(
  Object.entries(unitWords).flatMap(([code, words]) =>
    words.split(",").map((word): [string, string] => [word, code]),
  ),
);

/** What may part the signs of one unit: "kg/m" is neither of both. */
const parted = /^[\p{L}\p{N}\s.^]*$/u;

/**
 * The unit that a text names, by our code, whatever its language, code list and blanks; null for none that is
 * known. Never throws.
 */
export function unitOf(text: string): string | null {
  const folded = fold(text);
  return units.get(folded) ?? (parted.test(text) ? units.get(folded.replaceAll(" ", "")) : undefined) ?? null;
}
