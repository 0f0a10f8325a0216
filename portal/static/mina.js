// The personal page, a little easier: drafts save themselves, files are dropped on a whole field, and a large hand-in
// tells how far it has come. Without this the page does the same by its buttons.
"use strict";
const SAVE_AFTER = 1500, LARGE = 500000;

for (const form of document.querySelectorAll("form.handing")) {
  let timer = 0, leaving = false;
  const said = form.querySelector(".saved");

  const save = async () => {
    if (leaving) return;
    const body = new FormData(form);
    for (const [name, value] of [...body]) if (value instanceof File || name === "bort") body.delete(name);
    try {
      const answer = await fetch(form.action + "/utkast", { method: "POST", body, headers: { "X-Utkast": "sig" } });
      const clock = new Date().toLocaleTimeString("sv", { hour: "2-digit", minute: "2-digit" }).replace(":", ".");
      said.textContent = answer.status === 204 ? `Utkast sparat kl. ${clock}.` : "Utkastet kunde inte sparas.";
    } catch { said.textContent = "Utkastet kunde inte sparas."; }
  };
  form.addEventListener("input", (event) => {
    if (event.target.type === "file" || event.target.type === "checkbox") return;
    clearTimeout(timer);
    timer = setTimeout(save, SAVE_AFTER);
  });

  for (const input of form.querySelectorAll("input[type=file]")) {
    const field = input.closest(".field");
    const over = (is) => (event) => { event.preventDefault(); field.classList.toggle("over", is); };
    field.addEventListener("dragover", over(true));
    field.addEventListener("dragleave", over(false));
    field.addEventListener("drop", (event) => {
      over(false)(event);
      const dropped = event.dataTransfer.files;
      if (dropped.length === 1 || (dropped.length && input.multiple)) input.files = dropped;
    });
  }

  form.addEventListener("submit", (event) => {
    leaving = true;
    clearTimeout(timer);
    const body = new FormData(form);
    const bytes = [...body.values()].reduce((sum, value) => sum + (value instanceof File ? value.size : 0), 0);
    if (bytes < LARGE) return;
    event.preventDefault();
    send(form, event.submitter, body);
  });
}

function send(form, submitter, body) {
  const shown = form.querySelector(".sending"), bar = shown.querySelector("progress"), words = shown.querySelector("p");
  const buttons = form.querySelectorAll("button");
  const request = new XMLHttpRequest();
  let told = -1;
  const failed = () => {
    words.textContent = "Överföringen avbröts, och inget är inlämnat. Kontrollera uppkopplingen och försök igen.";
    for (const button of buttons) button.disabled = false;
  };
  for (const button of buttons) button.disabled = true;
  shown.hidden = false;
  request.upload.addEventListener("progress", (event) => {
    const done = event.lengthComputable ? Math.floor((100 * event.loaded) / event.total) : 0;
    bar.value = done;
    const step = done - (done % 25);  // a screen reader hears it four times, not a hundred
    if (step !== told) words.textContent = done < 100 ? `Skickar, ${step} procent klart.` : "Framme. Filerna läses.";
    told = step;
  });
  request.addEventListener("load", () => {
    if (request.status === 200 && request.responseURL.includes("svar=")) {
      location.assign(request.responseURL + "#svar");
      return;
    }
    const page = new DOMParser().parseFromString(request.responseText, "text/html");
    document.title = page.title;
    document.querySelector("main").replaceWith(page.querySelector("main"));
    document.querySelector("main").focus();
  });
  request.addEventListener("error", failed);
  request.addEventListener("abort", failed);
  request.open("POST", submitter?.getAttribute("formaction") ?? form.action);
  request.send(body);
}
