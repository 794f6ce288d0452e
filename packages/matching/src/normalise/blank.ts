import { fold } from "../text/fold.ts";

/** What people type where they know nothing. Compared after folding. */
const placeholders: ReadonlySet<string> = new Set(
  (
    "n a,na,nan,none,null,nil,unknown,not available,not applicable,no name,noname,tbd,tba," +
    "to be defined,unbekannt,k a,keine angabe,keine,inconnu,non renseigne,aucun,desconocido,sin nombre," +
    "ninguno,sconosciuto,nessuno,onbekend,geen,nieznany,brak,nao informado,x,xx,xxx,xxxx,test,dummy,default,undefined,empty,blank," +
    "missing,no email,noemail,no phone,see notes,same,as above,do not use,asdf,qwerty"
  ).split(","),
);

/** Mailboxes that many people read: they name no one. */
const sharedMailboxes: ReadonlySet<string> = new Set(
  (
    "info,office,contact,kontakt,contacto,contato,contatto,sales,mail,email,hello,admin," +
    "support,noreply,no-reply," +
    "donotreply,invoice,invoices,rechnung,billing,accounting,accounts,orders,order," +
    "bestellung,helpdesk,team,hr," +
    "jobs,marketing,webmaster,postmaster,enquiries,inquiries,help,post,buero,reception," +
    "purchasing,einkauf,verkauf"
  ).split(","),
);

/** So much of a long value is looked at first; so many letters in it are more than any placeholder has. */
const beginningMax = 64;
const placeholderMax = 24;

/** Whether a long value begins with more than a placeholder: a page is not folded for that. */
function beginsAsText(value: string): boolean {
  if (value.length <= beginningMax) return false;
  const packed = fold(value.slice(0, beginningMax)).replaceAll(" ", "");
  return packed.length > placeholderMax && !/^(.)\1*$/.test(packed);
}

/** Latin letters and figures, of which no value that says nothing has both. */
const letter = /[a-z]/i;
const figure = /\d/;
// oxlint-disable-next-line no-control-regex -- the range of ASCII is what is asked for
const plainAscii = /^[\u0000-\u007f]*$/;

/**
 * Whether a value says nothing: empty, a word for "unknown", or one sign over and over ("000-000", "---",
 * "xxx"). Never throws.
 */
export function isBlank(value: string): boolean {
  if (letter.test(value) && figure.test(value) && plainAscii.test(value)) return false;
  if (beginsAsText(value)) return false;
  const folded = fold(value);
  if (folded === "" || placeholders.has(folded)) return true;
  const packed = folded.replaceAll(" ", "");
  if (packed.length >= 2 && /^(.)\1*$/.test(packed) && /^[0x9]/.test(packed)) return true;
  return packed === "1234567890" || packed === "123456789" || packed === "0123456789";
}

/** Whether the part of a mail address before the sign stands for a desk and not for a person. */
export function isSharedMailbox(local: string): boolean {
  return sharedMailboxes.has(local.toLowerCase());
}
