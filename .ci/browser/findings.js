// What was wrong, and where: collected, so that one run tells all of it.

const all = [];

/// Notes that something is wrong at a place. The same thing at the same place is told once.
export function wrong(where, what) {
    const finding = `${where}: ${what}`;
    if (!all.includes(finding)) all.push(finding);
}

/// Notes it, unless it holds.
export function expect(holds, where, what) {
    if (!holds) wrong(where, what);
}

/// Everything that was noted.
export function findings() {
    return all;
}
