const sideNames: { readonly [side: string]: string } = { crm: "CRM", erp: "ERP" };

/** A system as people call it on the page. */
export const sideName = (side: string): string => sideNames[side] ?? side;
