// Rows as a file for spreadsheets (RFC 4180), as the license server writes its reports.

// Nothing that somebody is called is a formula there.
function field(value: string): string {
    const safe = /^[=+\-@\t\r]/.test(value) ? `'${value}` : value;
    return safe !== value || /[",\r\n]/.test(safe) ? `"${safe.replaceAll('"', '""')}"` : safe;
}

export function csvOf(rows: (string | number)[][]): string {
    return `\uFEFF${rows.map((row) => `${row.map((each) => field(String(each))).join(',')}\r\n`).join('')}`;
}
