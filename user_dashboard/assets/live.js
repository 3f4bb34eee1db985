// News at once: the server says when this user's files are others. Only while somebody looks.
(() => {
  const TRY_AGAIN = 60000; // after a refusal: the dashboard is open too often, or the session ended
  const SOON = 2000; // behind a proxy a dashboard that starts anew looks like a refusal too: later and later then
  let source = null;
  let last = null;
  let later = 0;
  let pause = TRY_AGAIN;

  function open() {
    clearTimeout(later);
    if (source || document.hidden) return;
    source = new EventSource("/events");
    // The first event comes at once: what changed while nobody listened shows in it.
    source.onmessage = (event) => {
      pause = SOON;
      if (event.data === last) return;
      last = event.data;
      window.usermonTick();
    };
    source.onerror = () => {
      if (source?.readyState !== EventSource.CLOSED) return; // it comes again by itself
      close();
      later = setTimeout(open, pause * (1 + Math.random() / 3));
      pause = Math.min(2 * pause, TRY_AGAIN);
    };
  }

  function close() {
    clearTimeout(later);
    source?.close();
    source = null;
  }

  document.addEventListener("visibilitychange", () => (document.hidden ? close() : open()));
  window.addEventListener("pagehide", close);
  window.addEventListener("pageshow", open);
})();
