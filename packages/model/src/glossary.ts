import type { EntityName } from "./entity.ts";

/** Meanings by field, in the words of a business. */
interface Meanings {
  readonly [field: string]: string;
}

const documentHead: Meanings = {
  account: "The customer who buys (sold-to).",
  billTo: "The customer who gets the invoice, where that is another one.",
  shipTo: "The customer who gets the goods, where that is another one.",
  customerOrderNumber: "The number that the customer gave their own order.",
  requestedDate: "The day by which the customer wants the goods. A day, never shifted by a time zone.",
  paymentTerms: "When and how it is to be paid, such as 30 days net.",
  freight: "What is charged for carriage.",
  warehouse: "The warehouse that delivers.",
  company: "Which of our companies sells.",
  owner: "The person of ours who answers for it.",
  currency: "The currency of all amounts of it.",
};
const totals: Meanings = {
  net: "Sum without tax.",
  tax: "Sum of all taxes.",
  gross: "Sum with tax: what the customer pays.",
};

const companyTotals: Meanings = {
  companyNet: "Sum without tax in our company's currency, as this system reckons it.",
  companyTax: "Sum of all taxes in our company's currency, as this system reckons it.",
  companyGross: "Sum with tax in our company's currency, as this system reckons it.",
  companyRate: "Units of our company's currency for one of the document's.",
  companyRateDate: "The day that this rate is of.",
};

/** What each field means, where the contract of a company does not say it in its own words. */
export const fieldMeanings: { readonly [entity in EntityName]: Meanings } = {
  accounts: {
    name: "Name of the company, as it stands on an invoice.",
    number: "Customer number that the ERP gives.",
    parent: "The company that it belongs to, in a group of companies.",
    billingAddress: "Where invoices go, unless a document says otherwise.",
    shippingAddress: "Where goods go, unless a document says otherwise.",
    addresses: "Further addresses, each with a label.",
    phone: "Telephone of the switchboard.",
    email: "General mail address of the company.",
    website: "Address of its site.",
    industry: "Line of business.",
    taxId: "Tax number or VAT id. Tells two companies of one name apart.",
    currency: "Currency that it buys in.",
    paymentTerms: "When and how it pays, unless a document says otherwise.",
    creditLimit: "How much it may owe us at one time. Set by finance.",
    status: "Where it stands with us: lead, prospect, customer or inactive.",
    owner: "The person of ours who looks after it.",
  },
  contacts: {
    name: "Given and family name. Merges as one value.",
    title: "Their role at the account.",
    phone: "Telephone at work.",
    mobile: "Mobile telephone.",
    email: "Mail address. With the account it tells who is who.",
    account: "The account that they belong to.",
    status: "Active, or not there any more.",
    consent: "What they have allowed: mail, calls, tracking. Never widened by us.",
  },
  products: {
    sku: "The code under which it is sold and stocked.",
    name: "Name for customers.",
    description: "Text for offers.",
    unit: "Unit that it is stocked and priced in.",
    kind: "Goods or service.",
    category: "Group of products.",
    taxCategory: "Which taxes apply.",
    active: "Whether it may be sold.",
    listPrice: "Price before any price list or discount.",
    gtin: "Number of its barcode (GTIN, EAN, UPC), with its check digit.",
    cost: "What one unit costs us. Read for the audit, and carried nowhere.",
  },
  pricebooks: {
    code: "Short name of the price list.",
    name: "Name of the price list.",
    currency: "Currency of all its prices.",
    validity: "From when until when it holds.",
    account: "The one customer that it is for, if it is for one.",
    segment: "The group of customers that it is for.",
    active: "Whether it may be used.",
    entries: "Prices by product, unit and least quantity, each with discount and validity.",
  },
  quotes: {
    ...documentHead,
    number: "Number of the quote in the CRM.",
    revision: "How often it was revised in the CRM; the newest of a number counts.",
    date: "Day on which it was made.",
    validUntil: "Last day on which the customer may accept it.",
    shipToAddress: "Where these goods go.",
    pricebook: "Price list that its prices come from.",
    discountPercent: "Discount on the whole quote.",
    status: "Draft, sent, accepted, rejected, expired, converted or cancelled.",
    lines: "What is offered: product, quantity, unit price, discount, date.",
    ...totals,
    erpNumber: "Number that the ERP gave it.",
    validation: "What the ERP found wrong with it, if anything.",
    approval: "Whether it was approved.",
    approvalReason: "Why it was approved or not.",
    approvalBy: "Who approved or rejected it in the ERP, as the ERP names them.",
    approvalAt: "When it was approved or rejected in the ERP.",
  },
  orders: {
    ...documentHead,
    number: "Number of the order in the ERP.",
    date: "Day of the order.",
    status: "Draft, open, delivered in part or whole, invoiced, closed or cancelled.",
    quote: "The quote that it was made from.",
    lines: "What was ordered: product, quantity, unit price, sums.",
    ...totals,
    ...companyTotals,
  },
  invoices: {
    number: "Number of the invoice in the ERP.",
    account: "The customer who owes it.",
    date: "Day of the invoice.",
    dueDate: "Day by which it is to be paid.",
    owner: "The person of ours who answers for it.",
    currency: "The currency of all amounts of it.",
    status: "Draft, open, paid in part or whole, or cancelled.",
    order: "The order that it charges.",
    lines: "What is charged: product, quantity, unit price, sums.",
    payments: "What was paid: day, amount, way.",
    ...totals,
    openBalance: "What is still to be paid.",
    ...companyTotals,
  },
  inventory: {
    product: "The product that is in stock.",
    warehouse: "Where it is.",
    unit: "Unit that it is counted in.",
    onHand: "What is there.",
    reserved: "What is promised already.",
    incoming: "What is on its way to us.",
    available: "What may still be promised to a customer.",
    availableByDate: "The same on days to come.",
  },
  shipments: {
    number: "Number of the delivery in the ERP.",
    order: "The order that is delivered.",
    expectedShipDate: "Day on which it is to leave us.",
    confirmedDeliveryDate: "Day that was confirmed to the customer.",
    status: "Planned, picked, packed, shipped, delivered or cancelled.",
    carrier: "Who carries it.",
    trackingNumber: "The number by which the carrier finds it.",
    events: "What the carrier told: picked up, delayed, delivered.",
    lines: "What is in it: product and quantity.",
  },
};

