// Writes out what a page holds in fewer letters; lossutils/book/explorers/packed.py made it.

const MARKED = /"##(\d+)##"|#(\d+)#/g;

// Entries in which some numbers count: each of them as often as it comes.
function writtenOut(entry) {
  if (!("times" in entry)) return [entry];
  const of = JSON.stringify(entry.of);
  const counted = (k) => of.replace(MARKED, (_, bare, inWords) => Number(bare ?? inWords) + k);
  return Array.from({ length: entry.times }, (_, k) => JSON.parse(counted(k))).flat();
}

// A table whose rows are integers: the first one, then how far each is from the one before.
function wholeTable({ name, digits, table, ...signal }) {
  if (!table) return { name, ...signal };
  const numbers = table.map((rows) => {
    let last = rows[0].map(() => 0);
    return rows.map((row) => (last = row.map((step, i) => last[i] + step)));
  });
  const divided = (_, value) => (Array.isArray(value) ? value : value / 10 ** digits);
  return { name, update: JSON.stringify(numbers, divided) };
}

export function whole(page) {
  page.signals = page.signals.flatMap(writtenOut).map(wholeTable);
  for (const data of page.data) data.values &&= data.values.flatMap(writtenOut);
  return page;
}
