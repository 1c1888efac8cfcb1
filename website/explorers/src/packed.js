// Writes out what a page holds in fewer letters; lossutils/book/explorers/packed.py made it.

// Signals in which some numbers count: each of them as often as it comes.
function writtenOut(signal) {
  if (!("times" in signal)) return [signal];
  const of = JSON.stringify(signal.of);
  const counted = (k) => of.replace(/#(\d+)#/g, (_, number) => Number(number) + k);
  return Array.from({ length: signal.times }, (_, k) => JSON.parse(counted(k))).flat();
}

// A table, column by column, of integers: how far each number is from the one above it.
function wholeTable({ name, digits, rows, table, ...signal }) {
  if (!table) return { name, ...signal };
  const tables = table.map((text) => {
    const columns = [];
    text.split(" ").forEach((move, place) => {
      if (place % rows === 0) columns.push([]);
      const column = columns.at(-1);
      column.push((column.at(-1) ?? 0) + Number(move));
    });
    return columns[0].map((_, row) => columns.map((column) => column[row] / 10 ** digits));
  });
  return { name, update: JSON.stringify(tables) };
}

export function whole(page) {
  page.signals = page.signals.flatMap(writtenOut).map(wholeTable);
  return page;
}