/** What is agreed for cases that come up sooner or later, where a company's contract does not say other. */
export const usualEdgeCases: { readonly [entity in EntityName]: readonly string[] } = {
  accounts: [
    "Prospects and suppliers stay where they are; only customers travel.",
    "Two accounts that only may be the same company: a person decides, nothing is joined meanwhile.",
    "Two accounts merged in one system: the link follows the one that is left.",
    "An address is one value: two edits never make an address that nobody wrote.",
  ],
  contacts: [
    "A contact waits until its account is on the other side.",
    "Consent to mail, calls and tracking travels as one value; nothing is ever added to it.",
  ],
  products: ["A product that may not be sold any more is archived, never deleted."],
  pricebooks: [
    "A price that is missing stays missing: it is never zero.",
    "Prices of other currencies and units are never taken for each other.",
  ],
  quotes: [
    "An answer that was lost: the ERP is asked whether the order is there before anything is sent again.",
    "A quote that the ERP has turned into an order or cancelled is closed for both.",
    "Of revisions of one quote the newest becomes the order; once one has, no other one does.",
    "Totals are compared; a difference of a cent is shown with the rule that makes it.",
  ],
  orders: [
    "An order that is changed in the CRM goes back to what the ERP says, and the edit is shown as lost.",
    "The CRM can have an order cancelled while its state is not the ERP's alone and nothing is done.",
    "Totals on both sides agree to the cent, or the statement names the reason.",
  ],
  invoices: [
    "A closed accounting period is never touched.",
    "A payment that comes late changes the open balance, never the invoice.",
  ],
  inventory: ["Stock is what was read last; nobody edits it, so nobody can be in conflict about it."],
  shipments: ["A delivery in parts is several shipments of one order."],
};
