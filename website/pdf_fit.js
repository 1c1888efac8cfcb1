// A wide table or formula is drawn smaller, or across both columns; it must still be readable.
() => {
  const isWide = box => {  // a table whose cells would have many lines
    if (box.tagName !== "TABLE" || box.rows[0].cells.length < 4) return false;
    box.style.width = "max-content";
    const isWide = room(box) < 0.8;
    box.style.width = "";
    return isWide;
  };
  const room = box => {
    let block = box.matches(".formula") ? box : box.parentElement;
    while (getComputedStyle(block).display === "inline") block = block.parentElement;
    const { paddingLeft, paddingRight } = getComputedStyle(block);
    const width = block.clientWidth - parseFloat(paddingLeft) - parseFloat(paddingRight);
    return width / Math.max(box.scrollWidth, box.getBoundingClientRect().width);
  };
  for (const box of document.querySelectorAll("table, .formula, span.math > math")) {
    if (room(box) < 0.85 && box.tagName !== "math" || isWide(box))
      (box.closest(".pst-scrollable-table-container, div.math") || box).classList.add("spans");
    if (room(box) < 1) box.style.zoom = Math.max(room(box) * 0.99, 0.7);
  }
}
