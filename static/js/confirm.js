// Confirmation in a native dialog. A control with data-dialog-open="ID" opens the dialog of that id.

document.addEventListener("click", (event) => {
  const opener = event.target.closest("[data-dialog-open]");
  if (opener) {
    const dialog = document.getElementById(opener.dataset.dialogOpen);
    if (dialog?.showModal) {
      event.preventDefault();
      dialog.showModal();
    }
    return;
  }
  if (event.target.closest("[data-dialog-close]")) {
    event.target.closest("dialog").close();
    return;
  }
  if (event.target.nodeName === "DIALOG") event.target.close();
});
