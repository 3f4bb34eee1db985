// A line from the server, over which it tells what changed, the moment it does. The browser tries again by itself
// after a loss; after a refusal we do.
const AGAIN = 30_000; // too many listen, or nobody is signed in
const SOON = 2_000; // behind a proxy a server that starts anew looks like a refusal too: later and later then

export class EventLine {
  constructor(onTold, onLost) {
    this.onTold = onTold;
    this.onLost = onLost;
    this.source = null;
    this.again = null;
    this.pause = AGAIN;
    this.isOpen = false;
    this.revisions = {}; // all that was told so far
  }

  open() {
    if (this.source !== null) return;
    clearTimeout(this.again);
    this.source = new EventSource("/api/events");
    this.source.addEventListener("changed", ({ data }) => this.tell(JSON.parse(data)));
    this.source.addEventListener("error", () => this.lose());
  }

  close() {
    clearTimeout(this.again);
    this.source?.close();
    this.source = null;
    this.isOpen = false;
  }

  tell(changed) {
    this.isOpen = true;
    this.pause = SOON;
    this.revisions = { ...this.revisions, ...changed };
    this.onTold(changed);
  }

  lose() {
    this.isOpen = false;
    if (this.source.readyState === EventSource.CLOSED) {
      this.source = null;
      this.again = setTimeout(() => this.open(), this.pause * (1 + Math.random() / 3));
      this.pause = Math.min(2 * this.pause, AGAIN);
    }
    this.onLost();
  }
}
