// Shows what a mark leads to while it is pointed at or has focus. Without this the link does the same when followed.
"use strict";
for (const mark of document.querySelectorAll(".hjul a.mark")) {
  const told = document.getElementById(mark.getAttribute("href").slice(1));
  const show = (shown) => () => told.classList.toggle("shown", shown);
  mark.addEventListener("pointerenter", show(true));
  mark.addEventListener("focus", show(true));
  mark.addEventListener("pointerleave", show(false));
  mark.addEventListener("blur", show(false));
}
