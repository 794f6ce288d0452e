/** Share of a system's limit that the contract leaves to others: what the default of the product says. */
export const defaultReserve = 0.05;
