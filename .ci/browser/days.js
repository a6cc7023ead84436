// Days as the pages count them. They are functions, asked when a field is filled in (`Person.fill`): a run may pass midnight
// in Sweden, and a meeting that was held yesterday does not decide what came up today.

const swedish = new Intl.DateTimeFormat("sv-SE", { timeZone: "Europe/Stockholm" });

/// The day that lies so many days ahead, of this moment; back for a negative number.
export const ahead = (days) => () => swedish.format(Date.now() + days * 86_400_000);

export const today = ahead(0);
