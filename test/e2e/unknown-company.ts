import type { Hillside } from "./unknown-hillside.ts";
import type { Quarry } from "./unknown-quarry.ts";
import { textOf } from "./unknown-wire.ts";
import type { JsonMap } from "./unknown-wire.ts";

/** What both departments have typed in over the years, before anybody connected their systems. */

const units = ["ST", "KG", "STD"];

/** Seven articles; the list is longer than a page of the ERP. */
function articles(quarry: Quarry): readonly number[] {
  return Array.from({ length: 7 }, (_, at) =>
    quarry.add("art", {
      s_sku: `STONE-${at + 1}`,
      s_name: `Stein ${at + 1}`,
      s_text: at % 2 === 0 ? "grau, gespalten" : null,
      s_unit: units[at % units.length] ?? "ST",
      b_act: true,
      c_price: `${12 + at}.2500`,
      s_curr: "EUR",
    }),
  );
}

interface Customer {
  readonly name: string;
  readonly vat: string;
  readonly mail: string;
}

const customer = (at: number): Customer => ({
  name: `Hill & Sons ${at}`,
  vat: `DE9000${at}`,
  mail: `office@hill-${at}.example`,
});

/** Customers that both departments keep, each with what it cares for. */
function sharedCustomers(hillside: Hillside, quarry: Quarry): void {
  for (const at of [1, 2, 3]) {
    const { name, vat, mail } = customer(at);
    hillside.add("Account", {
      Name: name,
      VatId: vat,
      Email: mail,
      Currency: "EUR",
      Stage: "Customer",
      Phone: `+49 30 100${at}`,
      Addresses: {
        Billing: { Street: `Kirchweg ${at}`, City: "Berlin", Zip: `1000${at}`, Country: "DE" },
        Shipping: null,
      },
    });
    quarry.add("cust", {
      s_name: name,
      s_no: `K-${at}`,
      s_ustid: vat,
      s_mail: mail,
      s_curr: "EUR",
      s_stat: "K",
      s_terms: "T30",
      c_limit: `${at}0000.00`,
      s_phone: null,
      a_adr: [{ s_art: "RE", s_str: `Kirchweg ${at}`, s_ort: "Berlin", s_plz: `1000${at}`, s_land: "D" }],
    });
  }
}

/** What sales has typed in of the articles: three of them, two under another name. */
function products(hillside: Hillside): readonly string[] {
  return [1, 2, 3].map((at) =>
    hillside.add("Product", {
      Code: `STONE-${at}`,
      Title: at === 3 ? "Stein 3" : `Stone no. ${at}`,
      Unit: "Piece",
      Active: true,
      ListPrice: 10,
      Currency: "EUR",
    }),
  );
}

/** What sales promised a customer: two lines, one with a discount and an odd quantity. */
function quoteOf(account: string, products: readonly string[]): JsonMap {
  const [first = "", second = ""] = products;
  return {
    AccountId: account,
    Currency: "EUR",
    Terms: "Net 30",
    TheirReference: "PO 77",
    State: "Draft",
    QuotedOn: "2026-03-01T00:30:00+02:00",
    ExpiresOn: "2026-04-30T23:30:00+02:00",
    WantedOn: null,
    Lines: [
      { ProductId: first, Quantity: 4, Unit: "Piece", Price: 12.5, Discount: 10, Note: "grün & spaltrau" },
      { ProductId: second, Quantity: 2.125, Unit: "Kilogram", Price: 8, Discount: null, Note: null },
    ],
  };
}

function quotes(hillside: Hillside, products: readonly string[]): void {
  const states = { "Hill & Sons 1": "Won", "Ridge Site 2": "Won", "Hill & Sons 2": "Draft" };
  for (const [index, [name, state]] of Object.entries(states).entries()) {
    const account = textOf(hillside.find("Account", "Name", name)["Id"]);
    hillside.add("Quote", { ...quoteOf(account, products), Number: `Q-${index + 1}`, State: state });
  }
}

/** Fills both systems. */
export function fillBoth(hillside: Hillside, quarry: Quarry): void {
  const ids = articles(quarry);
  sharedCustomers(hillside, quarry);
  const parent = hillside.add("Account", {
    Name: "Ridge Holding 🏔 שלום",
    VatId: "DE77001",
    Currency: "EUR",
    Stage: "Customer",
    Email: "in@ridge.example",
    Addresses: { Billing: null, Shipping: null },
  });
  for (const at of [1, 2, 3, 4, 5]) {
    hillside.add("Account", {
      Name: `Ridge Site ${at}`,
      VatId: `DE7710${at}`,
      Currency: "EUR",
      Stage: "Customer",
      ParentId: parent,
      Email: `site-${at}@ridge.example`,
      Addresses: { Billing: null, Shipping: null },
    });
  }
  hillside.add("Account", {
    Name: "Maybe Later",
    Currency: "EUR",
    Stage: "Prospect",
    Email: "maybe@later.example",
  });
  for (const at of [1, 2]) {
    quarry.add("cust", {
      s_name: `Alt-Kunde ${at}`,
      s_no: `K-9${at}`,
      s_ustid: `AT5500${at}`,
      s_mail: `alt-${at}@kunde.example`,
      s_curr: "EUR",
      s_stat: "K",
      s_terms: "T14",
      c_limit: null,
      a_adr: [],
    });
  }
  for (const account of hillside.all("Account").filter(({ Stage }) => Stage === "Customer")) {
    hillside.add("Contact", {
      FirstName: "Ada",
      LastName: `of ${textOf(account["Name"])}`.slice(0, 30),
      JobTitle: "Buyer",
      Email: `ada.${textOf(account["Id"])}@people.example`,
      AccountId: account["Id"] ?? null,
      DoNotEmail: false,
      PhoneNumbers: [{ Kind: "Work", Number: "+49 30 555" }],
    });
  }
  const old = quarry.find("cust", "s_no", "K-91");
  quarry.add("pers", {
    s_given: "Egon",
    s_family: "Alt",
    s_mail: "egon@kunde.example",
    i_cust: old["i_id"] ?? null,
    b_mail_ok: false,
    s_phone: null,
    s_mobil: "+43 660 1",
  });
  quarry.add("ord", {
    s_no: "AB-ALT",
    d_ord: "28.02.2026",
    i_cust: old["i_id"] ?? null,
    s_curr: "EUR",
    s_state: "R",
    s_terms: "T14",
    i_off: null,
    s_theirs: "PO 1",
    p_pos: [{ i_art: ids[0] ?? 0, n_qty: "3", s_unit: "ST", c_price: "12.25" }],
  });
  quotes(hillside, products(hillside));
}
